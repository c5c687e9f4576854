"""A graph over devices: the fields of the request and the answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import answered_examples, wrong_fields
from tidegraph.app.api.schemas.devices import LAYERS, PartitionRequest, PartitionResponse

pytestmark = pytest.mark.anyio


DOCUMENTED: list[tuple[str, Any, Any]] = [
    ("partition", PartitionRequest, PartitionResponse),
]


async def test_documented_examples_are_answered_as_documented(client: httpx.AsyncClient) -> None:
    for path, asks, answers in DOCUMENTED:
        await answered_examples(client, path, asks, answers)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("partition", {"devices": 17}, "devices"),
    ("partition", {"devices": 2.5}, "devices"),
    ("partition", {"memory": 0}, "memory"),
    ("partition", {"latency": -1}, "latency"),
    ("partition", {"microbatches": 0}, "microbatches"),
    ("partition", {"device": 2}, "device"),
    ("partition", {"verify": "yes"}, "verify"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": LAYERS, **more}) == {field}, (path, more)


def test_what_runs_on_workers_is_not_kept() -> None:
    assert PartitionRequest(program=LAYERS).pure
    assert not PartitionRequest(program=LAYERS, execute=True).pure
