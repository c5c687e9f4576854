"""Einstein summation, as a composition of transposes and matrix products.

Every contraction of two arrays is a batched matrix product once its labels are sorted into batch, rows, shared and
columns; so `einsum` costs what matmul costs, and its gradient is the gradient of matmul. NumPy chooses the order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from tidegraph.engine.graph import ShapeError, Variable, size_of
from tidegraph.engine.ops.declare import Case, composite
from tidegraph.engine.ops.linalg import diagonal
from tidegraph.engine.ops.reductions import sum
from tidegraph.engine.ops.shape import reshape, transpose

Labels = tuple[str, ...]


class Term(NamedTuple):
    """An array and the label of each of its axes."""

    array: Variable
    labels: Labels

    def sizes(self, labels: Labels) -> tuple[int, ...]:
        """The sizes of some of its axes."""
        return tuple(self.array.shape[self.labels.index(name)] for name in labels)

    def ordered(self, labels: Labels) -> Term:
        """The same with its axes in another order."""
        if labels == self.labels:
            return self
        return Term(transpose(self.array, axes=tuple(map(self.labels.index, labels))), labels)

    def summed(self, keep: Collection[str]) -> Term:
        """Summed over the labels that are not kept."""
        axes = tuple(i for i, name in enumerate(self.labels) if name not in keep)
        if not axes:
            return self
        return Term(sum(self.array, axis=axes), tuple(name for name in self.labels if name in keep))

    def shaped(self, shape: tuple[int, ...]) -> Variable:
        """The array in another shape."""
        return self.array if self.array.shape == shape else reshape(self.array, shape=shape)


@composite(
    cases=(
        Case(((2, 3), (3, 4)), {"subscripts": "ij,jk->ik"}),
        Case(((2, 3, 4), (2, 4, 5)), {"subscripts": "bij,bjk"}),
        Case(((3, 3),), {"subscripts": "ii"}),
        Case(((2, 3), (2, 3)), {"subscripts": "ij,ij->j"}),
        Case(((2, 3, 4), (4, 3), (2,)), {"subscripts": "...ij,ji,...->..."}),
        Case(((3,), (2,)), {"subscripts": "i,j->ji"}),
        Case(((2, 1, 3), (4, 3, 2)), {"subscripts": "abc,bcd->db"}),
    )
)
def einsum(*operands: Variable, subscripts: str) -> Variable:
    """Sums of products over labelled axes: `einsum("ij,jk->ik", A, B)` is the matrix product."""
    inputs, output = parsed(subscripts, operands)
    terms = [term(array, labels) for array, labels in zip(operands, inputs, strict=True)]
    sizes: dict[str, int] = {}
    for t in terms:
        for name, n in zip(t.labels, t.array.shape, strict=True):
            sizes[name] = n if sizes.get(name, 1) == 1 else sizes[name]
    terms = [narrowed(t, sizes) for t in terms]
    for group in contractions(subscripts, operands):
        chosen = [terms.pop(i) for i in sorted(group, reverse=True)][::-1]
        later = {*output, *(name for t in terms for name in t.labels)}
        while len(chosen) > 1:
            first, second, *rest = chosen
            chosen = [contracted(first, second, later.union(*(t.labels for t in rest))), *rest]
        terms.append(chosen[0])
    result = terms[0].summed(output).ordered(output).array
    return result if result not in operands else reshape(result, shape=result.shape)


def parsed(subscripts: str, operands: Sequence[Variable]) -> tuple[list[Labels], Labels]:
    """The labels of every operand and of the result; axes under an ellipsis are labelled from the last one."""
    if not isinstance(subscripts, str):
        raise ShapeError("einsum-subscripts", given=repr(subscripts))
    text, arrow, result = subscripts.replace(" ", "").partition("->")
    parts = text.split(",")
    if len(parts) != len(operands):
        raise ShapeError("einsum-operands", subscripts=subscripts, named=len(parts), given=len(operands))
    inputs = []
    for part, array in zip(parts, operands, strict=True):
        hidden = array.ndim - len(part.replace("...", ""))
        if hidden < 0 or (hidden and "..." not in part):
            raise ShapeError("einsum-axes", part=part, axes=array.ndim)
        inputs.append(labelled(part, hidden))
    widest = max((names for names in inputs), key=lambda names: len([n for n in names if n.startswith(".")]))
    hidden = len([n for n in widest if n.startswith(".")])
    if not arrow:
        names = text.replace(",", "").replace(".", "")
        result = "..." * bool(hidden) + "".join(sorted(n for n in set(names) if names.count(n) == 1))
    output = labelled(result, hidden)
    known = {name for names in inputs for name in names}
    if not known.issuperset(output) or len(set(output)) != len(output):
        raise ShapeError("einsum-result", result=result)
    if hidden and "..." not in result:
        raise ShapeError("einsum-ellipsis")
    return inputs, output


def labelled(part: str, hidden: int) -> Labels:
    """The labels of one part of the subscripts, `hidden` of them under its ellipsis."""
    before, dots, after = part.partition("...")
    if not (before + after).isalpha() and before + after:
        raise ShapeError("einsum-letters", part=repr(part))
    return (*before, *(f".{n}" for n in range(hidden if dots else 0, 0, -1)), *after)


def term(array: Variable, labels: Labels) -> Term:
    """An operand with each label once: a repeated label is a diagonal."""
    for name in labels:
        while labels.count(name) > 1:
            first = labels.index(name)
            second = labels.index(name, first + 1)
            if array.shape[first] != array.shape[second]:
                raise ShapeError("einsum-sizes", label=name, first=array.shape[first], second=array.shape[second])
            array = diagonal(array, axis1=first, axis2=second)
            labels = (*labels[:first], *labels[first + 1 : second], *labels[second + 1 :], name)
    return Term(array, labels)


def narrowed(t: Term, sizes: dict[str, int]) -> Term:
    """A term without the axes of size one that others stretch."""
    for name, n in zip(t.labels, t.array.shape, strict=True):
        if n not in (1, sizes[name]):
            raise ShapeError("einsum-sizes", label=name, first=n, second=sizes[name])
    keep = tuple(name for name, n in zip(t.labels, t.array.shape, strict=True) if n == sizes[name])
    return Term(t.shaped(t.sizes(keep)), keep)


def contractions(subscripts: str, operands: Sequence[Variable]) -> list[tuple[int, ...]]:
    """Which operands to bring together first, by their places in a list to which results are appended."""
    if len(operands) < 3:
        return [tuple(range(len(operands)))]
    probes = [np.broadcast_to(np.empty(()), v.shape) for v in operands]
    try:
        return np.einsum_path(subscripts, *probes, optimize="greedy")[0][1:]
    except ValueError:
        raise ShapeError("einsum-order", subscripts=subscripts) from None


def contracted(a: Term, b: Term, keep: Collection[str]) -> Term:
    """Two terms as one: a batched matrix product, or a product that broadcasts where no label is shared and summed."""
    a, b = a.summed({*keep, *b.labels}), b.summed({*keep, *a.labels})
    batch = tuple(n for n in a.labels if n in b.labels and n in keep)
    shared = tuple(n for n in a.labels if n in b.labels and n not in keep)
    rows = tuple(n for n in a.labels if n not in b.labels)
    columns = tuple(n for n in b.labels if n not in a.labels)
    left, right = a.ordered(batch + rows + shared), b.ordered(batch + shared + columns)
    outer = a.sizes(batch)
    above, beside = a.sizes(rows), b.sizes(columns)
    if not shared:
        product = left.shaped((*outer, *above, *(1,) * len(columns))) * right.shaped(
            (*outer, *(1,) * len(rows), *beside)
        )
        return Term(product, batch + rows + columns)
    inside = size_of(a.sizes(shared))
    across = (size_of(above),) if rows or batch else ()
    along = (size_of(beside),) if columns or batch else ()
    product = left.shaped((*outer, *across, inside)) @ right.shaped((*outer, inside, *along))
    shape = (*outer, *above, *beside)
    return Term(product if product.shape == shape else reshape(product, shape=shape), batch + rows + columns)
