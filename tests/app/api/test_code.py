"""Programs as code over HTTP."""

from __future__ import annotations

import httpx
import pytest

from tests.app.http.test_problems import problem_in
from tests.engine.exchange.test_code import run

pytestmark = pytest.mark.anyio

PROGRAM = "a: parameter = -4.0\nb: parameter = 2.0\nc = a * b\nJ = c ** 2 + a"


async def test_the_code_gives_the_numbers_of_the_run(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/code", json={"program": PROGRAM, "to": "numpy", "values": {"a": 3.0}})
    assert answer.status_code == 200, answer.text
    names, lines = run(answer.json()["code"])
    assert lines[-1] == "J = 39.0"
    value, gradients = names["loss_and_gradients"]()
    assert (value, gradients["a"], gradients["b"]) == (39.0, 25.0, 36.0)


@pytest.mark.parametrize("to", ["pytorch", "jax"])
async def test_each_framework_is_imported(client: httpx.AsyncClient, to: str) -> None:
    answer = await client.post("/api/v1/code", json={"program": PROGRAM, "to": to})
    assert f"import {to.removeprefix('py')}\n" in answer.json()["code"]


async def test_the_backward_pass_is_written_out_on_request(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/code", json={"program": PROGRAM, "to": "pytorch", "backward": True})
    assert "# ∂J/∂b = ∂J/∂c · ∂c/∂b" in answer.json()["code"]


async def test_what_has_no_scalar_and_what_no_framework_is_are_refused(client: httpx.AsyncClient) -> None:
    problem_in(await client.post("/api/v1/code", json={"program": "x: input[2]\ny = x * 2"}), 422)
    problem_in(await client.post("/api/v1/code", json={"program": PROGRAM, "to": "tensorflow"}), 422)
