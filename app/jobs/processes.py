"""Supervised worker processes: each has limits of memory and of time, and one that exceeds them is replaced."""

from __future__ import annotations

import asyncio
import atexit
import multiprocessing
import os
import re
import resource
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import TimeoutError as Expired
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool
from threadpoolctl import threadpool_limits

from tidegraph.app.jobs.outcome import Died, Outcome, attempt
from tidegraph.engine.graph.budget import TooLarge, TooLong

T = TypeVar("T")
Given = TypeVar("Given")

PRELOADED = ("tidegraph.app.main",)
"""What every worker process has imported before it is forked, so that a replacement is there at once."""

NICENESS = 10
"""How much the web process goes before the worker processes."""

START = 4.0
"""Seconds in which a process has to start."""

GRACE = 1.0
"""Seconds after which a worker is killed that has not stopped at its deadline by itself."""


class Processes:
    """At most `count` worker processes of `bytes` more memory than they start with, started when first needed."""

    def __init__(
        self, count: int, bytes: int, blas_threads: int = 1, killed: Callable[[], object] = lambda: None
    ) -> None:
        """`killed` is called for each process that had to be killed."""
        self.killed = killed
        self.count = count
        self.bytes = bytes
        self.blas_threads = blas_threads

    async def run(self, work: Callable[[Given], T], given: Given, seconds: float) -> T:
        """`work(given)` in a worker process.

        Raises what it raises, TooLong after `seconds`, TooLarge where its memory does not suffice, Died where the
        process did. Once the caller is cancelled, the process is killed and replaced.
        """
        future = self.schedule(attempt, (work, given), seconds + GRACE)
        try:
            outcome: Outcome[T] = await asyncio.wait_for(asyncio.wrap_future(future), seconds + GRACE + START)
        except Expired:
            self.killed()
            raise TooLong(seconds) from None
        except ProcessExpired as error:
            if error.exitcode == -signal.SIGABRT:  # what C libraries do where memory does not suffice
                raise TooLarge("memory", self.bytes, self.bytes) from None
            raise Died(f"a worker process ended with {error.exitcode}") from None
        except MemoryError:
            raise TooLarge("memory", self.bytes, self.bytes) from None
        try:
            return outcome.unpack()
        except MemoryError:
            raise TooLarge("memory", self.bytes, self.bytes) from None

    def schedule(self, work: Callable[..., Any], given: tuple[Any, ...] = (), seconds: float | None = None) -> Any:
        """The future result of `work(*given)` in a process."""
        settings = self.count, self.bytes, self.blas_threads
        try:
            return started(*settings).schedule(work, args=given, timeout=seconds)
        except RuntimeError:  # what starts the processes has died
            started.cache_clear()
            return started(*settings).schedule(work, args=given, timeout=seconds)

    def warm(self) -> None:
        """Start the processes before the first run needs them."""
        for _ in range(self.count):
            self.schedule(os.getpid)

    async def close(self) -> None:
        """The processes end with this one, for other applications of it may use them."""


@cache
def started(count: int, bytes: int, blas_threads: int) -> ProcessPool:
    """The pool of this process, shared by its applications."""
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    pool = ProcessPool(
        max_workers=count, max_tasks=0, initializer=prepare, initargs=(bytes, blas_threads), context=context
    )
    atexit.register(stop, pool)
    return pool


def stop(pool: ProcessPool) -> None:
    """End all processes of a pool."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join(5)


def prepare(bytes: int, blas_threads: int) -> None:
    """Limit the process that calls this, and end it with the one that it works for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    threadpool_limits(blas_threads, user_api="blas")
    if hasattr(resource, "RLIMIT_DATA") and Path("/proc/self/status").exists():
        resource.setrlimit(resource.RLIMIT_DATA, (data_bytes() + bytes,) * 2)
    threading.Thread(target=follow, args=(os.getppid(),), daemon=True).start()


def data_bytes() -> int:
    """Bytes of this process that count for its limit."""
    found = re.search(r"VmData:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return 1024 * int(found[1]) if found else 0


def follow(parent: int) -> None:
    """End this process once its parent is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)
