"""The threads that compute: a run is read, worked out and written in one of them, and holds up nobody else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import numpy as np
from anyio import CapacityLimiter, to_thread
from fastapi import Request, Response

from app import json
from app.admission import Waiting
from app.arrays import NPY, npy
from app.caching import BoundedCache
from app.observing import Metrics
from app.problems import Problem
from app.replies import TAG, Reply
from app.settings import Settings


@dataclass(frozen=True)
class Workers:
    """The threads, how many runs may wait for one, and the answers that are kept to be sent again."""

    settings: Settings
    limiter: CapacityLimiter
    waiting: Waiting
    replies: BoundedCache[Reply]
    metrics: Metrics

    async def answer(self, http: Request, run: Callable[[], Any]) -> Reply:
        """The answer to `http` that carries what `run` finds; it is kept."""
        with self.waiting:
            reply = await to_thread.run_sync(lambda: written(http, run()), limiter=self.limiter)
        self.replies.put(reply.tag, reply, reply.size)
        return reply


class RunRoute(json.JsonRoute):
    """A route whose endpoint is `(run, settings) -> content`, called in a thread that reads and writes the JSON too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        asks = self.endpoint.__annotations__["run"]

        async def handle(request: Request) -> Response:
            workers: Workers = request.app.state.workers
            said = received(request, await request.body())
            return await workers.answer(request, lambda: self.endpoint(json.read(asks, said()), workers.settings))

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
            raise Problem(
                422,
                "Invalid request",
                "An array alone does not say what to run.",
                hint='Give its name and the run in the address: ?value=x&request={"program": "..."}.',
            )
        return {**run, "values": {**run.get("values", {}), name: {"npy": b64encode(body).decode()}}}

    return read


def written(http: Request, content: Any) -> Reply:
    """`content` as the client accepts it: JSON, an array alone as a .npy file, or a file as it is."""
    tag, accept = http.scope[TAG], http.headers.get("accept", "")
    if isinstance(content, Response):
        reply = Reply(bytes(content.body), content.media_type, tag)
    elif NPY in accept and (array := alone(content)) is not None:
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
