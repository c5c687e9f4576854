"""Activation functions, elementwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.ops.declare import unary

relu = unary(
    "relu",
    lambda x, out: np.maximum(x, 0, out=out),
    lambda g, y, x: g * (x > 0),
    doc="Rectified linear unit, max(x, 0), elementwise; the gradient at 0 is 0.",
    inplace=True,
    kink="0",
)


def _sigmoid(x: Any, out: Any) -> None:
    np.negative(x, out)
    np.exp(out, out)
    np.add(out, 1, out)
    np.reciprocal(out, out)


sigmoid = unary(
    "sigmoid",
    _sigmoid,
    lambda g, y, x: g * (y * (1 - y)),
    r"\sigma\left({0}\right)",
    doc="Logistic function, 1 / (1 + exp(-x)), elementwise.",
    symbol=r"\sigma",
    inplace=True,
    flops=13,
)

tanh = unary("tanh", np.tanh, lambda g, y, x: g * (1 - y * y), r"\tanh\left({0}\right)", doc="Hyperbolic tangent, elementwise.", symbol=r"\tanh", flops=10)
