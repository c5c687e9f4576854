"""What a declaration makes of a call: inputs, attributes, shapes, and what it says about what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegraph.engine.graph import REGISTRY, ShapeError, Type, Variable, constant, leaf, literal
from tidegraph.engine.graph.kinds import Factor, Way
from tidegraph.engine.ops.declare import (
    as_variable,
    broadcast,
    check_numbers,
    infer_binary,
    infer_comparison,
    infer_inexact,
    infer_signed,
    infer_unary,
    normal_axes,
    normal_axis,
    normal_shape,
    operator_name,
    produced_by,
    promote,
    reduced,
    scattered,
    signed,
    spell,
)

X = leaf((2, 3), "input")
V = leaf((3,), "input")
I = leaf((3,), "input", kind="int")  # noqa: E741
B = leaf((3,), "input", kind="bool")


def op(name: str) -> Any:
    return REGISTRY[name]


def test_what_stands_for_a_variable() -> None:
    assert as_variable(X) is X
    assert (as_variable(2).literal, as_variable(2).kind) == (2, "int")
    assert (as_variable(np.float64(0.5)).literal, as_variable(np.float64(0.5)).kind) == (0.5, "float")
    assert (as_variable([1, 2]).shape, as_variable([1, 2]).kind) == ((2,), "int")
    assert as_variable([[True, False]]).kind == "bool"
    for value in ([X, V], [[1], [1, 2]], "text", object()):
        with pytest.raises(ShapeError):
            as_variable(value)


@pytest.mark.parametrize(
    ("shapes", "wanted"),
    [
        (((2, 3), (2, 3)), (2, 3)),
        (((2, 3), ()), (2, 3)),
        (((), (2, 3)), (2, 3)),
        (((2, 1), (1, 3)), (2, 3)),
        (((3,), (2, 1)), (2, 3)),
        (((1,), (0,)), (0,)),
        (((2, 1, 3), (4, 1), (1,)), (2, 4, 3)),
    ],
)
def test_broadcast_is_numpys(shapes: Any, wanted: Any) -> None:
    assert broadcast(*shapes) == wanted == np.broadcast_shapes(*shapes)


@pytest.mark.parametrize("shapes", [((2,), (3,)), ((2, 3), (3, 2)), ((0,), (2,)), ((2,), (1,), (3,))])
def test_what_does_not_broadcast_is_refused(shapes: Any) -> None:
    with pytest.raises(ShapeError, match="do not broadcast"):
        broadcast(*shapes)


def test_axes_and_shapes() -> None:
    assert [normal_axis(a, 3) for a in (0, 2, -1, -3)] == [0, 2, 2, 0]
    assert normal_axes(None, 2) == (0, 1)
    assert normal_axes(-1, 3) == (2,)
    assert normal_axes((2, 0), 3) == (0, 2)
    assert normal_axes([1], 2) == (1,)
    assert normal_shape(3) == (3,)
    assert normal_shape([2, 0]) == (2, 0)
    assert normal_shape((-1, 2), least=-1) == (-1, 2)
    assert (reduced((2, 3), None, False), reduced((2, 3), None, True)) == ((), (1, 1))
    assert (reduced((2, 3), -1, False), reduced((2, 3), 0, True)) == ((2,), (1, 3))
    for axis in (3, -4, 1.0, True, "0"):
        with pytest.raises(ShapeError):
            normal_axis(axis, 3)  # type: ignore[arg-type]
    with pytest.raises(ShapeError):
        normal_axis(0, 0)
    with pytest.raises(ShapeError):
        normal_axes((0, -3), 3)
    for shape in (-1, (2, -1), 1.5, True, ("2",)):
        with pytest.raises(ShapeError):
            normal_shape(shape)


def test_kinds() -> None:
    assert (promote(B, I), promote(I, V), promote(B, B)) == ("int", "float", "bool")
    assert [signed(k) for k in ("bool", "int", "float")] == ["int", "int", "float"]
    assert infer_unary(I) == Type((3,), "float")
    assert infer_binary(X, I) == Type((2, 3), "float")
    assert infer_inexact(I, I) == Type((3,), "float")
    assert infer_signed(B, B) == Type((3,), "int")
    assert infer_comparison(X, V) == Type((2, 3), "bool")
    check_numbers(p=0.5, n=2)
    for value in (True, "1", None):
        with pytest.raises(ShapeError):
            check_numbers(p=value)


def test_texts() -> None:
    assert (spell((5, 4)), spell(())) == ("[5, 4]", "[]")
    assert operator_name("log_softmax") == r"\operatorname{{log\_softmax}}"
    assert op("softmax").signature == "softmax(x, axis=-1)"
    assert op("clip").signature == "clip(x, min=None, max=None)"
    assert op("stack").signature == "stack(*arrays, axis=0)"
    assert repr(op("relu")) == "<Primitive relu(x)>"


def test_arguments_by_position_and_keyword() -> None:
    assert op("sum").bind([X, 1], {}) == ([X], {"axis": 1, "keepdims": False})
    assert op("sum").bind([X], {"dim": [0], "keepdim": True}) == ([X], {"axis": (0,), "keepdims": True})
    assert op("add").bind([X], {"other": V}) == ([X, V], {})
    assert op("clip").bind([X, None, 2], {}) == ([X, None, 2], {})
    assert op("relu").bind([], {"input": X}) == ([X], {})
    assert op("stack").bind([[X, X], 1], {}) == ([X, X], {"axis": 1})
    assert op("stack").bind([X, X], {"dim": 1}) == ([X, X], {"axis": 1})
    assert op("softmax").bind([X], {"axis": literal(0)})[1] == {"axis": 0}


@pytest.mark.parametrize(
    ("name", "operands", "keywords", "code"),
    [
        ("relu", [X, 1], {}, "operand-count"),
        ("sum", [X], {"axis": 0, "dim": 1}, "argument-twice"),
        ("sum", [X], {"axes": 0}, "unknown-argument"),
        ("reshape", [X], {}, "argument-missing"),
        ("add", [X], {}, "argument-missing"),
        ("sum", [X], {"axis": V}, "attribute-not-known"),
        ("sum", [X], {"keepdims": 1}, "attribute-not-bool"),
        ("softplus", [X], {"beta": "1"}, "attribute-not-number"),
        ("softplus", [X], {"beta": True}, "attribute-not-number"),
    ],
)
def test_arguments_that_do_not_fit(name: str, operands: list[Any], keywords: dict[str, Any], code: str) -> None:
    with pytest.raises(ShapeError) as caught:
        op(name).bind(operands, keywords)
    assert caught.value.code == code


def test_pytorchs_order_of_arguments() -> None:
    ordered = [o for o in REGISTRY.values() if o.torch]
    assert ordered
    for each in ordered:
        place = next(n for n, name in enumerate(each.torch) if name in each.attributes)
        own = (*each.inputs, *each.attributes)
        assert each.order(lambda n, place=place: 1 if n == place else None) == each.torch
        assert each.order(lambda n: None) == own
        assert each.order(lambda n: 0.5) == own


def test_cost_memory_and_the_way_back() -> None:
    product = (X * V).operator
    assert product is not None
    assert product.op.flops(product) == 6
    assert product.op.workspace(product) == 0
    assert product.op.way(product, 0) is Way.TIMES_OTHER
    difference, sine, shrunk = (X - V).operator, op("sin")(X).operator, op("elu")(X).operator
    assert [difference.op.way(difference, port) for port in (0, 1)] == [Way.SAME, Way.NEGATED]  # type: ignore[union-attr]
    assert sine.op.way(sine, 0) == Factor("cos({own})")
    assert shrunk.op.way(shrunk, 0) is Way.DERIVATIVE


def test_where_a_variable_comes_from() -> None:
    assert produced_by(X * V, op("multiply")) is not None
    assert produced_by(X * V, op("add")) is None
    assert produced_by(X, op("multiply")) is None
    assert (scattered(X.T), scattered(X), scattered(op("reshape")(X, shape=(6,)))) == (True, False, False)


def test_an_operator_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        type(op("relu"))("relu", doc="", infer=lambda x: Type(x.shape))
    assert isinstance(op("relu")(constant([1.0, -1.0])), Variable)


def test_a_sequence_of_operands_needs_variables_where_arguments_follow() -> None:
    assert op("stack").bind([(X, X)], {}) == ([X, X], {"axis": 0})
    assert op("concatenate").bind([[1.0], [2.0]], {})[0] == [[1.0], [2.0]]
    assert op("concatenate").bind([(X, X), 1], {}) == ([X, X], {"axis": 1})


def test_what_a_ufunc_says_by_itself() -> None:
    assert op("exp").inplace
    assert not op("matmul").inplace
    assert (op("sin").analytic, op("abs").analytic, op("sum").analytic) == (True, False, True)
    assert not op("exp").view
    assert not op("matmul").elementwise
    assert (op("leaky_relu").scalars, op("sum").scalars) == ({"negative_slope"}, set())
    assert op("matmul").optional == set()
    assert op("linear").optional == {"bias"}


def test_a_scalar_has_the_cost_of_one_element() -> None:
    product = (leaf((), "input") * 2.0).operator
    assert product is not None
    assert product.op.flops(product) == 1
    assert op("exp").flops(op("exp")(V).operator) == 30
    matrix = (X @ V).operator
    assert matrix is not None
    assert matrix.op.flops(matrix) == 2 * 2 * 3
