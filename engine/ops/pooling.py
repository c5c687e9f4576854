"""Pooling: the largest or the average element of every window, and averages over windows that fit a wanted size.

`max_pool` finds where the largest elements are and takes them from there; so its gradient goes to the first of equal
ones, as in PyTorch, and derivatives of every order follow from those of indexing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidegraph.engine.graph import Operator, Shape, ShapeError, Type, Variable, size_of
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops.declare import Case, Composite, Primitive, composite, primitive
from tidegraph.engine.ops.indexing import gather
from tidegraph.engine.ops.shape import in_shape
from tidegraph.engine.ops.windows import Window, numbers


def pool_window(
    x: Shape, kernel_size: Any, stride: Any, padding: Any, dilation: Any = 1, ceil_mode: bool = False
) -> Window:
    """The geometry over the last axes; the stride is by default the window itself.

    With `ceil_mode` a last window may reach over the end, as long as it begins inside, as in PyTorch.
    """
    ndim = len(kernel_size)
    if len(x) < ndim:
        raise ShapeError("window-axes", axes=ndim, shape=x)
    if not size_of(x[-ndim:]):
        raise ShapeError("nothing-to-pool", shape=x)
    window = Window.over(x[-ndim:], kernel_size, dilation, padding, kernel_size if stride is None else stride)
    if any(2 * p > k for p, k in zip(window.padding, window.kernel, strict=True)):
        raise ShapeError("pool-padding", padding=window.padding, window=window.kernel)
    if not ceil_mode:
        return window
    counts = []
    for n, k, d, p, s in zip(window.sizes, window.kernel, window.dilation, window.padding, window.stride, strict=True):
        count = -(-(n + 2 * p - d * (k - 1) - 1) // s) + 1
        counts.append(count - ((count - 1) * s >= n + p))
    return window._replace(counts=tuple(counts))


def pooled(x: Variable, kernel_size: Shape, *how: Any, **named: Any) -> Shape:
    """The shape after a pooling; further arguments as for `pool_window`."""
    window = pool_window(x.shape, kernel_size, *how, **named)
    return (*x.shape[: -len(kernel_size)], *window.counts)


def _infer_pool_index(
    x: Variable,
    *,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Type:
    return Type(pooled(x, kernel_size, stride, padding, dilation, ceil_mode), "int")


def _select_pool_index(operator: Operator) -> Callable[..., Any]:
    (x,) = operator.inputs
    ndim = len(operator.attributes["kernel_size"])
    window = pool_window(x.shape, **operator.attributes)
    places = np.arange(size_of(window.sizes)).reshape(window.sizes)
    slices = [((..., *at[1 + ndim :]), part) for at, part in reversed(window.slices())]

    def pool_index(x: Any, out: Any) -> None:
        best = np.full(out.shape, -np.inf, x.dtype)
        for at, part in slices:
            seen, held = x[part], best[at]
            wins = np.greater_equal(seen, held)
            np.logical_or(wins, np.isnan(seen), wins)
            np.copyto(held, seen, where=wins)
            np.copyto(out[at], places[part], where=wins)

    return pool_index


max_pool_index = primitive(
    "max_pool_index",
    infer=_infer_pool_index,
    kernel=None,
    select=_select_pool_index,
    latex=r"\operatorname{{argmax}}\left({0}\right)",
    symbol=r"\arg\max",
    flops=lambda x, *, kernel_size, **how: size_of(kernel_size) * size_of(pooled(x, kernel_size, **how)),
    workspace=lambda width, x, **how: (width + 2) * size_of(pooled(x, **how)),
    doc="Where in the flattened axes each window has its largest element, the first of equals; stops the gradient.",
    cases=(Case(((2, 3, 5, 4),), {"kernel_size": (2, 2)}),),
)


def flattened(x: Variable, ndim: int) -> Variable:
    """The last `ndim` axes as one."""
    return in_shape(x, (*x.shape[:-ndim], size_of(x.shape[-ndim:])))


def max_pool(x: Variable, kernel_size: Shape, **how: Any) -> Variable:
    """The largest element of every window over the last axes."""
    index = max_pool_index(x, kernel_size=kernel_size, **how)
    largest = gather(flattened(x, len(kernel_size)), flattened(index, len(kernel_size)), axis=-1)
    return in_shape(largest, index.shape)


def _infer_avg_pool(
    x: Variable,
    *,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Type:
    return Type(pooled(x, kernel_size, stride, padding, ceil_mode=ceil_mode))


def _infer_avg_unpool(
    y: Variable,
    *,
    sizes: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Type:
    window = pool_window(tuple(sizes), kernel_size, stride, padding, ceil_mode=ceil_mode)
    if y.shape[-len(kernel_size) :] != window.counts:
        raise ShapeError("pool-averages", shape=y.shape, fits=window.counts)
    return Type((*y.shape[: -len(kernel_size)], *sizes))


def _averages(operator: Operator, sizes: Shape) -> tuple[list[tuple[Any, Any]], Any]:
    """Which parts of the pooled and of the whole array meet, and by how many elements each average divides."""
    how = {name: operator.attributes[name] for name in ("kernel_size", "stride", "padding", "ceil_mode")}
    window = pool_window(sizes, **how)
    slices = [((..., *at[1 + len(sizes) :]), part) for at, part in window.slices()]
    if operator.attributes["count_include_pad"]:
        return slices, _areas(window)
    counts = np.zeros(window.counts)
    for at, _ in slices:
        counts[at] += 1
    return slices, counts


def _areas(window: Window) -> Any:
    """The elements of every window, those of the padding as well, but none beyond it."""
    areas: Any = 1
    for n, k, p, s, count in zip(
        window.sizes, window.kernel, window.padding, window.stride, window.counts, strict=True
    ):
        start = np.arange(count) * s - p
        areas = np.multiply.outer(areas, np.minimum(start + k, n + p) - start)
    return size_of(window.kernel) if np.all(areas == size_of(window.kernel)) else areas.astype(float)


def _select_avg_pool(operator: Operator) -> Callable[..., Any]:
    ndim = len(operator.attributes["kernel_size"])
    slices, counts = _averages(operator, operator.inputs[0].shape[-ndim:])

    def avg_pool(x: Any, out: Any) -> None:
        out[...] = 0
        for at, part in slices:
            out[at] += x[part]
        np.divide(out, counts, out)

    return avg_pool


def _select_avg_unpool(operator: Operator) -> Callable[..., Any]:
    slices, counts = _averages(operator, tuple(operator.attributes["sizes"]))

    def avg_unpool(y: Any, out: Any) -> None:
        share = np.divide(y, counts, dtype=out.dtype)
        out[...] = 0
        for at, part in slices:
            out[part] += share[at]

    return avg_unpool


avg_pool: Primitive = primitive(
    "avg_pool",
    infer=_infer_avg_pool,
    kernel=None,
    select=_select_avg_pool,
    linear=True,
    vjp=(
        lambda g, y, x, *, kernel_size, **how: avg_unpool(
            g, sizes=x.shape[-len(kernel_size) :], kernel_size=kernel_size, **how
        ),
    ),
    latex=r"\operatorname{{avgpool}}\left({0}\right)",
    symbol=r"\operatorname{avgpool}",
    flops=lambda x, *, kernel_size, count_include_pad, **how: (
        (size_of(kernel_size) + 1) * size_of(pooled(x, kernel_size, **how))
    ),
    backward=Way.WINDOWS_SHARED,
    doc="The average of every window over as many last axes as kernel_size has numbers.",
    cases=(
        Case(((2, 3, 5, 4),), {"kernel_size": (2, 2)}),
        Case(((2, 7),), {"kernel_size": (3,), "stride": 2, "padding": 1, "count_include_pad": False}),
    ),
)

avg_unpool: Primitive = primitive(
    "avg_unpool",
    infer=_infer_avg_unpool,
    kernel=None,
    select=_select_avg_unpool,
    linear=True,
    vjp=(lambda g, x, y, *, sizes, **how: avg_pool(g, **how),),
    latex=r"\operatorname{{avgpool}}^\top\left({0}\right)",
    symbol=r"\operatorname{avgpool}^\top",
    flops=lambda y, *, kernel_size, **how: (size_of(kernel_size) + 1) * y.size,
    workspace=lambda width, y, **how: width * y.size,
    backward=Way.WINDOWS_AVERAGED,
    doc="Every number shared out evenly over its window: the gradient of an average pooling.",
    cases=(Case(((2, 3, 2, 2),), {"sizes": (5, 4), "kernel_size": (2, 2)}),),
)


def check_axes(name: str, x: Variable, ndim: int) -> None:
    """The axes that an operator named after its number of them needs."""
    if x.ndim not in (ndim + 1, ndim + 2):
        raise ShapeError("batch-channels-axes", name=name, axes=ndim, shape=x.shape)


def _declare_max_pool(ndim: int, cases: tuple[Case, ...]) -> Composite:
    name = f"max_pool{ndim}d"

    def pool(
        x: Variable,
        *,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: bool = False,
    ) -> Variable:
        check_axes(name, x, ndim)
        kernel = numbers("kernel_size", kernel_size, ndim, 1)
        return max_pool(x, kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)

    pool.__doc__ = f"The largest element of every window over {ndim} axes; the stride is by default the window."
    kink = "the first of equal elements takes the gradient"
    return composite(name, symbol=r"\operatorname{maxpool}", kink=kink, cases=cases)(pool)


def _declare_avg_pool(ndim: int, cases: tuple[Case, ...]) -> Composite:
    name = f"avg_pool{ndim}d"

    def pool(
        x: Variable,
        *,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> Variable:
        check_axes(name, x, ndim)
        kernel = numbers("kernel_size", kernel_size, ndim, 1)
        how = {"stride": stride, "padding": padding, "count_include_pad": count_include_pad, "ceil_mode": ceil_mode}
        return avg_pool(x, kernel_size=kernel, **how)

    pool.__doc__ = f"The average of every window over {ndim} axes; the stride is by default the window."
    return composite(name, symbol=r"\operatorname{avgpool}", cases=cases)(pool)


POOLED = {"kernel_size": 3, "stride": 2, "padding": 1}

max_pool1d = _declare_max_pool(1, (Case(((2, 3, 6),), {"kernel_size": 2}), Case(((3, 7),), {**POOLED, "dilation": 2})))
max_pool2d = _declare_max_pool(
    2,
    (
        Case(((2, 3, 4, 6),), {"kernel_size": 2}),
        Case(((3, 5, 6),), {"kernel_size": (3, 2), "stride": 1, "padding": 1}),
        Case(((1, 2, 5, 6),), {**POOLED, "ceil_mode": True}),
    ),
)
avg_pool1d = _declare_avg_pool(1, (Case(((2, 3, 6),), {"kernel_size": 2}), Case(((3, 7),), POOLED)))
avg_pool2d = _declare_avg_pool(
    2,
    (
        Case(((2, 3, 4, 6),), {"kernel_size": 2}),
        Case(((3, 5, 6),), {**POOLED, "count_include_pad": False}),
        Case(((1, 2, 6, 7),), {**POOLED, "ceil_mode": True}),
        Case(((1, 2, 6, 5),), {"kernel_size": 2, "ceil_mode": True, "count_include_pad": False}),
    ),
)
