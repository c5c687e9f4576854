"""What the engine says is told in Chinese too: its errors, and what operators do where they have no derivative."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tidegraph.engine.ops import REGISTRY

ROOT = Path(__file__).parents[1]
STRINGS = ROOT / "static" / "i18n"
MOST = 0.85
"""The share of messages that has to be known: those about a graph given as data are for programs, not for readers."""


def keys(file: str) -> set[str]:
    """The English sentences of a file of strings."""
    pairs = re.findall(r"""^  (?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\w+)): """, (STRINGS / file).read_text(), re.MULTILINE)
    return {double or single or bare for double, single, bare in pairs}


def written(node: ast.expr | None) -> str | None:
    """A message as it stands in the source, `{}` for what is filled in; None where it is put together elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
    return None


def messages() -> Iterator[str]:
    """Every message that a module of the engine raises."""
    for path in (ROOT / "engine").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="ProgramError" | "ShapeError" | "InputError"), args=[message, *_]):
                    found = written(message)
                case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr="error"), args=[_, message, *_]):
                    found = written(message)
                case _:
                    continue
            if found:
                yield found.removeprefix("{}: ")


def test_errors_are_told_in_chinese() -> None:
    known, raised = keys("zh-errors.js"), set(messages())
    assert len(raised) > 200
    told = {message for message in raised if message in known}
    assert len(told) >= MOST * len(raised), sorted(raised - told)


def test_where_operators_have_no_derivative_is_told_in_chinese() -> None:
    kinks = {getattr(op, "kink", "").rstrip(".") for op in REGISTRY.values()} - {"", "0"}
    known = keys("zh-reference.js")
    assert len(kinks & known) >= MOST * len(kinks), sorted(kinks - known)
