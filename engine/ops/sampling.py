"""Draws that the seed alone decides, and functions of them that let gradients through."""

from __future__ import annotations

import numpy as np

from tidegraph.engine.graph import ShapeError, Variable, constant
from tidegraph.engine.ops.arithmetic import detach, greater, less, log, where
from tidegraph.engine.ops.arrange import moveaxis, whole_number
from tidegraph.engine.ops.cumulative import cumsum
from tidegraph.engine.ops.declare import Case, Scalar, check_positive, composite, normal_axis
from tidegraph.engine.ops.extremes import argmax
from tidegraph.engine.ops.indexing import one_hot
from tidegraph.engine.ops.reductions import softmax, sum
from tidegraph.engine.ops.shape import reshape
from tidegraph.engine.ops.sorting import topk


@composite(
    symbol=r"\operatorname{gumbel}",
    kink="with hard=True the gradient is that of the soft sample",
    cases=(Case(((2, 3),)), Case(((3,),), {"tau": 0.5, "seed": 1})),
)
def gumbel_softmax(x: Variable, *, tau: Scalar = 1.0, hard: bool = False, axis: int = -1, seed: int = 0) -> Variable:
    """A sample of classes with scores x that is differentiable: softmax((x + Gumbel noise) / tau) (Jang et al. 2017).

    With `hard` it is one-hot, and its gradient that of the soft sample.
    """
    axis = normal_axis(axis, x.ndim)
    check_positive("tau", tau)
    noise = np.random.default_rng(whole_number("seed", seed, 0)).gumbel(size=x.shape)
    soft = softmax((x + constant(noise)) / tau, axis=axis)
    if not hard:
        return soft
    chosen = one_hot(argmax(soft, axis=axis), num_classes=x.shape[axis])
    chosen = chosen if axis == x.ndim - 1 else moveaxis(chosen, source=-1, destination=axis)
    return chosen + (soft - detach(soft))


@composite(domain=(0.1, 0.9), cases=(Case(((2, 3),), fixed={0: [[0.2, 0.5, 0.9], [0.1, 0.4, 0.7]]}),))
def bernoulli(p: Variable, *, seed: int = 0) -> Variable:
    """One with probability p, else zero; the seed alone decides which. Stops the gradient."""
    drawn = np.random.default_rng(whole_number("seed", seed, 0)).random(p.shape)
    return where(less(constant(drawn), p), 1.0, 0.0)


@composite(
    domain=(0.1, 0.9),
    cases=(
        Case(((4,),), {"num_samples": 2}, fixed={0: [0.2, 0.5, 0.9, 0.4]}),
        Case(((2, 3),), {"num_samples": 4, "replacement": True}, fixed={0: [[0.2, 0.5, 0.9], [0.1, 0.4, 0.7]]}),
    ),
)
def multinomial(p: Variable, *, num_samples: int, replacement: bool = False, seed: int = 0) -> Variable:
    """Indices drawn with probabilities in proportion to p along the last axis. Stops the gradient.

    Without replacement the largest of log(p) plus Gumbel noise are drawn, which is the same in distribution.
    """
    if p.ndim not in (1, 2):
        raise ShapeError("needs-shape", name="multinomial", needed="[batch, classes]", shape=p.shape)
    count = whole_number("num_samples", num_samples, 1)
    random = np.random.default_rng(whole_number("seed", seed, 0))
    if not replacement:
        if count > p.shape[-1]:
            raise ShapeError("not-in-range", name="num_samples", given=count, least=1, most=p.shape[-1])
        return topk(log(p) + constant(random.gumbel(size=p.shape)), k=count)[1]
    shares = cumsum(p, axis=p.ndim - 1) / sum(p, axis=-1, keepdims=True)
    drawn = constant(random.random((*p.shape[:-1], count, 1)))
    beyond = greater(drawn, reshape(shares, shape=(*p.shape[:-1], 1, p.shape[-1])))
    return sum(where(beyond, 1, 0), axis=-1)
