"""What the tests of the application share: the service, spoken to over ASGI as a client would over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import httpx
import pytest

from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def serve(**settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service with these settings; a fault of the service is an answer of 500, as in real life.

    A light run stays in this process however slow the machine is, so that what a test patches is what runs.
    """
    usual = {"allowed_hosts": ["tidegraph.test"], "database_url": "sqlite://", "light_seconds": 60.0}
    app = create_app(Settings(**{**usual, **settings}))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://tidegraph.test") as client:
        yield client
    await app.state.pipeline.processes.close()
    app.state.links.close()


class Serve(Protocol):
    def __call__(self, **settings: Any) -> AbstractAsyncContextManager[httpx.AsyncClient]: ...


@pytest.fixture(name="serve")
def serve_fixture() -> Serve:
    return serve


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with serve() as client:
        yield client
