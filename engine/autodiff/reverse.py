"""Differentiation as graph to graph: gradients and tangents are variables of a larger graph.

`pullback` walks operators backward and builds their vector-Jacobian products; `pushforward` walks them forward and
builds Jacobian-vector products. Everything else is made of these two, so second derivatives are the same functions
applied twice. Chapter: "Backpropagation"; reverse and forward mode as in Griewank and Walther, Evaluating
Derivatives (2008), chapter 3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegraph.engine.autodiff.simplify import simplify
from tidegraph.engine.graph import Graph, Operator, Variable, ancestors, leaf, literal, origin
from tidegraph.engine.ops.arithmetic import add, identity
from tidegraph.engine.ops.declare import Primitive
from tidegraph.engine.ops.shape import fit, put, reshape, stack


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """The gradient that reaches `variable` through one operator's input `port`: one path's `prod` of the chapter."""

    variable: Variable
    operator: Operator
    port: int
    value: Variable


@dataclass(frozen=True, slots=True, eq=False)
class Pullback:
    """Gradients by variable, and the contributions that they are the sums of, in the order of the backward pass."""

    gradients: dict[Variable, Variable]
    contributions: list[Contribution]


def reachable(operators: Iterable[Operator], start: Iterable[Variable]) -> set[Variable]:
    """The variables that depend on `start`, with it."""
    found = set(start)
    for operator in operators:
        if any(v in found for v in operator.inputs):
            found.update(operator.outputs)
    return found


def pullback(
    operators: Sequence[Operator], cotangents: Mapping[Variable, Variable], wrt: Iterable[Variable] | None = None
) -> Pullback:
    """Reverse mode over `operators` (in topological order) from the given cotangents.

    With `wrt`, only variables on a path from one of these are visited; without it, every float variable.
    """
    active = None if wrt is None else reachable(operators, wrt)
    gradients = dict(cotangents)
    contributions: list[Contribution] = []
    for operator in reversed(operators):
        received = [gradients.get(v) for v in operator.outputs]
        if all(g is None for g in received):
            continue
        ports = [
            port
            for port, v in enumerate(operator.inputs)
            if v.literal is None and v.kind == "float" and (active is None or v in active)
        ]
        if not ports or operator.op.vjp is None:
            continue
        with origin(operator.origin.scope, operator.origin.line):
            for port, value in products(operator, received, ports):
                variable = operator.inputs[port]
                value = fit(value, variable.shape)
                contributions.append(Contribution(variable, operator, port, value))
                earlier = gradients.get(variable)
                gradients[variable] = value if earlier is None else add(earlier, value)
    return Pullback(gradients, contributions)


def products(
    operator: Operator, received: Sequence[Variable | None], ports: Sequence[int]
) -> list[tuple[int, Variable]]:
    """The vector-Jacobian products of one operator for the inputs at `ports`."""
    op: Primitive = operator.op
    outputs = operator.outputs
    if len(outputs) == 1:
        g: Any = received[0]
        y: Any = outputs[0]
    else:
        g = tuple([zeros(v) if r is None else r for r, v in zip(received, outputs, strict=True)])
        y = outputs
    rules = op.vjp
    if isinstance(rules, tuple):
        chosen = [(p, rules[p]) for p in ports]
        found = [(p, rule(g, y, *operator.inputs, **operator.attributes)) for p, rule in chosen if rule is not None]
    else:
        assert rules is not None
        values = rules(g, y, *operator.inputs, **operator.attributes)
        found = [(p, values[p]) for p in ports]
    return [(p, literal(v) if isinstance(v, (int, float)) else v) for p, v in found if v is not None]


def zeros(variable: Variable) -> Variable:
    """A zero of a variable's shape, without an array."""
    return fit(literal(0.0), variable.shape)


def pushforward(operators: Sequence[Operator], tangents: Mapping[Variable, Variable]) -> dict[Variable, Variable]:
    """Forward mode over `operators` (in topological order): the tangent of every variable that has one."""
    found = dict(tangents)
    for operator in operators:
        moving = tuple([found.get(v) if v.kind == "float" else None for v in operator.inputs])
        if all(t is None for t in moving) or operator.op.vjp is None:
            continue
        with origin(operator.origin.scope, operator.origin.line):
            for variable, tangent in zip(operator.outputs, tangents_of(operator, moving), strict=True):
                if tangent is not None and variable.kind == "float":
                    found[variable] = fit(tangent, variable.shape)
    return found


def tangents_of(operator: Operator, moving: tuple[Variable | None, ...]) -> Sequence[Variable | None]:
    """The Jacobian-vector product of one operator: by its own rule, or from its vjp.

    An elementwise vjp multiplies by the derivative, and so does the jvp. A linear operator maps its tangents as it
    maps its inputs. In general the vjp is linear in its cotangent, and its transpose is the jvp.
    """
    op: Primitive = operator.op
    y: Any = operator.outputs[0] if len(operator.outputs) == 1 else operator.outputs
    if op.jvp is not None:
        result = op.jvp(moving, y, *operator.inputs, **operator.attributes)
        if isinstance(result, list):
            return [total(result)]
        return result if isinstance(result, tuple) else (result,)
    if op.linear:
        inputs = [zeros(v) if t is None else t for t, v in zip(moving, operator.inputs, strict=True)]
        result = op(*inputs, **operator.attributes)
        return result if isinstance(result, tuple) else (result,)
    if op.elementwise:
        parts = []
        for port, tangent in enumerate(moving):
            if tangent is not None:
                stretched = fit(tangent, operator.outputs[0].shape)
                parts += [value for _, value in products(operator, [stretched], [port])]
        return [total(parts)]
    probes = [leaf(v.shape, "constant") if v.kind == "float" else None for v in operator.outputs]
    ports = [p for p, t in enumerate(moving) if t is not None]
    values = dict(products(operator, probes, ports))
    near = {*operator.inputs, *operator.outputs}
    inner = ancestors(values.values(), stop=near.__contains__)
    cotangents: dict[Variable, Variable] = {}
    for port, value in values.items():
        tangent = moving[port]
        assert tangent is not None
        earlier = cotangents.get(value)
        cotangents[value] = fit(tangent, value.shape) if earlier is None else add(earlier, fit(tangent, value.shape))
    back = pullback(inner, cotangents, wrt=[p for p in probes if p is not None])
    return [None if p is None else back.gradients.get(p) for p in probes]


def total(parts: Iterable[Variable | None]) -> Variable | None:
    """The sum of those that are there."""
    result: Variable | None = None
    for part in parts:
        if part is not None:
            result = part if result is None else add(result, part)
    return result


def derived(graph: Graph, found: Mapping[str, Variable], target: str | None = None) -> Graph:
    """A graph of the answers `found` by name, simplified, with what they need of `graph` under its own names."""
    made = simplify(found.values(), fixed=set(graph.operators))
    answers = {name: made[v] for name, v in found.items()}
    needed = ancestors(answers.values())
    read = {v for o in needed for v in (*o.inputs, *o.outputs)} | set(answers.values())
    named = {name: v for name, v in graph.variables.items() if v in read or v.leaf is not None}
    leaves = [name for name, v in named.items() if v.leaf is not None]
    answers = {fresh(name, leaves): v for name, v in answers.items()}
    taken = set(named.values())
    for name, variable in answers.items():
        if variable in taken or variable.operator is None:
            with origin(None, 0):
                variable = identity(variable)
            needed.append(variable.operator)
        taken.add(variable)
        named[name] = variable
    return Graph(named, needed, target=target, program=graph.program, answers=answers)


def fresh(name: str, taken: Collection[str]) -> str:
    """The name, or with the first number from 2 on that makes it one of its own."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def variables(graph: Graph, wrt: Iterable[str] | str | None) -> dict[str, Variable]:
    """The variables to differentiate with respect to: those named, else the parameters, else all leaves."""
    if wrt is None:
        return graph.leaves("parameter") or graph.leaves()
    return {name: graph.find(name) for name in ([wrt] if isinstance(wrt, str) else wrt)}


def gradients(graph: Graph, target: str | None, wrt: Iterable[str] | str | None) -> dict[str, Variable]:
    """Gradient variables by the name of what they belong to, not yet simplified; zero where the target ignores it."""
    goal = graph.resolve_target(target)
    chosen = variables(graph, wrt)
    back = pullback(ancestors([goal]), {goal: literal(1.0)}, chosen.values())
    return {name: back.gradients.get(v) or zeros(v) for name, v in chosen.items()}


def grad(graph: Graph, target: str | None = None, wrt: Iterable[str] | str | None = None) -> Graph:
    """The gradients of a scalar as a graph: `dJ_dW1` has the shape of `W1`.

    `target` defaults to the last scalar that the program assigns, `wrt` to the parameters.
    """
    name = graph.names[graph.resolve_target(target)]
    return derived(graph, {f"d{name}_d{of}": g for of, g in gradients(graph, name, wrt).items()})


def jvp(graph: Graph, wrt: Iterable[str] | str | None = None, of: Iterable[str] | str | None = None) -> Graph:
    """Forward mode as a graph: for tangents `x_dot` of the variables `wrt` (new inputs), the tangents of `of`.

    `of` defaults to every named result. The tangent of `z` is called `z_dot`. Where a name is taken, as in a tangent of
    a tangent, the new one is `x_dot_2`; `tangents` of the graph says which input belongs to which variable.
    """
    chosen = variables(graph, wrt)
    tangents = {name: leaf(v.shape, "input") for name, v in chosen.items()}
    found = pushforward(graph.operators, {v: tangents[name] for name, v in chosen.items()})
    names = graph.named.values() if of is None else [of] if isinstance(of, str) else of
    answers = {f"{name}_dot": found.get(graph.find(name)) for name in names if name not in chosen}
    if of is not None:
        answers = {name: t or zeros(graph.find(name[:-4])) for name, t in answers.items()}
    return with_tangents(derived(graph, {n: t for n, t in answers.items() if t is not None}), tangents)


def hvp(graph: Graph, target: str | None = None, wrt: Iterable[str] | str | None = None) -> Graph:
    """Hessian-vector products as a graph, forward over reverse: for vectors `W1_dot` (new inputs), `HW1` = H W1_dot.

    The new inputs are named as in `jvp`.
    """
    name = graph.names[graph.resolve_target(target)]
    chosen = variables(graph, wrt)
    back = gradients(graph, name, chosen)
    first = simplify(back.values(), fixed=set(graph.operators))
    slopes = {n: first[g] for n, g in back.items()}
    tangents = {n: leaf(v.shape, "input") for n, v in chosen.items()}
    found = pushforward(ancestors(slopes.values()), {v: tangents[n] for n, v in chosen.items()})
    answers = {f"H{n}": found.get(g) or zeros(chosen[n]) for n, g in slopes.items()}
    return with_tangents(derived(graph, answers), tangents)


def with_tangents(made: Graph, tangents: Mapping[str, Variable]) -> Graph:
    """The same graph with its new inputs called after the variables whose tangents they are."""
    named = {name: v for name, v in made.variables.items() if v not in tangents.values()}
    names = {name: fresh(f"{name}_dot", named) for name in tangents}
    named.update({names[name]: variable for name, variable in tangents.items()})
    return Graph(named, made.operators, target=made.target, program=made.program, answers=made.answers, tangents=names)


def jacobian(graph: Graph, of: str, wrt: str) -> Graph:
    """The Jacobian of any variable as a graph: `dz_dx` has the axes of `z`, then those of `x`.

    Built row by row in reverse mode, or column by column in forward mode where that is less.
    """
    y, x = graph.find(of), graph.find(wrt)
    operators = ancestors([y])
    return derived(graph, {f"d{of}_d{wrt}": jacobian_of(operators, y, x)})


def jacobian_of(operators: Sequence[Operator], y: Variable, x: Variable) -> Variable:
    """The Jacobian of `y` with respect to `x` over `operators`: the axes of `y`, then those of `x`."""
    shape = (*y.shape, *x.shape)
    if not y.size or not x.size:
        return fit(literal(0.0), shape)
    if y.size <= x.size:
        rows = []
        for i in range(y.size):
            back = pullback(operators, {y: unit(y, i)}, [x]).gradients.get(x)
            rows.append(zeros(x) if back is None else back)
        return reshape(stack(*rows), shape=shape)
    columns = []
    for i in range(x.size):
        forth = pushforward(operators, {x: unit(x, i)}).get(y)
        columns.append(zeros(y) if forth is None else forth)
    return reshape(stack(*columns, axis=-1), shape=shape)


def unit(variable: Variable, i: int) -> Variable:
    """The i-th basis vector of a variable's space."""
    if not variable.shape:
        return literal(1.0)
    index = []
    for n in reversed(variable.shape):
        index.append(i % n)
        i //= n
    return put(literal(1.0), shape=variable.shape, key=tuple(reversed(index)))


def hessian(graph: Graph, target: str | None = None, wrt: Iterable[str] | str | None = None) -> Graph:
    """Second derivatives as a graph: `d2J_dW1_dW2` has the axes of `W1`, then those of `W2`, for every pair."""
    name = graph.names[graph.resolve_target(target)]
    chosen = variables(graph, wrt)
    back = gradients(graph, name, chosen)
    first = simplify(back.values(), fixed=set(graph.operators))
    answers = {}
    for a, g in back.items():
        slope = first[g]
        operators = ancestors([slope])
        for b, x in chosen.items():
            answers[f"d2{name}_d{a}_d{b}"] = jacobian_of(operators, slope, x)
    return derived(graph, answers)
