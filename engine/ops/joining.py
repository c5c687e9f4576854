"""Arrays brought side by side or taken apart, under the names that NumPy and PyTorch have for the common cases."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, combinations_with_replacement, pairwise
from itertools import combinations as choose
from math import comb
from typing import Any

import numpy as np

from tidegraph.engine.graph import Shape, ShapeError, Variable
from tidegraph.engine.ops.arrange import (
    along,
    concatenate,
    flip,
    number_of_parts,
    room,
    split,
    whole_number,
    whole_numbers,
)
from tidegraph.engine.ops.declare import Case, broadcast, composite, normal_axis
from tidegraph.engine.ops.shape import broadcast_to, getitem, in_shape, reshape, stack, transpose

TWO_ROWS = (Case(((3,), (3,))), Case(((2, 3), (2, 3))))


def at_least(x: Variable, ndim: int) -> Variable:
    """An array with at least one, two or three axes, new ones where NumPy puts them."""
    shapes: dict[int, Shape] = {1: (1,), 2: (1, 1), 3: (1, 1, 1)}
    if x.ndim == 0:
        return reshape(x, shape=shapes[ndim])
    if x.ndim == 1 and ndim > 1:
        return reshape(x, shape=(1, x.size) if ndim == 2 else (1, x.size, 1))
    if x.ndim == 2 and ndim == 3:
        return reshape(x, shape=(*x.shape, 1))
    return reshape(x, shape=x.shape)


def _declare_at_least(ndim: int) -> None:
    def body(x: Variable) -> Variable:
        return at_least(x, ndim)

    body.__doc__ = f"An array with at least {ndim} {'axis' if ndim == 1 else 'axes'}; new ones have size one."
    composite(f"atleast_{ndim}d", cases=(Case(((2,),)), Case(((),))))(body)


for _ndim in (1, 2, 3):
    _declare_at_least(_ndim)


MOST_CHOSEN = 64
"""Elements that are chosen at a time."""


@composite(cases=TWO_ROWS)
def hstack(*arrays: Variable) -> Variable:
    """Arrays side by side: vectors one after the other, others along the second axis."""
    parts = [at_least(v, 1) for v in arrays]
    return concatenate(*parts, axis=0 if not parts or parts[0].ndim == 1 else 1)


@composite(cases=TWO_ROWS)
def vstack(*arrays: Variable) -> Variable:
    """Arrays one below the other; vectors are rows."""
    return concatenate(*(at_least(v, 2) for v in arrays), axis=0)


@composite(cases=TWO_ROWS)
def dstack(*arrays: Variable) -> Variable:
    """Arrays one behind the other, along the third axis."""
    return concatenate(*(at_least(v, 3) for v in arrays), axis=2)


@composite(cases=(Case(((3,), (3, 2))),))
def column_stack(*arrays: Variable) -> Variable:
    """Arrays side by side; vectors are columns."""
    return concatenate(*(v if v.ndim > 1 else reshape(v, shape=(v.size, 1)) for v in arrays), axis=1)


def _pieces(x: Variable, sizes: Iterable[int], axis: int) -> tuple[Variable, ...]:
    return tuple(getitem(x, key=along(axis, slice(a, b))) for a, b in pairwise(accumulate(sizes, initial=0)))


@composite(cases=(Case(((5, 2),), {"chunks": 2}), Case(((2, 5),), {"chunks": 3, "axis": 1})))
def chunk(x: Variable, *, chunks: int, axis: int = 0) -> tuple[Variable, ...]:
    """At most so many parts along an axis, equal but for the last."""
    axis = normal_axis(axis, x.ndim)
    size = -(-x.shape[axis] // whole_number("chunks", chunks, 1)) or 1
    count = number_of_parts(max(-(-x.shape[axis] // size), 1))
    return _pieces(x, (min(size, x.shape[axis] - i * size) for i in range(count)), axis)


@composite(
    cases=(Case(((5, 2),), {"indices_or_sections": 3}), Case(((2, 5),), {"indices_or_sections": (1, 3), "axis": 1}))
)
def tensor_split(x: Variable, *, indices_or_sections: Any, axis: int = 0) -> tuple[Variable, ...]:
    """So many parts along an axis, of which the first may have one element more; or cut before the given indices."""
    axis = normal_axis(axis, x.ndim)
    if isinstance(indices_or_sections, (tuple, list)):
        return split(x, indices_or_sections=tuple(indices_or_sections), axis=axis)
    count = number_of_parts(whole_number("sections", indices_or_sections, 1))
    size, more = divmod(x.shape[axis], count)
    return _pieces(x, (size + (i < more) for i in range(count)), axis)


@composite(cases=(Case(((5, 2),), {"split_sizes": (2, 3)}),))
def split_with_sizes(x: Variable, *, split_sizes: Any, axis: int = 0) -> tuple[Variable, ...]:
    """Parts of given sizes along an axis."""
    axis = normal_axis(axis, x.ndim)
    sizes = whole_numbers("split_sizes", split_sizes, 0)
    if sum(sizes) != x.shape[axis]:
        raise ShapeError("do-not-fit", name="split_with_sizes", left=x.shape, right=sizes)
    return _pieces(x, sizes, axis)


def _declare_split(name: str, axis: int) -> None:
    def body(x: Variable, *, indices_or_sections: Any) -> tuple[Variable, ...]:
        place = 0 if name == "hsplit" and x.ndim == 1 else axis
        return split(x, indices_or_sections=indices_or_sections, axis=place)

    body.__doc__ = f"Parts along axis {axis}: a number of equal ones, or cut before the given indices."
    composite(name, cases=(Case(((2, 2, 2),), {"indices_or_sections": 2}),))(body)


for _name, _axis in (("vsplit", 0), ("hsplit", 1), ("dsplit", 2)):
    _declare_split(_name, _axis)


@composite(cases=(Case(((2, 3),)), Case(((2, 3),), {"axis": 1})))
def unbind(x: Variable, *, axis: int = 0) -> tuple[Variable, ...]:
    """The slices along an axis, one by one."""
    axis = normal_axis(axis, x.ndim)
    return tuple(getitem(x, key=along(axis, i)) for i in range(number_of_parts(x.shape[axis])))


@composite(cases=(Case(((2, 3),), {"axis": 1, "index": -1}),))
def select(x: Variable, *, axis: int, index: int) -> Variable:
    """The slice at one index of an axis."""
    return getitem(x, key=along(normal_axis(axis, x.ndim), whole_number("index", index)))


@composite(cases=(Case(((2, 4),), {"axis": 1, "start": 1, "length": 2}),))
def narrow(x: Variable, *, axis: int, start: int, length: int) -> Variable:
    """So many elements of an axis from a start on."""
    axis = normal_axis(axis, x.ndim)
    n = x.shape[axis]
    first = whole_number("start", start) + (n if start < 0 else 0)
    if not 0 <= first <= n:
        raise ShapeError("not-in-range", name="start", given=start, least=-n, most=n)
    if whole_number("length", length, 0) > n - first:
        raise ShapeError("not-in-range", name="length", given=length, least=0, most=n - first)
    return getitem(x, key=along(axis, slice(first, first + length)))


@composite(cases=(Case(((2, 6),), {"axis": 1, "sizes": (2, -1)}),))
def unflatten(x: Variable, *, axis: int, sizes: Any) -> Variable:
    """One axis laid out as several."""
    axis = normal_axis(axis, x.ndim)
    inner = list(whole_numbers("sizes", sizes, -1))
    if inner.count(-1) == 1:
        known = -int(np.prod(inner))
        inner[inner.index(-1)] = x.shape[axis] // known if known else 0
    if int(np.prod(inner)) != x.shape[axis]:
        raise ShapeError("do-not-fit", name="unflatten", left=x.shape, right=tuple(inner))
    return reshape(x, shape=(*x.shape[:axis], *inner, *x.shape[axis + 1 :]))


@composite(cases=(Case(((2, 1),), {"shape": (3, -1, 4)}),))
def expand(x: Variable, *, shape: Any) -> Variable:
    """Repeated along new axes and axes of size one; -1 keeps a size."""
    wanted = whole_numbers("shape", shape, -1)
    lead = len(wanted) - x.ndim
    if lead < 0:
        raise ShapeError("do-not-fit", name="expand", left=x.shape, right=wanted)
    return broadcast_to(x, shape=tuple(x.shape[i - lead] if n == -1 and i >= lead else n for i, n in enumerate(wanted)))


@composite(cases=(Case(((3, 1), (2, 3, 4))),))
def expand_as(x: Variable, other: Variable) -> Variable:
    """Repeated to the shape of another array."""
    return broadcast_to(x, shape=other.shape)


@composite(cases=(Case(((6,), (2, 3))),))
def reshape_as(x: Variable, other: Variable) -> Variable:
    """The same elements in the shape of another array."""
    return reshape(x, shape=other.shape)


@composite(cases=(Case(((2, 3),)),))
def fliplr(x: Variable) -> Variable:
    """The second axis in reverse."""
    return flip(x, axis=1)


@composite(cases=(Case(((2, 3),)),))
def flipud(x: Variable) -> Variable:
    """The first axis in reverse."""
    return flip(x, axis=0)


@composite(cases=(Case(((2, 3),)), Case(((2, 3, 2),), {"k": -1, "axes": (2, 0)})))
def rot90(x: Variable, *, k: int = 1, axes: Any = (0, 1)) -> Variable:
    """Turned by quarters in the plane of two axes, from the first towards the second."""
    a, b = (normal_axis(n, x.ndim) for n in whole_numbers("axes", axes))
    if a == b:
        raise ShapeError("axis-twice", axis=axes)
    order = list(range(x.ndim))
    order[a], order[b] = b, a
    turns = whole_number("k", k) % 4
    if turns == 0:
        return reshape(x, shape=x.shape)
    if turns == 2:
        return flip(x, axis=(a, b))
    if turns == 1:
        return transpose(flip(x, axis=b), axes=tuple(order))
    return flip(transpose(x, axes=tuple(order)), axis=b)


@composite(cases=(Case(((3, 1), (2,))),))
def broadcast_tensors(*arrays: Variable) -> tuple[Variable, ...]:
    """Arrays broadcast to their common shape."""
    shape = broadcast(*(v.shape for v in arrays))
    return tuple(broadcast_to(v, shape=shape) for v in arrays)


@composite(cases=(Case(((3,), (2,))), Case(((3,), (2,)), {"indexing": "xy"})))
def meshgrid(*arrays: Variable, indexing: str = "ij") -> tuple[Variable, ...]:
    """Vectors as the coordinates of a grid, each repeated along the axes of the others."""
    if indexing not in ("ij", "xy"):
        raise ShapeError("option-not-known", option="indexing", given=indexing, known=["ij", "xy"])
    if any(v.ndim > 1 for v in arrays):
        raise ShapeError(
            "needs-shape", name="meshgrid", needed="[n]", shape=next(v.shape for v in arrays if v.ndim > 1)
        )
    order = list(range(len(arrays)))
    if indexing == "xy" and len(arrays) > 1:
        order[:2] = [1, 0]
    shape = tuple(arrays[order.index(a)].size for a in range(len(arrays)))
    return tuple(
        broadcast_to(reshape(v, shape=(v.size, *(1,) * (len(arrays) - a - 1))), shape=shape)
        for v, a in zip(arrays, order, strict=True)
    )


@composite(cases=(Case(((2,), (3,))),))
def cartesian_prod(*arrays: Variable) -> Variable:
    """Every combination of an element of each vector, a row each."""
    if len(arrays) == 1:
        return reshape(arrays[0], shape=arrays[0].shape)
    return stack(*(in_shape(v, (v.size,)) for v in meshgrid(*arrays)), axis=-1)


@composite(cases=(Case(((4,),)), Case(((3,),), {"r": 2, "with_replacement": True})))
def combinations(x: Variable, *, r: int = 2, with_replacement: bool = False) -> Variable:
    """Every choice of r elements of a vector, a row each."""
    if x.ndim != 1:
        raise ShapeError("needs-shape", name="combinations", needed="[n]", shape=x.shape)
    r = whole_number("r", r, 0)
    if r > MOST_CHOSEN:
        raise ShapeError("too-many-chosen", most=MOST_CHOSEN, given=r)
    count = comb(x.size + r - 1, r) if with_replacement and x.size else comb(x.size, r)
    room(count, max(r, 1))
    rows = list((combinations_with_replacement if with_replacement else choose)(range(x.size), r))
    return getitem(x, key=(np.array(rows, int).reshape(len(rows), r),))
