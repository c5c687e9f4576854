"""What a program costs, from its plan: memory step by step, with checkpointing, in symbols, measured, over a size."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Any

from tidegraph.app.api import quotas, runs
from tidegraph.app.api.compiled import read
from tidegraph.app.api.schemas.costs import MemoryRequest
from tidegraph.app.http.problems import Problem
from tidegraph.app.settings import Settings
from tidegraph.engine.analysis import checkpointing as checkpoint
from tidegraph.engine.analysis import memory as accounting
from tidegraph.engine.analysis.memory import Measured, Timeline
from tidegraph.engine.editing import naming
from tidegraph.engine.graph import Graph, TidegraphError, nearest
from tidegraph.engine.language.parser import parse
from tidegraph.engine.language.sizes import named_sizes, resized, without_data
from tidegraph.engine.notation.latex import name_latex
from tidegraph.engine.runtime import plan as plans
from tidegraph.engine.training import optimisers as optim

MEASURING = threading.Lock()
"""One measured run at a time: what is recorded is the memory of the whole process."""


def memory(request: MemoryRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/memory`."""
    graph, values = runs.prepare(request, settings)
    rule = optim.optimizer(request.optimizer.name, **request.optimizer.settings)
    target = graph.names[graph.resolve_target(request.target)]
    found = accounting.memory(graph, target, request.output, rule, request.dtype)
    forward = accounting.prediction_pass(graph, request.output, request.dtype)
    named = name_sizes(request, graph)
    sized = without_data(graph if named is None else parse(named))
    return {
        "target": target,
        "output": next(iter(forward.values)),
        "outputs": [name for name in graph.variables if name in graph.named.values() and graph.find(name).operator],
        "sizes": changeable(sized) if request.program is not None else {},
        "named": named,
        "training": timeline(found.training),
        "prediction": timeline(found.prediction),
        "saved": [asdict(saved) for saved in found.saved],
        "footprint": asdict(found.footprint),
        "checkpointed": checkpointed(graph, target, values, request) if request.checkpointing else None,
        "symbolic": symbolic(sized, target, request.output)
        if request.formulas and request.program is not None
        else None,
        "measured": asdict(measured(graph, target, values, request)) if request.measure else None,
        "curve": curve(request, settings, rule) if request.size is not None else [],
    }


def name_sizes(request: MemoryRequest, graph: Graph) -> str | None:
    """The program with names for its sizes, where it names none itself and formulas are wanted."""
    if not request.formulas or request.program is None or named_sizes(graph):
        return None
    return naming.name_sizes(request.program)


def changeable(graph: Graph) -> dict[str, int]:
    """The named sizes that can be another number: not those of parameters that the program gives in full."""
    found = {}
    for name, value in named_sizes(graph).items():
        try:
            resized(graph, {name: 2 * value})
        except TidegraphError:
            continue
        found[name] = value
    return found


def timeline(made: Timeline) -> dict[str, Any]:
    """A timeline as JSON."""
    return {
        "moments": [asdict(moment) | {"live_bytes": moment.live_bytes} for moment in made.moments],
        "buffers": [asdict(buffer) for buffer in made.buffers],
        "planned_bytes": made.planned_bytes,
        "peak": made.peak,
        "peak_bytes": made.peak_bytes,
        "flops": made.flops,
    }


def checkpointed(graph: Graph, target: str, values: runs.Arrays, request: MemoryRequest) -> dict[str, Any]:
    """The training pass that computes again instead of keeping, and whether its gradients are the same."""
    made = checkpoint.checkpoint(graph, target, request.segments, request.dtype)
    return {
        "segments": len(made.segments),
        "kept": [graph.names[variable] for variable in made.kept],
        "recomputed": [graph.id_of(operator) for operator in made.recomputed],
        "extra_flops": made.extra_flops,
        "same_gradients": made.verify(values, request.seed),
        "timeline": timeline(accounting.timeline(made.pass_)),
    }


def symbolic(graph: Graph, target: str, output: str | None) -> dict[str, Any] | None:
    """Counts in the named sizes; None where the program names none that can be changed."""
    if not named_sizes(graph):
        return None
    found = accounting.symbolic(graph, target, output)
    if not found.sizes:
        return None
    return {
        "sizes": found.sizes,
        "formulas": [
            {
                "name": name,
                "latex": getattr(found, name).latex,
                "count": found.counts[name],
                "here": getattr(found, name).at(found.sizes) == found.counts[name],
                "conditions": conditions(found, name),
                "least": found.least.get(name, {}),
                "everywhere": found.everywhere[name],
            }
            for name in accounting.FORMULAS
        ],
    }


def conditions(found: accounting.Symbolic, name: str) -> list[str]:
    """The inequalities under which a formula holds, as LaTeX."""
    met = [rf"{left.latex} \ge {right.latex}" for left, right in found.conditions.get(name, ())]
    return met + [rf"{name_latex(size, ())} \ge {value}" for size, value in found.least.get(name, {}).items()]


def measured(graph: Graph, target: str, values: runs.Arrays, request: MemoryRequest) -> Measured:
    """The peak of a real run: the least of three, since other work of this process is recorded too."""
    step = accounting.training_pass(graph, target, request.dtype)
    with MEASURING:
        found = [accounting.measure(step, values, request.seed) for _ in range(3)]
    return min(found, key=lambda one: one.measured)


def curve(request: MemoryRequest, settings: Settings, rule: optim.Rule) -> list[dict[str, Any]]:
    """The peaks over one named size, each within the quotas."""
    assert request.size is not None
    graph = read(request, settings)
    sizes = named_sizes(graph)
    if request.size not in sizes:
        hint = nearest(request.size, sizes) or ", ".join(sizes)
        raise Problem(422, "unknown-size", hint=hint, name=request.size[:80])
    points = []
    plain = {} if request.program is None else {"program": without_data(graph).program}
    for value in request.points:
        other = plain | {"sizes": {**request.sizes, request.size: value}}
        graph = read(request.model_copy(update=other), settings)
        quotas.check_plan(plans.plan(graph, target=request.target, dtype=request.dtype), settings)
        found = accounting.memory(graph, request.target, request.output, rule, request.dtype)
        points.append(
            {
                "size": value,
                "training": found.footprint.training,
                "prediction": found.footprint.prediction,
                "activations": sum(saved.bytes for saved in found.saved),
                "flops": found.training.flops,
            }
        )
    return points
