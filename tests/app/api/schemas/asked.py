"""What a client that follows or breaks a schema gets."""

from __future__ import annotations

from typing import Any

import httpx
from pydantic import BaseModel


async def wrong_fields(client: httpx.AsyncClient, path: str, body: Any) -> set[str]:
    """The fields that a refusal names."""
    answer = await client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    fields = {error["field"] for error in problem["errors"]}
    assert all(field in problem["detail"] for field in fields)
    return fields


async def answered_examples(
    client: httpx.AsyncClient, path: str, asks: type[BaseModel], answers: type[BaseModel]
) -> list[Any]:
    """The answers to the documented examples of a request, each with the documented fields and no others."""
    found = []
    for example in asks.model_config["json_schema_extra"]["examples"]:  # type: ignore[index, call-overload]
        answer = await client.post(f"/api/v1/{path}", json=example)
        assert answer.status_code == 200, answer.text
        found.append(answers.model_validate_json(answer.content))
    assert found
    return found
