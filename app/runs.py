"""Runs: from a request to its answer. The one way into the engine, and pure functions of their arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import engine
from app import limits, slices
from app.arrays import decode, encode
from app.problems import Problem
from app.schemas import RunRequest, TensorRequest
from app.settings import Settings
from app.summaries import encoder
from engine.graph import nearest

Arrays = dict[str, NDArray[Any]]


def prepare(request: RunRequest, settings: Settings) -> tuple[engine.Graph, Arrays]:
    """The graph and the values of `request`, once its plan is known to be within the limits."""
    limits.check_program(request.program, settings)
    graph = engine.parse(request.program, max_operators=settings.max_operators)
    limits.check_plan(engine.plan(graph, target=request.target, dtype=request.dtype, trace=True), settings)
    return graph, {name: decode(name, value) for name, value in request.values.items()}


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
    encode_array = encoder(settings.array_limit)
    return {
        "target": target,
        "values": {name: encode_array(array) for name, array in values.items()},
        "gradients": {name: encode_array(array) for name, array in gradients.items()},
    }


def trace(request: RunRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/trace`."""
    graph, values = prepare(request, settings)
    run = engine.trace(graph, values=values, target=request.target, seed=request.seed, dtype=request.dtype)
    return run.to_dict(encoder(settings.array_limit))


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
        "data": encode(part),
    }
