"""Rounding and remainders: halves, signs, zero divisors, and the slopes that are left."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal

X = [-1.5, -0.5, 0.5, 1.5, 2.5]
PAIRS = {"x": [7.0, -7.0, 7.0, -7.0], "y": [3.0, 3.0, -3.0, -3.0]}
NAN, INF = math.nan, math.inf

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("floor(x)", {"x": X}, [-2, -1, 0, 1, 2]),
    ("ceil(x)", {"x": X}, [-1, 0, 1, 2, 3]),
    ("trunc(x)", {"x": X}, [-1, 0, 0, 1, 2]),
    ("round(x)", {"x": X}, [-2, 0, 0, 2, 2]),
    ("round(x, decimals=1)", {"x": [0.25, 0.35, -1.26]}, [0.2, 0.4, -1.3]),
    ("round(x, decimals=-2)", {"x": [149.0, 151.0, 250.0]}, [100, 200, 200]),
    ("frac(x)", {"x": [1.75, -1.75, 3.0]}, [0.75, -0.75, 0]),
    ("remainder(x, y)", PAIRS, [1, 2, -2, -1]),
    ("fmod(x, y)", PAIRS, [1, -1, 1, -1]),
    ("floor_divide(x, y)", PAIRS, [2, -3, -3, 2]),
    ("nan_to_num(x)", {"x": [NAN, INF, -INF, 2.0]}, [0, np.finfo(float).max, -np.finfo(float).max, 2]),
    ("nan_to_num(x, nan=1, posinf=9, neginf=-9)", {"x": [NAN, INF, -INF, 2.0]}, [1, 9, -9, 2]),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), VALUES)
def test_known_values(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected)


@pytest.mark.filterwarnings("ignore")
def test_nothing_is_left_of_a_division_by_zero() -> None:
    check("remainder(x, y) + fmod(x, y)", {"x": [1.0], "y": [0.0]}, [NAN])
    check("remainder(x, y)", {"x": [-1.0], "y": [INF]}, [INF])


GRADIENTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("remainder(x, y)", PAIRS, {"x": [1, 1, 1, 1], "y": [-2, 3, 3, -2]}),
    ("fmod(x, y)", PAIRS, {"x": [1, 1, 1, 1], "y": [-2, 2, 2, -2]}),
    ("frac(x) + floor(x)", {"x": X}, {"x": [1] * 5}),
    ("nan_to_num(x) * 3", {"x": [NAN, 2.0]}, {"x": [0, 3]}),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), GRADIENTS)
def test_hand_computed_gradients(call: str, inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    found = gradients(call, **inputs)
    for name, wanted in expected.items():
        np.testing.assert_array_equal(found[name], wanted)


def test_wrong_calls_state_what_is_needed() -> None:
    assert "a whole number from -300 to 300, not 0.5" in refusal("round(x, decimals=0.5)", x=[2])
    assert "do not broadcast" in refusal("remainder(x, y)", x=[2], y=[3])
