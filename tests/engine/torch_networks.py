"""How PyTorch spells the operators of networks and their losses: rows of the oracle's table."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
F = torch.nn.functional
from torch.nn.attention import SDPBackend, sdpa_kernel  # noqa: E402

Row = Callable[..., Any]


def quiet(row: Row) -> Row:
    """A row whose warnings concern PyTorch alone."""

    def silent(*operands: Any, **how: Any) -> Any:
        with warnings.catch_warnings(action="ignore"):
            return row(*operands, **how)

    return silent


def adjoint(f: Callable[[Any], Any], shape: tuple[int, ...], g: Any) -> Any:
    """The transpose of a linear function of arrays of `shape`, applied to g."""
    x = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(f(x), x, g, create_graph=True)[0]


def convolution(x: Any, w: Any, **how: Any) -> Any:
    return (F.conv1d, F.conv2d, F.conv3d)[w.ndim - 3](x, w, **how)


def convolution_input(y: Any, w: Any, sizes: Any, groups: int = 1, **how: Any) -> Any:
    shape = (*y.shape[: 1 - w.ndim], w.shape[1] * groups, *sizes)
    return adjoint(lambda x: convolution(x, w, groups=groups, **how), shape, y)


def convolution_kernel(x: Any, y: Any, kernel: Any, groups: int = 1, **how: Any) -> Any:
    at = -len(kernel) - 1
    shape = (y.shape[at], x.shape[at] // groups, *kernel)
    return adjoint(lambda w: convolution(x, w, groups=groups, **how), shape, y)


def avg_pool(x: Any, kernel_size: Any, **how: Any) -> Any:
    return (F.avg_pool1d, F.avg_pool2d)[len(kernel_size) - 1](x, kernel_size, **how)


def resample(x: Any, sizes: Any, steps: Any, mode: str = "area") -> Any:
    if mode != "area":
        return F.interpolate(x, sizes, mode=mode)
    return (F.adaptive_avg_pool1d, F.adaptive_avg_pool2d)[len(sizes) - 1](x, sizes)


def dropout(x: Any, p: float = 0.5, training: bool = True, seed: int = 0) -> Any:
    """PyTorch's numbers are other ones; the mask is NumPy's."""
    kept = np.random.default_rng(seed).random(x.shape, np.float32) >= p
    return x * torch.tensor(kept) / (1 - p) if training else x


def batch_norm(x: Any, mean: Any, var: Any, weight: Any, bias: Any, training: bool = False) -> Any:
    """PyTorch writes to running statistics and does not differentiate by them; here they are inputs like others."""
    if training:
        return F.batch_norm(x, None, None, weight, bias, True)
    shape = (-1,) + (1,) * (x.ndim - 2)
    scaled = (x - mean.reshape(shape)) / torch.sqrt(var.reshape(shape) + 1e-5)
    return scaled * weight.reshape(shape) + bias.reshape(shape)


def instance_norm(
    x: Any, mean: Any = None, var: Any = None, weight: Any = None, bias: Any = None, use_input_stats: bool = True
) -> Any:
    if use_input_stats:
        return F.instance_norm(x, None, None, weight, bias)
    return batch_norm(x, mean, var, weight, bias)


def layer_norm(x: Any, weight: Any = None, bias: Any = None, normalized_shape: Any = None) -> Any:
    shape = normalized_shape or (x.shape[-1:] if weight is None else weight.shape)
    return F.layer_norm(x, shape, weight, bias)


def rms_norm(x: Any, weight: Any = None, eps: Any = None) -> Any:
    return F.rms_norm(x, x.shape[-1:] if weight is None else weight.shape, weight, eps)


def multi_head_attention(
    query: Any,
    key: Any,
    value: Any,
    w_in: Any,
    w_out: Any,
    b_in: Any = None,
    b_out: Any = None,
    *,
    num_heads: int,
    is_causal: bool = False,
    batch_first: bool = False,
) -> Any:
    if batch_first:
        query, key, value = (t.transpose(0, 1) for t in (query, key, value))
    mask = None
    if is_causal:
        mask = torch.full((query.shape[0], key.shape[0]), -torch.inf, dtype=torch.float64).triu(1)
    y, _ = F.multi_head_attention_forward(
        query, key, value, w_in.shape[1], num_heads, w_in, b_in, None, None, False, 0.0, w_out, b_out, attn_mask=mask
    )
    return y.transpose(0, 1) if batch_first else y


def attention(*operands: Any, **how: Any) -> Any:
    """The one of PyTorch's algorithms that has second derivatives."""
    with sdpa_kernel(SDPBackend.MATH):
        return F.scaled_dot_product_attention(*operands, **how)


def cell(step: Callable[..., Any], states: int) -> Row:
    """A recurrent cell whose arrays may come without a batch, which PyTorch's need."""

    def row(*operands: Any, **how: Any) -> Any:
        arrays, weights = operands[: 1 + states], operands[1 + states :]
        if arrays[0].ndim > 1:
            return step(*arrays, *weights, **how)
        result = step(*(a[None] for a in arrays), *weights, **how)
        return tuple(r[0] for r in result) if isinstance(result, tuple) else result[0]

    return row


def rnn_cell(*operands: Any, nonlinearity: str = "tanh") -> Any:
    return (torch.rnn_tanh_cell if nonlinearity == "tanh" else torch.rnn_relu_cell)(*operands)


def causal_mask(x: Any) -> Any:
    return x.masked_fill(torch.ones(x.shape[-2:], dtype=torch.bool).triu(1), -1e30)


NETWORKS: dict[str, Row] = {
    "convolution": convolution,
    "convolution_input": convolution_input,
    "convolution_kernel": convolution_kernel,
    "conv1d": quiet(F.conv1d),
    "conv2d": quiet(F.conv2d),
    "conv3d": F.conv3d,
    "conv_transpose1d": F.conv_transpose1d,
    "conv_transpose2d": F.conv_transpose2d,
    "max_pool_index": lambda x, kernel_size: F.max_pool2d(x, kernel_size, return_indices=True)[1],
    "max_pool1d": F.max_pool1d,
    "max_pool2d": F.max_pool2d,
    "avg_pool": avg_pool,
    "avg_unpool": lambda y, sizes, kernel_size: adjoint(lambda x: avg_pool(x, kernel_size), (*y.shape[:-2], *sizes), y),
    "avg_pool1d": F.avg_pool1d,
    "avg_pool2d": F.avg_pool2d,
    "adaptive_avg_pool1d": F.adaptive_avg_pool1d,
    "adaptive_avg_pool2d": F.adaptive_avg_pool2d,
    "resample": resample,
    "resample_back": lambda y, sizes, steps: adjoint(
        lambda x: resample(x, y.shape[-len(sizes) :], steps), (*y.shape[: -len(sizes)], *sizes), y
    ),
    "interpolate": F.interpolate,
    "pixel_shuffle": F.pixel_shuffle,
    "batch_norm": batch_norm,
    "instance_norm": instance_norm,
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
    "group_norm": lambda x, weight=None, bias=None, num_groups=1: F.group_norm(x, num_groups, weight, bias),
    "local_response_norm": F.local_response_norm,
    "linear": F.linear,
    "bilinear": F.bilinear,
    "glu": lambda x, axis=-1: F.glu(x, axis),
    "dropout": dropout,
    "cosine_similarity": lambda a, b, axis=None: F.cosine_similarity(
        a, b, min(1, a.ndim - 1) if axis is None else axis
    ),
    "normalize": lambda x, p=2, axis=None: F.normalize(x, p, min(1, x.ndim - 1) if axis is None else axis),
    "causal_mask": causal_mask,
    "scaled_dot_product_attention": attention,
    "multi_head_attention": multi_head_attention,
    "rnn_cell": cell(rnn_cell, 1),
    "gru_cell": cell(torch.gru_cell, 1),
    "lstm_cell": cell(lambda x, h, c, *weights: torch.lstm_cell(x, (h, c), *weights), 2),
}


def reduced(losses: Any, reduction: str) -> Any:
    return {"mean": torch.mean, "sum": torch.sum, "none": lambda x: x}[reduction](losses)


def weighted(loss: Row) -> Row:
    """A loss with a weight that PyTorch does not differentiate by."""

    def row(o: Any, y: Any, weight: Any = None, pos_weight: Any = None, reduction: str = "mean") -> Any:
        if pos_weight is not None:
            likely = F.logsigmoid(o)
            losses = -(pos_weight * y * likely + (1 - y) * (likely - o))
        else:
            losses = loss(o, y, reduction="none")
        return reduced(losses if weight is None else losses * weight, reduction)

    return row


def cross_entropy(o: Any, y: Any, weight: Any = None, **how: Any) -> Any:
    return F.cross_entropy(o, y if y.shape == o.shape else y.long(), weight, **how)


def nll_loss(o: Any, y: Any, weight: Any = None, ignore_index: int = -100, reduction: str = "mean") -> Any:
    weight = torch.ones(o.shape[min(1, o.ndim - 1)], dtype=torch.float64) if weight is None else weight
    share = weight[y.long()] * (y != ignore_index)
    losses = F.nll_loss(o, y.long(), reduction="none") * share
    return losses.sum() / share.sum() if reduction == "mean" else reduced(losses, reduction)


def multi_margin_loss(
    o: Any, y: Any, weight: Any = None, p: int = 1, margin: float = 1.0, reduction: str = "mean"
) -> Any:
    """PyTorch's own has no second derivative."""
    index = y.long()[..., None]
    excess = F.relu(margin - o.gather(-1, index) + o) ** p
    losses = excess.scatter(-1, index, 0.0).mean(-1)
    return reduced(losses if weight is None else losses * weight[y.long()], reduction)


LOSSES: dict[str, Row] = {
    "squared_error": lambda o, y: F.mse_loss(o, y, reduction="sum") / 2,
    "mse_loss": F.mse_loss,
    "l1_loss": F.l1_loss,
    "smooth_l1_loss": F.smooth_l1_loss,
    "huber_loss": F.huber_loss,
    "bounded_log": lambda x: torch.log(x).clamp(min=-100),
    "binary_cross_entropy": weighted(F.binary_cross_entropy),
    "binary_cross_entropy_with_logits": weighted(F.binary_cross_entropy_with_logits),
    "kl_div": quiet(F.kl_div),
    "poisson_nll_loss": F.poisson_nll_loss,
    "gaussian_nll_loss": F.gaussian_nll_loss,
    "pick": lambda x, y, axis=-1, ignore_index=None: (
        x.gather(axis, y.long().unsqueeze(axis)).squeeze(axis) * (y != (-1 if ignore_index is None else ignore_index))
    ),
    "unpick": lambda g, y, shape: torch.zeros(shape, dtype=g.dtype).scatter(-1, y.long()[..., None], g[..., None]),
    "nll_loss": nll_loss,
    "cross_entropy": cross_entropy,
    "multi_margin_loss": multi_margin_loss,
    "hinge_loss": lambda o, y, reduction="mean": reduced(F.relu(1 - y * o), reduction),
    "hinge_embedding_loss": F.hinge_embedding_loss,
    "soft_margin_loss": F.soft_margin_loss,
    "margin_ranking_loss": F.margin_ranking_loss,
    "cosine_embedding_loss": F.cosine_embedding_loss,
    "triplet_margin_loss": F.triplet_margin_loss,
}
