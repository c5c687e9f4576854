"""How a number is written: the one rule for equations, tables, squares, axes and pictures.

`static/shared/numbers.js` follows the same rule; `tests/vectors/numbers.json` holds both to it.
"""

from __future__ import annotations

import math

DIGITS = 4
"""Significant digits where nobody asks for others."""

SMALLEST = -4
"""The least power of ten of a number that is written out."""

LARGEST = 5
"""The power of ten from which a number is written with it, unless more digits than that are asked for."""


EXACT = 12
"""Digits to which a number is rounded first: the last bits of a sum decide nothing, whoever adds it up."""


def significant(value: float, digits: int) -> tuple[str, int]:
    """The digits of a finite number other than zero, without its sign, and the power of ten of the first.

    Halves of the number to `EXACT` digits are rounded away from zero, and zeros at the end are left out.
    """
    mantissa, _, power = f"{abs(value):.{max(digits, EXACT) - 1}e}".partition("e")
    text, exponent = mantissa.replace(".", ""), int(power)
    if text[digits : digits + 1] >= "5":
        text = str(int(text[:digits]) + 1)
        if len(text) > digits:
            exponent += 1
    return text[:digits].rstrip("0"), exponent


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
