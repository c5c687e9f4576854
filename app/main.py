"""The application factory: settings in, ASGI application out."""

from __future__ import annotations

from importlib.metadata import version

from anyio import CapacityLimiter
from fastapi import FastAPI

from app import pages, problems
from app.headers import SecurityHeaders
from app.limits import BodyLimit
from app.routes import Workers, api, health
from app.settings import Settings

DESCRIPTION = """\
Computational graphs at work: forward propagation, backpropagation, and every number on the way.

A run is a pure function of its request: the same program, values and seed give the same answer. Every error is a
problem document (RFC 9457) that says what is wrong, where, and what would be right.
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service with `settings`, or with those of the environment."""
    settings = settings or Settings()
    app = FastAPI(
        title="Tidegraph",
        summary="A computational graph visualizer",
        description=DESCRIPTION,
        version=version("tidegraph"),
        license_info={"name": "MIT", "identifier": "MIT"},
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.workers = Workers(settings, CapacityLimiter(settings.engine_threads))
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(SecurityHeaders)
    problems.install(app)
    app.include_router(api)
    app.include_router(health)
    pages.install(app)
    return app
