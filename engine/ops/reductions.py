"""Reductions over axes, and the functions that normalise over one."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegraph.engine.graph import Type, Variable, size_of
from tidegraph.engine.graph.kinds import Fusion, Trait, Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.arithmetic import equal, exp, where
from tidegraph.engine.ops.cumulative import before, cumprod, flipped
from tidegraph.engine.ops.declare import (
    TRANSCENDENTAL,
    Case,
    Primitive,
    check_numbers,
    composite,
    normal_axes,
    normal_axis,
    primitive,
    reduced,
)
from tidegraph.engine.ops.shape import broadcast_to, reshape, sum_of_repeated, sum_to, transpose

REDUCTIONS = (
    Case(((3, 4),)),
    Case(((3, 4),), {"axis": 0}),
    Case(((2, 3, 4),), {"axis": (0, -1), "keepdims": True}),
    Case(((),)),
)
ALONG = (Case(((4,),)), Case(((3, 4),)), Case(((3, 4),), {"axis": 0}))


def spread(g: Variable, x: Variable, axis: Any, keepdims: bool) -> Variable:
    """A reduction's gradient stretched back over the axes that it ran over."""
    if not keepdims:
        g = reshape(g, shape=reduced(x.shape, axis, True))
    return broadcast_to(g, shape=x.shape)


def infer_reduction(x: Variable, *, axis: Any = None, keepdims: bool = False) -> Type:
    """Without the axes; truth values are counted."""
    return Type(reduced(x.shape, axis, keepdims), "int" if x.kind == "bool" else x.kind)


def infer_along(x: Variable, *, axis: int = -1) -> Type:
    """The input's shape; the axis must be one of its own."""
    normal_axis(axis, x.ndim)
    return Type(x.shape)


def count(x: Variable, axis: Any) -> int:
    """How many elements a reduction over `axis` brings together."""
    return size_of(x.shape[a] for a in normal_axes(axis, x.ndim))


def _sum(x: Any, out: Any, *, axis: Any, keepdims: bool) -> None:
    np.add.reduce(x, axis, None, out, keepdims)  # type: ignore[call-overload]


def _sum_scalar(x: Variable, *, axis: Any = None, keepdims: bool = False) -> Variable | None:
    """sum(s) -> s"""
    return x if not x.shape and x.kind == "float" else None


def _sum_repeated(x: Variable, *, axis: Any = None, keepdims: bool = False) -> Variable | None:
    """sum(broadcast(s)) -> n * s"""
    return sum_of_repeated(x, reduced(x.shape, axis, keepdims)) if x.shape else None


sum: Primitive = primitive(
    "sum",
    infer=infer_reduction,
    kernel=_sum,
    vjp=(lambda g, y, x, *, axis, keepdims: spread(g, x, axis, keepdims),),
    linear=True,
    latex=tex.total,
    symbol=r"\sum",
    backward=Way.SPREAD,
    doc="Sum over axes, all by default.",
    traits=[Trait.ANY_ORDER],
    lowering=[Fusion.INNER_PRODUCT, Fusion.REDUCTION],
    rewrites=[_sum_scalar, _sum_repeated],
    cases=REDUCTIONS,
)


def _mean(x: Any, out: Any, *, axis: Any, keepdims: bool) -> None:
    np.add.reduce(x, axis, None, out, keepdims)  # type: ignore[call-overload]
    np.divide(out, x.size / max(out.size, 1), out)


mean = primitive(
    "mean",
    infer=lambda x, *, axis=None, keepdims=False: Type(reduced(x.shape, axis, keepdims)),
    kernel=_mean,
    vjp=(lambda g, y, x, *, axis, keepdims: spread(g * (1.0 / max(count(x, axis), 1)), x, axis, keepdims),),
    linear=True,
    latex=tex.under(r"\operatorname{mean}"),
    symbol=r"\operatorname{mean}",
    backward=Way.SHARED,
    doc="Arithmetic mean over axes, all by default.",
    flops=lambda x, *, axis, keepdims: x.size + size_of(reduced(x.shape, axis, keepdims)),
    traits=[Trait.ANY_ORDER],
    cases=REDUCTIONS,
)


def _prod(x: Any, out: Any, *, axis: Any, keepdims: bool) -> None:
    np.multiply.reduce(x, axis, out.dtype, out=out, keepdims=keepdims)


def _last(axis: Any, ndim: int) -> tuple[int, ...]:
    """The order of axes in which those of a reduction come last."""
    axes = normal_axes(axis, ndim)
    return (*(a for a in range(ndim) if a not in axes), *axes)


def merged(x: Variable, axis: Any) -> Variable:
    """The axes of a reduction brought together as one, the last."""
    order = _last(axis, x.ndim)
    moved = x if order == tuple(range(x.ndim)) else transpose(x, axes=order)
    shape = (*moved.shape[: x.ndim - len(normal_axes(axis, x.ndim))], count(x, axis))
    return moved if moved.shape == shape else reshape(moved, shape=shape)


def _others(x: Variable, axis: Any) -> Variable:
    """For every element, the product of the others over `axis`, without a division: right where some are zero."""
    flat = merged(x, axis)
    last = flat.ndim - 1
    left = before(cumprod(flat, axis=last), last)
    right = flipped(before(cumprod(flipped(flat, last), axis=last), last), last)
    order = _last(axis, x.ndim)
    products = reshape(left * right, shape=tuple(x.shape[a] for a in order))
    return transpose(products, axes=tuple(order.index(a) for a in range(x.ndim)))


prod = primitive(
    "prod",
    infer=infer_reduction,
    kernel=_prod,
    vjp=(lambda g, y, x, *, axis, keepdims: spread(g, x, axis, keepdims) * _others(x, axis),),
    latex=tex.under(r"\prod"),
    symbol=r"\prod",
    analytic=True,
    backward=Way.OTHERS,
    doc="Product over axes, all by default.",
    cases=REDUCTIONS,
)


@composite(
    symbol=r"\operatorname{var}",
    latex=r"\operatorname{{var}}\left({0}\right)",
    cases=(*REDUCTIONS[:3], Case(((3, 4),), {"axis": 1, "ddof": 1})),
)
def var(x: Variable, *, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Variable:
    """Variance over axes, all by default: the mean squared distance from the mean, with `ddof` less in the mean."""
    check_numbers(ddof=ddof)
    centred = x - mean(x, axis=axis, keepdims=True)
    return sum(centred**2, axis=axis, keepdims=keepdims) / max(count(x, axis) - ddof, 0)


def _logsumexp(x: Any, out: Any, *, axis: Any, keepdims: bool) -> None:
    top = np.asarray(np.maximum.reduce(x, axis, out.dtype, keepdims=True, initial=-np.inf))
    np.copyto(top, 0, where=~np.isfinite(top))
    powers = np.asarray(np.subtract(x, top, dtype=out.dtype))
    total = out.reshape(top.shape)
    np.add.reduce(np.exp(powers, powers), axis, out=total, keepdims=True)
    np.log(total, total)
    np.add(total, top, total)


def _logsumexp_back(g: Variable, y: Variable, x: Variable, *, axis: Any, keepdims: bool) -> Variable:
    finite = where(equal(y, -np.inf), 0.0, y)
    return spread(g, x, axis, keepdims) * exp(x - spread(finite, x, axis, keepdims))


def _write_logsumexp(arguments: Any, operator: Any) -> tex.Tex:
    powers = tex.Tex(rf"e^{{{arguments[0].text}}}", tex.POWER)
    total = tex.under(r"\sum")([powers], operator)
    return tex.Tex(rf"\log {total.text}", tex.PRODUCT)


logsumexp = primitive(
    "logsumexp",
    infer=lambda x, *, axis=None, keepdims=False: Type(reduced(x.shape, axis, keepdims)),
    kernel=_logsumexp,
    vjp=(_logsumexp_back,),
    latex=_write_logsumexp,
    symbol=r"\log\sum\exp",
    analytic=True,
    backward=Way.SOFTMAX_WEIGHTS,
    doc="Logarithm of the sum of exponentials over axes, without overflow.",
    flops=lambda x, *, axis, keepdims: 13 * x.size + (TRANSCENDENTAL + 1) * size_of(reduced(x.shape, axis, keepdims)),
    workspace=lambda width, x, *, axis, keepdims: width * (x.size + 2 * size_of(reduced(x.shape, axis, keepdims))),
    cases=REDUCTIONS,
)


def _softmax(x: Any, out: Any, *, axis: int) -> None:
    np.subtract(x, np.maximum.reduce(x, axis, out.dtype, keepdims=True, initial=-np.inf), out)
    np.exp(out, out)
    np.divide(out, np.add.reduce(out, axis, keepdims=True), out)


softmax = primitive(
    "softmax",
    infer=infer_along,
    kernel=_softmax,
    vjp=(lambda g, y, x, *, axis: y * (g - sum(g * y, axis=axis, keepdims=True)),),
    latex=r"\operatorname{{softmax}}\left({0}\right)",
    symbol=r"\operatorname{softmax}",
    analytic=True,
    traits=[Trait.SOFTMAX],
    backward=Way.SOFTMAX,
    doc="Exponentials that sum to one along an axis.",
    flops=14,
    workspace=lambda width, x, *, axis: width * x.size // max(x.shape[axis], 1),
    cases=ALONG,
)


def _log_softmax(x: Any, out: Any, *, axis: int) -> None:
    np.subtract(x, np.maximum.reduce(x, axis, out.dtype, keepdims=True, initial=-np.inf), out)
    total = np.add.reduce(np.exp(out), axis, keepdims=True)
    np.subtract(out, np.log(total, total), out)


log_softmax = primitive(
    "log_softmax",
    infer=infer_along,
    kernel=_log_softmax,
    vjp=(lambda g, y, x, *, axis: g - exp(y) * sum(g, axis=axis, keepdims=True),),
    latex=r"\log \operatorname{{softmax}}\left({0}\right)",
    symbol=r"\log\operatorname{softmax}",
    analytic=True,
    backward=Way.LOG_SOFTMAX,
    doc="Logarithm of softmax along an axis, without overflow.",
    traits=[Trait.LOGARITHM],
    flops=lambda x, *, axis: 14 * x.size + TRANSCENDENTAL * (x.size // max(x.shape[axis], 1)),
    workspace=lambda width, x, *, axis: width * (x.size + x.size // max(x.shape[axis], 1)),
    cases=ALONG,
)


@composite(
    latex=r"\operatorname{{softmin}}\left({0}\right)", symbol=r"\operatorname{softmin}", cases=(Case(((3, 4),)),)
)
def softmin(x: Variable, *, axis: int = -1) -> Variable:
    """Softmax of the negative."""
    return softmax(-x, axis=axis)


@composite(cases=(Case(((2, 3),), {"shape": (3,)}),))
def sum_to_size(x: Variable, *, shape: Any) -> Variable:
    """Summed to a smaller shape that broadcasts to the array's own."""
    return sum_to(x, shape=tuple(shape) if isinstance(shape, (tuple, list)) else (shape,))


@composite(cases=(Case(((2, 3),), {"axis": 1}),))
def count_nonzero(x: Variable, *, axis: Any = None) -> Variable:
    """How many elements over axes are not 0; stops the gradient."""
    return sum(where(equal(x, 0), 0, 1), axis=axis)
