"""Each limit: refused before anything runs, with the figure that was exceeded and the limit."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.app.conftest import Serve
from tidegraph import parse, plan
from tidegraph.app.api.quotas import Cost, check_plan, check_program
from tidegraph.app.http.problems import Problem
from tidegraph.app.settings import Settings

SMALL = "x: input[4]\nW: parameter[3, 4]\nJ = sum(relu(W @ x))"


@pytest.mark.parametrize(
    ("setting", "limit", "quantity"),
    [
        ("max_operators", 3, "operators"),
        ("max_elements", 11, "elements per array"),
        ("max_bytes", 100, "memory"),
        ("max_flops", 10, "work"),
    ],
)
@pytest.mark.parametrize("path", ["gradients", "trace", "tensor"])
async def test_a_run_that_would_cost_too_much(serve: Serve, path: str, setting: str, limit: int, quantity: str) -> None:
    request = {"program": SMALL} | ({"name": "W"} if path == "tensor" else {})
    async with serve(**{setting: limit}) as client:
        answer = await client.post(f"/api/v1/{path}", json=request)
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["title"] == "Limit exceeded"
    assert problem["quantity"] == quantity
    assert problem["limit"] == limit
    assert problem["value"] > limit
    assert f"{problem['value']:,}" in problem["detail"]


@pytest.mark.parametrize(
    "program",
    [
        "W: parameter[1000000, 1000000]\nJ = sum(W)",
        "a: parameter[100000]\nb: parameter[100000]\nJ = sum(reshape(a, [100000, 1]) * b)",
        "A: parameter[1000, 1000]\nB = A @ A\nfor i in range(100):\n    B = B @ A\nJ = sum(B)",
        "a: parameter\nfor i in range(1000000000):\n    a = a * 2\nJ = a",
        "a: parameter\n"
        + "for i in range(1000):\n    " * 1
        + "a = a * 2\n" * 1
        + "for i in range(100000):\n    a = a + 1",
        "a: parameter[999999999999999999, 999999999999999999]\nJ = sum(a)",
        # Compositions that make indices or an identity of these sizes while they are built.
        "x: input[65536, 65536]\nJ = sum(diagflat(x))",
        "x: input[100000, 100000]\nJ = sum(cholesky_inverse(x))",
        "x: input[100000, 100000]\nJ = sum(diagonal(x))",
        "x: input[2000000, 1]\nJ = sum(pdist(x))",
        "x: input[1, 2, 3]\nJ = sum(affine_grid(x, size=(1, 1, 100000, 100000)))",
        "x: input[8, 2]\nJ = sum(irfft(x, n=10**12, axis=0))",
        "x: input[3]\nJ = sum(pad(x, pad_width=(10**12, 10**12), mode='wrap'))",
        "x: input[1000000]\nJ = sum(stft(x, n_fft=50000, hop_length=1))",
        "x: input[100000, 100000]\ny = x + 1\ny[0] = 2\nJ = sum(y)",
    ],
)
async def test_nothing_runs_that_is_too_large_to_run(client: httpx.AsyncClient, program: str) -> None:
    answer = await client.post("/api/v1/gradients", json={"program": program})
    assert answer.status_code == 422, answer.text


async def test_a_program_that_is_too_long(serve: Serve) -> None:
    async with serve(max_program_length=100) as client:
        answer = await client.post("/api/v1/gradients", json={"program": SMALL + "\n" + "#" * 100})
    assert answer.status_code == 413
    problem = answer.json()
    assert (problem["quantity"], problem["limit"]) == ("program length", 100)
    assert problem["value"] == len(SMALL) + 101


async def test_a_slice_that_is_too_large(serve: Serve) -> None:
    async with serve(slice_limit=11) as client:
        request = {"program": SMALL, "name": "W"}
        answer = await client.post("/api/v1/tensor", json=request)
        assert answer.status_code == 422
        assert (answer.json()["value"], answer.json()["limit"]) == (12, 11)
        answer = await client.post("/api/v1/tensor", json=request | {"slice": "0:2"})
        assert answer.status_code == 200


async def test_a_body_that_says_it_is_too_large(serve: Serve) -> None:
    async with serve(max_body_bytes=1000) as client:
        answer = await client.post("/api/v1/gradients", json={"program": "#" * 2000})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["quantity"] == "body"
    assert answer.json()["limit"] == 1000
    assert answer.json()["value"] > 2000


async def test_a_body_without_a_length_is_read_no_further_than_the_limit(serve: Serve) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 100
            yield b" " * 100

    async with serve(max_body_bytes=1000) as client:
        headers = {"content-type": "application/json"}
        answer = await client.post("/api/v1/gradients", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["limit"] == 1000
    assert sent <= 1200


async def test_a_packed_body_is_read_no_further_than_the_limit(serve: Serve) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    packed = gzip.compress(b'{"program": "J = 1.0 * 2"}')
    async with serve(max_body_bytes=1000) as client:
        small, bomb, cut, plain = [
            await client.post("/api/v1/gradients", content=body, headers=headers)
            for body in (packed, gzip.compress(b" " * 500_000), packed[:-5], b"{}")
        ]
        other = await client.post("/api/v1/gradients", content=b"{}", headers=headers | {"content-encoding": "br"})
    assert small.json()["values"] == {"J": 2.0}
    assert [answer.status_code for answer in (bomb, cut, plain, other)] == [413, 400, 400, 415]
    assert other.headers["accept-encoding"] == "gzip"


async def test_a_body_of_just_the_limit_is_read(serve: Serve) -> None:
    body = b'{"program": "J = 1.0 * 2"}'
    async with serve(max_body_bytes=len(body)) as client:
        answer = await client.post("/api/v1/gradients", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200, answer.text


def test_what_costs_exactly_its_limits_is_allowed() -> None:
    planned = plan(parse(SMALL))
    cost = Cost.of(planned)
    limits = {"max_operators": cost.operators, "max_elements": cost.elements, "max_bytes": cost.bytes}
    exact = Settings(**limits, max_flops=cost.flops, max_program_length=len(SMALL))
    check_plan(planned, exact)
    check_program(SMALL, exact)
    with pytest.raises(Problem):
        check_program(SMALL + " ", exact)
