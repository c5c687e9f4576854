"""Memory over HTTP: the engine's figures, checkpointing, symbols, and curves over a size."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

import tidegraph
from tidegraph.app import examples

pytestmark = pytest.mark.anyio

NETWORK = """
d, h, q, n = 4, 5, 3, 6
X: input[d, n]
Y: target[q, n]
W1: parameter[h, d]
W2: parameter[q, h]
Z = W1 @ X
H = relu(Z)
O = W2 @ H
J = squared_error(O, Y) / n
"""


async def ask(client: httpx.AsyncClient, **request: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/memory", json={"program": NETWORK, **request})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_timelines_and_footprint_are_the_engines(client: httpx.AsyncClient) -> None:
    body = await ask(client)
    found = tidegraph.memory.memory(tidegraph.parse(NETWORK))
    for name, timeline in (("training", found.training), ("prediction", found.prediction)):
        assert [m["live_bytes"] for m in body[name]["moments"]] == [m.live_bytes for m in timeline.moments]
        assert body[name]["peak"] == timeline.peak
        live = [b for b in body[name]["buffers"] if b["first"] <= timeline.peak <= b["last"]]
        assert sum(b["bytes"] for b in live) <= body[name]["peak_bytes"]
    assert body["footprint"]["parameters"] == 8 * (5 * 4 + 3 * 5)
    assert {s["name"] for s in body["saved"]} >= {"X", "H", "W2"}
    assert (body["target"], body["output"]) == ("J", "O")


async def test_an_optimiser_that_remembers_costs_its_moments(client: httpx.AsyncClient) -> None:
    plain, adam = await ask(client), await ask(client, optimizer={"name": "adam"})
    parameters = plain["footprint"]["parameters"]
    assert (plain["footprint"]["optimizer"], adam["footprint"]["optimizer"]) == (0, 2 * parameters)


async def test_checkpointing_computes_again_with_the_same_gradients(client: httpx.AsyncClient) -> None:
    made = (await ask(client, checkpointing=True, segments=2))["checkpointed"]
    assert made["same_gradients"]
    assert made["segments"] == 2
    assert made["recomputed"]
    assert made["extra_flops"] > 0


async def test_symbols_count_what_the_plan_counts(client: httpx.AsyncClient) -> None:
    body = await ask(client, formulas=True)
    counts = {formula["name"]: formula for formula in body["symbolic"]["formulas"]}
    assert counts["parameters"]["count"] * 8 == body["footprint"]["parameters"]
    assert "h" in counts["parameters"]["latex"]
    assert (await ask(client))["symbolic"] is None


async def test_a_program_that_names_no_sizes_is_counted_in_names_of_their_own(client: httpx.AsyncClient) -> None:
    program = examples.load()["chapter"].program
    body = await ask(client, program=program, formulas=True)
    assert "d, q, m = 4, 3, 5" in body["named"]
    assert body["sizes"] == {"d": 4, "q": 3, "m": 5}
    counts = {formula["name"]: formula for formula in body["symbolic"]["formulas"]}
    assert counts["parameters"]["latex"] == "d m + m q"
    assert counts["parameters"]["count"] * 8 == body["footprint"]["parameters"]
    wider = await ask(client, program=body["named"], size="m", points=[5, 10])
    assert wider["curve"][0]["training"] == body["footprint"]["training"]
    assert (await ask(client, formulas=True))["named"] is None


async def test_a_measured_run_allocates_at_least_what_is_planned(client: httpx.AsyncClient) -> None:
    wide = {"sizes": {"n": 2000, "h": 300}}
    found = (await ask(client, measure=True, **wide))["measured"]
    assert found["planned"] * 0.9 < found["measured"]


async def test_the_peak_grows_in_proportion_to_the_batch(client: httpx.AsyncClient) -> None:
    curve = (await ask(client, size="n", points=[10, 20, 30]))["curve"]
    kept = [point["activations"] for point in curve]
    assert kept[2] - kept[1] == kept[1] - kept[0] == kept[0]


async def test_data_that_the_program_gives_do_not_fix_the_minibatch(client: httpx.AsyncClient) -> None:
    program = examples.load()["linear"].program
    body = await ask(client, program=program, formulas=True, size="n", points=[8, 16])
    assert body["sizes"] == {"n": 8}
    assert body["curve"][0]["training"] == body["footprint"]["training"] < body["curve"][1]["training"]
    assert {f["name"]: f["latex"] for f in body["symbolic"]["formulas"]}["data"] == "2 n"


async def test_an_unknown_size_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/memory", json={"program": NETWORK, "size": "m", "points": [1]})
    assert answer.status_code == 422
    assert "'m'" in answer.json()["detail"]
