"""A partition as the picture shows it: where every node lives, what crosses its arrows, and that nothing else changed.

Nodes are named as in a trace: variables by their names, operators as `matmul:z`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegraph.engine.parallel.partition import Partition
from tidegraph.engine.runtime.function import value_and_grad


@dataclass(frozen=True, slots=True)
class Cut:
    """An arrow of the forward graph between two devices, and the bytes that travel for it.

    Operators of one device that read the same variable share one message, so the bytes of cuts are not to be summed;
    a partition's `links` are.
    """

    source: str
    target: str
    sender: int
    receiver: int
    bytes: int


def homes(partition: Partition) -> dict[str, tuple[int, ...]]:
    """The devices of every node that the target needs: an operator has one, what is declared has those that read it.

    A parameter's first device is the one that updates it.
    """
    blocks = partition.blocks
    names = blocks.graph.names
    found: dict[str, list[int]] = {}
    for operator in (o for block in blocks.forward for o in block):
        here = partition.device[operator]
        found[blocks.graph.id_of(operator)] = [here]
        for variable in operator.outputs:
            found[names[variable]] = [here]
        for variable in operator.inputs:
            if variable.leaf is None or variable.literal is not None:
                continue
            first = partition.source(variable)
            places = found.setdefault(names[variable], [] if first is None else [first])
            if here not in places:
                places.append(here)
    return {name: tuple(places) for name, places in found.items()}


def cuts(partition: Partition) -> list[Cut]:
    """The arrows of the forward graph that cross from one device to another; data are loaded where they are read."""
    blocks = partition.blocks
    names = blocks.graph.names
    found = []
    for operator in (o for block in blocks.forward for o in block):
        here = partition.device[operator]
        for variable in dict.fromkeys(operator.inputs):
            sender = None if variable.literal is not None else partition.source(variable)
            maker = None if variable.operator is None else partition.device.get(variable.operator)
            if sender is not None and here not in (sender, maker):
                size = blocks.plan.bytes_of(blocks.shipped(variable))
                found.append(Cut(names[variable], blocks.graph.id_of(operator), sender, here, size))
    return found


@dataclass(frozen=True, slots=True)
class Verified:
    """The parameters whose gradients were compared, and those that differ in any bit; there should be none."""

    compared: tuple[str, ...]
    differing: tuple[str, ...]

    @property
    def same(self) -> bool:
        return not self.differing


def verify(partition: Partition, values: Mapping[str, Any] | None = None, seed: int = 0) -> Verified:
    """Run a partition stage by stage and the graph as a whole, and compare the gradients bit for bit."""
    blocks = partition.blocks
    target = next(iter(blocks.pass_.values))
    whole = value_and_grad(blocks.graph, target, keep="training", dtype=blocks.plan.dtype, seed=seed)
    given = {name: np.asarray(value) for name, value in (values or {}).items()}
    _, expected = whole(given)
    found = partition.run(given, seed)
    differing = [n for n, g in expected.items() if not np.array_equal(g, found[n], equal_nan=True)]
    return Verified(tuple(expected), tuple(differing))


def kept_on(partition: Partition, device: int) -> list[str]:
    """The parameters that a device updates."""
    parameters = partition.blocks.graph.leaves("parameter")
    return [name for name, variable in parameters.items() if partition.source(variable) == device]
