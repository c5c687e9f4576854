"""What is wanted of a run: names, kinds and ids, in short and at length."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import answered_examples, wrong_fields
from tidegraph.app.api.schemas.runs import SCALARS
from tidegraph.app.api.schemas.structure import (
    ArraysRequest,
    ArraysResponse,
    StructureRequest,
    StructureResponse,
)

pytestmark = pytest.mark.anyio


DOCUMENTED: list[tuple[str, Any, Any]] = [
    ("structure", StructureRequest, StructureResponse),
    ("run", ArraysRequest, ArraysResponse),
]


async def test_documented_examples_are_answered_as_documented(client: httpx.AsyncClient) -> None:
    for path, asks, answers in DOCUMENTED:
        await answered_examples(client, path, asks, answers)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("run", {"want": {"value": "all"}}, "want.value"),
    ("structure", {"wants": []}, "wants"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": SCALARS, **more}) == {field}, (path, more)


@pytest.mark.parametrize(
    ("short", "values", "gradients", "contributions"),
    [
        (["c"], ("c",), ("c",), ("c",)),
        (["c", "gradients"], (), ("c",), ()),
        (["values"], "all", (), ()),
        (["v:a", "g:b", "c:3"], ("a",), ("b",), ("3",)),
        (["v:a", "c"], ("c", "a"), ("c",), ("c",)),
        (["values", "v:a"], "all", (), ()),
        ([], (), (), ()),
    ],
)
def test_a_list_is_short_for_kinds_and_names(short: Any, values: Any, gradients: Any, contributions: Any) -> None:
    want = ArraysRequest.model_validate_json(json.dumps({"program": SCALARS, "want": short})).want
    assert want is not None
    assert (want.values, want.gradients, want.contributions) == (values, gradients, contributions)


def test_a_list_holds_texts() -> None:
    with pytest.raises(ValueError, match="names, kinds and ids"):
        ArraysRequest.model_validate_json(json.dumps({"program": SCALARS, "want": [1]}))
