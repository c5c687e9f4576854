"""The pages: whole, quick to come, and from this server alone."""

from __future__ import annotations

import gzip
import json
import re
from html.parser import HTMLParser

import httpx
import pytest

from tests.app.conftest import Serve
from tidegraph.app.api.operators import describe_all
from tidegraph.version import __version__


class References(HTMLParser):
    """The files a page loads, and the scripts and handlers written into it."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[str] = []
        self.inline: list[str] = []
        self.data: dict[str, str] = {}
        self.block: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.block = (values.get("id") or "") if values.get("type") == "application/json" else None
        if tag == "script" and not values.get("src") and self.block is None:
            self.inline.append(tag)
        self.inline += [name for name in values if name.startswith("on")]
        if self.block is None and tag in ("script", "img"):
            self.files.append(values.get("src") or "")
        elif tag == "link":
            self.files.append(values.get("href") or "")

    def handle_data(self, data: str) -> None:
        if self.block is not None:
            self.data[self.block] = self.data.get(self.block, "") + data

    def handle_endtag(self, tag: str) -> None:
        self.block = None


@pytest.mark.parametrize("path", ["/", "/docs", "/operators", "/assignment", "/chapter", "/chapter?language=zh"])
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
    for file in [file for file in page.files if file.startswith("static/")]:
        kept = (await client.get(file)).headers["cache-control"]
        hashed = re.search(r"-[A-Z0-9]{8}\.\w+$", file)
        assert kept == ("public, max-age=31536000, immutable" if hashed else "no-cache")


async def test_the_page_brings_what_its_first_picture_shows(client: httpx.AsyncClient) -> None:
    page = References()
    page.feed((await client.get("/")).text)
    given = json.loads(page.data["given"])
    assert given["example"] == (await client.get("/api/v1/examples")).json()[0]
    answer = await client.post("/api/v1/trace", json={"program": given["example"]["program"]})
    assert given["trace"] == answer.json()


async def test_a_page_whose_first_run_is_forbidden_brings_nothing(serve: Serve) -> None:
    async with serve(max_operators=1) as client:
        answer = await client.get("/")
    assert answer.status_code == 200
    page = References()
    page.feed(answer.text)
    assert page.data == {}


async def test_the_script_before_the_first_picture_is_small(client: httpx.AsyncClient) -> None:
    page = References()
    page.feed((await client.get("/")).text)
    scripts = [file for file in page.files if file.endswith(".js")]
    assert "static/app.js" in scripts
    assert sum([len(gzip.compress((await client.get(file)).content)) for file in scripts]) <= 140_000


async def test_the_pinned_address_of_the_element_never_changes(client: httpx.AsyncClient) -> None:
    pinned = await client.get(f"/embed/{__version__}/embed.js")
    assert pinned.content == (await client.get("/static/embed.js")).content
    assert pinned.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert pinned.headers["access-control-allow-origin"] == "*"
    assert (await client.get("/embed/0.0.1/embed.js")).status_code == 404


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
async def test_a_file_comes_compressed_as_the_browser_can_read_it(client: httpx.AsyncClient, encoding: str) -> None:
    async with client.stream("GET", "/static/recorded.js", headers={"accept-encoding": encoding}) as answer:
        sent = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "Accept-Encoding" in answer.headers["vary"]
    assert int(answer.headers["content-length"]) == len(sent)
    assert (len(sent) < 300_000) == (encoding != "identity")
    tagged = {"accept-encoding": encoding, "if-none-match": answer.headers["etag"]}
    assert (await client.get("/static/recorded.js", headers=tagged)).status_code == 304


async def test_the_operator_reference_has_every_operator(client: httpx.AsyncClient) -> None:
    page = (await client.get("/operators")).text
    for name in (one.name for one in describe_all()):
        assert f'<article id="{name}">' in page


@pytest.mark.parametrize(
    ("asked", "wished", "language"),
    [
        ("", "", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("", "fr, en;q=0.4, zh;q=0.6", "zh-Hans"),
        ("", "zh;q=0, de", "en"),
        ("?language=zh", "en", "zh-Hans"),
        ("?language=en", "zh", "en"),
        ("?language=<script>", "zh", "en"),
    ],
)
async def test_the_chapter_comes_in_the_language_that_is_asked_for(
    client: httpx.AsyncClient, asked: str, wished: str, language: str
) -> None:
    answer = await client.get(f"/chapter{asked}", headers={"Accept-Language": wished})
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}"' in answer.text
    assert "Accept-Language" in answer.headers["vary"]
    assert "script-src 'self'" in answer.headers["content-security-policy"]


class Outline(HTMLParser):
    """What a script, a link or a style sheet can get hold of, in order, and the blanks of every sentence."""

    SHAPE = ("id", "name", "value", "href", "type", "hidden", "example", "program", "panels")

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[str, dict[str, str | None]]] = []
        self.blanks: dict[str, list[str]] = {}
        self.sentence = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = {name: value for name, value in attrs if name in self.SHAPE or name.startswith("data-")}
        self.sentence = kept.get("data-say") or ""
        if kept and "data-language" not in kept and "hreflang" not in dict(attrs):
            self.parts.append((tag, kept))

    def handle_data(self, data: str) -> None:
        if self.sentence:
            self.blanks.setdefault(self.sentence, []).extend(sorted(re.findall(r"\{\w+\}", data)))


async def test_both_languages_of_the_chapter_have_the_same_parts(client: httpx.AsyncClient) -> None:
    english, chinese = Outline(), Outline()
    english.feed((await client.get("/chapter?language=en")).text)
    chinese.feed((await client.get("/chapter?language=zh")).text)
    inline = ("span", {"data-latex": None})
    assert len(english.parts) > 150
    assert [part for part in chinese.parts if part != inline] == [part for part in english.parts if part != inline]
    assert {name: sorted(found) for name, found in chinese.blanks.items()} == {
        name: sorted(found) for name, found in english.blanks.items()
    }
    for words in (english, chinese):
        anchors = {part["href"] for _, part in words.parts if (part.get("href") or "").startswith("#")}
        assert anchors <= {f"#{part['id']}" for _, part in words.parts if "id" in part} | {"#from"}


async def test_an_address_without_a_page_is_told_to_people_as_a_page(client: httpx.AsyncClient) -> None:
    browser = {"accept": "text/html,*/*;q=0.8", "accept-language": "zh-CN"}
    answer = await client.get("/nowhere", headers=browser)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "这里没有页面" in answer.text
    page = References()
    page.feed(answer.text)
    assert page.inline == []
    hostile = await client.get("/<script>alert(1)</script>", headers=browser)
    assert "<script>alert" not in hostile.text
    for path, headers in (("/nowhere", {}), ("/api/v1/nowhere", browser)):
        answer = await client.get(path, headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"


def test_every_operator_and_every_kink_is_told_in_chinese() -> None:
    english, chinese = describe_all(), describe_all("zh")
    assert [one.name for one in english if not re.search("[\u4e00-\u9fff]", chinese[english.index(one)].doc)] == []
    for one, other in zip(english, chinese, strict=True):
        assert bool(one.kink) == bool(other.kink)
        assert one.kink != other.kink or not re.search("[a-z]{2} ", one.kink), one.name
