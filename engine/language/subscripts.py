"""Subscripts: `x[i, 1:]` of an array, a list, a dict or a text.

An index with variables in it is read as NumPy reads it: first a view, then elements taken, then where their axes go.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tidegraph.engine.graph import ShapeError, Variable, nearest
from tidegraph.engine.language.evaluator import Evaluator
from tidegraph.engine.language.objects import Known, NotStatic


class Subscript(NamedTuple):
    """`view` is an index of slices and numbers; along `axes` of what it selects, elements are taken at `indices`.

    `front` says that the axes of the indices come first in the result, because a slice stands between them.
    """

    view: tuple[Any, ...]
    axes: tuple[int, ...]
    indices: tuple[Any, ...]
    front: bool

    @property
    def whole(self) -> bool:
        """Whether the view is the array as it is."""
        return all(part == slice(None) for part in self.view)


def view_and_taken(parts: Sequence[Any], ndim: int) -> Subscript:
    """Sort the parts of an index of an array: slices, None, an ellipsis, numbers, arrays and variables."""
    parts = [p for part in parts for p in truths(part)]
    named = sum(p is not None and p is not Ellipsis for p in parts)
    if named > ndim:
        raise ShapeError("too-many-indices", count=named, axes=ndim)
    rest = [slice(None)] * (ndim - named)
    if any(p is Ellipsis for p in parts):
        place = next(n for n, p in enumerate(parts) if p is Ellipsis)
        parts = [*parts[:place], *rest, *parts[place + 1 :]]
    view: list[Any] = []
    axes, indices, places = [], [], []
    axis = 0
    for n, part in enumerate(parts):
        basic = part is None or isinstance(part, (int, slice))
        view.append(part if basic else slice(None))
        if not basic:
            axes.append(axis)
            indices.append(part)
        if part is not None and not isinstance(part, slice):
            places.append(n)
        axis += not isinstance(part, int)
    front = places[-1] - places[0] >= len(places)
    return Subscript(tuple(view), tuple(axes), tuple(indices), front)


def truths(part: Any) -> Sequence[Any]:
    """Known truth values as the indices of those that hold, one an axis; anything else as it is."""
    if isinstance(part, np.ndarray) and part.dtype == bool:
        return part.nonzero()
    return (part,)


def subscripted(ev: Evaluator, node: ast.Subscript, value: ast.expr, index: ast.expr) -> Any:
    """The value of `value[index]`."""
    base = ev.expression(value)
    if hasattr(base, "item_of"):
        return base.item_of(ev.known(index))
    if isinstance(base, Known) and isinstance(base.value, list):
        # A list of numbers is an array in expressions; its elements are known where the index is.
        if isinstance(index, ast.Slice):
            part = slice_of(ev, index)
            return Known(base.value[part], lambda: part_of_list(ev, node, base, part, value), (base,))
        try:
            position = ev.static(ev.expression(index), index) if not isinstance(index, ast.Tuple) else None
        except NotStatic:
            position = None
        if isinstance(position, int) and -len(base.value) <= position < len(base.value):
            return element_of_list(ev, node, base, position, value)
        return of_array(ev, node, base.variable(), value, index)
    if isinstance(base, dict):
        key = ev.known(index)
        if not isinstance(key, (str, int, float, tuple)) or key not in base:
            hint = nearest(str(key), [k for k in base if isinstance(k, str)])
            raise ev.error(index, "no-such-key", hint, key=str(key)[:40])
        return base[key]
    if isinstance(base, (tuple, list, str, range)):
        position = slice_of(ev, index) if isinstance(index, ast.Slice) else ev.known(index, "an index")
        try:
            return base[position]
        except (TypeError, IndexError):
            raise ev.error(index, "no-such-element", index=ast.unparse(index)[:40], count=len(base)) from None
    if isinstance(base, np.ndarray):
        try:
            found = base[known_index(ev, index)]
        except (NotStatic, IndexError, TypeError):
            return of_array(ev, node, ev.operand(base), value, index)
        return found.item() if isinstance(found, np.generic) else found
    return of_array(ev, node, ev.operand(base, value), value, index)


def element_of_list(ev: Evaluator, node: ast.expr, base: Known, position: int, text: ast.expr) -> Any:
    """An element of a list of numbers: known, and an element of the array where an expression uses it."""
    element = base.value[position]

    def make() -> Variable:
        found = ev.call(node, "getitem", [base.variable()], {"key": position}, [text])
        assert isinstance(found, Variable)
        return found

    return Known(element, make, (base,))


def part_of_list(ev: Evaluator, node: ast.expr, base: Known, part: slice, text: ast.expr) -> Variable:
    """A part of a list of numbers as a part of the array."""
    found = ev.call(node, "getitem", [base.variable()], {"key": part}, [text])
    assert isinstance(found, Variable)
    return found


def slice_of(ev: Evaluator, node: ast.Slice) -> slice:
    """A slice whose ends are known at parse time."""
    return slice(
        *(None if p is None else ev.known(p, "the end of a slice") for p in (node.lower, node.upper, node.step))
    )


def of_array(ev: Evaluator, node: ast.Subscript, base: Any, value: ast.expr, index: ast.expr) -> Any:
    """Elements of an array of the graph."""
    if not isinstance(base, Variable) or base.literal is not None:
        raise ev.error(value, "no-axes-to-index", thing=ast.unparse(value)[:40])
    try:
        key = known_index(ev, index)
    except NotStatic:
        return taken(ev, node, value, base, index)
    return ev.call(node, "getitem", [base], {"key": key}, [value])


def taken(ev: Evaluator, node: ast.Subscript, value: ast.expr, base: Variable, index: ast.expr) -> Any:
    """An index with variables in it: a view by its slices and numbers, and elements taken along the other axes."""
    texts = index.elts if isinstance(index, ast.Tuple) else [index]
    parts = []
    for text in texts:
        try:
            parts.append(known_index(ev, text))
        except NotStatic:
            if isinstance(text, ast.Slice):
                raise ev.error(text, "slice-ends-known") from None
            part = ev.operand(ev.expression(text), text)
            if isinstance(part, Variable) and part.kind == "bool" and part.ndim:
                raise ev.error(text, "mask-index", x=ast.unparse(value)[:40], mask=ast.unparse(text)[:40]) from None
            parts.append(part)
    try:
        found = view_and_taken(parts, base.ndim)
    except ShapeError as error:
        raise ev.at(index, error) from None
    if not found.whole:
        base = ev.call(node, "getitem", [base], {"key": found.view}, [value])
    first = found.axes[0]
    if len(found.axes) == 1:
        result = ev.call(node, "take", [base, *found.indices], {"axis": first}, [value, index])
    else:
        result = ev.call(node, "take_each", [base, *found.indices], {"axes": found.axes}, [value, *texts])
        first = first if found.axes == tuple(range(first, first + len(found.axes))) else 0
    if not found.front or not first:
        return result
    new = range(first, first + result.ndim - base.ndim + len(found.axes))
    return ev.call(node, "moveaxis", [result], {"source": tuple(new), "destination": tuple(range(len(new)))})


def known_index(ev: Evaluator, node: ast.expr) -> Any:
    """An index known at parse time; NotStatic if variables are in it."""
    match node:
        case ast.Tuple(elts=parts):
            return tuple(known_index(ev, p) for p in parts)
        case ast.Slice(lower=lower, upper=upper, step=step):
            return slice(*(None if p is None else end_of_slice(ev, p) for p in (lower, upper, step)))
        case ast.Constant(value=value) if value is Ellipsis or value is None:
            return value
    key = ev.static(ev.expression(node), node)
    if isinstance(key, np.ndarray) and key.dtype.kind == "f" and np.array_equal(key, np.trunc(key)):
        key = key.astype(int)
    if isinstance(key, range):
        key = np.array(key, int)
    if not isinstance(key, (list, tuple)):
        return key
    try:
        return np.array(key)
    except ValueError:
        raise ev.error(node, "ragged") from None


def end_of_slice(ev: Evaluator, node: ast.expr) -> Any:
    """An end of a slice as a plain number; NotStatic if variables are in it."""
    end = ev.static(ev.expression(node), node)
    if isinstance(end, np.ndarray) and end.shape == ():
        end = end.item()
    return end
