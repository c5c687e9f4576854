"""Writes docs/errors.md, every error there is, from the catalogue: `python docs/errors.py`."""

from __future__ import annotations

from pathlib import Path

from tidegraph.engine.messages.reference import errors

PAGE = Path(__file__).with_suffix(".md")

HEAD = """\
# Errors

Every error has a code. In Python, the exceptions `tidegraph.ProgramError`, `ShapeError` and `InputError` carry it as
`code`, with `parameters`, `message` and `hint`. The API answers a problem document (RFC 9457), whose `type` is
`/docs/errors#CODE`; the service shows this page there, in the language of the reader. `‹name›` stands for a parameter.
"""


def page() -> str:
    """The page as Markdown, a heading for each code."""
    parts = [HEAD]
    for section in errors():
        parts.append(f"## {section.title[0].upper()}{section.title[1:]}\n")
        for entry in section.entries:
            hint = f"\n\nHint: {escape(entry.hint)}" if entry.hint else ""
            parts.append(f"### {entry.code}\n\n{escape(entry.text)}{hint}\n")
    return "\n".join(parts)


def escape(text: str) -> str:
    """Text in which nothing is Markdown."""
    for sign in ("\\", "*", "_", "<", "[", "`"):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
