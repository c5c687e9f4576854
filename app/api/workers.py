"""The threads that compute: a run is read, worked out and written in one of them, and holds up nobody else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import numpy as np
from anyio import CapacityLimiter, to_thread
from fastapi import Request, Response

from tidegraph.app.api.arrays import NPY, npy
from tidegraph.app.api.schemas.runs import RunRequest
from tidegraph.app.http import codec as json
from tidegraph.app.http.answer_cache import TAG, Reply, prefers_npy
from tidegraph.app.http.caching import BoundedCache
from tidegraph.app.http.problems import Problem
from tidegraph.app.http.telemetry import Metrics
from tidegraph.app.http.throttling import Waiting
from tidegraph.app.settings import Settings

GONE = 499
"""The status, in the log alone, of a run whose client did not wait for its turn."""


@dataclass(frozen=True)
class Workers:
    """The threads, how many runs may wait or train, and the answers that are kept to be sent again."""

    settings: Settings
    limiter: CapacityLimiter
    waiting: Waiting
    training: Waiting
    replies: BoundedCache[Reply]
    metrics: Metrics

    async def answer(self, http: Request, run: Callable[[], Reply]) -> Response:
        """The answer to `http` that `run` works out, which is kept; nothing is worked out for a client that left."""
        with self.waiting:
            waits = self.limiter.available_tokens < 1
            async with self.limiter:
                if waits and await http.is_disconnected():
                    return Response(status_code=GONE)
                reply = await to_thread.run_sync(run)
        if reply.tag is not None:
            self.replies.put(reply.tag, reply, reply.size)
        return reply


class RunRoute(json.JsonRoute):
    """A route whose endpoint is `(run, settings) -> content`, called in a thread that reads and writes the JSON too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        asks = self.endpoint.__annotations__["run"]

        async def handle(request: Request) -> Response:
            workers: Workers = request.app.state.workers
            said = received(request, await request.body())

            def work() -> Reply:
                run: RunRequest = json.read(asks, said())
                return written(request, self.endpoint(run, workers.settings), run.pure)

            return await workers.answer(request, work)

        return handle


def received(http: Request, body: bytes) -> Callable[[], Any]:
    """What reads a request: JSON, or the array of a .npy file, whose name and the rest of the run the address has."""
    if json.media_type(http) != NPY:
        json.require(http)
        return lambda: json.loads(body) if body else None
    name, rest = http.query_params.get("value"), http.query_params.get("request", "{}")

    def read() -> Any:
        run = json.loads(rest.encode())
        if name is None or not isinstance(run, dict) or not isinstance(run.get("values", {}), dict):
            raise Problem(422, "array-without-run")
        return {**run, "values": {**run.get("values", {}), name: {"npy": b64encode(body).decode()}}}

    return read


def written(http: Request, content: Any, pure: bool) -> Reply:
    """`content` as the client accepts it: JSON, an array alone as a .npy file, or a file as it is.

    It has a name to be kept under where it depends on nothing but the request, which is then `pure`.
    """
    tag = http.scope[TAG] if pure else None
    if isinstance(content, Response):
        reply = Reply(bytes(content.body), content.media_type, tag)
    elif prefers_npy(http.scope) and (array := alone(content)) is not None:
        reply = Reply(npy(array), NPY, tag)
    else:
        reply = Reply(json.dump(content), "application/json", tag)
    if reply.wanted_packed(http.scope):
        reply.pack()
    return reply


def alone(content: dict[str, Any]) -> np.ndarray | None:
    """The one array that an answer is about, where it is about one."""
    found = content.get("data", content.get("jacobian"))
    return found if isinstance(found, np.ndarray) else None
