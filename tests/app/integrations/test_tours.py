"""Tours in pages without a server: their stops, a handout with a figure for each, and what is hidden there."""

from __future__ import annotations

import json
import re

import pytest

from tidegraph.app.api.schemas.runs import TraceRequest
from tidegraph.app.integrations import tours
from tidegraph.app.settings import Settings
from tidegraph.engine.graph import InputError

PROGRAM = "a: parameter = 4.5\nb: parameter = 2.0\nc = a * b\nJ = c ** 2"
TOUR = """# Two products

## All numbers
Both **numbers** are there. <script>alert(1)</script>

## A product
at: value of c
hide: value c

## The end
at: end

```question
ask: gradient of a
prompt: What is <it>?
explain: Both ways.
```
"""
SETTINGS = Settings()
REQUEST = TraceRequest(program=PROGRAM)


def figures(handout: str) -> list[str]:
    return re.findall(r"<figure>.*?</figure>", handout, re.S)


def test_a_tour_has_its_stops_and_its_questions_with_names() -> None:
    found, _ = tours.packed(REQUEST, TOUR, SETTINGS, name="t")
    assert found["tour"]["title"] == "Two products"
    assert [stop["title"] for stop in found["tour"]["stops"]] == ["All numbers", "A product", "The end"]
    assert found["tour"]["stops"][2]["asked"]["name"] == "t-1"
    assert found["tour"]["stops"][2]["asked"]["keys"]
    assert "Both ways" not in json.dumps(found)
    assert "trace" not in found["recorded"]
    assert "trace" in tours.packed(REQUEST, "## One\nText.", SETTINGS)[0]["recorded"]


def test_a_handout_has_a_figure_for_each_stop_with_what_is_there_by_then() -> None:
    first, second, third = figures(tours.packed(REQUEST, TOUR, SETTINGS)[1])
    assert "<strong>numbers</strong>" in first
    assert "4.5" in first
    for figure in (first, second):
        assert ">9<" not in figure
    assert ">9<" in third
    assert "<strong>What is &lt;it&gt;?</strong>" in third
    assert not re.search(r' id="', first + second + third)


def test_markdown_is_written_without_the_authors_html() -> None:
    handout = tours.packed(REQUEST, TOUR, SETTINGS)[1]
    assert "<script>" not in handout
    assert "&lt;script&gt;" in handout
    assert tours.markdown("a\n\n| x |\n|---|\n| 1 |").count("<td>1</td>") == 1


def test_a_page_and_an_element_of_a_server() -> None:
    page = tours.page(PROGRAM, TOUR)
    assert "<title>Two products" in page
    assert 'data-stops="3"' in page
    live = tours.live(PROGRAM, '## "One"', {"server": "https://tide.example/", "readonly": ""})
    assert live.startswith('<tide-tour server="https://tide.example/" readonly="" program="')
    assert 'tour="## &quot;One&quot;"' in live


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no heading", "tour-without-stops"),
        ("## One\nmarks: q", "tour-unknown-mark"),
        ("## One\nopen: c", "tour-unknown-scope"),
    ],
)
def test_a_wrong_tour_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        tours.packed(REQUEST, text, SETTINGS)
    assert caught.value.code == code
