"""Every error this service answers is a problem document (RFC 9457), with the position and the hint where known."""

from __future__ import annotations

import logging
from asyncio import CancelledError
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidegraph.engine.graph import ProgramError, TidegraphError

MEDIA_TYPE = "application/problem+json"

LONGEST_PATH = 200
"""Characters of an address that are said again."""

log = logging.getLogger("tidegraph")


class Problem(HTTPException):
    """An error as RFC 9457 tells it; `members` are its extension members (`hint`, `limit`, ...)."""

    def __init__(
        self, status: int, title: str, detail: str, headers: dict[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(status, detail, headers)
        self.title = title
        self.members = members


def respond(status: int, title: str, detail: str, members: dict[str, Any], headers: Any = None) -> Response:
    """The response that carries a problem document; members without a value are left out."""
    known = {name: value for name, value in members.items() if value not in (None, "")}
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **known}
    return Response(orjson.dumps(document), status, headers, MEDIA_TYPE)


def exceeded(
    status: int,
    quantity: str,
    value: int,
    limit: int,
    unit: str,
    headers: dict[str, str] | None = None,
    hint: str = "",
) -> Problem:
    """The problem that names the figure and the limit it is above; `hint` says what can be done."""
    return Problem(
        status,
        "Limit exceeded",
        f"The {quantity} of this request would be {value:,} {unit}; this server allows {limit:,}.",
        headers,
        quantity=quantity,
        value=value,
        limit=limit,
        hint=hint,
    )


def problem_of(error: TidegraphError) -> Problem:
    """The problem document of an error the engine found in a program or in its values."""
    if isinstance(error, ProgramError):
        return Problem(422, "Invalid program", error.message, hint=error.hint, line=error.line, column=error.column)
    return Problem(422, "Invalid run", error.message, hint=error.hint)


async def on_engine_error(request: Request, error: Exception) -> Response:
    """What the engine has against a program or a value."""
    assert isinstance(error, TidegraphError)
    return await on_http_error(request, problem_of(error))


async def on_http_error(request: Request, error: Exception) -> Response:
    """What a route or the framework has against a request."""
    assert isinstance(error, HTTPException)
    if isinstance(error, Problem):
        return respond(error.status_code, error.title, error.detail, error.members, error.headers)
    path, headers = request.url.path[:LONGEST_PATH], dict(error.headers or {})
    if error.status_code == 405 and "Allow" in headers:
        allowed = dict.fromkeys([*headers["Allow"].split(", "), "OPTIONS"])
        headers["Allow"] = ", ".join(allowed | {"HEAD": None} if "GET" in allowed else allowed)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
    detail = {
        404: f"There is nothing at {path}.",
        405: f"{path} does not answer {request.method}.",
    }.get(error.status_code, error.detail)
    return respond(error.status_code, HTTPStatus(error.status_code).phrase, detail, {}, headers)


async def on_invalid_request(request: Request, error: Exception) -> Response:
    """What is wrong with each field, without echoing what was sent."""
    assert isinstance(error, RequestValidationError)
    errors = [
        {"field": ".".join(str(part) for part in fault["loc"][1:]) or "body", "message": fault["msg"]}
        for fault in error.errors()
    ]
    detail = "; ".join(f"{error['field']}: {error['message']}" for error in errors[:3])
    return respond(422, "Invalid request", detail, {"errors": errors})


def crash() -> Response:
    """What is answered to a fault of ours: the log has the stack trace, the client does not."""
    detail = "Something went wrong on our side; the request itself may be fine."
    return respond(500, "Internal Server Error", detail, {})


def leaving() -> Response:
    """What is answered to a run that takes longer than the service has left."""
    detail = "The service is going down, and this run took longer than it had left."
    return respond(503, "Service Unavailable", detail, {"hint": "Try again in 5 s."}, {"Retry-After": "5"})


async def on_crash(request: Request, error: Exception) -> Response:
    """A fault of ours."""
    return crash()


class Answered:
    """ASGI middleware: what is raised below is answered with a problem document; faults of ours go into the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = complete = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun, complete
            begun = True
            complete = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Problem as problem:
            response = respond(problem.status_code, problem.title, problem.detail, problem.members, problem.headers)
            await response(scope, receive, send)
        except CancelledError:
            if begun:
                raise
            await leaving()(scope, receive, send)
        except Exception:
            log.exception("%s %s failed", scope.get("method"), scope.get("path"))
            if not begun:
                await crash()(scope, receive, send)
            elif not complete:
                raise


def install(app: FastAPI) -> None:
    """Have `app` answer every error with a problem document."""
    app.add_exception_handler(TidegraphError, on_engine_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(Exception, on_crash)
