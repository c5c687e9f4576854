"""The endpoints, as a client uses them: exact answers, and a clear problem for each kind of bad input."""

from __future__ import annotations

import threading
from typing import Any

import anyio
import httpx
import networkx
import numpy as np
import pytest

from tidegraph.app import examples
from tidegraph.app.api import runs
from tidegraph.app.api.schemas.runs import GradientsResponse, OperatorDescription, Summary, TraceResponse

SCALARS = "a: parameter = -4.0\nb: parameter = 2.0\nc = a * b\nJ = c ** 2 + a"
MATRICES = "x: input[4] = [1, 2, 3, 4]\nW: parameter[3, 4]\nz = W @ x\nJ = sum(relu(z))"
LARGE = "A: parameter[100, 80]\nB = A * 2\nJ = sum(B ** 2)"


async def run(client: httpx.AsyncClient, program: str, path: str = "gradients", **more: Any) -> httpx.Response:
    return await client.post(f"/api/v1/{path}", json={"program": program, **more})


async def test_gradients_of_two_numbers(client: httpx.AsyncClient) -> None:
    answer = (await run(client, SCALARS)).json()
    assert answer["target"] == "J"
    assert answer["values"]["J"] == 60
    assert answer["gradients"]["a"] == -31
    assert answer["gradients"]["b"] == 64
    assert answer["gradients"]["c"] == -16
    assert answer["gradients"]["J"] == 1


async def test_an_answer_that_is_known_is_sent_again_whole(client: httpx.AsyncClient) -> None:
    first, *others = [await run(client, LARGE, "trace") for _ in range(3)]
    assert first.headers["content-encoding"] == "gzip"
    assert all(other.json() == first.json() for other in others)


async def test_given_values_replace_declared_ones(client: httpx.AsyncClient) -> None:
    answer = (await run(client, SCALARS, values={"a": 3})).json()
    assert answer["values"]["J"] == 39
    assert answer["gradients"]["a"] == 25


async def test_another_target_may_be_named(client: httpx.AsyncClient) -> None:
    answer = (await run(client, SCALARS, target="c")).json()
    assert answer["target"] == "c"
    assert answer["gradients"] == {"a": 2, "b": -4, "c": 1}


async def test_a_run_is_a_pure_function_of_its_request(client: httpx.AsyncClient) -> None:
    first, again, other = [await run(client, MATRICES, seed=seed) for seed in (3, 3, 4)]
    assert first.content == again.content
    assert first.content != other.content


async def test_single_precision_on_request(client: httpx.AsyncClient) -> None:
    thirds = "x: input[2] = [1, 2]\ny = x / 3\nJ = sum(y)"
    assert (await run(client, thirds, dtype="float32")).json()["values"]["y"] == [0.33333334, 0.6666667]
    assert (await run(client, thirds)).json()["values"]["y"] == [1 / 3, 2 / 3]
    tensor = (await run(client, MATRICES, "tensor", name="W", dtype="float32")).json()
    assert tensor["dtype"] == "float32"


async def test_without_a_scalar_there_are_values_only(client: httpx.AsyncClient) -> None:
    answer = (await run(client, "x: input[2] = [1, -1]\nh = relu(x)")).json()
    assert answer == {"target": None, "values": {"x": [1, -1], "h": [1, 0]}, "gradients": {}}


async def test_what_is_not_finite_arrives_as_words(client: httpx.AsyncClient) -> None:
    answer = await run(client, "x: input[3]\ny = log(x)", values={"x": [0, -1, "Infinity"]})
    assert answer.json()["values"]["y"] == ["-Infinity", "NaN", "Infinity"]


@pytest.mark.parametrize("name", examples.load())
async def test_every_example_runs_and_is_answered_as_described(client: httpx.AsyncClient, name: str) -> None:
    example = (await client.get(f"/api/v1/examples/{name}")).json()
    gradients = await run(client, example["program"])
    assert gradients.status_code == 200, gradients.text
    GradientsResponse.model_validate_json(gradients.content)
    trace = await run(client, example["program"], "trace")
    assert trace.status_code == 200, trace.text
    TraceResponse.model_validate_json(trace.content)


async def test_the_trace_and_the_gradients_have_the_same_numbers(client: httpx.AsyncClient) -> None:
    program = examples.load()["chapter"].program
    gradients = (await run(client, program, seed=5)).json()
    trace = (await run(client, program, "trace", seed=5)).json()
    variables = {node["id"]: node for node in trace["graph"]["nodes"] if node["kind"] == "variable"}
    for name, value in gradients["values"].items():
        assert variables[name]["value"] == value
    for name, gradient in gradients["gradients"].items():
        assert variables[name]["gradient"] == gradient


async def test_the_trace_is_a_graph_to_networkx(client: httpx.AsyncClient) -> None:
    trace = (await run(client, examples.load()["chapter"].program, "trace")).json()
    graph = networkx.node_link_graph(trace["graph"], edges="edges")
    assert networkx.is_directed_acyclic_graph(graph)
    assert {"x", "y", "W1", "W2", "z", "h", "o", "L", "s", "J"} <= set(graph)
    assert [name for name in graph if graph.out_degree(name) == 0] == ["J"]
    kinds = networkx.get_node_attributes(graph, "kind")
    assert all({kinds[source], kinds[target]} == {"variable", "operator"} for source, target in graph.edges())
    steps = [step["operator"] for step in trace["forward"]]
    for before, after in networkx.transitive_closure(graph).edges():
        if kinds[before] == kinds[after] == "operator":
            assert steps.index(before) < steps.index(after)


async def test_a_large_array_is_a_summary_and_any_slice_of_it_can_be_had(client: httpx.AsyncClient) -> None:
    summary = Summary.model_validate((await run(client, LARGE)).json()["values"]["A"])
    assert summary.shape == [100, 80]
    whole = (await run(client, LARGE, "tensor", name="A")).json()
    array = np.array(whole["data"])
    assert array.shape == (100, 80)
    assert whole["shape"] == [100, 80]
    assert summary.mean == pytest.approx(array.mean(), rel=1e-12)
    part = (await run(client, LARGE, "tensor", name="A", slice="::-2, 3")).json()
    assert part["data"] == array[::-2, 3].tolist()
    gradient = (await run(client, LARGE, "tensor", name="A", of="gradient", slice="7, 5")).json()
    assert gradient["data"] == pytest.approx(8 * array[7, 5], rel=1e-12)


@pytest.mark.parametrize(
    ("more", "status", "detail", "hint"),
    [
        ({"name": "AA"}, 422, "'AA'", "did you mean A?"),
        ({"name": "A", "slice": "100, 0"}, 422, "outside a dimension of size 100", "0:4"),
        ({"name": "A", "slice": "x"}, 422, "neither an index", "0:4"),
        ({"name": "A", "of": "values"}, 422, "of:", ""),
    ],
)
async def test_a_slice_that_is_not_there(
    client: httpx.AsyncClient, more: dict[str, str], status: int, detail: str, hint: str
) -> None:
    answer = await run(client, LARGE, "tensor", **more)
    assert answer.status_code == status
    assert detail in answer.json()["detail"]
    assert hint in answer.json().get("hint", "")


@pytest.mark.parametrize(
    ("program", "line", "column", "hint"),
    [
        ("x: input[3]\ny = rellu(x)", 2, 5, "relu"),
        ("W1: parameter[5, 4]\nx: input[3]\nz = W1 @ x", 3, 5, ""),
        ("x = ", 1, 1, ""),
        ("a: parameter = 1.0\nb = (" + "(" * 10_000 + "a" + ")" * 10_000 + ")", 2, 1, ""),
        ("J = " + "[" * 10_000 + "]" * 10_000, 1, 1, ""),
        ("J = " + "-" * 20_000 + "1", 1, 1, ""),
        ("try:\n    pass\nexcept E:\n    pass", 1, 1, ""),
        ("x: input[2]\n\x00", 1, 1, ""),
    ],
)
async def test_a_wrong_program_is_a_problem_with_a_position(
    client: httpx.AsyncClient, program: str, line: int, column: int, hint: str
) -> None:
    for path in ("gradients", "trace"):
        answer = await run(client, program, path)
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["title"] == "Invalid program"
        assert problem["line"] >= line
        assert problem["column"] >= column
        assert hint in problem.get("hint", "")


@pytest.mark.parametrize(
    ("more", "detail"),
    [
        ({"values": {"q": 1}}, "q"),
        ({"values": {"c": 1}}, "c"),
        ({"values": {"a": [1, 2]}}, "a"),
        ({"values": {"a": "one"}}, "a text"),
        ({"values": {"a": None}}, "null"),
        ({"values": {"a": [[1], [2, 3]]}}, "differ in length"),
        ({"values": [1]}, "values"),
        ({"values": None}, "values"),
        ({"target": "q"}, "q"),
        ({"target": 3}, "target"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"seed": 2**53}, "seed"),
        ({"seed": "NaN"}, "seed"),
        ({"dtype": "float16"}, "dtype"),
        ({"vaules": {"a": 1}}, "vaules"),
        ({"program": 3}, "program"),
        ({"program": None}, "program"),
    ],
)
async def test_a_wrong_request_is_a_problem_that_names_what_is_wrong(
    client: httpx.AsyncClient, more: dict[str, Any], detail: str
) -> None:
    for path in ("gradients", "trace"):
        answer = await client.post(f"/api/v1/{path}", json={"program": SCALARS, **more})
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert detail in answer.json()["detail"]


async def test_a_target_that_is_no_scalar(client: httpx.AsyncClient) -> None:
    answer = await run(client, MATRICES, target="z")
    assert answer.status_code == 422
    assert "z" in answer.json()["detail"]


async def test_a_value_of_another_shape_names_both_shapes(client: httpx.AsyncClient) -> None:
    problem = (await run(client, MATRICES, values={"W": [[1, 2], [3, 4]]})).json()
    assert problem["status"] == 422
    assert "W" in problem["detail"]
    for size in "3", "4", "2":
        assert size in problem["detail"] + problem.get("hint", "")


async def test_operators_are_those_of_the_registry(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/api/v1/operators")).json()
    operators = {op.name: op for op in map(OperatorDescription.model_validate, answer)}
    assert {"matmul", "relu", "softmax", "cross_entropy", "sum"} <= set(operators)
    assert all(op.doc and op.latex and op.family and op.signature.startswith(op.name) for op in operators.values())
    assert operators["softmax"].signature == "softmax(x, axis=-1)"
    assert operators["relu"].differentiable
    assert not operators["greater"].differentiable


async def test_the_chapter_is_the_first_example(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/api/v1/examples")).json()
    assert listed[0]["name"] == "chapter"
    assert listed[0] == (await client.get("/api/v1/examples/chapter")).json()


async def test_health(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_health_is_answered_while_a_run_computes(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def compute(*_: object) -> tuple[str, dict[str, Any], dict[str, Any]]:
        return str(released.wait(timeout=300)), {}, {}

    monkeypatch.setattr(runs, "evaluate", compute)
    answers: list[httpx.Response] = []

    async def request() -> None:
        answers.append(await run(client, SCALARS))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(request)
        await anyio.wait_all_tasks_blocked()
        assert (await client.get("/healthz")).status_code == 200
        assert answers == []
        released.set()
    assert answers[0].json()["target"] == "True"
