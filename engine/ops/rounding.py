"""Rounding and its relatives: what has steps, and what is left of a division. Steps stop the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable
from tidegraph.engine.graph.kinds import Factor, Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.arithmetic import isfinite, where
from tidegraph.engine.ops.declare import Case, binary, check_numbers, composite, infer_signed, infer_unary, unary

PLAIN = (Case(((2, 3),)), Case(((),)))

floor = unary(
    "floor",
    np.floor,
    None,
    tex.delimited(r"\lfloor", r"\rfloor"),
    doc="Largest whole number not above x; stops the gradient.",
    symbol=r"\lfloor\cdot\rfloor",
)
ceil = unary(
    "ceil",
    np.ceil,
    None,
    tex.delimited(r"\lceil", r"\rceil"),
    doc="Smallest whole number not below x; stops the gradient.",
    symbol=r"\lceil\cdot\rceil",
)
trunc = unary("trunc", np.trunc, None, doc="Whole part of x, towards 0; stops the gradient.")


def _infer_round(x: Variable, *, decimals: int = 0) -> Type:
    if not isinstance(decimals, int) or not -300 <= decimals <= 300:
        raise ShapeError("decimals", given=repr(decimals))
    return infer_unary(x)


def _round(x: Any, out: Any, *, decimals: int) -> None:
    np.multiply(x, 10.0**decimals, out)
    np.rint(out, out)
    np.divide(out, 10.0**decimals, out)


round = unary(
    "round",
    _round,
    None,
    doc="Nearest number with so many decimals, halves to even; stops the gradient.",
    infer=_infer_round,
    inplace=True,
    flops=3,
    cases=(*PLAIN, Case(((5,),), {"decimals": 1})),
)


remainder = binary(
    "remainder",
    np.remainder,
    (lambda g, y, a, b: g, lambda g, y, a, b: -(g * floor(a / b))),
    tex.infix(r"\bmod", tex.PRODUCT, tex.SIGN),
    backward=(Way.SAME, Factor("-floor({other} / {own})")),
    doc="What is left of a division rounded down; it has the divisor's sign.",
    symbol=r"\bmod",
    infer=infer_signed,
    domain=((-2.0, 2.0), (0.6, 0.9)),
    kink="at whole quotients the slope from the side of larger quotients",
)

fmod = binary(
    "fmod",
    np.fmod,
    (lambda g, y, a, b: g, lambda g, y, a, b: -(g * trunc(a / b))),
    backward=(Way.SAME, Factor("-trunc({other} / {own})")),
    doc="What is left of a division rounded towards 0; it has the dividend's sign.",
    infer=infer_signed,
    domain=((-2.0, 2.0), (0.6, 0.9)),
    kink="at whole quotients the slope from the side of larger quotients",
)


def _infer_nan_to_num(
    x: Variable, *, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Type:
    check_numbers(nan=nan, posinf=0.0 if posinf is None else posinf, neginf=0.0 if neginf is None else neginf)
    return infer_unary(x)


def _nan_to_num(x: Any, out: Any, *, nan: float, posinf: float | None, neginf: float | None) -> None:
    limits = np.finfo(out.dtype)
    np.copyto(out, x)
    np.copyto(out, nan, where=np.isnan(out))
    np.copyto(out, limits.max if posinf is None else posinf, where=np.isposinf(out))
    np.copyto(out, limits.min if neginf is None else neginf, where=np.isneginf(out))


nan_to_num = unary(
    "nan_to_num",
    _nan_to_num,
    lambda g, y, x, **attributes: where(isfinite(x), g, 0.0),
    backward=Way.FINITE,
    doc="NaN and infinities replaced by finite numbers, through which no gradient flows.",
    infer=_infer_nan_to_num,
    flops=4,
    workspace=lambda width, x, **attributes: 3 * x.size,
    cases=PLAIN,
)


@composite(cases=PLAIN)
def frac(x: Variable) -> Variable:
    """What is left of x without its whole part."""
    return x - trunc(x)


@composite(cases=(Case(((2, 3), (3,))),), domain=((-2.0, 2.0), (0.6, 0.9)))
def floor_divide(a: Variable, b: Variable) -> Variable:
    """Quotient rounded down; stops the gradient."""
    return floor(a / b)
