"""Elements put at indices: which of equal indices counts, what is there already, and where gradients go."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.known import check, gradients, refusal, value

X = [10.0, 20.0, 30.0]
TWICE: dict[str, Any] = {"x": X, "i": [0, 2, 0], "s": [1.0, 2.0, 3.0]}
A = [[1.0, 2.0], [3.0, 4.0]]

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("scatter(x, i, s, axis=0)", TWICE, [3, 20, 2]),
    ('scatter(x, i, s, axis=0, reduce="add")', TWICE, [14, 20, 32]),
    ('scatter(x, i, s, axis=0, reduce="multiply")', TWICE, [30, 20, 60]),
    ("scatter(x, i, 7, axis=1)", {"x": A, "i": [[1], [0]]}, [[1, 7], [7, 4]]),
    ('scatter_reduce(x, i, s, axis=0, reduce="sum")', TWICE, [14, 20, 32]),
    ('scatter_reduce(x, i, s, axis=0, reduce="mean", include_self=False)', TWICE, [2, 20, 2]),
    ('scatter_reduce(x, i, s, axis=0, reduce="mean")', TWICE, [14 / 3, 20, 16]),
    ('scatter_reduce(x, i, s, axis=0, reduce="amin")', TWICE, [1, 20, 2]),
    ('scatter_reduce(x, i, s, axis=0, reduce="amax", include_self=False)', TWICE, [3, 20, 2]),
    ("index_select(x, i, axis=1)", {"x": A, "i": [1, 1, 0]}, [[2, 2, 1], [4, 4, 3]]),
    ("index_copy(x, i, s, axis=0)", {"x": A, "i": [1], "s": [[8.0, 9.0]]}, [[1, 2], [8, 9]]),
    ("index_fill(x, i, 0, axis=1)", {"x": A, "i": [0]}, [[0, 2], [0, 4]]),
    ("index_put(x, (i, j), s)", {"x": A, "i": [0, -1], "j": [1, 1], "s": [5.0, 6.0]}, [[1, 5], [3, 6]]),
    ("index_put(x, (i,), s, accumulate=True)", {**TWICE}, [14, 20, 32]),
    ("select_scatter(x, s, axis=1, index=-1)", {"x": A, "s": [7.0, 8.0]}, [[1, 7], [3, 8]]),
    ("slice_scatter(x, s, step=2)", {"x": X, "s": [1.0, 2.0]}, [1, 20, 2]),
    ("diagonal_scatter(x, s)", {"x": A, "s": [7.0, 8.0]}, [[7, 2], [3, 8]]),
    ("masked_fill(x, x > 15, -1)", {"x": X}, [10, -1, -1]),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), VALUES)
def test_known_values(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected)


GRADIENTS: list[tuple[str, Any, Any]] = [
    ("scatter(x, i, s, axis=0)", [0, 1, 0], [0, 1, 1]),
    ('scatter(x, i, s, axis=0, reduce="add")', [1, 1, 1], [1, 1, 1]),
    ('scatter_reduce(x, i, s, axis=0, reduce="prod")', [3, 1, 2], [30, 30, 10]),
    ('scatter_reduce(x, i, s, axis=0, reduce="amax", include_self=False)', [0, 1, 0], [0, 1, 1]),
]


@pytest.mark.parametrize(("call", "of_x", "of_s"), GRADIENTS)
def test_gradients_go_to_what_is_seen(call: str, of_x: Any, of_s: Any) -> None:
    found = gradients(call, {"i": TWICE["i"]}, x=X, s=TWICE["s"])
    np.testing.assert_array_equal(found["x"], of_x)
    np.testing.assert_array_equal(found["s"], of_s)


def test_an_index_outside_is_refused() -> None:
    with pytest.raises(tidegraph.InputError, match="5 is not an index of an axis of size 3"):
        value("scatter(x, i, s, axis=0)", x=X, i=[5], s=[1.0])
    assert "5 is not an index of an axis of size 3" in refusal("select_scatter(x, s, axis=0, index=5)", x=[3], s=[])


def test_wrong_calls_state_what_is_needed() -> None:
    assert "amax, amin" in refusal('scatter_reduce(x, i, s, axis=0, reduce="max")', x=[3], i=[2], s=[2])
    assert "add, multiply" in refusal('scatter(x, i, s, axis=0, reduce="max")', x=[3], i=[2], s=[2])
    assert "[3] does not broadcast to [2]" in refusal("slice_scatter(x, s, start=1)", x=[3], s=[3])
