"""The page that a short link opens, and its picture."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from tidegraph.app.api.links import FOREVER, content_of, fragment_of
from tidegraph.app.api.pipeline import GONE, Pipeline, Task, key_of
from tidegraph.app.http import codec as json
from tidegraph.app.http.locale import language_of
from tidegraph.app.site.pages import own_address, root, templates

linked = APIRouter(include_in_schema=False)


@linked.get("/g/{name}.svg")
async def picture(name: str, request: Request) -> Response:
    """The picture of a link, for pages that show what is behind it."""
    content = await content_of(request, name)
    pipeline: Pipeline = request.app.state.pipeline
    fields = {key: content[key] for key in ("program", "values", "sizes", "target", "seed", "title") if key in content}
    body = json.dump({**fields, "format": "svg"})
    task = Task(
        path="/api/v1/export",
        body=body,
        npy_name=None,
        npy_rest=None,
        prefers_npy=False,
        prefers_safetensors=False,
        packed=False,
        language=language_of(request.scope),
        settings=pipeline.settings,
        key=key_of("/api/v1/export", body, None),
    )
    answer = await pipeline.answer(request, task)
    if answer.status_code != GONE:
        answer.headers["Cache-Control"] = FOREVER
    return answer


@linked.get("/g/{name}", response_class=HTMLResponse)
async def page(name: str, request: Request) -> Response:
    """The page of a link: it shows the program, and leads on to the workspace with the program in it."""
    content = await content_of(request, name)
    context = {
        "base": root(request),
        "name": name,
        "address": own_address(request),
        "title": content.get("title") or "Tidegraph",
        "program": content["program"],
        "fragment": fragment_of(content),
        "language": language_of(request.scope),
    }
    return templates.TemplateResponse(request, "link.html", context)
