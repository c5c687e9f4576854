"""A pseudo-language: English in which every letter has an accent, made from the English catalogue.

Text without accents does not come from the catalogue.
"""

from __future__ import annotations

from pathlib import Path

from fluent.syntax import FluentParser, FluentSerializer, ast, visitor

from tidegraph.engine.messages.catalogue import FOLDER

LANGUAGE = "en-XA"
ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "àƀçđéƒğĥíĵķłɱñöƥɋřšŧúṽŵẋýžÀƁÇĐÉƑĞĤÍĴĶŁṀÑÖƤɊŘŠŦÚṼŴẊÝŽ"
)


class Accents(visitor.Transformer):
    """Accents on every letter of a text; names of parameters and functions stay."""

    def visit_TextElement(self, node: ast.TextElement) -> ast.TextElement:
        node.value = node.value.translate(ACCENTS)
        return node


def write(folder: Path) -> Path:
    """The catalogue of the pseudo-language in `folder`: one file, which is all that a language takes."""
    resource = FluentParser().parse((FOLDER / "en.ftl").read_text(encoding="utf-8"))
    path = folder / f"{LANGUAGE}.ftl"
    path.write_text(FluentSerializer().serialize(Accents().visit(resource)), encoding="utf-8")
    return path
