"""Losses of classes by hand: weights, smoothing and margins; labels and stability are in test_losses."""

from __future__ import annotations

import math

import numpy as np

from tests.engine.known import gradients, refusal, value

SCORES = [[2.0, 0.0, 1.0], [0.0, 3.0, 3.5]]
LABELS = [0, 1]


def log_softmax(row: list[float]) -> list[float]:
    total = math.log(math.fsum(math.exp(x) for x in row))
    return [x - total for x in row]


LIKELY = [log_softmax(row) for row in SCORES]


def test_the_mean_counts_each_example_by_the_weight_of_its_class() -> None:
    weight = [1.0, 4.0, 2.0]
    found = value("cross_entropy(o, y, w)", o=SCORES, y=LABELS, w=weight)
    assert np.isclose(found, -(1 * LIKELY[0][0] + 4 * LIKELY[1][1]) / 5, rtol=1e-12)
    found = value('nll_loss(o, y, w, reduction="none")', o=LIKELY, y=LABELS, w=weight)
    np.testing.assert_allclose(found, [-LIKELY[0][0], -4 * LIKELY[1][1]], rtol=1e-12)


def test_smoothing_shares_a_part_of_the_label_among_all_classes() -> None:
    found = value('cross_entropy(o, y, label_smoothing=0.3, reduction="none")', o=SCORES, y=LABELS)
    wanted = [-0.7 * row[label] - 0.1 * sum(row) for row, label in zip(LIKELY, LABELS, strict=True)]
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_the_gradient_of_cross_entropy_is_softmax_minus_the_label() -> None:
    found = gradients("cross_entropy(o, y)", {"y": LABELS}, o=SCORES)["o"]
    wanted = np.exp(LIKELY)
    wanted[[0, 1], LABELS] -= 1
    np.testing.assert_allclose(found, wanted / 2, rtol=1e-12)


def test_margins_count_how_far_other_classes_come_close() -> None:
    # Row 0: 0 and 1 lie at least 1 below 2, just so. Row 1: 3.5 exceeds 3 - 1 by 1.5.
    np.testing.assert_allclose(value('multi_margin_loss(o, y, reduction="none")', o=SCORES, y=LABELS), [0, 0.5])
    found = value('multi_margin_loss(o, y, p=2, reduction="none")', o=SCORES, y=LABELS)
    np.testing.assert_allclose(found, [0, 1.5**2 / 3])
    gradient = gradients('multi_margin_loss(o, y, reduction="sum")', {"y": LABELS}, o=SCORES)["o"]
    np.testing.assert_allclose(gradient, [[0, 0, 0], [0, -1 / 3, 1 / 3]])


def test_all_ignored_labels_have_no_mean() -> None:
    with np.errstate(invalid="ignore"):
        assert math.isnan(value("cross_entropy(o, y)", o=SCORES, y=[-100, -100]))


def test_wrong_options_are_refused_with_the_right_ones() -> None:
    assert "between 0 and 1, not 2" in refusal("cross_entropy(o, y, label_smoothing=2)", o=[2, 3], y=[2])
    assert "p is 1 or 2, not 3" in refusal("multi_margin_loss(o, y, p=3)", o=[2, 3], y=[2])
    assert "3" in refusal("cross_entropy(o, y, w)", o=[2, 3], y=[2], w=[2])
