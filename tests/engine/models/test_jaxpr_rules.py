"""Rules of JAX's primitives, one by one, without JAX: their numbers worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import literal
from tidegraph.engine.models.aten import Calls, NoRule
from tidegraph.engine.models.builder import Builder
from tidegraph.engine.models.jaxpr_rules import RULES, padded

X = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]])


def computed(rule: Any) -> np.ndarray:
    """What a rule, given the calls and X, computes."""
    b = Builder()
    x = b.leaf("x", X.shape, "input", X)
    made = rule(Calls(b, lambda value: value), x)
    model = b.model([x], [("y", made)])
    (values,) = tidegraph.function(model.graph, model.outputs)(model.values)
    return values[model.outputs[0]]


def test_padding_stands_between_elements_and_a_negative_one_cuts() -> None:
    y = computed(lambda b, x: padded(b, x, [(0, 1, 0), (-1, 1, 1)], 9.0))
    assert y.tolist() == [[9, -2, 9, 3, 9], [9, 4, 9, -1, 9], [9, 9, 9, 9, 9]]


def test_a_choice_of_three_goes_by_number() -> None:
    which = np.array([[0, 1, 2], [2, 0, 1]])
    y = computed(
        lambda b, x: RULES["select_n"](b, [b.builder.constant(which), x, b.neg(x), b.multiply(x, 0.0)], None, x)
    )
    assert np.abs(y).tolist() == [[1, 2, 0], [0, 4, 1]]
    assert y[0, 1] == 2
    assert y[1, 2] == 1


@pytest.mark.parametrize(("start", "wanted"), [(0, [1, -2]), (1, [-2, 3]), (7, [-2, 3])])
def test_a_slice_that_would_leave_the_array_is_moved_inside(start: int, wanted: list[float]) -> None:
    how = SimpleNamespace(slice_sizes=(1, 2))
    y = computed(lambda b, x: RULES["dynamic_slice"](b, [x, literal(0), literal(start)], how, x))
    assert y.tolist() == [wanted]


def test_a_known_place_outside_the_array_has_no_rule() -> None:
    numbers = SimpleNamespace(
        inserted_window_dims=(0, 1), operand_batching_dims=(), update_window_dims=(), scatter_indices_batching_dims=(),
        scatter_dims_to_operand_dims=(0, 1),
    )  # fmt: skip
    how = SimpleNamespace(dimension_numbers=numbers, mode="FILL_OR_DROP")
    inside, outside = np.array([[1, 2], [1, 2]]), np.array([[1, 2], [1, 3]])
    updates = np.array([5.0, 6.0])

    def put(places: np.ndarray) -> Any:
        return lambda b, x: RULES["scatter-add"](
            b, [x, b.builder.constant(places), b.builder.constant(updates)], how, x
        )

    assert computed(put(inside))[1, 2] == 10
    with pytest.raises(NoRule):
        computed(put(outside))
