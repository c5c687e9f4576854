"""Values that are kept to be used again, within a bound."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class BoundedCache(Generic[T]):
    """The most recently used values, as many as fit into `limit` of the size they are given with."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.hits = 0
        self.misses = 0
        self._kept: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        """The value kept under `key`, which is thereby used."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                self.misses += 1
                return None
            self.hits += 1
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: T, size: int) -> None:
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

    def made(self, key: Hashable, make: Callable[[], tuple[T, int]]) -> T:
        """The value kept under `key`, else the one that `make` makes, with its size."""
        found = self.get(key)
        if found is None:
            found, size = make()
            self.put(key, found, size)
        return found

    def __len__(self) -> int:
        return len(self._kept)
