"""Graphs in notebooks: what IPython hands to Jupyter."""

from __future__ import annotations

import json
import re
import sys
import zlib
from base64 import b64decode
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import anywidget
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import tidegraph
from tidegraph.app import examples
from tidegraph.app.integrations import jupyter

PROGRAM = "a: parameter = -4.0\nb: parameter = 2.0\nJ = a * b + a"


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    shell = InteractiveShell.instance()
    yield shell
    InteractiveShell.clear_instance()


def shown(shell: InteractiveShell, thing: Any) -> dict[str, str]:
    """What a cell that ends with `thing` shows, without the player that the first of them brings."""
    with capture_output():
        bundle, _ = shell.display_formatter.format(thing)
    return bundle


def unpacked(packed: str) -> str:
    return zlib.decompress(b64decode(packed), -zlib.MAX_WBITS).decode()


def body(html: str) -> str:
    return unpacked(re.findall(r'data-body="([^"]*)"', html)[0])


def recorded(html: str) -> dict[str, Any]:
    (payload,) = re.findall(r'<script type="application/json">(.*?)</script>', body(html))
    return json.loads(payload)


def test_without_the_extension_there_is_a_picture(shell: InteractiveShell) -> None:
    assert set(shown(shell, tidegraph.parse(PROGRAM))) == {"text/plain", "image/svg+xml"}


def test_with_it_a_graph_plays_in_a_frame_and_the_picture_is_behind(shell: InteractiveShell) -> None:
    shell.run_line_magic("load_ext", "tidegraph")
    graph = tidegraph.parse(PROGRAM)
    bundle = shown(shell, graph)
    assert {"text/html", "image/svg+xml"} <= set(bundle)
    assert '<img src="data:image/svg+xml;base64,' in bundle["text/html"]
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


def test_the_player_comes_once_and_every_output_is_small(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    cells = []
    for _ in range(2):
        with capture_output() as captured:
            last, _ = shell.display_formatter.format(tidegraph.show("chapter"))
        cells.append([*(output.data for output in captured.outputs), last])
    (first, second), most = cells, 200_000
    assert [len(first) > 1, len(second)] == [True, 1]
    assert max(len(json.dumps(output)) for cell in cells for output in cell) < most
    assert len(json.dumps(second)) < most / 3
    parts = [re.findall(r'\[(\d)\]="([^"]*)"', output["text/html"])[0] for output in first[:-1]]
    page = unpacked("".join(text for _, text in sorted(parts)))
    assert page.count("<!--here-->") == 1
    assert "default-src 'none'" in page
    assert page.count("@font-face") == 13


def test_the_cell_that_brought_the_player_brings_it_again(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = SimpleNamespace(cell="a")
    monkeypatch.setattr(shell, "get_parent", lambda: {"metadata": {"cellId": ran.cell}}, raising=False)

    def brings(cell: str) -> bool:
        ran.cell = cell
        shell.execution_count += 1
        return jupyter.carries(shell)

    assert [brings(cell) for cell in "aabbab"] == [True, True, False, False, True, False]
    assert not jupyter.carries(shell)


def test_where_every_output_is_a_page_of_its_own_each_has_the_player(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "google.colab", object())
    html = jupyter.of_graph(tidegraph.parse(PROGRAM)) or ""
    assert html.index("<img src=") < html.index("<iframe srcdoc=")


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
    assert 'data-title="A tour"' in told["text/html"]
    assert 'mode="slides" learner="ada"' in body(told["text/html"])
    assert "<p>A product</p><p>Forward" in told["text/html"]
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


def test_a_widget_reads_back_and_is_a_frame_where_there_are_no_widgets(shell: InteractiveShell) -> None:
    with capture_output() as captured:
        shown = tidegraph.show(PROGRAM, {"a": 3.0})
    assert isinstance(shown, anywidget.AnyWidget)
    assert shown.values == {"a": 3.0}
    assert (len(captured.outputs), shown.player) == (len(jupyter.parts()[1]), [])
    assert json.loads(re.findall(r'json">(.*?)</script>', unpacked(shown.body))[0])["values"] == {"a": 3.0}
    with capture_output() as captured:
        bundle, _ = shell.display_formatter.format(shown)
    assert not captured.outputs
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert recorded(bundle["text/html"])["values"] == {"a": 3.0}


def test_a_widget_where_every_output_is_a_page_of_its_own_holds_the_player() -> None:
    asked = tidegraph.question(PROGRAM, "ask: gradient of a")
    assert asked.player == jupyter.parts()[1]
    assert asked.answers == []
