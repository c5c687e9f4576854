"""Rules of calls of linear algebra: norms of matrices, inverses, factors, and the old names of some.

They are entered in the table of `aten`.
"""

from __future__ import annotations

from typing import Any

from tidegraph.engine.models.aten import RULES, Calls, NoRule, axes, rule

LAST = (-2, -1)


def done(b: Calls) -> Any:
    """PyTorch's report that a decomposition succeeded."""
    return b.builder.constant(0)


# Norms


def matrix_norm(b: Calls, a: Any, order: Any, places: Any) -> Any:
    """The norm of the matrices in two axes."""
    return b.matrix_norm(a.self, ord=order, axis=tuple(places), keepdims=bool(getattr(a, "keepdim", False)))


@rule("linalg_matrix_norm")
def _matrix_norm(b: Calls, a: Any, out: Any) -> Any:
    return matrix_norm(b, a, a.ord, a.dim)


@rule("nuclear_norm")
def _nuclear_norm(b: Calls, a: Any, out: Any) -> Any:
    return matrix_norm(b, a, "nuc", getattr(a, "dim", None) or LAST)


@rule("linalg_norm")
def _norm(b: Calls, a: Any, out: Any) -> Any:
    """With an order, the norm of matrices where there are two axes; without one, of all elements as one vector."""
    places = axes(a.dim)
    two = isinstance(places, tuple) or (places is None and a.self.ndim == 2)
    if a.ord is not None and two:
        return matrix_norm(b, a, a.ord, places or LAST)
    order = 2 if a.ord is None else a.ord
    return b.vector_norm(a.self, ord=order, axis=places, keepdims=bool(a.keepdim))


@rule("linalg_cond")
def _cond(b: Calls, a: Any, out: Any) -> Any:
    return b.cond(a.self, p=a.p)


# Solving


@rule("linalg_solve", "linalg_solve_ex")
def _solve(b: Calls, a: Any, out: Any) -> Any:
    several = isinstance(out, (tuple, list))
    shape = tuple((out[0] if several else out).shape)
    matrix, right = a.A, a.B
    vector = right.ndim == 1 or (right.ndim == matrix.ndim - 1 and right.shape == matrix.shape[:-1])
    if vector:
        made = b.shaped(b.solve(matrix, b.shaped(right, (*right.shape, 1))), shape)
    elif a.left:
        made = b.solve(matrix, right)
    else:
        made = flipped(b, b.solve(flipped(b, matrix), flipped(b, right)))
    return (made, done(b)) if several else made


def flipped(b: Calls, x: Any) -> Any:
    """The transpose of matrices in the last two axes."""
    return b.swapaxes(x, axis1=-1, axis2=-2)


@rule("linalg_inv_ex")
def _inv(b: Calls, a: Any, out: Any) -> Any:
    return b.inv(a.A), done(b)


@rule("linalg_pinv", "pinverse")
def _pinv(b: Calls, a: Any, out: Any) -> Any:
    """Singular values below a share of the largest count as zero."""
    share = getattr(a, "rcond", getattr(a, "rtol", None))
    if getattr(a, "atol", None) not in (None, 0.0) or getattr(a, "hermitian", False):
        raise NoRule
    if share is not None and not isinstance(share, (int, float)):
        raise NoRule
    return b.pinv(a.self, **({} if share is None else {"rtol": float(share)}))


@rule("linalg_solve_triangular")
def _solve_triangular(b: Calls, a: Any, out: Any) -> Any:
    return b.solve_triangular(a.self, a.B, upper=bool(a.upper), left=bool(a.left), unitriangular=bool(a.unitriangular))


@rule("triangular_solve")
def _triangular_solve(b: Calls, a: Any, out: Any) -> Any:
    matrix = flipped(b, a.A) if a.transpose else a.A
    upper = bool(a.upper) != bool(a.transpose)
    return b.solve_triangular(matrix, a.self, upper=upper, unitriangular=bool(a.unitriangular)), a.A


@rule("linalg_tensorsolve")
def _tensorsolve(b: Calls, a: Any, out: Any) -> Any:
    return b.tensorsolve(a.self, a.other, dims=tuple(a.dims) if a.dims else None)


@rule("linalg_tensorinv")
def _tensorinv(b: Calls, a: Any, out: Any) -> Any:
    return b.tensorinv(a.self, ind=int(a.ind))


@rule("logdet")
def _logdet(b: Calls, a: Any, out: Any) -> Any:
    return b.logdet(a.self)


RULES["matrix_exp"] = lambda b, a, out: b.matrix_exp(a.self)

# Factors


def triangle(b: Calls, x: Any, upper: bool) -> Any:
    """A symmetric matrix, of which PyTorch reads one triangle; its gradient is that of the whole matrix."""
    if x.leaf is None:
        b.builder.note("cholesky and eigh take a computed matrix to be symmetric")
        return x
    read = b.triu(x) if upper else b.tril(x)
    rest = flipped(b, b.triu(x, k=1) if upper else b.tril(x, k=-1))
    return b.add(x, b.detach(b.subtract(b.add(read, rest), x)))


@rule("linalg_eigh")
def _eigh(b: Calls, a: Any, out: Any) -> Any:
    return b.eigh(triangle(b, a.self, a.UPLO == "U"))


@rule("linalg_eigvalsh")
def _eigvalsh(b: Calls, a: Any, out: Any) -> Any:
    return b.eigvalsh(triangle(b, a.self, a.UPLO == "U"))


@rule("linalg_cholesky", "linalg_cholesky_ex", "cholesky")
def _cholesky(b: Calls, a: Any, out: Any) -> Any:
    made = b.cholesky(triangle(b, a.self, bool(a.upper)))
    made = flipped(b, made) if a.upper else made
    return (made, done(b)) if isinstance(out, (tuple, list)) else made


@rule("cholesky_solve")
def _cholesky_solve(b: Calls, a: Any, out: Any) -> Any:
    return b.cholesky_solve(a.self, a.input2, upper=bool(a.upper))


@rule("cholesky_inverse")
def _cholesky_inverse(b: Calls, a: Any, out: Any) -> Any:
    return b.cholesky_inverse(a.self, upper=bool(a.upper))


@rule("qr")
def _qr(b: Calls, a: Any, out: Any) -> Any:
    if not a.some and a.self.shape[-2] != a.self.shape[-1]:
        raise NoRule
    return b.qr(a.self)


@rule("svd")
def _svd(b: Calls, a: Any, out: Any) -> Any:
    """The old form answers the right vectors as columns."""
    if not a.compute_uv or (not a.some and a.self.shape[-2] != a.self.shape[-1]):
        raise NoRule
    left, values, right = b.svd(a.self)
    return left, values, flipped(b, right)


@rule("linalg_vander", "vander")
def _vander(b: Calls, a: Any, out: Any) -> Any:
    x = getattr(a, "x", None)
    x = a.self if hasattr(a, "self") else x
    powers = b.vander(x, n=int(out.shape[-1]))
    rising = not hasattr(a, "increasing") or a.increasing
    return powers if rising else b.flip(powers, axis=-1)


@rule("_weight_norm")
def _weight_norm(b: Calls, a: Any, out: Any) -> Any:
    """Every slice along an axis is brought to a given length."""
    places = tuple(n for n in range(a.v.ndim) if n != a.dim % a.v.ndim) if a.dim != -1 else None
    length = b.vector_norm(a.v, ord=2, axis=axes(list(places)) if places else None, keepdims=True)
    return b.multiply(a.v, b.divide(a.g, length))


RULES["_weight_norm_interface"] = lambda b, a, out: (_weight_norm(b, a, out), None)
