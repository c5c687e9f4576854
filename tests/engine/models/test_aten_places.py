"""Rules of PyTorch's calls that put, look up and search, without PyTorch: their numbers worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import Variable
from tidegraph.engine.models import aten_places
from tidegraph.engine.models.aten import RULES, Calls
from tidegraph.engine.models.builder import Builder

X = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]])


def computed(name: str, x: np.ndarray, out: Any, **given: Any) -> tuple[np.ndarray, list[str]]:
    """The first result of a call on `self`, and the notes; arrays among the arguments are constants."""
    b = Builder()
    own = b.leaf("x", x.shape, "input", x)
    mapped = {k: b.constant(v) if isinstance(v, np.ndarray) else v for k, v in given.items()}
    arguments = SimpleNamespace(**({"self": own, "input": own} | mapped))
    found = RULES[name](Calls(b, lambda value: value), arguments, out)
    first = found[0] if isinstance(found, tuple) else found
    assert isinstance(first, Variable)
    model = b.model([own], [("y", first)])
    (values,) = tidegraph.function(model.graph, model.outputs)(model.values)
    return values[model.outputs[0]], model.notes


def result(shape: tuple[int, ...]) -> SimpleNamespace:
    return SimpleNamespace(shape=shape, dtype="torch.float64")


def test_the_module_enters_its_rules() -> None:
    assert RULES["searchsorted"].__module__ == aten_places.__name__


def test_of_equal_indices_the_last_source_counts() -> None:
    index, source = np.array([[0, 0, 1]]), np.array([[5.0, 6.0, 7.0]])
    y, _ = computed("scatter", X, result((2, 3)), dim=1, index=index, src=source)
    assert y.tolist() == [[6, 7, 3], [0.5, 4, -1]]


@pytest.mark.parametrize(("own", "wanted"), [(True, [[3, -2, 3]]), (False, [[2.5, -2, 3]])])
def test_the_mean_counts_what_is_there_only_where_it_is_asked_to(own: bool, wanted: list[list[float]]) -> None:
    index, source = np.array([[0, 0]]), np.array([[3.0, 2.0]])
    how = {"dim": 1, "index": index, "src": source, "reduce": "mean", "include_self": own}
    y, _ = computed("scatter_reduce", np.array([[4.0, -2.0, 3.0]]), result((1, 3)), **how)
    assert y.tolist() == wanted


@pytest.mark.parametrize(("right", "wanted"), [(False, [[1, 0, 2], [0, 2, 0]]), (True, [[2, 0, 2], [1, 2, 0]])])
def test_bounds_that_equal_a_number_count_on_the_right(right: bool, wanted: list[list[int]]) -> None:
    y, _ = computed("bucketize", X, result((2, 3)), boundaries=np.array([0.5, 1.0]), right=right)
    assert y.tolist() == wanted


def test_the_most_frequent_element_is_the_smallest_of_several_and_the_last_of_equals() -> None:
    x = np.array([[3.0, 1.0, 1.0, 3.0]])
    y, _ = computed("mode", x, (result((1,)), result((1,))), dim=-1, keepdim=False)
    assert y.tolist() == [1]


def test_random_numbers_are_drawn_once_with_a_note() -> None:
    y, notes = computed("exponential", X, result((2, 3)), lambd=2.0)
    assert (y > 0).all()
    assert notes == ["random numbers are drawn once and are constants of the program"]


def test_dropout_of_channels_drops_whole_channels() -> None:
    x = np.ones((2, 8, 3))
    y, notes = computed("feature_dropout", x, result(x.shape), p=0.5, train=True)
    assert set(np.unique(y)) == {0.0, 2.0}
    assert (y == y[:, :, :1]).all()
    assert notes
