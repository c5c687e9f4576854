"""Memory from the plan: the chapter's network by hand, curves, symbols, and the plan against a measured run."""

import itertools

import numpy as np
import pytest

from tidegraph import optim, parse, plan
from tidegraph.engine.analysis.memory import (
    counted,
    curve,
    measure,
    memory,
    prediction_pass,
    symbolic,
    timeline,
    training_pass,
)
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


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("d", "h", "q", "n"), [(4, 5, 3, 6), (4, 5, 1000, 6), (10, 7, 2, 3), (32, 16, 8, 64)])
def test_the_chapters_training_by_hand(d: int, h: int, q: int, n: int, dtype: str) -> None:
    """Declared variables, J, and the largest of three steps: W2's gradient, H's, and W1's."""
    program = CHAPTER.replace("n, d, h, q = 16, 4, 5, 3", f"n, d, h, q = {n}, {d}, {h}, {q}").replace("tanh", "relu")
    found = memory(parse(program), dtype=dtype)
    width = 8 if dtype == "float64" else 4
    declared = (h * d + q * h) + (d * n + q * n + 1)
    # lambda W2 and the product O' H^T beside Z, H and the loss's difference
    first = h * n + h * n + q * n + 2 * q * h
    # dJ/dW2 is done; lambda W1 and the gradient of H beside Z and the difference
    second = h * n + q * n + q * h + h * d + h * n
    # dJ/dW2, lambda W1, dJ/dZ, the product Z' X^T
    third = q * h + 2 * h * d + h * n
    assert found.training.peak_bytes == width * (1 + max(first, second, third))
    footprint = found.footprint
    assert footprint.training == width * declared + found.training.planned_bytes
    assert 0 <= footprint.rest <= 64  # what aligning arrays leaves between them
    assert footprint.gradients == width * (h * d + q * h + 1)
    assert [(s.name, s.bytes) for s in found.saved if s.bytes] == [
        ("Z", width * h * n),
        ("H", width * h * n),
        ("squared_error.subtract", width * q * n),
    ]
    products = 2 * h * d * n + 2 * q * h * n
    penalty = 2 * (h * d + q * h) + 1 + 1 + 1  # squares and their sums, the sum of both, lambda / 2 and its product
    forward = products + h * n + (3 * q * n + 1) + penalty + 1
    to_w2 = 2 * q * n * h + q * h + q * h  # a product, lambda W2, their sum
    to_w1 = 2 * h * q * n + 2 * h * n + 2 * h * n * d + h * d + h * d  # through W2, the mask, then as for W2
    assert found.training.flops == forward + to_w2 + to_w1


CONVOLUTION = """
image: input[1, 1, 6, 6]
y: target[1, 2]
K: parameter[2, 1, 3, 3]
W: parameter[2, 8]
c = conv2d(image, K)
a = relu(c)
p = max_pool2d(a, kernel_size=2)
f = reshape(p, (1, 8))
o = f @ W.T
J = cross_entropy(o, y)
"""
RECURRENT = """
steps, d, m = 6, 2, 3
X: input[steps, d]
y: target[m]
Wx: parameter[m, d]
Wh: parameter[m, m]
b: parameter[m]
h = zeros(m)
for t in range(steps):
    h = tanh(Wx @ X[t] + Wh @ h + b)
J = squared_error(h, y)
"""
ATTENTION = """
n, d, k = 4, 3, 2
X: input[n, d]
y: target[n, k]
Wq: parameter[d, k]
Wk: parameter[d, k]
Wv: parameter[d, k]
N = layer_norm(X)
Q = N @ Wq
K = N @ Wk
V = N @ Wv
A = softmax(Q @ K.T / sqrt(k))
O = A @ V
J = mse_loss(O, y)
"""


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_convolution_and_pooling_by_hand(dtype: str) -> None:
    found = memory(parse(CONVOLUTION), dtype=dtype)
    width, index = (8 if dtype == "float64" else 4), 8
    image, kernels, weights, maps, pooled, classes = 6 * 6, 2 * 3 * 3, 2 * 8, 2 * 4 * 4, 2 * 2 * 2, 2
    footprint = found.footprint
    assert footprint.parameters == width * (kernels + weights)
    assert footprint.data == width * (image + classes)
    assert footprint.gradients == width * (kernels + weights + 1)
    # c for relu, where each window has its largest element, what pooling made, and log-softmax
    assert {s.buffer: s.bytes for s in found.saved if s.bytes} == {
        "c": width * maps,
        "max_pool2d.max_pool_index": index * pooled,
        "max_pool2d.gather": width * pooled,
        "cross_entropy.log_softmax": width * classes,
    }
    # the most while c is computed: the image's 16 windows of 9 numbers beside it
    assert footprint.prediction == width * (kernels + weights + image + maps + 16 * 9)
    pooling, product = 4 * pooled, 2 * pooled * classes
    loss = (14 * classes + 10) + classes + classes + 1 + (1 + 1)
    forward = 2 * 9 * maps + maps + pooling + product + loss
    # y' of the loss: a sign, an exponential, a sum, a product, a difference; then both factors of the product,
    # an addition for each window, a comparison and a product for relu, and the kernels
    backward = (2 + 20 + 2 + 2 + 2) + 2 * product + pooled + 2 * maps + 2 * 9 * maps
    assert (forward, forward + backward) == (717, found.training.flops)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_recurrent_network_of_six_steps_by_hand(dtype: str) -> None:
    found = memory(parse(RECURRENT), dtype=dtype)
    width, steps, d, m = (8 if dtype == "float64" else 4), 6, 2, 3
    parameters = m * d + m * m + m
    assert found.footprint.parameters == width * parameters
    assert found.footprint.data == width * (steps * d + m + m)  # X, y and the first state
    assert found.footprint.gradients == width * (parameters + 1)
    assert sum(s.bytes for s in found.saved) == width * (steps * m + m)  # every state, and the loss's difference
    # without y: a state and the two products that the next is made of, however many steps there are
    assert found.footprint.prediction == width * (parameters + steps * d + m + 3 * m)
    step = 2 * m * d + 2 * m * m + 2 * m + 10 * m
    forward = steps * step + (3 * m + 1)
    # at each step the derivative of tanh; from the second on a way back through Wh; outer products and their sums
    backward = steps * 3 * m + (steps - 1) * 2 * m * m
    backward += steps * (m * m + m * d) + (steps - 1) * (m * m + m * d + m)
    assert (forward, forward + backward) == (406, found.training.flops)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_attention_with_layer_norm_by_hand(dtype: str) -> None:
    found = memory(parse(ATTENTION), dtype=dtype)
    width, n, d, k = (8 if dtype == "float64" else 4), 4, 3, 2
    footprint = found.footprint
    assert footprint.parameters == width * 3 * d * k
    assert footprint.data == width * (n * d + n * k + 1)  # k is a number that sqrt reads
    assert footprint.gradients == width * (3 * d * k + 1)
    kept = {s.name: s.bytes for s in found.saved if s.bytes}
    rows = {"N": n * d, "Q": n * k, "K": n * k, "V": n * k, "A": n * n, "mse_loss.subtract": n * k, "sqrt": 1}
    assert kept == {name: width * count for name, count in rows.items()}
    # V, the scores, A, and a number a row while softmax is computed
    assert footprint.prediction == width * (3 * d * k + n * d + 1 + n * k + 2 * n * n + n)
    norm = (n * d + n) + n * d + n * d + (n * d + n) + n + 4 * n + n * d
    scores = 2 * n * k * n + 4 + n * n
    forward = norm + 3 * 2 * n * d * k + scores + 14 * n * n + 2 * n * n * k + (2 * n * k + n * k + 1)
    # the loss; A' and V'; softmax's two products, sum and difference; the scores' division; Q' and K'; three weights
    backward = n * k + 2 * (2 * n * n * k) + 4 * n * n + n * n + 2 * (2 * n * n * k) + 3 * (2 * n * d * k)
    assert (forward, forward + backward) == (629, found.training.flops)


def test_the_memory_of_a_recurrent_prediction_does_not_grow_with_its_steps() -> None:
    few, many = (memory(resized(parse(RECURRENT), {"steps": steps})).footprint for steps in (6, 60))
    assert few.prediction_activations == many.prediction_activations


def test_softmax_regression_holds_no_target_for_a_prediction() -> None:
    program = (
        "n, d, k = 4, 2, 1000\nX: input[n, d]\ny: target[n, k]\nW: parameter[d, k]\nO = X @ W\nJ = cross_entropy(O, y)"
    )
    assert memory(parse(program)).footprint.prediction == 8 * (2 * 1000 + 4 * 2 + 4 * 1000) == 48_064


def test_a_peak_that_moves_is_the_largest_of_several() -> None:
    found = symbolic(parse(CHAPTER))
    assert found.training.latex.endswith(r"\max(h q + n q, d h + h n + n q, 2 d h)")
    for sizes in ({"n": 1}, {"n": 2}, {"n": 100}, {"q": 50}, {"d": 60}):
        graph = resized(parse(CHAPTER), sizes)
        made = memory(graph)
        here = {**found.sizes, **sizes}
        declared = made.footprint.parameters + made.footprint.data
        assert 8 * found.training.at(here) == declared + made.training.peak_bytes
    assert found.everywhere["training"]


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


WIDE = "m, n = 8, 6\nX: input[m, n]\n" + "".join(f"W{i}: parameter[m, m]\n" for i in range(6)) + "H0 = X\n"
WIDE += "".join(f"H{i + 1} = tanh(W{i} @ H{i})\n" for i in range(6)) + "J = sum(H6 ** 2)"


@pytest.mark.parametrize("program", [ATTENTION, WIDE], ids=["attention", "wide"])
def test_a_formula_states_the_sizes_at_which_its_step_is_the_peak(program: str) -> None:
    graph = parse(program)
    found = symbolic(graph)
    assert found.conditions["training"]
    assert found.everywhere["training"]
    for other in itertools.product((1, 3, 20), repeat=len(found.sizes)):
        sizes = dict(zip(found.sizes, other, strict=True))
        count = counted(resized(graph, sizes), None, None)["training"]
        assert (found.training.at(sizes) == count) or not found.holds("training", sizes)
        assert found.training.at(sizes) <= count


def test_layers_of_one_array_need_little_for_its_gradient_at_every_width() -> None:
    deep = "m = {m}\nx: input[m]\nW: parameter[10, m, m]\nfor i in range(10):\n    x = relu(W[i] @ x)\nJ = sum(x ** 2)"
    for m in (6, 80):
        assert counted(parse(deep.format(m=m)), None, None)["training"] < 40 * m * m
