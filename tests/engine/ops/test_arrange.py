"""Rearranging: where each element goes, and which calls name no place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

A = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
V = [1.0, 2.0, 3.0]

VALUES: list[tuple[str, Any, Any]] = [
    ("flatten(x, start_dim=1)", [A], [[1, 2, 3, 4, 5, 6]]),
    ("flatten(x)", 5.0, [5]),
    ("ravel(swapaxes(x, 0, 1))", A, [1, 4, 2, 5, 3, 6]),
    ("moveaxis(x, 0, -1)", A, [[1, 4], [2, 5], [3, 6]]),
    ("squeeze(x)", [[[7.0], [8.0]]], [7, 8]),
    ("squeeze(x, axis=-1)", [[[7.0], [8.0]]], [[7, 8]]),
    ("expand_dims(x, axis=(0, 2))", V, [[[1], [2], [3]]]),
    ("concatenate((x, x[:1]), axis=0)", A, [*A, A[0]]),
    ("concatenate((x, x), axis=None)", [V], V + V),
    ("tile(x, reps=(2, 1))", V, [V, V]),
    ("repeat(x, repeats=(2, 0, 1))", V, [1, 1, 3]),
    ("repeat(x, repeats=2, axis=0)", A, [A[0], A[0], A[1], A[1]]),
    ("flip(x)", A, [[6, 5, 4], [3, 2, 1]]),
    ("roll(x, shift=1)", A, [[6, 1, 2], [3, 4, 5]]),
    ("roll(x, shift=-4, axis=1)", A, [[2, 3, 1], [5, 6, 4]]),
    ("roll(x, shift=2)", [], []),
    ("pad(x, pad_width=(1, 2))", V, [0, 1, 2, 3, 0, 0]),
    ("pad(x, pad_width=(2, 1), constant_values=9)", V, [9, 9, 1, 2, 3, 9]),
    ('pad(x, pad_width=2, mode="reflect")', V, [3, 2, 1, 2, 3, 2, 1]),
    ('pad(x, pad_width=2, mode="symmetric")', V, [2, 1, 1, 2, 3, 3, 2]),
    ('pad(x, pad_width=2, mode="replicate")', V, [1, 1, 1, 2, 3, 3, 3]),
    ('pad(x, pad_width=2, mode="circular")', V, [2, 3, 1, 2, 3, 1, 2]),
    ('pad(x, pad_width=4, mode="reflect")', V, [1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3]),
]


@pytest.mark.parametrize(("call", "x", "expected"), VALUES)
def test_known_values(call: str, x: Any, expected: Any) -> None:
    check(call, {"x": x}, expected)


def test_a_split_gives_equal_parts_or_cuts_before_indices() -> None:
    a, b = value("a, b = split(x, 2, axis=0)", x=[1.0, 2.0, 3.0, 4.0])
    assert (a.tolist(), b.tolist()) == ([1, 2], [3, 4])
    a, b, c = value("a, b, c = split(x, (1, 1), axis=0)", x=V)
    assert (a.tolist(), b.tolist(), c.tolist()) == ([1], [], [2, 3])


def test_a_gradient_counts_how_often_an_element_is_there() -> None:
    np.testing.assert_array_equal(gradients("repeat(x, repeats=(2, 0, 1))", x=V)["x"], [2, 0, 1])
    np.testing.assert_array_equal(gradients('pad(x, pad_width=1, mode="reflect")', x=V)["x"], [1, 3, 1])
    np.testing.assert_array_equal(gradients("pad(x, pad_width=1, constant_values=4) ** 2", x=V)["x"], [2, 4, 6])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("squeeze(x, axis=1)", "only an axis of size 1 can be removed"),
        ("split(x, 2, axis=1)", "3"),
        ("moveaxis(x, (0, 1), (0,))", "the same number of distinct axes"),
        ("flatten(x, start_dim=1, end_dim=0)", "axis 1 comes after axis 0"),
        ('pad(x, pad_width=1, mode="mirror")', "constant, reflect, symmetric, edge, wrap"),
        ("concatenate((x, x.T))", "differ in more than axis 0"),
        ("repeat(x, repeats=(1, 2, 3), axis=0)", "3"),
        ("repeat(x, repeats=-1)", "-1"),
    ],
)
def test_wrong_calls_state_what_is_needed(call: str, message: str) -> None:
    assert message in refusal(call, x=[2, 3])
