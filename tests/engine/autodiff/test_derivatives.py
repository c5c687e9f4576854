"""Graphs of derivatives: their names, their shapes, and closed forms that they equal."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.autodiff.derivatives import fresh, unit

QUADRATIC = "A: input[3, 3]\nx: parameter[3]\nJ = x @ A @ x / 2"
A = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 1.0]])
X = np.array([1.0, -2.0, 0.5])


def test_the_gradient_and_hessian_of_a_quadratic_form() -> None:
    graph = tidegraph.parse(QUADRATIC)
    (first,) = tidegraph.function(tidegraph.grad(graph))(A=A, x=X)
    np.testing.assert_allclose(first["dJ_dx"], A @ X)
    (second,) = tidegraph.function(tidegraph.hessian(graph))(A=A, x=X)
    np.testing.assert_allclose(second["d2J_dx_dx"], A)
    (product,) = tidegraph.function(tidegraph.hvp(graph))(A=A, x=X, x_dot=X)
    np.testing.assert_allclose(product["Hx"], A @ X)


@pytest.mark.parametrize(("rows", "columns"), [(2, 4), (4, 2)])
def test_a_jacobian_by_rows_and_by_columns(rows: int, columns: int) -> None:
    graph = tidegraph.parse(f"W: input[{rows}, {columns}]\nx: input[{columns}]\ny = W @ x\nz = sum(y)")
    jacobian = tidegraph.jacobian(graph, "y", "x")
    w = np.arange(float(rows * columns)).reshape(rows, columns)
    (found,) = tidegraph.function(jacobian)(W=w)
    np.testing.assert_array_equal(found["dy_dx"], w)
    assert jacobian.answers == ("dy_dx",)


def test_a_target_that_ignores_a_variable_has_gradient_zero() -> None:
    graph = tidegraph.grad(tidegraph.parse("x: input[2]\nw: parameter[3]\nJ = sum(x)"), "J", ["w", "x"])
    (found,) = tidegraph.function(graph)()
    np.testing.assert_array_equal(found["dJ_dw"], np.zeros(3))
    np.testing.assert_array_equal(found["dJ_dx"], np.ones(2))


def test_tangents_of_tangents_have_names_of_their_own() -> None:
    once = tidegraph.jvp(tidegraph.parse("x: input\ny = x ** 3"), "x", "y")
    twice = tidegraph.jvp(once, "x", "y_dot")
    assert once.tangents == {"x": "x_dot"}
    assert twice.tangents == {"x": "x_dot_2"}
    (found,) = tidegraph.function(twice)(x=2.0, x_dot=1.0, x_dot_2=1.0)
    assert list(found.values()) == [12.0]
    assert (fresh("a", ["a", "a_2"]), fresh("b", ["a"])) == ("a_3", "b")


def test_basis_vectors() -> None:
    graph = tidegraph.parse("x: input[2, 2]\ny = sum(x)")
    made = tidegraph.Graph({f"e{i}": unit(graph.find("x"), i) for i in range(4)})
    (found,) = tidegraph.function(made)()
    np.testing.assert_array_equal([found[f"e{i}"].reshape(-1) for i in range(4)], np.eye(4))
    assert unit(graph.find("y"), 0).literal == 1.0


def test_a_derivative_is_a_copy_only_where_its_variable_has_a_name_already() -> None:
    graph = tidegraph.grad(tidegraph.parse("a: parameter\nb: parameter\ns = sin(b)\nJ = a * s"))
    made = {name: operator.op.name for name in graph.answers if (operator := graph.variables[name].operator)}
    assert made == {"dJ_da": "identity", "dJ_db": "multiply"}
