"""The page of the chapter: which language it is written in, and the equations that both languages print."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from app.pages import TEMPLATES, templates

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

chapter = APIRouter(include_in_schema=False)


@chapter.get("/chapter", response_class=HTMLResponse)
async def read(request: Request, language: Annotated[str | None, Query(max_length=100)] = None) -> Response:
    """The chapter as a page whose figures, equations and exercises are live; `language` is `en` or `zh`."""
    wished = language or request.headers.get("accept-language", "")
    chosen = preferred(wished)
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


def preferred(wished: str) -> Language:
    """The language of the page that comes first in an Accept-Language header (RFC 9110), English if none does."""
    ranked: list[tuple[float, Language]] = []
    for part in wished.split(","):
        found = re.fullmatch(r"\s*([A-Za-z]+)[\w-]*\s*(?:;\s*q=(\d(?:\.\d*)?))?\s*", part)
        if found:
            ranked += [(float(found[2] or 1), known) for known in LANGUAGES if known == found[1].lower()]
    best = max(ranked, key=lambda one: one[0], default=(0.0, LANGUAGES[0]))
    return best[1] if best[0] > 0 else LANGUAGES[0]
