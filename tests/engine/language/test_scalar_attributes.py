"""Numbers among an operator's attributes: variables with a gradient, or constants that say why they have none."""

from __future__ import annotations

import pytest

import tidegraph
from tidegraph.engine.graph import InputError

X = "x: parameter[4] = [-2.0, -0.7, 0.6, 2.0]\n"


@pytest.mark.parametrize(
    "program",
    [
        "a = 0.3\nJ = sum(leaky_relu(x, negative_slope=a) ** 2) + a",
        "a = 0.3\nJ = sum(elu(x, a) ** 2)",
        "a = 0.3\nJ = sum(celu(x, alpha=a) ** 2)",
        "a = 1.3\nJ = sum(softplus(x, beta=a) ** 2)",
        "a = 0.4\nJ = sum(hardtanh(x, -a, a) ** 3) + sum(softshrink(x, a) ** 2)",
        "a = 0.4\nJ = sum(threshold(x, 0.1, a) ** 2)",
        "a = 0.3\nJ = sum(layer_norm(x, eps=a) ** 3)",
        "a = 0.3\nJ = sum(rms_norm(x, eps=a) ** 3)",
        "a = 0.3\ny: target[4]\nJ = smooth_l1_loss(x, y, 'mean', a) + huber_loss(x, y, delta=2 * a)",
        "a = 0.3\ny: target[4]\nJ = cross_entropy(x, softmax(y), label_smoothing=a)",
        "a = 0.3\nq: parameter[3, 4]\nJ = sum(scaled_dot_product_attention(q, q, q, scale=a) ** 2) + sum(x)",
        "a = 0.3\nJ = sum(pad(x, 1, constant_values=a) ** 2)",
        "a: parameter = 0.3\nJ = sum(elu(x, alpha=a * 2) ** 2)",
    ],
)
def test_a_named_number_has_the_gradient_of_the_operator(program: str) -> None:
    checked = tidegraph.check(tidegraph.parse(X + program))
    assert checked["a"].agrees
    assert checked["x"].agrees
    assert checked["a"].analytic != 0


def test_the_issues_example_has_its_slope() -> None:
    graph = tidegraph.parse("x: parameter = -3.0\na = 0.1\nJ = leaky_relu(x, negative_slope=a) + a")
    assert tidegraph.value_and_grad(graph)()[1]["a"] == -2


@pytest.mark.parametrize("program", ["d = 3.0\nJ = norm(x, ord=d) + d", "d = 0.5\nJ = sum(dropout(x, p=d)) * d"])
def test_a_number_that_fixes_the_graph_has_no_gradient_and_says_so(program: str) -> None:
    graph = tidegraph.parse(X + program)
    assert "d" not in tidegraph.value_and_grad(graph)()[1]
    with pytest.raises(InputError, match="d has no gradient"):
        tidegraph.value_and_grad(graph, wrt=["d"])
    with pytest.raises(InputError, match="d has no gradient"):
        tidegraph.grad(graph, "J", "d")


def test_a_literal_stays_an_attribute_of_the_circle() -> None:
    graph = tidegraph.parse(X + "J = sum(leaky_relu(x, 0.2))")
    (scope,) = graph.scopes.values()
    assert scope.attributes == {"negative_slope": 0.2}
    assert len(scope.operands) == 1
