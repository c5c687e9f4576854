"""A training pass split over devices: which operator runs where, what each device holds, what crosses each link.

Forward operators in topological order are cut into contiguous stages, one a device; the backward operators of a stage
run on its device, so no stage ever waits for itself. The cuts come from dynamic programming over the order, as in
PipeDream (Narayanan et al., "Generalized Pipeline Parallelism for DNN Training", 2019), with a memory limit a device:
the slowest stage or transfer is as fast as it can be, then as few bytes as possible cross the cuts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from tidegraph.engine.graph import Graph, InputError, Operator, Variable
from tidegraph.engine.parallel.blocks import Blocks
from tidegraph.engine.parallel.stages import Execution
from tidegraph.engine.training import optimisers as optim


@dataclass(frozen=True, slots=True)
class Hardware:
    """Equal devices, every two of them linked: operations a second, bytes a second and seconds a message."""

    flop_rate: float = 1e12
    bandwidth: float = 1e10
    latency: float = 1e-5
    memory: float = float("inf")

    def compute(self, flops: int) -> float:
        return flops / self.flop_rate

    def send(self, size: int) -> float:
        return self.latency + size / self.bandwidth

    def __post_init__(self) -> None:
        for name in ("flop_rate", "bandwidth", "memory"):
            if not getattr(self, name) > 0:
                raise InputError("not-positive", name=name, given=repr(getattr(self, name)))
        if not self.latency >= 0:
            raise InputError("latency-negative", given=repr(self.latency))


@dataclass(frozen=True, slots=True)
class Link:
    """What travels from one device to another in a step; `names` are the variables.

    Parameters that a device reads and another updates travel once a step, the rest with every microbatch.
    """

    source: int
    target: int
    parameter_bytes: int
    forward_bytes: int
    backward_bytes: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Partition:
    """A placement: `bounds` are the first blocks of the stages, `device` the device of every operator of the pass."""

    blocks: Blocks
    bounds: tuple[int, ...]
    rule: optim.Rule
    device: dict[Operator, int]

    @property
    def devices(self) -> int:
        return len(self.bounds)

    def stage(self, block: int) -> int:
        """The stage of a block."""
        return sum(1 for bound in self.bounds if bound <= block) - 1

    def range_of(self, stage: int) -> range:
        """The blocks of a stage."""
        end = self.bounds[stage + 1] if stage + 1 < len(self.bounds) else len(self.blocks)
        return range(self.bounds[stage], end)

    @property
    def flops(self) -> list[tuple[int, int]]:
        """Forward and backward operations of every device."""
        pairs = self.blocks.flops
        parts = [[pairs[block] for block in self.range_of(stage)] for stage in range(self.devices)]
        return [(sum(f for f, _ in part), sum(b for _, b in part)) for part in parts]

    @property
    def bytes(self) -> list[int]:
        """Bytes that every device needs at its peak: declared variables, gradients, optimiser, what it computes."""
        memory = self.blocks.optimizer_bytes(self.rule)
        spans = map(self.range_of, range(self.devices))
        return [next(islice(self.blocks.peak(r[0], memory), len(r) - 1, None)) for r in spans]

    @property
    def links(self) -> list[Link]:
        """Everything that crosses between devices, in one direction each."""
        sent: dict[tuple[int, int], dict[Variable, str]] = {}
        blocks = self.blocks
        names = blocks.pass_.names
        forward = {o for block in blocks.forward for o in block}
        for number, times in enumerate(blocks.reads):
            here = self.stage(number)
            for variable in times:
                source = self.source(variable)
                if source is not None and source != here:
                    root = blocks.plan.root_of(variable)
                    ahead = "forward" if root.operator in forward and source < here else "backward"
                    kind = "parameter" if root.leaf is not None else ahead
                    sent.setdefault((source, here), {})[blocks.shipped(variable)] = kind
        found = []
        for (source, target), items in sorted(sent.items()):
            sizes = dict.fromkeys(("parameter", "forward", "backward"), 0)
            for item, kind in items.items():
                sizes[kind] += blocks.plan.bytes_of(item)
            read = tuple(names.get(v, "") for v in items)
            found.append(Link(source, target, sizes["parameter"], sizes["forward"], sizes["backward"], read))
        return found

    def source(self, variable: Variable) -> int | None:
        """The device that a variable comes from: a parameter's is where it is updated; data are loaded anywhere."""
        blocks = self.blocks
        root = blocks.plan.root_of(variable)
        if root.leaf is not None:
            name = blocks.graph.names[root]
            gradient = blocks.pass_.gradients.get(name)
            return None if gradient is None else self.stage(blocks.keeper(name, gradient))
        made = blocks.maker(root)
        return None if made is None else self.stage(made)

    def placement(self) -> dict[str, int]:
        """The device of every operator of the forward pass, by its id in a trace."""
        forward = (o for block in self.blocks.forward for o in block)
        return {self.blocks.graph.id_of(o): self.device[o] for o in forward}

    def phases(self) -> list[tuple[int, str, list[Operator]]]:
        """What runs one after another: (device, forward or backward, operators)."""
        stages = range(self.devices)
        blocks = self.blocks
        ahead = [(s, "forward", [o for b in self.range_of(s) for o in blocks.forward[b]]) for s in stages]
        back = [(s, "backward", [o for b in self.range_of(s)[::-1] for o in blocks.backward[b]]) for s in stages]
        return [*ahead, *reversed(back)]

    def run(self, values: Mapping[str, Any] | None = None, seed: int = 0) -> dict[str, np.ndarray]:
        """Execute stage by stage, passing on only what links carry; the gradients of the parameters by name."""
        return Execution(self.blocks, [operators for _, _, operators in self.phases()], seed).run(values or {})


def partition(
    graph: Graph,
    devices: int,
    hardware: Hardware | None = None,
    target: str | None = None,
    rule: optim.Rule | None = None,
    dtype: Any = "float64",
) -> Partition:
    """Place a training pass on at most `devices` devices; an InputError says how much memory it would need.

    Fewer devices are used where more would not be faster.
    """
    if not isinstance(devices, int) or devices < 1:
        raise InputError("device-count", given=repr(devices))
    return split(Blocks(graph, target, dtype), devices, hardware or Hardware(), rule or optim.SGD())


def split(blocks: Blocks, devices: int, hardware: Hardware, rule: optim.Rule) -> Partition:
    """Place the blocks of a training pass, as `partition` does."""
    peaks = blocks.peaks(rule)
    bounds = cuts(blocks, min(devices, len(blocks)), hardware, peaks)
    if bounds is None:
        least = needs(peaks, devices)[-1]
        raise InputError(
            "devices-too-small",
            devices=devices,
            memory=int(hardware.memory),
            least=least,
        )
    return placed(blocks, bounds, rule)


def placed(blocks: Blocks, bounds: Sequence[int], rule: optim.Rule | None = None) -> Partition:
    """The partition whose stages begin at the blocks `bounds`, the first of which is 0."""
    made = Partition(blocks, tuple(bounds), rule or optim.SGD(), {})
    made.device.update({o: made.stage(block) for o, block in blocks.home.items()})
    return made


def cuts(blocks: Blocks, stages: int, hardware: Hardware, peaks: Sequence[Sequence[int]]) -> tuple[int, ...] | None:
    """The first blocks of at most `stages` stages, or None if none fits: (slowest stage, bytes cut) is least."""
    count = len(blocks)
    total = np.concatenate([[0], np.cumsum([f + b for f, b in blocks.flops])])
    best: dict[int, tuple[float, int, tuple[int, ...]]] = {0: (0.0, 0, ())}
    answer: tuple[float, int, tuple[int, ...]] | None = None
    for _ in range(stages):
        following: dict[int, tuple[float, int, tuple[int, ...]]] = {}
        for first, (slowest, crossed, bounds) in best.items():
            cut = blocks.cut_bytes[first] if first else 0
            transfer = hardware.send(cut) if first else 0.0
            for last in range(first, count):
                if peaks[first][last] > hardware.memory:
                    break
                time = max(slowest, transfer, hardware.compute(int(total[last + 1] - total[first])))
                found = (time, crossed + cut, (*bounds, first))
                if last + 1 not in following or found < following[last + 1]:
                    following[last + 1] = found
        best = {end: found for end, found in following.items() if end < count}
        whole = following.get(count)
        if whole is not None and (answer is None or whole < answer):
            answer = whole
    return None if answer is None else answer[2]


def needs(peaks: Sequence[Sequence[int]], devices: int) -> list[int]:
    """For 1, 2, ... devices, the least memory of each with which so many hold the training pass."""
    count = len(peaks)
    best: dict[int, int] = {0: 0}
    found = []
    for _ in range(devices):
        following = {count: best[count]} if count in best else {}
        for first, needed in best.items():
            for last in range(first, count):
                need = max(needed, peaks[first][last])
                if need < following.get(last + 1, need + 1):
                    following[last + 1] = need
        best = following
        found.append(best[count])
    return found
