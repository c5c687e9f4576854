"""The service as it is run: two worker processes, which answer as one, and connections that are no requests."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.app.http.test_problems import problem_in
from tidegraph.app.http.protocol import HEAD_BYTES

COMMAND = Path(sys.executable).with_name("tidegraph")
PATIENCE = 60


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Two processes that serve below a path."""
    command = [COMMAND, "serve", "--port", "0", "--workers", "2", "--root-path", "/tide"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            lines = iter(process.stderr.readline, "")
            found = next(match[0] for line in lines if (match := re.search(r"http://127\.0\.0\.1:\d+", line)))
            ready = 0
            while ready < 2:
                ready += "startup complete" in next(lines)
            yield found
        finally:
            process.terminate()
            process.stderr.read()


def test_metrics_are_those_of_all_processes(address: str) -> None:
    run = {"program": "a: parameter = 2.0\nJ = a * a"}
    for seed in range(12):  # each over a connection of its own, which either process takes
        url = f"{address}/tide/api/v1/gradients"
        assert httpx.post(url, json={**run, "seed": seed}, timeout=PATIENCE).status_code == 200
    counted = 'tidegraph_requests_total{method="POST",route="/api/v1/gradients",status="200"} 12.0'
    end = time.monotonic() + PATIENCE  # an answer is counted once it is sent, maybe by the other process
    while counted not in metrics(address) and time.monotonic() < end:
        time.sleep(0.02)
    for _ in range(3):
        text = metrics(address)
        assert counted in text
        assert re.search(r'tidegraph_kept_bytes{kind="replies"} [1-9]', text)
        assert re.search(r"tidegraph_requests_under_way [12]\.0", text)


def metrics(address: str) -> str:
    return httpx.get(f"{address}/tide/metrics", timeout=PATIENCE).text


def said(address: str, *sent: bytes) -> httpx.Response:
    """What is answered to bytes, whatever they are, before the connection is closed."""
    url = httpx.URL(address)
    with socket.create_connection((url.host, url.port or 80), timeout=PATIENCE) as connection:
        for piece in sent:
            connection.sendall(piece)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return httpx.Response(int(first.split()[1]), headers=[line.split(": ", 1) for line in lines], content=body)


def test_what_is_no_http_is_told_so(address: str) -> None:
    answer = said(address, b"GET /healthz HTTP/1.1\r\nno header\r\n\r\n")
    problem_in(answer, 400)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_head_is_bounded(address: str) -> None:
    endless = said(address, b"GET /healthz HTTP/1.1\r\nX: ", b"x" * (HEAD_BYTES + 1))
    assert "262,144 bytes" in problem_in(endless, 431).detail
