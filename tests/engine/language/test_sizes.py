"""Named sizes: other values, the axes that follow them, counts in symbols."""

import pytest

from tidegraph import InputError, parse
from tidegraph.engine.language.sizes import Formulas, Polynomial, axes_of, named_sizes, overrides, resized

PROGRAM = """
n, d, h = 8, 4, 5
m = 2 * h
X: input[n, d]
W: parameter[d, m]
Z = X @ W
F = reshape(Z, shape=(n * m,))
J = sum(F)
"""


def test_a_program_is_read_again_with_other_sizes_and_what_follows_from_them():
    graph = resized(parse(PROGRAM), {"h": 7})
    assert graph.find("W").shape == (4, 14)
    assert named_sizes(graph) == {"n": 8, "d": 4, "h": 7, "m": 14}
    again = resized(graph, {"n": 3})
    assert again.find("Z").shape == (3, 14)
    assert overrides(again) == {"n": 3, "h": 7}


def test_wrong_sizes_are_named():
    with pytest.raises(InputError, match="no size 'k'"):
        resized(parse(PROGRAM), {"k": 3})
    with pytest.raises(InputError, match="the size n is a whole number of at least 1"):
        resized(parse(PROGRAM), {"n": 0})


def test_axes_follow_their_size():
    assert axes_of(parse(PROGRAM), "n") == {"X": (0,), "W": ()}
    assert axes_of(parse(PROGRAM), "h")["W"] == (1,)


def test_counts_in_symbols():
    graph = parse(PROGRAM)
    formulas = Formulas(graph, lambda g: [(n, v.shape) for n, v in g.variables.items()])
    counts = {n: formulas.elements(i) for i, n in enumerate(graph.variables)}
    assert counts["W"].latex == "2 d h"
    assert counts["F"].latex == "2 h n"
    assert counts["Z"].at({"n": 8, "d": 4, "h": 5}) == 80
    assert counts["Z"].at({"n": 16, "d": 400, "h": 5}) == 160


def test_an_affine_length_and_a_size_of_one():
    graph = parse("n, k = 1, 3\nX: input[n, k + 2]\nJ = sum(X)")
    formulas = Formulas(graph, lambda g: [(n, v.shape) for n, v in g.variables.items()])
    assert formulas.elements(0).latex == "k n + 2 n"


def test_a_number_of_layers_stays_a_number():
    program = "n, layers = 4, 3\nx: input[n]\nfor i in range(layers):\n    x = tanh(x)\nJ = sum(x)"
    formulas = Formulas(parse(program), lambda g: [(o.op.name, v.shape) for o in g.operators for v in o.outputs])
    assert set(formulas.sizes) == {"n"}


def test_polynomials_add_and_multiply():
    a = Polynomial({(("h", 1),): 1, (): 2})
    assert (a * a).latex == "h^{2} + 4 h + 4"
    assert (a + Polynomial({(("h", 1),): -1})).latex == "2"
    assert Polynomial({}).latex == "0"
