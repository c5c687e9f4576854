"""Runs: from a request to its answer. The one way into the engine, and pure functions of their arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegraph.app.api import quotas as limits
from tidegraph.app.api import slices
from tidegraph.app.api.arrays import Encode, encode, encode_bytes
from tidegraph.app.api.compiled import Program
from tidegraph.app.api.schemas.runs import BatchRequest, RunRequest, TensorRequest, TraceRequest
from tidegraph.app.api.summaries import encoder
from tidegraph.app.http.problems import Problem
from tidegraph.app.settings import Settings
from tidegraph.engine.graph import Graph, nearest
from tidegraph.engine.runtime.function import function, value_and_grad
from tidegraph.engine.trace.tracer import Trace, Tracer

Arrays = dict[str, NDArray[Any]]


def prepare(request: RunRequest, settings: Settings) -> tuple[Graph, Arrays]:
    """The graph and the values of `request`, once its plan is known to be within the limits."""
    return ready(request, settings).graph, request.values


def ready(request: RunRequest, settings: Settings) -> Program:
    """The program of `request`, once its plan is known to be within the limits and its values to fit."""
    program = Program(request, settings)
    program.check()
    return program


def evaluate(request: RunRequest, settings: Settings) -> tuple[str | None, Arrays, Arrays]:
    """The target, every variable's value and every gradient; no target and no gradient where nothing is scalar."""
    program = ready(request, settings)
    graph, dtype = program.graph, request.dtype
    target = request.target or graph.target
    if target is None:
        run = program.made(("values", dtype), lambda: function(graph, graph.variables, dtype=dtype))
        (computed,) = run(program.values())
        return None, computed, {}
    run = program.made(("gradients", target, dtype), lambda: value_and_grad(graph, target, dtype=dtype))
    return target, *run(program.values())


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
    return record(request, settings).to_dict(writer(request, settings))


def record(request: TraceRequest, settings: Settings) -> Trace:
    """The trace of `request`."""
    program = Program(request, settings)
    graph, target, dtype = program.graph, request.target, request.dtype

    def compiled() -> Tracer:
        return Tracer(graph, target, dtype, allow=lambda plan: program.admit(lambda: plan))

    run = program.made(("trace", target, dtype), compiled)
    program.check()
    return run(program.values(), digits=request.digits, scientific=request.scientific)


def writer(request: RunRequest, settings: Settings) -> Encode:
    """How the arrays of an answer are written: as the request wants them, large ones as summaries."""
    return encoder(settings.array_limit, encode_bytes if request.arrays == "base64" else encode)


def batch(request: BatchRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/batch`: one plan, compiled once, run for every set of values."""
    program = ready(request, settings)
    graph, target, wrt, dtype = program.graph, request.target, request.wrt, request.dtype
    keep = "all" if wrt is None else "training"
    run = program.made(
        ("batch", target, None if wrt is None else tuple(wrt), dtype),
        lambda: value_and_grad(graph, target, wrt, keep, dtype),
    )
    values = program.values()
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
    return {"target": graph.names[graph.resolve_target(target)], "runs": answers}


def tensor(request: TensorRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/tensor`."""
    _, values, gradients = evaluate(request, settings)
    arrays = {"value": values, "gradient": gradients}[request.of]
    if request.name not in arrays:
        code = f"no-{request.of}-in-run"
        raise Problem(422, code, hint=nearest(request.name, arrays), name=request.name[:80])
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
