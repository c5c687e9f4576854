"""Activation functions: their values by their formulas, their kinks, and what their options must be."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

X = [-4.0, -0.5, 0.0, 0.5, 7.0]

FORMULAS: list[tuple[str, Any]] = [
    ("relu(x)", lambda x: max(x, 0.0)),
    ("relu6(x)", lambda x: min(max(x, 0.0), 6.0)),
    ("sigmoid(x)", lambda x: 1 / (1 + math.exp(-x))),
    ("hardsigmoid(x)", lambda x: min(max((x + 3) / 6, 0.0), 1.0)),
    ("hardswish(x)", lambda x: x * min(max((x + 3) / 6, 0.0), 1.0)),
    ("hardtanh(x, min_val=-2, max_val=0.25)", lambda x: min(max(x, -2.0), 0.25)),
    ("softplus(x, beta=2)", lambda x: math.log1p(math.exp(2 * x)) / 2),
    ("logsigmoid(x)", lambda x: -math.log1p(math.exp(-x))),
    ("elu(x, alpha=0.5)", lambda x: x if x > 0 else 0.5 * math.expm1(x)),
    ("celu(x, alpha=2)", lambda x: x if x > 0 else 2 * math.expm1(x / 2)),
    ("leaky_relu(x, negative_slope=0.1)", lambda x: x if x > 0 else 0.1 * x),
    ("silu(x)", lambda x: x / (1 + math.exp(-x))),
    ("mish(x)", lambda x: x * math.tanh(math.log1p(math.exp(x)))),
    ("gelu(x)", lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2),
    ("softsign(x)", lambda x: x / (1 + math.fabs(x))),
    ("tanhshrink(x)", lambda x: x - math.tanh(x)),
    ("softshrink(x)", lambda x: math.copysign(max(math.fabs(x) - 0.5, 0.0), x)),
    ("hardshrink(x)", lambda x: x if math.fabs(x) > 0.5 else 0.0),
    ("threshold(x, threshold=0.5, value=9)", lambda x: x if x > 0.5 else 9.0),
]


@pytest.mark.parametrize(("call", "formula"), FORMULAS)
def test_an_activation_is_its_formula(call: str, formula: Any) -> None:
    check(call, {"x": X}, [formula(x) for x in X])


def test_softplus_is_the_input_above_its_threshold() -> None:
    assert value("softplus(x, threshold=3)", x=[3.5]) == 3.5
    assert value("softplus(x, threshold=3)", x=[2.5]) == pytest.approx(math.log1p(math.exp(2.5)))


def test_selu_keeps_mean_and_variance() -> None:
    """The fixed point that defines its two constants: a standard normal input has mean 0 and variance 1 afterwards."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(180)
    y = value("selu(x)", x=nodes)
    weights = weights / weights.sum()
    assert weights @ y == pytest.approx(0, abs=2e-3)
    assert weights @ (y * y) == pytest.approx(1, abs=2e-3)


def test_prelu_has_a_slope_for_each_channel() -> None:
    inputs = {"x": [[-1.0, -2.0], [3.0, -4.0]], "w": [0.5, 0.1]}
    check("prelu(x, w)", inputs, [[-0.5, -0.2], [3.0, -0.4]])
    np.testing.assert_allclose(gradients("prelu(x, w)", **inputs)["w"], [-1, -6])


@pytest.mark.parametrize(
    ("call", "gradient"),
    [("relu(x)", 0), ("elu(x, alpha=3)", 3), ("leaky_relu(x, negative_slope=0.2)", 0.2), ("sigmoid(x)", 0.25)],
)
def test_the_gradient_at_zero(call: str, gradient: float) -> None:
    assert gradients(call, x=[0.0])["x"] == gradient


def test_wrong_options_are_refused_with_the_right_ones() -> None:
    assert "one number, or 3 for the channels" in refusal("prelu(x, w)", x=[2, 3], w=[2])
    assert 'approximate="none" or approximate="tanh"' in refusal('gelu(x, approximate="exact")', x=[3])
    assert "beta is positive, not 0" in refusal("softplus(x, beta=0)", x=[3])
