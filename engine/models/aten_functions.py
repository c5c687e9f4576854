"""Rules of calls that an operator of the same meaning expresses: statistics, linear algebra, resampling, rearranging.

They are entered in the table of `aten`.
"""

from __future__ import annotations

import math
from typing import Any

from tidegraph.engine.models.aten import RULES, Calls, NoRule, Rule, ints, rule

SAME = {
    **dict.fromkeys(("fmax", "fmin", "logaddexp2", "kron", "inner"), ("self", "other")),
    **dict.fromkeys(("frac", "erfinv", "deg2rad", "rad2deg", "fliplr", "flipud"), ("self",)),
    **dict.fromkeys(("linalg_matrix_exp", "linalg_eigvalsh", "linalg_eigh"), ("self",)),
    **dict.fromkeys(("linalg_svdvals", "linalg_slogdet"), ("A",)),
    **dict.fromkeys(("special_ndtr", "special_log_ndtr", "special_entr", "special_erfcx"), ("self",)),
    "special_xlog1py": ("self", "other"),
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


@rule("quantile")
def _quantile(b: Calls, a: Any, out: Any) -> Any:
    if not isinstance(a.q, float):
        raise NoRule
    x = a.self if a.dim is not None else b.shaped(a.self, (a.self.size,))
    axis = a.dim if a.dim is not None else 0
    return b.quantile(x, q=a.q, axis=axis, keepdims=bool(a.keepdim), interpolation=a.interpolation)


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


# Elementwise


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


# Arranging


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
