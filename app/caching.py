"""A run is a pure function of its request, so its answer has a name before it is computed: the hash of the request.

A client that knows the name is told 304 without computing; an answer that is still in the bounded cache is sent again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from threading import Lock
from typing import Generic, TypeVar

from starlette.requests import Request

from app import __version__

T = TypeVar("T")


def etag(request: Request, body: bytes) -> str:
    """The entity tag of the answer to `request`: of its path, its body, what it accepts, and this version."""
    digest = blake2b(digest_size=16)
    for part in (__version__, request.url.path, request.headers.get("accept", "")):
        digest.update(part.encode())
        digest.update(b"\0")
    digest.update(body)
    return f'"{digest.hexdigest()}"'


def matches(header: str | None, tag: str) -> bool:
    """Whether an If-None-Match header names `tag`; weak comparison, as RFC 9110 asks for."""
    names = [name.strip().removeprefix("W/") for name in (header or "").split(",")]
    return "*" in names or tag in names


class BoundedCache(Generic[T]):
    """The most recently used values, as many as fit into `limit` of the size they are given with."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[str, tuple[T, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> T | None:
        """The value kept under `key`, which is thereby used."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: str, value: T, size: int) -> None:
        """Keep `value`, and forget the least recently used until all fits; what is too large alone is not kept."""
        if size > self.limit:
            return
        with self._lock:
            earlier = self._kept.pop(key, None)
            self.size += size - (earlier[1] if earlier else 0)
            self._kept[key] = (value, size)
            while self.size > self.limit:
                _, (_, freed) = self._kept.popitem(last=False)
                self.size -= freed

    def made(self, key: str, make: Callable[[], tuple[T, int]]) -> T:
        """The value kept under `key`, else the one that `make` makes, with its size."""
        found = self.get(key)
        if found is None:
            found, size = make()
            self.put(key, found, size)
        return found

    def __len__(self) -> int:
        return len(self._kept)
