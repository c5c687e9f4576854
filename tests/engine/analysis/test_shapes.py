"""Shapes of derivatives: exercise 1 on vectors, matrices and higher tensors."""

import numpy as np
import pytest

from tidegraph import InputError, function, jacobian, parse, value_and_grad
from tidegraph.engine.analysis.shapes import facts

LAYER = "X: input[6, 4]\nW: parameter[4, 3]\nZ = X @ W\nJ = sum(relu(Z) ** 2)"


def test_a_gradient_has_the_shape_of_its_variable_and_a_jacobian_the_axes_of_both():
    found = facts(parse(LAYER), "W")
    assert found.shape == (4, 3)
    first = found.jacobians[0]
    assert (first.of, first.shape, first.size, first.direct) == ("Z", (6, 3, 4, 3), 216, True)
    assert first.operator == "matmul:Z"
    assert first.entry == r"\frac{\partial {\mathbf{Z}}_{ab}}{\partial {\mathbf{W}}_{ij}}"
    assert r"\sum_{ab}" in first.product
    assert found.jacobians[-1].of == "J"
    assert found.jacobians[-1].shape == (4, 3)


def test_shapes_are_those_of_the_arrays_that_the_engine_computes():
    graph = parse("x: input[2, 3, 4]\nk: parameter[4]\ny = x * k\nz = sum(y, axis=1)\nJ = sum(z ** 2)")
    _, gradients = value_and_grad(graph)()
    for name in ("x", "k", "y", "z"):
        found = facts(graph, name)
        assert found.shape == gradients[name].shape
        for one in found.jacobians[:2]:
            (arrays,) = function(jacobian(graph, one.of, name))()
            (matrix,) = arrays.values()
            assert matrix.shape == one.shape


def test_a_variable_that_the_target_does_not_read_is_told_so():
    found = facts(parse("a: parameter = 2\nb: parameter[3]\nJ = a ** 2"), "b")
    assert not found.reaches
    assert found.jacobians == ()
    scalar = facts(parse("a: parameter = 2\nJ = a ** 2"), "a")
    assert scalar.shape == ()
    assert scalar.entry == r"\frac{\partial J}{\partial a}"
    with pytest.raises(InputError, match="no variable 'c'"):
        facts(parse("a: parameter = 2\nJ = a ** 2"), "c")


def test_what_flows_back_through_a_jacobian_is_the_sum_that_is_written():
    graph = parse(LAYER)
    _, gradients = value_and_grad(graph)()
    (arrays,) = function(jacobian(graph, "Z", "W"))()
    np.testing.assert_allclose(np.einsum("ab,abij->ij", gradients["Z"], arrays["dZ_dW"]), gradients["W"])
