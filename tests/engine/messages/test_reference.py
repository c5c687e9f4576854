"""Every code that the sources raise is in the catalogue, every error there is raised, and the page has all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tidegraph.engine.messages import catalogue
from tidegraph.engine.messages.reference import ERRORS, errors, sources

ROOT = Path(__file__).parents[3]
KINDS = {"TidegraphError", "ShapeError", "InputError", "ProgramError", "Problem", "error"}
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """The modules of engine and app."""
    for folder in ("engine", "app"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def first_text(call: ast.Call) -> ast.expr | None:
    """The argument of a call that is the code: the first, or the second after a status or a node."""
    return next(
        (
            part
            for part in call.args[:2]
            if isinstance(part, (ast.Constant, ast.JoinedStr))
            and not (isinstance(part, ast.Constant) and not isinstance(part.value, str))
        ),
        None,
    )


def raised() -> Iterator[tuple[str, str]]:
    """Where an error is made, and its code."""
    for path, tree in trees():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in KINDS:
                    found = first_text(node)
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    if isinstance(found, ast.Constant):
                        yield place, found.value
                    elif isinstance(found, ast.JoinedStr) and " " in ast.unparse(found) and path.name != "sphinx.py":
                        yield place, ast.unparse(found)


def test_every_error_has_a_code_of_the_catalogue() -> None:
    known = {code for section in sources().values() for code in section}
    unknown = [f"{place} {code!r}" for place, code in raised() if code not in known]
    assert not unknown, "\n".join(unknown)


def test_every_error_of_the_catalogue_is_raised() -> None:
    constants: set[str] = set()
    patterns: set[str] = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            match node:
                case ast.Constant(value=str(text)) if CODE.fullmatch(text):
                    constants.add(text)
                case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_] as parts) if "-" in start:
                    patterns.add("".join(re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in parts))
    listed = {code for title, codes in sources().items() if title.startswith(ERRORS) for code in codes}
    unused = {c for c in listed - constants if not any(re.fullmatch(pattern, c) for pattern in patterns)}
    assert not unused


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_error_is_explained(language: str) -> None:
    for section in errors(language):
        assert catalogue.has(f"errors-section-{section.title.replace(' ', '-')}"), section.title
        for entry in section.entries:
            assert entry.text, entry
            assert "{" not in entry.text.replace("{dtype", "").replace("{npy", ""), entry


def test_the_page_is_what_the_catalogue_says() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^### (\S+)$", page, re.M))
    listed = {entry.code for section in errors() for entry in section.entries}
    assert headings == listed, "run: python docs/errors.py"
