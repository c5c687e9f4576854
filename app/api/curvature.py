"""Second derivatives over HTTP: levels, their graphs, the Hessian at a point, shapes. Pure functions of requests."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from tidegraph.app.api import quotas
from tidegraph.app.api.arrays import encode, encode_bytes, encode_number
from tidegraph.app.api.runs import Arrays, prepare, writer
from tidegraph.app.api.schemas.curvature import CurvatureRequest, LevelsRequest, PictureRequest, ShapesRequest
from tidegraph.app.settings import Settings
from tidegraph.engine.analysis.curvature import MAX_PARAMETERS, Curvature, Line
from tidegraph.engine.analysis.derivative_orders import levels_of, picture
from tidegraph.engine.analysis.shapes import facts
from tidegraph.engine.autodiff.derivatives import jacobian
from tidegraph.engine.graph import Graph
from tidegraph.engine.runtime.function import function, value_and_grad
from tidegraph.engine.runtime.values import initial_values

REPEATS = 15
"""Runs of each level whose median is told."""

POINTS = 45
"""Points of the target's curve against the gradient."""

MAX_PASSES = 100
"""Rows or columns up to which a Jacobian of two variables is worked out to be looked at."""


def point(request: Any, settings: Settings, wrt: list[str] | None = None) -> Curvature:
    """The point that a request is about, once a Hessian-vector product is known to be within the quotas."""
    graph, values = prepare(request, settings)
    found = Curvature(graph, values, request.target, request.dtype, request.seed, wrt)
    quotas.check_plan(found.product.plan, settings)
    return found


def levels(request: LevelsRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/levels`."""
    here = point(request, settings)
    found = levels_of(here, REPEATS if request.measure else 0)
    base = found[0].seconds
    return {
        "target": here.target,
        "parameters": {name: list(shape) for name, shape in here.shapes.items()},
        "size": here.size,
        "levels": [
            asdict(level) | {"time_ratio": level.seconds / base if level.seconds is not None and base else None}
            for level in found
        ],
    }


def level_picture(request: PictureRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/levels/picture`."""
    graph, values = prepare(request, settings)
    drawn = picture(graph, request.level, request.target)
    quotas.check_plan(function(drawn.graph, dtype=request.dtype).plan, settings)
    made = drawn.trace(values, request.seed, request.dtype, request.digits, request.scientific)
    return made.to_dict(writer(request, settings)) | {
        "level": request.level,
        "ties": [{"derivative": node, "variable": name} for node, name in drawn.ties],
        "orders": drawn.orders,
    }


def curvature(request: CurvatureRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/curvature`."""
    here = point(request, settings, request.wrt)
    write = encode_bytes if request.arrays == "base64" else encode
    with np.errstate(all="ignore"):
        line = here.along()
        path = along(here, line, request.learning_rate)
        excess = too_large(here, settings)
        whole = None if excess else here.hessian()
        steps = [] if whole is None else here.steps(request.learning_rate, request.damping)
    return {
        "target": here.target,
        "size": here.size,
        "slices": {name: (part.start, part.stop) for name, part in here.slices.items()},
        "shapes": {name: list(shape) for name, shape in here.shapes.items()},
        "gradient": writer(request, settings)(here.gradient()),
        "line": {name: None if value is None else encode_number(value) for name, value in asdict(line).items()},
        "path": path,
        "hessian": None
        if whole is None
        else {
            "matrix": write(whole.matrix),
            "eigenvalues": write(whole.eigenvalues),
            "condition": encode_number(whole.condition),
            "definite": whole.definite,
        },
        "steps": [
            {name: encode_number(getattr(step, name)) for name in ("length", "before", "after")}
            | {"name": step.name, "parameters": {name: write(array) for name, array in step.parameters.items()}}
            for step in steps
        ],
        "too_large": excess,
    }


def along(here: Curvature, line: Line, rate: float) -> dict[str, Any]:
    """The target against the gradient, to beyond where its parabola is lowest, or twice the learning rate."""
    rates = np.linspace(0.0, 2.2 * line.best if line.best else 2 * rate, POINTS)
    found = here.path(-here.gradient(), rates)
    parabola = found[0] + rates * line.slope + rates**2 * line.curvature / 2
    return {"rates": rates.tolist(), "target": encode(found), "parabola": encode(parabola)}


def too_large(here: Curvature, settings: Settings) -> dict[str, Any] | None:
    """What makes the whole Hessian too large, or None."""
    most = min(MAX_PARAMETERS, settings.max_passes)
    if here.size > most:
        return {"quantity": "parameters", "value": here.size, "limit": most}
    work = here.size * here.product.plan.flops
    if work > settings.max_flops:
        return {"quantity": "work", "value": work, "limit": settings.max_flops}
    return None


def shapes(request: ShapesRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/shapes`."""
    graph, values = prepare(request, settings)
    found = facts(graph, request.name, request.target)
    run = value_and_grad(graph, request.target, dtype=request.dtype, seed=request.seed)
    slope = run(values)[1].get(request.name, np.zeros(found.shape))
    of = request.of or next((one.of for one in found.jacobians), None)
    body = asdict(found) | {"gradient": writer(request, settings)(slope)}
    return body | {"jacobian": None if of is None else numbers(graph, values, of, request, settings)}


def numbers(graph: Graph, values: Arrays, of: str, request: ShapesRequest, settings: Settings) -> dict[str, Any]:
    """The numbers of dY/dX, where they are few enough to be looked at."""
    y, x = graph.find(of), graph.find(request.name)
    size = math.prod((*y.shape, *x.shape))
    excess = None
    if size > settings.array_limit:
        excess = {"quantity": "elements", "value": size, "limit": settings.array_limit}
    elif min(y.size, x.size) > MAX_PASSES:
        excess = {"quantity": "passes", "value": min(y.size, x.size), "limit": MAX_PASSES}
    if excess is not None:
        return {"of": of, "values": None, "zeros": None, "too_large": excess}
    derived = jacobian(graph, of, request.name)
    run = function(derived, dtype=request.dtype, seed=request.seed)
    quotas.check_plan(run.plan, settings)
    first = initial_values(graph, request.seed, values) | values
    ((matrix,),) = [list(found.values()) for found in run({n: v for n, v in first.items() if n in derived.leaves()})]
    zeros = int(np.count_nonzero(matrix == 0))
    return {"of": of, "values": writer(request, settings)(matrix), "zeros": zeros, "too_large": None}
