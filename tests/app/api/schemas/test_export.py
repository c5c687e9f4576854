"""Files of a run: the fields of the request, and the digits that a picture has room for."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import wrong_fields
from tidegraph.app.api.schemas.export import ExportRequest
from tidegraph.app.api.schemas.runs import SCALARS

pytestmark = pytest.mark.anyio


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("export", {"format": "pdf"}, "format"),
    ("export", {"theme": "blue"}, "theme"),
    ("export", {"moment": -1}, "moment"),
    ("export", {"moves": {"z": [1]}}, "moves.z.1"),
    ("export", {"title": 3}, "title"),
    ("export", {"open": "all"}, "open"),
    ("export", {"formatt": "svg"}, "formatt"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": SCALARS, **more}) == {field}, (path, more)


async def test_the_documented_example_is_a_file(client: httpx.AsyncClient) -> None:
    (example,) = ExportRequest.model_config["json_schema_extra"]["examples"]  # type: ignore[index, call-overload]
    answer = await client.post("/api/v1/export", json=example)
    assert answer.status_code == 200
    assert answer.text.startswith("\\documentclass")


def test_a_picture_has_a_digit_less_unless_digits_are_given() -> None:
    assert ExportRequest(program=SCALARS).picture_digits == 3
    assert ExportRequest(program=SCALARS, digits=4).picture_digits == 4
