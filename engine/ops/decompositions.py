"""Determinants, inverses, systems and decompositions of matrices and of stacks of them, by LAPACK through NumPy.

What NumPy refuses, such as the inverse of a singular matrix, is NaN for that matrix: a value, which the trace can
point at. The derivatives of a determinant need no inverse: they are minors, which a singular matrix has too.
Reverse-mode rules after Giles, Collected matrix derivative results (2008), Murray, Differentiation of the Cholesky
decomposition (2016), Townsend, Differentiating the singular value decomposition (2016), and Roberts and
Roberts, QR and LQ decomposition matrix backpropagation (2020).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidegraph.engine.graph import Shape, ShapeError, Type, Variable, literal, size_of
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.arrange import concatenate, whole_number
from tidegraph.engine.ops.declare import Case, Primitive, broadcast, check_numbers, composite, primitive
from tidegraph.engine.ops.linalg import diag, diagonal, tril
from tidegraph.engine.ops.reductions import sum
from tidegraph.engine.ops.shape import broadcast_to, getitem, reshape, swap_last

STACKS = (Case(((3, 3),)), Case(((2, 3, 3),)), Case(((1, 1),)))
SIZES = (*STACKS, Case(((2, 2),)), Case(((2, 4, 4),)))
POSITIVE = (Case(((3, 3),), near={0: 4 * np.eye(3)}), Case(((2, 2, 2),), near={0: 4 * np.eye(2)}))
SYMMETRIC = (Case(((3, 3),), near={0: np.diag([-6.0, 0.0, 6.0])}), Case(((2, 2, 2),), near={0: np.diag([-4.0, 4.0])}))
TALL_AND_WIDE = (Case(((4, 2),)), Case(((2, 4),)), Case(((2, 3, 3),)))


def check_matrices(name: str, x: Variable, square: bool = True) -> tuple[Shape, int, int]:
    """The shape of the stack, rows and columns, or a ShapeError."""
    if x.ndim < 2 or (square and x.shape[-1] != x.shape[-2]):
        code = "square-matrix-needed" if square else "matrix-needed"
        raise ShapeError(code, name=name, shape=x.shape)
    return x.shape[:-2], x.shape[-2], x.shape[-1]


def _cubic(factor: float) -> Callable[..., int]:
    """FLOPs of a decomposition: a multiple of rows x columns x the smaller of the two, a matrix."""
    return lambda x, *_, **attributes: int(factor * x.size * min(x.shape[-2:]))


def _lapack(function: Callable[..., Any], symmetric: bool = False) -> Callable[..., None]:
    """A kernel of a NumPy function on stacks of matrices; NaN for the matrices that NumPy refuses."""

    def kernel(x: Any, *outs: Any, **attributes: Any) -> None:
        x = x.astype(outs[-1].dtype, copy=False)
        if symmetric:
            x = x + np.swapaxes(x, -1, -2)
            x *= 0.5
        _each(lambda a: function(a, **attributes), x.shape[:-2], (x,), outs)

    return kernel


def _each(function: Callable[..., Any], stack: Shape, inputs: Sequence[Any], outs: Sequence[Any]) -> None:
    """Apply a function to a stack, or matrix by matrix where one of them makes NumPy refuse the stack."""
    try:
        found = function(*inputs)
    except np.linalg.LinAlgError:
        if stack:
            for index in np.ndindex(*stack):
                parts = [np.broadcast_to(x, (*stack, *x.shape[-2:]))[index] for x in inputs]
                _each(function, (), parts, [out[(*index, ...)] for out in outs])
            return
        found = (np.nan,) * len(outs)
    for out, value in zip(outs, found if isinstance(found, tuple) else (found,), strict=True):
        np.copyto(out, value)


def _doubles(elements: Callable[..., int]) -> Callable[..., int]:
    """Bytes of a NumPy function that works in double precision: its results, and its input where that is narrower."""
    return lambda width, x, **how: 8 * (elements(*_sizes(x)) + (width < 8) * x.size)


def _sizes(x: Variable) -> tuple[int, int, int, int]:
    """How many matrices, rows and columns of each, and the smaller of the two."""
    stack, m, n = size_of(x.shape[:-2]), *x.shape[-2:]
    return stack, m, n, min(m, n)


def _with_symmetric(elements: Callable[..., int]) -> Callable[..., int]:
    """The same, of the symmetric part, which is made first."""
    return lambda width, x, **how: width * x.size + _doubles(elements)(width, x)


def _svd_workspace(width: int, x: Variable, *, compute_uv: bool) -> int:
    return _doubles(lambda s, m, n, k: s * k * (1 + (m + n) * compute_uv))(width, x)


def _pinv_workspace(width: int, x: Variable, **how: Any) -> int:
    """The decomposition, then the two products that the inverse is made of."""
    stack, m, n, k = _sizes(x)
    found = stack * k * (1 + m + n)
    products = width * (found + stack * (m * k + m * n)) + stack * (k + width)
    return max(_svd_workspace(width, x, compute_uv=True), products)


def _qr_workspace(width: int, x: Variable) -> int:
    """A copy, the reflections, both results in double precision, and what the triangle or a narrower type asks."""
    stack, m, n, k = _sizes(x)
    narrow = 4 * stack * max(m * k, k * n - m * k) if width < 8 else 0
    return 8 * stack * (m * n + k + m * k + k * n) + max(k * n, narrow)


def _solve_workspace(width: int, a: Variable, b: Variable) -> int:
    return 8 * (size_of(_infer_solve(a, b).shape) + (width < 8) * (a.size + b.size))


def _column(g: Variable) -> Variable:
    return reshape(g, shape=(*g.shape, 1))


def _row(g: Variable) -> Variable:
    return reshape(g, shape=(*g.shape[:-1], 1, *g.shape[-1:]))


def _each_matrix(g: Variable) -> Variable:
    """A number for each matrix of a stack, to multiply the matrix by."""
    return reshape(g, shape=(*g.shape, 1, 1))


def _symmetric(x: Variable) -> Variable:
    return (x + swap_last(x)) / 2


def _absent(g: Variable) -> bool:
    """Whether no gradient flows to one of several results."""
    source = g.operator.inputs[0] if g.operator is not None and g.operator.op is broadcast_to else g
    return source.literal == 0


def _others(s: Any) -> Any:
    """For every singular value, the product of the others, without a division."""
    left, right = np.ones_like(s), np.ones_like(s)
    np.cumprod(s[..., :-1], -1, out=left[..., 1:])
    np.cumprod(s[..., :0:-1], -1, out=right[..., 1:])
    left *= right[..., ::-1]
    return left


def _minors(x: Any, v: Any) -> Any:
    """For matrices of up to three rows, the derivative of the cofactors of x along v; for v = x, once or twice them."""
    size = x.shape[-1]
    if size == 3:
        (a, b, c), (p, q, r) = ([m[..., i, :] for i in range(3)] for m in (x, v))
        rows = [np.cross(b, r) + np.cross(q, c), np.cross(c, p) + np.cross(r, a), np.cross(a, q) + np.cross(p, b)]
        return np.stack(rows, -2)
    if size == 2:
        return v[..., ::-1, ::-1] * np.array([[1, -1], [-1, 1]], v.dtype)
    return np.ones_like(v) if v is x else np.zeros_like(v)


def _rotated(x: Any) -> tuple[Any, Any, Any]:
    """The singular value decomposition with factors of equal determinants: the last value takes the sign."""
    u, s, vh = np.linalg.svd(x)
    flip = np.linalg.det(u) * np.linalg.det(vh)
    u[..., :, -1:] *= flip[..., None, None]
    s[..., -1:] *= flip[..., None]
    return u, s, vh


def _cofactors(x: Any) -> Any:
    """det(x) inv(x)^T: by hand up to 3 x 3, beyond U adj(S)^T V^T where x = U S V^T, made of products of values."""
    if x.shape[-1] <= 3:
        return _minors(x, x) / 2 if x.shape[-1] == 3 else _minors(x, x)
    u, s, vh = _rotated(x)
    return (u * _others(s)[..., None, :]) @ vh


def _cofactor_slopes(x: Any, v: Any) -> Any:
    """The derivative of the cofactors along v, made of minors of two rows and columns less.

    In the basis of the singular vectors, with P_ij the product of the values but the i-th and the j-th: -P_ij v_ji off
    the diagonal, and the sum of P_ik v_kk over the other k on it.
    """
    if x.shape[-1] <= 3:
        return _minors(x, v)
    u, s, vh = _rotated(x)
    turned = np.swapaxes(u, -1, -2) @ v @ np.swapaxes(vh, -1, -2)
    size = s.shape[-1]
    minors = np.zeros(turned.shape, turned.dtype)
    for i in range(size):
        rest = s.copy()
        rest[..., i] = 1
        minors[..., i, :] = _others(rest)
        minors[..., i, i] = 0
    diagonal = np.arange(size)
    here = np.squeeze(minors @ turned[..., diagonal, diagonal, None], -1)
    minors *= -np.swapaxes(turned, -1, -2)
    minors[..., diagonal, diagonal] = here
    return u @ minors @ vh


def _minors_workspace(width: int, x: Variable, slopes: bool = False) -> int:
    """Sums of products of rows, or the decomposition and what is made of it, of which less is in double precision."""
    stack, n, _, _ = _sizes(x)
    if n <= 3:
        return width * stack * (19 if n == 3 else n * n)
    if slopes:
        return width * stack * (6 * n * n + 3 * n)
    return 8 * stack * ((4 if width == 8 else 3) * n * n + n)


def _infer_pair(x: Variable, v: Variable) -> Type:
    stack, n, _ = check_matrices("cofactor_slope", x)
    if v.ndim < 2 or v.shape[-2:] != (n, n):
        raise ShapeError("cofactor-shapes", a=x.shape, b=v.shape)
    return Type((*broadcast(stack, v.shape[:-2]), n, n))


def _cofactor_slope_kernel(x: Any, v: Any, out: Any) -> None:
    x, v = (a.astype(out.dtype, copy=False) for a in (x, v))
    _each(_cofactor_slopes, out.shape[:-2], (x, v), (out,))


def _third_minors(g: Variable, y: Variable, x: Variable, v: Variable) -> Variable:
    """The third derivative of the determinant along g and v, by the inverse: NaN where the matrix is singular."""
    inverse, whole = swap_last(inv(x)), _each_matrix(det(x))
    a, b = (inverse @ swap_last(w) for w in (g, v))
    ta, tb = (_each_matrix(_trace(w)) for w in (a, b))
    along = ta * tb - _each_matrix(_trace(a @ b))
    return whole * (along * inverse - (ta * b + tb * a) @ inverse + (a @ b + b @ a) @ inverse)


def _trace(x: Variable) -> Variable:
    return sum(diagonal(x, axis1=-2, axis2=-1), axis=-1)


cofactor: Primitive = primitive(
    "cofactor",
    infer=lambda x: Type((*check_matrices("cofactor", x)[0], *x.shape[-2:])),
    kernel=_lapack(_cofactors),
    vjp=(lambda g, y, x: cofactor_slope(x, g),),
    jvp=lambda t, y, x: None if t[0] is None else cofactor_slope(x, t[0]),
    flops=_cubic(24),
    workspace=_minors_workspace,
    backward=Way.ADJOINT,
    doc="Cofactors of a matrix, the gradient of its determinant: det(x) times the inverse transposed, if there is one.",
    cases=SIZES,
)

cofactor_slope: Primitive = primitive(
    "cofactor_slope",
    infer=_infer_pair,
    kernel=_cofactor_slope_kernel,
    vjp=(_third_minors, lambda g, y, x, v: cofactor_slope(x, g)),
    flops=_cubic(30),
    workspace=lambda width, x, v: _minors_workspace(width, Variable(_infer_pair(x, v).shape), slopes=True),
    backward=Way.ADJOINT,
    doc="Derivative of the cofactors of a matrix along another: the second derivative of its determinant.",
    cases=(Case(((3, 3), (3, 3))), Case(((2, 2, 2), (2, 2, 2))), Case(((1, 1), (1, 1))), Case(((4, 4), (4, 4)))),
)

det: Primitive = primitive(
    "det",
    infer=lambda x: Type(check_matrices("det", x)[0]),
    kernel=_lapack(np.linalg.det),
    vjp=(lambda g, y, x: _each_matrix(g) * cofactor(x),),
    latex=r"\det\left({0}\right)",
    symbol=r"\det",
    flops=_cubic(2 / 3),
    workspace=_doubles(lambda s, m, n, k: s),
    analytic=True,
    backward=Way.COFACTORS,
    doc="Determinant; its gradient is the matrix of cofactors, which singular matrices have as well.",
    cases=STACKS,
)

slogdet: Primitive = primitive(
    "slogdet",
    infer=lambda x: (Type(check_matrices("slogdet", x)[0]),) * 2,
    kernel=_lapack(np.linalg.slogdet),
    vjp=(lambda g, y, x: None if _absent(g[1]) else _each_matrix(g[1]) * swap_last(inv(x)),),
    flops=_cubic(2 / 3),
    workspace=_doubles(lambda s, m, n, k: 2 * s),
    backward=Way.INVERSE_TRANSPOSED,
    doc="Sign of the determinant and logarithm of its absolute value, without overflow. Where the determinant is 0 the "
    "logarithm is minus infinity, and has no gradient: NaN, where PyTorch has infinities that depend on rounding.",
    cases=STACKS,
)

inv: Primitive = primitive(
    "inv",
    infer=lambda x: Type((*check_matrices("inv", x)[0], *x.shape[-2:])),
    kernel=_lapack(lambda x: 1 / x if x.shape[-1] == 1 else np.linalg.inv(x)),
    vjp=(lambda g, y, x: -(swap_last(y) @ g @ swap_last(y)),),
    latex=tex.postfix("^{-1}"),
    symbol=r"(\cdot)^{-1}",
    flops=_cubic(2),
    workspace=_doubles(lambda s, m, n, k: s * m * n),
    analytic=True,
    backward=Way.BETWEEN_INVERSES,
    doc="Inverse; NaN where the matrix is singular, infinite where it is the number 0.",
    cases=STACKS,
)


def _pinv_back(g: Variable, y: Variable, x: Variable) -> Variable:
    """Golub and Pereyra (1973): the change of the inverse, and of the two projections onto what it leaves out."""
    p, pt, gt = y, swap_last(y), swap_last(g)
    right = gt @ p @ pt
    left = pt @ p @ gt
    return (right - x @ (p @ right)) + (left - left @ p @ x) - pt @ g @ pt


def _infer_pinv(x: Variable, *, rtol: float | None = None) -> Type:
    check_numbers(rtol=0.0 if rtol is None else rtol)
    return Type((*check_matrices("pinv", x, False)[0], x.shape[-1], x.shape[-2]))


def _pinv(x: Any, *, rtol: float | None) -> Any:
    return np.linalg.pinv(x, max(x.shape[-2:]) * np.finfo(x.dtype).eps if rtol is None else rtol)


pinv: Primitive = primitive(
    "pinv",
    portable=False,
    infer=_infer_pinv,
    kernel=_lapack(_pinv),
    vjp=(lambda g, y, x, **how: _pinv_back(g, y, x),),
    latex=tex.postfix("^{+}"),
    symbol=r"(\cdot)^{+}",
    flops=_cubic(22),
    workspace=_pinv_workspace,
    backward=Way.ADJOINT,
    doc="Pseudoinverse of Moore and Penrose; singular values below rows or columns times the precision count as zero.",
    cases=TALL_AND_WIDE,
)


def _infer_solve(a: Variable, b: Variable) -> Type:
    stack, n, _ = check_matrices("solve", a)
    rows = b.shape[0] if b.ndim == 1 else b.shape[-2] if b.ndim else 0
    if not b.ndim or rows != n:
        raise ShapeError("solve-rows", rows=n, right=rows)
    return Type((*stack, n) if b.ndim == 1 else (*broadcast(stack, b.shape[:-2]), n, b.shape[-1]))


def _solve(a: Any, b: Any, out: Any) -> None:
    a, b = a.astype(out.dtype, copy=False), b.astype(out.dtype, copy=False)
    if b.ndim > 1:
        _each(np.linalg.solve, out.shape[:-2], (a, b), (out,))
    else:
        _each(lambda a: np.linalg.solve(a, b), out.shape[:-1], (a,), (out,))


def _solve_back(g: Variable, y: Variable, a: Variable, b: Variable) -> tuple[Variable, Variable]:
    if b.ndim > 1:
        back = solve(swap_last(a), g)
        return -(back @ swap_last(y)), back
    back = solve(swap_last(a), _column(g))
    return -(back * _row(y)), reshape(back, shape=y.shape)


solve: Primitive = primitive(
    "solve",
    infer=_infer_solve,
    kernel=_solve,
    vjp=_solve_back,
    latex=lambda arguments, operator: tex.Tex(
        rf"{tex.braced(arguments[0].at(tex.ATOM))}^{{-1}} {arguments[1].at(tex.SIGN)}", tex.PRODUCT
    ),
    symbol=r"(\cdot)^{-1}\,\cdot",
    flops=lambda a, b: 2 * a.size * a.shape[-1] // 3 + 2 * a.shape[-1] * size_of(_infer_solve(a, b).shape),
    workspace=_solve_workspace,
    analytic=True,
    backward=(Way.SOLVED_OUTER, Way.SOLVED),
    doc="Solution of a system of linear equations, of a vector or the columns of a matrix; NaN where it is singular.",
    cases=(
        Case(((3, 3), (3,))),
        Case(((3, 3), (3, 2))),
        Case(((2, 3, 3), (3,))),
        Case(((2, 1, 3, 3), (4, 3, 1))),
    ),
)


def _cholesky_back(g: Variable, y: Variable, x: Variable) -> Variable:
    lower = swap_last(y) @ tril(g)
    halved = (tril(lower) + tril(lower, k=-1)) / 2
    return _symmetric(solve(swap_last(y), swap_last(solve(swap_last(y), halved))))


cholesky: Primitive = primitive(
    "cholesky",
    infer=lambda x: Type((*check_matrices("cholesky", x)[0], *x.shape[-2:])),
    kernel=_lapack(np.linalg.cholesky, symmetric=True),
    vjp=(_cholesky_back,),
    flops=_cubic(1 / 3),
    workspace=_with_symmetric(lambda s, m, n, k: s * m * n),
    backward=Way.ADJOINT,
    doc="Lower triangle that times its transpose is the symmetric part; NaN where that is not positive definite.",
    cases=POSITIVE,
)


def _identity(size: int) -> Variable:
    return diag(broadcast_to(literal(1.0), shape=(size,)))


def _gaps(x: Variable) -> Variable:
    """1 / (x_j - x_i), and 0 on the diagonal."""
    one = _identity(x.shape[-1])
    return (1.0 - one) / (_row(x) - _column(x) + one)


def _eigh_back(g: tuple[Variable, ...], y: tuple[Variable, ...], x: Variable) -> Variable:
    values, vectors = y
    middle: Any = 0.0
    if not _absent(g[1]):
        middle = vectors @ ((swap_last(vectors) @ g[1]) * _gaps(values)) @ swap_last(vectors)
    if not _absent(g[0]):
        middle = middle + (vectors * _row(g[0])) @ swap_last(vectors)
    return _symmetric(middle)


EQUAL = "Vectors of equal values are not unique: the gradient through them is NaN or infinite."

eigh: Primitive = primitive(
    "eigh",
    portable=False,
    infer=lambda x: (Type((*check_matrices("eigh", x)[0], x.shape[-1])), Type(x.shape)),
    kernel=_lapack(lambda x: tuple(np.linalg.eigh(x)), symmetric=True),
    vjp=(_eigh_back,),
    flops=_cubic(9),
    workspace=_with_symmetric(lambda s, m, n, k: s * (m * n + n)),
    kink=EQUAL,
    backward=Way.ADJOINT,
    doc="Eigenvalues of the symmetric part in ascending order, and their vectors as columns.",
    cases=SYMMETRIC,
)


def _infer_svd(x: Variable, *, compute_uv: bool = True) -> Type | tuple[Type, ...]:
    stack, m, n = check_matrices("svd", x, False)
    k = min(m, n)
    return (Type((*stack, m, k)), Type((*stack, k)), Type((*stack, k, n))) if compute_uv else Type((*stack, k))


def _svd_kernel(x: Any, *outs: Any, compute_uv: bool) -> None:
    if not x.size:
        for out in outs:
            out[...] = 0
        return
    _svd(x, *outs, compute_uv=compute_uv)


_svd = _lapack(lambda x, compute_uv: _plain(np.linalg.svd(x, full_matrices=False, compute_uv=compute_uv)))


def _plain(found: Any) -> Any:
    return tuple(found) if isinstance(found, tuple) else found


def _svd_back(g: Any, y: Any, x: Variable, *, compute_uv: bool) -> Variable:
    u, s, vh = y if compute_uv else svd(x)
    gu, gs, gvh = g if compute_uv else (literal(0.0), g, literal(0.0))
    parts = []
    if not _absent(gs):
        parts.append((u * _row(gs)) @ vh)
    gaps = _gaps(s * s)
    if not _absent(gu):
        ut = swap_last(u)
        turn = ut @ gu
        parts.append(u @ ((gaps * (turn - swap_last(turn))) * _row(s)) @ vh)
        if x.shape[-2] > x.shape[-1]:
            scaled = gu / _row(s)
            parts.append((scaled - u @ (ut @ scaled)) @ vh)
    if not _absent(gvh):
        v = swap_last(vh)
        turn = vh @ swap_last(gvh)
        parts.append((u * _row(s)) @ (gaps * (turn - swap_last(turn))) @ vh)
        if x.shape[-1] > x.shape[-2]:
            scaled = gvh / _column(s)
            parts.append(u @ (scaled - (scaled @ v) @ vh))
    result = parts[0]
    for part in parts[1:]:
        result = result + part
    return result


svd: Primitive = primitive(
    "svd",
    portable=False,
    infer=_infer_svd,
    kernel=_svd_kernel,
    vjp=(_svd_back,),
    flops=_cubic(14),
    workspace=_svd_workspace,
    kink=EQUAL,
    backward=Way.ADJOINT,
    doc="Singular value decomposition: left vectors, values in descending order, right vectors; or the values alone.",
    cases=(*TALL_AND_WIDE, *(case._replace(attributes={"compute_uv": False}) for case in TALL_AND_WIDE)),
)


def _infer_qr(x: Variable) -> tuple[Type, Type]:
    stack, m, n = check_matrices("qr", x, False)
    k = min(m, n)
    return Type((*stack, m, k)), Type((*stack, k, n))


def _qr_back(g: tuple[Variable, ...], y: tuple[Variable, ...], x: Variable) -> Variable:
    (gq, gr), (q, r) = g, y
    m, n = x.shape[-2:]
    if m >= n:
        return _square_qr_back(gq, gr, q, r)
    gleft, gright = getitem(gr, key=(..., slice(m))), getitem(gr, key=(..., slice(m, n)))
    gq = gq + getitem(x, key=(..., slice(m, n))) @ swap_last(gright)
    return concatenate(_square_qr_back(gq, gleft, q, getitem(r, key=(..., slice(m)))), q @ gright, axis=-1)


def _square_qr_back(gq: Variable, gr: Variable, q: Variable, r: Variable) -> Variable:
    turn = r @ swap_last(gr) - swap_last(gq) @ q
    both = tril(turn) + swap_last(tril(turn, k=-1))
    return swap_last(solve(r, swap_last(gq + q @ both)))


qr: Primitive = primitive(
    "qr",
    portable=False,
    infer=_infer_qr,
    kernel=_lapack(lambda x: tuple(np.linalg.qr(x))),
    vjp=(_qr_back,),
    flops=_cubic(4),
    workspace=_qr_workspace,
    backward=Way.ADJOINT,
    doc="Orthonormal columns and the upper triangle that they are multiplied by, of the smaller size.",
    cases=TALL_AND_WIDE,
)


@composite(cases=tuple(case._replace(attributes={"n": n}) for case in STACKS for n in (5, -2, 0, 1)))
def matrix_power(x: Variable, *, n: int) -> Variable:
    """A square matrix times itself; a negative power is one of the inverse."""
    stack, size, _ = check_matrices("matrix_power", x)
    n = whole_number("n", n)
    if n == 0:
        return broadcast_to(_identity(size), shape=(*stack, size, size))
    square = inv(x) if n < 0 else x
    result: Variable | None = None
    n = abs(n)
    while n:
        if n & 1:
            result = square if result is None else result @ square
        n >>= 1
        if n:
            square = square @ square
    assert result is not None
    return reshape(result, shape=result.shape) if result is x else result
