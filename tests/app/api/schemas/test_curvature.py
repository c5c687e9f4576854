"""Second derivatives: the fields of their requests and answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import answered_examples, wrong_fields
from tidegraph.app.api.schemas.curvature import (
    SMALL,
    CurvatureRequest,
    CurvatureResponse,
    LevelsRequest,
    LevelsResponse,
    PictureRequest,
    PictureResponse,
    ShapesRequest,
    ShapesResponse,
)

pytestmark = pytest.mark.anyio


DOCUMENTED: list[tuple[str, Any, Any]] = [
    ("levels", LevelsRequest, LevelsResponse),
    ("levels/picture", PictureRequest, PictureResponse),
    ("curvature", CurvatureRequest, CurvatureResponse),
    ("shapes", ShapesRequest, ShapesResponse),
]


async def test_documented_examples_are_answered_as_documented(client: httpx.AsyncClient) -> None:
    for path, asks, answers in DOCUMENTED:
        await answered_examples(client, path, asks, answers)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("levels", {"measure": "no"}, "measure"),
    ("levels/picture", {"level": "third"}, "level"),
    ("levels/picture", {}, "level"),
    ("curvature", {"learning_rate": 0}, "learning_rate"),
    ("curvature", {"damping": -1}, "damping"),
    ("curvature", {"wrt": []}, "wrt"),
    ("curvature", {"rate": 0.1}, "rate"),
    ("shapes", {}, "name"),
    ("shapes", {"name": 3}, "name"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": SMALL, **more}) == {field}, (path, more)
