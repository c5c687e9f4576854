"""Programs kept compiled: another value is another run, not another compilation; and what is kept is bounded."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import anyio
import httpx
import numpy as np
import pytest

import tidegraph
from tests.app.conftest import Serve
from tidegraph.app.api import compiled, derivatives, runs
from tidegraph.app.api.schemas.runs import RunRequest
from tidegraph.app.http.caching import BoundedCache
from tidegraph.app.settings import Settings

pytestmark = pytest.mark.anyio


def program(name: str) -> str:
    return f"{name}: input[3]\nW: parameter[2, 3]\nJ = sum((W @ {name}) ** 2)"


def counted(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    """The engine's functions that the service calls, in order."""
    calls: list[str] = []

    def count(module: ModuleType, name: str) -> None:
        whole = getattr(module, name)

        def call(*arguments: Any, **named: Any) -> Any:
            calls.append(name)
            return whole(*arguments, **named)

        monkeypatch.setattr(module, name, call)

    for where in (compiled, derivatives, derivatives.plans, runs):
        for name in names:
            if hasattr(where, name) and not (where is compiled and isinstance(getattr(where, name), type)):
                count(where, name)
    return calls


@pytest.mark.parametrize(
    ("path", "made", "more"),
    [
        ("gradients", "value_and_grad", {}),
        ("trace", "Structure", {}),
        ("tensor", "value_and_grad", {"name": "W", "of": "gradient"}),
        ("batch", "value_and_grad", {"batch": [{"W": [[1, 1, 1], [2, 2, 2]]}]}),
        ("jvp", "function", {"directions": {"W": [[1, 0, 0], [0, 0, 0]]}}),
        ("tangents", "Structure", {"wrt": "W"}),
        ("hvp", "function", {"directions": {"W": [[1, 0, 0], [0, 0, 0]]}}),
        ("jacobian", "function", {"of": "J", "wrt": "W"}),
        ("hessian", "function", {"wrt": ["W"]}),
    ],
)
async def test_other_values_are_run_without_compiling(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str, made: str, more: dict[str, Any]
) -> None:
    calls = counted(monkeypatch, "parse", made)
    name = f"x_{path}"
    bodies = []
    for value, seed in (([1, 2, 3], 0), ([3, 2, 1], 0), ([3, 2, 1], 1)):
        request = {"program": program(name), "values": {name: value}, "seed": seed} | more
        answer = await client.post(f"/api/v1/{path}", json=request)
        assert answer.status_code == 200, answer.text
        bodies.append(answer.content)
    assert calls == ["parse", made]
    assert bodies[0] != bodies[1]


async def test_metrics_count_what_compiled_programs_save(serve: Serve) -> None:
    async with serve(compiled_bytes=1_234_567) as client:
        for value in (1, 2):
            await client.post("/api/v1/gradients", json={"program": "a: parameter\nJ = a * a", "values": {"a": value}})
        metrics = (await client.get("/metrics")).text
    figures = dict(line.rsplit(" ", 1) for line in metrics.splitlines() if line.startswith("tidegraph_kept"))
    misses, hits = (float(figures[f'tidegraph_kept_{what}_total{{kind="programs"}}']) for what in ("misses", "hits"))
    assert misses == 3  # the graph, the cost and the compiled function, made once; nothing is drawn where all is given
    assert hits == 5  # all three in the second run, and in both the graph again for its warnings
    assert 0 < float(figures['tidegraph_kept_bytes{kind="programs"}']) < 1_234_567


def test_the_least_recently_used_goes_first() -> None:
    cache: BoundedCache[str] = BoundedCache(100)
    for key in ("a", "b"):
        cache.put(key, key, 40)
    cache.get("a")
    cache.put("c", "c", 40)
    cache.put("too large", "!", 101)
    assert [cache.get(key) for key in ("a", "b", "c", "too large")] == ["a", None, "c", None]
    assert cache.size == 80


@pytest.mark.parametrize("seed", [0, 5])
def test_a_draw_is_the_same_compiled_or_not(seed: int) -> None:
    program_of = compiled.Program(RunRequest(program=program("x"), seed=seed), Settings())
    kept = tidegraph.value_and_grad(program_of.graph)(program_of.values())
    for one, other in zip(kept, tidegraph.value_and_grad(program_of.graph, seed=seed)({}), strict=True):
        assert one.keys() == other.keys()
        assert all(np.array_equal(one[name], other[name]) for name in one)


async def test_no_value_of_one_run_gets_into_another(client: httpx.AsyncClient) -> None:
    text = "secret: input[50]\nW: parameter[50]\nh = relu(secret * W) + secret\nJ = sum(h ** 2)"
    alone = await client.post("/api/v1/gradients", json={"program": text, "seed": 4})

    async def other(value: float) -> None:
        given = {"secret": [value] * 50}
        answer = await client.post("/api/v1/gradients", json={"program": text, "seed": 4, "values": given})
        assert answer.json()["values"]["secret"] == given["secret"]

    async with anyio.create_task_group() as tasks:
        for value in range(12):
            tasks.start_soon(other, 1e6 + value)
    again = await client.post("/api/v1/gradients", json={"seed": 4, "program": text})
    assert again.headers["etag"] != alone.headers["etag"]
    assert again.content == alone.content
