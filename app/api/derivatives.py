"""Derivatives beyond the gradient: from a request to its answer. As `app.runs`, pure functions of their arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegraph.app.api import quotas, runs, slices
from tidegraph.app.api.arrays import encode_number
from tidegraph.app.api.compiled import Program
from tidegraph.app.api.runs import Arrays, prepare, ready, structure_of, writer
from tidegraph.app.api.schemas.derivatives import (
    CheckRequest,
    DirectionRequest,
    HessianRequest,
    JacobianRequest,
    TangentsRequest,
)
from tidegraph.app.api.schemas.runs import RunRequest, TensorRequest
from tidegraph.app.http.problems import Problem, exceeded
from tidegraph.app.settings import Settings
from tidegraph.engine.analysis import memory, numerical_check
from tidegraph.engine.analysis import tangents as forward_mode
from tidegraph.engine.autodiff import derivatives
from tidegraph.engine.graph import Graph, InputError, size_of
from tidegraph.engine.runtime import plan as plans
from tidegraph.engine.runtime.function import function


def derived(program: Program, what: Hashable, derive: Callable[[], Graph]) -> Callable[[Arrays], Arrays]:
    """The answers of a derived graph along tangents, by name, once its own plan is known to be within the quotas."""
    request, settings = program.request, program.settings
    run = program.made((what, request.dtype), lambda: function(derive(), dtype=request.dtype))
    quotas.check_plan(run.plan, settings)
    leaves, values = run.graph.leaves(), program.values()

    def along(tangents: Arrays) -> Arrays:
        given = values | {run.graph.tangents[name]: tangent for name, tangent in tangents.items()}
        (arrays,) = run({name: array for name, array in given.items() if name in leaves})
        return arrays

    return along


def compute(program: Program, what: Hashable, derive: Callable[[], Graph], along: Arrays) -> dict[str, Any]:
    """The same as they are written in an answer."""
    encode_array = writer(program.request, program.settings)
    found = derived(program, what, derive)(along)
    return {name: encode_array(array) for name, array in found.items()}


def directions(request: DirectionRequest) -> Arrays:
    """The tangents of a request."""
    if not request.directions:
        raise Problem(422, "no-direction")
    return dict(request.directions)


def jvp(request: DirectionRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/jvp`."""
    program = ready(request, settings)
    along, names = directions(request), list(request.directions)
    found = compute(program, ("jvp", *names), lambda: derivatives.jvp(program.graph, wrt=names), along)
    return {"tangents": {name.removesuffix("_dot"): array for name, array in found.items()}}


def hvp(request: DirectionRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/hvp`."""
    program = ready(request, settings)
    graph, target = program.graph, request.target
    along, names = directions(request), list(request.directions)
    found = compute(program, ("hvp", target, *names), lambda: derivatives.hvp(graph, target, wrt=names), along)
    return {"target": goal(graph, request.target), "products": {name[1:]: array for name, array in found.items()}}


def jacobian(request: JacobianRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/jacobian`."""
    program = ready(request, settings)
    graph, of, wrt = program.graph, request.of, request.wrt
    y, x = graph.find(of), graph.find(wrt)
    check_square(min(y.size, x.size), y.size * x.size, settings)
    found = compute(program, ("jacobian", of, wrt), lambda: derivatives.jacobian(graph, of, wrt), {})
    (matrix,) = found.values()
    return {"of": of, "wrt": wrt, "shape": [*y.shape, *x.shape], "jacobian": matrix}


def hessian(request: HessianRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/hessian`."""
    program = ready(request, settings)
    graph, target = program.graph, request.target
    names = request.wrt or list(graph.leaves("parameter") or graph.leaves())
    size = sum(graph.find(name).size for name in names)
    check_square(size, size * size, settings)
    run = derived(program, ("hvp", target, *names), lambda: derivatives.hvp(graph, target, wrt=names))
    shapes = {name: graph.find(name).shape for name in names}
    columns: dict[str, dict[str, list[NDArray[Any]]]] = {name: {} for name in names}
    for name, shape in shapes.items():
        for unit in np.eye(size_of(shape)):
            along = {other: np.zeros(shapes[other]) for other in names} | {name: unit.reshape(shape)}
            for product, array in run(along).items():
                columns[name].setdefault(product[1:], []).append(array)
    encode_array = writer(request, settings)
    blocks = {
        a: {b: encode_array(np.reshape(columns[a].get(b, []), (*shapes[a], *shapes[b]))) for b in names} for a in names
    }
    return {"target": goal(graph, request.target), "blocks": blocks}


def tensor(request: TensorRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/tensor`: a slice of an array of a run, or of a matrix of derivatives."""
    if request.of in ("value", "gradient"):
        return runs.tensor(request, settings)
    program = ready(request, settings)
    graph, name, wrt = program.graph, request.name, request.wrt or request.name
    of, shape = graph.find(name), (*graph.find(name).shape, *graph.find(wrt).shape)
    index = slices.parse(request.slice, shape)
    runs.check_slice(math.prod(np.broadcast_to(np.empty(()), shape)[index].shape), settings)
    if request.of == "jacobian":
        check_square(min(of.size, graph.find(wrt).size), size_of(shape), settings)
        (whole,) = derived(program, ("jacobian", name, wrt), lambda: derivatives.jacobian(graph, name, wrt))(
            {}
        ).values()
        part = np.asarray(whole[index])
    else:
        part = hessian_part(program, name, wrt, index)
    return runs.tensor_answer(request, shape, part)


def hessian_part(program: Program, a: str, b: str, index: slices.Index) -> NDArray[Any]:
    """A slice of the block of second derivatives for `a` and `b`: a Hessian-vector product for each row of it, or for
    each column where these are fewer."""
    graph, target = program.graph, program.request.target
    names = list(dict.fromkeys((a, b)))
    shapes = {name: graph.find(name).shape for name in names}
    at = (*index, *(slice(None),) * (len(shapes[a]) + len(shapes[b]) - len(index)))
    chosen = {"rows": (a, at[: len(shapes[a])], b, at[len(shapes[a]) :])}
    chosen["columns"] = (*chosen["rows"][2:], *chosen["rows"][:2])
    units = {way: np.arange(size_of(shapes[one[0]])).reshape(shapes[one[0]])[one[1]] for way, one in chosen.items()}
    way = min(units, key=lambda way: units[way].size)
    along, _, across, rest = chosen[way]
    check_square(units[way].size, 0, program.settings)
    run = derived(program, ("hvp", target, *names), lambda: derivatives.hvp(graph, target, wrt=names))
    rows = []
    for unit in units[way].reshape(-1):
        tangents = {name: np.zeros(shapes[name]) for name in names}
        tangents[along].reshape(-1)[unit] = 1
        found = {product[1:]: array for product, array in run(tangents).items()}
        rows.append(found.get(across, np.zeros(shapes[across]))[rest])
    part = np.reshape(rows, (*units[way].shape, *np.empty(shapes[across])[rest].shape))
    first = units[way].ndim
    return part if way == "rows" else np.moveaxis(part, range(first), range(part.ndim - first, part.ndim))


def check(request: CheckRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/check`."""
    graph, values = prepare(request, settings)
    names = request.wrt or list(graph.leaves())
    undeclared = [name for name in names if graph.find(name).leaf is None]
    if undeclared:
        raise InputError("computed-not-moved", name=undeclared[0])
    elements = sum(graph.find(name).size for name in names)
    work = elements * plans.plan(graph, request.target, keep="prediction", dtype=request.dtype).flops
    if work > settings.max_flops:
        raise exceeded(422, "work", work, settings.max_flops, "floating-point operations")
    encode_array = writer(request, settings)
    checked = numerical_check.check(graph, values, request.target, names, request.seed)
    return {
        "target": goal(graph, request.target),
        "variables": {
            name: {
                "analytic": encode_array(result.analytic),
                "numerical": encode_array(result.numerical),
                "error": encode_number(result.error),
                "method": result.method,
                "agrees": result.agrees,
                "kinks": list(result.kinks),
                "left": None if result.left is None else encode_array(result.left),
                "right": None if result.right is None else encode_array(result.right),
            }
            for name, result in checked.items()
        },
    }


def tangents(request: TangentsRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/tangents`."""
    program = ready(request, settings)
    graph, target, dtype = program.graph, request.target, request.dtype
    structure = structure_of(program)
    found = forward_mode.tangents(
        graph, request.wrt, request.direction, program.values(), target, request.seed, dtype, structure
    )
    return found.to_dict(writer(request, settings))


def kept(request: RunRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/kept`."""
    graph, _ = prepare(request, settings)
    found = memory.saved(memory.training_pass(graph, request.target, request.dtype))
    return {"target": goal(graph, request.target), "kept": [asdict(one) for one in found]}


def goal(graph: Graph, target: str | None) -> str:
    """The name of the scalar that is differentiated."""
    return graph.names[graph.resolve_target(target)]


def check_square(passes: int, elements: int, settings: Settings) -> None:
    """Refuse a matrix of derivatives that takes too many passes or has too many elements."""
    if passes > settings.max_passes:
        raise exceeded(422, "passes", passes, settings.max_passes, "passes, one a row or column")
    if elements > settings.max_elements:
        raise exceeded(422, "elements per array", elements, settings.max_elements, "elements")
