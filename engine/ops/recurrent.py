"""Recurrent networks: cells, which are one step in time, and layers over a sequence, which open into their steps.

The order of gates in the stacked weights is PyTorch's.
"""

from __future__ import annotations

from collections.abc import Callable

from tidegraph.engine.graph import ShapeError, Variable, literal
from tidegraph.engine.graph.kinds import Layer
from tidegraph.engine.ops.activations import relu, sigmoid, tanh
from tidegraph.engine.ops.declare import Case, composite
from tidegraph.engine.ops.layers import linear
from tidegraph.engine.ops.shape import broadcast_to, getitem, stack

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


State = tuple[Variable, ...]


def over_steps(
    name: str,
    x: Variable,
    state: State,
    step: Callable[[Variable, State], State],
    batch_first: bool,
    reverse: bool,
) -> tuple[Variable, State]:
    """The first part of the state after each step along the axis of time, and the state after the last."""
    if x.ndim not in (2, 3):
        raise ShapeError("needs-shape", name=name, needed="[time, batch, features]", shape=x.shape)
    axis = 1 if batch_first and x.ndim == 3 else 0
    if not x.shape[axis]:
        raise ShapeError("length-not-valid", name="time", given=0, least=1, most=10_000)
    outputs: list[Variable] = []
    order = range(x.shape[axis])
    for t in reversed(order) if reverse else order:
        state = step(getitem(x, key=(slice(None),) * axis + (t,)), state)
        outputs.append(state[0])
    return stack(*(reversed(outputs) if reverse else outputs), axis=axis), state


def first_state(x: Variable, h: Variable | None, w_hh: Variable, batch_first: bool) -> Variable:
    """The state before the first step, zeros by default."""
    if h is not None:
        return h
    batch = x.shape[:-1] if x.ndim < 3 else (x.shape[0 if batch_first else 1],)
    return broadcast_to(literal(0.0), shape=(*batch[: x.ndim - 2], w_hh.shape[-1] if w_hh.ndim else 0))


@composite(
    symbol=r"\operatorname{RNN}",
    cases=(
        Case(((3, 2, 3), (2, 4), (4, 3), (4, 4), (4,), (4,))),
        Case(((3, 2), (), (2, 2), (2, 2)), {"nonlinearity": "relu", "reverse": True}, fixed={1: None}),
    ),
)
def rnn(
    x: Variable,
    h: Variable | None,
    w_ih: Variable,
    w_hh: Variable,
    b_ih: Variable | None = None,
    b_hh: Variable | None = None,
    *,
    nonlinearity: str = "tanh",
    batch_first: bool = False,
    reverse: bool = False,
) -> tuple[Variable, Variable]:
    """A plain recurrent layer over a sequence: the state after each step, and the last one.

    Arrays are time x batch x features, or batch x time x features with batch_first; `reverse` begins at the end.
    """
    start = first_state(x, h, w_hh, batch_first)

    def step(part: Variable, state: State) -> State:
        return (rnn_cell(part, state[0], w_ih, w_hh, b_ih, b_hh, nonlinearity=nonlinearity),)

    y, (last,) = over_steps("rnn", x, (start,), step, batch_first, reverse)
    return y, last


@composite(
    symbol=r"\operatorname{GRU}",
    cases=(Case(((3, 2, 3), (2, 2), (6, 3), (6, 2), (6,), (6,))),),
)
def gru(
    x: Variable,
    h: Variable | None,
    w_ih: Variable,
    w_hh: Variable,
    b_ih: Variable | None = None,
    b_hh: Variable | None = None,
    *,
    batch_first: bool = False,
    reverse: bool = False,
) -> tuple[Variable, Variable]:
    """A layer of gated recurrent units over a sequence: the state after each step, and the last one."""
    start = first_state(x, h, w_hh, batch_first)

    def step(part: Variable, state: State) -> State:
        return (gru_cell(part, state[0], w_ih, w_hh, b_ih, b_hh),)

    y, (last,) = over_steps("gru", x, (start,), step, batch_first, reverse)
    return y, last


@composite(
    symbol=r"\operatorname{LSTM}",
    cases=(
        Case(((3, 2, 3), (2, 2), (2, 2), (8, 3), (8, 2), (8,), (8,))),
        Case(((2, 3, 2), (), (), (8, 2), (8, 2)), {"batch_first": True}, fixed={1: None, 2: None}),
    ),
)
def lstm(
    x: Variable,
    h: Variable | None,
    c: Variable | None,
    w_ih: Variable,
    w_hh: Variable,
    b_ih: Variable | None = None,
    b_hh: Variable | None = None,
    *,
    batch_first: bool = False,
    reverse: bool = False,
) -> tuple[Variable, Variable, Variable]:
    """A layer of long short-term memory over a sequence: h after each step, and the last h and c."""
    start = first_state(x, h, w_hh, batch_first), first_state(x, c, w_hh, batch_first)

    def step(part: Variable, state: State) -> State:
        return lstm_cell(part, *state, w_ih, w_hh, b_ih, b_hh)

    y, (last, memory) = over_steps("lstm", x, start, step, batch_first, reverse)
    return y, last, memory
