"""Arithmetic with PyTorch's extra factors."""

from __future__ import annotations

from typing import Any

from tidegraph.engine.graph import Variable
from tidegraph.engine.language.torch_functions.operands import op


def clamp(x: Variable, min: Variable | None = None, max: Variable | None = None) -> Variable:
    """The elements within bounds."""
    numbers = [v.literal if isinstance(v, Variable) and v.literal is not None else v for v in (min, max)]
    if all(v is None or isinstance(v, (int, float)) for v in numbers):
        return op("clip")(x, min=numbers[0], max=numbers[1])
    y = x if min is None else op("maximum")(x, min)
    return y if max is None else op("minimum")(y, max)


def add(x: Variable, other: Variable, alpha: Variable | None = None) -> Variable:
    """The sum, the second times alpha."""
    return x + (other if alpha is None else other * alpha)


def sub(x: Variable, other: Variable, alpha: Variable | None = None) -> Variable:
    """The difference, the second times alpha."""
    return x - (other if alpha is None else other * alpha)


def rsub(x: Variable, other: Variable, alpha: Variable | None = None) -> Variable:
    """The second minus the first times alpha."""
    return other - (x if alpha is None else x * alpha)


def div(x: Variable, other: Variable, rounding_mode: Any = None) -> Variable:
    """The quotient, rounded if asked."""
    y = x / other
    if rounding_mode is None:
        return y
    return op("floor" if rounding_mode == "floor" else "trunc")(y)


def floor_divide(x: Variable, other: Variable) -> Variable:
    """The quotient rounded down."""
    return op("floor")(x / other)


def addcmul(x: Variable, tensor1: Variable, tensor2: Variable, value: Variable | None = None) -> Variable:
    """x + value * tensor1 * tensor2."""
    product = tensor1 * tensor2
    return x + (product if value is None else product * value)


def addcdiv(x: Variable, tensor1: Variable, tensor2: Variable, value: Variable | None = None) -> Variable:
    """x + value * tensor1 / tensor2."""
    quotient = tensor1 / tensor2
    return x + (quotient if value is None else quotient * value)
