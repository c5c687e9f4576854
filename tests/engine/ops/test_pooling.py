"""Poolings by hand: windows at the edges, padding that does not count, ties, and what an unpooling puts back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

X = [[4.0, 1.0, 3.0, 2.0, 6.0]]
IMAGE = [[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]

VALUES: list[tuple[str, Any, Any]] = [
    ("max_pool1d(x, 2)", X, [[4, 3]]),
    ("max_pool1d(x, 2, ceil_mode=True)", X, [[4, 3, 6]]),
    ("max_pool1d(x, 3, stride=1, padding=1)", X, [[4, 4, 3, 6, 6]]),
    ("max_pool1d(x, 2, stride=1, dilation=3)", X, [[4, 6]]),
    ("max_pool1d(-x, 3, padding=1)", X, [[-1, -2]]),
    ("max_pool2d(x, 2, stride=1)", IMAGE, [[[5, 6], [8, 9]]]),
    ("max_pool3d(x, 2)", [[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 8.0], [7.0, 6.0]]]], [[[[8]]]]),
    ("avg_pool1d(x, 2)", X, [[2.5, 2.5]]),
    ("avg_pool1d(x, 3, stride=2, padding=1)", X, [[5 / 3, 2, 8 / 3]]),
    ("avg_pool1d(x, 3, stride=2, padding=1, count_include_pad=False)", X, [[2.5, 2, 4]]),
    ("avg_pool1d(x, 2, ceil_mode=True)", X, [[2.5, 2.5, 6]]),
    ("avg_pool2d(x, 2, divisor_override=1)", IMAGE, [[[12]]]),
    ("adaptive_max_pool1d(x, 2)", X, [[4, 6]]),
    ("adaptive_max_pool2d(x, (None, 1))", IMAGE, [[[3], [6], [9]]]),
]


@pytest.mark.parametrize(("call", "x", "expected"), VALUES)
def test_known_values(call: str, x: Any, expected: Any) -> None:
    check(call, {"x": x}, expected)


def test_an_unpooling_puts_elements_back_where_they_were() -> None:
    largest, place = value("v, i = max_pool1d(x, 2, return_indices=True)", x=X)
    assert place.tolist() == [[0, 2]]
    found = value("max_unpool1d(v, i, 2, output_size=(5,))", v=largest, i=place)
    np.testing.assert_array_equal(found, [[4, 0, 3, 0, 0]])


GRADIENTS: list[tuple[str, Any, Any]] = [
    ("max_pool1d(x, 3, stride=1)", X, [[1, 0, 1, 0, 1]]),
    ("max_pool1d(x, 2)", [[5.0, 5.0]], [[1, 0]]),
    ("avg_pool1d(x, 2, stride=1)", X, [[0.5, 1, 1, 1, 0.5]]),
    ("avg_pool1d(x, 3, stride=2, padding=1, count_include_pad=False)", X, [[0.5, 5 / 6, 1 / 3, 5 / 6, 0.5]]),
]


@pytest.mark.parametrize(("call", "x", "expected"), GRADIENTS)
def test_hand_computed_gradients(call: str, x: Any, expected: Any) -> None:
    np.testing.assert_allclose(gradients(call, x=x)["x"], expected)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("max_pool2d(x, 5)", "add padding or use a smaller kernel"),
        ("max_pool2d(x, 2, padding=2)", "more than half of the window"),
        ("max_pool2d(x, 0)", "whole numbers of at least 1, not 0"),
        ("avg_pool2d(x, 2, divisor_override=0)", "divisor_override is at least 1, not 0"),
        ("adaptive_max_pool2d(x, (1, 2, 3))", "3 numbers for 2 axes"),
        ("max_pool3d(x[0], 2)", "needs a batch, channels and 3 more axes"),
    ],
)
def test_wrong_calls_state_what_is_needed(call: str, message: str) -> None:
    assert message in refusal(call, x=[1, 3, 3, 2])
