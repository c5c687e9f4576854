"""Graphs in other people's pages: a page to be framed, and what editors ask about it (oEmbed)."""

from __future__ import annotations

import re
from html import escape
from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from tidegraph.app import examples
from tidegraph.app.api.links import content_of, fragment_of
from tidegraph.app.http.headers import CONTENT_SECURITY_POLICY
from tidegraph.app.http.locale import language_of
from tidegraph.app.http.problems import Problem
from tidegraph.app.settings import Settings
from tidegraph.app.site.pages import own_address, root, templates

WIDTH, HEIGHT = 960, 560

embedding = APIRouter(include_in_schema=False)


@embedding.get("/embed", response_class=HTMLResponse)
@embedding.get("/embed/{example}", response_class=HTMLResponse)
async def embed(request: Request, example: str | None = None) -> Response:
    """A page to be framed by others: one graph, as its address asks for it."""
    if example is not None and example not in examples.load():
        raise Problem(404, "unknown-example", name=example[:80])
    settings: Settings = request.app.state.settings
    language = language_of(request.scope)
    context = {
        "example": example,
        "base": root(request),
        "address": own_address(request),
        "title": title_of(example, language),
        "language": language,
    }
    response = templates.TemplateResponse(request, "embed.html", context)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        "frame-ancestors 'none'", f"frame-ancestors {settings.frame_ancestors}"
    )
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Vary"] = "Accept-Language"
    return response


@embedding.get("/oembed")
async def oembed(
    request: Request,
    url: Annotated[str, Query(max_length=100_000)],
    maxwidth: Annotated[int | None, Query(gt=0)] = None,
    maxheight: Annotated[int | None, Query(gt=0)] = None,
    format: str = "json",
) -> Response:
    """The frame that stands for one of our addresses, for editors that turn pasted links into pictures (oEmbed 1.0)."""
    if format != "json":
        raise Problem(501, "oembed-json-only")
    asked = address_of(url)
    # What ends TLS in front of the service may not have passed that on.
    home = urlsplit(base(request))._replace(scheme="https" if asked.scheme == "https" else "http").geturl()
    path = f"{asked._replace(query='', fragment='').geturl().rstrip('/')}/"
    place, _, name = path.removeprefix(home).strip("/").partition("/")
    example = name or None
    if path.startswith(home) and place == "g" and name:
        content = await content_of(request, name)
        return framed(
            home, f"{home}embed#{fragment_of(content)}", content.get("title") or title_of(None), maxwidth, maxheight
        )
    if not path.startswith(home) or place not in ("", "embed") or (example and example not in examples.load()):
        raise Problem(404, "not-a-graph-address", home=home if own_address(request) else root(request))
    options = dict(parse_qsl(asked.query) + parse_qsl(asked.fragment))
    title = title_of(example or (options.get("example") if options.get("example") in examples.load() else None))
    given = options.get("height", "")
    height = int(given) if re.fullmatch(r"[1-9]\d{1,3}", given) else HEIGHT
    address = f"{home}embed{f'/{example}' if example else ''}"
    address += (f"?{asked.query}" if asked.query else "") + (f"#{asked.fragment}" if asked.fragment else "")
    return framed(home, address, title, maxwidth, min(maxheight or height, height))


def framed(home: str, address: str, title: str, maxwidth: int | None, maxheight: int | None) -> Response:
    """What oEmbed answers: the frame of an address, no larger than the editor has room for."""
    width, height = min(maxwidth or WIDTH, WIDTH), maxheight or HEIGHT
    return JSONResponse(
        {
            "version": "1.0",
            "type": "rich",
            "provider_name": "Tidegraph",
            "provider_url": home,
            "title": title,
            "width": width,
            "height": height,
            "html": frame(address, title, width, height),
            "cache_age": 86400,
        }
    )


def address_of(text: str) -> SplitResult:
    """The parts of an address; a `Problem` where it is none."""
    try:
        return urlsplit(text)
    except ValueError:
        raise Problem(404, "not-an-address") from None


def frame(address: str, title: str, width: int, height: int) -> str:
    """The element that shows `address` in another page."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{width}" height="{height}" '
        'loading="lazy" style="border:0;max-width:100%"></iframe>'
    )


def title_of(example: str | None, language: str = "en") -> str:
    """What an embedded graph is called."""
    if example is None:
        return "A computational graph" if language == "en" else "一幅计算图"
    known = examples.load()[example]
    return (known if language == "en" else known.zh).title


def base(request: Request) -> str:
    """The address of this service, with a slash at its end."""
    return str(request.base_url)
