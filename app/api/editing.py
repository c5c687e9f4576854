"""Edits of a program: those that it allows, and what one changes in the graph and its equations."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tidegraph.app.api import runs
from tidegraph.app.api.schemas.edits import DiffRequest, EditsRequest
from tidegraph.app.http.problems import Problem, exceeded
from tidegraph.app.settings import Settings
from tidegraph.engine.editing import diff as differences
from tidegraph.engine.editing.edits import MISSING, edits
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.trace import tracer


def offered(request: EditsRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/edits`."""
    if request.program is None:
        raise Problem(422, "edits-need-program")
    graph, _ = runs.prepare(request, settings)
    count, limit = len(graph.operators), settings.max_edit_operators
    if count > limit:
        hint = Message("edit-smaller-graph")
        raise exceeded(422, "graph to be edited", count, limit, "operators", hint=hint)
    found = edits(request.program)
    kinds = {edit.kind for edit in found}
    return {
        "edits": [asdict(edit) for edit in found],
        "missing": {kind: why for kind, why in MISSING.items() if kind not in kinds},
    }


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
