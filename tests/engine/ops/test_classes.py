"""The scores that labels name, and the gradient that goes back to them alone."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tests.engine.known import check, gradients, refusal, value

SCORES = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def test_a_label_names_an_element_of_its_row() -> None:
    check("pick(x, y)", {"x": SCORES, "y": [2, 0]}, [3, 4])
    check("pick(x, y, axis=0)", {"x": SCORES, "y": [1, 0, 1]}, [4, 2, 6])
    check("pick(x, y)", {"x": [7.0, 8.0], "y": 1}, 8)


def test_an_ignored_label_gives_zero_and_gets_no_gradient() -> None:
    call = "pick(x, y, ignore_index=-100)"
    check(call, {"x": SCORES, "y": [-100, 1]}, [0, 5])
    np.testing.assert_array_equal(gradients(call, {"y": [-100, 1]}, x=SCORES)["x"], [[0, 0, 0], [0, 1, 0]])


def test_unpick_puts_each_element_at_its_class() -> None:
    check("unpick(g, y, shape=(2, 3))", {"g": [8.0, 9.0], "y": [1, 1]}, [[0, 8, 0], [0, 9, 0]])


def test_no_labels_give_no_scores() -> None:
    assert value("pick(x, y)", x=np.zeros((0, 3)), y=np.zeros(0)).shape == (0,)


@pytest.mark.parametrize(("label", "shown"), [(3, "3"), (-1, "-1"), (0.5, "0.5")])
def test_a_label_that_is_no_class_is_refused_with_the_range(label: float, shown: str) -> None:
    with pytest.raises(tidegraph.InputError, match=shown) as caught:
        value("pick(x, y)", x=SCORES, y=[0, label])
    assert "2" in f"{caught.value} {caught.value.hint}"


def test_labels_need_the_shape_of_the_scores_without_the_classes() -> None:
    assert "scores of shape [2, 3] need labels of shape [2]" in refusal("pick(x, y)", x=[2, 3], y=[3])
    assert "need labels of shape [3]" in refusal("pick(x, y, axis=0)", x=[2, 3], y=[2])
