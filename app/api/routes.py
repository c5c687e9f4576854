"""The REST API: thin endpoints around `app.runs` and its like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import Field, create_model
from sse_starlette import EventSourceResponse

from tidegraph.app import examples
from tidegraph.app.api import code, costs, curvature, derivatives, devices, editing, models, runs, teaching, training
from tidegraph.app.api import health as diagnosis
from tidegraph.app.api import sweep as sweeps
from tidegraph.app.api.openapi import FILE, FILES, NPY_TOO, RUN, SAFETENSORS_TOO, SWEEP, TRAINED, of_run, problems
from tidegraph.app.api.operators import describe_all
from tidegraph.app.api.pipeline import GONE, RUNS, Pipeline, Run, RunRoute
from tidegraph.app.api.schemas.code import CodeRequest, CodeResponse
from tidegraph.app.api.schemas.costs import MemoryRequest, MemoryResponse
from tidegraph.app.api.schemas.curvature import (
    CurvatureRequest,
    CurvatureResponse,
    LevelsRequest,
    LevelsResponse,
    PictureRequest,
    PictureResponse,
    ShapesRequest,
    ShapesResponse,
)
from tidegraph.app.api.schemas.derivatives import (
    CheckRequest,
    CheckResponse,
    DirectionRequest,
    HessianRequest,
    HessianResponse,
    HvpResponse,
    JacobianRequest,
    JacobianResponse,
    JvpResponse,
    KeptResponse,
    TangentsRequest,
    TangentsResponse,
)
from tidegraph.app.api.schemas.devices import PartitionRequest, PartitionResponse
from tidegraph.app.api.schemas.edits import (
    BuildRequest,
    BuildResponse,
    DiffRequest,
    DiffResponse,
    EditsRequest,
    EditsResponse,
    PartsRequest,
    PartsResponse,
)
from tidegraph.app.api.schemas.export import ExportRequest
from tidegraph.app.api.schemas.health import HealthRequest, HealthResponse
from tidegraph.app.api.schemas.models import ImportResponse
from tidegraph.app.api.schemas.runs import (
    BatchRequest,
    BatchResponse,
    Example,
    GradientsResponse,
    Health,
    Model,
    OperatorDescription,
    ProgramWarning,
    RunRequest,
    TensorRequest,
    TensorResponse,
    TraceRequest,
    TraceResponse,
)
from tidegraph.app.api.schemas.structure import (
    ArraysRequest,
    ArraysResponse,
    StructureRequest,
    StructureResponse,
)
from tidegraph.app.api.schemas.teaching import AnswerRequest, AnswerResponse, QuestionRequest, QuestionResponse
from tidegraph.app.api.schemas.training import (
    DatasetsResponse,
    PlanResponse,
    StartResponse,
    StepResponse,
    SweepRequest,
    TrainRequest,
)
from tidegraph.app.http import codec as json
from tidegraph.app.http.locale import language_of
from tidegraph.app.http.problems import Problem
from tidegraph.app.http.throttling import client_of
from tidegraph.app.integrations import export
from tidegraph.app.settings import Settings


def pipeline_of(request: Request) -> Pipeline:
    """The pipeline of the application that answers `request`."""
    pipeline: Pipeline = request.app.state.pipeline
    return pipeline


api = APIRouter(prefix="/api/v1", route_class=json.JsonRoute)
health = APIRouter(tags=["operations"])


def run_route(
    path: str,
    work: Callable[[Any, Settings], Any],
    asks: type[RunRequest],
    answers: type[Model] | None,
    *,
    summary: str,
    description: str,
    tag: str = "derivatives",
    **options: Any,
) -> None:
    """Add `POST path`: a run's request in, the answer of `work` out."""
    RUNS[api.prefix + path] = Run(asks, work)

    async def endpoint(run: Any) -> Response:
        raise NotImplementedError("runs go through the pipeline")

    endpoint.__annotations__ = {"run": asks}
    endpoint.__name__ = path.strip("/").replace("/", "_")
    if answers is not None:
        warned: Any = (list[ProgramWarning], Field([], description="Where the program may not mean what it seems to."))
        answers = create_model(answers.__name__, __base__=answers, __doc__=answers.__doc__, warnings=warned)
    answered: dict[int | str, Any] = {} if answers is None else {200: {"model": answers}}
    for status, more in options.pop("responses", {}).items():
        answered[status] = answered.get(status, {}) | more
    api.add_api_route(
        path,
        endpoint,
        methods=["POST"],
        tags=[tag],
        summary=summary,
        description=description,
        responses=of_run() | answered,
        route_class_override=RunRoute,
        **options,
    )


run_route(
    "/gradients", runs.gradients, RunRequest, GradientsResponse,
    summary="Values and gradients", tag="runs",
    description="Run a program: every variable's value, and every gradient of the target.",
)  # fmt: skip
run_route(
    "/trace", runs.trace, TraceRequest, TraceResponse,
    summary="The graph and every step", tag="runs",
    description="Run a program and keep everything: the graph, and each step forward and back with its equation.",
)  # fmt: skip
run_route(
    "/structure", runs.structure, StructureRequest, StructureResponse,
    summary="A program without numbers", tag="runs",
    description="All of a trace that depends on the program alone: graph, scopes, steps, equations with slots for "
    "numbers, costs, and the plan that a page computes runs with. It is the same for all values.",
)  # fmt: skip
run_route(
    "/run", runs.run, ArraysRequest, ArraysResponse,
    summary="The arrays of a run", tag="runs",
    description="Values, gradients and contributions by name, as JSON or, with `Accept: application/vnd.safetensors`, "
    "as one safetensors document in which they have the ids of a structure's slots (`v:W1`, `g:W1`, `c:3`).",
    responses=SAFETENSORS_TOO,
)  # fmt: skip
run_route(
    "/batch", runs.batch, BatchRequest, BatchResponse,
    summary="Many runs of one program", tag="runs",
    description="Run one program with many sets of values: compiled once, answered in their order.",
)  # fmt: skip
run_route(
    "/tensor", derivatives.tensor, TensorRequest, TensorResponse, responses=NPY_TOO,
    summary="A slice of one array", tag="runs",
    description="Run a program: any slice of a value, a gradient, a block of the Hessian or a Jacobian, also of an "
    "array that other answers summarise.",
)  # fmt: skip
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
    "/jacobian", derivatives.jacobian, JacobianRequest, JacobianResponse, responses=NPY_TOO,
    summary="A Jacobian", description="Each derivative of one variable for another.",
)  # fmt: skip
run_route(
    "/hessian", derivatives.hessian, HessianRequest, HessianResponse,
    summary="The Hessian", description="Second derivatives of the target, a block for every pair of variables.",
)  # fmt: skip
run_route(
    "/check", derivatives.check, CheckRequest, CheckResponse,
    summary="A numerical check",
    description="Gradients beside numerical ones: the complex step where every operator allows it, else differences.",
)  # fmt: skip
run_route(
    "/health", diagnosis.health, HealthRequest, HealthResponse,
    summary="A health check",
    description="What is wrong with a network in one run: each finding with its place, its evidence and advice.",
)  # fmt: skip
run_route(
    "/kept", derivatives.kept, RunRequest, KeptResponse,
    summary="What the backward pass reads", description="Which values are kept from the forward pass, and by whom.",
)  # fmt: skip
run_route(
    "/levels", curvature.levels, LevelsRequest, LevelsResponse,
    summary="What derivatives cost", description="Value, gradient, Hessian-vector product, Hessian: graph and cost.",
)  # fmt: skip
run_route(
    "/levels/picture", curvature.level_picture, PictureRequest, PictureResponse,
    summary="The graph of a level", description="Gradients or second derivatives as a trace that can be drawn.",
)  # fmt: skip
run_route(
    "/curvature", curvature.curvature, CurvatureRequest, CurvatureResponse,
    summary="Curvature at a point", description="Hessian, eigenvalues, curvature against the gradient, Newton's step.",
)  # fmt: skip
run_route(
    "/shapes", curvature.shapes, ShapesRequest, ShapesResponse,
    summary="Shapes of derivatives", description="The shapes of a variable's gradient and of full Jacobians.",
)  # fmt: skip
run_route(
    "/code", code.code, CodeRequest, CodeResponse,
    summary="A program as code", tag="runs",
    description="A program as a file of Python for PyTorch, JAX or NumPy: its values, the loss, the gradients (on "
    "request with the backward pass written out), and a check that they are the gradients of this run.",
)  # fmt: skip
run_route(
    "/export", export.export, ExportRequest, None,
    summary="A run as a file", tag="runs",
    description="A program's run as a page that plays without a server, as its trace, as LaTeX or as a picture.",
    response_class=Response,
    responses={200: {"description": "The file.", "content": FILES}},
)  # fmt: skip


@api.post(
    "/import",
    tags=["models"],
    summary="A model's file as a program",
    response_model=None,
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": FILE}}},
    responses=problems(*RUN) | {200: {"model": ImportResponse}},
)
async def import_model(
    request: Request,
    name: Annotated[str, Query(description="The file's name; its ending says what it is.", max_length=255)],
    arrays: Annotated[
        Literal["lists", "base64", "stored"],
        Query(description="How arrays are written; `stored`: large ones are kept, and `weights` names them."),
    ] = "lists",
    size: Annotated[list[str], Query(description="Sizes of open dimensions, `batch=4`.")] = [],  # noqa: B006
) -> Response:
    """The program and the values in the file of a model: `.onnx`, `.tide`, `.keras`, `.safetensors` or a program."""
    pipeline = pipeline_of(request)
    await pipeline.admit(client_of(request.scope))
    upload = models.uploaded(request, name, await request.body(), arrays, size, pipeline.settings)
    with pipeline.waiting:
        written = await pipeline.elsewhere(request, models.imported, upload)
    return Response(status_code=GONE) if written is None else Response(written, media_type="application/json")


@api.post(
    "/train",
    tags=["training"],
    summary="Train, streamed",
    response_class=EventSourceResponse,
    responses=problems(*RUN) | {200: TRAINED},
)
async def train(run: TrainRequest, request: Request) -> Response:
    """Train a program on data: server-sent events `start`, `step`, `surface`, `divergence` and `end`."""
    pipeline = pipeline_of(request)
    await pipeline.admit(client_of(request.scope))
    with pipeline.waiting:
        begun = await pipeline.in_thread(request, lambda: training.started(run, pipeline.settings))
    if begun is None:
        return Response(status_code=GONE)
    return training.Stream(begun, run, pipeline)


@api.post(
    "/sweep",
    tags=["training"],
    summary="Train over a grid, streamed",
    response_class=EventSourceResponse,
    responses=problems(*RUN) | {200: SWEEP},
)
async def sweep(run: SweepRequest, request: Request) -> Response:
    """Train a program for every point of a grid: events `start`, `progress`, `result` (a curve) and `end`."""
    pipeline = pipeline_of(request)
    client = client_of(request.scope)
    await pipeline.admit(client)
    with pipeline.waiting:
        found = await pipeline.elsewhere(request, sweeps.planned, sweeps.Question(run, pipeline.settings))
    if found is None:
        return Response(status_code=GONE)
    return sweeps.Stream(run, found, pipeline, client, language_of(request.scope))


run_route(
    "/train/start", training.start, TrainRequest, StartResponse,
    summary="A run before its first step", tag="training",
    description="The examples that a run would be trained on, and what is predicted of them as yet.",
)  # fmt: skip
run_route(
    "/train/plan", training.plan, TrainRequest, PlanResponse,
    summary="A run for the page", tag="training",
    description="A small run as calls of kernels, with its examples: the page trains by itself, with the same updates.",
)  # fmt: skip
run_route(
    "/train/step", training.moment, TrainRequest, StepResponse,
    summary="One step of training", tag="training",
    description="Values that trace a step of a run, and its update with equations.",
)  # fmt: skip
run_route(
    "/train/data", training.datasets, RunRequest, DatasetsResponse,
    summary="Sets to train on", tag="training",
    description="The generated data sets that fit a program, the likeliest first.",
)  # fmt: skip
run_route(
    "/memory", costs.memory, MemoryRequest, MemoryResponse,
    summary="Memory", tag="costs",
    description="Bytes live at each step of prediction and of training, before anything runs.",
)  # fmt: skip
run_route(
    "/partition", devices.partition, PartitionRequest, PartitionResponse, tag="devices",
    summary="A graph over several devices",
    description="Which operator runs where, what crosses each link, and the strategies with their costs.",
)  # fmt: skip
run_route(
    "/edits", editing.offered, EditsRequest, EditsResponse, tag="edits",
    summary="Edits of a program",
    description="Programs one edit away: a bias, another activation, a layer, dropout, a way around, named sizes.",
)  # fmt: skip
run_route(
    "/parts", editing.parts, PartsRequest, PartsResponse, tag="edits",
    summary="The ports of an operator",
    description="An operator's ports and attributes, the shape of its result, and which of the program's variables fit "
    "at a port, each with the shape of the result or the problem. Nothing runs.",
)  # fmt: skip
run_route(
    "/build", editing.build, BuildRequest, BuildResponse, tag="edits",
    summary="Build a graph part by part",
    description="One step, as an edit of the program's text: declare a variable, place an operator, connect a port, "
    "give a result a name, remove a part. An operator is a line of its own.",
)  # fmt: skip
run_route(
    "/diff", editing.diff, DiffRequest, DiffResponse, tag="edits",
    summary="What an edit changes",
    description="Nodes added, removed, changed and downstream between two programs; their equations side by side.",
)  # fmt: skip
run_route(
    "/question", teaching.question, QuestionRequest, QuestionResponse, tag="teaching",
    summary="A question on a program",
    description="Pose a question in a few lines of text: its prompt, the form of its answer, hints, what is hidden, "
    "and the numbers, where each learner has others. The answer is not sent.",
)  # fmt: skip
run_route(
    "/answer", teaching.answer, AnswerRequest, AnswerResponse, tag="teaching",
    summary="Judge a response",
    description="Whether a response is right, and if not, which mistake in the same program gives it, and where.",
)  # fmt: skip


@api.get("/operators", tags=["language"], summary="Every operator", responses=problems())
async def operators(http: Request, response: Response) -> list[OperatorDescription]:
    """Every operator of the program language; what it does is written in the language that is asked for."""
    response.headers["Vary"] = "Accept-Language"
    return describe_all(language_of(http.scope))


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
        raise Problem(404, "unknown-example", name=name[:80]) from None


@health.get("/healthz", summary="Health", responses=problems())
async def healthz() -> Health:
    """Whether the service answers."""
    return Health()


@health.get("/readyz", summary="Readiness", response_model=Health, responses=problems(503))
async def readyz(request: Request) -> Health:
    """Whether another run could start within 1 s: no while the service is full."""
    await pipeline_of(request).ready()
    return Health()


@health.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Requests, times and cached answers, for Prometheus."""
    return Response(pipeline_of(request).metrics.text(), media_type=CONTENT_TYPE_LATEST)
