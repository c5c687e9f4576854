"""Captured JAX functions beside JAX: value and every gradient."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import TidegraphError

torch = pytest.importorskip("torch")  # runs with the other oracles
jax = pytest.importorskip("jax")
jnp = jax.numpy


def mlp(params, x, y):
    h = jax.nn.relu(x @ params["w1"] + params["b1"])
    logits = h @ params["w2"]
    return -jnp.mean(jnp.sum(jax.nn.log_softmax(logits) * jax.nn.one_hot(y, 3), axis=1))


def rnn(params, x):
    def step(h, x):
        h = jnp.tanh(x @ params["w"] + h @ params["u"])
        return h, h

    _, hs = jax.lax.scan(step, jnp.zeros(4), x)
    return jnp.mean(hs**2)


def attention(params, x):
    q, k, v = (x @ params[n] for n in "qkv")
    a = jax.nn.softmax(q @ k.T / jnp.sqrt(4.0) + jnp.where(jnp.tril(jnp.ones((5, 5))) > 0, 0.0, -1e9))
    return jnp.sum(jnp.einsum("ij,jk->ik", a, v) ** 2)


def convolution(params, x):
    y = jax.lax.conv_general_dilated(x, params["w"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return jnp.mean(jax.nn.gelu(y))


def embedding(params, i):
    e = params["table"][i]
    return jnp.linalg.norm(e - e.mean(0)) + jax.scipy.special.logsumexp(e)


def draw(*shape):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


CASES = [
    (mlp, ({"w1": draw(4, 5), "b1": draw(5), "w2": draw(5, 3)}, draw(6, 4), np.array([0, 1, 2, 0, 1, 2]))),
    (rnn, ({"w": draw(3, 4), "u": draw(4, 4)}, draw(6, 3))),
    (attention, ({"q": draw(6, 4), "k": draw(6, 4), "v": draw(6, 4)}, draw(5, 6))),
    (convolution, ({"w": draw(3, 3, 2, 4)}, draw(1, 5, 5, 2))),
    (embedding, ({"table": draw(7, 3)}, np.array([1, 4, 4]))),
]


@pytest.mark.parametrize(("function", "args"), CASES, ids=lambda c: getattr(c, "__name__", ""))
def test_value_and_gradients_are_those_of_jax(function, args) -> None:
    model = tidegraph.jax.capture(function, *args)
    expected, slopes = jax.value_and_grad(function)(*args)
    values, gradients = tidegraph.value_and_grad(model.graph, target=model.outputs[0])(model.values)
    np.testing.assert_allclose(values[model.outputs[0]], expected, rtol=2e-5)
    for name, slope in slopes.items():
        np.testing.assert_allclose(gradients[model.names[name]], slope, rtol=1e-3, atol=1e-5)


def test_jitted_functions_are_scopes() -> None:
    @jax.jit
    def layer(w, x):
        return jnp.tanh(x @ w) * 2

    model = tidegraph.jax.capture(lambda params, x: layer(params["a"], x).sum(), {"a": draw(3, 3)}, draw(2, 3))
    assert "layer" in model.graph.scopes


def test_what_has_no_counterpart_is_named() -> None:
    with pytest.raises(TidegraphError, match="igamma"):
        tidegraph.jax.capture(lambda x: jax.scipy.special.gammainc(x, x).sum(), draw(3) ** 2 + 1)


@pytest.mark.parametrize("kinked", [jax.nn.relu, jax.nn.relu6, lambda x: jax.lax.clamp(0.0, x, 6.0), jnp.maximum])
def test_slopes_at_kinks_are_those_of_jax(kinked) -> None:
    def loss(params):
        return jnp.sum(kinked(params["x"], 1.0) if kinked is jnp.maximum else kinked(params["x"]))

    params = {"x": jnp.array([-3.0, -1.0, 0.0, 1.0, 6.0])}
    model = tidegraph.jax.capture(loss, params)
    _, gradients = tidegraph.value_and_grad(model.graph, target=model.outputs[0])(model.values)
    np.testing.assert_allclose(gradients["x"], jax.grad(loss)(params)["x"])
