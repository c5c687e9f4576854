"""Graph to graph: common subexpressions are shared, and the rewrite rules of the operators' declarations applied.

Derivative rules are written for clarity and leave much to simplify (`0.5 * broadcast(1) * (2 * r)` is `r`). The
operators of the program itself are never changed, only shared: the page shows the program as its author wrote it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

from tidegraph.engine.graph import Operator, Origin, PrimitiveDeclaration, Type, Variable, ancestors, origin
from tidegraph.engine.graph.kinds import Trait


def simplify(
    outputs: Iterable[Variable], fixed: Collection[Operator] = (), local: bool = False
) -> dict[Variable, Variable]:
    """For every variable that `outputs` need, the variable of the simplified graph; `fixed` operators stay as they are.

    With `local`, nothing behind a fixed operator's output is looked at: enough to write a single rule down.
    """
    outputs = list(outputs)
    work = Simplifier()
    stop = (lambda v: v.operator in fixed) if local else None
    for operator in ancestors([v for v in outputs if not (stop and stop(v))], stop):
        if operator in fixed:
            work.keep(operator)
        else:
            work.rebuild(operator)
    for variable in outputs:
        work.known.setdefault(variable, variable)
    return work.known


class Simplifier:
    """The variables of the new graph by what computes them, so that nothing is computed twice."""

    def __init__(self) -> None:
        self.known: dict[Variable, Variable] = {}
        self.made: dict[Any, tuple[Variable, ...]] = {}

    def keep(self, operator: Operator) -> None:
        """An operator of the new graph as it is."""
        self.made.setdefault(key(operator.op, operator.inputs, operator.attributes), operator.outputs)
        for variable in operator.outputs:
            self.known[variable] = variable

    def rebuild(self, operator: Operator) -> None:
        """An operator on the simplified inputs."""
        known = self.known
        results = self.simplified(operator, tuple([known.get(v, v) for v in operator.inputs]))
        for old, new in zip(operator.outputs, results, strict=True):
            known[old] = new

    def simplified(self, operator: Operator, inputs: tuple[Variable, ...]) -> tuple[Variable, ...]:
        """The outputs of an operator on other inputs: by one of its rules, or shared where they are known, or built."""
        op, attributes = operator.op, operator.attributes
        simpler = None
        if op.rewrites:
            with origin(*operator.origin) as here:
                simpler = next((v for rule in op.rewrites if (v := rule(*inputs, **attributes)) is not None), None)
        if simpler is not None:
            return (self.settled(simpler, here),)
        name = key(op, inputs, attributes)
        outputs = self.made.get(name)
        if outputs is None:
            outputs = operator.outputs
            if operator.inputs != inputs:
                types = tuple([Type(v.shape, v.kind) for v in outputs])
                outputs = Operator(op, inputs, attributes, types, operator.origin).outputs
            self.made[name] = outputs
        return outputs

    def settled(self, variable: Variable, here: Origin) -> Variable:
        """A rule's result in the new graph: the operators that the rule built have the very origin `here`."""
        operator = variable.operator
        if operator is None or operator.origin is not here:
            return variable
        inputs = tuple([self.settled(v, here) for v in operator.inputs])
        return self.simplified(operator, inputs)[variable.output]


def key(op: PrimitiveDeclaration, inputs: tuple[Variable, ...], attributes: Any) -> Any:
    """What makes two operators the same computation."""
    parts = [v if v.literal is None else (v.kind, repr(v.literal)) for v in inputs]
    if Trait.COMMUTATIVE in op.traits:
        parts.sort(key=lambda p: id(p) if isinstance(p, Variable) else 0)
    if not attributes:
        return op.name, *parts
    return op.name, *parts, frozen(attributes)


def frozen(value: Any) -> Any:
    """A hashable stand-in for an attribute."""
    if isinstance(value, dict):
        return tuple(sorted((k, frozen(v)) for k, v in value.items()))
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, *map(frozen, value))
    if isinstance(value, slice):
        return "slice", value.start, value.stop, value.step
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    return type(value).__name__, repr(value)
