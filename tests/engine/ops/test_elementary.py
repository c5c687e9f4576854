"""Elementary functions against Python's own, at their edges, and the gradients that calculus has for them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.engine.known import check, gradients, refusal, value

INF, NAN = math.inf, math.nan

FUNCTIONS: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "expm1": (math.expm1, math.exp),
    "exp2": (lambda x: 2.0**x, lambda x: 2.0**x * math.log(2)),
    "log1p": (math.log1p, lambda x: 1 / (1 + x)),
    "log2": (math.log2, lambda x: 1 / (x * math.log(2))),
    "log10": (math.log10, lambda x: 1 / (x * math.log(10))),
    "rsqrt": (lambda x: 1 / math.sqrt(x), lambda x: -(x**-1.5) / 2),
    "cbrt": (math.cbrt, lambda x: x ** (-2 / 3) / 3),
    "square": (lambda x: x * x, lambda x: 2 * x),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2),
    "sin": (math.sin, math.cos),
    "cos": (math.cos, lambda x: -math.sin(x)),
    "tan": (math.tan, lambda x: 1 + math.tan(x) ** 2),
    "arcsin": (math.asin, lambda x: 1 / math.sqrt(1 - x * x)),
    "arccos": (math.acos, lambda x: -1 / math.sqrt(1 - x * x)),
    "arctan": (math.atan, lambda x: 1 / (1 + x * x)),
    "sinh": (math.sinh, math.cosh),
    "cosh": (math.cosh, math.sinh),
    "arcsinh": (math.asinh, lambda x: 1 / math.sqrt(x * x + 1)),
    "arctanh": (math.atanh, lambda x: 1 / (1 - x * x)),
    "sinc": (
        lambda x: math.sin(math.pi * x) / (math.pi * x),
        lambda x: (math.cos(math.pi * x) - math.sin(math.pi * x) / (math.pi * x)) / x,
    ),
    "deg2rad": (math.radians, lambda x: math.pi / 180),
    "rad2deg": (math.degrees, lambda x: 180 / math.pi),
    "logit": (lambda x: math.log(x / (1 - x)), lambda x: 1 / (x * (1 - x))),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_and_its_derivative(name: str) -> None:
    function, derivative = FUNCTIONS[name]
    x = [0.125, 0.5, 0.875]
    check(f"{name}(x)", {"x": x}, [function(v) for v in x])
    np.testing.assert_allclose(gradients(f"{name}(x)", x=x)["x"], [derivative(v) for v in x], rtol=1e-12)


EDGES: list[tuple[str, dict[str, Any], Any]] = [
    ("arccosh(x)", {"x": [1.0, math.cosh(2)]}, [0, 2]),
    ("expm1(x) + 0 * log1p(x)", {"x": [1e-18]}, [1e-18]),
    ("cbrt(x)", {"x": [-8.0]}, [-2]),
    ("sinc(x)", {"x": [0.0, 1.0, INF]}, [1, 0, NAN]),
    ("logit(x)", {"x": [0.0, 1.0, 2.0]}, [-INF, INF, NAN]),
    ("logit(x, eps=0.25)", {"x": [0.0, 1.0]}, [-math.log(3), math.log(3)]),
    ("logaddexp2(x, y)", {"x": [3.0], "y": [3.0]}, [4]),
    ("xlog1py(x, y)", {"x": [0.0, 2.0], "y": [-1.0, math.e - 1]}, [0, 2]),
    ("signbit(x)", {"x": [-0.0, 0.0, -3.0]}, [True, False, True]),
    ("copysign(x, y)", {"x": [3.0, -3.0], "y": [-0.0, 2.0]}, [-3, 3]),
    ("ldexp(x, y)", {"x": [0.75], "y": [3.0]}, [6]),
    ("fmax(x, y)", {"x": [NAN, 1.0, NAN], "y": [2.0, NAN, NAN]}, [2, 1, NAN]),
    ("fmin(x, y)", {"x": [NAN, 1.0, 3.0], "y": [2.0, NAN, 2.0]}, [2, 1, 2]),
    ("clamp_min(clamp_max(x, 2), 0)", {"x": [-1.0, 1.0, 3.0]}, [0, 1, 2]),
    ("rsub(x, y, alpha=2)", {"x": [1.0], "y": [5.0]}, [3]),
    ("fill(x, 7)", {"x": [[1.0, 2.0]]}, [[7, 7]]),
    ("heaviside(x, 0.5)", {"x": [-1.0, 0.0, 1.0, NAN]}, [0, 0.5, 1, NAN]),
]


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize(("call", "inputs", "expected"), EDGES)
def test_edges(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected, tolerance=1e-15)


def test_whole_numbers_to_a_negative_power_are_floats() -> None:
    assert value("float_power(argmax(x), -1)", x=[0.0, 1.0]) == 1.0


def test_wrong_options_are_refused_with_the_right_ones() -> None:
    assert "a whole number from 0 to 40, not -1" in refusal("sinc(x, order=-1)", x=[3])
    assert "eps is a number, not 'a'" in refusal('logit(x, eps="a")', x=[2])
