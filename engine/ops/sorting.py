"""Order: one operator finds it, the others pick elements by it, so that gradients go back to where they came from."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable
from tidegraph.engine.ops.arithmetic import isnan, where
from tidegraph.engine.ops.cumulative import along
from tidegraph.engine.ops.declare import Case, composite, normal_axis, primitive, reduced, scattered
from tidegraph.engine.ops.indexing import gather
from tidegraph.engine.ops.reductions import REDUCTIONS, count, merged
from tidegraph.engine.ops.shape import getitem, reshape

SORTS = (Case(((5,),)), Case(((3, 4),), {"axis": 0}), Case(((3, 4),), {"descending": True}))


def _infer_argsort(x: Variable, *, axis: int = -1, descending: bool = False) -> Type:
    normal_axis(axis, x.ndim)
    return Type(x.shape, "int")


def _argsort(x: Any, out: Any, *, axis: int, descending: bool) -> None:
    if not descending:
        out[...] = np.argsort(x, axis, "stable")
        return
    np.subtract(x.shape[axis] - 1, np.flip(np.argsort(np.flip(x, axis), axis, "stable"), axis), out)


def _argsort_workspace(width: int, x: Variable, *, axis: int, descending: bool) -> int:
    """The order, and one row and its order where they do not lie in memory as they are sorted."""
    last = axis % x.ndim == x.ndim - 1
    return 8 * x.size + x.shape[axis] * (width * (descending or not last or scattered(x)) + 8 * (not last))


argsort = primitive(
    "argsort",
    infer=_infer_argsort,
    kernel=_argsort,
    latex=r"\operatorname{{argsort}}\left({0}\right)",
    doc="Indices that sort along an axis, equals in the order given; stops the gradient.",
    flops=lambda x, *, axis, descending: x.size * max(x.shape[axis], 1).bit_length(),
    workspace=_argsort_workspace,
    cases=SORTS,
)


@composite(latex=r"\operatorname{{sort}}\left({0}\right)", kink="equals keep their order", cases=SORTS)
def sort(x: Variable, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Variable:
    """Elements in order along an axis."""
    return gather(x, argsort(x, axis=axis, descending=descending), axis=axis)


@composite(
    latex=r"\operatorname{{topk}}\left({0}\right)",
    kink="the first of equals",
    cases=(Case(((5,),), {"k": 2}), Case(((3, 4),), {"k": 2, "axis": 0, "largest": False})),
)
def topk(
    x: Variable, *, k: int, axis: int = -1, largest: bool = True, sorted: bool = True
) -> tuple[Variable, Variable]:
    """The k largest (or smallest) elements along an axis in order, and their indices."""
    place = normal_axis(axis, x.ndim)
    if not isinstance(k, int) or not 0 <= k <= x.shape[place]:
        raise ShapeError("topk-k", most=x.shape[place], given=repr(k))
    indices = getitem(argsort(x, axis=axis, descending=largest), key=along(place, slice(0, k)))
    return gather(x, indices, axis=axis), indices


@composite(latex=r"\operatorname{{median}}\left({0}\right)", cases=REDUCTIONS)
def median(x: Variable, *, axis: Any = None, keepdims: bool = False) -> Variable:
    """Middle element over axes, all by default; the mean of the two middle ones where their number is even."""
    n = count(x, axis)
    if not n:
        raise ShapeError("median-of-nothing")
    ordered = sort(merged(x, axis))
    middle = getitem(ordered, key=(..., n // 2))
    if n % 2 == 0:
        middle = (getitem(ordered, key=(..., n // 2 - 1)) + middle) / 2
    last = getitem(ordered, key=(..., n - 1))
    result = where(isnan(last), last, middle)
    return reshape(result, shape=reduced(x.shape, axis, True)) if keepdims else result
