"""The ONNX nodes of single calls: which operators they are, and what they compute by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

import tidegraph
from tidegraph.engine.exchange.onnx_writer import write
from tidegraph.engine.graph import InputError
from tidegraph.engine.ops import REGISTRY
from tidegraph.engine.ops.source.onnx import NODES

CALLS: list[tuple[str, Any, list[str], Any]] = [
    ("relu(x)", [[-1.0, 2.0]], ["Relu"], [[0, 2]]),
    ("x.T", [[1.0, 2.0]], ["Transpose"], [[1], [2]]),
    ("sum(x, axis=-1)", [[1.0, 2.0]], ["ReduceSum"], [3]),
    ("sum(x)", 5.0, ["Identity"], 5),
    ("argmax(x)", [[1.0, 9.0], [2.0, 3.0]], ["Reshape", "ArgMax", "Reshape"], 1),
    ("reshape(x, (-1,))", [[1.0, 2.0]], ["Reshape"], [1, 2]),
    ("broadcast_to(x, (2, 2))", [1.0, 2.0], ["Expand"], [[1, 2], [1, 2]]),
    ("x[::-1]", [1.0, 2.0, 3.0], ["Slice"], [3, 2, 1]),
    ("stack(x, x)", [1.0, 2.0], ["Unsqueeze", "Unsqueeze", "Concat"], [[1, 2], [1, 2]]),
    ("softmax(x)", [0.0, 0.0], ["Softmax"], [0.5, 0.5]),
    ("after(x, x)", [1.0], ["Identity"], [1]),
]


@pytest.mark.parametrize(("call", "x", "kinds", "wanted"), CALLS)
def test_a_call_as_nodes(call: str, x: Any, kinds: list[str], wanted: Any) -> None:
    graph = tidegraph.parse(f"x: input{list(np.shape(x)) or ''}\nr = {call}")
    model = onnx.load_from_string(write(graph, {"x": np.asarray(x)}))
    onnx.checker.check_model(model)
    *nodes, last = model.graph.node
    assert [node.op_type for node in nodes if node.op_type not in ("Cast", "Constant")] == kinds
    assert (last.op_type, list(last.output)) == ("Identity", ["r"])
    (found,) = ReferenceEvaluator(model).run(None, {"x": np.asarray(x)})
    np.testing.assert_allclose(found, wanted)


def test_nodes_are_those_of_operators() -> None:
    assert not set(NODES) - set(REGISTRY)


def test_what_onnx_cannot_say_is_refused_by_name() -> None:
    graph = tidegraph.parse("x: input[2, 2]\nr = qr(x)[1]")
    with pytest.raises(InputError, match="qr"):
        write(graph, {"x": np.eye(2)})
