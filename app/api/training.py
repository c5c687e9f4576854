"""Training over HTTP: a run streamed as server-sent events, from a request that holds everything it depends on."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import numpy as np
from anyio import CapacityLimiter, Event, to_thread
from numpy.typing import NDArray
from sse_starlette import EventSourceResponse
from starlette.types import Receive, Scope, Send

from tidegraph.app.api.arrays import encode, encode_number
from tidegraph.app.api.pipeline import Pipeline
from tidegraph.app.api.runs import Arrays, prepare
from tidegraph.app.api.schemas.runs import RunRequest
from tidegraph.app.api.schemas.training import DataRequest, StateDocument, TrainRequest
from tidegraph.app.http.codec import dumps
from tidegraph.app.http.problems import exceeded
from tidegraph.app.settings import Settings
from tidegraph.engine.graph import Graph, TidegraphError
from tidegraph.engine.language.sizes import named_sizes, overrides
from tidegraph.engine.runtime.values import initial_values
from tidegraph.engine.training import data as sources
from tidegraph.engine.training import feed
from tidegraph.engine.training import optimisers as optim
from tidegraph.engine.training.loop import Report, RunState, Training, due
from tidegraph.engine.training.loop import Settings as RunSettings
from tidegraph.engine.training.loop import update_steps as updates_of

CLASSIFYING = ("cross_entropy", "hinge", "nll", "focal", "logistic")
"""Parts of the names of losses that compare classes."""

LIKELY = ("moons", "line", "linear", "blobs", "circles", "xor", "spirals", "sine", "shapes")

MARGIN = 2.0
"""Seconds before the end of the time that running requests have at shutdown at which a run ends by itself."""

BINS = 24
MOST_LAYERS = 64
"""Bins of a histogram; matrices of one parameter that are told apart as layers."""

SLICE = 0.05
"""Seconds of work between two looks at the clock and at the client."""


PAGE_CALLS, PAGE_NUMBERS, PAGE_FLOPS = 3000, 300_000, 2_000_000
"""What a page trains by itself: calls of a run; numbers in its arrays and examples; operations of a step."""

OWN = "own"
"""The set that is the request's own values, the same at every step."""


def dataset(request: DataRequest, graph: Graph) -> sources.Dataset | None:
    """The examples of a request: generated, or from its CSV text; None where it trains on its own values."""
    if request.csv is not None:
        names = sources.first_row(request.csv)
        target = request.target_column or feed.target_names(graph, names)
        return sources.read_csv(request.csv, target, feed.target_columns(graph, len(names)))
    if request.name == OWN:
        return None
    return sources.generate(request.name, request.count, request.noise, request.seed, request.classes, request.features)


def started(request: TrainRequest, settings: Settings) -> Training:
    """The run that a request asks for, once its cost is known to be within the quotas."""
    graph, values = prepare(request, settings)
    examples = held = dataset(request.data, graph)
    if examples is not None:
        examples = feed.classed(graph, examples)
        examples, held = sources.split(examples, request.validation, request.data.seed)
        if request.data.standardize:
            examples, held = sources.standardized(examples, held)
        values = {name: array for name, array in values.items() if name not in fed(graph, examples)}
    else:
        drawn = initial_values(graph, request.data.seed)
        values = {n: drawn[n] for role in ("input", "target") for n in graph.leaves(role)} | values
    schedule = optim.schedule(request.schedule.name, **request.schedule.settings)
    training = Training(
        graph,
        examples,
        optim.optimizer(request.optimizer.name, **request.optimizer.settings),
        schedule,
        RunSettings(
            batch_size=request.batch_size,
            seed=request.seed,
            validate_every=request.validate_every,
            snapshot_every=math.gcd(request.snapshot_every, request.histogram_every),
            clip_norm=request.clip_norm,
            clip_value=request.clip_value,
            dtype=request.dtype,
        ),
        validation=held,
        values=values,
        target=request.target,
        state=None if request.state is None else state_of(request.state),
        output=request.output,
    )
    cost = training.cost(request.steps)
    if cost.total_flops > settings.max_training_flops:
        raise exceeded(422, "work", cost.total_flops, settings.max_training_flops, "floating-point operations")
    if cost.peak_bytes > settings.max_bytes:
        raise exceeded(422, "memory", cost.peak_bytes, settings.max_bytes, "bytes")
    return training


def fed(graph: Graph, examples: sources.Dataset | None) -> set[str]:
    """Variables whose values come from the data: these examples, or any whose columns have no names."""
    try:
        return feed.fed_names(graph, examples or sources.Dataset(np.zeros((1, 1)), np.zeros((1, 1))))
    except TidegraphError:
        return set()


def state_of(document: StateDocument) -> RunState:
    """A state that has travelled as JSON."""
    return RunState(document.step, document.parameters, optim.State(document.optimizer_step, document.moments))


def described(state: RunState) -> dict[str, Any]:
    """A state as JSON, from which a later request goes on."""
    return {
        "step": state.step,
        "parameters": lists(state.parameters),
        "optimizer_step": state.optimizer.step,
        "moments": {moment: lists(arrays) for moment, arrays in state.optimizer.moments.items()},
    }


def lists(arrays: Any) -> dict[str, Any]:
    """Arrays by name, as JSON has them."""
    return {name: encode(array) for name, array in arrays.items()}


def report(made: Report, request: TrainRequest) -> dict[str, Any]:
    """One step as its event's data."""
    data: dict[str, Any] = {
        "step": made.step,
        "epoch": made.epoch,
        "rate": made.rate,
        "loss": encode_number(made.loss),
        "metrics": made.metrics,
        "gradient_norms": {name: encode_number(norm) for name, norm in made.gradient_norms.items()},
    }
    if made.validation_loss is not None:
        data["validation_loss"] = encode_number(made.validation_loss)
        data["validation_metrics"] = made.validation_metrics
    if made.parameters is None or made.gradients is None:
        return data
    if due(made.step, request.histogram_every):
        data["histograms"] = {
            name: {"parameter": histogram(made.parameters[name]), "gradient": histogram(gradient)}
            for name, gradient in made.gradients.items()
        }
        data["layer_norms"] = layer_norms(made.gradients)
    if due(made.step, request.snapshot_every):
        data["snapshot"] = {"parameters": lists(made.parameters), "gradients": lists(made.gradients)}
    return data


def histogram(array: NDArray[Any]) -> dict[str, Any]:
    """How the numbers of an array are spread: counts between its least and its greatest, in bins of equal width."""
    finite = np.asarray(array, np.float64)[np.isfinite(array)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if not np.isfinite(high - low):
        return {"low": low, "high": high, "counts": []}
    counts = np.histogram(finite, BINS, (low, high))[0] if high > low else np.array([finite.size])
    return {"low": low, "high": high, "counts": counts.tolist()}


def layer_norms(gradients: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """The norm of each gradient, layer by layer where one parameter holds a stack of matrices."""
    found: dict[str, Any] = {}
    for name, gradient in gradients.items():
        if gradient.ndim == 3 and len(gradient) <= MOST_LAYERS:
            found |= {f"{name}[{i}]": encode_number(np.linalg.norm(layer)) for i, layer in enumerate(gradient)}
        else:
            found[name] = encode_number(np.linalg.norm(gradient))
    return found


def surface(training: Training, request: TrainRequest) -> dict[str, Any] | None:
    """Predictions over the plane of two inputs, or over the line of one; None for more."""
    found = grid(training, request.surface)
    if found is None:
        return None
    axes, points = found
    return {"axes": [encode(axis) for axis in axes], "predictions": encode(training.predict(points))}


def grid(training: Training, count: int) -> tuple[list[NDArray[Any]], NDArray[Any]] | None:
    """So many places along each of at most two inputs, around the examples, and the points of all of them."""
    if not count or training.dataset is None or training.binding.output is None:
        return None
    inputs = training.dataset.inputs
    if inputs.ndim != 2 or inputs.shape[1] > 2:
        return None
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    margin = 0.15 * np.maximum(high - low, 1e-6)
    low, high = low - margin, high + margin
    axes = [np.linspace(a, b, count) for a, b in zip(low, high, strict=True)]
    return axes, np.stack([a.ravel() for a in np.meshgrid(*axes, indexing="xy")], axis=1)


def present(training: Training) -> Arrays:
    """The values that the present step is traced with: its minibatch, or the first example where one makes a run."""
    return training.values() if training.binding.batched else training.values(training.rows()[:1])


def live(training: Training) -> dict[str, Any]:
    """Where the run stands, for a picture of the graph: an event's data."""
    return {"step": training.state.step, "values": lists(present(training))}


def work(training: Training, request: TrainRequest, seconds: float) -> Iterator[tuple[str, Any]]:
    """Events of a whole run, in order; `("pause", None)` between slices of work."""
    until = time.monotonic() + seconds
    last = time.monotonic()
    reason = "finished"
    for made in training.run(request.steps):
        shown = made.step % request.report_every == 0 or made.divergence is not None
        if shown or made.validation_loss is not None:
            yield "step", report(made, request)
        if due(training.state.step, request.values_every) and made.divergence is None:
            yield "values", live(training)
        if request.surface and request.surface_every and made.step % request.surface_every == 0:
            found = surface(training, request)
            if found is not None:
                yield "surface", {"step": made.step, **found}
        if made.divergence is not None:
            found_at = made.divergence
            yield (
                "divergence",
                {name: getattr(found_at, name) for name in ("phase", "variable", "operator", "line", "text")},
            )
            reason = "diverged"
            break
        now = time.monotonic()
        if now > until:
            reason = "time"
            break
        if now - last > SLICE:
            last = now
            yield "pause", None
    if request.values_every and not due(training.state.step, request.values_every):
        yield "values", live(training)
    if request.surface:
        found = surface(training, request)
        if found is not None:
            yield "surface", {"step": training.state.step, **found}
    yield "end", {"reason": reason, "state": described(training.state)}


class Stream(EventSourceResponse):
    """The events of a training run, one of so many at a time."""

    def __init__(self, training: Training, request: TrainRequest, pipeline: Pipeline) -> None:
        leaving, settings = Event(), pipeline.settings
        super().__init__(
            events(training, request, settings, pipeline.limiter, leaving),
            shutdown_event=leaving,
            shutdown_grace_period=settings.graceful_seconds,
        )
        self.under_way = pipeline.training

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self.under_way:
            await super().__call__(scope, receive, send)


async def events(
    training: Training, request: TrainRequest, settings: Settings, limiter: CapacityLimiter, leaving: Event
) -> AsyncIterator[dict[str, str]]:
    """The run's server-sent events; the work stops when the client goes away, with the iterator.

    Once the service is `leaving`, a run that does not finish in time ends with the state to go on from elsewhere.
    """
    cost = training.cost(request.steps)
    start = {
        "steps": request.steps,
        "epoch_steps": training.epoch_steps,
        "batch_size": training.batch_size,
        "target": training.target,
        "output": training.binding.output,
        "parameters": {name: list(array.shape) for name, array in training.first.items()},
        "cost": {name: getattr(cost, name) for name in ("forward_flops", "backward_flops", "update_flops")}
        | {"total_flops": cost.total_flops, "peak_bytes": cost.peak_bytes},
        "examples": examples(training),
    }
    yield {"event": "start", "data": dumps(start)}
    made = work(training, request, settings.max_training_seconds)

    def some() -> list[tuple[str, Any]]:
        found = []
        for name, data in made:
            if name == "pause":
                break
            found.append((name, data))
        return found

    until = math.inf
    while time.monotonic() < until:
        ready = await to_thread.run_sync(some, limiter=limiter)
        for name, data in ready:
            yield {"event": name, "data": dumps(data)}
            if name == "end":
                return
        if leaving.is_set():
            until = min(until, time.monotonic() + settings.graceful_seconds - MARGIN)
    yield {"event": "end", "data": dumps({"reason": "shutdown", "state": described(training.state)})}


def examples(training: Training, most: int = 500) -> dict[str, Any] | None:
    """The training examples of one or two inputs, for a picture of them; None for more."""
    data = training.dataset
    if data is None or data.inputs.ndim != 2 or data.inputs.shape[1] > 2:
        return None
    return {
        "inputs": encode(data.inputs[:most]),
        "targets": encode(data.targets[:most]),
        "classes": data.classes,
        "features": list(data.features),
        "labels": list(data.labels),
        "threshold": training.binding.threshold,
    }


def datasets(request: RunRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/train/data`: the generated sets that fit, the likeliest first, then its own numbers."""
    graph, _ = prepare(request, settings)
    if graph.target is None or not graph.leaves("parameter"):
        return {"datasets": []}
    lengths = {size for name in fed(graph, None) for size in graph.find(name).shape if size > 1}
    lengths |= {math.prod(graph.find(name).shape) for name in fed(graph, None)}
    classifies = feed.classifies(graph) or any(
        word in scope.name for scope in graph.scopes.values() for word in CLASSIFYING
    )
    found = []
    for name, generator in sources.GENERATORS.items():
        usual, most = generator.classes
        for classes in [usual, *sorted(lengths - {usual})]:
            if classes != usual and not 2 <= classes <= most:
                continue
            for features in [None, *sorted(lengths - {2})] if name == "blobs" else [None]:
                if features is not None and features > 1000:
                    continue
                try:
                    made = sources.generate(name, 16, classes=classes or None, features=features)
                    feed.bind(graph, made).arrays(made, np.dtype(request.dtype))
                except TidegraphError:
                    continue
                found.append(
                    {
                        "name": name,
                        "noise": generator.noise,
                        "classes": classes or None,
                        "features": features,
                        "text": generator.doc,
                    }
                )
    rank = list(LIKELY).index
    found.sort(key=lambda one: ((one["classes"] is not None) != classifies, rank(str(one["name"]))))
    first: dict[str, dict[str, Any]] = {}
    for one in found:
        first.setdefault(str(one["name"]), one)
    text = "The numbers that the program has, the same at every step."
    first[OWN] = {"name": OWN, "noise": 0.0, "classes": None, "features": None, "text": text}
    return {"datasets": list(first.values())}


def start(request: TrainRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/train/start`."""
    training = started(request, settings)
    return {**opening(training), "surface": surface(training, request) if request.surface else None}


def plan(request: TrainRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/train/plan`."""
    training = started(request, settings)
    return {**opening(training), "step_flops": training.cost(1).total_flops, "run": page_run(training, request)}


def page_run(training: Training, request: TrainRequest) -> dict[str, Any] | None:
    """Everything with which a page's own kernels make the run; None where it is too large for them, or has none."""
    binding = training.binding
    made = training.portable
    runs = 1 if binding.batched else training.batch_size
    work = runs * (training.plan.forward_flops + training.plan.backward_flops)
    numbers = sum(math.prod(shape) for shape, _ in made["arrays"])
    numbers += sum(array.size for arrays in (training.examples, training.held) for array in arrays.values())
    if made["missing"] or made["dtype"] != "float64" or len(made["calls"]) > PAGE_CALLS:
        return None
    if numbers > PAGE_NUMBERS or work > PAGE_FLOPS:
        return None
    predicts = binding.output is not None and training.dataset is not None
    if predicts and binding.batched and binding.output_axis is None:
        return None
    data, held, plane = training.dataset, training.validation, grid(training, request.surface)
    sets = {
        "examples": training.examples,
        "held": training.held,
        "plane": {} if plane is None else training.arranged(plane[1]),
    }
    return {
        "plan": made,
        "fixed": lists(training.fixed),
        "first": lists(training.first),
        "batch": binding.batch,
        "batched": binding.batched,
        "count": 0 if data is None else len(data),
        "held": 0 if held is None else len(held),
        "feeds": [
            {"name": feed.name, "axis": feed.axis}
            | {part: encode(arrays[feed.name]) for part, arrays in sets.items() if feed.name in arrays}
            for feed in binding.feeds
        ],
        "targets": None if data is None else encode(data.targets),
        "held_targets": None if held is None else encode(held.targets),
        "classes": 0 if data is None else data.classes,
        "threshold": binding.threshold,
        "output_axis": binding.output_axis if predicts else None,
        "axes": None if plane is None else [encode(axis) for axis in plane[0]],
    }


def opening(training: Training) -> dict[str, Any]:
    """What a run is about, before its first step."""
    return {
        "target": training.target,
        "output": training.binding.output,
        "parameters": {name: list(array.shape) for name, array in training.first.items()},
        "batch_size": training.batch_size,
        "epoch_steps": training.epoch_steps,
        "sizes": named_sizes(training.graph),
        "examples": examples(training),
    }


def moment(request: TrainRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/train/step`: values that trace the present step, and its update with equations."""
    training = started(request, settings)
    values = present(training)
    return {
        "step": training.state.step,
        "averaged": 1 if training.binding.batched else training.batch_size,
        "sizes": overrides(training.graph),
        "values": lists(values),
        "update": [
            {
                "variable": step.variable,
                "before": encode(step.before),
                "gradient": encode(step.gradient),
                "after": encode(step.after),
                "symbolic": list(step.symbolic),
                "numeric": step.numeric,
                "text": step.text,
            }
            for step in updates_of(training, request.digits, request.scientific)
        ],
        "rule": {"name": training.rule.name, "schedule": training.schedule.equation()},
    }
