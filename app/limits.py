"""What one request may cost, known and refused before anything runs."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import Problem, respond
from app.settings import Settings
from engine import Plan


def check_program(program: str, settings: Settings) -> None:
    """Refuse a program text that is too long to be read."""
    if len(program) > settings.max_program_length:
        raise exceeded(413, "program length", len(program), settings.max_program_length, "characters")


def check_plan(plan: Plan, settings: Settings) -> None:
    """Refuse a run whose plan says that it costs more than `settings` allow."""
    for quantity, value, limit, unit in (
        ("operators", len(plan.operators), settings.max_operators, "operators"),
        ("elements per array", plan.largest_elements, settings.max_elements, "elements"),
        ("memory", plan.peak_bytes, settings.max_bytes, "bytes"),
        ("work", plan.flops, settings.max_flops, "floating-point operations"),
    ):
        if value > limit:
            raise exceeded(422, quantity, value, limit, unit)


def exceeded(status: int, quantity: str, value: int, limit: int, unit: str) -> Problem:
    """The problem that names the figure and the limit it is above."""
    return Problem(
        status,
        "Limit exceeded",
        f"The {quantity} of this request would be {value:,} {unit}; this server allows {limit:,}.",
        quantity=quantity,
        value=value,
        limit=limit,
    )


class BodyLimit:
    """ASGI middleware that stops reading a body as soon as it is larger than `limit` bytes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self.limit:
            problem = exceeded(413, "body", int(declared), self.limit, "bytes")
            response = respond(413, problem.title, problem.detail, problem.members, {"Connection": "close"})
            await response(scope, receive, send)
            return

        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                raise exceeded(413, "body", received, self.limit, "bytes")
            return message

        await self.app(scope, receive_within_limit, send)
