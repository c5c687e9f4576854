"""Servers that the tests start on loopback: the service itself, Redis, PostgreSQL, nginx.

What is not installed cannot be started; a test that needs it then says so and is skipped (`make services` installs it).
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

PATIENCE = 60
"""Seconds for a server to answer on a busy machine."""


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def executable(name: str, *folders: str) -> str:
    """Where a program is; the test is skipped where it is not installed."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *folders])
    found = shutil.which(name, path=path)
    if found is None:
        pytest.skip(f"{name} is not installed; `make services` installs it on Debian, as root")
    return found


def listening(port: int) -> None:
    """Wait until somebody listens on a port."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on {port}")


@contextmanager
def running(command: list[str], port: int, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """A server while it is needed."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    try:
        listening(port)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def redis(folder: Path, port: int | None = None) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis that keeps nothing: its address, its process."""
    port = port or free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with running([executable("redis-server"), *options], port) as process:
        yield f"redis://127.0.0.1:{port}/0", process


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of its own: its address for SQLAlchemy."""
    folders = sorted(str(path) for path in Path("/usr/lib/postgresql").glob("*/bin"))
    initdb, server = executable("initdb", *folders), executable("postgres", *folders)
    data, port, user = folder / "data", free_port(), {}
    if os.getuid() == 0:  # it refuses to run as root
        shutil.chown(folder, "postgres")
        for parent in folder.parents:
            if parent.stat().st_uid == os.getuid() and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
        user = {"user": "postgres"}
    subprocess.run(
        [initdb, "--username=tidegraph", "--auth=trust", "-D", str(data)],
        check=True, capture_output=True, cwd=folder, **user,  # type: ignore[call-overload]
    )  # fmt: skip
    options = ["-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-k", str(folder)]
    with running([server, *options], port, cwd=folder, **user):
        address = f"postgresql://tidegraph@127.0.0.1:{port}/postgres"
        ready(address)
        yield address


def ready(address: str) -> None:
    """Wait until a database takes connections."""
    import psycopg

    end = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(address, connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


@contextmanager
def service(**settings: object) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The service as it is run: its address, its process."""
    given = {f"TIDEGRAPH_{name.upper()}": str(value) for name, value in settings.items()}
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), **given}
    command = [sys.executable, "-m", "tidegraph", "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=root) as process:
        assert process.stderr is not None
        try:
            lines = iter(process.stderr.readline, "")
            address = next(match[0] for line in lines if (match := re.search(r"http://127\.0\.0\.1:\d+", line)))
            end = time.monotonic() + 3 * PATIENCE
            while True:
                try:
                    httpx.get(f"{address}/healthz", timeout=PATIENCE)
                    break
                except httpx.TransportError:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.05)
            yield address, process
        finally:
            process.terminate()
            process.stderr.read()
