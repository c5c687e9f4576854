"""Simulated timelines: exact on cases worked out by hand, and consistent for every strategy."""

from itertools import pairwise

import pytest

from tidegraph import InputError, optim, parse
from tidegraph.engine.parallel.partition import Hardware, partition
from tidegraph.engine.parallel.schedules import Minibatch, compare, largest, model_parallel, pipeline
from tidegraph.engine.parallel.timelines import Task, simulate, strategy

LAYERS = 8
DEEP = (
    "n, d = 32, 32\nX: input[n, d]\nY: target[n, d]\n"
    + "".join(f"W{i}: parameter[d, d]\n" for i in range(LAYERS))
    + "A = X\n"
    + "".join(f"A = tanh(A @ W{i})\n" for i in range(LAYERS))
    + "J = mean((A - Y) ** 2)"
)
FAST = Hardware(flop_rate=1e9, bandwidth=1e10, latency=1e-7)


def strategies(**more):
    return {s.name: s for s in compare(parse(DEEP), 4, FAST, "n", **more).strategies}


def test_a_task_waits_for_its_device_its_needs_and_the_link():
    hardware = Hardware(flop_rate=1.0, bandwidth=10.0, latency=1.0)
    tasks = [
        Task(0, "forward", 2),
        Task(0, "forward", 2, 1),
        Task(1, "forward", 3, 0, ((0, 20),)),
        Task(1, "forward", 3, 1, ((1, 20),)),
    ]
    events = simulate(tasks, hardware)
    assert [(e.kind, e.device, e.start, e.end) for e in events] == [
        ("forward", 0, 0, 2),
        ("forward", 0, 2, 4),
        ("transfer", 0, 2, 5),
        ("forward", 1, 5, 8),
        ("transfer", 0, 5, 8),
        ("forward", 1, 8, 11),
    ]


def test_equal_stages_and_free_links_have_the_bubble_of_the_paper():
    hardware = Hardware(flop_rate=1.0, bandwidth=1e30, latency=0.0)
    stages, count = 4, 8
    tasks = []
    for m in range(count):
        tasks += [Task(s, "forward", 1, m, ((m * stages + s - 1, 0),) if s else ()) for s in range(stages)]
    found = strategy("pipeline", stages, count, [0] * stages, simulate(tasks, hardware), hardware, "")
    assert found.seconds == stages + count - 1
    assert found.bubble == pytest.approx((stages - 1) / (stages + count - 1))


def test_strategies_differ_as_the_exercise_expects():
    found = strategies(microbatches=8)
    naive, piped, data, single = (
        found[n] for n in ("model parallel", "pipeline", "data parallel", "smaller minibatch")
    )
    assert naive.utilisation < 0.3
    assert piped.seconds < naive.seconds
    assert piped.utilisation > naive.utilisation
    assert max(piped.memory_bytes) < single.memory_bytes[0]
    assert single.moved_bytes == 0
    assert single.utilisation == 1
    parameters = LAYERS * 32 * 32 * 8
    assert data.moved_bytes == 2 * 3 * parameters
    assert data.seconds < single.seconds
    assert min(data.memory_bytes) > max(naive.memory_bytes)


NAMES = [
    "one device",
    "model parallel",
    "pipeline",
    "tensor parallel",
    "data parallel",
    "gradient accumulation",
    "smaller minibatch",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_timeline_has_no_overlaps_and_all_the_work(name):
    found = strategies()[name]
    for device in range(found.devices):
        busy = sorted((e.start, e.end) for e in found.events if e.device == device and e.target is None)
        assert all(a[1] <= b[0] + 1e-15 for a, b in pairwise(busy))
    links = {(e.device, e.target) for e in found.events if e.target is not None}
    for link in links:
        sent = sorted((e.start, e.end) for e in found.events if (e.device, e.target) == link)
        assert all(a[1] <= b[0] + 1e-15 for a, b in pairwise(sent))
    assert found.seconds == max(e.end for e in found.events)
    assert 0 < found.utilisation <= 1 + 1e-12
    assert len(found.memory_bytes) == found.devices


def test_one_microbatch_is_model_parallelism():
    made = partition(parse(DEEP), 4, FAST, rule=optim.Adam())
    naive, piped = model_parallel(made, FAST, 32), pipeline(made, Minibatch(made.blocks, "n"), 1, FAST)
    assert piped.seconds == naive.seconds
    assert piped.memory_bytes == naive.memory_bytes


def test_a_graph_too_large_for_one_device_fits_four_or_a_smaller_minibatch():
    large = parse(DEEP.replace("n, d = 32, 32", "n, d = 256, 32"))
    whole = partition(large, 1).bytes[0]
    hardware = Hardware(flop_rate=1e9, bandwidth=1e10, latency=1e-7, memory=0.75 * whole)
    found = {s.name: s for s in compare(large, 4, hardware, "n").strategies}
    assert found["model parallel"].fits
    assert 100 < found["smaller minibatch"].examples < 256
    assert found["smaller minibatch"].fits
    parts, single, smaller = (found[n] for n in ("gradient accumulation", "one device", "smaller minibatch"))
    assert parts.fits
    assert (parts.examples, parts.moved_bytes) == (single.examples, 0)
    # the sum of the gradients takes room, so that a part is smaller than the largest minibatch that fits
    assert parts.examples / parts.microbatches <= smaller.examples
    assert parts.microbatches > 1
    assert parts.seconds > single.seconds * 0.95
    assert sum(e.kind == "update" for e in parts.events) == 1


def test_what_cannot_be_made_says_why():
    without = compare(parse(DEEP), 4, FAST)
    assert {s.name for s in without.strategies} == {"one device", "model parallel", "tensor parallel"}
    assert without.missing["data parallel"].message == "the program names no size of a minibatch"
    uneven = compare(parse(DEEP), 3, FAST, "n", microbatches=5)
    assert "32 examples cannot be split into 5 equal microbatches" in uneven.missing["pipeline"].message
    few = compare(parse(DEEP.replace("n, d = 32", "n, d = 2")), 3, FAST, "n")
    assert "2 examples are not enough for 3 devices" in few.missing["data parallel"].message
    small = compare(parse(DEEP), 2, Hardware(memory=1000), "n")
    assert "cannot hold the training step" in small.missing["pipeline"].message
    with pytest.raises(InputError, match="no size 'b'"):
        compare(parse(DEEP), 2, FAST, "b")


def test_tensor_parallelism_sends_between_products_and_while_it_computes_what_does_not_wait():
    program = (
        "n, d = 8, 8\nX: input[n, d]\nC: input[n, d]\nW1: parameter[d, d]\nW2: parameter[d, d]\n"
        "J = sum(C * (X @ W1 @ W2))"
    )
    hardware = Hardware(flop_rate=64.0, bandwidth=512.0, latency=0.0)
    found = {s.name: s for s in compare(parse(program), 2, hardware).strategies}["tensor parallel"]
    first = [(e.kind, e.start, e.end) for e in found.events if e.device == 0]
    # A product has 2 * 8 * 8 * 8 operations, half of them here, 8 s; half of its output takes 256 bytes, 0.5 s.
    assert first[:4] == [("forward", 0, 8), ("all-reduce", 8, 8.5), ("forward", 8.5, 16.5), ("all-reduce", 16.5, 17)]
    # The sum with C has 2 * 8 * 8 operations, 2 s; two products follow, the second's 512 bytes take 1 s, then the last.
    assert first[4:8] == [("forward", 17, 19), ("backward", 19, 35), ("all-reduce", 35, 36), ("backward", 36, 44)]
    assert found.moved_bytes == 2 * (256 + 256 + 2 * 256)
    busy = parse(program.replace("C * (X @ W1 @ W2)", "C * tanh(tanh(X @ W1) @ W2) ** 2"))
    overlapping = {s.name: s for s in compare(busy, 2, hardware).strategies}["tensor parallel"]
    (summed,) = [e for e in overlapping.events if e.device == 0 and e.kind == "all-reduce"][2:]
    assert any(e.kind == "backward" and e.start < summed.start and summed.end < e.end for e in overlapping.events)
    wide = strategies()["tensor parallel"]
    size, parts = 32 * 32 * 8, 4
    assert wide.moved_bytes == parts * size // parts * ((parts - 1) * LAYERS + 2 * (parts - 1) * (LAYERS - 1))
    assert len(wide.events) < 2000


def test_the_largest_minibatch_is_found_in_few_steps():
    asked = []

    def need(examples):
        asked.append(examples)
        return max(900 + 3 * examples, 50 * examples)

    assert largest(need, 1000, 20_049) == 400
    assert len(asked) < 10
    assert largest(need, 1000, 100) == 1
    assert largest(need, 10, 1e9) == 10
