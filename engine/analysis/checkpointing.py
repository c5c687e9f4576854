"""Gradient checkpointing: keep few variables of the forward pass, compute the others again in the backward pass.

The forward pass is cut into segments. Only what crosses a cut is kept; when the backward pass reaches a segment, the
segment is run again from there. With about sqrt(n) segments of n operators the kept memory grows as sqrt(n) for one
more forward pass: Chen, Xu, Zhang and Guestrin, "Training Deep Nets with Sublinear Memory Cost" (2016). The result is
again a graph, so plans, measures and compiled runs apply to it as to any other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegraph.engine.analysis.memory import Pass, training_pass
from tidegraph.engine.autodiff.reverse import pullback, zeros
from tidegraph.engine.autodiff.simplify import Simplifier
from tidegraph.engine.graph import Graph, InputError, Operator, Type, Variable, ancestors, literal
from tidegraph.engine.ops.order import after


@dataclass(frozen=True, slots=True)
class Checkpointed:
    """A training pass that recomputes.

    `segments` are the forward operators of each segment. `kept` are the variables that cross a cut, `recomputed` the
    operators that run twice. `plain` is the same pass when it keeps everything.
    """

    segments: tuple[tuple[Operator, ...], ...]
    kept: tuple[Variable, ...]
    recomputed: tuple[Operator, ...]
    pass_: Pass
    plain: Pass

    @property
    def extra_flops(self) -> int:
        """What the second computation costs."""
        return sum(o.op.flops(o) for o in self.recomputed)

    def verify(self, values: Mapping[str, Any] | None = None, seed: int = 0) -> bool:
        """Whether both passes give the same gradients bit for bit, by running them."""
        _, expected = self.plain.function(seed)(values)
        _, found = self.pass_.function(seed)(values)
        return all(np.array_equal(expected[name], found[name], equal_nan=True) for name in expected)


def segments_of(operators: Sequence[Operator], count: int) -> list[tuple[Operator, ...]]:
    """Operators in order, cut into at most `count` runs of about equal output elements."""
    if len(operators) <= count:
        return [(operator,) for operator in operators]
    weights = [sum(v.size for v in o.outputs) for o in operators]
    total, reached = max(sum(weights), 1), 0
    groups: list[list[Operator]] = [[] for _ in range(count)]
    for operator, weight in zip(operators, weights, strict=True):
        groups[min(reached * count // total, count - 1)].append(operator)
        reached += weight
    return [tuple(group) for group in groups if group]


def checkpoint(
    graph: Graph, target: str | None = None, segments: int | None = None, dtype: Any = "float64"
) -> Checkpointed:
    """The training pass of a graph with gradient checkpointing in `segments` pieces (default: about sqrt(n)).

    Its gradients are those of the plain pass bit for bit: the same operators on the same numbers, in the same order.
    """
    goal = graph.resolve_target(target)
    needed = set(ancestors([goal]))
    operators = [o for o in graph.operators if o in needed]
    if not operators:
        raise InputError("nothing-to-recompute")
    if segments is not None and not 1 <= segments <= len(operators):
        raise InputError("too-many-segments", operators=len(operators), segments=segments)
    count = segments or math.isqrt(len(operators) - 1) + 1
    pieces = segments_of(operators, count)
    parameters = set(graph.leaves("parameter").values())
    work = Rewriter(graph, {goal: literal(1.0)}, parameters)
    for number, piece in reversed(list(enumerate(pieces))):
        work.backward(piece, again=number < len(pieces) - 1)
    slopes = {name: work.slopes.get(v) or zeros(v) for name, v in graph.leaves("parameter").items()}
    made = Pass(graph, {graph.names[goal]: goal}, slopes, dtype)
    run = set(made.plan.operators)
    return Checkpointed(
        segments=tuple(pieces),
        kept=crossing(pieces),
        recomputed=tuple(o for o, clone in work.clones.items() if clone in run),
        pass_=made,
        plain=training_pass(graph, target, dtype),
    )


def crossing(pieces: Iterable[Sequence[Operator]]) -> tuple[Variable, ...]:
    """The computed variables that a later segment reads."""
    home: dict[Variable, int] = {}
    found: dict[Variable, None] = {}
    for number, piece in enumerate(pieces):
        for operator in piece:
            for variable in operator.inputs:
                if home.get(variable, number) != number:
                    found[variable] = None
            home.update(dict.fromkeys(operator.outputs, number))
    return tuple(found)


class Rewriter:
    """The backward pass, built segment by segment from the last to the first."""

    def __init__(self, graph: Graph, cotangents: Mapping[Variable, Variable], wrt: set[Variable]) -> None:
        self.slopes = dict(cotangents)
        self.active = set(wrt)
        for operator in graph.operators:
            if any(v in self.active for v in operator.inputs):
                self.active.update(operator.outputs)
        self.fixed: set[Operator] = set()
        self.clones: dict[Operator, Operator] = {}
        self.simplifier = Simplifier()
        self.fix(ancestors(cotangents))

    def fix(self, operators: Iterable[Operator]) -> None:
        """Leave operators as they are from now on."""
        for operator in operators:
            self.fixed.add(operator)
            self.simplifier.keep(operator)

    def backward(self, piece: Sequence[Operator], again: bool) -> list[Operator]:
        """The gradients of what a segment reads, from those of what it computes; the operators that this takes."""
        arrived = {v: self.slopes[v] for o in piece for v in o.outputs if v in self.slopes}
        if not arrived:
            return []
        copies, clones = self.run_again(piece, arrived) if again else ({}, list(piece))
        read = [v for o in piece for v in o.inputs]
        outside = {v: copies.get(v, v) for v in read if v in self.active and v not in arrived}
        start = {copies.get(v, v): g for v, g in arrived.items()}
        start |= {copies.get(v, v): self.slopes[v] for v in outside if v in self.slopes}
        back = pullback(clones, start, list(outside.values()))
        found = {v: back.gradients[copy] for v, copy in outside.items() if copy in back.gradients}
        for operator in self.added(found.values()):
            self.simplifier.rebuild(operator)
        known = self.simplifier.known
        self.slopes |= {v: known.get(g, g) for v, g in found.items()}
        caused = self.added(self.slopes[v] for v in found)
        self.fix(caused)
        return caused

    def added(self, outputs: Iterable[Variable]) -> list[Operator]:
        """The operators that `outputs` need beyond those that are fixed."""
        fixed = self.fixed
        return ancestors([v for v in outputs if v.operator not in fixed], lambda v: v.operator in fixed)

    def run_again(
        self, piece: Sequence[Operator], arrived: Mapping[Variable, Variable]
    ) -> tuple[dict[Variable, Variable], list[Operator]]:
        """A copy of a segment that can run only after the gradients of its outputs have arrived."""
        signals = [g for g in dict.fromkeys(arrived.values()) if g.operator is not None]
        inside = {v for o in piece for v in o.outputs}
        copies: dict[Variable, Variable] = {}
        clones = []
        for operator in piece:
            for variable in operator.inputs:
                if variable.literal is None and variable not in inside and variable not in copies:
                    copies[variable] = self.held(variable, signals)
            types = tuple(Type(v.shape, v.kind) for v in operator.outputs)
            inputs = tuple(copies.get(v, v) for v in operator.inputs)
            clone = Operator(operator.op, inputs, operator.attributes, types, operator.origin)
            copies.update(zip(operator.outputs, clone.outputs, strict=True))
            clones.append(clone)
            self.clones[operator] = clone
        self.fix(clones)
        return copies, clones

    def held(self, variable: Variable, signals: Iterable[Variable]) -> Variable:
        """A variable as it is, but not before the signals are known."""
        for signal in signals:
            variable = after(variable, signal)
            assert variable.operator is not None
            self.fix([variable.operator])
        return variable
