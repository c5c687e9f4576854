"""Statistics by hand: quantiles between elements, gaps, moments, areas, and running extremes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

NAN = math.nan
X = [4.0, 1.0, 3.0, 2.0]
GAPS = [[1.0, NAN, 3.0], [NAN, NAN, NAN]]
PAIRS = [[1.0, 2.0, 3.0], [2.0, 4.0, 0.0]]

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("quantile(x, 0.5)", {"x": X}, 2.5),
    ("quantile(x, q)", {"x": X, "q": [0.0, 0.25, 1.0]}, [1, 1.75, 4]),
    ('quantile(x, 0.25, interpolation="lower")', {"x": X}, 1),
    ('quantile(x, 0.25, interpolation="higher")', {"x": X}, 2),
    ('quantile(x, 0.25, interpolation="nearest")', {"x": X}, 2),
    ('quantile(x, 0.25, interpolation="midpoint")', {"x": X}, 1.5),
    ("quantile(x, 0.5)", {"x": [1.0, NAN]}, NAN),
    ("nanquantile(x, 0.75, axis=1)", {"x": GAPS[:1]}, [2.5]),
    ("nansum(x, axis=1)", {"x": GAPS}, [4, 0]),
    ("nanmean(x, axis=1)", {"x": GAPS[:1]}, [2]),
    ("nanmedian(x)", {"x": [NAN, 5.0, 1.0]}, 3),
    ("cov(x)", {"x": PAIRS}, [[1, -1], [-1, 4]]),
    ("cov(x, ddof=0)", {"x": PAIRS}, np.array([[1, -1], [-1, 4]]) * 2 / 3),
    ("cov(x, w)", {"x": [[1.0, 3.0]], "w": [3.0, 1.0]}, 1),
    ("corrcoef(x)", {"x": PAIRS}, [[1, -0.5], [-0.5, 1]]),
    ("diff(x)", {"x": X}, [-3, 2, -1]),
    ("diff(x, n=2)", {"x": X}, [5, -3]),
    ("diff(x, prepend=0)", {"x": X}, [4, -3, 2, -1]),
    ("diff(x, axis=0, append=1)", {"x": PAIRS}, [[1, 2, -3], [-1, -3, 1]]),
    ("trapezoid(x)", {"x": X}, 7),
    ("trapezoid(x, dx=0.5)", {"x": X}, 3.5),
    ("trapezoid(y, x)", {"y": [0.0, 2.0, 2.0], "x": [0.0, 1.0, 4.0]}, 7),
    ("cumulative_trapezoid(x)", {"x": X}, [2.5, 4.5, 7]),
    ("msort(x)", {"x": [[2.0, 1.0], [1.0, 3.0]]}, [[1, 1], [2, 3]]),
]


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize(("call", "inputs", "expected"), VALUES)
def test_known_values(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("a, b = var_mean(x, ddof=1)", (5 / 3, 2.5)),
        ("a, b = std_mean(x)", (math.sqrt(1.25), 2.5)),
        ("a, b = aminmax(x)", (1, 4)),
        ("a, b = kthvalue(x, k=2)", (2, 3)),
        ("a, b = cummax(x, axis=0)", ([4, 4, 4, 4], [0, 0, 0, 0])),
        ("a, b = cummin(x, axis=0)", ([4, 1, 1, 1], [0, 1, 1, 1])),
    ],
)
def test_two_results(call: str, expected: Any) -> None:
    for found, wanted in zip(value(call, x=X), expected, strict=True):
        np.testing.assert_allclose(found, wanted)


def test_of_equals_so_far_the_last_counts() -> None:
    _, place = value("a, b = cummax(x, axis=0)", x=[2.0, 5.0, 5.0, 1.0])
    assert place.tolist() == [0, 1, 2, 2]


GRADIENTS: list[tuple[str, Any, Any]] = [
    ("quantile(x, 0.25)", X, [0, 0.25, 0, 0.75]),
    ("nansum(x)", [1.0, NAN], [1, 0]),
    ("trapezoid(x)", X, [0.5, 1, 1, 0.5]),
    ("diff(x) ** 2", X, [6, -10, 6, -2]),
    ("cummin(x, axis=0)[0]", X, [1, 3, 0, 0]),
    ("kthvalue(x, k=3)[0]", X, [0, 0, 1, 0]),
]


@pytest.mark.parametrize(("call", "x", "expected"), GRADIENTS)
def test_hand_computed_gradients(call: str, x: Any, expected: Any) -> None:
    np.testing.assert_allclose(gradients(call, x=x)["x"], expected, atol=1e-15)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("quantile(x, 1.5)", "q is from 0 to 1, not 1.5"),
        ('quantile(x, 0.5, interpolation="cubic")', "higher, linear, lower, midpoint, nearest"),
        ("trapezoid(x, x[1:])", "the shapes [3] and [2] do not fit"),
        ("kthvalue(x, k=4)", "k is from 1 to 3, not 4"),
        ("diff(x, n=-1)", "n is at least 0, not -1"),
        ("cov(reshape(x, (1, 1, 3)))", "[variables, observations]"),
    ],
)
def test_wrong_calls_state_what_is_needed(call: str, message: str) -> None:
    assert message in refusal(call, x=[3])
