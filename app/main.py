"""The application factory: settings in, ASGI application out."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI
from threadpoolctl import threadpool_limits

from tidegraph.app.api import compiled, openapi
from tidegraph.app.api.links import stored
from tidegraph.app.api.pipeline import RUNS, Pipeline
from tidegraph.app.api.routes import api, health
from tidegraph.app.http import problems
from tidegraph.app.http.answer_cache import PACKED_FROM, Answer, AnswerCache, Gzip
from tidegraph.app.http.caching import BoundedCache
from tidegraph.app.http.delivery import Delivery, PageTags
from tidegraph.app.http.headers import CrossOrigin, of_every_answer
from tidegraph.app.http.hosts import Hosts
from tidegraph.app.http.locale import Spoken
from tidegraph.app.http.protocol import WRITE_SECONDS
from tidegraph.app.http.service import Layer, Service
from tidegraph.app.http.telemetry import Metrics, Telemetry
from tidegraph.app.http.throttling import Bodies, Limiter, RateLimits
from tidegraph.app.jobs.outcome import Workers
from tidegraph.app.jobs.processes import Processes
from tidegraph.app.settings import Settings
from tidegraph.app.site import pages
from tidegraph.app.site.chapter import chapter
from tidegraph.app.site.embed import embedding
from tidegraph.app.site.links import linked
from tidegraph.app.store.links import Links
from tidegraph.app.store.weights import Weights
from tidegraph.version import __version__

DESCRIPTION = """\
Computational graphs at work: forward propagation, backpropagation, and every number on the way.

A run is a pure function of its request: the same program, values and seed give the same answer. Every error is a
problem document (RFC 9457) that says what is wrong, where, and what would be right.

An array may also be sent as it is: a .npy file as the body, with `Content-Type: application/x-npy`, and in the address
`?value=x&request={"program": "..."}`, the variable that it is the value of and the rest of the request as JSON.
`/api/v1/tensor` and `/api/v1/jacobian` answer a .npy file to `Accept: application/x-npy`.
"""


SWITCH_SECONDS = 0.002
"""How long a thread that computes keeps the event loop waiting; Python's own 5 ms add up beside several."""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """Worker processes are there before the first run that needs one; connections know the times of the settings."""
    app.state.pipeline.processes.warm()
    sys.setswitchinterval(SWITCH_SECONDS)
    yield {WRITE_SECONDS: app.state.settings.write_seconds}
    await app.state.pipeline.processes.close()
    if app.state.remote is not None:
        await app.state.remote.close()
    app.state.links.close()


def workers_of(settings: Settings, metrics: Metrics) -> Workers:
    """Where heavy runs are computed."""
    if not settings.dask:
        return Processes(
            settings.heavy_processes, settings.heavy_bytes, settings.blas_threads, metrics.killed_workers.inc
        )
    from tidegraph.app.jobs.cluster import Cluster

    return Cluster(settings.dask)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service with `settings`, or with those of the environment."""
    settings = settings or Settings()
    answers: BoundedCache[Answer] = BoundedCache(settings.cache_bytes)
    metrics = Metrics({"replies": answers, "programs": compiled.kept(settings.compiled_bytes)})
    threadpool_limits(settings.blas_threads, user_api="blas")
    remote = shared_limiter = shared_answers = None
    if settings.redis_url:
        from tidegraph.app.http.shared import Remote, SharedAnswers, SharedLimiter

        remote = Remote(settings.redis_url, metrics)
        shared_limiter, shared_answers = SharedLimiter(remote), SharedAnswers(remote, settings.max_seconds + 10)
    layers: list[Layer] = [
        lambda app: Telemetry(app, metrics, of_every_answer(settings.cors_origins)),
        lambda app: CrossOrigin(app, settings.cors_origins),
        lambda app: Delivery(app, settings.write_seconds),
        Spoken,
        problems.Answered,
        lambda app: Hosts(app, settings.allowed_hosts),
        lambda app: Bodies(app, settings),
        lambda app: AnswerCache(app, RUNS, answers, metrics, shared_answers),
        PageTags,
        lambda app: Gzip(app, minimum_size=PACKED_FROM, compresslevel=4),
    ]
    app = Service(
        layers,
        settings.root_path,
        openapi.completed,
        title="Tidegraph",
        summary="A computational graph visualizer",
        description=DESCRIPTION,
        version=__version__,
        license_info={"name": "MIT", "identifier": "MIT"},
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.remote = remote
    app.state.links = Links(settings.database_url, settings.max_links)
    app.state.weights = Weights(settings.weights_url, app.state.links, settings.max_stored_bytes)
    app.state.pipeline = Pipeline(
        settings,
        CapacityLimiter(settings.engine_threads),
        CapacityLimiter(max(1, settings.engine_threads // 4)),
        CapacityLimiter(settings.max_waiting if settings.dask else settings.heavy_processes),
        workers_of(settings, metrics),
        Limiter(settings.max_waiting),
        Limiter(max(1, settings.max_waiting // 2), seconds=5),
        Limiter(settings.max_training, seconds=5),
        Limiter(2 * settings.heavy_processes, seconds=5),
        RateLimits(settings, shared_limiter),
        metrics,
    )
    problems.install(app)
    app.include_router(api)
    app.include_router(stored)
    app.include_router(health)
    app.include_router(embedding)
    app.include_router(chapter)
    app.include_router(linked)
    pages.install(app)
    return app
