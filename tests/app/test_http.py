"""What a mature HTTP service does around its answers: tags, compression, limits on clients, ids, metrics."""

from __future__ import annotations

import io
import json
import logging
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import numpy as np
import pytest

from tests.app.conftest import Serve
from tidegraph.app.api.pipeline import Pipeline
from tidegraph.app.http.telemetry import JsonFormatter
from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings

pytestmark = pytest.mark.anyio

PROGRAM = "x: input[3]\nW: parameter[2, 3]\nJ = sum((W @ x) ** 2)"
RUN = {"program": PROGRAM}


async def test_an_answer_has_a_tag_and_is_not_computed_again_for_it(client: httpx.AsyncClient) -> None:
    first = await client.post("/api/v1/gradients", json=RUN)
    again = await client.post("/api/v1/gradients", json=RUN, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = await client.post("/api/v1/gradients", json={**RUN, "seed": 1})
    assert other.headers["etag"] != first.headers["etag"]
    assert "max-age" in first.headers["cache-control"]


async def test_a_wrong_request_has_no_tag(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/gradients", json={"program": "x = rleu(1)"})
    assert answer.status_code == 422
    assert "etag" not in answer.headers


async def test_large_answers_are_compressed(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/trace", json=RUN)
    assert answer.headers["content-encoding"] == "gzip"


async def test_a_kept_answer_is_sent_as_the_first_was(client: httpx.AsyncClient) -> None:
    first, second, plain = [
        await client.post("/api/v1/trace", json=RUN, headers={"Accept-Encoding": encoding})
        for encoding in ("gzip", "gzip", "identity")
    ]
    assert second.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(plain.headers["content-length"]) == len(plain.content)
    assert first.json() == second.json() == plain.json()


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip;q=0", False), ("zstd, gzip;q=0.0", False), ("br;q=0, gzip;q=0.5", True), ("*", False)],
)
async def test_a_client_that_takes_no_gzip_gets_none(client: httpx.AsyncClient, accepted: str, packed: bool) -> None:
    headers = {"Accept-Encoding": accepted}
    answers = [
        await client.post("/api/v1/trace", json=RUN, headers=headers),
        await client.get("/api/v1/operators", headers=headers),
        await client.get("/static/embed.js", headers=headers),
    ]
    assert [answer.headers.get("content-encoding", "") for answer in answers] == ["gzip" if packed else ""] * 3


async def test_what_is_measured_is_measured_anew(client: httpx.AsyncClient) -> None:
    for path in ("levels", "memory"):
        counted, measured, again = [
            await client.post(f"/api/v1/{path}", json={**RUN, "measure": measure}) for measure in (False, True, True)
        ]
        assert counted.headers["etag"]
        assert counted.headers["cache-control"] != "no-store"
        for answer in (measured, again):
            assert answer.status_code == 200
            assert "etag" not in answer.headers
            assert answer.headers["cache-control"] == "no-store"
    text = (await client.get("/metrics")).text
    assert "tidegraph_cached_answers_total 0.0" in text


async def test_every_answer_has_an_id(client: httpx.AsyncClient) -> None:
    given = await client.get("/healthz", headers={"X-Request-ID": "lecture-7"})
    made = await client.get("/nowhere", headers={"X-Request-ID": "not <b>an</b> id"})
    assert given.headers["x-request-id"] == "lecture-7"
    assert len(made.headers["x-request-id"]) == 32


async def test_any_origin_may_read_and_none_sends_credentials(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/examples", headers={"Origin": "https://course.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


async def test_too_many_requests(serve: Serve) -> None:
    async with serve(rate_limit="2/minute") as client:
        answers = [await client.post("/api/v1/gradients", json={**RUN, "seed": seed}) for seed in (0, 1, 2)]
        cached = await client.post("/api/v1/gradients", json={**RUN, "seed": 0})
        data = [await client.get("/api/v1/operators") for _ in range(3)]
        health = await client.get("/healthz")
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert [a.status_code for a in (cached, *data)] == [200] * 4
    assert answers[2].headers["content-type"] == "application/problem+json"
    assert 1 <= int(answers[2].headers["retry-after"]) <= 61
    assert health.status_code == 200


async def test_a_full_service_says_when_to_come_back() -> None:
    app = create_app(Settings(max_waiting=1))
    pipeline: Pipeline = app.state.pipeline
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://tidegraph.test") as client:
        with pipeline.waiting:
            answer = await client.post("/api/v1/gradients", json=RUN)
            ready = await client.get("/readyz")
            alive = await client.get("/healthz")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert (ready.status_code, alive.status_code) == (503, 200)
        assert (await client.get("/readyz")).status_code == 200


async def test_nothing_is_worked_out_for_a_client_that_left_before_its_turn() -> None:
    app = create_app(Settings(engine_threads=1))
    pipeline: Pipeline = app.state.pipeline
    left = anyio.Event()
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": json.dumps(RUN).encode()}]
    statuses = []

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        if not left.is_set():
            await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        statuses.append(message.get("status"))

    path, headers = "/api/v1/gradients", [(b"content-type", b"application/json"), (b"host", b"tidegraph.test")]
    scope: Any = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    async with anyio.create_task_group() as tasks, pipeline.limiter:
        tasks.start_soon(app, scope, receive, send)
        while not pipeline.limiter.statistics().tasks_waiting:
            await anyio.sleep(0)
        left.set()
    assert statuses[0] == 499


async def test_a_body_that_does_not_arrive_is_given_up(serve: Serve) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        yield b'{"program": '
        await anyio.sleep(5)
        yield b'"a = 1"}'

    async with serve(body_seconds=0.05) as client:
        answer = await client.post("/api/v1/gradients", content=slowly(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 408


async def test_metrics_count_requests_and_cached_answers(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await client.post("/api/v1/gradients", json=RUN)
    text = (await client.get("/metrics")).text
    assert 'tidegraph_requests_total{method="POST",route="/api/v1/gradients",status="200"} 2.0' in text
    assert "tidegraph_cached_answers_total 1.0" in text


def test_log_lines_are_json_objects() -> None:
    record = logging.LogRecord("tidegraph", logging.INFO, "here", 1, "GET %s", ("/",), None)
    record.data = {"status": 200}
    line = json.loads(JsonFormatter().format(record))
    assert (line["message"], line["level"], line["status"]) == ("GET /", "info", 200)


async def test_many_runs_of_one_program(client: httpx.AsyncClient) -> None:
    program = "a: parameter = -4.0\nb: parameter = 2.0\nc = a * b\nJ = c ** 2 + a"
    request = {"program": program, "batch": [{"a": 1}, {"a": 2, "b": 1}], "wrt": ["a"]}
    answer = (await client.post("/api/v1/batch", json=request)).json()
    assert answer == {
        "target": "J",
        "runs": [
            {"values": {"J": 5.0}, "gradients": {"a": 9.0}},
            {"values": {"J": 6.0}, "gradients": {"a": 5.0}},
        ],
    }
    whole = (await client.post("/api/v1/batch", json={"program": program, "batch": [{}]})).json()
    assert whole["runs"][0]["gradients"] == {"a": -31.0, "b": 64.0, "c": -16.0, "power": 1.0, "J": 1.0}


def typed(array: np.ndarray) -> dict[str, Any]:
    return {"dtype": str(array.dtype), "shape": array.shape, "base64": b64encode(array.tobytes()).decode()}


async def test_arrays_as_typed_buffers_and_npy_files(client: httpx.AsyncClient) -> None:
    weights = np.arange(6.0).reshape(2, 3)
    file = io.BytesIO()
    np.save(file, np.array([1, 2, 3]))
    values = {"W": typed(weights), "x": {"npy": b64encode(file.getvalue()).decode()}}
    answer = (await client.post("/api/v1/gradients", json={**RUN, "values": values, "arrays": "base64"})).json()
    plain = {"W": weights.tolist(), "x": [1, 2, 3]}
    lists = (await client.post("/api/v1/gradients", json={**RUN, "values": plain})).json()
    assert answer["gradients"]["W"] == typed(np.array(lists["gradients"]["W"])) | {"shape": [2, 3]}
    asked = {**RUN, "values": plain, "name": "W", "of": "gradient", "slice": "0"}
    npy = await client.post("/api/v1/tensor", json=asked, headers={"Accept": "application/x-npy"})
    assert npy.headers["content-type"] == "application/x-npy"
    assert np.load(io.BytesIO(npy.content)).tolist() == lists["gradients"]["W"][0]


@pytest.mark.parametrize(
    "value",
    [
        {"dtype": "float64", "shape": [2], "base64": "AAAA"},
        {"dtype": "object", "shape": [1], "base64": "AAAAAAAAAAA="},
        {"dtype": "float64", "shape": [1], "base64": "not base64"},
        {"npy": "AAAA"},
        {"array": [1, 2, 3]},
    ],
)
async def test_bytes_that_are_no_array(client: httpx.AsyncClient, value: dict[str, Any]) -> None:
    answer = await client.post("/api/v1/gradients", json={**RUN, "values": {"x": value}})
    assert answer.status_code == 422
    assert "x" in answer.json()["detail"]


async def test_an_array_alone_goes_in_and_comes_out(client: httpx.AsyncClient) -> None:
    x = np.array([1.0, -2.0, 0.5])
    file = io.BytesIO()
    np.save(file, x)
    run = {"program": PROGRAM, "of": "J", "wrt": "x", "values": {"W": [[1, 2, 3], [4, 5, 6]]}}
    headers = {"Content-Type": "application/x-npy", "Accept": "application/x-npy"}
    answer = await client.post(
        "/api/v1/jacobian", content=file.getvalue(), params={"value": "x", "request": json.dumps(run)}, headers=headers
    )
    assert answer.headers["content-type"] == "application/x-npy"
    W = np.array(run["values"]["W"])
    assert np.allclose(np.load(io.BytesIO(answer.content)), 2 * W.T @ W @ x)


@pytest.mark.parametrize(
    ("accepted", "npy"),
    [
        ("application/x-npy", True),
        ("application/X-NPY, */*;q=0.1", True),
        ("application/json;q=0.2, application/x-npy;q=0.9", True),
        ("application/json, application/x-npy;q=0.1", False),
        ("application/x-npy;q=0", False),
        ("application/*", False),
        ("application/x-npyz", False),
    ],
)
async def test_the_kind_of_answer_that_is_liked_best(client: httpx.AsyncClient, accepted: str, npy: bool) -> None:
    answer = await client.post("/api/v1/tensor", json={**RUN, "name": "W"}, headers={"Accept": accepted})
    assert (answer.headers["content-type"] == "application/x-npy") == npy


@pytest.mark.parametrize(
    "address",
    [{}, {"value": "x"}, {"value": "x", "request": "[1]"}, {"value": "x", "request": json.dumps(RUN)}],
)
async def test_an_array_alone_that_does_not_say_what_to_run_or_is_none(
    client: httpx.AsyncClient, address: dict[str, str]
) -> None:
    headers = {"Content-Type": "application/x-npy"}
    answer = await client.post("/api/v1/gradients", content=b"no array", params=address, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["detail"]


async def test_head_is_answered_as_get_is(client: httpx.AsyncClient) -> None:
    for path in ("/", "/healthz", "/api/v1/examples", "/embed/chapter"):
        head, get = await client.head(path), await client.get(path)
        assert head.status_code == get.status_code == 200
        assert head.headers["content-type"] == get.headers["content-type"]


async def test_methods_that_clients_make_up_are_counted_together(client: httpx.AsyncClient) -> None:
    for method in ("BREW", "WHEN"):
        assert (await client.request(method, "/healthz")).status_code == 405
    told = (await client.get("/metrics")).text
    assert 'tidegraph_requests_total{method="other",route="/healthz",status="405"} 2.0' in told
    assert "BREW" not in told


async def test_a_misspelt_field_is_told_what_it_could_be(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/gradients", json={"programm": PROGRAM})
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("programm", "field-misspelled")
    assert error["message"] == "There is no such field; did you mean program?"
