"""Shape and indexing: views where NumPy has views, and the operators that are each other's gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidegraph.engine.graph import Operator, Shape, ShapeError, Type, Variable, literal, size_of
from tidegraph.engine.graph.kinds import Condition, Line, Trait, Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.declare import (
    Case,
    Primitive,
    normal_axis,
    normal_shape,
    primitive,
    produced_by,
    promote,
)


def _infer_reshape(x: Variable, *, shape: Any) -> Type:
    wanted = normal_shape(shape, least=-1)
    if wanted.count(-1) > 1:
        raise ShapeError("two-open-sizes")
    known = size_of(n for n in wanted if n != -1)
    if -1 in wanted and known and x.size % known == 0:
        wanted = tuple(x.size // known if n == -1 else n for n in wanted)
    if size_of(wanted) != x.size or min(wanted, default=1) < 0:
        raise ShapeError("reshape-elements", shape=x.shape, elements=x.size, wanted=wanted)
    return Type(wanted, x.kind)


def _reshape(x: Any, *, shape: Any) -> Any:
    return x.reshape(shape)


def shaped(variable: Variable, shape: Shape) -> Variable:
    """A variable in a shape that it broadcasts to."""
    return variable if variable.shape == shape else broadcast_to(variable, shape=shape)


def _reshape_same(x: Variable, *, shape: Any) -> Variable | None:
    """reshape(x, its own shape) -> x"""
    return x if _infer_reshape(x, shape=shape).shape == x.shape else None


def _reshape_number(x: Variable, *, shape: Any) -> Variable | None:
    """reshape(s, shape) -> broadcast(s)"""
    return None if x.shape else broadcast_to(x, shape=_infer_reshape(x, shape=shape).shape)


def _reshape_reshaped(x: Variable, *, shape: Any) -> Variable | None:
    """reshape(reshape(x)) -> reshape(x)"""
    inner = produced_by(x, reshape)
    return reshape(inner.inputs[0], shape=_infer_reshape(x, shape=shape).shape) if inner is not None else None


def _reshape_repeated(x: Variable, *, shape: Any) -> Variable | None:
    """reshape(broadcast(s)) -> broadcast(s)"""
    repeated = produced_by(x, broadcast_to)
    if repeated is None or repeated.inputs[0].shape:
        return None
    return shaped(repeated.inputs[0], _infer_reshape(x, shape=shape).shape)


reshape: Primitive = primitive(
    "reshape",
    infer=_infer_reshape,
    kernel=_reshape,
    view="contiguous",
    linear=True,
    vjp=(lambda g, y, x, *, shape: reshape(g, shape=x.shape),),
    latex=tex.reshape,
    flops=0,
    backward=Way.RESHAPED,
    doc="The same elements in another shape; one size may be -1.",
    rewrites=[_reshape_same, _reshape_number, _reshape_reshaped, _reshape_repeated],
    cases=(Case(((3, 4),), {"shape": (2, 6)}), Case(((3, 4),), {"shape": (-1,)})),
)


def in_shape(x: Variable, shape: Shape) -> Variable:
    """The same elements in a shape, without an operator where they have it already."""
    return x if x.shape == shape else reshape(x, shape=shape)


def _infer_transpose(x: Variable, *, axes: Any = None) -> Type:
    if axes is None:
        return Type(x.shape[::-1], x.kind)
    if not isinstance(axes, (tuple, list)):
        raise ShapeError("transpose-axes", shape=x.shape, axes=repr(axes))
    order = tuple(normal_axis(a, x.ndim) for a in axes)
    if sorted(order) != list(range(x.ndim)):
        raise ShapeError("transpose-permutation", axes=tuple(axes), count=x.ndim)
    return Type(tuple(x.shape[a] for a in order), x.kind)


def _transpose_back(g: Variable, y: Variable, x: Variable, *, axes: Any) -> Variable:
    if axes is None:
        return transpose(g)
    order = [a % x.ndim for a in axes]
    return transpose(g, axes=tuple(order.index(i) for i in range(x.ndim)))


def _transpose_vector(x: Variable, *, axes: Any = None) -> Variable | None:
    """transpose(v) -> v for a vector or a scalar"""
    return x if x.ndim < 2 else None


def _transpose_twice(x: Variable, *, axes: Any = None) -> Variable | None:
    """transpose(transpose(x)) -> x"""
    inner = produced_by(x, transpose)
    if inner is None:
        return None
    backwards = tuple(range(x.ndim))[::-1]
    first, then = inner.attributes.get("axes") or backwards, axes or backwards
    return inner.inputs[0] if tuple(first[a] % x.ndim for a in then) == backwards[::-1] else None


def _transpose_repeated(x: Variable, *, axes: Any = None) -> Variable | None:
    """transpose(broadcast(s)) -> broadcast(s)"""
    repeated = produced_by(x, broadcast_to)
    if repeated is None or repeated.inputs[0].shape:
        return None
    return shaped(repeated.inputs[0], _infer_transpose(x, axes=axes).shape)


transpose: Primitive = primitive(
    "transpose",
    infer=_infer_transpose,
    kernel=lambda x, *, axes: x.transpose(axes),
    view=True,
    linear=True,
    vjp=(_transpose_back,),
    latex=tex.transpose,
    symbol=r"\top",
    flops=0,
    backward=Way.EXCHANGED,
    doc="Axes in reverse or in the given order.",
    traits=[Trait.TRANSPOSE],
    lowering=[Line("{0}.T", (Condition.REVERSED_AXES,), view=True)],
    rewrites=[_transpose_vector, _transpose_twice, _transpose_repeated],
    cases=(Case(((3, 4),)), Case(((2, 3, 4),), {"axes": (1, 0, 2)})),
)


def swap_last(x: Variable) -> Variable:
    """The last two axes exchanged: the transpose of each matrix in a batch."""
    if x.ndim == 2:
        return transpose(x)
    return transpose(x, axes=(*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def stretches(small: Shape, shape: Shape) -> bool:
    """Whether an array of shape `small` can be broadcast to `shape`."""
    return len(small) <= len(shape) and all(a in (1, b) for a, b in zip(small[::-1], shape[::-1], strict=False))


def _infer_broadcast_to(x: Variable, *, shape: Any) -> Type:
    shape = normal_shape(shape)
    if not stretches(x.shape, shape):
        raise ShapeError("broadcast-to", shape=x.shape, wanted=shape)
    return Type(shape, x.kind)


def _broadcast_same(x: Variable, *, shape: Any) -> Variable | None:
    """broadcast(x, its own shape) -> x"""
    return x if x.shape == normal_shape(shape) else None


def _broadcast_repeated(x: Variable, *, shape: Any) -> Variable | None:
    """broadcast(broadcast(x)) -> broadcast(x)"""
    inner = produced_by(x, broadcast_to)
    return broadcast_to(inner.inputs[0], shape=normal_shape(shape)) if inner is not None else None


broadcast_to: Primitive = primitive(
    "broadcast_to",
    infer=_infer_broadcast_to,
    kernel=lambda x, *, shape: np.broadcast_to(x, shape),
    view=True,
    linear=True,
    vjp=(lambda g, y, x, *, shape: sum_to(g, shape=x.shape),),
    latex=tex.ones,
    flops=0,
    backward=Way.SUMMED,
    doc="Repeated along new axes and axes of size one, without a copy.",
    traits=[Trait.REPEATED],
    lowering=[Line("{out}[...] = {0}")],
    rewrites=[_broadcast_same, _broadcast_repeated],
    cases=(Case(((3, 1),), {"shape": (2, 3, 4)}), Case(((),), {"shape": (3,)})),
)


def _summed_axes(shape: Shape, small: Shape) -> tuple[int, ...]:
    lead = len(shape) - len(small)
    return (*range(lead), *(lead + i for i, n in enumerate(small) if n == 1 and shape[lead + i] != 1))


def _infer_sum_to(x: Variable, *, shape: Any) -> Type:
    shape = normal_shape(shape)
    if not stretches(shape, x.shape):
        raise ShapeError("sum-to", shape=x.shape, wanted=shape)
    return Type(shape, x.kind)


def _sum_to(x: Any, out: Any, *, shape: Shape) -> None:
    lead = x.ndim - out.ndim
    axes = _summed_axes(x.shape, out.shape)
    np.add.reduce(x, axes, None, out.reshape((1,) * lead + out.shape), True)  # type: ignore[call-overload]


def _write_sum_to(arguments: Any, operator: Any) -> tex.Tex:
    axes = _summed_axes(operator.inputs[0].shape, operator.outputs[0].shape)
    everything = len(axes) == operator.inputs[0].ndim
    below = "" if everything else f"_{{{tex.axes_text(axes)}}}"
    return tex.Tex(rf"\sum{below} {arguments[0].after(tex.SIGN)}", tex.PRODUCT)


def sum_of_repeated(x: Variable, shape: Shape) -> Variable | None:
    """The sum of equal numbers to `shape` is a product."""
    repeated = produced_by(x, broadcast_to)
    size = size_of(shape)
    if repeated is None or repeated.inputs[0].shape or not size:
        return None
    count = x.size // size
    return shaped(literal(float(count) if x.kind == "float" else count) * repeated.inputs[0], shape)


def _sum_to_same(x: Variable, *, shape: Any) -> Variable | None:
    """sum_to(x, its own shape) -> x"""
    return x if x.shape == normal_shape(shape) else None


sum_to: Primitive = primitive(
    "sum_to",
    infer=_infer_sum_to,
    kernel=_sum_to,
    linear=True,
    vjp=(lambda g, y, x, *, shape: broadcast_to(g, shape=x.shape),),
    latex=_write_sum_to,
    symbol=r"\sum",
    backward=Way.SPREAD,
    doc="Summed to a smaller shape: what undoes a broadcast in the backward pass.",
    traits=[Trait.ANY_ORDER],
    rewrites=[_sum_to_same, lambda x, *, shape: sum_of_repeated(x, normal_shape(shape))],
    cases=(Case(((2, 3, 4),), {"shape": (3, 1)}), Case(((3,),), {"shape": ()})),
)


def _infer_stack(*arrays: Variable, axis: int = 0) -> Type:
    if not arrays:
        raise ShapeError("needs-an-array", name="stack")
    shapes = {a.shape for a in arrays}
    if len(shapes) > 1:
        raise ShapeError("stack-shapes", shapes=sorted(shapes))
    shape = arrays[0].shape
    axis = normal_axis(axis, len(shape) + 1)
    return Type((*shape[:axis], len(arrays), *shape[axis:]), promote(*arrays))


def _stack(*arrays: Any, axis: int) -> None:
    *parts, out = arrays
    np.stack(parts, axis, out)


def _stack_back(g: Variable, y: Variable, *arrays: Variable, axis: int) -> list[Variable]:
    axis %= y.ndim
    return [getitem(g, key=(*[slice(None)] * axis, i)) for i in range(len(arrays))]


stack = primitive(
    "stack",
    infer=_infer_stack,
    kernel=_stack,
    linear=True,
    vjp=_stack_back,
    latex=lambda arguments, operator: tex.Tex(
        rf"\operatorname{{stack}}\left({', '.join(a.text for a in arguments)}\right)"
    ),
    flops=0,
    backward=Way.CUT,
    doc="Arrays of one shape joined along a new axis.",
    cases=(Case(((3,), (3,), (3,))), Case(((3, 2), (3, 2)), {"axis": -1})),
)


def fit(g: Variable, shape: Shape) -> Variable:
    """A gradient brought to the shape of what it belongs to: broadcast axes are summed, missing ones repeated."""
    if g.shape == shape:
        return g
    return broadcast_to(g, shape=shape) if stretches(g.shape, shape) else sum_to(g, shape=shape)


def _probe(shape: Shape) -> Any:
    return np.broadcast_to(np.empty(()), shape)


def _infer_getitem(x: Variable, *, key: Any) -> Type:
    try:
        return Type(_probe(x.shape)[key].shape, x.kind)
    except (IndexError, TypeError, ValueError):
        raise index_error(x.shape, key) from None


def index_error(shape: Shape, key: Any) -> ShapeError:
    """What is wrong with an index that an array of a shape refuses."""
    parts = key if isinstance(key, tuple) else (key,)
    for part in parts:
        bounds = (part.start, part.stop, part.step) if isinstance(part, slice) else ()
        if any(not (b is None or isinstance(b, (int, np.integer))) for b in bounds) or not (
            part is None or part is Ellipsis or bounds or np.asarray(part).dtype.kind in "biu"
        ):
            return ShapeError("not-an-index", index=index_text(part)[:40])
        if bounds and bounds[2] == 0:
            return ShapeError("slice-step-zero", index=index_text(part)[:40])
    if sum(part is Ellipsis for part in parts) > 1:
        return ShapeError("two-ellipses")
    named = [p for p in parts if p is not None and p is not Ellipsis]
    taken = [np.ndim(p) if np.asarray(p).dtype.kind == "b" else 1 for p in named]
    if sum(taken) > len(shape):
        return ShapeError("too-many-indices", count=sum(taken), axes=len(shape))
    back = any(p is Ellipsis for p in parts)
    axis = 0
    for part in parts:
        if part is Ellipsis:
            axis += len(shape) - sum(taken) if back else 0
        elif part is not None:
            array = None if isinstance(part, slice) else np.asarray(part)
            if array is not None and array.dtype.kind in "iu":
                size = shape[axis]
                wrong = array[(array < -size) | (array >= size)].reshape(-1)
                if wrong.size:
                    return ShapeError("index-out-of-range", index=str(wrong[0]), size=size, last=size - 1)
            elif array is not None and array.shape != shape[axis : axis + array.ndim]:
                return ShapeError("mask-does-not-fit", mask=array.shape, shape=shape[axis : axis + array.ndim])
            axis += array.ndim if array is not None and array.dtype.kind == "b" else 1
    return ShapeError("indices-do-not-broadcast", shapes=[np.shape(p) for p in named if np.ndim(p)])


def _write_getitem(arguments: Any, operator: Any) -> tex.Tex:
    return tex.Tex(rf"{tex.braced(arguments[0].at(tex.ATOM))}_{{[{index_text(operator.attributes['key'])}]}}", tex.ATOM)


def index_text(key: Any) -> str:
    """An index as an equation writes it."""
    if isinstance(key, tuple):
        return ", ".join(map(index_text, key))
    if isinstance(key, slice):
        text = f"{'' if key.start is None else key.start}:{'' if key.stop is None else key.stop}"
        return text if key.step is None else f"{text}:{key.step}"
    if key is Ellipsis:
        return r"\ldots"
    if isinstance(key, np.ndarray):
        return (
            rf"\text{{{key.size} indices}}" if key.size > 6 else str(key.tolist()).replace("[", "(").replace("]", ")")
        )
    return str(key)


def is_basic(key: Any) -> bool:
    """Whether an index gives a view: numbers, slices, None and an ellipsis only."""
    parts = key if isinstance(key, tuple) else (key,)
    return not any(isinstance(p, (np.ndarray, list, bool)) for p in parts)


def _getitem_of_put(x: Variable, *, key: Any) -> Variable | None:
    """put(x, key)[key] -> x"""
    inner = produced_by(x, put)
    if inner is None or not isinstance(key, (int, slice)) or isinstance(key, bool):
        return None
    other = inner.attributes["key"]
    return inner.inputs[0] if type(other) is type(key) and other == key else None


getitem: Primitive = primitive(
    "getitem",
    infer=_infer_getitem,
    kernel=lambda x, *, key: x[key],
    view=lambda operator: is_basic(operator.attributes["key"]),
    workspace=lambda width, x, *, key: 0 if is_basic(key) else width * size_of(_infer_getitem(x, key=key).shape),
    linear=True,
    vjp=(lambda g, y, x, *, key: put(g, shape=x.shape, key=key),),
    latex=_write_getitem,
    symbol=r"[\,\cdot\,]",
    flops=0,
    backward=Way.PLACED,
    doc="Indexing and slicing as in NumPy; indices are known before anything runs.",
    traits=[Trait.PART],
    rewrites=[_getitem_of_put],
    cases=(
        Case(((3, 4),), {"key": (slice(None), 1)}),
        Case(((5,),), {"key": slice(4, None, -2)}),
        Case(((5,),), {"key": (np.array([0, 2, 2]),)}),
    ),
)


def _infer_put(g: Variable, *, shape: Any, key: Any) -> Type:
    shape = normal_shape(shape)
    place = _infer_getitem(Variable(shape), key=key).shape
    if g.shape != place:
        raise ShapeError("put-shape", selected=place, shape=g.shape)
    return Type(shape, g.kind)


def _put_kernel(operator: Operator) -> Callable[..., Any]:
    shape, key = operator.attributes["shape"], operator.attributes["key"]
    if is_basic(key):

        def assign(g: Any, out: Any) -> None:
            out[...] = 0
            out[key] = g

        return assign
    places = np.arange(size_of(shape)).reshape(shape)[key].reshape(-1)

    def accumulate(g: Any, out: Any) -> None:
        out[...] = 0
        np.add.at(out.reshape(-1), places, g.reshape(-1))

    return accumulate


put: Primitive = primitive(
    "put",
    infer=_infer_put,
    select=_put_kernel,
    flops=lambda g, *, shape, key: 0 if is_basic(key) else g.size,
    linear=True,
    vjp=(lambda h, y, g, *, shape, key: getitem(h, key=key),),
    latex=lambda arguments, operator: tex.Tex(
        rf"\operatorname{{put}}_{{[{index_text(operator.attributes['key'])}]}}\left({arguments[0].text}\right)"
    ),
    backward=Way.TAKEN,
    doc="Zeros of a shape with the input added at an index: the gradient of indexing.",
    cases=(
        Case(((3,),), {"shape": (3, 4), "key": (slice(None), 1)}),
        Case(((3,),), {"shape": (5,), "key": (np.array([0, 2, 2]),)}),
    ),
)
