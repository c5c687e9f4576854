"""What operators of the service see: a request id in every answer and log line, structured logs, metrics."""

from __future__ import annotations

import logging
import os
import re
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from itertools import count, repeat
from secrets import token_hex
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from pythonjsonlogger import json
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidegraph.app.http.caching import BoundedCache
from tidegraph.app.http.headers import Pairs, completed, header
from tidegraph.engine.graph.budget import BudgetError, TooLarge

log = logging.getLogger("tidegraph")
request_id: ContextVar[str] = ContextVar("request_id", default="")
names = map("{}{:016x}".format, repeat(token_hex(8)), count())
"""Request ids: the process's own 16 digits, and 16 that count."""
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
"""Methods that are counted by name: a client may make up others."""

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable of the environment that names the folder in which several processes keep their metrics."""

GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

disable_created_metrics()  # type: ignore[no-untyped-call]


CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Characters that would end or recolour a line of text."""


def frames(raised: Any) -> str:
    """Where an exception was raised, and its type; not its message, in which a program or a value may stand."""
    kind, _, trace = raised
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    return " < ".join([kind.__name__ if kind else "", *reversed(places)])


class TextFormatter(logging.Formatter):
    """One line of text: time, level, message, and the request's id; control characters are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        name = request_id.get()
        line = super().format(record) + (f" [{name}]" if name else "")
        return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", line)

    def formatException(self, ei: Any) -> str:
        return frames(ei)


class JsonFormatter(json.JsonFormatter):
    """One JSON object a line: time, level, logger, message, the request's id, and the record's own `data`."""

    def __init__(self) -> None:
        super().__init__()

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Write what a line has instead of the record's attributes."""
        log_data |= {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **({"request_id": request_id.get()} if request_id.get() else {}),
            **getattr(record, "data", {}),
            **({"exception": frames(record.exc_info)} if record.exc_info else {}),
        }


class Metrics:
    """Prometheus metrics of one application, which may be several processes; `kept` is what it keeps within a bound."""

    def __init__(self, kept: dict[str, BoundedCache[Any]]) -> None:
        self.registry = registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("tidegraph_requests", "Requests answered.", labels, registry=registry)
        self.seconds = Histogram("tidegraph_request_seconds", "Time to the answer.", ("route",), registry=registry)
        self._requests: dict[tuple[str, str, int], Counter] = {}
        self._seconds: dict[str, Histogram] = {}
        live: Any = {"registry": registry, "multiprocess_mode": "livesum"}
        self.under_way = Gauge("tidegraph_requests_under_way", "Requests being answered.", **live)
        self.stopped_runs = Counter(
            "tidegraph_stopped_runs",
            "Runs stopped, by what they had spent.",
            ("quantity",),
            registry=registry,
        )
        kinds = ("kind",)
        self.runs_waiting = Gauge("tidegraph_runs_waiting", "Runs that wait for their turn.", kinds, **live)
        self.runs_running = Gauge("tidegraph_runs_running", "Runs being computed.", kinds, **live)
        self.refused_runs = Counter(
            "tidegraph_refused_runs",
            "Runs refused before they began: for their cost, for the client's rate, or because no run could start.",
            ("reason",),
            registry=registry,
        )
        self.killed_workers = Counter(
            "tidegraph_killed_workers", "Worker processes that were killed or died.", registry=registry
        )
        self.redis_reachable = Gauge("tidegraph_redis_reachable", "Whether Redis answers.", **live)
        self.redis_failures = Counter("tidegraph_redis_failures", "Times that Redis did not answer.", registry=registry)
        self.links = Counter("tidegraph_links", "Short links, made or found.", ("kind",), registry=registry)
        self.cache_hits = Counter("tidegraph_cached_answers", "Answers sent again.", registry=registry)
        size = Gauge("tidegraph_kept_bytes", "Bytes that are kept.", ("kind",), **live)
        hits = Counter("tidegraph_kept_hits", "Times that what was looked for was kept.", ("kind",), registry=registry)
        misses = Counter("tidegraph_kept_misses", "Times that it had to be made.", ("kind",), registry=registry)
        self.watched = [
            Watched(cache, size.labels(kind), hits.labels(kind), misses.labels(kind)) for kind, cache in kept.items()
        ]

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        key = method if method in METHODS else "other", route, status
        counter = self._requests.get(key)
        if counter is None:
            counter = self._requests[key] = self.requests.labels(*key)
            self._seconds[route] = self.seconds.labels(route)
        counter.inc()
        self._seconds[route].observe(seconds)
        for one in self.watched:
            one.look()

    def stopped(self, error: BudgetError) -> None:
        """Count one run that was stopped."""
        quantity = error.quantity if isinstance(error, TooLarge) else "seconds"
        self.stopped_runs.labels(quantity).inc()

    def text(self) -> bytes:
        """What Prometheus reads: the sums over all processes that serve."""
        if SHARED not in os.environ:
            return generate_latest(self.registry)
        whole = CollectorRegistry()
        MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
        return generate_latest(whole)


class Watched:
    """What is kept within a bound, and the metrics that say how much that is, and how often it was of use."""

    def __init__(self, cache: BoundedCache[Any], size: Gauge, hits: Counter, misses: Counter) -> None:
        self.cache = cache
        self.size = size
        self.counted = ((hits, "hits"), (misses, "misses"))
        self.seen = {"hits": 0, "misses": 0}

    def look(self) -> None:
        """Bring the metrics up to date."""
        self.size.set(self.cache.size)
        for counter, name in self.counted:
            more = getattr(self.cache, name) - self.seen[name]
            if more:
                self.seen[name] += more
                counter.inc(more)


class Telemetry:
    """ASGI middleware that names, logs and counts every request, and adds to its answer what every answer has."""

    def __init__(self, app: ASGIApp, metrics: Metrics, headers: Pairs) -> None:
        self.app = app
        self.metrics = metrics
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = header(scope, b"x-request-id").decode("latin-1")
        name = given if GIVEN_ID.fullmatch(given) else next(names)
        token = request_id.set(name)
        status = 500
        start = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = completed(
                    [*message.get("headers", ()), (b"x-request-id", name.encode())], self.headers
                )
            await send(message)

        self.metrics.under_way.inc()
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - start
            self.metrics.under_way.dec()
            self.metrics.answered(scope["method"], getattr(scope.get("route"), "path", "unmatched"), status, seconds)
            if log.isEnabledFor(logging.INFO):
                log.handle(line(scope["method"], scope["path"], status, seconds))
            request_id.reset(token)


def line(method: str, path: str, status: int, seconds: float) -> logging.LogRecord:
    """The log record of one request; made by hand, for nobody asks from which line of code it came."""
    arguments = (method, path, status, 1000 * seconds)
    record = logging.LogRecord(log.name, logging.INFO, __file__, 0, "%s %s %d in %.1f ms", arguments, None)
    record.data = {"method": method, "path": path, "status": status, "ms": round(1000 * seconds, 2)}
    return record
