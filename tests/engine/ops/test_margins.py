"""Losses with margins: by hand, at the margin, and with labels of 1 and -1."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal

SCORES, Y = [2.0, 0.5, -1.0], [1.0, -1.0, 1.0]
SIDE = {"a": [[0.0, 0.0]], "p": [[3.0, 4.0]], "n": [[0.0, 2.0]]}

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("hinge_loss(o, y)", {"o": SCORES, "y": Y}, (0 + 1.5 + 2) / 3),
    ('hinge_loss(o, y, reduction="none")', {"o": SCORES, "y": Y}, [0, 1.5, 2]),
    ('hinge_embedding_loss(o, y, margin=2, reduction="none")', {"o": SCORES, "y": Y}, [2, 1.5, -1]),
    ('soft_margin_loss(o, y, reduction="sum")', {"o": [0.0, 0.0], "y": [1.0, -1.0]}, 2 * math.log(2)),
    (
        'margin_ranking_loss(o, p, y, margin=0.5, reduction="none")',
        {"o": SCORES, "p": [0.0, 0.0, 0.0], "y": Y},
        [0, 1, 1.5],
    ),
    (
        'cosine_embedding_loss(a, b, y, margin=0.5, reduction="none")',
        {"a": [[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]], "b": [[0.0, 3.0], [2.0, 0.0], [0.0, 3.0]], "y": [1.0, -1.0, -1.0]},
        [1, 0.5, 0],
    ),
    ('triplet_margin_loss(a, p, n, eps=0, reduction="none")', SIDE, [5 - 2 + 1]),
    ('triplet_margin_loss(a, p, n, p=1, eps=0, reduction="none")', SIDE, [7 - 2 + 1]),
    ('triplet_margin_loss(a, p, n, eps=0, swap=True, reduction="sum")', {**SIDE, "n": [[3.0, 3.0]]}, 5 - 1 + 1),
    (
        "multilabel_soft_margin_loss(o, y)",
        {"o": [[0.0, math.log(3)]], "y": [[1.0, 0.0]]},
        (math.log(2) + math.log(4)) / 2,
    ),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), VALUES)
def test_known_values(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected, tolerance=1e-7)


def test_hand_computed_gradients() -> None:
    call = 'hinge_loss(o, y, reduction="sum")'
    np.testing.assert_array_equal(gradients(call, {"y": Y}, o=SCORES)["o"], [0, 1, -1])
    np.testing.assert_array_equal(gradients(call, {"y": [1.0]}, o=[1.0])["o"], [0])
    found = gradients('soft_margin_loss(o, y, reduction="sum")', {"y": [1.0, -1.0]}, o=[0.0, math.log(3)])["o"]
    np.testing.assert_allclose(found, [-0.5, 0.75])
    found = gradients('triplet_margin_loss(a, p, n, eps=0, reduction="sum")', **SIDE)
    np.testing.assert_allclose(found["p"], [[0.6, 0.8]])
    np.testing.assert_allclose(found["n"], [[0, -1]])
    np.testing.assert_allclose(found["a"], [[-0.6, 0.2]], rtol=1e-12)


def test_wrong_calls_state_what_is_needed() -> None:
    assert "hinge_loss needs equal shapes, not [2, 3] and [2]" in refusal("hinge_loss(a, b)", a=[2, 3], b=[2])
    assert "do not broadcast" in refusal("triplet_margin_loss(a, a, b)", a=[2, 3], b=[3, 4])
    assert "sum" in refusal('hinge_loss(a, a, reduction="total")', a=[2])
