"""Two replicas share rate limits and answers by way of a real Redis, and go on without it."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from tests.app.servers import redis
from tidegraph.app.http import shared
from tidegraph.app.http.answer_cache import Answer
from tidegraph.app.http.shared import packed, unpacked
from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings

RUN = {"program": "x: input[3]\nW: parameter[2, 3]\nJ = sum((W @ x) ** 2)"}
HIT = "tidegraph_cached_answers_total"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis has all the time that a slow machine needs."""
    monkeypatch.setattr(shared, "PATIENCE", 30.0)


@asynccontextmanager
async def replica(url: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one replica."""
    app = create_app(Settings(redis_url=url, **settings))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
        yield client
    await app.state.remote.close()


async def figure(client: httpx.AsyncClient, name: str) -> float:
    """A figure of the metrics."""
    lines = (await client.get("/metrics")).text.splitlines()
    return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])


@pytest.mark.usefixtures("patient")
async def test_an_answer_is_computed_for_both(tmp_path: Path) -> None:
    with redis(tmp_path) as (url, _):
        async with replica(url) as one, replica(url) as other:
            first = await one.post("/api/v1/gradients", json=RUN)
            second = await other.post("/api/v1/gradients", json=RUN)
            assert (first.status_code, second.status_code) == (200, 200)
            assert second.content == first.content
            assert second.headers["etag"] == first.headers["etag"]
            assert (await figure(one, HIT), await figure(other, HIT)) == (0, 1)


@pytest.mark.usefixtures("patient")
async def test_identical_requests_at_once_are_computed_once(tmp_path: Path) -> None:
    answers = []
    with redis(tmp_path) as (url, _):
        async with replica(url) as one, replica(url) as other:

            async def ask(client: httpx.AsyncClient) -> None:
                answers.append(await client.post("/api/v1/gradients", json=RUN))

            async with anyio.create_task_group() as tasks:
                for client in (one, other) * 4:
                    tasks.start_soon(ask, client)
            hits = await figure(one, HIT) + await figure(other, HIT)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert hits == 7


@pytest.mark.usefixtures("patient")
async def test_runs_are_counted_over_all_replicas(tmp_path: Path) -> None:
    with redis(tmp_path) as (url, _):
        async with replica(url, rate_limit="3/hour") as one, replica(url, rate_limit="3/hour") as other:
            statuses = [
                (await client.post("/api/v1/gradients", json={**RUN, "seed": seed})).status_code
                for seed, client in enumerate((one, other, one, other))
            ]
            refused = await one.post("/api/v1/gradients", json={**RUN, "seed": 9})
    assert statuses == [200, 200, 200, 429]
    assert (refused.status_code, 0 < int(refused.headers["retry-after"]) <= 3600) == (429, True)


@pytest.mark.parametrize("fault", ["stopped", "frozen"])
async def test_without_redis_answers_go_on_and_with_it_they_are_shared_again(tmp_path: Path, fault: str) -> None:
    with redis(tmp_path) as (url, process):
        async with replica(url) as one:
            assert (await one.post("/api/v1/gradients", json=RUN)).status_code == 200
            await recovered(one)  # a slow machine may have missed the first answers
            if fault == "frozen":
                process.send_signal(signal.SIGSTOP)
            else:
                process.terminate()
                process.wait()
            for seed in range(1, 6):
                assert (await one.post("/api/v1/gradients", json={**RUN, "seed": seed})).status_code == 200
            assert await figure(one, "tidegraph_redis_reachable") == 0
            assert await figure(one, "tidegraph_redis_failures_total") >= 1
            if fault == "frozen":
                process.send_signal(signal.SIGCONT)
                await recovered(one)
            else:
                with redis(tmp_path, int(url.rsplit(":", 1)[1].split("/")[0])):
                    await recovered(one)


async def recovered(client: httpx.AsyncClient) -> None:
    """Runs until Redis is asked again."""
    with anyio.fail_after(30):
        seed = 100
        while await figure(client, "tidegraph_redis_reachable") == 0:
            seed += 1
            assert (await client.post("/api/v1/gradients", json={**RUN, "seed": seed})).status_code == 200
            await anyio.sleep(0.2)


async def test_the_service_starts_without_redis() -> None:
    async with replica("redis://127.0.0.1:9/0") as one:
        assert (await one.post("/api/v1/gradients", json=RUN)).status_code == 200


@pytest.mark.parametrize("compressed", [True, False])
def test_an_answer_travels_as_bytes(compressed: bool) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"private, max-age=86400")]
    answer = Answer(200, headers, None if compressed else b"{}\n\n", b"packed\n" if compressed else None)
    assert unpacked(packed(answer)) == answer


@pytest.mark.parametrize("value", [b"", b"{}\n", b"nonsense", b'{"status": "x"}\n', b"[1]\n", b'{"headers": 3}\n'])
def test_other_bytes_are_no_answer(value: bytes) -> None:
    assert unpacked(value) is None
