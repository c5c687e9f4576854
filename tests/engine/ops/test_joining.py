"""Joining and parting as in NumPy and PyTorch: which part has which elements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

A = [[1.0, 2.0], [3.0, 4.0]]
V, U = [1.0, 2.0], [7.0, 8.0]

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    ("hstack(x, y)", {"x": V, "y": U}, [1, 2, 7, 8]),
    ("hstack(x, x)", {"x": A}, [[1, 2, 1, 2], [3, 4, 3, 4]]),
    ("vstack(x, y)", {"x": V, "y": U}, [V, U]),
    ("dstack(x, y)", {"x": V, "y": U}, [[[1, 7], [2, 8]]]),
    ("column_stack(x, y)", {"x": V, "y": A}, [[1, 1, 2], [2, 3, 4]]),
    ("atleast_3d(x)", {"x": V}, [[[1], [2]]]),
    ("select(x, axis=1, index=-1)", {"x": A}, [2, 4]),
    ("narrow(x, axis=0, start=-1, length=1)", {"x": A}, [[3, 4]]),
    ("unflatten(x, axis=0, sizes=(2, -1))", {"x": V + U}, [V, U]),
    ("expand(x, shape=(2, -1))", {"x": V}, [V, V]),
    ("expand_as(x, y)", {"x": V, "y": A}, [V, V]),
    ("reshape_as(x, y)", {"x": V + U, "y": A}, [V, U]),
    ("fliplr(x)", {"x": A}, [[2, 1], [4, 3]]),
    ("flipud(x)", {"x": A}, [[3, 4], [1, 2]]),
    ("rot90(x)", {"x": A}, [[2, 4], [1, 3]]),
    ("rot90(x, k=-1)", {"x": A}, [[3, 1], [4, 2]]),
    ("rot90(x, k=2)", {"x": A}, [[4, 3], [2, 1]]),
    ("cartesian_prod(x, y)", {"x": V, "y": U}, [[1, 7], [1, 8], [2, 7], [2, 8]]),
    ("combinations(x)", {"x": [1.0, 2.0, 3.0]}, [[1, 2], [1, 3], [2, 3]]),
    ("combinations(x, with_replacement=True)", {"x": V}, [[1, 1], [1, 2], [2, 2]]),
    ("combinations(x, r=3)", {"x": V}, np.zeros((0, 3))),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), VALUES)
def test_known_values(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected)


PARTS: list[tuple[str, list[list[float]]]] = [
    ("a, b, c = chunk(x, chunks=3)", [[1, 2], [3, 4], [5]]),
    ("a, b, c = tensor_split(x, 3)", [[1, 2], [3, 4], [5]]),
    ("a, b = tensor_split(x, 2)", [[1, 2, 3], [4, 5]]),
    ("a, b, c = tensor_split(x, (1, 4))", [[1], [2, 3, 4], [5]]),
    ("a, b, c = split_with_sizes(x, split_sizes=(0, 3, 2))", [[], [1, 2, 3], [4, 5]]),
]


@pytest.mark.parametrize(("call", "expected"), PARTS)
def test_parts(call: str, expected: list[list[float]]) -> None:
    assert [part.tolist() for part in value(call, x=[1.0, 2.0, 3.0, 4.0, 5.0])] == expected


def test_a_grid_repeats_each_vector_along_the_axes_of_the_others() -> None:
    a, b = value("a, b = meshgrid(x, y)", x=V, y=[7.0, 8.0, 9.0])
    assert (a.tolist(), b.tolist()) == ([[1, 1, 1], [2, 2, 2]], [[7, 8, 9], [7, 8, 9]])
    a, b = value('a, b = meshgrid(x, y, indexing="xy")', x=V, y=[7.0, 8.0, 9.0])
    assert (a.tolist(), b.tolist()) == ([[1, 2], [1, 2], [1, 2]], [[7, 7], [8, 8], [9, 9]])


def test_a_gradient_counts_the_copies() -> None:
    np.testing.assert_array_equal(gradients("combinations(x)", x=[1.0, 2.0, 3.0])["x"], [2, 2, 2])
    np.testing.assert_array_equal(gradients("expand_as(x, y) * y", x=V, y=A)["x"], [4, 6])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("hstack(x, x[:, :1].T)", "differ in more than axis 1"),
        ("chunk(x, chunks=0)", "chunks is at least 1, not 0"),
        ("split_with_sizes(x, split_sizes=(2, 2))", "the shapes [3, 2] and [2, 2] do not fit"),
        ("narrow(x, axis=0, start=-4, length=1)", "start is from -3 to 3, not -4"),
        ("narrow(x, axis=0, start=1, length=5)", "length is from 0 to 2, not 5"),
        ("select(x, axis=0, index=5)", "whole numbers from 0 to 2"),
        ("unflatten(x, axis=0, sizes=(2, 2))", "[3, 2] and [2, 2] do not fit"),
        ("rot90(x, axes=(1, -1))", "names an axis twice"),
        ('meshgrid(x[0], x[1], indexing="yx")', "ij, xy"),
        ("combinations(x)", "combinations needs the shape [n]"),
    ],
)
def test_wrong_calls_state_what_is_needed(call: str, message: str) -> None:
    assert message in refusal(call, x=[3, 2])
