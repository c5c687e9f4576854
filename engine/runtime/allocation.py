"""Memory of a plan: blocks that live from one call to another, and where each lies.

All blocks share one arena, except outputs: an output is an array of its own, which also serves other blocks until it
is written.

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

WORTH = 65536
"""Bytes from which an output's array serves other blocks before the output is written."""


@dataclass(slots=True, eq=False)
class Block:
    """Memory of `size` bytes that is in use from call `first` to call `last`, and begins at byte `offset`.

    An output is returned to the caller: it is an array of its own and has no offset. A block with a `host` lies inside
    the array of an output that is written later.
    """

    size: int
    first: int
    last: int
    is_output: bool = False
    offset: int = 0
    host: Block | None = None


def arrange(blocks: Sequence[Block], outputs: Sequence[Block] = ()) -> int:
    """Places every block, inside an output's array where it fits; returns the bytes that the others need."""
    if len(blocks) > MANY:
        return by_equal_size(blocks)
    hosts = sorted((h for h in outputs if h.size >= WORTH), key=lambda h: h.size)
    return largest_first(blocks, hosts)


def largest_first(blocks: Sequence[Block], hosts: Sequence[Block] = ()) -> int:
    """Every block, from the largest down, at the lowest offset that is free from its first call to its last."""
    placed: list[tuple[int, int, Block]] = []
    inside: dict[Block, list[tuple[int, int, Block]]] = {}
    total = 0
    for number, block in enumerate(sorted(blocks, key=lambda b: (-b.size, b.first))):
        size, neighbours = padded(block.size), placed
        block.offset = lowest(block, placed)
        for host in hosts:
            if block.last < host.first and size <= host.size:
                offset = lowest(block, inside.setdefault(host, []))
                if offset + size <= host.size:
                    block.host, block.offset, neighbours = host, offset, inside[host]
                    break
        insort(neighbours, (block.offset, number, block))
        if block.host is None:
            total = max(total, block.offset + size)
    return total


def lowest(block: Block, placed: Sequence[tuple[int, int, Block]]) -> int:
    """The lowest offset that is free all the block's life, among blocks in the order of their offsets."""
    size, offset = padded(block.size), 0
    for start, _, other in placed:
        if other.first <= block.last and block.first <= other.last:
            if start - offset >= size:
                break
            offset = max(offset, start + padded(other.size))
    return offset


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
