"""Heavy runs on a Dask cluster, and the stages of a partition on its workers: what runs where, what really travels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from time import monotonic, perf_counter
from typing import Any, TypeVar

import numpy as np
from distributed import Client, get_worker, secede
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker
from numpy.typing import NDArray

from tidegraph.app.jobs.outcome import Died, Missing, Outcome, attempt
from tidegraph.app.jobs.processes import PRELOADED
from tidegraph.engine.graph import InputError, Variable
from tidegraph.engine.graph.budget import TooLong
from tidegraph.engine.language.parser import parse
from tidegraph.engine.language.sizes import axes_of, without_data
from tidegraph.engine.parallel.blocks import Blocks
from tidegraph.engine.parallel.partition import Partition, placed
from tidegraph.engine.parallel.schedules import Minibatch
from tidegraph.engine.parallel.stages import Execution
from tidegraph.engine.runtime.values import initial_values

T = TypeVar("T")
Given = TypeVar("Given")
Arrays = dict[str, NDArray[Any]]

PATIENCE = 5.0
"""Seconds for the scheduler to answer."""

GRACE = 1.0
"""Seconds after which a run is given up that has not stopped at its deadline by itself."""

LOST = (CommClosedError, CancelledError, asyncio.CancelledError, OSError)
"""What is raised where the connection to the scheduler breaks off."""


class Cluster:
    """The workers of a Dask scheduler, in the place of worker processes on this machine."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._client: Any = None
        self._prepared: frozenset[str] = frozenset()

    async def run(self, work: Callable[[Given], T], given: Given, seconds: float) -> T:
        """`work(given)` on a worker.

        Raises what it raises, TooLong after `seconds`, Died where the workers that tried it died, Missing where there
        is no scheduler or no worker. Once the caller is cancelled, the run is cancelled too.
        """
        client = await self.connected()
        future = client.submit(on_worker, work, given, pure=False)
        try:
            outcome: Outcome[T] = await asyncio.wait_for(future.result(), seconds + GRACE)
        except TimeoutError:
            await self.connected()
            raise TooLong(seconds) from None
        except KilledWorker:
            raise Died("the workers that ran this died") from None
        except (CommClosedError, OSError):
            raise Missing("scheduler") from None
        finally:
            if client.status == "running":
                await future.cancel(force=True)
        return outcome.unpack()

    async def connected(self) -> Any:
        """A client of a scheduler that has workers; it connects again where the connection broke off."""
        if self._client is not None and self._client.status != "running":
            await self.close()
        try:
            if self._client is None:
                options = {"timeout": PATIENCE, "set_as_default": False, "asynchronous": True}
                self._client = await Client(self.address, **options)  # type: ignore[no-untyped-call]
            workers = await asyncio.wait_for(self._client.nthreads(), PATIENCE)
        except (OSError, TimeoutError, CommClosedError):
            await self.close()
            raise Missing("scheduler") from None
        if not workers:
            raise Missing("workers")
        new = [worker for worker in workers if worker not in self._prepared]
        if new:
            await self._client.run(prepare, workers=new, on_error="ignore")
            self._prepared = frozenset(workers)
        return self._client

    async def close(self) -> None:
        """Leave the cluster."""
        client, self._client = self._client, None
        if client is not None:
            await client.close(timeout=1)

    def warm(self) -> None:
        """The workers of a cluster run already."""


def prepare() -> None:
    """Import on a worker what runs need, so that none of them waits for it."""
    for name in PRELOADED:
        import_module(name)


def on_worker(work: Callable[[Given], T], given: Given) -> Outcome[T]:
    """The outcome of `work(given)` on a worker, which may be new."""
    prepare()
    return attempt(work, given)


@dataclass(frozen=True)
class Split:
    """A partition as a worker makes it again: the program, where its stages begin, and its microbatches.

    `batch` is the named size that is cut into `microbatches` equal parts.
    """

    program: str
    sizes: tuple[tuple[str, int], ...]
    target: str
    dtype: str
    seed: int
    bounds: tuple[int, ...]
    batch: str | None = None
    microbatches: int = 1


@dataclass(frozen=True)
class Phase:
    """A phase at work: its device, the worker that ran it, forward or backward, which microbatch, and its seconds."""

    device: int
    worker: str
    phase: str
    microbatch: int
    seconds: float


@dataclass(frozen=True)
class Executed:
    """What a cluster computed: gradients of each microbatch, bytes that arrived over each link, phases in order."""

    gradients: list[Arrays]
    moved: dict[tuple[int, int], int]
    phases: list[Phase]


@lru_cache(maxsize=8)
def made(split: Split) -> tuple[Partition, Execution]:
    """The partition and its compiled phases."""
    graph = parse(split.program, sizes=dict(split.sizes))
    blocks = Blocks(graph, split.target, split.dtype)
    if split.batch is not None and split.microbatches > 1:
        batch = Minibatch(blocks, split.batch)
        blocks = batch.blocks(batch.examples // split.microbatches)
    partition = placed(blocks, split.bounds)
    return partition, Execution(partition.blocks, [operators for _, _, operators in partition.phases()], split.seed)


@dataclass(frozen=True)
class Ran:
    """What a worker reports of a phase: what it sends, the bytes that arrived, the seconds, and its own address."""

    sent: Arrays
    arrived: dict[str, int]
    seconds: float
    worker: str


def parts(split: Split, values: Mapping[str, Any]) -> list[Arrays]:
    """The values of every microbatch: data are cut along the axis of the minibatch, parameters are the same in all.

    Raises InputError where the minibatch cannot be cut into so many equal parts.
    """
    graph = parse(split.program, sizes=dict(split.sizes))
    leaves, dtype = graph.leaves(), np.dtype(split.dtype)
    given = {**initial_values(graph, split.seed, values), **values}
    arrays = {n: np.asarray(given[n], dtype if leaves[n].kind == "float" else None) for n in leaves if n in given}
    count = split.microbatches
    if split.batch is None or count == 1:
        return [arrays]
    examples = graph.sizes[split.batch]
    if examples % count:
        raise InputError("unequal-microbatches", examples=examples, microbatches=count)
    cut = {name: axes for name, axes in (axes_of(without_data(graph), split.batch) or {}).items() if axes}
    found = []
    for part in range(count):
        rows = np.arange(examples // count) + part * (examples // count)
        sliced = {n: np.ascontiguousarray(np.take(arrays[n], rows, cut[n][0])) for n in cut if n in arrays}
        found.append(arrays | sliced)
    return found


def added(gradients: list[Arrays], scale: float) -> Arrays:
    """The sum of the microbatches' gradients, in their order, times `scale`."""
    total = dict(gradients[0])
    for more in gradients[1:]:
        total = {name: array + more[name] for name, array in total.items()}
    return total if len(gradients) == 1 else {name: array * scale for name, array in total.items()}


def run_phase(split: Split, number: int, names: list[str], *arrays: NDArray[Any]) -> Ran:
    """One phase on a worker, given the arrays of `names`."""
    function, _, _ = made(split)[1].functions[number]
    given = dict(zip(names, arrays, strict=True))
    start = perf_counter()
    (results,) = function(given)
    seconds = perf_counter() - start
    return Ran(dict(results), {name: array.nbytes for name, array in given.items()}, seconds, get_worker().address)


def same(array: NDArray[Any]) -> NDArray[Any]:
    """An array as it is, on the worker that keeps it."""
    return array


def item(ran: Ran, name: str) -> NDArray[Any]:
    """One of the arrays that a phase sends."""
    return ran.sent[name]


def report(ran: Ran) -> Ran:
    """What a phase reports, without its arrays."""
    return Ran({}, ran.arrived, ran.seconds, ran.worker)


def execute(address: str, split: Split, values: Mapping[str, Any], seconds: float) -> Executed:
    """Run a training pass stage by stage on the workers at `address`, one device a worker where there are enough.

    Raises Missing where the scheduler does not answer or has no workers, TooLong after `seconds`, Died where workers
    keep dying. The work of a worker that dies is done again on another one.
    """
    try:
        get_worker()
        secede()  # type: ignore[no-untyped-call]  # its turn on this worker goes to the stages, which would wait for it in vain
    except ValueError:
        pass
    try:
        client: Any = Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError):
        raise Missing("scheduler") from None
    with client:
        workers = sorted(client.nthreads())
        if not workers:
            raise Missing("workers")
        try:
            return on_workers(client, workers, split, values, monotonic() + seconds)
        except TimeoutError:
            if not client.nthreads():
                raise Missing("workers") from None
            raise TooLong(seconds) from None
        except KilledWorker:
            raise Died("the workers that ran a stage died") from None
        except LOST:
            raise Missing("scheduler") from None


def on_workers(client: Any, workers: list[str], split: Split, values: Mapping[str, Any], deadline: float) -> Executed:
    """The same on connected workers: all microbatches forward, then all backward (GPipe, Huang et al. 2019)."""
    partition, execution = made(split)
    blocks = partition.blocks
    graph, leaves = blocks.graph, blocks.graph.leaves()
    batches = parts(split, values)

    def place(device: int) -> dict[str, Any]:
        return {"workers": [workers[device % len(workers)]], "allow_other_workers": True, "pure": False}

    def collected(futures: Any) -> Any:
        return client.submit(list, list(futures), pure=False).result(timeout=max(0.1, deadline - monotonic()))

    kept: list[dict[str, Any]] = []
    for arrays in batches:
        first = kept[0] if kept else {}
        kept.append({
            name: first[name]
            if name in first and array is batches[0][name]
            else client.submit(same, array, **place(partition.source(leaves[name]) or 0))
            for name, array in arrays.items()
        })  # fmt: skip
    phases = list(enumerate(partition.phases()))
    order = [(number, phase, part) for number, phase in phases if phase[1] == "forward" for part in range(len(batches))]
    order += [
        (number, phase, part) for number, phase in phases if phase[1] != "forward" for part in range(len(batches))
    ]
    sent: list[dict[Variable, tuple[int, Any]]] = [{} for _ in batches]
    arriving: list[dict[str, tuple[int, Any]]] = []
    runs: list[tuple[int, str, int, Any]] = []
    for number, (device, kind, operators), part in order:
        _, received, sends = execution.functions[number]
        roots = [blocks.plan.root_of(v) for o in operators for v in o.inputs]
        read = dict.fromkeys(graph.names[root] for root in roots if root.leaf is not None and root in graph.names)
        futures = {name: kept[part][name] for name in read if name in kept[part]}
        sources: dict[str, tuple[int | None, Any]] = {n: (partition.source(leaves[n]), n) for n in futures}
        for name, variable in received.items():
            source, futures[name] = sent[part][variable]
            sources[name] = (source, (variable, part))
        arriving.append({n: (source, key) for n, (source, key) in sources.items() if source not in (None, device)})
        results = client.submit(run_phase, split, number, list(futures), *futures.values(), **place(device))
        runs.append((device, kind, part, results))
        for name, variable in sends.items():
            sent[part][variable] = (device, client.submit(item, results, name, **place(device)))
    wanted = [v for v in execution.results.values() if v in sent[0]]
    arrays_of = iter(collected(sent[part][v][1] for part in range(len(batches)) for v in wanted))
    gradients = [execution.collect({v: next(arrays_of) for v in wanted}, arrays) for arrays in batches]
    reports = collected(client.submit(report, results, pure=False) for *_, results in runs)
    moved: dict[tuple[int, int], dict[Any, int]] = {}
    for (device, _, _, _), arrivals, ran in zip(runs, arriving, reports, strict=True):
        for name, (source, key) in arrivals.items():
            moved.setdefault((source, device), {})[key] = ran.arrived[name]
    return Executed(
        gradients,
        {link: sum(sizes.values()) for link, sizes in moved.items()},
        [
            Phase(device, ran.worker, kind, part, ran.seconds)
            for (device, kind, part, _), ran in zip(runs, reports, strict=True)
        ],
    )
