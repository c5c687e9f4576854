"""What is kept is what was used last, within the bound."""

from __future__ import annotations

from tidegraph.app.http.caching import BoundedCache


def test_the_least_recently_used_is_forgotten_first() -> None:
    cache: BoundedCache[str] = BoundedCache(10)
    cache.put("a", "A", 4)
    cache.put("b", "B", 4)
    assert cache.get("a") == "A"
    cache.put("c", "C", 4)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("A", None, "C")
    assert (cache.size, cache.limit, len(cache)) == (8, 10, 2)
    assert (cache.hits, cache.misses) == (3, 1)


def test_what_is_too_large_alone_displaces_nothing() -> None:
    cache: BoundedCache[str] = BoundedCache(10)
    cache.put("a", "A", 10)
    cache.put("b", "B", 11)
    assert (cache.get("a"), cache.get("b")) == ("A", None)


def test_a_value_is_made_once() -> None:
    cache: BoundedCache[int] = BoundedCache(10)
    made: list[int] = []

    def make() -> tuple[int, int]:
        made.append(1)
        return 7, 1

    assert [cache.made("a", make), cache.made("a", make)] == [7, 7]
    assert made == [1]
