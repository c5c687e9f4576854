"""Numerical checks: right gradients agree, a kink is seen, only what lies on a path is listed."""

from __future__ import annotations

import numpy as np
import pytest

import engine
from tests.engine.test_interchange import PROGRAMS


@pytest.mark.parametrize("name", ["chapter", "loop", "nested"])
def test_right_gradients_agree(name: str) -> None:
    checked = engine.check(engine.parse(PROGRAMS[name]))
    assert checked
    for result in checked.values():
        assert result.agrees
        np.testing.assert_allclose(result.numerical, result.analytic, atol=1e-7)


def test_values_and_names_are_chosen_by_the_caller() -> None:
    graph = engine.parse("x: input[2]\nw: parameter[2]\nu: parameter\nJ = sum(x * w ** 3)")
    checked = engine.check(graph, {"w": [2.0, -1.0], "x": [1.0, 0.5]}, wrt=["w", "u"])
    assert (checked["u"].analytic, checked["u"].numerical) == (0, 0)
    np.testing.assert_allclose(checked["w"].numerical, [12, 1.5], rtol=1e-8)


def test_at_a_kink_the_difference_sees_both_sides() -> None:
    checked = engine.check(engine.parse("x: parameter = 0\nJ = relu(x)"))["x"]
    assert (checked.analytic, float(checked.numerical)) == (0, pytest.approx(0.5))
    assert not checked.agrees
