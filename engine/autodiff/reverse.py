"""Reverse mode as graph to graph: `pullback` walks operators backward and builds their vector-Jacobian products.

Chapter: "Backpropagation"; Griewank and Walther, Evaluating Derivatives (2008), chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegraph.engine.graph import Operator, Variable, literal, origin
from tidegraph.engine.ops.arithmetic import add
from tidegraph.engine.ops.shape import fit


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """The gradient that reaches `variable` through one operator's input `port`: one path's `prod` of the chapter."""

    variable: Variable
    operator: Operator
    port: int
    value: Variable


@dataclass(frozen=True, slots=True, eq=False)
class Pullback:
    """Gradients by variable, and the contributions that they are the sums of, in the order of the backward pass."""

    gradients: dict[Variable, Variable]
    contributions: list[Contribution]


def reachable(operators: Iterable[Operator], start: Iterable[Variable]) -> set[Variable]:
    """The variables that depend on `start`, with it."""
    found = set(start)
    for operator in operators:
        if any(v in found for v in operator.inputs):
            found.update(operator.outputs)
    return found


Alter = Callable[[Operator, int, Variable], "Variable | None"]
"""Puts another contribution in the place of one, or none: called with the operator, the port and the contribution."""


def pullback(
    operators: Sequence[Operator],
    cotangents: Mapping[Variable, Variable],
    wrt: Iterable[Variable] | None = None,
    alter: Alter | None = None,
) -> Pullback:
    """Reverse mode over `operators` (in topological order) from the given cotangents.

    With `wrt`, only variables on a path from one of these are visited; without it, every float variable. `alter` makes
    the mistakes that a lesson is about.
    """
    active = None if wrt is None else reachable(operators, wrt)
    gradients = dict(cotangents)
    contributions: list[Contribution] = []
    for operator in reversed(operators):
        received = [gradients.get(v) for v in operator.outputs]
        if all(g is None for g in received):
            continue
        ports = [
            port
            for port, v in enumerate(operator.inputs)
            if v.literal is None and v.kind == "float" and (active is None or v in active)
        ]
        if not ports or operator.op.vjp is None:
            continue
        with origin(operator.origin.scope, operator.origin.line):
            for port, value in products(operator, received, ports):
                variable = operator.inputs[port]
                value = fit(value, variable.shape)
                if alter is not None:
                    altered = alter(operator, port, value)
                    if altered is None:
                        continue
                    value = altered
                contributions.append(Contribution(variable, operator, port, value))
                earlier = gradients.get(variable)
                gradients[variable] = value if earlier is None else add(earlier, value)
    return Pullback(gradients, contributions)


def products(
    operator: Operator, received: Sequence[Variable | None], ports: Sequence[int]
) -> list[tuple[int, Variable]]:
    """The vector-Jacobian products of one operator for the inputs at `ports`."""
    op = operator.op
    outputs = operator.outputs
    if len(outputs) == 1:
        g: Any = received[0]
        y: Any = outputs[0]
    else:
        g = tuple([zeros(v) if r is None else r for r, v in zip(received, outputs, strict=True)])
        y = outputs
    rules = op.vjp
    if isinstance(rules, tuple):
        chosen = [(p, rules[p]) for p in ports]
        found = [(p, rule(g, y, *operator.inputs, **operator.attributes)) for p, rule in chosen if rule is not None]
    else:
        assert rules is not None
        values = rules(g, y, *operator.inputs, **operator.attributes)
        found = [(p, values[p]) for p in ports]
    return [(p, literal(v) if isinstance(v, (int, float)) else v) for p, v in found if v is not None]


def seed(variable: Variable) -> Variable:
    """The gradient of a target of one element with respect to itself: 1, in the target's shape."""
    return fit(literal(1.0), variable.shape)


def zeros(variable: Variable) -> Variable:
    """A zero of a variable's shape, without an array."""
    return fit(literal(0.0), variable.shape)
