"""The REST API: thin endpoints around `app.runs`, and what OpenAPI says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Request, Response

from app import examples, json, runs
from app.operators import describe_all
from app.problems import Problem
from app.schemas import (
    Example,
    GradientsResponse,
    Health,
    OperatorDescription,
    ProblemDocument,
    RunRequest,
    TensorRequest,
    TensorResponse,
    TraceResponse,
)
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
    "default": (
        "Any other error.",
        {"title": "Internal Server Error", "detail": "Something went wrong on our side.", "status": 500},
    ),
}


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

    async def answer(self, work: Callable[[R, Settings], dict[str, Any]], request: R) -> Response:
        """The response of `work`, done in a thread of its own."""
        return await to_thread.run_sync(lambda: json.respond(work(request, self.settings)), limiter=self.limiter)


def workers_of(request: Request) -> Workers:
    """The workers of the application that answers `request`."""
    workers: Workers = request.app.state.workers
    return workers


TheWorkers = Annotated[Workers, Depends(workers_of)]

api = APIRouter(prefix="/api/v1", route_class=json.JsonRoute)
health = APIRouter(tags=["operations"])


@api.post(
    "/gradients",
    tags=["runs"],
    summary="Values and gradients",
    response_model=GradientsResponse,
    responses=problems(400, 413, 415, 422),
)
async def gradients(run: RunRequest, workers: TheWorkers) -> Response:
    """Run a program: every variable's value, and every gradient of the target."""
    return await workers.answer(runs.gradients, run)


@api.post(
    "/trace",
    tags=["runs"],
    summary="The graph and every step",
    response_model=TraceResponse,
    responses=problems(400, 413, 415, 422),
)
async def trace(run: RunRequest, workers: TheWorkers) -> Response:
    """Run a program and keep everything: the graph, and each step forward and back with its equation."""
    return await workers.answer(runs.trace, run)


@api.post(
    "/tensor",
    tags=["runs"],
    summary="A slice of one array",
    response_model=TensorResponse,
    responses=problems(400, 413, 415, 422),
)
async def tensor(run: TensorRequest, workers: TheWorkers) -> Response:
    """Run a program: any slice of one value or gradient, also of an array that other answers summarise."""
    return await workers.answer(runs.tensor, run)


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
