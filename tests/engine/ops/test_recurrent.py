"""Recurrent cells and layers against their equations, step by step in plain NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.known import gradients, refusal, value

RANDOM = np.random.default_rng(2)
STEPS, BATCH, INPUTS, STATE = 3, 2, 2, 2
X = RANDOM.normal(size=(STEPS, BATCH, INPUTS))
H, C = RANDOM.normal(size=(BATCH, STATE)), RANDOM.normal(size=(BATCH, STATE))


def weights(gates: int) -> dict[str, Any]:
    shapes = {"w": (gates * STATE, INPUTS), "u": (gates * STATE, STATE), "b": (gates * STATE,), "d": (gates * STATE,)}
    return {name: RANDOM.normal(size=shape) for name, shape in shapes.items()}


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def rnn(x: Any, state: Any, w: Any, u: Any, b: Any, d: Any) -> Any:
    return (np.tanh(x @ w.T + b + state[0] @ u.T + d),)


def gru(x: Any, state: Any, w: Any, u: Any, b: Any, d: Any) -> Any:
    (h,) = state
    r, z, n = np.split(x @ w.T + b, 3, axis=1)
    r2, z2, n2 = np.split(h @ u.T + d, 3, axis=1)
    update = sigmoid(z + z2)
    return ((1 - update) * np.tanh(n + sigmoid(r + r2) * n2) + update * h,)


def lstm(x: Any, state: Any, w: Any, u: Any, b: Any, d: Any) -> Any:
    h, c = state
    i, f, g, o = np.split(x @ w.T + b + h @ u.T + d, 4, axis=1)
    memory = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(memory), memory


KINDS: list[tuple[str, Any, int]] = [("rnn", rnn, 1), ("gru", gru, 3), ("lstm", lstm, 4)]


@pytest.mark.parametrize(("name", "step", "gates"), KINDS)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_layer_repeats_its_cell(name: str, step: Any, gates: int, reverse: bool) -> None:
    parameters = weights(gates)
    state: Any = (H, C) if name == "lstm" else (H,)
    outputs = []
    for x in X[::-1] if reverse else X:
        state = step(x, state, **parameters)
        outputs.append(state[0])
    names, last_names = ("h, c", "hn, cn") if name == "lstm" else ("h", "hn")
    inputs = {"x": X, "h": H, **({"c": C} if name == "lstm" else {}), **parameters}
    found, *last = value(f"y, {last_names} = {name}(x, {names}, w, u, b, d, reverse={reverse})", **inputs)
    np.testing.assert_allclose(found, outputs[::-1] if reverse else outputs, rtol=1e-12)
    for got, wanted in zip(last, state, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-12)
    inputs["x"] = X.swapaxes(0, 1)
    found, *_ = value(
        f"y, {last_names} = {name}(x, {names}, w, u, b, d, reverse={reverse}, batch_first=True)", **inputs
    )
    np.testing.assert_allclose(found.swapaxes(0, 1), outputs[::-1] if reverse else outputs, rtol=1e-12)


def test_the_gradient_through_time_adds_up_over_the_steps() -> None:
    # h1 = w x1, h2 = w x2 + u h1 with relu and positive numbers: dJ/du = h1, dJ/dw = x1 (1 + u) + x2.
    found = gradients('rnn_cell(b, rnn_cell(a, [0], w, u, nonlinearity="relu"), w, u, nonlinearity="relu")',
                      a=[2.0], b=[3.0], w=[[5.0]], u=[[7.0]])  # fmt: skip
    np.testing.assert_array_equal(found["u"], [[10]])
    np.testing.assert_array_equal(found["w"], [[2 * 7 + 3]])
    np.testing.assert_array_equal(found["a"], [35])


def test_wrong_calls_state_what_is_needed() -> None:
    assert "stacks 3 gates" in refusal("gru_cell(x, h, w, v)", x=[2], h=[3], w=[8, 2], v=[9, 3])
    assert '"tanh" or "relu"' in refusal('rnn_cell(x, h, w, v, nonlinearity="elu")', x=[2], h=[3], w=[3, 2], v=[3, 3])
    assert "[time, batch, features]" in refusal("rnn(x, h, w, v)", x=[2], h=[3], w=[3, 2], v=[3, 3])
    assert "nn.Linear(2, ...)" in refusal("rnn_cell(x, h, w, v)", x=[2], h=[3], w=[3, 3], v=[3, 3])
