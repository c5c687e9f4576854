"""Products of vectors, matrices and tensors, and the parts of a matrix."""

from __future__ import annotations

from builtins import sum as sum_of
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from tidegraph.engine.graph import Operator, ShapeError, Type, Variable, size_of
from tidegraph.engine.graph.kinds import Condition, Line, Trait, Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.arrange import moveaxis, whole_number, whole_numbers
from tidegraph.engine.ops.declare import (
    Case,
    Primitive,
    broadcast,
    composite,
    normal_axis,
    primitive,
    produced_by,
    promote,
    scattered,
)
from tidegraph.engine.ops.reductions import sum
from tidegraph.engine.ops.shape import broadcast_to, getitem, put, reshape, shaped, swap_last, transpose


def _infer_matmul(a: Variable, b: Variable) -> Type:
    if not a.ndim or not b.ndim:
        raise ShapeError("matmul-scalar")
    inner = b.shape[0] if b.ndim == 1 else b.shape[-2]
    if a.shape[-1] != inner:
        raise ShapeError("inner-sizes", left=a.shape[-1], right=inner)
    rows = a.shape[-2:-1]
    columns = b.shape[-1:] if b.ndim > 1 else ()
    return Type(broadcast(a.shape[:-2], b.shape[:-2]) + rows + columns, promote(a, b))


def _matmul_left(g: Variable, y: Variable, a: Variable, b: Variable) -> Variable:
    if b.ndim == 1:
        return g * b if a.ndim == 1 else outer(g, b) if a.ndim == 2 else reshape(g, shape=(*g.shape, 1)) * b
    if a.ndim == 1 and b.ndim == 2:
        return b @ g
    if a.ndim == 1:
        return reshape(reshape(g, shape=(*g.shape[:-1], 1, g.shape[-1])) @ swap_last(b), shape=(*g.shape[:-1], a.size))
    return g @ swap_last(b)


def _matmul_right(g: Variable, y: Variable, a: Variable, b: Variable) -> Variable:
    if a.ndim == 1:
        if b.ndim <= 2:
            return g * a if b.ndim == 1 else outer(a, g)
        return reshape(a, shape=(a.size, 1)) * reshape(g, shape=(*g.shape[:-1], 1, g.shape[-1]))
    if b.ndim == 1:
        column = swap_last(a) @ reshape(g, shape=(*g.shape, 1)) if a.ndim > 2 else swap_last(a) @ g
        return reshape(column, shape=column.shape[:-1]) if a.ndim > 2 else column
    if b.ndim == 2 and a.ndim > 2:
        return transpose(_rows(a)) @ _rows(g)
    return swap_last(a) @ g


def _rows(x: Variable) -> Variable:
    """A batch of matrices as one, so that the product sums over the batch by itself."""
    return reshape(x, shape=(size_of(x.shape[:-1]), x.shape[-1]))


def _matmul_kernel(operator: Operator) -> Callable[..., Any]:
    a, b = operator.inputs
    if a.kind != "float" or b.kind != "float" or b.ndim > 2:
        return np.matmul
    return np.dot if a.ndim <= 2 else _batch_by_matrix if b.ndim == 2 else np.matmul


def _batch_by_matrix(a: Any, b: Any, out: Any) -> None:
    """A batch times one matrix is one product of all rows, where they lie in order."""
    if a.flags.c_contiguous and a.size and out.size:
        np.dot(a.reshape(-1, a.shape[-1]), b, out.reshape(-1, out.shape[-1]))
    else:
        np.matmul(a, b, out)


def _in_memory(x: Variable) -> Any:
    """How an array lies in memory: its shape and strides, without its elements, of which none may be read."""
    operator = x.operator
    view = operator is not None and operator.op.view
    if x.shape and operator is not None and (view is True or (callable(view) and view(operator))):
        return operator.op.kernel(_in_memory(operator.inputs[0]), *operator.inputs[1:], **operator.attributes)
    strides = [8 * size_of(x.shape[n + 1 :]) for n in range(x.ndim)]
    return as_strided(np.empty(1), x.shape, strides)


def _copied(x: Variable) -> bool:
    """Whether a product of matrices copies an operand: BLAS wants it without gaps, by rows or by columns."""
    if not scattered(x):
        return False
    lies = _in_memory(x)
    if x.ndim > 1:
        return not (lies.flags.c_contiguous or lies.flags.f_contiguous)
    return x.size > 1 and lies.strides[0] <= 0


def _matmul_workspace(width: int, a: Variable, b: Variable) -> int:
    """The operands that are copied: to another type, or because of how they lie in memory."""
    kind = promote(a, b)
    if kind == a.kind == b.kind == "float" and b.ndim <= 2 and (a.ndim <= 2 or not scattered(a)):
        return sum_of(width * v.size for v in (a, b) if _copied(v))
    return sum_of((width if kind == "float" else 8) * v.size for v in (a, b) if v.kind != kind)


def matmul_flops(a: Variable, b: Variable) -> int:
    """Two a multiplication and an addition: 2 m k n."""
    return 2 * _infer_size(a, b) * a.shape[-1]


def _infer_size(a: Variable, b: Variable) -> int:
    return Variable(_infer_matmul(a, b).shape).size


def _product_of_repeated(a: Variable, b: Variable) -> Variable | None:
    """A broadcast operand is multiplied once; where it repeats along the summed axis, the other operand is summed."""
    if a.ndim != 2 or b.ndim != 2 or {a.kind, b.kind} != {"float"}:
        return None
    shape = (a.shape[0], b.shape[1])
    for port, repeated in enumerate((produced_by(a, broadcast_to), produced_by(b, broadcast_to))):
        if repeated is None:
            continue
        small = repeated.inputs[0]
        rows, columns = (1, 1, *small.shape)[-2:]
        summed, free = (columns, rows) if port == 0 else (rows, columns)
        if summed == 1:
            rest = sum((b, a)[port], axis=port, keepdims=True) if a.shape[1] != 1 else (b, a)[port]
            return shaped(small * rest, shape)
        if free == 1:
            line = reshape(small, shape=(rows, columns))
            return shaped(matmul(*((line, b) if port == 0 else (a, line))), shape)
    return None


def _matmul_back(operator: Operator, port: int) -> Way:
    a, b = operator.inputs
    if a.ndim == 1 and b.ndim == 2 and port == 1:
        return Way.OUTER
    return Way.TIMES_OTHER if a.ndim == 1 else Way.TRANSPOSED


matmul: Primitive = primitive(
    "matmul",
    infer=_infer_matmul,
    kernel=np.matmul,
    select=_matmul_kernel,
    vjp=(_matmul_left, _matmul_right),
    jvp=lambda t, y, a, b: [t[0] and t[0] @ b, t[1] and a @ t[1]],
    latex=tex.matrix_product,
    symbol=r"\times",
    flops=matmul_flops,
    workspace=_matmul_workspace,
    backward=_matmul_back,
    phrase=lambda operands: "matmul-vectors" if all(v is not None and v.ndim == 1 for v in operands) else "matmul",
    doc="Matrix product, of vectors, matrices and batches that broadcast.",
    traits=[Trait.MATRIX_PRODUCT],
    lowering=[
        Line("float({0}.dot({1}))", (Condition.BLAS, Condition.SCALAR_OUTPUT), number=True),
        Line("{1}.T.dot({0}.T, {out}.T)", (Condition.COLUMN_MAJOR,)),
        Line("{0}.dot({1}, {out})", (Condition.BLAS,)),
    ],
    rewrites=[_product_of_repeated],
    cases=(
        Case(((3, 4), (4, 2))),
        Case(((3, 4), (4,))),
        Case(((4,), (4, 2))),
        Case(((4,), (4,))),
        Case(((2, 3, 4), (4, 2))),
        Case(((2, 1, 3, 4), (5, 4, 2))),
        Case(((2, 3, 4), (4,))),
        Case(((4,), (2, 4, 3))),
    ),
)


def _outer(a: Any, b: Any, out: Any) -> None:
    np.multiply(a.reshape(-1, 1), b.reshape(-1), out)


outer: Primitive = primitive(
    "outer",
    infer=lambda a, b: Type((a.size, b.size), promote(a, b)),
    kernel=_outer,
    vjp=(
        lambda g, y, a, b: reshape(g @ reshape(b, shape=(b.size,)), shape=a.shape),
        lambda g, y, a, b: reshape(reshape(a, shape=(a.size,)) @ g, shape=b.shape),
    ),
    latex=lambda arguments, operator: tex.Tex(
        rf"{arguments[0].at(tex.PRODUCT)} {arguments[1].transposed().text}", tex.PRODUCT
    ),
    symbol=r"\otimes",
    flops=lambda a, b: a.size * b.size,
    analytic=True,
    lowering=[Line("multiply({0}.reshape(-1, 1), {1}.reshape(-1), {out})", (Condition.BLAS,))],
    backward=Way.TRANSPOSED,
    doc="Every product of an element of the first with one of the second.",
    cases=(Case(((3,), (4,))), Case(((2, 2), (3,)))),
)


@composite(cases=(Case(((3,), (3,))), Case(((2, 3), (3, 4))), Case(((2, 3), (5, 3, 4))), Case(((), (3,)))))
def dot(a: Variable, b: Variable) -> Variable:
    """Sum of products over the last axis of the first and the last but one of the second."""
    if not a.ndim or not b.ndim:
        return a * b
    return a @ b if b.ndim <= 2 else tensordot(a, b, axes=(-1, -2))


@composite(
    latex=r"\left\langle {0}, {1} \right\rangle",
    cases=(Case(((3,), (3,))), Case(((2, 3), (4, 3))), Case(((), (3,)))),
)
def inner(a: Variable, b: Variable) -> Variable:
    """Sum of products over the last axis of both."""
    if not a.ndim or not b.ndim:
        return a * b
    return a @ b if a.ndim == b.ndim == 1 else tensordot(a, b, axes=(-1, -1))


@composite(
    cases=(
        Case(((2, 3, 4), (3, 4, 5))),
        Case(((2, 3, 4), (4, 3)), {"axes": ((1, 2), (1, 0))}),
        Case(((2, 3), (4,)), {"axes": 0}),
        Case(((2, 3), (2, 3))),
    )
)
def tensordot(a: Variable, b: Variable, *, axes: Any = 2) -> Variable:
    """Sum of products over pairs of axes: a number of last and first ones, or those named for each."""
    if isinstance(axes, (tuple, list)):
        if len(axes) != 2:
            raise ShapeError("tensordot-axes-form")
        first = [normal_axis(i, a.ndim) for i in whole_numbers("axes", axes[0])]
        second = [normal_axis(i, b.ndim) for i in whole_numbers("axes", axes[1])]
    else:
        count = whole_number("axes", axes, 0)
        if count > min(a.ndim, b.ndim):
            raise ShapeError("tensordot-too-few-axes", a=a.shape, b=b.shape, count=count)
        first, second = list(range(a.ndim - count, a.ndim)), list(range(count))
    distinct = len(set(first)) == len(first) and len(set(second)) == len(second)
    if not distinct or [a.shape[i] for i in first] != [b.shape[i] for i in second]:
        raise ShapeError("tensordot-axes", first=first, a=a.shape, second=second, b=b.shape)
    rows = [i for i in range(a.ndim) if i not in first]
    columns = [i for i in range(b.ndim) if i not in second]
    shared = size_of(a.shape[i] for i in first)
    above, beside = tuple(a.shape[i] for i in rows), tuple(b.shape[i] for i in columns)
    left = reshape(transpose(a, axes=(*rows, *first)), shape=(size_of(above), shared))
    right = reshape(transpose(b, axes=(*second, *columns)), shape=(shared, size_of(beside)))
    return reshape(left @ right, shape=above + beside)


@composite(
    latex=r"{0} \otimes {1}",
    symbol=r"\otimes",
    cases=(Case(((2, 3), (3, 2))), Case(((2,), (3, 2))), Case(((), (3,)))),
)
def kron(a: Variable, b: Variable) -> Variable:
    """Kronecker product: each element of the first times all of the second."""
    ndim = max(a.ndim, b.ndim)
    outside, inside = (1,) * (ndim - a.ndim) + a.shape, (1,) * (ndim - b.ndim) + b.shape
    left = reshape(a, shape=tuple(n for m in outside for n in (m, 1)))
    right = reshape(b, shape=tuple(n for m in inside for n in (1, m)))
    return reshape(left * right, shape=tuple(m * n for m, n in zip(outside, inside, strict=True)))


@composite(
    latex=r"{0} \times {1}",
    symbol=r"\times",
    cases=(Case(((3,), (3,))), Case(((2, 3), (3,))), Case(((3, 2), (3, 2)), {"axis": 0})),
)
def cross(a: Variable, b: Variable, *, axis: int = -1) -> Variable:
    """Vector product of vectors of three elements along an axis."""
    for v in (a, b):
        if v.shape[normal_axis(axis, v.ndim)] != 3:
            raise ShapeError("cross-axis", axis=axis, size=v.shape[axis])
    a, b = (v if axis in (-1, v.ndim - 1) else moveaxis(v, source=axis, destination=-1) for v in (a, b))
    (a1, a2), (b1, b2) = ([getitem(v, key=(..., np.roll(range(3), -k))) for k in (1, 2)] for v in (a, b))
    y = a1 * b2 - a2 * b1
    return y if axis in (-1, y.ndim - 1) else moveaxis(y, source=-1, destination=axis)


def _diagonal_index(rows: int, columns: int, offset: int) -> tuple[Any, Any]:
    start = max(-offset, 0)
    i = np.arange(start, max(min(rows, columns - offset), start))
    return i, i + offset


@composite(
    cases=(Case(((3, 4),)), Case(((3, 4),), {"offset": -1}), Case(((2, 3, 4),), {"offset": 1, "axis1": 2, "axis2": 0}))
)
def diagonal(x: Variable, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
    """Elements where two axes have the same index, as the last axis; `offset` counts to the right."""
    a, b = normal_axis(axis1, x.ndim), normal_axis(axis2, x.ndim)
    if a == b:
        raise ShapeError("diagonal-axes")
    if (a, b) != (x.ndim - 2, x.ndim - 1):
        x = moveaxis(x, source=(a, b), destination=(-2, -1))
    return getitem(x, key=(..., *_diagonal_index(x.shape[-2], x.shape[-1], whole_number("offset", offset))))


@composite(cases=(Case(((3,),)), Case(((3,),), {"k": -1}), Case(((3, 4),), {"k": 1})))
def diag(x: Variable, *, k: int = 0) -> Variable:
    """The matrix with a vector on its diagonal, or the diagonal of a matrix."""
    k = whole_number("k", k)
    if x.ndim == 2:
        return diagonal(x, offset=k)
    if x.ndim != 1:
        raise ShapeError("diag-shape", shape=x.shape)
    size = x.size + abs(k)
    return put(x, shape=(size, size), key=_diagonal_index(size, size, k))


@composite(
    latex=r"\operatorname{{tr}}\left({0}\right)",
    symbol=r"\operatorname{tr}",
    cases=(Case(((3, 3),)), Case(((3, 4),), {"offset": 1}), Case(((2, 3, 4),), {"axis1": 1, "axis2": 2})),
)
def trace(x: Variable, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
    """Sum of a diagonal."""
    return sum(diagonal(x, offset=offset, axis1=axis1, axis2=axis2), axis=-1)


def _infer_triangle(x: Variable, *, k: int = 0) -> Type:
    whole_number("k", k)
    if x.ndim < 2:
        raise ShapeError("triangle-shape", shape=x.shape)
    return Type(x.shape, x.kind)


def _lower(x: Any, out: Any, *, k: int) -> None:
    rows, columns = x.shape[-2:]
    out[...] = 0
    np.copyto(out, x, where=np.tri(rows, columns, k, dtype=bool))


def _upper(x: Any, out: Any, *, k: int) -> None:
    rows, columns = x.shape[-2:]
    np.copyto(out, x)
    np.copyto(out, False, where=np.tri(rows, columns, k - 1, dtype=bool))


def mask_bytes(rows: int, columns: int) -> int:
    """A truth value for each element, and the two ranges that NumPy compares to make them."""
    return rows * columns + 2 * (rows + columns)


TRIANGLES = (Case(((3, 4),)), Case(((2, 3, 3),), {"k": -1}), Case(((4, 3),), {"k": 1}))

tril: Primitive = primitive(
    "tril",
    infer=_infer_triangle,
    kernel=_lower,
    linear=True,
    vjp=(lambda g, y, x, *, k: tril(g, k=k),),
    flops=0,
    workspace=lambda width, x, *, k: mask_bytes(*x.shape[-2:]),
    backward=Way.TRIANGLE,
    doc="Lower triangle of a matrix, zeros above its k-th diagonal.",
    cases=TRIANGLES,
)

triu: Primitive = primitive(
    "triu",
    infer=_infer_triangle,
    kernel=_upper,
    linear=True,
    vjp=(lambda g, y, x, *, k: triu(g, k=k),),
    flops=0,
    workspace=lambda width, x, *, k: mask_bytes(*x.shape[-2:]),
    backward=Way.TRIANGLE,
    doc="Upper triangle of a matrix, zeros below its k-th diagonal.",
    cases=TRIANGLES,
)
