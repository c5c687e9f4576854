"""A tour of a program: stops with captions, bound to names rather than to numbers of steps.

```
## The hidden layer
at: value of z
marks: x, W1, matmul:z, z
The first weights multiply the **input**.
```

static/embed/stops.js reads the same text; docs/teaching.md describes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegraph.engine.graph import InputError, nearest
from tidegraph.engine.teaching import moments
from tidegraph.engine.teaching.question import things
from tidegraph.engine.trace.structure import Structure

KEYS = ("at", "marks", "paths", "open", "hide")
"""The keys of a stop's lines."""

KEY = re.compile(rf"({'|'.join(KEYS)})\s*[:：]\s*(.*?)\s*")
FENCE = re.compile(r"^(```+|~~~+)[ \t]*question[ \t]*\n([\s\S]*?)^\1[ \t]*$", re.MULTILINE)
OPEN = re.compile(r"^(```+|~~~+)[ \t]*question[ \t]*$", re.MULTILINE)
MOST_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: its moment by name, what stands out, open scopes, hidden numbers, a caption, a question in between.

    `at` may name several moments, with commas in between; the graph stands at the last.
    """

    title: str
    at: str = ""
    marks: tuple[str, ...] = ()
    paths: str = ""
    open: tuple[str, ...] = ()
    hide: str = ""
    text: str = ""
    question: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as a page reads it."""
        names = ("title", "at", "paths", "hide", "text", "question")
        lists = {"marks": list(self.marks), "open": list(self.open)}
        return {**{name: getattr(self, name) for name in names}, **lists}


@dataclass(frozen=True, slots=True)
class Tour:
    """A title, where there is one, the stops, and what stands before the first: a stop without a title."""

    title: str
    stops: tuple[Stop, ...]
    opening: Stop = Stop("")


def read(text: str) -> Tour:
    """The tour in a text. Raises InputError where there is no stop."""
    if len(text) > MOST_TEXT:
        raise InputError("question-too-long", count=len(text), most=MOST_TEXT)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = next((line for line in text.split("\n") if line.strip()), "")
    title = re.fullmatch(r"#\s+(.*)", first)
    before, *parts = re.split(r"^##\s+(.*)$", text, flags=re.MULTILINE)
    stops = tuple(stop(parts[n].strip(), parts[n + 1]) for n in range(0, len(parts), 2))
    if not stops:
        raise InputError("tour-without-stops")
    return Tour(title[1].strip() if title else "", stops, stop("", before.replace(first, "", 1) if title else before))


def stop(title: str, body: str) -> Stop:
    """One stop from its heading and what stands below it."""
    given: dict[str, str] = {}
    lines = body.split("\n")
    while lines:
        match = KEY.fullmatch(lines[0])
        if match is None and lines[0].strip():
            break
        del lines[0]
        if match is not None:
            given[match[1]] = match[2]
    text = "\n".join(lines)
    fence = FENCE.search(text)
    if OPEN.search(FENCE.sub("", text, count=1)):
        raise InputError("tour-question-open", stop=title)
    return Stop(
        title,
        at=given.get("at", ""),
        marks=names(given.get("marks", "")),
        paths=given.get("paths", ""),
        open=names(given.get("open", "")),
        hide=given.get("hide", ""),
        text=(FENCE.sub("", text, count=1) if fence else text).strip(),
        question=fence[2].strip() if fence else "",
    )


def names(text: str) -> tuple[str, ...]:
    """A list of names."""
    return tuple(part for part in re.split(r"[\s,]+", text) if part)


def check(tour: Tour, structure: Structure) -> list[int]:
    """The moments of the stops. Raises InputError for a name that the program does not have."""
    graph = structure.graph
    known: Mapping[str, object] = {**graph.variables, **dict.fromkeys(structure.ids.values()), **graph.scopes}
    found: list[int] = []
    for one in tour.stops:
        at = [moments.find(structure, name) for name in one.at.split(",")] if one.at else found[-1:] or [0]
        found.append(at[-1])
        for name in (*one.marks, *([one.paths] if one.paths else ())):
            if name not in known:
                raise InputError("tour-unknown-mark", nearest(name, known), stop=one.title, name=name)
        for name in one.open:
            if name not in graph.scopes:
                raise InputError("tour-unknown-scope", nearest(name, graph.scopes), stop=one.title, name=name)
        for thing in things(one.hide) if one.hide else ():
            if thing.name != "*":
                graph.find(thing.name)
    return found
