"""Worker processes: what a run gives or raises comes back, and one beyond its limits is killed and replaced."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import numpy as np
import pytest

from tidegraph.app.jobs.outcome import Died
from tidegraph.app.jobs.processes import Processes
from tidegraph.engine.graph.budget import TooLarge, TooLong
from tidegraph.engine.graph.errors import InputError

pytestmark = pytest.mark.anyio

MEMORY = 300_000_000
PATIENCE = 60.0


def square(number: int) -> int:
    return number * number


def refuse(name: str) -> None:
    raise InputError("unknown-size", name=name)


def fill(count: int) -> int:
    return int(np.ones(count).sum())


def end(number: int) -> None:
    os.kill(os.getpid(), number)


def sleep(path: str) -> None:
    with open(path, "w") as file:
        file.write(str(os.getpid()))
    time.sleep(PATIENCE)


@pytest.fixture(scope="module")
def processes() -> Processes:
    return Processes(1, MEMORY)


async def test_results_and_errors_come_back(processes: Processes) -> None:
    assert await processes.run(square, 12, PATIENCE) == 144
    with pytest.raises(InputError) as raised:
        await processes.run(refuse, "n", PATIENCE)
    assert raised.value.plain_parameters() == {"name": "n"}


async def test_a_run_that_holds_too_much_is_too_large(processes: Processes) -> None:
    with pytest.raises(TooLarge):
        await processes.run(fill, MEMORY, PATIENCE)
    assert await processes.run(square, 3, PATIENCE) == 9


async def test_a_run_that_does_not_end_is_killed_and_its_process_replaced() -> None:
    killed = []
    processes = Processes(1, MEMORY, 1, lambda: killed.append(True))
    with pytest.raises(TooLong):
        await processes.run(sleep, os.devnull, 0.1)
    assert killed == [True]
    assert await processes.run(square, 4, PATIENCE) == 16


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_process_that_ends_is_replaced(processes: Processes, number: int) -> None:
    with pytest.raises(Died):
        await processes.run(end, number, PATIENCE)
    assert await processes.run(square, 5, PATIENCE) == 25


async def test_a_cancelled_run_is_killed(processes: Processes, tmp_path: object) -> None:
    path = f"{tmp_path}/number"
    task = asyncio.create_task(processes.run(sleep, path, PATIENCE))
    while not (os.path.exists(path) and os.path.getsize(path)):
        await asyncio.sleep(0.02)
    with open(path) as file:
        number = int(file.read())
    task.cancel()
    while os.path.exists(f"/proc/{number}"):
        await asyncio.sleep(0.02)
    assert await processes.run(square, 6, PATIENCE) == 36
