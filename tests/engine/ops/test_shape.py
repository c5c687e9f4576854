"""Shapes and indices: views, broadcasts and what undoes them, and the message for each index that is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal

A = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
V = [1.0, 2.0, 3.0]

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("reshape(x, (3, -1))", {"x": A}, [[1, 2], [3, 4], [5, 6]]),
    ("reshape(x, ())", {"x": [[7.0]]}, 7),
    ("reshape(x, (0, 5))", {"x": np.zeros((3, 0))}, np.zeros((0, 5))),
    ("transpose(x)", {"x": A}, [[1, 4], [2, 5], [3, 6]]),
    ("transpose(x, (1, 2, 0))", {"x": [A]}, [[[1], [2], [3]], [[4], [5], [6]]]),
    ("broadcast_to(x, (2, 3))", {"x": V}, [V, V]),
    ("stack(x, y)", {"x": V, "y": V}, [V, V]),
    ("stack(x, y, axis=-1)", {"x": V, "y": V}, [[1, 1], [2, 2], [3, 3]]),
    ("x[-1]", {"x": A}, [4, 5, 6]),
    ("x[:, ::-2]", {"x": A}, [[3, 1], [6, 4]]),
    ("x[..., None, 1]", {"x": A}, [[2], [5]]),
    ("x[1:1]", {"x": A}, np.zeros((0, 3))),
    ("x[[0, 0, 1], 2]", {"x": A}, [3, 3, 6]),
    ("x[5:]", {"x": V}, []),
    ("put(x, shape=(2, 3), key=(0,))", {"x": V}, [V, [0, 0, 0]]),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), VALUES)
def test_known_values(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected)


GRADIENTS: list[tuple[str, Any, Any]] = [
    ("x[[0, 0, 2]]", V, [2, 0, 1]),
    ("x[1:] * x[:-1]", V, [2, 4, 2]),
    ("broadcast_to(x, (4, 3)) * x", V, [8, 16, 24]),
    ("transpose(x) * [[1, 2], [3, 4], [5, 6]]", A, [[1, 3, 5], [2, 4, 6]]),
    ("reshape(x, (3, 2)) * [[1, 2], [3, 4], [5, 6]]", A, [[1, 2, 3], [4, 5, 6]]),
    ("stack(x, 2 * x, axis=1) * [1, 10]", V, [21, 21, 21]),
]


@pytest.mark.parametrize(("call", "x", "expected"), GRADIENTS)
def test_hand_computed_gradients(call: str, x: Any, expected: Any) -> None:
    np.testing.assert_array_equal(gradients(call, x=x)["x"], expected)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("reshape(x, (4, 2))", "has 6 elements and does not fit [4, 2]"),
        ("reshape(x, (4, -1))", "does not fit [4, -1]"),
        ("transpose(x, (0, 0))", "is not a permutation of 2 axes"),
        ("broadcast_to(x, (2,))", "does not broadcast to [2]"),
        ("stack(x, x[0])", "stack needs equal shapes, not [2, 3], [3]"),
        ("x[2]", "whole numbers from 0 to 1"),
        ("x[0, -4]", "-4 is not an index of an axis of size 3"),
        ("x[0, 0, 0]", "3 indices for 2 axes"),
        ("x[..., ...]", "ellipsis"),
        ("x[::0]", "0"),
        ("x[0.5]", "0.5"),
    ],
)
def test_wrong_calls_state_what_is_needed(call: str, message: str) -> None:
    assert message in refusal(call, x=[2, 3])
