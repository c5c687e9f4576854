"""Splitting a graph over HTTP: the engine's figures, and problems that say what would help."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

import tidegraph
from tests.app.conftest import Serve
from tidegraph.app import examples

pytestmark = pytest.mark.anyio

WIDE = examples.load()["wide"].program
CHAPTER = examples.load()["chapter"].program
HARDWARE = {"flop_rate": 1e10, "bandwidth": 1e9, "latency": 1e-5}


async def ask(client: httpx.AsyncClient, **request: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/partition", json={"program": WIDE, **request})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_what_one_device_cannot_hold_four_can(client: httpx.AsyncClient) -> None:
    body = await ask(client, devices=4, memory=8e5, verify=True, **HARDWARE)
    assert body["needs"][0] > 2_000_000 > body["needs"][3]
    assert body["needs"] == sorted(body["needs"], reverse=True)
    assert [stage["bytes"] <= 8e5 for stage in body["stages"]] == [True] * 4
    assert body["verified"] == {"same": True, "compared": ["W1", "W2", "W3", "W4", "W5", "W6"], "differing": []}
    assert "PipeDream" in body["algorithm"]
    fits = {strategy["name"]: strategy["fits"] for strategy in body["strategies"]}
    assert not fits["one device"]
    assert fits["model parallel"]
    assert fits["pipeline"]


async def test_every_node_has_a_place_and_every_cut_two(client: httpx.AsyncClient) -> None:
    body = await ask(client, devices=3, memory=1.2e6, **HARDWARE)
    graph = tidegraph.trace(tidegraph.parse(WIDE)).to_dict(lambda array: None)["graph"]
    assert set(body["placement"]) == {node["id"] for node in graph["nodes"]}
    for cut in body["cuts"]:
        assert cut["receiver"] in body["placement"][cut["target"]]
        assert cut["sender"] in body["placement"][cut["source"]]
        assert cut["bytes"] == 8 * 128 * 96
    sent = [link["forward_bytes"] for link in body["links"] if link["forward_bytes"]]
    assert sum(sent) == sum(cut["bytes"] for cut in body["cuts"])
    assert {name for stage in body["stages"] for name in stage["parameters"]} == {f"W{i}" for i in range(1, 7)}


async def test_strategies_stand_beside_each_other(client: httpx.AsyncClient) -> None:
    body = await ask(client, devices=4, microbatches=8, **HARDWARE)
    found = {strategy["name"]: strategy for strategy in body["strategies"]}
    assert list(found) == [
        "one device", "model parallel", "pipeline", "tensor parallel", "data parallel", "gradient accumulation",
        "smaller minibatch",
    ]  # fmt: skip
    assert body["batch"] == "n"
    assert body["examples"] == 96
    assert found["pipeline"]["microbatches"] == 8
    assert found["pipeline"]["seconds"] < found["model parallel"]["seconds"]
    assert len(found["tensor parallel"]["divided"]) == 6
    for strategy in found.values():
        assert strategy["moved_bytes"] == sum(event["bytes"] for event in strategy["events"])
        assert strategy["seconds"] == max(event["end"] for event in strategy["events"])


async def test_a_limit_that_nothing_keeps_says_what_it_takes(client: httpx.AsyncClient) -> None:
    body = await ask(client, devices=2, memory=1000, **HARDWARE)
    assert body["devices"] == 0
    assert body["placement"] == {}
    assert "each needs 1,212,432 bytes" in body["missing"]["model parallel"]


async def test_the_chapters_network_splits_without_a_minibatch(client: httpx.AsyncClient) -> None:
    body = await ask(client, program=CHAPTER, devices=2, flop_rate=1e6, latency=0, verify=True)
    assert body["devices"] == 2
    assert body["batch"] is None
    assert body["verified"]["same"]
    assert body["missing"]["pipeline"] == "the program names no size of a minibatch"


async def test_what_does_not_fit_is_a_problem(client: httpx.AsyncClient, serve: Serve) -> None:
    for wrong, words in (({"devices": 0}, "greater than or equal to 1"), ({"batch": "m"}, "'m' is not the size")):
        answer = await client.post("/api/v1/partition", json={"program": WIDE, **wrong})
        assert answer.status_code == 422
        assert words in answer.text
    async with serve(max_split_operators=5) as small:
        answer = await small.post("/api/v1/partition", json={"program": WIDE})
        assert answer.json()["limit"] == 5
        assert "with fewer layers" in answer.json()["hint"]
