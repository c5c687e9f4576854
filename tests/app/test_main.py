"""The application as a whole: what its OpenAPI document says is valid, and true."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
from openapi_spec_validator import validate


async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    body: dict[str, Any] = (await client.get("/api/v1/openapi.json")).json()
    return body


async def test_the_openapi_document_is_valid(client: httpx.AsyncClient) -> None:
    validate(await document(client))


async def test_no_schema_holds_itself_which_generators_of_clients_do_not_read(client: httpx.AsyncClient) -> None:
    schemas = (await document(client))["components"]["schemas"]
    reads = {
        name: set(re.findall(r"#/components/schemas/(\w+)", json.dumps(schema))) for name, schema in schemas.items()
    }
    for name in reads:
        reached: set[str] = set()
        while new := set().union(*(reads[one] for one in reached or {name})) - reached:
            reached |= new
        assert name not in reached


async def test_every_endpoint_is_described_with_its_errors_as_problem_documents(client: httpx.AsyncClient) -> None:
    paths = (await document(client))["paths"]
    assert set(paths) >= {
        f"/api/v1/{name}" for name in ("gradients", "trace", "tensor", "operators", "examples", "examples/{name}")
    } | {"/healthz"}
    for path in paths.values():
        for operation in path.values():
            assert operation["description"]
            assert operation["tags"]
            for status, response in operation["responses"].items():
                if status == "304":
                    continue
                content = response["content"]
                if status not in ("200", "201"):
                    assert content["application/problem+json"]["schema"]
                else:
                    assert all(answer["schema"] for answer in content.values())


async def test_every_example_in_it_is_answered(client: httpx.AsyncClient) -> None:
    description = await document(client)
    for path, operations in description["paths"].items():
        if "application/json" not in operations.get("post", {}).get("requestBody", {}).get("content", {}):
            continue
        name = operations["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        for example in description["components"]["schemas"][name]["examples"]:
            answer = await client.post(path, json=example)
            assert answer.status_code in (200, 201), answer.text


async def test_the_answer_in_it_is_the_answer(client: httpx.AsyncClient) -> None:
    schemas = (await document(client))["components"]["schemas"]
    answer = await client.post("/api/v1/gradients", json=schemas["RunRequest"]["examples"][0])
    assert answer.json() == schemas["GradientsResponse"]["examples"][0]
