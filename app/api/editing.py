"""Edits of a program: those that it allows, and what one changes in the graph and its equations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tidegraph.app.api import runs
from tidegraph.app.api.schemas.edits import BuildRequest, DiffRequest, EditsRequest, PartsRequest
from tidegraph.app.api.schemas.runs import RunRequest
from tidegraph.app.http.problems import Problem, exceeded
from tidegraph.app.settings import Settings
from tidegraph.engine.editing import diff as differences
from tidegraph.engine.editing.construct import Built, Construction
from tidegraph.engine.editing.edits import MISSING, edits
from tidegraph.engine.graph import TidegraphError
from tidegraph.engine.messages.catalogue import SPOKEN, Message
from tidegraph.engine.trace import tracer


def offered(request: EditsRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/edits`."""
    found = edits(editable(request, settings))
    kinds = {edit.kind for edit in found}
    return {
        "edits": [asdict(edit) for edit in found],
        "missing": {kind: why for kind, why in MISSING.items() if kind not in kinds},
    }


def editable(request: RunRequest, settings: Settings) -> str:
    """The text of a program that is small enough to be edited."""
    if request.program is None:
        raise Problem(422, "edits-need-program")
    graph, _ = runs.prepare(request, settings)
    count, limit = len(graph.operators), settings.max_edit_operators
    if count > limit:
        hint = Message("edit-smaller-graph")
        raise exceeded(422, "graph to be edited", count, limit, "operators", hint=hint)
    return request.program


def parts(request: PartsRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/parts`."""
    built = Construction(editable(request, settings), request.sizes)
    if ":" in request.operator or request.operator in built.graph.scopes:
        part = built.placed(request.operator, request.port, request.inputs)
    else:
        part = built.part(request.operator, request.inputs, request.attributes, request.port)
    return {
        "operator": part.operator,
        "signature": part.signature,
        "doc": part.doc,
        "variadic": part.variadic,
        "ports": [asdict(port) for port in part.ports],
        "attributes": part.attributes,
        "line": part.line,
        "shape": part.shape,
        **described(part.problem),
        "problem_port": part.problem_port,
        "fits": [
            {"name": f.name, "id": f.id, "shape": f.shape, "fits": f.fits, "result": f.result, **described(f.problem)}
            for f in part.fits
        ],
    }


def described(error: TidegraphError | None) -> dict[str, str | None]:
    """A problem and its hint, in the language of whoever is being answered."""
    if error is None:
        return {"problem": None, "hint": None}
    return {"problem": error.describe(SPOKEN.get()), "hint": error.advise(SPOKEN.get()) or None}


def build(request: BuildRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/build`."""
    built = Construction(editable(request, settings), request.sizes)
    steps: dict[str, Callable[[Any], Built]] = {
        "declare": lambda v: built.declare(v.role, v.name, v.shape, v.value),
        "place": lambda v: built.place(v.operator, v.inputs, v.attributes, v.name),
        "connect": lambda v: built.connect(v.id, v.port, v.text),
        "name": built.name,
        "remove": built.remove,
    }
    given = [step for step in steps if getattr(request, step) is not None]
    if len(given) != 1:
        raise Problem(422, "build-one-step", steps=list(steps))
    return asdict(steps[given[0]](getattr(request, given[0])))


def diff(request: DiffRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/diff`."""
    if request.program is None:
        raise Problem(422, "difference-needs-programs")
    earlier = {"program": request.before, "sizes": request.before_sizes, "values": {}, "target": None}
    graph, values = runs.prepare(request, settings)
    old, _ = runs.prepare(request.model_copy(update=earlier), settings)
    found = differences.diff(old, graph)
    before = tracer.trace(old, seed=request.seed, dtype=request.dtype)
    after = tracer.trace(graph, values, request.target, request.seed, request.dtype)
    forward, backward = differences.equations(found, before, after)
    return {
        "added": found.added,
        "removed": found.removed,
        "changed": [asdict(change) for change in found.changed],
        "downstream": found.downstream,
        "same": found.same,
        "text": found.text,
        "forward": [asdict(row) for row in forward],
        "backward": [asdict(row) for row in backward],
    }
