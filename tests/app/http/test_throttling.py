"""Bodies that are packed, and what one client may use."""

from __future__ import annotations

import gzip
import json

import httpx
import pytest

from tests.app.conftest import Serve
from tidegraph.app.http.problems import Problem
from tidegraph.app.http.throttling import RateLimits
from tidegraph.app.settings import Settings

BODY = json.dumps({"program": "x: input[3] = [1, 2, 3]\nJ = sum(x ** 2)"}).encode()
PACKED = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


async def test_a_packed_body_may_have_two_members(client: httpx.AsyncClient) -> None:
    packed = gzip.compress(BODY[:20], mtime=0) + gzip.compress(BODY[20:], mtime=0)
    answer = await client.post("/api/v1/gradients", content=packed, headers=PACKED)
    assert (answer.status_code, answer.json()["values"]["J"]) == (200, 14.0)


@pytest.mark.parametrize("tail", [b"\0", b"x", b"trailing bytes", gzip.compress(b"{}", mtime=0)[:5]])
async def test_nothing_else_may_follow_it(client: httpx.AsyncClient, tail: bytes) -> None:
    answer = await client.post("/api/v1/gradients", content=gzip.compress(BODY, mtime=0) + tail, headers=PACKED)
    assert answer.status_code == 400


async def test_computing_is_limited_as_runs_are() -> None:
    limits = RateLimits(Settings(rate_limit="3/minute", cost_limit="2/minute"))
    await limits.admit("one")
    await limits.charge("one", 1.5)
    await limits.admit("one")
    await limits.charge("one", 1.5)
    with pytest.raises(Problem) as costly:
        await limits.admit("one")
    assert (costly.value.status_code, costly.value.error.code) == (429, "too-much-computing")
    assert costly.value.headers is not None
    assert int(costly.value.headers["Retry-After"]) in range(1, 61)
    for _ in range(3):
        await limits.admit("other")
    with pytest.raises(Problem) as often:
        await limits.admit("other")
    assert often.value.error.code == "too-many-requests"


async def test_runs_are_counted_and_nothing_else(serve: Serve) -> None:
    async with serve(rate_limit="1/minute") as client:
        pages = [await client.get(path) for path in ("/", "/api/v1/operators", "/api/v1/examples") * 3]
        first, again = [await client.post("/api/v1/gradients", json={"program": "J = 2.0 * 3"}) for _ in range(2)]
        other = await client.post("/api/v1/gradients", json={"program": "J = 2.0 * 4"})
    assert {page.status_code for page in pages} == {200}
    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 429)
