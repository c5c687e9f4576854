"""The page and the picture behind a short link."""

from __future__ import annotations

import httpx
import pytest

pytestmark = pytest.mark.anyio

CONTENT = {"program": "a: parameter = 3.0\nJ = a ** 2", "title": "A <b>square</b>", "values": {"a": 4}, "moment": 1}


async def made(client: httpx.AsyncClient, **more: object) -> str:
    answer = await client.post("/api/v1/links", json={**CONTENT, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"])


async def test_the_page_shows_the_program_and_leads_to_the_workspace(client: httpx.AsyncClient) -> None:
    address = await made(client)
    page = await client.get(address)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "a: parameter = 3.0" in page.text
    assert "A &lt;b&gt;square&lt;/b&gt;" in page.text
    assert "<b>square" not in page.text
    assert "#program=" in page.text
    assert f"http://tidegraph.test{address}.svg" in page.text


async def test_the_page_is_in_the_readers_language(client: httpx.AsyncClient) -> None:
    address = await made(client)
    english = await client.get(address, headers={"accept-language": "en"})
    chinese = await client.get(address, headers={"accept-language": "zh"})
    assert '<html lang="zh' in chinese.text
    assert english.text != chinese.text


async def test_the_picture_is_of_the_links_values_and_for_ever(client: httpx.AsyncClient) -> None:
    picture = await client.get(f"{await made(client)}.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "immutable" in picture.headers["cache-control"]
    assert picture.text.lstrip().startswith("<svg")
    assert ">16<" in picture.text


async def test_a_program_with_a_fault_has_a_page_and_no_picture(client: httpx.AsyncClient) -> None:
    address = await made(client, program="J = rellu(a)", values={})
    assert (await client.get(address)).status_code == 200
    picture = await client.get(f"{address}.svg")
    assert picture.status_code == 422
    assert picture.headers["content-type"] == "application/problem+json"
