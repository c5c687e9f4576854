"""Images sampled at points: corners, points between pixels and outside, and the grids of affine maps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal

IMAGE = [[[[0.0, 10.0], [20.0, 30.0]]]]


def points(*xy: tuple[float, float]) -> list[Any]:
    """A grid of one row of points (x, y)."""
    return [[list(map(list, xy))]]


SAMPLES: list[tuple[str, Any, list[float]]] = [
    ("align_corners=True", points((-1, -1), (1, -1), (-1, 1), (0, 0), (0.5, -1)), [0, 10, 20, 15, 7.5]),
    ("align_corners=False", points((-0.5, -0.5), (0.5, 0.5), (0, 0), (-1, -1)), [0, 30, 15, 0]),
    ('mode="nearest", align_corners=True', points((-0.9, 0.8), (0.6, -0.4)), [20, 10]),
    ("align_corners=True", points((3, 0), (-2, -1)), [0, 0]),
    ('padding_mode="border", align_corners=True', points((3, -1), (-5, 5)), [10, 20]),
    ('padding_mode="reflection", align_corners=True', points((3, -1), (2, -1)), [0, 5]),
]


@pytest.mark.parametrize(("how", "grid", "wanted"), SAMPLES)
def test_an_image_is_sampled_at_points(how: str, grid: Any, wanted: list[float]) -> None:
    check(f"grid_sample(x, g, {how})", {"x": IMAGE, "g": grid}, [[[wanted]]])


def test_the_grid_of_an_affine_map() -> None:
    turned = [[[0.0, -1.0, 0.5], [1.0, 0.0, 0.0]]]
    corners = [[[[1.5, -1], [1.5, 1]], [[-0.5, -1], [-0.5, 1]]]]
    check("affine_grid(t, size=(1, 1, 2, 2), align_corners=True)", {"t": turned}, corners)
    centres = [[[[1, -0.5], [1, 0.5]], [[0, -0.5], [0, 0.5]]]]
    check("affine_grid(t, size=(1, 1, 2, 2), align_corners=False)", {"t": turned}, centres)


def test_hand_computed_gradients() -> None:
    # At (0, 0) of aligned corners all four pixels weigh 1/4; one unit of x is half the distance of the two columns.
    found = gradients("grid_sample(x, g, align_corners=True)", x=IMAGE, g=points((0, 0)))
    np.testing.assert_allclose(found["x"], np.full((1, 1, 2, 2), 0.25))
    np.testing.assert_allclose(found["g"], [[[[5, 10]]]])


def test_wrong_calls_state_what_is_needed() -> None:
    assert "do not fit" in refusal("grid_sample(x, g)", x=[1, 1, 3, 3], g=[1, 2, 2, 3])
    assert "bilinear, nearest, bicubic" in refusal('grid_sample(x, g, mode="cubic")', x=[1, 1, 3, 3], g=[1, 2, 2, 2])
    assert "zeros, border, reflection" in refusal(
        'grid_sample(x, g, padding_mode="wrap")', x=[1, 1, 3, 3], g=[1, 2, 2, 2]
    )
    assert "[1, 2, 3]" in refusal("affine_grid(t, size=(1, 1, 2, 2))", t=[1, 2, 2])
