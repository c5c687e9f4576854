"""One training run for every point of a grid: learning rates, seeds and widths, spread over the workers.

A run is computed in legs of about `LEG_SECONDS`, each by whichever worker is free, which passes its state on; so a
worker that dies costs one leg, and other heavy runs get their turn between two legs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from time import monotonic
from typing import Any

import anyio
from anyio import CapacityLimiter, Event
from anyio.streams.memory import MemoryObjectSendStream
from sse_starlette import EventSourceResponse
from starlette.types import Receive, Scope, Send

from tidegraph.app.api.arrays import encode_number
from tidegraph.app.api.pipeline import Pipeline, missing, whole_budget
from tidegraph.app.api.schemas.training import SweepRequest, TrainRequest
from tidegraph.app.api.training import described, started, state_of
from tidegraph.app.http.codec import dumps
from tidegraph.app.http.problems import Problem, exceeded, problem_of
from tidegraph.app.jobs.outcome import Died, Missing
from tidegraph.app.settings import Settings
from tidegraph.engine.graph import TidegraphError
from tidegraph.engine.graph.budget import BudgetError
from tidegraph.engine.messages.catalogue import speaking
from tidegraph.engine.training.loop import RunState

LEG_SECONDS = 1.0
"""Seconds of training after which a run makes room for others."""

POINTS = 200
"""Points of a curve."""

ATTEMPTS = 3
"""How often a leg is begun whose worker dies."""


@dataclass(frozen=True)
class Point:
    """One run of a sweep: its number, and what it has of its own."""

    run: int
    learning_rate: float | None
    seed: int
    widths: dict[str, int]

    def request(self, sweep: SweepRequest) -> TrainRequest:
        """The run as a request of its own."""
        rule = sweep.optimizer
        if self.learning_rate is not None:
            rule = rule.model_copy(update={"settings": {**rule.settings, "learning_rate": self.learning_rate}})
        fields = {name: getattr(sweep, name) for name in TrainRequest.model_fields}
        own = {"optimizer": rule, "seed": self.seed, "sizes": {**sweep.sizes, **self.widths}}
        return TrainRequest.model_construct(**{**fields, **own, "state": sweep.states.get(str(self.run))})

    def to_dict(self) -> dict[str, Any]:
        """The point as JSON."""
        return {"run": self.run, "learning_rate": self.learning_rate, "seed": self.seed, "widths": self.widths}


def points(sweep: SweepRequest) -> list[Point]:
    """Every point of the grid: widths change slowest, seeds fastest."""
    rates: list[float | None] = list(sweep.learning_rates) or [None]
    widths = [dict(zip(sweep.widths, sizes, strict=True)) for sizes in product(*sweep.widths.values())]
    grid = product(widths, rates, sweep.seeds or [sweep.seed])
    return [Point(number, rate, seed, sizes) for number, (sizes, rate, seed) in enumerate(grid)]


@dataclass(frozen=True)
class Question:
    """A sweep to be checked."""

    sweep: SweepRequest
    settings: Settings


def planned(question: Question) -> list[Point]:
    """The points of a sweep, on whichever worker.

    Raises Problem or TidegraphError where one of them cannot be run, or all of them cost too much.
    """
    sweep, settings = question.sweep, question.settings
    lengths = [max(1, len(sweep.learning_rates)), max(1, len(sweep.seeds)), *map(len, sweep.widths.values())]
    count = math.prod(lengths)
    if count > settings.max_sweep_runs:
        raise exceeded(422, "runs", count, settings.max_sweep_runs, "runs")
    found, flops = points(sweep), 0
    costs: dict[tuple[tuple[str, int], ...], int] = {}
    with whole_budget(settings):
        for point in found:
            sizes = tuple(sorted(point.widths.items()))
            if sizes not in costs:
                training = started(point.request(sweep), settings)
                costs[sizes] = training.cost(sweep.steps).total_flops
                held = sum(array.nbytes for array in training.first.values()) * (1 + len(training.rule.moments))
                if held > settings.max_response_bytes // 8:
                    raise exceeded(422, "memory", held, settings.max_response_bytes // 8, "bytes")
            flops += costs[sizes]
    if flops > settings.max_training_flops:
        raise exceeded(422, "work", flops, settings.max_training_flops, "floating-point operations")
    return found


@dataclass(frozen=True)
class Leg:
    """A part of one run: its request, where it goes on from, and what it may use."""

    request: TrainRequest
    state: RunState | None
    settings: Settings
    language: str


@dataclass
class Curve:
    """What a run has shown so far: losses by step, those of the validation examples too, and where it stands."""

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    validation: list[tuple[int, float]] = field(default_factory=list)
    state: RunState | None = None
    reason: str | None = None
    """Why it ended, None while it goes on."""
    seconds: float = 0.0

    def extend(self, more: Curve) -> None:
        """Add what came after."""
        self.steps += more.steps
        self.losses += more.losses
        self.validation += more.validation
        self.state, self.reason = more.state, more.reason
        self.seconds += more.seconds

    @property
    def loss(self) -> float:
        """What runs are compared by: the last loss of the validation examples, where there are any."""
        found = self.validation[-1][1] if self.validation else self.losses[-1] if self.losses else math.nan
        return found if math.isfinite(found) and self.reason != "diverged" else math.inf

    def to_dict(self) -> dict[str, Any]:
        """The curve as JSON."""
        return {
            "reason": self.reason,
            "steps": self.steps,
            "losses": [encode_number(loss) for loss in self.losses],
            "validation": [[step, encode_number(loss)] for step, loss in self.validation],
        }


def advance(leg: Leg) -> Curve:
    """One leg of a run, on whichever worker."""
    begun, request, made = monotonic(), leg.request, Curve()
    with speaking(leg.language), whole_budget(leg.settings):
        training = started(request, leg.settings)
        if leg.state is not None:
            training.state = leg.state
        last = request.steps
        every = max(1, math.ceil(request.steps / POINTS))
        for report in training.run(last - training.state.step):
            if report.step % every == 0 or report.step == last - 1 or report.divergence is not None:
                made.steps.append(report.step)
                made.losses.append(report.loss)
            if report.validation_loss is not None:
                made.validation.append((report.step, report.validation_loss))
            if report.divergence is not None:
                made.reason = "diverged"
            elif monotonic() - begun > LEG_SECONDS:
                break
        if made.reason is None and training.state.step >= last:
            made.reason = "finished"
    made.state, made.seconds = training.state, monotonic() - begun
    return made


class Stream(EventSourceResponse):
    """The events of a sweep, one of so many at a time."""

    def __init__(self, sweep: SweepRequest, found: list[Point], pipeline: Pipeline, client: str, language: str) -> None:
        leaving = Event()
        send, receive = anyio.create_memory_object_stream[dict[str, str]](16)
        job = Job(sweep, found, pipeline, client, language, leaving, send)
        super().__init__(
            receive,
            data_sender_callable=job.run,
            shutdown_event=leaving,
            shutdown_grace_period=pipeline.settings.graceful_seconds,
        )
        self.under_way = pipeline.sweeps
        self.ends = send, receive

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        send_end, receive_end = self.ends
        with send_end, receive_end, self.under_way:
            await super().__call__(scope, receive, send)


class Job:
    """A sweep at work: its runs side by side, as many as there are workers."""

    def __init__(
        self,
        sweep: SweepRequest,
        found: list[Point],
        pipeline: Pipeline,
        client: str,
        language: str,
        leaving: Event,
        out: MemoryObjectSendStream[dict[str, str]],
    ) -> None:
        self.sweep, self.points, self.pipeline = sweep, found, pipeline
        self.client, self.language, self.leaving, self.out = client, language, leaving, out
        self.curves: dict[int, Curve] = {}
        self.skipped = set(sweep.skip)
        self.deadline = monotonic() + pipeline.settings.max_training_seconds
        self.stopped: str | None = None
        self.problem: Problem | None = None

    async def send(self, event: str, **data: Any) -> None:
        """Send one event."""
        await self.out.send({"event": event, "data": dumps(data)})

    async def run(self) -> None:
        """All events of the sweep."""
        workers = self.pipeline.heavy_limiter.total_tokens
        side_by_side = CapacityLimiter(workers)
        async with self.out:
            await self.send("start", runs=[one.to_dict() for one in self.points], steps=self.sweep.steps)
            async with anyio.create_task_group() as tasks:
                for point in self.points:
                    if point.run not in self.skipped:
                        tasks.start_soon(partial(self.follow, point, side_by_side))
            for point in self.points:
                if (curve := self.curves.get(point.run)) is not None and curve.reason is None:
                    await self.send("result", **point.to_dict(), **curve.to_dict())
            await self.send("end", **self.end())

    async def follow(self, point: Point, side_by_side: CapacityLimiter) -> None:
        """One run, leg by leg."""
        async with side_by_side:
            request = point.request(self.sweep)
            more: dict[str, Any] = {}
            curve = Curve(state=None if request.state is None else state_of(request.state))
            while self.going_on() and curve.reason is None:
                try:
                    curve.extend(await self.leg(request, curve.state))
                except (Problem, TidegraphError) as error:
                    problem = problem_of(error) if isinstance(error, TidegraphError) else error
                    if isinstance(error, BudgetError):
                        self.pipeline.metrics.stopped(error)
                    if problem.status_code == 503:
                        self.stopped, self.problem = "no-workers", problem
                        break
                    curve.reason, more = "refused", {"problem": problem.document(self.language)}
                self.curves[point.run] = curve
                if curve.reason is not None:
                    await self.send("result", **point.to_dict(), **curve.to_dict(), **more)
                step = curve.state.step if curve.state is not None else 0
                loss = encode_number(curve.losses[-1]) if curve.losses else None
                await self.send("progress", run=point.run, step=step, loss=loss, done=self.done, total=len(self.points))

    def going_on(self) -> bool:
        """Whether there is time for another leg."""
        if self.leaving.is_set():
            self.stopped = self.stopped or "shutdown"
        elif monotonic() > self.deadline:
            self.stopped = self.stopped or "time"
        return self.stopped is None

    @property
    def done(self) -> int:
        """How many runs have ended."""
        return len(self.skipped) + sum(curve.reason is not None for curve in self.curves.values())

    async def leg(self, request: TrainRequest, state: RunState | None) -> Curve:
        """One leg on a worker, begun again where the worker dies."""
        pipeline = self.pipeline
        leg = Leg(request, state, pipeline.settings, self.language)
        for _ in range(ATTEMPTS):
            async with pipeline.turn(pipeline.heavy_limiter, math.inf):
                try:
                    made = await pipeline.processes.run(advance, leg, pipeline.settings.max_seconds)
                except Died:
                    pipeline.metrics.killed_workers.inc()
                    continue
                except Missing as error:
                    raise missing(error) from None
            await pipeline.limits.charge(self.client, made.seconds)
            return made
        raise Problem(502, "worker-lost", seconds=5)

    def end(self) -> dict[str, Any]:
        """The last event: why it ends, the best run with its state, and what is left with the states to go on from."""
        over = {number: curve for number, curve in self.curves.items() if curve.reason == "finished"}
        best = min(over, key=lambda number: over[number].loss, default=None)
        begun = {n: curve for n, curve in self.curves.items() if curve.reason is None}
        reason = self.stopped or "finished"
        return {
            "reason": reason,
            "best": best,
            "state": described(state) if best is not None and (state := over[best].state) is not None else None,
            "left": [p.run for p in self.points if p.run not in self.skipped and self.open(p.run)],
            "states": {str(n): described(curve.state) for n, curve in begun.items() if curve.state is not None},
            "problem": None if self.problem is None else self.problem.document(self.language),
        }

    def open(self, run: int) -> bool:
        """Whether a run has not ended."""
        return run not in self.curves or self.curves[run].reason is None
