"""JAX's spellings: NumPy's with jnp, and JAX's own functions."""

from __future__ import annotations

import pytest

from tests.engine.ops.source.spelled import spelled
from tidegraph.engine.ops import REGISTRY
from tidegraph.engine.ops.source.jax import SPELLINGS

LINES = {
    "maximum(a, b)": "jnp.maximum(a, b)",
    "relu(a)": "jax.nn.relu(a)",
    "softmax(W)": "jax.nn.softmax(W, axis=-1)",
    "detach(a + b)": "jax.lax.stop_gradient(a + b)",
    "elu(a, alpha=0.5)": "jax.nn.elu(a, alpha=0.5)",
    "polygamma(a, n=2)": "jax.scipy.special.polygamma(2, a)",
    "logcumsumexp(W)": "jax.lax.cumlogsumexp(W.flatten(), axis=0)",
    "logcumsumexp(W, axis=-1)": "jax.lax.cumlogsumexp(W, axis=1)",
    "stack(c, 2)": "jnp.stack((c, jnp.array(2)))",
    "concatenate((a, b))": "jnp.concatenate((a, b))",
    "put(c, shape=(3,), key=(1,))": "jnp.zeros((3,)).at[(1,)].add(c)",
    "one_hot(argmax(W, axis=1), num_classes=3)": "jax.nn.one_hot(jnp.argmax(W, axis=1).astype(int), 3)",
}


@pytest.mark.parametrize(("call", "line"), LINES.items())
def test_a_call_is_spelled_as_a_person_would(call: str, line: str) -> None:
    assert spelled(call, "jax") == line


def test_a_name_of_the_program_is_not_translated() -> None:
    """`np.` in an operand's name is part of the name."""
    assert spelled("exp(a) / exp(b)", "jax") == "jnp.exp(a) / jnp.exp(b)"


def test_a_single_example_gets_the_batch_that_jax_needs() -> None:
    line = spelled("convolution(V[0], broadcast_to(1.0, (1, 2, 2)), padding=1)", "jax")
    assert line.startswith("jax.lax.conv_general_dilated(V[0][None], ")
    assert line.endswith(", (1,), ((1, 1),))[0]")


def test_spellings_are_those_of_operators() -> None:
    assert not set(SPELLINGS) - set(REGISTRY)
