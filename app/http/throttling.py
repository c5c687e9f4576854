"""Who is let in, and when: rates of each client, bounds on the size and the time of a body, on runs that wait."""

from __future__ import annotations

import asyncio
import math
import time
import zlib
from typing import Protocol

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from tidegraph.app.http.headers import header
from tidegraph.app.http.problems import Problem, exceeded
from tidegraph.app.settings import Settings
from tidegraph.engine.messages.catalogue import Message

MODELS = "/api/v1/import"
"""The path that takes the files of models."""


class Bodies:
    """ASGI middleware: bodies of requests within bytes and seconds."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.bytes = settings.max_body_bytes
        self.weights_bytes = settings.max_weights_bytes
        self.model_bytes = settings.max_model_bytes
        self.seconds = settings.body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] != "GET":
            most = self.bytes
            if scope["method"] == "PUT":
                most = self.weights_bytes
            elif scope["path"].endswith(MODELS):
                most = self.model_bytes
            receive = Body(scope, receive, most, self.seconds)
        await self.app(scope, receive, send)


MILLI = 1000
"""Parts of a second in which computing is counted."""


class Shared(Protocol):
    """Rates that several processes count together; every method gives None where they cannot."""

    async def test(self, rate: RateLimitItem, client: str) -> bool | None:
        """Whether one more would be allowed."""

    async def hit(self, rate: RateLimitItem, client: str, cost: int) -> bool | None:
        """Count `cost`; whether that is allowed."""

    async def reset(self, rate: RateLimitItem, client: str) -> float | None:
        """When the window ends, in seconds since the epoch."""


class RateLimits:
    """What one client may use: so many runs a window, `600/minute`, and so many seconds of computing."""

    def __init__(self, settings: Settings, shared: Shared | None = None) -> None:
        self.runs: RateLimitItem = parse(settings.rate_limit)
        given = parse(settings.cost_limit)
        self.cost = type(given)(given.amount * MILLI, given.multiples)
        self.own = FixedWindowRateLimiter(MemoryStorage())
        self.shared = shared

    async def admit(self, client: str) -> None:
        """Count one more run of a client; a `Problem` if there were too many, or they cost too much."""
        if not await self.test(self.cost, client):
            raise await self.refusal(self.cost, client, "too-much-computing", self.cost.amount // MILLI)
        if not await self.hit(self.runs, client):
            raise await self.refusal(self.runs, client, "too-many-requests", self.runs.amount)

    async def charge(self, client: str, seconds: float) -> None:
        """Count `seconds` of computing that a client caused."""
        await self.hit(self.cost, client, max(1, round(MILLI * seconds)))

    async def test(self, rate: RateLimitItem, client: str) -> bool:
        if self.shared is not None and (found := await self.shared.test(rate, client)) is not None:
            return found
        return self.own.test(rate, client)

    async def hit(self, rate: RateLimitItem, client: str, cost: int = 1) -> bool:
        if self.shared is not None and (found := await self.shared.hit(rate, client, cost)) is not None:
            return found
        return self.own.hit(rate, client, cost=cost)

    async def refusal(self, rate: RateLimitItem, client: str, code: str, limit: int) -> Problem:
        """The problem of a client that used too much, which says when the window ends."""
        reset = await self.shared.reset(rate, client) if self.shared is not None else None
        if reset is None:
            reset = self.own.get_window_stats(rate, client).reset_time
        wait = max(1, math.ceil(reset - time.time()))
        headers = {"Retry-After": str(wait)}
        unit = Message(f"unit-{rate.GRANULARITY.name}")
        return Problem(429, code, headers, members={"limit": limit}, limit=limit, unit=unit, seconds=wait)


def client_of(scope: Scope) -> str:
    """The address that a request comes from."""
    return str((scope.get("client") or ("unknown",))[0])


class Body:
    """A request's body as it arrives, unpacked: refused once it is larger than `limit` bytes or takes `seconds`."""

    def __init__(self, scope: Scope, receive: Receive, limit: int, seconds: float) -> None:
        self.receive = receive
        self.limit = limit
        self.seconds = seconds
        self.deadline: float | None = None
        self.received = 0
        self.complete = False
        self.packed = unpacker(header(scope, b"content-encoding"))
        self.between = False
        declared = header(scope, b"content-length")
        if declared.isdigit() and int(declared) > limit:
            raise self.too_large(int(declared))

    async def __call__(self) -> AsgiMessage:
        if self.complete:
            return await self.receive()
        timer = asyncio.timeout(self.seconds) if self.deadline is None else asyncio.timeout_at(self.deadline)
        try:
            async with timer:
                self.deadline = timer.when()
                message = await self.receive()
        except TimeoutError:
            raise Problem(408, "body-too-slow", {"Connection": "close"}, seconds=self.seconds) from None
        if message["type"] != "http.request":
            self.complete = True
            return message
        self.complete = not message.get("more_body", False)
        if self.packed is not None:
            message = {**message, "body": self.unpack(message.get("body", b""))}
        self.received += len(message.get("body", b""))
        if self.received > self.limit:
            raise self.too_large(self.received)
        return message

    def unpack(self, piece: bytes) -> bytes:
        """A piece of the body unpacked, as far as the limit: one gzip member, or several (RFC 1952, 2.2)."""
        room = self.limit - self.received + 1
        found = b""
        try:
            while piece and room > len(found):
                assert self.packed is not None
                self.between = False
                found += self.packed.decompress(piece, room - len(found))
                if not self.packed.eof:
                    break
                piece = self.packed.unused_data
                self.packed, self.between = zlib.decompressobj(wbits=31), True
        except zlib.error as error:
            raise Problem(400, "gzip-broken", reason=str(error)) from None
        if self.complete and not self.between and self.received + len(found) <= self.limit:
            raise Problem(400, "gzip-cut-off")
        return found

    def too_large(self, size: int) -> Problem:
        """The problem of a body of `size` bytes, after which nothing more is read."""
        return exceeded(413, "body", size, self.limit, "bytes", {"Connection": "close"})


def unpacker(encoding: bytes) -> zlib._Decompress | None:
    """What unpacks a body of a Content-Encoding, None where it is not packed; a `Problem` if nothing here does."""
    match encoding.strip().lower():
        case b"" | b"identity":
            return None
        case b"gzip" | b"x-gzip":
            return zlib.decompressobj(wbits=31)
    raise Problem(415, "unknown-content-encoding", {"Accept-Encoding": "gzip"})


class Limiter:
    """How many runs are under way or wait; one more than `limit` is refused with `Retry-After`."""

    def __init__(self, limit: int, seconds: int = 1) -> None:
        self.limit = limit
        self.seconds = seconds
        self.count = 0

    def __enter__(self) -> None:
        if self.count >= self.limit:
            raise Problem(
                503,
                "too-many-runs",
                {"Retry-After": str(self.seconds)},
                count=self.count,
                seconds=self.seconds,
            )
        self.count += 1

    def __exit__(self, *error: object) -> None:
        self.count -= 1
