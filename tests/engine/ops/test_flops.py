"""One counting rule: an elementwise operation is one FLOP a number, equal work counts equally. By hand."""

from __future__ import annotations

import pytest

import tidegraph

N = 12


@pytest.mark.parametrize(
    ("expression", "flops"),
    [
        ("x + y", N),
        ("x * y", N),
        ("x / y", N),
        ("-x", N),
        ("x * x", N),
        ("x ** 2", N),
        ("square(x)", N),
        ("x ** 3", 2 * N),
        ("x * x * x", 2 * N),
        ("x ** 4", 2 * N),
        ("x ** -1", N),
        ("1 / x", N),
        ("reciprocal(x)", N),
        ("x ** 0.5", 4 * N),
        ("sqrt(x)", 4 * N),
        ("exp(x)", 10 * N),
        ("log(x)", 10 * N),
        ("tanh(x)", 10 * N),
        ("sigmoid(x)", 13 * N),  # a negative, an exponential of 10, a sum, a reciprocal
        ("relu(x)", N),
        ("maximum(x, y)", N),
        ("sum(x)", N),
        ("sum(x ** 2)", 2 * N),
        ("sum(x * x)", 2 * N),
        ("x[0] @ x[1]", 2 * 4),
        ("x @ y.T", 2 * 3 * 4 * 3),
        ("norm(x)", 2 * N + 4),
        ("sqrt(sum(x ** 2))", 2 * N + 4),
        ("x.T", 0),
        ("reshape(x, (4, 3))", 0),
        ("squared_error(x, y)", N + N + N + 1),  # differences, squares, their sum, a half
        ("conv2d(reshape(x, (1, 1, 3, 4)), reshape(y[:2, :2], (1, 1, 2, 2)))", 2 * (2 * 3) * 4),
    ],
)
def test_the_cost_of_an_expression_by_hand(expression: str, flops: int) -> None:
    graph = tidegraph.parse(f"x: input[3, 4]\ny: input[3, 4]\nz = {expression}")
    assert sum(o.op.flops(o) for o in graph.operators) == flops


def test_the_chapters_network_by_hand() -> None:
    d, h, q, n = 4, 5, 3, 6
    program = f"""
X: input[{d}, {n}]
Y: target[{q}, {n}]
W1: parameter[{h}, {d}]
W2: parameter[{q}, {h}]
lam = 0.1
Z = W1 @ X
H = relu(Z)
O = W2 @ H
L = squared_error(O, Y)
s = lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))
J = L + s
"""
    forward = 2 * h * d * n + h * n + 2 * q * h * n + (3 * q * n + 1)
    penalty = 2 * (h * d + q * h) + 1 + 1 + 1
    graph = tidegraph.parse(program)
    assert tidegraph.plan(graph, keep="prediction").flops == forward + penalty + 1
