"""How a number is written: the one rule for equations, tables, squares, axes and pictures.

`static/shared/numbers.js` follows the same rule; `tests/vectors/numbers.json` holds both to it.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal

DIGITS = 4
"""Significant digits where nobody asks for others."""

SMALLEST = -4
"""The least power of ten of a number that is written out."""

LARGEST = 5
"""The power of ten from which a number is written with it, unless more digits than that are asked for."""


def significant(value: float, digits: int) -> tuple[str, int]:
    """The digits of a finite number other than zero, without its sign, and the power of ten of the first.

    Halves are rounded away from zero, and zeros at the end are left out.
    """
    longer = f"{abs(value):.{digits}e}"
    text = f"{abs(value):.{digits - 1}e}"
    if longer.partition("e")[0].endswith("5"):
        exact = Decimal(abs(value))
        if exact == Decimal(longer):
            text = f"{Context(prec=digits, rounding=ROUND_HALF_UP).plus(exact):.{digits - 1}e}"
    mantissa, _, exponent = text.partition("e")
    return mantissa.replace(".", "").rstrip("0"), int(exponent)


def write_number(value: float, digits: int = DIGITS, scientific: bool = False) -> str:
    """A number to so many significant digits, in ASCII: `-0.1235`, `12350`, `1.2e-7`, `NaN`, `-Infinity`.

    A power of ten is written below 1e-4, from 1e5 (or from 10 to the power `digits`, where that is more), and always if
    the number is to be `scientific`.
    """
    if not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    shown, exponent = significant(value, digits)
    if scientific or exponent < SMALLEST or exponent >= max(LARGEST, digits):
        return f"{sign}{shown[0]}{'.' if len(shown) > 1 else ''}{shown[1:]}e{exponent}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{shown}"
    whole, rest = shown[: exponent + 1].ljust(exponent + 1, "0"), shown[exponent + 1 :]
    return f"{sign}{whole}{'.' if rest else ''}{rest}"
