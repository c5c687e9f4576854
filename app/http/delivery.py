"""How answers leave: in pieces that the client takes within a time, so that nobody holds memory by not reading."""

from __future__ import annotations

from hashlib import blake2b
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidegraph.app.http.headers import header

PIECE = 256 * 1024
"""Bytes that are handed to the server at once; it takes the next piece when the client has taken most of this one."""

STREAM = b"text/event-stream"

LARGEST_TAGGED = 4_000_000
"""Bytes up to which a page is held back to be given an entity tag."""


class TooSlow(Exception):
    """A client that did not read its answer in time; the connection is closed."""


class Delivery:
    """ASGI middleware that hands on bodies piece by piece, each answer within `seconds`; event streams last longer."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        until: float | None = None

        async def send_in_pieces(message: Message) -> None:
            nonlocal until
            if message["type"] == "http.response.start":
                streamed = dict(message["headers"]).get(b"content-type", b"").startswith(STREAM)
                until = None if streamed else monotonic() + self.seconds
            body = message.get("body", b"")
            if len(body) <= PIECE:
                await send(message)
                return
            view = memoryview(body)
            for start in range(0, len(body), PIECE):
                if until is not None and monotonic() > until:
                    raise TooSlow
                more = start + PIECE < len(body) or message.get("more_body", False)
                await send({**message, "body": bytes(view[start : start + PIECE]), "more_body": more})

        try:
            await self.app(scope, receive, send_in_pieces)
        except TooSlow:
            return


class PageTags:
    """ASGI middleware that gives answers to GET an entity tag, and answers 304 to a client that has them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        held: list[Message] = []
        size = 0

        async def send_tagged(message: Message) -> None:
            nonlocal size
            if message["type"] == "http.response.start" and taggable(message):
                held.append(message)
                return
            if not held:
                await send(message)
                return
            held.append(message)
            size += len(message.get("body", b""))
            last = not message.get("more_body", False)
            if last and size <= LARGEST_TAGGED:
                tag(scope, held)
            if last or size > LARGEST_TAGGED:
                for one in held:
                    await send(one)
                held.clear()

        await self.app(scope, receive, send_tagged)


def taggable(start: Message) -> bool:
    """Whether an answer is whole, has no tag yet, and may be kept."""
    names = dict(start["headers"])
    return (
        start["status"] == 200
        and b"etag" not in names
        and b"no-store" not in names.get(b"cache-control", b"")
        and not names.get(b"content-type", b"").startswith(STREAM)
    )


def tag(scope: Scope, held: list[Message]) -> None:
    """Give an answer its tag; it becomes 304 where the client has it."""
    digest = blake2b(digest_size=16)
    for message in held[1:]:
        digest.update(message.get("body", b""))
    name = f'W/"{digest.hexdigest()}"'.encode()
    start = held[0]
    start["headers"] = [*start["headers"], (b"etag", name)]
    if not any(key == b"cache-control" for key, _ in start["headers"]):
        start["headers"].append((b"cache-control", b"no-cache"))
    known = header(scope, b"if-none-match")
    opaque = name.removeprefix(b"W/")
    if known.strip() == b"*" or any(one.strip().removeprefix(b"W/") == opaque for one in known.split(b",")):
        start["status"] = 304
        start["headers"] = [pair for pair in start["headers"] if pair[0] not in (b"content-length", b"content-type")]
        held[1:] = [{"type": "http.response.body", "body": b""}]
