"""Arithmetic and comparisons: kinds of the results, broadcasting, gradients at ties and zeros, numbers that are not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.known import check, gradients, refusal, value

INF, NAN = math.inf, math.nan

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("x + y", {"x": [[1.0], [2.0]], "y": [10.0, 20.0]}, [[11.0, 21.0], [12.0, 22.0]]),
    ("x - y * x / y", {"x": [3.0, -4.0], "y": [2.0, 8.0]}, [0.0, 0.0]),
    ("x ** y", {"x": [2.0, 9.0, 0.0], "y": [-2.0, 0.5, 0.0]}, [0.25, 3.0, 1.0]),
    ("maximum(x, y)", {"x": [1.0, NAN, -INF], "y": [2.0, 5.0, -3.0]}, [2.0, NAN, -3.0]),
    ("minimum(x, y)", {"x": [1.0, NAN, -INF], "y": [2.0, 5.0, -3.0]}, [1.0, NAN, -INF]),
    ("where(x > 0, y, -y)", {"x": [1.0, 0.0], "y": [5.0, 6.0]}, [5.0, -6.0]),
    ("sign(x)", {"x": [-2.0, 0.0, 3.0]}, [-1.0, 0.0, 1.0]),
    ("hypot(x, y)", {"x": [3.0, -5.0], "y": [4.0, 12.0]}, [5.0, 13.0]),
    ("arctan2(x, y)", {"x": [1.0, 1.0, -1.0], "y": [0.0, -1.0, -1.0]}, np.pi * np.array([0.5, 0.75, -0.75])),
    ("logaddexp(x, y)", {"x": [math.log(2)], "y": [math.log(3)]}, [math.log(5)]),
    ("xlogy(x, y)", {"x": [0.0, 2.0, 0.0], "y": [0.0, math.e, NAN]}, [0.0, 2.0, NAN]),
    ("lerp(x, y, 0.25)", {"x": [0.0, 8.0], "y": [4.0, 0.0]}, [1.0, 6.0]),
    ("clip(x, 5, 2)", {"x": [0.0, 3.0, 9.0]}, [2.0, 2.0, 2.0]),
    ("isnan(x) + 2 * isinf(x) + 4 * isfinite(x)", {"x": [NAN, -INF, 1.0]}, [1, 2, 4]),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), VALUES)
def test_known_values(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected)


@pytest.mark.parametrize(
    ("call", "truth"),
    [
        ("x < y", [1, 0, 0, 0]),
        ("x <= y", [1, 1, 0, 0]),
        ("x > y", [0, 0, 1, 0]),
        ("x >= y", [0, 1, 1, 0]),
        ("equal(x, y)", [0, 1, 0, 0]),
        ("not_equal(x, y)", [1, 0, 1, 1]),
    ],
)
def test_nothing_compares_with_nan_but_being_different(call: str, truth: list[int]) -> None:
    found = value(call, x=[1.0, 2.0, 3.0, NAN], y=[2.0, 2.0, 2.0, NAN])
    assert found.dtype == bool
    assert found.tolist() == [bool(t) for t in truth]


@pytest.mark.parametrize(
    ("call", "truth"),
    [("logical_and(x, y)", [0, 0, 0, 1]), ("logical_or(x, y)", [0, 1, 1, 1]), ("logical_xor(x, y)", [0, 1, 1, 0])],
)
def test_truth_tables(call: str, truth: list[int]) -> None:
    assert value(call, x=[0.0, 0.0, 2.0, 2.0], y=[0.0, -1.0, 0.0, 1.0]).tolist() == [bool(t) for t in truth]


GRADIENTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("x * y", {"x": [[1.0], [2.0]], "y": [3.0, 4.0]}, {"x": [[7], [7]], "y": [3, 3]}),
    ("x / y", {"x": [6.0], "y": [2.0]}, {"x": [0.5], "y": [-1.5]}),
    ("x ** y", {"x": [3.0], "y": [2.0]}, {"x": [6], "y": [9 * math.log(3)]}),
    ("x ** y", {"x": [0.0, 5.0], "y": [2.0, 0.0]}, {"x": [0, 0], "y": [0, math.log(5)]}),
    ("maximum(x, y)", {"x": [1.0, 2.0], "y": [1.0, 1.0]}, {"x": [0.5, 1], "y": [0.5, 0]}),
    ("abs(x)", {"x": [-2.0, 0.0]}, {"x": [-1, 0]}),
    ("detach(x) * x", {"x": [3.0]}, {"x": [3]}),
    ("clip(x, 0, 1)", {"x": [-1.0, 0.0, 1.0, 2.0]}, {"x": [0, 1, 1, 0]}),
    ("hypot(x, y)", {"x": [0.0], "y": [0.0]}, {"x": [0], "y": [0]}),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), GRADIENTS)
def test_hand_computed_gradients(call: str, inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    found = gradients(call, **inputs)
    for name, wanted in expected.items():
        np.testing.assert_allclose(found[name], wanted, rtol=1e-12)


def test_whole_numbers_stay_whole_until_they_are_divided() -> None:
    program = "a: input[2] = [7, 2]\nn = argmax(a)\np = n * 3 + 2\nq = n / 2\nr = n ** 2"
    (values,) = tidegraph.function(tidegraph.parse(program))()
    assert [values[name].dtype.kind for name in "npqr"] == ["i", "i", "f", "i"]


def test_shapes_that_do_not_broadcast_are_named() -> None:
    message = refusal("x + y", x=[2, 3], y=[2])
    assert "axis -1 has sizes 2 and 3" in message
    assert "equal or 1, counted from the last axis" in message
