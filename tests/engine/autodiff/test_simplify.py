"""Simplification keeps every number and leaves nothing to compute twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

import tidegraph
from tidegraph.engine.autodiff.simplify import simplify
from tidegraph.engine.graph import Graph, Variable, ancestors, leaf, literal
from tidegraph.engine.ops import REGISTRY


class Operators:
    """Operators by attribute."""

    def __getattr__(self, name: str) -> Any:
        return REGISTRY[name]


op = Operators()


def simple(variable: Variable) -> Variable:
    return simplify([variable])[variable]


def names(variable: Variable) -> list[str]:
    """The operators that are left."""
    return [o.op.name for o in ancestors([simple(variable)])]


def value(variable: Variable, **given: Any) -> np.ndarray:
    graph = Graph({**leaves(variable), "out": variable if variable.operator else op.identity(variable)})
    (found,) = tidegraph.function(graph, ["out"])(given)
    return found["out"]


def leaves(variable: Variable) -> dict[str, Variable]:
    read = {v for o in ancestors([variable]) for v in o.inputs} | {variable}
    return {name: v for name, v in INPUTS.items() if v in read}


INPUTS = {"x": leaf((3, 4), "input"), "v": leaf((4,), "input"), "a": leaf((), "input"), "b": leaf((), "input")}
X, V, A, B = INPUTS.values()


@pytest.mark.parametrize(
    ("build", "left"),
    [
        (lambda: X * 1.0, []),
        (lambda: 1.0 * X, []),
        (lambda: X * -1.0, ["neg"]),
        (lambda: X + 0.0, []),
        (lambda: 0.0 + X, []),
        (lambda: X - 0.0, []),
        (lambda: X / 1.0, []),
        (lambda: X**1.0, []),
        (lambda: op.neg(op.neg(X)), []),
        (lambda: X.T.T, []),
        (lambda: op.transpose(op.transpose(X, axes=(1, 0)), axes=(1, 0)), []),
        (lambda: op.reshape(op.reshape(X, shape=(2, 6)), shape=(12,)), ["reshape"]),
        (lambda: op.reshape(op.reshape(X, shape=(2, 6)), shape=(3, 4)), []),
        (lambda: op.identity(op.identity(X)), []),
        (lambda: 2.0 * (3.0 * X), ["multiply"]),
        (lambda: 2.0 * (X / 4.0), ["multiply"]),
        (lambda: 2.0 * -X, ["multiply"]),
        (lambda: X + -V, ["subtract"]),
        (lambda: op.broadcast_to(A, shape=(3, 4)) * X, ["multiply"]),
        (lambda: op.broadcast_to(V, shape=(3, 4)) + X, ["add"]),
        (lambda: op.sum(op.broadcast_to(A, shape=(3, 4))), ["multiply"]),
        (lambda: op.sum_to(X, shape=(3, 4)), []),
        (lambda: literal(2.0) * 3.0 + 1.0, []),
    ],
)
def test_rules(build: Callable[[], Variable], left: list[str]) -> None:
    before = build()
    after = simple(before)
    assert names(before) == left
    assert (after.shape, after.kind) == (before.shape, before.kind)
    random = np.random.default_rng(0)
    given = {n: random.normal(size=v.shape) for n, v in leaves(before).items()}
    kept = {n: given[n] for n in leaves(after)}
    np.testing.assert_allclose(value(after, **kept), value(before, **given), rtol=1e-14)


def test_the_same_computation_is_done_once() -> None:
    assert names(op.exp(X * V) + op.exp(X * V)) == ["multiply", "exp", "add"]
    assert names(op.exp(X * V) + op.exp(V * X)) == ["multiply", "exp", "add"]
    assert names(op.exp(X - V) + op.exp(V - X)) == ["subtract", "exp", "subtract", "exp", "add"]
    assert len(names(op.sum(X, axis=0) * op.sum(X, axis=0))) == 2
    assert len(names(op.sum(X, axis=0) * op.sum(X, axis=-1, keepdims=True))) == 3
    assert len(names(X[0] * X[0])) == 2
    assert len(names(X[0:1] * X[0:2:2])) == 3


def test_literals_of_different_kinds_are_different() -> None:
    made = simplify([op.exp(X) * 0, op.exp(X) * 0.0, op.exp(X) * False])
    assert {v.kind for v in made.values() if v.operator and v.operator.op.name == "multiply"} == {"float"}
    assert len({v for v in simplify([X + 1, X + 1.0, X + True]).values() if v.operator}) == 3


def test_the_programs_own_operators_stay_as_they_are() -> None:
    own = X * 1.0
    again = op.exp(X * 1.0)
    made = simplify([own, again], fixed={own.operator})
    assert made[own] is own
    assert made[again].operator.inputs == (X,)


def test_a_long_chain_is_no_recursion() -> None:
    y = X
    for _ in range(10_000):
        y = -y + 0.0
    assert names(y) == []
    y = A
    for _ in range(10_000):
        y = y * 1.5
    assert len(names(y)) <= 10_000


EXPRESSIONS = st.recursive(
    st.sampled_from(["x", "v", "a", "b", "0", "1", "-1", "2.5", "0.0"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda e: f"(-{e})"),
        inner.map(lambda e: f"tanh({e})"),
        inner.map(lambda e: f"({e} ** 2)"),
        inner.map(lambda e: f"({e} / 2)"),
        inner.map(lambda e: f"sum({e})"),
        inner.map(lambda e: f"broadcast_to({e}, (2, 3, 4))"),
        inner.map(lambda e: f"broadcast_to({e}, (3, 4))"),
        inner.map(lambda e: f"({e} @ transpose(x))"),
        inner.map(lambda e: f"(x @ transpose({e}))"),
        inner.map(lambda e: f"({e} > 0)"),
        inner.map(lambda e: f"transpose({e})"),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(EXPRESSIONS)
def test_any_expression_keeps_its_value_shape_and_kind(expression: str) -> None:
    try:
        graph = tidegraph.parse(f"x: input[3, 4]\nv: input[4]\na: input\nb: input\nr = {expression}")
    except tidegraph.ProgramError:
        reject()
    assume("r" in graph.variables)  # A number that is known at parse time is no variable.
    before = graph.find("r")
    after = simple(before)
    assert (after.shape, after.kind) == (before.shape, before.kind)
    leaves = graph.leaves("input")
    made = Graph({**leaves, "r": op.identity(after) if after.operator is None else after})
    (wanted,), (found,) = tidegraph.function(graph, ["r"])(), tidegraph.function(made, ["r"])()
    np.testing.assert_allclose(found["r"], wanted["r"], rtol=1e-11, atol=1e-11)
