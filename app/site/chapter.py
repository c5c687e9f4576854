"""The page of the chapter: which language it is written in, and the equations that both languages print."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from tidegraph.app.http.locale import preferred
from tidegraph.app.site.pages import TEMPLATES, templates
from tidegraph.engine.messages.catalogue import DEFAULT

chapter = APIRouter(include_in_schema=False)


@chapter.get("/chapter", response_class=HTMLResponse)
async def read(request: Request, language: Annotated[str | None, Query(max_length=100)] = None) -> Response:
    """The chapter as a page whose figures, equations and exercises are live; `language` is `en` or `zh`."""
    accepted = language or request.headers.get("accept-language", "")
    chosen = preferred(accepted)
    if not (TEMPLATES / "chapter" / f"{chosen}.html").exists():
        chosen = DEFAULT
    context = {"language": chosen, "chosen": language is not None, "equations": equations()}
    response = templates.TemplateResponse(request, f"chapter/{chosen}.html", context)
    response.headers["Content-Language"] = "zh-Hans" if chosen == "zh" else "en"
    response.headers["Vary"] = "Accept-Language"
    return response


@cache
def equations() -> dict[str, dict[str, Any]]:
    """The chapter's equations by name, each with its number, `latex`, `steps`, and `run` if it is not the network's."""
    found = tomllib.loads((TEMPLATES / "chapter" / "equations.toml").read_text(encoding="utf-8"))
    return {name: table | {"number": number} for number, (name, table) in enumerate(found.items(), start=1)}
