"""Images sampled at places that are computed: grids of coordinates between -1 and 1, as in spatial transformers."""

from __future__ import annotations

from itertools import product

import numpy as np

from tidegraph.engine.graph import ShapeError, Variable, constant, size_of
from tidegraph.engine.ops.arithmetic import abs, clip, greater_equal, less_equal, logical_and, where
from tidegraph.engine.ops.arrange import room
from tidegraph.engine.ops.declare import Case, composite
from tidegraph.engine.ops.indexing import gather
from tidegraph.engine.ops.rounding import floor, round
from tidegraph.engine.ops.shape import broadcast_to, in_shape, reshape, transpose

PADDINGS = ("zeros", "border", "reflection")


def _reflected(place: Variable, low: float, high: float) -> Variable:
    """A coordinate reflected at both ends until it lies between them."""
    span = high - low
    if span <= 0:
        return place * 0.0
    moved = abs(place - low)
    turns = floor(moved / span)
    rest = moved - turns * span
    odd = turns - 2.0 * floor(turns / 2.0)
    return where(odd > 0, high - rest, low + rest)


def _settled(place: Variable, size: int, padding: str, align_corners: bool) -> Variable:
    """A coordinate with the ends treated as `padding` says."""
    if padding == "reflection":
        low, high = (0.0, size - 1.0) if align_corners else (-0.5, size - 0.5)
        place = _reflected(place, low, high)
    return place if padding == "zeros" else clip(place, 0.0, size - 1.0)


def _at(x: Variable, places: list[Variable], sizes: tuple[int, ...]) -> Variable:
    """The elements of x at whole coordinates, 0 outside; x is batch x channels x elements."""
    inside: Variable | None = None
    flat: Variable | None = None
    for place, size in zip(places, sizes, strict=True):
        within = logical_and(greater_equal(place, 0), less_equal(place, size - 1))
        inside = within if inside is None else logical_and(inside, within)
        kept = clip(place, 0.0, float(size - 1))
        flat = kept if flat is None else flat * size + kept
    assert flat is not None
    assert inside is not None
    batch, channels = x.shape[:2]
    count = flat.size // max(batch, 1)
    index = broadcast_to(in_shape(flat, (batch, 1, count)), shape=(batch, channels, count))
    return where(in_shape(inside, (batch, 1, count)), gather(x, index, axis=-1), 0.0)


def _cubic_weights(share: Variable) -> list[Variable]:
    """Keys' cubic convolution for the four neighbours from -1 to 2."""
    a = -0.75

    def inner(t: Variable) -> Variable:
        return ((a + 2) * t - (a + 3)) * t * t + 1

    def outer(t: Variable) -> Variable:
        return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a

    return [outer(share + 1.0), inner(share), inner(1.0 - share), outer(2.0 - share)]


@composite(
    symbol=r"\operatorname{sample}",
    kink="at whole coordinates the slope to the right",
    domain=((-2.0, 2.0), (-0.9, 0.9)),
    cases=(
        Case(((1, 2, 3, 2), (1, 2, 2, 2))),
        Case(((1, 1, 3, 3), (1, 1, 2, 2)), {"padding_mode": "border", "align_corners": True}),
    ),
)
def grid_sample(
    x: Variable,
    grid: Variable,
    *,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Variable:
    """Images sampled at a grid of points (x, y[, z]) between -1 and 1, one grid an example (Jaderberg et al. 2015)."""
    ndim = x.ndim - 2
    if ndim not in (2, 3) or grid.ndim != x.ndim or grid.shape[-1] != ndim or grid.shape[0] != x.shape[0]:
        raise ShapeError("do-not-fit", name="grid_sample", left=x.shape, right=grid.shape)
    if mode not in ("bilinear", "nearest", *(("bicubic",) if ndim == 2 else ())):
        raise ShapeError("option-not-known", option="mode", given=mode, known=["bilinear", "nearest", "bicubic"])
    if padding_mode not in PADDINGS:
        raise ShapeError("option-not-known", option="padding_mode", given=padding_mode, known=list(PADDINGS))
    sizes = x.shape[2:]
    if not size_of(sizes):
        raise ShapeError("needs-shape", name="grid_sample", needed="[batch, channels, h, w]", shape=x.shape)
    corners = bool(align_corners)
    batch, channels = x.shape[:2]
    flat = reshape(x, shape=(batch, channels, size_of(sizes)))
    places = []
    for axis, size in enumerate(sizes):
        g = grid[..., ndim - 1 - axis]
        place = (g + 1.0) * ((size - 1) / 2) if corners else ((g + 1.0) * size - 1.0) / 2
        places.append(place if mode == "bicubic" else _settled(place, size, padding_mode, corners))
    shape = (batch, channels, *grid.shape[1:-1])
    if mode == "nearest":
        return reshape(_at(flat, [round(p) for p in places], sizes), shape=shape)
    low = [floor(p) for p in places]
    shares = [p - q for p, q in zip(places, low, strict=True)]
    count = size_of(grid.shape[1:-1])
    result: Variable | None = None
    offsets = range(2) if mode == "bilinear" else range(-1, 3)
    weights = [[1.0 - s, s] if mode == "bilinear" else _cubic_weights(s) for s in shares]
    for corner in product(offsets, repeat=ndim):
        weight: Variable | None = None
        at = []
        for axis, k in enumerate(corner):
            part = weights[axis][k - offsets[0]]
            weight = part if weight is None else weight * part
            place = low[axis] + float(k)
            at.append(_settled(place, sizes[axis], padding_mode, corners) if mode == "bicubic" else place)
        assert weight is not None
        term = _at(flat, at, sizes) * in_shape(weight, (batch, 1, count))
        result = term if result is None else result + term
    assert result is not None
    return reshape(result, shape=shape)


@composite(
    symbol=r"\operatorname{grid}",
    cases=(
        Case(((1, 2, 3),), {"size": (1, 1, 2, 3)}),
        Case(((1, 3, 4),), {"size": (1, 1, 2, 1, 2), "align_corners": True}),
    ),
)
def affine_grid(theta: Variable, *, size: tuple[int, ...], align_corners: bool | None = None) -> Variable:
    """The grid of points of an affine map, batch x ndim x (ndim + 1), over images of a size, for grid_sample."""
    ndim = len(size) - 2
    if ndim not in (2, 3) or theta.shape != (size[0], ndim, ndim + 1):
        needed = f"[{size[0] if size else 'n'}, {max(ndim, 2)}, {max(ndim, 2) + 1}]"
        raise ShapeError("needs-shape", name="affine_grid", needed=needed, shape=theta.shape)
    room(*size[2:])
    axes = []
    for n in size[2:]:
        line = np.linspace(-1.0, 1.0, n) if n > 1 else np.zeros(1)
        axes.append(line if align_corners else line * ((n - 1) / n))
    mesh = np.meshgrid(*axes, indexing="ij")
    points = np.stack([*(m.reshape(-1) for m in reversed(mesh)), np.ones(size_of(size[2:]))], -1)
    return reshape(constant(points) @ transpose(theta, axes=(0, 2, 1)), shape=(size[0], *size[2:], ndim))
