"""Derivatives over HTTP: the engine's numbers, described as OpenAPI says, refused where they cost too much."""

from __future__ import annotations

from typing import Any

import httpx
import numpy as np
import pytest

from tests.app.conftest import Serve

pytestmark = pytest.mark.anyio

SCALARS = "a: parameter = -4.0\nb: parameter = 2.0\nc = a * b\nJ = c ** 2 + a"
MATRICES = "x: input[4]\nW: parameter[3, 4]\nz = W @ x\nJ = sum(tanh(z))"


async def ask(client: httpx.AsyncClient, path: str, **request: Any) -> Any:
    answer = await client.post(f"/api/v1/{path}", json=request)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_forward_mode(client: httpx.AsyncClient) -> None:
    found = await ask(client, "jvp", program=SCALARS, directions={"a": 1, "b": 0})
    assert found == {"tangents": {"c": 2.0, "J": -31.0}}


async def test_forward_mode_step_by_step(client: httpx.AsyncClient) -> None:
    found = await ask(client, "tangents", program=SCALARS, wrt="b")
    assert found["tangents"] == {"b": 1.0, "c": -4.0, "power": 64.0, "J": 64.0}
    assert [step["outputs"] for step in found["steps"]] == [["c"], ["power"], ["J"]]
    assert found["flops"]["reverse_mode"] > found["flops"]["value"]


async def test_hessian_and_its_products(client: httpx.AsyncClient) -> None:
    hessian = await ask(client, "hessian", program=SCALARS)
    assert hessian == {"target": "J", "blocks": {"a": {"a": 8.0, "b": -32.0}, "b": {"a": -32.0, "b": 32.0}}}
    products = await ask(client, "hvp", program=SCALARS, directions={"a": 1, "b": 1})
    assert products == {"target": "J", "products": {"a": -24.0, "b": 0.0}}


async def test_a_jacobian_has_the_axes_of_both(client: httpx.AsyncClient) -> None:
    weights = np.arange(12.0).reshape(3, 4).tolist()
    found = await ask(client, "jacobian", program=MATRICES, values={"W": weights}, of="z", wrt="x")
    assert found == {"of": "z", "wrt": "x", "shape": [3, 4], "jacobian": weights}


async def test_a_numerical_check(client: httpx.AsyncClient) -> None:
    found = await ask(client, "check", program=MATRICES)
    assert set(found["variables"]) == {"x", "W"}
    for result in found["variables"].values():
        assert result["agrees"]
        np.testing.assert_allclose(result["numerical"], result["analytic"], atol=1e-7)
    assert {result["method"] for result in found["variables"].values()} <= {"complex step", "central differences"}
    alone = await ask(client, "check", program=MATRICES, wrt=["W"])
    assert alone["variables"] == {"W": found["variables"]["W"]}
    refused = await client.post("/api/v1/check", json={"program": MATRICES, "wrt": ["z"]})
    assert (refused.status_code, refused.json()["detail"]) == (422, "z is computed")


async def test_a_graph_as_data_gives_the_same_trace(client: httpx.AsyncClient) -> None:
    first = await ask(client, "trace", program=MATRICES, seed=3)
    again = await ask(client, "trace", graph=first["graph"], scopes=first["scopes"], target=first["target"])
    assert again == first


async def test_sizes_may_be_changed(client: httpx.AsyncClient) -> None:
    found = await ask(client, "trace", program="n = 2\nx: input[n]\nJ = sum(x)", sizes={"n": 5})
    assert next(n["shape"] for n in found["graph"]["nodes"] if n["id"] == "x") == [5]


@pytest.mark.parametrize(
    ("path", "request_", "words"),
    [
        ("jvp", {"program": SCALARS, "directions": {}}, "no direction"),
        ("jvp", {"program": SCALARS, "directions": {"a": [1, 2]}}, "a_dot has shape []; the value given has shape [2]"),
        ("hvp", {"program": SCALARS, "directions": {"q": 1}}, "no variable 'q'"),
        ("jacobian", {"program": MATRICES, "of": "z", "wrt": "w"}, "no variable 'w'"),
        ("tangents", {"program": MATRICES, "wrt": "z"}, "not a declared float variable"),
        ("trace", {}, "either a program or a graph"),
        ("trace", {"program": SCALARS, "graph": {"nodes": []}}, "either a program or a graph"),
        ("trace", {"graph": {"nodes": 3}}, "list of objects"),
        ("trace", {"graph": {"nodes": [{"kind": "variable"}]}}, "malformed"),
    ],
)
async def test_what_does_not_fit_is_a_problem(
    client: httpx.AsyncClient, path: str, request_: dict[str, Any], words: str
) -> None:
    answer = await client.post(f"/api/v1/{path}", json=request_)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]


async def test_too_many_passes_are_refused(serve: Serve) -> None:
    async with serve(max_passes=3) as client:
        answer = await client.post("/api/v1/hessian", json={"program": MATRICES})
    assert answer.status_code == 422
    assert (answer.json()["quantity"], answer.json()["value"], answer.json()["limit"]) == ("passes", 12, 3)


async def test_a_numerical_check_at_a_kink_has_both_slopes(client: httpx.AsyncClient) -> None:
    program = "x: input[2] = [0, 1]\ny: input = 2\nJ = sum(relu(x)) * y"
    found = (await ask(client, "check", program=program))["variables"]
    assert found["x"]["agrees"]
    assert found["x"]["kinks"] == ["relu"]
    np.testing.assert_allclose(found["x"]["left"], [0, 2], atol=1e-6)
    np.testing.assert_allclose(found["x"]["right"], [2, 2], atol=1e-6)
    assert (found["y"]["kinks"], found["y"]["left"]) == ([], None)


LARGE = """X: input[20, 30]
W: parameter[30, 12]
b: parameter[12] = zeros()
J = sum(tanh(X @ W + b) ** 2)"""


async def test_a_block_of_the_hessian_is_sliced_as_any_array(client: httpx.AsyncClient) -> None:
    whole = await ask(client, "hessian", program=LARGE)
    assert whole["blocks"]["W"]["W"]["summary"]
    block = np.array(whole["blocks"]["b"]["b"])
    for text in ("", "2", "1:3, :", ":, -1", "0:12:4, 5"):
        found = await ask(client, "tensor", program=LARGE, name="b", of="hessian", slice=text)
        index = eval(f"np.s_[{text or '...'}]")
        np.testing.assert_allclose(found["data"], block[index], atol=1e-12)
        assert found["shape"] == [12, 12]
    crossed = await ask(client, "tensor", program=LARGE, name="W", wrt="b", of="hessian", slice="3:5, :, 0:2")
    assert (crossed["shape"], crossed["wrt"]) == ([30, 12, 12], "b")
    other = await ask(client, "tensor", program=LARGE, name="b", wrt="W", of="hessian", slice="0:2, 3:5")
    np.testing.assert_allclose(np.moveaxis(np.array(other["data"]), 0, -1), crossed["data"], atol=1e-12)
    square = await ask(client, "tensor", program=LARGE, name="W", of="hessian", slice="3, 0:4, 3, 0:4")
    assert np.array_equal(np.array(square["data"]), np.array(square["data"]).T)
    matrix = await ask(client, "tensor", program=LARGE, name="J", wrt="b", of="jacobian", slice="2:4")
    gradient = await ask(client, "gradients", program=LARGE)
    np.testing.assert_allclose(matrix["data"], gradient["gradients"]["b"][2:4])


async def test_a_slice_of_the_hessian_that_takes_too_much_is_refused(client: httpx.AsyncClient) -> None:
    program = "x: parameter[500]\nJ = sum(x ** 3)"
    refused = await client.post("/api/v1/tensor", json={"program": program, "name": "x", "of": "hessian"})
    assert refused.status_code == 422
    assert (refused.json()["quantity"], refused.json()["value"]) == ("passes", 500)
    row = await ask(client, "tensor", program=program, name="x", of="hessian", slice="7, 5:9")
    assert len(row["data"]) == 4
    unknown = {"program": program, "name": "x", "of": "hessian", "wrt": "z", "slice": "0"}
    assert (await client.post("/api/v1/tensor", json=unknown)).status_code == 422
