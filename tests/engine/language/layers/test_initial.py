"""`nn.init`: another first value of a parameter."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tidegraph
from tests.engine.language.reading import refused


@pytest.mark.parametrize(
    ("call", "low", "high"),
    [
        ("nn.init.eye_(f.weight)", 0.0, 1.0),
        ("nn.init.constant_(tensor=f.weight, val=2)", 2.0, 2.0),
        ("nn.init.zeros_(f.weight)", 0.0, 0.0),
        ("nn.init.ones_(f.weight)", 1.0, 1.0),
        ("nn.init.constant_(f.weight, 0.25)", 0.25, 0.25),
        ("torch.nn.init.uniform_(f.weight, 2, 3)", 2.0, 3.0),
        ("nn.init.uniform_(f.weight, a=-1.0, b=0.0)", -1.0, 0.0),
    ],
)
def test_the_first_value_is_the_one_that_was_asked_for(call: str, low: float, high: float) -> None:
    graph = tidegraph.parse(f"f = nn.Linear(20, 30)\n{call}\nx: input[20]\nJ = sum(f(x))")
    weight = tidegraph.initial_values(graph, seed=0)["f.weight"]
    assert weight.shape == (30, 20)
    assert low <= weight.min() <= weight.max() <= high
    assert (np.ptp(weight) == 0) == (low == high)


def test_a_normal_draw_has_its_mean_and_spread() -> None:
    graph = tidegraph.parse(
        "f = nn.Linear(40, 50)\nnn.init.normal_(f.weight, mean=3.0, std=0.5)\nx: input[40]\nJ = sum(f(x))"
    )
    weight = tidegraph.initial_values(graph, seed=1)["f.weight"]
    assert abs(weight.mean() - 3) < 0.05
    assert abs(weight.std() - 0.5) < 0.05


@pytest.mark.parametrize(
    ("call", "bound"),
    [
        ("nn.init.xavier_uniform_(f.weight)", math.sqrt(6 / 50)),
        ("nn.init.xavier_uniform_(f.weight, gain=2)", 2 * math.sqrt(6 / 50)),
        ("nn.init.kaiming_uniform_(f.weight, nonlinearity='relu')", math.sqrt(6 / 20)),
        ("nn.init.kaiming_uniform_(f.weight, a=math.sqrt(5))", math.sqrt(1 / 20)),
        ("nn.init.kaiming_uniform_(f.weight, mode='fan_out', nonlinearity='linear')", math.sqrt(3 / 30)),
    ],
)
def test_uniform_draws_reach_pytorchs_bound(call: str, bound: float) -> None:
    graph = tidegraph.parse(f"f = nn.Linear(20, 30)\n{call}\nx: input[20]\nJ = sum(f(x))")
    largest = np.abs(tidegraph.initial_values(graph, seed=0)["f.weight"]).max()
    assert 0.97 * bound < largest <= bound + 0.005  # values that are shown are rounded


@pytest.mark.parametrize(
    ("call", "std"),
    [
        ("nn.init.xavier_normal_(f.weight)", math.sqrt(2 / 50)),
        ("nn.init.kaiming_normal_(f.weight, nonlinearity='relu')", math.sqrt(2 / 20)),
        ("nn.init.kaiming_normal_(f.weight, nonlinearity='tanh')", 5 / 3 / math.sqrt(20)),
        ("nn.init.trunc_normal_(f.weight, std=0.02)", 0.02),
    ],
)
def test_normal_draws_have_pytorchs_spread(call: str, std: float) -> None:
    graph = tidegraph.parse(f"f = nn.Linear(20, 30)\n{call}\nx: input[20]\nJ = sum(f(x))")
    assert abs(tidegraph.initial_values(graph, seed=0)["f.weight"].std() / std - 1) < 0.1


@pytest.mark.parametrize("layer", ["nn.Linear(3, 5)", "nn.Linear(5, 3)", "nn.Conv2d(2, 3, 2)"])
def test_an_orthogonal_draw_has_orthonormal_rows_or_columns(layer: str) -> None:
    graph = tidegraph.parse(f"f = {layer}\nnn.init.orthogonal_(f.weight, gain=2)\nJ = sum(f.weight)")
    weight = tidegraph.initial_values(graph, seed=0)["f.weight"]
    weight = weight.reshape(weight.shape[0], -1)
    product = weight.T @ weight if weight.shape[0] > weight.shape[1] else weight @ weight.T
    np.testing.assert_allclose(product, 4 * np.eye(min(weight.shape)), atol=1e-12)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("nn.init.kaiming_uniform_(f.bias)", "fan-of-vector"),
        ("nn.init.kaiming_uniform_(f.weight, mode='fan')", "option-not-known"),
        ("nn.init.kaiming_uniform_(f.weight, nonlinearity='gelu')", "option-not-known"),
        ("nn.init.eye_(f.bias)", "identity-of-matrix"),
        ("nn.init.xavier_unifrom_(f.weight)", "unknown-in-library"),
        ("nn.init.uniform_(f.weight, lo=3)", "no-argument"),
    ],
)
def test_refused(call: str, code: str) -> None:
    error = refused(f"f = nn.Linear(2, 3)\n{call}")
    assert (error.code, error.line) == (code, 2)


def test_the_bias_of_another_layer_keeps_its_own() -> None:
    graph = tidegraph.parse(
        "f = nn.Linear(3, 3)\ng = nn.Linear(3, 3)\nnn.init.zeros_(f.bias)\nx: input[3]\nJ = sum(g(f(x)))"
    )
    first = tidegraph.initial_values(graph, seed=0)
    assert not first["f.bias"].any()
    assert first["g.bias"].all()
    assert np.abs(first["g.bias"]).max() < 1
