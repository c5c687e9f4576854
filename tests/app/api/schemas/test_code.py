"""Code for a framework: which fields there are, and what they may be."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import answered_examples, wrong_fields
from tidegraph.app.api.schemas.code import CodeRequest, CodeResponse
from tidegraph.app.api.schemas.runs import SCALARS

pytestmark = pytest.mark.anyio


DOCUMENTED: list[tuple[str, Any, Any]] = [
    ("code", CodeRequest, CodeResponse),
]


async def test_documented_examples_are_answered_as_documented(client: httpx.AsyncClient) -> None:
    for path, asks, answers in DOCUMENTED:
        await answered_examples(client, path, asks, answers)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("code", {"to": "tensorflow"}, "to"),
    ("code", {"framework": "jax"}, "framework"),
    ("code", {"backward": "yes"}, "backward"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": SCALARS, **more}) == {field}, (path, more)
