"""Where nodes live and what crosses arrows, on a network whose cuts are known."""

import numpy as np

from tidegraph import parse
from tidegraph.engine.parallel.blocks import Blocks
from tidegraph.engine.parallel.partition import Hardware, Partition, needs, partition, placed
from tidegraph.engine.parallel.placement import Cut, cuts, homes, kept_on, verify
from tidegraph.engine.parallel.schedules import batches

NETWORK = """n, d = 6, 4
X: input[n, d]
Y: target[n, d]
W1: parameter[d, d]
W2: parameter[d, d]
A = tanh(X @ W1)
B = tanh(A @ W2)
J = mean((B - Y) ** 2) + 0.01 * sum(W1 ** 2)"""


def split():
    """The network cut before its second product."""
    blocks = Blocks(parse(NETWORK))
    first = next(i for i, block in enumerate(blocks.forward) if blocks.graph.names[block[0].outputs[0]] == "matmul_2")
    return placed(blocks, (0, first))


def test_a_cut_in_the_middle():
    made = split()
    places = homes(made)
    assert places["W1"] == (0,)
    assert places["matmul:matmul"] == (0,)
    assert places["W2"] == places["B"] == places["J"] == (1,)
    found = cuts(made)
    assert found[0] == Cut("A", "matmul:matmul_2", 0, 1, 8 * 24)
    assert all((cut.sender, cut.receiver) == (0, 1) for cut in found)
    assert (kept_on(made, 0), kept_on(made, 1)) == (["W1"], ["W2"])
    assert made.links[0].forward_bytes == sum(cut.bytes for cut in found)


def test_every_node_has_a_home_and_data_cross_no_arrow():
    graph = parse(NETWORK)
    made = partition(graph, 3, Hardware(flop_rate=1e6, latency=0))
    assert set(graph.variables) <= set(homes(made))
    assert not {"X", "Y"} & {cut.source for cut in cuts(made)}
    for cut in cuts(made):
        assert homes(made)[cut.target] == (cut.receiver,)


def test_more_devices_never_need_more_memory_each():
    blocks = Blocks(parse(NETWORK))
    found = needs(blocks.peaks(split().rule), 5)
    assert found == sorted(found, reverse=True)
    assert found[0] == placed(blocks, (0,)).bytes[0]


def test_stages_give_the_gradients_of_the_whole_bit_for_bit_and_a_difference_is_named(monkeypatch):
    made = split()
    own = {"X": np.linspace(-1, 1, 24).reshape(6, 4)}
    assert verify(made, own).same
    assert verify(made).compared == ("W1", "W2")
    monkeypatch.setattr(Partition, "run", lambda *_: {"W1": np.ones((4, 4)), "W2": np.ones((4, 4))})
    assert verify(made).differing == ("W1", "W2")


def test_a_minibatch_is_a_size_of_data_alone_whose_examples_do_not_meet():
    assert batches(parse(NETWORK)) == ["n"]
    assert batches(parse(NETWORK.replace("tanh(X @ W1)", "tanh(X @ X.T @ X @ W1)"))) == []
    assert batches(parse(NETWORK.replace("W1: parameter[d, d]", "W1: parameter[d, d]\nb: parameter[n, d]"))) == []
    given = "n = 3\nx: input[n] = [1, 2, 3]\nw: parameter\nJ = mean((w * x) ** 2)"
    assert batches(parse(given)) == ["n"]


def test_a_view_is_where_it_is_taken_not_where_its_numbers_come_from():
    """K's transpose is made on the device that multiplies by it: what crosses is the arrow into it."""
    program = """n, d = 4, 3
X: input[n, d]
Wq: parameter[d, d]
Wk: parameter[d, d]
Q = X @ Wq
K = X @ Wk
S = Q @ K.T
J = sum(S ** 2)"""
    blocks = Blocks(parse(program))
    names = blocks.graph.names
    at = next(i for i, b in enumerate(blocks.forward) if "transpose" in {names[o.outputs[0]] for o in b})
    made = placed(blocks, (0, at))
    places = homes(made)
    assert places["K"] == (0,)
    assert places["transpose:transpose"] == places["matmul:S"] == (1,)
    crossing = {(cut.source, cut.target) for cut in cuts(made)}
    assert ("K", "transpose:transpose") in crossing
    assert ("transpose", "matmul:S") not in crossing
    for cut in cuts(made):
        assert cut.receiver not in places[cut.source]
