"""The language of an answer: `?language=`, then Accept-Language, of those that have a catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from tidegraph.engine.messages.catalogue import DEFAULT, languages, speaking


class Spoken:
    """ASGI middleware: what answers a request is written in the language that it asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with speaking(language_of(scope)):
            await self.app(scope, receive, send)


def preferred(accepted: str) -> str:
    """The language that comes first in an Accept-Language header (RFC 9110), English if none does."""
    ranked: list[tuple[float, str]] = []
    for part in accepted.split(","):
        found = re.fullmatch(r"\s*([A-Za-z]+(?:-\w+)*)\s*(?:;\s*q=(\d(?:\.\d*)?))?\s*", part)
        if found and (known := available(found[1])):
            ranked.append((float(found[2] or 1), known))
    best = max(ranked, key=lambda one: one[0], default=(0.0, DEFAULT))
    return best[1] if best[0] > 0 else DEFAULT


def available(tag: str) -> str | None:
    """The catalogue for a language tag: of its own name, or of its first part (`zh` for zh-Hans-CN)."""
    tag = tag.lower()
    return next((known for name in (tag, tag.split("-")[0]) for known in languages() if known.lower() == name), None)


def language_of(scope: Mapping[str, Any]) -> str:
    """The language that a request (its ASGI scope) asks for."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    if (asked := query.get("language")) and (known := available(asked[-1])):
        return known
    headers = [value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"accept-language"]
    return preferred(",".join(headers))
