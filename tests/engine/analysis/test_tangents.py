"""Forward mode as steps: tangents against finite differences and against the gradient, and what they cost."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tests.engine.exchange.test_node_link import PROGRAMS

CHAPTER = PROGRAMS["chapter"]


def test_every_tangent_is_a_directional_derivative() -> None:
    graph = tidegraph.parse(CHAPTER)
    direction = np.random.default_rng(0).normal(size=(5, 4))
    found = tidegraph.tangents(graph, "W1", direction)
    run = tidegraph.value_and_grad(graph)
    start = tidegraph.initial_values(graph)["W1"]
    (more, _), (less, _) = run(W1=start + 1e-6 * direction), run(W1=start - 1e-6 * direction)
    assert set(found.tangents) >= {"W1", "z", "h", "o", "L", "s", "J"}
    assert "x" not in found.tangents
    for name, tangent in found.tangents.items():
        np.testing.assert_allclose(tangent, (more[name] - less[name]) / 2e-6, atol=1e-7)


def test_the_target_moves_by_gradient_times_direction() -> None:
    graph = tidegraph.parse(CHAPTER)
    _, gradients = tidegraph.value_and_grad(graph)()
    found = tidegraph.tangents(graph, "x")
    assert found.direction.tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose(found.tangents["J"], gradients["x"][0], rtol=1e-12)


def test_equations_and_costs() -> None:
    found = tidegraph.tangents(tidegraph.parse(CHAPTER), "x")
    first = found.steps[0]
    assert first.equation["symbolic"] == r"\dot{\mathbf{z}} = \mathbf{W}^{(1)} \dot{\mathbf{x}}"
    assert [s.outputs for s in found.steps][:3] == [["z"], ["h"], ["o"]]
    weights = tidegraph.tangents(tidegraph.parse(CHAPTER), "W1").steps[0]
    assert weights.equation["symbolic"] == r"\dot{\mathbf{z}} = \dot{\mathbf{W}}^{(1)} \mathbf{x}"
    assert found.reverse_flops is not None
    assert found.value_flops < found.reverse_flops
    assert found.full_flops > found.forward_flops


def test_a_graph_without_a_scalar_has_tangents_too() -> None:
    found = tidegraph.tangents(tidegraph.parse("x: input[2]\ny = x ** 2"), "x", [0, 1], values={"x": [3, 4]})
    assert found.tangents["y"].tolist() == [0, 8]
    assert found.reverse_flops is None


def test_what_does_not_fit_says_so() -> None:
    graph = tidegraph.parse(CHAPTER)
    with pytest.raises(tidegraph.InputError, match="z is not a declared float variable"):
        tidegraph.tangents(graph, "z")
    with pytest.raises(tidegraph.InputError, match="W1 has shape \\[5, 4\\]; the direction has shape \\[4\\]"):
        tidegraph.tangents(graph, "W1", [1, 2, 3, 4])
