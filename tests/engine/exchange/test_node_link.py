"""Graphs as data: a trace's graph sent back gives the same trace; what does not fit says so."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

import tidegraph

PROGRAMS = {
    "chapter": """
x:  input[4]
y:  target[3]
W1: parameter[5, 4]
W2: parameter[3, 5]
lam = 0.1
def l2(W1, W2, lam):
    return lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))
z = W1 @ x
h = relu(z)
o = W2 @ h
L = squared_error(o, y)
s = l2(W1, W2, lam)
J = L + s
""",
    "loop": "x: input[3]\nW: parameter[3, 3]\nh = x\nfor i in range(3):\n    h = tanh(W @ h)\nJ = sum(h[::2] * 2)",
    "nested": """
def layer(x, W):
    u = x @ W
    return relu(u)
def net(x, A, B):
    return layer(layer(x, A), B)
x: input[2, 3]
A: parameter[3, 4]
B: parameter[4, 2]
J = mean(softmax(net(x, A, B)), axis=0)[1]
""",
    "forward only": "x: input[3]\ny = x * 2",
    "infinity": "x: input[3]\ny = clip(x, 0, inf)\nJ = norm(y, inf)",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_trace_sent_back_gives_the_same_trace(program: str) -> None:
    first = json.loads(json.dumps(tidegraph.trace(tidegraph.parse(program)).to_dict(), allow_nan=False))
    graph = tidegraph.graph_from_data(first["graph"], first["scopes"], first["target"])
    again = json.loads(json.dumps(tidegraph.trace(graph).to_dict()))
    assert again == first


def test_a_graph_built_by_hand() -> None:
    data = {
        "nodes": [
            {"id": "b", "kind": "variable", "role": "parameter", "shape": [], "value": 2.0},
            {"id": "a", "kind": "variable", "role": "parameter", "shape": [], "value": -4.0},
            {"id": "plus", "kind": "operator", "op": "add"},
            {"id": "J", "kind": "variable"},
            {"id": "square", "kind": "operator", "op": "power", "literals": {"1": 2}},
            {"id": "p", "kind": "variable"},
            {"id": "times", "kind": "operator", "op": "multiply"},
            {"id": "c", "kind": "variable"},
        ],
        "edges": [
            {"source": "a", "target": "times", "key": 0},
            {"source": "b", "target": "times", "key": 1},
            {"source": "times", "target": "c", "key": 0},
            {"source": "c", "target": "square", "key": 0},
            {"source": "square", "target": "p", "key": 0},
            {"source": "p", "target": "plus", "key": 0},
            {"source": "a", "target": "plus", "key": 1},
            {"source": "plus", "target": "J", "key": 0},
        ],
    }
    values, gradients = tidegraph.value_and_grad(tidegraph.graph_from_data(data))()
    assert values["J"] == 60
    assert (gradients["a"], gradients["b"]) == (-31, 64)


def spoil(change: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    data = copy.deepcopy(tidegraph.trace(tidegraph.parse(PROGRAMS["chapter"])).to_dict())
    change(data["graph"])
    return data["graph"], data["scopes"]


def node(graph: dict[str, Any], name: str) -> dict[str, Any]:
    return next(n for n in graph["nodes"] if n["id"] == name)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda g: g["edges"].append({"source": "W9", "target": "relu:h", "key": 1}), "W9"),
        (lambda g: g["edges"].append({"source": "h", "target": "matmul:z", "key": 1}), "connected twice"),
        (lambda g: g["edges"].append({"source": "x", "target": "y", "key": 0}), "two nodes of the same kind"),
        (lambda g: g["nodes"].append(dict(g["nodes"][0])), "same id"),
        (lambda g: node(g, "relu:h").update(op="rleu"), "rleu"),
        (lambda g: node(g, "relu:h").update(op="squared_error"), "made of other operators"),
        (lambda g: node(g, "relu:h").update(scope="nowhere"), "nowhere"),
        (lambda g: node(g, "W1").update(shape=[5, 3]), "W1 has shape"),
        (lambda g: node(g, "x").update(role="inupt"), "inupt"),
        (lambda g: node(g, "x").update(value=None, shape=[3]), "inner sizes 4 and 3 differ"),
        (lambda g: g["nodes"].append({"kind": "variable"}), "malformed"),
        (lambda g: g["edges"].pop(0), "not connected"),
    ],
)
def test_what_does_not_fit_says_so(change: Any, words: str) -> None:
    graph, scopes = spoil(change)
    with pytest.raises(tidegraph.InputError, match=words):
        tidegraph.graph_from_data(graph, scopes, "J")


def test_a_cycle_is_named() -> None:
    data = {
        "nodes": [{"id": n, "kind": "variable"} for n in "ab"]
        + [{"id": n, "kind": "operator", "op": "exp"} for n in ("f", "g")],
        "edges": [{"source": s, "target": t, "key": 0} for s, t in ("af", "fb", "bg", "ga")],
    }
    with pytest.raises(tidegraph.InputError, match="cycle"):
        tidegraph.graph_from_data(data)
