"""Derivatives beyond the gradient: the fields of their requests and answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import answered_examples, wrong_fields
from tidegraph.app.api.schemas.derivatives import (
    CheckRequest,
    CheckResponse,
    DirectionRequest,
    HessianRequest,
    HessianResponse,
    HvpResponse,
    JacobianRequest,
    JacobianResponse,
    JvpResponse,
    TangentsRequest,
    TangentsResponse,
)
from tidegraph.app.api.schemas.runs import MATRICES

pytestmark = pytest.mark.anyio


DOCUMENTED: list[tuple[str, Any, Any]] = [
    ("jvp", DirectionRequest, JvpResponse),
    ("hvp", DirectionRequest, HvpResponse),
    ("tangents", TangentsRequest, TangentsResponse),
    ("jacobian", JacobianRequest, JacobianResponse),
    ("hessian", HessianRequest, HessianResponse),
    ("check", CheckRequest, CheckResponse),
]


async def test_documented_examples_are_answered_as_documented(client: httpx.AsyncClient) -> None:
    for path, asks, answers in DOCUMENTED:
        await answered_examples(client, path, asks, answers)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("jvp", {}, "directions"),
    ("jvp", {"directions": [1]}, "directions"),
    ("tangents", {"wrt": ["x"]}, "wrt"),
    ("jacobian", {"of": "z"}, "wrt"),
    ("jacobian", {"of": "z", "wrt": "x", "axis": 0}, "axis"),
    ("hessian", {"wrt": "W"}, "wrt"),
    ("check", {"wrt": [1]}, "wrt.0"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": MATRICES, **more}) == {field}, (path, more)
