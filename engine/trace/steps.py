"""A step of a run as data, and the words that say what happens in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegraph.engine.graph import Operator, Variable
from tidegraph.engine.trace.phrases import described


@dataclass(slots=True)
class Step:
    """One thing that happens; see docs/architecture.md for the fields."""

    phase: str
    kind: str
    operator: str | None
    scope: str
    inputs: list[str]
    outputs: list[str]
    equation: dict[str, str]
    text: str
    variable: str | None = None
    through: str | None = None
    contribution: np.ndarray | None = None
    index: int = 0
    count: int = 1
    final: bool = False
    gradient: np.ndarray | None = None
    how: dict[str, str] | None = None

    def to_dict(self, encode: Callable[[np.ndarray], Any]) -> dict[str, Any]:
        """Plain data; a forward step has no backward fields."""
        data: dict[str, Any] = {
            "phase": self.phase,
            "kind": self.kind,
            "operator": self.operator,
            "scope": self.scope,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "equation": self.equation,
            "text": self.text,
        }
        if self.phase == "backward":
            data |= {"variable": self.variable, "through": self.through, "index": self.index, "count": self.count}
            data["contribution"] = None if self.contribution is None else encode(self.contribution)
            data["final"], data["how"] = self.final, self.how
            data["gradient"] = None if self.gradient is None else encode(self.gradient)
        return data


def plain_attribute(value: Any) -> Any:
    """An attribute as JSON: slices and arrays as tagged objects, tuples as lists, NaN and infinities as words."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, np.ndarray):
        return {"array": value.tolist()}
    if isinstance(value, (list, tuple)):
        return [plain_attribute(v) for v in value]
    if isinstance(value, np.generic):
        return value.item()
    return value


def join(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))


def plus(terms: Iterable[str]) -> str:
    """Terms with a plus between them."""
    return " + ".join(rf"\left({t}\right)" if t.startswith("-") else t for t in terms)


def size_in_words(variable: Variable) -> str:
    """A shape as a sentence says it."""
    match variable.shape:
        case ():
            return "a number"
        case (n,):
            return f"a vector of {n}"
        case (m, n):
            return f"a {m} by {n} matrix"
        case shape:
            return f"an array of {' by '.join(map(str, shape))}"


def sentence(operator: Operator, names: Mapping[Variable, str]) -> str:
    """What an operator does, in one plain sentence: what comes out, of what size, and what that is."""
    results = join([names[v] for v in operator.outputs])
    size = size_in_words(operator.outputs[0])
    return f"{results}, {size}, is {described(operator, names)}."
