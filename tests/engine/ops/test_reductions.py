"""Sums and their kin: empty axes, zeros among factors, degrees of freedom, and numbers far from zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

A = [[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]]
NONE = np.zeros((2, 0))
NAN, INF = math.nan, math.inf

VALUES: list[tuple[str, Any, Any]] = [
    ("sum(x)", A, 24),
    ("sum(x, axis=(0, -1), keepdims=True)", A, [[24]]),
    ("sum(x > 2, axis=1)", A, [1, 3]),
    ("sum(x, axis=1)", NONE, [0, 0]),
    ("mean(x, axis=0)", A, [2.5, 3.5, 6]),
    ("prod(x, axis=1)", A, [6, 180]),
    ("prod(x, axis=1)", NONE, [1, 1]),
    ("var(x, axis=1)", A, [2 / 3, 14 / 3]),
    ("var(x, axis=1, ddof=1)", A, [1, 7]),
    ("logsumexp(x, axis=0)", [[math.log(1), -INF], [math.log(3), -INF]], [math.log(4), -INF]),
    ("logsumexp(x)", [], -INF),
    ("softmax(x)", [math.log(1), math.log(3)], [0.25, 0.75]),
    ("softmax(x, axis=0)", [[1000.0], [1000.0]], [[0.5], [0.5]]),
    ("log_softmax(x)", [math.log(1), math.log(3)], [-math.log(4), math.log(0.75)]),
    ("softmin(x)", [math.log(1), math.log(3)], [0.75, 0.25]),
    ("sum_to_size(x, (2, 1))", A, [[6], [18]]),
    ("sum_to_size(x, (3,))", A, [5, 7, 12]),
    ("count_nonzero(x, axis=0)", [[0.0, NAN, -1.0], [0.0, 0.0, 2.0]], [0, 1, 2]),
]


@pytest.mark.parametrize(("call", "x", "expected"), VALUES)
def test_known_values(call: str, x: Any, expected: Any) -> None:
    check(call, {"x": x}, expected)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_has_no_elements_or_no_freedom_has_no_mean_or_variance() -> None:
    check("mean(x, axis=1)", {"x": NONE}, [NAN, NAN])
    assert math.isnan(value("var(x, ddof=1)", x=[3.0]))


GRADIENTS: list[tuple[str, Any, Any]] = [
    ("sum(x, axis=0) ** 2", A, [[10, 14, 24], [10, 14, 24]]),
    ("mean(x)", A, np.full((2, 3), 1 / 6)),
    ("prod(x)", [2.0, 3.0, 5.0], [15, 10, 6]),
    ("prod(x)", [2.0, 0.0, 5.0], [0, 10, 0]),
    ("prod(x)", [0.0, 0.0, 5.0], [0, 0, 0]),
    ("var(x)", [1.0, 3.0], [-1, 1]),
    ("logsumexp(x)", [math.log(1), math.log(3)], [0.25, 0.75]),
    ("softmax(x) * [1, 0]", [math.log(1), math.log(3)], [3 / 16, -3 / 16]),
    ("log_softmax(x) * [1, 0]", [math.log(1), math.log(3)], [0.75, -0.75]),
]


@pytest.mark.parametrize(("call", "x", "expected"), GRADIENTS)
def test_hand_computed_gradients(call: str, x: Any, expected: Any) -> None:
    np.testing.assert_allclose(gradients(call, x=x)["x"], expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("sum(x, axis=(0, 0))", "names an axis twice"),
        ("softmax(x, axis=2)", "axes go from 0 to 1"),
        ("sum_to_size(x, (3,))", "[2, 2] is not a broadcast of [3]"),
        ('var(x, ddof="a")', "ddof is a number"),
    ],
)
def test_wrong_calls_state_what_is_needed(call: str, message: str) -> None:
    assert message in refusal(call, x=[2, 2])
