"""Every operator in the program language: the text that reads as one call of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tidegraph.engine.graph import Declaration

INFIX = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "matmul": "@",
    "power": "**",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
}
"""Operators that a program writes between their operands."""

PREFIX = {"neg": "-"}
"""Operators that a program writes before their operand."""


def call(op: Declaration, operands: Sequence[str | None], attributes: Mapping[str, Any]) -> str:
    """A call of an operator with the texts of its operands, None where one is left out."""
    if op.name in INFIX and len(operands) == 2:
        return f" {INFIX[op.name]} ".join(map(closed, operands))
    if op.name in PREFIX:
        return f"{PREFIX[op.name]}{operands[0]}"
    if op.name == "getitem":
        return f"{operands[0]}[{index_text(attributes['key'])}]"
    if op.name == "einsum":
        return f"einsum({', '.join([attribute_text(attributes['subscripts']), *map(str, operands)])})"
    given = [
        f"{name}={attribute_text(value)}"
        for name, value in attributes.items()
        if name == "ddof" or (value is not None and value != op.attributes.get(name))
    ]
    if op.variadic:
        first = f"({', '.join(map(str, operands))}{',' * (len(operands) == 1)})"
        return f"{op.name}({', '.join([first, *given])})"
    inputs: list[str] = []
    skipped = False
    for name, text in zip(op.inputs, operands, strict=False):
        if text is None:
            skipped = True
        else:
            inputs.append(f"{name}={text}" if skipped else text)
    return f"{op.name}({', '.join([*inputs, *given])})"


def closed(text: str | None) -> str:
    """An operand of a sign: a negative number in parentheses."""
    return f"({text})" if text and text.startswith("-") else str(text)


def attribute_text(value: Any) -> str:
    """A number, a text or a tuple of them as a program writes it."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if value != value:
            return "(inf - inf)"
        if math.isinf(value):
            return "inf" if value > 0 else "-inf"
        return repr(value)
    if isinstance(value, (tuple, list)):
        inside = ", ".join(map(attribute_text, value))
        return f"({inside}{',' if len(value) == 1 else ''})"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def index_text(key: Any) -> str:
    """A basic index: slices, numbers, None and an ellipsis."""
    parts = key if isinstance(key, tuple) else (key,)
    return ", ".join(map(part_text, parts))


def part_text(part: Any) -> str:
    """One part of a basic index."""
    if isinstance(part, slice):
        text = f"{'' if part.start is None else part.start}:{'' if part.stop is None else part.stop}"
        return text if part.step is None else f"{text}:{part.step}"
    return "..." if part is Ellipsis else repr(part)
