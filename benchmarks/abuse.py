"""Requests that once held, filled or killed the service, replayed one after another against a service of its own.

For each: the status, the seconds to the end of the answer, its bytes, and by how many megabytes the web process and its
workers grew meanwhile. It fails where an answer is a fault, comes later than the limit allows, or memory grows too far.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

GRACE = 10.0
"""Seconds after the clock of the settings within which a run is answered."""

GROWTH = 600.0
"""Megabytes by which the web process may grow under any request."""

ROOT = Path(__file__).parents[1]


def sines(count: int, first: str = "x: input[100000]", last: str = "J = sum(x)") -> str:
    """A program of so many sines, one after another."""
    return "\n".join([first, *["x = sin(x)"] * count, last])


LAYERS = "\n".join(
    [
        "x: input[8]",
        *[f"W{i}: parameter[8, 8]" for i in range(300)],
        "h = x",
        *[f"h = relu(W{i} @ h)" for i in range(300)],
    ]
)
LINE = "n = 8\nx: input[n, 2]\ny: target[n]\nW: parameter[2]\nJ = mean((x @ W - y) ** 2)"
WIDE, ROW, COLUMN = (f"x: parameter[{size}]" for size in (4096, 400, 64))
NAMED = "n = 8\nx: parameter[n]"
ASSIGNED = "x: parameter\nfor i in range(1000000):\n    a = 3\nJ = x * x"
ENDLESS = "x: parameter\nfor i in range(1000000000):\n    x = x * 2\nJ = x"

REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("check of 100,000 numbers through 2,000 sines", "check", {"program": sines(2000)}),
    ("batch of 4,000 empty sets", "batch", {"program": sines(100, "x: input[4096]"), "batch": [{}] * 4000}),
    ("batch of 400 long runs", "batch", {"program": sines(500), "batch": [{}] * 400}),
    ("memory at 24 points", "memory", {"program": sines(500, NAMED), "size": "n", "points": list(range(1, 25))}),
    ("edits of 300 layers", "edits", {"program": f"{LAYERS}\nJ = sum(h)"}),
    ("Hessian of 400 parameters over 100 sines", "hessian", {"program": sines(100, ROW)}),
    ("Hessian of 400 parameters over 500 sines", "hessian", {"program": sines(500, ROW)}),
    ("curvature of 400 parameters over 100 sines", "curvature", {"program": sines(100, ROW)}),
    ("levels of 2,000 sines", "levels", {"program": sines(2000, ROW)}),
    ("trace of 4,096 numbers through 2,000 lines", "trace", {"program": sines(2000, WIDE)}),
    ("loop of a million constant assignments", "gradients", {"program": ASSIGNED}),
    ("loop of a billion products", "gradients", {"program": ENDLESS}),
    ("Jacobian of 5,000 by 5,000", "jacobian", {"program": "x: parameter[5000]\ny = sin(x)", "of": "y", "wrt": "x"}),
    ("partition of 3,000 operators over 16 devices", "partition", {"program": sines(3000, COLUMN), "devices": 16}),
    ("export of a large run as a page", "export", {"program": sines(1000, WIDE), "format": "html"}),
    ("sweep of 60 long runs", "sweep", {"program": LINE, "seeds": list(range(60)), "steps": 1_000_000}),
    ("export of a syntax error", "export", {"program": "J = (", "format": "svg"}),
    ("export of an overflow", "export", {"program": "x: parameter = 1e200\nJ = x * x * x", "format": "svg"}),
    ("export of no element", "export", {"program": "x: input[0]\nJ = sum(x)", "format": "svg"}),
    ("levels of an empty parameter", "levels", {"program": "W: parameter[0]\nJ = sum(W)"}),
    ("check with a name twice", "check", {"program": "x: parameter\nJ = x * x", "wrt": ["x", "x"]}),
    ("noise of 1e308", "train/start", {"program": LINE, "data": {"name": "moons", "noise": 1e308}}),
]
"""Name, endpoint and body of each."""

HEAVIEST = [
    (path, body) for name, path, body in REQUESTS if name.split(" of ")[0] in ("batch", "Hessian", "levels", "trace")
]
"""Requests that use up their budgets."""


@dataclass(frozen=True)
class Process:
    """A process and those that it started."""

    number: int

    def megabytes(self) -> tuple[float, float]:
        """Resident memory of the process, and of all that descend from it."""
        sizes = self.sizes()
        own = sizes.pop(self.number, 0.0)
        return own, sum(sizes.values())

    def descendants(self) -> list[int]:
        """The worker processes: what was started by what it started."""
        return [
            n for n in self.sizes() if b"forkserver" in Path(f"/proc/{n}/cmdline").read_bytes() and n != self.number
        ]

    def sizes(self) -> dict[int, float]:
        """Megabytes of the process and of all that descend from it."""
        parents: dict[int, list[int]] = {}
        sizes: dict[int, float] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                status = (folder / "status").read_text()
            except OSError:
                continue
            found = dict(re.findall(r"(PPid|VmRSS):\s+(\d+)", status))
            number = int(folder.name)
            parents.setdefault(int(found.get("PPid", 0)), []).append(number)
            sizes[number] = int(found.get("VmRSS", 0)) / 1024
        found, todo = {}, [self.number]
        while todo:
            one = todo.pop()
            found[one] = sizes.get(one, 0.0)
            todo += parents.get(one, [])
        return found


class Watch:
    """The most memory of a process while the block runs, and how long its health took to answer at most."""

    def __init__(self, process: Process, address: str) -> None:
        self.process, self.address = process, address
        self.most = (0.0, 0.0)
        self.slowest = 0.0
        self.over = threading.Event()

    def __enter__(self) -> Watch:
        self.before = self.most = self.process.megabytes()
        self.threads = [threading.Thread(target=self.weigh), threading.Thread(target=self.knock)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def weigh(self) -> None:
        """Look at the memory again and again."""
        while not self.over.wait(0.1):
            web, workers = self.process.megabytes()
            self.most = max(web, self.most[0]), max(workers, self.most[1])

    def knock(self) -> None:
        """Ask for the health again and again."""
        with httpx.Client(base_url=self.address, timeout=120) as client:
            while not self.over.wait(0.2):
                start = time.monotonic()
                client.get("/healthz").raise_for_status()
                self.slowest = max(self.slowest, time.monotonic() - start)

    @property
    def growth(self) -> tuple[float, float]:
        """Megabytes more than before: of the process, of those that it started."""
        return self.most[0] - self.before[0], self.most[1] - self.before[1]


@contextmanager
def service(**settings: object) -> Iterator[tuple[str, Process]]:
    """`tidegraph serve` on a free port: its address, its process."""
    given = {f"TIDEGRAPH_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "tidegraph", "serve", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **given}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        assert process.stderr is not None
        try:
            lines = iter(process.stderr.readline, "")
            address = next(match[0] for line in lines if (match := re.search(r"http://127\.0\.0\.1:\d+", line)))
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield address, Process(process.pid)
        finally:
            process.terminate()
            process.wait()


def replay(address: str, process: Process, name: str, path: str, body: dict[str, Any], limit: float) -> list[str]:
    """Send one request and print its row; what is wrong with its answer."""
    faults = []
    start = time.monotonic()
    size = 0
    with Watch(process, address) as watch, httpx.Client(base_url=address, timeout=limit + 60) as client:
        with client.stream("POST", f"/api/v1/{path}", json=body, headers={"Accept-Encoding": "identity"}) as answer:
            kept = b""
            for piece in answer.iter_bytes():
                size += len(piece)
                kept = kept or piece[:4096]
        seconds = time.monotonic() - start
    status, code = answer.status_code, ""
    if status != 200:
        code = f" {json.loads(kept).get('code', '')}"
    web, workers = watch.growth
    print(
        f"| {name} | {status}{code} | {seconds:.1f} | {size:,} | {web:.0f} | {workers:.0f} | {watch.slowest:.2f} |",
        flush=True,
    )
    if status >= 500 and status != 503:
        faults.append(f"{name}: {status}")
    if seconds > limit + GRACE:
        faults.append(f"{name}: {seconds:.1f} s")
    if web > GROWTH:
        faults.append(f"{name}: {web:.0f} MB")
    return faults


def unread(address: str, process: Process, count: int, patience: float) -> list[str]:
    """Clients that ask for much and never read: the memory that they hold, and how long."""
    body = json.dumps({"program": sines(29, WIDE), "want": {"values": "all", "gradients": "all"}}).encode()
    host, port = urlsplit(address).hostname, urlsplit(address).port
    head = f"POST /api/v1/run HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
    start = time.monotonic()
    with Watch(process, address) as watch:
        clients = []
        for _ in range(count):
            client = socket.create_connection((host, port))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            clients.append(client)
        released = None
        while time.monotonic() - start < patience:
            time.sleep(0.5)
            if all(closed(client) for client in clients):
                released = time.monotonic() - start
                break
        for client in clients:
            client.close()
    web, workers = watch.growth
    shown = "never" if released is None else f"{released:.0f}"
    print(f"| {count} clients that never read | closed | {shown} | | {web:.0f} | {workers:.0f} | {watch.slowest:.2f} |")
    return [] if released is not None and web < GROWTH else [f"clients that never read: {shown} s, {web:.0f} MB"]


def closed(client: socket.socket) -> bool:
    """Whether the other side has given the connection up, seen without reading from it."""
    try:
        state = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    except OSError:
        return True
    return state != 1  # no longer established


def main() -> None:
    """Print the table; a request beyond its limits fails the run."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=20, help="TIDEGRAPH_MAX_SECONDS (%(default)s)")
    arguments.add_argument("--only", default="", help="requests whose names contain this")
    options = arguments.parse_args()
    faults = []
    print("| request | answer | s | bytes | web process +MB | workers +MB | slowest /healthz, s |")
    print("|---|---|---|---|---|---|---|")
    with service(max_seconds=options.seconds, rate_limit="1000000/second", cost_limit="1000000/second") as (
        url,
        process,
    ):
        for name, path, body in REQUESTS:
            if options.only in name:
                faults += replay(url, process, name, path, body, options.seconds)
        if options.only in "clients that never read":
            faults += unread(url, process, 40, 60)
    print(f"\nMeasured on {time.strftime('%Y-%m-%d')}.")
    if faults:
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
