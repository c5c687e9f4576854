"""What an operator makes of its inputs, and what it does to a gradient on the way back through it, as messages.

The declaration of an operator has the kinds, the catalogues have the texts: `makes-NAME` and `way-KIND`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from typing import Any

import numpy as np

from tidegraph.engine.graph import Declaration, Graph, Operator, Variable
from tidegraph.engine.graph.kinds import Factor, Way
from tidegraph.engine.messages.catalogue import Message, Parameter, has
from tidegraph.engine.notation.latex import Notation
from tidegraph.engine.ops.shape import index_text
from tidegraph.engine.ops.source.program import INFIX
from tidegraph.engine.trace.letters import plain_text

HOLE = re.compile(r"\(\{(\w+)\}\)|\{(\w+)\}")
"""A name in a formula, which may stand in parentheses of its own."""


LONGEST_NAME = 32
"""Letters that a name in a sentence may have; a longer one is cut."""


def spoken(graph: Graph, notation: Notation) -> Mapping[Variable, str]:
    """What sentences call a variable: its name, or, where the program gives none, what its square shows."""
    known = set(graph.names.values())
    outputs = [v for o in graph.operators for v in o.outputs]
    unnamed = [v for v in outputs if v not in notation.named or is_qualified(graph.names[v], known)]
    shown = {v: plain_text(notation.symbols[v].text) for v in unnamed}
    short = {v: text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…" for v, text in shown.items()}
    return {**graph.names, **{v: text for v, text in short.items() if text}}


def is_qualified(name: str, known: Container[str]) -> bool:
    """Whether the graph adds to the name that the program gives: the scope, `block.q`, or a number, `h_2`."""
    first, _, number = name.rpartition("_")
    return "." in name or (number.isdigit() and first in known)


def described(operator: Operator, names: Mapping[Variable, str]) -> Message:
    """What the result of an operator is, as a phrase: "the sum of a and b"."""
    return made_by(operator.op, operator.inputs, operator.attributes, names)


def made_by(
    op: Declaration, operands: Sequence[Variable | None], attributes: Mapping[str, Any], names: Mapping[Variable, str]
) -> Message:
    """The same for any operator or composite with its operands, None where an optional one is missing."""
    between = len(operands) == 2 and op.name in INFIX
    called = [None if v is None else closed(operand(v, names)) if between else operand(v, names) for v in operands]
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
        return {"key": "factor", **found, "factor": filled(way.formula, found)}
    if way in (Way.DERIVATIVE, Way.ADJOINT, Way.INSIDE):
        found["operator"] = operator.op.name
    return {"key": way.value, **found}


def filled(formula: str, names: Mapping[str, str]) -> str:
    """A factor with the names in it: a sum in parentheses, unless it stands in some already."""
    text = HOLE.sub(lambda m: f"({names[m[1]]})" if m[1] else closed(names[m[2]]), formula)
    return text.replace(" - ", " \N{MINUS SIGN} ")


def closed(text: str) -> str:
    """A name in parentheses where it is a sum, a difference, or has a sign."""
    depth, within = 0, False
    for place, letter in enumerate(text):
        depth += (letter in "([\u2308\u230a") - (letter in ")]\u2309\u230b")
        within ^= letter == "\u2016"
        if depth == 0 and not within and (letter in "+\N{MINUS SIGN}" or (place > 0 and letter == "-")):
            return f"({text})"
    return text


def named_in(parameter: str, text: str) -> str:
    """The text of a parameter of a phrase; names are in parentheses where they must be."""
    return closed(text) if parameter in ("own", "other", "result") else text


def called(name: str) -> Message:
    """What a sentence calls an operator or a function: its name, or a noun where a program writes it as a sign."""
    return Message(f"called-{name}") if has(f"called-{name}") else Message("called-other", name=name)


def phrase(found: Mapping[str, str]) -> Message:
    """The same as a phrase: "multiplied by x"."""
    way = Message(
        f"way-{found['key']}", **{name: named_in(name, text) for name, text in found.items() if name != "key"}
    )
    if "repeated" not in found:
        return way
    if found["key"] == Way.SAME.value:
        return Message("way-summed-same", own=found["own"])
    return Message("way-summed", way=way, own=found["own"])
