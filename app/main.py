"""The application factory: settings in, ASGI application out."""

from __future__ import annotations

from itertools import chain
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware

from app import __version__, pages, problems
from app.admission import BodyTimeout, RateLimit, Waiting
from app.caching import BoundedCache
from app.chapter import chapter
from app.embedding import embedding
from app.headers import SecurityHeaders
from app.limits import BodyLimit
from app.observing import Metrics, Observer
from app.routes import Workers, api, health
from app.settings import Settings

DESCRIPTION = """\
Computational graphs at work: forward propagation, backpropagation, and every number on the way.

A run is a pure function of its request: the same program, values and seed give the same answer. Every error is a
problem document (RFC 9457) that says what is wrong, where, and what would be right.
"""


class Service(FastAPI):
    """FastAPI, whose OpenAPI document knows one media type a route; here errors have their own."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self.openapi_schema is None:
            operations = [operation for path in super().openapi()["paths"].values() for operation in path.values()]
            for status, response in chain.from_iterable(operation["responses"].items() for operation in operations):
                if not status.startswith("2"):
                    response["content"] = {problems.MEDIA_TYPE: response["content"]["application/json"]}
        return super().openapi()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service with `settings`, or with those of the environment."""
    settings = settings or Settings()
    app = Service(
        title="Tidegraph",
        summary="A computational graph visualizer",
        description=DESCRIPTION,
        version=__version__,
        license_info={"name": "MIT", "identifier": "MIT"},
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
        root_path=settings.root_path,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    metrics = Metrics()
    app.state.settings = settings
    app.state.workers = Workers(
        settings,
        CapacityLimiter(settings.engine_threads),
        Waiting(settings.max_waiting),
        BoundedCache(settings.cache_bytes),
        metrics,
    )
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=4)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(BodyTimeout, seconds=settings.body_seconds)
    app.add_middleware(RateLimit, rate=settings.rate_limit)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type", "If-None-Match", "X-Request-ID"],
        expose_headers=["ETag", "Retry-After", "X-Request-ID"],
        max_age=86400,
    )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observer, metrics=metrics)
    problems.install(app)
    app.include_router(api)
    app.include_router(health)
    app.include_router(embedding)
    app.include_router(chapter)
    pages.install(app)
    return app
