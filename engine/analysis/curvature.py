"""Second derivatives at a point: the Hessian of small networks, curvature along a line, Newton's step, and shapes.

What each level of differentiation costs, and its graph, are in `engine.levels`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegraph.engine.autodiff.derivatives import hvp
from tidegraph.engine.graph import Graph, InputError, Shape
from tidegraph.engine.runtime.function import function, value_and_grad
from tidegraph.engine.runtime.values import checked_value, initial_values

MAX_PARAMETERS = 400
"""Parameters up to which the whole Hessian is worked out."""


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
        names = (
            list(dict.fromkeys(wrt)) if wrt is not None else list(graph.leaves("parameter") or graph.leaves("input"))
        )
        if not names:
            raise InputError("no-parameter-to-differentiate")
        self.shapes: dict[str, Shape] = {name: graph.find(name).shape for name in names}
        for name in names:
            if graph.find(name).leaf is None:
                raise InputError("not-a-parameter", name=name, names=list(graph.leaves()))
        self.slices: dict[str, slice] = {}
        start = 0
        for name in names:
            size = graph.find(name).size
            self.slices[name] = slice(start, start + size)
            start += size
        self.size = start
        if not start:
            raise InputError("no-parameter-to-differentiate")
        self.value = function(graph, [self.target], dtype, seed)
        self.both = value_and_grad(graph, self.target, names, "training", dtype, seed)
        self.product = function(hvp(graph, self.target, names), dtype=dtype, seed=seed)
        leaves = graph.leaves()
        first = {**initial_values(graph, seed, values or ()), **(values or {})}
        kind = self.value.plan.dtype
        set_by_hand = [name for name in leaves if name not in graph.sizes]
        self.values = {name: checked_value(name, leaves[name], first[name], kind) for name in set_by_hand}

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
        parts = {self.product.graph.tangents[name]: part for name, part in self.split(vector).items()}
        given = {name: part for name, part in parts.items() if name in self.product.plan.leaves}
        known = {name: value for name, value in self.values.items() if name in self.product.plan.leaves}
        (found,) = self.product({**known, **given})
        return self.joined({name: found[f"H{name}"] for name in self.slices})

    def columns(self) -> np.ndarray:
        """The Hessian as it is worked out, one product a column, shape (size, size)."""
        with np.errstate(all="ignore"):
            return np.stack([self.times(row) for row in np.eye(self.size)], axis=1)

    def hessian(self) -> Hessian:
        """The whole Hessian, a column a product, made symmetric; up to MAX_PARAMETERS parameters."""
        if self.size > MAX_PARAMETERS:
            raise InputError(
                "hessian-too-large",
                parameters=self.size,
                entries=self.size**2,
                most=MAX_PARAMETERS,
            )
        matrix = self.columns()
        matrix = (matrix + matrix.T) / 2
        if not np.isfinite(matrix).all():
            raise InputError("hessian-not-finite")
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

    def path(self, direction: np.ndarray, lengths: Iterable[float]) -> np.ndarray:
        """The target along a line, one value a step length."""
        with np.errstate(all="ignore"):
            return np.array([self.at(self.moved(length * direction)) for length in lengths])

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
