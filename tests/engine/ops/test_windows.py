"""Windows as columns and back: by hand, and each as the other's adjoint."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value
from tidegraph.engine.graph import ShapeError
from tidegraph.engine.ops.windows import Window, numbers

IMAGE = [[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]]


def test_columns_by_hand() -> None:
    columns = [[[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]]]
    check("unfold(x, kernel_size=2)", {"x": IMAGE}, columns)
    check("unfold(x, kernel_size=2, dilation=2)", {"x": IMAGE}, [[[1], [3], [7], [9]]])
    check("unfold(x, kernel_size=(1, 3), stride=2)", {"x": IMAGE}, [[[1, 7], [2, 8], [3, 9]]])
    check(
        "unfold(x, kernel_size=2, padding=1, stride=3)",
        {"x": IMAGE},
        [[[0, 0, 0, 9], [0, 0, 7, 0], [0, 3, 0, 0], [1, 0, 0, 0]]],
    )


def test_folding_adds_where_windows_overlap() -> None:
    ones = np.ones((1, 4, 4))
    check("fold(x, output_size=3, kernel_size=2)", {"x": ones}, [[[[1, 2, 1], [2, 4, 2], [1, 2, 1]]]])
    np.testing.assert_array_equal(
        gradients("unfold(x, kernel_size=2)", x=IMAGE)["x"][0, 0], [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    )


@pytest.mark.parametrize("how", ["stride=2", "padding=1, dilation=2", "padding=(1, 0), stride=(1, 2)"])
def test_each_is_the_adjoint_of_the_other(how: str) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(2, 3, 5, 4))
    columns = value(f"unfold(x, kernel_size=2, {how})", x=x)
    y = random.normal(size=columns.shape)
    back = value(f"fold(y, output_size=(5, 4), kernel_size=2, {how})", y=y)
    assert np.vdot(columns, y) == pytest.approx(np.vdot(x, back))


def test_a_window_counts_how_often_it_fits() -> None:
    window = Window.over((7, 4), (3, 2), 1, (1, 0), (2, 1))
    assert window.counts == (4, 3)
    with pytest.raises(ShapeError, match="a window of 5 does not fit an axis of 4"):
        Window.over((4,), (3,), 2, 0, 1)


@pytest.mark.parametrize("given", [0, 1.5, True, (1, 2, 3), "two"])
def test_one_whole_number_an_axis(given: Any) -> None:
    with pytest.raises(ShapeError, match="stride"):
        numbers("stride", given, 2, 1)
    assert numbers("stride", 3, 2, 1) == (3, 3)


def test_wrong_calls_state_what_is_needed() -> None:
    assert "add padding or use a smaller kernel" in refusal("unfold(x, kernel_size=5)", x=[1, 1, 3, 3])
    wrong = refusal("fold(x, output_size=(3, 3), kernel_size=2)", x=[1, 4, 5])
    assert "x has 5 columns, and the window fits 4 times into [3, 3]" in wrong
