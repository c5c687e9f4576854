"""Layers with parameters of their own: PyTorch's names, shapes and bounds, and what they compute."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tidegraph
from tests.engine.language.reading import refused, values


@pytest.mark.parametrize(
    ("layer", "shape", "parameters", "result"),
    [
        ("nn.Linear(4, 3)", (2, 4), {"f.weight": (3, 4), "f.bias": (3,)}, (2, 3)),
        ("nn.Linear(4, 3, bias=False)", (4,), {"f.weight": (3, 4)}, (3,)),
        ("nn.Conv2d(3, 8, 3, padding=1)", (2, 3, 5, 5), {"f.weight": (8, 3, 3, 3), "f.bias": (8,)}, (2, 8, 5, 5)),
        ("nn.Conv1d(4, 6, 3, stride=2, groups=2)", (1, 4, 9), {"f.weight": (6, 2, 3), "f.bias": (6,)}, (1, 6, 4)),
        ("nn.ConvTranspose2d(3, 5, 2, 2)", (1, 3, 4, 4), {"f.weight": (3, 5, 2, 2), "f.bias": (5,)}, (1, 5, 8, 8)),
        ("nn.LayerNorm(4)", (2, 4), {"f.weight": (4,), "f.bias": (4,)}, (2, 4)),
        ("nn.GroupNorm(2, 4)", (2, 4, 3), {"f.weight": (4,), "f.bias": (4,)}, (2, 4, 3)),
        ("nn.BatchNorm1d(4)", (6, 4), {"f.weight": (4,), "f.bias": (4,)}, (6, 4)),
        ("nn.PReLU()", (3,), {"f.weight": (1,)}, (3,)),
        ("nn.Sequential(nn.Flatten(), nn.ReLU())", (2, 3, 4), {}, (2, 12)),
        ("nn.MaxPool2d(2)", (1, 1, 4, 6), {}, (1, 1, 2, 3)),
        ("nn.Upsample(scale_factor=2)", (1, 1, 2, 2), {}, (1, 1, 4, 4)),
        ("nn.ZeroPad2d(1)", (1, 1, 2, 2), {}, (1, 1, 4, 4)),
    ],
)
def test_parameters_and_shapes(
    layer: str, shape: tuple[int, ...], parameters: dict[str, tuple[int, ...]], result: tuple[int, ...]
) -> None:
    graph = tidegraph.parse(f"f = {layer}\nx: input{list(shape)}\ny = f(x)\nJ = sum(y)")
    assert {name: v.shape for name, v in graph.leaves("parameter").items()} == parameters
    assert graph.variables["y"].shape == result


def test_a_linear_layer_is_the_product_with_its_transposed_weight() -> None:
    w, b, x = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]]), np.array([0.5, 0.0, -1.0]), np.array([[1.0, -1.0]])
    found = values("f = nn.Linear(2, 3)\nx: input[1, 2]\ny = f(x)", **{"f.weight": w, "f.bias": b, "x": x})
    np.testing.assert_array_equal(found["y"], [[-0.5, -1.0, -2.0]])


def test_first_values_are_within_pytorchs_bound() -> None:
    graph = tidegraph.parse("f = nn.Linear(100, 50)\nx: input[100]\nJ = sum(f(x))")
    first = tidegraph.initial_values(graph, seed=0)
    for name in ("f.weight", "f.bias"):
        assert np.abs(first[name]).max() <= 1 / math.sqrt(100)
    assert np.abs(first["f.weight"]).max() > 0.09


def test_one_layer_used_twice_has_one_set_of_parameters_and_both_contributions() -> None:
    graph = tidegraph.parse("f = nn.Linear(1, 1, bias=False)\nx: input[1]\nJ = sum(f(f(x)))")
    _, gradients = tidegraph.value_and_grad(graph)(**{"f.weight": np.array([[3.0]]), "x": np.array([2.0])})
    assert gradients["f.weight"] == 2 * 3 * 2


def test_an_embedding_reads_rows_and_only_they_have_a_gradient() -> None:
    graph = tidegraph.parse("E = nn.Embedding(4, 2)\nt: input[2] = [1, 3]\nJ = sum(E(t))")
    _, gradients = tidegraph.value_and_grad(graph)(**{"E.weight": np.ones((4, 2)), "t": np.array([1, 3])})
    np.testing.assert_array_equal(gradients["E.weight"], [[0, 0], [1, 1], [0, 0], [1, 1]])


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        ("nn.Conv2d(3, 8, 3, groups=2)", "groups-do-not-divide"),
        ("nn.Conv2d(3, 8, 3, padding_mode='mirror')", "option-not-known"),
        ("nn.Linear(4)", "arguments-do-not-fit"),
        ("nn.Linear(4, 3, biass=True)", "arguments-do-not-fit"),
    ],
)
def test_refused(layer: str, code: str) -> None:
    assert refused(f"f = {layer}").code == code
