"""Losses of numbers: each is a composition, so its circle opens on the page and shows its inside."""

from __future__ import annotations

import math

import numpy as np

from tidegraph.engine.graph import ShapeError, Variable, nearest
from tidegraph.engine.graph.kinds import Trait, Way
from tidegraph.engine.messages.catalogue import listed
from tidegraph.engine.ops.activations import softplus
from tidegraph.engine.ops.arithmetic import abs, clip, exp, log, maximum, where, xlogy
from tidegraph.engine.ops.declare import Case, Scalar, broadcast, check_positive, composite, unary
from tidegraph.engine.ops.reductions import mean, sum
from tidegraph.engine.ops.shape import in_shape

PAIR = (Case(((3, 2), (3, 2))), Case(((4,), (4,)), {"reduction": "sum"}), Case(((2, 2), (2, 2)), {"reduction": "none"}))
TWO_PI = 2 * math.pi


def reduced_by(losses: Variable, reduction: str) -> Variable:
    """The losses of single elements brought together as PyTorch's `reduction` says."""
    if reduction == "none":
        return losses
    if reduction not in ("mean", "sum"):
        hint = nearest(str(reduction), ("mean", "sum", "none")) or '"mean", "sum" or "none"'
        raise ShapeError("unknown-reduction", hint, reduction=repr(reduction))
    return mean(losses) if reduction == "mean" else sum(losses)


def check_same(name: str, *operands: Variable) -> None:
    """Losses compare arrays of one shape; a scalar goes with any."""
    shapes = {v.shape for v in operands if v.shape}
    if len(shapes) > 1:
        raise ShapeError("equal-shapes", name=name, shapes=listed([v.shape for v in operands]))


@composite(
    traits=[Trait.COMPARES_VALUES],
    symbol=r"\ell",
    latex=r"\ell\left({0}, {1}\right)",
    cases=(Case(((3,), (3,))), Case(((3, 2), (3, 2)))),
)
def squared_error(o: Variable, y: Variable) -> Variable:
    """Half the sum of the squared differences, the chapter's loss."""
    if o.shape != y.shape:
        raise ShapeError("squared-error-shapes", o=o.shape, y=y.shape)
    return sum((o - y) ** 2) / 2


@composite(traits=[Trait.COMPARES_VALUES], symbol=r"\operatorname{MSE}", cases=PAIR)
def mse_loss(o: Variable, y: Variable, *, reduction: str = "mean") -> Variable:
    """The squared differences, by default their mean."""
    check_same("mse_loss", o, y)
    return reduced_by((o - y) ** 2, reduction)


@composite(traits=[Trait.COMPARES_VALUES], symbol=r"\operatorname{L1}", kink="0 where both are equal", cases=PAIR)
def l1_loss(o: Variable, y: Variable, *, reduction: str = "mean") -> Variable:
    """The absolute differences, by default their mean."""
    check_same("l1_loss", o, y)
    return reduced_by(abs(o - y), reduction)


@composite(
    traits=[Trait.COMPARES_VALUES], symbol=r"\operatorname{SL1}", cases=(*PAIR, Case(((5,), (5,)), {"beta": 0.3}))
)
def smooth_l1_loss(o: Variable, y: Variable, *, reduction: str = "mean", beta: Scalar = 1.0) -> Variable:
    """Squared differences below beta, halved and divided by it; absolute ones beyond, less beta / 2."""
    check_same("smooth_l1_loss", o, y)
    check_positive("beta", beta, 0)
    difference = o - y
    size = abs(difference)
    if not isinstance(beta, Variable) and not beta:
        return reduced_by(size, reduction)
    return reduced_by(where(size < beta, difference**2 * (0.5 / beta), size - 0.5 * beta), reduction)


@composite(
    traits=[Trait.COMPARES_VALUES], symbol=r"\operatorname{Huber}", cases=(*PAIR, Case(((5,), (5,)), {"delta": 0.3}))
)
def huber_loss(o: Variable, y: Variable, *, reduction: str = "mean", delta: Scalar = 1.0) -> Variable:
    """Half the squared differences below delta; beyond, delta times the absolute ones less delta / 2 (Huber 1964)."""
    check_same("huber_loss", o, y)
    check_positive("delta", delta)
    difference = o - y
    size = abs(difference)
    return reduced_by(where(size < delta, difference**2 / 2, delta * (size - 0.5 * delta)), reduction)


bounded_log = unary(
    "bounded_log",
    lambda x, out: np.maximum(np.log(x, out), -100, out=out),
    lambda g, y, x: g / maximum(x, 1e-12),
    r"\log\left({0}\right)",
    analytic=True,
    backward=Way.INVERSE,
    doc="Natural logarithm of a probability, at least -100; as in PyTorch its gradient is at most 1e12.",
    symbol=r"\log",
    domain=(0.2, 3.0),
    inplace=True,
    flops=11,
)

PROBABILITY = ((0.1, 0.9), (0.1, 0.9), (0.5, 2.0))


@composite(
    traits=[Trait.COMPARES_VALUES],
    symbol=r"\operatorname{BCE}",
    domain=PROBABILITY,
    suits={"y": "binary"},
    cases=(*PAIR, Case(((3, 2), (3, 2), (2,)))),
)
def binary_cross_entropy(
    p: Variable, y: Variable, weight: Variable | None = None, *, reduction: str = "mean"
) -> Variable:
    """Binary cross entropy, -(y log p + (1 - y) log(1 - p)), of probabilities; a logarithm is at least -100."""
    check_same("binary_cross_entropy", p, y)
    losses = -(y * bounded_log(p) + (1 - y) * bounded_log(1 - p))
    return reduced_by(losses if weight is None else losses * weight, reduction)


@composite(
    traits=[Trait.COMPARES_LOGITS],
    symbol=r"\operatorname{BCE}",
    domain=((-2.0, 2.0), (0.1, 0.9), (0.5, 2.0), (0.5, 2.0)),
    suits={"y": "binary"},
    cases=(*PAIR, Case(((3, 2), (3, 2), (3, 1), (2,))), Case(((3, 2), (3, 2), (), (2,)), fixed={2: None})),
)
def binary_cross_entropy_with_logits(
    o: Variable,
    y: Variable,
    weight: Variable | None = None,
    pos_weight: Variable | None = None,
    *,
    reduction: str = "mean",
) -> Variable:
    """Binary cross entropy of sigmoid(o), without overflow; pos_weight weighs the positive examples."""
    check_same("binary_cross_entropy_with_logits", o, y)
    if pos_weight is None:
        losses = (1 - y) * o + softplus(-o)
    else:
        losses = (1 - y) * o + (1 + (pos_weight - 1) * y) * softplus(-o)
    return reduced_by(losses if weight is None else losses * weight, reduction)


@composite(
    symbol=r"\operatorname{KL}",
    domain=((-2.0, 0.0), (0.1, 0.9)),
    suits={"y": "distribution"},
    cases=(*PAIR, Case(((3, 2), (3, 2)), {"reduction": "batchmean"}), Case(((4,), (4,)), {"log_target": True})),
)
def kl_div(o: Variable, y: Variable, *, reduction: str = "mean", log_target: bool = False) -> Variable:
    """Divergence, y (log y - o), for log-probabilities o: summed, the Kullback-Leibler divergence of y from exp(o)."""
    check_same("kl_div", o, y)
    losses = exp(y) * (y - o) if log_target else xlogy(y, y) - y * o
    if reduction == "batchmean":
        return sum(losses) / max(losses.shape[0] if losses.shape else 1, 1)
    return reduced_by(losses, reduction)


@composite(
    symbol=r"\operatorname{Poisson}",
    domain=((0.2, 2.0), (1.1, 3.0)),
    suits={"y": "positive"},
    cases=(*PAIR, Case(((3, 2), (3, 2)), {"log_input": False, "full": True})),
)
def poisson_nll_loss(
    o: Variable,
    y: Variable,
    *,
    log_input: bool = True,
    full: bool = False,
    eps: Scalar = 1e-8,
    reduction: str = "mean",
) -> Variable:
    """Negative log-likelihood of counts y under a Poisson distribution of rate exp(o), or o unless log_input.

    `full` adds Stirling's approximation of log y! for counts above one.
    """
    check_same("poisson_nll_loss", o, y)
    losses = exp(o) - y * o if log_input else o - y * log(o + eps)
    if full:
        count = where(y > 1, y, 1.0)
        losses = losses + where(y > 1, count * log(count) - count + 0.5 * log(TWO_PI * count), 0.0)
    return reduced_by(losses, reduction)


@composite(
    symbol=r"\operatorname{NLL}",
    domain=((-2.0, 2.0), (-2.0, 2.0), (0.5, 2.0)),
    suits={"var": "positive"},
    kink="none flows to a variance below eps",
    cases=(
        Case(((3, 2), (3, 2), (3, 2))),
        Case(((3, 2), (3, 2), (3,)), {"full": True}),
        Case(((4,), (4,), ()), {"reduction": "sum"}),
    ),
)
def gaussian_nll_loss(
    o: Variable, y: Variable, var: Variable, *, full: bool = False, eps: Scalar = 1e-6, reduction: str = "mean"
) -> Variable:
    """Negative log-likelihood of y under Gaussians of mean o and variance var, which is at least eps."""
    check_same("gaussian_nll_loss", o, y)
    if var.shape and var.shape == o.shape[:-1]:
        var = in_shape(var, (*var.shape, 1))
    if broadcast(var.shape, o.shape) != broadcast(o.shape, y.shape):
        raise ShapeError("variance-shape", variances=var.shape, means=o.shape)
    var = clip(var, eps)
    losses = (log(var) + (o - y) ** 2 / var) / 2
    if full:
        losses = losses + 0.5 * math.log(TWO_PI)
    return reduced_by(losses, reduction)
