"""Interpolation and adaptive pooling by hand, and channels that become pixels and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal

LINE = [[[0.0, 10.0, 20.0]]]
SQUARE = [[[[0.0, 10.0], [20.0, 30.0]]]]

VALUES: list[tuple[str, Any, Any]] = [
    ("interpolate(x, scale_factor=2)", LINE, [[[0, 0, 10, 10, 20, 20]]]),
    ("interpolate(x, size=2)", LINE, [[[0, 10]]]),
    ('interpolate(x, size=2, mode="nearest-exact")', LINE, [[[0, 20]]]),
    ('interpolate(x, size=5, mode="linear", align_corners=True)', LINE, [[[0, 5, 10, 15, 20]]]),
    ('interpolate(x, size=6, mode="linear")', LINE, [[[0, 2.5, 7.5, 12.5, 17.5, 20]]]),
    ('interpolate(x, size=2, mode="area")', LINE, [[[5, 15]]]),
    (
        'interpolate(x, size=3, mode="bilinear", align_corners=True)',
        SQUARE,
        [[[[0, 5, 10], [10, 15, 20], [20, 25, 30]]]],
    ),
    ("adaptive_avg_pool1d(x, 2)", LINE, [[[5, 15]]]),
    ("adaptive_avg_pool1d(x, 1)", LINE, [[[10]]]),
    ("adaptive_avg_pool2d(x, (1, None))", SQUARE, [[[[10, 20]]]]),
    ("pixel_shuffle(x, 2)", [[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]], [[[[1, 2], [3, 4]]]]),
    ("pixel_unshuffle(x, 2)", SQUARE, [[[[0]], [[10]], [[20]], [[30]]]]),
    ("channel_shuffle(x, 2)", [[[1.0], [2.0], [3.0], [4.0]]], [[[1], [3], [2], [4]]]),
]


@pytest.mark.parametrize(("call", "x", "expected"), VALUES)
def test_known_values(call: str, x: Any, expected: Any) -> None:
    check(call, {"x": x}, expected)


def keys(x: float, a: float = -0.75) -> float:
    """The cubic convolution kernel of Keys (1981)."""
    x = abs(x)
    return ((a + 2) * x - (a + 3)) * x * x + 1 if x <= 1 else a * (((x - 5) * x + 8) * x - 4)


def test_cubic_interpolation_weighs_four_neighbours() -> None:
    row = [0.0, 1.0, 4.0, 9.0, 16.0, 25.0]
    # The new element 5 lies at (5 + 0.5) / 2 - 0.5 = 2.25 of the old ones.
    wanted = sum(row[2 + k] * keys(0.25 - k) for k in (-1, 0, 1, 2))
    check('interpolate(x, scale_factor=2, mode="bicubic")[0, 0, :, 5]', {"x": [[[row] * 2]]}, [wanted] * 4)


def test_a_gradient_is_what_each_element_took_part_in() -> None:
    np.testing.assert_array_equal(gradients("interpolate(x, scale_factor=2)", x=LINE)["x"], [[[2, 2, 2]]])
    found = gradients('interpolate(x, size=2, mode="linear", align_corners=True) * [1, 5]', x=LINE)["x"]
    np.testing.assert_array_equal(found, [[[1, 0, 5]]])
    found = gradients("adaptive_avg_pool1d(x, 2) * [1, 3]", x=LINE)["x"]
    np.testing.assert_array_equal(found, [[[0.5, 2, 1.5]]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("interpolate(x)", "either size or scale_factor"),
        ('interpolate(x, scale_factor=2, mode="linear")', "nearest, nearest-exact, bilinear, bicubic, area"),
        ("interpolate(x, scale_factor=-2)", "positive number"),
        ("adaptive_avg_pool2d(x, (2, 2, 2))", "3 numbers for 2 axes"),
        ("pixel_shuffle(x, 2)", "a multiple of 4 channels"),
        ("pixel_unshuffle(x, 2)", "[..., 2 h, 2 w]"),
        ("channel_shuffle(x, 2)", "[batch, 2 c, ...]"),
    ],
)
def test_wrong_calls_state_what_is_needed(call: str, message: str) -> None:
    assert message in refusal(call, x=[1, 3, 3, 2])
