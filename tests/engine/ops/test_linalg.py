"""Products and parts of matrices: every case of ranks, and what NumPy's rules of broadcasting make of batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal

A, B = [[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0], [1.0, 0.0]]
V, U = [1.0, -1.0], [2.0, 5.0]
T = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("a @ b", {"a": A, "b": B}, [[2, 1], [4, 3]]),
    ("a @ b", {"a": A, "b": V}, [-1, -1]),
    ("a @ b", {"a": V, "b": A}, [-2, -2]),
    ("a @ b", {"a": V, "b": U}, -3),
    ("a @ b", {"a": [A, B], "b": B}, [[[2, 1], [4, 3]], [[1, 0], [0, 1]]]),
    ("a @ b", {"a": np.zeros((2, 0)), "b": np.zeros((0, 3))}, np.zeros((2, 3))),
    ("outer(a, b)", {"a": V, "b": U}, [[2, 5], [-2, -5]]),
    ("dot(a, b)", {"a": V, "b": U}, -3),
    ("inner(a, b)", {"a": A, "b": A}, [[5, 11], [11, 25]]),
    ("tensordot(a, b)", {"a": A, "b": A}, 30),
    ("tensordot(a, b, axes=((0,), (0,)))", {"a": A, "b": A}, [[10, 14], [14, 20]]),
    ("kron(a, b)", {"a": V, "b": U}, [2, 5, -2, -5]),
    ("kron(a, b)", {"a": B, "b": [[1.0, 2.0]]}, [[0, 0, 1, 2], [1, 2, 0, 0]]),
    ("cross(a, b)", {"a": [1.0, 2.0, 3.0], "b": [4.0, 5.0, 6.0]}, [-3, 6, -3]),
    ("diagonal(x, offset=1)", {"x": T}, [2, 6]),
    ("diagonal(x, offset=5)", {"x": T}, []),
    ("diag(x, k=-1)", {"x": V}, [[0, 0, 0], [1, 0, 0], [0, -1, 0]]),
    ("diag(x)", {"x": T}, [1, 5, 9]),
    ("trace(x, offset=-1)", {"x": T}, 12),
    ("tril(x)", {"x": T}, [[1, 0, 0], [4, 5, 0], [7, 8, 9]]),
    ("triu(x, k=1)", {"x": T}, [[0, 2, 3], [0, 0, 6], [0, 0, 0]]),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), VALUES)
def test_known_values(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected)


def test_hand_computed_gradients() -> None:
    found = gradients("a @ b", a=A, b=U)
    np.testing.assert_array_equal(found["a"], [U, U])
    np.testing.assert_array_equal(found["b"], [4, 6])
    found = gradients("a @ b", a=[A, A], b=B)
    np.testing.assert_array_equal(found["b"], [[8, 8], [12, 12]])
    np.testing.assert_array_equal(gradients("trace(x @ x)", x=A)["x"], [[2, 6], [4, 8]])
    np.testing.assert_array_equal(gradients("triu(x) * x", x=A)["x"], [[2, 4], [0, 8]])
    np.testing.assert_array_equal(gradients("cross(x, [0, 0, 1])", x=[1.0, 2.0, 3.0])["x"], [-1, 1, 0])


@pytest.mark.parametrize(
    ("call", "a", "b", "message"),
    [
        ("a @ b", [2, 3], [2, 3], "a @ b.T"),
        ("cross(a, b)", [2], [2], "vectors of 3 elements"),
        ("diag(a) + sum(b)", [2, 2, 2], [1], "diagonal(x) takes batches"),
        ("tensordot(a, b, axes=1)", [2, 3], [2, 3], "do not pair"),
        ("tril(a) + sum(b)", [2], [1], "a triangle is part of a matrix"),
        ("a @ b", [], [2], "[]"),
    ],
)
def test_wrong_calls_state_what_is_needed(call: str, a: list[int], b: list[int], message: str) -> None:
    assert message in refusal(call, a=a, b=b)
