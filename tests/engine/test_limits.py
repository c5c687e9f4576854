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


@pytest.mark.parametrize("name", sorted(n for n, op in REGISTRY.items() if getattr(op, "elementwise", False)))
def test_nan_in_nan_out(name: str) -> None:
    op: Any = REGISTRY[name]
    variables = [leaf((1,), "input") for _ in op.inputs]
    y = op(*variables)
    if y.kind != "float" or name == "nan_to_num":
        return
    graph = Graph({**{f"x{n}": v for n, v in enumerate(variables)}, "y": y})
    (values,) = tidegraph.function(graph, ["y"])({f"x{n}": np.full(1, NAN) for n in range(len(variables))})
    assert np.isnan(values["y"]).all()
