"""Running sums, products and recurrences, with zeros, without elements, and far from zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

A = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("cumsum(x)", {"x": A}, [1, 3, 6, 10, 15, 21]),
    ("cumsum(x, axis=0)", {"x": A}, [[1, 2, 3], [5, 7, 9]]),
    ("cumprod(x, axis=1)", {"x": A}, [[1, 2, 6], [4, 20, 120]]),
    ("cumsum(x)", {"x": []}, []),
    ("cumprod(x)", {"x": []}, []),
    ("logcumsumexp(x, axis=0)", {"x": [0.0, 0.0, math.log(2)]}, [0, math.log(2), math.log(4)]),
    ("recurrence(a, b)", {"a": [9.0, 2.0, 3.0], "b": [1.0, 1.0, 1.0]}, [1, 3, 10]),
    ("recurrence(a, b, transposed=True)", {"a": [9.0, 2.0, 3.0], "b": [1.0, 1.0, 1.0]}, [9, 4, 1]),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), VALUES)
def test_known_values(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected)


def test_a_running_logarithm_does_not_overflow() -> None:
    np.testing.assert_allclose(value("logcumsumexp(x, axis=0)", x=[1e4, 1e4]), [1e4, 1e4 + math.log(2)], rtol=1e-15)
    found = gradients("logcumsumexp(x, axis=0)", x=[-np.inf, 1e4])["x"]
    assert found.tolist() == [0, 1]


def test_hand_computed_gradients() -> None:
    np.testing.assert_array_equal(gradients("cumsum(x)", x=[5.0, 6.0, 7.0])["x"], [3, 2, 1])
    # s1 = x, s2 = x y, s3 = x y z: dJ/dx = 1 + y + y z, dJ/dy = x + x z, dJ/dz = x y.
    np.testing.assert_array_equal(gradients("cumprod(x)", x=[2.0, 3.0, 5.0])["x"], [19, 12, 6])
    np.testing.assert_array_equal(gradients("cumprod(x)", x=[2.0, 0.0, 5.0])["x"], [1, 12, 0])
    found = gradients("recurrence(a, b)", a=[9.0, 2.0, 3.0], b=[1.0, 1.0, 1.0])
    np.testing.assert_array_equal(found["a"], [0, 4, 3])
    np.testing.assert_array_equal(found["b"], [9, 4, 1])


def test_wrong_calls_state_what_is_needed() -> None:
    assert "axes go from 0 to 1" in refusal("cumsum(x, axis=2)", x=[1, 3])
    assert "equal shapes, not [1, 3] and [3]" in refusal("recurrence(x, y)", x=[1, 3], y=[3])
