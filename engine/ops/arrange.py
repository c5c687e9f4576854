"""Rearranging and joining: the same elements in another order or another shape, as in NumPy.

Nearly all are compositions of reshape, transpose, slices and concatenate, which the plan makes views where it can.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegraph.engine.graph import Shape, ShapeError, Type, Variable, size_of
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops.declare import (
    Case,
    Scalar,
    as_variable,
    composite,
    normal_axes,
    normal_axis,
    primitive,
    promote,
)
from tidegraph.engine.ops.shape import broadcast_to, getitem, put, reshape, transpose

Numbers = Sequence[int]


def whole_numbers(what: str, value: Any, least: int | None = None) -> tuple[int, ...]:
    """One whole number or several as a tuple, or a ShapeError."""
    found = tuple(value) if isinstance(value, (tuple, list, np.ndarray)) else (value,)
    if any(not isinstance(n, (int, np.integer)) or isinstance(n, bool) for n in found):
        raise ShapeError("not-whole-numbers", name=what, given=repr(value))
    if least is not None and min(found, default=least) < least:
        raise ShapeError("below-least", name=what, least=least, given=min(found))
    return tuple(map(int, found))


def whole_number(what: str, value: Any, least: int | None = None) -> int:
    """One whole number, or a ShapeError."""
    if isinstance(value, (tuple, list)):
        raise ShapeError("not-one-whole-number", name=what, given=repr(value))
    return whole_numbers(what, value, least)[0]


MOST_PARTS = 10_000
"""Parts that one operator takes an array apart into."""


def number_of_parts(count: int) -> int:
    """The count, or a ShapeError where so many parts would make a graph that nobody can use."""
    if count > MOST_PARTS:
        raise ShapeError("too-many-parts", given=count, most=MOST_PARTS)
    return count


MOST_NUMBERS = 4_000_000
"""Elements of an array that is made while a graph is built, such as the indices of a composition."""


def room(*shape: int) -> None:
    """A ShapeError where an array of this shape is too large to be made while a graph is built."""
    if size_of(shape) > MOST_NUMBERS:
        raise ShapeError("array-too-large", shape=shape)


def along(axis: int, part: Any) -> tuple[Any, ...]:
    """The index that takes `part` of one axis and all of the others."""
    return (*(slice(None),) * axis, part)


@composite(cases=(Case(((2, 3, 4),)), Case(((2, 3, 4, 2),), {"start_dim": 1, "end_dim": -2}), Case(((),))))
def flatten(x: Variable, *, start_dim: int = 0, end_dim: int = -1) -> Variable:
    """Consecutive axes merged into one, all by default."""
    if not x.ndim:
        return reshape(x, shape=(1,))
    first, last = normal_axis(start_dim, x.ndim), normal_axis(end_dim, x.ndim)
    if first > last:
        raise ShapeError("axes-reversed", start=start_dim, end=end_dim)
    return reshape(x, shape=(*x.shape[:first], size_of(x.shape[first : last + 1]), *x.shape[last + 1 :]))


@composite(cases=(Case(((3, 4),)), Case(((),))))
def ravel(x: Variable) -> Variable:
    """All elements as one vector, row by row."""
    return reshape(x, shape=(x.size,))


@composite(cases=(Case(((2, 3, 4),), {"axis1": 0, "axis2": -1}), Case(((3, 4),), {"axis1": 0, "axis2": 1})))
def swapaxes(x: Variable, *, axis1: int, axis2: int) -> Variable:
    """Two axes exchanged."""
    order = list(range(x.ndim))
    a, b = normal_axis(axis1, x.ndim), normal_axis(axis2, x.ndim)
    order[a], order[b] = b, a
    return transpose(x, axes=tuple(order))


@composite(
    cases=(
        Case(((2, 3, 4),), {"source": 0, "destination": -1}),
        Case(((2, 3, 4),), {"source": (0, 1), "destination": (2, 0)}),
    )
)
def moveaxis(x: Variable, *, source: int | Numbers, destination: int | Numbers) -> Variable:
    """Axes moved to other places, the rest in their order."""
    come = [normal_axis(a, x.ndim) for a in whole_numbers("source", source)]
    go = [normal_axis(a, x.ndim) for a in whole_numbers("destination", destination)]
    if len(come) != len(go) or len(set(come)) != len(come) or len(set(go)) != len(go):
        raise ShapeError("moveaxis-axes")
    order = [a for a in range(x.ndim) if a not in come]
    for to, axis in sorted(zip(go, come, strict=True)):
        order.insert(to, axis)
    return transpose(x, axes=tuple(order))


@composite(cases=(Case(((1, 3, 1),)), Case(((1, 3, 1),), {"axis": -1}), Case(((3,),))))
def squeeze(x: Variable, *, axis: int | Numbers | None = None) -> Variable:
    """Axes of size one removed, all of them by default."""
    axes = [i for i, n in enumerate(x.shape) if n == 1] if axis is None else normal_axes(axis, x.ndim)
    for i in axes:
        if x.shape[i] != 1:
            raise ShapeError("squeeze-axis", axis=i, size=x.shape[i])
    return reshape(x, shape=tuple(n for i, n in enumerate(x.shape) if i not in axes))


@composite(cases=(Case(((3, 4),), {"axis": 0}), Case(((3, 4),), {"axis": (1, -1)}), Case(((),), {"axis": 0})))
def expand_dims(x: Variable, *, axis: int | Numbers) -> Variable:
    """New axes of size one; `axis` counts in the result."""
    new = whole_numbers("axis", axis)
    axes = normal_axes(new, x.ndim + len(new))
    sizes = iter(x.shape)
    return reshape(x, shape=tuple(1 if i in axes else next(sizes) for i in range(x.ndim + len(axes))))


def _infer_concatenate(*arrays: Variable, axis: int | None = 0) -> Type:
    if not arrays:
        raise ShapeError("needs-an-array", name="concatenate")
    kind = promote(*arrays)
    if axis is None:
        return Type((sum(a.size for a in arrays),), kind)
    first = arrays[0].shape
    if not all(a.ndim for a in arrays):
        raise ShapeError("concatenate-scalars")
    axis = normal_axis(axis, len(first))
    for a in arrays:
        if a.ndim != len(first) or a.shape[:axis] + a.shape[axis + 1 :] != first[:axis] + first[axis + 1 :]:
            raise ShapeError("concatenate-shapes", a=first, b=a.shape, axis=axis)
    return Type((*first[:axis], sum(a.shape[axis] for a in arrays), *first[axis + 1 :]), kind)


def _concatenate(*arrays: Any, axis: int | None) -> None:
    *parts, out = arrays
    np.concatenate(parts, axis, out)


def _concatenate_back(g: Variable, y: Variable, *arrays: Variable, axis: int | None) -> list[Variable]:
    parts, start = [], 0
    for a in arrays:
        size = a.size if axis is None else a.shape[axis]
        part = getitem(g, key=along(0 if axis is None else axis % y.ndim, slice(start, start + size)))
        parts.append(part if axis is not None else reshape(part, shape=a.shape))
        start += size
    return parts


concatenate = primitive(
    "concatenate",
    infer=_infer_concatenate,
    kernel=_concatenate,
    linear=True,
    vjp=_concatenate_back,
    flops=0,
    backward=Way.CUT,
    doc="Arrays joined along an axis that they have.",
    cases=(
        Case(((3,), (2,))),
        Case(((2, 3), (2, 1), (2, 2)), {"axis": -1}),
        Case(((2, 3), (4,)), {"axis": None}),
    ),
)


@composite(
    cases=(
        Case(((6,),), {"indices_or_sections": 3}),
        Case(((2, 5),), {"indices_or_sections": (1, 3), "axis": 1}),
    )
)
def split(x: Variable, *, indices_or_sections: int | Numbers, axis: int = 0) -> tuple[Variable, ...]:
    """Parts along an axis: a number of equal ones, or cut before the given indices."""
    axis = normal_axis(axis, x.ndim)
    size = x.shape[axis]
    if isinstance(indices_or_sections, (tuple, list)):
        cuts = list(whole_numbers("a cut", indices_or_sections))
    else:
        count = number_of_parts(whole_number("the number of parts", indices_or_sections, 1))
        if size % count:
            raise ShapeError("split-axis", axis=axis, size=size, count=count)
        cuts = list(range(size // count, size, size // count)) if size else [0] * (count - 1)
    bounds = zip([None, *cuts], [*cuts, None], strict=True)
    return tuple(getitem(x, key=along(axis, slice(a, b))) for a, b in bounds)


@composite(cases=(Case(((3,),), {"reps": 2}), Case(((2, 3),), {"reps": (2, 1, 2)}), Case(((2, 3),), {"reps": 2})))
def tile(x: Variable, *, reps: int | Numbers) -> Variable:
    """The whole array repeated along each axis."""
    times = whole_numbers("reps", reps, 0)
    ndim = max(len(times), x.ndim)
    times = (1,) * (ndim - len(times)) + times
    shape = (1,) * (ndim - x.ndim) + x.shape
    apart = reshape(x, shape=_interleaved((1,) * ndim, shape))
    wide = broadcast_to(apart, shape=_interleaved(times, shape))
    return reshape(wide, shape=tuple(t * n for t, n in zip(times, shape, strict=True)))


def _interleaved(a: Shape, b: Shape) -> Shape:
    return tuple(n for pair in zip(a, b, strict=True) for n in pair)


@composite(
    cases=(
        Case(((2, 3),), {"repeats": 2}),
        Case(((2, 3),), {"repeats": 2, "axis": 0}),
        Case(((2, 3),), {"repeats": (2, 0, 1), "axis": -1}),
    )
)
def repeat(x: Variable, *, repeats: int | Numbers, axis: int | None = None) -> Variable:
    """Each element repeated, along an axis or of the flattened array."""
    if axis is None:
        x, axis = reshape(x, shape=(x.size,)), 0
    axis = normal_axis(axis, x.ndim)
    size = x.shape[axis]
    times = whole_numbers("repeats", repeats, 0)
    if len(times) not in (1, size):
        raise ShapeError("repeat-count", count=len(times), size=size)
    if len(times) > 1:
        room(sum(times))
        return getitem(x, key=along(axis, np.repeat(np.arange(size), times)))
    before, after = x.shape[: axis + 1], x.shape[axis + 1 :]
    wide = broadcast_to(reshape(x, shape=(*before, 1, *after)), shape=(*before, times[0], *after))
    return reshape(wide, shape=(*x.shape[:axis], size * times[0], *after))


@composite(cases=(Case(((2, 3),)), Case(((2, 3, 2),), {"axis": (0, -1)}), Case(((4,),), {"axis": 0})))
def flip(x: Variable, *, axis: int | Numbers | None = None) -> Variable:
    """Elements in reverse along axes, all by default."""
    axes = normal_axes(axis, x.ndim)
    return getitem(x, key=tuple(slice(None, None, -1 if i in axes else None) for i in range(x.ndim)))


@composite(
    cases=(
        Case(((5,),), {"shift": 2}),
        Case(((2, 3),), {"shift": -1}),
        Case(((3, 4),), {"shift": (1, -6), "axis": (0, 1)}),
    )
)
def roll(x: Variable, *, shift: int | Numbers, axis: int | Numbers | None = None) -> Variable:
    """Elements moved along axes, those beyond the last back to the first."""
    if axis is None:
        return reshape(
            roll(reshape(x, shape=(x.size,)), shift=sum(whole_numbers("shift", shift)), axis=0), shape=x.shape
        )
    shifts, axes = whole_numbers("shift", shift), whole_numbers("axis", axis)
    if not shifts or not axes or (len(shifts) != len(axes) and 1 not in (len(shifts), len(axes))):
        raise ShapeError("roll-count", count=len(shifts), axes=len(axes))
    count = max(len(shifts), len(axes))
    for by, a in zip(shifts * (count // len(shifts)), axes * (count // len(axes)), strict=True):
        a = normal_axis(a, x.ndim)
        cut = -by % max(x.shape[a], 1)
        x = concatenate(getitem(x, key=along(a, slice(cut, None))), getitem(x, key=along(a, slice(cut))), axis=a)
    return x


PAD_MODES = ("constant", "reflect", "symmetric", "edge", "wrap")


@composite(
    cases=(
        Case(((3,),), {"pad_width": 2}),
        Case(((2, 3),), {"pad_width": ((0, 1), (2, 1)), "constant_values": 1.5}),
        Case(((2, 4),), {"pad_width": ((1, 0), (2, 3)), "mode": "reflect"}),
        Case(((2, 3),), {"pad_width": (1, 2), "mode": "edge"}),
        Case(((2, 3),), {"pad_width": ((1, 2), (0, 2)), "mode": "wrap"}),
    )
)
def pad(x: Variable, *, pad_width: Any, mode: str = "constant", constant_values: Scalar = 0.0) -> Variable:
    """Margins around an array: a constant, the mirrored elements (reflect; symmetric has the outermost ones twice), the
    outermost ones (edge) or those from the other end (wrap)."""
    mode = {"replicate": "edge", "circular": "wrap"}.get(mode, mode)
    if mode not in PAD_MODES:
        raise ShapeError("unknown-mode", ", ".join(PAD_MODES), mode=repr(mode))
    widths = _margins(pad_width, x.ndim)
    if mode == "constant" and not isinstance(constant_values, Variable) and not constant_values:
        inside = tuple(slice(before, before + n) for n, (before, _) in zip(x.shape, widths, strict=True))
        return put(x, shape=tuple(n + b + a for n, (b, a) in zip(x.shape, widths, strict=True)), key=inside)
    for axis, (before, after) in enumerate(widths):
        size = x.shape[axis]
        if mode == "constant":
            fill = as_variable(constant_values)
            low, high = _margin(fill, axis, before, x.shape), _margin(fill, axis, after, x.shape)
        elif not before and not after:
            continue
        elif not size:
            raise ShapeError("pad-empty-axis", axis=axis)
        elif mode == "edge":
            low = _margin(getitem(x, key=along(axis, slice(1))), axis, before)
            high = _margin(getitem(x, key=along(axis, slice(size - 1, size))), axis, after)
        elif mode == "reflect" and max(before, after) < size:
            low = flip(getitem(x, key=along(axis, slice(1, 1 + before))), axis=axis)
            high = flip(getitem(x, key=along(axis, slice(size - 1 - after, size - 1))), axis=axis)
        else:
            room(before + size + after)
            x = getitem(x, key=along(axis, np.pad(np.arange(size), (before, after), mode)))  # type: ignore[call-overload]
            continue
        x = concatenate(low, x, high, axis=axis)
    return x


def _margin(x: Variable, axis: int, width: int, shape: Shape | None = None) -> Variable:
    shape = shape or x.shape
    return broadcast_to(x, shape=(*shape[:axis], width, *shape[axis + 1 :]))


def _margins(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    """How many elements to add before and after each axis, from one number, one pair, or a pair an axis."""
    try:
        widths = np.broadcast_to(np.asarray(pad_width), (ndim, 2)).tolist()
    except ValueError:
        raise ShapeError("pad-width", axes=ndim, given=repr(pad_width)) from None
    return [whole_numbers("pad_width", pair, 0) for pair in widths]  # type: ignore[misc]
