"""Every endpoint with programs and values that are odd: an answer or a problem document, and never a fault."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fuzz import corpus
from fuzz.cases import PROGRAMS, REQUESTS, VALUES
from tests.app.conftest import serve
from tidegraph.app.http.problems import MEDIA_TYPE

CORPUS = sorted(Path(corpus.__file__).parent.glob("*.json"))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A service in which no request leaves the process: a fault would be the same there, only later."""
    async with serve(rate_limit="1000000/second", cost_limit="1000000/second", light_seconds=60) as client:
        yield client


def sound(answer: httpx.Response) -> None:
    """An answer is strict JSON or a file, a refusal a problem document with a code."""
    if answer.status_code == 200:
        if answer.headers["content-type"] == "application/json":
            json.loads(answer.content, parse_constant=pytest.fail)
        return
    assert answer.status_code in (400, 413, 422), answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["code"]


@pytest.mark.parametrize(("path", "more"), REQUESTS)
async def test_every_endpoint_answers_every_program(client: httpx.AsyncClient, path: str, more: dict[str, Any]) -> None:
    for program in PROGRAMS.values():
        sound(await client.post(f"/api/v1/{path}", json={"program": program, **more}))


@pytest.mark.parametrize("path", ["gradients", "trace", "run", "check", "curvature", "export"])
async def test_every_endpoint_answers_every_value(client: httpx.AsyncClient, path: str) -> None:
    for program in (PROGRAMS["nan"], PROGRAMS["whole numbers"], PROGRAMS["matrix"]):
        for value in VALUES:
            more = {"format": "svg"} if path == "export" else {}
            sound(await client.post(f"/api/v1/{path}", json={"program": program, "values": {"x": value}, **more}))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
async def test_what_the_search_has_found_is_repaired(client: httpx.AsyncClient, path: Path) -> None:
    found = json.loads(path.read_text(encoding="utf-8"))
    sound(await client.post(found["path"], json=found["body"]))


@pytest.mark.parametrize("value", VALUES[3:])
async def test_a_buffer_that_is_none_is_refused(client: httpx.AsyncClient, value: Any) -> None:
    body = {"program": "x: input[2]\nJ = sum(x)", "values": {"x": value}}
    assert (await client.post("/api/v1/gradients", json=body)).status_code == 422


async def test_a_batch_says_in_which_set_the_fault_is(client: httpx.AsyncClient) -> None:
    program = "x: input[2]\nJ = sum(x)"
    for wrong in ({"x": [1, 2, 3]}, {"x": "many"}, {"z": 1}):
        answer = await client.post("/api/v1/batch", json={"program": program, "batch": [{}, {}, wrong]})
        assert answer.status_code == 422
        assert "set 3" in answer.json()["detail"]


@pytest.mark.parametrize(
    "url", ["/oembed?url=http://[::1", "/oembed?url=", "/g/%00", "/api/v1/links/%00", "/static/%00"]
)
async def test_an_address_that_is_none_is_no_fault(client: httpx.AsyncClient, url: str) -> None:
    assert (await client.get(url)).status_code in (404, 422)


async def test_an_unknown_path_suggests_the_nearest(client: httpx.AsyncClient) -> None:
    assert "/api/v1/gradients" in (await client.post("/api/v1/gradient", json={})).json()["hint"]
