"""Indices that are variables: NumPy's results, and errors that name the index."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import InputError, ProgramError


@pytest.mark.parametrize(
    ("index", "wanted"),
    [
        ("i", lambda x, i: x[i]),
        (":, i", lambda x, i: x[:, i]),
        ("1:, i", lambda x, i: x[1:, i]),
        ("..., i", lambda x, i: x[..., i]),
        ("..., i, ::2", lambda x, i: x[..., i, ::2]),
        ("0, i", lambda x, i: x[0, i]),
        ("0, :, i", lambda x, i: x[0, :, i]),
        ("None, i, :, 1", lambda x, i: x[None, i, :, 1]),
        ("i, i", lambda x, i: x[i, i]),
        ("i, :, i + 1", lambda x, i: x[i, :, i + 1]),
        ("range(2), i, [3]", lambda x, i: x[range(2), i, [3]]),
        ("[True, False, True], i[0]", lambda x, i: x[[True, False, True], i[0]]),
    ],
)
def test_a_variable_index_beside_slices(index: str, wanted: object) -> None:
    graph = tidegraph.parse(f"x: input[3, 3, 4]\ni: input = [[0, 2], [-1, 1]]\ny = x[{index}]")
    (values,) = tidegraph.function(graph)()
    np.testing.assert_array_equal(values["y"], wanted(values["x"], values["i"].astype(int)))  # type: ignore[operator]


def test_the_score_of_each_label_is_taken_as_in_the_textbooks() -> None:
    program = "o: parameter[4, 3]\ny: input[4]\nJ = -mean(log_softmax(o)[range(4), y])\nK = cross_entropy(o, y)"
    values, gradients = tidegraph.value_and_grad(tidegraph.parse(program), "J")()
    other, wanted = tidegraph.value_and_grad(tidegraph.parse(program), "K")()
    assert values["J"] == pytest.approx(other["K"], rel=1e-14)
    np.testing.assert_allclose(gradients["o"], wanted["o"], atol=1e-15)
    assert set(values["y"]) <= {0, 1, 2}
    (scope,) = (s for s in tidegraph.trace(tidegraph.parse(program)).to_dict()["scopes"] if s["op"] == "take_each")
    assert scope["latex"].endswith(r"_{[(0, 1, 2, 3), \mathbf{y}]}")


def test_an_index_gets_no_gradient_and_equal_ones_add_up() -> None:
    graph = tidegraph.parse("x: parameter[3]\ni: input = [0, 2, 2]\nJ = sum(x[i] * [1, 10, 100])")
    _, gradients = tidegraph.value_and_grad(graph)()
    np.testing.assert_array_equal(gradients["x"], [1, 0, 110])
    assert "i" not in gradients


@pytest.mark.parametrize("bad", [3, -4, 0.5, np.nan])
def test_an_index_out_of_range_is_named(bad: float) -> None:
    function = tidegraph.function(tidegraph.parse("x: input[3]\ni: input[2]\ny = x[i]"))
    with pytest.raises(InputError, match="is not an index of an axis of size 3") as refused:
        function(i=[0, bad])
    assert f"{bad:g}" in refused.value.message
    assert refused.value.hint == "whole numbers from 0 to 2"


def test_an_index_of_the_program_is_checked_where_it_stands() -> None:
    with pytest.raises(ProgramError, match="7 is not an index of an axis of size 3") as refused:
        tidegraph.parse("x: input[3]\ni: input = [0, 7]\ny = x[i]")
    assert refused.value.line == 3


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ("x > 0", "known only when the graph runs"),
        ("i, i, i", "3 indices for 2 axes"),
        ("i[0]:", "the ends of a slice must be known at parse time"),
        ("range(3), i", "axis -1 has sizes 2 and 3, which do not broadcast"),
    ],
)
def test_an_index_that_is_not_supported_is_explained(index: str, message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        tidegraph.parse(f"x: input[3, 3]\ni: input[2]\ny = x[{index}]")


def test_drawn_indices_fit_what_they_index() -> None:
    graph = tidegraph.parse("E: parameter[5, 2]\ni: input[40]\nj: input[40]\ne = embedding(i, E)\no = one_hot(j, 3)")
    (values,) = tidegraph.function(graph)()
    assert set(values["i"]) == set(range(5))
    assert set(values["j"]) == set(range(3))
    graph = tidegraph.parse("x: input[3, 9]\ni: input[40]\na = x[:, i]\nb = x[i]\nc = x[:, i]")
    assert set(tidegraph.initial_values(graph)["i"]) == set(range(3))
