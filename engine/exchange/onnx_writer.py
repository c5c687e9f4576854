"""A graph as an ONNX model in double precision: its forward pass, or a derived graph with forward and backward.

Inputs and targets are inputs of the model by name, parameters are its initialisers by name, and the first output is the
target. The package `onnx` is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tidegraph.engine.autodiff.derivatives import gradients
from tidegraph.engine.autodiff.simplify import simplify
from tidegraph.engine.graph import Graph, InputError, Operator, Variable, ancestors
from tidegraph.engine.ops.source.onnx import NODES
from tidegraph.engine.ops.source.text import Unknown

OPSET = 20
TYPES = {"float": np.dtype(np.float64), "int": np.dtype(np.int64), "bool": np.dtype(np.bool_)}


def write(
    graph: Graph, values: Mapping[str, np.ndarray], target: str | None = None, *, backward: bool = False
) -> bytes:
    """The model's bytes. `values` are those of declared variables; without a target the last result is the output.

    With `backward` the gradients of the parameters are outputs too, `dJ_dW1` after `J`. Raises InputError for an
    operator that ONNX cannot say, and without the package `onnx`.
    """
    name = target or graph.target
    if name is None and not backward:
        name = list(graph.variables)[-1]
        return Writer(graph, values).file({name: graph.find(name)})
    goal = graph.resolve_target(name)
    outputs = {graph.names[goal]: goal}
    if backward:
        found = gradients(graph, name, None)
        simple = simplify(found.values(), graph.operators)
        outputs |= {f"d{graph.names[goal]}_d{of}": simple[g] for of, g in found.items()}
    return Writer(graph, values).file(outputs)


class Writer:
    """One model while it is written."""

    def __init__(self, graph: Graph, values: Mapping[str, np.ndarray]) -> None:
        try:
            import onnx
        except ImportError:
            raise InputError("needs-package", package="onnx", extra="onnx") from None
        self.onnx = onnx
        self.graph = graph
        self.values = values
        self.nodes: list[Any] = []
        self.constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self.arrays: dict[str, np.ndarray] = {}
        self.names: dict[Variable, str] = {}
        self.kinds: dict[str, str] = {}
        self.taken = set(graph.variables)
        self.wanted: str | None = None

    def fresh(self, stem: str) -> str:
        """A free name."""
        name, count = stem, 1
        while name in self.taken:
            count += 1
            name = f"{stem}_{count}"
        self.taken.add(name)
        return name

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """Add a node; the name of its output, or the names of several."""
        names = [self.fresh(kind.lower()) for _ in range(outputs)]
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names[0] if outputs == 1 else tuple(names)

    def constant(self, value: Any) -> str:
        """The name of a constant array: float64, int64 or bool."""
        array = np.asarray(value)
        if array.dtype.kind == "f":
            array = array.astype(np.float64)
        key = (array.dtype.str, array.shape, array.tobytes())
        known = self.constants.get(key)
        if known is None:
            known = self.constants[key] = self.fresh("constant")
            self.arrays[known] = array
        return known

    def cast(self, name: str, kind: str) -> str:
        """An array as `float`, `int` or `bool`."""
        types = {"float": self.onnx.TensorProto.DOUBLE, "int": self.onnx.TensorProto.INT64}
        found: str = self.node("Cast", name, to=types.get(kind, self.onnx.TensorProto.BOOL))
        return found

    def operand(self, variable: Variable, kind: str) -> str:
        """An input of an operator, of the kind that it is computed in."""
        if variable.literal is not None:
            return self.constant(np.asarray(variable.literal, TYPES[kind if kind != "bool" else variable.kind]))
        name = self.names.get(variable)
        if name is None:
            assert variable.leaf is not None, "an operator comes after what it reads"
            name = self.names[variable] = self.constant(np.asarray(variable.leaf.initial, TYPES["float"]))
        if variable.kind == kind or kind == "bool":
            return name
        return self.cast(name, kind)

    def write(self, operator: Operator) -> None:
        """One operator as nodes, whose last ones have the names of its outputs."""
        build = NODES.get(operator.op.name)
        if build is None:
            raise InputError("no-spelling", framework="ONNX", name=operator.op.name)
        kinds = {v.kind for v in operator.inputs}
        common = "float" if "float" in kinds else "int" if "int" in kinds else "bool"
        if common == "bool" and operator.outputs[0].kind != "bool":
            common = operator.outputs[0].kind
        exact = operator.outputs[0].kind == "float" and common != "float"
        inputs = []
        for port, variable in enumerate(operator.inputs):
            first = port == 0 and len(operator.inputs) == 3 and variable.kind == "bool"
            inputs.append(self.operand(variable, "bool" if first else "float" if exact else common))
        try:
            made = build(self, operator, inputs)
        except Unknown:
            raise InputError("no-spelling", framework="ONNX", name=operator.op.name) from None
        for variable, name in zip(operator.outputs, made if isinstance(made, tuple) else (made,), strict=True):
            self.names[variable] = name

    def file(self, outputs: Mapping[str, Variable]) -> bytes:
        """The whole model."""
        helper, types = self.onnx.helper, self.onnx.TensorProto
        operators = ancestors(outputs.values())
        read = {v for operator in operators for v in operator.inputs} | set(outputs.values())
        inputs = []
        for name, leaf in self.graph.leaves("input", "target", "parameter").items():
            if leaf not in read:
                continue
            self.names[leaf] = name
            assert leaf.leaf is not None
            if leaf.leaf.role == "parameter":
                self.arrays[name] = np.asarray(self.values[name], np.float64)
            else:
                inputs.append(helper.make_tensor_value_info(name, types.DOUBLE, list(leaf.shape)))
        for operator in operators:
            self.write(operator)
        results = []
        for name, variable in outputs.items():
            kind = {"float": types.DOUBLE, "int": types.INT64}.get(variable.kind, types.BOOL)
            source = self.operand(variable, variable.kind)
            result = name if name not in self.names.values() else self.fresh(f"{name}_out")
            self.nodes.append(helper.make_node("Identity", [source], [result], name=f"result/{name}"))
            results.append(helper.make_tensor_value_info(result, kind, list(variable.shape)))
        arrays = [self.onnx.numpy_helper.from_array(array, name) for name, array in self.arrays.items()]
        graph = helper.make_graph(self.nodes, "tidegraph", inputs, results, arrays)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="tidegraph")
        model.ir_version = 9
        self.onnx.checker.check_model(model, full_check=True)
        content: bytes = model.SerializeToString()
        return content
