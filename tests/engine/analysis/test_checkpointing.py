"""Gradient checkpointing: the same gradients bit for bit, less memory, at most one more forward pass."""

import math

import numpy as np
import pytest

from tidegraph import InputError, parse, value_and_grad
from tidegraph.engine.analysis.checkpointing import checkpoint
from tidegraph.engine.analysis.memory import timeline

DEEP = "n, d, layers = 256, 16, 30\nX: input[n, d]\nY: target[n, d]\nW: parameter[d, d] = xavier()\nA = X\n"
PLAIN = DEEP + "for i in range(layers):\n    A = tanh(A @ W)\nJ = mean((A - Y) ** 2)"
RESIDUAL = DEEP + "for i in range(layers):\n    A = A + 0.1 * tanh(A @ W) * A\nJ = mean((A - Y) ** 2) + sum(W ** 2)"
CHAPTER = """
x: input[4]
y: target[3]
W1: parameter[5, 4]
W2: parameter[3, 5]
lam = 0.1
h = relu(W1 @ x)
o = W2 @ h
L = squared_error(o, y)
s = lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))
J = L + s
"""


@pytest.mark.parametrize("segments", [None, 1, 2, 5, 9])
@pytest.mark.parametrize("program", [PLAIN, RESIDUAL, CHAPTER], ids=["plain", "residual", "chapter"])
def test_gradients_are_the_same_bit_for_bit(program, segments):
    graph = parse(program)
    made = checkpoint(graph, segments=segments)
    assert made.verify()
    _, expected = value_and_grad(graph, keep="training")()
    _, found = made.pass_.function()()
    assert set(found) == set(expected)
    for name, gradient in expected.items():
        np.testing.assert_allclose(found[name], gradient, rtol=1e-12, atol=1e-15)


def test_memory_falls_and_a_forward_pass_is_added():
    made = checkpoint(parse(PLAIN))
    assert len(made.segments) == math.isqrt(len([o for s in made.segments for o in s]) - 1) + 1
    assert timeline(made.pass_).peak_bytes < 0.5 * timeline(made.plain).peak_bytes
    assert made.pass_.plan.flops == made.plain.plan.flops + made.extra_flops
    forward = sum(o.op.flops(o) for s in made.segments for o in s)
    assert 0 < made.extra_flops <= forward


def test_only_what_crosses_a_cut_is_kept():
    made = checkpoint(parse(PLAIN), segments=5)
    assert len(made.kept) == 4
    last = set(made.segments[-1])
    assert not last & set(made.recomputed)


def test_one_segment_recomputes_nothing():
    made = checkpoint(parse(PLAIN), segments=1)
    assert made.recomputed == ()
    assert made.pass_.plan.peak_bytes == made.plain.plan.peak_bytes


def test_impossible_cuts_are_refused():
    with pytest.raises(InputError, match="cannot be cut into 99 segments"):
        checkpoint(parse(CHAPTER), segments=99)
