"""DOT and Mermaid: every node once, every edge, scopes inside each other."""

from __future__ import annotations

import re

import tidegraph
from tidegraph.engine.exchange.diagrams import dot, mermaid

PROGRAM = "x: input[2]\nW: parameter[2, 2]\ndef f(a):\n    b = relu(a)\n    return sum(b)\nz = W @ x\nJ = f(z) * 2"


def test_dot_has_every_node_and_edge() -> None:
    graph = tidegraph.parse(PROGRAM)
    text = dot(graph)
    assert len(re.findall(r"shape=box", text)) == len(graph.variables)
    assert len(re.findall(r"shape=circle", text)) == len(graph.operators)
    assert '"W" -> "matmul:z";' in text
    assert '"matmul:z" -> "z";' in text
    assert text.index("subgraph cluster_0") < text.index('"relu:f.b"') < text.index("}")


def test_mermaid_has_every_node_and_edge() -> None:
    graph = tidegraph.parse(PROGRAM)
    text = mermaid(graph)
    assert text.startswith("flowchart LR\n")
    assert len(re.findall(r"^ +n\d+\[", text, re.MULTILINE)) == len(graph.variables)
    assert text.count("((") == len(graph.operators)
    assert text.count("-->") == sum(len(o.inputs) + len(o.outputs) for o in graph.operators) - 1
    assert text.count("subgraph") == text.count("end\n") == 1
