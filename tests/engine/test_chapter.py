"""The chapter's equations as tests: forward propagation, backpropagation and every gradient in closed form.

"Forward Propagation, Backward Propagation, and Computational Graphs": z = W1 x, h = phi(z), o = W2 h, L = l(o, y),
s = lambda / 2 (|W1|^2 + |W2|^2), J = L + s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tidegraph

Array = Any

CHAPTER = """
x:  input[{d}]
y:  target[{q}]
W1: parameter[{h}, {d}]
W2: parameter[{q}, {h}]
lam = {lam}

def l2(W1, W2, lam):
    return lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))

z = W1 @ x
h = {phi}(z)
o = W2 @ h
L = {loss}(o, y)
s = l2(W1, W2, lam)
J = L + s
"""

BATCHED = """
X:  input[{d}, {n}]
Y:  target[{q}, {n}]
W1: parameter[{h}, {d}]
W2: parameter[{q}, {h}]
b1: parameter[{h}, 1]
lam = {lam}

Z = W1 @ X + b1
H = {phi}(Z)
O = W2 @ H
L = squared_error(O, Y) / {n}
s = lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))
J = L + s
"""

ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "identity": (lambda z: z, np.ones_like),
}

SIZES = [(4, 5, 3), (1, 1, 1), (2, 7, 1), (32, 64, 10)]
LAMBDAS = [0.0, 0.1, 3.0]

sizes = pytest.mark.parametrize(("d", "h", "q"), SIZES)
activations = pytest.mark.parametrize("phi", ACTIVATIONS)
lambdas = pytest.mark.parametrize("lam", LAMBDAS)


def close(actual: Array, wanted: Array) -> None:
    """Equal to 1e-12, relative to the largest number."""
    wanted = np.asarray(wanted)
    assert actual.shape == wanted.shape
    scale = max(float(np.abs(wanted).max(initial=0)), 1.0)
    np.testing.assert_allclose(actual, wanted, rtol=1e-12, atol=1e-12 * scale)


def draws(**shapes: tuple[int, ...]) -> dict[str, Array]:
    random = np.random.default_rng(0)
    return {name: random.normal(size=shape) for name, shape in shapes.items()}


@sizes
@activations
@lambdas
def test_every_gradient_has_the_closed_form_of_the_text(d: int, h: int, q: int, phi: str, lam: float) -> None:
    given = draws(x=(d,), y=(q,), W1=(h, d), W2=(q, h))
    x, y, w1, w2 = given.values()
    function, slope = ACTIVATIONS[phi]
    graph = tidegraph.parse(CHAPTER.format(d=d, h=h, q=q, phi=phi, lam=lam, loss="squared_error"))
    values, gradients = tidegraph.value_and_grad(graph, target="J")(given)

    z = w1 @ x
    hidden = function(z)
    o = w2 @ hidden
    loss = np.sum((o - y) ** 2) / 2
    s = lam / 2 * (np.sum(w1**2) + np.sum(w2**2))
    for name, wanted in {"z": z, "h": hidden, "o": o, "L": loss, "s": s, "J": loss + s}.items():
        close(values[name], wanted)

    dj_do = o - y
    dj_dh = w2.T @ dj_do
    dj_dz = dj_dh * slope(z)
    closed = {
        "J": 1.0,
        "L": 1.0,
        "s": 1.0,
        "o": dj_do,
        "y": -dj_do,
        "h": dj_dh,
        "z": dj_dz,
        "x": w1.T @ dj_dz,
        "W2": np.outer(dj_do, hidden) + lam * w2,
        "W1": np.outer(dj_dz, x) + lam * w1,
        "lam": (np.sum(w1**2) + np.sum(w2**2)) / 2,
    }
    for name, wanted in closed.items():
        close(gradients[name], wanted)


@sizes
@lambdas
def test_the_regularization_term_by_itself(d: int, h: int, q: int, lam: float) -> None:
    given = draws(x=(d,), y=(q,), W1=(h, d), W2=(q, h))
    graph = tidegraph.parse(CHAPTER.format(d=d, h=h, q=q, phi="relu", lam=lam, loss="squared_error"))
    _, gradients = tidegraph.value_and_grad(graph, target="s")(given)
    close(gradients["W1"], lam * given["W1"])
    close(gradients["W2"], lam * given["W2"])


@pytest.mark.parametrize("n", [1, 2, 32])
@activations
@lambdas
def test_a_batch_and_a_bias(n: int, phi: str, lam: float) -> None:
    """The chapter's second exercise: a bias in the hidden layer, not regularized; here for a minibatch."""
    d, h, q = 4, 6, 3
    given = draws(X=(d, n), Y=(q, n), W1=(h, d), W2=(q, h), b1=(h, 1))
    x, y, w1, w2, b1 = given.values()
    function, slope = ACTIVATIONS[phi]
    graph = tidegraph.parse(BATCHED.format(d=d, h=h, q=q, n=n, phi=phi, lam=lam))
    values, gradients = tidegraph.value_and_grad(graph)(given)

    z = w1 @ x + b1
    hidden = function(z)
    dj_do = (w2 @ hidden - y) / n
    dj_dz = w2.T @ dj_do * slope(z)
    close(values["J"], np.sum((w2 @ hidden - y) ** 2) / 2 / n + lam / 2 * (np.sum(w1**2) + np.sum(w2**2)))
    close(gradients["O"], dj_do)
    close(gradients["W2"], dj_do @ hidden.T + lam * w2)
    close(gradients["Z"], dj_dz)
    close(gradients["b1"], dj_dz.sum(axis=1, keepdims=True))
    close(gradients["W1"], dj_dz @ x.T + lam * w1)


@sizes
def test_the_gradient_of_cross_entropy_is_softmax_minus_target(d: int, h: int, q: int) -> None:
    given = draws(x=(d,), W1=(h, d), W2=(q, h))
    given["y"] = np.random.default_rng(1).dirichlet(np.ones(q))
    graph = tidegraph.parse(CHAPTER.format(d=d, h=h, q=q, phi="tanh", lam=0.1, loss="cross_entropy"))
    values, gradients = tidegraph.value_and_grad(graph)(given)
    exponentials = np.exp(values["o"] - values["o"].max())
    close(gradients["o"], exponentials / exponentials.sum() - given["y"])


def test_the_gradient_of_a_scalar_has_the_shape_of_what_it_belongs_to() -> None:
    """The chapter's first exercise: for an n by m matrix X, the gradient is n by m."""
    graph = tidegraph.parse("X: input[3, 2]\nf = sum(X ** 3)")
    _, gradients = tidegraph.value_and_grad(graph)(X=np.arange(6.0).reshape(3, 2))
    close(gradients["X"], 3 * np.arange(6.0).reshape(3, 2) ** 2)


def test_training_needs_more_memory_than_prediction() -> None:
    """The chapter's third exercise: what is saved for backward grows with layers and batch size."""
    graph = tidegraph.parse(BATCHED.format(d=64, h=64, q=64, n=256, phi="tanh", lam=0.1))
    training = tidegraph.plan(graph, keep="training")
    prediction = tidegraph.plan(graph, keep="prediction")
    assert training.peak_bytes > prediction.peak_bytes


def test_second_derivatives_are_a_larger_graph() -> None:
    """The chapter's fourth exercise."""
    graph = tidegraph.parse(CHAPTER.format(d=4, h=5, q=3, phi="tanh", lam=0.1, loss="squared_error"))
    first = tidegraph.grad(graph, "J", ["W1", "W2"])
    second = tidegraph.hvp(graph, "J", ["W1", "W2"])
    assert len(first.operators) < len(second.operators)


def test_the_gradient_graph_is_minimal() -> None:
    """dJ/dW1 and dJ/dW2 need what a person would write by hand, and nothing else."""
    graph = tidegraph.parse(CHAPTER.format(d=4, h=5, q=3, phi="relu", lam=0.1, loss="squared_error"))
    derived = tidegraph.grad(graph, "J", ["W1", "W2"])
    own = set(graph.operators)
    forward = sorted(o.op.name for o in derived.operators if o in own)
    backward = sorted(o.op.name for o in derived.operators if o not in own)
    assert forward == ["matmul", "matmul", "relu", "subtract"]
    by_hand = [
        *("outer", "multiply", "add"),  # dJ/do h^T + lambda W2
        *("transpose", "matmul"),  # W2^T dJ/do
        *("greater", "multiply"),  # dJ/dh * phi'(z)
        *("outer", "multiply", "add"),  # dJ/dz x^T + lambda W1
    ]
    assert backward == sorted(by_hand)


def test_small_numbers_by_hand() -> None:
    program = "a: parameter = -4.0\nb: parameter = 2.0\nc = a * b\nJ = c ** 2 + a"
    values, gradients = tidegraph.value_and_grad(tidegraph.parse(program))()
    assert (values["J"], gradients["a"], gradients["b"], gradients["c"]) == (60.0, -31.0, 64.0, -16.0)
