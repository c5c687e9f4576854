"""The extension of Python-Markdown: fences become players, alone and beside other fences."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown import markdown
from pymdownx.superfences import SuperFencesException

PROGRAM = "a: parameter = 3.0\nJ = a ** 2"
FENCE = f'# One\n\n``` tide-graph moment="1"\n{PROGRAM}\n```\n\nText.'
NAME = "tidegraph.markdown"


def test_a_fence_becomes_a_player_and_the_rest_stays_markdown() -> None:
    html = markdown(FENCE, extensions=[NAME])
    assert '<tide-graph moment="1"' in html
    assert html.startswith("<h1>One</h1>")
    assert html.endswith("<p>Text.</p>")


@pytest.mark.parametrize("extensions", [[NAME, "pymdownx.superfences"], ["pymdownx.superfences", NAME]])
def test_other_fences_stay_whichever_is_loaded_first(extensions: list[str]) -> None:
    own = {"name": "shout", "class": "shout", "format": lambda source, *a, **more: f"<b>{source.upper()}</b>"}
    configured = {"pymdownx.superfences": {"custom_fences": [own]}}
    html = markdown(f"{FENCE}\n\n``` shout\nhey\n```", extensions=extensions, extension_configs=configured)
    assert html.count("<tide-graph") == 1
    assert "<b>HEY</b>" in html


def test_a_question_is_no_paragraph() -> None:
    text = f"``` tide-question\n{PROGRAM}\n---\nask: value of J\n```"
    html = markdown(text, extensions=[NAME])
    assert html.startswith("<tide-question")
    assert not html.startswith("<p>")


def test_files_and_server_are_those_of_the_options(tmp_path: Path) -> None:
    (tmp_path / "run.tide").write_text(PROGRAM, "utf-8")
    options = {NAME: {"docs": str(tmp_path), "server": "https://tide.example/"}}
    html = markdown('``` tide file="run.tide"\n```', extensions=[NAME], extension_configs=options)
    assert 'server="https://tide.example/"' in html


@pytest.mark.parametrize(
    ("fence", "words"),
    [("``` tide-graph\nJ = rellu(1)\n```", "relu"), ('``` tide file="none.tide"\n```', "none.tide cannot be read")],
)
def test_what_is_wrong_is_told(fence: str, words: str) -> None:
    with pytest.raises(SuperFencesException, match=words):
        markdown(fence, extensions=[NAME])
