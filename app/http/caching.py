"""Values that are kept to be used again, within a bound."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from cachetools import LRUCache

T = TypeVar("T")


class BoundedCache(Generic[T]):
    """The most recently used values, as many as fit into `limit` of the size they are given with."""

    def __init__(self, limit: int) -> None:
        self.hits = 0
        self.misses = 0
        self._kept: LRUCache[Hashable, tuple[T, int]] = LRUCache(limit, getsizeof=lambda kept: kept[1])
        self._lock = Lock()

    @property
    def limit(self) -> int:
        """The most that all sizes together may be."""
        return int(self._kept.maxsize)

    @property
    def size(self) -> int:
        """What all sizes together are."""
        return int(self._kept.currsize)

    def get(self, key: Hashable) -> T | None:
        """The value kept under `key`, which is thereby used."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                self.misses += 1
                return None
            self.hits += 1
            return found[0]

    def put(self, key: Hashable, value: T, size: int) -> None:
        """Keep `value`, and forget the least recently used until all fits; what is too large alone is not kept."""
        if size > self.limit:
            return
        with self._lock:
            self._kept[key] = (value, size)

    def made(self, key: Hashable, make: Callable[[], tuple[T, int]]) -> T:
        """The value kept under `key`, else the one that `make` makes, with its size."""
        found = self.get(key)
        if found is None:
            found, size = make()
            self.put(key, found, size)
        return found

    def __len__(self) -> int:
        return len(self._kept)
