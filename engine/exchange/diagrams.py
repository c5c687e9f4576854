"""A graph in the languages of diagram tools: DOT of Graphviz, and Mermaid. Scopes are clusters and subgraphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tidegraph.engine.graph import Graph, Operator, Scope, Variable

FILLED = "#cfe0f5"
"""The fill of parameters, as on the page."""


def dot(graph: Graph) -> str:
    """The graph in DOT: squares are variables, circles operators, parameters are filled."""
    lines = [
        "digraph tidegraph {",
        "  rankdir=LR;",
        '  node [fontname="serif", fontsize=12];',
        *structure(graph, dot_variable, dot_operator, ("subgraph cluster_{n} {{ label={label};", "}}"), quoted),
        *(f"  {quoted(a)} -> {quoted(b)};" for a, b in edges(graph)),
        "}",
    ]
    return "\n".join(lines) + "\n"


def mermaid(graph: Graph) -> str:
    """The graph as a Mermaid flowchart."""
    ids = {name: f"n{n}" for n, name in enumerate([*graph.variables, *map(operator_id(graph), graph.operators)])}

    def variable(v: Variable) -> str:
        name = graph.names[v]
        parameter = v.leaf is not None and v.leaf.role == "parameter"
        return f'{ids[name]}["{plain(name)}"]{":::parameter" if parameter else ""}'

    def operator(o: Operator) -> str:
        return f'{ids[operator_id(graph)(o)]}(("{plain(o.op.name)}"))'

    lines = [
        "flowchart LR",
        *structure(
            graph, lambda g, v: variable(v), lambda g, o: operator(o), ("subgraph s{n}[{label}]", "end"), quoted
        ),
        *(f"  {ids[a]} --> {ids[b]}" for a, b in edges(graph)),
        f"  classDef parameter fill:{FILLED}",
    ]
    return "\n".join(lines) + "\n"


def structure(
    graph: Graph,
    variable: Callable[[Graph, Variable], str],
    operator: Callable[[Graph, Operator], str],
    around: tuple[str, str],
    label: Callable[[str], str],
) -> Iterable[str]:
    """Every node once, inside the scope of its operator, and scopes inside each other."""
    inside: dict[Scope | None, list[str]] = {}
    for v in graph.variables.values():
        if v.leaf is not None:
            inside.setdefault(None, []).append(variable(graph, v))
    for o in graph.operators:
        inside.setdefault(o.origin.scope, []).append(operator(graph, o))
        inside[o.origin.scope] += [variable(graph, v) for v in o.outputs]
    children: dict[Scope | None, list[Scope]] = {}
    for one in graph.scopes.values():
        children.setdefault(one.parent, []).append(one)
    numbers = {one: n for n, one in enumerate(graph.scopes.values())}
    lines: list[str] = []
    stack: list[tuple[Scope | None, int, bool]] = [(None, 1, True)]
    while stack:
        scope, depth, opening = stack.pop()
        indent = "  " * depth
        if not opening:
            lines.append(indent[2:] + around[1].format())
            continue
        if scope is not None:
            lines.append(indent[2:] + around[0].format(n=numbers[scope], label=label(graph.scope_ids[scope])))
            stack.append((scope, depth, False))
        lines += [indent + line for line in inside.get(scope, ())]
        stack += [(child, depth + 1, True) for child in reversed(children.get(scope, ()))]
    return lines


def operator_id(graph: Graph) -> Callable[[Operator], str]:
    """What an operator is called: itself and its first result, as in a trace."""
    return lambda o: f"{o.op.name}:{graph.names[o.outputs[0]]}"


def edges(graph: Graph) -> Iterable[tuple[str, str]]:
    """Pairs of nodes: from each input to its operator, and on to the results."""
    name = operator_id(graph)
    for o in graph.operators:
        for v in o.inputs:
            if v.literal is None:
                yield graph.names[v], name(o)
        for v in o.outputs:
            yield name(o), graph.names[v]


def dot_variable(graph: Graph, variable: Variable) -> str:
    """A square."""
    parameter = variable.leaf is not None and variable.leaf.role == "parameter"
    style = f', style=filled, fillcolor="{FILLED}"' if parameter else ""
    return f"{quoted(graph.names[variable])} [shape=box{style}];"


def dot_operator(graph: Graph, operator: Operator) -> str:
    """A circle."""
    return f"{quoted(operator_id(graph)(operator))} [shape=circle, label={quoted(operator.op.name)}];"


def quoted(text: str) -> str:
    """A string of both languages."""
    return '"' + text.replace("\\", "\\\\").replace('"', "'") + '"'


def plain(text: str) -> str:
    """A label of Mermaid, in which quotes and brackets would end it."""
    return text.replace('"', "'").replace("[", "(").replace("]", ")")
