"""Compositions of matrices by hand, and solutions that are put back into their equations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

A, B = [[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0], [1.0, 0.0]]
L = [[2.0, 0.0], [1.0, 3.0]]
V, U = [1.0, -1.0], [2.0, 5.0]
ROWS = [[0.0, 0.0], [3.0, 4.0], [0.0, 4.0]]

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("addmm(x, a, b, beta=2, alpha=10)", {"x": A, "a": B, "b": B}, [[12, 4], [6, 18]]),
    ("addmv(x, a, b)", {"x": U, "a": A, "b": V}, [1, 4]),
    ("addr(x, a, b)", {"x": A, "a": V, "b": U}, [[3, 7], [1, -1]]),
    ("baddbmm(x, a, b)", {"x": [A], "a": [B], "b": [A]}, [[[4, 6], [4, 6]]]),
    ("addbmm(x, a, b)", {"x": A, "a": [B, B], "b": [A, B]}, [[5, 6], [4, 7]]),
    ("addcmul(x, a, b, value=0.5)", {"x": V, "a": U, "b": U}, [3, 11.5]),
    ("addcdiv(x, a, b)", {"x": V, "a": U, "b": [4.0, 2.0]}, [1.5, 1.5]),
    ("logdet(x)", {"x": L}, math.log(6)),
    ("logdet(x)", {"x": A}, math.nan),
    ("solve_triangular(a, b)", {"a": [[2.0, 99.0], [1.0, 3.0]], "b": [[2.0], [7.0]]}, [[1], [2]]),
    ("solve_triangular(a, b, upper=True, unitriangular=True)", {"a": A, "b": [[5.0], [1.0]]}, [[3], [1]]),
    ("svdvals(x)", {"x": [[3.0, 0.0], [0.0, -4.0]]}, [4, 3]),
    ("eigvalsh(x)", {"x": [[2.0, 1.0], [1.0, 2.0]]}, [1, 3]),
    ("lstsq(a, b)", {"a": [[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], "b": [0.0, 3.0, 3.0]}, [0.5, 1.5]),
    ("cholesky_solve(b, a)", {"a": L, "b": [[6.0], [12.0]]}, [[1], [1]]),
    ("cholesky_inverse(a)", {"a": L}, [[10 / 36, -2 / 36], [-2 / 36, 4 / 36]]),
    ("multi_dot(a, b, c)", {"a": V, "b": A, "c": U}, -14),
    ("vecdot(a, b)", {"a": A, "b": A}, [5, 25]),
    ("vdot(a, b)", {"a": A, "b": A}, 30),
    ('matrix_norm(x, ord="nuc")', {"x": [[3.0, 0.0], [0.0, -4.0]]}, 7),
    ("matrix_norm(x, ord=1)", {"x": A}, 6),
    ("cond(x)", {"x": [[3.0, 0.0], [0.0, -4.0]]}, 4 / 3),
    ("tensorsolve(a, b)", {"a": [[[2.0, 0.0]], [[0.0, 4.0]]], "b": [2.0, 2.0]}, [[1, 0.5]]),
    ("tensorinv(a, ind=1)", {"a": [[[2.0, 0.0]], [[0.0, 4.0]]]}, [[[0.5, 0], [0, 0.25]]]),
    ("vander(x, n=3)", {"x": [2.0, 3.0]}, [[1, 2, 4], [1, 3, 9]]),
    ("block_diag(a, b)", {"a": V, "b": A}, [[1, -1, 0, 0], [0, 0, 1, 2], [0, 0, 3, 4]]),
    ("diag_embed(x)", {"x": A}, [[[1, 0], [0, 2]], [[3, 0], [0, 4]]]),
    ("diagflat(x, offset=1)", {"x": V}, [[0, 1, 0], [0, 0, -1], [0, 0, 0]]),
    ("cdist(x, y)", {"x": ROWS, "y": [[0.0, 0.0]]}, [[0], [5], [4]]),
    ("pdist(x, p=1)", {"x": ROWS}, [7, 4, 3]),
    ("dist(a, b)", {"a": [3.0, 0.0], "b": [0.0, 4.0]}, 5),
    ("pairwise_distance(x, y, eps=0)", {"x": ROWS, "y": [0.0, 0.0]}, [0, 5, 4]),
    ("matrix_exp(x)", {"x": [[0.0, -math.pi / 2], [math.pi / 2, 0.0]]}, [[0, -1], [1, 0]]),
    ("matrix_exp(x)", {"x": [[0.0, 5.0], [0.0, 0.0]]}, [[1, 5], [0, 1]]),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), VALUES)
def test_known_values(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected, tolerance=1e-7 if call.startswith(("cdist", "pairwise")) else 1e-12)


def test_slices_are_scaled_down_to_a_norm() -> None:
    np.testing.assert_allclose(value("renorm(x, p=2, axis=0, maxnorm=2.5)", x=ROWS), [[0, 0], [1.5, 2], [0, 2.5]], 1e-6)


def test_hand_computed_gradients() -> None:
    np.testing.assert_allclose(gradients("logdet(x)", x=L)["x"], np.linalg.inv(L).T)
    np.testing.assert_allclose(gradients("cdist(x, y)", {"y": [[0.0, 0.0]]}, x=ROWS)["x"], [[0, 0], [0.6, 0.8], [0, 1]])
    np.testing.assert_allclose(gradients("trace(matrix_exp(x))", x=[[0.0, 0.0], [0.0, 1.0]])["x"], np.diag([1, math.e]))
    np.testing.assert_allclose(gradients("vander(x, n=3)", x=[2.0, 3.0])["x"], [5, 7])


@pytest.mark.parametrize(
    ("call", "a", "b", "message"),
    [
        ("addmm(a, a, b)", [2, 3], [2, 3], "inner sizes 3 and 2 differ"),
        ("block_diag(a, b)", [2], [2, 2, 2], "[m, n]"),
        ("matrix_exp(a @ b)", [2, 3], [3, 4], "needs a square matrix"),
        ("cdist(a, b)", [2, 3], [2, 4], "[2, 3] and [2, 4] do not fit"),
        ("matrix_norm(a @ b, ord=3)", [2, 2], [2, 2], 'None, "fro", "nuc", 1, -1, 2, -2, inf, -inf'),
        ("multi_dot(a)", [2, 2], [1], "at least 2, not 1"),
        ("renorm(a, p=-1, axis=0, maxnorm=1)", [2, 2], [1], "p is positive, not -1"),
        ("vdot(a, b)", [4], [3], "[4] and [3] do not fit"),
    ],
)
def test_wrong_calls_state_what_is_needed(call: str, a: list[int], b: list[int], message: str) -> None:
    assert message in refusal(call, a=a, b=b)
