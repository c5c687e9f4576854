"""What each level of differentiation costs, and its graph: the program's own nodes, and derivatives tied to them."""

import numpy as np
import pytest

from tests.engine.programs import REGRESSION
from tidegraph import InputError, function, hvp, parse, value_and_grad
from tidegraph.engine.analysis.derivative_orders import LEVELS, levels, picture


def test_the_cost_of_each_level():
    program = REGRESSION.replace("x: input[4]", "x: input[4, 50]").replace("y: target[3]", "y: target[3, 50]")
    found = levels(parse(program), repeats=2)
    assert tuple(level.name for level in found) == LEVELS
    value, gradient, product, whole = found
    assert value.ratio == 1
    assert 1 < gradient.ratio < 4
    assert gradient.flops < product.flops < 3 * gradient.flops
    assert whole.flops == 35 * product.flops
    assert value.operators < gradient.operators < product.operators
    assert all(level.seconds > 0 for level in found)
    assert levels(parse(REGRESSION), repeats=0)[0].seconds is None


def test_the_gradient_is_drawn_with_the_forward_graph_and_its_nodes_tied_to_their_variables():
    graph = parse(REGRESSION)
    drawn = picture(graph, "gradient")
    assert set(graph.named.values()) <= set(drawn.graph.variables)
    assert dict(drawn.ties)["dJ/dW1"] == "W1"
    assert dict(drawn.ties)["dJ/dh"] == "h"
    (found,) = function(drawn.graph, ["J", "dJ/dW1"])()
    values, gradients = value_and_grad(graph)()
    assert found["J"] == values["J"]
    np.testing.assert_allclose(found["dJ/dW1"], gradients["W1"], rtol=1e-13)
    second = picture(graph, "hessian-vector product")
    assert dict(second.ties)["HW1"] == dict(second.ties)["W1_dot"] == "W1"
    assert len(graph.operators) < len(drawn.graph.operators) < len(second.graph.operators)
    value = picture(graph, "value")
    assert (value.ties, value.orders) == ((), {})
    with pytest.raises(InputError, match=r"derivative order .third."):
        picture(graph, "third")


@pytest.mark.parametrize("level", ["gradient", "hessian-vector product"])
def test_a_picture_has_the_nodes_that_the_level_counts(level):
    graph = parse(REGRESSION)
    counted = next(one for one in levels(graph, repeats=0) if one.name == level)
    drawn = picture(graph, level)
    assert len(drawn.graph.operators) == counted.operators
    assert len(drawn.graph.variables) == counted.variables
    for name, order in drawn.orders.items():
        assert name not in graph.variables
        assert 1 <= order <= LEVELS.index(level)


def test_a_gradient_that_is_there_already_is_tied_and_not_drawn_twice():
    graph = parse(
        "x: input[3]\ny: target[3]\nw: parameter[3]\no = w * x\nb: parameter[3]\nz = o + b\nL = squared_error(z, y)"
    )
    drawn = picture(graph, "gradient")
    assert ("squared_error.subtract", "z") in drawn.ties
    assert "squared_error.subtract" not in drawn.orders
    assert {name for node, name in drawn.ties if node == "squared_error.subtract"} >= {"z", "b"}


def test_a_picture_at_work_computes_the_derivatives_and_writes_them_as_such():
    graph = parse(REGRESSION)
    _, gradients = value_and_grad(graph)()
    made = picture(graph, "gradient").trace()
    np.testing.assert_allclose(made.values["dJ/dh"], gradients["h"], rtol=1e-13)
    latex = {node["id"]: node["latex"] for node in made.nodes}
    assert latex["dJ/dh"] == r"\frac{\partial J}{\partial \mathbf{h}}"
    assert latex["h"] == r"\mathbf{h}"
    assert made.scopes == made.backward == []
    direction = np.arange(20.0).reshape(5, 4)
    second = picture(graph, "hessian-vector product").trace({"W1_dot": direction, "W2_dot": np.zeros((3, 5))})
    (expected,) = function(hvp(graph))(W1_dot=direction, W2_dot=np.zeros((3, 5)))
    np.testing.assert_allclose(second.values["HW1"], expected["HW1"])


def test_the_graph_of_a_small_hessian_is_drawn_and_a_large_one_says_what_is_too_large():
    graph = parse("w: parameter[2] = [1, 2]\nJ = w[0] ** 2 * w[1]")
    made = picture(graph, "hessian").trace()
    np.testing.assert_allclose(made.values["d2J_dw_dw"], [[4, 2], [2, 0]])
    with pytest.raises(InputError, match=r"about [\d,]+ operators.*each of 35 parameters"):
        picture(parse(REGRESSION), "hessian")


def test_a_hessians_time_is_reckoned_where_it_is_long():
    product, whole = levels(parse("w: parameter[700]\nJ = sum(exp(w) ** 2)"), repeats=1)[2:]
    assert whole.seconds == 700 * product.seconds
    assert (product.measured, whole.measured) == (True, False)
    assert levels(parse("w: parameter[2]\nJ = sum(exp(w))"), repeats=1)[3].measured
