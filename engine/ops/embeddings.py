"""Embeddings: rows of a weight matrix for indices, one by one or brought together in bags."""

from __future__ import annotations

import numpy as np

from tidegraph.engine.graph import ShapeError, Variable, constant, literal
from tidegraph.engine.ops.arithmetic import detach, equal, less_equal, maximum, where
from tidegraph.engine.ops.arrange import whole_number
from tidegraph.engine.ops.declare import Case, composite
from tidegraph.engine.ops.indexing import index_add, nothing, take
from tidegraph.engine.ops.placing import scatter_reduce
from tidegraph.engine.ops.reductions import sum
from tidegraph.engine.ops.shape import broadcast_to, in_shape, reshape


@composite(
    suits={"indices": lambda operands, attributes: f"index:{operands[1].shape[0]}"},
    cases=(Case(((3,), (5, 2)), integers={0: 5}), Case(((2, 3), (4, 3)), integers={0: 4})),
)
def embedding(indices: Variable, weight: Variable, *, padding_idx: int | None = None) -> Variable:
    """The row of a weight matrix for each index; no gradient flows to the row of `padding_idx`."""
    if weight.ndim != 2:
        raise ShapeError("embedding-weight", shape=weight.shape)
    return take(weight if padding_idx is None else held(weight, padding_idx), indices, axis=0)


def held(weight: Variable, row: int) -> Variable:
    """A matrix through one of whose rows no gradient flows."""
    rows = weight.shape[0]
    place = whole_number("padding_idx", row)
    if not -rows <= place < rows:
        raise ShapeError("not-in-range", name="padding_idx", given=place, least=-rows, most=rows - 1)
    chosen = np.zeros((rows, 1), bool)
    chosen[place] = True
    return where(constant(chosen), detach(weight), weight)


@composite(
    suits={"indices": lambda operands, attributes: f"index:{operands[1].shape[0]}"},
    kink="the first of equals",
    cases=(
        Case(((2, 3), (5, 2)), integers={0: 5}),
        Case(((4,), (5, 2), (2,), (4,)), {"mode": "sum"}, integers={0: 5}, fixed={2: [0, 3]}),
        Case(((2, 3), (5, 2)), {"mode": "max"}, integers={0: 5}),
    ),
)
def embedding_bag(
    indices: Variable,
    weight: Variable,
    offsets: Variable | None = None,
    per_sample_weights: Variable | None = None,
    *,
    mode: str = "mean",
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Variable:
    """The mean (or sum, or max) of the rows for the indices of each bag: a row of a matrix of indices, or the part of
    a vector from one offset to the next."""
    if mode not in ("mean", "sum", "max"):
        raise ShapeError("option-not-known", option="mode", given=mode, known=["mean", "sum", "max"])
    flat = in_shape(indices, (indices.size,))
    if indices.ndim == 2:
        bags = indices.shape[0]
        places = constant(np.repeat(np.arange(bags), indices.shape[1]))
    elif indices.ndim == 1 and offsets is not None and offsets.ndim == 1 and offsets.size > include_last_offset:
        bags = offsets.size - include_last_offset
        starts = reshape(offsets[1:bags], shape=(bags - 1, 1))
        places = sum(where(less_equal(starts, constant(np.arange(indices.size))), 1, 0), axis=0)
    else:
        raise ShapeError("needs-shape", name="embedding_bag", needed="[bags, indices]", shape=indices.shape)
    rows = embedding(flat, weight, padding_idx=padding_idx)
    counted = broadcast_to(literal(1.0), shape=flat.shape)
    if padding_idx is not None:
        counted = where(equal(flat, padding_idx % max(weight.shape[0], 1)), 0.0, 1.0)
        rows = rows * reshape(counted, shape=(flat.size, 1))
    if per_sample_weights is not None:
        rows = rows * reshape(per_sample_weights, shape=(flat.size, 1))
    empty = nothing((bags, weight.shape[1]))
    if mode == "max":
        wide = broadcast_to(reshape(places, shape=(flat.size, 1)), shape=rows.shape)
        return scatter_reduce(empty, wide, rows, axis=0, reduce="amax", include_self=False)
    total = index_add(empty, places, rows, axis=0)
    if mode == "sum":
        return total
    shares = index_add(nothing((bags,)), places, counted, axis=0)
    return total / reshape(maximum(shares, 1.0), shape=(bags, 1))
