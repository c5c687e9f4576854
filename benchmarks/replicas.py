"""Two replicas behind nginx with one Redis: normal load, the same beside hostile clients, and beside kill -9.

Normal load is light runs from several clients, each with other values. Hostile clients send the heaviest requests of
`benchmarks.abuse` and mostly leave before the answer. Printed are rates, percentiles and failures of normal requests.
It fails where p99 beside the hostile clients is 3 times its quiet value or more. Needs nginx and redis-server.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx

from benchmarks.abuse import HEAVIEST, Process, service

NUMBERS = count()
PROGRAM = "x: input[4]\nW: parameter[3, 4]\nz = W @ x\nJ = sum(relu(z) ** 2)"
NGINX = """\
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; client_max_body_size 64m;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream replicas {{ {servers} keepalive 32; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://replicas; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $http_host; proxy_next_upstream error timeout non_idempotent; proxy_buffering off;
    }}
  }}
}}
"""


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server while it is needed."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


@dataclass
class Load:
    """What clients saw: seconds of each answer, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Milliseconds within which so many of the answers came."""
        found = sorted(self.seconds) or [0.0]
        return 1000 * found[min(len(found) - 1, int(share * len(found)))]


def clients(address: str, number: int, seconds: float) -> Load:
    """Normal requests from so many clients for so many seconds, ten a second from each."""
    load, until = Load(), time.monotonic() + seconds

    def ask() -> None:
        with httpx.Client(base_url=address, timeout=60) as client:
            while time.monotonic() < until:
                body = {"program": PROGRAM, "values": {"x": [1, 2, 3, next(NUMBERS)]}}
                start = time.monotonic()
                try:
                    answer = client.post("/api/v1/gradients", json=body)
                    if answer.status_code != 200:
                        load.failures.append(str(answer.status_code))
                except httpx.TransportError as error:
                    load.failures.append(type(error).__name__)
                load.seconds.append(time.monotonic() - start)
                time.sleep(max(0.0, 0.1 - (time.monotonic() - start)))

    threads = [threading.Thread(target=ask) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return load


@contextmanager
def hostile(address: str, number: int) -> Iterator[None]:
    """So many clients that do their worst, as fast as they are answered."""
    over = threading.Event()

    def attack(first: int) -> None:
        for turn in count(first):
            if over.is_set():
                return
            path, body = HEAVIEST[turn % len(HEAVIEST)]
            patience = 3 if turn % 3 else 30
            with suppress(httpx.TransportError):  # two of three leave before the answer
                httpx.post(f"{address}/api/v1/{path}", json={**body, "seed": next(NUMBERS)}, timeout=patience)

    threads = [threading.Thread(target=attack, args=(one,), daemon=True) for one in range(number)]
    for thread in threads:
        thread.start()
    yield
    over.set()
    for thread in threads:
        thread.join(40)


@contextmanager
def killing(processes: list[Process], every: float) -> Iterator[None]:
    """kill -9 of one worker process after another."""
    over = threading.Event()

    def kill() -> None:
        turn = 0
        while not over.wait(every):
            found = [number for process in processes for number in process.descendants()]
            if found:
                with suppress(ProcessLookupError):
                    os.kill(found[turn % len(found)], signal.SIGKILL)
            turn += 1

    thread = threading.Thread(target=kill)
    thread.start()
    yield
    over.set()
    thread.join()


def row(name: str, load: Load, seconds: float, memory: Callable[[], float]) -> float:
    """Print a row; its p99 in milliseconds."""
    late = load.quantile(0.99)
    print(
        f"| {name} | {len(load.seconds) / seconds:.0f} | {load.quantile(0.5):.1f} | {late:.1f} "
        f"| {statistics.mean(load.seconds) * 1000:.1f} | {len(load.failures)} | {memory():.0f} |",
        flush=True,
    )
    return late


def main() -> None:
    """Print the table; a ratio of 3 or more, or a failure without a kill, fails the run."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=60, help="seconds a row (%(default)s)")
    arguments.add_argument("--clients", type=int, default=4)
    arguments.add_argument("--hostile", type=int, default=4)
    arguments.add_argument("--kill-every", type=float, default=60, help="seconds between two kills (%(default)s)")
    options = arguments.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        ports = free_port(), free_port()
        redis = f"redis://127.0.0.1:{ports[0]}/0"
        stack.enter_context(running("redis-server", "--port", str(ports[0]), "--save", "", "--dir", folder))
        settings = {"redis_url": redis, "rate_limit": "1000000/second", "cost_limit": "1000000/second"}
        found = [stack.enter_context(service(**settings)) for _ in range(2)]
        servers = " ".join(f"server {address.removeprefix('http://')};" for address, _ in found)
        config = Path(folder, "nginx.conf")
        config.write_text(NGINX.format(folder=folder, servers=servers, port=ports[1]), encoding="utf-8")
        stack.enter_context(running("nginx", "-c", str(config)))
        address, processes = f"http://127.0.0.1:{ports[1]}", [process for _, process in found]

        def memory() -> float:
            return sum(process.megabytes()[0] for process in processes)

        clients(address, options.clients, 5)
        print(f"## Two replicas behind nginx with Redis: {options.clients} clients, {options.seconds:.0f} s a row\n")
        print("| load | requests/s | p50 ms | p99 ms | mean ms | failed | web processes MB |")
        print("|---|---|---|---|---|---|---|")
        quiet_load = clients(address, options.clients, options.seconds)
        quiet = row("normal", quiet_load, options.seconds, memory)
        with hostile(address, options.hostile):
            mixed_load = clients(address, options.clients, options.seconds)
        mixed = row(f"beside {options.hostile} hostile clients", mixed_load, options.seconds, memory)
        with killing(processes, options.kill_every):
            killed_load = clients(address, options.clients, options.seconds)
        row(f"beside a kill -9 every {options.kill_every:.0f} s", killed_load, options.seconds, memory)
    print(f"\np99 beside hostile clients is {mixed / quiet:.1f} times the quiet one.")
    print(f"Measured on {time.strftime('%Y-%m-%d')}, load {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors.")
    if mixed >= 3 * quiet or quiet_load.failures or mixed_load.failures:
        raise SystemExit(f"beyond the limits: {[*quiet_load.failures, *mixed_load.failures][:5]}")


if __name__ == "__main__":
    main()
