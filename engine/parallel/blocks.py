"""A training pass as successive blocks of operators: the units that a partition places on devices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tidegraph.engine.analysis.checkpointing import Rewriter, segments_of
from tidegraph.engine.analysis.memory import Pass
from tidegraph.engine.graph import Graph, InputError, Operator, Variable, ancestors, literal
from tidegraph.engine.runtime.plan import Plan
from tidegraph.engine.training import optimisers as optim

MAX_BLOCKS = 96
"""Blocks between which cuts are considered; a longer program has larger blocks."""


def gathered(operators: Sequence[Operator]) -> list[Operator]:
    """Operators in an order in which work on a parameter alone (weight decay) stands where the parameter is used.

    Only where that leaves at most two gradients to add, so that their sum stays the same to the bit.
    """
    readers: dict[Variable, list[int]] = {}
    fed: set[Variable] = set()
    for index, operator in enumerate(operators):
        for variable in dict.fromkeys(operator.inputs):
            readers.setdefault(variable, []).append(index)
        if any(v in fed or (v.leaf is not None and v.leaf.role in ("input", "target")) for v in operator.inputs):
            fed.update(operator.outputs)
    place: dict[Operator, float] = {}
    for index, operator in enumerate(operators):
        position = float(index)
        if operator.outputs[0] not in fed:
            for variable in operator.inputs:
                users = readers.get(variable, [])
                if variable.leaf is not None and variable.leaf.role == "parameter" and len(users) == 2:
                    position = min(position, min(users) + 0.5)
                elif variable.operator is not None and len(operator.inputs) == 1 + sum(
                    v.literal is not None for v in operator.inputs
                ):
                    position = min(position, place[variable.operator])
        before = [place[v.operator] for v in operator.inputs if v.operator is not None]
        place[operator] = max(position, max(before, default=0.0))
    rank = {operator: index for index, operator in enumerate(operators)}
    return sorted(operators, key=lambda o: (place[o], rank[o]))


@dataclass(frozen=True, slots=True)
class Own:
    """What a block alone holds: bytes of declared variables, and by how much its live bytes change at which times.

    `shared` are the variables that other blocks touch as well, each with its first and last time in this one.
    """

    fixed: int
    times: np.ndarray
    changes: np.ndarray
    shared: tuple[tuple[Variable, int, int], ...]


class Blocks:
    """A training pass as successive blocks of forward operators, each with the backward operators that it causes.

    `order` is the order of execution: all blocks forward, then all backward. `groups` are the numbers of operators of
    the blocks, for the same blocks as another graph's.
    """

    def __init__(
        self, graph: Graph, target: str | None = None, dtype: Any = "float64", groups: Sequence[int] | None = None
    ) -> None:
        goal = graph.resolve_target(target)
        needed = set(ancestors([goal]))
        forward = gathered([o for o in graph.operators if o in needed])
        if not forward:
            raise InputError("nothing-to-split")
        self.graph = graph
        self.forward = segments_of(forward, MAX_BLOCKS)
        if groups is not None:
            starts = [sum(groups[:i]) for i in range(len(groups))]
            self.forward = [tuple(forward[a : a + n]) for a, n in zip(starts, groups, strict=True)]
        parameters = set(graph.leaves("parameter").values())
        work = Rewriter(graph, {goal: literal(1.0)}, parameters)
        caused: list[list[Operator]] = [[] for _ in self.forward]
        for number in reversed(range(len(self.forward))):
            caused[number] = work.backward(self.forward[number], again=False)
        gradients = {name: work.slopes[v] for name, v in graph.leaves("parameter").items() if v in work.slopes}
        slopes = {graph.names[v]: slope for v, slope in work.slopes.items() if v in graph.names}
        self.pass_ = Pass(graph, {graph.names[goal]: goal}, gradients, dtype, slopes)
        self.plan: Plan = self.pass_.plan
        rank = {o: i for i, o in enumerate(self.plan.operators)}
        self.backward = [tuple(sorted((o for o in new if o in rank), key=rank.__getitem__)) for new in caused]
        self.order = [o for block in self.forward for o in block]
        self.order += [o for block in reversed(self.backward) for o in block]
        self.time = {o: i for i, o in enumerate(self.order)}
        self._peaks: dict[Any, list[list[int]]] = {}
        self.home = {o: b for found in (self.forward, self.backward) for b, block in enumerate(found) for o in block}

    def __len__(self) -> int:
        return len(self.forward)

    @cached_property
    def flops(self) -> list[tuple[int, int]]:
        """Forward and backward operations of every block."""
        pairs = zip(self.forward, self.backward, strict=True)
        return [(sum(o.op.flops(o) for o in f), sum(o.op.flops(o) for o in b)) for f, b in pairs]

    def maker(self, variable: Variable) -> int | None:
        """The block that a variable comes from; None for what is declared."""
        return None if variable.operator is None else self.home.get(variable.operator)

    def shipped(self, variable: Variable) -> Variable:
        """What travels so that another device can read a variable: what it is a view of, or it alone if smaller."""
        root = self.plan.root_of(variable)
        return variable if variable.size < root.size else root

    @cached_property
    def reads(self) -> list[dict[Variable, list[int]]]:
        """For every block, the variables that it produces or reads and the times at which it does."""
        found: list[dict[Variable, list[int]]] = []
        end = len(self.order)
        results = set(self.plan.results)
        for f, b in zip(self.forward, self.backward, strict=True):
            times: dict[Variable, list[int]] = {}
            for operator in (*f, *b):
                for variable in (*operator.inputs, *operator.outputs):
                    if variable.literal is None:
                        times.setdefault(variable, []).append(self.time[operator])
                for variable in operator.outputs:
                    if variable in results:
                        times[variable].append(end)
            found.append(times)
        return found

    def item(self, variable: Variable, first: int, last: int) -> Variable:
        """The array that a device with blocks first to last holds in order to read a variable."""
        root = self.plan.root_of(variable)
        made = self.maker(root)
        return root if made is not None and first <= made <= last else self.shipped(variable)

    def peak(self, first: int, memory: Sequence[int]) -> Iterable[int]:
        """For every last block from `first` on, the bytes that a device with these blocks needs at its peak.

        `memory` are the bytes of the optimiser's state of each block's parameters.
        """
        change = np.zeros(len(self.order) + 2, np.int64)
        held: dict[Variable, tuple[int, int]] = {}
        fixed = 0
        for last in range(first, len(self)):
            own = self.own[last]
            fixed += memory[last] + own.fixed
            change[own.times] += own.changes
            for variable, low, high in own.shared:
                item = self.item(variable, first, last)
                size = self.plan.bytes_of(item)
                if item.leaf is not None:
                    if item not in held:
                        held[item] = (0, 0)
                        fixed += size
                    continue
                known = held.get(item)
                if known is not None:
                    change[known[0]] -= size
                    change[known[1] + 1] += size
                    low, high = min(low, known[0]), max(high, known[1])
                change[low] += size
                change[high + 1] -= size
                held[item] = low, high
            yield fixed + int(change.cumsum().max())

    def holder(self, variable: Variable) -> Variable:
        """What `item` is for a device with all blocks that touch a variable."""
        root = self.plan.root_of(variable)
        return self.shipped(variable) if self.maker(root) is None else root

    @cached_property
    def own(self) -> list[Own]:
        """For every block, what no other block touches, summed up, and the rest one by one."""
        users: dict[Variable, set[int]] = {}
        for block, times in enumerate(self.reads):
            for variable in times:
                users.setdefault(self.holder(variable), set()).add(block)
        found = []
        for times in self.reads:
            spans: dict[Variable, list[int]] = {}
            shared = []
            for variable, at in times.items():
                item = self.holder(variable)
                if len(users[item]) > 1:
                    shared.append((variable, min(at), max(at)))
                else:
                    spans.setdefault(item, []).extend(at)
            fixed = sum(self.plan.bytes_of(item) for item in spans if item.leaf is not None)
            changes: dict[int, int] = {}
            for item, at in spans.items():
                if item.leaf is None:
                    for time, sign in ((min(at), 1), (max(at) + 1, -1)):
                        changes[time] = changes.get(time, 0) + sign * self.plan.bytes_of(item)
            values = np.fromiter(changes.values(), np.int64, len(changes))
            found.append(Own(fixed, np.fromiter(changes, np.int64, len(changes)), values, tuple(shared)))
        return found

    @cached_property
    def cut_bytes(self) -> list[int]:
        """Bytes that cross a cut before each block, both ways."""
        sums = [0] * (len(self) + 1)
        ends: dict[Variable, tuple[int, int]] = {}
        for block, times in enumerate(self.reads):
            for variable in times:
                made = self.maker(variable)
                if made is not None:
                    item = self.shipped(variable)
                    low, high = ends.get(item, (made, made))
                    ends[item] = min(low, block), max(high, block)
        for item, (low, high) in ends.items():
            for cut in range(low + 1, high + 1):
                sums[cut] += self.plan.bytes_of(item)
        return sums[:-1]

    def peaks(self, rule: optim.Rule) -> list[list[int]]:
        """`peaks[first][last]` are the bytes that a device with these blocks needs, 0 where last is before first."""
        if rule.moments not in self._peaks:
            memory = self.optimizer_bytes(rule)
            found = [[0] * first + list(self.peak(first, memory)) for first in range(len(self))]
            self._peaks[rule.moments] = found
        return self._peaks[rule.moments]

    def optimizer_bytes(self, rule: optim.Rule) -> list[int]:
        """Bytes of the optimiser's state, by the block that completes the gradient."""
        sums = [0] * len(self)
        for name, gradient in self.pass_.gradients.items():
            sums[self.keeper(name, gradient)] += self.plan.bytes_of(self.graph.find(name)) * len(rule.moments)
        return sums

    def keeper(self, name: str, gradient: Variable) -> int:
        """The block whose device updates a parameter: where its gradient is completed."""
        made = self.maker(self.plan.root_of(gradient))
        if made is not None:
            return made
        readers = [block for block, times in enumerate(self.reads) if self.graph.find(name) in times]
        return readers[0] if readers else 0
