"""The chapter's page: which language it is written in, and the equations that both languages print."""

from __future__ import annotations

import httpx
import pytest

from tidegraph.app.site.chapter import equations
from tidegraph.app.site.pages import TEMPLATES

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
        for name, equation in equations().items():
            assert f"({equation['number']})" in page, name


def test_equations_are_numbered_in_their_order() -> None:
    found = equations()
    assert [equation["number"] for equation in found.values()] == list(range(1, len(found) + 1))
    assert all(equation["latex"] for equation in found.values())
    for language in ("en", "zh"):
        text = (TEMPLATES / "chapter" / f"{language}.html").read_text("utf-8")
        assert not [name for name in found if name not in text], language
