"""Views, parts, joined arrays and elements at indices with PyTorch's arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Variable
from tidegraph.engine.language.torch_functions.operands import Arrays, op
from tidegraph.engine.ops.declare import normal_axes, normal_axis


def sizes_of(sizes: tuple[Any, ...]) -> tuple[int, ...]:
    """Sizes given one by one or as one sequence."""
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list, np.ndarray)):
        sizes = tuple(sizes[0])
    return tuple(int(n) if isinstance(n, float) and n.is_integer() else n for n in sizes)


def repeat(x: Variable, *sizes: int) -> Variable:
    """The array repeated as a whole along each axis, as `tile` does."""
    return op("tile")(x, reps=sizes_of(sizes))


def repeat_interleave(x: Variable, repeats: Any, dim: Any = None) -> Variable:
    """Each element repeated."""
    return op("repeat")(x, repeats=repeats, axis=dim)


def split(x: Variable, split_size_or_sections: Any, dim: int = 0) -> Any:
    """Parts of a size, the last of which may be shorter, or of the sizes given."""
    axis = normal_axis(dim, x.ndim)
    n = x.shape[axis]
    if isinstance(split_size_or_sections, int):
        size = split_size_or_sections
        if size < 1:
            raise ShapeError("part-of-no-size")
        ends = list(range(size, n, size))
    else:
        sizes = list(split_size_or_sections)
        if sum(sizes) != n:
            raise ShapeError("parts-do-not-add-up", sizes=tuple(sizes), total=sum(sizes), length=n)
        ends = [sum(sizes[: i + 1]) for i in range(len(sizes) - 1)]
    return cut(x, ends, axis)


def cut(x: Variable, ends: list[int], axis: int) -> Any:
    """Views between the ends along an axis."""
    if not ends:
        return (op("getitem")(x, key=(...,)),)
    return tuple(op("split")(x, indices_or_sections=tuple(ends), axis=axis))


def chunk(x: Variable, chunks: int, dim: int = 0) -> Any:
    """At most so many parts of equal size."""
    n = x.shape[normal_axis(dim, x.ndim)]
    return split(x, max(-(-n // chunks), 1), dim)


def tensor_split(x: Variable, indices_or_sections: Any, dim: int = 0) -> Any:
    """So many parts of nearly equal size, or parts between indices."""
    axis = normal_axis(dim, x.ndim)
    if isinstance(indices_or_sections, int):
        n, parts = x.shape[axis], indices_or_sections
        sizes = [n // parts + (i < n % parts) for i in range(parts)]
        return split(x, sizes, dim)
    return cut(x, list(indices_or_sections), axis)


def unbind(x: Variable, dim: int = 0) -> Any:
    """The slices along an axis, without it."""
    axis = normal_axis(dim, x.ndim)
    return tuple(op("getitem")(x, key=(*[slice(None)] * axis, i)) for i in range(x.shape[axis]))


def pad(x: Variable, pad: Any, mode: str = "constant", value: Any = None) -> Variable:
    """Elements before and after axes; pairs begin at the last axis."""
    pairs = [pad[n : n + 2] for n in range(0, len(pad), 2)]
    if len(pad) % 2 or len(pairs) > x.ndim:
        raise ShapeError("pad-pairs", count=len(pad), axes=x.ndim)
    width = [(0, 0)] * (x.ndim - len(pairs)) + [tuple(p) for p in pairs[::-1]]
    if any(p < 0 for pair in width for p in pair):
        key = tuple(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(width, x.shape, strict=True))
        x = op("getitem")(x, key=key)
        width = [(max(a, 0), max(b, 0)) for a, b in width]
    names = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    if mode not in names:
        raise ShapeError("pad-mode", mode=mode, modes=list(names))
    more = {"constant_values": float(value or 0.0)} if mode == "constant" else {}
    return op("pad")(x, pad_width=tuple(width), mode=names[mode], **more)


def transpose(x: Variable, dim0: int, dim1: int) -> Variable:
    """Two axes exchanged."""
    return op("swapaxes")(x, axis1=dim0, axis2=dim1)


def permute(x: Variable, *dims: int) -> Variable:
    """The axes in another order."""
    return op("transpose")(x, axes=sizes_of(dims))


def t(x: Variable) -> Variable:
    """The transpose of a matrix; a vector stays as it is."""
    if x.ndim > 2:
        raise ShapeError("t-of-matrix", shape=x.shape)
    return x if x.ndim < 2 else op("transpose")(x)


def reshape(x: Variable, *shape: int) -> Variable:
    """The same elements in another shape; sizes one by one or together."""
    return op("reshape")(x, shape=sizes_of(shape))


def unflatten(x: Variable, dim: int, sizes: Any) -> Variable:
    """One axis as several."""
    axis = normal_axis(dim, x.ndim)
    return op("reshape")(x, shape=(*x.shape[:axis], *sizes, *x.shape[axis + 1 :]))


def expand(x: Variable, *sizes: int) -> Variable:
    """Broadcast to sizes; -1 keeps one."""
    shape = sizes_of(sizes)
    own = (*[1] * (len(shape) - x.ndim), *x.shape)
    shape = tuple(o if n == -1 else n for n, o in zip(shape, own, strict=False))
    return op("broadcast_to")(x, shape=shape)


def expand_as(x: Variable, other: Variable) -> Variable:
    """Broadcast to the shape of another array."""
    return op("broadcast_to")(x, shape=other.shape)


def view_as(x: Variable, other: Variable) -> Variable:
    """The same elements in the shape of another array."""
    return op("reshape")(x, shape=other.shape)


def squeeze(x: Variable, dim: Any = None) -> Variable:
    """Without axes of one element; others stay."""
    if dim is None:
        axes = tuple(a for a, n in enumerate(x.shape) if n == 1)
    else:
        axes = tuple(a for a in normal_axes(dim, x.ndim) if x.shape[a] == 1)
    return op("squeeze")(x, axis=axes) if axes else x


def masked_fill(x: Variable, mask: Variable, value: Variable) -> Variable:
    """The value where the mask holds, the array elsewhere."""
    return op("where")(mask, value, x)


def where(condition: Variable, input: Variable, other: Variable) -> Variable:
    """The first where the condition holds, the second elsewhere."""
    return op("where")(condition, input, other)


def index_select(x: Variable, dim: int, index: Variable) -> Variable:
    """Elements at indices along an axis."""
    return op("take")(x, index, axis=dim)


def index_add(x: Variable, dim: int, index: Variable, source: Variable, alpha: Variable | None = None) -> Variable:
    """The slices of a source, times alpha, added at indices along an axis."""
    return op("index_add")(x, index, source if alpha is None else source * alpha, axis=dim)


def take_flat(x: Variable, index: Variable) -> Variable:
    """Elements at indices of the flattened array."""
    return op("take")(op("reshape")(x, shape=(x.size,)), index, axis=0)


def narrow(x: Variable, dim: int, start: int, length: int) -> Variable:
    """A range along an axis."""
    axis = normal_axis(dim, x.ndim)
    return op("getitem")(x, key=(*[slice(None)] * axis, slice(start, start + length)))


def select(x: Variable, dim: int, index: int) -> Variable:
    """One slice along an axis, without it."""
    axis = normal_axis(dim, x.ndim)
    return op("getitem")(x, key=(*[slice(None)] * axis, index))


def unfold_axis(x: Variable, dimension: int, size: int, step: int) -> Variable:
    """Windows of an axis as a new last axis."""
    axis = normal_axis(dimension, x.ndim)
    starts = range(0, x.shape[axis] - size + 1, step)
    windows = [narrow(x, axis, s, size) for s in starts]
    return op("moveaxis")(op("stack")(windows, axis=axis), source=axis + 1, destination=-1)


def flip(x: Variable, *dims: int) -> Variable:
    """The order reversed along axes."""
    return op("flip")(x, axis=sizes_of(dims))


def hstack(tensors: Arrays) -> Variable:
    """Arrays side by side."""
    parts = [op("reshape")(x, shape=(1,)) if not x.ndim else x for x in tensors]
    return op("concatenate")(parts, axis=0 if parts[0].ndim == 1 else 1)


def vstack(tensors: Arrays) -> Variable:
    """Arrays one under the other."""
    parts = [op("reshape")(x, shape=(1, x.size)) if x.ndim < 2 else x for x in tensors]
    return op("concatenate")(parts, axis=0)


def dstack(tensors: Arrays) -> Variable:
    """Arrays along the third axis."""
    parts = [
        x if x.ndim > 2 else op("reshape")(x, shape=(x.shape if x.ndim == 2 else (1, x.size)) + (1,)) for x in tensors
    ]
    return op("concatenate")(parts, axis=2)


def column_stack(tensors: Arrays) -> Variable:
    """Vectors as the columns of a matrix."""
    parts = [op("reshape")(x, shape=(x.size, 1)) if x.ndim < 2 else x for x in tensors]
    return op("concatenate")(parts, axis=1)


def cat(tensors: Arrays, dim: int = 0) -> Variable:
    """Arrays joined along an axis that they have."""
    return op("concatenate")(tensors, axis=dim)


def stack(tensors: Arrays, dim: int = 0) -> Variable:
    """Arrays joined along a new axis."""
    return op("stack")(tensors, axis=dim)


def numel(x: Variable) -> int:
    """How many elements an array has."""
    return x.size


def triangle_indices(name: str) -> Any:
    """`tril_indices` and `triu_indices`: the rows and the columns of a triangle."""

    def indices(row: int, col: int, offset: int = 0, dtype: Any = None) -> np.ndarray:
        if not all(isinstance(n, int) and 0 <= n <= 2000 for n in (row, col)):
            raise ShapeError("size-not-whole", size=repr((row, col))[:40])
        return np.array(getattr(np, name)(row, offset, col))

    return indices
