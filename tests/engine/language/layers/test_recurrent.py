"""Recurrent layers: PyTorch's parameters and results, and one step computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tests.engine.language.reading import values


@pytest.mark.parametrize(("cell", "gates"), [("RNN", 1), ("GRU", 3), ("LSTM", 4)])
def test_parameters_and_results(cell: str, gates: int) -> None:
    graph = tidegraph.parse(
        f"f = nn.{cell}(3, 5, num_layers=2, batch_first=True)\nx: input[2, 4, 3]\ny, h = f(x)\nJ = sum(y)"
    )
    assert {name: v.shape for name, v in graph.leaves("parameter").items()} == {
        "f.weight_ih_l0": (gates * 5, 3),
        "f.weight_hh_l0": (gates * 5, 5),
        "f.bias_ih_l0": (gates * 5,),
        "f.bias_hh_l0": (gates * 5,),
        "f.weight_ih_l1": (gates * 5, 5),
        "f.weight_hh_l1": (gates * 5, 5),
        "f.bias_ih_l1": (gates * 5,),
        "f.bias_hh_l1": (gates * 5,),
    }
    assert graph.variables["y"].shape == (2, 4, 5)


def test_two_directions_are_side_by_side() -> None:
    graph = tidegraph.parse("f = nn.GRU(3, 5, bidirectional=True)\nx: input[4, 2, 3]\ny, h = f(x)\nJ = sum(y)")
    assert (graph.variables["y"].shape, graph.variables["h"].shape) == ((4, 2, 10), (2, 2, 5))
    assert "f.weight_ih_l0_reverse" in graph.leaves("parameter")


def test_a_simple_network_of_two_steps_by_hand() -> None:
    found = values(
        "f = nn.RNN(1, 1, bias=False)\nx: input[2, 1]\ny, h = f(x)",
        **{"f.weight_ih_l0": [[0.5]], "f.weight_hh_l0": [[2.0]], "x": [[1.0], [-1.0]]},
    )
    first = np.tanh(0.5)
    second = np.tanh(-0.5 + 2 * first)
    np.testing.assert_allclose(found["y"], [[first], [second]], rtol=1e-12)
    np.testing.assert_allclose(found["h"], [[second]], rtol=1e-12)


def test_the_cell_of_an_lstm_by_hand() -> None:
    found = values(
        "f = nn.LSTMCell(1, 1, bias=False)\nx: input[1, 1]\nh0: input[1, 1]\nc0: input[1, 1]\nh, c = f(x, (h0, c0))",
        **{"f.weight_ih": [[1.0], [2.0], [3.0], [4.0]], "f.weight_hh": np.zeros((4, 1)), "x": [[0.5]], "h0": [[9.0]],
           "c0": [[2.0]]},
    )  # fmt: skip

    def sigmoid(z: float) -> float:
        return 1 / (1 + float(np.exp(-z)))

    cell = sigmoid(1.0) * 2 + sigmoid(0.5) * np.tanh(1.5)
    np.testing.assert_allclose(found["c"], [[cell]], rtol=1e-12)
    np.testing.assert_allclose(found["h"], [[sigmoid(2.0) * np.tanh(cell)]], rtol=1e-12)
