"""Fences of Markdown as players: what MkDocs, Zensical and every other user of Python-Markdown share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tidegraph.app.integrations import course


def figure(source: str, options: Mapping[str, Any], program: str) -> str:
    """The player of a program that stands in the fence, or is given by name or by file."""
    return course.figure(source or program, options)


MAKERS: dict[str, Callable[[str, Mapping[str, Any], str], str]] = {
    "tide-graph": figure,
    "tide-question": course.question,
    "tide-tour": course.tour,
}
NAMES = ("tide", *MAKERS)


def made(name: str, source: str, options: dict[str, Any], docs: Path, server: str = "") -> str:
    """The element of one fence; a `file` is one in `docs`. Raises CourseError."""
    attributes = {"server": server} if server else {}
    program = options.pop("example", "")
    file = options.pop("file", None)
    if file is not None:
        try:
            program = (docs / file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise course.CourseError(f"the file {file} cannot be read: {error}") from None
    return MAKERS.get(name, figure)(source, attributes | options, program)


def accept(language: str, inputs: dict[str, str], options: dict[str, Any], attributes: Any, md: Any) -> bool:
    """Every option is taken; an error in one is raised when the player is made."""
    options.update(inputs)
    return True


def are_blocks(md: Any) -> None:
    """What is no block would stand in a paragraph, which the paragraphs inside a question would end."""
    md.block_level_elements.extend(name for name in MAKERS if name not in md.block_level_elements)
