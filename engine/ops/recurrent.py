"""Cells of recurrent networks: one step in time, with PyTorch's order of gates in the stacked weights."""

from __future__ import annotations

from tidegraph.engine.graph import ShapeError, Variable
from tidegraph.engine.graph.kinds import Layer
from tidegraph.engine.ops.activations import relu, sigmoid, tanh
from tidegraph.engine.ops.declare import Case, composite
from tidegraph.engine.ops.layers import linear

CELL = Layer({"w_ih": "b_ih", "w_hh": "b_hh"})
"""Both products of a cell have a bias of their own."""


def split_gates(name: str, weight: Variable, count: int) -> int:
    """The size of one gate's part of stacked weights."""
    size, rest = divmod(weight.shape[0] if weight.ndim else 0, count)
    if rest or not size:
        raise ShapeError("gate-rows", name=name, count=count, shape=weight.shape, same=count)
    return size


@composite(
    symbol=r"\operatorname{RNN}",
    layer=CELL,
    cases=(
        Case(((2, 3), (2, 4), (4, 3), (4, 4), (4,), (4,))),
        Case(((3,), (4,), (4, 3), (4, 4)), {"nonlinearity": "relu"}),
    ),
)
def rnn_cell(
    x: Variable,
    h: Variable,
    w_ih: Variable,
    w_hh: Variable,
    b_ih: Variable | None = None,
    b_hh: Variable | None = None,
    *,
    nonlinearity: str = "tanh",
) -> Variable:
    """One step of a plain recurrent network: tanh (or relu) of W_ih x + b_ih + W_hh h + b_hh."""
    if nonlinearity not in ("tanh", "relu"):
        raise ShapeError("unknown-nonlinearity", given=repr(nonlinearity))
    z = linear(x, w_ih, b_ih) + linear(h, w_hh, b_hh)
    return tanh(z) if nonlinearity == "tanh" else relu(z)


@composite(
    symbol=r"\operatorname{GRU}",
    layer=CELL,
    cases=(Case(((2, 3), (2, 4), (12, 3), (12, 4), (12,), (12,))), Case(((3,), (2,), (6, 3), (6, 2)))),
)
def gru_cell(
    x: Variable,
    h: Variable,
    w_ih: Variable,
    w_hh: Variable,
    b_ih: Variable | None = None,
    b_hh: Variable | None = None,
) -> Variable:
    """One step of a gated recurrent unit (Cho et al. 2014); the weights stack the reset, update and new gates."""
    size = split_gates("gru_cell", w_ih, 3)
    outside, inside = linear(x, w_ih, b_ih), linear(h, w_hh, b_hh)
    reset = sigmoid(outside[..., :size] + inside[..., :size])
    update = sigmoid(outside[..., size : 2 * size] + inside[..., size : 2 * size])
    new = tanh(outside[..., 2 * size :] + reset * inside[..., 2 * size :])
    return new + update * (h - new)


@composite(
    symbol=r"\operatorname{LSTM}",
    layer=CELL,
    cases=(Case(((2, 3), (2, 4), (2, 4), (16, 3), (16, 4), (16,), (16,))), Case(((3,), (2,), (2,), (8, 3), (8, 2)))),
)
def lstm_cell(
    x: Variable,
    h: Variable,
    c: Variable,
    w_ih: Variable,
    w_hh: Variable,
    b_ih: Variable | None = None,
    b_hh: Variable | None = None,
) -> tuple[Variable, Variable]:
    """One step of a long short-term memory (Hochreiter and Schmidhuber 1997), to the new h and c.

    The weights stack the input, forget, cell and output gates.
    """
    size = split_gates("lstm_cell", w_ih, 4)
    z = linear(x, w_ih, b_ih) + linear(h, w_hh, b_hh)
    take, keep = sigmoid(z[..., :size]), sigmoid(z[..., size : 2 * size])
    new, show = tanh(z[..., 2 * size : 3 * size]), sigmoid(z[..., 3 * size :])
    memory = keep * c + take * new
    return show * tanh(memory), memory
