"""The host that a visitor names: one of those that are allowed, and in no address unless it is."""

from __future__ import annotations

import httpx
import pytest

from tests.app.conftest import Serve
from tidegraph.app.http.hosts import is_one_of, name_of, trusted
from tidegraph.app.http.problems import MEDIA_TYPE


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("tide.example", "tide.example"),
        ("Tide.Example:8000", "tide.example"),
        ("[::1]:80", "::1"),
        ("a b", None),
        ("user@tide.example", None),
        ("tide.example/x", None),
        ("[::1", None),
        ("tide.example:99999", None),
        ("", None),
    ],
)
def test_the_name_in_a_host(host: str, name: str | None) -> None:
    assert name_of(host) == name


def test_names_are_allowed_as_they_stand_or_below_a_domain() -> None:
    allowed = ["tide.example", "*.course.example"]
    assert [is_one_of(name, allowed) for name in ("tide.example", "a.course.example", "course.example", "x")] == [
        True,
        True,
        False,
        False,
    ]
    assert [trusted(host, ["*"]) for host in ("127.0.0.1:8000", "localhost", "[::1]", "evil.example")] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("path", ["/", "/embed/chapter", "/nowhere", "/oembed?url=http://other.example/", "/docs/"])
async def test_a_host_that_nobody_allowed_is_written_into_no_address(serve: Serve, path: str) -> None:
    async with serve(allowed_hosts=["*"]) as client:
        answer = await client.get(path, headers={"Host": "evil.example", "Accept": "text/html"})
    assert "evil.example" not in answer.text
    assert "evil.example" not in str(answer.headers)


async def test_other_hosts_are_refused_where_some_are_allowed(serve: Serve) -> None:
    async with serve(allowed_hosts=["tide.example"]) as client:
        known = await client.get("/api/v1/operators", headers={"Host": "tide.example:8000"})
        other = await client.get("/api/v1/operators", headers={"Host": "evil.example"})
        probe = await client.get("/healthz", headers={"Host": "10.0.0.7:8000"})
    assert (known.status_code, other.status_code, probe.status_code) == (200, 400, 200)
    assert other.headers["content-type"] == MEDIA_TYPE
    assert other.json()["code"] == "host-not-allowed"


async def test_two_hosts_are_refused(client: httpx.AsyncClient) -> None:
    request = client.build_request("GET", "/healthz")
    request.headers = httpx.Headers([("Host", "tidegraph.test"), ("Host", "evil.example")])
    answer = await client.send(request)
    assert (answer.status_code, answer.json()["code"]) == (400, "host-count")
