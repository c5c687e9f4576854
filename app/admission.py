"""Who is let in, and when: a rate a client, a bound on waiting runs, a bound on how long a body may take."""

from __future__ import annotations

import math
import time

import anyio
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import Problem, respond


class RateLimit:
    """ASGI middleware: at most so many API requests a client in a moving window, such as `600/minute`."""

    def __init__(self, app: ASGIApp, rate: str) -> None:
        self.app = app
        self.rate: RateLimitItem = parse(rate)
        self.limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "/api/" not in scope["path"]:
            await self.app(scope, receive, send)
            return
        client = (scope.get("client") or ("unknown",))[0]
        if self.limiter.hit(self.rate, client):
            await self.app(scope, receive, send)
            return
        window = self.limiter.get_window_stats(self.rate, client)
        wait = max(1, math.ceil(window.reset_time - time.time()))
        detail = f"More than {self.rate.amount} requests in {self.rate.GRANULARITY.name} came from this address."
        members = {"limit": self.rate.amount, "hint": f"Try again in {wait} s."}
        await respond(429, "Too Many Requests", detail, members, {"Retry-After": str(wait)})(scope, receive, send)


class BodyTimeout:
    """ASGI middleware: a body must arrive whole within `seconds`."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        deadline = anyio.current_time() + self.seconds
        complete = False

        async def receive_in_time() -> Message:
            nonlocal complete
            if complete:
                return await receive()
            with anyio.move_on_after(deadline - anyio.current_time()):
                message = await receive()
                complete = message["type"] != "http.request" or not message.get("more_body", False)
                return message
            raise Problem(408, "Request Timeout", f"The body did not arrive within {self.seconds:g} s.")

        await self.app(scope, receive_in_time, send)


class Waiting:
    """How many runs wait for a thread; one more than `limit` is told to come back, rather than queued without end."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.count = 0

    def __enter__(self) -> None:
        if self.count >= self.limit:
            raise Problem(
                503,
                "Service Unavailable",
                f"{self.count} runs are under way or waiting already.",
                {"Retry-After": "1"},
                hint="Try again in a second.",
            )
        self.count += 1

    def __exit__(self, *error: object) -> None:
        self.count -= 1
