"""Values known at parse time, and results with names."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from tests.engine.language.reading import value
from tidegraph.engine.graph import Variable, leaf
from tidegraph.engine.language.objects import Known, Results, numbers_in, shown_signature


def test_a_known_value_builds_its_variable_once() -> None:
    built: list[Variable] = []

    def make() -> Variable:
        built.append(leaf((), "input"))
        return built[-1]

    known = Known(3, make)
    assert known.variable() is known.variable()
    assert len(built) == 1


def test_the_use_of_a_value_marks_what_it_was_computed_from() -> None:
    first = Known(1, lambda: leaf((), "input"))
    second = Known(2, lambda: leaf((), "input"), (first,))
    other = Known(2, lambda: leaf((), "input"), (first,))
    assert second.use() == 2
    assert (first.static, second.static, other.static) == (True, True, False)


def test_results_are_a_tuple_whose_parts_have_names() -> None:
    found = Results.named(values=1, indices=2)
    assert found == (1, 2)
    assert found.fields == ("values", "indices")


@pytest.mark.parametrize("form", ["x.max(dim=0).values", "x.max(dim=0)[0]", "torch.max(x, 0).values"])
def test_a_result_is_read_by_name_or_place(form: str) -> None:
    np.testing.assert_array_equal(value(form, x=np.array([[1.0, 5.0], [3.0, 2.0]])), [3, 5])


@pytest.mark.parametrize(
    ("given", "wanted"),
    [([1, 2.5], [1.0, 2.5]), ([[True], [False]], [[1.0], [0.0]]), ([1, [2]], None), (["a"], None), (3, None)],
)
def test_nested_lists_of_plain_numbers_are_arrays(given: Any, wanted: Any) -> None:
    found = numbers_in(given)
    assert (found is None) is (wanted is None)
    if found is not None:
        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, wanted)


def test_a_signature_is_shown_without_what_the_language_passes_itself() -> None:
    def function(ev: Any, node: Any, x: Any, dim: Any = None, *rest: Any) -> None: ...

    assert shown_signature("f", inspect.signature(function)) == "f(x, dim=None, *rest)"
