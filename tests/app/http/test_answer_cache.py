"""The answer cache alone, before an application that counts: what is kept, for whom, and what is never kept."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import httpx
import pytest
from fastapi import Request, Response

from tidegraph.app.http.answer_cache import KEEP, STRUCTURE, Answer, AnswerCache, matches, without_values
from tidegraph.app.http.caching import BoundedCache
from tidegraph.app.http.telemetry import Metrics

pytestmark = pytest.mark.anyio

RUN = "/api/v1/run"


class Counted:
    """An application that answers with the number of times that it was asked."""

    def __init__(self, limit: int = 100_000, status: int = 200, control: str = KEEP, size: int = 10) -> None:
        self.asked, self.status, self.control, self.size = 0, status, control, size
        self.cached: BoundedCache[Answer] = BoundedCache(limit)
        self.metrics = Metrics({})
        self.cache = AnswerCache(self.app, {RUN, STRUCTURE}, self.cached, self.metrics)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        await Request(scope, receive).body()
        await asyncio.sleep(0)
        text = f"{self.asked}".ljust(self.size)
        await Response(text, self.status, {"Cache-Control": self.control})(scope, receive, send)

    async def post(self, body: bytes = b"{}", path: str = RUN, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(self.cache)
        async with httpx.AsyncClient(transport=transport, base_url="http://t.test", headers=headers) as client:
            return await client.post(path, content=body)


async def test_the_same_question_is_computed_once() -> None:
    one = Counted()
    first, second, other = await one.post(), await one.post(), await one.post(b'{"seed": 1}')
    assert (first.text.strip(), second.text.strip(), other.text.strip()) == ("1", "1", "2")
    assert first.headers["etag"] == second.headers["etag"] != other.headers["etag"]
    assert one.metrics.registry.get_sample_value("tidegraph_cached_answers_total") == 1


async def test_whoever_asks_meanwhile_gets_the_answer_that_is_under_way() -> None:
    one = Counted()
    answers = await asyncio.gather(*(one.post() for _ in range(5)))
    assert ({answer.text.strip() for answer in answers}, one.asked) == ({"1"}, 1)
    assert not one.cache.flights


@pytest.mark.parametrize(
    "how",
    [{"status": 422}, {"status": 503}, {"control": "no-store"}, {"limit": 100}],
    ids=["422", "503", "no", "large"],
)
async def test_errors_and_what_may_not_be_kept_are_computed_again(how: dict[str, Any]) -> None:
    one = Counted(**how)
    assert [(await one.post()).text.strip() for _ in range(2)] == ["1", "2"]
    assert len(one.cached) == 0


async def test_the_bound_holds_and_the_least_recent_goes() -> None:
    one = Counted(limit=2 * (2048 + 10))
    for body in (b"1", b"2", b"1", b"3", b"1", b"2"):
        await one.post(body)
    assert (one.asked, len(one.cached)) == (4, 2)
    assert one.cached.size <= one.cached.limit


async def test_a_client_that_has_the_answer_gets_304() -> None:
    one = Counted()
    tag = (await one.post()).headers["etag"]
    known = await one.post(**{"If-None-Match": f'"other", {tag}'})
    assert (known.status_code, known.content, known.headers["etag"], one.asked) == (304, b"", tag, 1)
    assert matches(b'W/"a", "b"', 'W/"b"')
    assert not matches(b"", 'W/"b"')


async def test_language_and_type_have_answers_of_their_own_and_packing_has_not() -> None:
    one = Counted(size=2000)
    plain = await one.post(**{"Accept-Encoding": "identity"})
    packed = await one.post(**{"Accept-Encoding": "gzip"})
    assert ("content-encoding" in plain.headers, packed.headers["content-encoding"]) == (False, "gzip")
    assert (plain.text, plain.headers["etag"]) == (packed.text, packed.headers["etag"])
    await one.post(**{"Accept-Language": "zh"})
    await one.post(Accept="application/x-npy")
    assert one.asked == 3


async def test_a_structure_is_the_same_for_all_values() -> None:
    one = Counted()
    for body in (b'{"program": "p", "values": {"a": 1}}', b'{"program": "p", "seed": 3}', b'{"program":"p","seed":4}'):
        await one.post(body, STRUCTURE)
    assert one.asked == 1
    assert without_values(b'{"values": [}') == b'{"values": [}'
    await one.post(b"{}", "/api/v1/other")
    await one.post(b"{}", "/api/v1/other")
    assert one.asked == 3


def test_an_answer_fits_a_client() -> None:
    answer = Answer(200, [], b"x" * 5000, None)
    packed = answer.fitted(True)
    assert gzip.decompress(packed.packed or b"") == answer.body
    assert Answer(200, [], None, packed.packed).fitted(False).body == answer.body
    assert Answer(200, [], b"short", None).fitted(True).packed is None
