"""Short links and stored weights over HTTP."""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from anyio import to_thread
from fastapi import APIRouter, Request, Response

from tidegraph.app.api.openapi import problems
from tidegraph.app.api.pipeline import Pipeline
from tidegraph.app.api.schemas.links import LinkContent, LinkDocument, LinkResponse, WeightsResponse
from tidegraph.app.api.schemas.runs import Model
from tidegraph.app.http import codec as json
from tidegraph.app.http.problems import Problem, exceeded
from tidegraph.app.http.throttling import client_of
from tidegraph.app.settings import Settings
from tidegraph.app.store.links import Full, Links, Unavailable
from tidegraph.app.store.weights import NAME, NotSafetensors, Weights, WrongHash, arrays_of

T = TypeVar("T")

FOREVER = "public, max-age=31536000, immutable"

FILE = {"type": "string", "format": "binary"}
BYTES = {"required": True, "content": {"application/octet-stream": {"schema": FILE}}}

stored = APIRouter(prefix="/api/v1", tags=["links"], route_class=json.JsonRoute)


def there(model: type[Model]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of the answer about what is kept already."""
    return {200: {"model": model, "description": "It was kept already."}}


async def asked(work: Callable[[], T]) -> T:
    """What the store answers, from a thread; a `Problem` where it cannot be reached or is full."""
    try:
        return await to_thread.run_sync(work)
    except Unavailable as error:
        raise Problem(503, "store-unavailable", {"Retry-After": "5"}, reason=str(error), seconds=5) from None
    except Full:
        raise Problem(507, "store-full") from None


async def content_of(request: Request, name: str) -> dict[str, Any]:
    """The content of a link; a `Problem` where there is none."""
    links: Links = request.app.state.links
    found = await asked(lambda: links.get(name[:100]))
    if found is None:
        raise Problem(404, "unknown-link", name=name[:40])
    return found


def address(request: Request, name: str) -> str:
    """Where a link opens."""
    return f"{request.scope.get('root_path', '')}/g/{name}"


@stored.post(
    "/links", summary="Make a short link", status_code=201,
    responses=problems(400, 413, 415, 422, 429, 503) | there(LinkResponse),
    response_model=LinkResponse,
)  # fmt: skip
async def make_link(content: LinkContent, request: Request, response: Response) -> LinkResponse:
    """Keep a program, its numbers and where the show stands; the same content has the same link."""
    settings: Settings = request.app.state.settings
    pipeline: Pipeline = request.app.state.pipeline
    if len(content.program) > settings.max_program_length:
        raise exceeded(413, "program length", len(content.program), settings.max_program_length, "characters")
    said = content.model_dump(exclude_defaults=True)
    size = len(orjson.dumps(said))
    if size > settings.max_link_bytes:
        raise exceeded(413, "link", size, settings.max_link_bytes, "bytes")
    await pipeline.limits.admit(client_of(request.scope))
    links: Links = request.app.state.links
    name, new = await asked(lambda: links.put(said))
    pipeline.metrics.links.labels("made" if new else "found").inc()
    response.status_code = 201 if new else 200
    response.headers["Location"] = address(request, name)
    return LinkResponse(id=name, url=address(request, name))


@stored.get(
    "/links/{id}", summary="The content of a link", responses=problems(404, 503),
    response_model=LinkDocument, response_model_exclude_unset=True,
)  # fmt: skip
async def read_link(id: str, request: Request, response: Response) -> LinkDocument:
    """What a link shows, as data."""
    content = await content_of(request, id)
    response.headers["Cache-Control"] = FOREVER
    return LinkDocument(**content, id=id, url=address(request, id))


@stored.put(
    "/weights/{id}", summary="Keep weights", status_code=201,
    responses=problems(404, 413, 422, 429, 503) | there(WeightsResponse),
    response_model=WeightsResponse,
    openapi_extra={"requestBody": BYTES},
)  # fmt: skip
async def put_weights(id: str, request: Request, response: Response) -> WeightsResponse:
    """Keep a safetensors file under its hash, `sha256-` and 64 hexadecimal digits; requests name it in `weights`."""
    if not NAME.fullmatch(id):
        raise Problem(404, "weights-name")
    content = await request.body()
    pipeline: Pipeline = request.app.state.pipeline
    await pipeline.limits.admit(client_of(request.scope))
    weights: Weights = request.app.state.weights
    try:
        new = await asked(lambda: weights.put(id, content))
    except WrongHash:
        raise Problem(422, "weights-hash") from None
    except NotSafetensors as error:
        raise Problem(422, "weights-unreadable", reason=str(error)) from None
    response.status_code = 201 if new else 200
    return WeightsResponse(id=id, arrays={key: list(array.shape) for key, array in arrays_of(content).items()})


def fragment_of(content: dict[str, Any]) -> str:
    """The content of a link as the page's own addresses have it, after the hash sign."""
    parts: dict[str, str] = {"program": deflated(content["program"])}
    for name in ("values", "settings"):
        if content.get(name):
            parts[name] = deflated(json.dumps(content[name]))
    if content.get("sizes"):
        parts["sizes"] = json.dumps(content["sizes"])
    if content.get("open") is not None:
        parts["open"] = ",".join(content["open"])
    for name in ("moment", "select", "look", "panel"):
        if content.get(name):
            parts[name] = str(content[name])
    return urlencode(parts)


def deflated(text: str) -> str:
    """Text, deflated and in base64 for addresses."""
    packer = zlib.compressobj(wbits=-15)
    return urlsafe_b64encode(packer.compress(text.encode()) + packer.flush()).decode().rstrip("=")
