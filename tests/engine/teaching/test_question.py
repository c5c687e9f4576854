from __future__ import annotations

import pytest

from tidegraph.engine.graph import InputError
from tidegraph.engine.teaching.question import Thing, Tolerance, read


def test_every_key_is_read() -> None:
    question = read(
        """
        # a comment
        ask: entry of gradient W1[0, 2]
        prompt: What reaches this weight?
        hide: gradient W1, value z, gradients
        tolerance: 5%
        hint: first
        hint: second,
            continued
        feedback path-forgotten: one is missing
        feedback > -3.5: too large
        feedback otherwise: no
        numbers: individual x, W1
        explain: because
        target: J
        """
    )
    assert question.asked.kind == "gradient"
    assert question.asked.thing == Thing("gradient", "W1", (0, 2))
    assert question.hide == (Thing("gradient", "W1"), Thing("value", "z"), Thing("gradient", "*"))
    assert question.tolerance == Tolerance(0.05, relative=True)
    assert question.hints == ("first", "second, continued")
    assert question.said("path-forgotten") == "one is missing"
    assert question.said("wrong") == "no"
    assert question.feedback[1].fits(0)
    assert not question.feedback[1].fits(-4)
    assert question.individual == ("x", "W1")
    assert question.target == "J"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ask: value z", "value"),
        ("ask: gradient of z[0]", "gradient"),
        ("ask: entry z[1]", "value"),
        ("ask: shape of gradient W1", "shape"),
        ("ask: sign of gradient w", "sign"),
        ("ask: next operator after value z", "next"),
        ("ask: next", "next"),
        ("ask: paths from a to b", "paths"),
        ("ask: memory of parameters", "memory"),
        ("ask: bytes W1", "memory"),
        ("ask: count of W1", "count"),
        ("ask: expression sum(W1 ** 2)", "number"),
        ("ask: formula of gradient W1\nchoice: x\nchoice: y", "formula"),
    ],
)
def test_everything_can_be_asked(text: str, kind: str) -> None:
    assert read(text).asked.kind == kind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "question-without-ask"),
        ("ask value of z", "question-line"),
        ("ask: value of z\nhnit: x", "question-unknown-key"),
        ("ask: value of z\nhint:", "question-empty-key"),
        ("ask: value of z\nask: value of h", "question-key-twice"),
        ("ask: colour of z", "question-unknown-kind"),
        ("ask: entry of z", "question-entry-index"),
        ("ask: value of 3z", "question-thing"),
        ("ask: formula of z", "question-formula-choices"),
        ("ask: value of z\nchoice: x", "question-formula-choices"),
        ("ask: value of z\ntolerance: some", "question-tolerance"),
        ("ask: value of z\nnumbers: random", "question-numbers"),
        ("ask: value of z\nfeedback Big: x", "question-feedback"),
        ("ask: number", "question-asks-nothing"),
        ("ask: value of z\nhint: " + "x" * 30_000, "question-too-long"),
    ],
)
def test_what_is_wrong_is_said_with_the_correct_form(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.code == code
    assert caught.value.hint
    assert caught.value.describe("zh") != caught.value.describe("en")
