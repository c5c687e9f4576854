"""Embeddings: rows of a weight matrix for indices, one by one or brought together in bags."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Variable, constant, literal
from tidegraph.engine.ops.arithmetic import detach, equal, maximum, where
from tidegraph.engine.ops.arrange import whole_number, whole_numbers
from tidegraph.engine.ops.declare import Case, composite, spell
from tidegraph.engine.ops.extremes import max as largest
from tidegraph.engine.ops.indexing import take
from tidegraph.engine.ops.reductions import sum
from tidegraph.engine.ops.shape import broadcast_to, reshape, stack


@composite(
    suits={"indices": lambda operands, attributes: f"index:{operands[1].shape[0]}"},
    cases=(Case(((3,), (5, 2)), integers={0: 5}), Case(((2, 3), (4, 3)), integers={0: 4})),
)
def embedding(indices: Variable, weight: Variable, *, padding_idx: int | None = None) -> Variable:
    """The row of a weight matrix for each index; no gradient flows to the row of `padding_idx`."""
    if weight.ndim != 2:
        raise ShapeError(f"the weight is {spell(weight.shape)} and must be a matrix", "one row an index")
    return take(weight if padding_idx is None else held(weight, padding_idx), indices, axis=0)


def held(weight: Variable, row: int) -> Variable:
    """A matrix through one of whose rows no gradient flows."""
    rows = weight.shape[0]
    place = whole_number("padding_idx", row)
    if not -rows <= place < rows:
        raise ShapeError("length-not-valid", name="padding_idx", given=place, least=-rows, most=rows - 1)
    chosen = np.zeros((rows, 1), bool)
    chosen[place] = True
    return where(constant(chosen), detach(weight), weight)


@composite(
    torch=("indices", "weight", "offsets"),
    suits={"indices": lambda operands, attributes: f"index:{operands[1].shape[0]}"},
    kink="the first of equals",
    cases=(
        Case(((2, 3), (5, 2)), integers={0: 5}),
        Case(((4,), (5, 2), (4,)), {"mode": "sum", "offsets": (0, 3)}, integers={0: 5}),
        Case(((2, 3), (5, 2)), {"mode": "max"}, integers={0: 5}),
    ),
)
def embedding_bag(
    indices: Variable,
    weight: Variable,
    per_sample_weights: Variable | None = None,
    *,
    offsets: Any = None,
    mode: str = "mean",
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Variable:
    """The mean (or sum, or max) of the rows for the indices of each bag: a row of a matrix of indices, or the part of
    a vector between two offsets, which are known."""
    if mode not in ("mean", "sum", "max"):
        raise ShapeError("option-not-known", option="mode", given=mode, known=["mean", "sum", "max"])
    rows = embedding(indices, weight, padding_idx=padding_idx)
    counted = None
    if padding_idx is not None:
        counted = where(equal(indices, padding_idx % max(weight.shape[0], 1)), 0.0, 1.0)
        rows = rows * reshape(counted, shape=(*counted.shape, 1))
    if per_sample_weights is not None:
        rows = rows * reshape(per_sample_weights, shape=(*per_sample_weights.shape, 1))
    if indices.ndim == 2:
        ends = [(b, b + 1) for b in range(indices.shape[0])]
        rows = reshape(rows, shape=(indices.size, weight.shape[1]))
        ends = [(a * indices.shape[1], b * indices.shape[1]) for a, b in ends]
    elif indices.ndim == 1 and offsets is not None:
        starts = whole_numbers("offsets", offsets, 0)
        ends = list(pairwise([*starts, *([] if include_last_offset else [indices.size])]))
    else:
        raise ShapeError("needs-shape", name="embedding_bag", needed="[bags, indices]", shape=indices.shape)
    shares = None if counted is None else reshape(counted, shape=(counted.size,))
    return stack(*(_bag(rows, shares, a, b, mode) for a, b in ends), axis=0)


def _bag(rows: Variable, shares: Variable | None, first: int, last: int, mode: str) -> Variable:
    if first >= last:
        return broadcast_to(literal(0.0), shape=rows.shape[1:])
    bag = rows[first:last]
    if mode == "max":
        return largest(bag, axis=0)
    total = sum(bag, axis=0)
    if mode == "sum":
        return total
    return total / (last - first if shares is None else maximum(sum(shares[first:last]), 1.0))
