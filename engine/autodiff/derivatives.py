"""Graphs of derivatives: gradients, tangents, Hessian-vector products, Jacobians and Hessians of a graph's variables.

All are made of `pullback` and `pushforward`, so a second derivative applies the same functions twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from tidegraph.engine.autodiff.forward import pushforward
from tidegraph.engine.autodiff.reverse import pullback, seed, zeros
from tidegraph.engine.autodiff.simplify import simplify
from tidegraph.engine.graph import Graph, Operator, Variable, ancestors, leaf, literal, origin
from tidegraph.engine.ops.arithmetic import identity
from tidegraph.engine.ops.shape import fit, put, reshape, stack


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
        return graph.leaves("parameter") or {n: v for n, v in graph.leaves().items() if n not in graph.sizes}
    return {name: graph.argument(name) for name in ([wrt] if isinstance(wrt, str) else wrt)}


def gradients(graph: Graph, target: str | None, wrt: Iterable[str] | str | None) -> dict[str, Variable]:
    """Gradient variables by the name of what they belong to, not yet simplified; zero where the target ignores it."""
    goal = graph.resolve_target(target)
    chosen = variables(graph, wrt)
    back = pullback(ancestors([goal]), {goal: seed(goal)}, chosen.values())
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


def unit(variable: Variable, i: int) -> Variable:
    """The i-th basis vector of a variable's space."""
    if not variable.shape:
        return literal(1.0)
    index = []
    for n in reversed(variable.shape):
        index.append(i % n)
        i //= n
    return put(literal(1.0), shape=variable.shape, key=tuple(reversed(index)))
