"""The way of a run from its request to its answer: read, checked, worked out and written, within one budget.

A light run is computed in a thread of this process. What a run costs is counted while it runs; one that
turns out to be heavy starts again in a worker process, which has limits of its own and can be ended at any time.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic, process_time, thread_time
from typing import Any

import anyio
import numpy as np
import orjson
from anyio import CapacityLimiter, to_thread
from fastapi import Request, Response

from tidegraph.app.api.arrays import ArraysAnswer, npy
from tidegraph.app.api.compiled import Program
from tidegraph.app.api.schemas.runs import RunRequest
from tidegraph.app.http import codec as json
from tidegraph.app.http.answer_cache import KEEP, PACKED_FROM, VARY, prefers, takes_packed
from tidegraph.app.http.caching import BoundedCache
from tidegraph.app.http.codec import NPY, SAFETENSORS
from tidegraph.app.http.locale import language_of
from tidegraph.app.http.problems import Problem, problem_of
from tidegraph.app.http.telemetry import Metrics
from tidegraph.app.http.throttling import Limiter, RateLimits, client_of
from tidegraph.app.jobs.outcome import Died, Missing, Workers
from tidegraph.app.settings import Settings
from tidegraph.app.store.links import Links, Unavailable
from tidegraph.app.store.weights import Weights
from tidegraph.engine.graph.budget import Budget, BudgetError, Cancelled, Quantity, TooLarge, TooLong, spend
from tidegraph.engine.language.parser import in_grammar
from tidegraph.engine.messages.catalogue import speaking

GONE = 499
"""The status, in the log alone, of a run whose client did not wait for its answer."""

TURN_SECONDS = 5.0
"""Seconds that a run waits for its turn before 503 is answered."""

READY_SECONDS = 1.0
"""Seconds within which a run can start while the service is ready."""

LIGHT_BODY = 200_000
"""Bytes of a request from which it is not even read in a thread of this process."""

LIGHT: dict[Quantity, int] = {
    "work": 50_000_000,
    "memory": 64_000_000,
    "response": 4_000_000,
    "steps": 400,
    "evaluations": 20_000,
}
"""What a light run may cost at most besides its time, for one call may take long without looking at the clock."""

BUILT = 8
"""Operators that a run may build in graphs, for each that its plan may have: derivatives build several graphs."""

REPEATED = 20
"""How many times the work of the largest single run a request may do: what is measured runs many times."""


@dataclass(frozen=True)
class Run:
    """An endpoint that runs programs: what it reads, and what it makes of it."""

    asks: type[RunRequest]
    work: Callable[[Any, Settings], Any]


RUNS: dict[str, Run] = {}
"""The endpoints that run programs, by their paths."""


@dataclass(frozen=True)
class Task:
    """A request as it is sent to whoever works on it."""

    path: str
    body: bytes
    npy_name: str | None
    """With a .npy file as its body, the variable that it is the value of; and the rest of the request."""
    npy_rest: str | None
    prefers_npy: bool
    prefers_safetensors: bool
    packed: bool
    language: str
    settings: Settings
    key: Hashable
    """What it has in common with requests that cost about the same: all but values and seed."""


@dataclass(frozen=True)
class Written:
    """An answer as bytes. A pure one depends on nothing but its request."""

    body: bytes
    media_type: str | None
    pure: bool
    packed: bool
    seconds: float
    """Seconds of computing that it took."""


class Heavy(Exception):
    """A run that costs too much for a thread of this process."""


heavy: BoundedCache[bool] = BoundedCache(100_000)
"""Whether requests of a key turned out to be heavy, each of size 1: these are not tried in a thread again."""


def perform(task: Task, light: bool = False) -> Written:
    """The answer to a request, within the budget that the caller has set."""
    start = thread_time()
    run, settings = RUNS[task.path], task.settings
    request = with_weights(json.read(run.asks, document_of(task)), settings)
    if light and heavy.get(task.key):
        raise Heavy
    try:
        request = seeded(request)
        with speaking(task.language):
            content = with_warnings(run.work(request, settings), request, task)
            written = write(task, content, request.pure)
    except BudgetError:
        if light:
            heavy.put(task.key, True, 1)
        raise
    if light:
        heavy.put(task.key, False, 1)
    return Written(*written, seconds=thread_time() - start)


def with_weights(request: RunRequest, settings: Settings) -> RunRequest:
    """A request with the stored weights that it names among its values; a `Problem` where they are not there."""
    if request.weights is None:
        return request
    store = Weights(settings.weights_url, Links(settings.database_url, settings.max_links), settings.max_stored_bytes)
    try:
        found = store.get(request.weights)
    except Unavailable as error:
        raise Problem(503, "store-unavailable", {"Retry-After": "5"}, reason=str(error), seconds=5) from None
    if found is None:
        raise Problem(422, "unknown-weights", name=request.weights)
    return request.model_copy(update={"values": {**found, **request.values}})


def seeded(request: RunRequest) -> RunRequest:
    """A run with a cotangent: its target is the product of the cotangent and the variable that it names."""
    seed, name = request.cotangent, request.target
    if seed is None:
        return request
    if request.program is None or name is None:
        raise Problem(422, "cotangent-without-target")
    product = f"dot_{name}"
    program = f"{in_grammar(request.program).rstrip()}\n{product} = sum({seed.tolist()} * {name})\n"
    return request.model_copy(update={"program": program, "target": product, "cotangent": None})


def with_warnings(content: Any, request: RunRequest, task: Task) -> Any:
    """An answer with the warnings of its program, in the language of the request."""
    if request.program is None or not isinstance(content, (dict, ArraysAnswer)):
        return content
    found = [w.to_dict(task.language) for w in Program(request, task.settings).graph.warnings]
    if not found:
        return content
    if isinstance(content, dict):
        return content | {"warnings": found}
    return replace(content, warnings=found)


def perform_alone(task: Task) -> Written:
    """The same in a process that works on nothing else, within the whole budget of a request."""
    start = process_time()
    with whole_budget(task.settings):
        written = perform(task)
    return Written(written.body, written.media_type, written.pure, written.packed, process_time() - start)


def key_of(path: str, body: bytes, rest: str | None) -> Hashable:
    """What tells apart requests that cost differently: the endpoint, the program, its sizes, about how long it is."""
    try:
        found = orjson.loads(body if rest is None else rest)
        said = [found.get(name) for name in ("program", "graph", "scopes", "target", "sizes")]
        return hash((path, len(body).bit_length(), orjson.dumps(said)))
    except (ValueError, TypeError, AttributeError):
        return None


def whole_budget(settings: Settings) -> Budget:
    """What one request may cost."""
    operators = settings.max_operators
    return Budget(
        {
            "operators": BUILT * operators,
            "elements": settings.max_elements,
            "statements": 4 * operators,
            "work": REPEATED * settings.max_flops,
            "memory": settings.max_bytes,
            "response": settings.max_response_bytes,
        },
        settings.max_seconds,
    )


def light_budget(settings: Settings) -> Budget:
    """What one request may cost in a thread of this process."""
    return Budget({**LIGHT, "elements": settings.max_elements}, settings.max_seconds, settings.light_seconds)


def document_of(task: Task) -> Any:
    """What a request contains: JSON, or the array of a .npy file and the rest of the run from the address."""
    if task.npy_rest is None:
        return json.loads(task.body) if task.body else None
    run, name = json.loads(task.npy_rest.encode()), task.npy_name
    if name is None or not isinstance(run, dict) or not isinstance(run.get("values", {}), dict):
        raise Problem(422, "array-without-run")
    return {**run, "values": {**run.get("values", {}), name: {"npy": b64encode(task.body).decode()}}}


def write(task: Task, content: Any, pure: bool) -> tuple[bytes, str | None, bool, bool]:
    """`content` as the client accepts it: JSON, an array alone as a .npy file, or a file; compressed or not."""
    media_type: str | None
    if isinstance(content, Response):
        body, media_type = bytes(content.body), content.media_type
    elif isinstance(content, ArraysAnswer):
        if task.prefers_safetensors:
            body, media_type = content.to_safetensors(), SAFETENSORS
        else:
            body, media_type = json.dump(content.to_dict()), "application/json"
    elif task.prefers_npy and (array := alone(content)) is not None:
        body, media_type = npy(array), NPY
    else:
        body, media_type = json.dump(content), "application/json"
    limit = task.settings.max_response_bytes
    if len(body) > limit:
        raise TooLarge("response", len(body), limit)
    if not (task.packed and len(body) >= PACKED_FROM):
        return body, media_type, pure, False
    spend("response", 0)
    return gzip.compress(body, 4, mtime=0), media_type, pure, True


def alone(content: dict[str, Any]) -> np.ndarray | None:
    """The one array that an answer is about, where it is about one."""
    found = content.get("data", content.get("jacobian"))
    return found if isinstance(found, np.ndarray) else None


@dataclass(frozen=True)
class Pipeline:
    """The threads and processes that work on runs, how many may wait for them, and what each client may use."""

    settings: Settings
    limiter: CapacityLimiter
    new_limiter: CapacityLimiter
    """Threads for requests of which it is not known that they are light; the others do not wait for them."""
    heavy_limiter: CapacityLimiter
    processes: Workers
    waiting: Limiter
    heavy_waiting: Limiter
    training: Limiter
    sweeps: Limiter
    limits: RateLimits
    metrics: Metrics

    async def ready(self) -> None:
        """A `Problem` where no further run would start within `READY_SECONDS`."""
        with self.waiting:
            async with self.turn(self.limiter, monotonic() + READY_SECONDS, READY_SECONDS):
                await to_thread.run_sync(int)

    async def answer(self, http: Request, task: Task) -> Response:
        """The answer to `http`; nothing is computed for a client that left."""
        client = client_of(http.scope)
        with self.waiting:
            await self.admit(client)
            written = await self.work(http, task)
        if written is None:
            return Response(status_code=GONE)
        await self.limits.charge(client, written.seconds)
        response = Response(written.body, media_type=written.media_type)
        response.headers["Cache-Control"] = KEEP if written.pure else "no-store"
        response.headers["Vary"] = VARY
        if written.packed:
            response.headers["Content-Encoding"] = "gzip"
        return response

    async def admit(self, client: str) -> None:
        """Count one more run of a client; a `Problem` if it has used too much."""
        try:
            await self.limits.admit(client)
        except Problem:
            self.metrics.refused_runs.labels("rate").inc()
            raise

    async def work(self, http: Request, task: Task) -> Written | None:
        """The answer to a request, from a thread or from a worker process; None once the client has left."""
        until = monotonic() + TURN_SECONDS
        slow = False
        try:
            known = heavy.get(task.key)
            if len(task.body) < LIGHT_BODY and not known:
                waits = self.limiter.available_tokens < 1
                async with AsyncExitStack() as turns:
                    if known is None:
                        await turns.enter_async_context(self.turn(self.new_limiter, until))
                    await turns.enter_async_context(self.turn(self.limiter, until))
                    if waits and await http.is_disconnected():
                        return None
                    try:
                        return await to_thread.run_sync(light, task)
                    except TooLong:
                        slow = True
                    except (BudgetError, Heavy):
                        pass
            with self.heavy_waiting:
                async with self.turn(self.heavy_limiter, monotonic() + TURN_SECONDS):
                    written: Written | None = await self.watched(http, lambda: self.outside(task))
            if slow and written is not None and written.seconds < self.settings.light_seconds:
                heavy.put(task.key, False, 1)  # the thread was slow, not the run
            return written
        except BudgetError as error:
            self.metrics.stopped(error)
            raise problem_of(error) from None
        except Problem as error:
            if error.error.code == "limit-exceeded":
                self.metrics.refused_runs.labels("cost").inc()
            raise

    async def outside(self, task: Task) -> Written:
        """The answer to a request from a worker process."""
        for attempts_left in (1, 0):
            try:
                return await self.processes.run(perform_alone, task, task.settings.max_seconds)
            except Missing as error:
                raise missing(error) from None
            except Died:
                self.metrics.killed_workers.inc()
                if not attempts_left:
                    break
        raise Problem(503, "worker-lost", {"Retry-After": "5"}, seconds=5)

    async def elsewhere(self, http: Request, work: Callable[[Any], Any], given: Any) -> Any:
        """`work(given)` in a worker process; None once the client has left."""
        try:
            with self.heavy_waiting:
                async with self.turn(self.heavy_limiter, monotonic() + TURN_SECONDS):
                    return await self.watched(http, lambda: self.processes.run(work, given, self.settings.max_seconds))
        except Missing as error:
            raise missing(error) from None
        except Died:
            raise Problem(503, "worker-lost", {"Retry-After": "5"}, seconds=5) from None
        except BudgetError as error:
            self.metrics.stopped(error)
            raise problem_of(error) from None

    async def in_thread(self, http: Request, work: Callable[[], Any]) -> Any:
        """What `work` gives in a thread of this process, within the whole budget of a request."""
        budget = whole_budget(self.settings)

        def bounded() -> Any:
            with budget:
                return work()

        async def run() -> Any:
            try:
                return await to_thread.run_sync(bounded)
            finally:
                budget.stop()

        try:
            async with self.turn(self.limiter, monotonic() + TURN_SECONDS):
                return await self.watched(http, run, budget)
        except BudgetError as error:
            self.metrics.stopped(error)
            raise problem_of(error) from None

    @asynccontextmanager
    async def turn(self, limiter: CapacityLimiter, until: float, patience: float = TURN_SECONDS) -> AsyncIterator[None]:
        """One of the places of `limiter`; a `Problem` where there is none by `until`."""
        kind = {id(self.heavy_limiter): "heavy", id(self.new_limiter): "new"}.get(id(limiter), "light")
        waiting, running = self.metrics.runs_waiting.labels(kind), self.metrics.runs_running.labels(kind)
        with waiting.track_inprogress(), anyio.move_on_after(max(0.0, until - monotonic())) as waited:
            await limiter.acquire()
        if waited.cancelled_caught:
            self.metrics.refused_runs.labels("busy").inc()
            raise Problem(503, "busy", {"Retry-After": "5"}, waited=patience, seconds=5)
        try:
            with running.track_inprogress():
                yield
        finally:
            limiter.release()

    async def watched(
        self, http: Request, work: Callable[[], Coroutine[Any, Any, Any]], budget: Budget | None = None
    ) -> Any:
        """What `work` gives; it is cancelled, and None is given, once the client leaves."""
        result, raised = None, None

        async def run() -> None:
            nonlocal result, raised
            try:
                result = await work()
            except Exception as error:
                raised = error
            tasks.cancel_scope.cancel()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            while (await http.receive())["type"] != "http.disconnect":
                pass
            if budget is not None:
                budget.stop()
            tasks.cancel_scope.cancel()
        if raised is not None and not isinstance(raised, Cancelled):
            raise raised
        return result


def missing(error: Missing) -> Problem:
    """What of the cluster cannot be reached, as a `Problem`."""
    return Problem(503, f"dask-no-{error.what}", {"Retry-After": "10"}, seconds=10)


def light(task: Task) -> Written:
    """The answer to a request in a thread of this process. Raises BudgetError or Heavy where it costs too much."""
    with light_budget(task.settings):
        return perform(task, light=True)


class RunRoute(json.JsonRoute):
    """A route of `RUNS`: its requests go through the pipeline instead of FastAPI's own reading and writing."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def handle(request: Request) -> Response:
            pipeline: Pipeline = request.app.state.pipeline
            return await pipeline.answer(request, await task_of(request, self.path, pipeline.settings))

        return handle


async def task_of(http: Request, path: str, settings: Settings) -> Task:
    """A request as a task; a `Problem` if it is sent as anything but JSON or a .npy file."""
    is_npy = json.media_type(http) == NPY
    if not is_npy:
        json.require(http)
    body, rest = await http.body(), http.query_params.get("request", "{}") if is_npy else None
    return Task(
        path=path,
        body=body,
        npy_name=http.query_params.get("value") if is_npy else None,
        npy_rest=rest,
        prefers_npy=prefers(http.scope, NPY),
        prefers_safetensors=prefers(http.scope, SAFETENSORS),
        packed=takes_packed(http.scope),
        language=language_of(http.scope),
        settings=settings,
        key=key_of(path, body, rest),
    )
