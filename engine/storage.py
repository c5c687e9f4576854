"""Memory of a plan: blocks that live from one call to another, and where each lies in one stretch of memory.

Blocks whose lifetimes do not overlap may share addresses. Largest first, each at the lowest place that is free for
all its life, comes close to the largest sum of what is live at once (Pisarchyk and Lee, Efficient Memory Management
for Deep Neural Net Inference, 2020).
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

LINE = 64
"""Blocks begin at multiples of a cache line."""

MANY = 1500
"""Blocks above which equal sizes are reused instead, in linear time."""


@dataclass(slots=True, eq=False)
class Block:
    """Memory of `size` bytes that is in use from call `first` to call `last`, and begins at byte `offset`.

    A block that is `handed` out to the caller is an array of its own and has no offset.
    """

    size: int
    first: int
    last: int
    handed: bool = False
    offset: int = 0


def arrange(blocks: Sequence[Block]) -> int:
    """Give every block its offset; the bytes that all need together."""
    return by_equal_size(blocks) if len(blocks) > MANY else largest_first(blocks)


def largest_first(blocks: Sequence[Block]) -> int:
    """Every block, from the largest down, at the lowest offset that is free from its first call to its last."""
    placed: list[tuple[int, int, Block]] = []
    total = 0
    for number, block in enumerate(sorted(blocks, key=lambda b: (-b.size, b.first))):
        size, offset = padded(block.size), 0
        for start, _, other in placed:
            if other.first <= block.last and block.first <= other.last:
                if start - offset >= size:
                    break
                offset = max(offset, start + padded(other.size))
        block.offset = offset
        insort(placed, (offset, number, block))
        total = max(total, offset + size)
    return total


def by_equal_size(blocks: Sequence[Block]) -> int:
    """Blocks in the order in which they begin; one that has ended serves the next of its size."""
    ended: dict[int, list[int]] = {}
    total = 0
    waiting = sorted(blocks, key=lambda b: b.last)
    position = 0
    for block in sorted(blocks, key=lambda b: b.first):
        while waiting[position].last < block.first:
            done = waiting[position]
            ended.setdefault(padded(done.size), []).append(done.offset)
            position += 1
        size = padded(block.size)
        spare = ended.get(size)
        if spare:
            block.offset = spare.pop()
        else:
            block.offset = total
            total += size
    return total


def padded(size: int) -> int:
    """Bytes up to the next cache line."""
    return -(-size // LINE) * LINE
