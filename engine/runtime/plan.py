"""Graph to plan: the order, every array's lifetime, bytes and FLOPs, all known before anything runs.

A plan knows its outputs (`results`). Their arrays are returned and belong to the caller; all other variables share
memory with variables that are not live at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tidegraph.engine.autodiff.reverse import Contribution, pullback, seed, zeros
from tidegraph.engine.autodiff.simplify import simplify
from tidegraph.engine.graph import Graph, InputError, Operator, Variable, ancestors
from tidegraph.engine.graph.kinds import Trait
from tidegraph.engine.runtime.allocation import Block, arrange
from tidegraph.engine.runtime.lowering import BLOCK, Call, Lowering, Place, scratch, stretched
from tidegraph.engine.runtime.memory_order import column_major_variables

Groups = Sequence[Mapping[str, Variable]]
"""The results of a run, dicts by name: values first, then gradients."""

WIDTHS: dict[str, np.dtype[Any]] = {"float64": np.dtype(np.float64), "float32": np.dtype(np.float32)}

FEW = 1024
"""Elements up to which writing a number repeatedly is faster than making a view that repeats it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operator of a plan. Bytes count the arrays that the run itself allocates.

    A variable whose memory another one reuses is freed by the step before. Intermediate results within a call have
    no memory of their own.
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
        raise InputError("unknown-dtype", dtype=str(dtype))
    return found


class Plan:
    """Everything known about a run before it happens.

    `results` are the outputs; a variable that is listed twice is returned as two arrays. `leaves` are the declared
    variables, `forward` the operators of the program itself (default: all); the others are the backward pass. With
    `by_rows` every array is row-major, and an operator computes the same bits in every plan that contains it.
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
        self.operators, self.forward = in_order(ancestors(self.results), forward)
        self.dtypes = {"float": self.dtype, "int": np.dtype(np.int64), "bool": np.dtype(np.bool_)}
        self.root: dict[Variable, Variable] = {}
        self.contiguous: dict[Variable, bool] = {}
        self.views: set[Operator] = set()
        self._find_views()
        self.outputs = {self.root_of(v) for v in self.results}
        self.copies = list(self._copies(results))
        scattered = {v for v, whole in self.contiguous.items() if not whole}
        self.column_major = set() if by_rows else column_major_variables(self.operators, self.views, self.outputs)
        lowering = Lowering(self.operators, self.views, self.outputs, scattered, self.column_major, self.dtype)
        self.calls: list[Call] = lowering.calls()

    def dtype_of(self, variable: Variable) -> np.dtype[Any]:
        """The NumPy type that a variable has in this run."""
        return self.dtypes[variable.kind]

    def bytes_of(self, variable: Variable) -> int:
        """Bytes of a variable's own array."""
        return variable.size * self.dtype_of(variable).itemsize

    def root_of(self, variable: Variable) -> Variable:
        """The variable whose memory this one views: itself unless it is a view."""
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
            elif Trait.REPEATED in operator.op.traits and source.literal is None and operator.outputs[0].size <= FEW:
                is_view = False
            else:
                is_view = view(operator) if callable(view) else True
            if is_view:
                self.views.add(operator)
                output = operator.outputs[0]
                self.root[output] = self.root_of(source)
                self.contiguous[output] = whole and (view == "contiguous" or Trait.SAME in operator.op.traits)

    def _copies(self, results: Sequence[Variable]) -> Iterable[Variable]:
        """The results that are returned as copies, because no caller receives a writable array twice."""
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
        """Variables saved for backward, in the order of the forward pass, leaves first."""
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
        return made - read - self.outputs

    @cached_property
    def blocks(self) -> dict[Variable, Block]:
        """The memory of every variable that has its own; an output may reuse the buffer of an input that dies."""
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
                block = self._reused(call, variable, number, last, blocks) if call.inplace else None
                if block is None:
                    block = Block(self.bytes_of(variable), number, number)
                block.last = last[variable]
                block.is_output = variable in self.outputs
                blocks[variable] = block
        return blocks

    def _reused(
        self, call: Call, output: Variable, number: int, last: Mapping[Variable, int], blocks: Mapping[Variable, Block]
    ) -> Block | None:
        """The input whose buffer the output can reuse, as its block."""
        for variable in call.inputs:
            block = blocks.get(variable)
            if (
                block is not None
                and not block.is_output
                and last[variable] == number
                and variable.shape == output.shape
                and variable.kind == output.kind
                and all(v is variable or self.root_of(v) is not variable for v in call.inputs)
            ):
                return block
        return None

    @cached_property
    def scratch(self) -> dict[Place, Block]:
        """The memory for values passed between the parts of chains; all chains share it in turn."""
        places = {place for call in self.calls if call.chain for place in scratch(call).values()}
        end = len(self.calls)
        return {(number, kind): Block(BLOCK * self.dtypes[kind].itemsize, 0, end) for number, kind in sorted(places)}

    @cached_property
    def arena_bytes(self) -> int:
        """Bytes of the arena: the variables that are not outputs and do not fit into an output's array."""
        blocks = list(dict.fromkeys(self.blocks.values()))
        own = [*self.scratch.values(), *(b for b in blocks if not b.is_output)]
        return arrange(own, [b for b in blocks if b.is_output])

    @cached_property
    def result_bytes(self) -> int:
        """Bytes of the outputs."""
        return sum(b.size for b in dict.fromkeys(self.blocks.values()) if b.is_output) + sum(
            map(self.bytes_of, self.copies)
        )

    @cached_property
    def peak_bytes(self) -> int:
        """The most bytes that a run allocates: outputs, arena, and the largest workspace of a call."""
        return (
            self.result_bytes
            + self.arena_bytes
            + max((self.workspace(c) for c in self.calls if not c.chain), default=0)
        )

    def workspace(self, call: Call) -> int:
        """Bytes that a call needs besides its inputs and outputs."""
        if call.chain:
            return sum(self.scratch[place].size for place in set(scratch(call).values()))
        return int(call.operator.op.workspace(call.operator, self.dtype.itemsize))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The run, operator by operator: variables allocated and freed, and live bytes."""
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
            if not block.is_output:
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
    """The forward and backward pass of a graph as variables: the outputs by name."""

    values: dict[str, Variable]
    gradients: dict[str, Variable]
    contributions: tuple[tuple[Contribution, Variable], ...] = ()

    @property
    def parts(self) -> dict[str, Variable]:
        """The contributions by number."""
        return {str(number): variable for number, (_, variable) in enumerate(self.contributions)}

    @property
    def groups(self) -> tuple[dict[str, Variable], dict[str, Variable], dict[str, Variable]]:
        """What a run returns: values, gradients, and the contributions that are not whole gradients themselves."""
        whole = set(self.gradients.values())
        return self.values, self.gradients, {n: v for n, v in self.parts.items() if v not in whole}

    def all_parts(self, gradients: Mapping[str, Any], others: Mapping[str, Any]) -> list[Any]:
        """All contributions of a run of `groups`, in order; one that is the whole gradient shares its array."""
        names = {variable: name for name, variable in self.gradients.items()}
        return [others[n] if n in others else gradients[names[v]] for n, v in self.parts.items()]


def in_order(
    needed: Sequence[Operator], forward: Iterable[Operator] | None
) -> tuple[tuple[Operator, ...], set[Operator]]:
    """The operators of a plan, those of the forward pass first and in its order; and the forward pass as a set.

    Without `forward` all belong to it. The program's order is the one that a reader counts by: a loop that needs
    little at a time does not compute the inputs of all its rounds first.
    """
    if forward is None:
        return tuple(needed), set(needed)
    first, wanted = dict.fromkeys(forward), set(needed)
    return (*(o for o in first if o in wanted), *(o for o in needed if o not in first)), set(first)


def passes(
    graph: Graph, target: str | None = None, wrt: Iterable[str] | None = None, keep: str = "all", trace: bool = False
) -> Passes:
    """The outputs of a run of `graph`; see `value_and_grad` for `wrt` and `keep`.

    With `trace`, every contribution to a gradient is an output too, and a graph without a scalar is not an error.
    """
    if keep not in KEEP:
        raise InputError("unknown-keep", " or ".join(KEEP), given=repr(keep))
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
        leaves = graph.leaves() if keep == "all" else graph.leaves("parameter")
        chosen = [v for n, v in leaves.items() if n not in graph.sizes]
    else:
        chosen = [graph.argument(n) for n in wrt]
    needed = set(ancestors([goal]))
    operators = [o for o in graph.operators if o in needed]
    back = pullback(operators, {goal: seed(goal)}, chosen)
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
    return Plan(outputs_of(wanted.groups), graph.leaves(), dtype, graph.operators)


def outputs_of(groups: Groups) -> list[Variable]:
    """The outputs in the order in which a run computes them.

    Gradients come last first, as in the backward pass, so that their operands are freed early. A leaf among them is
    listed twice: its array belongs to the caller, so a copy is returned.
    """
    values, *others = groups
    listed = set(values.values())
    found = list(values.values())
    for group in others:
        for variable in reversed(list(group.values())):
            found += [variable] if variable.leaf is None or variable in listed else [variable, variable]
    return found
