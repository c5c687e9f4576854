"""ONNX files to programs: nodes become operators, initialisers values, node name paths and functions scopes.

Everything that follows from shapes and constants is worked out while the file is read. Data outside the file is never
fetched, nothing is executed, and every step is bounded, whatever the file says of itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from tidegraph.engine.graph import InputError, ShapeError, TidegraphError, Variable, size_of
from tidegraph.engine.graph.budget import BudgetError
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.models.aten import Calls, NoRule
from tidegraph.engine.models.builder import Block, Builder
from tidegraph.engine.models.model import Model, plain_array
from tidegraph.engine.models.onnx_rules import EXPLOSIVE, RULES, Known, Node, Unreadable

MAX_BYTES = 2**31
MAX_NODES = 200_000
MAX_NESTING = 32
MAX_FOLDED = 2**24
"""Elements of an array that is worked out while a file is read."""

GUESSES = (8, 64, 512)
"""Sizes that an open dimension may have where 1 is too small: windows of convolutions and of spectra fit."""

MOST_OPEN = 4
"""Open dimensions that are tried."""

FLOATS = frozenset({"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"})


def read(file: str | os.PathLike[str] | bytes, sizes: Mapping[str, int | Sequence[int]] | None = None) -> Model:
    """The model in an ONNX file as a program with its values.

    `sizes` maps the names of dimensions to numbers, or the names of inputs to shapes; an open dimension without one
    is 1, or a larger number where 1 does not fit, which a note says. Raises a TidegraphError that names the operator
    which cannot be read. Needs the package `onnx`.
    """
    try:
        onnx: Any = import_module("onnx")
    except ImportError:
        raise InputError("needs-package", package="onnx", extra="onnx") from None
    content = file if isinstance(file, bytes) else Path(file).read_bytes()
    if len(content) > MAX_BYTES:
        raise InputError("model-too-large", name="ONNX", size=len(content), most=MAX_BYTES)
    proto = onnx.ModelProto()
    try:
        proto.ParseFromString(content)
    except Exception as error:
        raise InputError("onnx-unreadable", reason=str(error)[:200]) from None
    if not proto.HasField("graph") or not proto.graph.output:
        raise InputError("onnx-no-graph")
    reader = Reader(onnx, proto, dict(sizes or {}))
    try:
        return made(reader)
    except TidegraphError as error:
        if not reader.opened or not from_shapes(error):
            raise
        for guess in guesses(reader.opened):
            try:
                model = made(Reader(onnx, proto, {**dict(sizes or {}), **guess}))
            except BudgetError:
                raise
            except TidegraphError:
                continue
            model.notes += [f"the open dimension {name} is {n}, for 1 does not fit" for name, n in guess.items()]
            return model
        error.given_hint = Message("onnx-sizes", names=list(reader.opened))
        raise


def made(reader: Reader) -> Model:
    """The model that a reader reads; a TidegraphError whatever is wrong with its file."""
    try:
        return reader.model()
    except TidegraphError:
        raise
    except RecursionError:
        raise InputError("onnx-nesting") from None
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError, MemoryError) as error:
        raise InputError("onnx-malformed", reason=str(error)[:200] or type(error).__name__) from None


def guesses(opened: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Sizes of open dimensions to try where 1 does not fit: of one or all but the first axes, which are batches."""
    names = [name for name, place in opened.items() if place > 0][:MOST_OPEN]
    for size in GUESSES:
        if len(names) > 1:
            yield from ({name: size} for name in names)
        if names:
            yield dict.fromkeys(names, size)


class Reader:
    """One file that is being read."""

    def __init__(self, onnx: Any, proto: Any, sizes: dict[str, Any]) -> None:
        self.onnx = onnx
        self.proto = proto
        self.sizes = sizes
        self.builder = Builder()
        self.calls = Calls(self.builder, self.variable)
        self.integers: set[Variable] = set()
        self.kinds: dict[Variable, str] = {}
        """ONNX's types of the inputs."""
        self.stack: list[str] = []
        self.opened: dict[str, int] = {}
        """Open dimensions without a given size, with their places among an input's axes."""
        self.sized: dict[str, int] = {}
        """All open dimensions with their sizes."""
        self.prefix: list[str] = []
        """The scopes around a graph inside a node."""
        self.functions = {(f.domain, f.name): f for f in proto.functions}
        self.opsets = {o.domain: o.version for o in proto.opset_import}
        self.declared: dict[str, Any] = {}
        self.count = 0
        self.folded = 0
        self.depth = 0
        if not proto.opset_import or self.opsets.get("", self.opsets.get("ai.onnx", 7)) < 7:
            raise InputError("onnx-opset")

    # The graph

    def model(self) -> Model:
        graph = self.proto.graph
        for info in (*graph.value_info, *graph.output):
            self.declared[info.name] = info.type
        env: dict[str, Any] = {"": None}
        statistics = self.statistics(graph)
        for tensor in graph.initializer:
            array = self.array(tensor)
            role = "parameter" if array.dtype.kind == "f" and tensor.name not in statistics else "constant"
            env[tensor.name] = Known(array, tensor.name, role, self.kind_name(tensor.data_type))
        for tensor in graph.sparse_initializer:
            raise InputError("onnx-sparse", name=tensor.values.name)
        inputs = [self.input(info, env) for info in graph.input if info.name not in env]
        self.nodes(graph.node, env)
        results = []
        for info in graph.output:
            if info.name not in env:
                raise InputError("onnx-output-missing", name=info.name)
            found = self.variable(env[info.name])
            if not isinstance(found, Variable):
                raise InputError("onnx-output-no-array", name=info.name)
            if found.literal is not None:
                found = self.calls.broadcast_to(found, shape=()) if found.shape else self.calls.identity(found)
            results.append((info.name, found))
        scalars = [v for _, v in results if not v.shape and v.kind == "float"]
        model = self.builder.model(inputs, results, scalars[0] if scalars else None)
        model.sizes = self.sized
        return model

    def statistics(self, graph: Any) -> set[str]:
        """Initialisers that only hold running averages of batch norm."""
        found: set[str] = set()
        others: set[str] = set()
        for node in graph.node:
            for place, name in enumerate(node.input):
                (found if node.op_type == "BatchNormalization" and place > 2 else others).add(name)
        return found - others

    def input(self, info: Any, env: dict[str, Any]) -> Variable:
        kind = info.type.WhichOneof("value")
        if kind != "tensor_type":
            raise InputError("onnx-input-kind", name=info.name, kind=kind or "?")
        tensor = info.type.tensor_type
        name = self.onnx.TensorProto.DataType.Name(tensor.elem_type)
        if not tensor.HasField("shape") and info.name not in self.sizes:
            raise InputError("onnx-input-shape", f'sizes={{"{info.name}": (1, 3)}}', name=info.name)
        shape = self.shape(info.name, tensor.shape.dim)
        if name == "STRING":
            raise InputError("onnx-input-kind", name=info.name, kind="string")
        if name.startswith("COMPLEX"):
            raise InputError("onnx-input-kind", name=info.name, kind="complex")
        if size_of(shape) > 2**31:
            raise InputError("onnx-input-large", name=info.name, count=size_of(shape))
        variable = self.builder.leaf(info.name, shape, "input", example(info.name, shape, name))
        if name == "FLOAT16":
            self.builder.note("float16 is computed in float32")
        if name == "BOOL":
            env[info.name] = self.builder.truth(variable)
        else:
            env[info.name] = variable
            self.kinds[variable] = name
            if name not in FLOATS and not name.startswith("FLOAT"):
                self.integers.add(variable)
        return variable

    def kind_name(self, number: int) -> str:
        """ONNX's name of a type of numbers."""
        return str(self.onnx.TensorProto.DataType.Name(number))

    def shape(self, name: str, dims: Any) -> tuple[int, ...]:
        given = self.sizes.get(name)
        if given is not None and not isinstance(given, int):
            return tuple(int(n) for n in given)
        found = []
        for place, dim in enumerate(dims):
            if dim.WhichOneof("value") == "dim_value" and dim.dim_value >= 0:
                found.append(int(dim.dim_value))
                continue
            label = dim.dim_param or f"{name}[{place}]"
            size = self.sizes.get(label)
            if size is None:
                self.builder.note(f"the open dimension {label} is 1")
                self.opened[label] = min(place, self.opened.get(label, place))
                size = 1
            if not isinstance(size, int) or size < 0:
                raise InputError("onnx-size", f'sizes={{"{label}": 1}}', name=label)
            self.sized[label] = size
            found.append(size)
        return tuple(found)

    def array(self, tensor: Any) -> np.ndarray:
        """The numbers of a tensor in the file; float16, bfloat16 and smaller as float32."""
        proto = self.onnx.TensorProto
        if tensor.data_location == proto.EXTERNAL or tensor.external_data:
            raise InputError("onnx-external", name=tensor.name)
        if tensor.data_type in (proto.STRING, proto.COMPLEX64, proto.COMPLEX128, proto.UNDEFINED):
            raise InputError("onnx-tensor-kind", name=tensor.name)
        if any(n < 0 for n in tensor.dims) or size_of(tensor.dims) > max(tensor.ByteSize() * 8, 64):
            raise InputError("onnx-tensor-size", name=tensor.name)
        try:
            array = self.onnx.numpy_helper.to_array(tensor)
        except Exception as error:
            raise InputError("onnx-tensor-data", name=tensor.name, reason=str(error)[:200]) from None
        if (
            array.dtype.kind == "V"
            or (array.dtype.kind == "f" and array.dtype.itemsize < 4)
            or ("float" in str(array.dtype) and array.dtype not in (np.float32, np.float64))
        ):
            self.builder.note(f"{array.dtype} is computed in float32")
            return np.asarray(array.astype(np.float32))
        return np.asarray(array)

    # Nodes

    def nodes(self, nodes: Sequence[Any], env: dict[str, Any]) -> None:
        """Read nodes in an order that keeps those of one scope together."""
        for node in self.ordered(nodes, env):
            self.count += 1
            if self.count > MAX_NODES:
                raise InputError("onnx-nodes", most=MAX_NODES)
            self.node(node, env)

    def ordered(self, nodes: Sequence[Any], env: Mapping[str, Any]) -> Iterator[Any]:
        if len(nodes) > MAX_NODES:
            raise InputError("onnx-nodes", most=MAX_NODES)
        makers = {name: number for number, node in enumerate(nodes) for name in node.output if name}
        waits = []
        readers: dict[int, list[int]] = {}
        for number, node in enumerate(nodes):
            names = set(node.input) | set(free_names(node, MAX_NESTING))
            needed = {makers[name] for name in names if name in makers}
            waits.append(len(needed))
            for maker in needed:
                readers.setdefault(maker, []).append(number)
        paths = [scope_path(node.name) for node in nodes]
        ready: dict[tuple[str, ...], list[int]] = {}
        count = 0

        def add(number: int) -> None:
            heappush(ready.setdefault(paths[number], []), number)

        for number, wait in enumerate(waits):
            if not wait:
                add(number)
        here: tuple[str, ...] = ()
        while ready:
            path = here
            while path not in ready:
                inside = [p for p in ready if p[: len(path)] == path] if len(ready) < 64 or not path else []
                if inside:
                    path = min(inside, key=lambda p: ready[p][0])
                    break
                path = path[:-1] if path else min(ready, key=lambda p: ready[p][0])
            number = heappop(ready[path])
            if not ready[path]:
                del ready[path]
            here = path
            count += 1
            yield nodes[number]
            for reader in readers.get(number, ()):
                waits[reader] -= 1
                if not waits[reader]:
                    add(reader)
        if count < len(nodes):
            raise InputError("onnx-cycle")

    def node(self, node: Any, env: dict[str, Any]) -> None:
        for name in node.input:
            if name not in env:
                raise InputError("onnx-node-input", operator=node.op_type, node=label(node), name=name)
        path = list(scope_path(node.name))
        self.move_to(path if path[: len(self.prefix)] == self.prefix else self.prefix + path)
        inputs = [env[name] for name in node.input]
        try:
            results = self.results(node, inputs, env)
        except Unreadable as error:
            raise InputError(
                "onnx-node-because", operator=qualified(node), node=label(node), reason=error.reason
            ) from None
        except NoRule:
            raise InputError("onnx-node", operator=qualified(node), node=label(node)) from None
        except TidegraphError as error:
            if node.op_type in error.message:
                raise
            raise InputError(
                "onnx-node-because",
                operator=qualified(node),
                node=label(node),
                reason=Message(error.code, **error.parameters),
            ) from None
        env.update(zip(node.output, results, strict=False))
        env[""] = None

    def results(self, node: Any, inputs: list[Any], env: dict[str, Any]) -> list[Any]:
        op = node.op_type
        if node.domain in ("", "ai.onnx"):
            if op == "Constant":
                return [self.constant(node)]
            if op in ("If", "Loop", "Scan"):
                return list(self.control(node, inputs, env))
            known = all(isinstance(v, Known) or v is None for v in inputs)
            if known and not any(v is not None and v.weights for v in inputs) and op not in ("Dropout",):
                folded = self.fold(node, inputs)
                if folded is not None:
                    return folded
        self.check_widths(op, inputs)
        function = self.functions.get((node.domain, op))
        if function is not None:
            return self.call_function(function, node, inputs)
        rule = RULES.get(op) if node.domain in ("", "ai.onnx") else None
        if rule is not None:
            view = Node(self, node, inputs, self.calls)
            try:
                found = rule(view)
            except Unreadable:
                body = self.body(node, inputs)
                if body is None:
                    raise
                return self.call_function(body, node, inputs)
            made = list(found) if isinstance(found, (tuple, list)) else [found]
            if view.same_type and inputs and self.is_integer(inputs[view.typed_by]):
                self.integers.update(v for v in made if isinstance(v, Variable))
            return made
        body = self.body(node, inputs)
        if body is None:
            raise NoRule
        return self.call_function(body, node, inputs)

    def check_widths(self, op: str, inputs: list[Any]) -> None:
        """Narrow types round after each step, which float32 does not."""
        if op in ("Cast", "CastLike", "Identity", "DequantizeLinear"):
            return
        kinds = {self.kinds.get(v, "") for v in inputs if isinstance(v, Variable)}
        if "BFLOAT16" in kinds or (op == "Attention" and "FLOAT16" in kinds):
            raise Unreadable("its numbers have less digits than those of float32; export the model in float32")

    def constant(self, node: Any) -> Known:
        """The value of a Constant node."""
        for attribute in node.attribute:
            if attribute.name == "value":
                return Known(self.array(attribute.t))
            if attribute.name in ("value_float", "value_floats"):
                value = attribute.f if attribute.name == "value_float" else list(attribute.floats)
                return Known(np.array(value, np.float32))
            if attribute.name in ("value_int", "value_ints"):
                value = attribute.i if attribute.name == "value_int" else list(attribute.ints)
                return Known(np.array(value, np.int64))
        raise Unreadable("its value is no array of numbers")

    def fold(self, node: Any, inputs: list[Any]) -> list[Any] | None:
        """The results of a node whose inputs are all known, or None where it is not worked out here."""
        op = node.op_type
        arrays: list[Any] = [None if v is None else v.array for v in inputs]
        sizes = [a.size for a in arrays if a is not None]
        if op in EXPLOSIVE:
            bound = EXPLOSIVE[op](node, arrays)
        elif op in ("Concat", "Sum", "Max", "Min", "Mean"):
            bound = sum(sizes) if op == "Concat" else size_of(np.broadcast_shapes(*(a.shape for a in arrays)))
        elif len(sizes) > 1:
            bound = 1
            for size in sorted(sizes)[-2:]:
                bound *= max(size, 1)
        else:
            bound = sum(sizes)
        if bound > MAX_FOLDED or sum(sizes) > MAX_FOLDED:
            return None
        if op.startswith("Random") or op in ("Bernoulli", "Multinomial"):
            self.builder.note(f"{op} is drawn once and is a constant of the program")
        self.folded += bound
        if self.folded > 16 * MAX_FOLDED:
            raise Unreadable("the file computes too much with constants")
        helper = self.onnx.helper
        feeds = {f"i{n}": a for n, a in enumerate(arrays) if a is not None}
        copy = self.onnx.NodeProto()
        copy.CopyFrom(node)
        del copy.input[:]
        copy.input.extend(f"i{n}" if a is not None else "" for n, a in enumerate(arrays))
        del copy.output[:]
        copy.output.extend(f"o{n}" if name else "" for n, name in enumerate(node.output))
        kinds = [
            helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
            for n, a in feeds.items()
        ]
        outs = [helper.make_value_info(name, self.onnx.TypeProto()) for name in copy.output if name]
        graph = helper.make_graph([copy], "folded", kinds, outs)
        opsets = [helper.make_opsetid(d, v) for d, v in self.opsets.items()]
        model = helper.make_model(graph, opset_imports=opsets)
        try:
            with np.errstate(all="ignore"):
                session = import_module("onnx.reference").ReferenceEvaluator(model)
                found = iter(session.run(None, feeds))
        except Exception:
            return None
        results: list[Any] = []
        for name in copy.output:
            value = next(found) if name else None
            if name and not isinstance(value, (np.ndarray, np.generic)):
                return None
            results.append(None if value is None else Known(np.asarray(value)))
        return results

    def call_function(self, function: Any, node: Any, inputs: list[Any]) -> list[Any]:
        """The nodes of a function in place of its call, in a scope of its own."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise Unreadable("its functions call each other without end")
        env: dict[str, Any] = {"": None}
        for place, name in enumerate(function.input):
            env[name] = inputs[place] if place < len(inputs) else None
        given = {a.name: a for a in node.attribute}
        for default in function.attribute_proto:
            given.setdefault(default.name, default)
        body = [with_attributes(self.onnx, inner, given) for inner in function.node]
        before, opsets = self.prefix, self.opsets
        self.opsets = {**opsets, **{o.domain: o.version for o in function.opset_import}}
        block = self.builder.enter(part(function.name))
        depth = len(self.stack)
        stack, self.stack = self.stack, []
        self.prefix = []
        try:
            self.nodes(body, env)
            self.move_to([])
        finally:
            self.stack = stack
            self.prefix, self.opsets = before, opsets
            self.builder.block = block.parent if block.parent is not None else self.builder.root
            self.depth -= 1
        assert depth == len(self.stack)
        return [env.get(name) for name in function.output]

    def body(self, node: Any, inputs: list[Any]) -> Any:
        """The definition of an operator in terms of others, where ONNX gives one."""
        defs = self.onnx.defs
        version = self.opsets.get(node.domain, self.opsets.get("", 7))
        try:
            schema = defs.get_schema(node.op_type, version, node.domain)
        except Exception:
            return None
        proto = self.onnx.FunctionProto()
        try:
            if schema.has_context_dependent_function:
                types = [self.type_of(v).SerializeToString() for v in inputs]
                proto.ParseFromString(schema.get_context_dependent_function(node.SerializeToString(), types))
            elif schema.has_function:
                proto.CopyFrom(schema.function_body)
            else:
                return None
        except Exception:
            return None
        if not proto.opset_import:
            proto.opset_import.append(self.onnx.helper.make_opsetid("", self.opsets.get("", version)))
        if not proto.input:
            proto.input.extend(p.name for p in schema.inputs[: len(inputs)])
        if not proto.output:
            proto.output.extend(p.name for p in schema.outputs[: len(node.output)])
        return proto

    def type_of(self, value: Any) -> Any:
        helper, tensor = self.onnx.helper, self.onnx.TensorProto
        if value is None:
            return self.onnx.TypeProto()
        if isinstance(value, Known):
            number = (
                tensor.DataType.Value(value.kind) if value.kind else helper.np_dtype_to_tensor_dtype(value.array.dtype)
            )
            return helper.make_tensor_type_proto(number, value.array.shape)
        if value in self.kinds:
            return helper.make_tensor_type_proto(tensor.DataType.Value(self.kinds[value]), value.shape)
        kind = tensor.INT64 if self.is_integer(value) else tensor.BOOL if value.kind == "bool" else tensor.FLOAT
        return helper.make_tensor_type_proto(kind, value.shape)

    # Branches and loops

    def control(self, node: Any, inputs: list[Any], env: dict[str, Any]) -> Sequence[Any]:
        graphs = {a.name: a.g for a in node.attribute if a.HasField("g")}
        if node.op_type == "If":
            condition = inputs[0]
            if isinstance(condition, Known):
                chosen = graphs["then_branch" if bool(condition.array.reshape(-1)[0]) else "else_branch"]
                return self.inline(chosen, env, {})
            branches = self.branches(node, graphs, env)
            if len(branches) == 1:
                return branches[0]
            one, other = branches
            test = self.calls.shaped(condition, ())
            pairs = [(self.variable(a), self.variable(b)) for a, b in zip(one, other, strict=True)]
            if any(a.shape != b.shape for a, b in pairs):
                raise Unreadable("its branches have different shapes and its condition is not known")
            return [self.calls.where(test, a, b) for a, b in pairs]
        if node.op_type == "Loop":
            return self.loop(graphs["body"], inputs, env)
        return self.scan(node, graphs["body"], inputs, env)

    def branches(self, node: Any, graphs: Mapping[str, Any], env: dict[str, Any]) -> list[list[Any]]:
        """The results of both branches, or of the only one that fits the sizes of the inputs, which a note says."""
        made: list[list[Any]] = []
        refusal: TidegraphError | None = None
        block, stack = self.builder.block, list(self.stack)
        for name in ("then_branch", "else_branch"):
            try:
                made.append(self.inline(graphs[name], env, {}))
            except TidegraphError as error:
                if refusal is not None or not from_shapes(error):
                    raise
                refusal, self.builder.block, self.stack = error, block, list(stack)
                reason = "is left out, for the inputs do not have its sizes"
                self.builder.note(f"{qualified(node)} {label(node)}: {name} {reason}")
        return made

    def inline(self, graph: Any, env: dict[str, Any], given: Mapping[str, Any]) -> list[Any]:
        """The results of a graph inside a node, which sees the names around it."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise Unreadable("its graphs are nested too deeply")
        inner = {**env, **given}
        for tensor in graph.initializer:
            inner[tensor.name] = Known(self.array(tensor), tensor.name)
        before = self.prefix
        self.prefix = list(self.stack)
        try:
            self.nodes(graph.node, inner)
        finally:
            self.prefix = before
            self.depth -= 1
        return [inner[info.name] for info in graph.output]

    def loop(self, body: Any, inputs: list[Any], env: dict[str, Any]) -> Sequence[Any]:
        count, condition, *state = inputs
        if count is not None and not isinstance(count, Known):
            raise Unreadable("how often it runs is not known")
        most = int(count.array.reshape(-1)[0]) if count is not None else 2**62
        names = [info.name for info in body.input]
        columns: list[list[Any]] = [[] for _ in range(len(body.output) - 1 - len(state))]
        step = 0
        while step < most:
            if condition is not None:
                if not isinstance(condition, Known):
                    raise Unreadable("when it ends depends on computed numbers")
                if not bool(condition.array.reshape(-1)[0]):
                    break
            if step >= 10_000:
                raise Unreadable("it runs more than 10,000 times")
            given = dict(zip(names, [Known(np.array(step)), condition, *state], strict=False))
            condition, *rest = self.inline(body, env, given)
            state = rest[: len(state)]
            for column, value in zip(columns, rest[len(state) :], strict=True):
                column.append(value)
            step += 1
        return [*state, *(self.stacked(column) for column in columns)]

    def scan(self, node: Any, body: Any, inputs: list[Any], env: dict[str, Any]) -> Sequence[Any]:
        attributes = {a.name: a for a in node.attribute}
        count = attributes["num_scan_inputs"].i
        state, scanned = list(inputs[: len(inputs) - count]), [self.variable(v) for v in inputs[len(inputs) - count :]]

        def option(name: str, length: int) -> list[int]:
            return list(attributes[name].ints) if name in attributes else [0] * length

        outs = len(body.output) - len(state)
        axes = option("scan_input_axes", count)
        backward = option("scan_input_directions", count)
        out_axes, out_backward = option("scan_output_axes", outs), option("scan_output_directions", outs)
        if not scanned:
            raise Unreadable("it scans nothing")
        length = scanned[0].shape[axes[0]]
        names = [info.name for info in body.input]
        columns: list[list[Any]] = [[] for _ in range(outs)]
        for step in range(length):
            parts = [
                self.calls.at(v, axis, length - 1 - step if back else step)
                for v, axis, back in zip(scanned, axes, backward, strict=True)
            ]
            rest = self.inline(body, env, dict(zip(names, [*state, *parts], strict=True)))
            state = rest[: len(state)]
            for column, value in zip(columns, rest[len(state) :], strict=True):
                column.append(value)
        made = []
        for column, axis, back in zip(columns, out_axes, out_backward, strict=True):
            made.append(self.stacked(column[::-1] if back else column, axis))
        return [*state, *made]

    def stacked(self, column: list[Any], axis: int = 0) -> Any:
        if not column:
            raise Unreadable("it never runs")
        if all(isinstance(v, Known) for v in column):
            return Known(np.stack([v.array for v in column], axis))
        return self.calls.stack(*[self.variable(v) for v in column], axis=axis)

    # Values

    def variable(self, value: Any) -> Any:
        """A known array as a variable; anything else as it is."""
        if not isinstance(value, Known):
            return value
        if value.variable is None:
            array = plain_array(value.array)
            made: Variable
            if value.source:
                leaf = self.builder.leaf(value.source, array.shape, value.role, array, stem=stem_of(value.source))
                made = self.builder.truth(leaf) if array.dtype == np.bool_ else leaf
            else:
                made = self.builder.constant(array)
            if array.dtype.kind in "iu":
                self.integers.add(made)
            value.variable = made
        return value.variable

    def is_integer(self, value: Any) -> bool:
        """Whether a value holds whole numbers by its type."""
        if isinstance(value, Known):
            return value.array.dtype.kind in "iu"
        return isinstance(value, Variable) and (value.kind == "int" or value in self.integers)

    def shape_of(self, name: str) -> tuple[int, ...] | None:
        """The shape that the file declares for a value, where it is complete."""
        kind = self.declared.get(name)
        if kind is None or not kind.tensor_type.HasField("shape"):
            return None
        found = []
        for dim in kind.tensor_type.shape.dim:
            size = dim.dim_value if dim.WhichOneof("value") == "dim_value" else self.sizes.get(dim.dim_param)
            if not isinstance(size, int) or size < 0:
                return None
            found.append(size)
        return tuple(found)

    # Scopes

    def move_to(self, path: list[str]) -> None:
        """Close and open scopes until the current ones are `path`."""
        same = 0
        while same < min(len(path), len(self.stack)) and self.stack[same] == path[same]:
            same += 1
        for _ in self.stack[same:]:
            self.builder.leave()
        del self.stack[same:]
        for name in path[same:]:
            around = self.stack[-1] if self.stack else ""
            short = name.removeprefix(f"{around}.") if around else name
            block: Block = self.builder.enter(part(short))
            self.stack.append(name)
            block.source = "/".join(["", *self.stack])


def scope_path(name: str) -> tuple[str, ...]:
    """The scopes in a node's name: `/encoder/layer.0/Add` lies in `encoder` and, in that, `layer.0`."""
    parts = [p for p in name.split("/")[:-1] if p]
    return tuple(p[:80] for p in parts[:12])


def part(name: str) -> str:
    """A name that a scope can have."""
    words = ["".join(c if c.isalnum() or c == "_" else "_" for c in word) for word in name.split(".")]
    return ".".join(w for w in words if w)[:120].strip(".") or "scope"


def stem_of(source: str) -> str:
    """The end of an initialiser's name."""
    return source.rpartition("/")[2] or source


def from_shapes(error: BaseException | None) -> bool:
    """Whether an error was raised for shapes that do not fit each other."""
    while error is not None and not isinstance(error, ShapeError):
        error = error.__context__
    return error is not None


def label(node: Any) -> str:
    """A node's name in parentheses, shortened."""
    return f"({node.name[:60]})" if node.name else ""


def qualified(node: Any) -> str:
    """An operator's name with its domain where that is not ONNX's own."""
    return f"{node.domain}.{node.op_type}" if node.domain not in ("", "ai.onnx") else str(node.op_type)


def free_names(node: Any, depth: int) -> Iterator[str]:
    """The names that the graphs inside a node may read from outside."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            if depth <= 0:
                raise InputError("onnx-nesting")
            for inner in attribute.g.node:
                yield from inner.input
                yield from free_names(inner, depth - 1)
            yield from (info.name for info in attribute.g.output)


def with_attributes(onnx: Any, node: Any, given: Mapping[str, Any]) -> Any:
    """A node of a function with the attributes that the call gives."""
    if not any(a.ref_attr_name for a in node.attribute):
        return node
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    del copy.attribute[:]
    for attribute in node.attribute:
        if not attribute.ref_attr_name:
            copy.attribute.append(attribute)
        elif attribute.ref_attr_name in given:
            found = onnx.AttributeProto()
            found.CopyFrom(given[attribute.ref_attr_name])
            found.name = attribute.name
            copy.attribute.append(found)
    return copy


def example(name: str, shape: tuple[int, ...], kind: str) -> np.ndarray:
    """An input to begin with: drawn floats, zeros as indices, ones in a mask."""
    if kind == "DOUBLE" or kind in FLOATS or kind.startswith("FLOAT"):
        drawn = np.random.default_rng(0).normal(size=shape)
        return drawn.astype(np.float64 if kind == "DOUBLE" else np.float32)
    if kind == "BOOL":
        return np.ones(shape, np.bool_)
    return np.full(shape, int("mask" in name), np.int64)
