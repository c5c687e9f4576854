"""Elements put into a copy of an array, at places that are known or computed: what assignment is in a graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable, constant, size_of
from tidegraph.engine.ops.arithmetic import equal, greater, maximum, minimum, where
from tidegraph.engine.ops.arrange import along, moveaxis, whole_number
from tidegraph.engine.ops.declare import Case, as_variable, broadcast, composite, normal_axis, normal_shape, primitive
from tidegraph.engine.ops.indexing import _check_inside, _places, index_add, index_bound, nothing, scatter_add, take
from tidegraph.engine.ops.linalg import _diagonal_index
from tidegraph.engine.ops.shape import broadcast_to, getitem, in_shape, index_error, put, reshape


def _infer_lasting(indices: Variable, *, shape: Any, axis: int) -> Type:
    shape = normal_shape(shape)
    _check_inside(indices.shape, shape, normal_axis(axis, len(shape)))
    return Type(indices.shape, "bool")


def _lasting(indices: Any, out: Any, *, shape: Any, axis: int) -> None:
    if not indices.size:
        return
    places = _places(tuple(shape), indices, axis).reshape(-1)
    last = np.zeros(size_of(shape), np.intp)
    last[places] = np.arange(places.size)
    out[...] = (last[places] == np.arange(places.size)).reshape(out.shape)


lasting = primitive(
    "lasting",
    infer=_infer_lasting,
    kernel=_lasting,
    latex=r"\operatorname{{lasting}}\left({0}\right)",
    flops=0,
    suits={"indices": lambda operands, attributes: f"index:{attributes['shape'][attributes['axis']]}"},
    workspace=lambda width, i, *, shape, axis: 25 * i.size + 8 * size_of(shape),
    portable=False,
    doc="Which indices along an axis no later one overwrites; stops the gradient.",
    cases=(Case(((2, 3),), {"shape": (3, 3), "axis": 0}, integers={0: 3}),),
)

ONCE = {1: [[0, 1, 2, 0], [2, 0, 1, 1]]}


@composite(
    torch=("x", "axis", "indices", "source"),
    suits={"indices": index_bound(0)},
    cases=(
        Case(((3, 4), (2, 4), (2, 4)), {"axis": 0}, fixed=ONCE),
        Case(((3, 4), (2, 4), ()), {"axis": 0}, fixed=ONCE),
    ),
)
def scatter(x: Variable, indices: Variable, source: Variable, *, axis: int, reduce: str | None = None) -> Variable:
    """A copy with each element of a source put at its index along an axis; of equal indices the last one counts.

    `reduce` is "add" or "multiply" for what is there already.
    """
    normal_axis(axis, x.ndim)
    source = source if source.shape == indices.shape else _part(source, indices)
    if reduce == "add":
        return scatter_add(x, indices, source, axis=axis)
    if reduce == "multiply":
        return scatter_reduce(x, indices, source, axis=axis, reduce="prod")
    if reduce is not None:
        raise ShapeError("option-not-known", option="reduce", given=reduce, known=["add", "multiply"])
    empty = nothing(x.shape)
    kept = where(lasting(indices, shape=x.shape, axis=axis), source, 0.0)
    ones = broadcast_to(as_variable(1.0), shape=indices.shape)
    hit = greater(scatter_add(empty, indices, ones, axis=axis), 0)
    return where(hit, scatter_add(empty, indices, kept, axis=axis), x)


def _part(source: Variable, indices: Variable) -> Variable:
    """A number for every index, or the part of a source that has as many elements as there are indices."""
    if not source.shape:
        return broadcast_to(source, shape=indices.shape)
    if source.ndim != indices.ndim or any(n > m for n, m in zip(indices.shape, source.shape, strict=True)):
        raise ShapeError("do-not-fit", name="scatter", left=indices.shape, right=source.shape)
    return getitem(source, key=tuple(slice(0, n) for n in indices.shape))


REDUCTIONS = ("sum", "prod", "mean", "amax", "amin")


@composite(
    torch=("x", "axis", "indices", "source", "reduce"),
    suits={"indices": index_bound(0)},
    kink="equals share the gradient",
    cases=(
        Case(((3, 4), (2, 4), (2, 4)), {"axis": 0, "reduce": "amax"}, fixed=ONCE),
        Case(((3, 4), (2, 4), (2, 4)), {"axis": 0, "reduce": "mean", "include_self": False}, fixed=ONCE),
        Case(((3,), (4,), (4,)), {"axis": 0, "reduce": "prod"}, fixed={1: [0, 0, 2, 0]}),
    ),
)
def scatter_reduce(
    x: Variable, indices: Variable, source: Variable, *, axis: int, reduce: str, include_self: bool = True
) -> Variable:
    """A copy in which the elements of a source with one index are brought together with what is there: sum, prod,
    mean, amax or amin."""
    if reduce not in REDUCTIONS:
        raise ShapeError("option-not-known", option="reduce", given=reduce, known=list(REDUCTIONS))
    normal_axis(axis, x.ndim)
    source = source if source.shape == indices.shape else _part(source, indices)
    empty = nothing(x.shape)
    ones = broadcast_to(as_variable(1.0), shape=indices.shape)
    count = scatter_add(empty, indices, ones, axis=axis)
    free = equal(count, 0)
    start = x if include_self else where(free, x, 0.0)
    if reduce in ("sum", "mean"):
        total = scatter_add(start, indices, source, axis=axis)
        if reduce == "sum":
            return total
        return total / (count + 1.0) if include_self else total / maximum(count, 1.0)
    place = normal_axis(axis, x.ndim)
    rows = indices.shape[place]
    result = x if include_self else where(free, x, 1.0 if reduce == "prod" else -np.inf if reduce == "amax" else np.inf)
    for row in range(rows):
        key = along(place, slice(row, row + 1))
        at, value = getitem(indices, key=key), getitem(source, key=key)
        single = broadcast_to(as_variable(1.0), shape=at.shape)
        here = greater(scatter_add(empty, at, single, axis=axis), 0)
        spread = scatter_add(empty, at, value, axis=axis)
        if reduce == "prod":
            result = where(here, result * spread, result)
        else:
            result = where(here, (maximum if reduce == "amax" else minimum)(result, spread), result)
    return result


@composite(
    torch=("x", "axis", "indices"),
    suits={"indices": index_bound(0, 0)},
    cases=(Case(((3, 2), (4,)), {"axis": 0}, fixed={1: [2, 0, 1, 2]}),),
)
def index_select(x: Variable, indices: Variable, *, axis: int) -> Variable:
    """Slices at indices along an axis."""
    return take(x, in_shape(indices, (indices.size,)), axis=axis)


@composite(
    torch=("x", "axis", "indices", "source"),
    suits={"indices": index_bound(0, 0)},
    cases=(Case(((3, 2), (2,), (2, 2)), {"axis": 0}, fixed={1: [2, 0]}),),
)
def index_copy(x: Variable, indices: Variable, source: Variable, *, axis: int) -> Variable:
    """A copy with slices of a source put at given indices of an axis."""
    place = normal_axis(axis, x.ndim) if x.ndim else 0
    if not x.ndim:
        return in_shape(source, ())
    flat = in_shape(indices, (indices.size,))
    wide = reshape(flat, shape=(flat.size, *(1,) * (x.ndim - place - 1)))
    shape = (*x.shape[:place], flat.size, *x.shape[place + 1 :])
    return scatter(x, broadcast_to(wide, shape=shape), in_shape(source, shape), axis=place)


@composite(
    torch=("x", "axis", "indices", "value"),
    suits={"indices": index_bound(0, 0)},
    cases=(Case(((3, 2), (2,), ()), {"axis": 0}, fixed={1: [2, 0]}),),
)
def index_fill(x: Variable, indices: Variable, value: Variable, *, axis: int) -> Variable:
    """A copy with one number at given indices of an axis."""
    place = normal_axis(axis, max(x.ndim, 1))
    if not x.ndim:
        return value * 1.0
    flat = in_shape(indices, (indices.size,))
    shape = (*x.shape[:place], flat.size, *x.shape[place + 1 :])
    return index_copy(x, flat, broadcast_to(value, shape=shape), axis=place)


@composite(
    suits={
        n: lambda operands, attributes, n=n: f"index:{operands[0].shape[n - 1]}" if n < len(operands) - 1 else ""
        for n in range(1, 10)
    },
    cases=(
        Case(((3, 4), (2,), (2,), (2,)), fixed={1: [0, 2], 2: [1, 3]}),
        Case(((3, 2), (2,), (2, 2)), {"accumulate": True}, fixed={1: [1, 1]}),
    ),
)
def index_put(*arrays: Variable, accumulate: bool = False) -> Variable:
    """A copy of x with values at indices of its first axes: index_put(x, (i, j), values).

    The indices broadcast; equal ones add up with `accumulate`, else the last one counts.
    """
    if len(arrays) < 3 or len(arrays) - 2 > arrays[0].ndim:
        raise ShapeError(
            "not-in-range", name="len(indices)", given=len(arrays) - 2, least=1, most=arrays[0].ndim if arrays else 1
        )
    x, *indices, values = arrays
    sizes, rest = x.shape[: len(indices)], x.shape[len(indices) :]
    if any(i.kind == "bool" for i in indices):
        raise ShapeError("computed-mask")
    shape = broadcast(*(i.shape for i in indices))
    flat: Variable | None = None
    for i, n in zip(indices, sizes, strict=True):
        kept = where(i < 0, i + n, i)
        flat = kept if flat is None else flat * n + kept
    assert flat is not None
    flat = in_shape(flat if flat.shape == shape else broadcast_to(flat, shape=shape), (size_of(shape),))
    rows = reshape(x, shape=(size_of(sizes), *rest))
    wide = in_shape(
        values if values.shape == (*shape, *rest) else broadcast_to(values, shape=(*shape, *rest)),
        (size_of(shape), *rest),
    )
    made = (index_add if accumulate else index_copy)(rows, flat, wide, axis=0)
    return reshape(made, shape=x.shape)


def _assigned(x: Variable, key: Any, value: Variable) -> Variable:
    """A copy with a value at a known index that names no element twice."""
    place = np.zeros(x.shape, bool)
    try:
        place[key] = True
    except IndexError:
        raise index_error(x.shape, key) from None
    shape = place[key].shape
    value = value if value.shape == shape else broadcast_to(value, shape=shape)
    return where(constant(place), put(value, shape=x.shape, key=key), x)


@composite(cases=(Case(((3, 4), (3,)), {"axis": 1, "index": 2}),))
def select_scatter(x: Variable, source: Variable, *, axis: int, index: int) -> Variable:
    """A copy with the source at one index of an axis."""
    return _assigned(x, along(normal_axis(axis, x.ndim), whole_number("index", index)), source)


@composite(cases=(Case(((3, 4), (3, 2)), {"axis": 1, "start": 0, "end": 4, "step": 2}),))
def slice_scatter(
    x: Variable, source: Variable, *, axis: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Variable:
    """A copy with the source at a slice of an axis."""
    return _assigned(x, along(normal_axis(axis, x.ndim), slice(start, end, step)), source)


@composite(cases=(Case(((3, 4), (3,)), {"offset": 1}),))
def diagonal_scatter(x: Variable, source: Variable, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
    """A copy with the source on a diagonal."""
    a, b = normal_axis(axis1, x.ndim), normal_axis(axis2, x.ndim)
    moved = moveaxis(x, source=(a, b), destination=(-2, -1))
    rows, columns = _diagonal_index(moved.shape[-2], moved.shape[-1], whole_number("offset", offset))
    return moveaxis(_assigned(moved, (..., rows, columns), source), source=(-2, -1), destination=(a, b))


@composite(cases=(Case(((2, 3), (3,), ()), fixed={1: [1, 0, 1]}),))
def masked_fill(x: Variable, mask: Variable, value: Variable) -> Variable:
    """Replaces the elements of x where the mask holds by a value."""
    return where(mask, value, x)
