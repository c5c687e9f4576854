"""One counting rule: an elementwise operation is one FLOP a number, equal work counts equally. By hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import tidegraph
from tidegraph.app import examples
from tidegraph.engine.analysis.memory import training_pass

N = 12
EXP = LOG = 10
ROOT = 4
ERF = 40

MOVES = ["broadcast_to", "concatenate", "gather", "getitem", "identity", "put", "reshape", "transpose"]
"""Operators that move numbers."""

ONE = ["add", "divide", "greater", "multiply", "neg", "outer", "relu", "subtract", "where"]
"""Operators with one operation for each element of their result."""

BY_HAND: dict[str, Callable[[Any, Any, dict[str, Any]], int]] = (
    {
        "convolution": lambda y, i, how: 2 * y.size * i[1].size // i[1].shape[0],
        "convolution_kernel": lambda y, i, how: 2 * i[1].size * y.size // y.shape[0],
        "dropout": lambda y, i, how: 2 * y.size,  # a factor of 0 or 1, and 1 / (1 - p)
        "erfc": lambda y, i, how: ERF * y.size,
        "exp": lambda y, i, how: EXP * y.size,
        "log": lambda y, i, how: LOG * y.size,
        "log_softmax": lambda y, i, how: (1 + 1 + EXP + 1 + 1) * y.size + LOG * y.size // y.shape[how["axis"]],
        "matmul": lambda y, i, how: 2 * i[0].shape[-1] * y.size,
        "max_pool_index": lambda y, i, how: how["kernel_size"][0] * how["kernel_size"][1] * y.size,
        "mean": lambda y, i, how: i[0].size + y.size,
        "power": lambda y, i, how: y.size * {2: 1, 3: 2}[i[1].literal],
        "scatter_add": lambda y, i, how: i[2].size,
        "sigmoid": lambda y, i, how: (1 + EXP + 1 + 1) * y.size,
        "softmax": lambda y, i, how: (1 + 1 + EXP + 1 + 1) * y.size,
        # max(x, 0) + log(1 + exp(-|x - 0|)), and x itself where it is above the threshold
        "softplus": lambda y, i, how: (1 + 1 + LOG + 1 + EXP + 1 + 1 + 2) * y.size,
        "sqrt": lambda y, i, how: ROOT * y.size,
        "sum": lambda y, i, how: i[0].size,
        "sum_to": lambda y, i, how: i[0].size,
        "tanh": lambda y, i, how: EXP * y.size,
    }
    | dict.fromkeys(MOVES, lambda y, i, how: 0)
    | dict.fromkeys(ONE, lambda y, i, how: y.size)
)


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
        ("mean(x)", N + 1),
        ("sum(x) / 12", N + 1),
        ("softmax(x)", 14 * N),  # a maximum, a difference, an exponential of 10, a sum, a division
        ("exp(x - y) / sum(exp(x - y), axis=1, keepdims=True)", (2 * 11 + 1 + 1) * N),
        ("log_softmax(x)", 14 * N + 10 * 3),  # a logarithm a row, a difference in place of the division
        ("logsumexp(x)", 13 * N + 10 + 1),
        ("softplus(x)", 27 * N),
        ("logsigmoid(x)", 27 * N),
        ("logaddexp(x, y)", 25 * N),
        ("elu(x)", 14 * N),
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


@pytest.mark.parametrize("name", examples.load())
def test_every_operator_of_the_gallery_by_hand(name: str) -> None:
    """Forward and, where the program trains, backward; a new example with another operator needs its formula here."""
    graph = tidegraph.parse(examples.load()[name].program)
    operators = list(graph.operators)
    if graph.leaves("parameter"):
        operators += training_pass(graph).plan.operators
    for operator in operators:
        result = operator.outputs[0]
        expected = BY_HAND[operator.op.name](result, operator.inputs, dict(operator.attributes))
        assert operator.op.flops(operator) == expected, operator.op.name
