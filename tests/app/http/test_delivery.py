"""How answers leave: in pieces, within a time; and pages have entity tags."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest

from tidegraph.app.http.delivery import PIECE, Delivery


async def delivered(body: bytes, seconds: float, pause: float = 0) -> list[Any]:
    """The messages that the server is given of an answer, by a client that takes `pause` seconds for each."""
    messages: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    async def send(message: Any) -> None:
        await anyio.sleep(pause)
        messages.append(message)

    await Delivery(app, seconds)({"type": "http"}, None, send)  # type: ignore[arg-type]
    return messages


async def test_a_large_answer_leaves_in_pieces() -> None:
    body = bytes(range(256)) * (PIECE // 100)
    _, *pieces = await delivered(body, 5)
    assert b"".join(piece["body"] for piece in pieces) == body
    assert max(len(piece["body"]) for piece in pieces) == PIECE
    assert [piece["more_body"] for piece in pieces] == [True] * (len(pieces) - 1) + [False]


async def test_a_client_that_reads_too_slowly_does_not_get_the_rest() -> None:
    _, *pieces = await delivered(b"x" * 20 * PIECE, 0.05, 0.03)
    assert 0 < len(pieces) < 20


@pytest.mark.parametrize("path", ["/", "/docs", "/chapter", "/operators", "/embed/chapter", "/api/v1/examples"])
async def test_a_page_has_a_tag_and_is_not_sent_again_for_it(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    again = await client.get(path, headers={"If-None-Match": page.headers["etag"]})
    other = await client.get(path, headers={"If-None-Match": '"other"'})
    assert (page.status_code, again.status_code, again.content, other.status_code) == (200, 304, b"", 200)
    assert again.headers["etag"] == page.headers["etag"]


async def test_what_changes_has_no_tag(client: httpx.AsyncClient) -> None:
    assert "etag" not in (await client.get("/nowhere")).headers
