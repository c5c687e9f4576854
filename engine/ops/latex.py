"""How operators are written: small builders of LaTeX that put parentheses only where they are needed.

An operator's `latex` is a template such as `\\exp\\left({0}\\right)`, whose arguments need no parentheses, or a
function `(arguments, operator) -> Tex` made by one of the builders here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.graph import Operator

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
"""How tightly an expression holds together, loosest first."""


class Tex(NamedTuple):
    """LaTeX with how tightly it holds together; `number` marks digits, which need a sign between them."""

    text: str
    level: int = ATOM
    number: bool = False

    def at(self, level: int) -> str:
        """The text, in parentheses if it holds together less tightly than `level`."""
        return self.text if self.level >= level else rf"\left({self.text}\right)"


Writer = Callable[[Sequence[Tex], Operator], Tex]


def infix(sign: str, level: int, right: int | None = None) -> Writer:
    """`a sign b`; `right` is the level that the right side needs (default the same as the left's)."""

    def write(arguments: Sequence[Tex], operator: Operator) -> Tex:
        left, other = arguments
        tail = other.at(level if right is None else right)
        if tail.startswith("-") and level > SUM:
            tail = rf"\left({tail}\right)"
        return Tex(f"{left.at(level)} {sign} {tail}", level)

    return write


def prefix(sign: str, level: int = SIGN) -> Writer:
    """`sign a`."""
    return lambda arguments, operator: Tex(f"{sign}{arguments[0].at(level)}", level)


def postfix(sign: str) -> Writer:
    """`a sign`, as in a transpose or a power."""
    return lambda arguments, operator: Tex(f"{braced(arguments[0].at(ATOM))}{sign}", POWER)


def braced(text: str) -> str:
    """Text that a superscript may follow: what already has one is put in braces."""
    return f"{{{text}}}" if "^" in text or "_" in text else text


def product(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """Elementwise multiplication: a dot between numbers, nothing beside a scalar, a circled dot between arrays."""
    a, b = arguments
    left, right = operator.inputs
    if a.level <= SUM or a.text.startswith("-"):
        head = rf"\left({a.text}\right)" if a.level <= SUM else a.text
    else:
        head = a.text
    tail = b.at(PRODUCT) if not b.text.startswith("-") else rf"\left({b.text}\right)"
    if left.shape and right.shape:
        return Tex(rf"{head} \odot {tail}", PRODUCT)
    dot = r" \cdot " if b.number or (a.number and tail[:1].isdigit()) else r" \, "
    return Tex(f"{head}{dot}{tail}", PRODUCT)


def matrix_product(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """Juxtaposition."""
    a, b = arguments
    return Tex(f"{a.at(PRODUCT)} {b.at(SIGN)}", PRODUCT)


def fraction(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """A fraction where the denominator is a scalar or the parts are simple."""
    a, b = arguments
    if operator.inputs[1].shape and operator.inputs[0].shape:
        return Tex(rf"{a.at(PRODUCT)} \oslash {b.at(SIGN)}", PRODUCT)
    if operator.inputs[0].shape:
        return Tex(rf"\frac{{1}}{{{b.text}}} {a.at(PRODUCT)}", PRODUCT)
    return Tex(rf"\frac{{{a.text}}}{{{b.text}}}", PRODUCT)


def power(arguments: Sequence[Tex], operator: Operator) -> Tex:
    """A superscript; the base is put in parentheses if it has one already."""
    base, exponent = arguments
    text = base.text if base.level >= ATOM else rf"\left({base.text}\right)"
    if base.level >= ATOM and "^" in base.text and not base.text.startswith((r"\left", r"\begin")):
        text = rf"\left({base.text}\right)"
    if base.number and base.text.startswith("-"):
        text = rf"\left({base.text}\right)"
    return Tex(f"{text}^{{{exponent.text}}}", POWER)


def delimited(left: str, right: str) -> Writer:
    """`left a right`, as in an absolute value."""
    return lambda arguments, operator: Tex(rf"\left{left} {arguments[0].text} \right{right}", ATOM)


def indicator(sign: str) -> Writer:
    """A comparison, written as the Iverson bracket that it is when used as a number."""
    return lambda arguments, operator: Tex(
        rf"\left[ {arguments[0].at(SUM)} {sign} {arguments[1].at(SUM)} \right]", ATOM
    )


def under(name: str) -> Writer:
    """A reduction such as a sum, with the axes that it runs over as a subscript when they are not all."""

    def write(arguments: Sequence[Tex], operator: Operator) -> Tex:
        axis = operator.attributes.get("axis")
        below = "" if axis is None else f"_{{{axes_text(axis)}}}"
        return Tex(rf"{name}{below} {arguments[0].at(SIGN)}", PRODUCT)

    return write


def axes_text(axis: object) -> str:
    """Axes as a subscript: `axis 0`."""
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    return rf"\text{{axis }}{', '.join(map(str, axes))}"
