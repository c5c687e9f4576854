"""The service in front of FastAPI: layers from the outside in, a proxy's path, HEAD, and the OpenAPI document."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from tidegraph.app.http.problems import MEDIA_TYPE
from tidegraph.app.http.service import Layer, Service

pytestmark = pytest.mark.anyio


def layer(name: str, passed: list[str]) -> Layer:
    def wrap(app: Any) -> Any:
        async def inside(scope: Any, receive: Any, send: Any) -> None:
            passed.append(name)
            await app(scope, receive, send)

        return inside

    return wrap


def service(layers: list[Layer] | None = None, path: str = "", described: list[Any] | None = None) -> Service:
    made = Service(layers or [], path, (described if described is not None else []).append)

    @made.get("/where")
    async def where(request: Request) -> dict[str, str]:
        return {"root": request.scope.get("root_path", ""), "url": str(request.url)}

    return made


async def get(app: FastAPI, address: str, method: str = "GET") -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t.test") as client:
        return await client.request(method, address)


async def test_the_first_layer_is_the_outermost() -> None:
    passed: list[str] = []
    await get(service([layer("outer", passed), layer("inner", passed)]), "/where")
    assert passed == ["outer", "inner"]


@pytest.mark.parametrize("address", ["/where", "/tide/where"])
async def test_a_proxys_path_is_known_whether_it_is_taken_off_or_not(address: str) -> None:
    answer = await get(service(path="/tide"), address)
    assert answer.status_code == 200
    assert answer.json() == {"root": "/tide", "url": "http://t.test/tide/where"}


async def test_another_path_that_begins_alike_is_not_the_proxys() -> None:
    assert (await get(service(path="/where"), "/where")).status_code == 404


async def test_head_is_answered_as_get_is() -> None:
    assert (await get(service(), "/where", "HEAD")).status_code == 200
    assert (await get(service(), "/where", "DELETE")).status_code == 405


def test_errors_are_documented_as_problems_once() -> None:
    described: list[Any] = []
    app = service(described=described)

    @app.get("/number/{n}")
    async def number(n: int) -> int:
        return n

    document = app.openapi()
    responses = document["paths"]["/number/{n}"]["get"]["responses"]
    assert list(responses["422"]["content"]) == [MEDIA_TYPE]
    assert list(responses["200"]["content"]) == ["application/json"]
    assert app.openapi() is document
    assert len(described) == 1
