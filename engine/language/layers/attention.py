"""Layers of attention: `MultiheadAttention`, and transformers made of it."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tidegraph.engine.graph import REGISTRY, ShapeError, Variable
from tidegraph.engine.language import signs
from tidegraph.engine.language.expressions import ExpressionEvaluator
from tidegraph.engine.language.layers.module import (
    FUNCTIONS,
    LAYERS,
    ZEROS,
    Forward,
    Module,
    Parameter,
    Sizes,
    Unused,
    bound_of,
    declare,
    hold,
    operand_of,
    uniform,
)
from tidegraph.engine.language.objects import (
    BoundCall,
    Results,
)
from tidegraph.engine.language.torch_functions import functional


def square_mask(ev: ExpressionEvaluator) -> Any:
    """`nn.Transformer.generate_square_subsequent_mask`: -inf above the diagonal."""

    def make(sz: Any, device: Any = None, dtype: Any = None) -> np.ndarray:
        (n,) = ev.static([sz])
        if isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= 2000:
            raise ShapeError("size-not-whole", size=repr(n)[:40])
        return np.triu(np.full((n, n), -math.inf), 1)

    return BoundCall(make)


FUNCTIONS["Transformer", "generate_square_subsequent_mask"] = square_mask


@declare("MultiheadAttention")
def _multihead_attention(
    m: Module, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, add_bias_kv: bool = False,
    add_zero_attn: bool = False, kdim: Sizes = None, vdim: Sizes = None, batch_first: bool = False,
) -> Forward:  # fmt: skip
    if num_heads < 1 or embed_dim % num_heads:
        raise ShapeError("heads-do-not-divide", features=embed_dim, heads=num_heads)
    for option, given in (("add_bias_kv", add_bias_kv), ("add_zero_attn", add_zero_attn)):
        if given:
            raise ShapeError("layer-option", layer="nn.MultiheadAttention", option=f"{option}=True")
    for option, size in (("kdim", kdim), ("vdim", vdim)):
        if size not in (None, embed_dim):
            raise ShapeError("layer-option", layer="nn.MultiheadAttention", option=f"{option}={size}")
    m.parameter("in_proj_weight", (3 * embed_dim, embed_dim), ("xavier", ()))
    m.register("in_proj_bias", Parameter((3 * embed_dim,), ZEROS) if bias else None)
    projection = Module(LAYERS["Linear"])
    projection.parameter("weight", (embed_dim, embed_dim), uniform(bound_of(embed_dim)))
    projection.register("bias", Parameter((embed_dim,), ZEROS) if bias else None)
    m.assign(None, "out_proj", projection)  # type: ignore[arg-type]

    def forward(
        ev: ExpressionEvaluator, node: ast.expr, query: Any, key: Any, value: Any, key_padding_mask: Any = None,
        need_weights: Any = None, attn_mask: Any = None, average_attn_weights: Any = True, is_causal: Any = False,
    ) -> Any:  # fmt: skip
        mask = operand_of(ev, attn_mask)
        if mask is not None and mask.kind == "bool":
            mask = REGISTRY["logical_not"](mask)
        q, k, v = (operand_of(ev, x) for x in (query, key, value))
        padding = operand_of(ev, key_padding_mask)
        if padding is not None:
            if padding.kind != "bool":
                padding = REGISTRY["not_equal"](padding, 0)
            keep = REGISTRY["logical_not"](padding)
            keep = REGISTRY["reshape"](
                keep, shape=(*keep.shape[:-1], 1, 1, keep.shape[-1]) if keep.ndim == 2 else (1, 1, keep.shape[-1])
            )
            if mask is None:
                mask = keep
            elif mask.kind == "bool":
                mask = REGISTRY["logical_and"](mask, keep)
            else:
                mask = REGISTRY["where"](keep, mask, -math.inf)
        drop = {"dropout_p": dropout, "seed": ev.next_seed()} if dropout and ev.training else {}
        out = m.run(
            ev, "multi_head_attention", q, k, v, m.own(ev, "in_proj_weight"), projection.own(ev, "weight"),
            m.own(ev, "in_proj_bias"), projection.own(ev, "bias"), mask, num_heads=num_heads, batch_first=batch_first,
            is_causal=bool(ev.static(is_causal)) and mask is None, **drop,
        )  # fmt: skip
        if need_weights is not None and not signs.truth(ev, need_weights, node):
            return Results.named(output=out, weights=None)
        averaged = signs.truth(ev, average_attn_weights, node)
        causal = bool(ev.static(is_causal)) and mask is None
        return Results.named(output=out, weights=Unused(lambda: weights_of(ev, node, q, k, mask, causal, averaged)))

    def weights_of(
        ev: ExpressionEvaluator, node: ast.expr, q: Variable, k: Variable, mask: Any, causal: bool, averaged: bool
    ) -> Variable:
        """How much each query attends to each key, in every head or on average."""
        op = REGISTRY
        size = embed_dim // num_heads
        with m.inside(ev, [q, k]):
            parts = []
            for n, x in enumerate((q, k)):
                if x.ndim == 3 and not batch_first:
                    x = op["swapaxes"](x, axis1=0, axis2=1)
                rows = slice(n * embed_dim, (n + 1) * embed_dim)
                bias = m.own(ev, "in_proj_bias")
                x = op["linear"](x, m.own(ev, "in_proj_weight")[rows], None if bias is None else bias[rows])
                x = op["reshape"](x, shape=(*x.shape[:-1], num_heads, size))
                parts.append(op["swapaxes"](x, axis1=-3, axis2=-2))
            scores = parts[0] @ op["swapaxes"](parts[1], axis1=-2, axis2=-1) * size**-0.5
            if causal:
                scores = op["causal_mask"](scores)
            if mask is not None:
                scores = op["where"](mask, scores, -math.inf) if mask.kind == "bool" else scores + mask
            found: Variable = op["softmax"](scores)
            if averaged:
                found = op["mean"](found, axis=-3)
        ev.record(node, found)
        return found

    return forward


def _inner(owner: Module, name: str, kind: str, *values: Any, **keywords: Any) -> Module:
    """An inner layer, built at once."""
    part = Module(LAYERS[kind])
    part.forward = LAYERS[kind].build(part, *values, **keywords)
    part.rename(name, owner)
    owner.attributes[name] = part
    return part


def _transformer(decoder: bool) -> Callable[..., Forward]:
    def build(
        m: Module, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1,
        activation: Any = "relu", layer_norm_eps: float = 1e-5, batch_first: bool = False,
        norm_first: bool = False, bias: bool = True,
    ) -> Forward:  # fmt: skip
        attention = _inner(m, "self_attn", "MultiheadAttention", d_model, nhead, dropout, bias, batch_first=batch_first)
        across = attention
        if decoder:
            across = _inner(
                m, "multihead_attn", "MultiheadAttention", d_model, nhead, dropout, bias, batch_first=batch_first
            )
        first = _inner(m, "linear1", "Linear", d_model, dim_feedforward, bias)
        second = _inner(m, "linear2", "Linear", dim_feedforward, d_model, bias)
        norms = [
            _inner(m, f"norm{n}", "LayerNorm", d_model, layer_norm_eps, bias=bias)
            for n in range(1, 4 if decoder else 3)
        ]

        def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any, *others: Any, **masks: Any) -> Any:
            x = operand_of(ev, x)

            def call(function: Any, *values: Any, **named: Any) -> Any:
                return ev.calls.apply(ev, node, function, list(values), named, [node] * len(values))

            def drop(y: Variable) -> Variable:
                return functional.dropout(ev, y, dropout, True) if dropout and ev.training else y

            def activate(y: Variable) -> Any:
                if isinstance(activation, str):
                    return REGISTRY[activation](y)
                return call(activation, y)

            def attend(y: Any, which: Module = attention, memory: Any = None, prefix: str = "") -> Any:
                given = masks.get("tgt_mask" if decoder and not prefix else f"{prefix}mask")
                if given is None and not decoder:
                    given = masks.get("src_mask", others[0] if others else None)
                words = {"attn_mask": given}
                side = "memory" if prefix else "tgt" if decoder else "src"
                padding = masks.get(f"{side}_key_padding_mask")
                if padding is not None:
                    words["key_padding_mask"] = padding
                source = y if memory is None else memory
                return drop(call(which, y, source, source, **words)[0])

            def feed(y: Any) -> Any:
                return drop(call(second, drop(activate(call(first, y)))))

            blocks: list[Callable[[Any], Any]] = [lambda y: attend(y)]
            if decoder:
                memory = operand_of(ev, others[0] if others else masks["memory"])
                blocks.append(lambda y: attend(y, across, memory, "memory_"))
            blocks.append(feed)
            with m.inside(ev, [x]):
                for norm, block in zip(norms, blocks, strict=True):
                    x = x + block(call(norm, x)) if norm_first else call(norm, x + block(x))
            return x

        return forward

    return build


declare("TransformerEncoderLayer")(_transformer(False))
declare("TransformerDecoderLayer")(_transformer(True))


def _stack(m: Module, layer: Any, num_layers: int, norm: Any = None, enable_nested_tensor: bool = True,
           mask_check: bool = True) -> Forward:  # fmt: skip
    if not isinstance(layer, Module) or layer.rebuild is None:
        raise ShapeError("not-used-like-this", name=f"nn.{m.kind.name}")
    inner = Module(LAYERS["ModuleList"])
    inner.rename("layers", m)
    m.attributes["layers"] = inner
    hold(inner, {str(n): layer.rebuild() for n in range(num_layers)})
    if isinstance(norm, Module):
        norm.rename("norm", m)
    m.attributes["norm"] = norm

    def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any, *others: Any, **masks: Any) -> Any:
        words = {("src_mask" if k == "mask" else k): v for k, v in masks.items()}
        with m.inside(ev, [x]):
            for part in inner.elements():
                x = part.apply(ev, node, [x, *others], words, [node])
            if isinstance(norm, Module):
                x = norm.apply(ev, node, [x], {}, [node])
        return x

    return forward


declare("TransformerEncoder")(_stack)
declare("TransformerDecoder")(_stack)


@declare("Transformer")
def _whole_transformer(
    m: Module, d_model: int = 512, nhead: int = 8, num_encoder_layers: int = 6, num_decoder_layers: int = 6,
    dim_feedforward: int = 2048, dropout: float = 0.1, activation: Any = "relu", custom_encoder: Any = None,
    custom_decoder: Any = None, layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False,
    bias: bool = True,
) -> Forward:  # fmt: skip
    def stack(name: str, kind: str, count: int) -> Module:
        how = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)
        layer = _unbound(f"Transformer{kind}Layer", *how)
        norm = _unbound("LayerNorm", d_model, layer_norm_eps, bias=bias)
        return _inner(m, name, f"Transformer{kind}", layer, count, norm)

    encoder = custom_encoder if isinstance(custom_encoder, Module) else stack("encoder", "Encoder", num_encoder_layers)
    decoder = custom_decoder if isinstance(custom_decoder, Module) else stack("decoder", "Decoder", num_decoder_layers)
    for name, part in (("encoder", encoder), ("decoder", decoder)):
        part.rename(name, m)
        m.attributes[name] = part

    def forward(
        ev: ExpressionEvaluator, node: ast.expr, src: Any, tgt: Any, src_mask: Any = None, tgt_mask: Any = None,
        memory_mask: Any = None, src_key_padding_mask: Any = None, tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None, src_is_causal: Any = None, tgt_is_causal: Any = None,
        memory_is_causal: Any = None,
    ) -> Any:  # fmt: skip
        before = {"mask": src_mask, "src_key_padding_mask": src_key_padding_mask}
        after = {
            "tgt_mask": tgt_mask, "memory_mask": memory_mask, "tgt_key_padding_mask": tgt_key_padding_mask,
            "memory_key_padding_mask": memory_key_padding_mask,
        }  # fmt: skip
        given = [{k: v for k, v in words.items() if v is not None} for words in (before, after)]
        with m.inside(ev, [src, tgt]):
            memory = encoder.apply(ev, node, [src], given[0], [node])
            return decoder.apply(ev, node, [tgt, memory], given[1], [node, node])

    return forward


def _unbound(kind: str, *values: Any, **keywords: Any) -> Module:
    """A layer without a name that can be built again."""
    made = Module(LAYERS[kind])
    made.forward = LAYERS[kind].build(made, *values, **keywords)
    made.rebuild = lambda: _unbound(kind, *values, **keywords)
    return made
