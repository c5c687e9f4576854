"""Order: ties keep theirs, NaN comes last, and gradients follow the elements to where they stand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

X = [3.0, 1.0, 3.0, 2.0]
A = [[9.0, 1.0, 5.0], [2.0, 8.0, 8.0]]
NAN = math.nan

VALUES: list[tuple[str, Any, Any]] = [
    ("sort(x)", X, [1, 2, 3, 3]),
    ("sort(x, descending=True)", X, [3, 3, 2, 1]),
    ("sort(x, axis=0)", A, [[2, 1, 5], [9, 8, 8]]),
    ("argsort(x)", X, [1, 3, 0, 2]),
    ("sort(x)", [NAN, 1.0, -math.inf], [-math.inf, 1, NAN]),
    ("sort(x)", [], []),
    ("median(x)", X, 2.5),
    ("median(x, axis=1)", A, [5, 8]),
    ("median(x, axis=0, keepdims=True)", A, [[5.5, 4.5, 6.5]]),
    ("median(x)", [1.0, NAN, 2.0], NAN),
]


@pytest.mark.parametrize(("call", "x", "expected"), VALUES)
def test_known_values(call: str, x: Any, expected: Any) -> None:
    check(call, {"x": x}, expected)


@pytest.mark.parametrize(
    ("call", "values", "places"),
    [
        ("v, i = topk(x, k=2)", [3, 3], [0, 2]),
        ("v, i = topk(x, k=2, largest=False)", [1, 2], [1, 3]),
        ("v, i = topk(x, k=0)", [], []),
    ],
)
def test_the_first_of_equals_comes_first(call: str, values: list[int], places: list[int]) -> None:
    found, at = value(call, x=X)
    assert (found.tolist(), at.tolist()) == (values, places)


def test_a_gradient_goes_to_where_the_element_stood() -> None:
    np.testing.assert_array_equal(gradients("sort(x) * [1, 2, 3, 4]", x=X)["x"], [3, 1, 4, 2])
    np.testing.assert_array_equal(gradients("sort(x, descending=True) * [1, 2, 3, 4]", x=X)["x"], [1, 4, 2, 3])
    np.testing.assert_array_equal(gradients("median(x, axis=1)", x=A)["x"], [[0, 0, 1], [0, 1, 0]])
    np.testing.assert_array_equal(gradients("median(x)", x=[4.0, 1.0])["x"], [0.5, 0.5])
    np.testing.assert_array_equal(gradients("topk(x, k=2)[0] * [5, 7]", x=X)["x"], [5, 0, 7, 0])


def test_wrong_calls_state_what_is_needed() -> None:
    assert "a whole number from 0 to 3, the size of the axis, not 5" in refusal("topk(x, k=5)", x=[3])
    assert "axes go from 0 to 0" in refusal("argsort(x, axis=3)", x=[3])
    assert "no median" in refusal("median(x)", x=[0])
