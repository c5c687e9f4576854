"""Fences of Markdown as players: which element each is, where its program comes from, and what an author is told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tidegraph.app.integrations import fences
from tidegraph.app.integrations.course import CourseError

PROGRAM = "a: parameter = 3.0\nJ = a ** 2"


def test_each_name_makes_its_element(tmp_path: Path) -> None:
    bodies = {"tide": PROGRAM, "tide-graph": PROGRAM, "tide-question": f"{PROGRAM}\n---\nask: value of J"}
    bodies["tide-tour"] = f"{PROGRAM}\n---\n## One\nA square."
    assert set(bodies) == set(fences.NAMES)
    for name, body in bodies.items():
        element = "tide-graph" if name == "tide" else name
        assert fences.made(name, body, {}, tmp_path).startswith(f"<{element}"), name


def test_a_program_comes_from_the_fence_a_file_or_an_example(tmp_path: Path) -> None:
    (tmp_path / "run.tide").write_text(PROGRAM, "utf-8")
    assert fences.made("tide", "", {"file": "run.tide"}, tmp_path) == fences.made("tide", PROGRAM, {}, tmp_path)
    assert "W1" in fences.made("tide", "", {"example": "chapter"}, tmp_path)
    asked = fences.made("tide-question", "ask: value of J", {"file": "run.tide"}, tmp_path)
    assert asked.startswith("<tide-question")


def test_an_option_of_the_fence_goes_before_the_sites_server(tmp_path: Path) -> None:
    assert 'server="https://a.example/"' in fences.made("tide", PROGRAM, {}, tmp_path, "https://a.example/")
    own = fences.made("tide", PROGRAM, {"server": "https://b.example/"}, tmp_path, "https://a.example/")
    assert 'server="https://b.example/"' in own
    assert "a.example" not in own


def test_an_author_is_told_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "odd.tide").write_bytes(b"\xff\xfe")
    for options, words in [
        ({"file": "none.tide"}, "the file none.tide cannot be read"),
        ({"file": "odd.tide"}, "the file odd.tide cannot be read"),
        ({"theme": "sepia"}, "theme cannot be 'sepia'"),
    ]:
        with pytest.raises(CourseError, match=words):
            fences.made("tide", PROGRAM, options, tmp_path)


def test_options_are_taken_and_elements_are_blocks_once() -> None:
    options = {"a": "1"}
    assert fences.accept("tide", {"b": "2"}, options, None, None)
    assert options == {"a": "1", "b": "2"}
    md = SimpleNamespace(block_level_elements=["p", "tide-tour"])
    for _ in range(2):
        fences.are_blocks(md)
    assert sorted(md.block_level_elements) == ["p", *sorted(fences.MAKERS)]
