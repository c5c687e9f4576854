"""Pieces of Python source with their binding strength, and the small set of ways an operator is spelled."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tidegraph.engine.graph import Operator

COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)
"""Binding strengths of Python's operators, the loosest first."""


class Text(NamedTuple):
    """An expression, and how strongly it binds."""

    text: str
    level: int = ATOM

    def at(self, level: int) -> str:
        """The expression where at least `level` is needed: in parentheses if it binds more loosely."""
        return self.text if self.level >= level else f"({self.text})"

    def __format__(self, spec: str) -> str:
        """`{x}` is the bare expression, `{x:a}` one that a method can be called on."""
        return self.at(ATOM) if spec == "a" else self.text


Spelling = Callable[[Operator, Sequence[Text]], Text]
"""Writes one application of an operator, given the expressions of its inputs."""


class Unknown(Exception):
    """A framework has no spelling for an operator."""


def number(value: Any) -> str:
    """A number, or nested tuples of numbers, as Python source with every digit."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, (tuple, list)):
        inside = ", ".join(map(number, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return repr(value)


def literal(value: Any) -> Text:
    """A literal operand."""
    text = number(value)
    return Text(text, SIGN if text.startswith("-") else ATOM)


def infix(symbol: str, level: int) -> Spelling:
    """A left-associative binary operator."""
    return lambda operator, a: Text(f"{a[0].at(level)} {symbol} {a[1].at(level + 1)}", level)


COMPARISONS = {
    "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "equal": "==", "not_equal": "!=",
}  # fmt: skip


def compared(symbol: str) -> Spelling:
    """A comparison, which Python would chain: both sides are in parentheses if they compare."""
    return lambda operator, a: Text(f"{a[0].at(SUM)} {symbol} {a[1].at(SUM)}", COMPARE)


def power(operator: Operator, a: Sequence[Text]) -> Text:
    """`a ** b`, which groups to the right and binds more strongly than a sign on its left."""
    return Text(f"{a[0].at(ATOM)}**{a[1].at(POWER)}", POWER)


def prefix(symbol: str, level: int = SIGN) -> Spelling:
    """A sign."""
    return lambda operator, a: Text(f"{symbol}{a[0].at(level)}", level)


def template(pattern: str, level: int = ATOM) -> Spelling:
    """A call: `{0}`, `{1}` are the inputs, `{name}` an attribute."""
    return lambda operator, a: Text(
        pattern.format(*a, **{name: number(value) for name, value in operator.attributes.items()}), level
    )


def same(operator: Operator, a: Sequence[Text]) -> Text:
    """The input itself."""
    return a[0]


def shape_of(operator: Operator) -> str:
    """The shape of the result as a tuple."""
    return number(operator.outputs[0].shape)


def index(key: Any) -> str:
    """An index as it is written between brackets, arrays as lists."""
    if isinstance(key, tuple):
        return ", ".join(map(index, key)) if key else "()"
    if isinstance(key, slice):
        text = f"{'' if key.start is None else key.start}:{'' if key.stop is None else key.stop}"
        return text if key.step is None else f"{text}:{key.step}"
    if key is Ellipsis:
        return "..."
    if isinstance(key, np.ndarray):
        return str(key.tolist())
    return str(key)


def named(function: str, arguments: Sequence[str], options: Mapping[str, tuple[Any, Any]]) -> Text:
    """A call with the keyword options that differ from their defaults, given as `name: (value, default)`."""
    shown = [f"{name}={number(value)}" for name, (value, default) in options.items() if value != default]
    return Text(f"{function}({', '.join([*arguments, *shown])})")
