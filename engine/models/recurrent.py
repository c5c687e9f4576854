"""Recurrent layers over a sequence, step by step: the same for PyTorch, ONNX and Keras."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tidegraph.engine.graph import Variable


@dataclass(frozen=True)
class Cell:
    """One kind of cell with its weights, as PyTorch lays them out."""

    kind: str  # lstm, gru, rnn_tanh or rnn_relu
    w_ih: Variable
    w_hh: Variable
    b_ih: Variable | None = None
    b_hh: Variable | None = None
    w_hr: Variable | None = field(default=None, kw_only=True)
    """What brings the output of an LSTM to another size (Sak, Senior and Beaufays 2014)."""

    def step(self, b: Any, x: Variable, state: list[Variable]) -> list[Variable]:
        """The next state: of an LSTM the output and the memory."""
        weights = (self.w_ih, self.w_hh, self.b_ih, self.b_hh)
        if self.w_hr is not None:
            return self.projected(b, x, *state)
        if self.kind == "lstm":
            return list(b.lstm_cell(x, *state, *weights))
        if self.kind == "gru":
            return [b.gru_cell(x, *state, *weights)]
        return [b.rnn_cell(x, *state, *weights, nonlinearity=self.kind.removeprefix("rnn_"))]

    def projected(self, b: Any, x: Variable, h: Variable, c: Variable) -> list[Variable]:
        """The next state of an LSTM whose output is projected."""
        size = c.shape[-1]
        gates = b.add(b.linear(x, self.w_ih, self.b_ih), b.linear(h, self.w_hh, self.b_hh))
        i, f, g, o = (b.getitem(gates, key=(..., slice(n * size, (n + 1) * size))) for n in range(4))
        c = b.add(b.multiply(b.sigmoid(f), c), b.multiply(b.sigmoid(i), b.tanh(g)))
        return [b.linear(b.multiply(b.sigmoid(o), b.tanh(c)), self.w_hr), c]


def recurrent(
    b: Any, cell: Cell, x: Variable, state: list[Variable], reverse: bool = False
) -> tuple[Variable, list[Variable]]:
    """All outputs (time first) and the last state of one layer in one direction; `x` has time as its first axis."""
    order = range(x.shape[0])[:: -1 if reverse else 1]
    found: dict[int, Variable] = {}
    for time in order:
        state = cell.step(b, b.getitem(x, key=time), state)
        found[time] = state[0]
    return b.stack(*[found[time] for time in sorted(found)], axis=0), state
