"""Images in other sizes: interpolation, averages over as many windows as wanted, channels rearranged to pixels.

Resampling works on one axis after the other: each new element is a sum of few old ones with weights, and the gradient
hands the same shares back. PyTorch's `area` interpolation is its `adaptive_avg_pool`, and so it is here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import floor
from typing import Any

import numpy as np

from tidegraph.engine.graph import Operator, Shape, ShapeError, Type, Variable, size_of
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops.arrange import whole_number
from tidegraph.engine.ops.declare import Case, Primitive, check_numbers, composite, normal_shape, primitive
from tidegraph.engine.ops.pooling import avg_pool, check_axes, wanted_sizes
from tidegraph.engine.ops.shape import reshape, transpose
from tidegraph.engine.ops.windows import numbers

Taps = list[tuple[Any, Any, Any]]
"""For some of the new elements each: which they are, which old element they take, and the weight."""


def taps(mode: str, m: int, n: int, step: float, align_corners: bool) -> Taps:
    """How m new elements are made of n old ones, `step` old ones apart; old elements come in ascending order.

    As in PyTorch as many elements are the same elements, whatever the step.
    """
    rows = np.arange(m)
    if m == n:
        return [(rows, rows, np.ones(m))]
    if mode == "nearest":
        step = 0.5 if m == 2 * n else step
        return [(rows, np.minimum((rows * step).astype(np.intp), n - 1), np.ones(m))]
    if mode == "nearest-exact":
        return [(rows, np.minimum(((rows + 0.5) * step).astype(np.intp), n - 1), np.ones(m))]
    if mode == "cubic":
        return cubic_taps(m, n, step, align_corners)
    if mode == "area":
        first, last = rows * n // m, -(-(rows + 1) * n // m)
        found = []
        for k in range((last - first).max(initial=0)):
            reached = rows[first + k < last]
            found.append((reached, first[reached] + k, 1 / (last - first)[reached]))
        return found
    if align_corners:
        place = rows * ((n - 1) / (m - 1) if m > 1 else 0.0)
    else:
        place = np.maximum((rows + 0.5) * step - 0.5, 0.0)
    low = np.minimum(place.astype(np.intp), n - 1)
    share = np.where(low < n - 1, place - low, 0.0)
    between = rows[share > 0]
    return [(rows, low, 1 - share), (between, low[between] + 1, share[between])]


CUBIC = -0.75
"""The slope at 1 of the kernel of Keys (1981); PyTorch's choice."""


def cubic_taps(m: int, n: int, step: float, align_corners: bool) -> Taps:
    """Four neighbours with the weights of cubic convolution; beyond the ends the outermost element again."""
    rows = np.arange(m)
    place = rows * ((n - 1) / (m - 1) if m > 1 else 0.0) if align_corners else (rows + 0.5) * step - 0.5
    low = np.floor(place).astype(np.intp)
    share = place - low
    found = []
    for k in range(-1, 3):
        far = np.abs(share - k)
        inner = ((CUBIC + 2) * far - (CUBIC + 3)) * far * far + 1
        outer = ((CUBIC * far - 5 * CUBIC) * far + 8 * CUBIC) * far - 4 * CUBIC
        found.append((rows, np.clip(low + k, 0, n - 1), np.where(far <= 1, inner, outer)))
    return found


def every_axis(operator: Operator, wide: Shape, narrow: Shape) -> list[Taps]:
    """The taps of each axis, from the sizes `wide` of the input of `resample` to those of its result."""
    how = operator.attributes
    axes = zip(narrow, wide, how["steps"], strict=True)
    return [taps(how["mode"], m, n, step, how["align_corners"]) for m, n, step in axes]


def gathered(x: Any, found: Taps, out: Any) -> None:
    """One axis, the middle one of three, made of its taps; the first of them reaches every new element."""
    (_, places, shares), *more = found
    np.multiply(np.take(x, places, 1), shares.astype(out.dtype)[:, None], out)
    for rows, places, shares in more:
        part = np.take(x, places, 1)
        part *= shares.astype(out.dtype)[:, None]
        out[:, rows] += part


def shared_out(y: Any, found: Taps, out: Any) -> None:
    """The transpose of `gathered`: what each old element took part in."""
    out[...] = 0
    for rows, places, shares in found:
        if rows.size:
            part = np.take(y, rows, 1)
            part *= shares.astype(out.dtype)[:, None]
            old, starts = np.unique(places, return_index=True)
            out[:, old] += np.add.reduceat(part, starts, axis=1)


def along_axes(apply: Callable[[Any, Taps, Any], None], axes: Sequence[Taps], shape: Shape) -> Callable[..., Any]:
    """A kernel that treats the last axes one after the other, to the given shape, the last axis first."""
    lead, sizes = shape[: len(shape) - len(axes)], shape[len(shape) - len(axes) :]

    def kernel(x: Any, out: Any) -> None:
        current = x.astype(out.dtype, copy=False)
        for axis in reversed(range(len(axes))):
            old = (*current.shape[: len(lead) + axis], *sizes[axis:])
            target = out if axis == 0 else np.empty(old, out.dtype)
            before, trailing = size_of(old[: len(lead) + axis]), size_of(sizes[axis + 1 :])
            n, m = current.shape[len(lead) + axis], sizes[axis]
            apply(current.reshape(before, n, trailing), axes[axis], target.reshape(before, m, trailing))
            current = target

    return kernel


def _select_resample(operator: Operator) -> Callable[..., Any]:
    (x,), (y,) = operator.inputs, operator.outputs
    ndim = len(operator.attributes["sizes"])
    return along_axes(gathered, every_axis(operator, x.shape[-ndim:], y.shape[-ndim:]), y.shape)


def _select_resample_back(operator: Operator) -> Callable[..., Any]:
    (y,), (x,) = operator.inputs, operator.outputs
    ndim = len(operator.attributes["sizes"])
    return along_axes(shared_out, every_axis(operator, x.shape[-ndim:], y.shape[-ndim:]), x.shape)


KINDS = ("nearest", "nearest-exact", "linear", "cubic", "area")


def _infer_resample(x: Variable, *, sizes: Any, steps: Any, mode: str = "area", align_corners: bool = False) -> Type:
    sizes = normal_shape(sizes)
    ndim = len(sizes)
    if not isinstance(steps, tuple) or len(steps) != ndim or mode not in KINDS:
        raise ShapeError("resample-arguments")
    for step in steps:
        check_numbers(step=step)
    if x.ndim < ndim or (size_of(sizes) and not size_of(x.shape[x.ndim - ndim :])):
        raise ShapeError("resample-shape", shape=x.shape, sizes=tuple(sizes))
    return Type((*x.shape[: x.ndim - ndim], *sizes))


def _stages(x: Variable, sizes: Shape) -> list[int]:
    """How many elements there are after each axis, the input's first."""
    shape, found = list(x.shape), [x.size]
    for axis in range(1, len(sizes) + 1):
        shape[-axis] = sizes[-axis]
        found.append(size_of(shape))
    return found


def _resample_flops(x: Variable, *, sizes: Any, mode: str, **how: Any) -> int:
    """A multiplication and an addition for each tap: one, two, or as many as there are on the longer side."""
    stages = _stages(x, sizes)
    each = {"nearest": 1, "nearest-exact": 1, "linear": 2, "cubic": 4}.get(mode)
    return 2 * sum(max(a, b) if each is None else each * max(a, b) for a, b in pairwise(stages))


def _working(width: int, x: Variable, y: Variable, axes: Sequence[Taps], each: Callable[..., int]) -> int:
    """The most bytes of one axis after the other: what goes from one to the next, and what `each` needs a row."""
    lead = x.ndim - len(axes)
    most, shape = 0, list(x.shape)
    for axis in reversed(range(len(axes))):
        held = 0 if axis == len(axes) - 1 else size_of(shape)
        shape[lead + axis] = y.shape[lead + axis]
        rows = size_of(shape) // max(shape[lead + axis], 1)
        most = max(most, held + (size_of(shape) if axis else 0) + rows * each(axes[axis], shape[lead + axis]))
    return width * (most + x.size * (x.kind != "float"))


def _gathered_rows(found: Taps, size: int) -> int:
    first, *more = (len(rows) for rows, _, _ in found)
    return max([first, *(2 * n for n in more)])


def _shared_rows(found: Taps, size: int) -> int:
    return max((len(rows) + 2 * len(np.unique(old)) for rows, old, _ in found), default=0)


def _resample_workspace(width: int, x: Variable, *, sizes: Any, steps: Any, mode: str, align_corners: bool) -> int:
    y = Variable((*x.shape[: x.ndim - len(sizes)], *sizes))
    wide = x.shape[x.ndim - len(sizes) :]
    axes = [taps(mode, m, n, step, align_corners) for m, n, step in zip(sizes, wide, steps, strict=True)]
    return _working(width, x, y, axes, _gathered_rows)


def _back_workspace(width: int, y: Variable, *, sizes: Any, steps: Any, mode: str, align_corners: bool) -> int:
    x = Variable((*y.shape[: y.ndim - len(sizes)], *sizes))
    narrow = y.shape[y.ndim - len(sizes) :]
    axes = [taps(mode, m, n, step, align_corners) for m, n, step in zip(narrow, sizes, steps, strict=True)]
    return _working(width, y, x, axes, _shared_rows)


resample: Primitive = primitive(
    "resample",
    infer=_infer_resample,
    kernel=None,
    select=_select_resample,
    linear=True,
    vjp=(lambda g, y, x, *, sizes, **how: resample_back(g, sizes=x.shape[-len(sizes) :], **how),),
    latex=r"\operatorname{{resample}}\left({0}\right)",
    symbol=r"\operatorname{resample}",
    flops=_resample_flops,
    workspace=_resample_workspace,
    backward=Way.RESAMPLED_BACK,
    doc="The last axes brought to other sizes: nearest elements, linear interpolation, or averages of areas.",
    cases=(
        Case(((2, 5, 4),), {"sizes": (3, 6), "steps": (5 / 3, 4 / 6)}),
        Case(((2, 3, 5),), {"sizes": (4,), "steps": (5 / 4,), "mode": "linear"}),
        Case(((2, 3, 5),), {"sizes": (7,), "steps": (5 / 7,), "mode": "nearest"}),
    ),
)

resample_back: Primitive = primitive(
    "resample_back",
    infer=_infer_resample,
    kernel=None,
    select=_select_resample_back,
    linear=True,
    vjp=(lambda g, x, y, *, sizes, **how: resample(g, sizes=y.shape[-len(sizes) :], **how),),
    latex=r"\operatorname{{resample}}^\top\left({0}\right)",
    symbol=r"\operatorname{resample}^\top",
    flops=_resample_flops,
    workspace=_back_workspace,
    backward=Way.RESAMPLED,
    doc="The gradient of resample: every number shared out over the elements that it was made of.",
    cases=(Case(((2, 3, 6),), {"sizes": (5, 4), "steps": (5 / 3, 4 / 6)}),),
)

MODES = {
    "nearest": None, "nearest-exact": None, "linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3, "area": None,
}  # fmt: skip
"""Ways to interpolate, with the number of axes that PyTorch's name for it stands for."""


def new_sizes(sizes: Shape, size: Any, scale_factor: Any) -> tuple[Shape, tuple[float, ...]]:
    """Sizes after an interpolation, and the distance of neighbours measured in old elements."""
    ndim = len(sizes)
    if (size is None) == (scale_factor is None):
        raise ShapeError("interpolate-size")
    if size is not None:
        made = numbers("size", size, ndim, 1)
        return made, tuple(n / m for n, m in zip(sizes, made, strict=True))
    scales = tuple(scale_factor) if isinstance(scale_factor, (tuple, list)) else (scale_factor,) * ndim
    if len(scales) != ndim or any(isinstance(s, bool) or not isinstance(s, (int, float)) or s <= 0 for s in scales):
        raise ShapeError("scale-factor", count=ndim, given=repr(scale_factor))
    made = tuple(floor(n * s) for n, s in zip(sizes, scales, strict=True))
    if 0 in made:
        raise ShapeError("scaled-to-nothing", sizes=sizes, factor=repr(scale_factor))
    return made, tuple(1 / s for s in scales)


@composite(
    symbol=r"\operatorname{resize}",
    cases=(
        Case(((2, 3, 4),), {"scale_factor": 2}),
        Case(((1, 2, 3, 4),), {"size": (5, 3)}),
        Case(((1, 2, 3, 4),), {"scale_factor": (2, 1.5), "mode": "bilinear"}),
        Case(((1, 2, 3, 4),), {"size": (5, 6), "mode": "bilinear", "align_corners": True}),
        Case(((1, 2, 5),), {"size": 3, "mode": "linear"}),
        Case(((1, 2, 3),), {"scale_factor": 1.3, "mode": "linear"}),
        Case(((1, 2, 2, 4),), {"scale_factor": (2.3, 1.1)}),
        Case(((1, 1, 3, 4),), {"size": (5, 2), "mode": "bicubic"}),
        Case(((1, 1, 5),), {"size": 3, "mode": "nearest-exact"}),
    ),
)
def interpolate(
    x: Variable,
    *,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Variable:
    """Axes after batch and channels brought to another size: nearest, nearest-exact, area; linear over one axis,
    bilinear and bicubic over two, trilinear over three."""
    if antialias:
        raise ShapeError("option-not-known", option="antialias", given="True", known="antialias=False")
    ndim = x.ndim - 2
    if ndim < 1:
        raise ShapeError("interpolate-axes", shape=x.shape)
    if mode not in MODES or MODES[mode] not in (None, ndim):
        known = ", ".join(m for m, n in MODES.items() if n in (None, ndim))
        raise ShapeError("unknown-mode-for-axes", known, mode=repr(mode), axes=ndim)
    sizes, steps = new_sizes(x.shape[2:], size, scale_factor)
    if recompute_scale_factor:
        steps = tuple(n / m for n, m in zip(x.shape[2:], sizes, strict=True))
    kind = "linear" if mode.endswith("linear") else mode.removeprefix("bi")
    corners = bool(align_corners) and kind in ("linear", "cubic")
    return resample(x, sizes=sizes, steps=steps, mode=kind, align_corners=corners)


def average(x: Variable, sizes: Shape) -> Variable:
    """As many averages as wanted over the last axes: of windows where they fit evenly, else of ranges that overlap."""
    ndim = len(sizes)
    if all(m and n and n % m == 0 for m, n in zip(sizes, x.shape[-ndim:], strict=True)):
        return avg_pool(x, kernel_size=tuple(n // m for m, n in zip(sizes, x.shape[-ndim:], strict=True)))
    return resample(x, sizes=sizes, steps=(0.0,) * ndim, mode="area")


@composite(
    symbol=r"\operatorname{avgpool}",
    cases=(Case(((2, 3, 6),), {"output_size": 3}), Case(((3, 7),), {"output_size": 3})),
)
def adaptive_avg_pool1d(x: Variable, *, output_size: Any) -> Variable:
    """The averages of `output_size` equal ranges of the last axis."""
    check_axes("adaptive_avg_pool1d", x, 1)
    return average(x, wanted_sizes(x, output_size, 1))


@composite(
    symbol=r"\operatorname{avgpool}",
    cases=(Case(((2, 3, 4, 6),), {"output_size": (2, 3)}), Case(((3, 5, 7),), {"output_size": (None, 3)})),
)
def adaptive_avg_pool2d(x: Variable, *, output_size: Any) -> Variable:
    """The averages of `output_size` equal ranges of each of the last two axes."""
    check_axes("adaptive_avg_pool2d", x, 2)
    return average(x, wanted_sizes(x, output_size, 2))


@composite(symbol=r"\operatorname{avgpool}", cases=(Case(((1, 3, 2, 5),), {"output_size": (2, 1, 3)}),))
def adaptive_avg_pool3d(x: Variable, *, output_size: Any) -> Variable:
    """The averages of `output_size` equal ranges of each of the last three axes."""
    check_axes("adaptive_avg_pool3d", x, 3)
    return average(x, wanted_sizes(x, output_size, 3))


@composite(
    symbol=r"\operatorname{shuffle}",
    cases=(Case(((2, 8, 2, 3),), {"upscale_factor": 2}), Case(((9, 1, 2),), {"upscale_factor": 3})),
)
def pixel_shuffle(x: Variable, *, upscale_factor: int) -> Variable:
    """Groups of r^2 channels laid out as squares of r x r pixels (Shi et al. 2016)."""
    r = upscale_factor
    if isinstance(r, bool) or not isinstance(r, int) or r < 1:
        raise ShapeError("upscale-factor", given=repr(r))
    if x.ndim < 3 or x.shape[-3] % (r * r):
        raise ShapeError("pixel-shuffle-shape", factor=r * r, shape=x.shape)
    *batch, channels, height, width = x.shape
    n = len(batch)
    parts = reshape(x, shape=(*batch, channels // (r * r), r, r, height, width))
    mixed = transpose(parts, axes=(*range(n), n, n + 3, n + 1, n + 4, n + 2))
    return reshape(mixed, shape=(*batch, channels // (r * r), height * r, width * r))


@composite(symbol=r"\operatorname{unshuffle}", cases=(Case(((1, 2, 4, 2),), {"downscale_factor": 2}),))
def pixel_unshuffle(x: Variable, *, downscale_factor: int) -> Variable:
    """Squares of r x r pixels laid out as groups of r^2 channels: the inverse of pixel_shuffle."""
    r = whole_number("downscale_factor", downscale_factor, 1)
    if x.ndim < 3 or x.shape[-2] % r or x.shape[-1] % r:
        raise ShapeError("needs-shape", name="pixel_unshuffle", needed=f"[..., {r} h, {r} w]", shape=x.shape)
    *batch, channels, height, width = x.shape
    n = len(batch)
    parts = reshape(x, shape=(*batch, channels, height // r, r, width // r, r))
    mixed = transpose(parts, axes=(*range(n), n, n + 2, n + 4, n + 1, n + 3))
    return reshape(mixed, shape=(*batch, channels * r * r, height // r, width // r))


@composite(symbol=r"\operatorname{shuffle}", cases=(Case(((1, 6, 2),), {"groups": 2}),))
def channel_shuffle(x: Variable, *, groups: int) -> Variable:
    """Channels (axis 1) dealt out from groups in turn (Zhang et al. 2018)."""
    count = whole_number("groups", groups, 1)
    if x.ndim < 3 or x.shape[1] % count:
        raise ShapeError("needs-shape", name="channel_shuffle", needed=f"[batch, {count} c, ...]", shape=x.shape)
    batch, channels, *rest = x.shape
    parts = reshape(x, shape=(batch, count, channels // count, *rest))
    return reshape(transpose(parts, axes=(0, 2, 1, *range(3, parts.ndim))), shape=x.shape)
