"""Calls of every operator in the registry, each as a small graph with values: what the systematic tests share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zlib import crc32

import numpy as np

import tidegraph
from tidegraph.engine.graph import Graph, Shape, Variable, leaf
from tidegraph.engine.ops import REGISTRY
from tidegraph.engine.ops.arithmetic import identity
from tidegraph.engine.ops.declare import Case, Op
from tidegraph.engine.ops.reductions import sum as total
from tidegraph.engine.ops.shape import reshape

ELEMENTWISE = {
    1: (Case(((2, 3),)), Case(((5,),)), Case(((),))),
    2: (
        Case(((2, 3), (2, 3))),
        Case(((2, 3), (3,))),
        Case(((2, 1), (1, 3))),
        Case(((), (3,))),
        Case(((2, 3), ())),
        Case(((), ())),
    ),
    3: (Case(((2, 3), (2, 3), (2, 3))), Case(((3,), (2, 1), ())), Case(((), (), ()))),
}
"""Calls of elementwise operators that declare none, by the number of inputs."""


def cases_of(op: Op) -> tuple[Case, ...]:
    """The calls that an operator is tested with: those declared, or the usual ones of an elementwise operator."""
    if op.cases or not getattr(op, "elementwise", False):
        return op.cases
    return ELEMENTWISE[len(op.inputs)]


@dataclass(frozen=True)
class Call:
    """One operator applied to leaves `x0`, `x1`, ...; its results `y0`, ... are weighed and summed to a scalar `J`.

    J = sum((w + y / 2) * y) has a gradient and a curvature, also where the operator is linear.
    """

    op: Op
    case: Case
    shapes: tuple[Shape, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "float"

    def __str__(self) -> str:
        shapes = "-".join("x".join(map(str, s)) or "scalar" for s in self.shapes)
        attributes = "-".join(f"{k}={v}".replace(" ", "") for k, v in self.attributes.items())
        return "-".join(filter(None, (self.op.name, shapes, attributes)))[:60]

    @cached_property
    def graph(self) -> Graph:
        """Raises what the operator raises where the shapes do not fit."""
        named: dict[str, Variable] = {}
        operands: list[Variable | None] = []
        for n, shape in enumerate(self.shapes):
            if n in self.case.fixed and self.case.fixed[n] is None:
                operands.append(None)
                continue
            named[f"x{n}"] = variable = leaf(shape, "input")
            operands.append(converted(variable, self.kind))
        result: Any = self.op(*operands, **self.attributes)
        objective: Variable | None = None
        for n, y in enumerate(result if isinstance(result, tuple) else (result,)):
            y = identity(y) if y.operator is None else y
            named[f"y{n}"] = y
            if y.kind == "float":
                named[f"w{n}"] = weight = leaf(y.shape, "input")
                part = total((weight + y * 0.5) * y)
                objective = part if objective is None else objective + part
        if objective is not None:
            named["J"] = objective
        return Graph(named, target=None if objective is None else "J")

    @property
    def results(self) -> list[str]:
        """Names of what the operator computes."""
        return [name for name in self.graph.named.values() if name.startswith("y")]

    @property
    def floats(self) -> list[str]:
        """Names of the results that are floats: those that can have a gradient."""
        return [name for name in self.results if self.graph.find(name).kind == "float"]

    @property
    def wrt(self) -> list[str]:
        """Names of the inputs that vary continuously."""
        discrete = {f"x{n}" for n in (*self.case.integers, *self.case.fixed)}
        return [name for name in self.graph.named.values() if name.startswith("x") and name not in discrete]

    @cached_property
    def values(self) -> dict[str, np.ndarray]:
        """Values for all leaves: inputs inside the operator's domain, away from kinks and ties."""
        random = np.random.default_rng(crc32(str(self).encode()))
        found = {}
        for n, shape in enumerate(self.shapes):
            if n in self.case.fixed:
                if self.case.fixed[n] is not None:
                    found[f"x{n}"] = np.broadcast_to(np.asarray(self.case.fixed[n], dtype=float), shape).copy()
            elif n in self.case.integers:
                found[f"x{n}"] = random.integers(0, self.case.integers[n], shape).astype(float)
            else:
                found[f"x{n}"] = sample(random, domain_of(self.op, n), shape) + self.case.near.get(n, 0.0)
        for name in self.floats:
            found["w" + name[1:]] = random.uniform(-1, 1, self.graph.find(name).shape)
        return found

    def direction(self) -> dict[str, np.ndarray]:
        """A direction in the space of the continuous inputs."""
        random = np.random.default_rng(7)
        return {name: random.uniform(-1, 1, self.graph.find(name).shape) for name in self.wrt}


def converted(x: Variable, kind: str) -> Variable:
    """Whole numbers or truth values made of a float variable, as a program makes them."""
    if kind == "float":
        return x
    positive = x > 0
    return positive if kind == "bool" else total(reshape(positive, shape=(1, *x.shape)), axis=0)


def domain_of(op: Op, n: int) -> tuple[float, float]:
    """The interval that an operator's n-th input is sampled from."""
    first: Any = op.domain[0]
    if not isinstance(first, (tuple, list)):
        return op.domain  # type: ignore[return-value]
    return op.domain[min(n, len(op.domain) - 1)]  # type: ignore[return-value]


def sample(random: np.random.Generator, domain: tuple[float, float], shape: Shape) -> np.ndarray:
    """Distinct numbers spread over an interval, none of them close to a multiple of one half, where kinks live."""
    low, high = domain
    size = int(np.prod(shape))
    value = low + (random.permutation(size) + random.uniform(0.2, 0.8, size)) / max(size, 1) * (high - low)
    off = 2 * value - np.round(2 * value)
    margin = min(0.02, 0.1 / max(size, 1))
    value = np.where(np.abs(off) < margin, value + np.where(off < 0, -margin, margin), value)
    return value.reshape(shape)


def calls(ops: Sequence[Op] | None = None) -> Iterator[Call]:
    """Every call of every operator."""
    for op in REGISTRY.values() if ops is None else ops:
        for case in cases_of(op):  # type: ignore[arg-type]
            yield Call(op, case, case.shapes, dict(case.attributes))  # type: ignore[arg-type]


def run(call: Call, names: Sequence[str], dtype: str = "float64") -> dict[str, np.ndarray]:
    """The named variables of a call's graph at its values."""
    (values,) = tidegraph.function(call.graph, names, dtype)(call.values)
    return values


def dot(a: Mapping[str, np.ndarray], b: Mapping[str, np.ndarray]) -> float:
    """The inner product of two dictionaries of arrays with the same names."""
    return float(sum(np.sum(a[name] * b[name]) for name in b))


def assert_close(actual: Any, wanted: Any, relative: float, what: str = "") -> None:
    """Equal to a tolerance relative to the largest number on either side, and at least one."""
    actual, wanted = np.asarray(actual, dtype=float), np.asarray(wanted, dtype=float)
    assert actual.shape == wanted.shape, f"{what}: shape {actual.shape}, wanted {wanted.shape}"
    finite = wanted[np.isfinite(wanted)]
    scale = max(1.0, float(np.abs(finite).max(initial=0.0)))
    np.testing.assert_allclose(actual, wanted, rtol=0, atol=relative * scale, err_msg=what)
