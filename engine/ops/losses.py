"""Losses: each is a composition, so its circle opens on the page and shows its inside."""

from __future__ import annotations

from engine.errors import ShapeError
from engine.graph import Variable
from engine.ops.declare import Case, composite, spell
from engine.ops.reductions import log_softmax, mean, sum


@composite(symbol=r"\ell", latex=r"\ell\left({0}, {1}\right)", cases=(Case(((3,), (3,))), Case(((3, 2), (3, 2)))))
def squared_error(o: Variable, y: Variable) -> Variable:
    """Half the sum of the squared differences, the chapter's loss."""
    if o.shape != y.shape:
        raise ShapeError(f"squared_error needs equal shapes, not {spell(o.shape)} and {spell(y.shape)}")
    return sum((o - y) ** 2) / 2


@composite(symbol=r"\operatorname{CE}", latex=r"\operatorname{{CE}}\left({0}, {1}\right)", cases=(Case(((4,), (4,))), Case(((3, 4), (3, 4)))))
def cross_entropy(o: Variable, y: Variable) -> Variable:
    """Mean over the batch of -sum(y * log_softmax(o)); the classes are the last axis."""
    if o.shape != y.shape:
        raise ShapeError(f"cross_entropy needs equal shapes, not {spell(o.shape)} and {spell(y.shape)}")
    return -mean(sum(y * log_softmax(o), axis=-1))
