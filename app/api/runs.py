"""Runs: from a request to its answer. The one way into the engine, and pure functions of their arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegraph.app.api import slices
from tidegraph.app.api.arrays import ArraysAnswer, Encode, encode, encode_bytes, encode_finite
from tidegraph.app.api.compiled import Program
from tidegraph.app.api.schemas.runs import BatchRequest, RunRequest, TensorRequest, TraceRequest
from tidegraph.app.api.schemas.structure import ArraysRequest, StructureRequest, Want
from tidegraph.app.api.summaries import encoder
from tidegraph.app.http.problems import Problem, exceeded
from tidegraph.app.settings import Settings
from tidegraph.engine.graph import Graph, TidegraphError, building, nearest
from tidegraph.engine.graph.budget import spend
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.runtime.function import function, value_and_grad
from tidegraph.engine.runtime.values import check_values
from tidegraph.engine.trace.outline import Outline
from tidegraph.engine.trace.run import Run, all_finite
from tidegraph.engine.trace.structure import Structure
from tidegraph.engine.trace.tracer import Trace, combine

LARGE = 2000
"""Operators above which the page draws a graph before it is run."""

Arrays = dict[str, NDArray[Any]]


def prepare(request: RunRequest, settings: Settings) -> tuple[Graph, Arrays]:
    """The graph and the values of `request`, once its plan is known to be within the quotas."""
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
    encode_array = writer(request, settings, all_finite([*values.values(), *gradients.values()]))
    return {
        "target": target,
        "values": {name: encode_array(array) for name, array in values.items()},
        "gradients": {name: encode_array(array) for name, array in gradients.items()},
    }


def trace(request: TraceRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/trace`."""
    drawn = outlined(request, request.outline, settings)
    return drawn or record(request, settings).to_dict(writer(request, settings))


def record(request: TraceRequest, settings: Settings) -> Trace:
    """The trace of `request`."""
    program = Program(request, settings)
    structure = structure_of(program)
    program.check()
    spend("steps", len(structure.plan.operators))
    with building():
        return combine(Run(structure, program.values()), request.digits, request.scientific)


def structure(request: StructureRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/structure`."""
    drawn = outlined(request, request.outline, settings)
    return drawn or structure_of(Program(request, settings)).to_dict()


def outlined(request: RunRequest, opened: list[str] | None, settings: Settings) -> dict[str, Any] | None:
    """A large graph as it is drawn with the scopes `opened`, where these are given; None for a graph that is not large.

    A graph that is too large to run is read for this too. `outline` says how large it is, and whether it can be run.
    """
    if opened is None:
        return None
    program = Program(request, settings)
    size = len(program.graph.operators)
    if size <= LARGE:
        return None
    outline = program.made(
        ("outline", request.target, request.dtype), lambda: Outline(program.graph, request.target, request.dtype)
    )
    check_values(program.graph, request.values)
    drawn = outline.in_sight(set(opened))
    return drawn | {"first_nonfinite": None, "outline": {"operators": size, "runs": size <= settings.max_operators}}


def run(request: ArraysRequest, settings: Settings) -> ArraysAnswer:
    """The answer of `/api/v1/run`."""
    program = Program(request, settings)
    structure = structure_of(program)
    program.check()
    spend("steps", len(structure.plan.operators))
    made = Run(structure, program.values())
    arrays: dict[str, dict[str, NDArray[Any]]] = {
        "values": made.values,
        "gradients": made.gradients,
        "contributions": {str(number): array for number, array in enumerate(made.contributions)},
    }
    sent, summaries = chosen(request.want, arrays, structure, settings)
    return ArraysAnswer(
        target=structure.target_name,
        first_nonfinite={"forward": made.first_nonfinite, "backward": made.first_nonfinite_backward},
        encode=encoder(settings.slice_limit, whole(request, made.finite)),
        arrays=sent,
        summaries=summaries,
    )


def chosen(
    want: Want | None, arrays: dict[str, dict[str, NDArray[Any]]], structure: Structure, settings: Settings
) -> tuple[dict[str, dict[str, NDArray[Any]]], dict[str, dict[str, Any]]]:
    """The arrays that are sent whole, and the summaries of others: of all by their size, or those that are wanted."""
    if want is None:
        summarized = encoder(settings.array_limit)
        whole = {
            kind: {name: array for name, array in found.items() if array.size <= settings.array_limit}
            for kind, found in arrays.items()
        }
        large = {
            kind: {name: summarized(array) for name, array in found.items() if name not in whole[kind]}
            for kind, found in arrays.items()
        }
        return whole, large
    picked: dict[str, dict[str, NDArray[Any]]] = {}
    for kind, found in arrays.items():
        names = getattr(want, kind)
        if names == "all":
            picked[kind] = found
            continue
        if kind == "contributions":
            names = numbered(names, structure, found)
        unknown = next((name for name in names if name not in found), None)
        if unknown is not None:
            raise Problem(422, f"no-{kind[:-1]}-in-run", hint=nearest(unknown, found), name=unknown[:80])
        picked[kind] = {name: found[name] for name in names}
    elements = sum(array.size for found in picked.values() for array in found.values())
    if elements > settings.slice_limit:
        raise exceeded(422, "answer", elements, settings.slice_limit, "elements", hint=Message("want-less"))
    return picked, {}


def numbered(names: Sequence[str | int], structure: Structure, found: Mapping[str, Any]) -> list[str]:
    """Contributions by number: those that are numbers already, and all that reach a variable."""
    graph = structure.graph
    reach: dict[str, list[str]] = {}
    for number, contribution in enumerate(structure.contributions):
        reach.setdefault(graph.names[contribution.variable], []).append(str(number))
    made: list[str] = []
    for name in map(str, names):
        known = name in graph.variables and name not in found
        made += reach.get(name, []) if known else name.split("+") if name[:1].isdigit() else [name]
    return list(dict.fromkeys(made))


def structure_of(program: Program) -> Structure:
    """The structure of a request's program, compiled, once its plan is known to be within the limits."""
    target, dtype = program.request.target, program.request.dtype

    def make() -> Structure:
        return Structure(program.graph, target, dtype, allow=lambda plan: program.admit(lambda: plan))

    return program.made(("structure", target, dtype), make)


def writer(request: RunRequest, settings: Settings, finite: bool = False) -> Encode:
    """How the arrays of an answer, which may be known as `finite`, are written: large ones as summaries."""
    return encoder(settings.array_limit, whole(request, finite))


def whole(request: RunRequest, finite: bool) -> Encode:
    """How an array is written that is sent whole: as the request wants it."""
    return encode_bytes if request.arrays == "base64" else encode_finite if finite else encode


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
        raise exceeded(422, "work", work, settings.max_flops, "floating-point operations")
    encode_array = writer(request, settings)
    answers = []
    for number, given in enumerate(request.batch, start=1):
        try:
            found, slopes = run(values | given)
        except TidegraphError as error:
            error.context = error.inside(Message("batch-set", number=number))
            raise
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
    check_slice(part.size, settings)
    return tensor_answer(request, array.shape, part)


def check_slice(size: int, settings: Settings) -> None:
    """Refuse a slice of too many elements."""
    if size > settings.slice_limit:
        raise exceeded(422, "slice", size, settings.slice_limit, "elements")


def tensor_answer(request: TensorRequest, shape: tuple[int, ...], part: NDArray[Any]) -> dict[str, Any]:
    """A slice as it is answered; `shape` is that of the whole array."""
    return {
        "name": request.name,
        "of": request.of,
        "wrt": (request.wrt or request.name) if request.of in ("hessian", "jacobian") else None,
        "shape": shape,
        "dtype": str(part.dtype),
        "slice": request.slice,
        "data": encode_bytes(part) if request.arrays == "base64" else encode(part),
    }
