"""Timelines of a training step on several devices: the exercise's advantages and disadvantages as numbers.

A strategy becomes tasks (who computes what, after what) and the tasks a simulated timeline on given hardware. Devices
compute one task at a time, a link carries one message at a time, and computing and sending overlap.

- model parallelism: the stages of a partition one after another;
- pipeline: the minibatch in microbatches, all forward then all backward (GPipe, Huang et al. 2019), with its bubble;
- tensor parallelism: products divided over the devices by their parameters' outputs;
- data parallelism: the whole graph on every device with a share of the minibatch, gradients summed in a ring
  (Patarasuk and Yuan 2009);
- smaller minibatch: one device, as many examples as its memory holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine import optim
from engine.errors import InputError, TidegraphError
from engine.graph import Graph, Operator, Variable
from engine.partition import Blocks, Hardware, Partition, placed, split
from engine.shard import divisible
from engine.sizes import axes_of, named_sizes, resized, without_data


@dataclass(frozen=True, slots=True)
class Event:
    """Something that takes time: a device computing, or a link (`target` is the other device) carrying bytes."""

    device: int
    kind: str  # forward, backward, update, transfer or all-reduce
    start: float
    end: float
    microbatch: int = 0
    target: int | None = None
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """Work on a device, after other tasks (by number) whose results it needs, of so many bytes each."""

    device: int
    kind: str
    flops: int
    microbatch: int = 0
    needs: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Strategy:
    """One way to make a training step: memory and time of each device, bytes moved, and the timeline.

    `utilisation` is the share of the devices' time that is spent computing; `bubble` the rest. `fits` says whether
    the memory limit is kept. `examples` is how many examples a step sees, 0 where the program names no minibatch;
    `microbatches` into how many parts they are cut. `divided` are the operators that every device does a part of.
    """

    name: str
    devices: int
    examples: int
    memory_bytes: tuple[int, ...]
    moved_bytes: int
    seconds: float
    utilisation: float
    fits: bool
    events: tuple[Event, ...]
    text: str
    microbatches: int = 1
    divided: tuple[Operator, ...] = ()

    @property
    def bubble(self) -> float:
        return 1.0 - self.utilisation

    @property
    def examples_per_second(self) -> float:
        return self.examples / self.seconds if self.seconds else 0.0


def simulate(tasks: Sequence[Task], hardware: Hardware) -> list[Event]:
    """Start every task as early as its device, its needs and the links allow; a device keeps its tasks' order."""
    events: list[Event] = []
    ends: list[float] = []
    free: dict[int, float] = {}
    links: dict[tuple[int, int], float] = {}
    for task in tasks:
        ready = free.get(task.device, 0.0)
        for number, size in task.needs:
            source, arrived = tasks[number].device, ends[number]
            if source != task.device:
                link = source, task.device
                start = max(arrived, links.get(link, 0.0))
                arrived = links[link] = start + hardware.send(size)
                events.append(Event(source, "transfer", start, arrived, task.microbatch, task.device, size))
            ready = max(ready, arrived)
        end = ready + hardware.compute(task.flops)
        events.append(Event(task.device, task.kind, ready, end, task.microbatch))
        free[task.device] = end
        ends.append(end)
    return events


def strategy(
    name: str,
    devices: int,
    examples: int,
    memory: Sequence[int],
    events: Sequence[Event],
    hardware: Hardware,
    text: str,
) -> Strategy:
    """A strategy with its sums."""
    seconds = max((e.end for e in events), default=0.0)
    busy = sum(e.end - e.start for e in events if e.kind in ("forward", "backward", "update"))
    return Strategy(
        name=name,
        devices=devices,
        examples=examples,
        memory_bytes=tuple(memory),
        moved_bytes=sum(e.bytes for e in events),
        seconds=seconds,
        utilisation=busy / (devices * seconds) if seconds else 1.0,
        fits=max(memory) <= hardware.memory,
        events=tuple(events),
        text=text,
    )


def stage_tasks(made: Partition, microbatches: int, rule: optim.Rule) -> list[Task]:
    """All microbatches forward through all stages, then all backward in reverse, then the updates."""
    tasks: list[Task] = []
    at: dict[tuple[str, int, int], int] = {}
    stages = range(made.devices)
    flops, links = made.flops, made.links
    for microbatch in range(microbatches):
        for stage in stages:
            needs = []
            for link in links:
                size = link.forward_bytes + link.parameter_bytes * (microbatch == 0)
                if link.target == stage and link.source < stage and size:
                    needs.append((at["forward", link.source, microbatch], size))
            at["forward", stage, microbatch] = len(tasks)
            tasks.append(Task(stage, "forward", flops[stage][0], microbatch, tuple(needs)))
    for microbatch in reversed(range(microbatches)):
        for stage in reversed(stages):
            needs = [(at["forward", stage, microbatch], 0)]
            for link in links:
                if link.target == stage and link.source > stage and link.backward_bytes:
                    needs.append((at["backward", link.source, microbatch], link.backward_bytes))
            at["backward", stage, microbatch] = len(tasks)
            tasks.append(Task(stage, "backward", flops[stage][1], microbatch, tuple(needs)))
    tasks += [Task(stage, "update", work) for stage, work in enumerate(update_flops(made, rule))]
    return tasks


def batches(graph: Graph) -> list[str]:
    """The named sizes that a minibatch can be: data have an axis of it, parameters none, and nothing grows faster."""
    leaves = graph.leaves()
    found = []
    for name, value in named_sizes(graph).items():
        try:
            twice, thrice = (with_batch(graph, name, k * value) for k in (2, 3))
            axes = axes_of(without_data(graph), name) or {}
        except TidegraphError:
            continue
        roles = {v.leaf.role for n, v in leaves.items() if v.leaf is not None and axes.get(n)}
        sizes = [[v.size for v in g.variables.values()] for g in (graph, twice, thrice)]
        same = len({tuple(g.variables) for g in (graph, twice, thrice)}) == 1
        steady = same and all(c - b == b - a for a, b, c in zip(*sizes, strict=True))
        if steady and "input" in roles and roles <= {"input", "target"}:
            found.append(name)
    return found


def with_batch(graph: Graph, batch: str, examples: int) -> Graph:
    """The graph for another minibatch."""
    if named_sizes(graph)[batch] == examples:
        return graph
    return resized(without_data(graph), {batch: examples})


def update_flops(made: Partition, rule: optim.Rule) -> list[int]:
    """Operations of the update on every device, for the parameters whose gradients it completes."""
    sums = [0] * made.devices
    blocks = made.blocks
    for name, gradient in blocks.pass_.gradients.items():
        sums[made.stage(blocks.keeper(name, gradient))] += rule.flops_of(blocks.graph.find(name).size)
    return sums


def one_device(blocks: Blocks, hardware: Hardware, rule: optim.Rule, examples: int = 0) -> Strategy:
    """Everything on one device, whether or not its memory holds it: what the others are measured by."""
    made = placed(blocks, (0,), rule)
    events = simulate(stage_tasks(made, 1, rule), hardware)
    return strategy("one device", 1, examples, made.bytes, events, hardware, "Everything on one device.")


def model_parallel(made: Partition, hardware: Hardware, examples: int = 0) -> Strategy:
    """One stage at a time: memory is split, time is not."""
    events = simulate(stage_tasks(made, 1, made.rule), hardware)
    text = "Each device holds a part of the graph; only one computes at a time."
    return strategy("model parallel", made.devices, examples, made.bytes, events, hardware, text)


def pipeline(made: Partition, batch: str, microbatches: int | None, hardware: Hardware) -> Strategy:
    """GPipe: microbatches keep the stages busy at once; every device keeps the activations of all of them.

    Without a number of microbatches it is the largest up to 4 into which the minibatch can be cut equally.
    """
    graph = made.blocks.graph
    examples = named_sizes(graph)[batch]
    if microbatches is None:
        microbatches = max(m for m in range(1, 5) if examples % m == 0)
    if not 1 <= microbatches <= examples or examples % microbatches:
        raise InputError(f"{examples} examples do not make {microbatches} equal microbatches")
    small = same_cuts(made, with_batch(graph, batch, examples // microbatches))
    events = simulate(stage_tasks(small, microbatches, made.rule), hardware)
    waiting = [kept * (microbatches - 1) for kept in carried_bytes(small)]
    memory = [peak + more for peak, more in zip(small.bytes, waiting, strict=True)]
    ideal = (made.devices - 1) / (microbatches + made.devices - 1)
    text = f"{microbatches} microbatches; with equal stages and free links the bubble would be {ideal:.0%}."
    found = strategy("pipeline", made.devices, examples, memory, events, hardware, text)
    return replace(found, microbatches=microbatches)


def same_cuts(made: Partition, graph: Graph) -> Partition:
    """The same cuts for another size of the minibatch: the operators are the same, one for one."""
    plan = made.blocks.plan
    target = next(iter(made.blocks.pass_.values))
    other = Blocks(graph, target, plan.dtype, groups=[len(block) for block in made.blocks.forward])
    return placed(other, made.bounds, made.rule)


def carried_bytes(made: Partition) -> list[int]:
    """Bytes that every device carries from the forward to the backward pass of one microbatch."""
    blocks = made.blocks
    turn = sum(len(block) for block in blocks.forward)
    sums = []
    for stage in range(made.devices):
        span = made.range_of(stage)
        held: dict[Any, tuple[int, int]] = {}
        for block in span:
            for variable, times in blocks.reads[block].items():
                item = blocks.item(variable, span[0], span[-1])
                if item.leaf is None:
                    low, high = held.get(item, (times[0], times[0]))
                    held[item] = min(low, *times), max(high, *times)
        sums.append(sum(blocks.plan.bytes_of(v) for v, (low, high) in held.items() if low < turn <= high))
    return sums


def data_parallel(
    graph: Graph,
    devices: int,
    batch: str,
    hardware: Hardware,
    target: str | None = None,
    rule: optim.Rule | None = None,
    dtype: Any = "float64",
) -> Strategy:
    """The whole graph on every device for a share of the minibatch, then gradients summed around a ring."""
    examples = named_sizes(graph)[batch]
    if examples < devices:
        raise InputError(f"{examples} examples are not enough for {devices} devices")
    rule = rule or optim.SGD()
    shares = [examples // devices + (d < examples % devices) for d in range(devices)]
    made = {n: placed(Blocks(with_batch(graph, batch, n), target, dtype), (0,), rule) for n in set(shares)}
    tasks = []
    for device, share in enumerate(shares):
        ((forward, backward),) = made[share].flops
        tasks += [Task(device, "forward", forward), Task(device, "backward", backward)]
    events = simulate(tasks, hardware)
    whole = made[shares[0]]
    size = sum(whole.blocks.plan.bytes_of(whole.blocks.graph.find(n)) for n in whole.blocks.pass_.gradients)
    clock = max(e.end for e in events)
    ring, clock = rounds(devices, 2 * (devices - 1), size, clock, hardware)
    (update,) = update_flops(whole, rule)
    events += ring + [Event(d, "update", clock, clock + hardware.compute(update)) for d in range(devices)]
    text = "Every device holds the whole graph and all parameters; gradients are summed around a ring."
    memory = [made[share].bytes[0] for share in shares]
    return strategy("data parallel", devices, examples, memory, events, hardware, text)


def rounds(devices: int, count: int, size: int, start: float, hardware: Hardware) -> tuple[list[Event], float]:
    """Rounds in a ring, in each of which every device sends its share of `size` bytes to the next: events and end."""
    part = -(-size // devices)
    end = start + count * hardware.send(part)
    if count == 0:
        return [], start
    return [Event(d, "all-reduce", start, end, 0, (d + 1) % devices, count * part) for d in range(devices)], end


def smaller_minibatch(
    graph: Graph,
    batch: str,
    hardware: Hardware,
    target: str | None = None,
    rule: optim.Rule | None = None,
    dtype: Any = "float64",
) -> Strategy:
    """One device with the largest minibatch, up to the program's, that its memory holds (one example if none does)."""
    rule = rule or optim.SGD()

    def single(examples: int) -> Partition:
        return placed(Blocks(with_batch(graph, batch, examples), target, dtype), (0,), rule)

    whole = low = named_sizes(graph)[batch]
    if single(whole).bytes[0] > hardware.memory:
        low, high = 1, whole
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if single(middle).bytes[0] <= hardware.memory else (low, middle)
    made = single(low)
    events = simulate(stage_tasks(made, 1, rule), hardware)
    text = f"{low} of {whole} examples a step: nothing is sent, {-(-whole // low)} steps see what one saw before."
    return strategy("smaller minibatch", 1, low, made.bytes, events, hardware, text)


def tensor_parallel(
    graph: Graph,
    devices: int,
    hardware: Hardware,
    batch: str | None = None,
    target: str | None = None,
    rule: optim.Rule | None = None,
    dtype: Any = "float64",
    blocks: Blocks | None = None,
) -> Strategy:
    """Products with parameters divided over the devices, all else repeated on each (Megatron-LM, Shoeybi et al. 2019).

    Memory is that of one device without the parts of the parameters that others hold.
    """
    rule = rule or optim.SGD()
    whole = placed(blocks or Blocks(graph, target, dtype), (0,), rule)
    products = [p for p in divisible(graph, devices) if p.operator in whole.device]
    if not products:
        raise InputError(f"no product with a parameter can be divided by {devices} devices")
    plan = whole.blocks.plan
    held: dict[Variable, int] = {}
    for product in {p.part: p for p in products}.values():
        held[product.parameter] = held.get(product.parameter, 0) + plan.bytes_of(product.part)
    sizes = [min(size, plan.bytes_of(parameter)) for parameter, size in held.items()]
    spared = sum(size - -(-size // devices) for size in sizes) * (2 + len(rule.moments))
    ((forward, backward),) = whole.flops
    shared = sum(p.operator.op.flops(p.operator) for p in products)
    divided = shared - -(-shared // devices)
    events: list[Event] = []
    clock = 0.0
    for kind, flops, messages in (
        ("forward", forward - divided, [(devices - 1, p.operator.outputs[0]) for p in products]),
        ("backward", backward - 2 * divided, [(2 * (devices - 1), p.other) for p in reversed(products) if p.returns]),
    ):
        end = clock + hardware.compute(flops)
        events += [Event(d, kind, clock, end) for d in range(devices)]
        clock = end
        for count, variable in messages:
            sent, clock = rounds(devices, count, plan.bytes_of(variable), clock, hardware)
            events += sent
    (update,) = update_flops(whole, rule)
    events += [Event(d, "update", clock, clock + hardware.compute(-(-update // devices))) for d in range(devices)]
    examples = named_sizes(graph)[batch] if batch else 0
    text = f"{len(products)} products are divided; their outputs are gathered, the gradients of their inputs summed."
    memory = [whole.bytes[0] - spared] * devices
    found = strategy("tensor parallel", devices, examples, memory, events, hardware, text)
    return replace(found, divided=tuple(p.operator for p in products))


@dataclass(frozen=True, slots=True)
class Comparison:
    """The strategies beside each other; `missing` says why one could not be made."""

    strategies: tuple[Strategy, ...]
    missing: dict[str, str]
    partition: Partition | None
    blocks: Blocks


def compare(
    graph: Graph,
    devices: int,
    hardware: Hardware | None = None,
    batch: str | None = None,
    microbatches: int | None = None,
    target: str | None = None,
    rule: optim.Rule | None = None,
    dtype: Any = "float64",
) -> Comparison:
    """Every strategy for a training step on `devices` devices, after the one that needs a single device.

    `batch` is the named size that is the minibatch; without it only model and tensor parallelism are possible.
    """
    if not isinstance(devices, int) or devices < 1:
        raise InputError(f"the number of devices is a whole number of at least 1, not {devices!r}")
    hardware, rule = hardware or Hardware(), rule or optim.SGD()
    if batch is not None and batch not in named_sizes(graph):
        raise InputError(f"the program has no size {batch!r}", ", ".join(named_sizes(graph)))
    blocks = Blocks(graph, target, dtype)
    examples = named_sizes(graph)[batch] if batch else 0
    missing: dict[str, str] = {}
    found = [one_device(blocks, hardware, rule, examples)]
    builders: dict[str, Callable[[], Strategy]] = {}
    made: Partition | None = None
    try:
        stages = made = split(blocks, devices, hardware, rule)
        builders["model parallel"] = lambda: model_parallel(stages, hardware, examples)
        if batch is not None:
            builders["pipeline"] = lambda: pipeline(stages, batch, microbatches, hardware)
    except InputError as error:
        missing |= dict.fromkeys(["model parallel", "pipeline"], f"{error.message}: {error.hint}")
    builders["tensor parallel"] = lambda: tensor_parallel(graph, devices, hardware, batch, target, rule, dtype, blocks)
    if batch is not None:
        builders["data parallel"] = lambda: data_parallel(graph, devices, batch, hardware, target, rule, dtype)
        builders["smaller minibatch"] = lambda: smaller_minibatch(graph, batch, hardware, target, rule, dtype)
    for name in ("pipeline", "data parallel", "smaller minibatch") if batch is None else ():
        missing.setdefault(name, "the program names no size of a minibatch")
    for name, build in builders.items():
        try:
            found.append(build())
        except TidegraphError as error:
            missing[name] = error.message
    return Comparison(tuple(found), missing, made, blocks)
