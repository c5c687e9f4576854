"""ONNX files as programs: values, names, scopes, folding, branches, recurrent layers, and hostile files."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import tidegraph
from tidegraph.engine.graph import TidegraphError

FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


def info(name, shape, kind=FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def model(nodes, inputs, outputs, initializers=(), functions=(), opset=17):
    graph = helper.make_graph(nodes, "g", inputs, outputs, [numpy_helper.from_array(a, n) for n, a in initializers])
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("own", 1)]
    return helper.make_model(graph, opset_imports=opsets, functions=list(functions)).SerializeToString()


def run(read, **given):
    values = {**read.values, **{read.names.get(k, k): v for k, v in given.items()}}
    (found,) = tidegraph.function(tidegraph.parse(read.program), results=read.outputs)(values)
    return [found[n] for n in read.outputs]


def perceptron():
    rng = np.random.default_rng(0)
    w1, b1, w2 = (rng.normal(size=s).astype(np.float32) for s in ((4, 5), (5,), (5, 3)))
    nodes = [
        helper.make_node("MatMul", ["x", "encoder.weight"], ["a"], name="/encoder/MatMul"),
        helper.make_node("Add", ["a", "encoder.bias"], ["b"], name="/encoder/Add"),
        helper.make_node("Relu", ["b"], ["c"], name="/encoder/act/Relu"),
        helper.make_node("MatMul", ["c", "head"], ["y"], name="/head/MatMul"),
    ]
    weights = [("encoder.weight", w1), ("encoder.bias", b1), ("head", w2)]
    return model(nodes, [info("x", ["batch", 4])], [info("y", ["batch", 3])], weights), (w1, b1, w2)


def test_values_names_and_scopes() -> None:
    content, (w1, b1, w2) = perceptron()
    read = tidegraph.onnx.read(content, sizes={"batch": 2})
    x = np.ones((2, 4), np.float32)
    np.testing.assert_allclose(run(read, x=x)[0], np.maximum(x @ w1 + b1, 0) @ w2, rtol=1e-5)
    np.testing.assert_array_equal(read.values[read.names["encoder.weight"]], w1)
    assert read.inputs == ["x"]
    assert read.outputs == ["y"]
    assert set(read.values) == set(read.graph.leaves())
    assert [n for n, s in read.graph.scopes.items() if s.kind == "function"] == ["encoder", "encoder.act", "head"]
    assert "[[" not in read.program


def test_an_open_dimension_is_one_and_noted() -> None:
    read = tidegraph.onnx.read(perceptron()[0])
    assert read.graph.variables["x"].shape == (1, 4)
    assert any("batch" in note for note in read.notes)


def test_an_open_dimension_is_larger_where_one_does_not_fit() -> None:
    kernel = ("w", np.ones((1, 1, 9), np.float32))
    node = helper.make_node("Conv", ["x", "w"], ["y"])
    content = model([node], [info("x", ["n", 1, "time"])], [info("y", ["n", 1, "left"])], [kernel])
    read = tidegraph.onnx.read(content)
    assert read.graph.variables["x"].shape == (1, 1, 64)
    assert "the open dimension time is 64, for 1 does not fit" in read.notes


def test_sizes_may_be_shapes_of_inputs() -> None:
    assert tidegraph.onnx.read(perceptron()[0], sizes={"x": (7, 4)}).graph.variables["x"].shape == (7, 4)


def test_read_from_a_path(tmp_path) -> None:
    (tmp_path / "m.onnx").write_bytes(perceptron()[0])
    assert tidegraph.onnx.read(tmp_path / "m.onnx").outputs == ["y"]


def test_what_follows_from_shapes_is_folded() -> None:
    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Gather", ["s", "zero"], ["n"]),
        helper.make_node("Unsqueeze", ["n", "axis"], ["u"]),
        helper.make_node("Concat", ["u", "rest"], ["t"], axis=0),
        helper.make_node("Reshape", ["x", "t"], ["y"]),
    ]
    given = [("zero", np.array(0)), ("axis", np.array([0])), ("rest", np.array([-1]))]
    read = tidegraph.onnx.read(model(nodes, [info("x", [3, 2, 2])], [info("y", None)], given))
    assert [o.op.name for o in read.graph.operators] == ["reshape"]
    assert read.graph.variables["y"].shape == (3, 4)


@pytest.mark.parametrize("truth", [True, False])
def test_a_branch_on_a_constant(truth: bool) -> None:
    then = helper.make_graph([helper.make_node("Exp", ["x"], ["p"])], "t", [], [info("p", [2])])
    other = helper.make_graph([helper.make_node("Neg", ["x"], ["q"])], "e", [], [info("q", [2])])
    node = helper.make_node("If", ["c"], ["y"], then_branch=then, else_branch=other)
    read = tidegraph.onnx.read(model([node], [info("x", [2])], [info("y", [2])], [("c", np.array(truth))]))
    assert {o.op.name for o in read.graph.operators} >= {"exp" if truth else "neg"}
    assert not {o.op.name for o in read.graph.operators} & {"neg" if truth else "exp"}


def test_a_branch_that_does_not_fit_the_sizes_is_left_out() -> None:
    def branch(name: str, size: int):
        weights = [numpy_helper.from_array(np.ones((size, 1), np.float32), f"{name}_w")]
        nodes = [helper.make_node("MatMul", ["x", f"{name}_w"], [f"{name}_y"])]
        return helper.make_graph(nodes, name, [], [info(f"{name}_y", [1, 1])], weights)

    how = {"then_branch": branch("then", 2), "else_branch": branch("else", 3)}
    content = model(
        [helper.make_node("If", ["c"], ["y"], name="choice", **how)],
        [info("x", [1, "n"]), info("c", [], BOOL)],
        [info("y", [1, 1])],
    )
    read = tidegraph.onnx.read(content, sizes={"n": 3})
    assert run(read, x=np.array([[1, 2, 3]]), c=0)[0] == [[6]]
    assert any("then_branch is left out" in note for note in read.notes)
    with pytest.raises(TidegraphError) as caught:
        tidegraph.onnx.read(content)
    assert "--size" in caught.value.hint
    assert "n" in caught.value.hint


def test_constants_that_one_node_reads_have_names_of_their_own() -> None:
    """In a scope inside a scope, where names of constants that are read no more are free again."""
    arrays = [np.arange(6, dtype=np.float32).reshape(2, 1, 3), np.array([5, 7], np.float32)]
    constants = [
        helper.make_node("Constant", [], [f"c{n}"], value=numpy_helper.from_array(array))
        for n, array in enumerate(arrays)
    ]
    nodes = [*constants, helper.make_node("Conv", ["x", "c0", "c1"], ["y"], name="/outer/inner/Conv")]
    nodes.append(helper.make_node("Relu", ["y"], ["z"], name="/outer/inner/Relu"))
    read = tidegraph.onnx.read(model(nodes, [info("x", [1, 1, 3])], [info("z", [1, 2, 1])]))
    np.testing.assert_array_equal(run(read, x=np.ones((1, 1, 3)))[0], [[[8], [19]]])


def test_functions_are_scopes() -> None:
    body = [helper.make_node("Mul", ["a", "a"], ["t"]), helper.make_node("Add", ["t", "a"], ["b"])]
    function = helper.make_function("own", "Poly", ["a"], ["b"], body, [helper.make_opsetid("", 17)])
    nodes = [
        helper.make_node("Poly", ["x"], ["h"], domain="own"),
        helper.make_node("Poly", ["h"], ["y"], domain="own"),
    ]
    read = tidegraph.onnx.read(model(nodes, [info("x", [2])], [info("y", [2])], functions=[function]))
    assert list(read.graph.scopes) == ["Poly", "Poly_2"]
    np.testing.assert_allclose(run(read, x=np.array([1.0, 2.0]))[0], [6.0, 42.0])


def test_nodes_in_any_order_keep_scopes_whole() -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["a1"], name="/a/one"),
        helper.make_node("Exp", ["x"], ["b1"], name="/b/one"),
        helper.make_node("Tanh", ["a1"], ["a2"], name="/a/two"),
        helper.make_node("Sin", ["b1"], ["b2"], name="/b/two"),
        helper.make_node("Add", ["a2", "b2"], ["y"], name="/sum"),
    ]
    read = tidegraph.onnx.read(model(nodes, [info("x", [2])], [info("y", [2])]))
    assert list(read.graph.scopes) == ["a", "b"]


def test_an_operator_without_counterpart_is_named() -> None:
    node = helper.make_node("NonMaxSuppression", ["x", "s"], ["y"], name="/detect/nms")
    with pytest.raises(TidegraphError, match="NonMaxSuppression"):
        tidegraph.onnx.read(model([node], [info("x", [1, 2, 4]), info("s", [1, 1, 2])], [info("y", [1, 3], INT64)]))


def test_quantised_weights_are_dequantised_with_a_note() -> None:
    nodes = [
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["w"]),
        helper.make_node("MatMul", ["x", "w"], ["y"]),
    ]
    q = np.array([[1, -2], [3, 4]], np.int8)
    given = [("q", q), ("scale", np.float32(0.5)), ("zero", np.int8(1))]
    read = tidegraph.onnx.read(model(nodes, [info("x", [1, 2])], [info("y", [1, 2])], given))
    np.testing.assert_allclose(run(read, x=np.ones((1, 2)))[0], np.ones((1, 2)) @ ((q - 1.0) * 0.5))
    assert any("dequantised" in note for note in read.notes)


def test_sharing_and_gradients() -> None:
    content, _ = perceptron()
    read = tidegraph.onnx.read(content, sizes={"batch": 2})
    graph = tidegraph.parse(read.program + "loss = sum(y ** 2)\n")
    _, gradients = tidegraph.value_and_grad(graph, target="loss")(read.values)
    assert gradients[read.names["head"]].shape == (5, 3)


def external() -> bytes:
    proto = onnx.load_from_string(perceptron()[0])
    tensor = proto.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    return proto.SerializeToString()


def false_shape() -> bytes:
    proto = onnx.load_from_string(perceptron()[0])
    proto.graph.initializer[0].dims[:] = [2**40, 2**20]
    return proto.SerializeToString()


def cycle() -> bytes:
    nodes = [helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Relu", ["a"], ["b"])]
    return model(nodes, [info("x", [2])], [info("b", [2])])


def doubling() -> bytes:
    nodes = [helper.make_node("Concat", [f"c{n}", f"c{n}"], [f"c{n + 1}"], axis=0) for n in range(60)]
    nodes.append(helper.make_node("Add", ["x", "c60"], ["y"]))
    return model(nodes, [info("x", [1])], [info("y", None)], [("c0", np.ones(1, np.int64))])


def huge_fill() -> bytes:
    nodes = [helper.make_node("ConstantOfShape", ["s"], ["c"]), helper.make_node("ReduceSum", ["c"], ["y"], keepdims=0)]
    return model(nodes, [], [info("y", [])], [("s", np.array([2**31, 2**31]))])


def recursive() -> bytes:
    body = [helper.make_node("Loop_", ["a"], ["b"], domain="own")]
    function = helper.make_function("own", "Loop_", ["a"], ["b"], body, [helper.make_opsetid("own", 1)])
    node = helper.make_node("Loop_", ["x"], ["y"], domain="own")
    return model([node], [info("x", [1])], [info("y", [1])], functions=[function])


@pytest.mark.parametrize("make", [external, false_shape, cycle, doubling, huge_fill, recursive])
def test_hostile_files_are_refused(make) -> None:
    with pytest.raises(TidegraphError):
        tidegraph.onnx.read(make())


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"PK\x03\x04", b"\x0a\xff\xff\xff\xff\x0f", b"x" * 1000])
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(TidegraphError):
        tidegraph.onnx.read(content)


def test_every_truncation_and_bit_is_harmless() -> None:
    content, _ = perceptron()
    rng = np.random.default_rng(0)
    for _ in range(150):
        data = bytearray(content[: rng.integers(1, len(content) + 1)])
        for place in rng.integers(0, len(data), 3):
            data[place] ^= 1 << rng.integers(0, 8)
        try:
            tidegraph.onnx.read(bytes(data))
        except TidegraphError:
            continue


def test_names_with_markup_stay_names() -> None:
    node = helper.make_node("Relu", ["<script>x"], ["y'\"\n= 1"], name="/<b>/\n/Relu")
    read = tidegraph.onnx.read(model([node], [info("<script>x", [2])], [info("y'\"\n= 1", [2])]))
    assert "<" not in read.program
    np.testing.assert_allclose(run(read)[0].shape, (2,))
