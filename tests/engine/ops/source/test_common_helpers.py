"""The matrices of interpolation that exported code computes: by hand, and what holds for all of them."""

from __future__ import annotations

import numpy as np
import pytest

from tidegraph.engine.ops.source.common_helpers import interpolation

MODES = ["nearest", "nearest-exact", "linear", "cubic", "area"]


def test_matrices_by_hand() -> None:
    assert interpolation("nearest", 2, 3, 1.5, False).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert interpolation("nearest-exact", 2, 3, 1.5, False).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert interpolation("linear", 3, 2, 1.0, True).tolist() == [[1, 0], [0.5, 0.5], [0, 1]]
    assert interpolation("linear", 4, 2, 0.5, False).tolist() == [[1, 0], [0.75, 0.25], [0.25, 0.75], [0, 1]]
    assert interpolation("area", 2, 3, 1.5, False).tolist() == [[0.5, 0.5, 0], [0, 0.5, 0.5]]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("m", "n"), [(7, 3), (2, 5), (4, 4), (1, 6)])
def test_a_constant_stays_a_constant(mode: str, m: int, n: int) -> None:
    matrix = interpolation(mode, m, n, n / m, False)
    assert matrix.shape == (m, n)
    np.testing.assert_allclose(matrix.sum(axis=1), 1, rtol=1e-15)


@pytest.mark.parametrize("mode", MODES)
def test_the_same_size_changes_nothing(mode: str) -> None:
    assert interpolation(mode, 3, 3, 1.0, False).tolist() == np.eye(3).tolist()


def test_aligned_corners_are_kept() -> None:
    for mode in ("linear", "cubic"):
        matrix = interpolation(mode, 5, 3, 0.5, True)
        assert (matrix[0].tolist(), matrix[-1].tolist()) == ([1, 0, 0], [0, 0, 1]), mode
