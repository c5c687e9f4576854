"""The programs that come with Tidegraph."""

from __future__ import annotations

from app import examples

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


def test_each_has_a_title_and_a_description_of_its_own() -> None:
    loaded = examples.load().values()
    assert len({example.title for example in loaded}) == len({example.description for example in loaded}) == len(loaded)
