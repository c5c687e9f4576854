"""The normal distribution: its cumulative distribution, the quantiles, and the functions that these are made of."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidegraph.engine.graph import Variable
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops.arithmetic import equal, exp, less, log, where
from tidegraph.engine.ops.declare import Case, Primitive, composite, unary
from tidegraph.engine.ops.elementary import log1p
from tidegraph.engine.ops.special import BLOCK, _erfc, _erfc_beyond, _ratio, blockwise, erfc

PLAIN = (Case(((2, 3),)), Case(((),)))

# Wichura, Algorithm AS 241, Applied Statistics 37 (1988): numerator and denominator, highest power first.
CENTRE = (
    (
        2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
        1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0,
    ),
    (
        5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
        5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0,
    ),
)  # fmt: skip
TAIL = (
    (
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
        3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0,
    ),
    (
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0,
    ),
)  # fmt: skip
FAR_TAIL = (
    (
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
        2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0,
    ),
    (
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0,
    ),
)  # fmt: skip


def _tail(p: Any) -> Any:
    """The distance from the mean, in deviations, beyond which a small probability p lies."""
    r = np.sqrt(-np.log(p))
    return np.where(r <= 5, _ratio(r - 1.6, TAIL), _ratio(r - 5.0, FAR_TAIL))


def _erfinv(x: Any) -> Any:
    near = np.abs(x) <= 0.85
    inside = np.where(near, x / 2, 0)
    centre = inside * _ratio(0.180625 - inside * inside, CENTRE)
    beyond = np.copysign(_tail(np.where(near, 0.25, (1 - np.abs(x)) / 2)), x)
    beyond = np.where(np.abs(x) == 1, np.copysign(np.inf, x), beyond)
    return np.where(near, centre, beyond) / math.sqrt(2)


def _ndtri(p: Any) -> Any:
    q = p - 0.5
    near = np.abs(q) <= 0.425
    inside = np.where(near, q, 0)
    centre = inside * _ratio(0.180625 - inside * inside, CENTRE)
    tail = np.where(near, 0.25, np.minimum(p, 1 - p))
    beyond = np.where(tail == 0, np.inf, _tail(np.where(tail == 0, 0.25, tail)))
    return np.where(near, centre, np.copysign(beyond, q))


def _erfcx(x: Any) -> Any:
    """exp(x^2) erfc(x): of a large x the rational function alone, which `erfc` multiplies by the exponential."""
    size = np.clip(x, 0.46875, None)
    coarse = np.trunc(size * 16) / 16
    large = size > 25
    inverse = 1 / np.square(np.where(large, size, 1))
    series = (1 - inverse * (0.5 - inverse * (0.75 - inverse * (1.875 - inverse * 6.5625)))) / math.sqrt(math.pi)
    safe = np.where(large, 1.0, size)
    coarse = np.trunc(safe * 16) / 16
    gauss = np.exp(-coarse * coarse) * np.exp((coarse - safe) * (coarse + safe))
    middle = np.where(large, series / size, _erfc_beyond(safe) / gauss)
    low = np.minimum(x, 0.46875)
    return np.where(x > 0.46875, middle, np.exp(low * low) * _erfc(low))


erfinv: Primitive = unary(
    "erfinv",
    blockwise(_erfinv),
    lambda g, y, x: g * (math.sqrt(math.pi) / 2 * exp(y * y)),
    portable=False,
    backward=Way.DERIVATIVE,
    doc="Inverse of the error function.",
    domain=(-0.9, 0.9),
    flops=60,
    inplace=True,
    workspace=lambda width, x, **how: width * (9 * min(x.size, BLOCK) + 128),
)

erfcx: Primitive = unary(
    "erfcx",
    blockwise(_erfcx),
    lambda g, y, x: g * (2 * x * y - 2 / math.sqrt(math.pi)),
    portable=False,
    backward=Way.DERIVATIVE,
    doc="Scaled complementary error function, exp(x^2) erfc(x), which does not vanish for large x.",
    flops=80,
    inplace=True,
    workspace=lambda width, x, **how: width * (17 * min(x.size, BLOCK) + 128),
)

ndtri: Primitive = unary(
    "ndtri",
    blockwise(_ndtri),
    lambda g, y, x: g * (math.sqrt(2 * math.pi) * exp(y * y * 0.5)),
    r"\Phi^{{-1}}\left({0}\right)",
    portable=False,
    backward=Way.DERIVATIVE,
    doc="Quantile of the normal distribution: below it lies the probability x.",
    symbol=r"\Phi^{-1}",
    domain=(0.05, 0.95),
    flops=60,
    inplace=True,
    workspace=lambda width, x, **how: width * (11 * min(x.size, BLOCK) + 128),
)


@composite(latex=r"\Phi\left({0}\right)", symbol=r"\Phi", cases=PLAIN)
def ndtr(x: Variable) -> Variable:
    """The probability that a normal variable is less than x."""
    return 0.5 * erfc(x * -math.sqrt(0.5))


@composite(latex=r"\log \Phi\left({0}\right)", symbol=r"\log\Phi", cases=PLAIN)
def log_ndtr(x: Variable) -> Variable:
    """Logarithm of the probability that a normal variable is less than x, exact where that is small."""
    low = less(x, -1.0)
    tail = where(low, x, -1.0)
    below = log(0.5 * erfcx(tail * -math.sqrt(0.5))) - tail * tail * 0.5
    return where(low, below, log1p(-0.5 * erfc(where(low, 0.0, x) * math.sqrt(0.5))))


@composite(domain=(0.2, 2.0), kink="minus infinity at 0", cases=PLAIN)
def entr(x: Variable) -> Variable:
    """Entropy of a probability, -x log x: 0 at 0, minus infinity below."""
    zero = equal(x, 0)
    return where(less(x, 0), -np.inf, where(zero, -x, -(x * log(where(x > 0, x, 1.0)))))
