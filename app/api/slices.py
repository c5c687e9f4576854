"""Slices of an array, written as NumPy writes them: `0:4, :, 2`."""

from __future__ import annotations

import re
from typing import TypeAlias

from tidegraph.app.http.problems import Problem

Index: TypeAlias = tuple[int | slice, ...]

INTEGER = r"\s*(-?\d{1,18})?\s*"
PART = re.compile(rf"{INTEGER}(?:(:){INTEGER}(?::{INTEGER})?)?")


def parse(text: str, shape: tuple[int, ...]) -> Index:
    """The index that `text` stands for in an array of `shape`; a `Problem` that says which part does not fit."""
    parts = text.split(",") if text.strip() else []
    if len(parts) > len(shape):
        raise invalid(text, f"it has {len(parts)} parts, and the array {len(shape)} dimensions")
    return tuple(parse_part(text, part, size) for part, size in zip(parts, shape, strict=False))


def parse_part(text: str, part: str, size: int) -> int | slice:
    """One dimension's index or slice."""
    match = PART.fullmatch(part)
    if match is None or not part.strip():
        raise invalid(text, f"{part.strip()[:40]!r} is neither an index nor start:stop:step")
    start, colon, stop, step = match.groups()
    if not colon:
        index = int(start)
        if not -size <= index < size:
            raise invalid(text, f"index {index} is outside a dimension of size {size}")
        return index
    if step and int(step) == 0:
        raise invalid(text, "the step of a slice is not zero")
    return slice(*(int(bound) if bound else None for bound in (start, stop, step)))


def invalid(text: str, fault: str) -> Problem:
    """The problem of a text that is no slice of the array."""
    return Problem(
        422, "Invalid slice", f"The slice {text[:80]!r} does not fit: {fault}.", hint="For example '0:4, :, 2'."
    )
