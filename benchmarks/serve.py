"""The service under load: trace, gradients, structure and run of the chapter's network beside endpoints that only echo.

One server process answers all of them, set up as `tidegraph serve` sets it up but for its rate limit, with its log
going nowhere. `echo` is an endpoint of the application: it reads the request, and answers bytes of the same number that
were prepared; like every endpoint it stands behind all layers (request ids, log, metrics, security headers, CORS, rate
limit, limits on bodies) and the routing. `bare echo` stands before all of that: uvicorn hands it the request and takes
its bytes, so it is the most that this server, this machine and this client can do.

A run is a pure function of its request, so `the same` request is answered from what is kept; with `other values` the
program is found compiled and run, and a `new program` is read, differentiated, planned and compiled as well.
Needs `wrk`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tidegraph.app import examples
from tidegraph.app.cli import server
from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings

CONNECTIONS = 64
PATIENCE = 30
"""Seconds after which the client takes an answer for late; it counts that, and waits on."""

PROGRAM = tomllib.loads(Path(examples.__path__[0], "chapter.toml").read_text(encoding="utf-8"))["program"]
ENDPOINTS = ("gradients", "trace", "run", "structure")
TICKS = os.sysconf("SC_CLK_TCK")

BODIES = {
    "the same": json.dumps({"program": PROGRAM}),
    "other values": json.dumps({"program": PROGRAM, "values": {"x": [0.5, -1.0, 2.0, "NUMBER"]}}).replace(
        '"NUMBER"', "NUMBER"
    ),
    "new program": json.dumps({"program": f"{PROGRAM}\n# NUMBER"}),
}

SCRIPT = """
local thread, count = 0, 0
local bodies = {bodies}
function setup(t) t:set("number", thread); thread = thread + 1 end
function request()
  count = count + 1
  local unique = string.format("%d", number * 1000000000 + count)
  local body = string.gsub(bodies[count % #bodies + 1], "NUMBER", unique)
  return wrk.format("POST", nil, {{["Content-Type"] = "application/json"}}, body)
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("figures %d %f %f %f %d %d\\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status, e.timeout))
end
"""


class Bare:
    """The service, and before it /bare/N: N bytes that were prepared."""

    def __init__(self, service: ASGIApp) -> None:
        self.service = service
        self.answers: dict[str, Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/bare/"):
            await self.service(scope, receive, send)
            return
        while (await receive()).get("more_body", False):
            pass
        size = scope["path"].removeprefix("/bare/")
        answer = self.answers.get(size)
        if answer is None:
            answer = self.answers[size] = Response(b"0" * int(size), media_type="application/json")
        await answer(scope, receive, send)


def serve(port: int) -> None:
    """The server under load, in a process of its own."""
    settings = Settings(rate_limit="100000000/second", max_waiting=4 * CONNECTIONS)
    service = create_app(settings)
    answers: dict[int, bytes] = {}

    @service.post("/api/echo/{size}")
    async def echo(size: int, request: Request) -> Response:
        await request.body()
        return Response(answers.setdefault(size, b"0" * size), media_type="application/json")

    uvicorn.run(Bare(service), port=port, **server(settings))


@dataclass(frozen=True)
class Process:
    """The server's process, as the system sees it."""

    number: int

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        (found,) = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.number}/status").read_text())
        return int(found) / 1024

    @property
    def seconds(self) -> float:
        """Time that it has computed."""
        fields = Path(f"/proc/{self.number}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@dataclass(frozen=True)
class Load:
    """What wrk says of one kind of request, and how much the server computed for each."""

    requests: int
    seconds: float
    median: float
    late: float
    failed: int
    abandoned: int
    cost: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def load(url: str, seconds: float, process: Process, *bodies: str) -> Load:
    """Requests with `bodies` in turn, `NUMBER` in them another one each time, over all connections."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(bodies="{" + ", ".join(f"[==[{body}]==]" for body in bodies) + "}"))
        script.flush()
        options = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "--latency", f"--timeout={PATIENCE}s"]
        before = process.seconds
        told = subprocess.run(
            ["wrk", *options, "--script", script.name, url], check=True, capture_output=True, text=True
        ).stdout
        spent = process.seconds - before
    (line,) = re.findall(r"figures (.*)", told)
    requests, duration, median, late, failed, abandoned = map(float, line.split())
    return Load(int(requests), duration, median, late, int(failed), int(abandoned), spent / requests * 1e6)


def sizes(address: str) -> dict[str, int]:
    """Bytes of the answers."""
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(base_url=address, transport=transport, headers={"Accept-Encoding": "identity"}) as client:
        answers = {name: client.post(f"/api/v1/{name}", json={"program": PROGRAM}) for name in ENDPOINTS}
    return {name: len(answer.raise_for_status().content) for name, answer in answers.items()}


def table(address: str, process: Process, seconds: float) -> int:
    """A row for each kind of request; how many requests failed."""
    print(f"## Serving: {CONNECTIONS} connections, {seconds:.0f} s a row\n")
    print(
        "| request | bytes | requests/s | of the echo | of the bare echo | server µs | p50 ms | p99 ms | failed | MB |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    failures = 0
    for name, size in sizes(address).items():
        rows = [("bare echo", f"/bare/{size}", "the same"), ("echo", f"/api/echo/{size}", "the same")]
        rows += [(f"{name}, {kind}", f"/api/v1/{name}", kind) for kind in BODIES]
        rates = []
        for row, path, kind in rows:
            found = load(address + path, seconds, process, BODIES[kind])
            failures += found.failed + found.abandoned
            rates.append(found.rate)
            print(
                f"| {row} | {size:,} | {found.rate:,.0f} | {found.rate / rates[min(1, len(rates) - 1)]:.0%} "
                f"| {found.rate / rates[0]:.0%} | {found.cost:,.0f} | {found.median:.1f} | {found.late:.1f} "
                f"| {found.failed} | {process.megabytes:.0f} |",
                flush=True,
            )
    return failures


def endurance(address: str, process: Process, minutes: float) -> int:
    """All kinds of requests in turn for `minutes`, and the server's memory meanwhile; how many requests failed."""
    print(f"\n## Endurance: {minutes:g} minutes, traces and gradients of all three kinds\n")
    memory: list[float] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(60 * minutes / 200):
            memory.append(process.megabytes)

    watcher = threading.Thread(target=watch)
    watcher.start()
    parts = [
        load(f"{address}/api/v1/{name}", 15 * minutes, process, *BODIES.values())
        for name in ("trace", "gradients", "trace", "gradients")
    ]
    over.set()
    watcher.join()
    quarters = [memory[len(memory) * part // 4 : len(memory) * (part + 1) // 4] for part in range(4)]
    failed, abandoned = sum(part.failed for part in parts), sum(part.abandoned for part in parts)
    total, late = sum(part.requests for part in parts), max(part.late for part in parts)
    print(f"{total:,} requests, {failed} failed, {abandoned} not answered in {PATIENCE} s, p99 at most {late:.0f} ms.")
    print(f"Most memory in each quarter, MB: {', '.join(f'{max(quarter):.0f}' for quarter in quarters)}.")
    return failed + abandoned


def main() -> None:
    """Print the table; a request that failed fails the run."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=5, help="seconds a row (%(default)s)")
    arguments.add_argument("--minutes", type=float, default=0, help="minutes of endurance afterwards (%(default)s)")
    arguments.add_argument("--port", type=int, default=8240)
    options = arguments.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("benchmarks.serve needs wrk; on Debian: apt-get install wrk")
    command = [sys.executable, "-c", f"from benchmarks.serve import serve; serve({options.port})"]
    under_load = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    address, process = f"http://127.0.0.1:{options.port}", Process(under_load.pid)
    try:
        failures = table(address, process, options.seconds)
        if options.minutes:
            failures += endurance(address, process, options.minutes)
    finally:
        under_load.terminate()
        under_load.wait()
    print(f"\nMeasured on {time.strftime('%Y-%m-%d')}.")
    if failures:
        raise SystemExit(f"{failures} requests failed")


if __name__ == "__main__":
    main()
