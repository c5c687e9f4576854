"""Program blocks in the sources of a course: the element that stands for them, and what an author is told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tidegraph.app import examples
from tidegraph.app.integrations import course

PROGRAM = "a: parameter = -4.0\nb: parameter = 2.0\nJ = a * b + a"


def recorded(html: str) -> dict[str, Any]:
    """What an element plays."""
    (payload,) = re.findall(r'<script type="application/json">(.*?)</script>', html)
    return json.loads(payload)


def value(html: str, name: str) -> Any:
    return next(node["value"] for node in recorded(html)["trace"]["graph"]["nodes"] if node["id"] == name)


def test_a_program_becomes_an_element_with_its_run() -> None:
    html = course.figure(PROGRAM, {"moment": "1", "height": 480, "panels": "equation, transport"})
    assert html.startswith('<tide-graph moment="1" panels="equation, transport" style=')
    assert "height: 480px" in html
    assert value(html, "J") == -12


def test_values_and_seed_are_those_of_the_run() -> None:
    assert value(course.figure(PROGRAM, {"values": '{"a": 3}'}), "J") == 9
    drawn = [value(course.figure("w: parameter[2]\nJ = sum(w)", {"seed": seed}), "J") for seed in ("1", "2", "1")]
    assert drawn[0] == drawn[2] != drawn[1]


def test_numbers_are_written_as_the_author_wishes() -> None:
    html = course.figure("a: parameter = 0.123456\nJ = 2 * a", {"digits": "6", "scientific": ""})
    assert html.startswith('<tide-graph digits="6" scientific')
    assert recorded(html)["trace"]["forward"][0]["equation"]["numeric"].endswith(r"= 2.46912 \times 10^{-1}")
    with pytest.raises(course.CourseError, match="digits cannot be '9'"):
        course.figure(PROGRAM, {"digits": "9"})


def test_with_a_server_the_numbers_can_be_changed() -> None:
    html = course.figure(PROGRAM, {"server": "https://tide.example/"})
    assert 'server="https://tide.example/"' in html
    assert "readonly" not in html


def test_the_chapters_network_keeps_its_figure_however_it_is_spaced() -> None:
    spaced = "\n\n" + examples.load()["chapter"].program.replace(" = ", "   =   ")
    assert recorded(course.figure(spaced, {}))["layout"]["x"] == [1, 1]
    assert recorded(course.figure("chapter", {}))["layout"]["x"] == [1, 1]
    assert {"a", "b"} <= set(recorded(course.figure(PROGRAM, {}))["layout"])


@pytest.mark.parametrize(
    ("program", "options", "words"),
    [
        ("J = 1 +", {}, r"line 1: .*"),
        ("a: parameter\nJ = rleu(a)", {}, r"line 2: .*relu"),
        (PROGRAM, {"colour": "red"}, r"no option 'colour'; there are .*theme"),
        (PROGRAM, {"theme": "sepia"}, r"theme cannot be 'sepia'"),
        (PROGRAM, {"height": "tall"}, r"height cannot be 'tall'"),
        (PROGRAM, {"values": "{a: 3}"}, r"no JSON"),
        (PROGRAM, {"values": '{"q": 3}'}, r"q"),
        (PROGRAM, {"target": "Q"}, r"Q"),
    ],
)
def test_an_author_is_told_what_is_wrong(program: str, options: dict[str, str], words: str) -> None:
    with pytest.raises(course.CourseError, match=words):
        course.figure(program, options)


def test_an_option_cannot_leave_its_attribute() -> None:
    html = course.figure(PROGRAM, {"server": 'https://x/"><img'})
    assert "<img" not in html


def test_all_that_plays_is_copied(tmp_path: Path) -> None:
    course.copy_files(tmp_path)
    assert (tmp_path / course.SCRIPT).is_file()
    assert list(tmp_path.rglob("fonts/KaTeX_Main-Regular*.woff2"))
    assert not list(tmp_path.rglob("*.map"))


ASKED = f"{PROGRAM}\n---\nask: gradient of a\nhint: two paths"


def test_a_question_holds_no_number_that_it_asks() -> None:
    html = course.question(ASKED, {"height": "400", "name": "q1"})
    assert html.startswith('<tide-question name="q1" style="--tide-height: 400px"><p>What is the gradient of a?</p>')
    (payload,) = re.findall(r'<script type="application/json">(.*?)</script>', html)
    held = json.loads(payload)
    assert held["question"]["hints"] == ["two paths"]
    assert held["question"]["hidden"]["gradients"] == ["a"]
    assert "trace" not in held["recorded"]
    assert len(held["question"]["keys"]) == 1
    assert html == course.question(ASKED, {"height": "400", "name": "q1"})


def test_a_question_of_individual_numbers_has_a_key_for_each_set() -> None:
    html = course.question(f"{PROGRAM}\n---\nask: value of J\nnumbers: individual", {})
    (payload,) = re.findall(r'<script type="application/json">(.*?)</script>', html)
    question = json.loads(payload)["question"]
    assert len(question["keys"]) == len(question["variants"]) == 32
    assert len({json.dumps(one) for one in question["variants"]}) > 10


def test_a_question_on_an_example_and_one_that_a_server_judges() -> None:
    assert "W1" in course.question("ask: shape of W1", {}, "chapter")
    live = course.question(ASKED, {"server": "https://tide.example/"})
    assert 'question="ask: gradient of a' in live
    assert "application/json" not in live


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (PROGRAM, "no line `ask:`"),
        (f"{PROGRAM}\n---\nask: value of Q", "no variable 'Q'"),
        (f"{PROGRAM}\n---\nasks: value of J", "no key asks"),
    ],
)
def test_a_wrong_question_is_told_to_the_author(body: str, message: str) -> None:
    with pytest.raises(course.CourseError, match=message):
        course.question(body, {})
