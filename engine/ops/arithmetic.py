"""Arithmetic, comparison and choice: elementwise operators of two arrays that broadcast as in NumPy."""

from __future__ import annotations

from builtins import abs as abs_of
from collections.abc import Callable
from typing import Any

import numpy as np

from tidegraph.engine.graph import REGISTRY, Operator, Shape, Type, Variable, literal, size_of
from tidegraph.engine.graph.kinds import Condition, Factor, Line, Trait, Way
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.declare import (
    TRANSCENDENTAL,
    Case,
    Primitive,
    binary,
    broadcast,
    composite,
    infer_comparison,
    infer_inexact,
    infer_signed,
    primitive,
    produced_by,
    promote,
    signed,
    unary,
)
from tidegraph.engine.ops.shape import broadcast_to, shaped


def unrepeated(variable: Variable, other: Variable, shape: Shape) -> Variable:
    """A variable without its broadcast, where broadcasting with `other` gives the full shape anyway."""
    repeated = produced_by(variable, broadcast_to)
    if repeated is not None and broadcast(repeated.inputs[0].shape, other.shape) == shape:
        return repeated.inputs[0]
    return variable


def repeated_number(variable: Variable) -> Variable | None:
    """The scalar that a variable repeats in every element, if it does."""
    repeated = produced_by(variable, broadcast_to)
    return repeated.inputs[0] if repeated is not None and not repeated.inputs[0].shape else None


def _add_numbers(a: Variable, b: Variable) -> Variable | None:
    """2 + 3 -> 5"""
    return literal(a.literal + b.literal) if a.literal is not None and b.literal is not None else None


def _add_zero(a: Variable, b: Variable) -> Variable | None:
    """0 + b -> b"""
    for zero, other in ((a, b), (b, a)):
        if zero.literal == 0 and other.kind == "float":
            return other
    return None


def _add_repeated(a: Variable, b: Variable) -> Variable | None:
    """broadcast(a) + b -> a + b, and for scalars s + broadcast(t) -> broadcast(s + t)"""
    shape = broadcast(a.shape, b.shape)
    for one, other in ((a, b), (b, a)):
        bare = unrepeated(one, other, shape)
        if bare is not one:
            return add(bare, other)
        number = repeated_number(other)
        if number is not None and not one.shape:
            return shaped(add(one, number), shape)
    return None


def _add_negative(a: Variable, b: Variable) -> Variable | None:
    """a + -b -> a - b"""
    negative = produced_by(b, neg)
    return subtract(a, negative.inputs[0]) if negative is not None else None


add: Primitive = binary(
    "add",
    np.add,
    (lambda g, y, a, b: g, lambda g, y, a, b: g),
    tex.infix("+", tex.SUM),
    backward=Way.SAME,
    doc="Sum, elementwise.",
    symbol="+",
    circle=tex.sign_in_circle("+"),
    traits=[Trait.COMMUTATIVE],
    lowering=[Line("{0} + {1}", (Condition.SCALARS,), number=True)],
    rewrites=[_add_numbers, _add_zero, _add_repeated, _add_negative],
)


def _subtract_numbers(a: Variable, b: Variable) -> Variable | None:
    """5 - 3 -> 2"""
    return literal(a.literal - b.literal) if a.literal is not None and b.literal is not None else None


def _subtract_zero(a: Variable, b: Variable) -> Variable | None:
    """a - 0 -> a"""
    return a if b.literal == 0 and a.kind == "float" else None


subtract: Primitive = binary(
    "subtract",
    np.subtract,
    (lambda g, y, a, b: g, lambda g, y, a, b: -g),
    tex.infix("-", tex.SUM, tex.QUOTIENT),
    backward=(Way.SAME, Way.NEGATED),
    doc="Difference, elementwise.",
    symbol="-",
    infer=infer_signed,
    circle=tex.sign_in_circle("-"),
    traits=[Trait.COMPARES_VALUES],
    lowering=[Line("{0} - {1}", (Condition.SCALARS,), number=True)],
    rewrites=[_subtract_numbers, _subtract_zero],
)

# The normal form of a product is `number * scalar * array`: numbers are one literal at the front, which has taken in
# signs and divisors; scalars are multiplied with each other before an array is; no operand is broadcast that the
# other operand broadcasts anyway. Each rule below is one step towards it.


def _times_number(a: Variable, b: Variable) -> Variable | None:
    """2 * 3 -> 6"""
    return literal(a.literal * b.literal) if a.literal is not None and b.literal is not None else None


def _times_repeated(a: Variable, b: Variable) -> Variable | None:
    """broadcast(a) * b -> a * b"""
    shape = broadcast(a.shape, b.shape)
    left = unrepeated(a, b, shape)
    right = unrepeated(b, left, shape)
    return None if (left, right) == (a, b) else multiply(left, right)


def _scalar_first(a: Variable, b: Variable) -> Variable | None:
    """X * 2 -> 2 * X and X * s -> s * X"""
    behind = a.literal is None and (b.literal is not None or (a.shape and not b.shape))
    return multiply(b, a) if behind else None


def _times_one(a: Variable, b: Variable) -> Variable | None:
    """1 * b -> b and -1 * b -> -b"""
    if a.literal not in (1, -1) or b.kind != "float":
        return None
    return b if a.literal == 1 else neg(b)


def _times_quotient(a: Variable, b: Variable) -> Variable | None:
    """6 * (x / 2) -> 3 * x, and 6 * (x / 2 * y) -> y * (6 * (x / 2))"""
    if a.literal is None:
        return None
    quotient = produced_by(b, divide)
    if quotient is not None and quotient.inputs[1].literal:
        return multiply(a.literal / quotient.inputs[1].literal, quotient.inputs[0])
    product = produced_by(b, multiply)
    for part, rest in (product.inputs, product.inputs[::-1]) if product is not None else ():
        inner = produced_by(part, divide)
        if inner is not None and inner.inputs[1].literal is not None:
            return multiply(rest, multiply(a, part))
    return None


def _times_negative(a: Variable, b: Variable) -> Variable | None:
    """2 * -x -> -2 * x"""
    negative = produced_by(b, neg)
    return multiply(-a.literal, negative.inputs[0]) if a.literal is not None and negative is not None else None


def _scalar_times_repeated(a: Variable, b: Variable) -> Variable | None:
    """s * broadcast(t) -> broadcast(s * t)"""
    number = repeated_number(b)
    return shaped(multiply(a, number), b.shape) if number is not None and not a.shape else None


def _gather_scalars(a: Variable, b: Variable) -> Variable | None:
    """s * (t * x) -> (s * t) * x"""
    product = produced_by(b, multiply)
    if product is None or a.shape:
        return None
    scale, rest = product.inputs
    if scale.shape or not (rest.shape or scale.literal is not None):
        scale, rest = rest, scale
    if scale.shape or not (rest.shape or (a.literal is not None) <= (scale.literal is not None)):
        return None
    return multiply(multiply(a, scale), rest)


multiply: Primitive = binary(
    "multiply",
    np.multiply,
    (lambda g, y, a, b: g * b, lambda g, y, a, b: g * a),
    tex.product,
    backward=Way.TIMES_OTHER,
    doc="Product, elementwise.",
    symbol=r"\odot",
    circle=tex.product_in_circle,
    traits=[Trait.COMMUTATIVE, Trait.PRODUCT, Trait.SCALES],
    lowering=[
        Line("{0} * {1}", (Condition.SCALARS,), number=True),
        Line("{out}[...] = {1}; multiply({0}, {out}, {out})", (Condition.MASK,)),
    ],
    rewrites=[
        _times_number,
        _times_repeated,
        _scalar_first,
        _times_one,
        _times_quotient,
        _times_negative,
        _scalar_times_repeated,
        _gather_scalars,
    ],
)


def _divide_numbers(a: Variable, b: Variable) -> Variable | None:
    """6 / 2 -> 3"""
    return literal(a.literal / b.literal) if a.literal is not None and b.literal else None


def _divide_by_one(a: Variable, b: Variable) -> Variable | None:
    """a / 1 -> a"""
    return a if b.literal == 1 and a.kind == "float" else None


def _divide_repeated(a: Variable, b: Variable) -> Variable | None:
    """broadcast(a) / b -> a / b"""
    bare = unrepeated(a, b, broadcast(a.shape, b.shape))
    return divide(bare, b) if bare is not a else None


divide: Primitive = binary(
    "divide",
    np.divide,
    (lambda g, y, a, b: g / b, lambda g, y, a, b: -(g * y / b)),
    tex.fraction,
    backward=(Way.OVER_OTHER, Way.QUOTIENT),
    doc="Quotient, elementwise.",
    symbol=r"\div",
    infer=infer_inexact,
    domain=((-2.0, 2.0), (0.5, 2.0)),
    circle=tex.sign_in_circle(r"\div"),
    traits=[Trait.SCALES],
    lowering=[Line("{0} / {1}", (Condition.SCALARS, Condition.NONZERO_DIVISOR), number=True)],
    rewrites=[_divide_numbers, _divide_by_one, _divide_repeated],
)


def _infer_power(a: Variable, b: Variable) -> Type:
    """Whole numbers stay whole only under an exponent that is known not to be negative."""
    whole = a.kind != "float" and type(b.literal) is int and b.literal >= 0
    return Type(broadcast(a.shape, b.shape), "int" if whole else "float")


def _power_left(g: Variable, y: Variable, a: Variable, b: Variable) -> Variable | None:
    if b.literal is not None:
        return g * (b * a ** (b.literal - 1)) if b.literal else None
    none = equal(b, 0)
    return g * (b * where(none, 1.0, a) ** (b - 1))


def _power_right(g: Variable, y: Variable, a: Variable, b: Variable) -> Variable:
    flat = logical_and(equal(a, 0), greater_equal(b, 0))
    return g * where(flat, 0.0, y * log(where(flat, 1.0, a)))


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


def _power_one(a: Variable, b: Variable) -> Variable | None:
    """a ** 1 -> a"""
    return a if b.literal == 1 and a.kind == "float" else None


def _power_zero(a: Variable, b: Variable) -> Variable | None:
    """a ** 0 -> 1"""
    return shaped(literal(1.0), a.shape) if b.literal == 0 else None


def _power_back(operator: Operator, port: int) -> Way | Factor:
    exponent = operator.inputs[1].literal
    if port == 1:
        return Factor("{result} log({other})")
    return Way.TWICE if exponent == 2 else Factor("{other} {own}^({other} - 1)")


def _power_flops(a: Variable, b: Variable) -> int:
    """A whole exponent costs the multiplications of repeated squaring, -1 a division, a root 4, all others 10."""
    return size_of(broadcast(a.shape, b.shape)) * power_cost(b.literal)


def power_cost(exponent: float | int | None) -> int:
    """FLOPs of one power: x ** 2 is x * x."""
    if exponent == 0.5:
        return 4
    if exponent is None or not abs_of(exponent) <= 64 or exponent != int(exponent):
        return 10
    n = int(abs_of(exponent))
    return (n.bit_length() + n.bit_count() - 2 if n else 0) + (exponent < 0)


power: Primitive = binary(
    "power",
    np.power,
    (_power_left, _power_right),
    tex.power,
    analytic=True,
    backward=_power_back,
    doc="First array raised to the second, elementwise.",
    symbol=r"(\cdot)^{\cdot}",
    infer=_infer_power,
    select=_power_kernel,
    kink="0 for the base where the exponent is 0; 0 for a positive exponent where the base is 0",
    domain=((0.5, 2.0), (-2.0, 2.0)),
    flops=_power_flops,
    circle=tex.power_in_circle,
    phrase=lambda operands: "power-two" if operands[1] is not None and operands[1].literal == 2 else "power",
    traits=[Trait.SQUARE],
    lowering=[
        Line("{0} * {0}", (Condition.SCALARS, Condition.SQUARE), number=True),
        Line("square({0}, {out})", (Condition.SQUARE,), inplace=True),
        Line("sqrt({0}, {out})", (Condition.SQUARE_ROOT,), inplace=True),
        Line("reciprocal({0}, {out})", (Condition.RECIPROCAL,), inplace=True),
    ],
    rewrites=[_power_one, _power_zero],
)


def _neg_number(x: Variable) -> Variable | None:
    """-(2) -> -2"""
    return literal(-x.literal) if x.literal is not None else None


def _neg_negative(x: Variable) -> Variable | None:
    """-(-x) -> x"""
    inner = produced_by(x, neg)
    return inner.inputs[0] if inner is not None and inner.inputs[0].kind == x.kind else None


def _neg_repeated(x: Variable) -> Variable | None:
    """-broadcast(x) -> broadcast(-x)"""
    repeated = produced_by(x, broadcast_to)
    return shaped(neg(repeated.inputs[0]), x.shape) if repeated is not None else None


neg: Primitive = unary(
    "neg",
    np.negative,
    lambda g, y, x: -g,
    tex.prefix("-"),
    backward=Way.NEGATED,
    doc="Negative, elementwise.",
    symbol="-",
    lowering=[Line("-{0}", (Condition.SCALARS,), number=True)],
    rewrites=[_neg_number, _neg_negative, _neg_repeated],
    infer=lambda x: Type(x.shape, signed(x.kind)),
)

identity = primitive(
    "identity",
    infer=lambda x: Type(x.shape, x.kind),
    kernel=lambda x: x,
    view=True,
    linear=True,
    vjp=(lambda g, y, x: g,),
    latex="{0}",
    flops=0,
    backward=Way.SAME,
    doc="The same array under another name.",
    symbol="=",
    traits=[Trait.SAME],
    rewrites=[lambda x: x],
    cases=(Case(((2, 3),)), Case(((),))),
)

detach = primitive(
    "detach",
    infer=lambda x: Type(x.shape, x.kind),
    kernel=lambda x: x,
    view=True,
    latex=r"\overline{{{0}}}",
    flops=0,
    doc="The same array, held constant: no gradient flows through it.",
    symbol=r"\overline{\cdot}",
    cases=(Case(((2, 3),), fixed={0: [[0.5, -1.5, 2.0], [1.0, 0.0, -0.5]]}), Case(((),), fixed={0: 0.5})),
)


def infer_test(x: Variable) -> Type:
    """A truth value for every element."""
    return Type(x.shape, "bool")


less = binary(
    "less",
    np.less,
    None,
    tex.indicator("<"),
    doc="Where the first is less.",
    symbol="<",
    circle=tex.sign_in_circle("<"),
    infer=infer_comparison,
)
less_equal = binary(
    "less_equal",
    np.less_equal,
    None,
    tex.indicator(r"\le"),
    doc="Where the first is at most the second.",
    symbol=r"\le",
    circle=tex.sign_in_circle(r"\le"),
    infer=infer_comparison,
)
greater = binary(
    "greater",
    np.greater,
    None,
    tex.indicator(">"),
    doc="Where the first is greater.",
    symbol=">",
    circle=tex.sign_in_circle(">"),
    infer=infer_comparison,
)
greater_equal = binary(
    "greater_equal",
    np.greater_equal,
    None,
    tex.indicator(r"\ge"),
    doc="Where the first is at least the second.",
    symbol=r"\ge",
    circle=tex.sign_in_circle(r"\ge"),
    infer=infer_comparison,
)
equal = binary(
    "equal",
    np.equal,
    None,
    tex.indicator("="),
    doc="Where both are equal.",
    symbol="=",
    circle=tex.sign_in_circle("="),
    infer=infer_comparison,
    traits=[Trait.COMMUTATIVE],
)
not_equal = binary(
    "not_equal",
    np.not_equal,
    None,
    tex.indicator(r"\ne"),
    doc="Where they differ.",
    symbol=r"\ne",
    circle=tex.sign_in_circle(r"\ne"),
    infer=infer_comparison,
)


logical_and = binary(
    "logical_and",
    np.logical_and,
    None,
    tex.infix(r"\land", tex.SUM),
    doc="Where both hold: both are not 0.",
    symbol=r"\land",
    infer=infer_comparison,
)
logical_or = binary(
    "logical_or",
    np.logical_or,
    None,
    tex.infix(r"\lor", tex.SUM),
    doc="Where one of them holds or both.",
    symbol=r"\lor",
    infer=infer_comparison,
)
logical_xor = binary(
    "logical_xor",
    np.logical_xor,
    None,
    tex.infix(r"\oplus", tex.SUM),
    doc="Where exactly one of them holds.",
    symbol=r"\oplus",
    infer=infer_comparison,
)
logical_not = unary(
    "logical_not",
    np.logical_not,
    None,
    tex.prefix(r"\lnot "),
    doc="Where it does not hold: it is 0.",
    symbol=r"\lnot",
    infer=infer_test,
)
isfinite = unary("isfinite", np.isfinite, None, doc="Where x is neither infinite nor NaN.", infer=infer_test)
isinf = unary("isinf", np.isinf, None, doc="Where x is infinite.", infer=infer_test)
isnan = unary("isnan", np.isnan, None, doc="Where x is not a number.", infer=infer_test)


def share(chosen: Variable, other: Variable) -> Variable:
    """What part of a maximum's gradient flows to `chosen`: all where it wins, half where they tie, as in PyTorch.

    Beside a NaN neither loses: the gradient reaches both.
    """
    return where(equal(chosen, other), 0.5, logical_not(less(chosen, other)))


maximum = binary(
    "maximum",
    lambda a, b, out: np.maximum(a, b, out=out),
    (lambda g, y, a, b: g * share(a, b), lambda g, y, a, b: g * share(b, a)),
    r"\max\left({0}, {1}\right)",
    backward=Way.TIE,
    doc="The larger, elementwise; a tie shares the gradient in halves.",
    kink="a tie gives half to each; beside a NaN the gradient reaches both",
    symbol=r"\max",
    circle=tex.name_in_circle,
    inplace=True,
    traits=[Trait.COMMUTATIVE],
)

minimum = binary(
    "minimum",
    lambda a, b, out: np.minimum(a, b, out=out),
    (lambda g, y, a, b: g * share(b, a), lambda g, y, a, b: g * share(a, b)),
    r"\min\left({0}, {1}\right)",
    backward=Way.TIE,
    doc="The smaller, elementwise; a tie shares the gradient in halves.",
    kink="a tie gives half to each; beside a NaN the gradient reaches both",
    symbol=r"\min",
    circle=tex.name_in_circle,
    inplace=True,
    traits=[Trait.COMMUTATIVE],
)


def _infer_where(condition: Variable, a: Variable, b: Variable) -> Type:
    return Type(broadcast(condition.shape, a.shape, b.shape), promote(a, b))


def _choose(condition: Any, a: Any, b: Any, out: Any) -> None:
    np.copyto(out, b)
    np.copyto(out, a, where=np.not_equal(condition, 0) if condition.dtype != bool else condition)


where: Primitive = primitive(
    "where",
    infer=_infer_where,
    kernel=_choose,
    vjp=(None, lambda g, y, c, a, b: where(c, g, 0.0), lambda g, y, c, a, b: where(c, 0.0, g)),
    latex=r"\operatorname{{where}}\left({0}, {1}, {2}\right)",
    analytic=True,
    backward=(None, Way.CHOSEN, Way.CHOSEN),
    doc="The second where the condition holds, the third elsewhere.",
    jvp=lambda t, y, c, a, b: where(c, 0.0 if t[1] is None else t[1], 0.0 if t[2] is None else t[2]),
    cases=(
        Case(((2, 3), (2, 3), (2, 3)), fixed={0: [[1, 0, 0], [0, 1, 1]]}),
        Case(((3,), (2, 1), ()), fixed={0: [0, 1, 0]}),
    ),
)

exp = unary(
    "exp",
    np.exp,
    lambda g, y, x: g * y,
    r"\exp\left({0}\right)",
    backward=Way.TIMES_RESULT,
    doc="Exponential, elementwise.",
    symbol=r"\exp",
    flops=TRANSCENDENTAL,
)
log = unary(
    "log",
    np.log,
    lambda g, y, x: g / x,
    r"\log\left({0}\right)",
    backward=Way.INVERSE,
    doc="Natural logarithm, elementwise.",
    traits=[Trait.LOGARITHM],
    symbol=r"\log",
    domain=(0.2, 3.0),
    flops=TRANSCENDENTAL,
)
sqrt = unary(
    "sqrt",
    np.sqrt,
    lambda g, y, x: g * (0.5 / y),
    r"\sqrt{{{0}}}",
    backward=Way.ROOT,
    doc="Square root, elementwise.",
    symbol=r"\sqrt{\cdot}",
    domain=(0.2, 3.0),
    flops=4,
)
sign = unary("sign", np.sign, None, doc="Sign: -1, 0 or 1; it stops the gradient.", symbol=r"\operatorname{sign}")
abs = unary(
    "abs",
    np.absolute,
    lambda g, y, x: g * sign(x),
    tex.delimited("|", "|"),
    backward=Way.TIMES_SIGN,
    doc="Absolute value, elementwise; the gradient at 0 is 0.",
    symbol=r"|\cdot|",
    kink="0",
    infer=lambda x: Type(x.shape, x.kind),
)

arctan2 = binary(
    "arctan2",
    np.arctan2,
    (
        lambda g, y, a, b: g * b / _not_zero(a * a + b * b),
        lambda g, y, a, b: -(g * a / _not_zero(a * a + b * b)),
    ),
    backward=(Factor("{other} / ({own}² + {other}²)"), Factor("-{other} / ({own}² + {other}²)")),
    doc="Angle in radians of the point with ordinate a and abscissa b.",
    infer=infer_inexact,
    domain=((0.3, 2.0), (0.3, 2.0)),
    kink="0 at the origin",
    flops=15,
)

hypot = binary(
    "hypot",
    np.hypot,
    (lambda g, y, a, b: g * (a / _not_zero(y)), lambda g, y, a, b: g * (b / _not_zero(y))),
    tex.hypotenuse,
    backward=Factor("{own} / {result}"),
    doc="Length of the hypotenuse, without overflow.",
    infer=infer_inexact,
    kink="0 at the origin, where PyTorch has NaN",
    flops=6,
)

LOGADDEXP = 5 + 2 * TRANSCENDENTAL
"""FLOPs a number: a difference, its size, its negative, the larger operand, a sum, an exponential and a logarithm."""

logaddexp = binary(
    "logaddexp",
    np.logaddexp,
    (lambda g, y, a, b: g * REGISTRY["sigmoid"](a - b), lambda g, y, a, b: g * REGISTRY["sigmoid"](b - a)),
    r"\log\left(e^{{{0}}} + e^{{{1}}}\right)",
    backward=Factor("exp({own} - {result})"),
    doc="Logarithm of the sum of two exponentials, without overflow.",
    infer=infer_inexact,
    flops=LOGADDEXP,
)


def _xlogy(x: Any, y: Any, out: Any) -> None:
    np.log(y, out, dtype=out.dtype)
    np.multiply(x, out, out)
    np.copyto(out, 0, where=np.logical_and(np.equal(x, 0), np.equal(y, y)))


xlogy = binary(
    "xlogy",
    _xlogy,
    (
        lambda g, y, a, b: g * log(where(logical_and(equal(a, 0), less_equal(b, 0)), 1.0, b)),
        lambda g, y, a, b: where(equal(a, 0), 0.0, g * a / where(equal(a, 0), 1.0, b)),
    ),
    tex.x_log_y,
    backward=(Factor("log({other})"), Factor("{other} / {own}")),
    doc="The first times the logarithm of the second; 0 where the first is 0.",
    infer=infer_inexact,
    domain=((-2.0, 2.0), (0.2, 3.0)),
    kink="0 where both are 0",
    flops=11,
    workspace=lambda width, a, b: a.size + b.size + size_of(broadcast(a.shape, b.shape)),
)


def _not_zero(x: Variable) -> Variable:
    """A denominator that is 1 where it would be 0: what it divides is 0 there."""
    return where(equal(x, 0), 1.0, x)


@composite(
    latex=r"\operatorname{{lerp}}\left({0}, {1}, {2}\right)",
    cases=(Case(((2, 3), (2, 3), ())), Case(((3,), (2, 1), (2, 3)))),
)
def lerp(a: Variable, b: Variable, weight: Variable) -> Variable:
    """Linear interpolation: a at weight 0, b at weight 1."""
    return a + weight * (b - a)


@composite(
    latex=r"\operatorname{{clip}}\left({0}\right)",
    kink="the gradient passes at the limits, and at NaN",
    cases=(Case(((2, 3), (), ()), fixed={1: -1.1, 2: 0.9}), Case(((5,), ()), fixed={1: 0.3})),
)
def clip(x: Variable, min: Variable | None = None, max: Variable | None = None) -> Variable:
    """Kept between two limits, of which one may be missing; where they cross, the upper one wins."""
    if min is not None:
        x = where(less(x, min), min, x)
    if max is not None:
        x = where(greater(x, max), max, x)
    return x
