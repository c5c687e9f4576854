"""Recurrent layers step by step, in both directions."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.models.builder import Builder
from tidegraph.engine.models.recurrent import Cell, recurrent


def run(kind: str, reverse: bool, x: np.ndarray, w_ih: np.ndarray, w_hh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All outputs and the last one, from a state of zeros."""
    b = Builder()
    given = b.leaf("x", x.shape, "input", x)
    cell = Cell(kind, *(b.leaf(n, w.shape, "parameter", w) for n, w in (("w_ih", w_ih), ("w_hh", w_hh))))
    hidden = w_hh.shape[1]
    state = [b.constant(np.zeros((x.shape[1], hidden))) for _ in range(2 if kind == "lstm" else 1)]
    outputs, last = recurrent(b, cell, given, state, reverse)
    model = b.model([given], [("y", outputs), ("h", last[0])])
    (found,) = tidegraph.function(model.graph, model.outputs)(model.values)
    y, h = model.outputs
    return found[y], found[h]


@pytest.mark.parametrize("reverse", [False, True])
def test_a_relu_network_by_hand(reverse: bool) -> None:
    x = np.array([[[1.0]], [[-2.0]], [[3.0]]])
    outputs, last = run("rnn_relu", reverse, x, np.array([[2.0]]), np.array([[0.5]]))
    state, wanted = 0.0, [0.0, 0.0, 0.0]
    for time in (2, 1, 0) if reverse else (0, 1, 2):
        state = max(2 * float(x[time, 0, 0]) + 0.5 * state, 0.0)
        wanted[time] = state
    np.testing.assert_array_equal(outputs[:, 0, 0], wanted)
    np.testing.assert_array_equal(last, [[state]])


@pytest.mark.parametrize(("kind", "gates"), [("rnn_tanh", 1), ("gru", 3), ("lstm", 4)])
def test_every_cell_has_one_output_a_step(kind: str, gates: int) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(4, 2, 3))
    outputs, last = run(kind, False, x, random.normal(size=(gates * 5, 3)), random.normal(size=(gates * 5, 5)))
    assert outputs.shape == (4, 2, 5)
    np.testing.assert_array_equal(outputs[-1], last)
    assert np.abs(outputs).max() < 1


def test_an_lstm_of_no_weights_stays_at_zero() -> None:
    outputs, last = run("lstm", False, np.ones((2, 1, 1)), np.zeros((4, 1)), np.zeros((4, 1)))
    assert not outputs.any()
    assert not last.any()
