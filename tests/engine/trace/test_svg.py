"""Traces as pictures: where things stand, what is drawn, what a notebook shows."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tidegraph
from tidegraph import picture
from tidegraph.app import examples
from tidegraph.engine.trace.layered import apart, layered

PRODUCT = "a: parameter = -4.0\nb: parameter = 2.0\nJ = a * b + a"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(program: str, **wishes: object) -> ElementTree.Element:
    return ElementTree.fromstring(picture.svg(tidegraph.trace(tidegraph.parse(program)), **wishes))  # type: ignore[arg-type]


@given(st.lists(st.floats(-100, 100), max_size=12))
def test_heights_keep_their_distance_and_move_no_further_than_they_must(wished: list[float]) -> None:
    wished.sort()
    heights = apart(wished)
    assert all(gap >= 1 - 1e-9 for gap in np.diff(heights))
    if all(gap >= 1 for gap in np.diff(wished)):
        assert np.allclose(heights, wished)
    assert np.isclose(sum(heights), sum(wished))


@given(st.integers(2, 14), st.data())
def test_arrows_run_to_the_right_and_marks_do_not_touch(count: int, data: st.DataObject) -> None:
    nodes = [str(i) for i in range(count)]
    pairs = [(a, b) for i, a in enumerate(nodes) for b in nodes[i + 1 :]]
    edges = data.draw(st.lists(st.sampled_from(pairs), unique=True))
    places, bends = layered(nodes, edges)
    assert all(places[source][0] < places[target][0] for source, target in edges)
    passed = [place for way in bends.values() for place in way]
    for rank in {x for x, _ in places.values()}:
        heights = sorted(y for x, y in [*places.values(), *passed] if x == rank)
        assert all(gap >= 1 - 1e-9 for gap in np.diff(heights))


def test_the_chapters_figure_is_drawn_as_in_the_chapter() -> None:
    example = examples.load()["chapter"]
    root = drawn(example.program, places=example.layout, title="One hidden layer")
    assert root.findtext(f"{SVG}title") == "One hidden layer"
    squares = {e.attrib["id"]: e for e in root.iter(f"{SVG}rect") if "id" in e.attrib}
    assert set(squares) == {"x", "y", "W1", "W2", "lam", "z", "h", "o", "L", "s", "J"} - {"lam"}
    assert float(squares["x"].attrib["x"]) < float(squares["J"].attrib["x"])
    assert float(squares["x"].attrib["y"]) > float(squares["J"].attrib["y"])
    circles = {e.attrib["id"] for e in root.iter(f"{SVG}g") if "id" in e.attrib}
    assert circles == {"matmul:z", "relu:h", "matmul:o", "squared_error", "l2", "add:J"}


def test_numbers_are_those_of_the_run() -> None:
    words = ["".join(text.itertext()) for text in drawn(PRODUCT).iter(f"{SVG}text")]
    assert {"\N{MINUS SIGN}12", "\N{MINUS SIGN}4", "3", "1"} <= set(words)


@pytest.mark.parametrize("name", ["lstm", "transformer", "wide", "dropout"])
def test_every_kind_of_graph_is_drawn(name: str) -> None:
    root = drawn(examples.load()[name].program, theme="dark")
    assert not re.search("nan|inf", ElementTree.tostring(root, "unicode").split("<text")[0])


def test_a_picture_that_nobody_could_read_is_refused() -> None:
    program = "x: input\n" + "\n".join(f"x = x + {i}" for i in range(600)) + "\nJ = x"
    run = tidegraph.trace(tidegraph.parse(program))
    with pytest.raises(tidegraph.TidegraphError, match="illegible"):
        picture.svg(run)
    assert run._repr_mimebundle_() == {}


def test_a_notebook_shows_graphs_and_traces() -> None:
    graph = tidegraph.parse(PRODUCT)
    for shown in (graph, tidegraph.trace(graph), tidegraph.grad(graph)):
        assert shown._repr_mimebundle_()["image/svg+xml"].startswith("<svg")
    assert repr(graph) == "Graph(4 variables, 2 operators, target='J')"
    assert repr(tidegraph.trace(graph)) == "Trace(target='J', 2 steps forward, 6 back)"


def test_it_takes_no_time_that_a_person_would_notice() -> None:
    graph = tidegraph.parse("A: input[900, 900]\nJ = sum(A @ A)")
    assert graph._repr_mimebundle_() == {}


def test_the_engine_needs_numpy_alone_for_it() -> None:
    script = (
        "import sys, tidegraph\n"
        "tidegraph.parse('a: parameter\\nJ = a ** 2')._repr_mimebundle_()\n"
        "print({'tidegraph.app', 'fastapi', 'IPython', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
