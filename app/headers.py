"""The security headers of every answer, so that no page runs or loads anything that is not ours."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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

RAW: Pairs = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


def secured(headers: Pairs) -> Pairs:
    """An answer's headers and those of security."""
    return completed(headers, RAW)


def completed(headers: Pairs, more: Pairs) -> Pairs:
    """Headers and more, but for those that are there already."""
    own = dict(headers)
    return [*headers, *[pair for pair in more if pair[0] not in own]]


class CrossOrigin(CORSMiddleware):
    """Which pages of others may read the API; never with credentials.

    Where all may, an answer says so whoever asks: it need not vary with the origin.
    """

    def __init__(self, app: ASGIApp, origins: list[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type", "If-None-Match", "X-Request-ID"],
            expose_headers=["ETag", "Retry-After", "X-Request-ID"],
            max_age=86400,
        )
        self.to_all = [(name.lower().encode(), value.encode()) for name, value in self.simple_headers.items()]

    async def simple_response(self, scope: Scope, receive: Receive, send: Send, request_headers: Headers) -> None:
        async def send_to_all(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = completed(message.get("headers", []), self.to_all)
            await send(message)

        if self.allow_all_origins:
            await self.app(scope, receive, send_to_all)
        else:
            await super().simple_response(scope, receive, send, request_headers)
