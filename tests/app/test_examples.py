"""The programs that come with Tidegraph."""

from __future__ import annotations

import re

import pytest

from tidegraph.app import examples

FIGURE = {
    "x": (1, 1),
    "z": (3, 1),
    "h": (5, 1),
    "o": (7, 1),
    "W1": (2, 2),
    "l2": (4, 2),
    "W2": (6, 2),
    "L": (7, 2),
    "y": (8, 2),
    "s": (4, 3),
    "J": (8, 3),
}


def test_the_chapters_network_is_laid_out_as_its_figure() -> None:
    layout = examples.load()["chapter"].layout
    assert layout is not None
    assert FIGURE.items() <= layout.items()
    assert len(set(layout.values())) == len(layout) == 16


def test_the_chapter_comes_first_of_more_than_twenty() -> None:
    names = list(examples.load())
    assert names[0] == "chapter"
    assert len(names) > 20


@pytest.mark.parametrize("words", ["title", "description", "question"])
def test_each_has_words_of_its_own(words: str) -> None:
    loaded = examples.load().values()
    assert len({getattr(example, words) for example in loaded}) == len(loaded)


@pytest.mark.parametrize("name", examples.load())
def test_each_can_be_found_by_a_tag_and_is_told_in_chinese(name: str) -> None:
    example = examples.load()[name]
    assert example.tags
    for words in (example.zh.description, example.zh.question):
        assert re.search("[\u4e00-\u9fff]", words)
