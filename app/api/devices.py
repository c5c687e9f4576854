"""A training step over several devices: its placement, its timelines, and that its gradients stay the same."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from tidegraph.app.api import runs
from tidegraph.app.api.schemas.devices import PartitionRequest
from tidegraph.app.http.problems import Problem, exceeded
from tidegraph.app.jobs.outcome import Died, Missing
from tidegraph.app.settings import Settings
from tidegraph.engine.graph import Graph
from tidegraph.engine.graph.budget import BudgetError, TooLong, current_budget
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.parallel.partition import Hardware, Partition, needs, split
from tidegraph.engine.parallel.placement import cuts, homes, kept_on, verify
from tidegraph.engine.parallel.schedules import batches, compare
from tidegraph.engine.parallel.timelines import Strategy
from tidegraph.engine.training import optimisers as optim

ALGORITHM = "dynamic programming over the topological order (PipeDream, 2019) under a memory limit"

PLACED = {
    "one device": "one",
    "smaller minibatch": "one",
    "gradient accumulation": "one",
    "data parallel": "copies",
    "tensor parallel": "parts",
}
"""How each strategy puts nodes on devices; the rest are in stages."""


def partition(request: PartitionRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/partition`."""
    graph, values = runs.prepare(request, settings)
    count, limit = len(graph.operators), settings.max_split_operators
    if count > limit:
        smaller = Message("split-smaller-graph", setting="TIDEGRAPH_MAX_SPLIT_OPERATORS")
        raise exceeded(422, "graph to be split", count, limit, "operators", hint=smaller)
    rule = optim.optimizer(request.optimizer.name, **request.optimizer.settings)
    memory = float("inf") if request.memory is None else request.memory
    hardware = Hardware(request.flop_rate, request.bandwidth, request.latency, memory)
    known = batches(graph) if request.program is not None else []
    if request.batch is not None and request.batch not in known:
        hint = Message("one-of", names=known) if known else None
        raise Problem(422, "not-a-minibatch-size", hint=hint, name=request.batch[:80])
    batch = request.batch or next(iter(known), None)
    microbatches, dtype = request.microbatches, request.dtype
    found = compare(graph, request.devices, hardware, batch, microbatches, request.target, rule, dtype)
    made, blocks = found.partition, found.blocks
    if request.execute and made and not {"flop_rate", "bandwidth", "latency"} & request.model_fields_set:
        free = Hardware(request.flop_rate, float("inf"), 0.0, memory)
        made = split(blocks, request.devices, free, rule)
    return {
        "target": next(iter(blocks.pass_.values)),
        "algorithm": ALGORITHM,
        "devices": made.devices if made else 0,
        "flops": blocks.plan.flops,
        "needs": needs(blocks.peaks(rule), max(8, request.devices)),
        "batch": batch,
        "batches": known,
        "examples": found.strategies[0].examples,
        "placement": {name: list(places) for name, places in homes(made).items()} if made else {},
        "stages": [stage(made, device) for device in range(made.devices)] if made else [],
        "links": [asdict(link) for link in made.links] if made else [],
        "cuts": [asdict(cut) for cut in cuts(made)] if made else [],
        "strategies": [strategy(graph, one) for one in found.strategies],
        "missing": {n: f"{why.message}: {why.hint}" if why.hint else why.message for n, why in found.missing.items()},
        "cluster": bool(settings.dask),
        "executed": executed(made, values, request, settings, batch) if request.execute and made else None,
        "verified": verified(made, values, request) if request.verify and made else None,
    }


def stage(made: Partition, device: int) -> dict[str, Any]:
    """One device of a partition."""
    forward, backward = made.flops[device]
    return {
        "device": device,
        "bytes": made.bytes[device],
        "forward_flops": forward,
        "backward_flops": backward,
        "operators": [name for name, place in made.placement().items() if place == device],
        "parameters": kept_on(made, device),
    }


def strategy(graph: Graph, one: Strategy) -> dict[str, Any]:
    """A strategy with its timeline."""
    return {
        "name": one.name,
        "placed": PLACED.get(one.name, "stages"),
        "devices": one.devices,
        "examples": one.examples,
        "microbatches": one.microbatches,
        "memory_bytes": one.memory_bytes,
        "moved_bytes": one.moved_bytes,
        "seconds": one.seconds,
        "examples_per_second": one.examples_per_second,
        "utilisation": one.utilisation,
        "bubble": one.bubble,
        "fits": one.fits,
        "divided": [graph.id_of(operator) for operator in one.divided],
        "text": one.text,
        "events": [asdict(event) for event in one.events],
    }


def verified(made: Partition, values: runs.Arrays, request: PartitionRequest) -> dict[str, Any]:
    """Whether the stages, one after another, give the gradients of the whole."""
    found = verify(made, values, request.seed)
    return {"same": found.same, "compared": found.compared, "differing": found.differing}


def executed(
    made: Partition, values: runs.Arrays, request: PartitionRequest, settings: Settings, batch: str | None
) -> dict[str, Any]:
    """The stages on the workers of a cluster, beside the whole graph on this machine."""
    if request.program is None:
        raise Problem(422, "no-program-to-execute")
    if not settings.dask:
        raise Problem(503, "dask-not-set", setting="TIDEGRAPH_DASK")
    try:
        from tidegraph.app.jobs.cluster import Split, added, execute, parts
        from tidegraph.app.jobs.cluster import made as worker_side
    except ImportError:
        raise Problem(503, "dask-not-installed") from None
    budget = current_budget()
    if budget is not None and budget.computing is not None:
        raise TooLong(budget.computing)  # a thread of the web process does not wait for others
    microbatches = request.microbatches or 1 if batch is not None else 1
    target = next(iter(made.blocks.pass_.values))
    sizes = tuple(sorted(request.sizes.items()))
    whole = Split(
        request.program, sizes, target, request.dtype, request.seed, made.bounds, batch, microbatches
    )  # fmt: skip
    inputs = parts(whole, values)
    small = worker_side(whole)[0]
    alone = [small.run(one, request.seed) for one in inputs]
    scale = scale_of(alone, made.run(values, request.seed))
    try:
        found = execute(settings.dask, whole, values, settings.max_seconds)
    except Missing as error:
        raise Problem(503, f"dask-no-{error.what}", {"Retry-After": "10"}, seconds=10) from None
    except Died:
        raise Problem(502, "dask-worker-lost") from None
    except BudgetError:
        raise
    except Exception as error:
        raise Problem(502, "dask-failed", reason=type(error).__name__) from None
    expected, gradients = added(alone, scale), added(found.gradients, scale)
    write = runs.writer(request, settings)
    planned = {
        (one.source, one.target): one.parameter_bytes + microbatches * (one.forward_bytes + one.backward_bytes)
        for one in small.links
    }
    return {
        "same": all(np.array_equal(expected[name], gradients[name], equal_nan=True) for name in expected),
        "gradients": {name: write(array) for name, array in gradients.items()},
        "microbatches": microbatches,
        "links": [
            {
                "source": source,
                "target": receiver,
                "planned_bytes": planned.get((source, receiver), 0),
                "moved_bytes": found.moved.get((source, receiver), 0),
            }
            for source, receiver in sorted(planned.keys() | found.moved.keys())
        ],
        "phases": [asdict(phase) for phase in found.phases],
    }


def scale_of(parts: list[runs.Arrays], whole: runs.Arrays) -> float:
    """What the sum of the microbatches' gradients is multiplied by: 1, or 1/count where the loss is a mean."""
    count = len(parts)
    for scale in (1 / count, 1.0):
        total = {name: sum(part[name] for part in parts) * scale for name in whole}
        if all(np.allclose(total[name], whole[name], 1e-3, 1e-6, equal_nan=True) for name in whole):
            return scale
    raise Problem(422, "microbatches-do-not-add")
