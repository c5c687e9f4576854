"""Functions of `torch.nn.functional`: softmax, dropout, embeddings, similarities."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegraph.engine.graph import Variable, constant
from tidegraph.engine.language.expressions import ExpressionEvaluator
from tidegraph.engine.language.torch_functions.operands import op
from tidegraph.engine.ops.arrange import room


def softmax(x: Variable, dim: Any = None, _stacklevel: int = 3) -> Variable:
    """The softmax along an axis; without one PyTorch takes the first of arrays with 0, 1 or 3 axes."""
    return op("softmax")(x, axis=implicit(x, dim))


def log_softmax(x: Variable, dim: Any = None, _stacklevel: int = 3) -> Variable:
    """The logarithm of the softmax along an axis."""
    return op("log_softmax")(x, axis=implicit(x, dim))


def softmin(x: Variable, dim: Any = None, _stacklevel: int = 3) -> Variable:
    """The softmax of the negative."""
    return op("softmax")(-x, axis=implicit(x, dim))


def implicit(x: Variable, dim: Any) -> int:
    """The axis of a softmax that names none."""
    return int(dim) if dim is not None else (0 if x.ndim in (0, 1, 3) else 1)


def drops(ev: ExpressionEvaluator, training: Any, default: bool = True) -> bool:
    """Whether a dropout acts: as it is called with, or by the mode of the whole program."""
    if training is not None:
        return bool(training)
    return default if ev.mode is None else ev.mode


def dropout(ev: ExpressionEvaluator, x: Variable, p: float = 0.5, training: Any = None) -> Variable:
    """Each element zero with a probability, in training."""
    return op("dropout")(x, p=p, training=drops(ev, training), seed=ev.next_seed())


def channel_dropout(axes: int) -> Any:
    """Dropout of whole channels; a 1d or 3d example without a batch has its channels first."""

    def drop(ev: ExpressionEvaluator, x: Variable, p: float = 0.5, training: Any = None) -> Variable:
        if not drops(ev, training):
            return x
        batch = 1 if axes != 2 and x.ndim == axes + 1 else 2
        room(*x.shape[:batch])
        ones = constant(np.ones(x.shape[:batch] + (1,) * (x.ndim - batch)))
        return x * op("dropout")(ones, p=p, training=True, seed=ev.next_seed())

    drop.__doc__ = "Each channel zero with a probability, in training."
    return drop


def alpha_dropout(ev: ExpressionEvaluator, x: Variable, p: float = 0.5, training: Any = None) -> Variable:
    """Elements saturated with a probability, in training: mean 0 and variance 1 stay (Klambauer 2017)."""
    return saturated(ev, x, x.shape, p, drops(ev, training, False))


def feature_alpha_dropout(ev: ExpressionEvaluator, x: Variable, p: float = 0.5, training: Any = None) -> Variable:
    """Channels saturated with a probability, in training: mean 0 and variance 1 stay (Klambauer 2017)."""
    return saturated(ev, x, x.shape[:2] + (1,) * (x.ndim - 2), p, drops(ev, training, False))


SATURATION = -1.7580993408473766
"""What selu tends to: -1.0507... * 1.6732..."""


def saturated(ev: ExpressionEvaluator, x: Variable, shape: tuple[int, ...], p: float, training: Any) -> Variable:
    """Alpha dropout with one decision for each element of a shape that broadcasts."""
    if not training or not p:
        return x
    if p >= 1:
        return x * 0.0
    room(*shape)
    keep = op("dropout")(constant(np.ones(shape)), p=p, training=True, seed=ev.next_seed()) * (1 - p)
    scale = ((1 - p) * (1 + p * SATURATION**2)) ** -0.5
    return (x * keep + (1 - keep) * SATURATION) * scale - scale * SATURATION * p


def embedding(x: Variable, weight: Variable, padding_idx: Any = None) -> Variable:
    """The rows of a matrix at indices."""
    more = (
        {"padding_idx": padding_idx} if padding_idx is not None and "padding_idx" in op("embedding").attributes else {}
    )
    return op("embedding")(x, weight, **more)


def glu(x: Variable, dim: int = -1) -> Variable:
    """The first half times the sigmoid of the second."""
    return op("glu")(x, axis=dim)


def cosine_similarity(x1: Variable, x2: Variable, dim: int = 1, eps: float = 1e-8) -> Variable:
    """The cosine of the angle between vectors along an axis."""
    return op("cosine_similarity")(x1, x2, axis=dim, eps=eps)


def normalize(x: Variable, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Variable:
    """Each vector along an axis divided by its norm."""
    return op("normalize")(x, p=p, axis=dim, eps=eps)


def upsample(x: Variable, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
             align_corners: Any = None) -> Variable:  # fmt: skip
    """An older name of `interpolate`."""
    how = {} if align_corners is None else {"align_corners": align_corners}
    return op("interpolate")(x, size=size, scale_factor=scale_factor, mode=mode, **how)
