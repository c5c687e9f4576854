"""Special functions: erf, gamma and their derivatives to any order, to about 1e-15 relative in float64.

Each is a rational or asymptotic approximation from the literature, evaluated in blocks so that temporaries stay small
and in the processor's cache. Near their zeros on the negative axis, lgamma and digamma are exact to 1e-15 absolute.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable
from tidegraph.engine.graph.kinds import Factor, Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.arithmetic import exp
from tidegraph.engine.ops.declare import Case, Primitive, composite, infer_unary, unary

BLOCK = 8192


def blockwise(function: Callable[..., Any]) -> Callable[..., None]:
    """A kernel that applies `function` to blocks of elements, converted to the result's type."""

    def kernel(x: Any, out: Any, **attributes: Any) -> None:
        blocks = np.nditer(
            [x, out],
            ["external_loop", "buffered", "zerosize_ok"],
            [["readonly"], ["writeonly"]],
            [out.dtype, out.dtype],
            casting="same_kind",
            buffersize=BLOCK,
        )
        with blocks:
            for part, result in blocks:
                result[...] = function(part, **attributes)

    return kernel


def scratch(width: int, x: Variable, **attributes: Any) -> int:
    """Bytes that one block's temporaries take at most; how many there are depends on the numbers."""
    return width * (12 * min(x.size, BLOCK) + 128)


def polynomial(x: Any, coefficients: Sequence[float]) -> Any:
    """A polynomial by Horner's rule, highest power first."""
    value = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        value *= x
        value += c
    return value


# Cody, Rational Chebyshev approximations for the error function, Mathematics of Computation 23 (1969): numerator and
# denominator for erf(x) / x in x**2 up to 0.46875, for exp(x**2) erfc(x) in x up to 4, and in 1 / x**2 beyond.
ERF_NEAR = (
    (
        1.85777706184603153e-1,
        3.16112374387056560e0,
        1.13864154151050156e2,
        3.77485237685302021e2,
        3.20937758913846947e3,
    ),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
ERFC_MIDDLE = (
    (
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
        2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
        1.23033935479799725e3,
    ),
    (
        1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
        3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
    ),
)  # fmt: skip
ERFC_FAR = (
    (
        1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
        1.60837851487422766e-2, 6.58749161529837803e-4,
    ),
    (
        1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
        2.33520497626869185e-3,
    ),
)  # fmt: skip
NEAR = 0.46875


def _ratio(x: Any, terms: tuple[Sequence[float], Sequence[float]]) -> Any:
    return polynomial(x, terms[0]) / polynomial(x, terms[1])


def _erf_near(x: Any) -> Any:
    return x * _ratio(x * x, ERF_NEAR)


def _erfc_beyond(x: Any) -> Any:
    """erfc for x above 0.46875. The square in the exponent is split so that its rounding does not grow."""
    coarse = np.trunc(x * 16) / 16
    gauss = np.exp(-coarse * coarse) * np.exp((coarse - x) * (coarse + x))
    scaled = _ratio(x, ERFC_MIDDLE)
    far = x > 4
    if far.any():
        inverse = 1 / np.square(x[far])
        scaled[far] = (1 / math.sqrt(math.pi) - inverse * _ratio(inverse, ERFC_FAR)) / x[far]
    return gauss * scaled


def _erf(x: Any) -> Any:
    size = np.abs(x)
    value = 1 - _erfc_beyond(np.clip(size, NEAR, 6))
    np.copyto(value, _erf_near(np.minimum(size, NEAR)), where=size < NEAR)
    return np.copysign(value, x)


def _erfc(x: Any) -> Any:
    size = np.abs(x)
    tail = _erfc_beyond(np.clip(size, NEAR, 30))
    value = np.where(x < 0, 2 - tail, tail)
    np.copyto(value, 1 - _erf_near(np.clip(x, -NEAR, NEAR)), where=size < NEAR)
    return value


erf = unary(
    "erf",
    blockwise(_erf),
    lambda g, y, x: g * (2 / math.sqrt(math.pi) * exp(-(x * x))),
    backward=Factor("2 exp(-{own}²) / √π"),
    doc="Error function: the probability that a normal variable of variance 1/2 lies within x of 0.",
    flops=40,
    inplace=True,
    workspace=scratch,
)

erfc = unary(
    "erfc",
    blockwise(_erfc),
    lambda g, y, x: g * (-2 / math.sqrt(math.pi) * exp(-(x * x))),
    backward=Factor("-2 exp(-{own}²) / √π"),
    doc="One minus the error function, exact where it is small.",
    flops=40,
    inplace=True,
    workspace=scratch,
)

BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)
"""B2, B4, ..., B20."""


def _hurwitz(x: Any, s: int) -> Any:
    """The Hurwitz zeta function, the sum of (x + k)**-s over k from 0, for x >= 0 and whole s >= 2.

    Euler and Maclaurin's formula after 10 + s terms: Abramowitz and Stegun (1964), 23.1.30 and 6.4.11.
    """
    shift = 10 + s
    value = np.zeros_like(x)
    for k in range(shift):
        value += (x + k) ** -float(s)
    x = x + shift
    power = x ** (1.0 - s)
    value += power / (s - 1)
    power = power / x
    value += power / 2
    rising = float(s)
    for j, b in enumerate(BERNOULLI, 1):
        power = power / x
        value += (b * rising / math.factorial(2 * j)) * power
        rising *= (s + 2 * j - 1) * (s + 2 * j)
        power = power / x
    return value


ZETA = [float(_hurwitz(np.array(2.0), n)) for n in range(2, 30)]
"""zeta(n) - 1 for n from 2."""

LGAMMA_NEAR = [*((-1) ** n * z / n for n, z in reversed(list(enumerate(ZETA, 2)))), 1 - float(np.euler_gamma), 0.0]
LGAMMA_FAR = [b / (2 * j * (2 * j - 1)) for j, b in reversed(list(enumerate(BERNOULLI[:8], 1)))]
DIGAMMA_FAR = [b / (2 * j) for j, b in reversed(list(enumerate(BERNOULLI[:9], 1)))]


def _fraction(x: Any) -> Any:
    """How far x is from the nearest whole number, exact: sin(pi x) and tan(pi x) read it."""
    return x - np.rint(x)


def _lgamma_far(x: Any) -> Any:
    """Stirling's series, Abramowitz and Stegun 6.1.41."""
    inverse = 1 / x
    return (
        (x - 0.5) * (np.log(x) - 1)
        + (0.5 * math.log(2 * math.pi) - 0.5)
        + inverse * polynomial(inverse * inverse, LGAMMA_FAR)
    )


def _lgamma_near(x: Any) -> Any:
    """For -1/2 <= x < 8: down to [3/2, 5/2] by the recurrence, there by Abramowitz and Stegun 6.1.33."""
    factor = np.ones_like(x)
    above = x > 2.5
    while above.any():
        x = np.where(above, x - 1, x)
        factor = np.where(above, factor * x, factor)
        above = x > 2.5
    t = np.where(x >= 1.5, x - 2, np.where(x >= 0.5, x - 1, x))
    below = np.where(x >= 1.5, 0, np.log1p(t)) + np.where(x >= 0.5, 0, np.log(np.abs(x)))
    return polynomial(t, LGAMMA_NEAR) - below + np.log(factor)


def _lgamma(x: Any) -> Any:
    def reflected(x: Any) -> Any:
        return np.log(math.pi / np.abs(x * np.sin(math.pi * _fraction(x)))) - _lgamma(-x)

    return np.piecewise(x, [x >= 8, x < -0.5, x == -np.inf], [_lgamma_far, reflected, np.inf, _lgamma_near])


lgamma = unary(
    "lgamma",
    blockwise(_lgamma),
    lambda g, y, x: g * digamma(x),
    r"\log\left|\Gamma\left({0}\right)\right|",
    analytic=True,
    backward=Factor("digamma({own})"),
    doc="Logarithm of the absolute value of the gamma function.",
    symbol=r"\log\Gamma",
    domain=(0.3, 4.0),
    flops=80,
    inplace=True,
    workspace=scratch,
)

# Boost.Math, digamma.hpp: psi(x) = (x - root) * (1 - offset + P(x - 1) / Q(x - 1)) on [1, 2], the root in three parts.
ROOT = (1569415565 / 1073741824, 381566830 / 1073741824 / 1073741824, 0.9016312093258695918615325266959189453125e-19)
DIGAMMA_NEAR = (
    (
        -0.0020713321167745952, -0.045251321448739056, -0.28919126444774784, -0.65031853770896507, -0.32555031186804491,
        0.25479851061131551,
    ),
    (
        -0.55789841321675513e-6, 0.0021284987017821144, 0.054151797245674225, 0.43593529692665969, 1.4606242909763515,
        2.0767117023730469, 1.0,
    ),
)  # fmt: skip


def _digamma_far(x: Any) -> Any:
    """The asymptotic series, Abramowitz and Stegun 6.3.18."""
    inverse = 1 / (x * x)
    return np.log(x) - 0.5 / x - inverse * polynomial(inverse, DIGAMMA_FAR)


def _digamma_near(x: Any) -> Any:
    """For 0 < x < 10: to [1, 2] by the recurrence."""
    total = np.where(x < 1, -1 / x, 0)
    x = np.where(x < 1, x + 1, x)
    above = x > 2
    while above.any():
        x = np.where(above, x - 1, x)
        total = np.where(above, total + 1 / x, total)
        above = x > 2
    root = x - ROOT[0] - ROOT[1] - ROOT[2]
    return root * 0.99558162689208984 + root * _ratio(x - 1, DIGAMMA_NEAR) + total


def _digamma(x: Any) -> Any:
    def reflected(x: Any) -> Any:
        pole = np.where(x == 0, np.copysign(np.inf, -x), np.nan)
        turn = np.tan(math.pi * _fraction(x))
        return np.where(turn == 0, pole, _digamma(1 - x) - math.pi / turn)

    return np.piecewise(x, [x >= 10, x <= 0], [_digamma_far, reflected, _digamma_near])


digamma: Primitive = unary(
    "digamma",
    blockwise(_digamma),
    lambda g, y, x: g * polygamma(x, n=1),
    r"\psi\left({0}\right)",
    analytic=True,
    backward=Factor("polygamma({own}, 1)"),
    doc="Derivative of the logarithm of the gamma function; NaN at negative whole numbers, where it has poles.",
    symbol=r"\psi",
    domain=(0.3, 4.0),
    flops=60,
    inplace=True,
    workspace=scratch,
)


@lru_cache
def _cotangent_derivative(n: int) -> tuple[float, ...]:
    """The n-th derivative of cot as a polynomial in cot, highest power first: P' (-1 - cot**2) each time."""
    terms = [0.0, 1.0]
    for _ in range(n):
        slope = [k * c for k, c in enumerate(terms)][1:]
        terms = [-(a + b) for a, b in zip([*slope, 0.0, 0.0], [0.0, 0.0, *slope], strict=True)]
    return tuple(reversed(terms))


def _polygamma(x: Any, *, n: int) -> Any:
    factorial = float(math.factorial(n))

    def reflected(x: Any) -> Any:
        cotangent = 1 / np.tan(math.pi * _fraction(x))
        return -factorial * _hurwitz(1 - x, n + 1) - math.pi ** (n + 1) * polynomial(
            cotangent, _cotangent_derivative(n)
        )

    return np.piecewise(x, [x <= 0], [reflected, lambda x: (-1) ** (n + 1) * factorial * _hurwitz(x, n + 1)])


def _infer_polygamma(x: Variable, *, n: int = 1) -> Type:
    if not isinstance(n, int) or not 1 <= n <= 100:
        raise ShapeError("polygamma-n", given=repr(n))
    return infer_unary(x)


polygamma: Primitive = unary(
    "polygamma",
    blockwise(_polygamma),
    lambda g, y, x, *, n: g * polygamma(x, n=n + 1),
    lambda arguments, operator: tex.Tex(rf"\psi^{{({operator.attributes['n']})}}\left({arguments[0].text}\right)"),
    analytic=True,
    backward=Way.DERIVATIVE,
    doc="The n-th derivative of digamma.",
    symbol=r"\psi^{(n)}",
    infer=_infer_polygamma,
    domain=(0.5, 4.0),
    flops=400,
    inplace=True,
    workspace=scratch,
    cases=(Case(((2, 3),)), Case(((),), {"n": 2})),
)


@composite(latex=r"\log\Gamma_{{p}}\left({0}\right)", domain=(2.0, 4.0), cases=(Case(((2, 3),), {"p": 2}),))
def mvlgamma(x: Variable, *, p: int) -> Variable:
    """Logarithm of the multivariate gamma function of p dimensions."""
    if isinstance(p, bool) or not isinstance(p, int) or not 1 <= p <= 100:
        raise ShapeError("not-in-range", name="p", given=p, least=1, most=100)
    total = lgamma(x)
    for j in range(1, p):
        total = total + lgamma(x - j / 2)
    return total + p * (p - 1) / 4 * math.log(math.pi)
