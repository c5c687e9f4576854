"""The layers of `torch.nn` that see one example at a time: linear, convolutional, normalising, pooling, activations."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tidegraph.engine.graph import REGISTRY, ShapeError, Variable
from tidegraph.engine.graph.kinds import Trait
from tidegraph.engine.language import torch_functions
from tidegraph.engine.language.expressions import ExpressionEvaluator
from tidegraph.engine.language.layers.module import (
    FUNCTIONS,
    LAYERS,
    ONES,
    ZEROS,
    Forward,
    Module,
    Parameter,
    Sizes,
    batched,
    bound_of,
    declare,
    hold,
    operand_of,
    parts_of,
    uniform,
)
from tidegraph.engine.language.objects import (
    IGNORED,
    BoundCall,
    OperatorReference,
    Results,
    Tensor,
)
from tidegraph.engine.language.torch_functions import functional, shapes


def from_pretrained(ev: ExpressionEvaluator) -> Any:
    """`nn.Embedding.from_pretrained`: an embedding that starts with given rows, and keeps them if frozen."""

    def make(embeddings: Any, freeze: Any = True, padding_idx: Any = None) -> Module:
        kind = LAYERS["Embedding"]
        rows = operand_of(ev, embeddings)
        if rows.ndim != 2:
            raise ShapeError("embedding-weight", shape=rows.shape)
        made = Module(kind)
        made.forward = kind.build(made, *rows.shape, ev.static(padding_idx))
        initial = rows.leaf.initial if rows.leaf is not None else None
        made.parameter("weight", rows.shape, initial, "constant" if ev.static(freeze) else "parameter")
        return made

    return BoundCall(make)


FUNCTIONS["Embedding", "from_pretrained"] = FUNCTIONS["EmbeddingBag", "from_pretrained"] = from_pretrained


@declare("Module")
def _module(m: Module) -> Forward | None:
    return None


@declare("Parameter")
def _parameter(ev: ExpressionEvaluator, data: Any = None, requires_grad: bool = True) -> Any:
    if isinstance(data, Tensor):
        return Tensor(data.shape, data.initial, "parameter")
    found = ev.plain(data)
    if isinstance(found, (np.ndarray, int, float, list)):
        array = np.asarray(found, np.float64)
        return Tensor(array.shape, array, "parameter")
    if isinstance(data, Variable):
        scaled = scaled_draw(data)
        return scaled if scaled is not None else Tensor(data.shape, None, "parameter")
    raise ShapeError("not-array", thing=ev.described(data))


def scaled_draw(value: Variable) -> Tensor | None:
    """`torch.randn(3, 4) * 0.1` as a draw of its own, so that the product is the parameter's first value."""
    made = value.operator
    if made is None or Trait.SCALES not in made.op.traits:
        return None
    draw, factor = made.inputs
    if Trait.COMMUTATIVE in made.op.traits and draw.literal is not None:
        draw, factor = factor, draw
    if not factor.literal or draw.leaf is None or not isinstance(draw.leaf.initial, tuple):
        return None
    kind, numbers = draw.leaf.initial
    if kind not in ("normal", "uniform"):
        return None
    scale = float(made.op.kernel(1.0, float(factor.literal)))
    return Tensor(value.shape, (kind, tuple(n * scale for n in numbers)), "parameter")


@declare("Linear")
def _linear(m: Module, in_features: int, out_features: int, bias: bool = True) -> Forward:
    k = bound_of(in_features)
    m.parameter("weight", (out_features, in_features), uniform(k))
    m.attributes.update(in_features=in_features, out_features=out_features)
    m.register("bias", Parameter((out_features,), uniform(k)) if bias else None)
    return lambda ev, node, x: m.run(ev, "linear", x, m.own(ev, "weight"), m.own(ev, "bias"))


@declare("Bilinear")
def _bilinear(m: Module, in1_features: int, in2_features: int, out_features: int, bias: bool = True) -> Forward:
    k = bound_of(in1_features)
    m.parameter("weight", (out_features, in1_features, in2_features), uniform(k))
    m.register("bias", Parameter((out_features,), uniform(k)) if bias else None)
    return lambda ev, node, a, b: m.run(ev, "bilinear", a, b, m.own(ev, "weight"), m.own(ev, "bias"))


def several(value: Any, count: int) -> tuple[int, ...]:
    """One size for all axes, or one an axis."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * count


def _conv(axes: int) -> Callable[..., Forward]:
    def build(
        m: Module, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes = 1, padding: Sizes = 0,
        dilation: Sizes = 1, groups: int = 1, bias: bool = True, padding_mode: str = "zeros",
    ) -> Forward:  # fmt: skip
        kernel = several(kernel_size, axes)
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise ShapeError("groups-do-not-divide", groups=groups, inputs=in_channels, outputs=out_channels)
        if padding_mode not in PADDING_MODES:
            raise ShapeError("option-not-known", option="padding_mode", given=padding_mode, known=list(PADDING_MODES))
        k = bound_of(in_channels // groups * math.prod(kernel))
        m.parameter("weight", (out_channels, in_channels // groups, *kernel), uniform(k))
        m.register("bias", Parameter((out_channels,), uniform(k)) if bias else None)
        how = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        margins: list[int] = []
        if padding_mode != "zeros":
            how["padding"] = 0
            for n, d, width in zip(kernel, several(dilation, axes), several(padding, axes), strict=True):
                total = d * (n - 1) if padding == "same" else 0 if padding == "valid" else 2 * width
                margins = [total // 2, total - total // 2, *margins]

        def convolve(ev: ExpressionEvaluator, y: Any) -> Any:
            if any(margins):
                y = shapes.pad(y, margins, PADDING_MODES[padding_mode])
            return m.run(ev, f"conv{axes}d", y, m.own(ev, "weight"), m.own(ev, "bias"), **how)

        return lambda ev, node, x: batched(ev, x, axes + 2, lambda y: convolve(ev, y))

    return build


PADDING_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}
"""What a convolution reads outside its input, and what `F.pad` calls it."""


def _lazy(name: str) -> Callable[..., Forward]:
    """A layer whose input size is known at its first call."""

    def build(m: Module, *sizes: Any, **named: Any) -> Forward:
        made: list[Forward] = []

        def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any) -> Any:
            x = operand_of(ev, x)
            if not made:
                axis = -1 if name == "Linear" else max(x.ndim - 1 - int(name[-2]), 0) if name[-2].isdigit() else 1
                if not x.ndim:
                    raise ShapeError("axis-of-scalar", axis=axis)
                built = LAYERS[name].build(m, x.shape[axis], *sizes, **named)
                assert built is not None
                made.append(built)
            return made[0](ev, node, x)

        return forward

    return build


def _conv_transpose(axes: int) -> Callable[..., Forward]:
    def build(
        m: Module, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes = 1, padding: Sizes = 0,
        output_padding: Sizes = 0, groups: int = 1, bias: bool = True, dilation: Sizes = 1,
    ) -> Forward:  # fmt: skip
        kernel = several(kernel_size, axes)
        k = bound_of(out_channels // groups * math.prod(kernel))
        m.parameter("weight", (in_channels, out_channels // groups, *kernel), uniform(k))
        m.register("bias", Parameter((out_channels,), uniform(k)) if bias else None)
        how = {
            "stride": stride,
            "padding": padding,
            "output_padding": output_padding,
            "groups": groups,
            "dilation": dilation,
        }
        name = f"conv_transpose{axes}d"
        return lambda ev, node, x: m.run(ev, name, x, m.own(ev, "weight"), m.own(ev, "bias"), **how)

    return build


declare("LazyLinear")(_lazy("Linear"))
for _axes in (1, 2, 3):
    declare(f"Conv{_axes}d")(_conv(_axes))
    declare(f"ConvTranspose{_axes}d")(_conv_transpose(_axes))
    declare(f"LazyConv{_axes}d")(_lazy(f"Conv{_axes}d"))
    declare(f"LazyConvTranspose{_axes}d")(_lazy(f"ConvTranspose{_axes}d"))
    declare(f"LazyBatchNorm{_axes}d")(_lazy(f"BatchNorm{_axes}d"))


@declare("Embedding")
def _embedding(m: Module, num_embeddings: int, embedding_dim: int, padding_idx: Sizes = None) -> Forward:
    m.parameter("weight", (num_embeddings, embedding_dim), first_rows(num_embeddings, embedding_dim, padding_idx))
    return lambda ev, node, x: m.run(ev, "embedding", x, m.own(ev, "weight"), padding_idx=padding_idx)


@declare("EmbeddingBag")
def _embedding_bag(
    m: Module, num_embeddings: int, embedding_dim: int, max_norm: Sizes = None, norm_type: float = 2.0,
    scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False, _weight: Any = None,
    include_last_offset: bool = False, padding_idx: Sizes = None,
) -> Forward:  # fmt: skip
    if max_norm is not None or scale_grad_by_freq:
        raise ShapeError(
            "layer-option", layer="nn.EmbeddingBag", option="max_norm" if max_norm else "scale_grad_by_freq"
        )
    m.parameter("weight", (num_embeddings, embedding_dim), first_rows(num_embeddings, embedding_dim, padding_idx))
    how = {"mode": mode, "include_last_offset": include_last_offset, "padding_idx": padding_idx}

    def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any, offsets: Any = None, weights: Any = None) -> Any:
        return m.run(ev, "embedding_bag", x, m.own(ev, "weight"), offsets, weights, **how)

    return forward


def first_rows(rows: int, columns: int, padding: Any) -> Any:
    """How an embedding starts: normal draws, and zeros in the row that pads."""
    if padding is None:
        return ("normal", (0.0, 1.0))
    if not isinstance(padding, int) or not -rows <= padding < rows:
        raise ShapeError("not-in-range", name="padding_idx", given=padding, least=-rows, most=rows - 1)
    drawn = np.random.default_rng([rows, columns]).normal(0.0, 1.0, (rows, columns)).round(2)
    drawn[padding] = 0.0
    return drawn


@declare("LayerNorm")
def _layer_norm(
    m: Module, normalized_shape: Sizes, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True
) -> Forward:
    shape = several(normalized_shape, 1)
    m.register("weight", Parameter(shape, ONES) if elementwise_affine else None)
    m.register("bias", Parameter(shape, ZEROS) if elementwise_affine and bias else None)
    return lambda ev, node, x: m.run(
        ev, "layer_norm", x, m.own(ev, "weight"), m.own(ev, "bias"), normalized_shape=shape, eps=eps
    )


@declare("RMSNorm")
def _rms_norm(m: Module, normalized_shape: Sizes, eps: Sizes = None, elementwise_affine: bool = True) -> Forward:
    shape = several(normalized_shape, 1)
    m.register("weight", Parameter(shape, ONES) if elementwise_affine else None)
    return lambda ev, node, x: m.run(ev, "rms_norm", x, m.own(ev, "weight"), normalized_shape=shape, eps=eps)


@declare("GroupNorm")
def _group_norm(m: Module, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True) -> Forward:
    m.register("weight", Parameter((num_channels,), ONES) if affine else None)
    m.register("bias", Parameter((num_channels,), ZEROS) if affine else None)
    return lambda ev, node, x: m.run(
        ev, "group_norm", x, m.own(ev, "weight"), m.own(ev, "bias"), num_groups=num_groups, eps=eps
    )


def _batch_norm(
    m: Module, num_features: int, eps: float = 1e-5, momentum: Sizes = 0.1, affine: bool = True,
    track_running_stats: bool = True,
) -> Forward:  # fmt: skip
    m.register("weight", Parameter((num_features,), ONES) if affine else None)
    m.register("bias", Parameter((num_features,), ZEROS) if affine else None)
    if track_running_stats:
        m.parameter("running_mean", (num_features,), ZEROS, "constant")
        m.parameter("running_var", (num_features,), ONES, "constant")

    def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any) -> Any:
        training = ev.training or not track_running_stats
        running = [None, None] if training else [m.own(ev, "running_mean"), m.own(ev, "running_var")]
        weights = m.own(ev, "weight"), m.own(ev, "bias")
        return m.run(ev, "batch_norm", x, *running, *weights, training=training, eps=eps)

    return forward


def _instance_norm(
    m: Module, num_features: int, eps: float = 1e-5, momentum: Sizes = 0.1, affine: bool = False,
    track_running_stats: bool = False,
) -> Forward:  # fmt: skip
    m.register("weight", Parameter((num_features,), ONES) if affine else None)
    m.register("bias", Parameter((num_features,), ZEROS) if affine else None)
    return lambda ev, node, x: m.run(
        ev, "instance_norm", x, None, None, m.own(ev, "weight"), m.own(ev, "bias"), eps=eps
    )


for _axes in (1, 2, 3):
    declare(f"BatchNorm{_axes}d")(_batch_norm)
    declare(f"InstanceNorm{_axes}d")(_instance_norm)


def _dropout(m: Module, p: float = 0.5) -> Forward:
    drop = DROPOUTS[m.kind.name]

    def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any) -> Any:
        value = operand_of(ev, x)
        if not ev.training or not p:
            return value
        return torch_functions.FUNCTIONAL[drop](ev, value, p, True)

    return forward


DROPOUTS = {
    "AlphaDropout": "alpha_dropout", "Dropout": "dropout", "Dropout1d": "dropout1d", "Dropout2d": "dropout2d",
    "Dropout3d": "dropout3d", "FeatureAlphaDropout": "feature_alpha_dropout",
}  # fmt: skip
for _name in DROPOUTS:
    declare(_name)(_dropout)


@declare("Identity")
def _identity(m: Module, *given: Any, **more: Any) -> Forward:
    return lambda ev, node, x: operand_of(ev, x)


@declare("Flatten")
def _flatten(m: Module, start_dim: Sizes = 1, end_dim: Sizes = -1) -> Forward:
    return lambda ev, node, x: REGISTRY["flatten"](operand_of(ev, x), start_dim=start_dim, end_dim=end_dim)


@declare("Unflatten")
def _unflatten(m: Module, dim: Sizes, unflattened_size: Sizes) -> Forward:
    return lambda ev, node, x: shapes.unflatten(operand_of(ev, x), dim, unflattened_size)


@declare("PReLU")
def _prelu(m: Module, num_parameters: int = 1, init: float = 0.25) -> Forward:
    m.parameter("weight", (num_parameters,), np.full((num_parameters,), init))

    def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any) -> Any:
        return m.run(ev, "prelu", x, m.own(ev, "weight"))

    return forward


@declare("Upsample")
def _upsample(
    m: Module, size: Sizes = None, scale_factor: Sizes = None, mode: str = "nearest", align_corners: Sizes = None
) -> Forward:
    how = {"size": size, "scale_factor": scale_factor, "mode": mode}
    if align_corners is not None:
        how["align_corners"] = align_corners
    return lambda ev, node, x: REGISTRY["interpolate"](operand_of(ev, x), **how)


def _padding(axes: int, mode: str) -> Callable[..., Forward]:
    """A layer that pads the last axes: by a number, or by pairs that begin at the last axis."""

    def build(m: Module, padding: Sizes, value: float = 0.0) -> Forward:
        around = several(padding, 2 * axes)
        more = {"value": value} if mode == "constant" else {}
        return lambda ev, node, x: shapes.pad(operand_of(ev, x), around, mode, **more)

    return build


for _axes in (1, 2, 3):
    for _name, _mode in {
        "CircularPad": "circular", "ConstantPad": "constant", "ReflectionPad": "reflect", "ReplicationPad": "replicate",
        "ZeroPad": "constant",
    }.items():  # fmt: skip
        declare(f"{_name}{_axes}d")(_padding(_axes, _mode))


@declare("UpsamplingNearest2d")
def _upsampling_nearest(m: Module, size: Sizes = None, scale_factor: Sizes = None) -> Forward:
    return _upsample(m, size, scale_factor)


@declare("UpsamplingBilinear2d")
def _upsampling_bilinear(m: Module, size: Sizes = None, scale_factor: Sizes = None) -> Forward:
    return _upsample(m, size, scale_factor, "bilinear", True)


@declare("Softmax2d")
def _softmax2d(m: Module) -> Forward:
    return lambda ev, node, x: functional.softmax(operand_of(ev, x), -3)


@declare("CosineSimilarity")
def _cosine_similarity(m: Module, dim: Sizes = 1, eps: float = 1e-8) -> Forward:
    return lambda ev, node, a, b: REGISTRY["cosine_similarity"](operand_of(ev, a), operand_of(ev, b), axis=dim, eps=eps)


@declare("Softmax")
def _softmax(m: Module, dim: Sizes = None) -> Forward:
    return lambda ev, node, x: functional.softmax(operand_of(ev, x), dim)


@declare("LogSoftmax")
def _log_softmax(m: Module, dim: Sizes = None) -> Forward:
    return lambda ev, node, x: functional.log_softmax(operand_of(ev, x), dim)


@declare("Softmin")
def _softmin(m: Module, dim: Sizes = None) -> Forward:
    return lambda ev, node, x: functional.softmin(operand_of(ev, x), dim)


def _as_operator(operator: str) -> Callable[..., Forward]:
    """A layer without parameters: the operator with the layer's settings."""

    def build(m: Module, *settings: Any, **named: Any) -> Forward:
        flags = settings[: len(settings) - 1] if settings and settings[-1] is True and operator in INPLACE else settings

        def forward(ev: ExpressionEvaluator, node: ast.expr, *inputs: Any) -> Any:
            op = REGISTRY[operator]
            more = [*op.inputs[len(inputs) :], *op.attributes] if operator not in LOSS_OPERATORS else []
            given = dict(zip(more, flags, strict=False))
            given.update({k: v for k, v in named.items() if k not in IGNORED})
            texts = list(node.args) if isinstance(node, ast.Call) else []
            call = ast.copy_location(ast.Call(node, texts, []), node)
            reference = OperatorReference(operator, "torch")
            return ev.calls.operate(ev, call, reference, list(inputs), given, texts)

        return forward

    return build


INPLACE = {"relu", "relu6", "silu", "mish", "selu", "hardswish", "hardsigmoid"}
OPERATORS = {
    "AdaptiveAvgPool1d": "adaptive_avg_pool1d", "AdaptiveAvgPool2d": "adaptive_avg_pool2d",
    "AdaptiveAvgPool3d": "adaptive_avg_pool3d", "AdaptiveMaxPool1d": "adaptive_max_pool1d",
    "AdaptiveMaxPool2d": "adaptive_max_pool2d", "AdaptiveMaxPool3d": "adaptive_max_pool3d",
    "AvgPool1d": "avg_pool1d", "AvgPool2d": "avg_pool2d", "AvgPool3d": "avg_pool3d", "CELU": "celu",
    "ChannelShuffle": "channel_shuffle", "ELU": "elu", "Fold": "fold", "GELU": "gelu", "GLU": "glu",
    "Hardshrink": "hardshrink", "Hardsigmoid": "hardsigmoid", "Hardswish": "hardswish", "Hardtanh": "hardtanh",
    "LeakyReLU": "leaky_relu", "LocalResponseNorm": "local_response_norm", "LogSigmoid": "logsigmoid",
    "MaxPool1d": "max_pool1d", "MaxPool2d": "max_pool2d", "MaxPool3d": "max_pool3d", "Mish": "mish",
    "PairwiseDistance": "pairwise_distance", "PixelShuffle": "pixel_shuffle", "PixelUnshuffle": "pixel_unshuffle",
    "ReLU": "relu", "ReLU6": "relu6", "SELU": "selu", "SiLU": "silu", "Sigmoid": "sigmoid", "Softplus": "softplus",
    "Softshrink": "softshrink", "Softsign": "softsign", "Tanh": "tanh", "Tanhshrink": "tanhshrink",
    "Threshold": "threshold", "Unfold": "unfold",
}  # fmt: skip
LOSSES = {
    "BCELoss": "binary_cross_entropy", "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "CTCLoss": "ctc_loss", "CosineEmbeddingLoss": "cosine_embedding_loss", "CrossEntropyLoss": "cross_entropy",
    "GaussianNLLLoss": "gaussian_nll_loss", "HingeEmbeddingLoss": "hinge_embedding_loss", "HuberLoss": "huber_loss",
    "KLDivLoss": "kl_div", "L1Loss": "l1_loss", "MSELoss": "mse_loss", "MarginRankingLoss": "margin_ranking_loss",
    "MultiLabelSoftMarginLoss": "multilabel_soft_margin_loss", "MultiMarginLoss": "multi_margin_loss",
    "NLLLoss": "nll_loss", "PoissonNLLLoss": "poisson_nll_loss",
    "SmoothL1Loss": "smooth_l1_loss", "SoftMarginLoss": "soft_margin_loss", "TripletMarginLoss": "triplet_margin_loss",
}  # fmt: skip
LOSS_OPERATORS = set(LOSSES.values())
for _name, _operator in {**OPERATORS, **LOSSES}.items():
    if _operator in REGISTRY:
        declare(_name)(_as_operator(_operator))


# Layers made of layers


@declare("Sequential")
def _sequential(m: Module, *modules: Any) -> Forward:
    hold(m, parts_of(modules))

    def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any) -> Any:
        with m.inside(ev, [x]):
            for part in list(m.attributes.values()):
                values = list(x) if isinstance(x, tuple) and not isinstance(x, Results) else [x]
                x = ev.calls.apply(ev, node, part, values, {}, [node] * len(values))
        return x

    return forward


@declare("ModuleList")
def _module_list(m: Module, modules: Any = ()) -> Forward | None:
    hold(m, parts_of([list(modules.elements() if isinstance(modules, Module) else modules)]))
    return None


@declare("ParameterList")
def _parameter_list(m: Module, values: Any = ()) -> Forward | None:
    hold(m, parts_of([list(values)]))
    return None


@declare("ParameterDict")
@declare("ModuleDict")
def _module_dict(m: Module, modules: Any = None) -> Forward | None:
    hold(m, parts_of([modules or {}]))
    return None
