"""Norms of vectors and matrices, and the standard deviation, which is one; their gradient at zero is zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable, size_of
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.arithmetic import abs, equal, sign, where
from tidegraph.engine.ops.declare import Case, check_numbers, composite, normal_axis, primitive, reduced
from tidegraph.engine.ops.decompositions import svd
from tidegraph.engine.ops.extremes import amax, amin
from tidegraph.engine.ops.reductions import REDUCTIONS, count, mean, spread, sum
from tidegraph.engine.ops.shape import reshape, transpose

INF = math.inf


def _infer_vector_norm(x: Variable, *, ord: float = 2, axis: Any = None, keepdims: bool = False) -> Type:
    check_numbers(ord=ord)
    return Type(reduced(x.shape, axis, keepdims))


def _vector_norm(x: Any, out: Any, *, ord: float, axis: Any, keepdims: bool) -> None:
    size = np.asarray((np.square if ord == 2 else np.absolute)(x, dtype=out.dtype))
    how: dict[str, Any] = {"axis": axis, "out": out, "keepdims": keepdims}
    if ord == INF:
        np.maximum.reduce(size, **how, initial=0)
    elif ord == -INF:
        np.minimum.reduce(size, **how, initial=INF)
    else:
        if ord == 0:
            np.not_equal(size, 0, size)
        elif ord not in (1, 2):
            np.power(size, ord, size)
        np.add.reduce(size, **how)
        if ord == 2:
            np.sqrt(out, out)
        elif ord not in (0, 1):
            np.power(out, 1 / ord, out)


def _vector_norm_back(
    g: Variable, y: Variable, x: Variable, *, ord: float, axis: Any, keepdims: bool
) -> Variable | None:
    def wide(v: Variable) -> Variable:
        return spread(v, x, axis, keepdims)

    if ord == 0:
        return None
    if ord == 1:
        return wide(g) * sign(x)
    if ord in (INF, -INF):
        ties = equal(abs(x), wide(y))
        return wide(g / sum(ties, axis=axis, keepdims=keepdims)) * ties * sign(x)
    none = equal(y, 0)
    if ord == 2:
        return x * wide(where(none, 0.0, g / where(none, 1.0, y)))
    flat = equal(x, 0)
    slope = where(flat, 0.0, sign(x) * where(flat, 1.0, abs(x)) ** (ord - 1))
    return slope * wide(where(none, 0.0, g * where(none, 1.0, y) ** (1 - ord)))


def _write_norm(arguments: Any, operator: Any) -> tex.Tex:
    order = f"{operator.attributes['ord']:g}".replace("inf", r"\infty")
    return tex.Tex(rf"\left\lVert {arguments[0].text} \right\rVert_{{{order}}}", tex.ATOM)


def _vector_norm_flops(x: Variable, *, ord: float, axis: Any, keepdims: bool) -> int:
    """What the sum of powers and its root cost: for the 2-norm a product and a sum an element, and a root of 4."""
    results = size_of(reduced(x.shape, axis, keepdims))
    if ord in (0, 1, INF, -INF):
        return 2 * x.size
    return 2 * x.size + 4 * results if ord == 2 else 12 * x.size + 10 * results


vector_norm = primitive(
    "vector_norm",
    infer=_infer_vector_norm,
    kernel=_vector_norm,
    vjp=(_vector_norm_back,),
    latex=_write_norm,
    symbol=r"\lVert\cdot\rVert",
    backward=Way.DIRECTION,
    doc="Norm of the elements over axes, of any order; 2 by default, inf is the largest.",
    kink="0 at zero; elements that tie for the largest share",
    flops=_vector_norm_flops,
    workspace=lambda width, x, **attributes: width * x.size,
    cases=(
        *REDUCTIONS,
        Case(((3, 4),), {"ord": 1}),
        Case(((3, 4),), {"ord": 3.5, "axis": 0}),
        Case(((5,),), {"ord": INF}),
        Case(((5,),), {"ord": 0}),
    ),
)


@composite(
    symbol=r"\lVert\cdot\rVert",
    latex=r"\left\lVert {0} \right\rVert",
    kink="0 at zero",
    cases=(
        *REDUCTIONS,
        Case(((3, 4),), {"ord": "fro"}),
        Case(((3, 4),), {"ord": 1}),
        Case(((3, 4),), {"ord": -INF}),
        Case(((3, 4),), {"ord": 2}),
        Case(((2, 3, 4),), {"ord": "nuc", "axis": (2, 0), "keepdims": True}),
        Case(((5,),), {"ord": 3}),
    ),
)
def norm(x: Variable, *, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Variable:
    """Norm as in `numpy.linalg.norm`: the root of the sum of squares; of a matrix with an order, a matrix norm."""
    if ord is None or ord == "fro":
        return vector_norm(x, ord=2, axis=axis, keepdims=keepdims)
    pair = axis if isinstance(axis, (tuple, list)) else range(x.ndim) if axis is None else (axis,)
    rows, *columns = (normal_axis(a, x.ndim) for a in pair) if x.ndim else (0,)
    if len(columns) != 1:
        return vector_norm(x, ord=ord, axis=axis, keepdims=keepdims)
    column = columns[0]
    if ord in (1, -1, INF, -INF):
        inner, outer = (rows, column) if ord in (1, -1) else (column, rows)
        largest = amax if ord > 0 else amin
        return largest(sum(abs(x), axis=inner, keepdims=True), axis=(inner, outer), keepdims=keepdims)
    if ord not in (2, -2, "nuc"):
        raise ShapeError("norm-order", order=repr(ord))
    rest = tuple(a for a in range(x.ndim) if a not in (rows, column))
    matrices = x if (*rest, rows, column) == tuple(range(x.ndim)) else transpose(x, axes=(*rest, rows, column))
    values = svd(matrices, compute_uv=False)
    result = sum(values, axis=-1) if ord == "nuc" else amax(values, axis=-1) if ord == 2 else amin(values, axis=-1)
    return reshape(result, shape=reduced(x.shape, (rows, column), True)) if keepdims else result


@composite(
    latex=r"\operatorname{{std}}\left({0}\right)",
    kink="0 where all elements are equal",
    cases=(*REDUCTIONS[:3], Case(((3, 4),), {"axis": 1, "ddof": 1})),
)
def std(x: Variable, *, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Variable:
    """Standard deviation over axes, all by default: the root of var; `ddof` is subtracted from their number."""
    check_numbers(ddof=ddof)
    centred = x - mean(x, axis=axis, keepdims=True)
    freedom = count(x, axis) - ddof
    return vector_norm(centred, axis=axis, keepdims=keepdims) / math.sqrt(freedom if freedom > 0 else 0)
