"""PyTorch's functions where their meaning or their arguments are not those of the operator of the same name.

Each is a function with PyTorch's signature. Parameters annotated `Variable` are operands, `Arrays` sequences of them;
all others must be known at parse time.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidegraph.engine.graph import REGISTRY, ShapeError, Variable, constant
from tidegraph.engine.graph.kinds import Trait
from tidegraph.engine.language.expressions import ExpressionEvaluator
from tidegraph.engine.language.objects import Results
from tidegraph.engine.ops.arrange import room
from tidegraph.engine.ops.declare import normal_axes, normal_axis

Arrays = list[Variable]


def op(name: str) -> Any:
    """An operator of the registry."""
    return REGISTRY[name]


def counted(x: Variable, dim: Any) -> int:
    """The number of elements over axes."""
    return math.prod(x.shape[a] for a in normal_axes(dim, x.ndim))


def std(x: Variable, dim: Any = None, unbiased: Any = None, keepdim: bool = False, correction: Any = None) -> Variable:
    """The standard deviation, divided by n - 1 unless said otherwise."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    ddof = correction if correction is not None else 1 if unbiased is None else int(unbiased)
    return op("std")(x, axis=dim, ddof=ddof, keepdims=keepdim)


def var(x: Variable, dim: Any = None, unbiased: Any = None, keepdim: bool = False, correction: Any = None) -> Variable:
    """The variance, divided by n - 1 unless said otherwise."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    ddof = correction if correction is not None else 1 if unbiased is None else int(unbiased)
    return op("var")(x, axis=dim, ddof=ddof, keepdims=keepdim)


def std_mean(x: Variable, dim: Any = None, unbiased: Any = None, keepdim: bool = False, correction: Any = None) -> Any:
    """Standard deviation and mean."""
    return std(x, dim, unbiased, keepdim, correction), op("mean")(x, axis=dim, keepdims=keepdim)


def var_mean(x: Variable, dim: Any = None, unbiased: Any = None, keepdim: bool = False, correction: Any = None) -> Any:
    """Variance and mean."""
    return var(x, dim, unbiased, keepdim, correction), op("mean")(x, axis=dim, keepdims=keepdim)


def extreme(ev: ExpressionEvaluator, name: str, x: Variable, dim: Any, keepdim: bool) -> Any:
    """`torch.max` and `torch.min`: over all elements, along an axis with indices, or of two arrays."""
    if isinstance(dim, Variable) and dim.literal is None:
        return op("maximum" if name == "max" else "minimum")(x, dim)
    axis = ev.static(dim)
    if axis is None:
        return op(name)(x)
    values = op(name)(x, axis=axis, keepdims=keepdim)
    return Results.named(values=values, indices=op(f"arg{name}")(x, axis=axis, keepdims=keepdim))


def max_(ev: ExpressionEvaluator, x: Variable, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest element; along an axis values and indices; of two arrays elementwise."""
    return extreme(ev, "max", x, dim, keepdim)


def min_(ev: ExpressionEvaluator, x: Variable, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest element; along an axis values and indices; of two arrays elementwise."""
    return extreme(ev, "min", x, dim, keepdim)


def nanmedian(x: Variable, dim: Any = None, keepdim: bool = False) -> Any:
    """The middle element of those that are not NaN, the lower of the two where their count is even."""
    if dim is None:
        x = op("reshape")(x, shape=(x.size,))
    axis = normal_axis(-1 if dim is None else dim, x.ndim) if x.ndim else 0
    flat = x if x.ndim else op("reshape")(x, shape=(1,))
    order = op("argsort")(flat, axis=axis)
    held = op("sum")(op("logical_not")(op("isnan")(flat)) * 1.0, axis=axis, keepdims=True)
    place = op("floor")(op("maximum")(held - 1, 0) / 2)
    indices = op("take_along_axis")(order, place, axis=axis)
    values = op("take_along_axis")(flat, indices, axis=axis)
    if dim is None:
        return op("reshape")(values, shape=())
    if not keepdim or not x.ndim:
        values, indices = op("squeeze")(values, axis=axis), op("squeeze")(indices, axis=axis)
    return Results.named(values=values, indices=indices)


def along(x: Variable, dim: Any, keepdim: bool, place: int) -> Any:
    """Values and indices at one place of the order along an axis, or the value of all elements."""
    if dim is None:
        flat = op("reshape")(x, shape=(x.size,))
        return op("sort")(flat)[place]
    axis = normal_axis(dim, x.ndim)
    order = op("argsort")(x, axis=axis)
    key = (*[slice(None)] * axis, slice(place, place + 1))
    indices = op("getitem")(order, key=key)
    values = op("take_along_axis")(x, indices, axis=axis)
    if not keepdim:
        values, indices = op("squeeze")(values, axis=axis), op("squeeze")(indices, axis=axis)
    return Results.named(values=values, indices=indices)


def median(x: Variable, dim: Any = None, keepdim: bool = False) -> Any:
    """The middle element, the lower of the two where the count is even."""
    count = x.size if dim is None else x.shape[normal_axis(dim, x.ndim)]
    return along(x, dim, keepdim, (count - 1) // 2)


def kthvalue(x: Variable, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The k-th smallest element along an axis, with its index."""
    return along(x, dim, keepdim, k - 1)


def mode(x: Variable, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent element along an axis, the smallest of several, and where it stands last."""
    axis = normal_axis(dim, x.ndim)
    order = op("argsort")(x, axis=axis)
    lined = op("moveaxis")(op("take_along_axis")(x, order, axis=axis), source=axis, destination=-1)
    equal = op("equal")(op("expand_dims")(lined, axis=-1), op("expand_dims")(lined, axis=-2))
    counts = op("moveaxis")(op("sum")(equal * 1.0, axis=-1), source=-1, destination=axis)
    first = op("argmax")(counts, axis=axis, keepdims=True)
    last = first + op("max")(counts, axis=axis, keepdims=True) - 1
    indices = op("take_along_axis")(order, last, axis=axis)
    values = op("take_along_axis")(x, indices, axis=axis)
    if not keepdim:
        values, indices = op("squeeze")(values, axis=axis), op("squeeze")(indices, axis=axis)
    return Results.named(values=values, indices=indices)


def running(name: str) -> Any:
    """`torch.cummax` and `torch.cummin`: values and indices."""

    def extreme(x: Variable, dim: int) -> Any:
        """The largest or smallest element so far along an axis, with its index."""
        values, indices = op(name)(x, axis=dim)
        return Results.named(values=values, indices=indices)

    return extreme


def sort(x: Variable, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The elements in order along an axis, with the indices that they had."""
    return Results.named(
        values=op("sort")(x, axis=dim, descending=descending), indices=op("argsort")(x, axis=dim, descending=descending)
    )


def topk(x: Variable, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The k largest elements along an axis, with their indices."""
    values, indices = op("topk")(x, k=k, axis=dim, largest=largest)
    return Results.named(values=values, indices=indices)


def aminmax(x: Variable, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest and the largest element."""
    return Results.named(min=op("amin")(x, axis=dim, keepdims=keepdim), max=op("amax")(x, axis=dim, keepdims=keepdim))


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


def norm(x: Variable, p: Any = "fro", dim: Any = None, keepdim: bool = False) -> Variable:
    """The norm of the elements as one vector, or along axes; unlike linalg.norm never that of a matrix."""
    if p in ("nuc",):
        return op("norm")(x, ord="nuc", axis=dim, keepdims=keepdim)
    order = 2 if p in ("fro", None) else p
    return op("vector_norm")(x, ord=order, axis=tuple(dim) if isinstance(dim, list) else dim, keepdims=keepdim)


def linalg_norm(x: Variable, ord: Any = None, dim: Any = None, keepdim: bool = False) -> Variable:
    """The norm of a vector or of a matrix; without an order that of all elements."""
    if ord is None and dim is None:
        found = op("vector_norm")(x)
        return op("reshape")(found, shape=(1,) * x.ndim) if keepdim else found
    return op("norm")(x, ord=ord, axis=tuple(dim) if isinstance(dim, list) else dim, keepdims=keepdim)


def vector_norm(x: Variable, ord: Any = 2, dim: Any = None, keepdim: bool = False) -> Variable:
    """The norm of the elements as one vector, or along axes."""
    return op("vector_norm")(x, ord=ord, axis=tuple(dim) if isinstance(dim, list) else dim, keepdims=keepdim)


def matrix_norm(x: Variable, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False) -> Variable:
    """The norm of matrices in the last two axes."""
    return op("norm")(x, ord=ord, axis=tuple(dim), keepdims=keepdim)


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


def clamp(x: Variable, min: Variable | None = None, max: Variable | None = None) -> Variable:
    """The elements within bounds."""
    numbers = [v.literal if isinstance(v, Variable) and v.literal is not None else v for v in (min, max)]
    if all(v is None or isinstance(v, (int, float)) for v in numbers):
        return op("clip")(x, min=numbers[0], max=numbers[1])
    y = x if min is None else op("maximum")(x, min)
    return y if max is None else op("minimum")(y, max)


def add(x: Variable, other: Variable, alpha: Variable | None = None) -> Variable:
    """The sum, the second times alpha."""
    return x + (other if alpha is None else other * alpha)


def sub(x: Variable, other: Variable, alpha: Variable | None = None) -> Variable:
    """The difference, the second times alpha."""
    return x - (other if alpha is None else other * alpha)


def rsub(x: Variable, other: Variable, alpha: Variable | None = None) -> Variable:
    """The second minus the first times alpha."""
    return other - (x if alpha is None else x * alpha)


def div(x: Variable, other: Variable, rounding_mode: Any = None) -> Variable:
    """The quotient, rounded if asked."""
    y = x / other
    if rounding_mode is None:
        return y
    return op("floor" if rounding_mode == "floor" else "trunc")(y)


def floor_divide(x: Variable, other: Variable) -> Variable:
    """The quotient rounded down."""
    return op("floor")(x / other)


def addcmul(x: Variable, tensor1: Variable, tensor2: Variable, value: Variable | None = None) -> Variable:
    """x + value * tensor1 * tensor2."""
    product = tensor1 * tensor2
    return x + (product if value is None else product * value)


def addcdiv(x: Variable, tensor1: Variable, tensor2: Variable, value: Variable | None = None) -> Variable:
    """x + value * tensor1 / tensor2."""
    quotient = tensor1 / tensor2
    return x + (quotient if value is None else quotient * value)


def softmax(x: Variable, dim: Any = None, _stacklevel: int = 3) -> Variable:
    """The softmax along an axis; without one PyTorch takes the first of arrays with 0, 1 or 3 axes."""
    return op("softmax")(x, axis=implicit(x, dim))


def log_softmax(x: Variable, dim: Any = None, _stacklevel: int = 3) -> Variable:
    """The logarithm of the softmax along an axis."""
    return op("log_softmax")(x, axis=implicit(x, dim))


def softmin(x: Variable, dim: Any = None, _stacklevel: int = 3) -> Variable:
    """The softmax of the negative."""
    return op("softmax")(-x, axis=implicit(x, dim))


def implicit(x: Variable, dim: Any) -> int:
    """The axis of a softmax that names none."""
    return int(dim) if dim is not None else (0 if x.ndim in (0, 1, 3) else 1)


def drops(ev: ExpressionEvaluator, training: Any, default: bool = True) -> bool:
    """Whether a dropout acts: as it is called with, or by the mode of the whole program."""
    if training is not None:
        return bool(training)
    return default if ev.mode is None else ev.mode


def dropout(ev: ExpressionEvaluator, x: Variable, p: float = 0.5, training: Any = None) -> Variable:
    """Each element zero with a probability, in training."""
    return op("dropout")(x, p=p, training=drops(ev, training), seed=ev.next_seed())


def channel_dropout(axes: int) -> Any:
    """Dropout of whole channels; a 1d or 3d example without a batch has its channels first."""

    def drop(ev: ExpressionEvaluator, x: Variable, p: float = 0.5, training: Any = None) -> Variable:
        if not drops(ev, training):
            return x
        batch = 1 if axes != 2 and x.ndim == axes + 1 else 2
        room(*x.shape[:batch])
        ones = constant(np.ones(x.shape[:batch] + (1,) * (x.ndim - batch)))
        return x * op("dropout")(ones, p=p, training=True, seed=ev.next_seed())

    drop.__doc__ = "Each channel zero with a probability, in training."
    return drop


def alpha_dropout(ev: ExpressionEvaluator, x: Variable, p: float = 0.5, training: Any = None) -> Variable:
    """Elements saturated with a probability, in training: mean 0 and variance 1 stay (Klambauer 2017)."""
    return saturated(ev, x, x.shape, p, drops(ev, training, False))


def feature_alpha_dropout(ev: ExpressionEvaluator, x: Variable, p: float = 0.5, training: Any = None) -> Variable:
    """Channels saturated with a probability, in training: mean 0 and variance 1 stay (Klambauer 2017)."""
    return saturated(ev, x, x.shape[:2] + (1,) * (x.ndim - 2), p, drops(ev, training, False))


SATURATION = -1.7580993408473766
"""What selu tends to: -1.0507... * 1.6732..."""


def saturated(ev: ExpressionEvaluator, x: Variable, shape: tuple[int, ...], p: float, training: Any) -> Variable:
    """Alpha dropout with one decision for each element of a shape that broadcasts."""
    if not training or not p:
        return x
    if p >= 1:
        return x * 0.0
    room(*shape)
    keep = op("dropout")(constant(np.ones(shape)), p=p, training=True, seed=ev.next_seed()) * (1 - p)
    scale = ((1 - p) * (1 + p * SATURATION**2)) ** -0.5
    return (x * keep + (1 - keep) * SATURATION) * scale - scale * SATURATION * p


def embedding(x: Variable, weight: Variable, padding_idx: Any = None) -> Variable:
    """The rows of a matrix at indices."""
    more = (
        {"padding_idx": padding_idx} if padding_idx is not None and "padding_idx" in op("embedding").attributes else {}
    )
    return op("embedding")(x, weight, **more)


def glu(x: Variable, dim: int = -1) -> Variable:
    """The first half times the sigmoid of the second."""
    return op("glu")(x, axis=dim)


def cosine_similarity(x1: Variable, x2: Variable, dim: int = 1, eps: float = 1e-8) -> Variable:
    """The cosine of the angle between vectors along an axis."""
    return op("cosine_similarity")(x1, x2, axis=dim, eps=eps)


def normalize(x: Variable, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Variable:
    """Each vector along an axis divided by its norm."""
    return op("normalize")(x, p=p, axis=dim, eps=eps)


def count_nonzero(x: Variable, dim: Any = None) -> Variable:
    """How many elements are not 0."""
    return op("sum")(op("not_equal")(x, 0) * 1.0, axis=dim)


def dist(x: Variable, other: Variable, p: float = 2) -> Variable:
    """The norm of the difference."""
    return op("vector_norm")(x - other, ord=p)


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


def upsample(x: Variable, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
             align_corners: Any = None) -> Variable:  # fmt: skip
    """An older name of `interpolate`."""
    how = {} if align_corners is None else {"align_corners": align_corners}
    return op("interpolate")(x, size=size, scale_factor=scale_factor, mode=mode, **how)


FUNCTIONS: dict[str, Any] = {
    "add": add,
    "addcdiv": addcdiv,
    "addcmul": addcmul,
    "aminmax": aminmax,
    "cat": cat,
    "cholesky_inverse": cholesky_inverse,
    "cholesky_solve": cholesky_solve,
    "chunk": chunk,
    "clamp": clamp,
    "clip": clamp,
    "column_stack": column_stack,
    "concat": cat,
    "concatenate": cat,
    "count_nonzero": count_nonzero,
    "cummax": running("cummax"),
    "cummin": running("cummin"),
    "dist": dist,
    "div": div,
    "divide": div,
    "dstack": dstack,
    "flip": flip,
    "floor_divide": floor_divide,
    "hstack": hstack,
    "index_add": index_add,
    "index_select": index_select,
    "kthvalue": kthvalue,
    "log_softmax": log_softmax,
    "masked_fill": masked_fill,
    "max": max_,
    "median": median,
    "min": min_,
    "mode": mode,
    "nanmedian": nanmedian,
    "narrow": narrow,
    "norm": norm,
    "numel": numel,
    "permute": permute,
    "repeat_interleave": repeat_interleave,
    "qr": qr,
    "reshape": reshape,
    "row_stack": vstack,
    "rsub": rsub,
    "select": select,
    "softmax": softmax,
    "sort": sort,
    "split": split,
    "split_with_sizes": split,
    "squeeze": squeeze,
    "stack": stack,
    "std": std,
    "std_mean": std_mean,
    "sub": sub,
    "subtract": sub,
    "svd": old_svd,
    "swapaxes": transpose,
    "swapdims": transpose,
    "t": t,
    "take": take_flat,
    "tensor_split": tensor_split,
    "topk": topk,
    "transpose": transpose,
    "tril_indices": triangle_indices("tril_indices"),
    "triu_indices": triangle_indices("triu_indices"),
    "true_divide": div,
    "unbind": unbind,
    "unflatten": unflatten,
    "var": var,
    "var_mean": var_mean,
    "vstack": vstack,
    "where": where,
}
"""What `torch.` means by a name."""

FUNCTIONAL: dict[str, Any] = {
    "alpha_dropout": alpha_dropout,
    "cosine_similarity": cosine_similarity,
    "dropout": dropout,
    "dropout1d": channel_dropout(1),
    "dropout2d": channel_dropout(2),
    "dropout3d": channel_dropout(3),
    "embedding": embedding,
    "feature_alpha_dropout": feature_alpha_dropout,
    "glu": glu,
    "log_softmax": log_softmax,
    "normalize": normalize,
    "pad": pad,
    "softmax": softmax,
    "softmin": softmin,
    "upsample": upsample,
}
"""What `F.` means by a name."""

LINALG: dict[str, Any] = {
    "eigh": eigh,
    "eigvalsh": eigvalsh,
    "lstsq": lstsq,
    "matrix_norm": matrix_norm,
    "norm": linalg_norm,
    "qr": qr,
    "slogdet": slogdet,
    "svd": svd,
    "vector_norm": vector_norm,
}
"""What `torch.linalg.` means by a name."""

METHODS: dict[str, Any] = {
    **FUNCTIONS,
    "expand": expand,
    "expand_as": expand_as,
    "repeat": repeat,
    "tile": repeat,
    "unfold": unfold_axis,
    "view": reshape,
    "view_as": view_as,
    "reshape_as": view_as,
}
"""What a method of a tensor means by a name."""

TORCH_ONLY = {
    "addcdiv", "addcmul", "aminmax", "chunk", "expand", "expand_as", "flip", "index_select", "kthvalue", "masked_fill",
    "narrow", "permute", "repeat_interleave", "select", "t", "tensor_split", "topk", "unbind", "unflatten", "unfold",
    "view", "view_as", "reshape_as", "clamp", "reshape", "hstack", "vstack", "dstack", "column_stack", "softmin",
    "count_nonzero", "div", "index_add", "squeeze", "rsub", "std_mean", "var_mean", "masked_select", "floor_divide",
    "where", "dist",
}  # fmt: skip
"""Names that mean the same in every dialect, or only PyTorch has."""
