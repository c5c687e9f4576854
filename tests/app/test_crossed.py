"""Every endpoint with programs and values that are odd: an answer or a problem document, and never a fault."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.app.conftest import serve
from tidegraph.app.http.problems import MEDIA_TYPE

PROGRAMS = {
    "syntax": "J = (",
    "overflow": "x: parameter = 1e200\nJ = x * x * x",
    "no element": "x: input[0]\nJ = sum(x)",
    "empty parameter": "W: parameter[0]\nx: input\nJ = sum(W) + x * x",
    "unused": "x: parameter\nb: parameter[2]\nJ = x * x",
    "no scalar": "x: input[3]\ny = x * 2",
    "matrix": "x: input[2, 3]\nW: parameter[3, 2]\nJ = sum(W @ x)",
    "nan": "x: parameter = -1.0\nJ = log(x)",
    "whole numbers": "x: input[3]\ni = argmax(x)\nJ = sum(x)",
    "number": "J = 2.0 * 3",
    "nothing": "",
    "size": "n = 4\nx: input[n, 2]\ny: target[n]\nW: parameter[2]\nJ = mean((x @ W - y) ** 2)",
}

REQUESTS: list[tuple[str, dict[str, Any]]] = [
    *[(path, {}) for path in ("gradients", "trace", "structure", "run", "kept", "levels", "edits", "train/data")],
    ("batch", {"batch": [{}, {"x": [1, 2]}], "wrt": ["x", "x"]}),
    ("tensor", {"name": "x", "of": "gradient"}),
    ("jvp", {"directions": {"x": [1]}}),
    ("hvp", {"directions": {"W": []}}),
    ("tangents", {"wrt": "x"}),
    ("jacobian", {"of": "J", "wrt": "x"}),
    ("hessian", {"wrt": ["x", "x"]}),
    ("hessian", {"wrt": []}),
    ("check", {}),
    ("check", {"wrt": ["x", "x"]}),
    ("levels/picture", {"level": "gradient"}),
    ("curvature", {}),
    ("curvature", {"wrt": ["x", "x"], "learning_rate": 1e308}),
    ("shapes", {"name": "x"}),
    *[("export", {"format": name}) for name in ("html", "json", "tex", "svg")],
    ("train/start", {"data": {"name": "moons", "noise": 1e308}}),
    ("train/step", {"data": {"name": "own"}}),
    ("memory", {"checkpointing": True, "formulas": True, "size": "n", "points": [0, 1, 5]}),
    ("partition", {"devices": 3, "verify": True}),
    ("diff", {"before": "x: input\nJ = x"}),
]

LYING_NPY = "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDk5OTk5OTk5OTk5LCksIH0K"
SIXTEEN = "AAAAAAAAAAAAAAAAAAAAAA=="

VALUES: list[Any] = [
    [1e308] * 3,
    "NaN",
    [],
    {"dtype": "float64", "shape": [-1], "base64": SIXTEEN},
    {"dtype": "float64", "shape": "2", "base64": SIXTEEN},
    {"dtype": "float64", "shape": [2.7], "base64": SIXTEEN},
    {"dtype": "float64", "shape": [True, 2], "base64": SIXTEEN},
    {"npy": LYING_NPY},
    {"npy": "k05VTVBZAQD//w=="},
]


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
