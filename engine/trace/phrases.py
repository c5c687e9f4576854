"""What an operator makes of its inputs, and what it does to a gradient on the way back through it, as messages.

The declaration of an operator has the kinds, the catalogues have the texts: `makes-NAME` and `way-KIND`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tidegraph.engine.graph import Declaration, Operator, Variable
from tidegraph.engine.graph.kinds import Factor, Way
from tidegraph.engine.messages.catalogue import Message, Parameter, has
from tidegraph.engine.ops.shape import index_text


def described(operator: Operator, names: Mapping[Variable, str]) -> Message:
    """What the result of an operator is, as a phrase: "the sum of a and b"."""
    return made_by(operator.op, operator.inputs, operator.attributes, names)


def made_by(
    op: Declaration, operands: Sequence[Variable | None], attributes: Mapping[str, Any], names: Mapping[Variable, str]
) -> Message:
    """The same for any operator or composite with its operands, None where an optional one is missing."""
    called = [None if v is None else operand(v, names) for v in operands]
    present = [name for name in called if name is not None]
    code = f"makes-{op.phrase(operands) if op.phrase else op.name}"
    if not has(code):
        return Message("makes-other", operator=op.name, operands=present, doc=op.doc)
    parameters: dict[str, Parameter] = {name: text or "" for name, text in zip(op.inputs, called, strict=False)}
    parameters["operands"] = present
    if "axis" in attributes:
        axis = attributes["axis"]
        over = axis if isinstance(axis, (tuple, list)) else (axis,)
        parameters["over"] = Message("over-all") if axis is None else Message("over-axis", axis=[str(a) for a in over])
    if "key" in attributes:
        parameters["index"] = re.sub(r"\\text\{(.*?)\}", r"\1", index_text(attributes["key"])).replace(r"\ldots", "...")
    return Message(code, **parameters)


def operand(variable: Variable, names: Mapping[Variable, str]) -> str:
    """An operand in a sentence: a number by its digits, an array that no operator reads as it is written."""
    if variable.literal is not None:
        return f"{variable.literal:g}"
    return names[variable] if variable in names else index_text(np.asarray(getattr(variable.leaf, "initial", None)))


def how(operator: Operator, port: int, names: Mapping[Variable, str]) -> dict[str, str]:
    """What happens to the gradient on the way to the input `port`: the `key` of a phrase, and the names in it."""
    way = operator.op.way(operator, port)
    own = operator.inputs[port]
    found = {"own": operand(own, names), "result": names[operator.outputs[0]]}
    if len(operator.inputs) == 2:
        found["other"] = operand(operator.inputs[1 - port], names)
    if operator.op.elementwise and len(operator.inputs) > 1 and own.shape != operator.outputs[0].shape:
        found["repeated"] = "yes"
    if isinstance(way, Factor):
        return {"key": "factor", **found, "factor": way.formula.format(**found)}
    if way in (Way.DERIVATIVE, Way.ADJOINT, Way.INSIDE):
        found["operator"] = operator.op.name
    return {"key": way.value, **found}


def phrase(found: Mapping[str, str]) -> Message:
    """The same as a phrase: "multiplied by x"."""
    way = Message(f"way-{found['key']}", **{name: text for name, text in found.items() if name != "key"})
    if "repeated" not in found:
        return way
    if found["key"] == Way.SAME.value:
        return Message("way-summed-same", own=found["own"])
    return Message("way-summed", way=way, own=found["own"])
