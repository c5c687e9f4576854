"""`/structure` and `/run`: what depends on a program alone, and arrays that are asked for by name."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import numpy as np
import pytest

from tests.app.conftest import Serve
from tests.engine.programs import CHAPTER
from tidegraph.engine.notation.latex import array_latex
from tidegraph.engine.ops.latex import fill

pytestmark = pytest.mark.anyio

USED_TWICE = "a: parameter = -4.0\nb: parameter = 2.0\nc = a * b\nJ = c ** 2 + a"
SAFETENSORS = {"Accept": "application/vnd.safetensors"}


async def ask(client: httpx.AsyncClient, path: str, **request: Any) -> Any:
    answer = await client.post(f"/api/v1/{path}", json=request)
    assert answer.status_code == 200, answer.text
    return answer.json()


def opened(document: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """A safetensors document: its metadata and arrays, which lie at multiples of their width."""
    size = int.from_bytes(document[:8], "little")
    assert size % 8 == 0
    header = json.loads(document[8 : 8 + size])
    metadata = {name: json.loads(text) for name, text in header.pop("__metadata__").items()}
    types = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "BOOL": "|b1"}
    arrays = {}
    for name, one in header.items():
        begin, end = (8 + size + at for at in one["data_offsets"])
        assert begin % np.dtype(types[one["dtype"]]).itemsize == 0
        arrays[name] = np.frombuffer(document[begin:end], types[one["dtype"]]).reshape(one["shape"])
    return metadata, arrays


async def test_a_structure_filled_with_a_run_is_the_trace(client: httpx.AsyncClient) -> None:
    structure = await ask(client, "structure", program=CHAPTER)
    run = await ask(client, "run", program=CHAPTER, seed=3)
    trace = await ask(client, "trace", program=CHAPTER, seed=3)

    def array(key: str) -> Any:
        kind, name = key.split(":")
        if kind == "c":
            return array_latex(sum(np.array(run["contributions"][part]) for part in name.split("+")))
        return array_latex(np.array(run[{"v": "values", "g": "gradients"}[kind]][name]))

    def filled(equation: dict[str, str]) -> dict[str, str]:
        made = {form: fill(text, array) for form, text in equation.items() if form != "bare"}
        left, _, right = made.get("numeric", "").rpartition(" = ")
        return made | ({"numeric": f"{equation['bare']} = {right}"} if "bare" in equation and left == right else {})

    ways = [(structure[way], trace[way]) for way in ("forward", "backward")]
    for one, other in zip(structure["scopes"], trace["scopes"], strict=True):
        ways += [(one[way], other[way]) for way in ("forward", "backward")]
    for templates, steps in ways:
        assert [filled(template["equation"]) for template in templates] == [step["equation"] for step in steps]
        assert [template["text"] for template in templates] == [step["text"] for step in steps]
    for node in trace["graph"]["nodes"]:
        if node["kind"] == "variable":
            assert run["values"][node["id"]] == node["value"]
            assert run["gradients"].get(node["id"]) == node["gradient"]


async def test_a_structure_is_the_same_for_all_values_and_its_tag_says_so(client: httpx.AsyncClient) -> None:
    first = await client.post("/api/v1/structure", json={"program": USED_TWICE})
    other = await client.post("/api/v1/structure", json={"program": USED_TWICE, "values": {"a": 7}, "seed": 2})
    assert first.content == other.content
    assert first.headers["etag"] == other.headers["etag"]
    again = await client.post(
        "/api/v1/structure",
        json={"program": USED_TWICE, "values": {"a": 1}},
        headers={"If-None-Match": first.headers["etag"]},
    )
    assert again.status_code == 304
    other = await client.post("/api/v1/structure", json={"program": USED_TWICE, "target": "c"})
    assert other.headers["etag"] != first.headers["etag"]


async def test_a_structure_has_no_numbers_of_a_run(client: httpx.AsyncClient) -> None:
    program = "a: parameter = 0.8125\nJ = a * a"
    text = (await client.post("/api/v1/structure", json={"program": program})).text
    assert "0.8125" not in text
    structure = json.loads(text)
    assert re.search(r"⟦v:a\|\d⟧", structure["forward"][0]["equation"]["numeric"])
    assert not any({"value", "gradient"} & node.keys() for node in structure["graph"]["nodes"])
    assert structure["costs"]["operators"] == len(structure["plan"]["calls"])


async def test_the_plan_names_what_pages_cannot_compute(client: httpx.AsyncClient) -> None:
    structure = await ask(client, "structure", program="A: input[3, 3]\nw, V = eigh(A @ A.T)\nJ = sum(w)")
    assert structure["plan"]["missing"] == ["eigh"]
    assert (await ask(client, "structure", program=USED_TWICE))["plan"]["missing"] == []


async def test_arrays_are_those_of_gradients(client: httpx.AsyncClient) -> None:
    request = {"program": USED_TWICE, "values": {"a": 3}}
    run, gradients = await ask(client, "run", **request), await ask(client, "gradients", **request)
    assert (run["values"], run["gradients"]) == (gradients["values"], gradients["gradients"])
    assert run["first_nonfinite"] == {"forward": None, "backward": None}


@pytest.mark.parametrize(
    ("want", "values", "gradients", "contributions"),
    [
        ({"values": ["c"]}, {"c"}, set(), set()),
        ({"gradients": "all"}, set(), {"a", "b", "c", "power", "J"}, set()),
        ({"values": ["a"], "gradients": ["b"], "contributions": [0]}, {"a"}, {"b"}, {"0"}),
        ({"contributions": ["b"]}, set(), set(), {"4"}),
        (["a"], {"a"}, {"a"}, {"1", "3"}),
        (["b", "gradients"], set(), {"b"}, set()),
        (["values"], {"a", "b", "c", "power", "J"}, set(), set()),
        (["v:a", "g:b", "c:1"], {"a"}, {"b"}, {"1"}),
        ({}, set(), set(), set()),
    ],
)
async def test_want_names_variables_and_kinds(
    client: httpx.AsyncClient, want: Any, values: set[str], gradients: set[str], contributions: set[str]
) -> None:
    run = await ask(client, "run", program=USED_TWICE, want=want)
    assert (set(run["values"]), set(run["gradients"]), set(run["contributions"])) == (values, gradients, contributions)


@pytest.mark.parametrize(
    ("want", "said"),
    [
        ({"values": ["q"]}, "no value of 'q'"),
        ({"gradients": ["aa"]}, "no gradient of 'aa'"),
        ({"contributions": [99]}, "no contribution '99'"),
        (["q"], "no value of 'q'"),
    ],
)
async def test_what_is_not_there_is_named(client: httpx.AsyncClient, want: Any, said: str) -> None:
    answer = await client.post("/api/v1/run", json={"program": USED_TWICE, "want": want})
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("want", [3, {"colours": ["a"]}, [1], {"values": "some"}])
async def test_a_wish_that_is_none_is_refused(client: httpx.AsyncClient, want: Any) -> None:
    assert (await client.post("/api/v1/run", json={"program": USED_TWICE, "want": want})).status_code == 422


async def test_large_arrays_are_summaries_until_they_are_wanted(serve: Serve) -> None:
    program = "x: input[30]\ny = x * x\nJ = sum(y)"
    async with serve(array_limit=10, slice_limit=40) as client:
        run = await ask(client, "run", program=program)
        assert run["values"]["x"]["summary"] is True
        assert isinstance(run["values"]["J"], float)
        whole = await ask(client, "run", program=program, want={"values": ["y"]})
        assert len(whole["values"]["y"]) == 30
        refused = await client.post("/api/v1/run", json={"program": program, "want": ["x"]})
        assert refused.status_code == 422
        assert refused.json()["limit"] == 40


@pytest.mark.parametrize("dtype", ["float64", "float32"])
async def test_one_document_holds_all_arrays(client: httpx.AsyncClient, dtype: str) -> None:
    request = {"program": f"{USED_TWICE}\nk = a > b", "seed": 4, "dtype": dtype}
    answer = await client.post("/api/v1/run", json=request, headers=SAFETENSORS)
    assert answer.headers["content-type"] == "application/vnd.safetensors"
    metadata, arrays = opened(answer.content)
    run = await ask(client, "run", **request)
    assert metadata["target"] == "J"
    for kind in ("values", "gradients", "contributions"):
        for name, array in run[kind].items():
            assert arrays.pop(f"{kind[0]}:{name}").tolist() == pytest.approx(array)
    assert not arrays


async def test_summaries_travel_beside_whole_arrays(serve: Serve) -> None:
    async with serve(array_limit=3) as client:
        request = {"program": "x: input[5]\nJ = sum(x)"}
        metadata, arrays = opened((await client.post("/api/v1/run", json=request, headers=SAFETENSORS)).content)
    assert "v:x" not in arrays
    assert metadata["summaries"]["v:x"]["shape"] == [5]


async def test_the_answers_of_two_types_have_two_names(client: httpx.AsyncClient) -> None:
    request = {"program": USED_TWICE}
    one = await client.post("/api/v1/run", json=request)
    other = await client.post("/api/v1/run", json=request, headers=SAFETENSORS)
    assert one.headers["etag"] != other.headers["etag"]


@pytest.mark.parametrize(
    ("program", "forward", "backward"),
    [
        ("x: input = 0.0\ny = log(x)\nJ = y * 2", "log:y", "log:y"),
        ("x: input = 0.0\ny = sqrt(x)\nJ = y * 2", None, "sqrt:y"),
        ("x: input = 1.0\nJ = x * 2", None, None),
    ],
)
async def test_where_the_first_nan_or_infinity_arose(
    client: httpx.AsyncClient, program: str, forward: str | None, backward: str | None
) -> None:
    run = await ask(client, "run", program=program)
    assert run["first_nonfinite"] == {"forward": forward, "backward": backward}


async def test_the_mode_of_the_whole_program_is_an_option(client: httpx.AsyncClient) -> None:
    program = "x: input[8] = ones()\nJ = sum(dropout(x, 0.5))"
    by_default, evaluated = [
        await ask(client, "gradients", program=program, **more) for more in ({}, {"training": False})
    ]
    assert evaluated["gradients"]["x"] == [1.0] * 8
    assert set(by_default["gradients"]["x"]) == {0.0, 2.0}


BLOCKS = """
def block(x, w):
    y = tanh(x * w)
    z = sigmoid(y) + x
    return z * y - x + relu(z)

def stack(x, w):
    for i in range(50):
        x = block(x, w)
    return x

x: input[4]
w: parameter[4]
h = x
for i in range({}):
    h = stack(h, w)
J = sum(h)
"""


async def test_a_large_graph_is_answered_as_an_outline_where_scopes_are_given(serve: Serve) -> None:
    async with serve() as client:
        drawn = await ask(client, "trace", program=BLOCKS.format(6), outline=[])
        assert drawn["outline"] == {"operators": 2402, "runs": True}
        assert drawn["forward"] == []
        assert len(drawn["graph"]["nodes"]) < 30
        (first, *_) = (scope["id"] for scope in drawn["scopes"] if scope["kind"] == "iteration")
        opened = await ask(client, "structure", program=BLOCKS.format(6), outline=[first])
        assert len(opened["scopes"]) == len(drawn["scopes"]) + 1
        small = await ask(client, "trace", program=USED_TWICE, outline=[])
        assert "outline" not in small
        assert len(small["forward"]) == 3
        refused = await client.post(
            "/api/v1/trace", json={"program": BLOCKS.format(6), "outline": [], "values": {"no": 1}}
        )
        assert refused.status_code == 422


async def test_a_graph_of_100_000_operators_opens_closed(serve: Serve) -> None:
    async with serve(max_seconds=600) as client:
        drawn = await ask(client, "structure", program=BLOCKS.format(250), outline=[])
        assert drawn["outline"] == {"operators": 100_002, "runs": False}
        assert [scope["kind"] for scope in drawn["scopes"]] == ["loop"]
