"""How operators are written: small builders of LaTeX that put parentheses only where they are needed.

An operator's `latex` is a template such as `\\exp\\left({0}\\right)`, whose arguments need no parentheses, or a
function `(arguments, operator) -> Tex` made by one of the builders here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import prod
from typing import NamedTuple

from tidegraph.engine.graph import Operator, Variable

SUM, QUOTIENT, HADAMARD, PRODUCT, SIGN, POWER, ATOM = range(7)
"""How tightly an expression holds together, loosest first."""


class Tex(NamedTuple):
    """LaTeX with how tightly it holds together.

    `number` marks digits, which need a sign between them; `squared` is the base of an elementwise square, whose sum is
    written as a norm.
    """

    text: str
    level: int = ATOM
    number: bool = False
    squared: str = ""

    def at(self, level: int) -> str:
        """The text, in parentheses if it holds together less tightly than `level`."""
        return self.text if self.level >= level else rf"\left({self.text}\right)"

    def after(self, level: int) -> str:
        """The text as it stands behind a sign or a name: what begins with a sign is in parentheses too."""
        return enclosed(self.at(level))

    def transposed(self) -> Tex:
        """The transpose; of what is one already, what it is of."""
        if self.level == POWER and self.text.endswith(r"^\top"):
            inner = self.text.removesuffix(r"^\top")
            return Tex(inner[1:-1] if inner.startswith("{") else inner)
        return Tex(rf"{braced(self.at(ATOM))}^\top", POWER)


class Slot(Tex):
    """The place of a run's number: a template's `⟦key|level⟧`, which says how tightly it must hold together."""

    __slots__ = ()

    def at(self, level: int) -> str:
        """The place with the level that it needs."""
        return f"⟦{self.text[1:-1].partition('|')[0]}|{level}⟧"


def slot(key: str, scalar: bool) -> Tex:
    """What stands for the array `key` in a template; an array's brackets hold together by themselves."""
    return Slot(f"⟦{key}|0⟧", ATOM, True) if scalar else Tex(f"⟦{key}⟧", ATOM)


NUMBER = re.compile(r"⟦([^⟦⟧|]+)(?:\|(\d))?⟧")
LEADING = re.compile(r"⦅*⟦[^⟦⟧|]+\|\d⟧")
SIGNED = re.compile(r"⦅([^⦅⦆]*)⦆")


def enclosed(text: str) -> str:
    """Text in parentheses if it begins with a sign; in `⦅ ⦆` if only a run knows whether it does."""
    if text.startswith("-"):
        return rf"\left({text}\right)"
    return f"⦅{text}⦆" if LEADING.match(text) else text


def fill(template: str, number: Callable[[str], Tex]) -> str:
    """A template with a run's numbers in their places; see docs/architecture.md, "Templates"."""
    text = NUMBER.sub(lambda found: number(found[1]).at(int(found[2] or 0)), template)
    while "⦅" in text:
        text = SIGNED.sub(lambda found: enclosed(found[1]), text)
    return text


Writer = Callable[[Sequence[Tex], Operator], Tex]


def infix(sign: str, level: int, right: int | None = None) -> Writer:
    """`a sign b`; `right` is the level that the right side needs (default the same as the left's)."""

    def write(arguments: Sequence[Tex], operator: Operator) -> Tex:
        left, other = arguments
        tail = other.after(level if right is None else right)
        return Tex(f"{left.at(level)} {sign} {tail}", level)

    return write


def sign_in_circle(sign: str) -> Callable[[Operator, Callable[[Variable], str]], str]:
    """The sign of an operator of two operands, with the literal one on its side of it: `+ 3`, `1 -`."""

    def write(operator: Operator, operand: Callable[[Variable], str]) -> str:
        a, b = operator.inputs
        if b.literal is not None:
            return rf"{sign}\,{operand(b)}"
        return str(operator.op.symbol) if a.literal is None else rf"{operand(a)}\,{sign}"

    return write


def name_in_circle(operator: Operator, operand: Callable[[Variable], str]) -> str:
    """The name of an operator of two operands, with a literal one in its place: `max(., 0)`."""
    if all(v.literal is None for v in operator.inputs):
        return str(operator.op.symbol)
    a, b = (r"\cdot" if v.literal is None else operand(v) for v in operator.inputs)
    return rf"{operator.op.symbol}\left({a},\,{b}\right)"


def product_in_circle(operator: Operator, operand: Callable[[Variable], str]) -> str:
    """A product's sign: a dot where an operand is a scalar, a cross beside a literal."""
    a, b = operator.inputs
    if a.literal is not None or b.literal is not None:
        return sign_in_circle(r"\times")(operator, operand)
    return str(operator.op.symbol) if elementwise(operator) else r"\cdot"


def elementwise(operator: Operator) -> bool:
    """Whether the product of the operands is not the elementwise one: both are arrays, and not both of one element."""
    a, b = operator.inputs
    return bool(a.shape and b.shape) and max(prod(a.shape), prod(b.shape)) != 1


def power_in_circle(operator: Operator, operand: Callable[[Variable], str]) -> str:
    """A literal base or exponent is part of the sign: (.)^2, not a power of something."""
    base, exponent = operator.inputs
    if exponent.literal is not None:
        return rf"(\cdot)^{{{operand(exponent)}}}"
    return str(operator.op.symbol) if base.literal is None else rf"{operand(base)}^{{(\cdot)}}"


def prefix(sign: str, level: int = SIGN) -> Writer:
    """`sign a`."""
    return lambda arguments, operator: Tex(f"{sign}{arguments[0].after(PRODUCT)}", level)


def postfix(sign: str) -> Writer:
    """`a sign`, as in a power."""
    return lambda arguments, operator: Tex(f"{braced(arguments[0].at(ATOM))}{sign}", POWER)


def transpose(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """A superscript."""
    return arguments[0].transposed()


def braced(text: str) -> str:
    """Text that a superscript may follow: what already has one is put in braces."""
    return f"{{{text}}}" if "^" in text or "_" in text else text


def product(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """Elementwise multiplication: a dot between numbers, nothing beside a scalar, a circled dot between arrays."""
    a, b = arguments
    if elementwise(operator):
        return Tex(rf"{a.at(HADAMARD)} \odot {b.after(HADAMARD)}", HADAMARD)
    head, tail = a.at(PRODUCT), b.after(PRODUCT)
    dot = r" \cdot " if b.number or (a.number and (tail[:1].isdigit() or LEADING.match(tail))) else r" \, "
    return Tex(f"{head}{dot}{tail}", PRODUCT)


def matrix_product(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """Juxtaposition; a vector is a column, so one on the left is transposed, or the matrix on its right is."""
    a, b = arguments
    left, right = operator.inputs
    if left.ndim == 1:
        a, b = (a.transposed(), b) if right.ndim == 1 else (b.transposed(), a)
    return Tex(f"{a.at(PRODUCT)} {b.after(SIGN)}", PRODUCT)


def fraction(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """A fraction where the denominator is a scalar, a circled stroke where it is an array."""
    a, b = arguments
    if operator.inputs[1].shape:
        return Tex(rf"{a.at(HADAMARD)} \oslash {b.after(SIGN)}", QUOTIENT)
    if operator.inputs[0].shape or "\\frac" in a.text:
        return Tex(rf"\frac{{1}}{{{b.text}}} {a.at(PRODUCT)}", PRODUCT)
    return Tex(rf"\frac{{{a.text}}}{{{b.text}}}", PRODUCT)


def power(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """A superscript, marked as elementwise on arrays; the base is put in parentheses if it has one already."""
    base, exponent = arguments
    has_script = "^" in base.text and not base.text.startswith((r"\left", r"\begin"))
    bare = base.level >= ATOM and not has_script and not (base.number and base.text.startswith("-"))
    text = base.at(ATOM) if bare else rf"\left({base.text}\right)"
    array = operator.inputs[0].shape and prod(operator.inputs[0].shape) != 1
    sign = r"\odot " if array else ""
    return Tex(f"{text}^{{{sign}{exponent.text}}}", POWER, squared=base.text if array and exponent.text == "2" else "")


def delimited(left: str, right: str) -> Writer:
    """`left a right`, as in an absolute value."""
    return lambda arguments, operator: Tex(rf"\left{left} {arguments[0].text} \right{right}", ATOM)


def indicator(sign: str) -> Writer:
    """A comparison, written as the Iverson bracket that it is when used as a number."""
    return lambda arguments, operator: Tex(
        rf"\left[ {arguments[0].at(SUM)} {sign} {arguments[1].at(SUM)} \right]", ATOM
    )


def ones(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """A broadcast: the same numbers times an array of ones, on the side on which they are repeated."""
    given = arguments[0]
    if given.text in ("0", "1"):
        return Tex(rf"\mathbf{{{given.text}}}")
    small, large = operator.inputs[0].shape, operator.outputs[0].shape
    if len(large) == 2 and small and small != (1, 1):
        if len(small) == 1 or small[0] == 1:
            row = given.transposed() if len(small) == 1 else given
            return Tex(rf"\mathbf{{1}} {row.after(SIGN)}", PRODUCT)
        return Tex(rf"{given.at(PRODUCT)} \mathbf{{1}}^\top", PRODUCT)
    return Tex(rf"{given.at(PRODUCT)} \, \mathbf{{1}}", PRODUCT)


def reshape(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """Nothing where a column stays one, a transpose where it becomes a row; the operator's name elsewhere."""
    before, after = operator.inputs[0].shape, operator.outputs[0].shape
    if len(before) <= 2 and len(after) <= 2 and max((1, *before)) == operator.inputs[0].size == max((1, *after)):
        lies = [len(shape) == 2 and shape[1] != 1 for shape in (before, after)]
        return arguments[0] if lies[0] == lies[1] else arguments[0].transposed()
    return Tex(rf"\operatorname{{reshape}}\left({arguments[0].text}\right)")


def under(name: str) -> Writer:
    """A reduction such as a sum, with the axes that it runs over as a subscript when they are not all."""

    def write(arguments: Sequence[Tex], operator: Operator) -> Tex:
        axis, ndim = operator.attributes.get("axis"), operator.inputs[0].ndim
        axes = axis if isinstance(axis, (tuple, list)) else () if axis is None else (axis,)
        below = f"_{{{axes_text([a % ndim for a in axes])}}}" if axes and ndim > 1 else ""
        return Tex(rf"{name}{below} {arguments[0].after(SIGN)}", PRODUCT)

    return write


def total(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """A sum over axes; the sum of all squares is a squared norm, Frobenius for matrices."""
    base = arguments[0].squared
    if base and operator.attributes.get("axis") is None:
        kind = "_F" if operator.inputs[0].ndim > 1 else ""
        return Tex(rf"\left\lVert {base} \right\rVert{kind}^{{2}}", POWER)
    return under(r"\sum")(arguments, operator)


def axes_text(axis: object) -> str:
    """Axes as a subscript: `axis 0`."""
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    return rf"\text{{axis }}{', '.join(map(str, axes))}"


def holding(template: str, level: int) -> Writer:
    """A template whose result holds together as tightly as `level` says."""
    return lambda arguments, operator: Tex(template.format(*(a.text for a in arguments)), level)


def hypotenuse(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """The root of two squares."""
    a, b = (braced(x.at(ATOM)) for x in arguments)
    return Tex(rf"\sqrt{{{a}^2 + {b}^2}}")


def x_log_y(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """The first times the logarithm of the second."""
    return Tex(rf"{arguments[0].at(PRODUCT)} \log\left({arguments[1].text}\right)", PRODUCT)


def primes(order: int) -> str:
    """What marks a derivative of a function: primes, or its order in brackets."""
    return "'" * order if order < 4 else f"^{{({order})}}"


def scaled_log(x: Tex, beta: float) -> Tex:
    """Softplus as it is defined."""
    if beta == 1:
        return Tex(rf"\log\left(1 + e^{{{x.text}}}\right)", PRODUCT)
    return Tex(rf"\frac{{1}}{{{beta:g}}} \log\left(1 + e^{{{beta:g} {x.at(PRODUCT)}}}\right)", PRODUCT)
