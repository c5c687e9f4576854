"""Products divided over devices: their timeline by hand, what moves around the ring, and the memory that is spared."""

from __future__ import annotations

import pytest

from tidegraph import InputError, optim, parse
from tidegraph.engine.parallel.blocks import Blocks
from tidegraph.engine.parallel.partition import Hardware
from tidegraph.engine.parallel.schedules import compare
from tidegraph.engine.parallel.tensor_parallel import tensor_parallel
from tidegraph.engine.parallel.timelines import Strategy

LAYERS = 8
DEEP = (
    "n, d = 32, 32\nX: input[n, d]\nY: target[n, d]\n"
    + "".join(f"W{i}: parameter[d, d]\n" for i in range(LAYERS))
    + "A = X\n"
    + "".join(f"A = tanh(A @ W{i})\n" for i in range(LAYERS))
    + "J = mean((A - Y) ** 2)"
)
FAST = Hardware(flop_rate=1e9, bandwidth=1e10, latency=1e-7)


def divided(program: str, devices: int, hardware: Hardware = FAST, **more: object) -> Strategy:
    found = {s.name: s for s in compare(parse(program), devices, hardware, **more).strategies}
    return found["tensor parallel"]


def test_tensor_parallelism_sends_between_products_and_while_it_computes_what_does_not_wait() -> None:
    program = (
        "n, d = 8, 8\nX: input[n, d]\nC: input[n, d]\nW1: parameter[d, d]\nW2: parameter[d, d]\n"
        "J = sum(C * (X @ W1 @ W2))"
    )
    hardware = Hardware(flop_rate=64.0, bandwidth=512.0, latency=0.0)
    found = divided(program, 2, hardware)
    first = [(e.kind, e.start, e.end) for e in found.events if e.device == 0]
    # A product has 2 * 8 * 8 * 8 operations, half of them here, 8 s; half of its output takes 256 bytes, 0.5 s.
    assert first[:4] == [("forward", 0, 8), ("all-reduce", 8, 8.5), ("forward", 8.5, 16.5), ("all-reduce", 16.5, 17)]
    # The sum with C has 2 * 8 * 8 operations, 2 s; two products follow, the second's 512 bytes take 1 s, then the last.
    assert first[4:8] == [("forward", 17, 19), ("backward", 19, 35), ("all-reduce", 35, 36), ("backward", 36, 44)]
    assert found.moved_bytes == 2 * (256 + 256 + 2 * 256)
    busy = program.replace("C * (X @ W1 @ W2)", "C * tanh(tanh(X @ W1) @ W2) ** 2")
    overlapping = divided(busy, 2, hardware)
    (summed,) = [e for e in overlapping.events if e.device == 0 and e.kind == "all-reduce"][2:]
    assert any(e.kind == "backward" and e.start < summed.start and summed.end < e.end for e in overlapping.events)
    wide = divided(DEEP, 4, batch="n")
    size, parts = 32 * 32 * 8, 4
    assert wide.moved_bytes == parts * size // parts * ((parts - 1) * LAYERS + 2 * (parts - 1) * (LAYERS - 1))
    assert len(wide.events) < 2000


def test_a_device_holds_its_part_of_parameters_gradients_and_moments() -> None:
    program = "d = 8\nx: input[d]\nW: parameter[d, d]\nJ = sum(W @ x)"
    size = 8 * 8 * 8
    spared = {}
    for rule in (optim.SGD(), optim.Adam()):
        whole = min(s.memory_bytes[0] for s in compare(parse(program), 1, FAST, rule=rule).strategies)
        spared[type(rule).__name__] = whole - divided(program, 2, rule=rule).memory_bytes[0]
    assert spared == {"SGD": 2 * size // 2, "Adam": 4 * size // 2}


def test_one_device_has_nothing_to_send_and_no_product_nothing_to_divide() -> None:
    assert "tensor parallel" not in {
        s.name for s in compare(parse("x: input[4]\nw: parameter[4]\nJ = sum(w * x)"), 2, FAST).strategies
    }
    graph = parse("x: input[4]\nw: parameter[4]\nJ = sum(w * x)")
    with pytest.raises(InputError) as caught:
        tensor_parallel(Blocks(graph), 2, FAST)
    assert caught.value.code == "nothing-to-shard"
