"""Arithmetic, comparison and choice: elementwise operators of two arrays that broadcast as in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.graph import Operator, Type, Variable
from engine.ops import latex as tex
from engine.ops.declare import Case, binary, broadcast, infer_comparison, infer_inexact, primitive, promote, signed, unary

add = binary(
    "add",
    np.add,
    (lambda g, y, a, b: g, lambda g, y, a, b: g),
    tex.infix("+", tex.SUM),
    doc="Sum, elementwise.",
    symbol="+",
)

subtract = binary(
    "subtract",
    np.subtract,
    (lambda g, y, a, b: g, lambda g, y, a, b: -g),
    tex.infix("-", tex.SUM, tex.PRODUCT),
    doc="Difference, elementwise.",
    symbol="-",
    infer=lambda a, b: Type(broadcast(a.shape, b.shape), signed(promote(a, b))),
)

multiply = binary(
    "multiply",
    np.multiply,
    (lambda g, y, a, b: g * b, lambda g, y, a, b: g * a),
    tex.product,
    doc="Product, elementwise.",
    symbol=r"\odot",
)

divide = binary(
    "divide",
    np.divide,
    (lambda g, y, a, b: g / b, lambda g, y, a, b: -(g * y / b)),
    tex.fraction,
    doc="Quotient, elementwise.",
    symbol=r"\div",
    infer=infer_inexact,
    domain=((-2.0, 2.0), (0.5, 2.0)),
)


def _infer_power(a: Variable, b: Variable) -> Type:
    whole = a.kind != "float" and type(b.literal) is int and b.literal >= 0
    return Type(broadcast(a.shape, b.shape), "int" if whole else "float")


def _power_kernel(operator: Operator) -> Callable[..., Any]:
    exponent = operator.inputs[1].literal
    if operator.inputs[0].kind == "float":
        if exponent == 2:
            return lambda a, b, out: np.square(a, out)
        if exponent == 0.5:
            return lambda a, b, out: np.sqrt(a, out)
        if exponent == -1:
            return lambda a, b, out: np.reciprocal(a, out)
    return np.power


def _power_base(g: Variable, y: Variable, a: Variable, b: Variable) -> Variable | None:
    """b a^(b-1), and zero for b = 0 also where a is 0, as in PyTorch."""
    if b.literal is None:
        return g * where(equal(b, 0), 0.0, b * a ** (b - 1))
    return g * (b * a ** (b.literal - 1)) if b.literal else None


power = binary(
    "power",
    np.power,
    (
        _power_base,
        lambda g, y, a, b: g * where(equal(a, 0), where(greater_equal(b, 0), 0.0, y), y * log(where(equal(a, 0), 1.0, a))),
    ),
    tex.power,
    doc="First array raised to the second, elementwise.",
    symbol=r"(\cdot)^{\cdot}",
    infer=_infer_power,
    select=_power_kernel,
    domain=((0.5, 2.0), (-2.0, 2.0)),
    flops=10,
)

neg = unary("neg", np.negative, lambda g, y, x: -g, tex.prefix("-"), doc="Negative, elementwise.", symbol="-", infer=lambda x: Type(x.shape, signed(x.kind)))

identity = primitive(
    "identity",
    infer=lambda x: Type(x.shape, x.kind),
    kernel=lambda x: x,
    view=True,
    linear=True,
    vjp=(lambda g, y, x: g,),
    latex="{0}",
    flops=0,
    doc="The same array under another name.",
    symbol="=",
    cases=(Case(((2, 3),)), Case(((),))),
)

less = binary("less", np.less, None, tex.indicator("<"), doc="Where the first is less.", symbol="<", infer=infer_comparison)
less_equal = binary("less_equal", np.less_equal, None, tex.indicator(r"\le"), doc="Where the first is at most the second.", symbol=r"\le", infer=infer_comparison)
greater = binary("greater", np.greater, None, tex.indicator(">"), doc="Where the first is greater.", symbol=">", infer=infer_comparison)
greater_equal = binary("greater_equal", np.greater_equal, None, tex.indicator(r"\ge"), doc="Where the first is at least the second.", symbol=r"\ge", infer=infer_comparison)
equal = binary("equal", np.equal, None, tex.indicator("="), doc="Where both are equal.", symbol="=", infer=infer_comparison)
not_equal = binary("not_equal", np.not_equal, None, tex.indicator(r"\ne"), doc="Where they differ.", symbol=r"\ne", infer=infer_comparison)


def share(chosen: Variable, other: Variable) -> Variable:
    """What part of a maximum's gradient flows to `chosen`: all where it wins, half where they tie, as in PyTorch."""
    return where(equal(chosen, other), 0.5, greater(chosen, other))


maximum = binary(
    "maximum",
    lambda a, b, out: np.maximum(a, b, out=out),
    (lambda g, y, a, b: g * share(a, b), lambda g, y, a, b: g * share(b, a)),
    r"\max\left({0}, {1}\right)",
    doc="The larger, elementwise; a tie shares the gradient in halves.",
    symbol=r"\max",
    inplace=True,
)

minimum = binary(
    "minimum",
    lambda a, b, out: np.minimum(a, b, out=out),
    (lambda g, y, a, b: g * share(b, a), lambda g, y, a, b: g * share(a, b)),
    r"\min\left({0}, {1}\right)",
    doc="The smaller, elementwise; a tie shares the gradient in halves.",
    symbol=r"\min",
    inplace=True,
)


def _infer_where(condition: Variable, a: Variable, b: Variable) -> Type:
    return Type(broadcast(condition.shape, a.shape, b.shape), promote(a, b))


def _choose(condition: Any, a: Any, b: Any, out: Any) -> None:
    np.copyto(out, b)
    np.copyto(out, a, where=np.not_equal(condition, 0) if condition.dtype != bool else condition)


where = primitive(
    "where",
    infer=_infer_where,
    kernel=_choose,
    vjp=(None, lambda g, y, c, a, b: where(c, g, 0.0), lambda g, y, c, a, b: where(c, 0.0, g)),
    latex=r"\operatorname{{where}}\left({0}, {1}, {2}\right)",
    doc="The second where the condition holds, the third elsewhere.",
    jvp=lambda t, y, c, a, b: where(c, 0.0 if t[1] is None else t[1], 0.0 if t[2] is None else t[2]),
    cases=(
        Case(((2, 3), (2, 3), (2, 3)), fixed={0: [[1, 0, 0], [0, 1, 1]]}),
        Case(((3,), (2, 1), ()), fixed={0: [0, 1, 0]}),
    ),
)

exp = unary("exp", np.exp, lambda g, y, x: g * y, r"\exp\left({0}\right)", doc="Exponential, elementwise.", symbol=r"\exp", flops=10)
log = unary("log", np.log, lambda g, y, x: g / x, r"\log\left({0}\right)", doc="Natural logarithm, elementwise.", symbol=r"\log", domain=(0.2, 3.0), flops=10)
sqrt = unary("sqrt", np.sqrt, lambda g, y, x: g * (0.5 / y), r"\sqrt{{{0}}}", doc="Square root, elementwise.", symbol=r"\sqrt{\cdot}", domain=(0.2, 3.0), flops=4)
sign = unary("sign", np.sign, None, doc="Sign: -1, 0 or 1; its gradient is zero.", symbol=r"\operatorname{sign}")
abs = unary("abs", np.absolute, lambda g, y, x: g * sign(x), tex.delimited("|", "|"), doc="Absolute value, elementwise; the gradient at 0 is 0.", symbol=r"|\cdot|")
