"""FastAPI with what it leaves to us: errors with a media type of their own, and layers that stand in front of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from tidegraph.app.http.problems import MEDIA_TYPE

Layer = Callable[[ASGIApp], ASGIApp]


class Service(FastAPI):
    """The application behind layers of ASGI, the first the outermost; what they answer themselves never gets to it.

    `path` is what a proxy puts in front of its addresses, whether the proxy takes it off again or not. `describe`
    completes the OpenAPI document.
    """

    def __init__(
        self, layers: list[Layer], path: str, describe: Callable[[dict[str, Any]], None], **options: Any
    ) -> None:
        super().__init__(**options)
        self.describe = describe
        self.path = path
        self.front: ASGIApp = self.inside
        for layer in reversed(layers):
            self.front = layer(self.front)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.path and scope["type"] != "lifespan":
            scope["root_path"] = self.path
            if not f"{scope['path']}/".startswith(f"{self.path}/"):
                scope["path"] = self.path + scope["path"]
        await self.front(scope, receive, send)

    async def inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        """FastAPI itself. HEAD is answered as GET is; the server leaves the body out."""
        if scope.get("method") != "HEAD":
            await super().__call__(scope, receive, send)
            return
        asked = {**scope, "method": "GET"}
        await super().__call__(asked, receive, send)
        scope["route"] = asked.get("route")

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, in which FastAPI knows one media type a route, with words for every field."""
        if self.openapi_schema is None:
            self.describe(super().openapi())
            operations = [operation for path in super().openapi()["paths"].values() for operation in path.values()]
            for status, response in chain.from_iterable(operation["responses"].items() for operation in operations):
                if status not in ("200", "201", "304"):
                    response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
        return super().openapi()
