"""Telemetry alone: ids, counters by route, gauges that go down again, and log lines without a program."""

from __future__ import annotations

import logging
import sys
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI

from tidegraph.app.http.caching import BoundedCache
from tidegraph.app.http.telemetry import JsonFormatter, Metrics, Telemetry, TextFormatter, frames, line, request_id
from tidegraph.engine.graph.budget import BudgetError, TooLarge

pytestmark = pytest.mark.anyio

SECRET = "W = secret_weights"


def observed(metrics: Metrics) -> Telemetry:
    app = FastAPI()

    @app.get("/run/{name}")
    async def run(name: str) -> str:
        assert metrics.registry.get_sample_value("tidegraph_requests_under_way") == 1
        if name == "fault":
            raise RuntimeError(SECRET)
        return request_id.get()

    return Telemetry(app, metrics, [(b"x-frame-options", b"DENY")])


async def get(app: Any, path: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://t.test", headers=headers) as client:
        return await client.get(path)


async def test_requests_are_counted_by_route_and_status() -> None:
    metrics = Metrics({})
    app = observed(metrics)
    for path in ("/run/a", "/run/b", "/nothing", "/run/fault"):
        await get(app, path)
    counted = metrics.registry.get_sample_value
    route = {"method": "GET", "route": "/run/{name}"}
    assert counted("tidegraph_requests_total", {**route, "status": "200"}) == 2
    assert counted("tidegraph_requests_total", {**route, "status": "500"}) == 1
    assert counted("tidegraph_requests_total", {"method": "GET", "route": "unmatched", "status": "404"}) == 1
    assert counted("tidegraph_request_seconds_count", {"route": "/run/{name}"}) == 3
    assert counted("tidegraph_requests_under_way") == 0


async def test_an_id_is_the_clients_if_it_is_one_and_in_the_answer() -> None:
    app = observed(Metrics({}))
    given = await get(app, "/run/a", **{"x-request-id": "trace-1.a"})
    assert (given.headers["x-request-id"], given.json()) == ("trace-1.a", "trace-1.a")
    assert given.headers["x-frame-options"] == "DENY"
    odd = await get(app, "/run/a", **{"x-request-id": "a b\\r<script>"})
    assert odd.headers["x-request-id"] == odd.json()
    assert len(odd.json()) == 32
    assert request_id.get() == ""


def test_what_is_kept_within_a_bound_is_watched() -> None:
    cache: BoundedCache[str] = BoundedCache(10)
    metrics = Metrics({"answers": cache})
    cache.put("a", "A", 4)
    cache.get("a")
    cache.get("b")
    for _ in range(2):
        metrics.answered("GET", "/", 200, 0.1)
    counted = metrics.registry.get_sample_value
    kind = {"kind": "answers"}
    assert counted("tidegraph_kept_bytes", kind) == 4
    assert counted("tidegraph_kept_hits_total", kind) == cache.hits
    assert counted("tidegraph_kept_misses_total", kind) == cache.misses


def test_stopped_runs_are_counted_by_what_they_spent() -> None:
    metrics = Metrics({})
    metrics.stopped(TooLarge("memory", 2, 1))
    metrics.stopped(BudgetError("too-long"))
    text = metrics.text().decode()
    assert 'tidegraph_stopped_runs_total{quantity="memory"} 1.0' in text
    assert 'tidegraph_stopped_runs_total{quantity="seconds"} 1.0' in text


def test_a_log_line_tells_a_request_and_no_program() -> None:
    record = orjson.loads(JsonFormatter().format(line("POST", "/api/v1/run", 200, 0.0123)))
    assert {name: record[name] for name in ("method", "path", "status", "ms", "level", "logger")} == {
        "method": "POST", "path": "/api/v1/run", "status": 200, "ms": 12.3, "level": "info", "logger": "tidegraph",
    }  # fmt: skip
    assert record["message"] == "POST /api/v1/run 200 in 12.3 ms"


def test_an_exception_is_told_by_its_places_without_its_message() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        raised = sys.exc_info()
    record = logging.LogRecord("tidegraph", logging.ERROR, __file__, 1, "it failed", (), raised)
    for formatter in (JsonFormatter(), TextFormatter()):
        text = formatter.format(record)
        assert "secret_weights" not in text
        assert "ValueError" in text
        assert "test_telemetry.py" in text
    assert frames(raised).startswith("ValueError < ")


def test_a_line_of_text_stays_one_line() -> None:
    record = logging.LogRecord("tidegraph", logging.INFO, __file__, 1, "%s", ("a\nb\x1b[31m\u2028c",), None)
    token = request_id.set("id-7")
    try:
        text = TextFormatter().format(record)
    finally:
        request_id.reset(token)
    assert text == r"a\x0ab\x1b[31m\x2028c [id-7]"
