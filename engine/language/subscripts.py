"""An index with variables in it, as NumPy reads it: first a view, then elements taken, then where their axes go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tidegraph.engine.graph import ShapeError


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


def subscript(parts: Sequence[Any], ndim: int) -> Subscript:
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
