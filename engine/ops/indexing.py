"""Indexing by values: the index is a variable of the graph that holds whole numbers.

Each operator that reads at an index has one that adds there as its gradient. An index out of range is an InputError
that says which; negative ones count from the end, as in NumPy. The index itself gets no gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidegraph.engine.graph import InputError, Shape, ShapeError, Type, Variable, literal, size_of
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.arrange import whole_number
from tidegraph.engine.ops.declare import (
    Case,
    Primitive,
    broadcast,
    composite,
    normal_axis,
    primitive,
    promote,
    scattered,
)
from tidegraph.engine.ops.shape import broadcast_to, reshape, transpose


def positions(index: Any, size: int) -> Any:
    """Whole numbers from 0 to size - 1, of a kind that NumPy indexes with; InputError where there is another."""
    with np.errstate(invalid="ignore"):
        found = np.asarray(index).astype(np.intp, order="C")
    wrong = found != index
    wrong |= found < -size
    wrong |= found >= size
    if wrong.any():
        raise InputError("index-out-of-range", index=f"{index[wrong].flat[0]:g}", size=size, last=size - 1)
    np.add(found, size, found, where=found < 0)
    return found


POSITION = 10
"""Bytes an index while it is checked: a whole number and two truth values."""


def index_bytes(i: Variable, copied: int) -> int:
    """What an index takes while it is checked, or with the copy of what it is used on."""
    return max(POSITION * i.size, 8 * i.size + copied)


def index_bound(operand: int, default: int | None = None) -> Callable[..., str]:
    """What suits an index: whole numbers below the size of the axis that it indexes."""

    def hint(operands: Any, attributes: Any) -> str:
        x, axis = operands[operand], attributes.get("axis", default)
        return f"index:{x.size if axis is None else x.shape[axis]}"

    return hint


AXES = range(1, 65)
"""The numbers of the indices of one array: NumPy has at most 64 axes."""


def nothing(shape: Shape) -> Variable:
    """Zeros to add to, without an array."""
    return broadcast_to(literal(0.0), shape=shape)


def _check(indices: Variable, size: int) -> None:
    if indices.kind == "bool":
        raise ShapeError("computed-mask")
    if indices.size and not size:
        raise ShapeError("index-empty-axis")
    known = indices.literal if indices.leaf is None else indices.leaf.initial
    if isinstance(known, (int, float, np.ndarray)):
        try:
            positions(np.asarray(known), size)
        except InputError as error:
            raise ShapeError(error.code, error.given_hint, error.context, **error.parameters) from None


def _infer_take(x: Variable, indices: Variable, *, axis: int | None = None) -> Type:
    if axis is None:
        _check(indices, x.size)
        return Type(indices.shape, x.kind)
    axis = normal_axis(axis, x.ndim)
    _check(indices, x.shape[axis])
    return Type((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]), x.kind)


def _take(x: Any, indices: Any, out: Any, *, axis: int | None) -> None:
    np.take(x, positions(indices, x.size if axis is None else x.shape[axis]), axis, out, mode="clip")


def _take_back(g: Variable, y: Variable, x: Variable, indices: Variable, *, axis: int | None) -> Variable:
    flat = reshape(indices, shape=(indices.size,))
    if axis is None:
        return reshape(index_add(nothing((x.size,)), flat, reshape(g, shape=(indices.size,)), axis=0), shape=x.shape)
    axis %= x.ndim
    rows = reshape(g, shape=(*x.shape[:axis], indices.size, *x.shape[axis + 1 :]))
    return index_add(nothing(x.shape), flat, rows, axis=axis)


take: Primitive = primitive(
    "take",
    infer=_infer_take,
    kernel=_take,
    vjp=(_take_back, None),
    jvp=lambda t, y, x, indices, *, axis: None if t[0] is None else take(t[0], indices, axis=axis),
    flops=0,
    workspace=lambda width, x, i, *, axis: index_bytes(i, width * x.size * scattered(x)),
    suits={"indices": index_bound(0)},
    analytic=True,
    backward=Way.PLACED,
    doc="Elements at given indices, along an axis or of the flattened array.",
    cases=(
        Case(((3, 4), (5,)), integers={1: 12}),
        Case(((3, 4), (5,)), {"axis": 0}, integers={1: 3}),
        Case(((2, 4), (2, 3)), {"axis": -1}, integers={1: 4}),
        Case(((3, 2), ()), {"axis": 0}, integers={1: 3}),
    ),
)


def _infer_index_add(x: Variable, indices: Variable, source: Variable, *, axis: int = 0) -> Type:
    axis = normal_axis(axis, x.ndim)
    _check(indices, x.shape[axis])
    wanted = (*x.shape[:axis], indices.size, *x.shape[axis + 1 :])
    if indices.ndim != 1 or source.shape != wanted:
        raise ShapeError("index-add-source", wanted=wanted, shape=source.shape)
    return Type(x.shape, promote(x, source))


def _index_add(x: Any, indices: Any, source: Any, out: Any, *, axis: int) -> None:
    axis %= x.ndim
    size = x.shape[axis]
    after = size_of(x.shape[axis + 1 :])
    lead = np.arange(size_of(x.shape[:axis])).reshape(-1, 1, 1) * size
    where = (lead + positions(indices, size)[:, None]) * after + np.arange(after)
    np.copyto(out, x)
    np.add.at(out.reshape(-1), where.reshape(-1), source.reshape(-1))


def _index_add_workspace(width: int, x: Variable, i: Variable, s: Variable, *, axis: int) -> int:
    """The place of every element of the source, from those of its slices."""
    axis %= x.ndim
    lead, after = size_of(x.shape[:axis]), size_of(x.shape[axis + 1 :])
    places = 8 * (s.size + lead * i.size + lead + after)
    return max(POSITION * i.size, places + width * s.size * scattered(s))


index_add: Primitive = primitive(
    "index_add",
    torch=("x", "axis", "indices", "source"),
    infer=_infer_index_add,
    kernel=_index_add,
    vjp=(lambda g, y, x, i, s, *, axis: g, None, lambda g, y, x, i, s, *, axis: take(g, i, axis=axis)),
    jvp=lambda t, y, x, i, s, *, axis: (
        t[0] if t[2] is None else index_add(nothing(x.shape) if t[0] is None else t[0], i, t[2], axis=axis)
    ),
    workspace=_index_add_workspace,
    suits={"indices": index_bound(0, 0)},
    analytic=True,
    backward=(Way.SAME, None, Way.TAKEN),
    doc="A copy with the slices of a source added at given indices of an axis; equal indices add up.",
    cases=(
        Case(((3, 2), (4,), (4, 2)), integers={1: 3}),
        Case(((2, 3), (4,), (2, 4)), {"axis": -1}, integers={1: 3}),
    ),
)


def _infer_gather(x: Variable, indices: Variable, *, axis: int) -> Type:
    axis = normal_axis(axis, x.ndim)
    _check(indices, x.shape[axis])
    _check_inside(indices.shape, x.shape, axis)
    return Type(indices.shape, x.kind)


def _check_inside(indices: Shape, shape: Shape, axis: int) -> None:
    if len(indices) != len(shape) or any(
        i > n for k, (i, n) in enumerate(zip(indices, shape, strict=True)) if k != axis
    ):
        raise ShapeError("gather-shape", indices=indices, shape=shape, axis=axis)


def _places(shape: Shape, indices: Any, axis: int) -> Any:
    """Where each index points to in the flattened array."""
    axis %= len(shape)
    found = positions(indices, shape[axis])
    found *= size_of(shape[axis + 1 :])
    for k, n in enumerate(indices.shape):
        if k != axis:
            found += (np.arange(n) * size_of(shape[k + 1 :])).reshape((n,) + (1,) * (len(shape) - k - 1))
    return found


def _gather(x: Any, indices: Any, out: Any, *, axis: int) -> None:
    np.take(x, _places(x.shape, indices, axis), None, out, mode="clip")


gather: Primitive = primitive(
    "gather",
    torch=("x", "axis", "indices"),
    infer=_infer_gather,
    kernel=_gather,
    vjp=(lambda g, y, x, i, *, axis: scatter_add(nothing(x.shape), i, g, axis=axis), None),
    jvp=lambda t, y, x, i, *, axis: None if t[0] is None else gather(t[0], i, axis=axis),
    flops=0,
    workspace=lambda width, x, i, *, axis: index_bytes(i, width * x.size * scattered(x)),
    suits={"indices": index_bound(0)},
    analytic=True,
    backward=Way.PLACED,
    doc="One element for each index, at the index along an axis and at the index's own place in the others.",
    cases=(
        Case(((3, 4), (2, 4)), {"axis": 0}, integers={1: 3}),
        Case(((3, 4, 2), (2, 5, 2)), {"axis": 1}, integers={1: 4}),
    ),
)


def _infer_scatter_add(x: Variable, indices: Variable, source: Variable, *, axis: int) -> Type:
    axis = normal_axis(axis, x.ndim)
    _check(indices, x.shape[axis])
    _check_inside(indices.shape, x.shape, axis)
    if source.shape != indices.shape:
        raise ShapeError("scatter-shape", source=source.shape, indices=indices.shape)
    return Type(x.shape, promote(x, source))


def _scatter_add(x: Any, indices: Any, source: Any, out: Any, *, axis: int) -> None:
    np.copyto(out, x)
    np.add.at(out.reshape(-1), _places(x.shape, indices, axis).reshape(-1), source.reshape(-1))


scatter_add: Primitive = primitive(
    "scatter_add",
    torch=("x", "axis", "indices", "source"),
    infer=_infer_scatter_add,
    kernel=_scatter_add,
    vjp=(lambda g, y, x, i, s, *, axis: g, None, lambda g, y, x, i, s, *, axis: gather(g, i, axis=axis)),
    jvp=lambda t, y, x, i, s, *, axis: (
        t[0] if t[2] is None else scatter_add(nothing(x.shape) if t[0] is None else t[0], i, t[2], axis=axis)
    ),
    flops=lambda x, i, s, *, axis: s.size,
    workspace=lambda width, x, i, s, *, axis: index_bytes(i, width * s.size * scattered(s)),
    suits={"indices": index_bound(0)},
    analytic=True,
    backward=(Way.SAME, None, Way.TAKEN),
    doc="A copy with each element of a source added at its index along an axis; equal indices add up.",
    cases=(
        Case(((3, 4), (2, 4), (2, 4)), {"axis": 0}, integers={1: 3}),
        Case(((3, 4), (2, 5), (2, 5)), {"axis": 1}, integers={1: 4}),
    ),
)


@composite(
    suits={"indices": index_bound(0, -1)},
    cases=(Case(((3, 4), (3, 2)), {"axis": 1}, integers={1: 4}), Case(((3, 4), (1, 2)), {"axis": -1}, integers={1: 4})),
)
def take_along_axis(x: Variable, indices: Variable, *, axis: int = -1) -> Variable:
    """Elements at indices along an axis; the other axes of both broadcast."""
    if x.ndim != indices.ndim:
        raise ShapeError("take-along-axes", shape=x.shape, indices=indices.shape)
    axis = normal_axis(axis, x.ndim)
    sizes = []
    for k, (a, b) in enumerate(zip(x.shape, indices.shape, strict=True)):
        if k != axis and a != b and 1 not in (a, b):
            raise ShapeError("does-not-broadcast-two", axis=k, first=a, second=b)
        sizes.append(b if a == 1 else a)
    for_x = tuple(n if k == axis else sizes[k] for k, n in enumerate(x.shape))
    for_indices = tuple(n if k == axis else sizes[k] for k, n in enumerate(indices.shape))
    x = x if x.shape == for_x else broadcast_to(x, shape=for_x)
    return gather(x, indices if indices.shape == for_indices else broadcast_to(indices, shape=for_indices), axis=axis)


def _write_take_each(arguments: Any, attributes: Any) -> str:
    places = dict(zip(attributes["axes"], arguments[1:], strict=False))
    index = (places[a].text if a in places else ":" for a in range(max(places, default=-1) + 1))
    return rf"{tex.braced(arguments[0].at(tex.ATOM))}_{{[{', '.join(index)}]}}"


@composite(
    symbol=r"[\,\cdot\,]",
    latex=_write_take_each,
    suits={n: lambda operands, attributes, n=n: f"index:{operands[0].shape[attributes['axes'][n - 1]]}" for n in AXES},
    cases=(
        Case(((3, 4), (5,), (5,)), {"axes": (0, 1)}, integers={1: 3, 2: 4}),
        Case(((3, 4, 2), (2, 1), (3,)), {"axes": (0, 2)}, integers={1: 3, 2: 2}),
        Case(((2, 3, 4, 2), (3,), ()), {"axes": (1, 2)}, integers={1: 3, 2: 4}),
    ),
)
def take_each(*operands: Variable, axes: Any) -> Variable:
    """Elements of an array at indices along several axes at once, which broadcast: x[i, j]."""
    if len(operands) < 2:
        raise ShapeError("take-each-operands")
    x, *indices = operands
    places = [normal_axis(a, x.ndim) for a in axes]
    if len(places) != len(indices) or not places or places != sorted(set(places)):
        raise ShapeError("take-each-axes", count=len(indices), axes=repr(axes))
    shape = broadcast(*(i.shape for i in indices))
    first = places[0]
    if places != list(range(first, first + len(places))):
        first = 0
        x = transpose(x, axes=(*places, *(a for a in range(x.ndim) if a not in places)))
    i, *others = indices
    known = i.leaf.initial if i.leaf is not None and i.leaf.role == "constant" else None
    if x.shape[first : first + 1] != shape or not np.array_equal(known, np.arange(x.shape[first])):  # type: ignore[arg-type]
        x = take(x, i if i.shape == shape else broadcast_to(i, shape=shape), axis=first)
    place = first + len(shape)
    for i in others:
        spread = (*(1,) * (place - i.ndim), *i.shape, *(1,) * (x.ndim - place))
        x = take_along_axis(x, reshape(i, shape=spread), axis=place)
        x = reshape(x, shape=(*x.shape[:place], *x.shape[place + 1 :]))
    return x


def _infer_one_hot(indices: Variable, *, num_classes: int) -> Type:
    _check(indices, whole_number("num_classes", num_classes, 1))
    return Type((*indices.shape, num_classes))


def _one_hot(indices: Any, out: Any, *, num_classes: int) -> None:
    np.equal(positions(indices, num_classes)[..., None], np.arange(num_classes), out)


one_hot: Primitive = primitive(
    "one_hot",
    infer=_infer_one_hot,
    kernel=_one_hot,
    flops=0,
    workspace=lambda width, indices, *, num_classes: POSITION * indices.size,
    suits={"indices": lambda operands, attributes: f"index:{attributes['num_classes']}"},
    doc="A vector for each index with a one there and zeros elsewhere, as floats; stops the gradient.",
    cases=(Case(((3,),), {"num_classes": 4}, integers={0: 4}), Case(((2, 2),), {"num_classes": 3}, integers={0: 3})),
)
