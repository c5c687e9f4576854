"""Zeros, infinities and NaN: values and gradients at the ends of what floating point can say."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import Graph, leaf
from tidegraph.engine.ops import REGISTRY

INF, NAN = math.inf, math.nan


def ours(name: str, arrays: tuple[Any, ...], **attributes: Any) -> tuple[Any, list[Any]]:
    """Value and gradients of the sum of an operator's (first) result."""
    named: Any = {f"x{n}": leaf(np.shape(a), "input") for n, a in enumerate(arrays)}
    y = REGISTRY[name](*named.values(), **attributes)
    named["y"] = y[0] if isinstance(y, tuple) else y
    named["J"] = REGISTRY["sum"](named["y"])
    values, gradients = tidegraph.value_and_grad(Graph(named, target="J"))(
        {f"x{n}": np.asarray(a, dtype=float) for n, a in enumerate(arrays)}
    )
    return values["y"], [gradients.get(f"x{n}") for n in range(len(arrays))]


def test_hypot_has_no_slope_at_the_origin() -> None:
    value, gradients = ours("hypot", ([0.0, 3e200], [0.0, 4e200]))
    np.testing.assert_allclose(value, [0, 5e200])
    np.testing.assert_allclose(gradients, [[0, 0.6], [0, 0.8]])


def test_xlogy_of_zero_is_zero() -> None:
    value, gradients = ours("xlogy", ([0.0, 0.0, 0.0], [0.0, 2.0, NAN]))
    np.testing.assert_array_equal(value, [0, 0, NAN])
    np.testing.assert_allclose(gradients[0][:2], [0, math.log(2)])
    np.testing.assert_array_equal(gradients[1][:2], [0, 0])


@pytest.mark.parametrize("name", ["logsumexp", "logcumsumexp"])
def test_sums_of_nothing_have_no_slope(name: str) -> None:
    value, (gradient,) = ours(name, ([-INF, -INF],))
    assert np.all(value == -INF)
    np.testing.assert_array_equal(gradient, [0, 0])


def test_second_derivative_of_sinc_at_zero() -> None:
    graph = tidegraph.parse("x: input[1]\nJ = sum(sinc(x))")
    (found,) = tidegraph.function(tidegraph.hessian(graph, "J", "x"))(x=np.zeros(1))
    np.testing.assert_allclose(found["d2J_dx_dx"], [[-(math.pi**2) / 3]])


def float_results() -> list[str]:
    """Elementwise operators with a float result; one replaces NaN on purpose."""
    found: Any = {n: op for n, op in REGISTRY.items() if getattr(op, "elementwise", False) and n != "nan_to_num"}
    return sorted(n for n, op in found.items() if op(*[leaf((1,), "input") for _ in op.inputs]).kind == "float")


@pytest.mark.parametrize("name", float_results())
def test_nan_in_nan_out(name: str) -> None:
    op: Any = REGISTRY[name]
    variables = [leaf((1,), "input") for _ in op.inputs]
    y = op(*variables)
    graph = Graph({**{f"x{n}": v for n, v in enumerate(variables)}, "y": y})
    (values,) = tidegraph.function(graph, ["y"])({f"x{n}": np.full(1, NAN) for n in range(len(variables))})
    assert np.isnan(values["y"]).all()


@pytest.mark.parametrize(
    ("matrix", "cofactors"),
    [
        ([[1, 2], [2, 4]], [[4, -2], [-2, 1]]),
        ([[0]], [[1]]),
        ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[-3, 6, -3], [6, -12, 6], [-3, 6, -3]]),
        (np.zeros((4, 4)), np.zeros((4, 4))),
        (np.diag([0, 2, 3, 4]), np.diag([24, 0, 0, 0])),
        (np.diag([0, 0, 3, 4]), np.zeros((4, 4))),
    ],
)
def test_the_gradient_of_a_determinant_is_its_cofactors_also_of_singular_matrices(matrix: Any, cofactors: Any) -> None:
    value, (gradient,) = ours("det", (np.asarray(matrix, float),))
    np.testing.assert_allclose(value, 0, atol=1e-14)
    np.testing.assert_allclose(gradient, cofactors, atol=1e-13)


def test_the_curvature_of_a_determinant_is_that_of_its_minors() -> None:
    graph = tidegraph.parse("A: parameter = [[1, 2], [2, 4]]\nJ = det(A)")
    (found,) = tidegraph.function(tidegraph.hessian(graph))()
    wanted = np.zeros((2, 2, 2, 2))
    wanted[0, 0, 1, 1] = wanted[1, 1, 0, 0] = 1
    wanted[0, 1, 1, 0] = wanted[1, 0, 0, 1] = -1
    np.testing.assert_array_equal(found["d2J_dA_dA"], wanted)
    program = "A: parameter[4, 4]\nJ = det(A)"
    values = {"A": np.diag([0.0, 0.0, 3.0, 4.0])}
    (found,) = tidegraph.function(tidegraph.hessian(tidegraph.parse(program)))(values)
    np.testing.assert_allclose(found["d2J_dA_dA"][0, 0, 1, 1], 12)
    np.testing.assert_allclose(found["d2J_dA_dA"][0, 1, 1, 0], -12)


def test_zero_and_negative_zero_are_different_divisors() -> None:
    x: Any = leaf((), "input")
    divide = REGISTRY["divide"]
    named = {"x": x, "J": divide(x, 0.0) + 0.0 * x, "K": divide(x, -0.0) + 0.0 * x}
    for target, sign in (("J", 1), ("K", -1)):
        (found,) = tidegraph.function(tidegraph.grad(Graph(named, target=target), target, "x"))({"x": 1.0})
        assert found[f"d{target}_dx"] == sign * INF
    both = Graph({"x": x, "J": divide(x, 0.0), "K": divide(x, -0.0)}, target="J")
    (found,) = tidegraph.function(tidegraph.jvp(both, "x", ["J", "K"]))({"x": 1.0, "x_dot": 1.0})
    assert (found["J_dot"], found["K_dot"]) == (INF, -INF)


def test_logit_ends_at_infinity() -> None:
    value, (gradient,) = ours("logit", ([0.0, 1.0, 0.5],))
    np.testing.assert_array_equal(value, [-INF, INF, 0])
    np.testing.assert_array_equal(gradient, [INF, INF, 4])


def test_zero_to_a_negative_power_falls_with_the_exponent() -> None:
    value, gradients = ours("power", ([0.0, 0.0, 0.0, 0.0], [-1.0, 0.0, 0.5, 2.0]))
    np.testing.assert_array_equal(value, [INF, 1, 0, 0])
    np.testing.assert_array_equal(gradients[1], [-INF, 0, 0, 0])
    np.testing.assert_array_equal(gradients[0], [-INF, 0, INF, 0])


def test_the_gamma_functions_at_their_poles() -> None:
    value, _ = ours("digamma", ([0.0, -0.0, -1.0, -2.0, -7.0],))
    np.testing.assert_array_equal(value, [-INF, INF, NAN, NAN, NAN])
    np.testing.assert_array_equal(ours("lgamma", ([0.0, -1.0, -2.0, -INF],))[0], [INF] * 4)


@pytest.mark.parametrize("x", [-700.0, -40.0, -1.0, 0.0, 1.0, 40.0, 700.0])
def test_the_curvature_of_logsigmoid_is_exact_in_both_tails(x: float) -> None:
    graph = tidegraph.parse("x: parameter\nJ = logsigmoid(x)")
    (found,) = tidegraph.function(tidegraph.hessian(graph))({"x": x})
    wanted = -math.exp(-abs(x)) / (1 + math.exp(-abs(x))) ** 2
    np.testing.assert_allclose(found["d2J_dx_dx"], wanted, rtol=1e-12)


def test_nan_passes_maximum_and_clip_as_in_pytorch() -> None:
    for name in ("maximum", "minimum"):
        value, gradients = ours(name, ([NAN, 1.0, NAN], [2.0, NAN, NAN]))
        assert np.isnan(value).all()
        np.testing.assert_array_equal(gradients, [[1, 1, 1], [1, 1, 1]])
    value, (gradient,) = ours("clip", ([NAN, 0.5, 3.0],), min=0.0, max=1.0)
    np.testing.assert_array_equal(value, [NAN, 0.5, 1])
    np.testing.assert_array_equal(gradient[1:], [1, 0])
    value, (gradient,) = ours("relu", ([NAN, 1.0],))
    np.testing.assert_array_equal(value, [NAN, 1])
    np.testing.assert_array_equal(gradient, [0, 1])
