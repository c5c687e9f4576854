"""The named sizes of a program: the program read again with others, and which axes follow them.

A size such as `n` in `X: input[n, 2]` is a number while a program is read, so its trace in the graph is found by
reading the program again with another value and comparing shapes.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import InputError, TidegraphError
from engine.graph import Graph, nearest
from engine.language import parse


def named_sizes(graph: Graph) -> dict[str, int]:
    """The whole numbers of at least 1 that the program names and uses while it is read."""
    return {n: v for n, v in graph.sizes.items() if isinstance(v, int) and not isinstance(v, bool) and v > 0}


def overrides(graph: Graph) -> dict[str, int]:
    """The sizes in which a graph differs from its program as it is written."""
    found: dict[str, int] = {}
    plain = parse(graph.program).sizes
    for name, value in named_sizes(graph).items():
        if plain[name] != value:
            found[name] = value
            plain = parse(graph.program, sizes=found).sizes
    return found


def resized(graph: Graph, sizes: Mapping[str, int]) -> Graph:
    """The graph of the same program with some sizes changed; sizes that the program computes from them follow."""
    for name, value in sizes.items():
        if name not in graph.sizes:
            raise InputError(f"the program has no size {name!r}", nearest(name, graph.sizes))
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InputError(f"the size {name} is a whole number of at least 1, not {value!r}")
    if all(graph.sizes[name] == value for name, value in sizes.items()):
        return graph
    return parse(graph.program, sizes={**overrides(graph), **sizes})


def axes_of(graph: Graph, size: str) -> dict[str, tuple[int, ...]] | None:
    """For every declared variable, the axes whose length follows `size`; None if the size cannot be changed alone."""
    value = graph.sizes[size]
    for other in (value + 1, 2 * value):
        try:
            changed = resized(graph, {size: other}).leaves()
        except TidegraphError:
            continue
        leaves = graph.leaves()
        if changed.keys() != leaves.keys() or any(v.ndim != changed[n].ndim for n, v in leaves.items()):
            return None
        return {
            name: tuple(a for a, (m, k) in enumerate(zip(v.shape, changed[name].shape, strict=True)) if m != k)
            for name, v in leaves.items()
        }
    return None
