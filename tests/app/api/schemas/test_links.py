"""Short links: what may be kept of a page, and what is answered."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import wrong_fields
from tidegraph.app.api.schemas.links import LinkContent, LinkDocument, LinkResponse

pytestmark = pytest.mark.anyio


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("links", {"program": ""}, "program"),
    ("links", {"moment": -1}, "moment"),
    ("links", {"seed": 1.5}, "seed"),
    ("links", {"open": "all"}, "open"),
    ("links", {"programm": "a = 1"}, "programm"),
    ("links", {"title": "a" * 201}, "title"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": "a: parameter\nJ = a", **more}) == {field}, (path, more)


async def test_the_documented_example_is_kept_and_given_back(client: httpx.AsyncClient) -> None:
    (example,) = LinkContent.model_config["json_schema_extra"]["examples"]  # type: ignore[index, call-overload]
    made = LinkResponse.model_validate_json((await client.post("/api/v1/links", json=example)).content)
    found = await client.get(f"/api/v1/links/{made.id}")
    document = LinkDocument.model_validate_json(found.content)
    assert (document.program, document.values, document.moment) == (example["program"], {"a": 3}, 2)
    assert document.url == made.url == f"/g/{made.id}"


async def test_values_are_numbers_and_kept_as_they_are_written(client: httpx.AsyncClient) -> None:
    assert LinkContent(program="a: input", values={"a": [1, "NaN"]}).values == {"a": [1, "NaN"]}
    answer = await client.post("/api/v1/links", json={"program": "a: input", "values": {"a": ["one"]}})
    assert answer.status_code == 422
    assert "a" in answer.json()["detail"]
