"""Graphs: names, order, scopes, what is found and what is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import (
    Graph,
    InputError,
    Scope,
    Type,
    Variable,
    ancestors,
    constant,
    current_origin,
    leaf,
    literal,
    nearest,
    origin,
    size_of,
)
from tidegraph.engine.ops import REGISTRY


def test_expressions_are_graphs() -> None:
    a, b = leaf((3,), "input"), leaf((), "parameter")
    made = {
        "add": a + b,
        "subtract": 1 - a,
        "multiply": 2.0 * a,
        "divide": 1 / a,
        "power": a**2,
        "neg": -a,
        "less": a < b,
        "less_equal": a <= b,
        "greater": a > b,
        "greater_equal": a >= b,
        "getitem": a[0],
        "transpose": a.T,
    }
    assert {v.operator.op.name for v in made.values() if v.operator} == set(made)
    assert (a @ a).operator.op.name == "matmul"
    assert made["subtract"].operator.inputs[0].literal == 1


def test_variables_know_their_size_and_kind() -> None:
    assert (leaf((2, 3), "input").size, leaf((2, 3), "input").ndim, leaf((), "input").size) == (6, 2, 1)
    assert size_of((2, 0, 3)) == 0
    kinds = {True: "bool", 3: "int", 2.5: "float"}
    assert {value: literal(value).kind for value in kinds} == kinds
    assert [constant(np.array(v)).kind for v in ([True], [1], [1.0])] == ["bool", "int", "float"]


def test_ancestors_come_before_what_needs_them_and_once() -> None:
    x = leaf((), "input")
    a = x + 1
    b = a * a
    c = b - a
    order = ancestors([c, b])
    assert [o.op.name for o in order] == ["add", "multiply", "subtract"]
    assert ancestors([x]) == []
    assert ancestors([c], stop=lambda v: v is b) == [a.operator, c.operator]


def test_ancestors_of_a_deep_and_of_a_wide_graph() -> None:
    x = leaf((), "input")
    y = x
    for _ in range(20_000):
        y = y + y
    assert len(ancestors([y])) == 20_000
    parts = [x * n for n in range(5_000)]
    assert len(ancestors(parts)) == 5_000


def test_names_of_a_graph() -> None:
    x = leaf((2,), "input")
    hidden = x * 2
    y = REGISTRY["add"](hidden, [1.0, 2.0])
    graph = Graph({"x": x, "y": y})
    assert list(graph.variables) == ["x", "multiply", "constant", "y"]
    assert graph.names[hidden] == "multiply"
    assert graph.named == {x: "x", y: "y"}
    assert graph.find("y") is y
    assert set(graph.leaves()) == {"x", "constant"}
    assert set(graph.leaves("input")) == {"x"}


def test_names_do_not_collide() -> None:
    x = leaf((), "input")
    first, second = x * 2, x * 3
    graph = Graph({"x": x, "multiply": x + first + second})
    assert len(graph.variables) == len(set(graph.variables.values())) == 5
    assert graph.names[first] != "multiply"


def test_a_graph_has_its_operators_in_order() -> None:
    x = leaf((), "input")
    a = x + 1
    b = a * 2
    assert Graph({"x": x, "b": b}).operators == (a.operator, b.operator)
    with pytest.raises(InputError, match="out of order"):
        Graph({"x": x, "b": b}, [b.operator, a.operator])


def test_scopes_have_paths() -> None:
    outer = Scope("f", "function")
    inner, other = Scope("g", "function", outer), Scope("f", "function")
    x = leaf((), "input")
    with origin(inner, 3):
        a = x + 1
        assert current_origin() == (inner, 3)
    with origin(other, 4):
        b = a * 2
    assert current_origin() == (None, 0)
    graph = Graph({"x": x, "y": b + 1})
    assert list(graph.scopes) == ["f", "f.g", "f_2"]
    assert graph.names[a] == "f.g.add"
    assert graph.names[b] == "f_2.multiply"


def test_an_origin_ends_also_when_something_fails() -> None:
    with pytest.raises(ZeroDivisionError), origin(Scope("f", "function"), 1):
        raise ZeroDivisionError
    assert current_origin() == (None, 0)


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("Z", "there is no variable 'Z'", "did you mean z?"),
        ("hiden", "there is no variable 'hiden'", "did you mean hidden?"),
        ("nothing like it", "there is no variable", ""),
    ],
)
def test_what_is_not_found_is_explained(name: str, message: str, hint: str) -> None:
    graph = tidegraph.parse("z: input[3]\nhidden = z * 2\nJ = sum(hidden)")
    with pytest.raises(InputError) as caught:
        graph.find(name)
    assert message in caught.value.message
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("h", r"has shape \[3\]"),
        ("p", "is bool"),
        ("q", "no variable 'q'"),
    ],
)
def test_a_target_is_a_float_scalar(target: Any, message: str) -> None:
    graph = tidegraph.parse("x: input[3]\nh = x * 2\nm = sum(h, axis=0, keepdims=True)\np = x[0] > 0")
    with pytest.raises(InputError, match=message):
        graph.resolve_target(target)


def test_an_array_of_one_element_can_be_the_target() -> None:
    graph = tidegraph.parse("x: input[3]\nm = sum(x, axis=0, keepdims=True)")
    assert graph.resolve_target("m") is graph.find("m")
    with pytest.raises(InputError, match="scalar"):
        tidegraph.parse("x: input[3]\nh = x * 2").resolve_target()


def test_nearest() -> None:
    assert str(nearest("rleu", REGISTRY)) == "did you mean relu?"
    assert str(nearest("w1", ["W1", "W2"])) == "did you mean W1?"
    assert nearest("zzz", REGISTRY) is None


def test_graphs_are_not_changed_by_what_is_made_of_them() -> None:
    graph = tidegraph.parse("x: input[3]\nW: parameter[3]\nJ = sum(tanh(x * W) ** 2)")
    before = list(graph.variables.items()), graph.operators, graph.target
    tidegraph.grad(graph)
    tidegraph.hvp(graph)
    tidegraph.hessian(graph)
    tidegraph.value_and_grad(graph)()
    assert (list(graph.variables.items()), graph.operators, graph.target) == before


def test_a_type_is_a_shape_and_a_kind() -> None:
    assert Type((2, 3)) == ((2, 3), "float")
    assert isinstance(repr(Variable((2,), literal=None, leaf=leaf((), "input").leaf)), str)


def test_a_graph_cannot_be_changed() -> None:
    graph = tidegraph.parse("n = 2\nx: input[n]\nJ = sum(x)")
    assert graph.sizes == {"n": 2}
    for name in ("sizes", "answers", "tangents", "target", "variables"):
        with pytest.raises(AttributeError):
            setattr(graph, name, {})
    for mapping in (graph.sizes, graph.variables, graph.names, graph.named, graph.local, graph.scopes, graph.tangents):
        with pytest.raises(TypeError):
            mapping["y"] = 1  # type: ignore[index]
