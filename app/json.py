"""Strict JSON in and out: no NaN, no infinities, no nest without a bottom."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.problems import Problem


class JsonRequest(Request):
    """A request whose body is read as strict JSON, or not at all."""

    async def json(self) -> Any:
        try:
            return orjson.loads(await self.body())
        except orjson.JSONDecodeError as error:
            raise Problem(
                400,
                "Invalid JSON",
                f"The body is not JSON: {error.msg}.",
                hint='NaN and infinities are the strings "NaN", "Infinity" and "-Infinity".',
                line=error.lineno,
                column=error.colno,
            ) from None


class JsonRoute(APIRoute):
    """A route that takes JSON and says so to a client that sends anything else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            if self.body_field and not is_json(request.headers.get("content-type", "")):
                raise Problem(
                    415,
                    "Unsupported Media Type",
                    "The body of this request is JSON.",
                    hint="Send it with the header Content-Type: application/json.",
                )
            return await handle(JsonRequest(request.scope, request.receive))

        return handle_json


def is_json(content_type: str) -> bool:
    """Whether a Content-Type header names JSON."""
    message = Message()
    message["content-type"] = content_type
    return message.get_content_type() == "application/json"


def dumps(content: Any) -> str:
    """`content` as JSON text; NumPy arrays in it are written as nested lists."""
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def respond(content: Any) -> Response:
    """The response that carries `content`; NumPy arrays in it are written as nested lists."""
    return Response(orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")
