"""Layers by hand: linear and bilinear maps, gates, dropout, and angles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

X = [[1.0, 2.0], [3.0, -4.0]]
CUBE = [[[1.0, 0.0], [0.0, 1.0]], [[0.0, 2.0], [0.0, 0.0]]]

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("linear(x, w, b)", {"x": X, "w": [[1.0, 1.0], [0.0, 2.0], [1.0, 0.0]], "b": [0.0, 0.5, 0.0]}, None),
    ("linear(x, w)", {"x": X, "w": [1.0, 10.0]}, [21, -37]),
    ("bilinear(x, y, w)", {"x": X, "y": [[5.0, 6.0], [7.0, 8.0]], "w": CUBE}, [[17, 12], [-11, 48]]),
    ("glu(x)", {"x": [3.0, 5.0, 0.0, math.log(3)]}, [1.5, 3.75]),
    ("glu(x, axis=0)", {"x": [[8.0], [0.0]]}, [[4]]),
    ("cosine_similarity(x, y)", {"x": [[1.0, 0.0], [3.0, 4.0]], "y": [[1.0, 1.0], [-3.0, -4.0]]}, [math.sqrt(0.5), -1]),
    ("normalize(x)", {"x": [[3.0, 4.0], [0.0, 0.0]]}, [[0.6, 0.8], [0, 0]]),
    ("normalize(x, p=1, axis=0)", {"x": X}, [[0.25, 1 / 3], [0.75, -2 / 3]]),
]
VALUES[0] = (*VALUES[0][:2], [[3, 4.5, 1], [-1, -7.5, 3]])


@pytest.mark.parametrize(("call", "inputs", "expected"), VALUES)
def test_known_values(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected)


def test_the_gradients_of_a_linear_layer_are_sums_over_the_batch() -> None:
    found = gradients("linear(x, w, b)", x=X, w=[[1.0, 5.0]], b=[0.0])
    np.testing.assert_array_equal(found["w"], [[4, -2]])
    np.testing.assert_array_equal(found["b"], [2])
    np.testing.assert_array_equal(found["x"], [[1, 5], [1, 5]])


def test_dropout_keeps_the_mean_and_its_gradient_has_the_same_mask() -> None:
    x = np.ones(4000)
    kept = value("dropout(x, p=0.25, seed=3)", x=x)
    assert set(np.unique(kept)) == {0, 1 / 0.75}
    assert kept.mean() == pytest.approx(1, abs=0.05)
    np.testing.assert_array_equal(gradients("dropout(x, p=0.25, seed=3)", x=x)["x"], kept)
    assert not np.array_equal(value("dropout(x, p=0.25, seed=4)", x=x), kept)
    check("dropout(x, p=0.25, training=False)", {"x": X}, X)
    check("dropout(x, p=1)", {"x": X}, np.zeros((2, 2)))


def test_wrong_calls_state_what_is_needed() -> None:
    assert "nn.Linear(3, ...)" in refusal("linear(x, w)", x=[2, 3], w=[4, 5])
    assert "[outputs, inputs1, inputs2]" in refusal("bilinear(x, x, w)", x=[2, 3], w=[4, 5])
    assert "axis 0 has 3 elements" in refusal("glu(x)", x=[3])
    assert "p is a probability, not 2" in refusal("dropout(x, p=2)", x=[3])
