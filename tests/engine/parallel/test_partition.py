"""Splitting a training pass: every operator placed once, limits kept, no cycles, the same gradients bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegraph import InputError, optim, parse, value_and_grad
from tidegraph.engine.parallel.blocks import Blocks
from tidegraph.engine.parallel.partition import Hardware, partition, placed

HEAD = "n, d = 6, 4\nX: input[n, d]\nY: target[n, d]\nv0 = tanh(X)\n"
CHAPTER = """
x: input[4]
y: target[3]
W1: parameter[5, 4]
W2: parameter[3, 5]
lam = 0.1
z = W1 @ x
h = relu(z)
o = W2 @ h
L = squared_error(o, y)
s = lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))
J = L + s
"""


@st.composite
def programs(draw):
    """Networks with skip connections, shared parameters, views and weight decay."""
    count = draw(st.integers(2, 7))
    lines, parameters = [], []
    for i in range(1, count + 1):
        a, b = (f"v{draw(st.integers(0, i - 1))}" for _ in range(2))
        kind = draw(st.sampled_from(["product", "transposed", "shared", "sum", "gate", "slice"]))
        if kind == "shared" and not parameters:
            kind = "product"
        if kind in ("product", "transposed"):
            parameters.append(f"W{i}")
        right = {
            "product": f"relu({a} @ W{i}) + {b}",
            "transposed": f"tanh({a} @ W{i}.T)",
            "shared": f"{a} @ {draw(st.sampled_from(parameters)) if parameters else ''}",
            "sum": f"{a} + {b} * 0.5",
            "gate": f"where({a} > 0, {b}, {a} * {a})",
            "slice": f"{a} * {b}[:, :1]",
        }[kind]
        lines.append(f"v{i} = {right}")
    parameters = parameters or ["W0"]
    declared = "".join(f"{name}: parameter[d, d]\n" for name in parameters)
    loss = f"J = mean((v{count} @ {parameters[0]} - Y) ** 2)"
    decay = "".join(f" + 0.01 * sum({name} ** 2)" for name in parameters if draw(st.booleans()))
    return HEAD.replace("v0", declared + "v0") + "\n".join(lines) + "\n" + loss + decay


def bits(program, found):
    _, expected = value_and_grad(parse(program), keep="training")()
    assert set(found) == set(expected)
    return all(np.array_equal(found[name], expected[name]) for name in expected)


@settings(max_examples=40, deadline=None)
@given(program=programs(), devices=st.integers(1, 4), flop_rate=st.sampled_from([1e6, 1e9]))
def test_a_partition_keeps_its_promises(program, devices, flop_rate):
    made = partition(parse(program), devices, Hardware(flop_rate=flop_rate), rule=optim.Adam())
    blocks = made.blocks
    assert sorted(map(id, blocks.order)) == sorted(map(id, blocks.plan.operators))
    assert set(made.device) == set(blocks.plan.operators)
    assert made.devices <= devices
    assert all(len(made.range_of(s)) for s in range(made.devices))
    ran = set()
    for device, _, operators in made.phases():
        for operator in operators:
            assert made.device[operator] == device
            assert all(v.operator is None or v.operator in ran for v in operator.inputs)
            ran.add(operator)
    assert sum(f + b for f, b in made.flops) == blocks.plan.flops
    assert bits(program, made.run())


@settings(max_examples=30, deadline=None)
@given(program=programs(), cuts=st.sets(st.integers(1, 12), max_size=4))
def test_any_cuts_give_the_same_gradients_bit_for_bit(program, cuts):
    blocks = Blocks(parse(program))
    bounds = (0, *sorted(c for c in cuts if c < len(blocks)))
    assert bits(program, placed(blocks, bounds).run())


@settings(max_examples=30, deadline=None)
@given(program=programs(), devices=st.integers(1, 4), share=st.floats(0.3, 1.1))
def test_a_memory_limit_is_kept_or_refused_with_what_it_would_take(program, devices, share):
    whole = partition(parse(program), 1).bytes[0]
    limit = int(whole * share)
    try:
        made = partition(parse(program), devices, Hardware(memory=limit))
    except InputError as error:
        needed = int(error.hint.split("each needs ")[1].split(" bytes")[0].replace(",", ""))
        assert needed > limit
        assert max(partition(parse(program), devices, Hardware(memory=needed)).bytes) <= needed
    else:
        assert max(made.bytes) <= limit


def test_the_chapters_network_on_two_devices():
    made = partition(parse(CHAPTER), 2, Hardware(flop_rate=1e6, bandwidth=1e12, latency=0))
    placement = made.placement()
    assert placement["matmul:z"] == 0
    assert placement["matmul:o"] == 1
    assert placement["power:power"] == 0
    (there, back) = made.links
    assert (there.source, there.target) == (0, 1)
    assert there.parameter_bytes == 0
    assert back.backward_bytes == 8 * 5
    assert bits(CHAPTER, made.run())


def test_memory_falls_where_stages_share_the_work():
    layers = "".join(f"W{i}: parameter[64, 64]\n" for i in range(8))
    deep = "n = 32\nX: input[n, 64]\nY: target[n, 64]\n" + layers + "A = X\n"
    deep += "".join(f"A = tanh(A @ W{i})\n" for i in range(8)) + "J = mean((A - Y) ** 2)"
    single, quarter = (partition(parse(deep), k, Hardware(flop_rate=1e9)) for k in (1, 4))
    assert quarter.devices == 4
    assert max(quarter.bytes) < 0.4 * single.bytes[0]
    limit = Hardware(memory=single.bytes[0] // 2)
    with pytest.raises(InputError, match="1 devices of"):
        partition(parse(deep), 1, limit)
    fits = partition(parse(deep), 4, limit)
    assert fits.devices > 1
    assert max(fits.bytes) <= limit.memory
    assert bits(deep, fits.run())


def test_a_slow_link_is_not_worth_crossing():
    made = partition(parse(CHAPTER), 4, Hardware(flop_rate=1e12, bandwidth=1.0))
    assert made.devices == 1
    assert made.links == []


def test_values_are_the_callers_own():
    graph = parse(CHAPTER)
    own = {"x": np.array([1.0, -2.0, 0.5, 3.0]), "W2": np.full((3, 5), 0.25)}
    _, expected = value_and_grad(graph, keep="training")(own)
    found = partition(graph, 2, Hardware(flop_rate=1e6, latency=0)).run(own)
    assert all(np.array_equal(found[n], expected[n]) for n in expected)


def test_impossible_requests_are_named():
    with pytest.raises(InputError, match="number of devices is a whole number of at least 1"):
        partition(parse(CHAPTER), 0)
    with pytest.raises(InputError, match="bandwidth is a number above 0"):
        Hardware(bandwidth=0)
