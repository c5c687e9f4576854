"""Errors of HTTP itself: each a problem document."""

from __future__ import annotations

import asyncio
from typing import NoReturn

import httpx
import pytest

from tidegraph.app.api.schemas.runs import ProblemDocument
from tidegraph.app.http import problems

PROGRAM = {"program": "J = 1.0 * 2"}


def problem_in(answer: httpx.Response, status: int) -> ProblemDocument:
    """The problem document of an answer, which has the status and the media type of one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = ProblemDocument.model_validate_json(answer.content)
    assert problem.status == status
    assert problem.title
    assert problem.detail
    return problem


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing", "/api/v1/examples/nothing", "/static/nothing.js"])
async def test_nothing_there(client: httpx.AsyncClient, path: str) -> None:
    problem_in(await client.get(path), 404)


async def test_wrong_method(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/gradients")
    problem_in(answer, 405)
    assert answer.headers["allow"] == "POST, OPTIONS"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/", {"GET", "HEAD", "OPTIONS"}),
        ("/api/v1/examples", {"GET", "HEAD", "OPTIONS"}),
        ("/api/v1/gradients", {"POST", "OPTIONS"}),
    ],
)
async def test_who_asks_is_told_the_methods(client: httpx.AsyncClient, path: str, methods: set[str]) -> None:
    answer = await client.options(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert set(answer.headers["allow"].split(", ")) == methods
    for method in {"GET", "HEAD"} & methods:
        assert (await client.request(method, path)).status_code == 200


async def test_a_refused_preflight(client: httpx.AsyncClient) -> None:
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "DELETE"}
    problem = problem_in(await client.options("/api/v1/gradients", headers=asked), 400)
    assert "GET, POST and PUT" in str(problem.hint)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "", ";"]
)
async def test_another_media_type(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await client.post("/api/v1/gradients", content=b"{}", headers={"content-type": content_type})
    assert "application/json" in str(problem_in(answer, 415).hint)


async def test_no_media_type(client: httpx.AsyncClient) -> None:
    problem_in(await client.post("/api/v1/gradients", content=b"{}"), 415)


async def test_a_media_type_may_have_parameters(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json; charset=utf-8"}
    answer = await client.post("/api/v1/gradients", content=b'{"program": "J = 1.0 * 2"}', headers=headers)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"not JSON",
        b"{",
        b'{"program": "J = 1.0 * 2",}',
        b'{"program": "J = 1.0 * 2", "values": {"x": NaN}}',
        b'{"program": "J = 1.0 * 2", "values": {"x": 1e999}}',
        b'{"program": "\xff"}',
        b'{"program": "\\ud800"}',
        b"[" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"program":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"program": "J = 1.0 * 2", "values": {"x": ' + b"[" * 10_000 + b"]" * 10_000 + b"}}",
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
async def test_a_body_that_is_not_strict_json(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/v1/trace", content=body, headers={"content-type": "application/json"})
    problem = problem_in(answer, 400)
    assert (b"NaN" in body or b"1e999" in body) == ("Infinity" in str(problem.hint))


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"3", b'"J"', b"{}"])
async def test_json_that_is_no_request(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/v1/trace", content=body, headers={"content-type": "application/json"})
    assert problem_in(answer, 422).errors


async def test_a_nest_within_json_but_not_within_arrays(client: httpx.AsyncClient) -> None:
    body = b'{"program": "x: input", "values": {"x": ' + b"[" * 500 + b"]" * 500 + b"}}"
    answer = await client.post("/api/v1/trace", content=body, headers={"content-type": "application/json"})
    assert "too deeply" in problem_in(answer, 422).detail


async def test_what_was_sent_is_not_sent_back(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/trace", json={"program": ["secret" * 1000]})
    problem_in(answer, 422)
    assert "secret" not in answer.text


async def test_a_fault_of_the_service_tells_no_stack_trace(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> NoReturn:
        raise RuntimeError("a fault in the engine room")

    monkeypatch.setattr("tidegraph.app.api.compiled.parse", crash)
    answer = await client.post("/api/v1/gradients", json={"program": "nobody = 1.0 * 4"})
    problem_in(answer, 500)
    assert "engine room" not in answer.text
    assert answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("fault", "status"), [(RuntimeError("a secret"), 500), (asyncio.CancelledError(), 503)])
async def test_what_goes_wrong_outside_of_any_route_is_a_problem_too(fault: BaseException, status: int) -> None:
    async def layer(*_: object) -> NoReturn:
        raise fault

    transport = httpx.ASGITransport(problems.Answered(layer))
    async with httpx.AsyncClient(transport=transport, base_url="http://tidegraph.test") as client:
        answer = await client.get("/")
    problem_in(answer, status)
    assert "secret" not in answer.text
    assert (status == 503) == ("retry-after" in answer.headers)
