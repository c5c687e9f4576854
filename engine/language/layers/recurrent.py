"""Layers of sequences: recurrent ones and their cells, attention, transformers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from tidegraph.engine.graph import REGISTRY, ShapeError, Variable
from tidegraph.engine.language.expressions import ExpressionEvaluator
from tidegraph.engine.language.layers.module import Forward, Module, bound_of, declare, operand_of, uniform
from tidegraph.engine.language.torch_functions import functional, shapes


def _recurrent(cell: str, gates: int) -> Callable[..., Forward]:
    def build(
        m: Module, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
        bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False,
    ) -> Forward:  # fmt: skip
        k = bound_of(hidden_size)
        directions = ("", "_reverse") if bidirectional else ("",)
        for number in range(num_layers):
            inputs = input_size if not number else hidden_size * len(directions)
            for way in directions:
                m.parameter(f"weight_ih_l{number}{way}", (gates * hidden_size, inputs), uniform(k))
                m.parameter(f"weight_hh_l{number}{way}", (gates * hidden_size, hidden_size), uniform(k))
                if bias:
                    m.parameter(f"bias_ih_l{number}{way}", (gates * hidden_size,), uniform(k))
                    m.parameter(f"bias_hh_l{number}{way}", (gates * hidden_size,), uniform(k))
        how = {"nonlinearity": nonlinearity} if cell == "rnn_cell" else {}

        def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any, hx: Any = None) -> Any:
            with m.inside(ev, [x]):
                return sequence(ev, node, operand_of(ev, x), hx)

        def sequence(ev: ExpressionEvaluator, node: ast.expr, x: Variable, hx: Any) -> Any:
            op = REGISTRY
            if x.ndim not in (2, 3) or x.shape[-1] != input_size:
                raise ShapeError("recurrent-input", shape=x.shape, size=input_size)
            if batch_first and x.ndim == 3:
                x = op["swapaxes"](x, axis1=0, axis2=1)
            steps = list(shapes.unbind(x, 0))
            states = [operand_of(ev, s) for s in hx] if isinstance(hx, (tuple, list)) else [operand_of(ev, hx)]
            zero = np.zeros((*x.shape[1:-1], hidden_size))
            last: list[list[Variable]] = [[], []]
            for number in range(num_layers):
                outputs = []
                for place, way in enumerate(directions):
                    w = [m.own(ev, f"{n}_l{number}{way}") for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
                    index = number * len(directions) + place
                    state = [operand_of(ev, zero) if s is None else s[index] for s in states]
                    if gates == 4 and len(state) == 1:
                        state.append(operand_of(ev, zero))
                    found = []
                    for step in steps if not place else steps[::-1]:
                        made = op[cell](step, *state, *w, **how)
                        state = list(made) if isinstance(made, tuple) else [made]
                        found.append(state[0])
                    outputs.append(found if not place else found[::-1])
                    for n, s in enumerate(state):
                        last[n].append(s)
                steps = [
                    op["concatenate"](list(pair), axis=-1) if len(pair) > 1 else pair[0]
                    for pair in zip(*outputs, strict=True)
                ]
                if dropout and ev.training and number < num_layers - 1:
                    steps = [functional.dropout(ev, s, dropout, True) for s in steps]
            out = op["stack"](steps, axis=1 if batch_first and x.ndim == 3 else 0)
            ends = [op["stack"](s, axis=0) for s in last if s]
            ev.record(node, (out, *ends))
            return out, (tuple(ends) if gates == 4 else ends[0])

        return forward

    if cell != "rnn_cell":

        def without(
            m: Module, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
            batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0,
        ) -> Forward:  # fmt: skip
            if proj_size:
                raise ShapeError("layer-option", layer=f"nn.{m.kind.name}", option=f"proj_size={proj_size}")
            return build(m, input_size, hidden_size, num_layers, "tanh", bias, batch_first, dropout, bidirectional)

        return without
    return build


def _cell(cell: str, gates: int) -> Callable[..., Forward]:
    def build(m: Module, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh") -> Forward:
        k = bound_of(hidden_size)
        m.parameter("weight_ih", (gates * hidden_size, input_size), uniform(k))
        m.parameter("weight_hh", (gates * hidden_size, hidden_size), uniform(k))
        if bias:
            m.parameter("bias_ih", (gates * hidden_size,), uniform(k))
            m.parameter("bias_hh", (gates * hidden_size,), uniform(k))
        how = {"nonlinearity": nonlinearity} if cell == "rnn_cell" else {}

        def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any, hx: Any = None) -> Any:
            value = operand_of(ev, x)
            zero = np.zeros((*value.shape[:-1], hidden_size))
            states = (
                list(hx) if isinstance(hx, (tuple, list)) else [zero] * (2 if gates == 4 else 1) if hx is None else [hx]
            )
            w = [m.own(ev, n) for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
            return m.run(ev, cell, value, *[operand_of(ev, s) for s in states], *w, **how)

        return forward

    return build


for _name, _operator, _gates in (("RNN", "rnn_cell", 1), ("GRU", "gru_cell", 3), ("LSTM", "lstm_cell", 4)):
    declare(_name)(_recurrent(_operator, _gates))
    declare(f"{_name}Cell")(_cell(_operator, _gates))


# Attention
