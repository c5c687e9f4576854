"""Questions: the fields of their requests and answers; the answer is never among them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import answered_examples, wrong_fields
from tidegraph.app.api.schemas.runs import MATRICES
from tidegraph.app.api.schemas.teaching import AnswerRequest, AnswerResponse, QuestionRequest, QuestionResponse

pytestmark = pytest.mark.anyio


DOCUMENTED: list[tuple[str, Any, Any]] = [
    ("question", QuestionRequest, QuestionResponse),
    ("answer", AnswerRequest, AnswerResponse),
]


async def test_documented_examples_are_answered_as_documented(client: httpx.AsyncClient) -> None:
    for path, asks, answers in DOCUMENTED:
        await answered_examples(client, path, asks, answers)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("question", {}, "question"),
    ("question", {"question": ["ask: value of z"]}, "question"),
    ("question", {"question": "ask: value of z", "learner": 7}, "learner"),
    ("answer", {"question": "ask: value of z"}, "response"),
    ("question", {"question": "ask: value of z", "student": "ann"}, "student"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": MATRICES, **more}) == {field}, (path, more)


def test_no_field_of_a_question_holds_the_answer() -> None:
    assert not {"answer", "wrongs", "correct"} & set(QuestionResponse.model_fields)
