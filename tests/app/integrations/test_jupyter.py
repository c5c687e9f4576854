"""Graphs in notebooks: what IPython hands to Jupyter."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

import tidegraph
from tidegraph.app import examples

PROGRAM = "a: parameter = -4.0\nb: parameter = 2.0\nJ = a * b + a"


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    shell = InteractiveShell.instance()
    yield shell
    InteractiveShell.clear_instance()


def shown(shell: InteractiveShell, thing: Any) -> dict[str, str]:
    bundle, _ = shell.display_formatter.format(thing)
    return bundle


def recorded(html: str) -> dict[str, Any]:
    (page,) = re.findall(r'srcdoc="([^"]*)"', html)
    (payload,) = re.findall(r'<script type="application/json">(.*?)</script>', unescape(page))
    return json.loads(payload)


def test_without_the_extension_there_is_a_picture(shell: InteractiveShell) -> None:
    assert set(shown(shell, tidegraph.parse(PROGRAM))) == {"text/plain", "image/svg+xml"}


def test_with_it_a_graph_plays_in_a_frame_and_the_picture_is_behind(shell: InteractiveShell) -> None:
    shell.run_line_magic("load_ext", "tidegraph")
    graph = tidegraph.parse(PROGRAM)
    bundle = shown(shell, graph)
    assert {"text/html", "image/svg+xml"} <= set(bundle)
    assert bundle["text/html"].index("<img src=") < bundle["text/html"].index("<iframe srcdoc=")
    run = recorded(shown(shell, tidegraph.trace(graph, values={"a": 3}))["text/html"])
    assert next(node["value"] for node in run["trace"]["graph"]["nodes"] if node["id"] == "J") == 9
    assert set(run["layout"]) == {"a", "b", "J", "multiply:multiply", "multiply", "add:J"}
    assert "a→add:J" in run["ways"]
    shell.run_line_magic("unload_ext", "tidegraph")
    assert "text/html" not in shown(shell, graph)


def test_the_chapters_network_keeps_its_figure(shell: InteractiveShell) -> None:
    shell.run_line_magic("load_ext", "tidegraph")
    example = examples.load()["chapter"]
    run = recorded(shown(shell, tidegraph.parse(example.program))["text/html"])
    assert run["layout"]["x"] == [1, 1]


STOPS = """# A product

## Forward
at: value of J
Multiply, then add.

## Back
at: gradient of a

```question
name: ways
ask: paths from a to J
```
"""


def test_a_question_and_a_tour_are_pages_in_a_frame_and_words_where_there_is_none(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    asked = shown(shell, tidegraph.question(PROGRAM, "ask: gradient of a", language="zh"))
    assert asked["text/plain"] == "a 的梯度是多少？"
    assert recorded(asked["text/html"])["question"]["keys"]
    told = shown(shell, tidegraph.tour(PROGRAM, STOPS, mode="slides", learner="ada"))
    assert told["text/plain"] == "A product\n\nForward\nMultiply, then add.\n\nBack"
    assert 'title="A tour"' in told["text/html"]
    assert 'mode="slides" learner="ada"' in unescape(told["text/html"])
    held = recorded(told["text/html"])
    assert [stop["title"] for stop in held["tour"]["stops"]] == ["Forward", "Back"]
    assert held["tour"]["stops"][1]["asked"]["name"] == "ways"
    assert (
        "W1"
        in recorded(shown(shell, tidegraph.tour("chapter", "## One\nmarks: W1"))["text/html"])["recorded"]["program"]
    )


@pytest.mark.parametrize(
    ("options", "text", "code"),
    [({"mode": "slide"}, STOPS, "tour-unknown-mode"), ({}, "no stop", "tour-without-stops")],
)
def test_a_tour_that_is_wrong_is_refused(options: dict[str, Any], text: str, code: str) -> None:
    with pytest.raises(tidegraph.InputError) as caught:
        tidegraph.tour(PROGRAM, text, **options)
    assert caught.value.code == code
