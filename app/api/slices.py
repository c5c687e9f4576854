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
        raise Problem(422, "slice-parts", slice=text[:80], parts=len(parts), axes=len(shape))
    return tuple(parse_part(text, part, size) for part, size in zip(parts, shape, strict=False))


def parse_part(text: str, part: str, size: int) -> int | slice:
    """One dimension's index or slice."""
    match = PART.fullmatch(part)
    if match is None or not part.strip():
        raise Problem(422, "slice-part", slice=text[:80], part=part.strip()[:40])
    start, colon, stop, step = match.groups()
    if not colon:
        index = int(start)
        if not -size <= index < size:
            raise Problem(422, "slice-index", slice=text[:80], index=str(index), size=size)
        return index
    if step and int(step) == 0:
        raise Problem(422, "slice-step", slice=text[:80])
    return slice(*(int(bound) if bound else None for bound in (start, stop, step)))
