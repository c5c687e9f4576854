"""Activation functions, elementwise, named and defined as in `torch.nn.functional`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable
from tidegraph.engine.graph.kinds import Factor, Line, Trait, Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.arithmetic import LOGADDEXP, abs, clip, exp, minimum, where
from tidegraph.engine.ops.declare import (
    Case,
    Primitive,
    Scalar,
    check_numbers,
    check_positive,
    composite,
    infer_unary,
    unary,
)
from tidegraph.engine.ops.elementary import expm1
from tidegraph.engine.ops.shape import reshape
from tidegraph.engine.ops.special import erfc

PLAIN = (Case(((2, 3),)), Case(((),)))

relu = unary(
    "relu",
    lambda x, out: np.maximum(x, 0, out=out),
    lambda g, y, x: g * (x > 0),
    traits=[Trait.ACTIVATION],
    backward=Way.WHERE_POSITIVE,
    doc="Rectified linear unit, max(x, 0), elementwise; the gradient at 0 is 0, and at NaN as well.",
    inplace=True,
    lowering=[Line("maximum({0}, 0.0, out={out})", inplace=True)],
    kink="0, also at NaN, where PyTorch passes the gradient on",
)


def _sigmoid(x: Any, out: Any) -> None:
    np.negative(x, out)
    np.exp(out, out)
    np.add(out, 1, out)
    np.reciprocal(out, out)


sigmoid = unary(
    "sigmoid",
    _sigmoid,
    lambda g, y, x: g * (y * (1 - y)),
    r"\sigma\left({0}\right)",
    analytic=True,
    traits=[Trait.ACTIVATION, Trait.SIGMOID],
    backward=Way.LOGISTIC,
    doc="Logistic function, 1 / (1 + exp(-x)), elementwise.",
    symbol=r"\sigma",
    inplace=True,
    flops=13,
)

tanh = unary(
    "tanh",
    np.tanh,
    lambda g, y, x: g * (1 - y * y),
    r"\tanh\left({0}\right)",
    traits=[Trait.ACTIVATION],
    backward=Way.TANGENT,
    doc="Hyperbolic tangent, elementwise.",
    symbol=r"\tanh",
    flops=10,
)


def _infer_softplus(x: Variable, *, beta: Scalar = 1.0, threshold: Scalar = 20.0) -> Type:
    check_numbers(threshold=threshold)
    check_positive("beta", beta)
    return infer_unary(x)


def _composed_softplus(x: Variable, *, beta: Scalar, threshold: Scalar) -> Variable:
    scaled = x * beta
    return where(scaled > threshold, x, softplus(scaled, threshold=math.inf) / beta)


def _softplus(x: Any, out: Any, *, beta: float, threshold: float) -> None:
    np.multiply(x, beta, out)
    large = np.greater(out, threshold)
    np.logaddexp(out, 0.0, out)
    np.divide(out, beta, out)
    np.copyto(out, x, where=large)


softplus: Primitive = unary(
    "softplus",
    _softplus,
    lambda g, y, x, *, beta, threshold: g * where(x * beta > threshold, 1.0, sigmoid(x * beta)),
    lambda arguments, operator: tex.scaled_log(arguments[0], operator.attributes["beta"]),
    traits=[Trait.ACTIVATION],
    backward=Way.DERIVATIVE,
    doc="Smooth relu, log(1 + exp(beta x)) / beta; x itself where beta x is above the threshold.",
    infer=_infer_softplus,
    composed=_composed_softplus,
    kink="1 above the threshold",
    flops=lambda x, *, beta, threshold: x.size * (LOGADDEXP + 2 * (beta != 1) + 2 * (threshold < math.inf)),
    workspace=lambda width, x, **attributes: x.size,
    cases=(*PLAIN, Case(((5,),), {"beta": 2.0, "threshold": 1.1})),
)


def _logsigmoid(x: Any, out: Any) -> None:
    np.multiply(x, -1.0, out)
    np.logaddexp(out, 0.0, out)
    np.negative(out, out)


logsigmoid: Primitive = unary(
    "logsigmoid",
    _logsigmoid,
    lambda g, y, x: g * exp(logsigmoid(-x)),
    tex.holding(r"\log \sigma\left({0}\right)", tex.PRODUCT),
    backward=Factor("sigmoid(-{own})"),
    doc="Logarithm of sigmoid, without overflow.",
    symbol=r"\log\sigma",
    inplace=True,
    flops=LOGADDEXP + 2,
)


def _infer_elu(x: Variable, *, alpha: Scalar = 1.0) -> Type:
    check_numbers(alpha=alpha)
    return infer_unary(x)


def _composed_elu(x: Variable, *, alpha: Scalar) -> Variable:
    return where(x > 0, x, alpha * expm1(minimum(x, 0.0)))


def _elu(x: Any, out: Any, *, alpha: float) -> None:
    np.minimum(x, 0.0, out=out)
    np.expm1(out, out)
    np.multiply(out, alpha, out)
    np.copyto(out, x, where=np.greater(x, 0))


elu = unary(
    "elu",
    _elu,
    lambda g, y, x, *, alpha: g * where(x > 0, 1.0, y + alpha),
    backward=Way.DERIVATIVE,
    doc="Exponential linear unit: x above 0, alpha (exp(x) - 1) below.",
    infer=_infer_elu,
    composed=_composed_elu,
    kink="alpha",
    flops=14,
    workspace=lambda width, x, **attributes: x.size,
    cases=(*PLAIN, Case(((5,),), {"alpha": 0.7})),
)


@composite(symbol=r"\operatorname{selu}", kink="the scale times alpha, as from below", cases=PLAIN)
def selu(x: Variable) -> Variable:
    """Scaled elu that keeps mean 0 and variance 1 from layer to layer (Klambauer et al. 2017)."""
    return 1.0507009873554804934193349852946 * elu(x, alpha=1.6732632423543772848170429916717)


@composite(symbol=r"\operatorname{celu}", cases=(*PLAIN, Case(((5,),), {"alpha": 0.5})))
def celu(x: Variable, *, alpha: Scalar = 1.0) -> Variable:
    """Elu whose slope is continuous for every alpha: x above 0, alpha (exp(x / alpha) - 1) below."""
    check_positive("alpha", alpha)
    return alpha * elu(x / alpha)


@composite(kink="the negative slope", cases=(*PLAIN, Case(((5,),), {"negative_slope": 0.3})))
def leaky_relu(x: Variable, *, negative_slope: Scalar = 0.01) -> Variable:
    """The input above 0, a small multiple of it below."""
    return x * where(x > 0, 1.0, negative_slope)


@composite(
    latex=r"\operatorname{{prelu}}\left({0}; {1}\right)",
    kink="the weight",
    cases=(Case(((2, 3, 4), (3,))), Case(((5,), (1,))), Case(((2, 3), ()))),
)
def prelu(x: Variable, weight: Variable) -> Variable:
    """Leaky relu with a learnt slope: one for all, or one a channel, which is the second axis."""
    channels = x.shape[1] if x.ndim > 1 else 1
    if weight.ndim > 1 or weight.size not in (1, channels):
        raise ShapeError("prelu-weight", shape=weight.shape, channels=channels)
    if weight.size > 1:
        weight = reshape(weight, shape=(channels, *[1] * (x.ndim - 2)))
    elif weight.ndim > x.ndim:
        weight = reshape(weight, shape=())
    return x * where(x > 0, 1.0, weight)


@composite(kink="0", cases=(*PLAIN, Case(((5,),), {"min_val": -0.3, "max_val": 1.2})))
def hardtanh(x: Variable, *, min_val: Scalar = -1.0, max_val: Scalar = 1.0) -> Variable:
    """The input kept between two limits, where its gradient stops."""
    return where(x <= min_val, min_val, where(x >= max_val, max_val, x))


@composite(kink="0", domain=(-2.0, 8.0), cases=PLAIN)
def relu6(x: Variable) -> Variable:
    """Relu with a ceiling of 6."""
    return hardtanh(x, min_val=0.0, max_val=6.0)


@composite(kink="0", domain=(-4.0, 4.0), cases=PLAIN)
def hardsigmoid(x: Variable) -> Variable:
    """Sigmoid in three straight pieces, relu6(x + 3) / 6."""
    return relu6(x + 3.0) / 6


@composite(kink="0 at -3, 1 at 3", domain=(-4.0, 4.0), cases=PLAIN)
def hardswish(x: Variable) -> Variable:
    """Silu with hardsigmoid in place of sigmoid."""
    return x * hardsigmoid(x)


@composite(traits=[Trait.ACTIVATION], symbol=r"\operatorname{silu}", cases=PLAIN)
def silu(x: Variable) -> Variable:
    """The input times its sigmoid, also called swish."""
    return x * sigmoid(x)


@composite(symbol=r"\operatorname{mish}", cases=PLAIN)
def mish(x: Variable) -> Variable:
    """The input times the hyperbolic tangent of its softplus."""
    return x * tanh(softplus(x))


@composite(
    traits=[Trait.ACTIVATION], symbol=r"\operatorname{gelu}", cases=(*PLAIN, Case(((5,),), {"approximate": "tanh"}))
)
def gelu(x: Variable, *, approximate: str = "none") -> Variable:
    """The input times the normal probability of a number below it; exact, or the "tanh" approximation."""
    if approximate == "tanh":
        return 0.5 * x * (1.0 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    if approximate != "none":
        raise ShapeError("gelu-approximate", given=repr(approximate))
    return x * (0.5 * erfc(-math.sqrt(0.5) * x))


@composite(cases=PLAIN)
def softsign(x: Variable) -> Variable:
    """The input over one plus its absolute value."""
    return x / (1.0 + abs(x))


@composite(cases=PLAIN)
def tanhshrink(x: Variable) -> Variable:
    """The input minus its hyperbolic tangent."""
    return x - tanh(x)


@composite(kink="0", cases=(*PLAIN, Case(((5,),), {"lambd": 0.8})))
def softshrink(x: Variable, *, lambd: Scalar = 0.5) -> Variable:
    """The input moved towards 0 by `lambd`, and 0 where it is not larger."""
    return x - clip(x, -lambd, lambd)


@composite(kink="0", cases=(*PLAIN, Case(((5,),), {"lambd": 0.8})))
def hardshrink(x: Variable, *, lambd: Scalar = 0.5) -> Variable:
    """The input, and 0 where its absolute value is at most `lambd`."""
    return where(abs(x) <= lambd, 0.0, x)


@composite(kink="0", cases=(Case(((2, 3),), {"threshold": 0.3, "value": -1.5}),))
def threshold(x: Variable, *, threshold: Scalar, value: Scalar) -> Variable:
    """The input above the threshold, a fixed value elsewhere."""
    return where(x <= threshold, value, x)
