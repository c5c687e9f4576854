"""A run is a pure function of its request, so its answer has a name before it is computed: the hash of the request.

A client that knows the name is told 304 without computing; an answer that is still kept is sent again without even
reading what the request says.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson
from anyio import to_thread
from fastapi import Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidegraph.app.api.arrays import NPY, SAFETENSORS
from tidegraph.app.http.caching import BoundedCache
from tidegraph.app.http.headers import header, quality
from tidegraph.app.http.telemetry import Metrics
from tidegraph.version import __version__

TAG = "tidegraph.tag"
"""Where a request's scope holds the entity tag of its answer."""

PACKED_FROM = 1024
"""Bytes from which an answer is compressed."""

STRUCTURE = "/api/v1/structure"
"""The path of the answer that is the same for all values."""

Headers = list[tuple[bytes, bytes]]


class Reply(Response):
    """An answer that may be sent many times, as it is or compressed; it is never changed but for being compressed."""

    def __init__(self, body: bytes, media_type: str | None, tag: str | None) -> None:
        super().__init__(body, headers=about(tag), media_type=media_type)
        self.tag = tag
        self.packed: bytes | None = None
        self.packed_headers: Headers = []

    @property
    def size(self) -> int:
        """Bytes that it takes to keep."""
        return len(self.body) + len(self.packed or b"") + 2048

    def wanted_packed(self, scope: Scope) -> bool:
        """Whether the client would rather have it compressed."""
        return len(self.body) >= PACKED_FROM and takes_packed(scope)

    def pack(self) -> None:
        """Compress it, once."""
        packed = gzip.compress(self.body, 4, mtime=0)
        kept = [(name, value) for name, value in self.raw_headers if name != b"content-length"]
        self.packed_headers = [*kept, (b"content-encoding", b"gzip"), (b"content-length", str(len(packed)).encode())]
        self.packed = packed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packed = self.packed if self.wanted_packed(scope) else None
        headers = list(self.raw_headers if packed is None else self.packed_headers)
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": self.body if packed is None else packed})


class Packed(GZipMiddleware):
    """Every other answer, compressed for a client that takes it so."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if takes_packed(scope):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class Replies:
    """ASGI middleware that answers a run that was answered before; `routes` are those of runs, by their path."""

    def __init__(self, app: ASGIApp, kept: BoundedCache[Reply], routes: Mapping[str, Any], metrics: Metrics) -> None:
        self.app = app
        self.kept = kept
        self.routes = routes
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self.routes.get(path_of(scope)) if scope["type"] == "http" and scope["method"] == "POST" else None
        if route is None:
            await self.app(scope, receive, send)
            return
        body = await whole(receive)
        if body is None:
            return
        tag = scope[TAG] = tag_of(scope, route.path, body if path_of(scope) != STRUCTURE else without_values(body))
        if matches(header(scope, b"if-none-match"), tag):
            scope["route"] = route
            await Response(status_code=304, headers=about(tag))(scope, receive, send)
            return
        reply = self.kept.get(tag)
        if reply is None:
            await self.app(scope, first(body, receive), send)
            return
        if reply.packed is None and reply.wanted_packed(scope):
            await to_thread.run_sync(reply.pack)
            self.kept.put(tag, reply, reply.size)
        self.metrics.cache_hits.inc()
        scope["route"] = route
        await reply(scope, receive, send)


def without_values(body: bytes) -> bytes:
    """The body of a request without what a structure does not depend on."""
    if b'"values"' not in body and b'"seed"' not in body:
        return body
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    if not isinstance(said, dict):
        return body
    return orjson.dumps({name: value for name, value in said.items() if name not in ("values", "seed", "arrays")})


def takes_packed(scope: Scope) -> bool:
    """Whether the client of a request takes an answer compressed."""
    return scope["type"] == "http" and quality(header(scope, b"accept-encoding"), b"gzip") > 0


def prefers(scope: Scope, media_type: str) -> bool:
    """Whether the client of a request would rather have arrays as `media_type` than as JSON."""
    accepted = header(scope, b"accept")
    wish = quality(accepted, media_type.encode())
    return wish > 0 and wish >= quality(accepted, b"application/json")


def path_of(scope: Scope) -> str:
    """The path of a request below the path that a proxy puts in front."""
    path: str = scope["path"]
    root = scope.get("root_path", "")
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path


async def whole(receive: Receive) -> bytes | None:
    """The body of a request; None from a client that went away."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def first(body: bytes, then: Receive) -> Receive:
    """What hands out `body` in one piece, and then what comes anyway."""
    message: Message | None = {"type": "http.request", "body": body, "more_body": False}

    async def receive() -> Message:
        nonlocal message
        if message is None:
            return await then()
        given, message = message, None
        return given

    return receive


def tag_of(scope: Scope, path: str, body: bytes) -> str:
    """The entity tag of the answer to a request: of its address, its body, its type, what it accepts, and this version.

    It is weak, for the same answer goes out as it is and compressed.
    """
    digest = blake2b(body, digest_size=16)
    accept = " ".join(kind for kind in (NPY, SAFETENSORS) if prefers(scope, kind))
    digest.update(f"\0{__version__}\0{path}\0{accept}\0".encode())
    digest.update(header(scope, b"content-type") + b"\0" + scope["query_string"])
    return f'W/"{digest.hexdigest()}"'


def matches(names: bytes, tag: str) -> bool:
    """Whether an If-None-Match header names `tag`; weak comparison, as RFC 9110 asks for."""
    opaque = tag.removeprefix("W/").encode()
    return bool(names) and any(name.strip().removeprefix(b"W/") == opaque for name in names.split(b","))


def about(tag: str | None) -> dict[str, str]:
    """What every answer to a run says of itself; one without a tag is not to be kept."""
    kept = {"Cache-Control": "no-store"} if tag is None else {"ETag": tag, "Cache-Control": "private, max-age=86400"}
    return kept | {"Vary": "Accept, Accept-Encoding"}
