"""Security headers, on whatever is answered."""

from __future__ import annotations

import httpx
import pytest

from tests.app.conftest import Serve


@pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/api/v1/examples", "/api/v1/openapi.json", "/nothing"])
async def test_every_answer_has_them(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    policy = dict(directive.split(" ", 1) for directive in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert not any("http" in sources or "*" in sources for sources in policy.values())


async def test_every_kind_of_answer_has_them_and_an_id(serve: Serve) -> None:
    run = {"json": {"program": "a: parameter = 2.0\nJ = a * a"}}
    wrong = {"content": b"x", "headers": {"Content-Type": "text/plain"}}
    preflight = {"Origin": "https://course.example", "Access-Control-Request-Method": "POST"}
    async with serve(rate_limit="2/minute", max_body_bytes=1000) as client:
        first = await client.post("/api/v1/gradients", **run)
        answers = [
            (200, first),
            (200, await client.get("/embed/chapter")),
            (200, await client.options("/api/v1/gradients", headers=preflight)),
            (304, await client.post("/api/v1/gradients", **run, headers={"If-None-Match": first.headers["etag"]})),
            (405, await client.get("/api/v1/gradients")),
            (413, await client.post("/api/v1/gradients", json={"program": "#" * 2000})),
            (415, await client.post("/api/v1/gradients", **wrong)),
            (422, await client.post("/api/v1/gradients", json={"program": "J = foo(1)"})),
            (200, await client.get("/api/v1/operators")),
            (429, await client.post("/api/v1/gradients", json={"program": "J = 2.0 * 3"})),
        ]
    for status, answer in answers:
        assert answer.status_code == status, answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert len(answer.headers.get_list("x-request-id")) == 1


async def test_only_named_origins_where_some_are_named(serve: Serve) -> None:
    async with serve(cors_origins=["https://course.example"]) as client:
        known, unknown = [
            await client.get("/api/v1/operators", headers={"Origin": origin})
            for origin in ("https://course.example", "https://elsewhere.example")
        ]
    assert known.headers["access-control-allow-origin"] == "https://course.example"
    assert "access-control-allow-origin" not in unknown.headers
    assert "Origin" in known.headers["vary"]
