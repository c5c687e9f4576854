"""Levels of differentiation: what the value, the gradient and second derivatives cost, and each as a graph to draw.

Chapter, exercise 4: the gradient is a larger graph and the second derivative a still larger one. A gradient costs a
small multiple of the value (Baur and Strassen 1983), a Hessian-vector product a small multiple of the gradient
(Pearlmutter 1994), and the whole Hessian one such product a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from tidegraph.engine.analysis.curvature import MAX_PARAMETERS, Curvature
from tidegraph.engine.autodiff.derivatives import hessian, hvp
from tidegraph.engine.autodiff.reverse import reachable
from tidegraph.engine.graph import Graph, InputError, Operator, Variable, ancestors
from tidegraph.engine.notation.latex import Notation
from tidegraph.engine.ops.latex import PRODUCT, Tex
from tidegraph.engine.runtime.plan import Plan, passes
from tidegraph.engine.trace.run import Run
from tidegraph.engine.trace.structure import Structure
from tidegraph.engine.trace.tracer import Trace, combine

LEVELS = ("value", "gradient", "hessian-vector product", "hessian")

PATIENCE = 0.25
"""Seconds after which a level is not measured again, and above which a Hessian is reckoned rather than run."""

MAX_DRAWN = 600
"""Operators up to which the graph of a whole Hessian is drawn; it has a copy of the product's for every parameter."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of differentiation. A gradient comes with its value, a product is what is needed for it alone.

    `variables` and `operators` are nodes of its graph. `flops` and `bytes` (the planned peak) are those of one run,
    for the Hessian of as many products as there are parameters. `seconds` is the median of measured runs, None if it
    was not measured, and reckoned from one product's where `measured` is false; `ratio` is its FLOPs over those of
    the value.
    """

    name: str
    variables: int
    operators: int
    flops: int
    bytes: int
    seconds: float | None
    ratio: float
    measured: bool


def levels(
    graph: Graph,
    values: Mapping[str, Any] | None = None,
    target: str | None = None,
    repeats: int = 5,
    dtype: Any = "float64",
    seed: int = 0,
) -> list[Level]:
    """Value, gradient, Hessian-vector product and Hessian beside each other; `repeats=0` measures nothing."""
    return levels_of(Curvature(graph, values, target, dtype, seed), repeats)


def levels_of(curvature: Curvature, repeats: int = 5) -> list[Level]:
    """The levels at a point whose functions are compiled already."""
    vector = np.ones(curvature.size)
    runs: list[tuple[str, Plan, Callable[[], Any]]] = [
        ("value", curvature.value.plan, lambda: curvature.value(curvature.values)),
        ("gradient", curvature.both.plan, lambda: curvature.both(curvature.values)),
        ("hessian-vector product", curvature.product.plan, lambda: curvature.times(vector)),
    ]
    base = runs[0][1].flops
    found: list[Level] = []
    with np.errstate(all="ignore"):
        for name, plan, run in runs:
            seconds = median_seconds(run, repeats) if repeats else None
            found.append(level(name, plan, 1, seconds, base))
        whole = None if seconds is None else seconds * curvature.size
        measured = whole is not None and whole < PATIENCE and curvature.size <= MAX_PARAMETERS
        if measured:
            whole = median_seconds(curvature.columns, repeats)
    plan, size = curvature.product.plan, curvature.size
    return [*found, level("hessian", plan, size, whole, base, size * size, measured)]


def level(
    name: str, plan: Plan, count: int, seconds: float | None, value_flops: int, entries: int = 0, measured: bool = True
) -> Level:
    """A level from its plan; a Hessian of `entries` numbers is `count` runs of its product."""
    return Level(
        name=name,
        variables=len({v for o in plan.operators for v in (*o.inputs, *o.outputs) if v.literal is None}),
        operators=len(plan.operators),
        flops=plan.flops * count,
        bytes=plan.peak_bytes + entries * plan.dtype.itemsize,
        seconds=seconds,
        ratio=plan.flops * count / max(value_flops, 1),
        measured=measured and seconds is not None,
    )


def median_seconds(run: Callable[[], Any], repeats: int) -> float:
    """The median time of up to `repeats` runs, after one that is not counted."""
    run()
    times: list[float] = []
    until = perf_counter() + PATIENCE
    while len(times) < repeats and (not times or perf_counter() < until):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return float(np.median(times))


@dataclass(frozen=True, slots=True)
class Picture:
    """A level of differentiation as a graph to draw: the gradient's holds the forward graph as well.

    `ties` say which derivative belongs to which variable of the program; a gradient that two variables share is tied
    to both. `orders` are the order of differentiation of the variables that are not the program's own, by name: 1 for
    the backward pass, 2 for what differentiates that again. The graph has no target:
    what is differentiated is in it already.
    """

    graph: Graph
    ties: tuple[tuple[str, str], ...]
    orders: dict[str, int]
    notation: Notation

    def trace(
        self,
        values: Mapping[str, Any] | None = None,
        seed: int = 0,
        dtype: Any = "float64",
        digits: int = 4,
        scientific: bool = False,
    ) -> Trace:
        """The level at work: a forward pass over its graph, in which derivatives are variables like any other."""
        known = {name: value for name, value in (values or {}).items() if name in self.graph.variables}
        run = Run(Structure(self.graph, None, dtype, self.notation), known, seed)
        return combine(run, digits, scientific, flat=True)


def picture(graph: Graph, level: str, target: str | None = None) -> Picture:
    """The graph of a level: `value`, `gradient` (forward and backward as one), `hessian-vector product`, `hessian`.

    Raises InputError where the graph of the Hessian is too large to be drawn.
    """
    goal = graph.resolve_target(target)
    drawing = Drawing(graph, graph.names[goal])
    if level == "value":
        return drawing.drawn({}, ancestors([goal]), [])
    if level == "gradient":
        return drawing.gradient()
    if level == "hessian-vector product":
        return drawing.product()
    if level == "hessian":
        return drawing.hessian()
    raise InputError("unknown-derivative-order", ", ".join(LEVELS), level=repr(level))


class Drawing:
    """The pictures of one graph's derivatives by its parameters (its inputs where it has none)."""

    def __init__(self, graph: Graph, goal: str) -> None:
        self.graph = graph
        self.goal = goal
        self.names = list(graph.leaves("parameter") or graph.leaves("input"))
        self.notation = Notation(graph)
        if not self.names:
            raise InputError("no-parameter-to-differentiate")

    def gradient(self) -> Picture:
        """Forward and backward pass as one graph: what a training step computes, and no more."""
        graph, goal = self.graph, self.graph.find(self.goal)
        slopes = passes(graph, self.goal, self.names, keep="all").gradients
        wanted = [goal, *(v for name, v in slopes.items() if name in self.names)]
        derivatives: dict[str, tuple[Variable, str]] = {}
        for name, variable in slopes.items():
            if variable.operator is not None and variable not in graph.names:
                latex = self.notation.derivative(goal, graph.find(name))
                derivatives.setdefault(f"d{self.goal}/d{name}", (variable, latex))
        ties = [(variable, name) for name, variable in slopes.items()]
        return self.drawn(derivatives, ancestors(wanted), ties)

    def product(self) -> Picture:
        """The Hessian times a direction: what is needed for that alone."""
        made = hvp(self.graph, self.goal, self.names)
        derivatives: dict[str, tuple[Variable, str]] = {}
        ties: list[tuple[Variable, str]] = []
        for name in self.names:
            symbol = self.symbol(name)
            for node, latex in (
                (f"{name}_dot", rf"\mathbf{{v}}_{{{symbol}}}"),
                (f"H{name}", rf"\left(\mathbf{{H}}\mathbf{{v}}\right)_{{{symbol}}}"),
            ):
                if node in made.variables:
                    derivatives[node] = made.find(node), latex
                    ties.append((made.find(node), name))
        moving = reachable(made.operators, [v for n, (v, _) in derivatives.items() if n.endswith("_dot")])
        return self.drawn(derivatives, made.operators, ties, moving)

    def hessian(self) -> Picture:
        """Every second derivative: a copy of the product's graph for each parameter, with a unit vector in it."""
        size = sum(self.graph.find(name).size for name in self.names)
        about = size * len(hvp(self.graph, self.goal, self.names).operators)
        if about > MAX_DRAWN:
            raise InputError(
                "hessian-graph-too-large",
                operators=about,
                parameters=size,
                most=MAX_DRAWN,
            )
        made = hessian(self.graph, self.goal, self.names)
        derivatives: dict[str, tuple[Variable, str]] = {}
        ties: list[tuple[Variable, str]] = []
        for a in self.names:
            for b in self.names:
                node = f"d2{self.goal}_d{a}_d{b}"
                below = rf"\partial {self.symbol(a)}\,\partial {self.symbol(b)}"
                derivatives[node] = made.find(node), rf"\frac{{\partial^2 {self.symbol(self.goal)}}}{{{below}}}"
                ties += [(made.find(node), name) for name in dict.fromkeys((a, b))]
        return self.drawn(derivatives, made.operators, ties, set(made.variables.values()))

    def symbol(self, name: str) -> str:
        """How a variable of the program is written."""
        return self.notation.symbols[self.graph.find(name)].text

    def drawn(
        self,
        derivatives: Mapping[str, tuple[Variable, str]],
        operators: Sequence[Operator],
        ties: Iterable[tuple[Variable, str]],
        second: Set[Variable] = frozenset(),
    ) -> Picture:
        """A picture whose derivatives have names and LaTeX; `second` are the variables of order 2."""
        program = self.graph.names
        needed = set(operators)
        ordered = [o for o in self.graph.operators if o in needed]
        ordered += [o for o in operators if o.outputs[0] not in program]
        read = {v for o in ordered for v in (*o.inputs, *o.outputs)}
        # A name of the program stays its variable's own, also where the level does not need that variable.
        named = {name: v for name, v in self.graph.variables.items() if v in read or v.leaf is None}
        named |= {name: variable for name, (variable, _) in derivatives.items()}
        made = Graph(named, ordered, self.graph.local, program=self.graph.program)
        known = {variable: Tex(latex, PRODUCT) for variable, latex in derivatives.values()}
        orders = {
            name: 2 if v in second else 1
            for name, v in made.variables.items()
            if v not in program and (v.operator is not None or v in known)
        }
        tied = tuple((made.names[v], name) for v, name in ties if v in made.names and name in made.variables)
        return Picture(made, tied, orders, Notation(made, self.notation, known))
