"""Runs: from a request to its answer. The one way into the engine, and pure functions of their arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import engine
from app import limits, slices
from app.arrays import Encode, decode, encode, encode_bytes
from app.problems import Problem
from app.schemas import BatchRequest, RunRequest, TensorRequest, TraceRequest
from app.settings import Settings
from app.summaries import encoder
from engine.graph import nearest
from engine.values import check_values

Arrays = dict[str, NDArray[Any]]


def prepare(request: RunRequest, settings: Settings) -> tuple[engine.Graph, Arrays]:
    """The graph and the values of `request`, once its plan is known to be within the limits."""
    graph = read(request, settings)
    limits.check_plan(engine.plan(graph, target=request.target, dtype=request.dtype, trace=True), settings)
    check_values(graph, request.values)
    return graph, request.values


def read(request: RunRequest, settings: Settings) -> engine.Graph:
    """The graph of `request`, from its program or from its data."""
    if request.program is not None:
        limits.check_program(request.program, settings)
        return engine.parse(request.program, sizes=request.sizes, max_operators=settings.max_operators)
    assert request.graph is not None
    nodes = request.graph.get("nodes", [])
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise Problem(422, "Invalid graph", "The nodes of a graph are a list of objects.")
    if len(nodes) > 4 * settings.max_operators:
        raise limits.exceeded(422, "nodes", len(nodes), 4 * settings.max_operators, "nodes")
    decoded = [node | {"value": first_value(node)} for node in nodes]
    return engine.graph_from_data({**request.graph, "nodes": decoded}, request.scopes, request.target)


def first_value(node: dict[str, Any]) -> NDArray[Any] | None:
    """The value that a node of a graph brings; a summary or none is drawn from the seed."""
    value = node.get("value")
    if value is None or isinstance(value, dict) or node.get("role") == "intermediate":
        return None
    return decode(str(node.get("id", "a node")), value)


def evaluate(request: RunRequest, settings: Settings) -> tuple[str | None, Arrays, Arrays]:
    """The target, every variable's value and every gradient; no target and no gradient where nothing is scalar."""
    graph, values = prepare(request, settings)
    target = request.target or graph.target
    if target is None:
        (computed,) = engine.function(graph, graph.variables, dtype=request.dtype, seed=request.seed)(values)
        return None, computed, {}
    run = engine.value_and_grad(graph, target=target, dtype=request.dtype, seed=request.seed)
    return target, *run(values)


def gradients(request: RunRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/gradients`."""
    target, values, gradients = evaluate(request, settings)
    encode_array = writer(request, settings)
    return {
        "target": target,
        "values": {name: encode_array(array) for name, array in values.items()},
        "gradients": {name: encode_array(array) for name, array in gradients.items()},
    }


def trace(request: TraceRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/trace`."""
    graph, values = prepare(request, settings)
    run = engine.trace(
        graph,
        values=values,
        target=request.target,
        seed=request.seed,
        dtype=request.dtype,
        digits=request.digits,
        scientific=request.scientific,
    )
    return run.to_dict(writer(request, settings))


def writer(request: RunRequest, settings: Settings) -> Encode:
    """How the arrays of an answer are written: as the request wants them, large ones as summaries."""
    return encoder(settings.array_limit, encode_bytes if request.arrays == "base64" else encode)


def batch(request: BatchRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/batch`: one plan, compiled once, run for every set of values."""
    graph, values = prepare(request, settings)
    keep = "all" if request.wrt is None else "training"
    run = engine.value_and_grad(graph, request.target, request.wrt, keep, request.dtype, request.seed)
    work = run.plan.flops * len(request.batch)
    if work > settings.max_flops:
        raise limits.exceeded(422, "work", work, settings.max_flops, "floating-point operations")
    encode_array = writer(request, settings)
    answers = []
    for given in request.batch:
        found, slopes = run(values | given)
        answers.append(
            {
                "values": {name: encode_array(array) for name, array in found.items()},
                "gradients": {name: encode_array(array) for name, array in slopes.items()},
            }
        )
    return {"target": graph.names[graph.resolve_target(request.target)], "runs": answers}


def tensor(request: TensorRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/tensor`."""
    _, values, gradients = evaluate(request, settings)
    arrays = {"value": values, "gradient": gradients}[request.of]
    if request.name not in arrays:
        raise Problem(
            422,
            "Unknown variable",
            f"This run has no {request.of} of {request.name[:80]!r}.",
            hint=nearest(request.name, arrays),
        )
    array = arrays[request.name]
    part = np.asarray(array[slices.parse(request.slice, array.shape)])
    if part.size > settings.slice_limit:
        raise limits.exceeded(422, "slice", part.size, settings.slice_limit, "elements")
    return {
        "name": request.name,
        "of": request.of,
        "shape": array.shape,
        "dtype": str(array.dtype),
        "slice": request.slice,
        "data": encode_bytes(part) if request.arrays == "base64" else encode(part),
    }
