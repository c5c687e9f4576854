"""Which language an answer has, of those that there is a catalogue for."""

from __future__ import annotations

import pytest

from tidegraph.app.http.locale import available, preferred


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr, zh;q=0.3, en;q=0.2", "zh"),
        ("en;q=0.5, zh;q=0.9", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=0", "en"),
        ("fr", "en"),
        ("nonsense;;q=, *", "en"),
    ],
)
def test_the_language_that_is_preferred(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


@pytest.mark.parametrize(("tag", "language"), [("ZH", "zh"), ("zh-Hans-CN", "zh"), ("en-GB", "en"), ("de", None)])
def test_a_tag_finds_the_catalogue_of_its_first_part(tag: str, language: str | None) -> None:
    assert available(tag) == language
