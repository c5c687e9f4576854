"""Losses of classes: labels as whole numbers or as probabilities.

The axis of classes is the one after the batch, or the only one, as in PyTorch.
"""

from __future__ import annotations

from typing import Any

from tidegraph.engine.graph import ShapeError, Variable
from tidegraph.engine.ops.activations import relu
from tidegraph.engine.ops.arithmetic import not_equal
from tidegraph.engine.ops.classes import pick
from tidegraph.engine.ops.declare import Case, Scalar, composite
from tidegraph.engine.ops.layers import feature_axis
from tidegraph.engine.ops.losses import reduced_by
from tidegraph.engine.ops.reductions import log_softmax, sum
from tidegraph.engine.ops.shape import broadcast_to, in_shape


def labels(operands: Any, attributes: Any) -> str:
    """What suits as a target: probabilities where it has the shape of the scores, else whole numbers."""
    scores, y = operands[:2]
    return "distribution" if y.shape == scores.shape else f"index:{scores.shape[feature_axis(scores, None)]}"


def stretched(weight: Variable, scores: Variable, axis: int) -> Variable:
    """A weight a class, so that it goes along the axis of classes."""
    if weight.shape != (scores.shape[axis],):
        raise ShapeError("class-weights", shape=weight.shape, classes=scores.shape[axis])
    return in_shape(weight, weight.shape + (1,) * (scores.ndim - axis - 1))


def averaged(losses: Variable, shares: Variable, reduction: str) -> Variable:
    """The losses brought together; their mean counts each by its share."""
    return sum(losses) / sum(shares) if reduction == "mean" else reduced_by(losses, reduction)


@composite(
    symbol=r"\operatorname{NLL}",
    suits={"y": labels},
    cases=(
        Case(((4, 3), (4,)), integers={1: 3}),
        Case(((2, 3, 2), (2, 2), (3,)), {"ignore_index": 1}, integers={1: 3}),
        Case(((3,), ()), {"reduction": "sum"}, integers={1: 3}),
        Case(((4, 3), (4,), (3,)), {"reduction": "none"}, integers={1: 3}),
    ),
)
def nll_loss(
    o: Variable, y: Variable, weight: Variable | None = None, *, ignore_index: int = -100, reduction: str = "mean"
) -> Variable:
    """The negative log-probabilities o of the labels y, by default their mean weighted by class."""
    axis = feature_axis(o, None)
    losses = -pick(o, y, axis=axis, ignore_index=ignore_index)
    if weight is None:
        return averaged(losses, not_equal(y, ignore_index), reduction)
    of_class = broadcast_to(stretched(weight, o, axis), shape=o.shape)
    shares = pick(of_class, y, axis=axis, ignore_index=ignore_index)
    return averaged(shares * losses, shares, reduction)


def soft_cross_entropy(
    o: Variable, y: Variable, weight: Variable | None, reduction: str, smoothing: Scalar
) -> Variable:
    """Cross entropy where the target is a probability for each class."""
    axis = feature_axis(o, None)
    likely = log_softmax(o, axis=axis)
    if weight is not None:
        likely = stretched(weight, o, axis) * likely
    if smoothing:
        y = (1 - smoothing) * y + smoothing / max(o.shape[axis], 1)
    losses = -sum(y * likely, axis=axis)
    return losses if not losses.shape and reduction == "mean" else reduced_by(losses, reduction)


@composite(
    symbol=r"\operatorname{CE}",
    latex=r"\operatorname{{CE}}\left({0}, {1}\right)",
    suits={"y": labels},
    cases=(
        Case(((4,), (4,))),
        Case(((3, 4), (3, 4))),
        Case(((2, 3, 2), (2, 3, 2), (3,)), {"label_smoothing": 0.1, "reduction": "sum"}, fixed={2: [1.0, 0.5, 2.0]}),
        Case(((4, 3), (4,)), integers={1: 3}),
        Case(((3,), ()), integers={1: 3}),
        Case(
            ((4, 3), (4,), (3,)),
            {"label_smoothing": 0.2, "ignore_index": 1},
            integers={1: 3},
            fixed={2: [1.0, 0.5, 2.0]},
        ),
        Case(((2, 3, 2), (2, 2)), {"label_smoothing": 0.2, "reduction": "none"}, integers={1: 3}),
    ),
)
def cross_entropy(
    o: Variable,
    y: Variable,
    weight: Variable | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: Scalar = 0.0,
) -> Variable:
    """Cross entropy of scores o and labels y, which are whole numbers or a probability for each class."""
    if not o.ndim:
        raise ShapeError("cross-entropy-scalar")
    if not isinstance(label_smoothing, Variable) and not 0 <= label_smoothing <= 1:
        raise ShapeError("label-smoothing", given=repr(label_smoothing))
    if y.shape == o.shape:
        return soft_cross_entropy(o, y, weight, reduction, label_smoothing)
    axis = feature_axis(o, None)
    likely = log_softmax(o, axis=axis)
    if not label_smoothing:
        return nll_loss(likely, y, weight, ignore_index=ignore_index, reduction=reduction)
    counted = not_equal(y, ignore_index)
    of_class = None if weight is None else stretched(weight, o, axis)
    spread = -sum(likely if of_class is None else of_class * likely, axis=axis) * counted
    hard = nll_loss(likely, y, weight, ignore_index=ignore_index, reduction="none")
    losses = (1 - label_smoothing) * hard + label_smoothing / max(o.shape[axis], 1) * spread
    shares = counted
    if of_class is not None:
        shares = pick(broadcast_to(of_class, shape=o.shape), y, axis=axis, ignore_index=ignore_index)
    return averaged(losses, shares, reduction)


@composite(
    symbol=r"\operatorname{margin}",
    torch=("o", "y", "p", "margin", "weight", "reduction"),
    kink="0",
    suits={"y": labels},
    cases=(
        Case(((4, 3), (4,)), integers={1: 3}),
        Case(((4, 3), (4,), (3,)), {"p": 2, "margin": 0.7, "reduction": "sum"}, integers={1: 3}),
        Case(((3,), ()), integers={1: 3}),
    ),
)
def multi_margin_loss(
    o: Variable,
    y: Variable,
    weight: Variable | None = None,
    *,
    p: int = 1,
    margin: Scalar = 1.0,
    reduction: str = "mean",
) -> Variable:
    """How far the scores of the other classes come within a margin of the right one's, to the power p."""
    if o.ndim not in (1, 2):
        raise ShapeError("multi-margin-scores", shape=o.shape)
    if p not in (1, 2):
        raise ShapeError("margin-p", given=repr(p))
    right = pick(o, y, axis=-1)
    excess = relu(o - in_shape(right, (*right.shape, 1)) + margin)
    own = relu(margin) ** p if isinstance(margin, Variable) else max(float(margin), 0.0) ** p
    losses = (sum(excess if p == 1 else excess**2, axis=-1) - own) / max(o.shape[-1], 1)
    if weight is not None:
        losses = pick(broadcast_to(stretched(weight, o, o.ndim - 1), shape=o.shape), y, axis=-1) * losses
    return reduced_by(losses, reduction)
