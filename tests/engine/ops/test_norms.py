"""Norms and deviations by hand: every order, ties, zero, and degrees of freedom that are used up."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

V = [3.0, -4.0, 0.0]
A = [[1.0, -2.0], [3.0, 4.0]]
D = [[3.0, 0.0], [0.0, -4.0]]

VALUES: list[tuple[str, Any, Any]] = [
    ("vector_norm(x)", V, 5),
    ("vector_norm(x, ord=1)", V, 7),
    ("vector_norm(x, ord=0)", V, 2),
    ("vector_norm(x, ord=inf)", V, 4),
    ("vector_norm(x, ord=-inf)", V, 0),
    ("vector_norm(x, ord=3)", V, 91 ** (1 / 3)),
    ("vector_norm(x, axis=1, keepdims=True)", A, [[math.sqrt(5)], [5]]),
    ("vector_norm(x)", [], 0),
    ("norm(x)", A, math.sqrt(30)),
    ('norm(x, ord="fro")', A, math.sqrt(30)),
    ("norm(x, ord=1)", A, 6),
    ("norm(x, ord=-1)", A, 4),
    ("norm(x, ord=inf)", A, 7),
    ("norm(x, ord=-inf)", A, 3),
    ("norm(x, ord=2)", D, 4),
    ("norm(x, ord=-2)", D, 3),
    ('norm(x, ord="nuc")', D, 7),
    ("norm(x, ord=1, axis=0)", A, [4, 6]),
    ("std(x)", [1.0, 3.0, 5.0, 7.0], math.sqrt(5)),
    ("std(x, ddof=1)", [1.0, 3.0], math.sqrt(2)),
    ("std(x, axis=0)", A, [1, 3]),
    ("std(x, ddof=1)", [1.0], math.nan),
]


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize(("call", "x", "expected"), VALUES)
def test_known_values(call: str, x: Any, expected: Any) -> None:
    check(call, {"x": x}, expected)


GRADIENTS: list[tuple[str, Any, Any]] = [
    ("norm(x)", V, [0.6, -0.8, 0]),
    ("norm(x)", [0.0, 0.0], [0, 0]),
    ("vector_norm(x, ord=1)", V, [1, -1, 0]),
    ("vector_norm(x, ord=inf)", [4.0, -4.0, 1.0], [0.5, -0.5, 0]),
    ("norm(x, ord=2)", D, [[0, 0], [0, -1]]),
    ("std(x)", [1.0, 3.0], [-0.5, 0.5]),
    ("std(x)", [2.0, 2.0], [0, 0]),
]


@pytest.mark.parametrize(("call", "x", "expected"), GRADIENTS)
def test_hand_computed_gradients(call: str, x: Any, expected: Any) -> None:
    np.testing.assert_allclose(gradients(call, x=x)["x"], expected, atol=1e-15)


def test_the_square_of_a_large_number_does_not_pass_float64() -> None:
    assert value("norm(x)", x=[3e150, 4e150]) == pytest.approx(5e150)


def test_wrong_calls_state_what_is_needed() -> None:
    assert 'None, "fro", "nuc", 1, -1, 2, -2, inf, -inf' in refusal("norm(x, ord=3)", x=[2, 2])
    assert "axes go from 0 to 0" in refusal("vector_norm(x, axis=3)", x=[2])
    assert "ddof" in refusal('std(x, ddof="a")', x=[2])
