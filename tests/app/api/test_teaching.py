"""Questions over HTTP: posed without their answers, judged in the language of the learner."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio

PROGRAM = "x: input[2] = [2, -1]\nW: parameter[2, 2] = [[1, 2], [3, 4]]\nz = W @ x\nJ = sum(relu(z)) + sum(W ** 2)"


async def ask(client: httpx.AsyncClient, path: str, **request: Any) -> dict[str, Any]:
    answer = await client.post(f"/api/v1/{path}", json={"program": PROGRAM, **request})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_question_is_posed_without_its_answer(client: httpx.AsyncClient) -> None:
    body = await ask(client, "question", question="ask: gradient of W[1, 0]\nhint: two paths\ntolerance: 0.125")
    assert body["prompt"] == "What is the gradient of W[1, 0]?"
    assert body["form"] == {"type": "number", "shape": [], "choices": []}
    assert body["hints"] == ["two paths"]
    assert body["hidden"] == {"values": [], "gradients": ["W"]}
    assert "8" not in json.dumps(body).replace("1, 0", "")


async def test_a_response_is_judged(client: httpx.AsyncClient) -> None:
    question = "ask: gradient of W[1, 0]"
    assert (await ask(client, "answer", question=question, response="8"))["correct"]
    wrong = await ask(client, "answer", question=question, response=2)
    assert (wrong["correct"], wrong["misconception"]) == (False, "regulariser-dropped")
    assert "add:J" in wrong["place"]
    answer = await client.post(
        "/api/v1/answer?language=zh", json={"program": PROGRAM, "question": question, "response": 2}
    )
    assert answer.json()["feedback"][0].startswith("漏了惩罚项")


async def test_numbers_are_the_learners_own(client: httpx.AsyncClient) -> None:
    question = "ask: value of z\nnumbers: individual x"
    ada, emmy = [await ask(client, "question", question=question, learner=name) for name in ("ada", "emmy")]
    assert ada["individual"]
    assert ada["values"] != emmy["values"]
    a, b = ada["values"]["x"]
    right = [a + 2 * b, 3 * a + 4 * b]
    assert (await ask(client, "answer", question=question, learner="ada", response=right))["correct"]
    assert not (await ask(client, "answer", question=question, learner="emmy", response=right))["correct"]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"question": "ask: value of Z"}, "unknown-variable"),
        ({"question": "what is z?"}, "question-line"),
        ({"question": "ask: value of z", "response": "many"}, "answer-number"),
        ({"question": "ask: value of z", "response": ""}, "answer-empty"),
    ],
)
async def test_what_is_wrong_is_a_problem_with_a_hint(
    client: httpx.AsyncClient, request_: dict[str, Any], code: str
) -> None:
    path = "answer" if "response" in request_ else "question"
    answer = await client.post(f"/api/v1/{path}", json={"program": PROGRAM, **request_})
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert answer.json()["hint"]
