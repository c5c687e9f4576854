"""Two processes that serve: at SIGTERM no request that has begun is cut off, and a killed process is replaced."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import httpx

from tests.app.servers import PATIENCE, service

RUN = {"program": "a: parameter = 2.0\nJ = a * a"}


def children(number: int) -> list[int]:
    """The processes that a process has started."""
    tasks = Path(f"/proc/{number}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def serving(number: int) -> list[int]:
    """The children that serve: not those that watch over shared resources."""
    return [c for c in children(number) if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()]


def test_no_request_that_has_begun_is_cut_off() -> None:
    answered, cut, refused = [], [], []
    over = threading.Event()
    with service(workers=2) as (address, process):

        def ask(first: int) -> None:
            seed = first
            while not over.is_set():
                seed += 8
                try:
                    with httpx.Client(timeout=PATIENCE) as client:
                        answer = client.post(f"{address}/api/v1/gradients", json={**RUN, "seed": seed})
                    answered.append(answer.status_code)
                except httpx.ConnectError as error:
                    refused.append(error)
                    return
                except httpx.TransportError as error:
                    cut.append(error)
                    return

        askers = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for asker in askers:
            asker.start()
        while len(answered) < 40:
            assert not cut
            assert not refused
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        over.set()
        for asker in askers:
            asker.join()
    assert cut == []
    assert set(answered) == {200}


def test_a_killed_process_is_replaced_and_the_others_answer() -> None:
    with service(workers=2) as (address, process):
        first = serving(process.pid)
        assert len(first) == 2
        os.kill(first[0], signal.SIGKILL)
        for seed in range(10):
            try:
                answer = httpx.post(f"{address}/api/v1/gradients", json={**RUN, "seed": seed}, timeout=PATIENCE)
            except httpx.TransportError:
                continue  # the connection was the killed process's
            assert answer.status_code == 200
        while len([one for one in serving(process.pid) if one not in first]) < 1:
            time.sleep(0.05)
        answer = httpx.post(f"{address}/api/v1/gradients", json={**RUN, "seed": 99}, timeout=PATIENCE)
        assert answer.status_code == 200
