"""Layers of attention: their parameters are PyTorch's, and a mask cuts what it should."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tests.engine.language.reading import refused


def test_the_parameters_of_multihead_attention_are_pytorchs() -> None:
    graph = tidegraph.parse(
        "a = nn.MultiheadAttention(8, 2)\nx: input[5, 1, 8]\ny, w = a(x, x, x)\nJ = sum(y) + sum(w)"
    )
    assert {name: v.shape for name, v in graph.leaves("parameter").items()} == {
        "a.in_proj_weight": (24, 8),
        "a.in_proj_bias": (24,),
        "a.out_proj.weight": (8, 8),
        "a.out_proj.bias": (8,),
    }
    assert (graph.variables["y"].shape, graph.variables["w"].shape) == ((5, 1, 8), (1, 5, 5))


def test_weights_are_probabilities_and_equal_where_nothing_distinguishes() -> None:
    graph = tidegraph.parse(
        "a = nn.MultiheadAttention(4, 2, batch_first=True)\nx: input[1, 3, 4]\n"
        "y, w = a(x, x, x)\nJ = sum(y * w[0, 0, 0])"
    )
    given = tidegraph.initial_values(graph, seed=0)
    (found,) = tidegraph.function(graph, ["w"])(given)
    np.testing.assert_allclose(found["w"].sum(axis=-1), 1, rtol=1e-12)
    (found,) = tidegraph.function(graph, ["w"])(given | {"x": np.ones((1, 3, 4))})
    np.testing.assert_allclose(found["w"], 1 / 3, rtol=1e-12)


def test_a_causal_mask_keeps_the_future_out_of_the_gradient() -> None:
    graph = tidegraph.parse(
        "a = nn.MultiheadAttention(4, 1, batch_first=True)\nx: parameter[1, 3, 4]\n"
        "m = nn.Transformer.generate_square_subsequent_mask(3)\ny, w = a(x, x, x, attn_mask=m)\nJ = sum(y[0, 0])"
    )
    _, gradients = tidegraph.value_and_grad(graph)(tidegraph.initial_values(graph, seed=0))
    assert gradients["x"][0, 0].any()
    assert not gradients["x"][0, 1:].any()


@pytest.mark.parametrize("norm_first", [True, False])
def test_an_encoder_layer_keeps_the_shape_and_nests_its_scopes(norm_first: bool) -> None:
    graph = tidegraph.parse(
        f"f = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True, norm_first={norm_first})\n"
        "x: input[2, 3, 8]\ny = f(x)\nJ = sum(y ** 2)"
    )
    assert graph.variables["y"].shape == (2, 3, 8)
    parents = {scope.name: scope.parent.name if scope.parent else "" for scope in graph.scopes.values()}
    assert parents["self_attn"] == "f"


def test_heads_that_do_not_divide_the_features_are_refused() -> None:
    error = refused("a = nn.MultiheadAttention(8, 3)\nx: input[5, 8]\ny, w = a(x, x, x)")
    assert "8" in str(error)
    assert "3" in str(error)
