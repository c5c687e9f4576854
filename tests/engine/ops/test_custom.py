"""Operators of users are operators like every other: in programs, derivatives, traces and checks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import REGISTRY, Variable


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    before = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(before)


def test_a_function_of_arrays_becomes_an_operator() -> None:
    tidegraph.declare(
        "bump",
        kernel=lambda x, *, width=1.0: np.exp(-((x / width) ** 2)),
        vjp=[lambda g, y, x, *, width: g * (-2 / width**2 * x * y)],
        doc="A bump of a given width.",
    )
    graph = tidegraph.parse("x: input[4]\nJ = sum(bump(x, width=2.0))")
    x = np.array([-1.0, 0.0, 0.5, 3.0])
    values, gradients = tidegraph.value_and_grad(graph)(x=x)
    np.testing.assert_allclose(values["J"], np.exp(-((x / 2) ** 2)).sum())
    np.testing.assert_allclose(gradients["x"], -x / 2 * np.exp(-((x / 2) ** 2)))
    assert all(entry.agrees for entry in tidegraph.check(graph, {"x": x}).values())
    (second,) = tidegraph.function(tidegraph.hessian(graph, wrt="x"))(x=x)
    bump = np.exp(-((x / 2) ** 2))
    np.testing.assert_allclose(second["d2J_dx_dx"], np.diag(bump * (x**2 / 4 - 0.5)), atol=1e-12)
    assert "bump of x: A bump of a given width." in tidegraph.trace(graph).forward[0].text


def test_a_function_of_expressions_becomes_a_circle_that_opens() -> None:
    @tidegraph.declare
    def leaky(x: Variable, slope: Variable) -> Variable:
        """x above 0, a multiple of it below."""
        return tidegraph.ops.REGISTRY["where"](x > 0, x, slope * x)

    graph = tidegraph.parse("x: input[2]\na: parameter\nJ = sum(leaky(x, a))")
    _, gradients = tidegraph.value_and_grad(graph)(x=[2.0, -3.0], a=0.1)
    np.testing.assert_allclose(gradients["x"], [1.0, 0.1])
    np.testing.assert_allclose(gradients["a"], -3.0)
    assert [scope.name for scope in graph.scopes.values()] == ["leaky"]
    assert leaky.signature == "leaky(x, slope)"


def test_a_shape_rule_and_an_input_without_gradient() -> None:
    tidegraph.declare(
        "weigh",
        kernel=lambda w, x: w @ x,
        shape=lambda w, x: x[1:],
        vjp=[None, lambda g, y, w, x: tidegraph.ops.REGISTRY["outer"](w, g)],
    )
    graph = tidegraph.parse("w: input[2]\nX: parameter[2, 3]\nJ = sum(weigh(w, X) ** 2)")
    w, x = np.array([1.0, 2.0]), np.arange(6.0).reshape(2, 3)
    _, gradients = tidegraph.value_and_grad(graph)(w=w, X=x)
    np.testing.assert_allclose(gradients["X"], 2 * np.outer(w, w @ x))
    assert "w" not in gradients


def test_it_can_be_declared_again_and_a_built_in_cannot() -> None:
    for factor in (2.0, 3.0):
        tidegraph.declare("scaled", kernel=lambda x, factor=factor: factor * x, vjp=None)
    (found,) = tidegraph.function(tidegraph.parse("x: input\ny = scaled(x)"), ["y"])(x=1.0)
    assert found["y"] == 3.0
    with pytest.raises(tidegraph.InputError, match="relu"):
        tidegraph.declare("relu", kernel=np.abs)
    with pytest.raises(tidegraph.InputError, match="not a name"):
        tidegraph.declare("two words", kernel=np.abs)
    with pytest.raises(tidegraph.InputError, match="kernel"):
        tidegraph.declare("nothing")  # type: ignore[call-overload]


def test_a_ufunc_is_a_kernel() -> None:
    tidegraph.declare("cube_root", kernel=np.cbrt, vjp=[lambda g, y, x: g / (3 * y * y)])
    _, gradients = tidegraph.value_and_grad(tidegraph.parse("x: input\nJ = cube_root(x)"))(x=8.0)
    assert gradients["x"] == pytest.approx(1 / 12)
