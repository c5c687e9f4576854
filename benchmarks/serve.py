"""The service under load: trace and gradients of the chapter's network beside an endpoint that only echoes.

The same server process answers all of them. The echo sends a prepared answer of the same size without reading or
computing anything, so it is the most that this server, this machine and this client can do. A run is a pure function of
its request, so a repeated request is answered from the cache; `distinct` requests have a seed, and so values, each of
their own, and are computed. Needs `wrk`.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import httpx
import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

import app.examples
from app.main import create_app
from app.settings import Settings

CONNECTIONS = 64
PROGRAM = tomllib.loads(Path(app.examples.__path__[0], "chapter.toml").read_text(encoding="utf-8"))["program"]

SCRIPT = """
local thread = 0
function setup(t) t:set("number", thread); thread = thread + 1 end
function init() count = 0 end
function request()
  count = count + 1
  local body = string.gsub({body}, "SEED", {seed})
  return wrk.format("POST", nil, {{["Content-Type"] = "application/json"}}, body)
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("figures %f %f %f %d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


class Echo:
    """The service, and beside it /echo/N: N bytes that were prepared before."""

    def __init__(self, service: ASGIApp) -> None:
        self.service = service
        self.prepared: dict[str, Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/echo/"):
            await self.service(scope, receive, send)
            return
        while (await receive()).get("more_body", False):
            pass
        size = scope["path"].removeprefix("/echo/")
        response = self.prepared.setdefault(size, Response(b"0" * int(size), media_type="application/json"))
        await response(scope, receive, send)


def serve(port: int) -> None:
    """The server under load, in a process of its own."""
    settings = Settings(rate_limit="100000000/second", max_waiting=4 * CONNECTIONS)
    uvicorn.run(Echo(create_app(settings)), port=port, log_level="warning", access_log=False)


def memory(process: int) -> float:
    """Resident megabytes of a process."""
    (found,) = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found) / 1024


def load(url: str, seconds: int, distinct: bool) -> tuple[float, float, float, int]:
    """Requests a second, milliseconds at the median and the 99th percentile, and failed requests."""
    body = json.dumps({"program": PROGRAM, "seed": 0}).replace('"seed": 0', '"seed": SEED')
    seed = 'string.format("%d", number * 1000000000 + count)' if distinct else '"0"'
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(body=f"[==[{body}]==]", seed=seed))
        script.flush()
        command = [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "--latency",
            "--timeout",
            "30s",
            "-s",
            script.name,
            url,
        ]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    (line,) = re.findall(r"figures (.*)", told)
    rate, median, late, failed = line.split()
    return float(rate), float(median), float(late), int(failed)


def main() -> None:
    """Print the table; a request that failed fails the run."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=5, help="seconds a row (%(default)s)")
    arguments.add_argument("--port", type=int, default=8240)
    options = arguments.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("benchmarks.serve needs wrk; on Debian: apt-get install wrk")
    server = subprocess.Popen([sys.executable, "-c", f"from benchmarks.serve import serve; serve({options.port})"])
    address = f"http://127.0.0.1:{options.port}"
    try:
        table(address, server.pid, options.seconds)
    finally:
        server.terminate()
        server.wait()


def table(address: str, process: int, seconds: int) -> None:
    """A row for each kind of request, with the memory of the server after it."""
    retries = httpx.HTTPTransport(retries=8)
    with httpx.Client(base_url=address, transport=retries, headers={"Accept-Encoding": "identity"}) as client:
        sizes = {
            name: len(client.post(f"/api/v1/{name}", json={"program": PROGRAM, "seed": 0}).raise_for_status().content)
            for name in ("gradients", "trace")
        }
    print(f"## Serving: {CONNECTIONS} connections, {seconds} s a row, {memory(process):.0f} MB before\n")
    print("| request | bytes | requests/s | of the echo | p50 ms | p99 ms | failed | MB after |")
    print("|---|---|---|---|---|---|---|---|")
    failures = 0
    for name, size in sizes.items():
        limit = None
        for row, path, distinct in (
            (f"echo of {name}", f"/echo/{size}", False),
            (f"{name}, the same", f"/api/v1/{name}", False),
            (f"{name}, distinct", f"/api/v1/{name}", True),
        ):
            rate, median, late, failed = load(address + path, seconds, distinct)
            limit = limit or rate
            failures += failed
            print(
                f"| {row} | {size:,} | {rate:,.0f} | {rate / limit:.0%} | {median:.1f} | {late:.1f} "
                f"| {failed} | {memory(process):.0f} |",
                flush=True,
            )
    print(f"\nMeasured on {time.strftime('%Y-%m-%d')}.")
    if failures:
        raise SystemExit(f"{failures} requests failed")


if __name__ == "__main__":
    main()
