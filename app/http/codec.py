"""Strict JSON in and out: no NaN, no infinities, no nest without a bottom."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from email.message import Message as Headers
from typing import Any, TypeVar

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tidegraph.app.http.problems import Problem
from tidegraph.engine.graph import nearest
from tidegraph.engine.messages.catalogue import Message

Body = TypeVar("Body", bound=BaseModel)

NPY = "application/x-npy"
SAFETENSORS = "application/vnd.safetensors"
"""The media type of a .npy file."""

NO_NUMBER = re.compile(r"[+-]?(nan|inf)", re.IGNORECASE)


def loads(body: bytes) -> Any:
    """What `body` says as strict JSON; a `Problem` with the position where it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise Problem(400, "invalid-json", hint=hint_of(error), members=place, reason=error.msg) from None


def hint_of(error: orjson.JSONDecodeError) -> Message | None:
    """What would be right in place of what is not JSON, where it is clear."""
    if "UTF-8" in error.msg:
        return Message("json-is-utf-8")
    if "infinity" in error.msg or NO_NUMBER.match(error.doc, error.pos):
        return Message("json-not-finite")
    return None


def read(model: type[Body], document: Any) -> Body:
    """The request of a `document`; a RequestValidationError that names every field that is wrong."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"]), "ctx": context(model, fault)} for fault in faults]
        ) from None


def context(model: type[BaseModel], fault: ErrorDetails) -> dict[str, Any]:
    """What pydantic knows about a fault, and the field that was meant where the name is unknown."""
    place = fault["loc"]
    meant = nearest(str(place[-1]), model.model_fields) if len(place) == 1 else None
    return {**fault.get("ctx", {}), **({"meant": meant} if meant and fault["type"] == "extra_forbidden" else {})}


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
    """Refuse a request whose media type is not JSON."""
    if media_type(request) != "application/json":
        raise Problem(415, "body-not-json")


def media_type(request: Request) -> str:
    """The media type of a request, without parameters."""
    message = Headers()
    message["content-type"] = request.headers.get("content-type", "")
    return message.get_content_type()


def dump(content: Any) -> bytes:
    """`content` as JSON; NumPy arrays in it are written as nested lists."""
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)


def dumps(content: Any) -> str:
    """The same as text."""
    return dump(content).decode()
