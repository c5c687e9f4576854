"""How PyTorch spells the operators that are made of others: rows of the oracle's table."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
F = torch.nn.functional

Row = Callable[..., Any]


def symmetric(x: Any) -> Any:
    return (x + x.mT) / 2


def seeds_bernoulli(p: Any, seed: int = 0) -> Any:
    """PyTorch draws other numbers; these are NumPy's."""
    return torch.as_tensor(np.random.default_rng(seed).random(tuple(p.shape)) < p.detach().numpy(), dtype=p.dtype)


def aminmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return x.amin(axis, keepdim=keepdims), x.amax(axis, keepdim=keepdims)


def copysign(a: Any, b: Any) -> Any:
    return torch.copysign(a, b.detach())


def ctc_loss(
    log_probs: Any, targets: Any, input_lengths: Any = None, target_lengths: Any = None, reduction: str = "mean"
) -> Any:
    """The sum over all alignments, element by element: PyTorch's own has no second derivative."""
    time, batch = log_probs.shape[:2]
    losses = []
    lengths = []
    for n in range(batch):
        steps = time if input_lengths is None else input_lengths[n]
        count = targets.shape[1] if target_lengths is None else target_lengths[n]
        lengths.append(count)
        labels = [0]
        for label in targets[n, :count].long().tolist():
            labels += [label, 0]
        state = {s: log_probs[0, n, labels[s]] for s in (0, 1) if s < len(labels)}
        for t in range(1, steps):
            following = {}
            for s, label in enumerate(labels):
                sources = [s, s - 1] + ([s - 2] if label and s > 1 and label != labels[s - 2] else [])
                terms = [state[k] for k in sources if k in state]
                if terms:
                    following[s] = torch.logsumexp(torch.stack(terms), 0) + log_probs[t, n, label]
            state = following
        ends = [state[s] for s in (len(labels) - 1, len(labels) - 2) if s in state]
        losses.append(-torch.logsumexp(torch.stack(ends), 0))
    each = torch.stack(losses)
    if reduction == "mean":
        return (each / torch.tensor(lengths, dtype=each.dtype).clamp(min=1)).mean()
    return each.sum() if reduction == "sum" else each


def diff(x: Any, prepend: Any = None, append: Any = None, n: int = 1, axis: int = -1) -> Any:
    return torch.diff(x, n, axis, prepend=prepend, append=append)


def embedding_bag(
    indices: Any, weight: Any, offsets: Any = None, per_sample_weights: Any = None, mode: str = "mean"
) -> Any:
    """PyTorch's own has no second derivative."""
    if offsets is None:
        rows = F.embedding(indices.long(), weight)
        return {"mean": rows.mean(1), "sum": rows.sum(1), "max": rows.amax(1)}[mode]
    rows = F.embedding(indices.long(), weight)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights[:, None]
    ends = [*offsets.long().tolist(), len(indices)]
    return torch.stack([rows[a:b].sum(0) for a, b in itertools.pairwise(ends)])


def grid_sample(x: Any, grid: Any, padding_mode: str = "zeros", align_corners: bool | None = None) -> Any:
    """Bilinear by hand: PyTorch's own has no second derivative."""
    sizes = x.shape[-1], x.shape[-2]
    places = []
    for k, n in enumerate(sizes):
        u = grid[..., k]
        place = (u + 1) / 2 * (n - 1) if align_corners else ((u + 1) * n - 1) / 2
        places.append(place.clamp(0, n - 1) if padding_mode == "border" else place)
    total: Any = 0.0
    for right in (0, 1):
        for down in (0, 1):
            cx, cy = (p.detach().floor() + d for p, d in zip(places, (right, down), strict=True))
            share = (1 - (places[0] - cx).abs()) * (1 - (places[1] - cy).abs())
            inside = (cx >= 0) & (cx < sizes[0]) & (cy >= 0) & (cy < sizes[1])
            ix, iy = cx.clamp(0, sizes[0] - 1).long(), cy.clamp(0, sizes[1] - 1).long()
            found = torch.stack([image[:, b, a] for image, a, b in zip(x, ix, iy, strict=True)])
            total = total + found * (share * inside)[:, None]
    return total


def gumbel_softmax(x: Any, tau: float = 1.0, seed: int = 0) -> Any:
    from tidegraph.engine.ops import REGISTRY

    zero = tidegraph_value(REGISTRY["gumbel_softmax"], tuple(x.shape), seed)
    return F.softmax((x + torch.as_tensor(zero)) / tau, -1)


def tidegraph_value(op: Any, shape: tuple[int, ...], seed: int) -> Any:
    """The noise of a seed, up to a constant: the logarithm of what zeros give."""
    import tidegraph
    from tidegraph.engine.graph import Graph, leaf

    x = leaf(shape, "input")
    graph = Graph({"x": x, "y": op(x, seed=seed)})
    values = tidegraph.function(graph)({"x": np.zeros(shape)})
    return np.log(values[0]["y"] if isinstance(values, (tuple, list)) else values["y"])


def index_put(x: Any, *rest: Any, accumulate: bool = False) -> Any:
    return x.index_put(tuple(i.long() for i in rest[:-1]), rest[-1], accumulate)


def layers(step: Row, states: int) -> Row:
    """A recurrent layer as its cell, step after step."""

    def row(x: Any, *rest: Any, batch_first: bool = False) -> Any:
        given, weights = list(rest[:states]), rest[states:]
        x = x.transpose(0, 1) if batch_first else x
        hidden = weights[1].shape[1]
        state = [torch.zeros(x.shape[1], hidden, dtype=x.dtype) if s is None else s for s in given]
        found = []
        for one in x:
            state = step(one, state, weights)
            found.append(state[0])
        y = torch.stack(found)
        return (y.transpose(0, 1) if batch_first else y, *state)

    return row


def max_unpool(ndim: int) -> Row:
    def row(x: Any, indices: Any, kernel_size: int) -> Any:
        lead, sizes = x.shape[:-ndim], [n * kernel_size for n in x.shape[-ndim:]]
        flat = torch.zeros((*lead, math.prod(sizes)), dtype=x.dtype)
        return flat.scatter(-1, indices.long().flatten(-ndim), x.flatten(-ndim)).reshape(*lead, *sizes)

    return row


def affine_grid(theta: Any, size: Any, align_corners: bool = False) -> Any:
    with warnings.catch_warnings(action="ignore"):  # of an axis with one element
        return F.affine_grid(theta, size, align_corners=align_corners)


def stft(x: Any, window: Any = None, **how: Any) -> Any:
    window = torch.ones(how["n_fft"], dtype=x.dtype) if window is None else window
    return torch.view_as_real(torch.stft(x, window=window, return_complex=True, **how))


def solve_triangular(a: Any, b: Any, upper: bool = False, unitriangular: bool = False) -> Any:
    return torch.linalg.solve_triangular(a, b, upper=upper, unitriangular=unitriangular)


POOLING: dict[str, Row] = {
    "adaptive_avg_pool3d": F.adaptive_avg_pool3d,
    **{
        f"adaptive_max_pool{n}d": lambda x, output_size, n=n: getattr(F, f"adaptive_max_pool{n}d")(x, output_size)
        for n in (1, 2, 3)
    },
    "avg_pool3d": F.avg_pool3d,
    "max_pool3d": F.max_pool3d,
    **{f"max_unpool{n}d": max_unpool(n) for n in (1, 2, 3)},
    "conv_transpose3d": F.conv_transpose3d,
    "pixel_unshuffle": F.pixel_unshuffle,
    "channel_shuffle": lambda x, groups: (
        x.reshape(x.shape[0], groups, -1, *x.shape[2:]).transpose(1, 2).reshape(x.shape)
    ),
    "affine_grid": affine_grid,
    "grid_sample": grid_sample,
    "embedding_bag": embedding_bag,
    "gru": layers(lambda x, s, w: [torch.gru_cell(x, s[0], *w)], 1),
    "lstm": layers(lambda x, s, w: list(torch.lstm_cell(x, tuple(s), *w)), 2),
    "ctc_loss": ctc_loss,
    "multilabel_soft_margin_loss": lambda o, y: F.multilabel_soft_margin_loss(o, y),
    "softmin": lambda x, axis=-1: F.softmin(x, axis),
    "gumbel_softmax": gumbel_softmax,
}

ELEMENTARY: dict[str, Row] = {
    "addcdiv": torch.addcdiv,
    "addcmul": torch.addcmul,
    "clamp_max": torch.clamp_max,
    "clamp_min": torch.clamp_min,
    "copysign": copysign,
    "deg2rad": torch.deg2rad,
    "rad2deg": torch.rad2deg,
    "entr": torch.special.entr,
    "erfcx": lambda x: torch.exp(x * x) * torch.erfc(x),
    "erfinv": torch.erfinv,
    "float_power": torch.float_power,
    "floor_divide": lambda a, b: torch.floor_divide(a.detach(), b.detach()),
    "fmax": torch.fmax,
    "fmin": torch.fmin,
    "frac": torch.frac,
    "heaviside": lambda x, value: torch.heaviside(x.detach(), value.detach()),
    "ldexp": torch.ldexp,
    "log_ndtr": torch.special.log_ndtr,
    "ndtr": torch.special.ndtr,
    "ndtri": lambda p: math.sqrt(2) * torch.erfinv(2 * p - 1),
    "logaddexp2": torch.logaddexp2,
    "masked_fill": lambda x, mask, value: x.masked_fill(mask != 0, value),
    "rsub": torch.rsub,
    "signbit": torch.signbit,
    "xlog1py": lambda x, y: x * torch.log1p(y),
    "bernoulli": seeds_bernoulli,
}

MATRICES: dict[str, Row] = {
    **{name: getattr(torch, name) for name in ("addbmm", "addmm", "addmv", "addr", "baddbmm")},
    "block_diag": lambda *x: torch.block_diag(*x),
    "cdist": lambda a, b, p=2.0: ((a[..., :, None, :] - b[..., None, :, :]).abs() ** p).sum(-1) ** (1 / p),
    "pdist": lambda x: torch.stack(
        [((x[i] - x[j]) ** 2).sum() ** 0.5 for i in range(len(x)) for j in range(i + 1, len(x))]
    ),
    "pairwise_distance": lambda a, b, p=2.0, keepdims=False: F.pairwise_distance(a, b, p, keepdim=keepdims),
    "dist": torch.dist,
    "renorm": torch.renorm,
    "cholesky_inverse": lambda a: torch.linalg.inv(a.tril() @ a.tril().mT),
    "cholesky_solve": lambda b, a: torch.linalg.solve(a.tril() @ a.tril().mT, b),
    "cond": lambda x, p=None: torch.linalg.cond(x) if p is None else x.norm() * torch.linalg.inv(x).norm(),
    "corrcoef": torch.corrcoef,
    "cov": lambda x, f=None, a=None, ddof=1: weighted_cov(x, f, a, ddof),
    "eigvalsh": lambda x: torch.linalg.eigvalsh(symmetric(x)),
    "logdet": torch.logdet,
    "lstsq": lambda a, b: torch.linalg.pinv(a) @ b,
    "matrix_exp": torch.linalg.matrix_exp,
    "matrix_norm": torch.linalg.matrix_norm,
    "multi_dot": lambda *x: torch.linalg.multi_dot(x),
    "solve_triangular": solve_triangular,
    "svdvals": torch.linalg.svdvals,
    "tensorinv": torch.linalg.tensorinv,
    "tensorsolve": torch.linalg.tensorsolve,
    "vander": lambda x, n=None: torch.linalg.vander(x, N=n),
    "vdot": torch.vdot,
    "vecdot": lambda a, b: torch.linalg.vecdot(a, b),
    "mvlgamma": lambda x, p: p * (p - 1) / 4 * math.log(math.pi) + sum(torch.lgamma(x - j / 2) for j in range(p)),
    "fft": lambda x, n=None, axis=-1, norm=None: torch.view_as_real(torch.fft.fft(x, n, axis, norm)),
    "stft": stft,
}

ARRANGEMENT: dict[str, Row] = {
    **{name: getattr(torch, name) for name in ("atleast_1d", "atleast_2d", "atleast_3d", "fliplr", "flipud")},
    "broadcast_tensors": lambda *x: torch.broadcast_tensors(*x),
    "cartesian_prod": lambda *x: torch.cartesian_prod(*x),
    "combinations": torch.combinations,
    **{name: lambda *x, name=name: getattr(torch, name)(x) for name in ("column_stack", "dstack", "hstack", "vstack")},
    "rot90": lambda x, k=1, axes=(0, 1): torch.rot90(x, k, axes),
    "chunk": lambda x, chunks, axis=0: x.chunk(chunks, axis),
    "tensor_split": lambda x, indices_or_sections, axis=0: torch.tensor_split(x, indices_or_sections, axis),
    **{
        name: lambda x, indices_or_sections, name=name: getattr(torch, name)(x, indices_or_sections)
        for name in ("dsplit", "hsplit", "vsplit")
    },
    "split_with_sizes": lambda x, split_sizes, axis=0: x.split_with_sizes(split_sizes, axis),
    "unbind": lambda x, axis=0: x.unbind(axis),
    "unflatten": lambda x, axis, sizes: x.unflatten(axis, sizes),
    "diag_embed": lambda x, offset=0, axis1=-2, axis2=-1: torch.diag_embed(x, offset, axis1, axis2),
    "diagflat": torch.diagflat,
    "diagonal_scatter": lambda x, source, offset=0: torch.diagonal_scatter(x, source, offset),
    "expand": lambda x, shape: x.expand(shape),
    "expand_as": lambda x, other: x.expand_as(other),
    "reshape_as": lambda x, other: x.reshape_as(other),
    "sum_to_size": lambda x, shape: x.sum_to_size(shape),
    "fill": lambda x, value: value.expand(x.shape),
    "index_copy": lambda x, i, source, axis: x.index_copy(axis, i.long(), source),
    "index_fill": lambda x, i, value, axis: x.index_fill(axis, i.long(), value),
    "index_put": index_put,
    "index_select": lambda x, i, axis: x.index_select(axis, i.long()),
    "meshgrid": lambda *x, indexing="ij": torch.meshgrid(*x, indexing=indexing),
    "narrow": lambda x, axis, start, length: x.narrow(axis, start, length),
    "scatter": lambda x, i, source, axis: x.scatter(axis, i.long(), source.expand(i.shape)),
    "scatter_reduce": lambda x, i, source, axis, reduce, include_self=True: x.scatter_reduce(
        axis, i.long(), source, reduce, include_self=include_self
    ),
    "select": lambda x, axis, index: x.select(axis, index),
    "select_scatter": lambda x, source, axis, index: torch.select_scatter(x, source, axis, index),
    "slice_scatter": lambda x, source, axis, **how: torch.slice_scatter(x, source, axis, **how),
}

STATISTICS: dict[str, Row] = {
    "aminmax": aminmax,
    "count_nonzero": lambda x, axis=None: torch.count_nonzero(x, axis),
    "cummax": lambda x, axis: torch.cummax(x, axis),
    "cummin": lambda x, axis: torch.cummin(x, axis),
    "cumulative_trapezoid": lambda y, x=None, axis=-1: torch.cumulative_trapezoid(y, x, dim=axis),
    "trapezoid": lambda y, x=None, axis=-1: (
        torch.trapezoid(y, dim=axis) if x is None else torch.trapezoid(y, x, dim=axis)
    ),
    "diff": diff,
    "kthvalue": lambda x, k, axis=-1: torch.kthvalue(x, k, axis),
    "msort": torch.msort,
    "nanmean": lambda x, axis=None: x.nanmean(axis),
    "nanmedian": lambda x, axis=None: x.nanmedian(axis)[0],
    "nanquantile": lambda x, q, axis=None: torch.nanquantile(x, q.detach(), axis),
    "quantile": lambda x, q, axis=None: torch.quantile(x, q.detach(), axis),
    "nansum": lambda x, axis=None: x.nansum(axis),
    "std_mean": lambda x, axis=None, ddof=0: torch.std_mean(x, axis, correction=ddof),
    "var_mean": lambda x, axis=None, ddof=0: torch.var_mean(x, axis, correction=ddof),
}


def weighted_cov(x: Any, f: Any, a: Any, ddof: int) -> Any:
    """PyTorch wants whole numbers for how often a column counts, and does not differentiate by them."""
    rows = torch.atleast_2d(x)
    ones = torch.ones(rows.shape[1], dtype=x.dtype)
    f, a = (ones if w is None else w for w in (f, a))
    w = f * a
    total = w.sum()
    centred = rows - (rows * w).sum(1, keepdim=True) / total
    found = (centred * w) @ centred.mT / (total - ddof * (w * a).sum() / total)
    return found.squeeze()


TABLE = {**POOLING, **ELEMENTARY, **MATRICES, **ARRANGEMENT, **STATISTICS}
