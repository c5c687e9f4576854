"""What several processes and replicas share by way of Redis: rate limits, answers, who works on which answer.

The service does without Redis while it cannot be reached: each process then counts and caches for itself. After a
failure nothing is asked for a while, so that a Redis that hangs slows down hardly any request.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from secrets import token_hex
from time import monotonic
from typing import TypeVar

import orjson
from limits import RateLimitItem
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from redis import asyncio as redis
from redis.exceptions import RedisError

from tidegraph.app.http.answer_cache import Answer
from tidegraph.app.http.telemetry import Metrics

T = TypeVar("T")

PATIENCE = 0.5
"""Seconds that Redis has for one answer."""

PAUSE = 2.0
"""Seconds after a failure in which Redis is not asked."""

LONGEST = 8_000_000
"""Bytes of an answer that is shared."""

KEPT_SECONDS = 86_400
"""Seconds that an answer is shared for; Redis may forget it earlier."""

POLL = 0.05
"""Seconds between two looks for an answer that another process works on."""

PREFIX = "tidegraph"

log = logging.getLogger("tidegraph")


class Remote:
    """One Redis, asked only while it can be expected to answer."""

    def __init__(self, url: str, metrics: Metrics) -> None:
        self.url = url
        self.client = redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self.metrics = metrics
        self.reachable = True
        self.again = 0.0

    async def close(self) -> None:
        """Close the connections."""
        await self.client.aclose()

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T | None:
        """What Redis answers; None where it cannot be asked."""
        if monotonic() < self.again:
            return None
        try:
            found = await asyncio.wait_for(question(), PATIENCE)
        except (RedisError, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            self.again = monotonic() + PAUSE
            self.metrics.redis_failures.inc()
            self.metrics.redis_reachable.set(0)
            if self.reachable:
                log.warning("Redis cannot be reached (%s); each process counts and caches alone", type(error).__name__)
            self.reachable = False
            return None
        if not self.reachable:
            log.warning("Redis is reached again")
        self.reachable = True
        self.metrics.redis_reachable.set(1)
        return found


class SharedLimiter:
    """Rates that are counted over all processes; every method gives None where Redis cannot be asked."""

    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self.limiter = FixedWindowRateLimiter(
            RedisStorage(
                f"async+{remote.url}",
                implementation="redispy",
                key_prefix=f"{PREFIX}:rate",
                connection_pool=remote.client.connection_pool,  # type: ignore[arg-type]
            )
        )

    async def test(self, rate: RateLimitItem, client: str) -> bool | None:
        """Whether one more would be allowed."""
        return await self.remote.ask(lambda: self.limiter.test(rate, client))

    async def hit(self, rate: RateLimitItem, client: str, cost: int) -> bool | None:
        """Count `cost`; whether that is allowed."""
        return await self.remote.ask(lambda: self.limiter.hit(rate, client, cost=cost))

    async def reset(self, rate: RateLimitItem, client: str) -> float | None:
        """When the window ends, in seconds since the epoch."""
        found = await self.remote.ask(lambda: self.limiter.get_window_stats(rate, client))
        return None if found is None else found.reset_time


class SharedAnswers:
    """Answers that any process may have computed, and who works on which; see `answer_cache.Shared`."""

    def __init__(self, remote: Remote, seconds: float) -> None:
        self.remote = remote
        self.seconds = seconds
        self.token = token_hex(8).encode()

    async def get(self, name: str) -> Answer | None:
        """The answer of a name."""
        found = await self.remote.ask(lambda: self.remote.client.get(f"{PREFIX}:answer:{name}"))
        return unpacked(found) if isinstance(found, bytes) else None

    async def put(self, name: str, answer: Answer) -> None:
        """Keep an answer, unless it is too long."""
        value = packed(answer)
        if len(value) <= LONGEST:
            await self.remote.ask(lambda: self.remote.client.set(f"{PREFIX}:answer:{name}", value, ex=KEPT_SECONDS))

    async def lead(self, name: str) -> bool:
        """Whether nobody else works on the answer of a name, or nobody can be asked."""
        milliseconds = int(1000 * self.seconds)
        found = await self.remote.ask(
            lambda: self.remote.client.set(f"{PREFIX}:flight:{name}", self.token, nx=True, px=milliseconds, get=True)
        )
        return found is None

    async def leave(self, name: str) -> None:
        """Say that the answer of a name is there, or will not be."""
        await self.remote.ask(lambda: self.remote.client.delete(f"{PREFIX}:flight:{name}"))

    async def wait(self, name: str) -> Answer | None:
        """The answer that another process works on; None once it has given up."""
        until = monotonic() + self.seconds
        while monotonic() < until:
            working = await self.remote.ask(lambda: self.remote.client.exists(f"{PREFIX}:flight:{name}"))
            answer = await self.get(name)
            if answer is not None or not working:
                return answer
            await asyncio.sleep(POLL)
        return None


def packed(answer: Answer) -> bytes:
    """An answer as bytes: a line of JSON, then its body as it is and compressed."""
    body, compressed = answer.body, answer.packed
    if compressed is not None:
        body = None
    head = {
        "status": answer.status,
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in answer.headers],
        "compressed": compressed is not None,
    }
    return orjson.dumps(head) + b"\n" + (compressed if compressed is not None else body or b"")


def unpacked(value: bytes) -> Answer | None:
    """The answer that `packed` wrote; None for anything else."""
    head, _, body = value.partition(b"\n")
    try:
        found = orjson.loads(head)
        headers = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in found["headers"]]
        status, compressed = int(found["status"]), bool(found["compressed"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return Answer(status, headers, None if compressed else body, body if compressed else None)
