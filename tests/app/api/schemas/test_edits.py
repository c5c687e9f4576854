"""Edits and building: the fields of their requests and answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import answered_examples, wrong_fields
from tidegraph.app.api.schemas.edits import (
    BuildRequest,
    BuildResponse,
    DiffRequest,
    DiffResponse,
    EditsRequest,
    EditsResponse,
    PartsRequest,
    PartsResponse,
)
from tidegraph.app.api.schemas.runs import MATRICES

pytestmark = pytest.mark.anyio


DOCUMENTED: list[tuple[str, Any, Any]] = [
    ("edits", EditsRequest, EditsResponse),
    ("diff", DiffRequest, DiffResponse),
    ("parts", PartsRequest, PartsResponse),
    ("build", BuildRequest, BuildResponse),
]


async def test_documented_examples_are_answered_as_documented(client: httpx.AsyncClient) -> None:
    for path, asks, answers in DOCUMENTED:
        await answered_examples(client, path, asks, answers)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("diff", {}, "before"),
    ("diff", {"before": MATRICES, "before_sizes": {"n": -1}}, "before_sizes.n"),
    ("parts", {"operator": "matmul", "inputs": "W"}, "inputs"),
    ("parts", {"operator": "matmul", "port": -1}, "port"),
    ("parts", {"operator": "matmul", "attributes": {"axis": 1}}, "attributes.axis"),
    ("build", {"place": {"operator": "relu"}}, "place.inputs"),
    ("build", {"connect": {"id": "matmul:z", "port": 0}}, "connect.text"),
    ("build", {"declare": {"role": "input", "name": "q", "size": "3"}}, "declare.size"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": MATRICES, **more}) == {field}, (path, more)
