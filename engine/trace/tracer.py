"""A trace: structure and run as one, every step of a forward and a backward pass with its numbers and equations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tidegraph.engine.graph import Graph, building
from tidegraph.engine.graph.display import mimebundle
from tidegraph.engine.notation.latex import Notation
from tidegraph.engine.notation.numbers import DIGITS
from tidegraph.engine.runtime.plan import Plan
from tidegraph.engine.trace.run import Run, Writing
from tidegraph.engine.trace.steps import Step
from tidegraph.engine.trace.structure import Structure


@dataclass(frozen=True, slots=True)
class TraceStep:
    """A step of a structure with the numbers of a run: its equation filled in, its contribution and its gradient."""

    step: Step
    equation: dict[str, str]
    contribution: np.ndarray | None = None
    gradient: np.ndarray | None = None

    def __getattr__(self, name: str) -> Any:
        """What does not depend on numbers is the step's own."""
        return getattr(self.step, name)

    def to_dict(self, encode: Callable[[np.ndarray], Any]) -> dict[str, Any]:
        """Plain data; a forward step has no backward fields."""
        data = self.step.to_dict() | {"equation": self.equation}
        if self.step.phase == "backward":
            del data["parts"]
            data["contribution"] = None if self.contribution is None else encode(self.contribution)
            data["gradient"] = None if self.gradient is None else encode(self.gradient)
        return data


@dataclass(slots=True, repr=False)
class Trace:
    """A run as data: the graph with values and gradients, the scopes, the steps."""

    target: str | None
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    scopes: list[dict[str, Any]]
    forward: list[TraceStep]
    backward: list[TraceStep]
    plan: Plan
    first_nonfinite: str | None = None
    values: dict[str, np.ndarray] = field(default_factory=dict)
    gradients: dict[str, np.ndarray] = field(default_factory=dict)
    run: Run | None = None

    def __repr__(self) -> str:
        return f"Trace(target={self.target!r}, {len(self.forward)} steps forward, {len(self.backward)} back)"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        """What a notebook shows: the picture."""
        return mimebundle(self)

    def to_dict(self, encode: Callable[[np.ndarray], Any] = np.ndarray.tolist) -> dict[str, Any]:
        """The trace as JSON-ready data; `encode` turns each array into lists, or a summary of it."""

        def plain(value: Any) -> Any:
            return encode(value) if isinstance(value, np.ndarray) else value

        def steps(found: Iterable[TraceStep]) -> list[dict[str, Any]]:
            return [step.to_dict(encode) for step in found]

        return {
            "target": self.target,
            "graph": {
                "directed": True,
                "multigraph": True,
                "graph": {},
                "nodes": [{k: plain(v) for k, v in node.items()} for node in self.nodes],
                "edges": self.edges,
            },
            "scopes": [
                scope | {"forward": steps(scope["forward"]), "backward": steps(scope["backward"])}
                for scope in self.scopes
            ],
            "forward": steps(self.forward),
            "backward": steps(self.backward),
            "first_nonfinite": self.first_nonfinite,
        }


def combine(run: Run, digits: int = DIGITS, scientific: bool = False, flat: bool = False) -> Trace:
    """A run and its structure as one trace; `flat` has all scopes open and none of their own steps, and no way back."""
    structure = run.structure
    writing = Writing(run, digits, scientific)

    def node(plain: dict[str, Any]) -> dict[str, Any]:
        made = {name: value for name, value in plain.items() if name != "differentiated"}
        if made["kind"] == "variable":
            made |= {"value": run.values[made["id"]], "gradient": run.gradients.get(made["id"])}
        return made | {"scope": ""} if flat else made

    def step(one: Step) -> TraceStep:
        return TraceStep(
            replace(one, scope="") if flat else one,
            writing.fill(one.equation),
            run.contribution(one.parts) if one.parts else None,
            run.gradients[one.variable] if one.final and one.variable is not None else None,
        )

    return Trace(
        target=structure.target_name,
        nodes=[node(plain) for plain in structure.nodes],
        edges=structure.edges,
        scopes=[]
        if flat
        else [
            scope | {way: [step(one) for one in scope[way]] for way in ("forward", "backward")}
            for scope in structure.scopes
        ],
        forward=[step(one) for one in structure.forward],
        backward=[] if flat else [step(one) for one in structure.backward],
        plan=structure.plan,
        first_nonfinite=run.first_nonfinite,
        values=run.values,
        gradients=run.gradients,
        run=None if flat else run,
    )


def trace(
    graph: Graph,
    values: Mapping[str, Any] | None = None,
    target: str | None = None,
    seed: int = 0,
    dtype: Any = "float64",
    digits: int = DIGITS,
    scientific: bool = False,
) -> Trace:
    """Run a graph forward and backward and record every step.

    `values` sets declared variables, `target` is the scalar to differentiate (default: the last that the program
    assigns; a graph without one has a forward pass only). Equations hold numbers to so many significant `digits`,
    all with a power of ten where they are to be `scientific`. Raises InputError for values that do not fit.
    """
    return Tracer(graph, target, dtype)(values, seed, digits, scientific)


class Tracer:
    """A graph ready to be traced: compiled; call it with values, as often as they change."""

    def __init__(
        self, graph: Graph, target: str | None = None, dtype: Any = "float64", notation: Notation | None = None
    ) -> None:
        self.structure = Structure(graph, target, dtype, notation)

    def __call__(
        self, values: Mapping[str, Any] | None = None, seed: int = 0, digits: int = DIGITS, scientific: bool = False
    ) -> Trace:
        """The trace of a run with `values`; what is not given is drawn from the seed. See `trace` for the rest."""
        with building():
            return combine(Run(self.structure, values, seed), digits, scientific)
