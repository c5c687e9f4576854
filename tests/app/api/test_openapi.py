"""What the OpenAPI document says beyond types: descriptions, problems, streams and files."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from tidegraph.app.api import openapi
from tidegraph.app.api.openapi import FIELDS, PROBLEMS
from tidegraph.app.api.pipeline import RUNS
from tidegraph.app.http.problems import MEDIA_TYPE
from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings


@cache
def document() -> dict[str, Any]:
    return create_app(Settings(database_url="sqlite://")).openapi()


def test_every_field_of_requests_and_answers_is_described() -> None:
    """By itself, or by the schema that it refers to."""
    silent = [
        f"{kind}.{name}"
        for kind, schema in document()["components"]["schemas"].items()
        if kind.endswith(("Request", "Response"))
        for name, field in schema.get("properties", {}).items()
        if "description" not in field and "$ref" not in json.dumps(field)
    ]
    assert silent == []


def test_a_description_of_its_own_stays() -> None:
    schema = {"properties": {"seed": {"description": "Mine."}, "target": {}, "odd": {}, "step": {"$ref": "#/x"}}}
    made = {"components": {"schemas": {"OneRequest": schema, "Other": {"properties": {"seed": {}}}}}}
    openapi.completed(made)
    assert schema["properties"] == {
        "seed": {"description": "Mine."},
        "target": {"description": FIELDS["target"]},
        "odd": {},
        "step": {"$ref": "#/x"},
    }
    assert made["components"]["schemas"]["Other"] == {"properties": {"seed": {}}}


@pytest.mark.parametrize("path", sorted(RUNS))
def test_a_run_documents_its_request_and_its_problems(path: str) -> None:
    operation = document()["paths"][path]["post"]
    assert "application/json" in operation["requestBody"]["content"]
    responses = operation["responses"]
    for status in ("400", "413", "415", "422", "429", "503"):
        assert list(responses[status]["content"]) == [MEDIA_TYPE], status
    assert "200" in responses


def test_examples_of_problems_have_their_status_and_say_what_is_wrong() -> None:
    for status, (description, example) in PROBLEMS.items():
        assert description.endswith("."), status
        assert {"title", "detail"} <= example.keys(), status
        assert example.get("status", status) in (status, 500), status
