"""The misconception table: every mistake on three graphs, against wrong answers worked out in NumPy alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tidegraph.engine.language.parser import parse
from tidegraph.engine.messages.catalogue import has
from tidegraph.engine.teaching.answers import judge
from tidegraph.engine.teaching.exercise import Exercise
from tidegraph.engine.teaching.misconceptions import CODES

NETWORK = """
x: input[3] = [1, 2, -1]
y: target[2] = [1, -1]
W1: parameter[2, 3] = [[0.5, -1, 2], [1, 1, 0.5]]
W2: parameter[2, 2] = [[1, 3], [0.5, -2]]
b: parameter[2] = [0.5, -0.25]
lam = 0.1
z = W1 @ x
h = tanh(z)
o = W2 @ h + b
e = o - y
L = sum(e ** 2) / 2
s = lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))
J = L + s
"""

REGRESSION = """
X: input[4, 2] = [[1, 2], [0, -1], [3, 1], [-2, 0.5]]
y: target[4] = [1, 0, 2, -1]
w: parameter[2] = [0.5, -1]
c: parameter = 0.25
p = X @ w + c
d = p - y
M = mean(d ** 2)
R = 0.5 * sum(w ** 2)
J = M + R
"""

LAYERS = """
X: input[2, 2] = [[1, -1], [2, 0.5]]
T: target[2, 2] = [[0.5, 1], [0, 2]]
A: parameter[2, 2] = [[1, 2], [0.5, -1]]
B: parameter[2, 2] = [[3, -1], [1, 0.5]]
v: parameter[2] = [0.5, 2]
H = sigmoid(X @ A)
O = H @ B + v
E = O - T
Q = sum(E ** 2)
P = 0.2 * (sum(A ** 2) + sum(B ** 2))
J = Q + P
"""

x, y = np.array([1, 2, -1.0]), np.array([1, -1.0])
W1, W2 = np.array([[0.5, -1, 2], [1, 1, 0.5]]), np.array([[1, 3], [0.5, -2.0]])
b, lam = np.array([0.5, -0.25]), 0.1
z = W1 @ x
h = np.tanh(z)
o = W2 @ h + b
e = o - y
L, s = e @ e / 2, lam / 2 * ((W1**2).sum() + (W2**2).sum())
gh = W2.T @ e
gz = gh * (1 - h**2)

X, t = np.array([[1, 2], [0, -1], [3, 1], [-2, 0.5]]), np.array([1, 0, 2, -1.0])
w, c = np.array([0.5, -1.0]), 0.25
p = X @ w + c
d = p - t
M, R = (d**2).mean(), 0.5 * (w**2).sum()
gp = 2 * d / 4

XX, T = np.array([[1, -1], [2, 0.5]]), np.array([[0.5, 1], [0, 2.0]])
A, B = np.array([[1, 2], [0.5, -1]]), np.array([[3, -1], [1, 0.5]])
v = np.array([0.5, 2.0])
H = 1 / (1 + np.exp(-XX @ A))
O = H @ B + v  # noqa: E741
E = O - T
Q, P = (E**2).sum(), 0.2 * ((A**2).sum() + (B**2).sum())
gO = 2 * E
gZ = gO @ B.T * H * (1 - H)

TABLE: list[tuple[str, str, str, Any]] = [
    ("path-forgotten", NETWORK, "gradient of W1", lam * W1),
    ("path-forgotten", REGRESSION, "gradient of w", w),
    ("path-forgotten", LAYERS, "gradient of A", 0.4 * A),
    ("local-derivative-left-out", NETWORK, "gradient of z", gh),
    ("local-derivative-left-out", REGRESSION, "gradient of d", np.full(4, 0.25)),
    ("local-derivative-left-out", LAYERS, "gradient of A[0, 1]", (XX.T @ (gO @ B.T) + 0.4 * A)[0, 1]),
    ("product-not-transposed", NETWORK, "gradient of h", W2 @ e),
    ("product-not-transposed", REGRESSION, "gradient of X", np.outer(w, gp)),
    ("product-not-transposed", LAYERS, "gradient of H", gO @ B),
    ("product-not-transposed", LAYERS, "gradient of B", H @ gO + 0.4 * B),
    ("product-not-transposed", NETWORK, "gradient of W1", np.outer(x, gz)),
    ("regulariser-dropped", NETWORK, "gradient of W1", np.outer(gz, x)),
    ("regulariser-dropped", REGRESSION, "value of J", M),
    ("regulariser-dropped", LAYERS, "gradient of B", H.T @ gO),
    ("bias-in-penalty", NETWORK, "gradient of b", e + lam * b),
    ("bias-in-penalty", REGRESSION, "value of J", M + R + 0.5 * c**2),
    ("bias-in-penalty", LAYERS, "value of P", P + 0.2 * (v**2).sum()),
    ("mean-for-sum", NETWORK, "value of L", L / 2),
    ("mean-for-sum", REGRESSION, "value of R", R / 2),
    ("mean-for-sum", LAYERS, "gradient of v", (gO / 4).sum(0)),
    ("sum-for-mean", REGRESSION, "value of M", 4 * M),
    ("sum-for-mean", REGRESSION, "gradient of c", 4 * gp.sum()),
    ("sum-for-mean", "a: input[3] = [1, 2, 6]\nm = mean(a)\nJ = m ** 2", "gradient of a[1]", 2 * 9),
    ("error-sign-flipped", NETWORK, "gradient of o", -e),
    ("error-sign-flipped", REGRESSION, "gradient of w", -X.T @ gp + w),
    ("error-sign-flipped", LAYERS, "value of E", T - O),
    ("value-for-gradient", NETWORK, "gradient of W2", W2),
    ("value-for-gradient", REGRESSION, "gradient of p", p),
    ("value-for-gradient", LAYERS, "gradient of A[1, 1]", A[1, 1]),
    ("gradient-for-value", NETWORK, "value of h", gh),
    ("gradient-for-value", REGRESSION, "value of p", gp),
    ("gradient-for-value", LAYERS, "value of O", gO),
    ("factor-of-square-forgotten", NETWORK, "gradient of e", e / 2),
    ("factor-of-square-forgotten", REGRESSION, "gradient of c", (gp / 2).sum()),
    ("factor-of-square-forgotten", LAYERS, "gradient of O", E),
    ("sign-flipped", NETWORK, "value of L", -L),
    ("sign-flipped", REGRESSION, "value of M", -M),
    ("sign-flipped", LAYERS, "gradient of A", -(XX.T @ gZ + 0.4 * A)),
    ("another-entry", NETWORK, "value of W1[1, 2]", W1[0, 1]),
    ("another-entry", REGRESSION, "gradient of w[1]", (X.T @ gp + w)[0]),
    ("another-entry", LAYERS, "gradient of B[0, 1]", (H.T @ gO + 0.4 * B)[1, 0]),
    ("shape-transposed", NETWORK, "shape of gradient W1", "[3, 2]"),
    ("shape-transposed", REGRESSION, "shape of X", "2x4"),
    ("shape-transposed", "V: parameter[2, 5]\nJ = sum(V)", "shape of V", [5, 2]),
    ("shape-flat", NETWORK, "shape of gradient W1", "6"),
    ("shape-flat", REGRESSION, "shape of X", [8]),
    ("shape-flat", LAYERS, "shape of gradient A", "(4,)"),
    ("shape-of-row-or-column", NETWORK, "shape of gradient b", "[2, 1]"),
    ("shape-of-row-or-column", REGRESSION, "shape of p", "1x4"),
    ("shape-of-row-or-column", LAYERS, "shape of J", "[1]"),
    ("another-shape", NETWORK, "formula of gradient b\nchoice: gradient(o)\nchoice: outer(gradient(o), x)", "2"),
    ("another-shape", REGRESSION, "formula of gradient c\nchoice: sum(gradient(p))\nchoice: gradient(p)", "2"),
    ("another-shape", LAYERS, "formula of gradient v\nchoice: sum(gradient(O), axis=0)\nchoice: H", "2"),
    ("shape-before-sum", REGRESSION, "shape of gradient c", "4"),
    ("shape-before-sum", LAYERS, "shape of gradient v", "2 x 2"),
    ("shape-before-sum", "X: input[3, 4]\nb: parameter[4]\nJ = sum((X * b) ** 2)", "shape of gradient b", [3, 4]),
    ("shape-of-second-derivatives", NETWORK, "shape of gradient W1", "[2, 3, 2, 3]"),
    ("shape-of-second-derivatives", REGRESSION, "shape of gradient w", "2, 2"),
    ("shape-of-second-derivatives", LAYERS, "shape of gradient A", "4x4"),
    ("bytes-for-counts", NETWORK, "count of W1", 48),
    ("bytes-for-counts", REGRESSION, "count of parameters", "24"),
    ("bytes-for-counts", LAYERS, "count of gradients", 80),
    ("counts-for-bytes", NETWORK, "memory of W1", 6),
    ("counts-for-bytes", REGRESSION, "memory of parameters", 3),
    ("counts-for-bytes", LAYERS, "memory of H", "4"),
    ("other-precision", NETWORK, "memory of W1", 24),
    ("other-precision", REGRESSION, "memory of X", 32),
    ("other-precision", LAYERS, "memory of parameters", 40),
    ("path-not-counted", NETWORK, "paths from W1 to J", 1),
    ("path-not-counted", REGRESSION, "paths from w to J", 1),
    ("path-not-counted", LAYERS, "paths from A", 1),
    ("direct-uses-counted", "a: parameter\nq = a * a\nr = q * q\nJ = r + a", "paths from a to J", 3),
    ("direct-uses-counted", "a: input\nq = exp(a)\nJ = q * q + q", "paths from a to J", 1),
    ("direct-uses-counted", "a: input[2]\nu = a + 1\nJ = sum(u * u) + sum(u)", "paths from a", 1),
    ("nodes-counted", NETWORK, "paths from b to J", 6),
    ("nodes-counted", REGRESSION, "paths from c to J", 5),
    ("nodes-counted", LAYERS, "paths from v to J", 5),
    ("ready-too", NETWORK, "next after value z", "power:power_2"),
    ("ready-too", REGRESSION, "next after value p", "power:power_2"),
    ("ready-too", LAYERS, "next after value H", "power:power_2"),
    ("already-run", NETWORK, "next after value h", "matmul:z"),
    ("already-run", REGRESSION, "next after value M", "matmul"),
    ("already-run", LAYERS, "next after value E", "sigmoid:H"),
    ("opposite-order", NETWORK, "next after gradient h", "matmul:matmul"),
    ("opposite-order", REGRESSION, "next after gradient p", "add:J"),
    ("opposite-order", LAYERS, "next after gradient H", "subtract:E"),
]


@pytest.mark.parametrize(("code", "program", "ask", "wrong"), TABLE)
def test_a_known_mistake_is_named(code: str, program: str, ask: str, wrong: Any) -> None:
    response = wrong.tolist() if isinstance(wrong, (np.ndarray, np.generic)) else wrong
    exercise = Exercise(parse(program), f"ask: {ask}\ntolerance: 0.000001")
    verdict = judge(exercise.at(), response)
    assert not verdict.correct
    assert verdict.misconception == code
    assert verdict.texts("en")
    assert verdict.texts("en") != verdict.texts("zh")
    graph = exercise.graph
    known = {*graph.variables, *map(graph.id_of, graph.operators), *graph.scopes}
    assert set(verdict.place) <= known
    assert verdict.place or code == "sign-flipped"


RIGHT: list[tuple[str, str, Callable[[], Any]]] = [
    (NETWORK, "gradient of W1", lambda: np.outer(gz, x) + lam * W1),
    (NETWORK, "gradient of h", lambda: gh),
    (REGRESSION, "gradient of w", lambda: X.T @ gp + w),
    (LAYERS, "gradient of A", lambda: XX.T @ gZ + 0.4 * A),
    (LAYERS, "value of J", lambda: Q + P),
]


@pytest.mark.parametrize(("program", "ask", "right"), RIGHT)
def test_the_right_answer_is_no_mistake(program: str, ask: str, right: Callable[[], Any]) -> None:
    posed = Exercise(parse(program), f"ask: {ask}\ntolerance: 0.000001").at()
    assert judge(posed, np.asarray(right()).tolist()).correct


def test_the_table_covers_every_mistake_three_times() -> None:
    assert {code: sum(c == code for c, *_ in TABLE) >= 3 for code in CODES} == dict.fromkeys(CODES, True)
    assert all(has(f"misconception-{code}") for code in CODES)
