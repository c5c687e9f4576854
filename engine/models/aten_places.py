"""Rules of calls that put elements at places, look them up or search for them.

They are entered in the table of `aten`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidegraph.engine.graph import Variable
from tidegraph.engine.models.aten import RULES, Calls, NoRule, rule

# Putting


@rule("scatter")
def _scatter(b: Calls, a: Any, out: Any) -> Any:
    value = a.src if hasattr(a, "src") else a.value
    return b.scatter(b.as_float(a.self), a.index, b.as_float(value), axis=a.dim, reduce=getattr(a, "reduce", None))


@rule("scatter_reduce")
def _scatter_reduce(b: Calls, a: Any, out: Any) -> Any:
    return reduced(b, a, a.index, a.src)


def reduced(b: Calls, a: Any, index: Variable, source: Variable) -> Any:
    """What is there and what arrives, brought together by sum, prod, mean, amax or amin."""
    how = {"multiply": "prod"}.get(a.reduce, a.reduce)
    return b.scatter_reduce(a.self, index, source, axis=a.dim, reduce=how, include_self=bool(a.include_self))


@rule("index_reduce")
def _index_reduce(b: Calls, a: Any, out: Any) -> Any:
    axis, shape = a.dim % max(a.self.ndim, 1), a.source.shape
    rows = b.shaped(a.index, [a.index.size if n == axis else 1 for n in range(len(shape))])
    return reduced(b, a, b.stretched(rows, shape), a.source)


@rule("index_copy")
def _index_copy(b: Calls, a: Any, out: Any) -> Any:
    return b.index_copy(a.self, a.index, a.source, axis=a.dim)


@rule("index_fill")
def _index_fill(b: Calls, a: Any, out: Any) -> Any:
    return b.index_fill(a.self, a.index, b.as_float(a.value), axis=a.dim)


@rule("diagonal_scatter")
def _diagonal_scatter(b: Calls, a: Any, out: Any) -> Any:
    return b.diagonal_scatter(a.self, a.src, offset=a.offset, axis1=a.dim1, axis2=a.dim2)


@rule("put")
def _put(b: Calls, a: Any, out: Any) -> Any:
    flat, places = b.shaped(a.self, (a.self.size,)), b.shaped(a.index, (a.index.size,))
    source = b.shaped(a.source, (a.source.size,))
    op = b.scatter_add if a.accumulate else b.scatter
    return b.shaped(op(flat, places, source, axis=0), a.self.shape)


@rule("index_put")
def _index_put(b: Calls, a: Any, out: Any) -> Any:
    indices = list(a.indices)
    first = indices[0]
    if len(indices) == 1 and isinstance(first, Variable) and first.kind == "bool" and a.values.size == 1:
        value = b.shaped(a.values, ())
        mask = b.shaped(first, (*first.shape, *(1,) * (a.self.ndim - first.ndim)))
        return b.where(mask, b.add(a.self, value) if a.accumulate else value, a.self)
    indices = without_masks(b, indices)
    places = [n for n, i in enumerate(indices) if i is not None]
    rest = [n for n in range(a.self.ndim) if n not in places]
    if places == list(range(len(places))):
        return b.index_put(a.self, *indices[: len(places)], a.values, accumulate=bool(a.accumulate))
    if places != list(range(places[0], places[-1] + 1)):
        raise NoRule
    # The axes that are indexed come first; those before them follow the axes of the indices in the values.
    order = (*places, *rest)
    found = [indices[n] for n in places]
    wide = max(i.ndim for i in found)
    sizes = np.broadcast_shapes(*(i.shape for i in found))
    before = places[0]
    shape = (*a.self.shape[:before], *sizes, *a.self.shape[places[-1] + 1 :])
    values = b.stretched(a.values, shape)
    values = b.transpose(
        values, axes=(*range(before, before + wide), *range(before), *range(before + wide, len(shape)))
    )
    made = b.index_put(b.transpose(a.self, axes=order), *found, values, accumulate=bool(a.accumulate))
    return b.transpose(made, axes=tuple(int(n) for n in np.argsort(order)))


def without_masks(b: Calls, indices: list[Any]) -> list[Any]:
    """Indices, known masks among them as the places that they choose."""
    found: list[Any] = []
    for index in indices:
        if isinstance(index, Variable) and index.kind == "bool":
            found += [b.builder.constant(places) for places in np.nonzero(b.numbers(index))]
        else:
            found.append(index)
    return found


@rule("masked_scatter")
def _masked_scatter(b: Calls, a: Any, out: Any) -> Any:
    """The elements of the source in their order: the n-th place of the mask takes the n-th."""
    mask = b.stretched(b.as_bool(a.mask), out.shape)
    flat = b.shaped(b.as_float(mask), (math.prod(out.shape),))
    number = b.clip(b.subtract(b.cumsum(flat, axis=0), 1.0), 0, a.source.size - 1)
    taken = b.shaped(b.take(b.shaped(a.source, (a.source.size,)), number, axis=0), out.shape)
    return b.where(mask, taken, a.self)


# Looking up


@rule("embedding")
def _embedding(b: Calls, a: Any, out: Any) -> Any:
    if a.scale_grad_by_freq:
        raise NoRule
    return b.embedding(a.indices, a.weight, **({} if a.padding_idx < 0 else {"padding_idx": int(a.padding_idx)}))


@rule("embedding_bag", "_embedding_bag")
def _embedding_bag(b: Calls, a: Any, out: Any) -> Any:
    if a.scale_grad_by_freq:
        raise NoRule
    skipped = getattr(a, "padding_idx", None)
    how: dict[str, Any] = {"mode": ("sum", "mean", "max")[a.mode], "include_last_offset": bool(a.include_last_offset)}
    if skipped is not None and skipped >= 0:
        how["padding_idx"] = int(skipped)
    made = b.embedding_bag(a.indices, a.weight, a.offsets, a.per_sample_weights, **how)
    return (made, None, None, None)


@rule("searchsorted", "bucketize")
def _searchsorted(b: Calls, a: Any, out: Any) -> Any:
    """How many boundaries lie before a number."""
    boundaries = getattr(a, "boundaries", None)
    edges = a.sorted_sequence if boundaries is None else boundaries
    if getattr(a, "sorter", None) is not None:
        edges = b.take_along_axis(edges, a.sorter, axis=-1)
    value, shape = a.self, tuple(out.shape)
    right = bool(a.right) or getattr(a, "side", None) == "right"
    if edges.ndim > 1:
        edges = b.shaped(edges, (*edges.shape[:-1], 1, edges.shape[-1]))
    if isinstance(value, Variable):
        value = b.shaped(value, (*value.shape, 1))
    # torch.bucketize and torch.searchsorted count the same: with `right`, boundaries that equal the number as well.
    before = b.less_equal(edges, value) if right else b.less(edges, value)
    return b.shaped(b.count_nonzero(before, axis=-1), shape)


@rule("isin")
def _isin(b: Calls, a: Any, out: Any) -> Any:
    x = a.elements if hasattr(a, "elements") else a.element
    among = a.test_elements if hasattr(a, "test_elements") else a.test_element
    x = b.shaped(x, (*x.shape, 1)) if isinstance(x, Variable) else x
    among = b.shaped(among, (among.size,)) if isinstance(among, Variable) else among
    found = b.shaped(b.any(b.equal(x, among), axis=-1), out.shape)
    return b.logical_not(found) if a.invert else found


@rule("mode")
def _mode(b: Calls, a: Any, out: Any) -> Any:
    """The most frequent element, the smallest of several; of equal elements PyTorch takes the last."""
    x = b.moveaxis(a.self, source=a.dim, destination=-1) if a.self.ndim > 1 else a.self
    order = b.argsort(x, axis=-1)
    ranked = b.take_along_axis(x, order, axis=-1)
    equal = b.equal(b.shaped(ranked, (*x.shape, 1)), b.shaped(ranked, (*x.shape[:-1], 1, x.shape[-1])))
    count = b.count_nonzero(equal, axis=-1)
    last = b.add(b.argmax(count, axis=-1, keepdims=True), b.subtract(b.amax(count, axis=-1, keepdims=True), 1))
    places = b.take_along_axis(order, last, axis=-1)
    shape = tuple(out[0].shape)
    return tuple(b.shaped(v, shape) for v in (b.take_along_axis(x, places, axis=-1), places))


# Drawing: PyTorch's numbers cannot be had again, so they are drawn once


def drawn(b: Calls, out: Any, how: str, *numbers: float) -> Variable:
    """Random numbers of the shape and type of a result, as a constant of the program."""
    random = np.random.default_rng(len(b.builder.lines))
    array = np.asarray(getattr(random, how)(*numbers, size=tuple(out.shape)))
    if str(out.dtype) == "torch.float32":
        array = array.astype(np.float32)
    b.builder.note("random numbers are drawn once and are constants of the program")
    if array.ndim:
        made: Variable = b.builder.constant(array)
        return made
    return b.builder.leaf("", (), "constant", array)


@rule("exponential")
def _exponential(b: Calls, a: Any, out: Any) -> Any:
    return drawn(b, out, "exponential", 1.0 / float(a.lambd))


@rule("uniform")
def _uniform(b: Calls, a: Any, out: Any) -> Any:
    return drawn(b, out, "uniform", float(getattr(a, "from")), float(a.to))


RULES["rand_like"] = lambda b, a, out: drawn(b, out, "random")


@rule("normal", "normal_functional", "randn_like")
def _normal(b: Calls, a: Any, out: Any) -> Any:
    mean, deviation = getattr(a, "mean", 0.0), getattr(a, "std", 1.0)
    noise = drawn(b, out, "standard_normal")
    scaled = noise if deviation == 1 else b.multiply(noise, deviation)
    return scaled if not isinstance(mean, Variable) and mean == 0 else b.add(scaled, mean)


@rule("bernoulli")
def _bernoulli(b: Calls, a: Any, out: Any) -> Any:
    chance = a.self if getattr(a, "p", None) is None else a.p
    return b.as_float(b.less(drawn(b, out, "random"), chance))


def mask_of(b: Calls, a: Any, axes: int) -> Variable:
    """What dropout multiplies by: 0 or 1 / (1 - p), for each element of the first axes."""
    b.builder.note("dropout in training mode draws its own mask, not PyTorch's")
    ones = b.broadcast_to(1.0, shape=(*a.input.shape[:axes], *(1,) * (a.input.ndim - axes)))
    made: Variable = b.dropout(ones, p=float(a.p), training=True, seed=len(b.builder.lines))
    return made


@rule("feature_dropout")
def _feature_dropout(b: Calls, a: Any, out: Any) -> Any:
    """Whole channels are dropped."""
    return a.input if not a.train or not a.p else b.multiply(a.input, mask_of(b, a, 2))


def alpha(axes: int | None) -> Any:
    """Dropout that keeps mean and variance of self-normalising units (Klambauer et al. 2017, section 3)."""

    def made(b: Calls, a: Any, out: Any) -> Any:
        if not a.train or not a.p:
            return a.input
        low, p = -1.7580993408473766, float(a.p)
        scale = 1.0 / math.sqrt((low * low * p + 1.0) * (1.0 - p))
        kept = b.multiply(mask_of(b, a, a.input.ndim if axes is None else axes), 1.0 - p)
        shift = b.multiply(b.subtract(kept, 1.0 - p), low * scale)
        return b.add(b.multiply(a.input, b.multiply(kept, scale)), shift)

    return made


RULES["alpha_dropout"], RULES["feature_alpha_dropout"] = alpha(None), alpha(2)
