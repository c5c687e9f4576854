"""Compositions of linear algebra: products with sums, solutions, distances between rows, matrix functions."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable, constant, literal, size_of
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.arithmetic import where
from tidegraph.engine.ops.arrange import concatenate, number_of_parts, room, whole_number, whole_numbers
from tidegraph.engine.ops.declare import (
    Case,
    Primitive,
    Scalar,
    broadcast,
    check_positive,
    composite,
    normal_axis,
    primitive,
)
from tidegraph.engine.ops.decompositions import check_matrices, eigh, inv, pinv, slogdet, solve, svd
from tidegraph.engine.ops.linalg import outer, tril, triu
from tidegraph.engine.ops.norms import norm, vector_norm
from tidegraph.engine.ops.reductions import sum
from tidegraph.engine.ops.shape import broadcast_to, getitem, in_shape, put, reshape, stack, swap_last, transpose


def _scaled(x: Variable, factor: Scalar) -> Variable:
    return x if not isinstance(factor, Variable) and factor == 1 else x * factor


def _plus(bias: Variable, product: Variable, beta: Scalar, alpha: Scalar) -> Variable:
    """beta bias + alpha product, without the bias where beta is 0."""
    if not isinstance(beta, Variable) and beta == 0:
        broadcast(bias.shape, product.shape)
        return _scaled(product, alpha)
    return _scaled(bias, beta) + _scaled(product, alpha)


def _check_axes(name: str, needed: str, axes: int, *operands: Variable) -> None:
    for v in operands:
        if v.ndim != axes:
            raise ShapeError("needs-shape", name=name, needed=needed, shape=v.shape)


@composite(
    latex=r"{0} + {1} {2}",
    cases=(Case(((2,), (3, 4), (4, 2))), Case(((3, 2), (3, 4), (4, 2)), {"beta": 0.5, "alpha": 2.0})),
)
def addmm(x: Variable, a: Variable, b: Variable, *, beta: Scalar = 1.0, alpha: Scalar = 1.0) -> Variable:
    """The matrix product of a and b, times alpha, plus x times beta."""
    _check_axes("addmm", "[m, n]", 2, a, b)
    return _plus(x, a @ b, beta, alpha)


@composite(latex=r"{0} + {1} {2}", cases=(Case(((3,), (3, 4), (4,))),))
def addmv(x: Variable, a: Variable, b: Variable, *, beta: Scalar = 1.0, alpha: Scalar = 1.0) -> Variable:
    """The product of matrix a and vector b, times alpha, plus x times beta."""
    _check_axes("addmv", "[m, n]", 2, a)
    _check_axes("addmv", "[n]", 1, b)
    return _plus(x, a @ b, beta, alpha)


@composite(cases=(Case(((3, 2), (3,), (2,))),))
def addr(x: Variable, a: Variable, b: Variable, *, beta: Scalar = 1.0, alpha: Scalar = 1.0) -> Variable:
    """The outer product of vectors a and b, times alpha, plus x times beta."""
    _check_axes("addr", "[n]", 1, a, b)
    return _plus(x, outer(a, b), beta, alpha)


@composite(latex=r"{0} + {1} {2}", cases=(Case(((2, 3, 2), (2, 3, 4), (2, 4, 2))),))
def baddbmm(x: Variable, a: Variable, b: Variable, *, beta: Scalar = 1.0, alpha: Scalar = 1.0) -> Variable:
    """The matrix product of each pair of a batch, times alpha, plus x times beta."""
    _check_axes("baddbmm", "[batch, m, n]", 3, a, b)
    return _plus(x, a @ b, beta, alpha)


@composite(cases=(Case(((3, 2), (2, 3, 4), (2, 4, 2))),))
def addbmm(x: Variable, a: Variable, b: Variable, *, beta: Scalar = 1.0, alpha: Scalar = 1.0) -> Variable:
    """The sum of a batch's matrix products, times alpha, plus x times beta."""
    _check_axes("addbmm", "[batch, m, n]", 3, a, b)
    return _plus(x, sum(a @ b, axis=0), beta, alpha)


@composite(cases=(Case(((3,), (2, 3), (2, 1))),))
def addcmul(x: Variable, a: Variable, b: Variable, *, value: Scalar = 1.0) -> Variable:
    """Adds value times the product of a and b to x, elementwise."""
    return x + _scaled(a * b, value)


@composite(domain=((-2.0, 2.0), (-2.0, 2.0), (0.5, 2.0)), cases=(Case(((3,), (2, 3), (2, 1))),))
def addcdiv(x: Variable, a: Variable, b: Variable, *, value: Scalar = 1.0) -> Variable:
    """Adds value times the quotient of a and b to x, elementwise."""
    return x + _scaled(a / b, value)


@composite(
    latex=r"\log\det\left({0}\right)",
    symbol=r"\log\det",
    cases=(Case(((3, 3),), near={0: 4 * np.eye(3)}), Case(((2, 2, 2),), near={0: 4 * np.eye(2)})),
)
def logdet(x: Variable) -> Variable:
    """Logarithm of the determinant: minus infinity where it is 0, NaN where it is negative."""
    sign, size = slogdet(x)
    return where(sign < 0, np.nan, size)


@composite(
    latex=r"{0}^{{-1}} {1}",
    cases=(
        Case(((3, 3), (3, 2)), {"upper": False}, near={0: 3 * np.eye(3)}),
        Case(((2, 2, 2), (2, 2, 1)), {"upper": True, "unitriangular": True}),
    ),
)
def solve_triangular(
    a: Variable, b: Variable, *, upper: bool = False, left: bool = True, unitriangular: bool = False
) -> Variable:
    """Solution of a triangular system, of which the other triangle is not read; left=False solves X A = B."""
    _, n, _ = check_matrices("solve_triangular", a)
    if b.ndim < 2:
        raise ShapeError("needs-shape", name="solve_triangular", needed="[..., n, k]", shape=b.shape)
    part = (triu if upper else tril)(a, k=0 if not unitriangular else 1 if upper else -1)
    if unitriangular:
        part = part + constant(np.eye(n))
    if left:
        return solve(part, b)
    return swap_last(solve(swap_last(part), swap_last(b)))


@composite(kink="equal values share the gradient", cases=(Case(((3, 2),)),))
def svdvals(x: Variable) -> Variable:
    """Singular values in descending order."""
    found: Variable = svd(x, compute_uv=False)
    return found


@composite(cases=(Case(((3, 3),), near={0: np.diag([-6.0, 0.0, 6.0])}),))
def eigvalsh(x: Variable) -> Variable:
    """Eigenvalues of the symmetric part, in ascending order."""
    found: Variable = eigh(x)[0]
    return found


@composite(latex=r"{0}^{{+}} {1}", cases=(Case(((4, 2), (4, 3))), Case(((4, 2), (4,)))))
def lstsq(a: Variable, b: Variable) -> Variable:
    """The solution with the least squared error of a system of linear equations, and of these the shortest."""
    check_matrices("lstsq", a, False)
    return pinv(a) @ b


@composite(domain=((-2.0, 2.0), (0.5, 2.0)), cases=(Case(((3, 2), (3, 3)), near={1: 2 * np.eye(3)}),))
def cholesky_solve(b: Variable, a: Variable, *, upper: bool = False) -> Variable:
    """Solution X of A X = b, where A has the Cholesky factor a: it is a a^T, or a^T a if that is the upper one."""
    part = triu(a) if upper else tril(a)
    return solve(swap_last(part) @ part if upper else part @ swap_last(part), b)


@composite(domain=(0.5, 2.0), cases=(Case(((3, 3),), near={0: 2 * np.eye(3)}),))
def cholesky_inverse(a: Variable, *, upper: bool = False) -> Variable:
    """The inverse of the matrix that has the Cholesky factor a."""
    _, n, _ = check_matrices("cholesky_inverse", a)
    return cholesky_solve(broadcast_to(constant(np.eye(n)), shape=a.shape), a, upper=upper)


@composite(cases=(Case(((2, 3), (3, 4), (4, 2))), Case(((3,), (3, 2), (2,)))))
def multi_dot(*arrays: Variable) -> Variable:
    """Product of matrices in the order that costs least; the first and the last may be vectors."""
    if len(arrays) < 2:
        raise ShapeError("below-least", name="len(arrays)", given=len(arrays), least=2)
    for n, v in enumerate(arrays):
        if v.ndim != 2 and (v.ndim != 1 or 0 < n < len(arrays) - 1):
            raise ShapeError("needs-shape", name="multi_dot", needed="[m, n]", shape=v.shape)
    parts = [*arrays]
    if parts[0].ndim == 1:
        parts[0] = reshape(parts[0], shape=(1, parts[0].size))
    if parts[-1].ndim == 1:
        parts[-1] = reshape(parts[-1], shape=(parts[-1].size, 1))
    for a, b in itertools.pairwise(parts):
        if a.shape[1] != b.shape[0]:
            raise ShapeError("do-not-fit", name="multi_dot", left=a.shape, right=b.shape)
    result = _chained(parts)
    shape = (*(result.shape[:1] if arrays[0].ndim == 2 else ()), *(result.shape[1:] if arrays[-1].ndim == 2 else ()))
    return in_shape(result, shape)


def _chained(parts: list[Variable]) -> Variable:
    """The cheapest order of a chain, by dynamic programming (Cormen et al., Introduction to Algorithms, chapter 15)."""
    sizes = [parts[0].shape[0], *(p.shape[1] for p in parts)]
    n = len(parts)
    cost = {(i, i): (0, i) for i in range(n)}
    for span in range(1, n):
        for i in range(n - span):
            j = i + span
            cost[i, j] = min(
                (cost[i, k][0] + cost[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )

    def product(i: int, j: int) -> Variable:
        return parts[i] if i == j else product(i, cost[i, j][1]) @ product(cost[i, j][1] + 1, j)

    return product(0, n - 1)


@composite(latex=r"\left\langle {0}, {1} \right\rangle", cases=(Case(((2, 3), (2, 3))),))
def vecdot(a: Variable, b: Variable, *, axis: int = -1) -> Variable:
    """Sum of products along an axis of both."""
    shape = broadcast(a.shape, b.shape)
    normal_axis(axis, len(shape))
    return sum(a * b, axis=axis)


@composite(latex=r"\left\langle {0}, {1} \right\rangle", cases=(Case(((3,), (3,))),))
def vdot(a: Variable, b: Variable) -> Variable:
    """Sum of products of all elements."""
    if a.size != b.size:
        raise ShapeError("do-not-fit", name="vdot", left=a.shape, right=b.shape)
    return in_shape(a, (a.size,)) @ in_shape(b, (b.size,))


@composite(kink="as for the norm", cases=(Case(((3, 4),)), Case(((2, 3, 3),), {"ord": "nuc"})))
def matrix_norm(x: Variable, *, ord: Any = "fro", axis: Any = (-2, -1), keepdims: bool = False) -> Variable:
    """Norm of matrices: Frobenius, nuclear, 1, -1, 2, -2, inf or -inf."""
    return norm(x, ord=ord, axis=axis, keepdims=keepdims)


@composite(kink="as for the norm", cases=(Case(((3, 3),)), Case(((3, 3),), {"p": "fro"})))
def cond(x: Variable, *, p: Any = None) -> Variable:
    """Condition number: the norm of a matrix times that of its inverse, by default the 2-norm."""
    check_matrices("cond", x, p not in (None, 2, -2))
    if p in (None, 2, -2):
        values = svd(x, compute_uv=False)
        first, last = getitem(values, key=(..., 0)), getitem(values, key=(..., -1))
        return last / first if p == -2 else first / last
    return norm(x, ord=p, axis=(-2, -1)) * norm(inv(x), ord=p, axis=(-2, -1))


@composite(cases=(Case(((2, 3, 6),), {"ind": 2}, near={0: 4 * np.eye(6).reshape(2, 3, 6)}),))
def tensorinv(x: Variable, *, ind: int = 2) -> Variable:
    """Inverse of a tensor as a linear map from its axes after `ind` to those before."""
    rows, columns = x.shape[:ind], x.shape[ind:]
    if not 0 < whole_number("ind", ind, 1) < x.ndim or size_of(rows) != size_of(columns):
        raise ShapeError("do-not-fit", name="tensorinv", left=rows, right=columns)
    return reshape(inv(reshape(x, shape=(size_of(rows), size_of(columns)))), shape=(*columns, *rows))


@composite(cases=(Case(((2, 3, 6), (2, 3)), near={0: 4 * np.eye(6).reshape(2, 3, 6)}),))
def tensorsolve(a: Variable, b: Variable, *, dims: Any = None) -> Variable:
    """Solution X of the tensor equation tensordot(a, X) = b."""
    if dims is not None:
        axes = [normal_axis(n, a.ndim) for n in whole_numbers("dims", dims)]
        a = transpose(a, axes=(*(n for n in range(a.ndim) if n not in axes), *axes))
    rest = a.shape[b.ndim :]
    if a.shape[: b.ndim] != b.shape or size_of(rest) != b.size:
        raise ShapeError("do-not-fit", name="tensorsolve", left=a.shape, right=b.shape)
    return reshape(solve(reshape(a, shape=(b.size, b.size)), reshape(b, shape=(b.size,))), shape=rest)


@composite(cases=(Case(((3,),)), Case(((2, 3),), {"n": 4})))
def vander(x: Variable, *, n: int | None = None) -> Variable:
    """Powers 0, 1, ... of the elements of a vector, a column a power."""
    if not x.ndim:
        raise ShapeError("needs-shape", name="vander", needed="[n]", shape=x.shape)
    count = number_of_parts(x.shape[-1] if n is None else whole_number("n", n, 1))
    powers = [broadcast_to(literal(1.0), shape=x.shape)]
    for _ in range(count - 1):
        powers.append(powers[-1] * x if len(powers) > 1 else x)
    return stack(*powers[:count], axis=-1)


@composite(cases=(Case(((2, 3), (1, 2))), Case(((3,), ()))))
def block_diag(*arrays: Variable) -> Variable:
    """Matrices along the diagonal of a larger one, zeros elsewhere."""
    if any(v.ndim > 2 for v in arrays):
        raise ShapeError(
            "needs-shape", name="block_diag", needed="[m, n]", shape=next(v.shape for v in arrays if v.ndim > 2)
        )
    blocks = [v if v.ndim == 2 else reshape(v, shape=(1, v.size)) for v in arrays]
    rows, columns = (int(np.sum([b.shape[k] for b in blocks])) for k in (0, 1))
    result: Variable | None = None
    top = across = 0
    for b in blocks:
        key = (slice(top, top + b.shape[0]), slice(across, across + b.shape[1]))
        part = put(b, shape=(rows, columns), key=key)
        result = part if result is None else result + part
        top, across = top + b.shape[0], across + b.shape[1]
    assert result is not None
    return result


@composite(
    cases=(Case(((2, 3),)), Case(((3,),), {"offset": 1}), Case(((2, 3),), {"offset": -1, "axis1": 0, "axis2": 2}))
)
def diag_embed(x: Variable, *, offset: int = 0, axis1: int = -2, axis2: int = -1) -> Variable:
    """Matrices with the last axis on their diagonal, zeros elsewhere."""
    if not x.ndim:
        raise ShapeError("needs-shape", name="diag_embed", needed="[n]", shape=x.shape)
    offset = whole_number("offset", offset)
    n = x.shape[-1] + (offset if offset > 0 else -offset)
    a, b = normal_axis(axis1, x.ndim + 1), normal_axis(axis2, x.ndim + 1)
    if a == b:
        raise ShapeError("diagonal-axes")
    if a > b:
        a, b, offset = b, a, -offset
    rows = np.arange(x.shape[-1]) + (-offset if offset < 0 else 0)
    made = put(x, shape=(*x.shape[:-1], n, n), key=(..., rows, rows + offset))
    order = list(range(x.ndim - 1))
    order.insert(a, x.ndim - 1)
    order.insert(b, x.ndim)
    return made if order == sorted(order) else transpose(made, axes=tuple(order))


@composite(cases=(Case(((2, 2),), {"offset": 1}),))
def diagflat(x: Variable, *, offset: int = 0) -> Variable:
    """The matrix with all elements of an array on its diagonal."""
    return diag_embed(reshape(x, shape=(x.size,)), offset=offset)


def _rows_apart(name: str, x1: Variable, x2: Variable) -> Variable:
    """The difference of every row of the first and every row of the second."""
    if x1.ndim < 2 or x2.ndim < 2 or x1.shape[-1] != x2.shape[-1]:
        raise ShapeError("do-not-fit", name=name, left=x1.shape, right=x2.shape)
    first = reshape(x1, shape=(*x1.shape[:-1], 1, x1.shape[-1]))
    second = reshape(x2, shape=(*x2.shape[:-2], 1, *x2.shape[-2:]))
    return first - second


@composite(kink="0 where both rows are equal", cases=(Case(((3, 2), (4, 2))), Case(((2, 3, 2), (2, 2, 2)), {"p": 1.0})))
def cdist(x1: Variable, x2: Variable, *, p: float = 2.0, compute_mode: str | None = None) -> Variable:
    """The p-norm of the difference between every row of the first and every row of the second."""
    return vector_norm(_rows_apart("cdist", x1, x2), ord=p, axis=-1)


@composite(kink="0 where both rows are equal", cases=(Case(((3, 2),)),))
def pdist(x: Variable, *, p: float = 2.0) -> Variable:
    """The p-norm of the difference between every two rows of a matrix."""
    _check_axes("pdist", "[n, m]", 2, x)
    room(x.shape[0] * (x.shape[0] - 1) // 2)
    i, j = np.triu_indices(x.shape[0], 1)
    return vector_norm(getitem(x, key=(i,)) - getitem(x, key=(j,)), ord=p, axis=-1)


@composite(kink="0 at zero", cases=(Case(((3,), (2, 3))),))
def dist(a: Variable, b: Variable, *, p: float = 2.0) -> Variable:
    """The p-norm of the difference of two arrays."""
    return vector_norm(a - b, ord=p)


@composite(kink="0 at zero", cases=(Case(((3, 2), (3, 2))), Case(((3, 2), (2,)), {"p": 1.0, "keepdims": True})))
def pairwise_distance(
    x1: Variable, x2: Variable, *, p: float = 2.0, eps: Scalar = 1e-6, keepdims: bool = False
) -> Variable:
    """The p-norm of the differences along the last axis; `eps` keeps it away from its kink."""
    return vector_norm(x1 - x2 + eps, ord=p, axis=-1, keepdims=keepdims)


@composite(
    kink="the gradient passes where the norm is just the limit",
    cases=(Case(((3, 2),), {"p": 2.0, "axis": 0, "maxnorm": 1.0}),),
)
def renorm(x: Variable, *, p: float, axis: int, maxnorm: Scalar) -> Variable:
    """Slices along an axis scaled down to a p-norm of at most `maxnorm`."""
    axis = normal_axis(axis, x.ndim)
    check_positive("p", p)
    size = vector_norm(x, ord=p, axis=tuple(a for a in range(x.ndim) if a != axis), keepdims=True)
    return x * where(size > maxnorm, maxnorm / (size + 1e-7), 1.0)


PADE = (
    64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0,
    10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0,
)  # fmt: skip
"""Coefficients of the [13/13] Pade approximant of the exponential."""


def _expm(x: Any, out: Any) -> None:
    """Scaling and squaring (Higham, SIAM Journal on Matrix Analysis 26, 2005)."""
    n = x.shape[-1]
    if not x.size:
        return
    for index in np.ndindex(*x.shape[:-2]):
        a = x[index].astype(np.float64)
        size = np.abs(a).sum(0).max(initial=0.0)
        if not np.isfinite(size):
            out[index] = np.nan
            continue
        squarings = max(0, math.ceil(math.log2(size / 5.371920351148152))) if size else 0
        a = a / 2.0**squarings
        eye = np.eye(n)
        a2 = a @ a
        a4 = a2 @ a2
        a6 = a4 @ a2
        b = PADE
        u = a @ (a6 @ (b[13] * a6 + b[11] * a4 + b[9] * a2) + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * eye)
        v = a6 @ (b[12] * a6 + b[10] * a4 + b[8] * a2) + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * eye
        result = np.linalg.solve(v - u, v + u)
        for _ in range(squarings):
            result = result @ result
        out[index] = result


def _expm_back(g: Variable, y: Variable, x: Variable) -> Variable:
    """The derivative along g, from the exponential of [[x^T, g], [0, x^T]] (Al-Mohy and Higham 2009)."""
    n = x.shape[-1]
    xt = swap_last(x)
    zero = xt * 0.0
    whole = concatenate(concatenate(xt, g, axis=-1), concatenate(zero, xt, axis=-1), axis=-2)
    return getitem(matrix_exp(whole), key=(..., slice(0, n), slice(n, 2 * n)))


matrix_exp: Primitive = primitive(
    "matrix_exp",
    infer=lambda x: Type((*check_matrices("matrix_exp", x)[0], *x.shape[-2:])),
    kernel=_expm,
    vjp=(_expm_back,),
    latex=lambda arguments, operator: tex.Tex(rf"e^{{{arguments[0].text}}}", tex.POWER),
    symbol=r"e^{\cdot}",
    flops=lambda x: 16 * x.size * x.shape[-1],
    workspace=lambda width, x: 0 if not x.size else 8 * 9 * x.shape[-1] ** 2,
    portable=False,
    backward=Way.DERIVATIVE,
    doc="Exponential of square matrices, the sum of x^k / k!.",
    cases=(Case(((3, 3),)), Case(((2, 2, 2),))),
)
