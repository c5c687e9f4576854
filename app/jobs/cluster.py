"""The stages of a partition on the workers of a Dask cluster: what runs where, and the bytes that really travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any

import numpy as np
from distributed import Client
from numpy.typing import NDArray

from tidegraph.engine.graph import Variable
from tidegraph.engine.language.parser import parse
from tidegraph.engine.parallel.blocks import Blocks
from tidegraph.engine.parallel.partition import Partition, placed
from tidegraph.engine.parallel.stages import Execution
from tidegraph.engine.runtime.values import initial_values

Arrays = dict[str, NDArray[Any]]

PATIENCE = 10.0
"""Seconds for the scheduler to answer."""


class Missing(Exception):
    """The scheduler or the workers of the cluster are not there; `what` says which."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True)
class Split:
    """A partition as a worker makes it again: the program, and where its stages begin."""

    program: str
    sizes: tuple[tuple[str, int], ...]
    target: str
    dtype: str
    seed: int
    bounds: tuple[int, ...]


@dataclass(frozen=True)
class Executed:
    """What a cluster worked out: gradients by name, bytes that travelled over each link, seconds of each phase."""

    gradients: Arrays
    moved: dict[tuple[int, int], int]
    phases: list[dict[str, Any]]


@lru_cache(maxsize=8)
def made(split: Split) -> tuple[Partition, Execution]:
    """The partition and its compiled phases."""
    graph = parse(split.program, sizes=dict(split.sizes))
    partition = placed(Blocks(graph, split.target, split.dtype), split.bounds)
    return partition, Execution(partition.blocks, [operators for _, _, operators in partition.phases()], split.seed)


def run_phase(split: Split, number: int, names: list[str], *arrays: NDArray[Any]) -> tuple[Arrays, float]:
    """One phase on a worker: what it sends, by the names in its calls, and the seconds that it took."""
    function, _, _ = made(split)[1].functions[number]
    start = perf_counter()
    (results,) = function(dict(zip(names, arrays, strict=True)))
    return dict(results), perf_counter() - start


def same(array: NDArray[Any]) -> NDArray[Any]:
    """An array as it is, on the worker that keeps it."""
    return array


def item(results: tuple[Arrays, float], name: str) -> NDArray[Any]:
    """One of the arrays that a phase sends."""
    return results[0][name]


def seconds_of(results: tuple[Arrays, float]) -> float:
    """The seconds that a phase took."""
    return results[1]


def execute(address: str, split: Split, values: Mapping[str, Any], seconds: float) -> Executed:
    """Run a training pass stage by stage on the workers at `address`, one device a worker where there are enough.

    Raises Missing where the scheduler does not answer or has no workers. Work of a worker that dies is done again.
    """
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError):
        raise Missing("scheduler") from None
    with client:
        workers = sorted(client.scheduler_info(n_workers=-1)["workers"])
        if not workers:
            raise Missing("workers")
        return on_workers(client, workers, split, values, seconds)


def on_workers(client: Any, workers: list[str], split: Split, values: Mapping[str, Any], seconds: float) -> Executed:
    """The same on connected workers."""
    partition, execution = made(split)
    blocks = partition.blocks
    graph, dtype = blocks.graph, blocks.plan.dtype
    leaves = graph.leaves()
    given = {**initial_values(graph, split.seed), **values}
    arrays = {n: np.asarray(given[n], dtype if leaves[n].kind == "float" else None) for n in leaves if n in given}

    def place(device: int) -> dict[str, Any]:
        return {"workers": [workers[device % len(workers)]], "allow_other_workers": True, "pure": False}

    homes = {name: partition.source(leaves[name]) or 0 for name in arrays}
    kept = {name: client.submit(same, array, **place(homes[name])) for name, array in arrays.items()}
    sent: dict[Variable, tuple[int, Any]] = {}
    moved: dict[tuple[int, int], dict[Any, int]] = {}
    runs: list[tuple[int, str, Any]] = []
    for number, (device, kind, operators) in enumerate(partition.phases()):
        _, received, sends = execution.functions[number]
        roots = [blocks.plan.root_of(v) for o in operators for v in o.inputs]
        read = dict.fromkeys(graph.names[root] for root in roots if root.leaf is not None and root in graph.names)
        names = [name for name in read if name in kept]
        futures = [kept[name] for name in names]
        for name in names:
            source = partition.source(leaves[name])
            if source is not None and source != device:
                moved.setdefault((source, device), {})[name] = arrays[name].nbytes
        for name, variable in received.items():
            source, future = sent[variable]
            names.append(name)
            futures.append(future)
            if source != device:
                moved.setdefault((source, device), {})[variable] = future
        results = client.submit(run_phase, split, number, names, *futures, **place(device))
        runs.append((device, kind, results))
        for name, variable in sends.items():
            sent[variable] = (device, client.submit(item, results, name, **place(device)))
    known = {v: client.submit(same, f, pure=False).result(timeout=seconds) for v, (_, f) in sent.items()}
    return Executed(
        execution.collect(known, arrays),
        {
            link: sum(size if isinstance(size, int) else known[key].nbytes for key, size in items.items())
            for link, items in moved.items()
        },
        [
            {"device": device, "phase": kind, "seconds": client.submit(seconds_of, results, pure=False).result(seconds)}
            for device, kind, results in runs
        ],
    )
