"""The security headers of every answer, so that no page runs or loads anything that is not ours."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tidegraph.app.http.problems import Problem, respond
from tidegraph.engine.messages.catalogue import listed

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


Pairs = list[tuple[bytes, bytes]]

METHODS = ("GET", "POST", "PUT")

ALLOWED = ("Content-Encoding", "Content-Type", "If-None-Match", "X-Request-ID")
"""Headers that pages of others may send."""

EXPOSED = ("ETag", "Location", "Retry-After", "X-Request-ID")
"""Headers that pages of others may read."""

HEADERS = "tidegraph.headers"

QUALITY = re.compile(rb"0(\.\d{0,3})?|1(\.0{0,3})?")


def header(scope: Scope, name: bytes) -> bytes:
    """A header of a request, empty where it has none."""
    headers: dict[bytes, bytes] | None = scope.get(HEADERS)
    if headers is None:
        headers = scope[HEADERS] = dict(scope["headers"])
    return headers.get(name, b"")


def quality(accepted: bytes, name: bytes) -> float:
    """How much a client likes `name`, 0 to 1, by an Accept or Accept-Encoding header; 0 where it does not name it."""
    for part in accepted.lower().split(b",") if name in accepted.lower() else ():
        named, *parameters = (word.strip() for word in part.split(b";"))
        if named == name:
            quality = next((word[2:] for word in parameters if word.startswith(b"q=")), b"1")
            return float(quality) if QUALITY.fullmatch(quality) else 1.0
    return 0.0


def completed(headers: Pairs, more: Pairs) -> Pairs:
    """Headers and more, but for those that are there already."""
    own = dict(headers)
    return [*headers, *[pair for pair in more if pair[0] not in own]]


def of_every_answer(origins: list[str]) -> Pairs:
    """The headers of every answer, whatever is asked, where pages of `origins` may read the API."""
    named = dict(SECURITY_HEADERS)
    if "*" in origins:
        named |= {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": ", ".join(EXPOSED)}
    return [(name.lower().encode(), value.encode()) for name, value in named.items()]


class CrossOrigin(CORSMiddleware):
    """Which pages of others may read the API; never with credentials.

    Where all may, an answer says so whoever asks: it need not vary with the origin.
    """

    def __init__(self, app: ASGIApp, origins: list[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=ALLOWED,
            expose_headers=EXPOSED,
            max_age=86400,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        answer = super().preflight_response(request_headers)
        if answer.status_code == 200:
            return answer
        headers = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
        reason = bytes(answer.body).decode()
        return respond(Problem(400, "cross-origin", headers, reason=reason, methods=listed(METHODS), allowed=ALLOWED))

    async def simple_response(self, scope: Scope, receive: Receive, send: Send, request_headers: Headers) -> None:
        if self.allow_all_origins:
            await self.app(scope, receive, send)
        else:
            await super().simple_response(scope, receive, send, request_headers)
