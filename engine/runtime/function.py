"""A compiled graph: a plan's generated code with its memory, called with values and answering with arrays."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from tidegraph.engine.graph import Graph, building
from tidegraph.engine.graph.budget import current_budget
from tidegraph.engine.runtime.codegen import CodeGenerator, Frame
from tidegraph.engine.runtime.plan import Groups, Plan, handed, passes
from tidegraph.engine.runtime.values import check_names

MAX_IDLE_FRAMES = 4
"""Frames that are retained between calls, one for each of as many threads."""


class Function:
    """A compiled graph: call it with values of declared variables, by keyword or as one mapping.

    Variables that are not given keep their first value. It may be called from several threads at once; arrays that it
    has returned are the caller's and are never written again while somebody holds them. `source` is what it runs.
    """

    def __init__(self, graph: Graph, plan: Plan, groups: Groups, seed: int = 0) -> None:
        self._frames: deque[Frame] = deque(maxlen=MAX_IDLE_FRAMES)
        self.graph = graph
        self.plan = plan
        generator = CodeGenerator(plan, groups, seed)
        self.source = generator.source()
        self._new_frame = generator.frames()
        self._names = frozenset(plan.leaves) - graph.sizes.keys()

    def __call__(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> Any:
        if values is not None:
            named = {**values, **named}
        if not self._names.issuperset(named):
            check_names(self.graph, named)
        budget = current_budget()
        if budget is not None:
            budget.spend("evaluations", len(self.plan.operators))
            budget.spend("work", self.plan.flops)
            budget.spend("memory", self.plan.peak_bytes)
        try:
            frame = self._frames.pop()
        except IndexError:
            frame = self._new_frame()
        try:
            return frame[0](named)
        finally:
            frame.reverse()
            self._frames.append(frame)

    def __del__(self) -> None:
        """Namespaces refer to themselves; emptied, they free their arrays at once."""
        for frame in self._frames:
            for run in frame:
                run.args[0].__globals__.clear()


def value_and_grad(
    graph: Graph,
    target: str | None = None,
    wrt: Iterable[str] | None = None,
    keep: str = "all",
    dtype: Any = "float64",
    seed: int = 0,
) -> Function:
    """Compile a graph to a callable that returns `(values, gradients)`, two dicts of arrays by variable name.

    `target` is the scalar to differentiate (default: the last one that the program assigns). Gradients are those of
    every variable on a path from `wrt` (default: all leaves; the parameters unless everything is kept) to the target,
    and zero for those of `wrt` that the target ignores.
    `keep` says what is handed back: `all`; `named`, the variables that the program names; `training`, the target and
    the gradients of `wrt` alone; `prediction`, the target alone. What is not handed back shares memory.
    `seed` draws the values that neither the caller nor the program gives.
    """
    with building():
        wanted = passes(graph, target, wrt, keep)
        groups = (wanted.values, wanted.gradients)
        return Function(graph, Plan(handed(groups), graph.leaves(), dtype, graph.operators), groups, seed)


def function(graph: Graph, results: Iterable[str] | None = None, dtype: Any = "float64", seed: int = 0) -> Function:
    """Compile a graph to a callable that returns `(values,)`: what is named, or what a derived graph was made for."""
    names = list(results if results is not None else graph.answers or graph.variables)
    wanted = {name: graph.find(name) for name in names}
    return Function(graph, Plan(handed((wanted,)), graph.leaves(), dtype), (wanted,), seed)
