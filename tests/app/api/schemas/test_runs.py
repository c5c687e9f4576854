"""Runs: strict fields, one program or graph, and arrays in every form."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import answered_examples, wrong_fields
from tidegraph.app.api.schemas.runs import (
    SCALARS,
    BatchRequest,
    BatchResponse,
    GradientsResponse,
    RunRequest,
    TensorRequest,
    TensorResponse,
    TraceResponse,
    read_arrays,
    read_sets,
)
from tidegraph.app.http.problems import Problem
from tidegraph.engine.messages.catalogue import Message

pytestmark = pytest.mark.anyio


DOCUMENTED: list[tuple[str, Any, Any]] = [
    ("gradients", RunRequest, GradientsResponse),
    ("trace", RunRequest, TraceResponse),
    ("tensor", TensorRequest, TensorResponse),
    ("batch", BatchRequest, BatchResponse),
]


async def test_documented_examples_are_answered_as_documented(client: httpx.AsyncClient) -> None:
    for path, asks, answers in DOCUMENTED:
        await answered_examples(client, path, asks, answers)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("gradients", {"seed": True}, "seed"),
    ("gradients", {"sizes": {"n": -1}}, "sizes.n"),
    ("gradients", {"training": "yes"}, "training"),
    ("gradients", {"weights": "sha256-12"}, "weights"),
    ("gradients", {"arrays": "hex"}, "arrays"),
    ("trace", {"digits": 0}, "digits"),
    ("trace", {"digits": "4"}, "digits"),
    ("tensor", {"name": "c", "of": "slope"}, "of"),
    ("tensor", {"name": "c", "slice": "1" * 1001}, "slice"),
    ("batch", {"batch": []}, "batch"),
    ("batch", {"batch": [{}], "wrt": "a"}, "wrt"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": SCALARS, **more}) == {field}, (path, more)


@pytest.mark.parametrize("body", [{}, {"program": SCALARS, "graph": {}}])
async def test_a_run_has_either_a_program_or_a_graph(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await client.post("/api/v1/gradients", json=body)
    assert (answer.status_code, "either a program or a graph" in answer.json()["detail"]) == (422, True)


def test_arrays_are_read_in_every_form() -> None:
    one = {"dtype": "float64", "shape": [1], "base64": "AAAAAAAA8D8="}
    found = read_arrays({"a": 2, "b": [[1, 2]], "c": one, "d": ["NaN"], "e": True})
    assert {name: array.shape for name, array in found.items()} == {"a": (), "b": (1, 2), "c": (1,), "d": (1,), "e": ()}
    assert (found["c"].tolist(), found["e"].tolist()) == ([1], 1)


def test_a_fault_in_a_set_says_in_which() -> None:
    assert [sorted(one) for one in read_sets([{"a": 1}, {"a": 2, "b": 3}])] == [["a"], ["a", "b"]]
    with pytest.raises(Problem) as caught:
        read_sets([{"a": 1}, {"a": "x"}])
    assert caught.value.error.context == Message("batch-set", number=2)
    with pytest.raises(ValueError, match="list"):
        read_sets({"a": 1})
