"""The operators of the program language, described from their declarations in the engine's registry."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import cast

from tidegraph.app.api.schemas.runs import OperatorDescription
from tidegraph.engine.graph import leaf
from tidegraph.engine.messages.catalogue import DEFAULT, look_up
from tidegraph.engine.notation.latex import applied, filled, name_latex
from tidegraph.engine.ops import REGISTRY
from tidegraph.engine.ops.declare import Case, Composite, Primitive
from tidegraph.engine.ops.latex import Tex


@cache
def describe_all(language: str = DEFAULT) -> list[OperatorDescription]:
    """Every operator, in the order of the registry; what it does in a language, where its catalogue says it."""
    return [
        OperatorDescription(
            name=op.name,
            signature=op.signature,
            latex=written(op),
            doc=look_up(f"doc-{op.name}", None, {}, language) or op.doc,
            differentiable=op.differentiable,
            family=op.family,
            opens=isinstance(op, Composite),
            kink=(look_up(f"doc-{op.name}", "kink", {}, language) or getattr(op, "kink", "")).rstrip("."),
        )
        for op in cast(Iterable[Primitive | Composite], REGISTRY.values())
    ]


def written(op: Primitive | Composite) -> str:
    """An operator applied to its inputs, as the engine writes it in an equation."""
    case = op.cases[0] if op.cases else Case(((2, 2),) * len(op.inputs))
    names = op.inputs or [f"x{number}" for number in range(1, len(case.shapes) + 1)]
    arguments = [Tex(name_latex(name, shape)) for name, shape in zip(names, case.shapes, strict=False)]
    if isinstance(op, Composite):
        if callable(op.latex):
            return str(op.latex(arguments, case.attributes))
        call = rf"{op.symbol}\left({', '.join(argument.text for argument in arguments)}\right)"
        return filled(op.latex, arguments) if isinstance(op.latex, str) else call
    operands = [
        case.fixed.get(index, leaf(shape, "input", kind="int" if index in case.integers else "float"))
        for index, shape in enumerate(case.shapes)
    ]
    result = op(*operands, **case.attributes)
    output = result[0] if isinstance(result, tuple) else result
    return applied(output.operator, arguments).text
