"""Rules of calls that an operator of the same meaning expresses: statistics, linear algebra, resampling, rearranging.

They are entered in the table of `aten`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidegraph.engine.graph import Variable
from tidegraph.engine.models.aten import RULES, Calls, NoRule, Rule, axes, ints, rule

SAME = {
    **dict.fromkeys(("fmax", "fmin", "logaddexp2", "kron", "inner"), ("self", "other")),
    **dict.fromkeys(("frac", "erfinv", "deg2rad", "rad2deg", "fliplr", "flipud"), ("self",)),
    "linalg_matrix_exp": ("self",),
    **dict.fromkeys(("linalg_svdvals", "linalg_slogdet"), ("A",)),
    **dict.fromkeys(("special_ndtr", "special_log_ndtr", "special_entr", "special_erfcx"), ("self",)),
    **dict.fromkeys(("special_ndtri", "signbit", "corrcoef"), ("self",)),
    "special_xlog1py": ("self", "other"),
    "heaviside": ("self", "values"),
}
"""Calls that only have operands, which are the operator's in the same order."""


def same(op: str, operands: tuple[str, ...]) -> Rule:
    """The rule of a call with the operands of an operator."""

    def made(b: Calls, a: Any, out: Any) -> Any:
        return getattr(b, op)(*(getattr(a, name) for name in operands))

    return made


for _name, _operands in SAME.items():
    RULES[_name] = same(_name.removeprefix("linalg_").removeprefix("special_"), _operands)


# Statistics


@rule("median", "kthvalue")
def _kthvalue(b: Calls, a: Any, out: Any) -> Any:
    """The lower of two middle values, as PyTorch has it."""
    if not isinstance(out, (tuple, list)):
        flat = b.shaped(a.self, (a.self.size,))
        return b.kthvalue(flat, k=(flat.size + 1) // 2, axis=0)[0]
    k = getattr(a, "k", None) or (a.self.shape[a.dim] + 1) // 2
    return b.kthvalue(a.self, k=int(k), axis=a.dim, keepdims=bool(a.keepdim))


@rule("nanmedian")
def _nanmedian(b: Calls, a: Any, out: Any) -> Any:
    """The lower of two middle values of those that are numbers; sorted, NaN comes last."""
    if not isinstance(out, (tuple, list)):
        x, axis, shapes = b.shaped(a.self, (a.self.size,)), 0, [out.shape]
    else:
        x, axis, shapes = a.self, a.dim, [o.shape for o in out]
    order = b.argsort(x, axis=axis)
    numbers = b.subtract(float(x.shape[axis]), b.count_nonzero(b.isnan(x), axis=axis))
    middle = b.maximum(b.floor(b.divide(b.subtract(numbers, 1.0), 2.0)), 0.0)
    middle = b.shaped(middle, [1 if n == axis % x.ndim else size for n, size in enumerate(x.shape)])
    places = b.take_along_axis(order, middle, axis=axis)
    values = b.shaped(b.take_along_axis(x, places, axis=axis), shapes[0])
    return (values, b.shaped(places, shapes[1])) if len(shapes) > 1 else values


def over_numbers(op: str) -> Rule:
    """The rule of a reduction that leaves NaN out."""

    def made(b: Calls, a: Any, out: Any) -> Any:
        return getattr(b, op)(a.self, axis=axes(a.dim), keepdims=bool(a.keepdim))

    return made


RULES["nansum"], RULES["nanmean"] = over_numbers("nansum"), over_numbers("nanmean")


@rule("count_nonzero")
def _count_nonzero(b: Calls, a: Any, out: Any) -> Any:
    return b.count_nonzero(a.self, axis=axes(a.dim))


@rule("cov")
def _cov(b: Calls, a: Any, out: Any) -> Any:
    if a.fweights is not None or a.aweights is not None:
        raise NoRule
    return b.cov(a.self, ddof=int(a.correction))


@rule("cummax")
def _cummax(b: Calls, a: Any, out: Any) -> Any:
    return b.cummax(a.self, axis=a.dim)


@rule("cummin")
def _cummin(b: Calls, a: Any, out: Any) -> Any:
    return b.cummin(a.self, axis=a.dim)


@rule("aminmax")
def _aminmax(b: Calls, a: Any, out: Any) -> Any:
    how = {"axis": a.dim, "keepdims": bool(a.keepdim)}
    return b.amin(a.self, **how), b.amax(a.self, **how)


@rule("msort")
def _msort(b: Calls, a: Any, out: Any) -> Any:
    return b.sort(a.self, axis=0)


@rule("quantile", "nanquantile")
def _quantile(b: Calls, a: Any, out: Any) -> Any:
    return quantiles(b, b.quantile, a, out)


RULES["nanquantile"] = lambda b, a, out: quantiles(b, b.nanquantile, a, out)


def quantiles(b: Calls, op: Any, a: Any, out: Any) -> Any:
    """One quantile, or several along a first axis."""
    x = a.self if a.dim is not None else b.shaped(a.self, (a.self.size,))
    axis = a.dim if a.dim is not None else 0
    how = {"axis": axis, "interpolation": a.interpolation}
    if isinstance(a.q, (int, float)):
        return b.shaped(op(x, q=float(a.q), keepdims=bool(a.keepdim), **how), out.shape)
    if a.q.literal is not None:
        return b.shaped(op(x, q=float(a.q.literal), **how), out.shape)
    several = np.atleast_1d(b.numbers(a.q))
    return b.shaped(b.stack(*(op(x, q=float(q), **how) for q in several), axis=0), out.shape)


@rule("dist")
def _dist(b: Calls, a: Any, out: Any) -> Any:
    difference = b.subtract(a.self, a.other)
    return b.norm(b.shaped(difference, (difference.size,)), ord=float(a.p))


@rule("pdist")
def _pdist(b: Calls, a: Any, out: Any) -> Any:
    return b.pdist(a.self, p=float(a.p))


@rule("trapezoid", "trapz")
def _trapezoid(b: Calls, a: Any, out: Any) -> Any:
    if getattr(a, "x", None) is not None:
        return b.trapezoid(a.y, a.x, axis=a.dim)
    return b.trapezoid(a.y, dx=float(a.dx), axis=a.dim)


@rule("cumulative_trapezoid")
def _cumulative_trapezoid(b: Calls, a: Any, out: Any) -> Any:
    if getattr(a, "x", None) is not None:
        return b.cumulative_trapezoid(a.y, a.x, axis=a.dim)
    return b.cumulative_trapezoid(a.y, dx=float(a.dx), axis=a.dim)


@rule("gradient")
def _gradient(b: Calls, a: Any, out: Any) -> Any:
    """Central differences inside, one-sided ones at both ends."""
    given = getattr(a, "dim", None)
    places = list(range(a.self.ndim)) if given is None else [given] if isinstance(given, int) else list(given)
    steps = getattr(a, "spacing", None)
    steps = [1.0 if steps is None else steps] * len(places) if not isinstance(steps, (list, tuple)) else list(steps)
    if a.edge_order != 1 or any(isinstance(h, Variable) for h in steps):
        raise NoRule
    found = []
    for axis, h in zip(places, steps, strict=True):
        ahead, behind = b.at(a.self, axis, slice(1, None)), b.at(a.self, axis, slice(0, -1))
        slope = b.divide(b.subtract(ahead, behind), float(h))
        first, last = b.at(slope, axis, slice(0, 1)), b.at(slope, axis, slice(-1, None))
        inner = b.add(b.at(slope, axis, slice(1, None)), b.at(slope, axis, slice(0, -1)))
        found.append(b.concatenate(first, b.divide(inner, 2.0), last, axis=axis))
    return tuple(found)


# Elementwise


@rule("polygamma", "special_polygamma")
def _polygamma(b: Calls, a: Any, out: Any) -> Any:
    return b.polygamma(a.self, n=int(a.n))


@rule("mvlgamma", "special_multigammaln")
def _mvlgamma(b: Calls, a: Any, out: Any) -> Any:
    return b.mvlgamma(a.self, p=int(a.p))


@rule("isclose")
def _isclose(b: Calls, a: Any, out: Any) -> Any:
    if a.equal_nan:
        raise NoRule
    bound = b.add(b.multiply(b.abs(a.other), float(a.rtol)), float(a.atol))
    near = b.less_equal(b.abs(b.subtract(a.self, a.other)), bound)
    return b.logical_or(b.equal(a.self, a.other), b.logical_and(near, b.isfinite(a.other)))


@rule("copysign")
def _copysign(b: Calls, a: Any, out: Any) -> Any:
    return b.copysign(a.self, b.as_float(a.other))


@rule("ldexp")
def _ldexp(b: Calls, a: Any, out: Any) -> Any:
    return b.multiply(a.self, b.exp2(b.as_float(a.other)))


@rule("rrelu")
def _rrelu(b: Calls, a: Any, out: Any) -> Any:
    """In evaluation mode the slope is the middle of its range."""
    if a.training:
        raise NoRule
    return b.leaky_relu(a.self, negative_slope=(float(a.lower) + float(a.upper)) / 2)


@rule("renorm")
def _renorm(b: Calls, a: Any, out: Any) -> Any:
    return b.renorm(a.self, p=float(a.p), axis=a.dim, maxnorm=float(a.maxnorm))


# Products


@rule("addr")
def _addr(b: Calls, a: Any, out: Any) -> Any:
    return added(b, a, b.outer(a.vec1, a.vec2))


@rule("addbmm")
def _addbmm(b: Calls, a: Any, out: Any) -> Any:
    return added(b, a, b.sum(b.matmul(a.batch1, a.batch2), axis=0))


def added(b: Calls, a: Any, product: Any) -> Any:
    """`beta * self + alpha * product`."""
    scaled = product if a.alpha == 1 else b.multiply(product, float(a.alpha))
    if a.beta == 0:
        return scaled
    return b.add(a.self if a.beta == 1 else b.multiply(a.self, float(a.beta)), scaled)


@rule("tensordot")
def _tensordot(b: Calls, a: Any, out: Any) -> Any:
    return b.tensordot(a.self, a.other, axes=(tuple(a.dims_self), tuple(a.dims_other)))


@rule("linalg_multi_dot", "chain_matmul")
def _multi_dot(b: Calls, a: Any, out: Any) -> Any:
    return b.multi_dot(*(a.tensors if hasattr(a, "tensors") else a.matrices))


@rule("linalg_matrix_power")
def _matrix_power(b: Calls, a: Any, out: Any) -> Any:
    return b.matrix_power(a.self, n=int(a.n))


@rule("linalg_qr")
def _qr(b: Calls, a: Any, out: Any) -> Any:
    if a.mode != "reduced" and a.A.shape[-2] != a.A.shape[-1]:
        raise NoRule
    return b.qr(a.A)


@rule("linalg_svd")
def _svd(b: Calls, a: Any, out: Any) -> Any:
    if a.full_matrices and a.A.shape[-2] != a.A.shape[-1]:
        raise NoRule
    return b.svd(a.A)


@rule("linalg_vecdot")
def _vecdot(b: Calls, a: Any, out: Any) -> Any:
    return b.vecdot(a.x, a.y, axis=a.dim)


# Arranging


@rule("meshgrid")
def _meshgrid(b: Calls, a: Any, out: Any) -> Any:
    vectors = [b.shaped(x, (x.size,)) for x in a.tensors]
    if len(vectors) == 1:
        return tuple(vectors)
    return b.meshgrid(*vectors, indexing=getattr(a, "indexing", "ij"))


@rule("diagflat")
def _diagflat(b: Calls, a: Any, out: Any) -> Any:
    return b.diag(b.shaped(a.self, (a.self.size,)), k=int(a.offset))


@rule("cartesian_prod")
def _cartesian_prod(b: Calls, a: Any, out: Any) -> Any:
    return b.cartesian_prod(*a.tensors)


@rule("sum_to_size")
def _sum_to_size(b: Calls, a: Any, out: Any) -> Any:
    return b.sum_to_size(a.self, shape=tuple(int(n) for n in a.size))


@rule("fft_fftshift", "fft_ifftshift")
def _fftshift(b: Calls, a: Any, out: Any) -> Any:
    return b.fftshift(a.self, axis=axes(a.dim))


RULES["fft_ifftshift"] = lambda b, a, out: b.ifftshift(a.self, axis=axes(a.dim))


@rule("diff")
def _diff(b: Calls, a: Any, out: Any) -> Any:
    if a.prepend is not None or a.append is not None:
        raise NoRule
    return b.diff(a.self, n=int(a.n), axis=a.dim)


@rule("rot90")
def _rot90(b: Calls, a: Any, out: Any) -> Any:
    return b.rot90(a.self, k=int(a.k), axes=tuple(a.dims))


@rule("take_along_dim")
def _take_along_dim(b: Calls, a: Any, out: Any) -> Any:
    if a.dim is None:
        size = math.prod(out.shape)
        return b.take_along_axis(b.shaped(a.self, (a.self.size,)), b.shaped(a.indices, (size,)), axis=0)
    return b.take_along_axis(a.self, a.indices, axis=a.dim)


@rule("dstack")
def _dstack(b: Calls, a: Any, out: Any) -> Any:
    return b.dstack(*a.tensors)


@rule("block_diag")
def _block_diag(b: Calls, a: Any, out: Any) -> Any:
    return b.block_diag(*a.tensors)


@rule("diag_embed")
def _diag_embed(b: Calls, a: Any, out: Any) -> Any:
    return b.diag_embed(a.self, offset=int(a.offset), axis1=a.dim1, axis2=a.dim2)


@rule("atleast_1d", "atleast_2d", "atleast_3d")
def _atleast(b: Calls, a: Any, out: Any) -> Any:
    return b.shaped(a.self, out.shape)


@rule("pixel_unshuffle")
def _pixel_unshuffle(b: Calls, a: Any, out: Any) -> Any:
    return b.pixel_unshuffle(a.self, downscale_factor=int(a.downscale_factor))


@rule("channel_shuffle")
def _channel_shuffle(b: Calls, a: Any, out: Any) -> Any:
    return b.channel_shuffle(a.self, groups=int(a.groups))


@rule("col2im")
def _col2im(b: Calls, a: Any, out: Any) -> Any:
    how = {name: ints(getattr(a, name)) for name in ("output_size", "kernel_size", "dilation", "padding", "stride")}
    return b.fold(a.self, **how)


# Resampling


@rule("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d")
def _adaptive_max_pool(b: Calls, a: Any, out: Any) -> Any:
    axes = len(a.output_size)
    return getattr(b, f"adaptive_max_pool{axes}d")(a.self, output_size=ints(a.output_size), return_indices=True)


@rule("fractional_max_pool2d", "fractional_max_pool3d")
def _fractional_max_pool(b: Calls, a: Any, out: Any) -> Any:
    """Windows of one size at distances that two known random numbers an image and axis decide (Graham 2014)."""
    samples = b.numbers(a.random_samples)
    axes = len(a.output_size)
    sizes = a.self.shape[-axes:]
    lead = a.self.shape[:-axes]
    kernel = [int(n) for n in a.kernel_size] * (axes if len(a.kernel_size) == 1 else 1)
    images = math.prod(lead)
    flat = np.zeros((images, *(1,) * (2 * axes)), int)
    shares = np.broadcast_to(samples, (*lead, axes) if len(lead) > 1 else (1, *lead, axes)).reshape(images, axes)
    for n, (size, count, width) in enumerate(zip(sizes, a.output_size, kernel, strict=True)):
        # Of images PyTorch stores the numbers of the last axis first, of volumes that of the first.
        share = shares[:, 1 - n if axes == 2 else n]
        starts = np.zeros((images, count), int)
        if count > 1:
            step = (size - width) / (count - 1)
            starts = ((np.arange(count) + share[:, None]) * step).astype(int) - (share * step).astype(int)[:, None]
        starts[:, -1] = size - width
        places = starts[:, :, None] + np.arange(width)
        shape = [images] + [1] * (2 * axes)
        shape[1 + n], shape[1 + axes + n] = count, width
        flat = flat * size + places.reshape(shape)
    windows = flat.reshape(images, -1)
    x = b.shaped(a.self, (images, math.prod(sizes)))
    taken = b.take_along_axis(x, b.builder.constant(windows), axis=-1)
    cells = b.shaped(taken, (images, math.prod(a.output_size), math.prod(kernel)))
    return b.shaped(b.max(cells, axis=-1), out[0].shape), None


@rule("max_unpool3d")
def _max_unpool3d(b: Calls, a: Any, out: Any) -> Any:
    how = {"kernel_size": tuple(m // n for m, n in zip(a.output_size, a.self.shape[-3:], strict=True))}
    return b.max_unpool3d(
        a.self, a.indices, **how, stride=how["kernel_size"], output_size=tuple(map(int, a.output_size))
    )


@rule("max_unpool2d")
def _max_unpool(b: Calls, a: Any, out: Any) -> Any:
    size = tuple(int(n) for n in a.output_size)
    steps = tuple(m // n for m, n in zip(size, a.self.shape[-2:], strict=True))
    return b.max_unpool2d(a.self, a.indices, kernel_size=steps, stride=steps, output_size=size)


@rule("grid_sampler", "grid_sampler_2d", "grid_sampler_3d")
def _grid_sampler(b: Calls, a: Any, out: Any) -> Any:
    mode = ("bilinear", "nearest", "bicubic")[a.interpolation_mode]
    padding = ("zeros", "border", "reflection")[a.padding_mode]
    return b.grid_sample(a.input, a.grid, mode=mode, padding_mode=padding, align_corners=bool(a.align_corners))


@rule("affine_grid_generator")
def _affine_grid(b: Calls, a: Any, out: Any) -> Any:
    return b.affine_grid(a.theta, size=tuple(int(n) for n in a.size), align_corners=bool(a.align_corners))
