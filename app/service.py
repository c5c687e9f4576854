"""FastAPI with what it leaves to us: errors with a media type of their own, and layers that stand in front of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from app.problems import MEDIA_TYPE

Layer = Callable[[ASGIApp], ASGIApp]


class Service(FastAPI):
    """The application behind layers of ASGI, the first the outermost; what they answer themselves never gets to it."""

    def __init__(self, layers: list[Layer], **told: Any) -> None:
        super().__init__(**told)
        self.front: ASGIApp = super().__call__
        for layer in reversed(layers):
            self.front = layer(self.front)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.root_path:
            scope["root_path"] = self.root_path
        await self.front(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, in which FastAPI knows one media type a route."""
        if self.openapi_schema is None:
            operations = [operation for path in super().openapi()["paths"].values() for operation in path.values()]
            for status, response in chain.from_iterable(operation["responses"].items() for operation in operations):
                if not status.startswith("2"):
                    response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
        return super().openapi()
