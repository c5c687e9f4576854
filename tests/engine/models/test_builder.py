"""Calls of operators as program text: names, scopes, folding, and what nobody needs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.models.builder import RESERVED, Builder, identifier, registrar


def test_a_program_has_only_the_lines_that_its_result_needs() -> None:
    b = Builder()
    x = b.leaf("x", (3,), "input", np.ones(3))
    b.leaf("unused", (2,), "parameter", np.ones(2))
    b.exp(x)
    y = b.relu(x)
    model = b.model([x], [("y", y)])
    assert model.program == "x: input[3]\ny = relu(x)\n"
    assert (model.inputs, model.outputs, list(model.values)) == (["x"], ["y"], ["x"])


def test_the_text_parses_to_the_same_numbers_and_scopes() -> None:
    b = Builder()
    x = b.leaf("x", (2,), "input", np.array([1.0, -2.0]))
    with b.scope("outer", "net"):
        w = b.leaf("net.weight", (2,), "parameter", np.array([3.0, 4.0]))
        with b.scope("inner", "net.act"):
            h = b.relu(b.multiply(x, w))
    model = b.model([x], [("J", b.sum(h))])
    graph = tidegraph.parse(model.program)
    assert {name: scope.parent and scope.parent.name for name, scope in graph.scopes.items()} == {
        "outer": None,
        "outer.inner": "outer",
    }
    assert model.names["net"] == "outer"
    assert model.names["net.act"] == "outer.inner"
    values, gradients = tidegraph.value_and_grad(graph)(model.values)
    assert values["J"] == 3
    np.testing.assert_array_equal(gradients[model.names["net.weight"]], [1, 0])


def test_equal_names_stay_apart_and_reserved_ones_are_never_assigned() -> None:
    b = Builder()
    leaves = [b.leaf(source, (), "parameter", np.array(n)) for n, source in enumerate(("a.b", "a_b", "lambda", "relu"))]
    total = leaves[0]
    for one in leaves[1:]:
        total = b.add(total, one)
    model = b.model([], [("J", total)])
    assert len(set(model.names.values())) == 4
    assert not set(model.names.values()) & RESERVED
    for n, source in enumerate(("a.b", "a_b", "lambda", "relu")):
        assert model.values[model.names[source]] == n


@pytest.mark.parametrize(
    ("array", "line"),
    [(np.full((2, 2), 0.5), "broadcast_to(0.5, shape=(2, 2))"), (np.zeros(3), "broadcast_to(0.0, shape=(3,))")],
)
def test_an_array_of_one_number_is_no_leaf(array: np.ndarray, line: str) -> None:
    b = Builder()
    model = b.model([], [("y", b.constant(array))])
    assert model.program == f"y = {line}\n"


@pytest.mark.parametrize("array", [np.array([1.0, 2.0]), np.array([-0.0, -0.0])])
def test_other_arrays_are_values_and_the_sign_of_zero_stays(array: np.ndarray) -> None:
    b = Builder()
    model = b.model([], [("y", b.identity(b.constant(array, "c")))])
    np.testing.assert_array_equal(np.signbit(model.values["c"]), np.signbit(array))
    assert "c: constant[2]" in model.program


def test_an_empty_scope_and_a_note_said_twice_are_written_once_or_not_at_all() -> None:
    b = Builder()
    x = b.leaf("x", (), "input", np.array(1.0))
    with b.scope("idle"):
        b.exp(x)
    b.note("dropped")
    b.note("dropped")
    model = b.model([x], [("y", b.tanh(x))])
    assert "scope" not in model.program
    assert model.notes == ["dropped"]


def test_each_result_of_an_operator_with_several_is_an_output_by_its_own_name() -> None:
    b = Builder()
    x = b.leaf("x", (3,), "input", np.array([3.0, 1.0, 2.0]))
    values, places = b.topk(x, k=2)
    for one, wanted in ((values, [3, 2]), (places, [0, 2])):
        model = b.model([x], [("y", one)])
        (found,) = tidegraph.function(model.graph, model.outputs)(model.values)
        np.testing.assert_array_equal(found[model.outputs[0]], wanted)


@pytest.mark.parametrize(
    ("source", "name"), [("encoder.0.weight", "encoder_0_weight"), ("/a/b:0", "a_b_0"), ("3d", "_3d"), ("", "x")]
)
def test_a_name_is_as_close_to_its_source_as_it_can_be(source: str, name: str) -> None:
    assert identifier(source) == name


def test_a_rule_is_entered_under_all_its_names() -> None:
    rules: dict[str, Callable[[int], int]] = {}
    rule = registrar(rules)

    @rule("twice", "double")
    def _twice(number: int) -> int:
        return 2 * number

    assert {name: found(3) for name, found in rules.items()} == {"twice": 6, "double": 6}
