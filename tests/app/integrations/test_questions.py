"""Questions in pages without a server: what is in the text, what the page holds, and what it must not hold."""

from __future__ import annotations

import json

import pytest

from tidegraph.app import examples
from tidegraph.app.api.schemas.runs import TraceRequest
from tidegraph.app.integrations import questions
from tidegraph.app.settings import Settings
from tidegraph.engine.graph import TidegraphError

PROGRAM = "a: parameter = 4.5\nb: parameter = 2.0\nc = a * b\nJ = c ** 2"
SETTINGS = Settings()
QUESTION = "ask: value of c\nhint: b is 2\nexplain: Multiply.\n  It is 9.\nfeedback sign-flipped: No!\ntolerance: 1%"


def test_a_text_is_a_program_and_a_question() -> None:
    assert questions.parts("p\n  ---\nask: x\n---\nmore") == ("p\n", "\nask: x\n---\nmore")
    assert questions.parts("p") == ("p", "")
    chapter = examples.load()["chapter"].program
    assert questions.parts(" chapter \n----\nask: x") == (chapter, "\nask: x")
    assert questions.parts("---\nask: x", "p") == ("p", "\nask: x")
    assert questions.parts("ask: x", "chapter") == (chapter, "ask: x")


def test_the_page_holds_the_question_and_not_its_answer() -> None:
    found, picture = questions.packed(TraceRequest(program=PROGRAM), QUESTION, SETTINGS)
    text = json.dumps(found) + picture
    assert found["question"]["prompt"]
    assert "4.5" in picture
    assert found["question"]["text"] == "ask: value of c\nhint: b is 2\ntolerance: 1%"
    assert not [said for said in ("Multiply", "It is 9", "No!", ">9<", '"answer"') if said in text]


def test_individual_numbers_are_in_the_variants_alone() -> None:
    found, picture = questions.packed(TraceRequest(program=PROGRAM), "ask: value of c\nnumbers: individual a", SETTINGS)
    question = found["question"]
    assert len(question["keys"]) == len(question["variants"])
    assert all(set(one) == {"a"} for one in question["variants"])
    assert len({json.dumps(one) for one in question["variants"]}) > 1
    assert question["values"] == {}
    assert "4.5" not in picture


def test_a_page_is_built_the_same_twice_and_its_salt_is_its_own() -> None:
    request = TraceRequest(program=PROGRAM)
    one, two = (questions.packed(request, "ask: value of c", SETTINGS)[0]["question"]["keys"] for _ in range(2))
    other = questions.packed(request, "ask: value of c", SETTINGS, "secret")[0]["question"]["keys"]
    assert one == two != other
    assert len(questions.salt("a", 1)) == 16


def test_a_page_needs_no_server_and_its_words_cannot_leave_the_element() -> None:
    page = questions.page(PROGRAM, "ask: value of c\nprompt: <b>c</b>?", title="A & B", name='"><img')
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "&lt;b&gt;c&lt;/b&gt;?" in page
    assert '"><img"' not in page
    assert "&quot;&gt;&lt;img" in page
    assert "A &amp; B" in page


@pytest.mark.parametrize(("text", "code"), [("ask: value of q", "unknown-variable"), ("", "question-without-ask")])
def test_a_wrong_question_is_refused(text: str, code: str) -> None:
    with pytest.raises(TidegraphError) as caught:
        questions.packed(TraceRequest(program=PROGRAM), text, SETTINGS)
    assert caught.value.code == code
