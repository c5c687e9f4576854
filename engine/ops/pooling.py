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
from tidegraph.engine.ops.arithmetic import detach
from tidegraph.engine.ops.arrange import whole_number
from tidegraph.engine.ops.declare import Case, Composite, Primitive, composite, primitive
from tidegraph.engine.ops.indexing import gather, nothing, scatter_add
from tidegraph.engine.ops.placing import scatter
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
    window = Window.over(x[-ndim:], kernel_size, dilation, padding, kernel_size if stride in (None, (), []) else stride)
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


def taken(x: Variable, index: Variable, ndim: int) -> Variable:
    """The elements at places in the flattened last axes."""
    return in_shape(gather(flattened(x, ndim), flattened(index, ndim), axis=-1), index.shape)


def _infer_avg_pool(
    x: Variable,
    *,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Type:
    if divisor_override is not None:
        whole_number("divisor_override", divisor_override, 1)
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
    divisor_override: int | None = None,
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
    divisor = operator.attributes["divisor_override"]
    if divisor is not None:
        return slices, float(whole_number("divisor_override", divisor) or np.nan)
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
    flops=lambda x, *, kernel_size, count_include_pad, divisor_override, **how: (
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
        return_indices: bool = False,
    ) -> Variable | tuple[Variable, Variable]:
        check_axes(name, x, ndim)
        kernel = numbers("kernel_size", kernel_size, ndim, 1)
        how = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
        index = max_pool_index(x, kernel_size=kernel, **how)
        largest = taken(x, index, ndim)
        return (largest, index) if return_indices else largest

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
        divisor_override: int | None = None,
    ) -> Variable:
        check_axes(name, x, ndim)
        kernel = numbers("kernel_size", kernel_size, ndim, 1)
        how = {"stride": stride, "padding": padding, "count_include_pad": count_include_pad, "ceil_mode": ceil_mode}
        return avg_pool(x, kernel_size=kernel, divisor_override=divisor_override, **how)

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
max_pool3d = _declare_max_pool(3, (Case(((1, 2, 3, 2, 4),), {"kernel_size": 2}),))
avg_pool3d = _declare_avg_pool(3, (Case(((1, 2, 3, 2, 4),), {"kernel_size": 2, "divisor_override": 5}),))


def _cells(n: int, m: int) -> list[tuple[int, int]]:
    """The ranges of n elements that m results are made of: they overlap where m does not divide n."""
    return [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]


def _infer_adaptive_index(x: Variable, *, sizes: Any) -> Type:
    ndim = len(sizes)
    if x.ndim < ndim or not size_of(x.shape[x.ndim - ndim :]):
        raise ShapeError("needs-shape", name="adaptive_max_pool", needed="[..., n]", shape=x.shape)
    return Type((*x.shape[: x.ndim - ndim], *sizes), "int")


def _adaptive_index(x: Any, out: Any, *, sizes: Any) -> None:
    ndim = len(sizes)
    old = x.shape[x.ndim - ndim :]
    places = np.arange(size_of(old)).reshape(old)
    for cell in np.ndindex(*sizes):
        ends = [_cells(n, m)[i] for n, m, i in zip(old, sizes, cell, strict=True)]
        part = tuple(slice(a, b) for a, b in ends)
        inside = x[(..., *part)].reshape(*x.shape[: x.ndim - ndim], places[part].size)
        out[(..., *cell)] = places[part].reshape(-1)[np.argmax(inside, -1)]
        del inside


def _adaptive_workspace(width: int, x: Variable, *, sizes: Any) -> int:
    """The elements of the largest range as rows, and twice where the largest of each stands."""
    old = x.shape[x.ndim - len(sizes) :]
    largest = size_of(max((b - a for a, b in _cells(n, m)), default=0) for n, m in zip(old, sizes, strict=True))
    return size_of(x.shape[: x.ndim - len(sizes)]) * (width * largest + 16) + 8 * size_of(old)


adaptive_max_index = primitive(
    "adaptive_max_index",
    infer=_infer_adaptive_index,
    kernel=_adaptive_index,
    latex=r"\operatorname{{argmax}}\left({0}\right)",
    symbol=r"\arg\max",
    flops=lambda x, *, sizes: x.size,
    workspace=_adaptive_workspace,
    portable=False,
    doc="Where in the flattened axes each of as many ranges as wanted has its largest element; stops the gradient.",
    cases=(Case(((2, 3, 5, 4),), {"sizes": (2, 3)}),),
)


def wanted_sizes(x: Variable, output_size: Any, ndim: int) -> Shape:
    """The sizes of the result; None keeps an axis as it is."""
    asked = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * ndim
    if len(asked) != ndim:
        raise ShapeError("output-size-count", count=len(asked), axes=ndim)
    sizes = tuple(n if a is None else a for a, n in zip(asked, x.shape[-ndim:], strict=True))
    return numbers("output_size", sizes, ndim, 1)


def _declare_adaptive_max_pool(ndim: int, cases: tuple[Case, ...]) -> Composite:
    name = f"adaptive_max_pool{ndim}d"

    def pool(x: Variable, *, output_size: Any, return_indices: bool = False) -> Variable | tuple[Variable, Variable]:
        check_axes(name, x, ndim)
        index = adaptive_max_index(x, sizes=wanted_sizes(x, output_size, ndim))
        largest = taken(x, index, ndim)
        return (largest, index) if return_indices else largest

    pool.__doc__ = f"The largest elements of `output_size` equal ranges of each of the last {ndim} axes."
    kink = "the first of equal elements takes the gradient"
    return composite(name, symbol=r"\operatorname{maxpool}", kink=kink, cases=cases)(pool)


adaptive_max_pool1d = _declare_adaptive_max_pool(1, (Case(((2, 5),), {"output_size": 3}),))
adaptive_max_pool2d = _declare_adaptive_max_pool(2, (Case(((1, 2, 4, 3),), {"output_size": (2, 2)}),))
adaptive_max_pool3d = _declare_adaptive_max_pool(3, (Case(((1, 2, 3, 2),), {"output_size": (1, 2, None)}),))


def _declare_max_unpool(ndim: int, cases: tuple[Case, ...]) -> Composite:
    name = f"max_unpool{ndim}d"

    def unpool(
        x: Variable,
        indices: Variable,
        *,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        output_size: Any = None,
    ) -> Variable:
        check_axes(name, x, ndim)
        kernel = numbers("kernel_size", kernel_size, ndim, 1)
        steps = kernel if stride is None else numbers("stride", stride, ndim, 1)
        margins = numbers("padding", padding, ndim, 0)
        if output_size is None:
            axes = zip(x.shape[-ndim:], kernel, steps, margins, strict=True)
            sizes = tuple((n - 1) * s - 2 * p + k for n, k, s, p in axes)
        else:
            sizes = tuple(output_size)[-ndim:]
        lead = x.shape[:-ndim]
        empty = nothing((*lead, size_of(sizes)))
        where, what = flattened(indices, ndim), flattened(x, ndim)
        every = scatter_add(empty, where, what, axis=-1)
        placed = every + detach(scatter(empty, where, what, axis=-1) - every)
        return in_shape(placed, (*lead, *sizes))

    unpool.__doc__ = f"Elements put back where a max pooling over {ndim} axes found them, zeros elsewhere."
    suits = {"indices": lambda operands, attributes: "index:1"}
    return composite(name, symbol=r"\operatorname{unpool}", suits=suits, cases=cases)(unpool)


max_unpool1d = _declare_max_unpool(1, (Case(((1, 2), (1, 2)), {"kernel_size": 2}, fixed={1: [[0, 3]]}),))
max_unpool2d = _declare_max_unpool(2, (Case(((1, 1, 2), (1, 1, 2)), {"kernel_size": 2}, fixed={1: [[[0, 6]]]}),))
max_unpool3d = _declare_max_unpool(
    3, (Case(((1, 1, 1, 2), (1, 1, 1, 2)), {"kernel_size": 2}, fixed={1: [[[[0, 6]]]]}),)
)
