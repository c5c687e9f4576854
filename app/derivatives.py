"""Derivatives beyond the gradient: from a request to its answer. As `app.runs`, pure functions of their arguments."""

from __future__ import annotations

from typing import Any

import engine
from app import limits
from app.arrays import encode_number
from app.problems import Problem
from app.runs import Arrays, prepare, writer
from app.schemas_derivatives import CheckRequest, DirectionRequest, HessianRequest, JacobianRequest, TangentsRequest
from app.settings import Settings


def compute(
    graph: engine.Graph, derived: engine.Graph, values: Arrays, request: Any, settings: Settings
) -> dict[str, Any]:
    """The answers of a derived graph, by name, once its own plan is known to be within the limits."""
    run = engine.function(derived, dtype=request.dtype, seed=request.seed)
    limits.check_plan(run.plan, settings)
    first = engine.initial_values(graph, request.seed)
    (arrays,) = run({name: first[name] for name in derived.leaves() if name in first} | values)
    encode_array = writer(request, settings)
    return {name: encode_array(array) for name, array in arrays.items()}


def directions(request: DirectionRequest) -> Arrays:
    """The tangents of a request, under the names that the engine gives them."""
    if not request.directions:
        raise Problem(422, "Invalid request", "There is no direction.", hint='Give "directions": {"x": [1, 0]}.')
    return {f"{name}_dot": value for name, value in request.directions.items()}


def jvp(request: DirectionRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/jvp`."""
    graph, values = prepare(request, settings)
    derived = engine.jvp(graph, wrt=list(request.directions))
    found = compute(graph, derived, values | directions(request), request, settings)
    return {"tangents": {name.removesuffix("_dot"): array for name, array in found.items()}}


def hvp(request: DirectionRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/hvp`."""
    graph, values = prepare(request, settings)
    derived = engine.hvp(graph, request.target, wrt=list(request.directions))
    found = compute(graph, derived, values | directions(request), request, settings)
    return {"target": goal(graph, request.target), "products": {name[1:]: array for name, array in found.items()}}


def jacobian(request: JacobianRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/jacobian`."""
    graph, values = prepare(request, settings)
    y, x = graph.find(request.of), graph.find(request.wrt)
    check_square(min(y.size, x.size), y.size * x.size, settings)
    found = compute(graph, engine.jacobian(graph, request.of, request.wrt), values, request, settings)
    (matrix,) = found.values()
    return {"of": request.of, "wrt": request.wrt, "shape": [*y.shape, *x.shape], "jacobian": matrix}


def hessian(request: HessianRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/hessian`."""
    graph, values = prepare(request, settings)
    names = request.wrt or list(graph.leaves("parameter") or graph.leaves())
    size = sum(graph.find(name).size for name in names)
    check_square(size, size * size, settings)
    found = compute(graph, engine.hessian(graph, request.target, names), values, request, settings)
    blocks = iter(found.values())
    return {"target": goal(graph, request.target), "blocks": {a: {b: next(blocks) for b in names} for a in names}}


def check(request: CheckRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/check`."""
    graph, values = prepare(request, settings)
    elements = sum(v.size for v in graph.leaves().values())
    work = elements * engine.plan(graph, request.target, keep="prediction", dtype=request.dtype).flops
    if work > settings.max_flops:
        raise limits.exceeded(422, "work", work, settings.max_flops, "floating-point operations")
    encode_array = writer(request, settings)
    checked = engine.check(graph, values, request.target, seed=request.seed)
    return {
        "target": goal(graph, request.target),
        "variables": {
            name: {
                "analytic": encode_array(result.analytic),
                "numerical": encode_array(result.numerical),
                "error": encode_number(result.error),
                "method": result.method,
                "agrees": result.agrees,
            }
            for name, result in checked.items()
        },
    }


def tangents(request: TangentsRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/tangents`."""
    graph, values = prepare(request, settings)
    found = engine.tangents(graph, request.wrt, request.direction, values, request.target, request.seed, request.dtype)
    return found.to_dict(writer(request, settings))


def kept(request: CheckRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/kept`."""
    graph, _ = prepare(request, settings)
    found = engine.memory.saved(engine.memory.training_pass(graph, request.target, request.dtype))
    listed = [{"name": one.name, "bytes": one.bytes, "by": list(one.by)} for one in found]
    return {"target": goal(graph, request.target), "kept": listed}


def goal(graph: engine.Graph, target: str | None) -> str:
    """The name of the scalar that is differentiated."""
    return graph.names[graph.resolve_target(target)]


def check_square(passes: int, elements: int, settings: Settings) -> None:
    """Refuse a matrix of derivatives that takes too many passes or has too many elements."""
    if passes > settings.max_passes:
        raise limits.exceeded(422, "passes", passes, settings.max_passes, "passes, one a row or column")
    if elements > settings.max_elements:
        raise limits.exceeded(422, "elements per array", elements, settings.max_elements, "elements")
