"""Which hosts this service answers as. A visitor's Host is not written into an address unless it is one of them."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidegraph.app.http.problems import Problem

ANY = "*"

PROBED = ("/healthz", "/readyz", "/metrics")
"""Paths that are asked for by the address of the machine, whatever names the service has."""


class Hosts:
    """ASGI middleware: one Host in each request, one of `allowed`; redirections lead to a path, not to a host."""

    def __init__(self, app: ASGIApp, allowed: list[str]) -> None:
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(given) != 1:
            raise Problem(400, "host-count", {"Connection": "close"}, count=len(given))
        name = name_of(given[0])
        if name is None:
            raise Problem(400, "host-invalid", {"Connection": "close"})
        if ANY not in self.allowed and not scope["path"].endswith(PROBED) and not is_one_of(name, self.allowed):
            raise Problem(400, "host-not-allowed", {"Connection": "close"})

        async def send_without_host(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (key, relative(value) if key == b"location" else value) for key, value in message["headers"]
                ]
            await send(message)

        await self.app(scope, receive, send_without_host)


def name_of(host: str) -> str | None:
    """The name in a Host header, without its port; None where it is no name."""
    try:
        parts = urlsplit(f"//{host}")
        if parts.port is not None and not 0 <= parts.port <= 65535:
            return None
    except ValueError:
        return None
    plain = parts.netloc == host and not parts.path and "@" not in host and host.isprintable() and " " not in host
    return parts.hostname if plain else None


def is_one_of(name: str, allowed: list[str]) -> bool:
    """Whether a name is allowed: as it stands, or below a domain that is written `*.example.org`."""
    return any(name == one.lower() or (one.startswith("*.") and name.endswith(one[1:].lower())) for one in allowed)


def trusted(host: str, allowed: list[str]) -> bool:
    """Whether a Host may stand in an address that others see: it is allowed by name, or names this machine itself."""
    name = name_of(host)
    if name is None:
        return False
    try:
        own = ip_address(name).is_loopback
    except ValueError:
        own = name == "localhost"
    return own or is_one_of(name, allowed)


def relative(location: bytes) -> bytes:
    """The address of a redirection without scheme and host."""
    parts = urlsplit(location)
    return parts._replace(scheme=b"", netloc=b"").geturl() if parts.netloc else location
