"""Losses of signs, orders and distances: hinges and margins."""

from __future__ import annotations

from tidegraph.engine.graph import ShapeError, Variable
from tidegraph.engine.ops.activations import relu, softplus
from tidegraph.engine.ops.arithmetic import clip, equal, minimum, not_equal, sqrt, where
from tidegraph.engine.ops.declare import Case, Scalar, broadcast, composite
from tidegraph.engine.ops.losses import check_same, reduced_by
from tidegraph.engine.ops.norms import vector_norm
from tidegraph.engine.ops.reductions import mean, sum

SIGNED = (
    Case(((2, 2), (2, 2)), fixed={1: [[1, -1], [-1, 1]]}),
    Case(((3,), (3,)), {"reduction": "sum"}, fixed={1: [1, -1, 1]}),
)

PAIRS = (Case(((3, 2), (3, 2))),)


@composite(symbol=r"\operatorname{hinge}", kink="0", suits={"y": "sign"}, cases=SIGNED)
def hinge_loss(o: Variable, y: Variable, *, reduction: str = "mean") -> Variable:
    """Hinge, max(0, 1 - y o), for labels y of 1 and -1: zero once a score is right by a margin of one."""
    check_same("hinge_loss", o, y)
    return reduced_by(relu(1 - y * o), reduction)


@composite(
    symbol=r"\operatorname{hinge}",
    kink="the gradient passes where the margin is just met",
    suits={"y": "sign"},
    cases=SIGNED,
)
def hinge_embedding_loss(o: Variable, y: Variable, *, margin: Scalar = 1.0, reduction: str = "mean") -> Variable:
    """Distances o of pairs: themselves where y is 1, what they lack to a margin where y is -1."""
    check_same("hinge_embedding_loss", o, y)
    unlike = where(not_equal(y, 1), clip(margin - o, 0.0), 0.0)
    return reduced_by(unlike + where(not_equal(y, -1), o, 0.0), reduction)


@composite(symbol=r"\operatorname{soft}", suits={"y": "sign"}, cases=SIGNED)
def soft_margin_loss(o: Variable, y: Variable, *, reduction: str = "mean") -> Variable:
    """Softened hinge, log(1 + exp(-y o)), for labels y of 1 and -1, without overflow."""
    check_same("soft_margin_loss", o, y)
    return reduced_by(softplus(-(y * o)), reduction)


@composite(
    symbol=r"\operatorname{rank}",
    kink="the gradient passes where the margin is just met",
    suits={"y": "sign"},
    cases=(
        Case(((3,), (3,), (3,)), fixed={2: [1, -1, 1]}),
        Case(((3,), (3,), (3,)), {"margin": 0.4, "reduction": "sum"}, fixed={2: [1, -1, 1]}),
    ),
)
def margin_ranking_loss(
    x1: Variable, x2: Variable, y: Variable, *, margin: Scalar = 0.0, reduction: str = "mean"
) -> Variable:
    """Ranking, max(0, margin - y (x1 - x2)): the first should be higher where y is 1, lower where it is -1."""
    check_same("margin_ranking_loss", x1, x2, y)
    return reduced_by(clip(margin - y * (x1 - x2), 0.0), reduction)


@composite(
    symbol=r"\operatorname{cos}",
    kink="the gradient passes where the margin is just met",
    suits={"y": "sign"},
    cases=(
        Case(((3, 4), (3, 4), (3,)), fixed={2: [1, -1, -1]}),
        Case(((4,), (4,), ()), {"margin": 0.2}, fixed={2: 1}),
    ),
)
def cosine_embedding_loss(
    x1: Variable, x2: Variable, y: Variable, *, margin: Scalar = 0.0, reduction: str = "mean"
) -> Variable:
    """One minus the cosine where y is 1; how far the cosine is above a margin where y is -1."""
    if x1.shape != x2.shape or not x1.ndim or y.shape != x1.shape[:-1]:
        raise ShapeError("cosine-labels", shape=y.shape)
    squares = (sum(x1 * x1, axis=-1) + 1e-12) * (sum(x2 * x2, axis=-1) + 1e-12)
    cosine = sum(x1 * x2, axis=-1) / sqrt(squares)
    return reduced_by(where(equal(y, 1), 1 - cosine, clip(cosine - margin, 0.0)), reduction)


def distance(a: Variable, b: Variable, p: float, eps: Scalar) -> Variable:
    """The p-norm of the differences along the last axis; `eps` keeps it away from its kink, as in PyTorch."""
    return vector_norm(a - b + eps, ord=p, axis=-1)


@composite(
    symbol=r"\operatorname{triplet}",
    kink="the gradient passes where the margin is just met",
    cases=(
        Case(((3, 4), (3, 4), (3, 4))),
        Case(((4,), (4,), (4,)), {"margin": 2.0, "p": 1}),
        Case(((3, 4), (3, 4), (3, 4)), {"margin": 3.0, "swap": True, "reduction": "sum"}),
    ),
)
def triplet_margin_loss(
    anchor: Variable,
    positive: Variable,
    negative: Variable,
    *,
    margin: Scalar = 1.0,
    p: float = 2.0,
    eps: Scalar = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Variable:
    """Triplets, max(0, d(anchor, positive) - d(anchor, negative) + margin); with `swap` of either to negative."""
    broadcast(anchor.shape, positive.shape, negative.shape)
    if not min(anchor.ndim, positive.ndim, negative.ndim):
        raise ShapeError("triplet-scalars")
    near, far = distance(anchor, positive, p, eps), distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, distance(positive, negative, p, eps))
    return reduced_by(clip(near - far + margin, 0.0), reduction)


@composite(
    symbol=r"\operatorname{margin}", suits={"y": "binary"}, domain=((-2.0, 2.0), (0.1, 0.9), (0.5, 2.0)), cases=PAIRS
)
def multilabel_soft_margin_loss(
    o: Variable, y: Variable, weight: Variable | None = None, *, reduction: str = "mean"
) -> Variable:
    """Binary cross entropy of sigmoid(o), averaged over the classes, the last axis."""
    check_same("multilabel_soft_margin_loss", o, y)
    losses = y * softplus(-o) + (1 - y) * softplus(o)
    if weight is not None:
        losses = losses * weight
    return reduced_by(mean(losses, axis=-1) if losses.shape else losses, reduction)
