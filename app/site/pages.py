"""The pages, and the files they load: all of it from this server."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from os import PathLike, stat_result
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from tidegraph.app import examples
from tidegraph.app.api import runs
from tidegraph.app.api.operators import describe_all
from tidegraph.app.api.schemas.runs import TraceRequest
from tidegraph.app.http import codec as json
from tidegraph.app.http import problems
from tidegraph.app.http.headers import header, quality
from tidegraph.app.http.hosts import trusted
from tidegraph.app.http.locale import language_of
from tidegraph.app.http.problems import Problem
from tidegraph.app.settings import Settings
from tidegraph.engine.graph import TidegraphError
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.messages.reference import errors
from tidegraph.version import __version__

PACKAGE = Path(__file__).resolve().parents[1]
HASHED = re.compile(r"-[A-Z0-9]{8}\.\w+$")


def folder(installed: str, checkout: str) -> Path:
    """A folder of the page's files: inside the package when installed, in the checkout otherwise."""
    inside = PACKAGE / installed
    return inside if inside.is_dir() else PACKAGE.parent / checkout


STATIC = folder("static", "static/dist")
TEMPLATES = folder("templates", "templates")


PACKED = {"br": ".br", "gzip": ".gz"}
"""Encodings in which the build keeps a file beside the file, best first, and how its name ends."""


class Assets(StaticFiles):
    """The built front end. A file with its content's hash in its name never changes; any other is asked for again.

    Under a pinned address, which has the version in it, no file changes.
    """

    def __init__(self, *, pinned: bool = False) -> None:
        super().__init__(directory=STATIC, check_dir=False)
        self.pinned = pinned

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        accepted = header(scope, b"accept-encoding")
        for encoding, ending in PACKED.items():
            packed = Path(f"{full_path}{ending}")
            if quality(accepted, encoding.encode()) > 0 and packed.is_file():
                response = super().file_response(packed, packed.stat(), scope, status_code)
                response.headers["Content-Encoding"] = encoding
                break
        else:
            response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Vary"] = "Accept-Encoding"
        forever = self.pinned or HASHED.search(str(full_path))
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if forever else "no-cache"
        return response


pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
templates = Jinja2Templates(TEMPLATES)


@pages.get("/")
async def index(request: Request) -> Response:
    """The page, with what its first picture needs: the scripts of its script, and the first example's trace."""
    if not hasattr(request.app.state, "given"):
        request.app.state.given = given(request.app.state.settings)
    context = {"given": request.app.state.given, "first": first(), "address": own_address(request)}
    return templates.TemplateResponse(request, "index.html", context)


def first() -> dict[str, list[str]]:
    """Addresses of the first picture's scripts and fonts, which the browser would else find one after the other."""
    listed = STATIC / "first.json"
    return orjson.loads(listed.read_bytes()) if listed.is_file() else {}


def given(settings: Settings) -> Markup | None:
    """The first example and its trace, as JSON that may stand in a page; none where the limits forbid the run."""
    example = next(iter(examples.load().values()))
    try:
        trace = runs.trace(TraceRequest(program=example.program), settings)
    except (Problem, TidegraphError):
        return None
    # Nothing in a data block can end it but a tag.
    text = json.dumps({"example": example.model_dump(), "trace": trace})
    return Markup(text.replace("<", "\\u003c"))


@pages.get("/docs")
async def docs(request: Request) -> Response:
    """The API's documentation, drawn from its OpenAPI document."""
    return in_words(request, "docs.html", language_of(request.scope))


@pages.get("/docs/errors")
async def error_reference(request: Request) -> Response:
    """Every error, as docs/errors.md lists it, in the language of the reader: where a problem's `type` points."""
    language = language_of(request.scope)
    return in_words(request, "errors.html", language, sections=errors(language))


def in_words(request: Request, template: str, language: str, **context: Any) -> Response:
    """A page whose words are those of a language."""
    words = {"language": language, "chosen": "language" in request.query_params, "t": writer(language)}
    page = templates.TemplateResponse(request, template, words | context)
    page.headers["Vary"] = "Accept-Language"
    return page


def writer(language: str) -> Callable[..., str]:
    """What templates call: the text of a code in a language."""
    return lambda code, /, **parameters: Message(code, **parameters).text(language)


@pages.get("/assignment")
async def assignment(request: Request) -> Response:
    """The page that shows the assignment in its address, which this server never sees."""
    language = language_of(request.scope)
    progress = Message("assigned-progress", answered="{answered}", total="{total}", right="{right}").text(language)
    page = templates.TemplateResponse(
        request,
        "assignment.html",
        {"language": language, "t": writer(language), "progress": progress},
    )
    page.headers["Vary"] = "Accept-Language"
    return page


@pages.get("/operators")
async def operators(request: Request) -> Response:
    """The operator reference: what docs/operators.md holds, family by family."""
    language = language_of(request.scope)
    described = sorted(describe_all(language), key=lambda op: (op.family, op.name))
    families = [(family, list(members)) for family, members in groupby(described, key=lambda op: op.family)]
    return in_words(request, "operators.html", language, families=families)


def root(request: Request) -> str:
    """The path of this service's front page, to which all others are relative, whatever host the visitor names."""
    return f"{request.scope.get('root_path', '')}/"


def own_address(request: Request) -> str | None:
    """The address of a page as others see it; None where its host is only what the visitor says."""
    settings: Settings = request.app.state.settings
    return str(request.url) if trusted(request.headers.get("host", ""), settings.allowed_hosts) else None


async def on_problem(request: Request, error: Exception) -> Response:
    """A problem as a page for whoever came by a link or a typed address; a problem document for every program."""
    answer = await problems.on_http_error(request, error)
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        return answer
    document = orjson.loads(answer.body)
    language = language_of(request.scope)
    context = document | {"base": root(request), "path": request.url.path, "language": language, "t": writer(language)}
    page = templates.TemplateResponse(
        request, "problem.html", context, document["status"], getattr(error, "headers", None)
    )
    page.headers["Vary"] = "Accept, Accept-Language"
    return page


def install(app: FastAPI) -> None:
    """Have `app` serve the pages and, under `/static` and `/embed/VERSION`, what the front end was built into."""
    app.include_router(pages)
    app.add_exception_handler(HTTPException, on_problem)
    app.mount("/static", Assets(), name="static")
    app.mount(f"/embed/{__version__}", Assets(pinned=True), name="pinned")
