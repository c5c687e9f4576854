"""The pages, and the files they load: all of it from this server."""

from __future__ import annotations

import re
from os import PathLike, stat_result
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PACKAGE = Path(__file__).parent
HASHED = re.compile(r"-[A-Z0-9]{8}\.\w+$")


def folder(installed: str, checkout: str) -> Path:
    """A folder of the page's files: inside the package when installed, in the checkout otherwise."""
    inside = PACKAGE / installed
    return inside if inside.is_dir() else PACKAGE.parent / checkout


STATIC = folder("static", "static/dist")
TEMPLATES = folder("templates", "templates")


class Assets(StaticFiles):
    """The built front end. A file with its content's hash in its name never changes; any other is asked for again."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        forever = HASHED.search(str(full_path))
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if forever else "no-cache"
        return response


pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
templates = Jinja2Templates(TEMPLATES)


@pages.get("/")
async def index(request: Request) -> Response:
    """The page."""
    return templates.TemplateResponse(request, "index.html")


@pages.get("/docs")
async def docs(request: Request) -> Response:
    """The API's documentation, drawn from its OpenAPI document."""
    return templates.TemplateResponse(request, "docs.html")


def install(app: FastAPI) -> None:
    """Have `app` serve the pages and, under `/static`, what the front end was built into."""
    app.include_router(pages)
    app.mount("/static", Assets(directory=STATIC, check_dir=False), name="static")
