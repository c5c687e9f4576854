"""Stages at work: each compiled by itself, reading declared variables and the variables that other stages sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from tidegraph.engine.graph import Graph, Operator, Type, Variable, leaf
from tidegraph.engine.parallel.blocks import Blocks
from tidegraph.engine.runtime.function import Function
from tidegraph.engine.runtime.plan import Plan


class Execution:
    """Phases compiled one by one, each reading declared variables and the variables that earlier phases sent."""

    def __init__(self, blocks: Blocks, phases: Sequence[Sequence[Operator]], seed: int = 0) -> None:
        self.blocks = blocks
        self.results = blocks.pass_.gradients
        self.functions: list[tuple[Function, dict[str, Variable], dict[str, Variable]]] = []
        home = {v: number for number, phase in enumerate(phases) for o in phase for v in o.outputs}
        wanted = self._wanted(phases, home)
        for phase, sent in zip(phases, wanted, strict=True):
            self.functions.append(self._compile(phase, sent, seed))

    def _wanted(self, phases: Sequence[Sequence[Operator]], home: Mapping[Variable, int]) -> list[dict[Variable, None]]:
        """For every phase, the variables that later phases read or that are results."""
        wanted: list[dict[Variable, None]] = [{} for _ in phases]
        for number, phase in enumerate(phases):
            for operator in phase:
                for variable in operator.inputs:
                    item = self.blocks.shipped(variable)
                    if home.get(item, number) != number:
                        wanted[home[item]][item] = None
        for gradient in self.results.values():
            if gradient in home:
                wanted[home[gradient]][gradient] = None
        return wanted

    def _compile(
        self, phase: Sequence[Operator], wanted: Iterable[Variable], seed: int
    ) -> tuple[Function, dict[str, Variable], dict[str, Variable]]:
        """A phase's function, what it receives and what it sends, by the names in its calls."""
        graph, copies = self.blocks.graph, dict[Variable, Variable]()
        received: dict[str, Variable] = {}

        def local(variable: Variable) -> Variable:
            """A variable inside this phase: a declared one, a received one, or a view of it made again here."""
            if variable.literal is not None or variable.leaf is not None:
                return variable
            if variable not in copies:
                item = self.blocks.shipped(variable)
                if item is variable:
                    copies[variable] = leaf(variable.shape, "input", kind=variable.kind)
                    received[f"sent_{len(received)}"] = variable
                else:
                    assert variable.operator is not None
                    copies[variable] = again(variable.operator)[variable.output]
            return copies[variable]

        def again(operator: Operator) -> tuple[Variable, ...]:
            types = tuple(Type(v.shape, v.kind) for v in operator.outputs)
            inputs = tuple(local(v) for v in operator.inputs)
            return Operator(operator.op, inputs, operator.attributes, types, operator.origin).outputs

        for operator in phase:
            copies.update(zip(operator.outputs, again(operator), strict=True))
        leaves = {**graph.leaves(), **{name: copies[v] for name, v in received.items()}}
        sent = {f"sent_{i}": v for i, v in enumerate(wanted)}
        results = {name: copies[v] for name, v in sent.items()}
        inside = Graph({**leaves, **{f"result_{n}": v for n, v in results.items()}})
        plan = Plan(list(results.values()), leaves, self.blocks.plan.dtype, by_rows=True)
        return Function(inside, plan, (results,), seed), received, sent

    def run(self, values: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """The gradients of the parameters by name; zero where the target ignores one."""
        known: dict[Variable, np.ndarray] = {}
        for function, received, sent in self.functions:
            (results,) = function({**values, **{name: known[v] for name, v in received.items()}})
            known.update({v: results[name] for name, v in sent.items()})
        return self.collect(known, values)

    def collect(self, known: Mapping[Variable, np.ndarray], values: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """The gradients of the parameters by name, from what phases sent; zero where the target ignores one."""
        parameters = self.blocks.graph.leaves("parameter")
        found = {name: np.zeros(v.shape, self.blocks.plan.dtype) for name, v in parameters.items()}
        return found | {name: self._result(name, g, known, values) for name, g in self.results.items()}

    def _result(
        self, name: str, gradient: Variable, known: Mapping[Variable, np.ndarray], values: Mapping[str, Any]
    ) -> np.ndarray:
        if gradient in known:
            return known[gradient]
        graph = self.blocks.graph
        plan = Plan([gradient], graph.leaves(), self.blocks.plan.dtype, by_rows=True)
        (found,) = Function(graph, plan, ({name: gradient},))(values)
        return np.asarray(found[name])
