"""Factorisations and solvers with PyTorch's arguments and results."""

from __future__ import annotations

from typing import Any

from tidegraph.engine.graph import ShapeError, Variable
from tidegraph.engine.graph.kinds import Trait
from tidegraph.engine.language.objects import Results
from tidegraph.engine.language.torch_functions.operands import op
from tidegraph.engine.ops.declare import normal_axis


def triangular(name: str, factor: Variable, upper: bool) -> None:
    """Refuse a leaf as a Cholesky factor: PyTorch reads one triangle of it, and gives both a gradient."""
    if factor.leaf is not None:
        raise ShapeError("factor-not-triangular", name=name, triangle="triu" if upper else "tril")


def cholesky_solve(b: Variable, L: Variable, upper: bool = False) -> Variable:
    """The solution of A X = b from a Cholesky factor of A."""
    triangular("cholesky_solve(b, L)", L, upper)
    return op("cholesky_solve")(b, L, upper=upper)


def cholesky_inverse(L: Variable, upper: bool = False) -> Variable:
    """The inverse of a matrix from its Cholesky factor."""
    triangular("cholesky_inverse(L)", L, upper)
    return op("cholesky_inverse")(L, upper=upper)


def of_triangle(x: Variable, triangle: str) -> Variable:
    """A matrix with the values of one triangle on both sides; its gradient is that of the symmetric part."""
    if triangle not in ("L", "U"):
        raise ShapeError("option-not-known", option="UPLO", given=triangle, known=["L", "U"])
    part, strict = ("tril", -1) if triangle == "L" else ("triu", 1)
    whole = op(part)(x) + op("swapaxes")(op(part)(x, k=strict), axis1=-2, axis2=-1)
    mean = (x + op("swapaxes")(x, axis1=-2, axis2=-1)) / 2
    return mean + op("detach")(whole - mean)


def evidently_symmetric(x: Variable) -> bool:
    """Whether a matrix is written as one that equals its transpose: `X + X.T`, `X @ X.T`."""
    operator = x.operator
    if operator is None or not {Trait.COMMUTATIVE, Trait.MATRIX_PRODUCT} & set(operator.op.traits):
        return False
    one, other = operator.inputs
    return is_transpose(one, other) or is_transpose(other, one)


def is_transpose(x: Variable, of: Variable) -> bool:
    """Whether a stack of matrices is another with its last two axes exchanged."""
    operator, n = x.operator, x.ndim
    if operator is None or Trait.TRANSPOSE not in operator.op.traits or operator.inputs[0] is not of:
        return False
    axes = operator.attributes["axes"] or range(n)[::-1]
    return [normal_axis(a, n) for a in axes] == [*range(n - 2), n - 1, n - 2]


def symmetric(x: Variable, triangle: Any) -> Variable:
    """The symmetric matrix that NumPy and PyTorch read: by default that of the lower triangle."""
    return x if triangle is None and evidently_symmetric(x) else of_triangle(x, triangle or "L")


def eigh(x: Variable, UPLO: Any = None) -> Any:
    """Eigenvalues and vectors of a symmetric matrix, of which one triangle is read."""
    values, vectors = op("eigh")(symmetric(x, UPLO))
    return Results.named(eigenvalues=values, eigenvectors=vectors)


def eigvalsh(x: Variable, UPLO: Any = None) -> Variable:
    """Eigenvalues of a symmetric matrix, of which one triangle is read."""
    return op("eigvalsh")(symmetric(x, UPLO))


def slogdet(x: Variable) -> Any:
    """The sign of a determinant and the logarithm of its size."""
    sign, size = op("slogdet")(x)
    return Results.named(sign=sign, logabsdet=size)


def lstsq(x: Variable, b: Variable, rcond: Any = None, driver: Any = None) -> Any:
    """The solution of least squares; what else PyTorch returns is not here."""
    return Results.named(solution=op("lstsq")(x, b))


def svd(x: Variable, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """Singular values and vectors; those of a full basis are not here."""
    if not compute_uv:
        return op("svd")(x, compute_uv=False)
    if full_matrices and x.ndim >= 2 and x.shape[-1] != x.shape[-2]:
        raise ShapeError("svd-full-matrices", shape=x.shape)
    u, s, vh = op("svd")(x)
    return Results.named(U=u, S=s, Vh=vh)


def old_svd(x: Variable, some: bool = True, compute_uv: bool = True) -> Any:
    """`torch.svd`, whose third result is V and not its transpose."""
    if not some:
        raise ShapeError("svd-full-matrices", shape=x.shape)
    u, s, vh = op("svd")(x)
    return Results.named(U=u, S=s, V=op("swapaxes")(vh, axis1=-2, axis2=-1))


def qr(x: Variable, mode: str = "reduced") -> Any:
    """Orthonormal columns and an upper triangle."""
    if mode != "reduced":
        raise ShapeError("option-not-known", option="mode", given=mode, known=["reduced"])
    q, r = op("qr")(x)
    return Results.named(Q=q, R=r)
