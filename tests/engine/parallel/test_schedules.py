"""Simulated timelines: exact on cases worked out by hand, and consistent for every strategy."""

from itertools import pairwise

import pytest

from tidegraph import InputError, optim, parse
from tidegraph.engine.parallel.partition import Hardware, partition
from tidegraph.engine.parallel.schedules import Minibatch, compare, largest, model_parallel, pipeline

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


def test_the_largest_minibatch_is_found_in_few_steps():
    asked = []

    def need(examples):
        asked.append(examples)
        return max(900 + 3 * examples, 50 * examples)

    assert largest(need, 1000, 20_049) == 400
    assert len(asked) < 10
    assert largest(need, 1000, 100) == 1
    assert largest(need, 10, 1e9) == 10
