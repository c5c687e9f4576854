"""The loss of alignments against a sum over all alignments, one by one."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import gradients, refusal, value

SCORES = np.log([[[0.5, 0.3, 0.2]], [[0.1, 0.6, 0.3]], [[0.4, 0.2, 0.4]], [[0.25, 0.25, 0.5]]])


def collapsed(path: tuple[int, ...], blank: int) -> list[int]:
    """Repeats merged, then blanks left out."""
    return [label for label, _ in itertools.groupby(path) if label != blank]


def probability(scores: np.ndarray, target: list[int], blank: int = 0) -> float:
    """The sum over every path that collapses to the target."""
    times, classes = scores.shape
    return sum(
        math.exp(sum(scores[t, label] for t, label in enumerate(path)))
        for path in itertools.product(range(classes), repeat=times)
        if collapsed(path, blank) == target
    )


@pytest.mark.parametrize(("target", "blank"), [([1, 2], 0), ([1, 1], 0), ([2], 0), ([0, 1], 2)])
def test_the_loss_sums_over_all_alignments(target: list[int], blank: int) -> None:
    found = value(f'ctc_loss(p, y, blank={blank}, reduction="sum")', p=SCORES, y=[target])
    assert found == pytest.approx(-math.log(probability(SCORES[:, 0], target, blank)))


def test_lengths_cut_sequences_and_the_mean_divides_by_the_labels() -> None:
    both = np.concatenate([SCORES, SCORES[::-1]], axis=1)
    found = value("ctc_loss(p, y, input_lengths=(4, 3), target_lengths=(2, 1))", p=both, y=[[1, 2], [2, 0]])
    first, second = probability(both[:, 0], [1, 2]), probability(both[:3, 1], [2])
    assert found == pytest.approx(-(math.log(first) / 2 + math.log(second)) / 2)


def test_an_impossible_alignment_costs_infinitely_or_nothing() -> None:
    short: dict[str, Any] = {"p": SCORES[:2], "y": [[1, 1]]}
    assert value('ctc_loss(p, y, reduction="sum")', **short) == math.inf
    assert value('ctc_loss(p, y, reduction="sum", zero_infinity=True)', **short) == 0


def test_the_gradient_is_minus_the_share_of_paths_through_each_label() -> None:
    found = gradients('ctc_loss(p, y, reduction="sum")', {"y": [[1]]}, p=SCORES[:2])["p"][:, 0]
    a, b = np.exp(SCORES[0, 0]), np.exp(SCORES[1, 0])
    total = a[1] * b[1] + a[0] * b[1] + a[1] * b[0]
    np.testing.assert_allclose(found[0], [-a[0] * b[1] / total, -a[1] * (b[0] + b[1]) / total, 0], atol=1e-15)


def test_wrong_calls_state_what_is_needed() -> None:
    assert "from 0 to 2" in refusal("ctc_loss(p, y, blank=5)", p=[4, 1, 3], y=[1, 2])
    assert "[time, batch, classes]" in refusal("ctc_loss(p, y)", p=[4], y=[1, 2])
