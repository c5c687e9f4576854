"""Forward mode as steps: a direction in one input, pushed forward beside the values, and what both modes cost.

One run gives the derivative of every variable in one direction; reverse mode gives the derivative of one variable in
every direction. Griewank and Walther, Evaluating Derivatives (2008), chapter 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegraph.engine.autodiff.derivatives import fresh
from tidegraph.engine.autodiff.forward import pushforward, tangents_of
from tidegraph.engine.autodiff.simplify import simplify
from tidegraph.engine.graph import Graph, InputError, Operator, Variable, leaf
from tidegraph.engine.ops.latex import ATOM, Tex, fill, slot
from tidegraph.engine.ops.shape import fit
from tidegraph.engine.runtime.function import Function
from tidegraph.engine.runtime.plan import Plan, plan
from tidegraph.engine.trace.run import Run, Writing
from tidegraph.engine.trace.structure import Structure


@dataclass(frozen=True, slots=True)
class TangentStep:
    """The tangent of one operator's outputs: d/dt of them as the input moves along the direction."""

    operator: str
    scope: str
    inputs: list[str]
    outputs: list[str]
    tangents: list[np.ndarray]
    equation: dict[str, str]
    text: str

    def to_dict(self, encode: Callable[[np.ndarray], Any]) -> dict[str, Any]:
        """Plain data, arrays through `encode`."""
        return {
            "operator": self.operator,
            "scope": self.scope,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "tangents": [encode(t) for t in self.tangents],
            "equation": self.equation,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Tangents:
    """Forward mode from one input: every tangent, the steps, and the FLOPs of one pass beside those of the others.

    `forward_flops` are those of values and tangents together; `full_flops` is what forward mode takes for the gradient
    with respect to the whole input, one pass an element.
    """

    wrt: str
    direction: np.ndarray
    tangents: dict[str, np.ndarray]
    steps: list[TangentStep]
    value_flops: int
    forward_flops: int
    full_flops: int
    reverse_flops: int | None

    def to_dict(self, encode: Callable[[np.ndarray], Any] = np.ndarray.tolist) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            "wrt": self.wrt,
            "direction": encode(self.direction),
            "tangents": {name: encode(t) for name, t in self.tangents.items()},
            "steps": [step.to_dict(encode) for step in self.steps],
            "flops": {
                "value": self.value_flops,
                "forward_mode": self.forward_flops,
                "forward_mode_all_directions": self.full_flops,
                "reverse_mode": self.reverse_flops,
            },
        }


def tangents(
    graph: Graph,
    wrt: str,
    direction: Any = None,
    values: Mapping[str, Any] | None = None,
    target: str | None = None,
    seed: int = 0,
    dtype: Any = "float64",
    structure: Structure | None = None,
) -> Tangents:
    """Push a direction in the declared variable `wrt` forward through the graph.

    `direction` has the shape of `wrt`; by default the first basis vector. `target` is what reverse mode is compared
    for. `structure` is one that was made before, of the same graph, target and precision. Raises InputError for a
    variable that is not declared or a direction that does not fit.
    """
    source = graph.find(wrt)
    if source.leaf is None or source.kind != "float":
        raise InputError("not-a-float-leaf", name=wrt, names=list(graph.leaves()))
    structure = structure or Structure(graph, target, dtype)
    run = Run(structure, values, seed)
    along = basis(source) if direction is None else np.asarray(direction, dtype=np.float64)
    if along.shape != source.shape:
        raise InputError("direction-shape", name=wrt, shape=source.shape, direction=along.shape)
    seed_tangent = leaf(source.shape, "input")
    found = pushforward(graph.operators, {source: seed_tangent})
    made = simplify(found.values(), fixed=set(graph.operators))
    names = {graph.names[v]: made[t] for v, t in found.items() if v is not source}
    tangent = fresh(f"{wrt}_dot", graph.variables)
    forward = Plan(list(names.values()), {**graph.leaves(), tangent: seed_tangent}, dtype)
    given = {name: run.values[name] for name in graph.leaves()}
    (arrays,) = Function(graph, forward, (names,), seed)({**given, tangent: along})
    arrays = {wrt: along.astype(forward.dtype), **arrays}
    computed = [v for o in graph.operators for v in o.outputs]
    value_flops = sum(o.op.flops(o) for o in graph.operators)
    both_flops = Plan([*computed, *names.values()], forward.leaves, dtype).flops
    has_target = structure.target is not None
    return Tangents(
        wrt=wrt,
        direction=arrays[wrt],
        tangents=arrays,
        steps=[step(run, o, arrays) for o in graph.operators if any(graph.names[v] in arrays for v in o.outputs)],
        value_flops=value_flops,
        forward_flops=both_flops,
        full_flops=value_flops + (both_flops - value_flops) * source.size,
        reverse_flops=plan(graph, target, wrt=[wrt], keep="training", dtype=dtype).flops if has_target else None,
    )


def basis(variable: Variable) -> np.ndarray:
    """The first basis vector of a variable's space."""
    along = np.zeros(variable.shape)
    along.reshape(-1)[:1] = 1
    return along


def dotted(structure: Structure, variable: Variable) -> Tex:
    r"""A tangent's symbol: \dot{\mathbf{x}}, and a dot behind the parentheses of an expression."""
    symbol = structure.notation.symbols[variable]
    if variable in structure.notation.expressions:
        return Tex(rf"\left({symbol.text}\right)^{{\boldsymbol{{\cdot}}}}")
    found = re.fullmatch(r"(\\\w+\{[^{}]*\}|\\?\w+?)([\^_].*)?", symbol.text)
    base, rest = (found[1], found[2] or "") if found else (symbol.at(ATOM), "")
    return Tex(rf"\dot{{{base}}}{rest}")


def step(run: Run, operator: Operator, arrays: Mapping[str, np.ndarray]) -> TangentStep:
    """One operator's Jacobian-vector product, with symbols and with numbers."""
    structure = run.structure
    names = structure.graph.names
    outputs = [v for v in operator.outputs if names[v] in arrays]
    stand_ins = {v: leaf(v.shape, "constant") for v in operator.inputs if names.get(v) in arrays}
    writing = Writing(run, tangents=arrays)
    symbols_of = {stand_in: dotted(structure, v) for v, stand_in in stand_ins.items()}
    slots = {stand_in: slot(f"t:{names[v]}", not v.shape) for v, stand_in in stand_ins.items()}
    equation: dict[str, str] = {}
    if not structure.brief:
        moving = tuple(stand_ins.get(v) for v in operator.inputs)
        products = [t for t in tangents_of(operator, moving) if t is not None]
        left = ", ".join(dotted(structure, v).text for v in outputs)
        result = ", ".join(writing.number(f"t:{names[v]}").text for v in outputs)
        equation = {"symbolic": left, "numeric": f"{left} = {result}"}
        if len(products) == 1:
            value = fit(products[0], outputs[0].shape)
            value = simplify([value], fixed=structure.fixed, local=True)[value]
            symbols = structure.symbols(value, symbols_of)
            numbers = structure.numbers(value, slots)
            if symbols is not None and numbers is not None:
                equation = {"symbolic": f"{left} = {symbols}", "numeric": f"{fill(numbers, writing.number)} = {result}"}
    sources = [names[v] for v in stand_ins]
    return TangentStep(
        operator=structure.ids[operator],
        scope=structure.graph.scope_ids[operator.origin.scope],
        inputs=sources,
        outputs=[names[v] for v in outputs],
        tangents=[arrays[names[v]] for v in outputs],
        equation=equation,
        text=f"The tangent of {', '.join(names[v] for v in outputs)} from that of {', '.join(sources)}.",
    )
