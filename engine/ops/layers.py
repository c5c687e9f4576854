"""Layers without a family of their own: linear and bilinear maps, gates, dropout, similarity."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Type, Variable
from tidegraph.engine.graph.kinds import Layer, Trait, Way
from tidegraph.engine.ops.activations import sigmoid
from tidegraph.engine.ops.arithmetic import maximum, sqrt
from tidegraph.engine.ops.declare import (
    Case,
    Primitive,
    Scalar,
    broadcast,
    composite,
    normal_axes,
    normal_axis,
    primitive,
)
from tidegraph.engine.ops.norms import vector_norm
from tidegraph.engine.ops.reductions import sum
from tidegraph.engine.ops.shape import broadcast_to, in_shape, transpose


@composite(
    layer=Layer({"weight": "bias"}, again="linear({operand}, {weight})"),
    cases=(Case(((4,), (3, 4), (3,))), Case(((2, 4), (3, 4))), Case(((2, 3, 4), (5, 4), (5,))), Case(((2, 4), (4,)))),
)
def linear(x: Variable, weight: Variable, bias: Variable | None = None) -> Variable:
    """A fully connected layer, x W^T + b; the weight is outputs x inputs and acts on the last axis."""
    if weight.ndim not in (1, 2):
        raise ShapeError("linear-weight", shape=weight.shape)
    if not x.ndim or x.shape[-1] != weight.shape[-1]:
        given = x.shape[-1] if x.shape else 1
        raise ShapeError("linear-inputs", shape=x.shape, inputs=weight.shape[-1], given=given)
    y = weight @ x if x.ndim == 1 else x @ transpose(weight)
    return y if bias is None else y + bias


@composite(
    layer=Layer({"weight": "bias"}), cases=(Case(((2, 3), (2, 4), (5, 3, 4), (5,))), Case(((3,), (4,), (5, 3, 4))))
)
def bilinear(x1: Variable, x2: Variable, weight: Variable, bias: Variable | None = None) -> Variable:
    """A bilinear layer, y_k = x1^T W_k x2 + b_k; the weight is outputs x inputs1 x inputs2."""
    if weight.ndim != 3 or not x1.ndim or not x2.ndim or (x1.shape[-1], x2.shape[-1]) != weight.shape[1:]:
        raise ShapeError("bilinear-weight", shape=weight.shape)
    if x1.shape[:-1] != x2.shape[:-1]:
        raise ShapeError("batches-differ", a=x1.shape[:-1], b=x2.shape[:-1])
    outputs, first, second = weight.shape
    rows = x1 @ in_shape(transpose(weight, axes=(1, 0, 2)), (first, outputs * second))
    y = sum(in_shape(rows, (*x1.shape[:-1], outputs, second)) * in_shape(x2, (*x2.shape[:-1], 1, second)), axis=-1)
    return y if bias is None else y + bias


@composite(symbol=r"\operatorname{GLU}", cases=(Case(((6,),)), Case(((2, 4, 3),), {"axis": 1})))
def glu(x: Variable, *, axis: int = -1) -> Variable:
    """A gated linear unit: the first half of an axis times the sigmoid of the second."""
    axis = normal_axis(axis, x.ndim)
    half, odd = divmod(x.shape[axis], 2)
    if odd:
        raise ShapeError("glu-axis", axis=axis, size=x.shape[axis])
    before = (slice(None),) * axis
    return x[(*before, slice(half))] * sigmoid(x[(*before, slice(half, None))])


def _infer_dropout(x: Variable, *, p: float = 0.5, training: bool = True, seed: int = 0) -> Type:
    if isinstance(p, bool) or not isinstance(p, (int, float)) or not 0 <= p <= 1:
        raise ShapeError("dropout-p", given=repr(p))
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ShapeError("seed", given=repr(seed))
    return Type(x.shape)


def _dropout(x: Any, out: Any, *, p: float, training: bool, seed: int) -> None:
    if not training:
        np.copyto(out, x)
        return
    kept = np.random.default_rng(seed).random(x.shape, np.float32) >= p
    np.multiply(x, kept, out)
    if p < 1:
        np.multiply(out, 1 / (1 - p), out)


dropout: Primitive = primitive(
    "dropout",
    infer=_infer_dropout,
    kernel=_dropout,
    linear=True,
    vjp=(lambda g, y, x, **how: dropout(g, **how),),
    traits=[Trait.DROPOUT],
    symbol=r"\operatorname{drop}",
    latex=r"\operatorname{{dropout}}\left({0}\right)",
    flops=lambda x, *, training, **how: 2 * x.size if training else 0,
    workspace=lambda width, x, *, training, **how: 5 * x.size if training else 0,
    backward=Way.SAME_MASK,
    doc="Each element zero with probability p and else divided by 1 - p; the seed alone decides which.",
    cases=(Case(((4, 5),)), Case(((7,),), {"p": 0.2, "seed": 3}), Case(((7,),), {"training": False})),
)


def feature_axis(x: Variable, axis: int | None) -> int:
    """The axis of features or classes: the one after the batch, or the only one."""
    return normal_axis(min(1, x.ndim - 1) if axis is None else axis, x.ndim)


def length(x: Variable, axis: int | tuple[int, ...], eps: Scalar, keepdims: bool = False) -> Variable:
    """The Euclidean norm along axes, at least `eps`; its gradient at zero is zero."""
    return sqrt(maximum(sum(x * x, axis=axis, keepdims=keepdims), eps**2))


@composite(symbol=r"\cos", cases=(Case(((3, 4), (3, 4))), Case(((4,), (4,))), Case(((2, 3, 4), (3, 4)), {"axis": -1})))
def cosine_similarity(x1: Variable, x2: Variable, *, axis: int | None = None, eps: Scalar = 1e-8) -> Variable:
    """The cosine of the angle between vectors along an axis, by default the one after the batch."""
    shape = broadcast(x1.shape, x2.shape)
    x1, x2 = (x if x.shape == shape else broadcast_to(x, shape=shape) for x in (x1, x2))
    axis = feature_axis(x1, axis)
    return sum(x1 * x2, axis=axis) / (length(x1, axis, eps) * length(x2, axis, eps))


@composite(
    cases=(Case(((3, 4),)), Case(((4,),)), Case(((2, 3, 4),), {"p": 3, "axis": (-1, 0)})),
)
def normalize(x: Variable, *, p: float = 2, axis: Any = None, eps: Scalar = 1e-12) -> Variable:
    """An array divided by its p-norm along axes, by default the one after the batch."""
    axes = normal_axes(axis, x.ndim) if isinstance(axis, tuple) else feature_axis(x, axis)
    if p == 2:
        return x / length(x, axes, eps, keepdims=True)
    return x / maximum(vector_norm(x, ord=p, axis=axes, keepdims=True), eps)
