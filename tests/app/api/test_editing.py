"""Edits over HTTP: what a program allows, why it does not, and what an edit changes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.conftest import Serve
from tidegraph.app import examples

pytestmark = pytest.mark.anyio

CHAPTER = examples.load()["chapter"].program
BIAS = examples.load()["bias"].program


async def ask(client: httpx.AsyncClient, path: str, **request: Any) -> dict[str, Any]:
    answer = await client.post(f"/api/v1/{path}", json=request)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_edits_are_programs_and_what_is_not_offered_says_why(client: httpx.AsyncClient) -> None:
    body = await ask(client, "edits", program=CHAPTER)
    assert {edit["kind"] for edit in body["edits"]} == {"bias", "activation", "layer", "dropout", "sizes"}
    assert set(body["missing"]) == {"skip", "decay"}
    for edit in body["edits"]:
        assert edit["program"] != CHAPTER
        await ask(client, "gradients", program=edit["program"])


async def test_a_program_too_long_to_be_edited_is_refused(serve: Serve) -> None:
    async with serve(max_edit_operators=3) as small:
        answer = await small.post("/api/v1/edits", json={"program": CHAPTER})
        assert answer.status_code == 422
        assert answer.json()["limit"] == 3


async def test_the_difference_that_a_bias_makes(client: httpx.AsyncClient) -> None:
    body = await ask(client, "diff", program=BIAS, before=CHAPTER)
    assert set(body["added"]) == {"b", "matmul", "add:z"}
    assert body["removed"] == []
    forward = {row["variable"]: row for row in body["forward"]}
    assert set(forward) == {"z"}
    assert forward["z"]["before"] + r" + \mathbf{b}" == forward["z"]["after"]
    backward = {row["variable"]: row for row in body["backward"]}
    assert backward["b"]["before"] is None
    assert "h" not in backward


async def test_a_difference_needs_two_programs_that_can_be_read(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/diff", json={"program": BIAS, "before": "z = rellu(1)"})
    assert answer.status_code == 422
    assert answer.json()["line"] == 1
    same = await ask(client, "diff", program=BIAS, before="# a note\n" + BIAS)
    assert (same["forward"], same["backward"], same["text"]) == ([], [], "Nothing changed.")


async def test_ports_and_steps_of_building(client: httpx.AsyncClient) -> None:
    part = await ask(client, "parts", program=CHAPTER, operator="matmul", inputs=["W2"], port=1)
    assert [fit["name"] for fit in part["fits"] if fit["fits"]] == ["W1", "z", "h"]
    known = await ask(client, "parts", program=CHAPTER, operator="matmul:z")
    assert [(port["name"], port["text"]) for port in known["ports"]] == [("a", "W1"), ("b", "x")]
    built = await ask(client, "build", program=CHAPTER, place={"operator": "relu", "inputs": ["o"], "name": "a"})
    assert built["text"] == "a = relu(o)"
    assert built["program"].splitlines()[built["line"] - 1] == built["text"]


async def test_a_step_of_building_that_cannot_be_is_a_problem(client: httpx.AsyncClient) -> None:
    for body, code in (
        ({}, "build-one-step"),
        ({"remove": "J", "name": "z"}, "build-one-step"),
        ({"remove": "z"}, "build-still-read"),
        ({"place": {"operator": "matmul", "inputs": ["W2", "x"]}}, "inner-sizes"),
    ):
        answer = await client.post("/api/v1/build", json={"program": CHAPTER, **body})
        assert answer.status_code == 422
        assert answer.json()["code"] == code
