"""Attention (Vaswani et al., Attention is all you need, 2017)."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable, constant
from tidegraph.engine.graph.kinds import Way
from tidegraph.engine.ops.arithmetic import equal, where
from tidegraph.engine.ops.arrange import concatenate, repeat, room, whole_number
from tidegraph.engine.ops.declare import Case, Scalar, broadcast, composite, primitive
from tidegraph.engine.ops.layers import dropout, linear
from tidegraph.engine.ops.reductions import softmax
from tidegraph.engine.ops.shape import reshape, stack, swap_last, transpose

MASKED = -1e30
"""A score whose softmax is exactly zero beside any other; unlike minus infinity it is no sign of an overflow."""


def _infer_causal(x: Variable) -> Type:
    if x.ndim < 2:
        raise ShapeError("causal-mask-shape", shape=x.shape)
    return Type(x.shape)


def _causal_mask(x: Any, out: Any) -> None:
    np.copyto(out, x)
    np.copyto(out, MASKED, where=np.logical_not(np.tri(*x.shape[-2:], dtype=np.bool_)))


causal_mask = primitive(
    "causal_mask",
    infer=_infer_causal,
    kernel=_causal_mask,
    vjp=(lambda g, y, x: where(equal(y, MASKED), 0.0, g),),
    latex=r"\operatorname{{causal}}\left({0}\right)",
    symbol=r"\operatorname{causal}",
    flops=0,
    workspace=lambda width, x: 2 * x.shape[-1] * x.shape[-2],
    analytic=True,
    backward=Way.UNMASKED,
    doc="Scores of queries x keys, -1e30 where the key comes after the query, so that it gets no attention.",
    cases=(Case(((4, 1),)),),
)


@composite(
    symbol=r"\operatorname{attn}",
    cases=(
        Case(((3, 4), (5, 4), (5, 2))),
        Case(((2, 2, 3, 4), (2, 2, 3, 4), (2, 2, 3, 4)), {"is_causal": True}),
        Case(((2, 3, 4), (2, 5, 4), (2, 5, 2), (3, 5)), {"scale": 0.3}),
    ),
)
def scaled_dot_product_attention(
    query: Variable,
    key: Variable,
    value: Variable,
    attn_mask: Variable | None = None,
    *,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: Scalar | None = None,
    enable_gqa: bool = False,
    seed: int = 0,
) -> Variable:
    """Attention, softmax(Q K^T / sqrt(d)) V; a mask of truth values says which keys count, one of numbers is added.

    As in PyTorch a query for which no key counts gets zeros. With `enable_gqa` groups of query heads share a head of
    keys and values.
    """
    if enable_gqa:
        key, value = (shared_heads(query, x) for x in (key, value))
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise ShapeError("attention-axes")
    if query.shape[-1] != key.shape[-1]:
        raise ShapeError("attention-features", queries=query.shape[-1], keys=key.shape[-1])
    if key.shape[-2] != value.shape[-2]:
        raise ShapeError("attention-keys", keys=key.shape[-2], values=value.shape[-2])
    if scale is None:
        scale = max(query.shape[-1], 1) ** -0.5
    scores = (query @ swap_last(key)) * scale
    if is_causal:
        scores = causal_mask(scores)
    if attn_mask is not None:
        if broadcast(attn_mask.shape, scores.shape) != scores.shape:
            raise ShapeError("mask-shape", mask=attn_mask.shape, scores=scores.shape)
        scores = where(attn_mask, scores, MASKED) if attn_mask.kind == "bool" else scores + attn_mask
    weights = softmax(scores)
    if attn_mask is not None and attn_mask.kind == "bool":
        weights = where(attn_mask, weights, 0.0)
    if dropout_p:
        weights = dropout(weights, p=dropout_p, seed=seed)
    return weights @ value


def shared_heads(query: Variable, x: Variable) -> Variable:
    """Heads of keys or values repeated, so that there is one for each head of the queries."""
    if min(query.ndim, x.ndim) < 3 or not x.shape[-3] or query.shape[-3] % x.shape[-3]:
        raise ShapeError("do-not-fit", name="grouped attention", left=query.shape, right=x.shape)
    return repeat(x, repeats=query.shape[-3] // x.shape[-3], axis=x.ndim - 3)


@composite(
    symbol=r"\operatorname{GQA}",
    cases=(
        Case(((1, 4, 2, 2), (1, 2, 3, 2), (1, 2, 3, 2))),
        Case(((4, 2, 2), (1, 2, 2), (1, 2, 2)), {"is_causal": True}),
    ),
)
def grouped_query_attention(
    query: Variable,
    key: Variable,
    value: Variable,
    attn_mask: Variable | None = None,
    *,
    is_causal: bool = False,
    scale: Scalar | None = None,
) -> Variable:
    """Attention in which groups of query heads share a head of keys and values (Ainslie et al. 2023).

    Arrays are ... x heads x length x features.
    """
    return scaled_dot_product_attention(query, key, value, attn_mask, is_causal=is_causal, scale=scale, enable_gqa=True)


@composite(
    symbol=r"\operatorname{RoPE}",
    cases=(Case(((3, 4),)), Case(((2, 3, 4),), {"interleaved": True, "offset": 2, "base": 100.0})),
)
def rotary_embedding(x: Variable, *, base: float = 10_000.0, offset: int = 0, interleaved: bool = False) -> Variable:
    """Pairs of features turned by an angle that grows with the position (Su et al. 2021): ... x length x features.

    Feature i turns with i + features / 2, as in LLaMA; or with its neighbour if `interleaved`, as in RoFormer.
    """
    if x.ndim < 2 or x.shape[-1] % 2:
        raise ShapeError("needs-shape", name="rotary_embedding", needed="[..., length, 2 n]", shape=x.shape)
    steps, half = x.shape[-2], x.shape[-1] // 2
    room(steps, half)
    speeds = float(base) ** (-np.arange(half) / max(half, 1))
    angles = np.outer(np.arange(steps) + whole_number("offset", offset), speeds)
    cos, sin = constant(np.cos(angles)), constant(np.sin(angles))
    if interleaved:
        a, b = x[..., 0::2], x[..., 1::2]
        return reshape(stack(a * cos - b * sin, a * sin + b * cos, axis=-1), shape=x.shape)
    a, b = x[..., :half], x[..., half:]
    return concatenate(a * cos - b * sin, a * sin + b * cos, axis=-1)


def heads(x: Variable, count: int) -> Variable:
    """... x length x features to ... x heads x length x features of a head."""
    *batch, steps, features = x.shape
    parts = reshape(x, shape=(*batch, steps, count, features // count))
    n = len(batch)
    return transpose(parts, axes=(*range(n), n + 1, n, n + 2))


@composite(
    symbol=r"\operatorname{MHA}",
    domain=(-1.0, 1.0),
    cases=(
        Case(((3, 4), (5, 4), (5, 4), (12, 4), (4, 4), (12,), (4,)), {"num_heads": 2}),
        Case(((3, 2, 4), (3, 2, 4), (3, 2, 4), (12, 4), (4, 4)), {"num_heads": 2, "is_causal": True}),
        Case(((2, 3, 4), (2, 3, 4), (2, 3, 4), (12, 4), (4, 4)), {"num_heads": 4, "batch_first": True}),
    ),
)
def multi_head_attention(
    query: Variable,
    key: Variable,
    value: Variable,
    in_proj_weight: Variable,
    out_proj_weight: Variable,
    in_proj_bias: Variable | None = None,
    out_proj_bias: Variable | None = None,
    attn_mask: Variable | None = None,
    *,
    num_heads: int,
    is_causal: bool = False,
    batch_first: bool = False,
    dropout_p: float = 0.0,
    seed: int = 0,
) -> Variable:
    """Attention in several heads between linear maps; arrays are length x batch x features unless batch_first.

    A mask of truth values says which keys count, as in scaled_dot_product_attention.
    """
    features = query.shape[-1] if query.ndim else 0
    if query.ndim not in (2, 3) or key.ndim != query.ndim or value.ndim != query.ndim:
        raise ShapeError("multi-head-axes")
    if isinstance(num_heads, bool) or not isinstance(num_heads, int) or num_heads < 1 or features % num_heads:
        raise ShapeError("attention-heads", features=features, heads=repr(num_heads))
    if in_proj_weight.shape != (3 * features, features):
        raise ShapeError("in-proj-weight", features=features, same=features, shape=in_proj_weight.shape)
    swap = query.ndim == 3 and not batch_first
    projected = []
    for part, x in enumerate((query, key, value)):
        rows = slice(part * features, (part + 1) * features)
        x = transpose(x, axes=(1, 0, 2)) if swap else x
        x = linear(x, in_proj_weight[rows], None if in_proj_bias is None else in_proj_bias[rows])
        projected.append(heads(x, num_heads))
    y = scaled_dot_product_attention(*projected, attn_mask, dropout_p=dropout_p, is_causal=is_causal, seed=seed)
    n = y.ndim - 3
    together = transpose(y, axes=(*range(n), n + 1, n, n + 2))
    y = reshape(together, shape=(*together.shape[:-2], features))
    y = linear(y, out_proj_weight, out_proj_bias)
    return transpose(y, axes=(1, 0, 2)) if swap else y
