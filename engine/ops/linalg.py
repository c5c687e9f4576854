"""Linear algebra."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.errors import ShapeError
from engine.graph import Operator, Type, Variable
from engine.ops import latex as tex
from engine.ops.declare import Case, broadcast, primitive, promote
from engine.ops.shape import reshape, swap_last


def _infer_matmul(a: Variable, b: Variable) -> Type:
    if not a.ndim or not b.ndim:
        raise ShapeError("matmul needs vectors or matrices, and one operand is a scalar", "use * to scale")
    inner = b.shape[0] if b.ndim == 1 else b.shape[-2]
    if a.shape[-1] != inner:
        raise ShapeError(f"inner sizes {a.shape[-1]} and {inner} differ")
    rows = a.shape[-2:-1]
    columns = b.shape[-1:] if b.ndim > 1 else ()
    return Type(broadcast(a.shape[:-2], b.shape[:-2]) + rows + columns, promote(a, b))


def _matmul_left(g: Variable, y: Variable, a: Variable, b: Variable) -> Variable:
    if b.ndim == 1:
        return g * b if a.ndim == 1 else outer(g, b) if a.ndim == 2 else reshape(g, shape=(*g.shape, 1)) * b
    if a.ndim == 1:
        return reshape(reshape(g, shape=(*g.shape[:-1], 1, g.shape[-1])) @ swap_last(b), shape=(*g.shape[:-1], a.size))
    return g @ swap_last(b)


def _matmul_right(g: Variable, y: Variable, a: Variable, b: Variable) -> Variable:
    if a.ndim == 1:
        return g * a if b.ndim == 1 else outer(a, g) if b.ndim == 2 else reshape(a, shape=(a.size, 1)) * reshape(g, shape=(*g.shape[:-1], 1, g.shape[-1]))
    if b.ndim == 1:
        column = swap_last(a) @ reshape(g, shape=(*g.shape, 1)) if a.ndim > 2 else swap_last(a) @ g
        return reshape(column, shape=column.shape[:-1]) if a.ndim > 2 else column
    return swap_last(a) @ g


def _matmul_kernel(operator: Operator) -> Callable[..., Any]:
    plain = all(v.ndim <= 2 and v.kind == "float" for v in operator.inputs)
    return np.dot if plain else np.matmul


def matmul_flops(a: Variable, b: Variable) -> int:
    """Two a multiplication and an addition: 2 m k n."""
    return 2 * _infer_size(a, b) * a.shape[-1]


def _infer_size(a: Variable, b: Variable) -> int:
    return Variable(_infer_matmul(a, b).shape).size


matmul = primitive(
    "matmul",
    infer=_infer_matmul,
    kernel=np.matmul,
    select=_matmul_kernel,
    vjp=(_matmul_left, _matmul_right),
    jvp=lambda t, y, a, b: [p for p in (t[0] and t[0] @ b, t[1] and a @ t[1])],
    latex=tex.matrix_product,
    symbol=r"\times",
    flops=matmul_flops,
    doc="Matrix product, of vectors, matrices and batches that broadcast.",
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


outer = primitive(
    "outer",
    infer=lambda a, b: Type((a.size, b.size), promote(a, b)),
    kernel=_outer,
    vjp=(
        lambda g, y, a, b: reshape(g @ reshape(b, shape=(b.size,)), shape=a.shape),
        lambda g, y, a, b: reshape(reshape(a, shape=(a.size,)) @ g, shape=b.shape),
    ),
    latex=lambda arguments, operator: tex.Tex(
        rf"{arguments[0].at(tex.PRODUCT)} {tex.braced(arguments[1].at(tex.ATOM))}^\top", tex.PRODUCT
    ),
    symbol=r"\otimes",
    flops=lambda a, b: a.size * b.size,
    doc="Every product of an element of the first with one of the second.",
    cases=(Case(((3,), (4,))), Case(((2, 2), (3,)))),
)
