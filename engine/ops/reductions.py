"""Reductions over axes, and the functions that normalise over one."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.graph import Type, Variable, size_of
from engine.ops import latex as tex
from engine.ops.arithmetic import exp
from engine.ops.declare import Case, normal_axes, normal_axis, primitive, reduced
from engine.ops.shape import broadcast_to, reshape

REDUCTIONS = (Case(((3, 4),)), Case(((3, 4),), {"axis": 0}), Case(((2, 3, 4),), {"axis": (0, -1), "keepdims": True}), Case(((),)))
ALONG = (Case(((4,),)), Case(((3, 4),)), Case(((3, 4),), {"axis": 0}))


def spread(g: Variable, x: Variable, axis: Any, keepdims: bool) -> Variable:
    """A reduction's gradient stretched back over the axes that it ran over."""
    if not keepdims:
        g = reshape(g, shape=reduced(x.shape, axis, True))
    return broadcast_to(g, shape=x.shape)


def infer_reduction(x: Variable, *, axis: Any = None, keepdims: bool = False) -> Type:
    return Type(reduced(x.shape, axis, keepdims), "int" if x.kind == "bool" else x.kind)


def infer_along(x: Variable, *, axis: int = -1) -> Type:
    normal_axis(axis, x.ndim)
    return Type(x.shape)


def count(x: Variable, axis: Any) -> int:
    """How many elements a reduction over `axis` brings together."""
    return size_of(x.shape[a] for a in normal_axes(axis, x.ndim))


def _sum(x: Any, out: Any, *, axis: Any, keepdims: bool) -> None:
    np.add.reduce(x, axis, None, out, keepdims)


sum = primitive(
    "sum",
    infer=infer_reduction,
    kernel=_sum,
    vjp=(lambda g, y, x, *, axis, keepdims: spread(g, x, axis, keepdims),),
    linear=True,
    latex=tex.total,
    symbol=r"\sum",
    doc="Sum over axes, all by default.",
    cases=REDUCTIONS,
)


def _mean(x: Any, out: Any, *, axis: Any, keepdims: bool) -> None:
    np.add.reduce(x, axis, None, out, keepdims)
    np.divide(out, x.size / max(out.size, 1), out)


mean = primitive(
    "mean",
    infer=lambda x, *, axis=None, keepdims=False: Type(reduced(x.shape, axis, keepdims)),
    kernel=_mean,
    vjp=(lambda g, y, x, *, axis, keepdims: spread(g * (1.0 / max(count(x, axis), 1)), x, axis, keepdims),),
    linear=True,
    latex=tex.under(r"\operatorname{mean}"),
    symbol=r"\operatorname{mean}",
    doc="Arithmetic mean over axes, all by default.",
    cases=REDUCTIONS,
)


def _softmax(x: Any, out: Any, *, axis: int) -> None:
    np.subtract(x, np.maximum.reduce(x, axis, out.dtype, None, True, -np.inf), out)
    np.exp(out, out)
    np.divide(out, np.add.reduce(out, axis, keepdims=True), out)


softmax = primitive(
    "softmax",
    infer=infer_along,
    kernel=_softmax,
    vjp=(lambda g, y, x, *, axis: y * (g - sum(g * y, axis=axis, keepdims=True)),),
    latex=r"\operatorname{{softmax}}\left({0}\right)",
    symbol=r"\operatorname{softmax}",
    doc="Exponentials that sum to one along an axis.",
    flops=15,
    workspace=lambda x, *, axis: 2 * x.size // max(x.shape[axis], 1),
    cases=ALONG,
)


def _log_softmax(x: Any, out: Any, *, axis: int) -> None:
    np.subtract(x, np.maximum.reduce(x, axis, out.dtype, None, True, -np.inf), out)
    total = np.add.reduce(np.exp(out), axis, keepdims=True)
    np.subtract(out, np.log(total, total), out)


log_softmax = primitive(
    "log_softmax",
    infer=infer_along,
    kernel=_log_softmax,
    vjp=(lambda g, y, x, *, axis: g - exp(y) * sum(g, axis=axis, keepdims=True),),
    latex=r"\log \operatorname{{softmax}}\left({0}\right)",
    symbol=r"\log\operatorname{softmax}",
    doc="Logarithm of softmax along an axis, without overflow.",
    flops=25,
    workspace=lambda x, *, axis: x.size + x.size // max(x.shape[axis], 1),
    cases=ALONG,
)
