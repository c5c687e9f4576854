"""Sliding windows: `unfold` lays every window of an array out as a column, `fold` adds the columns back.

They are each other's adjoint, and a convolution is a matrix product between them. `unfold` is one strided copy; `fold`
adds a whole slice for each position inside the window, because windows overlap. The number of axes that the window
slides over is the length of `kernel_size`; a bare number is a square, as in PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from tidegraph.engine.graph import Operator, Shape, ShapeError, Type, Variable, size_of
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops.declare import Case, Primitive, primitive


class Window(NamedTuple):
    """A window's geometry, one number a sliding axis; `counts` says how often it fits."""

    sizes: Shape
    kernel: Shape
    dilation: Shape
    padding: Shape
    stride: Shape
    counts: Shape

    @classmethod
    def over(cls, sizes: Shape, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Window:
        """The geometry over axes of the given sizes, or a ShapeError."""
        ndim = sliding_axes(kernel_size)
        kernel = numbers("kernel_size", kernel_size, ndim, 1)
        dilations = numbers("dilation", dilation, ndim, 1)
        paddings = numbers("padding", padding, ndim, 0)
        strides = numbers("stride", stride, ndim, 1)
        counts = []
        for n, k, d, p, s in zip(sizes, kernel, dilations, paddings, strides, strict=True):
            free = n + 2 * p - d * (k - 1) - 1
            if free < 0:
                raise ShapeError(
                    "window-too-large",
                    window=d * (k - 1) + 1,
                    size=n + 2 * p,
                )
            counts.append(free // s + 1)
        return cls(sizes, kernel, dilations, paddings, strides, tuple(counts))

    def slices(self) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        """For each position in the window: its index into (kernel, counts) axes, and the part of the array there."""
        axes = zip(self.sizes, self.kernel, self.dilation, self.padding, self.stride, self.counts, strict=True)
        found = []
        for offsets in product(*(list(_positions(*axis)) for axis in axes)):
            at = (..., *(i for i, _, _ in offsets), *(columns for _, columns, _ in offsets))
            found.append((at, (..., *(part for _, _, part in offsets))))
        return found


def _positions(n: int, k: int, d: int, p: int, s: int, count: int) -> Iterator[tuple[int, slice, slice]]:
    """For each offset in a window, which windows meet which elements; those in the padding drop out."""
    for i in range(k):
        start = i * d - p
        first = max(0, -(start // s))
        last = min(count, (n - 1 - start) // s + 1)
        if first < last:
            yield i, slice(first, last), slice(start + first * s, start + (last - 1) * s + 1, s)


def sliding_axes(kernel_size: Any) -> int:
    """How many axes a window slides over."""
    return len(kernel_size) if isinstance(kernel_size, (tuple, list)) else 2


def numbers(what: str, value: Any, ndim: int, least: int) -> Shape:
    """One whole number an axis, from a single one or a tuple."""
    found = tuple(value) if isinstance(value, (tuple, list)) else (value,) * ndim
    found = found * ndim if len(found) == 1 else found
    if len(found) != ndim:
        raise ShapeError("numbers-for-axes", name=what, count=len(found), axes=ndim)
    if any(not isinstance(n, int) or isinstance(n, bool) or n < least for n in found):
        raise ShapeError("window-numbers", name=what, least=least, given=repr(value))
    return found


def _infer_unfold(x: Variable, *, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Type:
    ndim = sliding_axes(kernel_size)
    if x.ndim not in (ndim + 1, ndim + 2):
        raise ShapeError("unfold-axes", axes=ndim, shape=x.shape)
    window = Window.over(x.shape[-ndim:], kernel_size, dilation, padding, stride)
    *batch, channels = x.shape[:-ndim]
    return Type((*batch, channels * size_of(window.kernel), size_of(window.counts)), x.kind)


def _padded(x: Variable, window: Window) -> Shape:
    lead = x.shape[: -len(window.sizes)]
    return (*lead, *(n + 2 * p for n, p in zip(window.sizes, window.padding, strict=True)))


def _unfold_kernel(operator: Operator) -> Callable[..., Any]:
    (x,) = operator.inputs
    ndim = sliding_axes(operator.attributes["kernel_size"])
    window = Window.over(x.shape[-ndim:], **operator.attributes)
    shape = (*x.shape[:-ndim], *window.kernel, *window.counts)
    wide = _padded(x, window)
    inside: Any = (..., *(slice(p, p + n) for n, p in zip(window.sizes, window.padding, strict=True)))

    def unfold(x: Any, out: Any) -> None:
        if any(window.padding):
            whole = np.zeros(wide, x.dtype)
            whole[inside] = x
            x = whole
        lead, steps = x.strides[:-ndim], x.strides[-ndim:]
        across = (s * d for s, d in zip(steps, window.dilation, strict=True))
        along = (s * d for s, d in zip(steps, window.stride, strict=True))
        np.copyto(out.reshape(shape), as_strided(x, shape, (*lead, *across, *along)))

    return unfold


def _unfold_workspace(width: int, x: Variable, *, kernel_size: Any, **how: Any) -> int:
    window = Window.over(x.shape[-sliding_axes(kernel_size) :], kernel_size, **how)
    return width * size_of(_padded(x, window)) if any(window.padding) else 0


unfold: Primitive = primitive(
    "unfold",
    infer=_infer_unfold,
    select=_unfold_kernel,
    workspace=_unfold_workspace,
    linear=True,
    vjp=(
        lambda g, y, x, *, kernel_size, **how: fold(
            g, output_size=x.shape[-sliding_axes(kernel_size) :], kernel_size=kernel_size, **how
        ),
    ),
    latex=r"\operatorname{{unfold}}\left({0}\right)",
    flops=0,
    backward=Way.WINDOWS_ADDED,
    doc="Every sliding window as a column: batch x (channels * window) x windows, the im2col of convolutions.",
    cases=(
        Case(((2, 3, 4, 5),), {"kernel_size": 2}),
        Case(((1, 2, 5, 4),), {"kernel_size": (3, 2), "padding": (2, 1), "stride": 2, "dilation": (1, 2)}),
        Case(((2, 2, 7),), {"kernel_size": (3,), "stride": 2, "padding": 1}),
        Case(((2, 3, 4),), {"kernel_size": 2}),
    ),
)


def _infer_fold(
    x: Variable, *, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Type:
    sizes = numbers("output_size", output_size, sliding_axes(kernel_size), 0)
    window = Window.over(sizes, kernel_size, dilation, padding, stride)
    if x.ndim not in (2, 3):
        raise ShapeError("fold-axes", shape=x.shape)
    *batch, rows, columns = x.shape
    inside = size_of(window.kernel)
    if rows % inside:
        raise ShapeError("fold-rows", rows=rows, elements=inside)
    if columns != size_of(window.counts):
        raise ShapeError("fold-columns", columns=columns, fits=size_of(window.counts), shape=sizes)
    return Type((*batch, rows // inside, *sizes), x.kind)


def _fold_kernel(operator: Operator) -> Callable[..., Any]:
    (y,) = operator.outputs
    how = {name: value for name, value in operator.attributes.items() if name != "output_size"}
    ndim = sliding_axes(how["kernel_size"])
    window = Window.over(y.shape[-ndim:], **how)
    shape = (*y.shape[:-ndim], *window.kernel, *window.counts)
    slices = window.slices()

    def fold(x: Any, out: Any) -> None:
        columns = x.reshape(shape)
        out[...] = 0
        for at, part in slices:
            out[part] += columns[at]

    return fold


fold: Primitive = primitive(
    "fold",
    infer=_infer_fold,
    select=_fold_kernel,
    linear=True,
    vjp=(lambda g, y, x, *, output_size, **how: unfold(g, **how),),
    latex=r"\operatorname{{fold}}\left({0}\right)",
    backward=Way.WINDOWS_TAKEN,
    doc="Columns of windows added back to where the windows were: the adjoint of unfold.",
    cases=(
        Case(((2, 12, 12),), {"output_size": (4, 5), "kernel_size": 2}),
        Case(
            ((1, 12, 16),),
            {"output_size": (5, 4), "kernel_size": (3, 2), "padding": (2, 1), "stride": (2, 1), "dilation": (1, 2)},
        ),
        Case(((2, 6, 4),), {"output_size": (7,), "kernel_size": (3,), "stride": 2, "padding": 1}),
        Case(((4, 6),), {"output_size": (3, 4), "kernel_size": 2}),
    ),
)
