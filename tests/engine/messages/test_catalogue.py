"""The catalogues: every language has every message, with the same parameters, and messages are filled as data says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tidegraph.engine.graph import InputError, ProgramError, ShapeError
from tidegraph.engine.messages import catalogue
from tidegraph.engine.messages.catalogue import Message, listed
from tidegraph.engine.ops import REGISTRY

LANGUAGES = ("en", "zh")


def entries(language: str) -> dict[str, str]:
    """The source of every message of a language, by code; a code that stands twice is refused."""
    text = (catalogue.FOLDER / f"{language}.ftl").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for part in re.split(r"\n(?=[a-z-])", text):
        if code := re.match(r"(-?[a-z][\w-]*) =", part):
            assert code[1] not in found, f"{code[1]} stands twice in {language}.ftl"
            found[code[1]] = part
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_no_errors(language: str) -> None:
    from fluent.syntax import FluentParser
    from fluent.syntax.ast import Junk

    body = FluentParser().parse((catalogue.FOLDER / f"{language}.ftl").read_text(encoding="utf-8")).body
    assert [part.content for part in body if isinstance(part, Junk)] == []


def test_every_language_has_every_message() -> None:
    english, chinese = entries("en"), entries("zh")
    described = {f"doc-{name}" for name in REGISTRY}  # in English by their declarations
    assert english.keys() == chinese.keys() - described
    assert described <= chinese.keys()
    for code, text in english.items():
        assert set(re.findall(r"^ +\.(\w+) =", text, re.M)) == set(re.findall(r"^ +\.(\w+) =", chinese[code], re.M)), (
            code
        )
        filled = set(re.findall(r"\$(\w+)", text))
        assert set(re.findall(r"\$(\w+)", chinese[code])) <= filled, code


@pytest.mark.parametrize(
    ("message", "english", "chinese"),
    [
        (Message("did-you-mean", name="relu"), "did you mean relu?", "是不是 relu？"),
        (Message("one-of", names=["a", "b"]), "one of a, b", "可以是 a、b"),
        (Message("one-of", names=listed(["a", "b", "c"])), "one of a, b and c", "可以是 a、b 和 c"),
        (
            Message("value-shape", name="x", shape=(5, 4), given=()),
            "x has shape [5, 4]; the value given has shape []",
            "x 的形状为 [5, 4]，给出的值的形状为 []",
        ),
        (Message("status-404"), "Not Found", "找不到"),
        (Message("no-such-code"), "no-such-code", "no-such-code"),
    ],
)
def test_a_message_is_written_in_each_language(message: Message, english: str, chinese: str) -> None:
    assert str(message) == english
    assert message.text("zh") == chinese


def test_numbers_are_counts_and_text_keeps_its_digits() -> None:
    assert Message("one-of", names=12000).text() == "one of 12,000"
    assert Message("one-of", names="12000").text() == "one of 12000"
    assert Message("one-of", names=0.25).text() == "one of 0.25"


def test_an_error_carries_its_code_and_parameters() -> None:
    error = ShapeError("value-shape", name="x", shape=(2,), given=(3,))
    assert (error.code, error.plain_parameters()) == ("value-shape", {"name": "x", "shape": [2], "given": [3]})
    assert error.describe("zh") == "x 的形状为 [2]，给出的值的形状为 [3]"
    outer = InputError(error.code, error.given_hint, error.inside(Message("in-node", name="n")), **error.parameters)
    assert outer.message == "node n: x has shape [2]; the value given has shape [3]"


def test_a_hint_of_the_case_replaces_the_catalogue_s() -> None:
    assert ProgramError("nested-too-deeply").hint == "split the expression into several lines"
    assert ProgramError("nested-too-deeply", "relu(x)").advise("zh") == "relu(x)"
    assert ProgramError("nested-too-deeply", Message("did-you-mean", name="x")).advise("zh") == "是不是 x？"


def test_a_language_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en-XA.ftl").write_text("did-you-mean = [did you mean { $name }]\n")
    monkeypatch.setenv(catalogue.MORE, str(tmp_path))
    catalogue.files.cache_clear()
    try:
        assert catalogue.languages() == ("en", "zh", "en-XA")
        assert Message("did-you-mean", name="x").text("en-XA") == "[did you mean x]"
        assert Message("status-404").text("en-XA") == "Not Found"
    finally:
        catalogue.files.cache_clear()
