"""A graph as it is drawn: its variables, operators and scopes as plain data, without steps, numbers and derivatives.

Nothing is differentiated, planned or compiled for it. With some scopes open and the others closed it has no more than
what is in sight, so that the picture of a large program does not wait for what it hides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tidegraph.engine.graph import Graph, Operator, Scope, Variable, building
from tidegraph.engine.notation.latex import Notation, applied, filled
from tidegraph.engine.runtime.portable import plain_attribute

FEW = 10
"""Iterations up to which a loop of the top level is drawn open at first, as in static/state/trace.js."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What a scope holds: its operators, what they read from outside and hand out, and its call in symbols."""

    scope: Scope
    operators: list[Operator]
    inputs: list[Variable]
    outputs: list[Variable]
    symbol: str
    called: str


def linked(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> dict[str, Any]:
    """Nodes and edges as node-link data."""
    return {"directed": True, "multigraph": True, "graph": {}, "nodes": nodes, "edges": edges}


class Outline:
    """The variables, operators and scopes of a graph as plain data."""

    def __init__(
        self, graph: Graph, target: str | None = None, dtype: Any = "float64", notation: Notation | None = None
    ) -> None:
        self.graph = graph
        self.target = None if target is None and graph.target is None else graph.resolve_target(target)
        self.dtypes = {"float": str(np.dtype(dtype)), "int": "int64", "bool": "bool"}
        with building():
            self.notation = notation or Notation(graph)
            self.ids = {o: graph.id_of(o) for o in graph.operators}
        self._chains: dict[Scope | None, list[Scope | None]] = {None: [None]}

    def __repr__(self) -> str:
        return f"Outline({len(self.graph.operators)} operators, target={self.target_name!r})"

    @property
    def target_name(self) -> str | None:
        """The name of the scalar that is differentiated; None for a graph without one."""
        return None if self.target is None else self.graph.names[self.target]

    def in_sight(self, opened: Collection[str] = ()) -> dict[str, Any]:
        """What is in sight with the scopes of these ids open, and in any case loops of few iterations at the top.

        In the place of a closed scope stands its first operator, and its edges are drawn to the scope.
        """
        with building():
            shown = self.closed(opened)
            insides = self.insides(shown)
            return {
                "target": self.target_name,
                "graph": linked(self.nodes_in_sight(shown), self.edges_in_sight(shown)),
                "scopes": [
                    self.scope(name, inside) | {"forward": [], "backward": []} for name, inside in insides.items()
                ],
                "forward": [],
                "backward": [],
            }

    # What is in sight

    def closed(self, opened: Collection[str]) -> dict[Scope | None, Scope | None]:
        """For every scope the outermost closed one around it, itself included; None where all around it is open."""
        found: dict[Scope | None, Scope | None] = {None: None}
        for name, scope in self.graph.scopes.items():
            few = scope.kind == "loop" and scope.parent is None and scope.attributes["count"] <= FEW
            outer = found[scope.parent]
            found[scope] = outer if outer is not None else None if few or name in opened else scope
        return found

    def nodes_in_sight(self, shown: Mapping[Scope | None, Scope | None]) -> list[dict[str, Any]]:
        """The nodes that no closed scope hides, and the first operator of each closed scope as if directly in it."""
        blank = {"value": None, "gradient": None}
        found: list[dict[str, Any]] = []
        placed: set[Scope] = set()

        def add(variable: Variable) -> None:
            if shown[self.scope_of[variable]] is None:
                found.append(self.variable_node(self.graph.names[variable], variable) | blank)

        for variable in self.graph.leaves().values():
            add(variable)
        for operator in self.graph.operators:
            scope = shown[operator.origin.scope]
            if scope is None:
                found.append(self.operator_node(operator))
            elif scope not in placed:
                placed.add(scope)
                found.append(self.operator_node(operator) | {"scope": self.graph.scope_ids[scope]})
            for variable in operator.outputs:
                add(variable)
        return found

    def edges_in_sight(self, shown: Mapping[Scope | None, Scope | None]) -> list[dict[str, Any]]:
        """The edges between what is in sight, each once."""
        ids, names = self.graph.scope_ids, self.graph.names
        found: dict[tuple[str, str], int] = {}
        many: list[dict[str, Any]] = []

        def add(variable: Variable, operator: Operator, key: int, reads: bool) -> None:
            scope = shown[operator.origin.scope]
            if variable.literal is not None or shown[self.scope_of[variable]] is not None:
                return
            ends = (names[variable], self.ids[operator] if scope is None else ids[scope])
            source, end = ends if reads else ends[::-1]
            if scope is None:
                many.append({"source": source, "target": end, "key": key})
            elif (source, end) not in found:
                found[source, end] = key
                many.append({"source": source, "target": end, "key": key})

        for operator in self.graph.operators:
            for port, variable in enumerate(operator.inputs):
                add(variable, operator, port, True)
            for index, variable in enumerate(operator.outputs):
                add(variable, operator, index, False)
        return many

    # Nodes

    def chain(self, scope: Scope | None) -> list[Scope | None]:
        """A scope and those around it, outermost first."""
        known = self._chains.get(scope)
        if known is None:
            assert scope is not None
            known = self._chains[scope] = [*self.chain(scope.parent), scope]
        return known

    @cached_property
    def scope_of(self) -> dict[Variable, Scope | None]:
        """The scope that each variable is drawn in: the innermost one that holds everything that touches it."""
        touching: dict[Variable, list[Scope | None]] = {}
        for operator in self.graph.operators:
            for variable in {*operator.inputs, *operator.outputs}:
                touching.setdefault(variable, []).append(operator.origin.scope)
        homes: dict[Variable, Scope | None] = {}
        for variable in self.graph.variables.values():
            around = touching.get(variable, [None])
            if variable in self.graph.local:
                around = [*around, self.graph.local[variable][0]]
            elif variable in self.graph.named and not self.sinks(variable):
                around = [*around, self.named_in(variable)]
            chains = [self.chain(s) for s in around]
            common: Scope | None = None
            for level in zip(*chains, strict=False):
                if len(set(level)) > 1:
                    break
                common = level[0]
            homes[variable] = common
        return homes

    def sinks(self, variable: Variable) -> bool:
        return variable.leaf is not None and variable.leaf.role == "constant"

    def named_in(self, variable: Variable) -> Scope | None:
        """Where a name of the top level was given: inside an iteration, or outside of everything, as the target is.

        The parameters of a layer are named from outside too, and belong to the scope of the layer that declares them.
        """
        if variable is self.target:
            return None
        if variable.leaf is not None:
            return variable.leaf.scope
        scope = variable.operator.origin.scope if variable.operator else None
        inside = [s for s in self.chain(scope) if s is not None]
        home = None
        for s in inside:
            if s.kind not in ("loop", "iteration"):
                break
            home = s
        return home

    def scope_id(self, variable: Variable) -> str:
        return self.graph.scope_ids[self.scope_of[variable]]

    def variable_node(self, name: str, variable: Variable) -> dict[str, Any]:
        line = (
            variable.leaf.line
            if variable.leaf is not None
            else variable.operator.origin.line
            if variable.operator
            else 0
        )
        return {
            "id": name,
            "kind": "variable",
            "role": variable.leaf.role if variable.leaf is not None else "intermediate",
            "latex": self.notation.symbols[variable].text,
            "shape": list(variable.shape),
            "dtype": self.dtypes[variable.kind],
            "named": variable in self.notation.named,
            "scope": self.scope_id(variable),
            "line": line,
        }

    def operator_node(self, operator: Operator) -> dict[str, Any]:
        literals = {str(p): plain_attribute(v.literal) for p, v in enumerate(operator.inputs) if v.literal is not None}
        expressed = applied(operator, [self.notation.operand(v) for v in operator.inputs])
        return {
            "id": self.ids[operator],
            "kind": "operator",
            "op": operator.op.name,
            "symbol": self.circle(operator),
            "latex": expressed.text,
            "attributes": {k: plain_attribute(v) for k, v in operator.attributes.items()},
            "literals": literals,
            "flops": operator.op.flops(operator),
            "scope": self.graph.scope_ids[operator.origin.scope],
            "line": operator.origin.line,
        }

    def circle(self, operator: Operator) -> str:
        """Short LaTeX for inside the circle; a literal operand is part of it: (·)^2, not a power of something."""
        circle = operator.op.circle
        return circle(operator, lambda v: self.notation.operand(v).text) if circle else str(operator.op.symbol)

    # Scopes

    def insides(self, shown: Mapping[Scope | None, Scope | None] | None = None) -> dict[str, Inside]:
        """Every scope's operators, and what they read and hand out; with `shown`, of the scopes in sight alone."""
        operators: dict[Scope, list[Operator]] = {}
        for scope in self.graph.scopes.values():
            if shown is None or shown[scope] in (None, scope):
                operators[scope] = []
        around: dict[Scope | None, list[list[Operator]]] = {}
        for operator in self.graph.operators:
            home = operator.origin.scope
            if home not in around:
                around[home] = [operators[s] for s in self.chain(home) if s is not None and s in operators]
            for holder in around[home]:
                holder.append(operator)
        readers = Counter(v for operator in self.graph.operators for v in set(operator.inputs))
        return {
            name: self.inside(scope, operators[scope], readers)
            for name, scope in self.graph.scopes.items()
            if scope in operators
        }

    def inside(self, scope: Scope, operators: list[Operator], readers: Mapping[Variable, int]) -> Inside:
        made = [v for o in operators for v in o.outputs]
        own = set(made)
        inputs = list(dict.fromkeys(v for o in operators for v in o.inputs if v not in own and v.literal is None))
        within = Counter(v for operator in operators for v in set(operator.inputs))
        outputs = [
            v
            for v in made
            if readers.get(v, 0) > within[v] or v is self.target or scope not in self.chain(self.scope_of[v])
        ]
        symbol = self.notation.scope_symbol(scope)
        return Inside(scope, operators, inputs, outputs or made[-1:], symbol, self.called(scope, symbol, inputs))

    def scope(self, name: str, inside: Inside) -> dict[str, Any]:
        """A scope as a circle, without its steps."""
        scope = inside.scope
        return {
            "id": name,
            "name": scope.name,
            "kind": scope.kind,
            "parent": self.graph.scope_ids[scope.parent],
            "symbol": inside.symbol,
            "latex": inside.called,
            "line": scope.line,
            "op": getattr(scope.op, "name", None),
            "operands": [
                None if v is None else self.graph.names.get(v) or plain_attribute(v.literal) for v in scope.operands
            ],
            "attributes": {k: plain_attribute(v) for k, v in scope.attributes.items()},
            "inputs": [self.graph.names[v] for v in inside.inputs],
            "outputs": [self.graph.names[v] for v in inside.outputs],
        }

    def given_to(self, scope: Scope, inputs: Iterable[Variable]) -> list[Variable]:
        """What a scope reads that it does not declare itself."""
        return [v for v in inputs if v.leaf is None or scope not in self.chain(v.leaf.scope)]

    def called(self, scope: Scope, symbol: str, inputs: Sequence[Variable]) -> str:
        """A scope as a call: its operator's own notation, or a function of what it is given."""
        inputs = self.given_to(scope, inputs)
        operands = [self.notation.operand(v) for v in scope.operands if v is not None] or [
            self.notation.symbols[v] for v in inputs
        ]
        latex = getattr(scope.op, "latex", None)
        if isinstance(latex, str):
            return filled(latex, operands)
        if callable(latex):
            return str(latex(operands, scope.attributes))
        if scope.kind == "iteration":
            operands = [self.notation.symbols[v] for v in inputs]
            return rf"f\left({', '.join(o.text for o in operands)}\right)"
        return rf"{symbol}\left({', '.join(o.text for o in operands)}\right)"
