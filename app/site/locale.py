"""Which of its languages a page is written in."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def preferred(wished: str) -> Language:
    """The language of the page that comes first in an Accept-Language header (RFC 9110), English if none does."""
    ranked: list[tuple[float, Language]] = []
    for part in wished.split(","):
        found = re.fullmatch(r"\s*([A-Za-z]+)[\w-]*\s*(?:;\s*q=(\d(?:\.\d*)?))?\s*", part)
        if found:
            ranked += [(float(found[2] or 1), known) for known in LANGUAGES if known == found[1].lower()]
    best = max(ranked, key=lambda one: one[0], default=(0.0, LANGUAGES[0]))
    return best[1] if best[0] > 0 else LANGUAGES[0]
