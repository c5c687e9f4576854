"""Files of models over the REST API: a program and values that run unchanged."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import tidegraph

RAW = {"content-type": "application/octet-stream"}


pytestmark = pytest.mark.anyio


def perceptron() -> bytes:
    w = np.arange(12, dtype=np.float32).reshape(4, 3) / 10
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["h"]),
        helper.make_node("Tanh", ["h"], ["t"]),
        helper.make_node("ReduceSum", ["t"], ["J"], keepdims=0),
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 4])]
    outputs = [helper.make_tensor_value_info("J", TensorProto.FLOAT, [])]
    graph = helper.make_graph(nodes, "g", inputs, outputs, [numpy_helper.from_array(w, "w")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString()


@pytest.mark.parametrize("arrays", ["lists", "base64"])
async def test_an_import_runs_unchanged(client, arrays: str) -> None:
    answer = await client.post(f"/api/v1/import?name=m.onnx&arrays={arrays}", content=perceptron(), headers=RAW)
    assert answer.status_code == 200
    found = answer.json()
    assert set(found) == {"program", "values", "inputs", "outputs", "names", "notes"}
    run = await client.post("/api/v1/gradients", json={"program": found["program"], "values": found["values"]})
    assert run.status_code == 200, run.text
    assert np.shape(run.json()["gradients"][found["names"]["w"]]) == (4, 3)


async def test_large_arrays_are_stored(client) -> None:
    rng = np.random.default_rng(0)
    values = {"w": rng.standard_normal(3).astype(np.float32), "W": rng.standard_normal((30, 40)).astype(np.float32)}
    model = tidegraph.Model("w: parameter[3]\nW: parameter[30, 40]\nJ = sum(w) + sum(W ** 2)\n", values)
    answer = await client.post("/api/v1/import?name=m.tide&arrays=stored", content=model.to_bytes(), headers=RAW)
    found = answer.json()
    assert set(found["values"]) == {"w"}
    assert found["dtype"] == "float32"
    run = {key: found[key] for key in ("program", "values", "weights", "dtype")}
    answered = await client.post("/api/v1/gradients", json=run)
    assert answered.status_code == 200, answered.text
    np.testing.assert_allclose(answered.json()["gradients"]["W"], 2 * values["W"], rtol=1e-6)


async def test_sizes_of_open_dimensions(client) -> None:
    answer = await client.post("/api/v1/import?name=m.onnx&size=batch=5", content=perceptron(), headers=RAW)
    assert "x: input[5, 4]" in answer.json()["program"]


async def test_a_tide_file(client, tmp_path) -> None:
    model = tidegraph.Model("w: parameter[2]\nJ = sum(w ** 2)\n", {"w": np.array([1.0, 2.0])}, outputs=["J"])
    answer = await client.post("/api/v1/import?name=m.tide", content=model.to_bytes(), headers=RAW)
    assert answer.json()["values"] == {"w": [1.0, 2.0]}


@pytest.mark.parametrize(
    ("name", "content", "headers"),
    [
        ("m.onnx", b"no model", RAW),
        ("m.onnx", b"", RAW),
        ("m.tide", b"PK\x03\x04 broken", RAW),
        ("m.safetensors", b"\xff" * 64, RAW),
        ("m.pt", b"\x80\x04", RAW),
        ("m.exe", b"MZ", RAW),
        ("m.onnx", b"{}", {"content-type": "application/json"}),
    ],
)
async def test_what_is_no_model_is_a_problem(client, name: str, content: bytes, headers: dict[str, str]) -> None:
    answer = await client.post(f"/api/v1/import?name={name}", content=content, headers=headers)
    assert answer.status_code in (400, 415, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_an_operator_that_cannot_be_read_is_named(client) -> None:
    proto = onnx.load_from_string(perceptron())
    proto.graph.node[1].op_type = "NonZero"
    answer = await client.post("/api/v1/import?name=m.onnx", content=proto.SerializeToString(), headers=RAW)
    assert answer.status_code == 422
    assert "NonZero" in answer.json()["detail"]
