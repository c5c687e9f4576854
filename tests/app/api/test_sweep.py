"""A grid of training runs over HTTP: every curve is that of the run alone, and what is left goes on later."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.app.conftest import Serve
from tidegraph.app.api import sweep as sweeps
from tidegraph.app.jobs.outcome import Died
from tidegraph.app.jobs.processes import Processes

pytestmark = pytest.mark.anyio

NET = """
n, m = 8, 3
x: input[n]
y: target[n]
w: parameter[m]
v: parameter[m]
J = mean((tanh(reshape(x, [n, 1]) * w) @ v - y) ** 2)
"""
RUN: dict[str, Any] = {
    "program": NET,
    "data": {"name": "sine", "count": 40},
    "optimizer": {"name": "momentum", "settings": {"momentum": 0.5}},
    "steps": 12,
    "validate_every": 5,
}
GRID = {"learning_rates": [0.01, 0.1], "seeds": [0, 4], "widths": {"m": [2, 5]}}


@pytest.fixture(autouse=True)
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are worked out in this process: what is tested is which, not where."""

    async def run(self: Processes, work: Any, given: Any, seconds: float) -> Any:
        return work(given)

    monkeypatch.setattr(Processes, "run", run)


async def stream(client: httpx.AsyncClient, path: str, **request: Any) -> list[tuple[str, Any]]:
    events, name = [], ""
    async with client.stream("POST", f"/api/v1/{path}", json=request) as answer:
        assert answer.status_code == 200, await answer.aread()
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
    return events


def of(events: list[tuple[str, Any]], kind: str) -> list[Any]:
    return [data for name, data in events if name == kind]


async def test_every_curve_is_that_of_the_run_alone(client: httpx.AsyncClient) -> None:
    events = await stream(client, "sweep", **RUN, **GRID)
    (start,), (end,) = of(events, "start"), of(events, "end")
    results = {one["run"]: one for one in of(events, "result")}
    assert (events[0][0], events[-1][0]) == ("start", "end")
    assert [one["run"] for one in start["runs"]] == list(range(8)) == sorted(results)
    assert {(one["learning_rate"], one["seed"], one["widths"]["m"]) for one in start["runs"]} == {
        (rate, seed, m) for rate in (0.01, 0.1) for seed in (0, 4) for m in (2, 5)
    }
    assert of(events, "progress")[-1]["done"] == of(events, "progress")[-1]["total"] == 8
    point = results[6]
    settings = {**RUN["optimizer"]["settings"], "learning_rate": point["learning_rate"]}
    alone = await stream(
        client, "train",
        **{**RUN, "optimizer": {"name": "momentum", "settings": settings}},
        seed=point["seed"], sizes=point["widths"],
    )  # fmt: skip
    assert point["losses"] == [step["loss"] for step in of(alone, "step")]
    assert point["reason"] == "finished"
    last = {run: one["validation"][-1][1] for run, one in results.items()}
    assert end["best"] == min(last, key=lambda run: last[run])
    assert end["state"]["step"] == 12
    assert (end["reason"], end["left"]) == ("finished", [])


async def test_what_was_left_goes_on_to_the_same_results(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "LEG_SECONDS", 0.0)
    grid = {"learning_rates": [0.05, 0.1, 0.2]}
    async with serve(heavy_processes=1) as client:
        whole = of(await stream(client, "sweep", **RUN, **grid), "result")
        legs = []

        async def leave(self: sweeps.Job, *given: Any) -> sweeps.Curve:
            legs.append(1)
            if len(legs) == 15:
                self.stopped = "time"
            return await leg(self, *given)

        leg = sweeps.Job.leg
        monkeypatch.setattr(sweeps.Job, "leg", leave)
        first = await stream(client, "sweep", **RUN, **grid)
        end = of(first, "end")[0]
        assert (end["reason"], end["left"], list(end["states"])) == ("time", [1, 2], ["1"])
        step = end["states"]["1"]["step"]
        assert 0 < step < 12
        again = {**RUN, **grid, "skip": [0], "states": end["states"]}
        second = {one["run"]: one for one in of(await stream(client, "sweep", **again), "result")}
    part = next(one for one in of(first, "result") if one["run"] == 1)
    assert part["reason"] is None
    assert part["losses"] + second[1]["losses"] == next(one for one in whole if one["run"] == 1)["losses"]


async def test_a_leg_whose_worker_dies_is_begun_again(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    async def run(self: Processes, work: Any, given: Any, seconds: float) -> Any:
        calls.append(work)
        if len(calls) == 2:
            raise Died
        return work(given)

    monkeypatch.setattr(Processes, "run", run)
    async with serve() as client:
        events = await stream(client, "sweep", **RUN)
    assert [one["reason"] for one in of(events, "result")] == ["finished"]
    assert len(calls) == 3


@pytest.mark.parametrize(("setting", "quantity"), [("max_sweep_runs", "runs"), ("max_training_flops", "work")])
async def test_a_sweep_that_costs_too_much_is_refused(serve: Serve, setting: str, quantity: str) -> None:
    async with serve(**{setting: 2}) as client:
        answer = await client.post("/api/v1/sweep", json={**RUN, "seeds": [0, 1, 2]})
    assert (answer.status_code, answer.json()["quantity"]) == (422, quantity)


@pytest.mark.parametrize("more", [{"widths": {"q": [2]}}, {"learning_rates": [-1]}, {"program": "x ="}])
async def test_a_sweep_that_cannot_be_run_is_refused(client: httpx.AsyncClient, more: Any) -> None:
    answer = await client.post("/api/v1/sweep", json={**RUN, **more})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_run_that_diverges_does_not_end_the_others(client: httpx.AsyncClient) -> None:
    events = await stream(client, "sweep", **{**RUN, "steps": 40}, learning_rates=[1e9, 0.1])
    assert {one["run"]: one["reason"] for one in of(events, "result")} == {0: "diverged", 1: "finished"}
    assert of(events, "end")[0]["best"] == 1
