"""Whatever is sent, the answer is a graph or a problem document: never a fault, and never markup."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tidegraph
from tidegraph.app.http.problems import MEDIA_TYPE
from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings
from tidegraph.engine.ops import REGISTRY

MARKUP = "<img src=x onerror=alert(1)>"
PROGRAMS = (
    "x: input[4]\ny: target[3]\nW: parameter[3, 4]\nz = W @ x\nJ = squared_error(relu(z), y)",
    "x: input[2, 3]\ndef f(a):\n    return sum(a[0, 1:] ** 2)\nJ = f(x) + logsumexp(x)",
    "x: input[1, 1, 4, 4]\nk: parameter[2, 1, 3, 3]\nJ = mean(conv2d(x, k, padding=1))",
)

app = create_app(Settings(rate_limit="1000000/second", max_flops=10_000_000, max_elements=10_000, max_operators=1000))

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 5),
    st.sampled_from([2**31, 2**63, -(2**70), 0.5, 1e300, "", "NaN", "x", "J", MARKUP, [], {}, [0], [[1, 2], [3]]]),
    st.sampled_from(
        [{"slice": [0, 1, 0]}, {"slice": ["a"]}, {"array": [[0], [1, 2]]}, {"ellipsis": True}, {"array": {}}]
    ),
    st.sampled_from(sorted(REGISTRY)),
)
"""What a field of a graph's data may hold that it should not."""


def answered(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The answer's document, once it is known to be a graph or a problem, as strict JSON."""

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://tidegraph.test") as client:
            return await client.post(path, json=body)

    answer = anyio.run(post)
    assert answer.status_code in {200, 413, 422}, (body, answer.text)
    expected = "application/json" if answer.status_code == 200 else MEDIA_TYPE
    assert answer.headers["content-type"].startswith(expected)
    found: dict[str, Any] = json.loads(answer.content, parse_constant=pytest.fail)
    assert ("graph" in found) if answer.status_code == 200 else found["detail"]
    return found


def places(data: Any) -> list[tuple[Any, Any]]:
    """Every field of nested data: what holds it, and its key or index."""
    keys = keys_of(data)
    return [(data, key) for key in keys] + [place for key in keys for place in places(data[key])]


def keys_of(data: Any) -> list[Any]:
    """The keys of an object, the indices of a list."""
    return list(data) if isinstance(data, dict) else list(range(len(data))) if isinstance(data, list) else []


TRACES = [tidegraph.trace(tidegraph.parse(program)).to_dict(lambda array: array.tolist()) for program in PROGRAMS]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A run of a trace's graph of which a few fields are replaced, removed or doubled."""
    trace = draw(st.sampled_from(TRACES))
    body = json.loads(json.dumps({"graph": trace["graph"], "scopes": trace["scopes"]}))
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(places(body["graph"]) + places(body["scopes"])))
        match draw(st.sampled_from(["replace", "remove", "double"])):
            case "replace":
                holder[key] = draw(odd)
            case "remove":
                del holder[key]
            case "double" if isinstance(holder, list):
                holder.insert(key, deepcopy(holder[key]))
    return body


@settings(max_examples=150, derandomize=True, database=None)
@given(mutated())
def test_a_mutated_graph_is_a_graph_or_a_problem(body: dict[str, Any]) -> None:
    answered("/api/v1/trace", body)


operand = st.sampled_from(
    ["x", "y", "0", "1", "-1", "0.5", "1e300", "7", "True", "None", "()", "[0]", "(0, 1)", "(0,)", "'x'", "x[0]", "-x"]
)


@st.composite
def calls(draw: st.DrawFn) -> str:
    """A program of one call of any operator, with operands and attributes that need not fit."""
    op = REGISTRY[draw(st.sampled_from(sorted(REGISTRY)))]
    arguments = draw(st.lists(operand, min_size=1, max_size=3))
    given = draw(st.lists(st.sampled_from(sorted(op.attributes)), max_size=2, unique=True)) if op.attributes else []
    arguments += [f"{name}={draw(operand)}" for name in given]
    shape = draw(st.sampled_from(["", "[0]", "[2]", "[2, 3]", "[3, 3]", "[1, 2, 4, 4]"]))
    return f"x: input{shape}\ny: input{shape}\nr = {op.name}({', '.join(arguments)})\nJ = sum(r * r)"


@settings(max_examples=250, derandomize=True, database=None)
@given(calls())
def test_any_call_is_a_graph_or_a_problem(program: str) -> None:
    answered("/api/v1/trace", {"program": program})


@pytest.mark.parametrize(
    ("call", "value"), [("sum(x, axis=[0])", 6), ("amax(x, axis=[0])", 3), ("sum(sum_to(x, shape=1))", 6)]
)
def test_axes_and_shapes_may_be_lists_or_numbers(call: str, value: float) -> None:
    trace = answered("/api/v1/trace", {"program": f"x: input[3] = [1, 2, 3]\nJ = {call}"})
    assert [node["value"] for node in trace["graph"]["nodes"] if node["id"] == "J"] == [value]


def test_programs_are_read_in_many_threads() -> None:
    program = "x: input\nJ = x" + " + x" * 60
    with ThreadPoolExecutor(8) as threads:
        assert all(graph.target == "J" for graph in threads.map(tidegraph.parse, [program] * 200))


@settings(max_examples=100, derandomize=True, database=None)
@given(
    st.sampled_from(PROGRAMS),
    st.lists(st.tuples(st.integers(0, 200), st.text("xW=+-*@[](),:\n 019.#'\"\\é\0<>", max_size=3))),
)
def test_a_mutated_program_is_a_graph_or_a_problem(program: str, edits: list[tuple[int, str]]) -> None:
    for place, text in edits:
        program = program[:place] + text + program[place + 1 :]
    answered("/api/v1/trace", {"program": program})


def as_program(name: str) -> dict[str, Any]:
    return {"program": f"{name}: input[2]\nJ = sum({name})"}


def as_graph(name: str) -> dict[str, Any]:
    nodes = [
        {"id": name, "kind": "variable", "role": "input", "shape": [2]},
        {"id": "sum", "kind": "operator", "op": "sum"},
        {"id": "J", "kind": "variable"},
    ]
    edges = [{"source": name, "target": "sum", "key": 0}, {"source": "sum", "target": "J", "key": 0}]
    return {"graph": {"nodes": nodes, "edges": edges}}


@pytest.mark.parametrize("path", ["/api/v1/trace", "/api/v1/gradients"])
@pytest.mark.parametrize("name", [MARKUP, "<script>alert(1)</script>", r"\href{javascript:alert(1)}{x}", "${x}"])
@pytest.mark.parametrize("written", [as_program, as_graph])
async def test_markup_in_a_name_arrives_as_text(
    client: httpx.AsyncClient, path: str, name: str, written: Callable[[str], dict[str, Any]]
) -> None:
    answer = await client.post(path, json=written(name))
    assert answer.status_code in {200, 422}
    assert answer.headers["content-type"] in {"application/json", MEDIA_TYPE}
    assert answer.headers["x-content-type-options"] == "nosniff"
    if answer.status_code == 200 and path.endswith("trace"):
        (node,) = [node for node in answer.json()["graph"]["nodes"] if node["id"] == name]
        assert not {r"\href", r"\html", r"\url"} & set(node["latex"].replace("{", " ").split())
