"""Who is let in, and when: a rate a client, bounds on how large a body is and how long it takes, on waiting runs."""

from __future__ import annotations

import asyncio
import math
import time
import zlib

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from tidegraph.app.api.quotas import exceeded
from tidegraph.app.http.headers import header
from tidegraph.app.http.problems import Problem
from tidegraph.app.settings import Settings
from tidegraph.engine.messages.catalogue import Message


class Admission:
    """ASGI middleware: so many API requests a client and window, `600/minute`; bodies within bytes and seconds."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.rate: RateLimitItem = parse(settings.rate_limit)
        self.limiter = FixedWindowRateLimiter(MemoryStorage())
        self.bytes = settings.max_body_bytes
        self.seconds = settings.body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if "/api/" in scope["path"]:
                self.count((scope.get("client") or ("unknown",))[0])
            if scope["method"] != "GET":
                receive = Body(scope, receive, self.bytes, self.seconds)
        await self.app(scope, receive, send)

    def count(self, client: str) -> None:
        """One more request of a client; a `Problem` if there were too many."""
        if self.limiter.hit(self.rate, client):
            return
        window = self.limiter.get_window_stats(self.rate, client)
        wait = max(1, math.ceil(window.reset_time - time.time()))
        raise Problem(
            429,
            "too-many-requests",
            {"Retry-After": str(wait)},
            members={"limit": self.rate.amount},
            limit=self.rate.amount,
            unit=Message(f"unit-{self.rate.GRANULARITY.name}"),
            seconds=wait,
        )


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
            message = {**message, "body": self.unpack(self.packed, message.get("body", b""))}
        self.received += len(message.get("body", b""))
        if self.received > self.limit:
            raise self.too_large(self.received)
        return message

    def unpack(self, packed: zlib._Decompress, piece: bytes) -> bytes:
        """A piece of the body unpacked, as far as the limit; a `Problem` if it is no gzip, or not all of it."""
        try:
            found = packed.decompress(piece, self.limit - self.received + 1)
        except zlib.error as error:
            raise Problem(400, "gzip-broken", reason=str(error)) from None
        if self.complete and not packed.eof and self.received + len(found) <= self.limit:
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


class Waiting:
    """How many runs are under way or wait; one more than `limit` is told to come back, not queued without end."""

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
