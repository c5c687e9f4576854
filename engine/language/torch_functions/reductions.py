"""Sums, spreads, extremes, orders and norms with PyTorch's arguments."""

from __future__ import annotations

import math
from typing import Any

from tidegraph.engine.graph import Variable
from tidegraph.engine.language.expressions import ExpressionEvaluator
from tidegraph.engine.language.objects import Results
from tidegraph.engine.language.torch_functions.operands import op
from tidegraph.engine.ops.declare import normal_axes, normal_axis


def counted(x: Variable, dim: Any) -> int:
    """The number of elements over axes."""
    return math.prod(x.shape[a] for a in normal_axes(dim, x.ndim))


def std(x: Variable, dim: Any = None, unbiased: Any = None, keepdim: bool = False, correction: Any = None) -> Variable:
    """The standard deviation, divided by n - 1 unless said otherwise."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    ddof = correction if correction is not None else 1 if unbiased is None else int(unbiased)
    return op("std")(x, axis=dim, ddof=ddof, keepdims=keepdim)


def var(x: Variable, dim: Any = None, unbiased: Any = None, keepdim: bool = False, correction: Any = None) -> Variable:
    """The variance, divided by n - 1 unless said otherwise."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    ddof = correction if correction is not None else 1 if unbiased is None else int(unbiased)
    return op("var")(x, axis=dim, ddof=ddof, keepdims=keepdim)


def std_mean(x: Variable, dim: Any = None, unbiased: Any = None, keepdim: bool = False, correction: Any = None) -> Any:
    """Standard deviation and mean."""
    return std(x, dim, unbiased, keepdim, correction), op("mean")(x, axis=dim, keepdims=keepdim)


def var_mean(x: Variable, dim: Any = None, unbiased: Any = None, keepdim: bool = False, correction: Any = None) -> Any:
    """Variance and mean."""
    return var(x, dim, unbiased, keepdim, correction), op("mean")(x, axis=dim, keepdims=keepdim)


def extreme(ev: ExpressionEvaluator, name: str, x: Variable, dim: Any, keepdim: bool) -> Any:
    """`torch.max` and `torch.min`: over all elements, along an axis with indices, or of two arrays."""
    if isinstance(dim, Variable) and dim.literal is None:
        return op("maximum" if name == "max" else "minimum")(x, dim)
    axis = ev.static(dim)
    if axis is None:
        return op(name)(x)
    values = op(name)(x, axis=axis, keepdims=keepdim)
    return Results.named(values=values, indices=op(f"arg{name}")(x, axis=axis, keepdims=keepdim))


def max_(ev: ExpressionEvaluator, x: Variable, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest element; along an axis values and indices; of two arrays elementwise."""
    return extreme(ev, "max", x, dim, keepdim)


def min_(ev: ExpressionEvaluator, x: Variable, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest element; along an axis values and indices; of two arrays elementwise."""
    return extreme(ev, "min", x, dim, keepdim)


def nanmedian(x: Variable, dim: Any = None, keepdim: bool = False) -> Any:
    """The middle element of those that are not NaN, the lower of the two where their count is even."""
    if dim is None:
        x = op("reshape")(x, shape=(x.size,))
    axis = normal_axis(-1 if dim is None else dim, x.ndim) if x.ndim else 0
    flat = x if x.ndim else op("reshape")(x, shape=(1,))
    order = op("argsort")(flat, axis=axis)
    held = op("sum")(op("logical_not")(op("isnan")(flat)) * 1.0, axis=axis, keepdims=True)
    place = op("floor")(op("maximum")(held - 1, 0) / 2)
    indices = op("take_along_axis")(order, place, axis=axis)
    values = op("take_along_axis")(flat, indices, axis=axis)
    if dim is None:
        return op("reshape")(values, shape=())
    if not keepdim or not x.ndim:
        values, indices = op("squeeze")(values, axis=axis), op("squeeze")(indices, axis=axis)
    return Results.named(values=values, indices=indices)


def along(x: Variable, dim: Any, keepdim: bool, place: int) -> Any:
    """Values and indices at one place of the order along an axis, or the value of all elements."""
    if dim is None:
        flat = op("reshape")(x, shape=(x.size,))
        return op("sort")(flat)[place]
    axis = normal_axis(dim, x.ndim)
    order = op("argsort")(x, axis=axis)
    key = (*[slice(None)] * axis, slice(place, place + 1))
    indices = op("getitem")(order, key=key)
    values = op("take_along_axis")(x, indices, axis=axis)
    if not keepdim:
        values, indices = op("squeeze")(values, axis=axis), op("squeeze")(indices, axis=axis)
    return Results.named(values=values, indices=indices)


def median(x: Variable, dim: Any = None, keepdim: bool = False) -> Any:
    """The middle element, the lower of the two where the count is even."""
    count = x.size if dim is None else x.shape[normal_axis(dim, x.ndim)]
    return along(x, dim, keepdim, (count - 1) // 2)


def kthvalue(x: Variable, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The k-th smallest element along an axis, with its index."""
    return along(x, dim, keepdim, k - 1)


def mode(x: Variable, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent element along an axis, the smallest of several, and where it stands last."""
    axis = normal_axis(dim, x.ndim)
    order = op("argsort")(x, axis=axis)
    lined = op("moveaxis")(op("take_along_axis")(x, order, axis=axis), source=axis, destination=-1)
    equal = op("equal")(op("expand_dims")(lined, axis=-1), op("expand_dims")(lined, axis=-2))
    counts = op("moveaxis")(op("sum")(equal * 1.0, axis=-1), source=-1, destination=axis)
    first = op("argmax")(counts, axis=axis, keepdims=True)
    last = first + op("max")(counts, axis=axis, keepdims=True) - 1
    indices = op("take_along_axis")(order, last, axis=axis)
    values = op("take_along_axis")(x, indices, axis=axis)
    if not keepdim:
        values, indices = op("squeeze")(values, axis=axis), op("squeeze")(indices, axis=axis)
    return Results.named(values=values, indices=indices)


def running(name: str) -> Any:
    """`torch.cummax` and `torch.cummin`: values and indices."""

    def extreme(x: Variable, dim: int) -> Any:
        """The largest or smallest element so far along an axis, with its index."""
        values, indices = op(name)(x, axis=dim)
        return Results.named(values=values, indices=indices)

    return extreme


def sort(x: Variable, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The elements in order along an axis, with the indices that they had."""
    return Results.named(
        values=op("sort")(x, axis=dim, descending=descending), indices=op("argsort")(x, axis=dim, descending=descending)
    )


def topk(x: Variable, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The k largest elements along an axis, with their indices."""
    values, indices = op("topk")(x, k=k, axis=dim, largest=largest)
    return Results.named(values=values, indices=indices)


def aminmax(x: Variable, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest and the largest element."""
    return Results.named(min=op("amin")(x, axis=dim, keepdims=keepdim), max=op("amax")(x, axis=dim, keepdims=keepdim))


def norm(x: Variable, p: Any = "fro", dim: Any = None, keepdim: bool = False) -> Variable:
    """The norm of the elements as one vector, or along axes; unlike linalg.norm never that of a matrix."""
    if p in ("nuc",):
        return op("norm")(x, ord="nuc", axis=dim, keepdims=keepdim)
    order = 2 if p in ("fro", None) else p
    return op("vector_norm")(x, ord=order, axis=tuple(dim) if isinstance(dim, list) else dim, keepdims=keepdim)


def linalg_norm(x: Variable, ord: Any = None, dim: Any = None, keepdim: bool = False) -> Variable:
    """The norm of a vector or of a matrix; without an order that of all elements."""
    if ord is None and dim is None:
        found = op("vector_norm")(x)
        return op("reshape")(found, shape=(1,) * x.ndim) if keepdim else found
    return op("norm")(x, ord=ord, axis=tuple(dim) if isinstance(dim, list) else dim, keepdims=keepdim)


def vector_norm(x: Variable, ord: Any = 2, dim: Any = None, keepdim: bool = False) -> Variable:
    """The norm of the elements as one vector, or along axes."""
    return op("vector_norm")(x, ord=ord, axis=tuple(dim) if isinstance(dim, list) else dim, keepdims=keepdim)


def matrix_norm(x: Variable, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False) -> Variable:
    """The norm of matrices in the last two axes."""
    return op("norm")(x, ord=ord, axis=tuple(dim), keepdims=keepdim)


def count_nonzero(x: Variable, dim: Any = None) -> Variable:
    """How many elements are not 0."""
    return op("sum")(op("not_equal")(x, 0) * 1.0, axis=dim)


def dist(x: Variable, other: Variable, p: float = 2) -> Variable:
    """The norm of the difference."""
    return op("vector_norm")(x - other, ord=p)
