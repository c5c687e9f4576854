"""Short links and stored weights over HTTP, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import numpy as np
import pytest
from safetensors.numpy import save

from tests.app.conftest import Serve
from tests.app.servers import postgres

PROGRAM = "x: input[2]\nW: parameter[2, 2]\nJ = sum((W @ x) ** 2)"
CONTENT = {"program": PROGRAM, "values": {"x": [1, 2]}, "moment": 2, "title": "Two <squares>"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("database")
    if request.param == "sqlite":
        yield f"sqlite:///{folder}/new/links.db"
    else:
        with postgres(folder) as address:
            yield address


async def test_a_link_opens_on_every_replica(serve: Serve, database: str) -> None:
    async with serve(database_url=database) as one, serve(database_url=database) as other:
        made = await one.post("/api/v1/links", json=CONTENT)
        again = await other.post("/api/v1/links", json={**dict(reversed(CONTENT.items())), "seed": 0})
        assert (made.status_code, again.status_code) == (201, 200)
        link = made.json()
        assert again.json() == link
        assert link["url"] == made.headers["location"] == f"/g/{link['id']}"
        assert len(link["url"]) <= 24
        data = await other.get(f"/api/v1/links/{link['id']}")
        assert data.json() == {**CONTENT, **link}
        assert "immutable" in data.headers["cache-control"]
        page = await other.get(link["url"])
        assert page.status_code == 200
        assert "Two &lt;squares&gt;" in page.text
        assert "(W @ x) ** 2" in page.text
        assert f"{link['url']}.svg" in page.text
        picture = await other.get(f"{link['url']}.svg")
        assert picture.headers["content-type"] == "image/svg+xml"
        assert picture.text.lstrip().startswith("<svg")
        framed = (await other.get("/oembed", params={"url": f"http://tidegraph.test{link['url']}"})).json()
        assert framed["title"] == "Two <squares>"
        assert "http://tidegraph.test/embed#program=" in framed["html"]


@pytest.mark.parametrize("path", ["/g/none", "/g/none.svg", "/api/v1/links/none", f"/api/v1/links/{'x' * 3000}"])
async def test_there_is_no_other_link(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-link")


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"program": ""},
        {"program": 3},
        {"program": PROGRAM, "values": {"x": "many"}},
        {"program": PROGRAM, "values": []},
        {"program": PROGRAM, "more": 1},
        {"program": PROGRAM, "moment": -1},
    ],
)
async def test_what_no_page_could_show_is_refused(client: httpx.AsyncClient, content: object) -> None:
    assert (await client.post("/api/v1/links", json=content)).status_code == 422


async def test_a_program_with_a_fault_can_be_shown_to_others(client: httpx.AsyncClient) -> None:
    link = (await client.post("/api/v1/links", json={"program": "J = rellu(x)"})).json()
    assert (await client.get(link["url"])).status_code == 200
    assert (await client.get(f"{link['url']}.svg")).status_code == 422


async def test_links_are_bounded(serve: Serve) -> None:
    async with serve(max_links=1, max_link_bytes=100) as client:
        long = await client.post("/api/v1/links", json={"program": "#" * 101})
        made, more, again = [
            await client.post("/api/v1/links", json={"program": program}) for program in ("a = 1", "b = 1", "a = 1")
        ]
    assert [answer.status_code for answer in (long, made, more, again)] == [413, 201, 507, 200]


async def test_without_a_database_everything_else_goes_on(serve: Serve) -> None:
    async with serve(database_url="postgresql://nobody@127.0.0.1:9/none?connect_timeout=2") as client:
        link = await client.post("/api/v1/links", json={"program": "a = 1"})
        run = await client.post("/api/v1/gradients", json={"program": "J = 2.0 * 3"})
    assert (link.status_code, link.json()["code"], run.status_code) == (503, "store-unavailable", 200)


async def test_weights_are_kept_by_their_hash_and_named_by_requests(serve: Serve, tmp_path: Path) -> None:
    x, W = np.array([1.0, 2.0]), np.array([[1.0, 0.0], [0.0, 3.0]], dtype=np.float32)
    file = save({"x": x, "W": W})
    name = f"sha256-{sha256(file).hexdigest()}"
    async with serve(database_url=f"sqlite:///{tmp_path}/x.db", weights_url=str(tmp_path / "weights")) as client:
        before = await client.post("/api/v1/gradients", json={"program": PROGRAM, "weights": name})
        kept = await client.put(f"/api/v1/weights/{name}", content=file)
        again = await client.put(f"/api/v1/weights/{name}", content=file)
        wrong = await client.put(f"/api/v1/weights/sha256-{'0' * 64}", content=file)
        other = await client.put(f"/api/v1/weights/sha256-{sha256(b'no').hexdigest()}", content=b"no")
        run = await client.post("/api/v1/gradients", json={"program": PROGRAM, "weights": name, "seed": 1})
        mixed = {"program": PROGRAM, "weights": name, "values": {"x": [0, 1]}}
        own = await client.post("/api/v1/gradients", json=mixed)
    assert (before.status_code, before.json()["code"]) == (422, "unknown-weights")
    assert [answer.status_code for answer in (kept, again, wrong, other)] == [201, 200, 422, 422]
    assert kept.json() == {"id": name, "arrays": {"W": [2, 2], "x": [2]}}
    assert (run.json()["values"]["J"], own.json()["values"]["J"]) == (37.0, 9.0)


async def test_stored_weights_are_bounded(serve: Serve, tmp_path: Path) -> None:
    files = [save({"x": np.full(100, float(number))}) for number in range(2)]
    settings = {"database_url": f"sqlite:///{tmp_path}/x.db", "weights_url": str(tmp_path), "max_stored_bytes": 1500}
    async with serve(**settings) as client:
        answers = [await client.put(f"/api/v1/weights/sha256-{sha256(f).hexdigest()}", content=f) for f in files]
    assert [answer.status_code for answer in answers] == [201, 507]
