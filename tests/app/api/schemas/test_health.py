"""A health check: the fields of the request and the answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import wrong_fields
from tidegraph.app.api.schemas.health import HealthResponse
from tidegraph.app.api.schemas.runs import MATRICES

pytestmark = pytest.mark.anyio


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("health", {"learning_rate": 0}, "learning_rate"),
    ("health", {"learning_rate": "0.1"}, "learning_rate"),
    ("health", {"rate": 0.1}, "rate"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": MATRICES, **more}) == {field}, (path, more)


async def test_a_finding_has_the_documented_fields(client: httpx.AsyncClient) -> None:
    asked = {"program": "x: parameter[2] = [0, 1]\nJ = sum(log(x))"}
    answer = await client.post("/api/v1/health", json=asked)
    found = HealthResponse.model_validate_json(answer.content)
    assert not found.healthy
    assert found.findings[0].evidence
    assert found.findings[0].message
    assert (
        HealthResponse.model_validate_json(
            (await client.post("/api/v1/health", json={"program": MATRICES})).content
        ).target
        == "J"
    )
