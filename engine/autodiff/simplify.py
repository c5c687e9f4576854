"""Graph to graph: common subexpressions shared, products with one and sums with zero removed, scalars gathered.

Derivative rules are written for clarity and leave much to tidy (`0.5 * broadcast(1) * (2 * r)` is `r`). The operators
of the program itself are never changed, only shared: what a person wrote is what the page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import numpy as np

from tidegraph.engine.graph import Operator, Origin, Type, Variable, ancestors, literal, origin
from tidegraph.engine.ops.arithmetic import add, divide, identity, multiply, neg, power, subtract
from tidegraph.engine.ops.declare import Op, broadcast
from tidegraph.engine.ops.linalg import matmul
from tidegraph.engine.ops.reductions import sum
from tidegraph.engine.ops.shape import broadcast_to, getitem, put, reshape, sum_to, transpose

COMMUTATIVE = {"add", "multiply", "maximum", "minimum", "equal"}


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
        self.around = Origin()

    def keep(self, operator: Operator) -> None:
        self.made.setdefault(key(operator.op, operator.inputs, operator.attributes), operator.outputs)
        for variable in operator.outputs:
            self.known[variable] = variable

    def rebuild(self, operator: Operator) -> None:
        known = self.known
        inputs = tuple([known.get(v, v) for v in operator.inputs])
        self.around = operator.origin
        results = self.make(operator.op, inputs, operator.attributes, operator)
        for old, new in zip(operator.outputs, results, strict=True):
            known[old] = new

    def make(
        self, op: Any, inputs: tuple[Variable, ...], attributes: Any, old: Operator | None = None
    ) -> tuple[Variable, ...]:
        """The outputs of an operator: simpler if a rule says so, shared if known, else built."""
        rule = RULES.get(op.name)
        if rule is not None:
            simpler = rule(self, inputs, attributes)
            if simpler is not None:
                return (simpler,)
        name = key(op, inputs, attributes)
        outputs = self.made.get(name)
        if outputs is None:
            if old is not None and old.inputs == inputs:
                outputs = old.outputs
            else:
                if old is None:
                    with origin(*self.around):
                        made = op(*inputs, **attributes)
                    outputs = made if isinstance(made, tuple) else (made,)
                else:
                    types = tuple([Type(v.shape, v.kind) for v in old.outputs])
                    outputs = Operator(op, inputs, attributes, types, old.origin).outputs
            self.made[name] = outputs
        return outputs

    def one(self, op: Any, *inputs: Variable, **attributes: Any) -> Variable:
        return self.make(op, inputs, attributes)[0]


def key(op: Op, inputs: tuple[Variable, ...], attributes: Any) -> Any:
    """What makes two operators the same computation."""
    parts = [v if v.literal is None else (v.kind, repr(v.literal)) for v in inputs]
    if op.name in COMMUTATIVE:
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


Rule = Callable[[Simplifier, tuple[Variable, ...], Any], "Variable | None"]


def produced_by(variable: Variable, op: Op) -> Operator | None:
    """The operator behind a variable if it is an application of `op`."""
    return variable.operator if variable.operator is not None and variable.operator.op is op else None


def unstretched(variable: Variable, other: Variable, shape: tuple[int, ...]) -> Variable:
    """What a variable was before it was broadcast, where `other` gives the full shape by itself."""
    operator = produced_by(variable, broadcast_to)
    if operator is not None and broadcast(operator.inputs[0].shape, other.shape) == shape:
        return operator.inputs[0]
    return variable


def shaped(work: Simplifier, variable: Variable, shape: tuple[int, ...]) -> Variable:
    """A variable in a shape that it broadcasts to."""
    return variable if variable.shape == shape else work.one(broadcast_to, variable, shape=shape)


def _multiply(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    first, second = inputs
    shape = broadcast(first.shape, second.shape)
    a = unstretched(first, second, shape)
    b = unstretched(second, a, shape)
    if b.literal is not None or (a.shape and not b.shape):
        a, b = b, a
    if a.literal is not None:
        if b.literal is not None:
            return literal(a.literal * b.literal)
        if b.kind == "float":
            if a.literal == 1:
                return shaped(work, b, shape)
            if a.literal == -1:
                return shaped(work, work.one(neg, b), shape)
        quotient = produced_by(b, divide)
        if quotient is not None and quotient.inputs[1].literal:
            return work.one(multiply, literal(a.literal / quotient.inputs[1].literal), quotient.inputs[0])
        negative = produced_by(b, neg)
        if negative is not None:
            return work.one(multiply, literal(-a.literal), negative.inputs[0])
    equal = produced_by(b, broadcast_to)
    if equal is not None and not a.shape and not equal.inputs[0].shape:
        return shaped(work, work.one(multiply, a, equal.inputs[0]), shape)
    inner = produced_by(b, multiply)
    if inner is not None and a.literal is not None:
        for part, rest in (inner.inputs, inner.inputs[::-1]):
            quotient = produced_by(part, divide)
            if quotient is not None and quotient.inputs[1].literal is not None:
                return work.one(multiply, rest, work.one(multiply, a, part))
    if inner is not None and not a.shape:
        scale, rest = inner.inputs
        if scale.shape or not (rest.shape or scale.literal is not None):
            scale, rest = rest, scale
        if not scale.shape and (a.literal is not None) <= (scale.literal is not None):
            return work.one(multiply, work.one(multiply, a, scale), rest)
        if not scale.shape and rest.shape:
            return work.one(multiply, work.one(multiply, a, scale), rest)
    if (a, b) != (first, second):
        return work.one(multiply, a, b)
    return None


def _matmul(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    """What a broadcast repeats is multiplied once; where it repeats along the summed axis, the rest is summed."""
    a, b = inputs
    if a.ndim != 2 or b.ndim != 2 or {a.kind, b.kind} != {"float"}:
        return None
    shape = (a.shape[0], b.shape[1])
    for port, stretched in enumerate((produced_by(a, broadcast_to), produced_by(b, broadcast_to))):
        if stretched is None:
            continue
        small = stretched.inputs[0]
        rows, columns = (1, 1, *small.shape)[-2:]
        summed, free = (columns, rows) if port == 0 else (rows, columns)
        if summed == 1:
            rest = work.one(sum, (b, a)[port], axis=port, keepdims=True) if a.shape[1] != 1 else (b, a)[port]
            return shaped(work, work.one(multiply, small, rest), shape)
        if free == 1:
            line = work.one(reshape, small, shape=(rows, columns))
            return shaped(work, work.one(matmul, *((line, b) if port == 0 else (a, line))), shape)
    return None


def _divide(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    first, second = inputs
    if first.literal is not None and second.literal:
        return literal(first.literal / second.literal)
    if second.literal == 1 and first.kind == "float":
        return first
    shape = broadcast(first.shape, second.shape)
    a = unstretched(first, second, shape)
    if a is not first:
        return work.one(divide, a, second)
    return None


def _add(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    first, second = inputs
    if first.literal is not None and second.literal is not None:
        return literal(first.literal + second.literal)
    shape = broadcast(first.shape, second.shape)
    for a, b in ((first, second), (second, first)):
        if a.literal == 0 and b.kind == "float":
            return b
        bare = unstretched(a, b, shape)
        if bare is not a:
            return work.one(add, bare, b)
        equal = produced_by(b, broadcast_to)
        if equal is not None and not a.shape and not equal.inputs[0].shape:
            return shaped(work, work.one(add, a, equal.inputs[0]), shape)
    negative = produced_by(second, neg)
    if negative is not None:
        return work.one(subtract, first, negative.inputs[0])
    return None


def _subtract(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    a, b = inputs
    if a.literal is not None and b.literal is not None:
        return literal(a.literal - b.literal)
    return a if b.literal == 0 and a.kind == "float" else None


def _neg(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    (x,) = inputs
    if x.literal is not None:
        return literal(-x.literal)
    inner = produced_by(x, neg)
    if inner is not None and inner.inputs[0].kind == x.kind:
        return inner.inputs[0]
    stretched = produced_by(x, broadcast_to)
    if stretched is not None:
        return shaped(work, work.one(neg, stretched.inputs[0]), x.shape)
    return None


def _power(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    base, exponent = inputs
    if exponent.literal == 1 and base.kind == "float":
        return base
    if exponent.literal == 0:
        return shaped(work, literal(1.0), base.shape)
    return None


def _reshape(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    (x,) = inputs
    shape = reshape.infer(x, **attributes).shape
    if shape == x.shape:
        return x
    if x.literal is not None or (x.size == 1 and not x.shape):
        return work.one(broadcast_to, x, shape=shape)
    inner = produced_by(x, reshape)
    if inner is not None:
        return work.one(reshape, inner.inputs[0], shape=shape)
    stretched = produced_by(x, broadcast_to)
    if stretched is not None and not stretched.inputs[0].shape:
        return shaped(work, stretched.inputs[0], shape)
    return None


def _transpose(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    (x,) = inputs
    axes = attributes.get("axes")
    inner = produced_by(x, transpose)
    if x.ndim < 2:
        return x
    if inner is not None and axes is None and inner.attributes.get("axes") is None:
        return inner.inputs[0]
    if inner is not None:
        first = inner.attributes.get("axes") or tuple(range(x.ndim))[::-1]
        then = axes or tuple(range(x.ndim))[::-1]
        both = tuple(first[a] % x.ndim for a in then)
        if both == tuple(range(x.ndim)):
            return inner.inputs[0]
    stretched = produced_by(x, broadcast_to)
    if stretched is not None and not stretched.inputs[0].shape:
        return shaped(work, stretched.inputs[0], transpose.infer(x, axes=axes).shape)
    return None


def _broadcast_to(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    (x,) = inputs
    shape = broadcast_to.infer(x, **attributes).shape
    if x.shape == shape:
        return x
    inner = produced_by(x, broadcast_to)
    return work.one(broadcast_to, inner.inputs[0], shape=shape) if inner is not None else None


def _sum_to(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    (x,) = inputs
    shape = sum_to.infer(x, **attributes).shape
    if x.shape == shape:
        return x
    return _summed(work, x, shape)


def _sum(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    (x,) = inputs
    if not x.shape:
        return x if x.kind == "float" else None
    return _summed(work, x, sum.infer(x, **attributes).shape)


def _summed(work: Simplifier, x: Variable, shape: tuple[int, ...]) -> Variable | None:
    """The sum of equal numbers is a product."""
    stretched = produced_by(x, broadcast_to)
    size = Variable(shape).size
    if stretched is None or stretched.inputs[0].shape or not size:
        return None
    return shaped(
        work,
        work.one(
            multiply, literal(float(x.size // size) if x.kind == "float" else x.size // size), stretched.inputs[0]
        ),
        shape,
    )


def _getitem(work: Simplifier, inputs: tuple[Variable, ...], attributes: Any) -> Variable | None:
    (x,) = inputs
    inner = produced_by(x, put)
    if inner is not None and frozen(inner.attributes["key"]) == frozen(attributes["key"]):
        return inner.inputs[0] if isinstance(attributes["key"], (int, slice)) else None
    return None


RULES: dict[str, Rule] = {
    multiply.name: _multiply,
    matmul.name: _matmul,
    divide.name: _divide,
    add.name: _add,
    subtract.name: _subtract,
    neg.name: _neg,
    power.name: _power,
    reshape.name: _reshape,
    transpose.name: _transpose,
    broadcast_to.name: _broadcast_to,
    sum_to.name: _sum_to,
    sum.name: _sum,
    getitem.name: _getitem,
    identity.name: lambda work, inputs, attributes: inputs[0],
}
