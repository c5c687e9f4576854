"""Rules of ONNX operators: single nodes against the operator's own definition, written in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

import tidegraph
from tidegraph.engine.graph import TidegraphError

X = np.arange(-6.0, 6.0, dtype=np.float32).reshape(3, 4)


def node(op: str, *arrays: np.ndarray, opset: int = 17, outputs: int = 1, **attributes: Any) -> list[np.ndarray]:
    """What one node computes; arrays after the first are initialisers."""
    names = [f"i{n}" for n in range(len(arrays))]
    kinds = [helper.np_dtype_to_tensor_dtype(a.dtype) for a in arrays]
    made = helper.make_node(op, names, [f"o{n}" for n in range(outputs)], **attributes)
    graph = helper.make_graph(
        [made],
        "g",
        [helper.make_tensor_value_info("i0", kinds[0], arrays[0].shape)],
        [helper.make_tensor_value_info(f"o{n}", TensorProto.FLOAT, None) for n in range(outputs)],
        [numpy_helper.from_array(a, n) for a, n in zip(arrays[1:], names[1:], strict=True)],
    )
    content = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)]).SerializeToString()
    read = tidegraph.onnx.read(content)
    values = {**read.values, read.names["i0"]: arrays[0]}
    (found,) = tidegraph.function(read.graph, read.outputs)(values)
    return [found[name] for name in read.outputs]


@pytest.mark.parametrize(
    ("op", "more", "attributes", "wanted"),
    [
        ("LeakyRelu", [], {"alpha": 0.5}, np.where(X > 0, X, X / 2)),
        ("HardSigmoid", [], {"alpha": 0.5, "beta": 0.25}, np.clip(X / 2 + 0.25, 0, 1)),
        ("ThresholdedRelu", [], {"alpha": 2.0}, np.where(X > 2, X, 0)),
        ("Mod", [np.float32([3])], {"fmod": 1}, np.fmod(X, 3)),
        ("Gemm", [np.ones((4, 2), np.float32), np.ones(2, np.float32)], {"alpha": 2.0, "beta": 3.0},
         2 * X @ np.ones((4, 2)) + 3),
        ("Gather", [np.array([2, -1])], {"axis": 1}, X[:, [2, -1]]),
        ("Slice", [np.array([1]), np.array([-1]), np.array([1])], {}, X[:, 1:-1]),
        ("Transpose", [], {"perm": [1, 0]}, X.T),
        ("ReduceSum", [np.array([1])], {"keepdims": 0}, X.sum(1)),
        ("ReduceL2", [], {"axes": [0], "keepdims": 0}, np.sqrt((X**2).sum(0))),
        ("ReduceLogSumExp", [], {"axes": [1], "keepdims": 1}, np.log(np.exp(X).sum(1, keepdims=True))),
        ("Clip", [np.float32(-1), np.float32(2)], {}, np.clip(X, -1, 2)),
        ("Pad", [np.array([0, 1, 0, 2]), np.float32(9)], {}, np.pad(X, ((0, 0), (1, 2)), constant_values=9)),
        ("Tile", [np.array([2, 1])], {}, np.tile(X, (2, 1))),
        ("CumSum", [np.array(1)], {"exclusive": 1}, np.cumsum(X, 1) - X),
        ("Trilu", [], {"upper": 0}, np.tril(X)),
        ("Softmax", [], {"axis": 0}, np.exp(X - X.max(0)) / np.exp(X - X.max(0)).sum(0)),
        ("LpNormalization", [], {"axis": 1, "p": 1}, X / np.abs(X).sum(1, keepdims=True)),
        ("Expand", [np.array([2, 3, 4])], {}, np.broadcast_to(X, (2, 3, 4))),
        ("Flatten", [], {"axis": 0}, X.reshape(1, 12)),
        ("DepthToSpace", None, {}, None),
    ],
)  # fmt: skip
def test_one_node(op: str, more: list[np.ndarray] | None, attributes: dict[str, Any], wanted: Any) -> None:
    if more is None:
        x = np.arange(8.0, dtype=np.float32).reshape(1, 4, 1, 2)
        (found,) = node(op, x, blocksize=2)
        np.testing.assert_array_equal(found, [[[[0, 2, 1, 3], [4, 6, 5, 7]]]])
        return
    (found,) = node(op, X, *more, **attributes)
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-6)


def test_an_older_form_gives_as_an_attribute_what_is_an_input_now() -> None:
    np.testing.assert_array_equal(node("ReduceSum", X, opset=11, axes=[1], keepdims=0)[0], X.sum(1))
    np.testing.assert_array_equal(node("Clip", X, opset=7, min=0.0, max=2.0)[0], np.clip(X, 0, 2))


def test_several_results() -> None:
    values, places = node("TopK", X, np.array([2]), outputs=2, axis=1)
    np.testing.assert_array_equal(values, X[:, [3, 2]])
    np.testing.assert_array_equal(places, [[3, 2]] * 3)
    first, second = node("Split", X, np.array([1, 3]), outputs=2, axis=1)
    np.testing.assert_array_equal(first, X[:, :1])
    np.testing.assert_array_equal(second, X[:, 1:])


@pytest.mark.parametrize("op", ["StringNormalizer", "NoSuchOperator"])
def test_an_operator_without_a_rule_is_named(op: str) -> None:
    with pytest.raises(TidegraphError) as caught:
        node(op, X)
    assert op in str(caught.value)
