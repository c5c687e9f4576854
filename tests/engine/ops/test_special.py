"""Special functions against the C library's, and against values that are known in closed form."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import Graph, leaf
from tidegraph.engine.ops import REGISTRY

GAMMA = 0.57721566490153286061
ZETA3 = 1.2020569031595942854


def apply(name: str, x: Any, dtype: str = "float64", **attributes: Any) -> np.ndarray:
    x = np.asarray(x, dtype=dtype)
    variable = leaf(x.shape, "input")
    graph = Graph({"x": variable, "y": REGISTRY[name](variable, **attributes)})
    (values,) = tidegraph.function(graph, ["y"], dtype)(x=x)
    return values["y"]


def spread(*ranges: tuple[float, float]) -> np.ndarray:
    random = np.random.default_rng(0)
    return np.concatenate([random.uniform(low, high, 2000) for low, high in ranges])


@pytest.mark.parametrize(
    ("name", "reference", "x"),
    [
        ("erf", math.erf, spread((-6, 6), (-1e-3, 1e-3))),
        ("erfc", math.erfc, spread((-6, 6), (4, 26))),
        ("lgamma", math.lgamma, spread((0.001, 0.5), (2.5, 12), (10, 1e6))),
    ],
)
def test_is_accurate_to_a_few_units_in_the_last_place(name: str, reference: Any, x: np.ndarray) -> None:
    np.testing.assert_allclose(apply(name, x), [reference(v) for v in x], rtol=4e-15)


@pytest.mark.parametrize(
    ("name", "x", "attributes", "wanted"),
    [
        ("digamma", 1.0, {}, -GAMMA),
        ("digamma", 0.5, {}, -GAMMA - 2 * math.log(2)),
        ("digamma", -0.5, {}, -GAMMA - 2 * math.log(2) + 2),
        ("digamma", 100.0, {}, 4.6001618527380874),
        ("polygamma", 1.0, {"n": 1}, math.pi**2 / 6),
        ("polygamma", 0.5, {"n": 1}, math.pi**2 / 2),
        ("polygamma", -0.5, {"n": 1}, math.pi**2 / 2 + 4),
        ("polygamma", 1.0, {"n": 2}, -2 * ZETA3),
        ("polygamma", 0.5, {"n": 2}, -14 * ZETA3),
        ("polygamma", 1.0, {"n": 3}, math.pi**4 / 15),
        ("lgamma", -0.5, {}, math.log(2 * math.sqrt(math.pi))),
    ],
)
def test_known_values(name: str, x: float, attributes: dict[str, Any], wanted: float) -> None:
    np.testing.assert_allclose(apply(name, x, **attributes), wanted, rtol=2e-15, atol=5e-16)


def test_zeros_are_exact() -> None:
    h = 2.0**-40
    np.testing.assert_allclose(
        apply("lgamma", [1 + h, 1 - h, 2 + h]), [-GAMMA * h, GAMMA * h, (1 - GAMMA) * h], rtol=2e-12
    )
    np.testing.assert_allclose(apply("digamma", 1.4616321449683622), -9.2412655217294275e-17, rtol=1e-12)


def test_limits() -> None:
    inf, nan = math.inf, math.nan
    np.testing.assert_array_equal(apply("erf", [0, inf, -inf, nan]), [0, 1, -1, nan])
    np.testing.assert_array_equal(apply("erfc", [0, inf, -inf, nan]), [1, 0, 2, nan])
    np.testing.assert_array_equal(apply("lgamma", [0, -1, 1, 2, inf, nan]), [inf, inf, 0, 0, inf, nan])
    np.testing.assert_array_equal(apply("digamma", [0, inf, nan]), [-inf, inf, nan])
    np.testing.assert_array_equal(apply("polygamma", [0, inf, nan]), [inf, 0, nan])


@pytest.mark.parametrize("name", ["erf", "erfc", "lgamma", "digamma", "polygamma"])
def test_single_precision(name: str) -> None:
    x = np.random.default_rng(0).uniform(0.1, 8, 500).astype(np.float32)
    narrow = apply(name, x, "float32")
    assert narrow.dtype == np.float32
    np.testing.assert_allclose(narrow, apply(name, x.astype(np.float64)), rtol=3e-5, atol=1e-6)
