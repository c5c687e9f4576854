"""A pseudo-language: English in which every letter has an accent, made from the English catalogue.

Text without accents does not come from the catalogue.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from fluent.syntax import FluentParser, FluentSerializer, ast, visitor

from tidegraph.engine.messages.catalogue import FOLDER
from tidegraph.engine.ops import REGISTRY

LANGUAGE = "en-XA"
ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "àƀçđéƒğĥíĵķłɱñöƥɋřšŧúṽŵẋýžÀƁÇĐÉƑĞĤÍĴĶŁṀÑÖƤɊŘŠŦÚṼŴẊÝŽ"
)


class Accents(visitor.Transformer):
    """Accents on every letter of a text; names of parameters and functions stay."""

    def visit_TextElement(self, node: ast.TextElement) -> ast.TextElement:
        node.value = node.value.translate(ACCENTS)
        return node


def described(op: Any) -> str:
    """What an operator does, as a message: English has it in the operator's declaration."""
    kink = f"\n    .kink = {op.kink}" if getattr(op, "kink", "") else ""
    return re.sub(r"[{}]", lambda brace: f'{{ "{brace[0]}" }}', f"doc-{op.name} = {' '.join(op.doc.split())}{kink}")


def write(folder: Path) -> Path:
    """The catalogue of the pseudo-language in `folder`: one file, which is all that a language takes."""
    text = (FOLDER / "en.ftl").read_text(encoding="utf-8") + "\n".join(map(described, REGISTRY.values()))
    resource = FluentParser().parse(text)
    path = folder / f"{LANGUAGE}.ftl"
    path.write_text(FluentSerializer().serialize(Accents().visit(resource)), encoding="utf-8")
    return path
