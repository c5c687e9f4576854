"""Timelines by hand: what a task waits for, what a ring takes, and when events are told as one."""

from __future__ import annotations

import pytest

from tidegraph.engine.parallel.partition import Hardware
from tidegraph.engine.parallel.timelines import Event, Task, gathered, rounds, simulate, strategy

SLOW = Hardware(flop_rate=1.0, bandwidth=10.0, latency=1.0)


def test_a_task_waits_for_its_device_its_needs_and_the_link() -> None:
    tasks = [
        Task(0, "forward", 2),
        Task(0, "forward", 2, 1),
        Task(1, "forward", 3, 0, ((0, 20),)),
        Task(1, "forward", 3, 1, ((1, 20),)),
    ]
    events = simulate(tasks, SLOW)
    assert [(e.kind, e.device, e.start, e.end) for e in events] == [
        ("forward", 0, 0, 2),
        ("forward", 0, 2, 4),
        ("transfer", 0, 2, 5),
        ("forward", 1, 5, 8),
        ("transfer", 0, 5, 8),
        ("forward", 1, 8, 11),
    ]


def test_equal_stages_and_free_links_have_the_bubble_of_the_paper() -> None:
    hardware = Hardware(flop_rate=1.0, bandwidth=1e30, latency=0.0)
    stages, count = 4, 8
    tasks = []
    for m in range(count):
        tasks += [Task(s, "forward", 1, m, ((m * stages + s - 1, 0),) if s else ()) for s in range(stages)]
    found = strategy("pipeline", stages, count, [0] * stages, simulate(tasks, hardware), hardware, "")
    assert found.seconds == stages + count - 1
    assert found.bubble == pytest.approx((stages - 1) / (stages + count - 1))


def test_in_a_ring_every_device_sends_its_share_in_every_round() -> None:
    events, end = rounds(4, 6, 42, 2.0, SLOW)
    # A share is 11 bytes, rounded up: 1 s of latency and 1.1 s on the way, six times.
    assert end == pytest.approx(2 + 6 * 2.1)
    assert [(e.device, e.target, e.bytes) for e in events] == [(d, (d + 1) % 4, 66) for d in range(4)]
    assert rounds(1, 0, 42, 2.0, SLOW) == ([], 2.0)


def test_events_closer_than_the_finest_part_are_one() -> None:
    events = [Event(0, "forward", 0, 1), Event(0, "forward", 1.05, 2, bytes=3), Event(0, "forward", 2.5, 3)]
    events += [Event(1, "forward", 2, 3), Event(0, "forward", 3, 4, microbatch=1)]
    found = gathered(events, 0.1)
    assert [(e.device, e.start, e.end, e.bytes) for e in found] == [
        (0, 0, 2, 3),
        (0, 2.5, 3, 0),
        (1, 2, 3, 0),
        (0, 3, 4, 0),
    ]


def test_the_sums_of_a_strategy() -> None:
    events = [Event(0, "forward", 0, 3), Event(0, "transfer", 3, 5, target=1, bytes=7), Event(1, "update", 5, 6)]
    found = strategy("two", 2, 12, [10, 30], events, Hardware(1.0, 1.0, 0.0, 20), "")
    assert (found.seconds, found.moved_bytes, found.fits) == (6, 7, False)
    assert found.utilisation == pytest.approx(4 / 12)
    assert found.examples_per_second == 2
    idle = strategy("none", 1, 0, [0], [], SLOW, "")
    assert (idle.seconds, idle.utilisation, idle.examples_per_second) == (0, 1, 0)
