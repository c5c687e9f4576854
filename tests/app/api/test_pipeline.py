"""The pipeline of a run: what is refused before it runs, which runs are heavy, and how an answer is written."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.app.conftest import Serve
from tidegraph.app.api import pipeline
from tidegraph.app.api.pipeline import Task, alone, document_of, heavy, key_of, light, perform, whole_budget
from tidegraph.app.http.answer_cache import PACKED_FROM
from tidegraph.app.http.problems import Problem
from tidegraph.app.settings import Settings
from tidegraph.engine.graph.budget import BudgetError, TooLarge
from tidegraph.engine.runtime.function import Function

pytestmark = pytest.mark.anyio

SCALAR = "a: parameter = 3.0\nJ = a ** 2"
RUN = "/api/v1/gradients"


def task(body: Any, path: str = RUN, **more: Any) -> Task:
    text = json.dumps(body).encode()
    settings = more.pop("settings", Settings())
    given = {"npy_name": None, "npy_rest": None, "prefers_npy": False, "prefers_safetensors": False, "packed": False}
    return Task(path, text, **{**given, **more}, language="en", settings=settings, key=key_of(path, text, None))


def answer(body: Any, path: str = RUN, **more: Any) -> Any:
    return json.loads(perform(task(body, path, **more)).body)


async def test_a_quota_refuses_a_run_before_anything_is_computed(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Any] = []
    compute = Function.__call__

    def counted(self: Function, *given: Any, **more: Any) -> Any:
        ran.append(self)
        return compute(self, *given, **more)

    monkeypatch.setattr(Function, "__call__", counted)
    async with serve(max_flops=100) as client:
        refused = await client.post(RUN, json={"program": "A: input[9, 9]\nJ = sum(A @ A)"})
        assert (refused.status_code, refused.json()["quantity"]) == (422, "work")
        assert not ran
        assert 'tidegraph_refused_runs_total{reason="cost"} 1.0' in (await client.get("/metrics")).text
        assert (await client.post(RUN, json={"program": SCALAR})).status_code == 200
    async with serve(rate_limit="1/hour") as client:
        ran.clear()
        statuses = [(await client.post(RUN, json={"program": SCALAR, "seed": seed})).status_code for seed in (1, 2)]
        assert (statuses, len(ran)) == ([200, 429], 1)


def test_a_cotangent_makes_a_scalar_of_any_target() -> None:
    program = "x: parameter[2] = [1, 2]\ny = x ** 2"
    found = answer({"program": program, "target": "y", "cotangent": [10, 1]})
    assert found["target"] == "dot_y"
    assert found["gradients"]["x"] == [20, 4]
    with pytest.raises(Problem) as caught:
        perform(task({"program": program, "cotangent": [1, 1]}))
    assert caught.value.error.code == "cotangent-without-target"


def test_an_array_file_is_the_value_of_its_variable() -> None:
    given = task(None, npy_name="a", npy_rest='{"program": "p", "values": {"b": 1}}')
    found = document_of(replace(given, body=b"123"))
    assert (found["program"], found["values"]) == ("p", {"b": 1, "a": {"npy": "MTIz"}})
    for rest, name in [('{"values": 3}', "a"), ("[]", "a"), ("{}", None)]:
        with pytest.raises(Problem):
            document_of(replace(given, npy_rest=rest, npy_name=name))


def test_runs_that_differ_in_values_alone_have_one_key() -> None:
    def key(**more: Any) -> Any:
        return key_of(RUN, json.dumps({"program": SCALAR, **more}).encode(), None)

    assert key(values={"a": 1.5}) == key(values={"a": 2.5})
    assert key() != key(target="J")
    assert key() != key_of("/api/v1/trace", json.dumps({"program": SCALAR}).encode(), None)
    assert key_of(RUN, b"[", None) is key_of(RUN, b"[1]", None) is None


def test_a_run_too_large_for_a_thread_is_known_as_heavy() -> None:
    large = task({"program": "A: input[900, 900]\n" + "A = A @ A\n" * 8 + "J = sum(A)"})
    with pytest.raises(BudgetError):
        light(large)
    assert heavy.get(large.key) is True
    with pytest.raises(pipeline.Heavy):
        light(large)
    small = task({"program": SCALAR})
    light(small)
    assert heavy.get(small.key) is False


def test_large_answers_are_packed_and_too_large_ones_refused() -> None:
    body = {"program": "x: input[200]\ny = x * 2"}
    written = perform(task(body, packed=True))
    assert written.packed
    assert len(gzip.decompress(written.body)) >= PACKED_FROM
    assert not perform(task({"program": SCALAR}, packed=True)).packed
    settings = Settings(max_response_bytes=1000)
    with pytest.raises(TooLarge, match=r"1,?000"), whole_budget(settings):
        perform(task(body, settings=settings))


def test_one_array_alone_may_be_a_file() -> None:
    assert alone({"jacobian": (array := np.ones(3))}) is array
    assert alone({"values": {"a": np.ones(3)}}) is None
    written = perform(task({"program": "a: parameter[2]\nJ = sum(a)", "name": "a"}, "/api/v1/tensor", prefers_npy=True))
    assert (written.media_type, written.body[:6], written.pure) == ("application/x-npy", b"\x93NUMPY", True)


def test_warnings_are_in_the_readers_language() -> None:
    body = {"program": "a: parameter = 2.0\na: parameter = 3.0\nJ = a ** 2"}
    (english,) = answer(body)["warnings"]
    (chinese,) = json.loads(perform(replace(task(body), language="zh")).body)["warnings"]
    assert english["code"] == chinese["code"]
    assert english["message"] != chinese["message"]
