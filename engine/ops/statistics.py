"""Statistics along axes: order statistics, moments of data with gaps, differences and sums of areas."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable, constant
from tidegraph.engine.ops.arithmetic import clip, equal, isnan, sqrt, where
from tidegraph.engine.ops.arrange import along, concatenate, whole_number
from tidegraph.engine.ops.cumulative import cumsum
from tidegraph.engine.ops.declare import (
    Case,
    broadcast,
    composite,
    normal_axis,
    primitive,
    reduced,
)
from tidegraph.engine.ops.extremes import amax, amin, any
from tidegraph.engine.ops.indexing import gather
from tidegraph.engine.ops.norms import std
from tidegraph.engine.ops.reductions import mean, merged, sum, var
from tidegraph.engine.ops.rounding import floor, round
from tidegraph.engine.ops.shape import broadcast_to, getitem, in_shape, reshape, transpose
from tidegraph.engine.ops.sorting import argsort, sort

SPREAD = {"linear", "lower", "higher", "nearest", "midpoint"}


def _quantile(x: Variable, q: Variable | float, axis: Any, keepdims: bool, interpolation: str, gaps: bool) -> Variable:
    """The elements in order, at the place q (n - 1): between two of them as `interpolation` says."""
    if interpolation not in SPREAD:
        raise ShapeError("option-not-known", option="interpolation", given=interpolation, known=sorted(SPREAD))
    ordered = sort(merged(x, axis))
    size = ordered.shape[-1]
    if not size:
        raise ShapeError("needs-shape", name="quantile", needed="[n], n > 0", shape=x.shape)
    shape = reduced(x.shape, axis, keepdims)
    if isinstance(q, Variable) and q.literal is None:
        lead, levels = q.shape, reshape(q, shape=(q.size,))
        flat = reshape(ordered, shape=(1, *ordered.shape))
        levels = in_shape(levels, (q.size, *(1,) * (ordered.ndim - 1)))
    else:
        known = np.asarray(q.literal if isinstance(q, Variable) else q, float)
        lead, flat = known.shape, reshape(ordered, shape=(1, *ordered.shape))
        outside = known[~((known >= 0) & (known <= 1))]
        if outside.size:
            raise ShapeError("not-in-range", name="q", given=f"{outside.flat[0]:g}", least=0, most=1)
        levels = constant(known.reshape(known.size, *(1,) * (ordered.ndim - 1)))
    last: Variable | int = size - 1
    bad = None
    if gaps:
        last = sum(where(isnan(ordered), 0.0, 1.0), axis=-1) - 1
    else:
        bad = any(isnan(ordered), axis=-1)
    place = levels * last
    low = clip(floor(place), 0.0)
    high = where(place > low, low + 1, low)
    share = place - low
    if interpolation == "nearest":
        share = round(place) - low
    elif interpolation in ("lower", "higher"):
        share = place * 0.0 if interpolation == "lower" else where(place > low, 1.0, 0.0)
    elif interpolation == "midpoint":
        share = where(place > low, 0.5, 0.0)
    wide = broadcast_to(flat, shape=(int(np.prod(lead, dtype=int)), *ordered.shape))
    full = wide.shape[:-1]
    below, above = (
        reshape(gather(wide, reshape(_stretched(v, full), shape=(*full, 1)), axis=-1), shape=full) for v in (low, high)
    )
    found = where(equal(share, 0), below, below + (above - below) * share)
    if bad is not None:
        found = where(bad, np.nan, found)
    return reshape(found, shape=(*lead, *shape))


def _stretched(v: Variable, shape: tuple[int, ...]) -> Variable:
    return v if v.shape == shape else broadcast_to(v, shape=shape)


@composite(
    kink="the order of the elements is held constant",
    domain=((-2.0, 2.0), (0.1, 0.9)),
    cases=(
        Case(((5,), ()), fixed={1: 0.3}),
        Case(((3, 4), (2,)), {"axis": 1}, fixed={1: [0.25, 0.6]}),
    ),
)
def quantile(
    x: Variable, q: Variable, *, axis: Any = None, keepdims: bool = False, interpolation: str = "linear"
) -> Variable:
    """The value below which a share q of the elements over axes lies, between neighbours by interpolation."""
    return _quantile(x, q, axis, keepdims, interpolation, gaps=False)


@composite(
    kink="the order of the elements is held constant",
    domain=((-2.0, 2.0), (0.1, 0.9)),
    cases=(Case(((3, 4), ()), {"axis": 1}, fixed={1: 0.4}),),
)
def nanquantile(
    x: Variable, q: Variable, *, axis: Any = None, keepdims: bool = False, interpolation: str = "linear"
) -> Variable:
    """The quantile of the elements that are not NaN."""
    return _quantile(x, q, axis, keepdims, interpolation, gaps=True)


@composite(cases=(Case(((3, 4),), {"axis": 1}),))
def nansum(x: Variable, *, axis: Any = None, keepdims: bool = False) -> Variable:
    """Sum over axes of the elements that are not NaN."""
    return sum(where(isnan(x), 0.0, x), axis=axis, keepdims=keepdims)


@composite(cases=(Case(((3, 4),), {"axis": 1}),))
def nanmean(x: Variable, *, axis: Any = None, keepdims: bool = False) -> Variable:
    """Mean over axes of the elements that are not NaN."""
    known = where(isnan(x), 0.0, 1.0)
    return sum(where(isnan(x), 0.0, x), axis=axis, keepdims=keepdims) / sum(known, axis=axis, keepdims=keepdims)


@composite(
    domain=((-2.0, 2.0), (1.0, 2.0), (0.5, 1.0)),
    cases=(Case(((2, 5),)), Case(((4,),), {"ddof": 0}), Case(((2, 3), (3,), (3,)))),
)
def cov(x: Variable, fweights: Variable | None = None, aweights: Variable | None = None, *, ddof: int = 1) -> Variable:
    """Covariance matrix of variables in rows, observed in columns; `ddof` is subtracted from their number.

    Observations count as often as `fweights` says, and in proportion to `aweights`.
    """
    if x.ndim > 2:
        raise ShapeError("needs-shape", name="cov", needed="[variables, observations]", shape=x.shape)
    rows = in_shape(x, (1, x.size)) if x.ndim < 2 else x
    count = rows.shape[1]
    ddof = whole_number("ddof", ddof)
    weights = fweights if aweights is None else aweights if fweights is None else fweights * aweights
    if weights is None:
        centred = rows - mean(rows, axis=1, keepdims=True)
        found = centred @ transpose(centred) / (float(count - ddof) if count > ddof else 0.0)
    else:
        total = sum(weights)
        centred = rows - sum(rows * weights, axis=1, keepdims=True) / total
        less: Variable | float = ddof if aweights is None else ddof * sum(weights * aweights) / total
        found = (centred * weights) @ transpose(centred) / clip(total - less, 0.0)
    return found if x.ndim == 2 and x.shape[0] > 1 else reshape(found, shape=())


@composite(cases=(Case(((2, 5),)),))
def corrcoef(x: Variable) -> Variable:
    """Correlation matrix of variables in rows, observed in columns."""
    if x.ndim < 2:
        return cov(x) / cov(x)
    c = cov(x)
    d = sqrt(getitem(c, key=(np.arange(x.shape[0]), np.arange(x.shape[0]))))
    return c / (reshape(d, shape=(d.size, 1)) * d)


@composite(cases=(Case(((3, 4),), {"axis": 0, "ddof": 1}),))
def var_mean(x: Variable, *, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> tuple[Variable, Variable]:
    """Variance and mean over axes."""
    return var(x, axis=axis, ddof=ddof, keepdims=keepdims), mean(x, axis=axis, keepdims=keepdims)


@composite(kink="0 where all elements are equal", cases=(Case(((3, 4),), {"axis": 0, "ddof": 1}),))
def std_mean(x: Variable, *, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> tuple[Variable, Variable]:
    """Standard deviation and mean over axes."""
    return std(x, axis=axis, ddof=ddof, keepdims=keepdims), mean(x, axis=axis, keepdims=keepdims)


@composite(kink="equals share the gradient", cases=(Case(((3, 4),), {"axis": 0}),))
def aminmax(x: Variable, *, axis: int | None = None, keepdims: bool = False) -> tuple[Variable, Variable]:
    """Smallest and largest element along an axis, of all elements by default."""
    return amin(x, axis=axis, keepdims=keepdims), amax(x, axis=axis, keepdims=keepdims)


@composite(
    torch=("x", "n", "axis", "prepend", "append"),
    cases=(Case(((5,),)), Case(((3, 5),), {"n": 2, "axis": 0}), Case(((4,), (1,), (2,)))),
)
def diff(
    x: Variable, prepend: Variable | None = None, append: Variable | None = None, *, n: int = 1, axis: int = -1
) -> Variable:
    """Differences of neighbours along an axis, n times over; a scalar before or after them is one element."""
    axis = normal_axis(axis, x.ndim)
    one = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
    parts = [v if v.shape else broadcast_to(v, shape=one) for v in (prepend, x, append) if v is not None]
    if len(parts) > 1:
        x = concatenate(*parts, axis=axis)
    for _ in range(min(whole_number("n", n, 0), x.shape[axis])):
        x = getitem(x, key=along(axis, slice(1, None))) - getitem(x, key=along(axis, slice(None, -1)))
    return x


def _areas(y: Variable, x: Variable | None, dx: Any, axis: int) -> Variable:
    axis = normal_axis(axis, y.ndim)
    heights = (getitem(y, key=along(axis, slice(1, None))) + getitem(y, key=along(axis, slice(None, -1)))) / 2
    if x is None:
        return heights * dx
    if x.ndim == 1 and x.size != y.shape[axis]:
        raise ShapeError("do-not-fit", name="trapezoid", left=y.shape, right=x.shape)
    if x.ndim == 1 and y.ndim > 1:
        x = reshape(x, shape=(x.size, *(1,) * (y.ndim - axis - 1)))
        return heights * (x[1:] - x[:-1])
    widths = diff(x, axis=axis)
    broadcast(heights.shape, widths.shape)
    return heights * widths


@composite(
    torch=("y", "x", "dx", "axis"),
    cases=(Case(((5,),)), Case(((2, 4), (4,)), {"axis": 1})),
)
def trapezoid(y: Variable, x: Variable | None = None, *, dx: float = 1.0, axis: int = -1) -> Variable:
    """Area under points y along an axis by the trapezoidal rule, at the places x or a step of dx apart."""
    return sum(_areas(y, x, dx, axis), axis=axis)


@composite(cases=(Case(((2, 4), (4,)), {"axis": 1}),))
def cumulative_trapezoid(y: Variable, x: Variable | None = None, *, dx: float = 1.0, axis: int = -1) -> Variable:
    """Running area under points y along an axis by the trapezoidal rule."""
    return cumsum(_areas(y, x, dx, axis), axis=normal_axis(axis, y.ndim))


def _running_place(x: Any, out: Any, *, axis: int, largest: bool) -> None:
    axis %= max(x.ndim, 1)
    if not x.size:
        return
    best = (np.maximum if largest else np.minimum).accumulate(x, axis)
    order = np.arange(x.shape[axis]).reshape((-1,) + (1,) * (x.ndim - axis - 1))
    here = np.where((x == best) | np.isnan(x), order, 0)
    np.maximum.accumulate(here, axis, out=out)


def _infer_running_place(x: Variable, *, axis: int, largest: bool = True) -> Type:
    normal_axis(axis, x.ndim)
    return Type(x.shape, "int")


running_place = primitive(
    "running_place",
    infer=_infer_running_place,
    kernel=_running_place,
    latex=r"\operatorname{{argcummax}}\left({0}\right)",
    portable=False,
    doc="Where along an axis the largest (or smallest) element so far stands, the last of equals; stops the gradient.",
    workspace=lambda width, x, *, axis, **how: (width + 9) * x.size + 8 * (x.shape[axis] if x.ndim else 1),
    cases=(Case(((3, 4),), {"axis": 1}),),
)


def _running_extreme(x: Variable, axis: int, largest: bool) -> tuple[Variable, Variable]:
    if not x.ndim:
        return x + 0.0, where(x > x, 1.0, 0.0)
    place = running_place(x, axis=axis, largest=largest)
    return gather(x, place, axis=axis), place


@composite(kink="the last of equals", cases=(Case(((3, 4),), {"axis": 1}), Case(((5,),), {"axis": 0})))
def cummax(x: Variable, *, axis: int) -> tuple[Variable, Variable]:
    """Largest element so far along an axis, and where it stands."""
    return _running_extreme(x, axis, largest=True)


@composite(kink="the last of equals", cases=(Case(((3, 4),), {"axis": 1}),))
def cummin(x: Variable, *, axis: int) -> tuple[Variable, Variable]:
    """Smallest element so far along an axis, and where it stands."""
    return _running_extreme(x, axis, largest=False)


@composite(kink="the first of equals", cases=(Case(((3, 4),), {"k": 2, "axis": 1}),))
def kthvalue(x: Variable, *, k: int, axis: int = -1, keepdims: bool = False) -> tuple[Variable, Variable]:
    """The k-th smallest element along an axis, counted from 1, and where it stands."""
    if not x.ndim:
        return x + 0.0, where(x > x, 1.0, 0.0)
    axis = normal_axis(axis, x.ndim)
    if not 1 <= whole_number("k", k, 1) <= x.shape[axis]:
        raise ShapeError("not-in-range", name="k", given=k, least=1, most=x.shape[axis])
    place = getitem(argsort(x, axis=axis), key=along(axis, slice(k - 1, k)))
    found = gather(x, place, axis=axis)
    if keepdims:
        return found, place
    shape = reduced(x.shape, axis, False)
    return reshape(found, shape=shape), reshape(place, shape=shape)


@composite(kink="equals keep their order", cases=(Case(((3, 4),)),))
def msort(x: Variable) -> Variable:
    """Elements in order along the first axis."""
    return sort(x, axis=0)


@composite(kink="the order of the elements is held constant", cases=(Case(((3, 5),), {"axis": 1}),))
def nanmedian(x: Variable, *, axis: Any = None, keepdims: bool = False) -> Variable:
    """Middle element over axes of those that are not NaN; the mean of two middle ones."""
    return _quantile(x, 0.5, axis, keepdims, "linear", gaps=True)
