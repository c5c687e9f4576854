"""The application factory: settings in, ASGI application out."""

from __future__ import annotations

from anyio import CapacityLimiter
from fastapi import FastAPI
from threadpoolctl import threadpool_limits

from tidegraph.app.api import compiled
from tidegraph.app.api.routes import api, health
from tidegraph.app.api.workers import RunRoute, Workers
from tidegraph.app.http import problems
from tidegraph.app.http.answer_cache import PACKED_FROM, Packed, Replies, Reply
from tidegraph.app.http.caching import BoundedCache
from tidegraph.app.http.headers import CrossOrigin, of_every_answer
from tidegraph.app.http.service import Layer, Service
from tidegraph.app.http.telemetry import Metrics, Observer
from tidegraph.app.http.throttling import Admission, Waiting
from tidegraph.app.settings import Settings
from tidegraph.app.site import pages
from tidegraph.app.site.chapter import chapter
from tidegraph.app.site.embed import embedding
from tidegraph.version import __version__

DESCRIPTION = """\
Computational graphs at work: forward propagation, backpropagation, and every number on the way.

A run is a pure function of its request: the same program, values and seed give the same answer. Every error is a
problem document (RFC 9457) that says what is wrong, where, and what would be right.

An array may also be sent as it is: a .npy file as the body, with `Content-Type: application/x-npy`, and in the address
`?value=x&request={"program": "..."}`, the variable that it is the value of and the rest of the request as JSON.
`/api/v1/tensor` and `/api/v1/jacobian` answer a .npy file to `Accept: application/x-npy`.
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service with `settings`, or with those of the environment."""
    settings = settings or Settings()
    replies: BoundedCache[Reply] = BoundedCache(settings.cache_bytes)
    metrics = Metrics({"replies": replies, "programs": compiled.kept(settings.compiled_bytes)})
    threadpool_limits(settings.blas_threads, user_api="blas")
    runs = {route.path: route for route in api.routes if isinstance(route, RunRoute)}
    layers: list[Layer] = [
        lambda app: Observer(app, metrics, of_every_answer(settings.cors_origins)),
        lambda app: CrossOrigin(app, settings.cors_origins),
        problems.Answered,
        lambda app: Admission(app, settings),
        lambda app: Replies(app, replies, runs, metrics),
        lambda app: Packed(app, minimum_size=PACKED_FROM, compresslevel=4),
    ]
    app = Service(
        layers,
        settings.root_path,
        title="Tidegraph",
        summary="A computational graph visualizer",
        description=DESCRIPTION,
        version=__version__,
        license_info={"name": "MIT", "identifier": "MIT"},
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.workers = Workers(
        settings,
        CapacityLimiter(settings.engine_threads),
        Waiting(settings.max_waiting),
        Waiting(settings.max_training, seconds=5),
        replies,
        metrics,
    )
    problems.install(app)
    app.include_router(api)
    app.include_router(health)
    app.include_router(embedding)
    app.include_router(chapter)
    pages.install(app)
    return app
