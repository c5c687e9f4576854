"""Elementary functions: exponentials, logarithms, roots, and trigonometry, elementwise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable
from tidegraph.engine.graph.kinds import Factor, Trait, Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.arithmetic import (
    abs,
    clip,
    equal,
    isnan,
    log,
    logaddexp,
    logical_and,
    logical_not,
    maximum,
    minimum,
    power,
    where,
)
from tidegraph.engine.ops.declare import (
    TRANSCENDENTAL,
    Case,
    Primitive,
    Scalar,
    check_numbers,
    composite,
    infer_unary,
    unary,
)
from tidegraph.engine.ops.shape import broadcast_to

LN2 = math.log(2)
LN10 = math.log(10)
PLAIN = (Case(((2, 3),)), Case(((),)))

expm1 = unary(
    "expm1",
    np.expm1,
    lambda g, y, x: g * (y + 1),
    r"\left(e^{{{0}}} - 1\right)",
    backward=Factor("({result} + 1)"),
    doc="Exponential minus one, exact near 0.",
    flops=TRANSCENDENTAL,
)
exp2 = unary(
    "exp2",
    np.exp2,
    lambda g, y, x: g * (y * LN2),
    tex.holding(r"2^{{{0}}}", tex.POWER),
    backward=Factor("{result} log(2)"),
    doc="Two to the power of x.",
    symbol=r"2^{\cdot}",
    flops=TRANSCENDENTAL,
)
log1p = unary(
    "log1p",
    np.log1p,
    lambda g, y, x: g / (1 + x),
    r"\log\left(1 + {0}\right)",
    backward=Factor("1 / (1 + {own})"),
    doc="Natural logarithm of 1 + x, exact near 0.",
    domain=(-0.8, 3.0),
    flops=TRANSCENDENTAL,
)
log2 = unary(
    "log2",
    np.log2,
    lambda g, y, x: g / (x * LN2),
    r"\log_2\left({0}\right)",
    backward=Factor("1 / ({own} log(2))"),
    doc="Logarithm to base 2.",
    symbol=r"\log_2",
    domain=(0.2, 3.0),
    flops=TRANSCENDENTAL,
)
log10 = unary(
    "log10",
    np.log10,
    lambda g, y, x: g / (x * LN10),
    r"\log_{{10}}\left({0}\right)",
    backward=Factor("1 / ({own} log(10))"),
    doc="Logarithm to base 10.",
    symbol=r"\log_{10}",
    domain=(0.2, 3.0),
    flops=TRANSCENDENTAL,
)


def _rsqrt(x: Any, out: Any) -> None:
    np.sqrt(x, out, dtype=out.dtype)
    np.reciprocal(out, out)


rsqrt = unary(
    "rsqrt", _rsqrt, lambda g, y, x: g * (-0.5 * y * y * y), tex.holding(r"\frac{{1}}{{\sqrt{{{0}}}}}", tex.PRODUCT),
    backward=Factor("-{result}³ / 2"),
    doc="Reciprocal of the square root.", symbol=r"1/\sqrt{\cdot}", domain=(0.2, 3.0), flops=5, inplace=True,
    analytic=True,
)  # fmt: skip
cbrt = unary(
    "cbrt",
    np.cbrt,
    lambda g, y, x: g / (3 * y * y),
    r"\sqrt[3]{{{0}}}",
    backward=Factor("1 / (3 {result}²)"),
    doc="Cube root.",
    symbol=r"\sqrt[3]{\cdot}",
    domain=(0.2, 3.0),
    flops=TRANSCENDENTAL,
)
square = unary(
    "square",
    np.square,
    lambda g, y, x: g * (2 * x),
    tex.postfix("^{2}"),
    backward=Way.TWICE,
    doc="Square, elementwise.",
    traits=[Trait.SQUARE],
    symbol=r"(\cdot)^2",
    infer=lambda x: Type(x.shape, "int" if x.kind == "bool" else x.kind),
)
reciprocal = unary(
    "reciprocal",
    np.reciprocal,
    lambda g, y, x: -(g * (y * y)),
    tex.holding(r"\frac{{1}}{{{0}}}", tex.PRODUCT),
    backward=Factor("-{result}²"),
    doc="One divided by x.",
    symbol=r"1/\cdot",
    domain=(0.5, 2.0),
)

sin = unary(
    "sin",
    np.sin,
    lambda g, y, x: g * cos(x),
    r"\sin\left({0}\right)",
    backward=Factor("cos({own})"),
    doc="Sine of an angle in radians.",
    symbol=r"\sin",
    flops=TRANSCENDENTAL,
)
cos: Primitive = unary(
    "cos",
    np.cos,
    lambda g, y, x: -(g * sin(x)),
    r"\cos\left({0}\right)",
    backward=Factor("-sin({own})"),
    doc="Cosine of an angle in radians.",
    symbol=r"\cos",
    flops=TRANSCENDENTAL,
)
tan = unary(
    "tan",
    np.tan,
    lambda g, y, x: g * (1 + y * y),
    r"\tan\left({0}\right)",
    backward=Factor("(1 + {result}²)"),
    doc="Tangent of an angle in radians.",
    symbol=r"\tan",
    domain=(-1.2, 1.2),
    flops=12,
)
arcsin = unary(
    "arcsin",
    np.arcsin,
    lambda g, y, x: g * rsqrt(1 - x * x),
    r"\arcsin\left({0}\right)",
    backward=Factor("1 / √(1 - {own}²)"),
    doc="Angle in radians whose sine is x.",
    symbol=r"\arcsin",
    domain=(-0.8, 0.8),
    flops=12,
)
arccos = unary(
    "arccos",
    np.arccos,
    lambda g, y, x: -(g * rsqrt(1 - x * x)),
    r"\arccos\left({0}\right)",
    backward=Factor("-1 / √(1 - {own}²)"),
    doc="Angle in radians whose cosine is x.",
    symbol=r"\arccos",
    domain=(-0.8, 0.8),
    flops=12,
)
arctan = unary(
    "arctan",
    np.arctan,
    lambda g, y, x: g / (1 + x * x),
    r"\arctan\left({0}\right)",
    backward=Factor("1 / (1 + {own}²)"),
    doc="Angle in radians whose tangent is x.",
    symbol=r"\arctan",
    flops=12,
)
sinh = unary(
    "sinh",
    np.sinh,
    lambda g, y, x: g * cosh(x),
    r"\sinh\left({0}\right)",
    backward=Factor("cosh({own})"),
    doc="Hyperbolic sine.",
    symbol=r"\sinh",
    flops=12,
)
cosh: Primitive = unary(
    "cosh",
    np.cosh,
    lambda g, y, x: g * sinh(x),
    r"\cosh\left({0}\right)",
    backward=Factor("sinh({own})"),
    doc="Hyperbolic cosine.",
    symbol=r"\cosh",
    flops=12,
)
arcsinh = unary(
    "arcsinh",
    np.arcsinh,
    lambda g, y, x: g * rsqrt(x * x + 1),
    r"\operatorname{{arsinh}}\left({0}\right)",
    backward=Factor("1 / √({own}² + 1)"),
    doc="Inverse of the hyperbolic sine.",
    symbol=r"\operatorname{arsinh}",
    flops=12,
)
arccosh = unary(
    "arccosh",
    np.arccosh,
    lambda g, y, x: g * rsqrt(x * x - 1),
    r"\operatorname{{arcosh}}\left({0}\right)",
    backward=Factor("1 / √({own}² - 1)"),
    doc="Inverse of the hyperbolic cosine.",
    symbol=r"\operatorname{arcosh}",
    domain=(1.3, 3.0),
    flops=12,
)
arctanh = unary(
    "arctanh",
    np.arctanh,
    lambda g, y, x: g / (1 - x * x),
    r"\operatorname{{artanh}}\left({0}\right)",
    backward=Factor("1 / (1 - {own}²)"),
    doc="Inverse of the hyperbolic tangent.",
    symbol=r"\operatorname{artanh}",
    domain=(-0.8, 0.8),
    flops=12,
)


def _sinc_derivative(u: Any, order: int) -> Any:
    """The derivative of sin(u) / u: by its series near 0, elsewhere from u S_n + n S_(n-1) = sin(u + n pi / 2)."""
    series = np.zeros_like(u)
    last = (3 * order + 20) // 2
    for k in range(last, (order + 1) // 2 - 1, -1):
        power = 2 * k - order
        series += (-1) ** k / ((2 * k + 1) * math.factorial(power)) * u**power
    far = np.where(np.abs(u) < max(order, 1), 1, u)
    value = np.sin(far) / far
    for n in range(1, order + 1):
        value = (np.sin(far + n * (math.pi / 2)) - n * value) / far
    return np.where(np.abs(u) < max(order, 1), series, value)


def _infer_sinc(x: Variable, *, order: int = 0) -> Type:
    if not isinstance(order, int) or not 0 <= order <= 40:
        raise ShapeError("derivative-order", given=repr(order))
    return infer_unary(x)


def _sinc(x: Any, out: Any, *, order: int) -> None:
    np.multiply(x, math.pi, out)
    np.multiply(_sinc_derivative(out, order), math.pi**order, out)


sinc: Primitive = unary(
    "sinc",
    _sinc,
    lambda g, y, x, *, order: g * sinc(x, order=order + 1),
    lambda arguments, operator: tex.Tex(
        rf"\operatorname{{sinc}}{tex.primes(operator.attributes['order'])}\left({arguments[0].text}\right)"
    ),
    analytic=True,
    backward=Way.DERIVATIVE,
    doc="Normalised sinc, sin(pi x) / (pi x), or its derivative of an order; exact at 0.",
    infer=_infer_sinc,
    inplace=True,
    flops=20,
    workspace=lambda width, x, *, order: 5 * width * x.size if order else (4 * width + 1) * x.size,
    cases=(*PLAIN, Case(((5,),), {"order": 2})),
)


@composite(
    latex=r"\operatorname{{logit}}\left({0}\right)", domain=(0.1, 0.9), cases=(*PLAIN, Case(((5,),), {"eps": 0.2}))
)
def logit(x: Variable, *, eps: Scalar | None = None) -> Variable:
    """Logarithm of the odds x / (1 - x), the inverse of sigmoid; `eps` keeps x inside [eps, 1 - eps].

    Outside [0, 1] it is NaN, and its gradient is that of the formula, as with `log`; PyTorch has NaN.
    """
    if eps is not None:
        check_numbers(eps=eps)
        x = clip(x, eps, 1 - eps)
    return log(x) - log1p(-x)


@composite(latex=r"{0} \tfrac{{\pi}}{{180}}", cases=PLAIN)
def deg2rad(x: Variable) -> Variable:
    """An angle in degrees, in radians."""
    return x * (math.pi / 180)


@composite(latex=r"{0} \tfrac{{180}}{{\pi}}", cases=PLAIN)
def rad2deg(x: Variable) -> Variable:
    """An angle in radians, in degrees."""
    return x * (180 / math.pi)


@composite(cases=(Case(((2, 3), (3,))),))
def logaddexp2(a: Variable, b: Variable) -> Variable:
    """Logarithm to base 2 of the sum of two powers of 2, without overflow."""
    return logaddexp(a * LN2, b * LN2) * (1 / LN2)


@composite(domain=((-2.0, 2.0), (-0.8, 3.0)), kink="0 where the first is 0", cases=(Case(((2, 3), (3,))),))
def xlog1py(x: Variable, y: Variable) -> Variable:
    """The first times log(1 + y), exact near y = 0; 0 where the first is 0."""
    zero = equal(x, 0)
    return where(logical_and(zero, logical_not(isnan(y))), 0.0, x * log1p(where(logical_and(zero, y <= -1), 0.0, y)))


signbit = unary(
    "signbit",
    np.signbit,
    None,
    portable=False,
    doc="Where the sign is negative, also that of -0; stops the gradient.",
    infer=lambda x: Type(x.shape, "bool"),
)


@composite(kink="0 at 0", domain=((-2.0, 2.0), (-2.0, 2.0)), cases=(Case(((2, 3), (3,))),))
def copysign(a: Variable, b: Variable) -> Variable:
    """The size of the first with the sign of the second; no gradient flows to the second."""
    size = abs(a)
    return where(signbit(b), -size, size)


@composite(latex=r"{0} \cdot 2^{{{1}}}", cases=(Case(((2, 3), (3,))),))
def ldexp(a: Variable, b: Variable) -> Variable:
    """The first times 2 to the power of the second."""
    return a * exp2(b)


@composite(kink="a tie gives half to each", cases=(Case(((2, 3), (3,))),))
def fmax(a: Variable, b: Variable) -> Variable:
    """The larger, elementwise; beside a NaN the other."""
    return where(isnan(a), b, where(isnan(b), a, maximum(a, b)))


@composite(kink="a tie gives half to each", cases=(Case(((2, 3), (3,))),))
def fmin(a: Variable, b: Variable) -> Variable:
    """The smaller, elementwise; beside a NaN the other."""
    return where(isnan(a), b, where(isnan(b), a, minimum(a, b)))


@composite(kink="the gradient passes at the limit", cases=(Case(((2, 3), ())),))
def clamp_min(x: Variable, min: Variable) -> Variable:
    """Not below a limit."""
    return clip(x, min)


@composite(kink="the gradient passes at the limit", cases=(Case(((2, 3), ())),))
def clamp_max(x: Variable, max: Variable) -> Variable:
    """Not above a limit."""
    return clip(x, None, max)


@composite(domain=((0.2, 2.0), (-2.0, 2.0)), latex=r"{0}^{{{1}}}", cases=(Case(((2, 3), (3,))),))
def float_power(a: Variable, b: Variable) -> Variable:
    """First array raised to the second, always as floats."""
    return power(a * 1.0, b)


@composite(cases=(Case(((2, 3), (3,))),), latex=r"{1} - {0}")
def rsub(a: Variable, b: Variable, *, alpha: Scalar = 1.0) -> Variable:
    """The second minus alpha times the first."""
    return b - (a if not isinstance(alpha, Variable) and alpha == 1 else a * alpha)


@composite(cases=(Case(((2, 3), ())),))
def fill(x: Variable, value: Variable) -> Variable:
    """One number in the shape of an array."""
    return broadcast_to(value * 1.0, shape=x.shape)


@composite(cases=(Case(((2, 3), ())),))
def heaviside(x: Variable, value: Variable) -> Variable:
    """Heaviside step: 1 above 0, 0 below, a value at 0; stops the gradient of x."""
    return where(isnan(x), x, where(equal(x, 0), value, where(x > 0, 1.0, 0.0)))
