"""Memory: the fields of its request and its answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import wrong_fields
from tidegraph.app.api.schemas.costs import MemoryRequest, MemoryResponse
from tidegraph.app.api.schemas.runs import MATRICES

pytestmark = pytest.mark.anyio


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("memory", {"segments": 0}, "segments"),
    ("memory", {"points": [0]}, "points.0"),
    ("memory", {"points": [1.5]}, "points.0"),
    ("memory", {"measure": 1}, "measure"),
    ("memory", {"optimiser": {"name": "adam"}}, "optimiser"),
    ("memory", {"optimizer": {"name": "adam", "rate": 1}}, "optimizer.rate"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": MATRICES, **more}) == {field}, (path, more)


async def test_an_answer_has_the_documented_fields(client: httpx.AsyncClient) -> None:
    asked = {"program": MATRICES, "checkpointing": True, "formulas": True, "measure": True}
    found = MemoryResponse.model_validate_json((await client.post("/api/v1/memory", json=asked)).content)
    assert found.checkpointed is not None
    assert found.symbolic is not None
    assert found.measured is not None
    plain = MemoryResponse.model_validate_json(
        (await client.post("/api/v1/memory", json={"program": MATRICES})).content
    )
    assert (plain.checkpointed, plain.symbolic, plain.measured, plain.curve) == (None, None, None, [])


def test_a_measured_answer_is_not_kept() -> None:
    assert MemoryRequest(program=MATRICES).pure
    assert not MemoryRequest(program=MATRICES, measure=True).pure
