"""Errors: what is wrong, where, and what would be right, in the reader's language."""

from __future__ import annotations

from tidegraph.engine.graph import ProgramError, ShapeError
from tidegraph.engine.graph.errors import Fix, ProgramWarning
from tidegraph.engine.messages.catalogue import Message


def test_an_error_is_told_in_each_language() -> None:
    error = ShapeError("does-not-broadcast", shapes=Message("list", parts=[]))
    assert error.describe("en") != error.describe("zh")
    assert error.message == error.describe("en")


def test_a_given_hint_replaces_the_catalogues() -> None:
    error = ProgramError("nested-too-deeply", "relu(x)", line=3, column=5)
    assert (error.hint, error.line, error.column) == ("relu(x)", 3, 5)
    assert str(error).startswith("line 3, column 5: ")
    assert str(error).endswith("(relu(x))")
    assert ProgramError("nested-too-deeply", Message("did-you-mean", name="x")).advise("zh") == "是不是 x？"


def test_contexts_stand_inside_one_another() -> None:
    inner, outer = Message("did-you-mean", name="inner"), Message("did-you-mean", name="outer")
    error = ShapeError("inner-sizes", context=inner)
    found = error.inside(outer)
    assert found is not None
    assert found.parameters == {"context": outer, "problem": inner}
    assert error.inside(None) is inner
    assert ShapeError("inner-sizes").inside(outer) is outer


def test_plain_data() -> None:
    fix = Fix(1, 2, 1, 4, "**")
    assert fix.to_dict() == {"range": {"line": 1, "column": 2, "end_line": 1, "end_column": 4}, "text": "**"}
    warning = ProgramWarning(Message("did-you-mean", name="x"), 7).to_dict("en")
    assert (warning["code"], warning["parameters"], warning["line"]) == ("did-you-mean", {"name": "x"}, 7)
    assert "x" in warning["message"]
