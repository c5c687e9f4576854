"""A simulated timeline of a training step: tasks on devices and messages over links become events with a start and end.

Devices compute one task at a time, a link carries one message at a time, and computing and sending overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tidegraph.engine.graph import Operator
from tidegraph.engine.parallel.partition import Hardware

FINEST = 400
"""Parts of a step's time: events of one device that follow closer than such a part are told as one."""


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


def rounds(devices: int, count: int, size: int, start: float, hardware: Hardware) -> tuple[list[Event], float]:
    """Rounds in a ring, in each of which every device sends its share of `size` bytes to the next: events and end."""
    part = -(-size // devices)
    end = start + count * hardware.send(part)
    if count == 0:
        return [], start
    return [Event(d, "all-reduce", start, end, 0, (d + 1) % devices, count * part) for d in range(devices)], end


def gathered(events: Sequence[Event], finest: float) -> list[Event]:
    """Events of the same kind on the same device or link that are closer than `finest` seconds as one."""
    found: list[Event] = []
    last: dict[tuple[int, str, int | None], int] = {}
    for event in events:
        key = event.device, event.kind, event.target
        at = last.get(key)
        if at is not None and event.microbatch == found[at].microbatch and event.start - found[at].end < finest:
            found[at] = replace(found[at], end=event.end, bytes=found[at].bytes + event.bytes)
        else:
            last[key] = len(found)
            found.append(event)
    return found
