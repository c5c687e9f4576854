"""The answer cache: a run is a pure function of its request, so its answer has a name before it is computed.

The name is the hash of the request. A client that has the answer of this name gets 304; an answer that is still
cached is sent again; a request that is being answered already is answered with it. All of that happens in this layer:
an endpoint only says by its Cache-Control whether its answer may be kept.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Collection
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Protocol

import orjson
from anyio import to_thread
from fastapi import Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidegraph.app.http.caching import BoundedCache
from tidegraph.app.http.headers import Pairs, header, quality
from tidegraph.app.http.locale import language_of
from tidegraph.app.http.telemetry import Metrics
from tidegraph.version import __version__

PACKED_FROM = 1024
"""Bytes from which an answer is compressed."""

STRUCTURE = "/api/v1/structure"
"""The path of the answer that is the same for all values."""

KEEP = "private, max-age=86400"
"""The Cache-Control of an answer that depends on nothing but its request."""

VARY = "Accept, Accept-Encoding, Accept-Language"

PRIVATE = {b"content-length", b"content-encoding", b"etag"}
"""Headers that are written each time that an answer is sent."""

NOT_SHARED = {408, 429, 499, 503}
"""Statuses that concern the one client that got them, or its moment."""


@dataclass(frozen=True)
class Answer:
    """A whole answer: its body as it is, compressed, or both."""

    status: int
    headers: Pairs
    body: bytes | None
    packed: bytes | None

    @property
    def size(self) -> int:
        """Bytes that it takes to keep."""
        return len(self.body or b"") + len(self.packed or b"") + 2048

    @property
    def cacheable(self) -> bool:
        """Whether it depends on nothing but its request."""
        return self.status == 200 and (b"cache-control", KEEP.encode()) in self.headers

    def fitted(self, packed: bool) -> Answer:
        """The same with the form that is to be sent: compressed for a client that takes it so."""
        if packed and self.packed is None and len(self.body or b"") >= PACKED_FROM:
            return replace(self, packed=gzip.compress(self.body or b"", 4, mtime=0))
        if not packed and self.body is None:
            return replace(self, body=gzip.decompress(self.packed or b""))
        return self

    async def send(self, send: Send, tag: str, packed: bool) -> None:
        """Send it, compressed where the client takes it so."""
        chosen = self.packed if packed and self.packed is not None else self.body
        assert chosen is not None
        headers = [*self.headers, (b"content-length", str(len(chosen)).encode())]
        if chosen is self.packed:
            headers.append((b"content-encoding", b"gzip"))
        if self.cacheable:
            headers.append((b"etag", tag.encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": chosen})


class Shared(Protocol):
    """Answers and single flight that several processes share; every method does without where it cannot be reached."""

    async def get(self, name: str) -> Answer | None:
        """The answer of a name."""

    async def put(self, name: str, answer: Answer) -> None:
        """Keep an answer."""

    async def lead(self, name: str) -> bool:
        """Whether nobody else works on the answer of a name; if so, the caller has to `leave` it."""

    async def leave(self, name: str) -> None:
        """Say that the answer of a name is there, or will not be."""

    async def wait(self, name: str) -> Answer | None:
        """The answer that another process works on; None once it has given up."""


class AnswerCache:
    """ASGI middleware that answers runs from what is cached; `paths` are those of runs, below the service's own."""

    def __init__(
        self,
        app: ASGIApp,
        paths: Collection[str],
        cached: BoundedCache[Answer],
        metrics: Metrics,
        shared: Shared | None = None,
    ) -> None:
        self.app = app
        self.paths = paths
        self.cached = cached
        self.metrics = metrics
        self.shared = shared
        self.flights: dict[str, asyncio.Future[Answer | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = path_of(scope) if scope["type"] == "http" and scope["method"] == "POST" else ""
        if path not in self.paths:
            await self.app(scope, receive, send)
            return
        body = await whole(receive)
        if body is None:
            return
        name = name_of(scope, path, without_values(body) if path == STRUCTURE else body)
        tag, packed = f'W/"{name}"', takes_packed(scope)
        if matches(header(scope, b"if-none-match"), tag):
            scope["route"] = Named(path)
            await Response(status_code=304, headers={"ETag": tag, "Cache-Control": KEEP, "Vary": VARY})(
                scope, receive, send
            )
            return
        answer = await self.find(name)
        if answer is not None:
            self.metrics.cache_hits.inc()
            scope["route"] = Named(path)
        else:
            answer = await self.fly(name, scope, first(body, receive))
        if answer is not None:
            await (await self.fit(name, answer, packed)).send(send, tag, packed)

    async def find(self, name: str) -> Answer | None:
        """The answer of a name, where this process has it or works on it."""
        answer = self.cached.get(name)
        while answer is None and name in self.flights:
            answer = await asyncio.shield(self.flights[name])
        return answer

    async def fly(self, name: str, scope: Scope, receive: Receive) -> Answer | None:
        """The answer that the application gives; all that ask for the same meanwhile wait for it."""
        flight = self.flights[name] = asyncio.get_running_loop().create_future()
        answer: Answer | None = None
        try:
            answer = await self.elsewhere(name, scope) if self.shared is not None else None
            if answer is None:
                answer = await self.compute(name, scope, receive)
        finally:
            del self.flights[name]
            flight.set_result(answer if answer is not None and answer.status not in NOT_SHARED else None)
        return answer

    async def elsewhere(self, name: str, scope: Scope) -> Answer | None:
        """The answer that another process has or works on; None where this one has to compute it."""
        assert self.shared is not None
        answer = await self.shared.get(name)
        while answer is None and not await self.shared.lead(name):
            answer = await self.shared.wait(name)
        if answer is not None:
            self.metrics.cache_hits.inc()
            scope["route"] = Named(path_of(scope))
        return self.keep(name, answer)

    async def compute(self, name: str, scope: Scope, receive: Receive) -> Answer | None:
        """The answer of the application, kept for this process and for others."""
        try:
            answer = self.keep(name, await captured(self.app, scope, receive))
            if self.shared is not None and answer is not None and answer.cacheable:
                await self.shared.put(name, answer)
            return answer
        finally:
            if self.shared is not None:
                await self.shared.leave(name)

    def keep(self, name: str, answer: Answer | None) -> Answer | None:
        """The same answer, kept where that is allowed."""
        if answer is not None and answer.cacheable:
            self.cached.put(name, answer, answer.size)
        return answer

    async def fit(self, name: str, answer: Answer, packed: bool) -> Answer:
        """The answer in the form that is to be sent, which is kept too."""
        if (packed and answer.packed is None and len(answer.body or b"") >= PACKED_FROM) or (
            not packed and answer.body is None
        ):
            answer = await to_thread.run_sync(answer.fitted, packed)
            self.keep(name, answer)
        return answer


@dataclass(frozen=True)
class Named:
    """The route of a request that never got to it, for whoever counts requests."""

    path: str


class Gzip(GZipMiddleware):
    """Every other answer, compressed for a client that takes it so."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if takes_packed(scope):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def captured(app: ASGIApp, scope: Scope, receive: Receive) -> Answer | None:
    """What `app` answers, whole; None where it does not answer."""
    start: Message | None = None
    parts: list[bytes] = []

    async def keep(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, keep)
    if start is None:
        return None
    body = parts[0] if len(parts) == 1 else b"".join(parts)
    packed = dict(start["headers"]).get(b"content-encoding") == b"gzip"
    headers = [pair for pair in start["headers"] if pair[0] not in PRIVATE]
    return Answer(start["status"], headers, None if packed else body, body if packed else None)


def without_values(body: bytes) -> bytes:
    """The body of a request without what a structure does not depend on."""
    if b'"values"' not in body and b'"seed"' not in body:
        return body
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    if not isinstance(request, dict):
        return body
    return orjson.dumps({name: value for name, value in request.items() if name not in ("values", "seed", "arrays")})


def takes_packed(scope: Scope) -> bool:
    """Whether the client of a request takes an answer compressed."""
    return scope["type"] == "http" and quality(header(scope, b"accept-encoding"), b"gzip") > 0


def prefers(scope: Scope, media_type: str) -> bool:
    """Whether the client of a request would rather have arrays as `media_type` than as JSON."""
    accepted = header(scope, b"accept")
    liked = quality(accepted, media_type.encode())
    return liked > 0 and liked >= quality(accepted, b"application/json")


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


def name_of(scope: Scope, path: str, body: bytes) -> str:
    """The name of the answer to a request: of its address, body and type, of what it accepts, and this version.

    The entity tag made of it is weak, for the same answer goes out as it is and compressed.
    """
    digest = blake2b(body, digest_size=16)
    digest.update(f"\0{__version__}\0{path}\0".encode())
    for part in (b"accept", b"content-type"):
        digest.update(header(scope, part) + b"\0")
    digest.update(language_of(scope).encode() + b"\0")
    digest.update(scope["query_string"])
    return digest.hexdigest()


def matches(names: bytes, tag: str) -> bool:
    """Whether an If-None-Match header names `tag`; weak comparison, as RFC 9110 asks for."""
    opaque = tag.removeprefix("W/").encode()
    return bool(names) and any(name.strip().removeprefix(b"W/") == opaque for name in names.split(b","))
