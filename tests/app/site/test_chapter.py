"""The chapter's page: which language it is written in, its text as a tour, and its equations."""

from __future__ import annotations

import httpx
import pytest

from tidegraph.app.examples import load
from tidegraph.app.site.chapter import OTHER_RUNS, SECTIONS, read, tours
from tidegraph.app.site.pages import TEMPLATES
from tidegraph.engine.language.parser import parse
from tidegraph.engine.teaching import moments, tour
from tidegraph.engine.trace.structure import Structure

pytestmark = pytest.mark.anyio

ENGLISH, CHINESE = "en", "zh-Hans"


async def test_the_language_is_the_readers_or_the_one_that_is_asked_for(client: httpx.AsyncClient) -> None:
    for query, accepted, language in [
        ("", "zh-CN,zh;q=0.9,en;q=0.5", CHINESE),
        ("", "de,en;q=0.7", ENGLISH),
        ("", "", ENGLISH),
        ("?language=zh", "en", CHINESE),
        ("?language=en", "zh", ENGLISH),
        ("?language=../../secret", "", ENGLISH),
    ]:
        answer = await client.get(f"/chapter{query}", headers={"accept-language": accepted})
        assert answer.status_code == 200
        assert answer.headers["content-language"] == language, (query, accepted)
        assert "Accept-Language" in answer.headers["vary"]


async def test_a_language_of_unreasonable_length_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/chapter?language={'z' * 101}")).status_code == 422


async def test_both_languages_print_every_equation(client: httpx.AsyncClient) -> None:
    for language in ("en", "zh"):
        page = (await client.get(f"/chapter?language={language}")).text
        for name, number in read(language).numbers.items():
            assert f'id="eq-{name}"' in page, name
            assert f"({number})</a>" in page, name
        assert "$" not in page.replace("${", ""), "mathematics that was not set"


def test_both_languages_tell_the_same_stops_of_the_network() -> None:
    program = load()["chapter"].program
    structure = Structure(parse(program))
    told = {}
    for language in ("en", "zh"):
        text = (TEMPLATES / "chapter" / f"{language}.md").read_text("utf-8")
        found = dict(zip(SECTIONS, tours(text.split("---\n", 2)[2]), strict=True))
        stops = {name: tour.check(one, structure) for name, one in found.items() if one.stops}
        told[language] = (
            stops,
            [[stop.at for stop in one.stops] for one in found.values()],
            list(read(language).numbers),
        )
    assert told["en"] == told["zh"]
    assert list(told["en"][0]) == ["forward", "backward"]
    for _, moment in OTHER_RUNS.values():
        assert moments.find(Structure(parse("X: input[2, 3]\nZ = mean(tanh(X))")), moment) > 0


def test_equations_are_numbered_in_their_order() -> None:
    numbers = read("en").numbers
    assert list(numbers.values()) == list(range(1, 15))
    assert next(iter(numbers)) == "z"
    assert [stop["title"] for stop in read("en").sections["forward"].stops][:2] == [
        "Into the hidden layer",
        "The activation",
    ]
