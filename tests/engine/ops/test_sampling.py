"""Draws: the same for the same seed, distributed as they should be, and with the gradient of the soft sample."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.known import gradients, refusal, value

P = [0.1, 0.2, 0.7]
MANY = 4000


@pytest.mark.parametrize(
    "call",
    [
        "gumbel_softmax(p, seed={})",
        "bernoulli(p, seed={})",
        "multinomial(p, num_samples=30, replacement=True, seed={})",
    ],
)
def test_the_seed_alone_decides(call: str) -> None:
    p = np.full(30, 0.5)
    first = value(call.format(1), p=p)
    np.testing.assert_array_equal(first, value(call.format(1), p=p))
    assert not np.array_equal(first, value(call.format(2), p=p))


def test_frequencies_are_the_probabilities() -> None:
    tolerance = 4 * 0.5 / MANY**0.5  # four standard deviations of a frequency
    drawn = value("bernoulli(p)", p=np.full(MANY, 0.3))
    assert set(np.unique(drawn)) == {0, 1}
    assert drawn.mean() == pytest.approx(0.3, abs=tolerance)
    classes = value(f"multinomial(p, num_samples={MANY}, replacement=True)", p=np.multiply(P, 5))
    np.testing.assert_allclose(np.bincount(classes) / MANY, P, atol=tolerance)
    first = value("multinomial(p, num_samples=1)", p=np.tile(P, (MANY, 1)))[:, 0]
    np.testing.assert_allclose(np.bincount(first) / MANY, P, atol=tolerance)
    hard = value("gumbel_softmax(log(p), hard=True)", p=np.tile(P, (MANY, 1)))
    np.testing.assert_allclose(hard.mean(axis=0), P, atol=tolerance)


def test_without_replacement_no_class_comes_twice() -> None:
    assert sorted(value("multinomial(p, num_samples=3)", p=P)) == [0, 1, 2]
    assert 0 not in value("multinomial(p, num_samples=2)", p=[0.0, 0.5, 0.5])


def test_a_hard_sample_is_one_hot_along_its_axis_and_has_the_gradient_of_the_soft_one() -> None:
    x = np.log([P, P])
    hard = value("gumbel_softmax(x, hard=True, axis=0)", x=x)
    np.testing.assert_allclose(hard.sum(axis=0), 1)
    np.testing.assert_allclose(hard * (1 - hard), 0, atol=1e-15)
    weights = "[[1, 2, 3], [4, 5, 6]]"
    soft_gradient = gradients(f"gumbel_softmax(x, tau=0.5, axis=0) * {weights}", x=x)["x"]
    hard_gradient = gradients(f"gumbel_softmax(x, tau=0.5, hard=True, axis=0) * {weights}", x=x)["x"]
    np.testing.assert_allclose(hard_gradient, soft_gradient)
    assert soft_gradient.any()
    assert "p" not in gradients("bernoulli(p) + 0 * q", p=P, q=P)


def test_wrong_calls_state_what_is_needed() -> None:
    assert "num_samples is from 1 to 3, not 4" in refusal("multinomial(p, num_samples=4)", p=[3])
    assert "[batch, classes]" in refusal("multinomial(p, num_samples=1)", p=[2, 2, 2])
    assert "seed is at least 0, not -1" in refusal("bernoulli(p, seed=-1)", p=[3])
    assert "tau is positive, not 0" in refusal("gumbel_softmax(p, tau=0)", p=[3])
