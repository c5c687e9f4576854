"""Second derivatives: what each level of differentiation costs, the Hessian of small networks, curvature along a line.

Chapter, exercise 4: the gradient is a larger graph and the second derivative a still larger one. A gradient costs a
small multiple of the value (Baur and Strassen 1983), a Hessian-vector product a small multiple of the gradient
(Pearlmutter 1994), and the whole Hessian one such product a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from engine.autodiff import hvp
from engine.errors import InputError
from engine.graph import Graph, Shape
from engine.memory import Pass
from engine.ops.declare import spell
from engine.plan import Plan, function, passes, value_and_grad
from engine.values import given_value, initial_values

MAX_PARAMETERS = 400
"""Parameters up to which the whole Hessian is worked out."""

LEVELS = ("value", "gradient", "hessian-vector product", "hessian")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of differentiation. A gradient comes with its value, a product is what is needed for it alone.

    `variables` and `operators` are nodes of its graph. `flops` and `bytes` (the planned peak) are those of one run,
    for the Hessian of as many products as there are parameters. `seconds` is the median of measured runs, None if it
    was not measured; `ratio` is its FLOPs over those of the value.
    """

    name: str
    variables: int
    operators: int
    flops: int
    bytes: int
    seconds: float | None
    ratio: float


def levels(
    graph: Graph,
    values: Mapping[str, Any] | None = None,
    target: str | None = None,
    repeats: int = 5,
    dtype: Any = "float64",
    seed: int = 0,
) -> list[Level]:
    """Value, gradient, Hessian-vector product and Hessian beside each other; `repeats=0` measures nothing."""
    curvature = Curvature(graph, values, target, dtype, seed)
    runs: list[tuple[str, Plan, int, Callable[[], Any]]] = [
        ("value", curvature.value.plan, 1, lambda: curvature.value(curvature.values)),
        ("gradient", curvature.both.plan, 1, lambda: curvature.both(curvature.values)),
        ("hessian-vector product", curvature.product.plan, 1, lambda: curvature.times(np.ones(curvature.size))),
    ]
    found: list[Level] = []
    for name, plan, count, run in runs:
        seconds = median_seconds(run, repeats) if repeats else None
        found.append(level(name, plan, count, seconds, runs[0][1].flops))
    columns = found[-1].seconds
    total = None if columns is None else columns * curvature.size
    found.append(level("hessian", curvature.product.plan, curvature.size, total, runs[0][1].flops, curvature.size**2))
    return found


def level(name: str, plan: Plan, count: int, seconds: float | None, value_flops: int, entries: int = 0) -> Level:
    """A level from its plan; a Hessian of `entries` numbers is `count` runs of its product."""
    return Level(
        name=name,
        variables=len(plan.leaves) + sum(len(o.outputs) for o in plan.operators),
        operators=len(plan.operators),
        flops=plan.flops * count,
        bytes=plan.peak_bytes + entries * plan.dtype.itemsize,
        seconds=seconds,
        ratio=plan.flops * count / max(value_flops, 1),
    )


def median_seconds(run: Callable[[], Any], repeats: int) -> float:
    """The median time of a run, after one that is not counted."""
    run()
    times = []
    for _ in range(repeats):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return float(np.median(times))


@dataclass(frozen=True, slots=True)
class Picture:
    """A level of differentiation as a graph to draw: the gradient's holds the forward graph as well.

    `belongs` says which variable of the program a derivative node belongs to.
    """

    graph: Graph
    belongs: dict[str, str]


def picture(graph: Graph, level: str, target: str | None = None) -> Picture:
    """The graph of a level: `value`, `gradient` (forward and backward as one) or `hessian-vector product`."""
    goal = graph.names[graph.resolve_target(target)]
    if level == "value":
        return Picture(graph, {})
    if level == "gradient":
        found = passes(graph, goal, graph.leaves("parameter") or graph.leaves("input"), keep="all")
        made = Pass(graph, {goal: graph.find(goal)}, found.gradients)
        slopes = {v: name for name, v in found.gradients.items()}
        drawn = Graph({name: v for v, name in made.names.items()}, made.plan.operators, graph.local, goal)
        return Picture(drawn, {drawn.names[v]: name for v, name in slopes.items() if v in drawn.names})
    if level == "hessian-vector product":
        drawn = hvp(graph, goal)
        names = graph.leaves("parameter") or graph.leaves()
        ties = {f"H{name}": name for name in names} | {f"{name}_dot": name for name in names}
        return Picture(drawn, {node: name for node, name in ties.items() if node in drawn.variables})
    raise InputError(f"there is no level {level!r} to draw", ", ".join(LEVELS[:-1]))


@dataclass(frozen=True, slots=True)
class Hessian:
    """The matrix of second derivatives of a scalar by all parameters, laid end to end as `slices` says.

    `eigenvalues` ascend; `vectors` are their eigenvectors, one a column. `condition` is the ratio of the largest to
    the smallest magnitude, infinite where the smallest is 0.
    """

    matrix: np.ndarray
    slices: dict[str, slice]
    eigenvalues: np.ndarray
    vectors: np.ndarray

    @property
    def condition(self) -> float:
        sizes = np.abs(self.eigenvalues)
        return float(sizes.max() / sizes.min()) if sizes.min() else float("inf")

    @property
    def definite(self) -> str:
        """What the point is: `minimum` (all curvatures positive), `maximum`, `saddle` or `flat` (some are 0)."""
        limit = np.abs(self.eigenvalues).max() * 1e-10
        if (np.abs(self.eigenvalues) <= limit).any():
            return "flat"
        if (self.eigenvalues > 0).all():
            return "minimum"
        return "maximum" if (self.eigenvalues < 0).all() else "saddle"


@dataclass(frozen=True, slots=True)
class Line:
    """A direction from the present point: slope and curvature of the target along it, and where its parabola ends.

    `best` is the step length at which the parabola is lowest, None where it has no lowest point; `change` is what the
    parabola promises there, `actual` what the target really does.
    """

    slope: float
    curvature: float
    best: float | None
    change: float | None
    actual: float | None


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One step from the present point: how long it is, what the target was and becomes, and the new parameters."""

    name: str
    length: float
    before: float
    after: float
    parameters: dict[str, np.ndarray]


class Curvature:
    """Second derivatives of a scalar by the parameters (or the variables `wrt`) at one point."""

    def __init__(
        self,
        graph: Graph,
        values: Mapping[str, Any] | None = None,
        target: str | None = None,
        dtype: Any = "float64",
        seed: int = 0,
        wrt: Iterable[str] | None = None,
    ) -> None:
        self.graph = graph
        self.target = graph.names[graph.resolve_target(target)]
        names = list(wrt) if wrt is not None else list(graph.leaves("parameter") or graph.leaves("input"))
        if not names:
            raise InputError("there is nothing to differentiate by", "declare a parameter: W: parameter[3]")
        self.shapes: dict[str, Shape] = {name: graph.find(name).shape for name in names}
        for name in names:
            if graph.find(name).leaf is None:
                raise InputError(f"{name} is computed and no parameter", f"one of {', '.join(graph.leaves())}")
        self.slices: dict[str, slice] = {}
        start = 0
        for name in names:
            size = graph.find(name).size
            self.slices[name] = slice(start, start + size)
            start += size
        self.size = start
        self.value = function(graph, [self.target], dtype, seed)
        self.both = value_and_grad(graph, self.target, names, "training", dtype, seed)
        self.product = function(hvp(graph, self.target, names), dtype=dtype, seed=seed)
        leaves = graph.leaves()
        first = {**initial_values(graph, seed), **(values or {})}
        kind = self.value.plan.dtype
        set_by_hand = [name for name in leaves if name not in graph.sizes]
        self.values = {name: given_value(name, leaves[name], first[name], kind) for name in set_by_hand}

    def split(self, vector: np.ndarray) -> dict[str, np.ndarray]:
        """A vector of all parameters as one array a parameter."""
        return {name: vector[part].reshape(self.shapes[name]) for name, part in self.slices.items()}

    def joined(self, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
        """One array a parameter as a single vector."""
        return np.concatenate([np.ravel(arrays[name]) for name in self.slices])

    def at(self, parameters: Mapping[str, np.ndarray]) -> float:
        """The target with other parameters."""
        (found,) = self.value({**self.values, **parameters})
        return float(found[self.target])

    def gradient(self) -> np.ndarray:
        """All first derivatives, shape (size,)."""
        _, found = self.both(self.values)
        zeros = {name: np.zeros(shape) for name, shape in self.shapes.items()}
        return self.joined({**zeros, **found})

    def times(self, vector: np.ndarray) -> np.ndarray:
        """The Hessian times a vector, shape (size,)."""
        parts = {f"{name}_dot": part for name, part in self.split(vector).items()}
        given = {name: part for name, part in parts.items() if name in self.product.plan.leaves}
        known = {name: value for name, value in self.values.items() if name in self.product.plan.leaves}
        (found,) = self.product({**known, **given})
        return self.joined({name: found[f"H{name}"] for name in self.slices})

    def hessian(self) -> Hessian:
        """The whole Hessian, a column a product, made symmetric; up to MAX_PARAMETERS parameters."""
        if self.size > MAX_PARAMETERS:
            raise InputError(
                f"the Hessian of {self.size} parameters has {self.size**2:,} numbers",
                f"up to {MAX_PARAMETERS} parameters; for more use Hessian-vector products",
            )
        with np.errstate(all="ignore"):
            matrix = np.stack([self.times(row) for row in np.eye(self.size)], axis=1)
        matrix = (matrix + matrix.T) / 2
        if not np.isfinite(matrix).all():
            raise InputError("the Hessian is not finite here", "choose other values")
        eigenvalues, vectors = np.linalg.eigh(matrix)
        return Hessian(matrix, dict(self.slices), eigenvalues, vectors)

    def along(self, direction: np.ndarray | None = None) -> Line:
        """Slope and curvature along a direction (default: against the gradient, not scaled)."""
        gradient = self.gradient()
        direction = -gradient if direction is None else direction
        slope = float(gradient @ direction)
        bend = float(direction @ self.times(direction))
        if not bend > 0:
            return Line(slope, bend, None, None, None)
        best = -slope / bend
        actual = self.at(self.moved(best * direction)) - self.at({})
        return Line(slope, bend, best, slope * best + bend * best**2 / 2, actual)

    def moved(self, step: np.ndarray) -> dict[str, np.ndarray]:
        """The parameters after a step, by name."""
        return {name: self.values[name] + part for name, part in self.split(step).items()}

    def steps(self, learning_rate: float = 0.1, damping: float = 0.0) -> list[StepTaken]:
        """A gradient step beside a Newton step from the same point.

        Newton's solves (H + damping I) step = -gradient, by least squares where that is singular. It goes to the point
        where the parabola is flat, which is a saddle where curvatures are negative.
        """
        gradient, hessian = self.gradient(), self.hessian()
        matrix = hessian.matrix + damping * np.eye(self.size)
        newton = np.linalg.lstsq(matrix, -gradient, rcond=None)[0]
        before = self.at({})
        found = []
        for name, step in (("gradient", -learning_rate * gradient), ("newton", newton)):
            parameters = self.moved(step)
            found.append(StepTaken(name, float(np.linalg.norm(step)), before, self.at(parameters), parameters))
        return found


@dataclass(frozen=True, slots=True)
class ShapeFacts:
    """Exercise 1: the shapes of derivatives by one variable.

    `by_target` is that of dJ/dX, `jacobians` are those of dY/dX by the name of Y.
    """

    name: str
    shape: Shape
    gradient: Shape
    by_target: Shape
    jacobians: dict[str, Shape]
    text: str


def shape_facts(graph: Graph, name: str, target: str | None = None) -> ShapeFacts:
    """The shape of a variable's gradient, and of the full Jacobians of what is computed from it directly."""
    variable = graph.find(name)
    goal = graph.names[graph.resolve_target(target)]
    direct = [v for o in graph.operators if variable in o.inputs for v in o.outputs if v.kind == "float"]
    jacobians = {graph.names[v]: (*v.shape, *variable.shape) for v in direct}
    rule = f"{goal} is a scalar, so its gradient has one number for every number in {name}: {spell(variable.shape)}."
    if direct:
        first = direct[0]
        whole = graph.names[first]
        rule += (
            f" The Jacobian of {whole} has one number for every pair of a number in {whole} ({spell(first.shape)}) and"
            f" one in {name} ({spell(variable.shape)}): {spell((*first.shape, *variable.shape))}."
            " Backpropagation never builds it; it multiplies by it."
        )
    return ShapeFacts(name, variable.shape, variable.shape, variable.shape, jacobians, rule)
