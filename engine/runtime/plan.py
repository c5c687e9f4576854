"""Graph to plan: the order, every array's lifetime, bytes and FLOPs, all known before anything runs.

A plan knows what its caller wants back (`results`). Those arrays are handed out and are the caller's; everything
else shares memory with what is not needed at the same time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tidegraph.engine.autodiff.reverse import Contribution, pullback, zeros
from tidegraph.engine.autodiff.simplify import simplify
from tidegraph.engine.graph import Graph, InputError, Operator, Variable, ancestors, building, literal
from tidegraph.engine.runtime.allocation import Block, arrange
from tidegraph.engine.runtime.codegen import Frame, Groups, Writer
from tidegraph.engine.runtime.lowering import BLOCK, Call, Lowering, Place, scratch, stretched
from tidegraph.engine.runtime.memory_order import turned
from tidegraph.engine.runtime.values import check_names

WIDTHS: dict[str, np.dtype[Any]] = {"float64": np.dtype(np.float64), "float32": np.dtype(np.float32)}

WAITING = 4
"""Frames that are kept for the next call, one for each of so many threads."""

FEW = 1024
"""Elements up to which it takes less time to write a number repeatedly than to make a view that repeats it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operator of a plan. Bytes are those of arrays that the run itself allocates.

    A variable whose memory another takes over is freed by the step before. What a call works out on the way has none.
    """

    operator: Operator
    backward: bool
    flops: int
    allocates: tuple[Variable, ...]
    frees: tuple[Variable, ...]
    live_bytes: int
    workspace_bytes: int


@dataclass(frozen=True, slots=True)
class Saved:
    """A variable of the forward pass that the backward pass reads, and by which operators."""

    variable: Variable
    readers: tuple[Operator, ...]


def float_type(dtype: Any) -> np.dtype[Any]:
    """float64 or float32; anything else is an InputError."""
    found = WIDTHS.get(dtype if isinstance(dtype, str) else str(np.dtype(dtype)))
    if found is None:
        raise InputError(f"dtype {dtype} is not supported", "float64 or float32")
    return found


class Plan:
    """Everything known about a run before it happens.

    `results` are what is handed back, one that is named twice as two arrays; `leaves` the declared variables;
    `forward` the operators of the program itself, the rest being the backward pass (none given: all are). With
    `by_rows` every array lies by rows, and an operator gives the same bits in every plan that it is part of.
    """

    def __init__(
        self,
        results: Sequence[Variable],
        leaves: Mapping[str, Variable],
        dtype: Any = "float64",
        forward: Iterable[Operator] | None = None,
        by_rows: bool = False,
    ) -> None:
        self.dtype = float_type(dtype)
        self.leaves = dict(leaves)
        self.results = tuple(dict.fromkeys(results))
        self.operators: tuple[Operator, ...] = tuple(ancestors(self.results))
        self.forward = set(self.operators if forward is None else forward)
        self.dtypes = {"float": self.dtype, "int": np.dtype(np.int64), "bool": np.dtype(np.bool_)}
        self.root: dict[Variable, Variable] = {}
        self.contiguous: dict[Variable, bool] = {}
        self.views: set[Operator] = set()
        self._find_views()
        self.kept = {self.root_of(v) for v in self.results}
        self.copies = list(self._copies(results))
        scattered = {v for v, whole in self.contiguous.items() if not whole}
        self.turned = set() if by_rows else turned(self.operators, self.views, self.kept)
        lowering = Lowering(self.operators, self.views, self.kept, scattered, self.turned, self.dtype)
        self.calls: list[Call] = lowering.calls()

    def dtype_of(self, variable: Variable) -> np.dtype[Any]:
        """The NumPy type that a variable has in this run."""
        return self.dtypes[variable.kind]

    def bytes_of(self, variable: Variable) -> int:
        """Bytes of a variable's own array."""
        return variable.size * self.dtype_of(variable).itemsize

    def root_of(self, variable: Variable) -> Variable:
        """The variable whose memory this one shows: itself unless it is a view."""
        return self.root.get(variable, variable)

    def _find_views(self) -> None:
        for operator in self.operators:
            view = operator.op.view
            if not view:
                continue
            source = operator.inputs[0]
            whole = self.contiguous.get(source, True)
            if view == "contiguous":
                is_view = whole and source.literal is None
            elif operator.op.name == "broadcast_to" and source.literal is None and operator.outputs[0].size <= FEW:
                is_view = False
            else:
                is_view = view(operator) if callable(view) else True
            if is_view:
                self.views.add(operator)
                output = operator.outputs[0]
                self.root[output] = self.root_of(source)
                self.contiguous[output] = whole and (view == "contiguous" or operator.op.name == "identity")

    def _copies(self, results: Sequence[Variable]) -> Iterable[Variable]:
        """The results that are handed out as copies, because nobody gets a writable array twice."""
        seen: set[Variable] = set()
        for variable in results:
            root = self.root_of(variable)
            of_leaf = root.leaf is not None and variable is not root
            if (root in seen or of_leaf) and root.literal is None and not stretched(variable):
                yield variable
            seen.add(root)

    @cached_property
    def flops(self) -> int:
        """Floating-point operations of one run."""
        return sum(o.op.flops(o) for o in self.operators)

    @cached_property
    def forward_flops(self) -> int:
        """Floating-point operations of the forward pass."""
        return sum(o.op.flops(o) for o in self.operators if o in self.forward)

    @property
    def backward_flops(self) -> int:
        """Floating-point operations of the backward pass."""
        return self.flops - self.forward_flops

    @cached_property
    def largest_elements(self) -> int:
        """Elements of the largest array."""
        sizes = [v.size for v in self.leaves.values()] + [v.size for o in self.operators for v in o.outputs]
        return max(sizes, default=0)

    @cached_property
    def leaf_bytes(self) -> int:
        """Bytes of the declared variables."""
        return sum(self.bytes_of(v) for v in self.leaves.values())

    @cached_property
    def saved(self) -> tuple[Saved, ...]:
        """What the backward pass needs of the forward pass, in the forward pass's order, leaves first."""
        readers: dict[Variable, dict[Operator, None]] = {}
        for operator in self.operators:
            if operator not in self.forward:
                for variable in operator.inputs:
                    if variable.literal is None and (variable.operator is None or variable.operator in self.forward):
                        readers.setdefault(variable, {})[operator] = None
        made = [v for o in self.operators for v in o.outputs]
        return tuple(Saved(v, tuple(readers[v])) for v in (*self.leaves.values(), *made) if v in readers)

    @cached_property
    def unboxed(self) -> set[Variable]:
        """Scalars that only other scalars read: numbers without an array."""
        made = {v for c in self.calls if c.number for v in c.outputs}
        read = {self.root_of(v) for c in self.calls if not c.number for v in c.inputs}
        return made - read - self.kept

    @cached_property
    def blocks(self) -> dict[Variable, Block]:
        """The memory of every variable that has some of its own; an output may take over that of a dying input."""
        absent = self.unboxed
        last: dict[Variable, int] = {}
        for number, call in enumerate(self.calls):
            for variable in (*call.inputs, *call.outputs):
                last[self.root.get(variable, variable)] = number
        blocks: dict[Variable, Block] = {}
        for number, call in enumerate(self.calls):
            if call.operator in self.views:
                continue
            for variable in call.outputs:
                if variable in absent:
                    continue
                block = self._taken_over(call, variable, number, last, blocks) if call.inplace else None
                if block is None:
                    block = Block(self.bytes_of(variable), number, number)
                block.last = last[variable]
                block.handed = variable in self.kept
                blocks[variable] = block
        return blocks

    def _taken_over(
        self, call: Call, output: Variable, number: int, last: Mapping[Variable, int], blocks: Mapping[Variable, Block]
    ) -> Block | None:
        """The memory of an input that dies here and that the output can be written over."""
        for variable in call.inputs:
            block = blocks.get(variable)
            if (
                block is not None
                and not block.handed
                and last[variable] == number
                and variable.shape == output.shape
                and variable.kind == output.kind
                and all(v is variable or self.root_of(v) is not variable for v in call.inputs)
            ):
                return block
        return None

    @cached_property
    def scratch(self) -> dict[Place, Block]:
        """The memory of what passes between the parts of chains; it serves all chains in turn."""
        places = {place for call in self.calls if call.chain for place in scratch(call).values()}
        end = len(self.calls)
        return {(number, kind): Block(BLOCK * self.dtypes[kind].itemsize, 0, end) for number, kind in sorted(places)}

    @cached_property
    def arena_bytes(self) -> int:
        """Bytes of the one stretch of memory for what is not handed out and finds no place in what is, either."""
        blocks = list(dict.fromkeys(self.blocks.values()))
        own = [*self.scratch.values(), *(b for b in blocks if not b.handed)]
        return arrange(own, [b for b in blocks if b.handed])

    @cached_property
    def result_bytes(self) -> int:
        """Bytes of the arrays that are handed out."""
        return sum(b.size for b in dict.fromkeys(self.blocks.values()) if b.handed) + sum(
            map(self.bytes_of, self.copies)
        )

    @cached_property
    def peak_bytes(self) -> int:
        """Bytes that a run allocates at most: results, shared memory, and the largest workspace of a call."""
        return (
            self.result_bytes
            + self.arena_bytes
            + max((self.workspace(c) for c in self.calls if not c.chain), default=0)
        )

    @cached_property
    def live_peak_bytes(self) -> int:
        """The largest sum of arrays that are needed at the same time."""
        return max((s.live_bytes + s.workspace_bytes for s in self.steps), default=0)

    def workspace(self, call: Call) -> int:
        """Bytes that a call needs besides its inputs and outputs."""
        if call.chain:
            return sum(self.scratch[place].size for place in set(scratch(call).values()))
        return int(call.operator.op.workspace(call.operator, self.dtype.itemsize))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The run, operator by operator: what is allocated, what is freed, how many bytes are live meanwhile."""
        position = {operator: number for number, operator in enumerate(self.operators)}
        residents: dict[Block, list[Variable]] = {}
        for variable, block in self.blocks.items():
            residents.setdefault(block, []).append(variable)
        begins: dict[int, list[Variable]] = {}
        ends: dict[int, list[Variable]] = {}
        for block, variables in residents.items():
            starts = [position[v.operator] for v in variables if v.operator is not None]
            for variable, start, end in zip(variables, starts, starts[1:], strict=False):
                begins.setdefault(start, []).append(variable)
                ends.setdefault(end - 1, []).append(variable)
            begins.setdefault(starts[-1], []).append(variables[-1])
            if not block.handed:
                ends.setdefault(position[self.calls[block.last].operator], []).append(variables[-1])
        scratch = {call.operator: self.workspace(call) for call in self.calls}
        live = 0
        steps = []
        for number, operator in enumerate(self.operators):
            new, old = tuple(begins.get(number, ())), tuple(ends.get(number, ()))
            live += sum(map(self.bytes_of, new))
            flops, backward = operator.op.flops(operator), operator not in self.forward
            steps.append(Step(operator, backward, flops, new, old, live, scratch.get(operator, 0)))
            live -= sum(map(self.bytes_of, old))
        return tuple(steps)


KEEP = ("all", "named", "training", "prediction")


@dataclass(frozen=True, slots=True)
class Passes:
    """The forward and backward pass of a graph as variables: what a caller wants back, by name."""

    values: dict[str, Variable]
    gradients: dict[str, Variable]
    contributions: tuple[tuple[Contribution, Variable], ...] = ()


def passes(
    graph: Graph, target: str | None = None, wrt: Iterable[str] | None = None, keep: str = "all", trace: bool = False
) -> Passes:
    """What a run of `graph` has to compute; see `value_and_grad` for `wrt` and `keep`.

    With `trace`, every contribution to a gradient is wanted as well, and a graph without a scalar is no error.
    """
    if keep not in KEEP:
        raise InputError(f"keep={keep!r} is not known", " or ".join(KEEP))
    named = set(graph.named)
    if trace and target is None and graph.target is None:
        return Passes(dict(graph.variables), {})
    goal = graph.resolve_target(target)
    name = graph.names[goal]
    if keep == "prediction":
        return Passes({name: goal}, {})
    values = {
        n: v for n, v in graph.variables.items() if keep == "all" or (keep == "named" and v in named) or v is goal
    }
    if wrt is None:
        chosen = list(graph.leaves().values() if keep == "all" else graph.leaves("parameter").values())
    else:
        chosen = [graph.find(n) for n in wrt]
    needed = set(ancestors([goal]))
    operators = [o for o in graph.operators if o in needed]
    back = pullback(operators, {goal: literal(1.0)}, chosen)
    wanted = set(chosen) if keep == "training" else named if keep == "named" else None
    found = {graph.names[v]: g for v, g in back.gradients.items() if wanted is None or v in wanted}
    if wrt is not None or keep == "training":
        found.update({graph.names[v]: zeros(v) for v in chosen if v not in back.gradients})
    contributions = back.contributions if trace else []
    made = simplify([*found.values(), *(c.value for c in contributions)], fixed=set(graph.operators))
    order = {n: made[found[n]] for n in graph.variables if n in found}
    return Passes(values, order, tuple((c, made[c.value]) for c in contributions))


def plan(
    graph: Graph,
    target: str | None = None,
    wrt: Iterable[str] | None = None,
    keep: str = "all",
    dtype: Any = "float64",
    trace: bool = False,
) -> Plan:
    """The plan of a run, without running it: order, bytes, FLOPs. Arguments as for `value_and_grad`."""
    wanted = passes(graph, target, wrt, keep, trace)
    contributions = {str(number): v for number, (_, v) in enumerate(wanted.contributions)}
    return Plan(handed((wanted.values, wanted.gradients, contributions)), graph.leaves(), dtype, graph.operators)


def handed(groups: Groups) -> list[Variable]:
    """The variables that a caller gets, in the order in which a run works towards them.

    Gradients come last first, as the backward pass makes them, so that what they need is freed early. A leaf among
    them counts twice: it is the caller's own, so a copy.
    """
    values, *others = groups
    listed = set(values.values())
    found = list(values.values())
    for group in others:
        for variable in reversed(list(group.values())):
            found += [variable] if variable.leaf is None or variable in listed else [variable, variable]
    return found


class Function:
    """A compiled graph: call it with values of declared variables, by keyword or as one mapping.

    Variables that are not given keep their first value. It may be called from several threads at once; arrays that it
    has returned are the caller's and are never written again while somebody holds them. `source` is what it runs.
    """

    def __init__(self, graph: Graph, plan: Plan, groups: Groups, seed: int = 0) -> None:
        self._frames: deque[Frame] = deque(maxlen=WAITING)
        self.graph = graph
        self.plan = plan
        writer = Writer(plan, groups, seed)
        self.source = writer.source()
        self._new_frame = writer.frames()
        self._names = frozenset(plan.leaves) - graph.sizes.keys()

    def __call__(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> Any:
        if values is not None:
            named = {**values, **named}
        if not self._names.issuperset(named):
            check_names(self.graph, named)
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
