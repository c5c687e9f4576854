"""Largest and smallest elements: ties, NaN, and arrays without elements."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

A = [[1.0, 5.0, 5.0], [5.0, -2.0, 0.0]]
NAN = math.nan

VALUES: list[tuple[str, Any, Any]] = [
    ("max(x)", A, 5),
    ("min(x, axis=0)", A, [1, -2, 0]),
    ("amax(x, axis=1, keepdims=True)", A, [[5], [5]]),
    ("amin(x, axis=(0, 1))", A, -2),
    ("argmax(x)", A, 1),
    ("argmax(x, axis=0)", A, [1, 0, 0]),
    ("argmin(x, axis=-1)", A, [0, 1]),
    ("max(x)", [1.0, NAN], NAN),
    ("argmax(x)", [1.0, NAN, 7.0], 1),
    ("any(x, axis=1)", [[0.0, 0.0], [0.0, NAN]], [False, True]),
    ("all(x, axis=1)", [[1.0, 0.0], [2.0, NAN]], [False, True]),
    ("all(x)", [], True),
    ("any(x)", [], False),
]


@pytest.mark.parametrize(("call", "x", "expected"), VALUES)
def test_known_values(call: str, x: Any, expected: Any) -> None:
    check(call, {"x": x}, expected)


GRADIENTS: list[tuple[str, Any]] = [
    ("max(x, axis=1)", [[0, 1, 0], [1, 0, 0]]),
    ("amax(x, axis=1)", [[0, 0.5, 0.5], [1, 0, 0]]),
    ("max(x)", [[0, 1 / 3, 1 / 3], [1 / 3, 0, 0]]),
    ("min(x, axis=0)", [[1, 0, 0], [0, 1, 1]]),
    ("argmax(x, axis=1) * sum(x, axis=1)", [[1, 1, 1], [0, 0, 0]]),
]


@pytest.mark.parametrize(("call", "expected"), GRADIENTS)
def test_ties_share_or_the_first_has_all(call: str, expected: Any) -> None:
    np.testing.assert_allclose(gradients(call, x=A)["x"], expected)


def test_kinds_and_shapes() -> None:
    assert value("argmax(x)", x=A).dtype.kind == "i"
    assert value("any(x)", x=A).dtype == bool
    assert value("max(x, axis=1)", x=np.zeros((0, 2))).shape == (0,)


@pytest.mark.parametrize("call", ["max(x)", "amin(x, axis=1)", "argmax(x, axis=1)", "argmin(x)"])
def test_nothing_has_no_extreme(call: str) -> None:
    assert "no largest or smallest element" in refusal(call, x=[2, 0])
