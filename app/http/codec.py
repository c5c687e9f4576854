"""Strict JSON in and out: no NaN, no infinities, no nest without a bottom."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any, TypeVar

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tidegraph.app.http.problems import Problem
from tidegraph.engine.graph import nearest

Body = TypeVar("Body", bound=BaseModel)

NPY = "application/x-npy"
"""The media type of a .npy file."""

NO_NUMBER = re.compile(r"[+-]?(nan|inf)", re.IGNORECASE)


def loads(body: bytes) -> Any:
    """What `body` says as strict JSON; a `Problem` with the position where it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        said = f"The body is not JSON: {error.msg}."
        hint = hint_of(error)
        raise Problem(400, "Invalid JSON", said, hint=hint, line=error.lineno, column=error.colno) from None


def hint_of(error: orjson.JSONDecodeError) -> str:
    """What would be right in place of what is not JSON, where it is clear."""
    if "UTF-8" in error.msg:
        return "JSON is sent as UTF-8, without a byte order mark."
    if "infinity" in error.msg or NO_NUMBER.match(error.doc, error.pos):
        return 'NaN and infinities are the strings "NaN", "Infinity" and "-Infinity".'
    return ""


def read(model: type[Body], said: Any) -> Body:
    """The request that says `said`; a RequestValidationError that names every field that is wrong."""
    try:
        return model.model_validate(said)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"]), "msg": words(model, fault)} for fault in faults]
        ) from None


def words(model: type[BaseModel], fault: ErrorDetails) -> str:
    """What is wrong with a field, in words of JSON."""
    place = fault["loc"]
    if fault["type"] == "extra_forbidden":
        hint = nearest(str(place[-1]), model.model_fields) if len(place) == 1 else ""
        return f"There is no such field; {hint}" if hint else "There is no such field"
    if fault["type"] == "model_type":
        return "Input should be an object"
    return fault["msg"].removeprefix("Value error, ")


class JsonRequest(Request):
    """A request whose body is read as strict JSON, or not at all."""

    async def json(self) -> Any:
        return loads(await self.body())


class JsonRoute(APIRoute):
    """A route that takes JSON and says so to a client that sends anything else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            if self.body_field:
                require(request)
            return await handle(JsonRequest(request.scope, request.receive))

        return handle_json


def require(request: Request) -> None:
    """Refuse a request whose body is said to be anything but JSON."""
    if media_type(request) != "application/json":
        raise Problem(
            415,
            "Unsupported Media Type",
            "The body of this request is JSON.",
            hint="Send it with the header Content-Type: application/json.",
        )


def media_type(request: Request) -> str:
    """What the body of a request is said to be, without parameters."""
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    return message.get_content_type()


def dump(content: Any) -> bytes:
    """`content` as JSON; NumPy arrays in it are written as nested lists."""
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)


def dumps(content: Any) -> str:
    """The same as text."""
    return dump(content).decode()
