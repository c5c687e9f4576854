"""A compiled graph: a plan's generated code with its memory, called with values and answering with arrays."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from tidegraph.engine.graph import Graph, InputError, building
from tidegraph.engine.graph.budget import current_budget
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.runtime.codegen import CodeGenerator, Frame
from tidegraph.engine.runtime.plan import Groups, Plan, outputs_of, passes
from tidegraph.engine.runtime.values import check_names, indices_of, source

MAX_IDLE_FRAMES = 4
"""Frames that are retained between calls, one for each of as many threads."""


class Function:
    """A compiled graph: call it with values of declared variables, by keyword or as one mapping.

    Variables without a value have their initial value. Several threads may call it at once. Returned arrays belong to
    the caller and are never overwritten while a reference to them exists. `source` is the generated code.
    """

    def __init__(self, graph: Graph, plan: Plan, groups: Groups, seed: int = 0) -> None:
        self._frames: deque[Frame] = deque(maxlen=MAX_IDLE_FRAMES)
        self.graph = graph
        self.plan = plan
        self._generator = CodeGenerator(plan, groups, seed)
        self.source = self._generator.source()
        self._new_frame = self._generator.frames()
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
        except InputError as error:
            error.context = error.inside(self._place(error))
            raise
        finally:
            frame.reverse()
            self._frames.append(frame)

    def _place(self, error: InputError) -> Message | None:
        """The line of the program whose operator refuses its values, and the variables that hold them."""
        operator = self._generator.raising(error)
        if operator is None or not operator.origin.line:
            return None
        found = dict.fromkeys(source(v) for v in indices_of(operator))
        names = [self.graph.names[v] for v in found if v in self.graph.named]
        line = str(operator.origin.line)
        return Message("at-line-of", line=line, names=names) if names else Message("at-line", line=line)

    def __del__(self) -> None:
        """Empties the namespaces, which refer to themselves, so that their arrays are freed at once."""
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
    every variable on a path from `wrt` (default: all leaves; the parameters unless `keep` is "all") to the target,
    and zero for those of `wrt` that the target ignores.
    `keep` selects the outputs: `all`; `named`, the variables that the program names; `training`, the target and the
    gradients of `wrt`; `prediction`, the target alone. All other variables share memory.
    `seed` seeds the draw of values that neither the caller nor the program specifies.
    """
    with building():
        wanted = passes(graph, target, wrt, keep)
        groups = (wanted.values, wanted.gradients)
        return Function(graph, Plan(outputs_of(groups), graph.leaves(), dtype, graph.operators), groups, seed)


def function(graph: Graph, results: Iterable[str] | None = None, dtype: Any = "float64", seed: int = 0) -> Function:
    """Compile a graph to a callable that returns `(values,)`: the named results, or the answers of a derived graph."""
    names = list(results if results is not None else graph.answers or graph.variables)
    wanted = {name: graph.find(name) for name in names}
    return Function(graph, Plan(outputs_of((wanted,)), graph.leaves(), dtype), (wanted,), seed)
