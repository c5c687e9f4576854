"""Forward mode as graph to graph: `pushforward` walks operators forward and builds their Jacobian-vector products.

Griewank and Walther, Evaluating Derivatives (2008), chapter 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tidegraph.engine.autodiff.reverse import products, pullback, zeros
from tidegraph.engine.graph import Operator, Variable, ancestors, leaf, origin
from tidegraph.engine.ops.arithmetic import add
from tidegraph.engine.ops.shape import fit


def pushforward(operators: Sequence[Operator], tangents: Mapping[Variable, Variable]) -> dict[Variable, Variable]:
    """Forward mode over `operators` (in topological order): the tangent of every variable that has one."""
    found = dict(tangents)
    for operator in operators:
        moving = tuple([found.get(v) if v.kind == "float" else None for v in operator.inputs])
        if all(t is None for t in moving) or operator.op.vjp is None:
            continue
        with origin(operator.origin.scope, operator.origin.line):
            for variable, tangent in zip(operator.outputs, tangents_of(operator, moving), strict=True):
                if tangent is not None and variable.kind == "float":
                    found[variable] = fit(tangent, variable.shape)
    return found


def tangents_of(operator: Operator, moving: tuple[Variable | None, ...]) -> Sequence[Variable | None]:
    """The Jacobian-vector product of one operator: by its own rule, or from its vjp.

    An elementwise vjp multiplies by the derivative, and so does the jvp. A linear operator maps its tangents as it
    maps its inputs. In general the vjp is linear in its cotangent, and its transpose is the jvp.
    """
    op = operator.op
    y: Any = operator.outputs[0] if len(operator.outputs) == 1 else operator.outputs
    if op.jvp is not None:
        result = op.jvp(moving, y, *operator.inputs, **operator.attributes)
        if isinstance(result, list):
            return [total(result)]
        return result if isinstance(result, tuple) else (result,)
    if op.linear:
        inputs = [zeros(v) if t is None else t for t, v in zip(moving, operator.inputs, strict=True)]
        result = op(*inputs, **operator.attributes)
        return result if isinstance(result, tuple) else (result,)
    if op.elementwise:
        parts = []
        for port, tangent in enumerate(moving):
            if tangent is not None:
                stretched = fit(tangent, operator.outputs[0].shape)
                parts += [value for _, value in products(operator, [stretched], [port])]
        return [total(parts)]
    probes = [leaf(v.shape, "constant") if v.kind == "float" else None for v in operator.outputs]
    ports = [p for p, t in enumerate(moving) if t is not None]
    values = dict(products(operator, probes, ports))
    near = {*operator.inputs, *operator.outputs}
    inner = ancestors(values.values(), stop=near.__contains__)
    cotangents: dict[Variable, Variable] = {}
    for port, value in values.items():
        tangent = moving[port]
        assert tangent is not None
        earlier = cotangents.get(value)
        cotangents[value] = fit(tangent, value.shape) if earlier is None else add(earlier, fit(tangent, value.shape))
    back = pullback(inner, cotangents, wrt=[p for p in probes if p is not None])
    return [None if p is None else back.gradients.get(p) for p in probes]


def total(parts: Iterable[Variable | None]) -> Variable | None:
    """The sum of those that are there."""
    result: Variable | None = None
    for part in parts:
        if part is not None:
            result = part if result is None else add(result, part)
    return result
