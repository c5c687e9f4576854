"""The outline of a graph: what is in sight, without a run."""

from __future__ import annotations

import tidegraph
from tidegraph.engine.trace.outline import Outline
from tidegraph.engine.trace.structure import Structure

NESTED = """
def inner(x, w):
    y = tanh(x * w)
    return y + x

def outer(x, w):
    h = inner(x, w)
    return inner(h, w) * h

x: input[3]
w: parameter[3]
h = x
for i in range(12):
    h = outer(h, w)
J = sum(h)
"""


def test_with_all_scopes_open_it_is_the_structure_without_steps() -> None:
    graph = tidegraph.parse(NESTED)
    structure = Structure(graph).to_dict()
    outline = Outline(graph).in_sight(graph.scopes)
    bare = [{k: v for k, v in node.items() if k not in ("value", "gradient")} for node in outline["graph"]["nodes"]]
    assert bare == [{k: v for k, v in node.items() if k != "differentiated"} for node in structure["graph"]["nodes"]]
    assert outline["graph"]["edges"] == structure["graph"]["edges"]
    steps = {"forward": [], "backward": []}
    assert outline["scopes"] == [scope | steps for scope in structure["scopes"]]
    assert (outline["target"], outline["forward"], outline["backward"]) == ("J", [], [])


def test_closed_scopes_hide_what_they_hold() -> None:
    outline = Outline(tidegraph.parse(NESTED)).in_sight()
    loop = [scope["id"] for scope in outline["scopes"]]
    assert len(loop) == 1
    variables = [node["id"] for node in outline["graph"]["nodes"] if node["kind"] == "variable"]
    assert [name for name in variables if "." not in name] == variables
    inside = [node for node in outline["graph"]["nodes"] if node["scope"] == loop[0]]
    assert [node["kind"] for node in inside] == ["operator"]
    edges = {(edge["source"], edge["target"]) for edge in outline["graph"]["edges"]}
    assert ("w", loop[0]) in edges
    assert all(end in [*variables, *loop] or ":" in end for edge in edges for end in edge)


def test_an_opened_scope_shows_the_closed_ones_in_it() -> None:
    outline = Outline(tidegraph.parse(NESTED))
    (loop,) = (scope["id"] for scope in outline.in_sight()["scopes"])
    opened = outline.in_sight([loop])
    assert [scope["kind"] for scope in opened["scopes"]] == ["loop"] + 12 * ["iteration"]
    assert all(node["value"] is None for node in opened["graph"]["nodes"] if node["kind"] == "variable")


def test_short_loops_at_the_top_are_open_in_any_case() -> None:
    graph = tidegraph.parse("x: parameter\nfor i in range(3):\n    x = tanh(x)\nJ = x * x")
    assert len(Outline(graph).in_sight()["scopes"]) == 4


def test_a_graph_without_a_scalar_has_no_target() -> None:
    outline = Outline(tidegraph.parse("x: input[3]\ny = x * 2"))
    assert outline.in_sight()["target"] is None
    assert repr(outline) == "Outline(1 operators, target=None)"
