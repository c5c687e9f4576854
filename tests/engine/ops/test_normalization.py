"""Normalisations against plain NumPy over the axes that each of them names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

RANDOM = np.random.default_rng(1)
X = RANDOM.normal(2, 3, size=(3, 4, 5))
W, B = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 10.0, 0.0, -1.0])
EPS = 1e-5


def standardized(x: Any, axes: Any, eps: float = EPS) -> np.ndarray:
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)


CHANNELS = (slice(None), None)
GROUPED = standardized(X.reshape(3, 2, 10), 2).reshape(X.shape)

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("batch_norm(x, training=True)", {}, standardized(X, (0, 2))),
    ("batch_norm(x, m, v, w, b)", {"m": B, "v": W, "w": W, "b": B}, None),
    ("instance_norm(x, weight=w)", {"w": W}, standardized(X, 2) * W[CHANNELS]),
    ("layer_norm(x)", {}, standardized(X, 2)),
    ("layer_norm(x, normalized_shape=(4, 5), eps=0.5)", {}, standardized(X, (1, 2), 0.5)),
    ("rms_norm(x, eps=0)", {}, X / np.sqrt(np.mean(X**2, 2, keepdims=True))),
    ("group_norm(x, w, b, num_groups=2)", {"w": W, "b": B}, GROUPED * W[CHANNELS] + B[CHANNELS]),
]
VALUES[1] = (*VALUES[1][:2], (X - B[CHANNELS]) / np.sqrt(W + EPS)[CHANNELS] * W[CHANNELS] + B[CHANNELS])


@pytest.mark.parametrize(("call", "parameters", "expected"), VALUES, ids=[call for call, *_ in VALUES])
def test_known_values(call: str, parameters: dict[str, Any], expected: Any) -> None:
    check(call, {"x": X, **parameters}, expected)


def test_local_response_divides_by_the_channels_around() -> None:
    x = [[[1.0], [2.0], [4.0]]]
    scaled = [1 / (1 + 3 * 5 / 3), 2 / (1 + 3 * 21 / 3), 4 / (1 + 3 * 20 / 3)]
    check("local_response_norm(x, size=3, alpha=3, beta=1)", {"x": x}, [[[v] for v in scaled]])


def test_a_shift_or_a_factor_of_the_input_changes_nothing() -> None:
    found = value("layer_norm(100 * x + 7, eps=0)", x=X)
    np.testing.assert_allclose(found, value("layer_norm(x, eps=0)", x=X), rtol=1e-9)
    gradient = gradients("layer_norm(x) * [1, 2, 3, 4, 5]", x=X)["x"]
    np.testing.assert_allclose(gradient.sum(axis=2), 0, atol=1e-12)  # no gradient along a shift


def test_the_gradient_of_two_numbers_standardised_vanishes() -> None:
    # (x - mean) / std of two numbers is 1 and -1 whatever they are.
    np.testing.assert_allclose(gradients("layer_norm(x, eps=0) * [3, 7]", x=[[1.0, 5.0]])["x"], 0, atol=1e-15)


def test_wrong_calls_state_what_is_needed() -> None:
    assert "training=True" in refusal("batch_norm(x)", x=[3, 2])
    assert "needs a batch and channels" in refusal("batch_norm(x, training=True)", x=[3])
    assert "the last axes of [3, 2] are not [3]" in refusal("layer_norm(x, w)", x=[3, 2], w=[3])
    assert "3 channels do not divide into 2 groups" in refusal("group_norm(x, num_groups=2)", x=[2, 3])
