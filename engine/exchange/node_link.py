"""Graphs as data: node-link form, as the trace has it, back to a Graph.

The trace's `graph` (with its `scopes`, if the circles are to open) describes the graph completely, so programs can
build graphs without writing text, and a trace sent back gives the same trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tidegraph.engine.graph import (
    REGISTRY,
    Graph,
    InputError,
    Operator,
    Scope,
    TidegraphError,
    Variable,
    leaf,
    literal,
    nearest,
    size_of,
)
from tidegraph.engine.graph import origin as placed
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.ops.declare import Primitive

ROLES = ("input", "target", "parameter", "constant", "intermediate")
KINDS = {"float64": "float", "float32": "float", "int64": "int", "bool": "bool"}
MAX_ELEMENTS = 2**40


def graph_from_data(
    data: Mapping[str, Any], scopes: Sequence[Mapping[str, Any]] = (), target: str | None = None
) -> Graph:
    """The graph of node-link data: `{"nodes": [...], "edges": [...]}` as in a trace.

    A variable node needs `id`, `kind`, and, unless an operator computes it, `role` and `shape`; its `value` becomes its
    first value. An operator node needs `id`, `kind` and `op`, and may have `attributes`, `literals` and `scope`. An
    edge has `source`, `target` and `key`, the port. Raises InputError that names the node or edge at fault.
    """
    try:
        return Builder(data, scopes).graph(target)
    except TidegraphError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise InputError("graph-data-malformed", kind=type(error).__name__, reason=str(error)) from None


def attribute_from_data(value: Any) -> Any:
    """The inverse of how a trace writes attributes: tagged slices and arrays, words for numbers; lists are tuples."""
    if value in ("NaN", "Infinity", "-Infinity"):
        return float(value)
    if isinstance(value, Mapping):
        if "slice" in value:
            return slice(*value["slice"])
        if "array" in value:
            return np.array(value["array"])
        if "ellipsis" in value:
            return Ellipsis
        raise InputError("attribute-data", value=str(dict(value)))
    if isinstance(value, (list, tuple)):
        return tuple(attribute_from_data(v) for v in value)
    return value


class Builder:
    """One graph being put together from its data."""

    def __init__(self, data: Mapping[str, Any], scopes: Sequence[Mapping[str, Any]]) -> None:
        nodes = data["nodes"]
        self.nodes = {str(n["id"]): n for n in nodes}
        if len(self.nodes) != len(nodes):
            raise InputError("duplicate-node")
        self.operators = {i: n for i, n in self.nodes.items() if n.get("kind") == "operator"}
        self.inputs: dict[str, dict[int, str]] = {i: {} for i in self.operators}
        self.outputs: dict[str, dict[int, str]] = {i: {} for i in self.operators}
        self.producers: dict[str, str] = {}
        for edge in data.get("edges", data.get("links", ())):
            self.connect(str(edge["source"]), str(edge["target"]), int(edge.get("key", 0)))
        self.variables: dict[str, Variable] = {}
        self.scope_data = {str(s["id"]): s for s in scopes}
        self.scopes: dict[str, Scope | None] = {"": None}

    def connect(self, source: str, target: str, port: int) -> None:
        for end in (source, target):
            if end not in self.nodes:
                raise InputError("edge-without-node", nearest(end, self.nodes), name=repr(end))
        if (source in self.operators) == (target in self.operators):
            raise InputError("edge-between-alike", source=source, target=target)
        if target in self.operators:
            ports, end = self.inputs[target], source
        else:
            ports, end = self.outputs[source], target
            if target in self.producers:
                raise InputError("computed-twice", name=target)
            self.producers[target] = source
        if port in ports:
            raise InputError("port-connected-twice", port=port, name=source if end is target else target)
        ports[port] = end

    def order(self) -> list[str]:
        """Operators after what they read, otherwise as they are listed."""
        waiting = {i: len({v for v in ports.values() if v in self.producers}) for i, ports in self.inputs.items()}
        readers: dict[str, list[str]] = {}
        for i, ports in self.inputs.items():
            for variable in dict.fromkeys(ports.values()):
                readers.setdefault(variable, []).append(i)
        place = {i: n for n, i in enumerate(self.operators)}
        ready = [i for i, count in waiting.items() if not count]
        ready.sort(key=place.__getitem__, reverse=True)
        found: list[str] = []
        while ready:
            operator = ready.pop()
            found.append(operator)
            freed = []
            for variable in self.outputs[operator].values():
                for reader in readers.get(variable, ()):
                    waiting[reader] -= 1
                    if not waiting[reader]:
                        freed.append(reader)
            ready += freed
            if freed:
                ready.sort(key=place.__getitem__, reverse=True)
        if len(found) < len(self.operators):
            stuck = next(i for i in self.operators if waiting[i])
            raise InputError("cycle", name=stuck)
        return found

    def graph(self, target: str | None) -> Graph:
        for name, node in self.nodes.items():
            if name not in self.operators and name not in self.producers:
                self.variables[name] = self.leaf(name, node)
        made = [self.operator(i) for i in self.order()]
        plain = {n: v for n, v in self.variables.items() if self.nodes[n].get("named", True)}
        graph = self.named(plain, made, target)
        if any(graph.variables.get(n) is not v for n, v in self.variables.items()):
            graph = self.named(self.variables, made, target)
        if target is not None:
            graph.find(target)
        return graph

    def named(self, names: Mapping[str, Variable], operators: Sequence[Operator], target: str | None) -> Graph:
        top, local = {}, {}
        for name, variable in names.items():
            path, _, stem = name.rpartition(".")
            scope = self.scope(path) if path in self.scope_data else None
            if scope is None:
                top[name] = variable
            else:
                local[variable] = (scope, stem)
        last = next((self.name_of(o) for o in reversed(operators) if self.is_goal(o)), None)
        return Graph(top, operators, local, target or last)

    def is_goal(self, operator: Operator) -> bool:
        first = operator.outputs[0]
        return not first.shape and first.kind == "float"

    def name_of(self, operator: Operator) -> str:
        return next(n for n, v in self.variables.items() if v is operator.outputs[0])

    def leaf(self, name: str, node: Mapping[str, Any]) -> Variable:
        role = node.get("role", "input")
        if role not in ROLES or role == "intermediate":
            hint = Message("not-computed") if role == "intermediate" else nearest(str(role), ROLES)
            raise InputError("unknown-node-role", hint, name=name, role=repr(role))
        value = node.get("value")
        array = None if value is None or isinstance(value, Mapping) else np.asarray(value, dtype=np.float64)
        shape = tuple(int(n) for n in node["shape"]) if "shape" in node else () if array is None else array.shape
        if any(n < 0 for n in shape) or len(shape) > 32 or size_of(shape) > MAX_ELEMENTS:
            raise InputError("impossible-shape", name=name, shape=shape)
        if array is not None and array.shape != shape:
            raise InputError("initial-value-shape", name=name, shape=shape, given=array.shape)
        home = str(node.get("scope", ""))
        looped = self.scope_data.get(home, {}).get("kind") in ("loop", "iteration")
        scope = self.scope(home) if looped else None
        kind = KINDS.get(node.get("dtype", "float64"), "float")
        return leaf(shape, role, array, int(node.get("line", 0)), kind, scope)

    def operator(self, name: str) -> Operator:
        node = self.operators[name]
        op: Any = REGISTRY.get(node["op"])
        if op is None:
            raise InputError(
                "node-unknown-operator", nearest(str(node["op"]), REGISTRY), name=name, op=repr(node["op"])
            )
        if not isinstance(op, Primitive):
            raise InputError("node-composite-operator", name=name, op=op.name)
        operands = self.operands(name, node)
        attributes = {k: attribute_from_data(v) for k, v in node.get("attributes", {}).items()}
        with placed(self.scope(str(node.get("scope", ""))), int(node.get("line", 0))):
            try:
                result = op(*operands, **attributes)
            except TidegraphError as error:
                context = error.inside(Message("in-node", name=name))
                raise InputError(error.code, error.given_hint, context, **error.parameters) from None
        outputs = result if isinstance(result, tuple) else (result,)
        for port, variable in self.outputs[name].items():
            if not 0 <= port < len(outputs):
                raise InputError("no-such-output", name=name, count=len(outputs), port=port)
            self.variables[variable] = outputs[port]
        made: Operator = outputs[0].operator
        return made

    def operands(self, name: str, node: Mapping[str, Any]) -> list[Variable]:
        literals = {int(p): attribute_from_data(v) for p, v in node.get("literals", {}).items()}
        ports = self.inputs[name]
        count = len(ports) + len(literals)
        found = []
        for port in range(count):
            if port in ports:
                found.append(self.variables[ports[port]])
            elif isinstance(literals.get(port), (int, float)):
                found.append(literal(literals[port]))
            else:
                raise InputError("port-not-connected", name=name, port=port, last=count - 1)
        return found

    def scope(self, name: str) -> Scope | None:
        if name in self.scopes:
            return self.scopes[name]
        data = self.scope_data.get(name)
        if data is None:
            raise InputError("unknown-scope", nearest(name, self.scope_data), name=repr(name))
        parent = str(data.get("parent", ""))
        if parent == name or len(parent) > len(name):
            raise InputError("scope-inside-itself", name=name)
        operands = tuple(self.scope_operand(v) for v in data.get("operands", ()))
        attributes = {k: attribute_from_data(v) for k, v in data.get("attributes", {}).items()}
        op = REGISTRY.get(data.get("op") or "")
        kind = data.get("kind", "function")
        made = Scope(str(data["name"]), kind, self.scope(parent), int(data.get("line", 0)), op, operands, attributes)
        self.scopes[name] = made
        return made

    def scope_operand(self, value: Any) -> Variable | None:
        if value is None:
            return None
        number = attribute_from_data(value)
        if value in self.variables or isinstance(number, str):
            return self.variables.get(value)
        return literal(number)


__all__ = ["attribute_from_data", "graph_from_data"]
