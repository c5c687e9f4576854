"""A layered drawing of a small acyclic graph: a column for every rank, a height for every node.

Ranks are longest paths, the order within a rank follows the barycentre of the neighbours (Sugiyama, Tagawa and Toda
1981), and heights are the least-squares heights that keep that order and a distance of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

SWEEPS = 12

Edge = tuple[str, str]
Place = tuple[float, float]


def layered(nodes: Sequence[str], edges: Sequence[Edge]) -> tuple[dict[str, Place], dict[Edge, list[Place]]]:
    """Where each node stands, as (rank, height), and the places between ends that an edge over several ranks passes.

    `nodes` are in topological order; ranks begin at zero, and so does the lowest height.
    """
    ranks = ranks_of(nodes, edges)
    rows: list[list[str]] = [[] for _ in range(max(ranks.values(), default=0) + 1)]
    links: list[Edge] = []
    bends: dict[Edge, list[str]] = {}
    for node in nodes:
        rows[ranks[node]].append(node)
    for source, target in edges:
        between = [f"{source}\0{target}\0{rank}" for rank in range(ranks[source] + 1, ranks[target])]
        for rank, bend in enumerate(between, ranks[source] + 1):
            rows[rank].append(bend)
        bends[source, target] = between
        chain = [source, *between, target]
        links += pairwise(chain)
    heights = heights_of(rows, links)
    lowest = min(heights.values(), default=0.0)
    places = {node: (float(rank), heights[node] - lowest) for rank, row in enumerate(rows) for node in row}
    return {node: places[node] for node in nodes}, {edge: [places[bend] for bend in bends[edge]] for edge in bends}


def ranks_of(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The column of each node: what is read only later stands right before what reads it."""
    ranks = dict.fromkeys(nodes, 0)
    order = {node: i for i, node in enumerate(nodes)}
    for source, target in sorted(edges, key=lambda edge: order[edge[1]]):
        ranks[target] = max(ranks[target], ranks[source] + 1)
    readers: dict[str, list[str]] = {}
    for source, target in edges:
        readers.setdefault(source, []).append(target)
    for node in reversed(nodes):
        if node in readers:
            ranks[node] = min(ranks[reader] for reader in readers[node]) - 1
    return ranks


def heights_of(rows: list[list[str]], links: Sequence[Edge]) -> dict[str, float]:
    """A height for everything in every row, close to the mean height of what it is linked with."""
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for source, target in links:
        before.setdefault(target, []).append(source)
        after.setdefault(source, []).append(target)
    heights = {node: float(i) for row in rows for i, node in enumerate(row)}
    for sweep in range(SWEEPS):
        settling = sweep >= SWEEPS // 2
        forwards = sweep % 2 == 0
        for row in rows if forwards else reversed(rows):
            near = [(before if forwards else after).get(node, []) for node in row]
            if settling:
                near = [before.get(node, []) + after.get(node, []) for node in row]
            ideal = [
                float(np.mean([heights[other] for other in others])) if others else heights[node]
                for node, others in zip(row, near, strict=True)
            ]
            if not settling:
                row[:] = [row[i] for i in np.argsort(ideal, kind="stable")]
                ideal = sorted(ideal)
            heights |= dict(zip(row, apart(ideal), strict=True))
    return heights


def apart(ideal: Sequence[float]) -> list[float]:
    """The heights nearest to `ideal`, in its order and at least one apart (pool adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for i, height in enumerate(ideal):
        total, size = height - i, 1
        while pools and pools[-1][0] / pools[-1][1] > total / size:
            earlier, count = pools.pop()
            total, size = total + earlier, size + count
        pools.append((total, size))
    levels = [total / size for total, size in pools for _ in range(size)]
    return [level + i for i, level in enumerate(levels)]
