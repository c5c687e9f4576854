"""Partitions on a real Dask cluster of two workers: the gradients of one machine, the bytes that were planned."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from tests.app.conftest import Serve
from tests.app.servers import PATIENCE, free_port, running

distributed = pytest.importorskip("distributed")

PROGRAM = """\
n = 8
X: input[n, 4]
y: target[n]
W1: parameter[4, 6]
W2: parameter[6, 6]
w: parameter[6]
h = tanh(X @ W1)
k = tanh(h @ W2)
J = mean((k @ w - y) ** 2)"""
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    port = free_port()
    here = {"cwd": ROOT, "env": {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": "/tmp"}}
    address = f"tcp://127.0.0.1:{port}"
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    with running([sys.executable, "-m", "distributed.cli.dask_scheduler", *options], port, **here):
        yield address


def worker(address: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
    return subprocess.Popen(
        [*command, "--no-nanny"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": "/tmp"},
    )  # fmt: skip


async def working(address: str, count: int) -> None:
    """Wait until so many workers have registered."""
    async with distributed.Client(address, asynchronous=True, set_as_default=False) as client:
        await client.wait_for_workers(count, timeout=PATIENCE)


async def test_a_partition_runs_on_workers_as_on_one_machine(serve: Serve, scheduler: str) -> None:
    request = {"program": PROGRAM, "devices": 2, "execute": True}
    async with serve(dask=scheduler) as client:
        none = await client.post("/api/v1/partition", json={**request, "seed": 1})
        assert (none.status_code, none.json()["code"]) == (503, "dask-no-workers")
        with ExitStack() as stack:
            for _ in range(2):
                process = worker(scheduler)
                stack.callback(process.wait)
                stack.callback(process.terminate)
            await working(scheduler, 2)
            answer = await client.post("/api/v1/partition", json=request)
            assert answer.status_code == 200, answer.text
            parted = await client.post("/api/v1/partition", json={**request, "microbatches": 4})
            assert parted.status_code == 200, parted.text
            plain = await client.post("/api/v1/gradients", json={"program": PROGRAM})
            async with serve(dask=scheduler, light_seconds=1e-9) as heavy:
                far = await heavy.post("/api/v1/gradients", json={"program": PROGRAM})
            process.kill()
            after = await client.post("/api/v1/partition", json={**request, "seed": 2})
    assert far.json() == plain.json()
    assert after.json()["executed"]["same"]
    executed = answer.json()["executed"]
    assert executed["same"]
    assert {name: plain.json()["gradients"][name] for name in executed["gradients"]} == executed["gradients"]
    assert {phase["phase"] for phase in executed["phases"]} == {"forward", "backward"}
    assert len({phase["worker"] for phase in executed["phases"]}) == 2
    pipelined = parted.json()["executed"]
    assert pipelined["same"]
    assert [phase["microbatch"] for phase in pipelined["phases"]] == [0, 1, 2, 3] * 4
    for name, gradient in executed["gradients"].items():
        assert np.allclose(pipelined["gradients"][name], gradient)
    for one in (executed, pipelined):
        assert one["links"]
        for link in one["links"]:
            assert link["moved_bytes"] == link["planned_bytes"] > 0


@pytest.mark.parametrize(("dask", "code"), [("", "dask-not-set"), ("tcp://127.0.0.1:9", "dask-no-scheduler")])
async def test_without_a_cluster_it_says_what_is_missing(serve: Serve, dask: str, code: str) -> None:
    async with serve(dask=dask) as client:
        answer = await client.post("/api/v1/partition", json={"program": PROGRAM, "devices": 2, "execute": True})
    assert (answer.status_code, answer.json()["code"]) == (503, code)
