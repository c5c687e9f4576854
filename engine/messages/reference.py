"""What the catalogues hold, as a reference lists it: sections, codes, texts with their parameters' names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from tidegraph.engine.messages.catalogue import DEFAULT, files, look_up

ERRORS = "Errors: "
"""How the sections of errors begin; what they are filled with stands in other sections."""


@dataclass(frozen=True)
class Entry:
    """A message: its code, and its text and hint with `‹name›` for each parameter."""

    code: str
    text: str
    hint: str


@dataclass(frozen=True)
class Section:
    """The messages of one part of the project, by code."""

    title: str
    entries: tuple[Entry, ...]


@cache
def sources() -> dict[str, dict[str, str]]:
    """The source of every English message: section -> code -> Fluent text."""
    found: dict[str, dict[str, str]] = {}
    title = ""
    for part in re.split(r"\n(?=[a-z#-])", files()[DEFAULT].read_text(encoding="utf-8")):
        if part.startswith("## "):
            title = part.strip().removeprefix("## ")
        elif code := re.match(r"([a-z][\w-]*) =", part):
            found.setdefault(title, {})[code[1]] = part
    return found


@cache
def errors(language: str = DEFAULT) -> tuple[Section, ...]:
    """Every error with its text and hint in a language."""
    return tuple(
        Section(title.removeprefix(ERRORS), tuple(entry(code, messages[code], language) for code in sorted(messages)))
        for title, messages in sources().items()
        if title.startswith(ERRORS)
    )


def entry(code: str, source: str, language: str) -> Entry:
    """A message with the names of its parameters in their places."""
    names = {name: f"‹{name}›" for name in re.findall(r"\$(\w+)", source)}
    return Entry(code, look_up(code, None, names, language), look_up(code, "hint", names, language))
