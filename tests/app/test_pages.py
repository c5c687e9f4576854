"""The pages: whole, and from this server alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx
import pytest


class References(HTMLParser):
    """The files a page loads, and the scripts and handlers written into it."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and not values.get("src"):
            self.inline.append(tag)
        self.inline += [name for name in values if name.startswith("on")]
        if tag in ("script", "img"):
            self.files.append(values.get("src") or "")
        elif tag == "link":
            self.files.append(values.get("href") or "")


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_a_page_is_whole_and_loads_from_this_server_only(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = References()
    page.feed(answer.text)
    assert page.inline == []
    assert page.files
    for file in page.files:
        assert not re.match(r"\w+:|//", file)
        assert (await client.get(file)).status_code == 200, file


async def test_a_file_is_kept_forever_only_when_its_name_has_its_hash(client: httpx.AsyncClient) -> None:
    page = References()
    page.feed((await client.get("/")).text)
    for file in page.files:
        kept = (await client.get(file)).headers["cache-control"]
        hashed = re.search(r"-[A-Z0-9]{8}\.\w+$", file)
        assert kept == ("public, max-age=31536000, immutable" if hashed else "no-cache")
