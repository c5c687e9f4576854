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


def placing(params, i):
    a = params["a"].at[i].add(1.5).at[1, 2].set(5.0).at[i].multiply(2.0)
    part = jax.lax.dynamic_update_slice(a, a[:1, :2] ** 2, (jnp.argmax(a[:, 0]), 1))
    picked = jnp.take_along_axis(part, jnp.argsort(part, axis=1), axis=1)[:, 0] * part[i, i].sum()
    return picked.sum() + jax.ops.segment_sum(a, jnp.array([0, 1, 0, 1]), 2).var()


def ranking(params, x):
    a = params["a"]
    top, places = jax.lax.top_k(a, 2)
    running = jax.lax.cummax(a, axis=1) * jnp.cumsum(a[::-1], axis=0)[::-1]
    return (
        (top * places).sum() + running.sum() + jnp.median(a) + jnp.quantile(a, 0.3) + jax.lax.erf_inv(x * a / 9).sum()
    )


def windows(params, x):
    a = params["a"]
    pooled = jax.lax.reduce_window(a, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    summed = jax.lax.reduce_window(a, 0.0, jax.lax.add, (1, 3, 3, 1), (1, 1, 1, 1), "SAME")
    how = {"lhs_dilation": (2, 2), "dimension_numbers": ("NHWC", "HWIO", "NHWC")}
    grown = jax.lax.conv_general_dilated(a, params["w"], (1, 1), ((1, 1), (0, 1)), **how)
    return pooled.sum() + (summed**2).mean() + jnp.tanh(grown).sum()


def choosing(params, x):
    a = params["a"]
    branch = jax.lax.cond(x.sum() > 0, lambda v: (v * a).sum(), lambda v: (v + a).prod(), x)
    return (
        branch
        + jax.lax.switch(1, [jnp.sum, lambda v: (v * a).mean()], x)
        + jnp.select([x > 1, x > 0], [a, 2 * a], 0).sum()
    )


def matrices(params, x):
    spd = params["a"] @ params["a"].T + 2 * jnp.eye(4)
    factor = jnp.linalg.cholesky(spd)
    return (
        jnp.linalg.solve(spd, x).sum() + jnp.linalg.slogdet(spd)[1] + jnp.trace(jnp.linalg.inv(spd))
        + jax.scipy.linalg.solve_triangular(factor, x, lower=True).sum() + jnp.linalg.eigvalsh(spd).max()
    )  # fmt: skip


def draw(*shape):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


CASES = [
    (mlp, ({"w1": draw(4, 5), "b1": draw(5), "w2": draw(5, 3)}, draw(6, 4), np.array([0, 1, 2, 0, 1, 2]))),
    (rnn, ({"w": draw(3, 4), "u": draw(4, 4)}, draw(6, 3))),
    (attention, ({"q": draw(6, 4), "k": draw(6, 4), "v": draw(6, 4)}, draw(5, 6))),
    (convolution, ({"w": draw(3, 3, 2, 4)}, draw(1, 5, 5, 2))),
    (embedding, ({"table": draw(7, 3)}, np.array([1, 4, 4]))),
    (placing, ({"a": draw(4, 3)}, np.array([0, 2]))),
    (ranking, ({"a": draw(3, 4)}, draw(3, 4))),
    (windows, ({"a": draw(1, 4, 4, 2), "w": draw(3, 3, 2, 2)}, draw(1))),
    (choosing, ({"a": draw(4)}, draw(4))),
    (matrices, ({"a": draw(4, 4)}, draw(4))),
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


def test_a_gradient_that_is_not_that_of_its_function_is_refused() -> None:
    @jax.custom_vjp
    def straight(x):
        return jnp.round(x)

    straight.defvjp(lambda x: (jnp.round(x), None), lambda _, g: (g,))
    with pytest.raises(TidegraphError, match="custom_vjp_call, whose gradient"):
        tidegraph.jax.capture(lambda params: straight(params["x"]).sum(), {"x": draw(3)})


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
