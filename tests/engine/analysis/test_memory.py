"""Memory from the plan: the chapter's network by hand, curves, symbols, and the plan against a measured run."""

import numpy as np
import pytest

from tidegraph import optim, parse, plan
from tidegraph.engine.analysis.memory import curve, measure, memory, prediction_pass, symbolic, timeline, training_pass
from tidegraph.engine.language.sizes import resized

CHAPTER = """
n, d, h, q = 16, 4, 5, 3
X: input[d, n]
Y: target[q, n]
W1: parameter[h, d]
W2: parameter[q, h]
lam = 0.1
Z = W1 @ X
H = tanh(Z)
O = W2 @ H
L = squared_error(O, Y)
s = lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))
J = L + s
"""
DEEP = """
n, d, layers = 32, 8, 10
X: input[n, d]
Y: target[n, d]
W: parameter[d, d]
A = X
for i in range(layers):
    A = tanh(A @ W)
J = mean((A - Y) ** 2)
"""


def test_the_footprint_of_the_chapters_network_by_hand():
    found = memory(parse(CHAPTER), rule=optim.Adam()).footprint
    parameters = 8 * (5 * 4 + 3 * 5)
    assert found.parameters == parameters
    assert found.optimizer == 2 * parameters
    assert found.data == 8 * (4 * 16 + 3 * 16 + 1)
    assert found.gradients == parameters + 8
    assert found.training > found.prediction
    assert 0 <= found.rest < 0.1 * found.training


def test_what_is_saved_and_by_whom():
    kept = {s.name: s for s in memory(parse(CHAPTER)).saved}
    assert kept["H"].bytes == 8 * 5 * 16
    assert set(kept["H"].by) == {"tanh:H", "matmul:O"}
    assert kept["X"].by == ("matmul:Z",)
    assert kept["X"].bytes == 0
    assert "Z" not in kept
    assert "O" not in kept


def test_prediction_frees_what_training_keeps():
    found = memory(parse(CHAPTER))
    names = {b.name: b for b in found.training.buffers}
    read = [i for i, m in enumerate(found.training.moments) if m.phase == "backward"]
    assert names["H"].last >= read[0]
    forward = {b.name: b for b in found.prediction.buffers}
    assert forward["Z"].last < len(found.prediction.moments) - 1
    assert [m.operator for m in found.prediction.moments] == ["matmul", "tanh", "matmul"]


@pytest.mark.parametrize("program", [CHAPTER, DEEP], ids=["chapter", "deep"])
def test_a_timeline_is_consistent(program):
    found = memory(parse(program)).training
    assert found.planned_bytes >= found.peak_bytes
    for step, moment in enumerate(found.moments):
        live = sum(b.bytes for b in found.live(step))
        assert live + moment.workspace_bytes == moment.live_bytes
        assert {b.name for b in found.freed(step)} <= {b.name for b in found.live(step)}
    assert {b.kind for b in found.live(len(found.moments) - 1)} >= {"result"}


def test_the_peak_is_no_more_than_that_of_the_compiled_training_function():
    graph = parse(DEEP)
    assert timeline(training_pass(graph)).planned_bytes <= plan(graph, keep="training").peak_bytes


@pytest.mark.parametrize("size", ["n", "layers"])
def test_training_memory_is_linear_in_the_batch_and_in_the_layers(size):
    points = curve(parse(DEEP), size, [10, 20, 30, 40])
    kept = [p.activations for p in points]
    assert len(set(np.diff(kept))) == 1
    assert kept[1] > kept[0]
    assert all(p.training > p.prediction for p in points)


def test_prediction_memory_does_not_grow_with_depth():
    points = curve(parse(DEEP), "layers", [5, 10, 50])
    assert points[0].prediction == points[1].prediction == points[2].prediction


def test_the_chapters_network_in_symbols():
    found = symbolic(parse(CHAPTER))
    assert found.parameters.latex == "d h + h q"
    assert found.gradients.latex == "d h + h q"
    assert found.saved.latex == "h n + n q"
    assert [p.latex for p in found.shapes["W1"]] == ["h", "d"]
    bytes_now = memory(parse(CHAPTER))
    assert 8 * found.saved.at(found.sizes) == sum(s.bytes for s in bytes_now.saved)
    leaves = bytes_now.footprint.parameters + bytes_now.footprint.data
    assert 8 * found.training.at(found.sizes) == leaves + bytes_now.training.peak_bytes
    assert 8 * found.prediction.at(found.sizes) == bytes_now.footprint.prediction


@pytest.mark.parametrize("make", [training_pass, prediction_pass], ids=["training", "prediction"])
def test_the_planned_peak_is_what_a_run_allocates(make):
    found = measure(make(resized(parse(CHAPTER), {"n": 3000, "h": 200})))
    assert found.planned > 4_000_000
    assert found.measured == pytest.approx(found.planned, rel=0.1)
    declared = measure(make(parse("x: input[300]\nW: parameter[300, 300]\nJ = sum((W @ x) ** 2)")))
    assert declared.measured < declared.planned + 300 * 300 * 8 / 2


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("d", "h", "q", "n"), [(4, 5, 3, 6), (4, 5, 1000, 6), (10, 7, 2, 3), (32, 16, 8, 64)])
def test_the_chapters_prediction_by_hand(d: int, h: int, q: int, n: int, dtype: str) -> None:
    """W1 and W2, X, and H and O at the moment when O is computed: no Y, no L, no lambda."""
    program = CHAPTER.replace("n, d, h, q = 16, 4, 5, 3", f"n, d, h, q = {n}, {d}, {h}, {q}")
    found = memory(parse(program), dtype=dtype).footprint
    width = 8 if dtype == "float64" else 4
    assert found.prediction_parameters == width * (h * d + q * h)
    assert found.prediction_data == width * d * n
    assert found.prediction_activations == width * (h * n + q * n)
    assert found.prediction == width * (h * d + q * h + d * n + h * n + q * n)


def test_the_parts_add_up_to_both_totals() -> None:
    for program in (CHAPTER, DEEP):
        found = memory(parse(program), rule=optim.Adam()).footprint
        parts = found.parameters + found.data + found.optimizer + found.gradients + found.activations
        assert parts + found.intermediate_gradients + found.workspace + found.rest == found.training
        assert found.activations > 0
        assert found.rest >= 0
        held = found.prediction_parameters + found.prediction_data + found.prediction_activations
        assert held + found.prediction_workspace == found.prediction


def test_another_output_is_another_prediction() -> None:
    found = memory(parse(CHAPTER), output="H").footprint
    assert found.prediction == 8 * (5 * 4 + 4 * 16 + 5 * 16)


def test_formulas_hold_at_one_example() -> None:
    graph = parse(CHAPTER.replace("n, d, h, q = 16", "n, d, h, q = 1"))
    found = symbolic(graph)
    assert found.sizes["n"] == 1
    for name in ("parameters", "data", "saved", "prediction"):
        assert getattr(found, name).at(found.sizes) == found.counts[name]
    assert found.counts["saved"] == sum(s.bytes for s in memory(graph).saved) // 8


def test_depth_is_a_symbol() -> None:
    graph = parse(DEEP)
    found = symbolic(graph)
    assert found.sizes == {"n": 32, "d": 8, "layers": 10}
    for layers in (1, 3, 10, 25):
        other = resized(graph, {"layers": layers})
        kept = sum(s.bytes for s in memory(other).saved) // 8
        assert found.saved.at({**found.sizes, "layers": layers}) == kept == (layers + 1) * 32 * 8
