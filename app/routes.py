"""The REST API: thin endpoints around `app.runs`, and what OpenAPI says of them."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import numpy as np
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sse_starlette import EventSourceResponse

from app import costs, derivatives, devices, examples, export, json, runs, training
from app.admission import Waiting
from app.arrays import NPY, npy
from app.caching import BoundedCache, etag, matches
from app.observing import Metrics
from app.operators import describe_all
from app.problems import Problem
from app.schemas import (
    BatchRequest,
    BatchResponse,
    CheckRequest,
    CheckResponse,
    DirectionRequest,
    Example,
    GradientsResponse,
    Health,
    HessianRequest,
    HessianResponse,
    HvpResponse,
    JacobianRequest,
    JacobianResponse,
    JvpResponse,
    KeptResponse,
    Model,
    OperatorDescription,
    ProblemDocument,
    RunRequest,
    TangentsRequest,
    TangentsResponse,
    TensorRequest,
    TensorResponse,
    TraceResponse,
)
from app.schemas_costs import MemoryRequest, MemoryResponse
from app.schemas_devices import DiffRequest, DiffResponse, PartitionRequest, PartitionResponse
from app.schemas_export import ExportRequest
from app.schemas_training import DatasetsResponse, StepResponse, TrainRequest
from app.settings import Settings

R = TypeVar("R", bound=RunRequest)

PROBLEMS: dict[int | str, tuple[str, dict[str, Any]]] = {
    400: (
        "The body is not JSON.",
        {"title": "Invalid JSON", "detail": "The body is not JSON: unexpected character.", "line": 1, "column": 3},
    ),
    404: (
        "There is nothing of this name.",
        {"title": "Not Found", "detail": "There is no example 'chaptre'."},
    ),
    413: (
        "The body or the program is too long.",
        {
            "title": "Limit exceeded",
            "detail": "The program length of this request would be 60,000 characters; this server allows 50,000.",
            "quantity": "program length",
            "value": 60_000,
            "limit": 50_000,
        },
    ),
    415: (
        "The body is not sent as application/json.",
        {"title": "Unsupported Media Type", "detail": "The body of this request is JSON."},
    ),
    422: (
        "The program, a value or an option is wrong, or the run would cost too much.",
        {
            "title": "Invalid program",
            "detail": "there is no operator rellu",
            "hint": "did you mean relu?",
            "line": 3,
            "column": 5,
        },
    ),
    408: (
        "The body did not arrive in time.",
        {"title": "Request Timeout", "detail": "The body did not arrive within 20 s."},
    ),
    429: (
        "Too many requests came from this address; Retry-After says when to try again.",
        {"title": "Too Many Requests", "detail": "More than 1200 requests in minute came from this address."},
    ),
    503: (
        "Too many runs are under way; Retry-After says when to try again.",
        {"title": "Service Unavailable", "detail": "64 runs are under way or waiting already."},
    ),
    "default": (
        "Any other error.",
        {"title": "Internal Server Error", "detail": "Something went wrong on our side.", "status": 500},
    ),
}


EVENTS = """\
Server-sent events. `start`: sizes, cost, examples of one or two inputs. `step`: step, epoch, rate, loss, metrics,
gradient norms, at intervals the validation loss and a snapshot. `surface`: predictions over the inputs' plane or line.
`divergence`: the operator in which NaN or infinity arose. `end`: why it ended and the state to go on from."""

EVENT = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["start", "step", "surface", "divergence", "end"]},
        "data": {"type": "string", "description": "JSON."},
    },
    "required": ["event", "data"],
}
"""One event, as a reader of server-sent events hands it on."""

FILES = ("text/html", "application/json", "text/x-tex")
FILE = {"schema": {"type": "string"}}

RUN = (400, 408, 413, 415, 422, 429, 503)
"""What may be wrong with a run."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of the problem documents that an endpoint answers."""
    listed: dict[int | str, dict[str, Any]] = {}
    documented: tuple[int | str, ...] = (*statuses, "default")
    for status in documented:
        description, members = PROBLEMS[status]
        example = {"type": "about:blank", "status": status, **members}
        content = {"application/json": {"example": example}}
        listed[status] = {"model": ProblemDocument, "description": description, "content": content}
    return listed


@dataclass(frozen=True)
class Workers:
    """The threads that compute, apart from those that serve, so that a large graph holds up no health check."""

    settings: Settings
    limiter: CapacityLimiter
    waiting: Waiting
    answers: BoundedCache[Response]
    metrics: Metrics

    async def answer(self, http: Request, work: Callable[[R, Settings], Any], run: R) -> Response:
        """The response of `work`, done in a thread of its own unless client or cache have it already."""
        tag = etag(http, await http.body())
        headers = {"ETag": tag, "Cache-Control": "private, max-age=86400", "Vary": "Accept"}
        if matches(http.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        known = self.answers.get(tag)
        if known is not None:
            self.metrics.cache_hits.inc()
            return afresh(known)
        with self.waiting:
            content = await to_thread.run_sync(lambda: work(run, self.settings), limiter=self.limiter)
            response = await to_thread.run_sync(lambda: respond(http, content), limiter=self.limiter)
        response.headers.update(headers)
        self.answers.put(tag, response, len(response.body))
        return afresh(response)


def afresh(response: Response) -> Response:
    """The same answer with headers of its own: middleware that compresses it changes them."""
    fresh = copy(response)
    fresh.raw_headers = list(response.raw_headers)
    vars(fresh).pop("_headers", None)
    return fresh


def respond(http: Request, content: Any) -> Response:
    """`content` as the client accepts it: JSON, or an array alone as a .npy file."""
    if isinstance(content, Response):
        return content
    if NPY in http.headers.get("accept", "") and isinstance(content.get("data"), np.ndarray):
        return Response(npy(content["data"]), media_type=NPY)
    return json.respond(content)


@dataclass(frozen=True)
class Desk:
    """The workers, and the request that they answer."""

    workers: Workers
    http: Request

    async def answer(self, work: Callable[[R, Settings], Any], run: R) -> Response:
        """The response of `work` to `run`."""
        return await self.workers.answer(self.http, work, run)


def desk_of(request: Request) -> Desk:
    """The workers of the application that answers `request`."""
    return Desk(request.app.state.workers, request)


TheDesk = Annotated[Desk, Depends(desk_of)]

api = APIRouter(prefix="/api/v1", route_class=json.JsonRoute)
health = APIRouter(tags=["operations"])


@api.post(
    "/gradients",
    tags=["runs"],
    summary="Values and gradients",
    response_model=GradientsResponse,
    responses=problems(*RUN),
)
async def gradients(run: RunRequest, desk: TheDesk) -> Response:
    """Run a program: every variable's value, and every gradient of the target."""
    return await desk.answer(runs.gradients, run)


@api.post(
    "/trace",
    tags=["runs"],
    summary="The graph and every step",
    response_model=TraceResponse,
    responses=problems(*RUN),
)
async def trace(run: RunRequest, desk: TheDesk) -> Response:
    """Run a program and keep everything: the graph, and each step forward and back with its equation."""
    return await desk.answer(runs.trace, run)


@api.post(
    "/batch",
    tags=["runs"],
    summary="Many runs of one program",
    response_model=BatchResponse,
    responses=problems(*RUN),
)
async def batch(run: BatchRequest, desk: TheDesk) -> Response:
    """Run one program with many sets of values: compiled once, answered in their order."""
    return await desk.answer(runs.batch, run)


@api.post(
    "/tensor",
    tags=["runs"],
    summary="A slice of one array",
    response_model=TensorResponse,
    responses=problems(*RUN),
)
async def tensor(run: TensorRequest, desk: TheDesk) -> Response:
    """Run a program: any slice of one value or gradient, also of an array that other answers summarise."""
    return await desk.answer(runs.tensor, run)


def run_route(
    path: str,
    work: Callable[[Any, Settings], dict[str, Any]],
    asks: type[RunRequest],
    answers: type[Model],
    tag: str = "derivatives",
    **told: str,
) -> None:
    """Add `POST path`: a run's request in, the answer of `work` out."""

    async def endpoint(run: Any, desk: TheDesk) -> Response:
        return await desk.answer(work, run)

    endpoint.__annotations__["run"] = asks
    endpoint.__name__ = path.strip("/").replace("/", "_")
    endpoint.__doc__ = told["description"]
    api.post(path, tags=[tag], summary=told["summary"], response_model=answers, responses=problems(*RUN))(endpoint)


run_route(
    "/jvp", derivatives.jvp, DirectionRequest, JvpResponse,
    summary="Forward mode", description="How every result moves as variables move along directions.",
)  # fmt: skip
run_route(
    "/tangents", derivatives.tangents, TangentsRequest, TangentsResponse,
    summary="Forward mode, step by step", description="Push one direction forward; the costs of both modes.",
)  # fmt: skip
run_route(
    "/hvp", derivatives.hvp, DirectionRequest, HvpResponse,
    summary="Hessian-vector products", description="Second derivatives of the target times the directions.",
)  # fmt: skip
run_route(
    "/jacobian", derivatives.jacobian, JacobianRequest, JacobianResponse,
    summary="A Jacobian", description="Each derivative of one variable for another.",
)  # fmt: skip
run_route(
    "/hessian", derivatives.hessian, HessianRequest, HessianResponse,
    summary="The Hessian", description="Second derivatives of the target, a block for every pair of variables.",
)  # fmt: skip
run_route(
    "/check", derivatives.check, CheckRequest, CheckResponse,
    summary="A numerical check", description="Gradients beside finite differences.",
)  # fmt: skip
run_route(
    "/kept", derivatives.kept, CheckRequest, KeptResponse,
    summary="What the backward pass reads", description="Which values are kept from the forward pass, and by whom.",
)  # fmt: skip


@api.post(
    "/export",
    tags=["runs"],
    summary="A run as a file",
    response_class=Response,
    responses=problems(*RUN) | {200: {"description": "The file.", "content": dict.fromkeys(FILES, FILE)}},
)
async def export_run(run: ExportRequest, desk: TheDesk) -> Response:
    """Run a program and write it as a page that plays without a server, as its trace, or as LaTeX."""
    return await desk.answer(export.export, run)


@api.post(
    "/train",
    tags=["training"],
    summary="Train, streamed",
    response_class=EventSourceResponse,
    responses=problems(*RUN) | {200: {"description": EVENTS, "content": {"text/event-stream": {"schema": EVENT}}}},
)
async def train(run: TrainRequest, desk: TheDesk) -> Response:
    """Train a program on data: server-sent events `start`, `step`, `surface`, `divergence` and `end`."""
    workers = desk.workers
    with workers.waiting:
        begun = await to_thread.run_sync(training.started, run, workers.settings, limiter=workers.limiter)
    return EventSourceResponse(training.events(begun, run, workers.settings, workers.limiter))


run_route(
    "/train/step", training.moment, TrainRequest, StepResponse,
    summary="One step of training", description="Values that trace a step of a run, and its update with equations.",
)  # fmt: skip
run_route(
    "/train/data", training.datasets, RunRequest, DatasetsResponse,
    summary="Sets to train on", description="The generated data sets that fit a program, the likeliest first.",
)  # fmt: skip
run_route(
    "/memory", costs.memory, MemoryRequest, MemoryResponse,
    summary="Memory", description="Bytes live at each step of prediction and of training, before anything runs.",
)  # fmt: skip
run_route(
    "/partition", devices.partition, PartitionRequest, PartitionResponse, tag="devices",
    summary="A graph over several devices",
    description="Which operator runs where, what crosses each link, and the strategies with their costs.",
)  # fmt: skip
run_route(
    "/diff", devices.diff, DiffRequest, DiffResponse, tag="edits",
    summary="What an edit changes",
    description="Nodes added, removed, changed and downstream between two programs; their equations side by side.",
)  # fmt: skip


@api.get("/operators", tags=["language"], summary="Every operator", responses=problems())
async def operators() -> list[OperatorDescription]:
    """Every operator of the program language."""
    return describe_all()


@api.get("/examples", tags=["language"], summary="Every example", responses=problems())
async def list_examples() -> list[Example]:
    """The programs that come with Tidegraph, and where their nodes are drawn."""
    return list(examples.load().values())


@api.get("/examples/{name}", tags=["language"], summary="One example", responses=problems(404))
async def example(name: str) -> Example:
    """One of them."""
    try:
        return examples.load()[name]
    except KeyError:
        raise Problem(
            404, "Not Found", f"There is no example {name!r}.", hint="GET /api/v1/examples lists them."
        ) from None


@health.get("/healthz", summary="Health", responses=problems())
async def healthz() -> Health:
    """Whether the service answers."""
    return Health()


@health.get("/readyz", summary="Readiness", response_model=Health, responses=problems(503))
async def readyz(request: Request) -> Health:
    """Whether another run would be taken: no while the service is full."""
    workers: Workers = request.app.state.workers
    with workers.waiting:
        return Health()


@health.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Requests, times and cached answers, for Prometheus."""
    workers: Workers = request.app.state.workers
    return Response(generate_latest(workers.metrics.registry), media_type=CONTENT_TYPE_LATEST)
