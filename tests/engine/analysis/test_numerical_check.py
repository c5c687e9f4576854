"""Numerical checks: right gradients agree, a kink is seen, only what lies on a path is listed."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tests.engine.calls import Call, assert_close, calls
from tests.engine.exchange.test_node_link import PROGRAMS


@pytest.mark.parametrize("name", ["chapter", "loop", "nested"])
def test_right_gradients_agree(name: str) -> None:
    checked = tidegraph.check(tidegraph.parse(PROGRAMS[name]))
    assert checked
    for result in checked.values():
        assert result.agrees
        np.testing.assert_allclose(result.numerical, result.analytic, atol=1e-7)


def test_values_and_names_are_chosen_by_the_caller() -> None:
    graph = tidegraph.parse("x: input[2]\nw: parameter[2]\nu: parameter\nJ = sum(x * w ** 3)")
    checked = tidegraph.check(graph, {"w": [2.0, -1.0], "x": [1.0, 0.5]}, wrt=["w", "u"])
    assert (checked["u"].analytic, checked["u"].numerical) == (0, 0)
    np.testing.assert_allclose(checked["w"].numerical, [12, 1.5], rtol=1e-8)


def test_a_size_is_no_number_that_can_be_moved() -> None:
    checked = tidegraph.check(tidegraph.parse("d = 2\nx: parameter[d]\nJ = sum(relu(x + 3)) / sqrt(d)"))
    assert {name: result.method for name, result in checked.items()} == {"x": "central differences"}
    assert checked["x"].agrees


def test_small_gradients_have_relative_errors_too() -> None:
    checked = tidegraph.check(tidegraph.parse("x: parameter = 0.001\nJ = 1e-3 * (relu(x) + abs(x) * (x > 0))"))["x"]
    assert checked.agrees
    hidden = tidegraph.check(tidegraph.parse("x: parameter = 0\nJ = 1e-3 * relu(x)"))["x"]
    assert (float(hidden.numerical), hidden.error, hidden.agrees) == (pytest.approx(5e-4), pytest.approx(0), True)


def test_at_a_kink_the_difference_sees_both_sides() -> None:
    checked = tidegraph.check(tidegraph.parse("x: parameter = 0\nJ = relu(x)"))["x"]
    assert (checked.analytic, float(checked.numerical)) == (0, pytest.approx(0.5))
    assert checked.agrees
    assert (checked.kinks, float(checked.left), float(checked.right)) == (("relu",), 0, pytest.approx(1))


def test_a_wrong_gradient_at_a_smooth_point_is_no_kink() -> None:
    checked = tidegraph.check(tidegraph.parse("x: parameter = 0.5\nJ = sum(relu(x) ** 2)"))["x"]
    assert checked.agrees
    assert checked.kinks == ()


def test_the_complex_step_where_every_operator_knows_complex_numbers() -> None:
    program = "x: input[3]\nW: parameter[4, 3]\nV: parameter[2, 4]\nh = relu(W @ x)\nJ = sum(exp(sin(V @ h)) / 7)"
    checked = tidegraph.check(tidegraph.parse(program))
    assert {name: result.method for name, result in checked.items()} == {
        "x": "central differences",
        "W": "central differences",
        "V": "complex step",
    }
    np.testing.assert_allclose(checked["V"].numerical, checked["V"].analytic, rtol=1e-14, atol=1e-15)
    assert checked["V"].error < 1e-14 < checked["W"].error


def test_a_comparison_on_the_way_asks_for_differences() -> None:
    checked = tidegraph.check(tidegraph.parse("x: parameter = 2\ny: parameter = 3\nJ = where(x > 1, x * y, y)"))
    assert (checked["x"].method, checked["y"].method) == ("central differences", "complex step")
    assert checked["x"].agrees
    assert checked["y"].agrees


ANALYTIC = [c for c in calls() if getattr(c.op, "analytic", False) and c.floats and c.wrt]


@pytest.mark.parametrize("call", ANALYTIC, ids=str)
def test_an_operator_that_is_declared_analytic_is_right_for_complex_numbers(call: Call) -> None:
    checked = tidegraph.check(call.graph, call.values, wrt=call.wrt)
    for name, result in checked.items():
        assert result.method == "complex step"
        assert_close(result.numerical, result.analytic, 1e-11, name)
