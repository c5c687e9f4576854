"""What is sent of an array with too many elements to list: its figures, their histogram, a small picture."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegraph.app.api.arrays import Encode, encode, encode_number
from tidegraph.engine.graph.budget import spend

BINS = 32
SIDE = 32

DIGITS = 7
"""Significant digits of a float32 number."""

BLOCK = 65536
"""Elements that are looked at together: they fit a processor's cache."""

NUMBER_BYTES, SUMMARY_BYTES = 12, 12_000
"""Bytes that a number, and that a summary takes in an answer, about."""

Numbers = NDArray[np.float64]


def encoder(limit: int, whole: Encode = encode) -> Encode:
    """How an array is sent: `whole` up to `limit` elements, as a summary above.

    A trace holds the same array in several places; it is summarised once.
    """
    known: dict[int, tuple[NDArray[Any], dict[str, Any]]] = {}

    def encode_array(array: NDArray[Any]) -> Any:
        if array.size <= limit:
            spend("response", NUMBER_BYTES * array.size)
            return whole(array)
        spend("response", SUMMARY_BYTES)
        if id(array) not in known:
            known[id(array)] = array, summarize(array)
        return known[id(array)][1]

    return encode_array


def summarize(array: NDArray[Any]) -> dict[str, Any]:
    """The summary of an `array` of one dimension or more; its figures are those of the elements that are finite."""
    if array.size and array.dtype.kind == "f" and (found := summarize_finite(array)) is not None:
        return found
    numbers = array.astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    # All is worked out of numbers of at most one: neither squares nor sums of large ones overflow.
    scale = float(np.abs(finite).max(initial=0.0)) or 1.0
    scaled = finite / scale
    known = scaled if scaled.size else np.array([np.nan])
    figures = {
        "min": known.min(),
        "max": known.max(),
        "mean": known.mean(),
        "std": known.std(),
        "norm": np.sqrt(np.square(known).sum()),
    }
    counts, edges = histogram(scaled)
    return {
        "summary": True,
        "shape": array.shape,
        "dtype": str(array.dtype),
        **{name: encode_number(float(figure) * scale) for name, figure in figures.items()},
        "nonfinite": numbers.size - finite.size,
        "histogram": {"counts": counts, "edges": [encode_number(edge * scale) for edge in edges.tolist()]},
        "picture": encode(picture(numbers.reshape(-1, numbers.shape[-1]) / scale) * scale),
    }


def summarize_finite(array: NDArray[Any]) -> dict[str, Any] | None:
    """The same of numbers that are all finite and of ordinary size, in blocks that fit a processor's cache.

    None where they are not. The deviation is worked out about the mean of the first block. The picture of float32
    numbers has as many digits as they have themselves.
    """
    low, high = float(array.min()), float(array.max())
    largest = max(abs(low), abs(high))
    if not 1e-100 < largest < 1e100 or high - low < 1e-9 * largest:
        return None
    flat = array.reshape(-1)
    about = float(flat[:BLOCK].mean(dtype=np.float64))
    bins = BINS / (high - low)
    first = second = squares = 0.0
    counts = np.zeros(BINS, np.intp)
    for start in range(0, flat.size, BLOCK):
        part = flat[start : start + BLOCK].astype(np.float64)
        squares += float(np.einsum("i,i->", part, part))
        places = np.subtract(part, low)
        places *= bins
        counts += np.bincount(np.minimum(places, BINS - 1, out=places).astype(np.intp), minlength=BINS)
        part -= about
        first += float(part.sum())
        second += float(np.einsum("i,i->", part, part))
    offset = first / flat.size
    matrix = array.reshape(-1, array.shape[-1])
    means = np.clip(blocks(matrix) / np.outer(*(lengths(size) for size in matrix.shape)), low, high)
    if array.dtype == np.float32:
        means = means.round(DIGITS - math.ceil(math.log10(largest)))
    return {
        "summary": True,
        "shape": array.shape,
        "dtype": str(array.dtype),
        "min": low,
        "max": high,
        "mean": about + offset,
        "std": math.sqrt(max(second / flat.size - offset * offset, 0.0)),
        "norm": math.sqrt(squares),
        "nonfinite": 0,
        "histogram": {"counts": counts, "edges": np.linspace(low, high, BINS + 1).tolist()},
        "picture": means,
    }


def histogram(scaled: Numbers) -> tuple[NDArray[np.intp], Numbers]:
    """Counts and edges of equal bins over numbers between -1 and 1; numbers that are all alike get some room."""
    low, high = (float(scaled.min()), float(scaled.max())) if scaled.size else (0.0, 0.0)
    if high - low < 1e-9:
        low, high = max(low - 0.5, -1.0), min(high + 0.5, 1.0)
    return np.histogram(scaled, bins=BINS, range=(low, high))


def picture(scaled: Numbers) -> Numbers:
    """Block means of a matrix of numbers between -1 and 1, of what is finite in each block; NaN where nothing is."""
    finite = np.isfinite(scaled)
    counts = blocks(finite.astype(np.float64))
    means = np.full_like(counts, np.nan)
    np.divide(blocks(np.where(finite, scaled, 0.0)), counts, out=means, where=counts > 0)
    return np.clip(means, -1.0, 1.0)


def blocks(matrix: NDArray[Any]) -> Numbers:
    """Sums over the blocks of `matrix`, cut into at most 32 by 32 as equal as can be; rows are summed first."""
    for axis in (1, 0):
        if matrix.shape[axis] > SIDE:
            matrix = np.add.reduceat(matrix, starts_of(matrix.shape[axis]), axis=axis)
    return matrix.astype(np.float64)


@lru_cache(maxsize=1024)
def starts_of(size: int) -> NDArray[np.intp]:
    """Where the blocks of an axis begin."""
    return np.unique(np.linspace(0, size, min(size, SIDE), endpoint=False, dtype=np.intp))


@lru_cache(maxsize=1024)
def lengths(size: int) -> NDArray[np.intp]:
    """How long the blocks of an axis are."""
    return np.diff(starts_of(size), append=size)
