"""Every error this service answers is a problem document (RFC 9457), with the position and the hint where known."""

from __future__ import annotations

import json
import logging
from asyncio import CancelledError
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from tidegraph.app.http.locale import language_of
from tidegraph.engine.graph import ProgramError, TidegraphError
from tidegraph.engine.graph.budget import TooLarge, TooLong
from tidegraph.engine.messages.catalogue import Message, has, look_up, text

MEDIA_TYPE = "application/problem+json"

PAGES = ("/assignment", "/chapter", "/docs", "/docs/errors", "/embed", "/metrics", "/oembed", "/operators")
"""Paths that the OpenAPI document leaves out."""

LONGEST_PATH = 200
"""Characters of an address that a message repeats."""

log = logging.getLogger("tidegraph")


class Problem(HTTPException):
    """An error as RFC 9457 describes it. The catalogue has its text: `code`, `code.hint` and `code.title`.

    An error of the engine brings its own. `hint` replaces the catalogue's; `members` are further extension members
    (`limit`, ...); the other keywords fill the text.
    """

    def __init__(
        self,
        status: int,
        code: str | TidegraphError,
        /,
        headers: Mapping[str, str] | None = None,
        *,
        hint: str | Message | None = None,
        members: Mapping[str, Any] | None = None,
        **parameters: Any,
    ) -> None:
        self.error = code if isinstance(code, TidegraphError) else TidegraphError(code, hint, **parameters)
        self.members = dict(members or {})
        super().__init__(status, self.error.message, dict(headers or {}))

    def document(self, language: str, root: str = "") -> dict[str, Any]:
        """The problem document in a language; `root` is what stands before the addresses of this service."""
        error = self.error
        known = {
            "type": f"{root}/docs/errors#{error.code}",
            "title": self.title(language),
            "status": self.status_code,
            "detail": error.describe(language),
            "code": error.code,
            "parameters": error.plain_parameters(),
            "hint": error.advise(language),
            **self.members,
        }
        return {name: value for name, value in known.items() if value not in (None, "")}

    def title(self, language: str) -> str:
        """What kind of problem it is: the message's own title, or that of its status."""
        if isinstance(self.error, ProgramError):
            return text(Message("title-program"), language)
        own = look_up(self.error.code, "title", self.error.parameters, language)
        return own or text(Message(f"status-{self.status_code}"), language)


def exceeded(
    status: int,
    quantity: str,
    value: int,
    limit: int,
    unit: str,
    headers: dict[str, str] | None = None,
    hint: str | Message | None = None,
) -> Problem:
    """The problem that names the figure and the limit it is above; `hint` says what can be done."""
    figures = {"quantity": quantity, "value": value, "limit": limit}
    named = {"quantity": Message(f"quantity-{slug(quantity)}"), "unit": Message(f"unit-{slug(unit)}")}
    return Problem(status, "limit-exceeded", headers, hint=hint, members=figures, value=value, limit=limit, **named)


def slug(words: str) -> str:
    """Words as part of a message's code."""
    return words.replace(",", "").replace(" ", "-")


def respond(problem: Problem, scope: Mapping[str, Any] | None = None) -> Response:
    """The response that carries a problem's document, in the language that the request asks for."""
    document = problem.document(language_of(scope or {}), (scope or {}).get("root_path", ""))
    headers = {"Vary": "Accept-Language", **(problem.headers or {})}
    try:
        body = orjson.dumps(document)
    except TypeError:  # whole numbers of more than 64 bits
        body = json.dumps(document, ensure_ascii=False, default=str).encode()
    return Response(body, problem.status_code, headers, MEDIA_TYPE)


def problem_of(error: TidegraphError) -> Problem:
    """The problem of an error the engine found in a program or in its values."""
    members: dict[str, Any] = {}
    if isinstance(error, TooLarge) and error.quantity == "elements":
        return exceeded(422, "elements per array", error.value, error.limit, "elements")
    if isinstance(error, TooLarge):
        members = {"quantity": error.quantity, "value": error.value, "limit": error.limit}
    elif isinstance(error, TooLong):
        members = {"quantity": "seconds", "limit": error.seconds}
    elif isinstance(error, ProgramError):
        members = {"line": error.line, "column": error.column, "fix": error.fix and error.fix.to_dict()}
    hint = error.given_hint
    names = hint.parameters["names"] if isinstance(hint, Message) and hint.code == "onnx-sizes" else None
    if isinstance(names, (list, tuple)):
        members["sizes"] = dict.fromkeys(names, 1)
    return Problem(422, error, members=members)


async def on_engine_error(request: Request, error: Exception) -> Response:
    """What the engine has against a program or a value."""
    assert isinstance(error, TidegraphError)
    return await on_http_error(request, problem_of(error))


async def on_http_error(request: Request, error: Exception) -> Response:
    """What a route or the framework has against a request."""
    assert isinstance(error, HTTPException)
    if isinstance(error, Problem):
        return respond(error, request.scope)
    path, headers = request.url.path[:LONGEST_PATH], dict(error.headers or {})
    if error.status_code == 405 and "Allow" in headers:
        allowed = dict.fromkeys([*headers["Allow"].split(", "), "OPTIONS"])
        headers["Allow"] = ", ".join(allowed | {"HEAD": None} if "GET" in allowed else allowed)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
    match error.status_code:
        case 404:
            hint = near_path(request)
            problem = Problem(404, "not-found", headers, path=path, hint=hint)
        case 405:
            problem = Problem(405, "method-not-allowed", headers, path=path, method=request.method)
        case status:
            problem = Problem(status, "http-error", headers, reason=str(error.detail))
    return respond(problem, request.scope)


def near_path(request: Request) -> Message | None:
    """The path of this service that is most like the one asked for."""
    known = [path for path in (*request.app.openapi()["paths"], *PAGES) if "{" not in path]
    found = get_close_matches(request.url.path.rstrip("/"), known, 1, 0.75)
    return Message("did-you-mean", name=found[0]) if found else None


async def on_invalid_request(request: Request, error: Exception) -> Response:
    """What is wrong with each field, without echoing what was sent."""
    assert isinstance(error, RequestValidationError)
    language = language_of(request.scope)
    faults = [
        (".".join(str(part) for part in fault["loc"][1:]) or "body", message_of(fault)) for fault in error.errors()
    ]
    errors = [{"field": field, "message": message.text(language), **coded(message)} for field, message in faults]
    listed = [Message("in-context", context=field, problem=message) for field, message in faults[:3]]
    return respond(Problem(422, "invalid-request", members={"errors": errors}, faults=listed), request.scope)


def message_of(fault: Mapping[str, Any]) -> Message:
    """What is wrong with a field: pydantic names its kind, the catalogue has the text."""
    context = fault.get("ctx", {})
    if fault["type"] == "extra_forbidden" and "meant" in context:
        return Message("field-misspelled", meant=context["meant"])
    code = f"field-{fault['type'].replace('_', '-')}"
    parameters = {name: value if type(value) in (int, float) else str(value) for name, value in context.items()}
    return Message(code, **parameters) if has(code) else Message("field-error", reason=fault["msg"])


def coded(message: Message) -> dict[str, Any]:
    """The code and the parameters of a field's fault."""
    return {"code": message.code, "parameters": message.to_dict()["parameters"]}


def crash() -> Problem:
    """What is answered to a fault of ours: the log has the stack trace, the client does not."""
    return Problem(500, "server-error")


def leaving() -> Problem:
    """What is answered to a run that takes longer than the service has left."""
    return Problem(503, "shutting-down", {"Retry-After": "5"}, seconds=5)


async def on_crash(request: Request, error: Exception) -> Response:
    """A fault of ours."""
    return respond(crash(), request.scope)


class Answered:
    """ASGI middleware: what is raised below is answered with a problem document; faults of ours go into the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = complete = False

        async def send_and_note(message: AsgiMessage) -> None:
            nonlocal begun, complete
            begun = True
            complete = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Problem as problem:
            await respond(problem, scope)(scope, receive, send)
        except CancelledError:
            if begun:
                raise
            await respond(leaving(), scope)(scope, receive, send)
        except Exception:
            log.exception("%s %s failed", scope.get("method"), scope.get("path"))
            if not begun:
                await respond(crash(), scope)(scope, receive, send)
            elif not complete:
                raise


def install(app: FastAPI) -> None:
    """Have `app` answer every error with a problem document."""
    app.add_exception_handler(TidegraphError, on_engine_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(Exception, on_crash)
