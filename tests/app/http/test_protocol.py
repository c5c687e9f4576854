"""Connections that are slow or are given up: what they hold is released, and what runs for them ends."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.app.servers import PATIENCE, service

LARGE = "\n".join(["x: parameter[4096]", *["x = sin(x)"] * 29, "J = sum(x)"])
HEAVY = "\n".join(["x: parameter[400]", *["x = sin(x)"] * 400, "J = sum(x)"])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with service(write_seconds=1, max_seconds=PATIENCE, body_seconds=1) as (address, _):
        yield address


def post(address: str, path: str, body: object) -> socket.socket:
    """A connection on which a run was asked for, whose answer nobody reads."""
    url = httpx.URL(address)
    content = json.dumps(body).encode()
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(PATIENCE)
    client.connect((url.host, url.port or 80))
    head = f"POST {path} HTTP/1.1\r\nHost: {url.host}\r\nContent-Type: application/json\r\n"
    client.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
    return client


def metric(address: str, name: str) -> float:
    text = httpx.get(f"{address}/metrics", timeout=PATIENCE).text
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    return float(found[1]) if found else 0.0


def wait(address: str, name: str, value: float) -> None:
    end = time.monotonic() + PATIENCE
    while metric(address, name) != value:
        assert time.monotonic() < end, f"{name} did not become {value}"
        time.sleep(0.05)


def test_a_client_that_never_reads_is_given_up(address: str) -> None:
    body = {"program": LARGE, "want": {"values": "all", "gradients": "all"}}
    with post(address, "/api/v1/run", body) as client:
        wait(address, "tidegraph_requests_under_way", 2.0)  # this one and that for the metrics
        wait(address, "tidegraph_requests_under_way", 1.0)
        received = b""
        try:
            while piece := client.recv(1 << 20):
                received += piece
        except ConnectionResetError:
            pass
    length = re.search(rb"content-length: (\d+)", received, re.I)
    assert length is None or len(received) < int(length[1])


def test_the_run_of_a_client_that_leaves_ends(address: str) -> None:
    client = post(address, "/api/v1/hessian", {"program": HEAVY})
    wait(address, 'tidegraph_runs_running{kind="heavy"}', 1.0)
    client.close()
    wait(address, 'tidegraph_runs_running{kind="heavy"}', 0.0)
    assert metric(address, "tidegraph_stopped_runs_total") == 0.0


def test_a_body_that_does_not_come_is_given_up(address: str) -> None:
    url = httpx.URL(address)
    with socket.create_connection((url.host, url.port or 80), timeout=PATIENCE) as client:
        client.sendall(
            b"POST /api/v1/gradients HTTP/1.1\r\nHost: a\r\n"
            b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        )
        assert client.recv(65536).startswith(b"HTTP/1.1 408")
