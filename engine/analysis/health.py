"""What is wrong with a network: findings in one run, each with its place and the numbers that show it.

Nothing is found without evidence. The thresholds are rules of thumb, stated beside each check: vanishing and exploding
gradients after Glorot and Bengio (2010), dead units after Lu et al. (2019), the largest stable step of gradient descent
2 / curvature after LeCun et al. (1998).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tidegraph.engine.analysis.curvature import Curvature
from tidegraph.engine.graph import Graph, Operator, Variable, ancestors
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.notation.latex import Notation
from tidegraph.engine.runtime.function import value_and_grad
from tidegraph.engine.trace.phrases import spoken

Arrays = Mapping[str, np.ndarray]

RATIO = 1e3
"""Gradients of two parameters that differ by this factor vanish or explode between them."""
LAYERS = 3
"""Activations are compared where there are so many of one shape at least."""
SATURATED = 0.5
"""This part of the entries of a layer is at an end of the activation's range."""
END = {Way.TANGENT: (-1.0, 1.0, 0.02), Way.LOGISTIC: (0.0, 1.0, 0.01)}
"""Of an activation, the ends of its range and how close to them an entry is saturated."""
ROWS = 4
"""A unit is dead, and a feature has a scale, over this many examples at least."""
SCALES = 100.0
"""Standard deviations of two features that differ by this factor."""
NORMALISED = (Way.SOFTMAX,)
NORMALISING = (Way.SOFTMAX, Way.LOG_SOFTMAX, Way.SOFTMAX_WEIGHTS)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its code, the variable or operator where it shows, and the numbers that show it."""

    code: str
    place: str
    evidence: dict[str, Any] = field(default_factory=dict)
    called: str = ""
    """What a sentence calls the place, where that is not its id."""

    @property
    def message(self) -> Message:
        """What was found, in words."""
        return Message(f"health-{self.code}", place=self.called or self.place, **self.evidence)

    @property
    def advice(self) -> Message:
        """What to try."""
        return Message(f"health-{self.code}-try", place=self.called or self.place, **self.evidence)


def check_health(
    graph: Graph,
    values: Mapping[str, Any] | None = None,
    target: str | None = None,
    dtype: Any = "float64",
    seed: int = 0,
    learning_rate: float | None = None,
) -> list[Finding]:
    """What is wrong in one run of `graph` with `values`; nothing for a healthy network.

    With a `learning_rate`, also whether it is beyond 2 / curvature along the gradient.
    """
    name = graph.names[graph.resolve_target(target)]
    with np.errstate(all="ignore"):
        found, gradients = value_and_grad(graph, name, dtype=dtype, seed=seed)(**dict(values or {}))
    run = Run(graph, name, found, gradients)
    findings = list(run.nonfinite())
    if not findings:
        findings += [*run.flow(), *run.unused(), *run.symmetric()]
        if learning_rate is not None and graph.leaves("parameter"):
            findings += run.steep(Curvature(graph, values, name, dtype, seed), learning_rate)
    findings += [*run.activations(), *run.normalised_twice(), *run.scales()]
    if all(finding.place in graph.named.values() for finding in findings):
        return findings
    names = spoken(graph, Notation(graph))
    called = {graph.names[variable]: text for variable, text in names.items()}
    return [replace(finding, called=called.get(finding.place, "")) for finding in findings]


def first_fault(graph: Graph, target: str, values: Arrays, gradients: Arrays) -> str | None:
    """The first value that is not finite and was not given so.

    An infinity that the program or its numbers state, such as the -infinity of a mask, is no fault by itself: the first
    NaN is, or, where the target or a gradient is not finite, that infinity.
    """
    found = [name for name, value in values.items() if not np.isfinite(value).all()]
    if not found or not _given(graph.find(found[0])):
        return next(iter(found), None)
    undefined = next((name for name in found if np.isnan(values[name]).any()), None)
    fine = target not in found and all(np.isfinite(gradient).all() for gradient in gradients.values())
    return undefined or (None if fine else found[0])


def _given(variable: Variable) -> bool:
    """Whether a value that is not finite is a leaf, or made with a number that is not finite."""
    operands = variable.operator.inputs if variable.operator else ()
    stated = [operand.literal for operand in operands if operand.literal is not None]
    return variable.operator is None or not all(np.isfinite(number) for number in stated)


class Run:
    """The arrays of one run, and what they show."""

    def __init__(self, graph: Graph, target: str, values: Arrays, gradients: Arrays) -> None:
        self.graph = graph
        self.target = target
        self.values = values
        self.gradients = gradients
        self.parameters = list(graph.leaves("parameter"))

    def nonfinite(self) -> Iterator[Finding]:
        """The first value, or else the first gradient, that is NaN or infinite."""
        name = first_fault(self.graph, self.target, self.values, self.gradients)
        if name:
            value = self.values[name]
            yield Finding("nonfinite", name, {"count": int((~np.isfinite(value)).sum()), "size": int(value.size)})
            return
        for name, gradient in reversed(list(self.gradients.items())):
            if not np.isfinite(gradient).all():
                bad = int((~np.isfinite(gradient)).sum())
                yield Finding("nonfinite-gradient", name, {"count": bad, "size": int(gradient.size)})
                return

    def flow(self) -> Iterator[Finding]:
        """Gradients that shrink or grow by `RATIO` from the target to the first layer.

        Those of the layers' matrices are compared; where layers share one array, as the steps of a recurrent network
        or the slices of a stack of weights do, those of activations of one shape.
        """
        yield from (
            self.between([p for p in self.parameters if p in self.gradients and self.gradients[p].ndim >= 2], 2)
            or self.between(self.activated(), LAYERS)
            or self.between(self.projected(), LAYERS)
        )

    def between(self, names: Sequence[str], least: int) -> list[Finding]:
        """Whether the gradients of at least so many layers vanish or explode from the last to the first of them."""
        depth = self.depths()
        sizes = {
            name: float(np.sqrt(np.mean(np.square(self.gradients[name]))))
            for name in names
            if np.any(self.gradients[name])
        }
        layers = sorted(sizes, key=lambda name: depth.get(self.graph.find(name), 0))
        if len(layers) < least:
            return []
        last, first = layers[0], layers[-1]
        if depth.get(self.graph.find(first), 0) == depth.get(self.graph.find(last), 0):
            return []
        evidence = {"first": first, "last": last, "gradient": sizes[first], "other": sizes[last]}
        if sizes[first] * RATIO <= sizes[last]:
            return [Finding("vanishing", first, evidence | {"factor": sizes[last] / sizes[first]})]
        if sizes[first] >= RATIO * sizes[last]:
            return [Finding("exploding", first, evidence | {"factor": sizes[first] / sizes[last]})]
        return []

    def activated(self) -> list[str]:
        """The activations of the shape that most of them have."""
        return self.alike(o for o in self.graph.operators if o.op.way(o, 0) in (Way.WHERE_POSITIVE, *END))

    def projected(self) -> list[str]:
        """What is computed with a parameter's matrix, of the shape that most of it has."""
        matrices = {self.graph.find(name) for name in self.parameters if self.values[name].ndim == 2}
        return self.alike(o for o in self.graph.operators if not matrices.isdisjoint(o.inputs))

    def alike(self, operators: Iterable[Operator]) -> list[str]:
        """The results of operators, of the shape that most of them have."""
        by_shape = dict[tuple[int, ...], list[str]]()
        for operator in operators:
            name = self.graph.names[operator.outputs[0]]
            if name in self.gradients and self.gradients[name].size > 1:
                by_shape.setdefault(self.gradients[name].shape, []).append(name)
        return max(by_shape.values(), key=len, default=[])

    def depths(self) -> dict[Variable, int]:
        """How many operators at least lie between a variable and the target."""
        depth = {self.graph.find(self.target): 0}
        for operator in reversed(self.graph.operators):
            below = [depth[v] for v in operator.outputs if v in depth]
            for variable in operator.inputs if below else ():
                depth[variable] = min(depth.get(variable, len(self.graph.operators)), min(below) + 1)
        return depth

    def unused(self) -> Iterator[Finding]:
        """Parameters that get no gradient: the target does not depend on them, or all of it is zero."""
        reached = self.depths()
        for name in self.parameters:
            variable = self.graph.find(name)
            gradient = self.gradients.get(name)
            if variable not in reached:
                yield Finding("unused", name, {"target": self.target})
            elif variable.size and (gradient is None or not np.any(gradient)):
                yield Finding("no-gradient", name, {"size": int(variable.size), "target": self.target})

    def symmetric(self) -> Iterator[Finding]:
        """Matrices all of whose columns, or all of whose rows, are the same and get the same gradient."""
        for name in self.parameters:
            value, gradient = self.values[name], self.gradients.get(name)
            if value.ndim != 2 or min(value.shape) < 2 or gradient is None:
                continue
            for axis in (0, 1):
                units = value.shape[axis]
                if units > 1 and all(np.ptp(array, axis=axis).max() == 0 for array in (value, gradient)):
                    yield Finding("symmetric", name, {"units": units})
                    break

    def activations(self) -> Iterator[Finding]:
        """Rectifiers that are zero for every example, and activations at the ends of their range."""
        for operator in self.graph.operators:
            way = operator.op.way(operator, 0)
            name = self.graph.names[operator.outputs[0]]
            value = self.values[name]
            rectifies = way is Way.WHERE_POSITIVE or self.rectifies(operator)
            if rectifies and value.ndim >= 2 and value.shape[0] >= ROWS:
                active = (value > 0).any(axis=tuple(range(value.ndim - 1)))
                if not active.all():
                    rows = int(np.prod(value.shape[:-1]))
                    dead = int((~active).sum())
                    yield Finding("dead", name, {"count": dead, "size": int(active.size), "rows": rows})
            elif rectifies and value.size > 1 and not np.any(value > 0):
                yield Finding("dead", name, {"count": int(value.size), "size": int(value.size), "rows": 1})
            elif isinstance(way, Way) and way in END and value.size > 1:
                low, high, near = END[way]
                part = float(np.mean((value < low + near) | (value > high - near)))
                if part >= SATURATED:
                    yield Finding("saturated", name, {"percent": round(100 * part), "size": int(value.size)})

    def rectifies(self, operator: Operator) -> bool:
        """Whether an operator is a rectifier by its result: `maximum(x, 0)`, `where(x > 0, x, 0)`."""
        ways = [operator.op.way(operator, i) for i in range(len(operator.inputs))]
        if not {Way.TIE, Way.CHOSEN} & {way for way in ways if isinstance(way, Way)}:
            return False
        if all(operand.literal != 0 for operand in operator.inputs):
            return False
        value = self.values[self.graph.names[operator.outputs[0]]]
        operands = [self.values[self.graph.names[v]] for v in operator.inputs if v.literal is None]
        return any(x.shape == value.shape and np.array_equal(value, np.maximum(x, 0)) for x in operands)

    def normalised_twice(self) -> Iterator[Finding]:
        """What softmax has made, given to softmax again: a loss that takes logits gets probabilities."""
        softmaxes = {operator for operator in self.graph.operators if operator.op.way(operator, 0) in NORMALISED}
        for operator in self.graph.operators if softmaxes else ():
            if operator.op.way(operator, 0) not in NORMALISING:
                continue
            twice = next((v for v in operator.inputs if self.is_distribution(v, operator, softmaxes)), None)
            if twice is not None:
                rows = self.values[self.graph.names[twice]].sum(axis=-1)
                yield Finding("softmax-twice", self.graph.names[twice], {"sum": float(np.mean(rows))})

    def is_distribution(self, variable: Variable, operator: Operator, softmaxes: set[Operator]) -> bool:
        """Whether an operand is made by a softmax and its numbers still sum to 1 along the operator's axis."""
        if variable.operator is None:
            return False
        if variable.operator in softmaxes:
            return True
        value = self.values[self.graph.names[variable]]
        axis = operator.attributes.get("axis", -1)
        if not isinstance(axis, int) or value.ndim == 0 or softmaxes.isdisjoint(ancestors([variable])):
            return False
        return bool((value >= 0).all() and value.shape[axis] > 1 and np.allclose(value.sum(axis=axis), 1))

    def scales(self) -> Iterator[Finding]:
        """Columns of an input, over `ROWS` examples at least, whose standard deviations differ by `SCALES`."""
        for name in self.graph.leaves("input"):
            value = self.values[name]
            if value.ndim != 2 or value.shape[0] < ROWS or value.shape[1] < 2 or not np.isfinite(value).all():
                continue
            spread = value.std(axis=0)
            varying = np.flatnonzero(spread > 0)
            if varying.size < 2:
                continue
            least, most = varying[spread[varying].argmin()], varying[spread[varying].argmax()]
            if spread[most] >= SCALES * spread[least]:
                evidence = {"small": float(spread[least]), "large": float(spread[most])}
                yield Finding("scales", name, evidence | {"column": int(most), "other": int(least)})

    def steep(self, curvature: Curvature, learning_rate: float) -> Iterator[Finding]:
        """A step of gradient descent that is longer than 2 / curvature along the gradient: the loss rises."""
        gradient = curvature.gradient()
        norm = float(np.linalg.norm(gradient))
        if norm == 0:
            return
        direction = gradient / norm
        bend = float(direction @ curvature.times(direction))
        if bend > 0 and learning_rate > 2 / bend:
            yield Finding("learning-rate", self.target, {"rate": learning_rate, "curvature": bend, "limit": 2 / bend})
