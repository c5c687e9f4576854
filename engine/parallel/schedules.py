"""Timelines of a training step on several devices: the exercise's advantages and disadvantages as numbers.

A strategy becomes tasks (who computes what, after what) and the tasks a simulated timeline on given hardware.

- model parallelism: the stages of a partition one after another;
- pipeline: the minibatch in microbatches, all forward then all backward (GPipe, Huang et al. 2019), with its bubble;
- tensor parallelism: products divided over the devices by their parameters' outputs;
- data parallelism: the whole graph on every device with a share of the minibatch, gradients summed in a ring
  (Patarasuk and Yuan 2009);
- gradient accumulation: one device works through the minibatch in parts that its memory holds, adds up their gradients
  and updates once;
- smaller minibatch: one device, as many examples as its memory holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tidegraph.engine.graph import Graph, InputError, TidegraphError
from tidegraph.engine.language.sizes import axes_of, named_sizes, resized, without_data
from tidegraph.engine.parallel.blocks import Blocks
from tidegraph.engine.parallel.partition import Hardware, Partition, placed, split
from tidegraph.engine.parallel.tensor_parallel import tensor_parallel
from tidegraph.engine.parallel.timelines import Event, Strategy, Task, rounds, simulate, strategy
from tidegraph.engine.training import optimisers as optim


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
    plain = without_data(graph)
    leaves = graph.leaves()
    found = []
    for name, value in named_sizes(graph).items():
        axes = axes_of(plain, name) or {}
        roles = {v.leaf.role for n, v in leaves.items() if v.leaf is not None and axes.get(n)}
        if "input" not in roles or not roles <= {"input", "target"}:
            continue
        try:
            graphs = [graph, *(resized(plain, {name: times * value}) for times in (2, 3))]
        except TidegraphError:
            continue
        sizes = [[v.size for v in g.variables.values()] for g in graphs]
        same = len({tuple(g.variables) for g in graphs}) == 1
        if same and all(c - b == b - a for a, b, c in zip(*sizes, strict=True)):
            found.append(name)
    return found


class Minibatch:
    """A training pass for other numbers of examples, cut into the same blocks; each is made once.

    `size` is the named size that is the minibatch, `examples` how many the program has.
    """

    def __init__(self, blocks: Blocks, size: str) -> None:
        self.size = size
        self.examples = named_sizes(blocks.graph)[size]
        self.groups = [len(block) for block in blocks.forward]
        self._made = {self.examples: blocks}

    @property
    def whole(self) -> Blocks:
        """The program's own minibatch."""
        return self._made[self.examples]

    def blocks(self, examples: int) -> Blocks:
        """The training pass with so many examples."""
        if examples not in self._made:
            graph = resized(without_data(self.whole.graph), {self.size: examples})
            target = next(iter(self.whole.pass_.values))
            self._made[examples] = Blocks(graph, target, self.whole.plan.dtype, groups=self.groups)
        return self._made[examples]


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


def pipeline(made: Partition, batch: Minibatch, microbatches: int | None, hardware: Hardware) -> Strategy:
    """GPipe: microbatches keep the stages busy at once; every device keeps the activations of all of them.

    Without a number of microbatches it is the largest up to 4 into which the minibatch can be cut equally.
    """
    examples = batch.examples
    if microbatches is None:
        microbatches = max(m for m in range(1, 5) if examples % m == 0)
    if not 1 <= microbatches <= examples or examples % microbatches:
        raise InputError("unequal-microbatches", examples=examples, microbatches=microbatches)
    small = placed(batch.blocks(examples // microbatches), made.bounds, made.rule)
    events = simulate(stage_tasks(small, microbatches, made.rule), hardware)
    waiting = [saved * (microbatches - 1) for saved in carried_bytes(small)]
    memory = [peak + more for peak, more in zip(small.bytes, waiting, strict=True)]
    ideal = (made.devices - 1) / (microbatches + made.devices - 1)
    text = f"{microbatches} microbatches; with equal stages and free links the bubble would be {ideal:.0%}."
    found = strategy("pipeline", made.devices, examples, memory, events, hardware, text)
    return replace(found, microbatches=microbatches)


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


def data_parallel(batch: Minibatch, devices: int, hardware: Hardware, rule: optim.Rule | None = None) -> Strategy:
    """The whole graph on every device for a share of the minibatch, then gradients summed around a ring."""
    examples = batch.examples
    if examples < devices:
        raise InputError("too-few-examples", examples=examples, devices=devices)
    rule = rule or optim.SGD()
    shares = [examples // devices + (d < examples % devices) for d in range(devices)]
    made = {n: placed(batch.blocks(n), (0,), rule) for n in set(shares)}
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
    peaks = {share: one.bytes[0] for share, one in made.items()}
    memory = [peaks[share] for share in shares]
    return strategy("data parallel", devices, examples, memory, events, hardware, text)


def smaller_minibatch(batch: Minibatch, hardware: Hardware, rule: optim.Rule | None = None) -> Strategy:
    """One device with the largest minibatch, up to the program's, that its memory holds (one example if none does)."""
    rule = rule or optim.SGD()

    def single(examples: int) -> Partition:
        return placed(batch.blocks(examples), (0,), rule)

    whole = batch.examples
    made = single(largest(lambda examples: single(examples).bytes[0], whole, hardware.memory))
    low = whole if made.blocks is batch.whole else named_sizes(made.blocks.graph)[batch.size]
    events = simulate(stage_tasks(made, 1, rule), hardware)
    text = f"{low} of {whole} examples a step: nothing is sent, {-(-whole // low)} steps see what one saw before."
    return strategy("smaller minibatch", 1, low, made.bytes, events, hardware, text)


def gradient_accumulation(batch: Minibatch, hardware: Hardware, rule: optim.Rule | None = None) -> Strategy:
    """One device, part after part of the minibatch, as large as its memory holds (one example if none does).

    The sum of the gradients is held besides those of the part at hand, and the update waits for all parts.
    """
    rule = rule or optim.SGD()
    blocks, whole = batch.whole, batch.examples
    numbers = [blocks.graph.find(name) for name in blocks.pass_.gradients]
    held = sum(blocks.plan.bytes_of(v) for v in numbers)

    def needed(examples: int) -> int:
        return placed(batch.blocks(examples), (0,), rule).bytes[0] + (held if examples < whole else 0)

    most = largest(needed, whole, hardware.memory)
    count = -(-whole // most)
    shares = [whole // count + (part < whole % count) for part in range(count)]
    made = {share: placed(batch.blocks(share), (0,), rule) for share in set(shares)}
    adding = sum(v.size for v in numbers)
    tasks = []
    for part, share in enumerate(shares):
        ((forward, backward),) = made[share].flops
        tasks += [Task(0, "forward", forward, part), Task(0, "backward", backward + adding * (part > 0), part)]
    tasks.append(Task(0, "update", update_flops(made[shares[0]], rule)[0]))
    text = f"{count} parts of at most {shares[0]} examples in turn: one update from all {whole}, nothing is sent."
    found = strategy("gradient accumulation", 1, whole, [needed(shares[0])], simulate(tasks, hardware), hardware, text)
    return replace(found, microbatches=count)


def largest(needed: Callable[[int], int], most: int, limit: float) -> int:
    """The largest number from 1 to `most` whose need is within a limit, 1 if none is.

    The next guess lies on the line between two known needs, which is near the truth where needs grow evenly.
    """
    high, above = most, needed(most)
    if above <= limit or most == 1:
        return most
    low, below = 1, needed(1)
    if below > limit:
        return 1
    while high - low > 1:
        guess = low + int((limit - below) * (high - low) / (above - below))
        guess = min(max(guess, low + 1), high - 1)
        need = needed(guess)
        if need <= limit:
            low, below = guess, need
        else:
            high, above = guess, need
    return low


@dataclass(frozen=True, slots=True)
class Comparison:
    """The strategies beside each other; `missing` says why one could not be made."""

    strategies: tuple[Strategy, ...]
    missing: dict[str, TidegraphError]
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
        raise InputError("device-count", given=repr(devices))
    hardware, rule = hardware or Hardware(), rule or optim.SGD()
    if batch is not None and batch not in named_sizes(graph):
        raise InputError("unknown-size", ", ".join(named_sizes(graph)), name=batch)
    blocks = Blocks(graph, target, dtype)
    examples = named_sizes(graph)[batch] if batch else 0
    missing: dict[str, TidegraphError] = {}
    found = [one_device(blocks, hardware, rule, examples)]
    minibatch = None if batch is None else Minibatch(blocks, batch)
    builders: dict[str, Callable[[], Strategy]] = {}
    made: Partition | None = None
    try:
        stages = made = split(blocks, devices, hardware, rule)
        builders["model parallel"] = lambda: model_parallel(stages, hardware, examples)
        if minibatch is not None:
            builders["pipeline"] = lambda: pipeline(stages, minibatch, microbatches, hardware)
    except InputError as error:
        missing |= dict.fromkeys(["model parallel", "pipeline"], error)
    builders["tensor parallel"] = lambda: tensor_parallel(blocks, devices, hardware, rule, examples)
    if minibatch is not None:
        builders["data parallel"] = lambda: data_parallel(minibatch, devices, hardware, rule)
        builders["gradient accumulation"] = lambda: gradient_accumulation(minibatch, hardware, rule)
        builders["smaller minibatch"] = lambda: smaller_minibatch(minibatch, hardware, rule)
    for name in ("pipeline", "data parallel", "gradient accumulation", "smaller minibatch") if batch is None else ():
        missing.setdefault(name, InputError("no-named-minibatch"))
    for name, build in builders.items():
        try:
            found.append(build())
        except TidegraphError as error:
            missing[name] = error
    return Comparison(tuple(found), missing, made, blocks)
