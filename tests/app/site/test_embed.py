"""Graphs in other people's pages: who may frame them, and what editors are told."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest

from tests.app.conftest import Serve
from tests.app.site.test_pages import References


def ancestors(answer: httpx.Response) -> str:
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    return policy["frame-ancestors"]


@pytest.mark.parametrize("path", ["/embed", "/embed/chapter"])
async def test_anybody_may_frame_what_is_there_to_be_framed(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert ancestors(answer) == "*"
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert ancestors(await client.get("/")) == "'none'"


async def test_who_may_frame_it_is_a_setting(serve: Serve) -> None:
    async with serve(frame_ancestors="https://course.example") as client:
        assert ancestors(await client.get("/embed")) == "https://course.example"


async def test_it_is_titled_in_the_readers_language(client: httpx.AsyncClient) -> None:
    chinese = (await client.get("/embed/chapter", headers={"accept-language": "zh-CN"})).text
    assert '<html lang="zh-Hans">' in chinese
    assert "<title>带权重衰减的单隐藏层网络" in chinese
    asked = (await client.get("/embed/chapter?language=en", headers={"accept-language": "zh-CN"})).text
    assert "<title>One hidden layer" in asked


async def test_the_page_is_whole(client: httpx.AsyncClient) -> None:
    page = References()
    page.feed((await client.get("/embed/chapter")).text)
    assert page.inline == []
    for file in page.files:
        assert not urlsplit(file).netloc
        assert (await client.get(file)).status_code == 200, file


async def test_there_is_no_page_of_an_unknown_example(client: httpx.AsyncClient) -> None:
    assert (await client.get("/embed/chaptre")).status_code == 404


@pytest.mark.parametrize("origins", ["*", "https://only.example"])
async def test_scripts_and_fonts_may_be_loaded_by_any_page(serve: Serve, origins: str) -> None:
    async with serve(cors_origins=[origins]) as client:
        answer = await client.get("/static/embed.js", headers={"Origin": "https://course.example"})
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize(
    ("place", "framed"), [("embed/chapter?theme=dark", "embed/chapter?theme=dark"), ("embed", "embed"), ("", "embed")]
)
async def test_an_editor_discovers_the_frame(client: httpx.AsyncClient, place: str, framed: str) -> None:
    page = References()
    page.feed((await client.get(f"/{place}")).text)
    (discovered,) = [file for file in page.files if "oembed?" in file]
    answer = (await client.get(discovered)).json()
    assert (answer["version"], answer["type"]) == ("1.0", "rich")
    assert f'src="http://tidegraph.test/{framed}"' in answer["html"]
    frame = await client.get(f"/{framed}")
    assert (frame.status_code, ancestors(frame)) == (200, "*")


@pytest.mark.parametrize("place", ["#program=abc&moment=3", "embed#program=abc&moment=3"])
async def test_a_link_to_the_page_becomes_a_frame(client: httpx.AsyncClient, place: str) -> None:
    answer = await client.get("/oembed", params={"url": f"http://tidegraph.test/{place}", "maxwidth": 400})
    assert answer.json()["width"] == 400
    assert 'src="http://tidegraph.test/embed#program=abc&amp;moment=3"' in answer.json()["html"]


@pytest.mark.parametrize(
    "url",
    [
        "http://tidegraph.testing/embed",
        "http://tidegraph.test/embed/chapter/x",
        "http://other.test/embed",
        "http://tidegraph.test/docs",
        "http://tidegraph.test/embed/none",
        "nonsense",
    ],
)
async def test_other_addresses_have_no_frame(client: httpx.AsyncClient, url: str) -> None:
    assert (await client.get("/oembed", params={"url": url})).status_code == 404


@pytest.mark.parametrize("kept", ["/tide", ""], ids=["kept", "taken off"])
async def test_everything_is_found_below_the_path_of_a_proxy(serve: Serve, kept: str) -> None:
    async with serve(root_path="/tide") as client:
        for path in ("/", "/docs", "/chapter", "/operators", "/static/embed.js", "/api/v1/examples", "/healthz"):
            assert (await client.get(f"{kept}{path}")).status_code == 200, path
        moved = await client.get(f"{kept}/docs/")
        assert moved.headers["location"] == "/tide/docs"
        page = References()
        page.feed((await client.get(f"{kept}/embed/chapter?moment=3")).text)
        assert all(file.startswith("/tide/") for file in page.files)
        (discovered,) = [file for file in page.files if "oembed?" in file]
        framed = "http://tidegraph.test/tide/embed/chapter?moment=3"
        assert f'src="{framed}"' in (await client.get(discovered)).json()["html"]
        for url in ("http://tidegraph.test/tide", "http://tidegraph.test/tide/", "http://tidegraph.test/tide#moment=3"):
            assert (await client.get(f"{kept}/oembed", params={"url": url})).status_code == 200, url
        run = await client.post(f"{kept}/api/v1/gradients", json={"program": "a: parameter = 2.0\nJ = a * a"})
        assert run.headers["etag"]


async def test_a_frame_is_as_its_address_wishes(client: httpx.AsyncClient) -> None:
    url = "https://tidegraph.test/#example=neuron&height=320"
    answer = (await client.get("/oembed", params={"url": url, "maxheight": 900})).json()
    assert (answer["title"], answer["height"]) == ((await client.get("/api/v1/examples/neuron")).json()["title"], 320)
    assert 'src="https://tidegraph.test/embed#example=neuron' in answer["html"]


async def test_an_address_cannot_leave_its_attribute(client: httpx.AsyncClient) -> None:
    url = 'http://tidegraph.test/embed#"><script>alert(1)</script>'
    html = (await client.get("/oembed", params={"url": url})).json()["html"]
    assert "<script" not in html
