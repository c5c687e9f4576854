"""Rows for indices, alone and in bags; the row that pads learns nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal

W = [[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]]
FLAT: dict[str, Any] = {"i": [0, 1, 2, 1], "w": W, "o": [0, 3]}

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("embedding(i, w)", {"i": [[2, 0]], "w": W}, [[[5, 7], [1, 2]]]),
    ("embedding(i, w)", {"i": [], "w": W}, np.zeros((0, 2))),
    ("embedding_bag(i, w)", {"i": [[0, 1], [2, 2]], "w": W}, [[2, 3], [5, 7]]),
    ('embedding_bag(i, w, o, mode="sum")', FLAT, [[9, 13], [3, 4]]),
    ('embedding_bag(i, w, o, mode="max")', FLAT, [[5, 7], [3, 4]]),
    ('embedding_bag(i, w, o, s, mode="sum")', {**FLAT, "s": [1.0, 10.0, 0.0, 2.0]}, [[31, 42], [6, 8]]),
    ("embedding_bag(i, w, o, include_last_offset=True)", {**FLAT, "o": [0, 1, 4]}, [[1, 2], [11 / 3, 5]]),
    ("embedding_bag(i, w, o)", {**FLAT, "o": [0, 0]}, [[0, 0], [3, 17 / 4]]),
    ("embedding_bag(i, w, padding_idx=0)", {"i": [[0, 1], [0, 0]], "w": W}, [[3, 4], [0, 0]]),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), VALUES)
def test_known_values(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected)


def test_a_row_gets_a_gradient_for_each_time_that_it_is_named() -> None:
    found = gradients("embedding(i, w)", {"i": [1, 1, 2]}, w=W)["w"]
    np.testing.assert_array_equal(found, [[0, 0], [2, 2], [1, 1]])
    found = gradients("embedding(i, w, padding_idx=1)", {"i": [1, 1, 2]}, w=W)["w"]
    np.testing.assert_array_equal(found, [[0, 0], [0, 0], [1, 1]])
    found = gradients("embedding_bag(i, w, o)", {"i": FLAT["i"], "o": FLAT["o"]}, w=W)["w"]
    np.testing.assert_allclose(found, [[1 / 3] * 2, [4 / 3] * 2, [1 / 3] * 2])


def test_wrong_calls_state_what_is_needed() -> None:
    assert "one row for each index" in refusal("embedding(i, w)", i=[3], w=[3])
    assert "padding_idx is from -3 to 2, not 7" in refusal("embedding(i, w, padding_idx=7)", i=[3], w=[3, 2])
    assert "mean, sum, max" in refusal('embedding_bag(i, w, mode="min")', i=[3, 2], w=[3, 2])
    assert "[bags, indices]" in refusal("embedding_bag(i, w)", i=[3], w=[3, 2])
