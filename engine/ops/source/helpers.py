"""Functions that exported NumPy code defines where NumPy has none. Their source is copied as it stands here.

Each is plain NumPy and needs only those that its `HELPERS` entry names. JAX copies those that change nothing in place,
with `jnp` for `np`.
"""

# mypy: disable-error-code="arg-type"
from __future__ import annotations

import math
from typing import Any

import numpy as np


def sigmoid(x: Any) -> Any:
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def softmax(x: Any, axis: int) -> Any:
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    top = np.max(x, axis=axis, keepdims=True)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


def log_softmax(x: Any, axis: int) -> Any:
    return x - logsumexp(x, axis=axis, keepdims=True)


def erf(x: Any) -> Any:
    return np.vectorize(math.erf, otypes=[float])(x)


def erfc(x: Any) -> Any:
    return np.vectorize(math.erfc, otypes=[float])(x)


def lgamma(x: Any) -> Any:
    return np.vectorize(math.lgamma, otypes=[float])(x)


def polygamma(n: int, x: Any) -> Any:
    """The n-th derivative of digamma: the recurrence up to 15, then the asymptotic series."""
    bernoulli = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
    x = np.asarray(x, float)
    sign, total = (-1.0) ** (n + 1) * math.factorial(n), np.zeros_like(x)
    while np.any(x < 15):
        total = total + np.where(x < 15, sign / x ** (n + 1), 0)
        x = np.where(x < 15, x + 1, x)
    if n == 0:
        series = np.log(x) - 1 / (2 * x)
        return total + series - sum(b / (2 * k * x ** (2 * k)) for k, b in enumerate(bernoulli, 1))
    series = math.factorial(n - 1) / x**n + math.factorial(n) / (2 * x ** (n + 1))
    for k, b in enumerate(bernoulli, 1):
        series = series + b * math.factorial(2 * k + n - 1) / (math.factorial(2 * k) * x ** (2 * k + n))
    return total + (-1.0) ** (n + 1) * series


def sinc(x: Any, order: int) -> Any:
    """The derivative of sin(pi x) / (pi x) of an order, by its series near 0."""
    u = np.asarray(math.pi * x)
    far = np.where(np.abs(u) < max(order, 1), 1, u)
    value = np.sin(far) / far
    for n in range(1, order + 1):
        value = (np.sin(far + n * (math.pi / 2)) - n * value) / far
    series = np.zeros_like(u)
    for k in range((3 * order + 20) // 2, (order + 1) // 2 - 1, -1):
        power = 2 * k - order
        series = series + (-1) ** k / ((2 * k + 1) * math.factorial(power)) * u**power
    return math.pi**order * np.where(np.abs(u) < max(order, 1), series, value)


def put(g: Any, shape: Any, key: Any) -> Any:
    """Zeros with `g` added at an index: the gradient of indexing."""
    out = np.zeros(shape)
    np.add.at(out, key, g)
    return out


def recurrence(a: Any, b: Any, axis: int, transposed: bool) -> Any:
    """s[i] = a[i] s[i-1] + b[i] along an axis, or its adjoint s[i] = a[i+1] s[i+1] + b[i]."""
    a, b = np.moveaxis(a, axis, 0), np.moveaxis(b, axis, 0)
    n = len(b)
    if n == 0:
        return np.moveaxis(b, 0, axis)
    rows = [b[n - 1] if transposed else b[0]]
    for i in range(1, n):
        rows.append(a[n - i] * rows[-1] + b[n - 1 - i] if transposed else a[i] * rows[-1] + b[i])
    return np.moveaxis(np.stack(rows[::-1] if transposed else rows), 0, axis)


def pick(x: Any, y: Any, axis: int, ignore_index: Any = None) -> Any:
    """For each label the element of x that it names along an axis."""
    ignored = np.asarray(y == ignore_index)
    places = np.where(ignored, 0, y).astype(int)
    found = np.take_along_axis(x, np.expand_dims(places, axis % x.ndim), axis)
    return np.where(ignored, 0.0, np.squeeze(found, axis))


def unpick(g: Any, y: Any, shape: Any, axis: int, ignore_index: Any = None) -> Any:
    """Zeros with an element for each label at the class that it names: the gradient of pick."""
    axis %= len(shape)
    ignored = np.asarray(y == ignore_index)
    classes = np.arange(shape[axis]).reshape([-1] + [1] * (len(shape) - axis - 1))
    chosen = np.expand_dims(np.where(ignored, -1, y), axis) == classes
    return np.where(chosen, np.expand_dims(g, axis), 0.0)


def index_add(x: Any, indices: Any, source: Any, axis: int) -> Any:
    out = x.astype(float)
    np.add.at(out, (slice(None),) * (axis % x.ndim) + (indices.astype(int),), source)
    return out


def gather(x: Any, indices: Any, axis: int) -> Any:
    places = list(np.indices(indices.shape))
    places[axis] = indices
    return x[tuple(places)]


def scatter_add(x: Any, indices: Any, source: Any, axis: int) -> Any:
    places = list(np.indices(indices.shape))
    places[axis] = indices.astype(int)
    out = x.astype(float)
    np.add.at(out, tuple(places), source)
    return out


def symmetric(x: Any) -> Any:
    return (x + np.swapaxes(x, -1, -2)) / 2


def minor(x: Any, i: int, j: int) -> Any:
    """The matrix without a row and a column."""
    return np.delete(np.delete(x, i, -2), j, -1)


def cofactor(x: Any) -> Any:
    """The matrix of cofactors, the gradient of the determinant."""
    n = x.shape[-1]
    rows = [[(-1) ** (i + j) * np.linalg.det(minor(x, i, j)) for j in range(n)] for i in range(n)]
    return np.moveaxis(np.array(rows), (0, 1), (-2, -1))


def cofactor_slope(x: Any, v: Any) -> Any:
    """The derivative of the cofactors along v."""
    n = x.shape[-1]
    rows = [
        [(-1) ** (i + j) * np.sum(cofactor(minor(x, i, j)) * minor(v, i, j), axis=(-2, -1)) for j in range(n)]
        for i in range(n)
    ] if n > 1 else [[0 * v[..., 0, 0]]]  # fmt: skip
    return np.moveaxis(np.array(rows), (0, 1), (-2, -1))


def dropout(x: Any, p: float, seed: int) -> Any:
    kept = np.random.default_rng(seed).random(x.shape, np.float32) >= p
    return x * kept / (1 - p)


def windows(x: Any, kernel: Any, stride: Any, dilation: Any) -> Any:
    """Every window of the last axes: ... x counts x kernel."""
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
    view = np.lib.stride_tricks.sliding_window_view(x, spans, axis=tuple(range(-len(kernel), 0)))
    return view[(..., *(slice(None, None, n) for n in (*stride, *dilation)))]


def reach(x: Any, counts: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, fill: float = 0.0) -> Any:
    """The last axes padded at both ends, and further at the end if the last window reaches beyond."""
    width = [(0, 0)] * (x.ndim - len(kernel))
    for n, c, k, s, p, d in zip(x.shape[-len(kernel) :], counts, kernel, stride, padding, dilation):
        width.append((p, max(p, (c - 1) * s + d * (k - 1) + 1 - n - p)))
    return np.pad(x, width, constant_values=fill)


def overlap_add(columns: Any, sizes: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """The adjoint of `windows`: ... x counts x kernel added back to where the windows were."""
    n = len(kernel)
    counts = columns.shape[-2 * n : -n]
    spans = [max(m + 2 * p, (c - 1) * s + d * (k - 1) + 1) for m, c, k, s, p, d in
             zip(sizes, counts, kernel, stride, padding, dilation)]  # fmt: skip
    whole = np.zeros((*columns.shape[: -2 * n], *spans))
    for offset in np.ndindex(*kernel):
        at = [slice(o * d, o * d + s * (c - 1) + 1, s) for o, d, s, c in zip(offset, dilation, stride, counts)]
        whole[(..., *at)] += columns[(..., *offset)]
    return whole[(..., *(slice(p, p + m) for p, m in zip(padding, sizes)))]


def convolution(x: Any, w: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """x: ... x channels x sizes, w: features x channels / groups x kernel."""
    kernel, n = w.shape[2:], w.ndim - 2
    x = np.pad(x, [(0, 0)] * (x.ndim - n) + [(p, p) for p in padding])
    columns = windows(x.reshape(-1, groups, w.shape[1], *x.shape[-n:]), kernel, stride, dilation)
    counts, inside = list(range(9, 9 + n)), list(range(19, 19 + n))
    w = w.reshape(groups, -1, *w.shape[1:])
    y = np.einsum(columns, [0, 1, 2, *counts, *inside], w, [1, 3, 2, *inside], [0, 1, 3, *counts])
    return y.reshape(*x.shape[: -n - 1], -1, *y.shape[3:])


def convolution_input(y: Any, w: Any, sizes: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """What flows back to the input of a convolution."""
    kernel, n = w.shape[2:], w.ndim - 2
    w = w.reshape(groups, -1, *w.shape[1:])
    parts = y.reshape(-1, groups, w.shape[1], *y.shape[-n:])
    counts, inside = list(range(9, 9 + n)), list(range(19, 19 + n))
    columns = np.einsum(parts, [0, 1, 3, *counts], w, [1, 3, 2, *inside], [0, 1, 2, *counts, *inside])
    x = overlap_add(columns, sizes, kernel, stride, padding, dilation)
    return x.reshape(*y.shape[: -n - 1], -1, *sizes)


def convolution_kernel(x: Any, y: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """What flows back to the kernel of a convolution."""
    n = len(kernel)
    x = np.pad(x, [(0, 0)] * (x.ndim - n) + [(p, p) for p in padding])
    columns = windows(x.reshape(-1, groups, x.shape[-n - 1] // groups, *x.shape[-n:]), kernel, stride, dilation)
    parts = y.reshape(-1, groups, y.shape[-n - 1] // groups, *y.shape[-n:])
    counts, inside = list(range(9, 9 + n)), list(range(19, 19 + n))
    columns = columns[(slice(None),) * 3 + tuple(slice(c) for c in y.shape[-n:])]
    w = np.einsum(columns, [0, 1, 2, *counts, *inside], parts, [0, 1, 3, *counts], [1, 3, 2, *inside])
    return w.reshape(-1, *w.shape[2:])


def unfold(x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """Every window as a column: ... x (channels * window) x windows."""
    n = len(kernel)
    x = np.pad(x, [(0, 0)] * (x.ndim - n) + [(p, p) for p in padding])
    columns = windows(x, kernel, stride, dilation)
    lead = columns.ndim - 2 * n
    order = (*range(lead), *range(lead + n, lead + 2 * n), *range(lead, lead + n))
    counts = columns.shape[lead : lead + n]
    return columns.transpose(order).reshape(*x.shape[: -n - 1], -1, math.prod(counts))


def fold(x: Any, sizes: Any, counts: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """Columns of windows added back to where the windows were."""
    n = len(kernel)
    columns = x.reshape(*x.shape[:-2], -1, *kernel, *counts)
    lead = columns.ndim - 2 * n
    order = (*range(lead), *range(lead + n, lead + 2 * n), *range(lead, lead + n))
    return overlap_add(columns.transpose(order), sizes, kernel, stride, padding, dilation)


def max_pool_index(x: Any, counts: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """Where in the flattened axes each window has its largest element."""
    n = len(kernel)
    places = np.arange(math.prod(x.shape[-n:])).reshape(x.shape[-n:])
    how = (counts, kernel, stride, padding, dilation)
    seen = windows(reach(x, *how, fill=-np.inf), kernel, stride, dilation)
    where = windows(reach(places, *how), kernel, stride, dilation)
    best = np.argmax(seen.reshape(*seen.shape[:-n], -1), axis=-1)
    where = np.broadcast_to(where.reshape(*counts, -1), (*best.shape, math.prod(kernel)))
    return np.take_along_axis(where, best[..., None], -1)[..., 0]


def window_sizes(sizes: Any, counts: Any, kernel: Any, stride: Any, padding: Any, padded: bool) -> Any:
    """By how many elements the average of each window divides."""
    ones = np.ones([m + 2 * p * padded for m, p in zip(sizes, padding)])
    rest = [p * (not padded) for p in padding]
    return windows(
        reach(ones, counts, kernel, stride, rest, (1,) * len(kernel)), kernel, stride, (1,) * len(kernel)
    ).sum(axis=tuple(range(-len(kernel), 0)))


def avg_pool(x: Any, counts: Any, kernel: Any, stride: Any, padding: Any, padded: bool, divisor: Any = None) -> Any:
    """The average of every window; `padded` counts the padding too; `divisor` stands for the number of elements."""
    n, ones = len(kernel), (1,) * len(kernel)
    seen = windows(reach(x, counts, kernel, stride, padding, ones), kernel, stride, ones)
    by = divisor or window_sizes(x.shape[-n:], counts, kernel, stride, padding, padded)
    return seen.sum(axis=tuple(range(-n, 0))) / by


def avg_unpool(y: Any, sizes: Any, kernel: Any, stride: Any, padding: Any, padded: bool, divisor: Any = None) -> Any:
    """Every number shared out evenly over its window: the gradient of an average pooling."""
    n, ones = len(kernel), (1,) * len(kernel)
    share = y / (divisor or window_sizes(sizes, y.shape[-n:], kernel, stride, padding, padded))
    columns = np.broadcast_to(share.reshape(*share.shape, *ones), (*share.shape, *kernel))
    return overlap_add(columns, sizes, kernel, stride, padding, ones)


def resample(x: Any, matrices: Any) -> Any:
    """The last axes, each multiplied by its matrix."""
    for axis, matrix in zip(range(-len(matrices), 0), matrices):
        x = np.moveaxis(np.tensordot(matrix, x, axes=(1, axis)), 0, axis)
    return x


def ndtri(p: Any) -> Any:
    """Quantiles of the normal distribution."""
    from statistics import NormalDist

    ends = {0.0: -math.inf, 1.0: math.inf}
    return np.vectorize(lambda q: NormalDist().inv_cdf(q) if 0 < q < 1 else ends.get(q, math.nan), otypes=[float])(p)


def erfinv(x: Any) -> Any:
    """The inverse of erf; near 0, where a quantile loses digits, a step of Newton's restores them."""
    size = np.abs(x)
    y = -ndtri((1 - size) / 2) / math.sqrt(2)
    small = np.where(size < 0.5, y, 0.0)
    y = np.where(size < 0.5, y - (erf(small) - size) * np.exp(small**2) * math.sqrt(math.pi) / 2, y)
    return np.copysign(y, x)


def erfcx(x: Any) -> Any:
    """exp(x^2) erfc(x), for large x by its asymptotic series."""
    large = np.asarray(x) > 25
    near, far = np.where(large, 0.0, x), np.where(large, x, 1.0)
    i = 1 / far**2
    series = (1 - i * (0.5 - i * (0.75 - i * (1.875 - i * 6.5625)))) / (far * math.sqrt(math.pi))
    return np.where(large, series, np.exp(near**2) * erfc(near))


def matrix_exp(x: Any) -> Any:
    """The sum of x^k / k!: of x halved until it is small, then squared as often."""
    n = x.shape[-1]
    size = float(np.max(np.sum(np.abs(x), axis=-2), initial=0.0))
    squarings = max(0, math.ceil(math.log2(size)) + 1) if size else 0
    y = term = np.broadcast_to(np.eye(n), x.shape)
    for k in range(1, 19):
        term = term @ x / (k * 2.0**squarings)
        y = y + term
    for _ in range(squarings):
        y = y @ y
    return y


def dft(z: Any, axis: int, inverse: bool) -> Any:
    """The Fourier transform of pairs of real and imaginary parts, without a factor."""
    whole, axis = z[..., 0] + 1j * z[..., 1], axis % z.ndim
    found = np.fft.ifft(whole, axis=axis, norm="forward") if inverse else np.fft.fft(whole, axis=axis)
    return np.stack((found.real, found.imag), axis=-1)


def lasting(indices: Any, shape: Any, axis: int) -> Any:
    """Which indices along an axis no later one overwrites."""
    places = list(np.indices(indices.shape))
    places[axis] = indices.astype(int)
    order = np.arange(indices.size).reshape(indices.shape)
    last = np.zeros(shape, int)
    last[tuple(places)] = order
    return last[tuple(places)] == order


def running_place(x: Any, axis: int, largest: bool) -> Any:
    """Where along an axis the largest (or smallest) element so far stands, the last of equals."""
    best = (np.maximum if largest else np.minimum).accumulate(x, axis)
    order = np.expand_dims(np.arange(x.shape[axis]), tuple(range(1, x.ndim - axis % x.ndim)))
    return np.maximum.accumulate(np.where((x == best) | np.isnan(x), order, 0), axis)


def adaptive_max_index(x: Any, sizes: Any) -> Any:
    """Where in the flattened last axes each of as many ranges as wanted has its largest element."""
    lead, old = x.shape[: x.ndim - len(sizes)], x.shape[x.ndim - len(sizes) :]
    places, found = np.arange(math.prod(old)).reshape(old), []
    for number in range(math.prod(sizes)):
        cell = [number // math.prod(sizes[k + 1 :]) % m for k, m in enumerate(sizes)]
        part = tuple(slice(i * n // m, -(-(i + 1) * n // m)) for i, n, m in zip(cell, old, sizes))
        found.append(places[part].reshape(-1)[np.argmax(x[(..., *part)].reshape(*lead, -1), axis=-1)])
    return np.stack(found, axis=-1).reshape(*lead, *sizes)


HELPERS: dict[str, tuple[str, ...]] = {
    "erfinv": ("ndtri", "erf"),
    "erfcx": ("erfc",),
    "log_softmax": ("logsumexp",),
    "cofactor": ("minor",),
    "cofactor_slope": ("minor", "cofactor"),
    "convolution": ("windows",),
    "convolution_input": ("overlap_add",),
    "convolution_kernel": ("windows",),
    "unfold": ("windows",),
    "fold": ("overlap_add",),
    "max_pool_index": ("windows", "reach"),
    "window_sizes": ("windows", "reach"),
    "avg_pool": ("windows", "reach", "window_sizes"),
    "avg_unpool": ("windows", "reach", "window_sizes", "overlap_add"),
}
"""The helpers that a helper calls."""
