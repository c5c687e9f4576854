"""Numbers as text: one rule, which the page follows too."""

from __future__ import annotations

import json
import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path

import numpy as np
import pytest

from tidegraph.engine.notation.numbers import write_number

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "numbers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("value", "digits", "scientific", "text"), VECTORS)
def test_vectors_that_the_page_is_held_to_too(value: str, digits: int, scientific: bool, text: str) -> None:
    assert write_number(float(value), digits, scientific) == text


@pytest.mark.parametrize("scientific", [False, True])
def test_what_is_written_is_the_number_rounded(scientific: bool) -> None:
    random = np.random.default_rng(0)
    drawn = random.normal(size=500) * 10.0 ** random.integers(-12, 12, 500)
    halves = random.integers(-2000, 2000, 500) / 16
    for value in [*drawn.tolist(), *halves.tolist()]:
        for digits in (1, 3, 4, 6):
            text = write_number(value, digits, scientific)
            near = Decimal(f"{value:.11e}")
            exact = Context(prec=digits, rounding=ROUND_HALF_UP).plus(near)
            assert Decimal(text) == exact
            assert not re.search(r"\.\d*0(e|$)", text), text


def test_a_power_of_ten_is_written_for_very_small_and_large_numbers() -> None:
    for exponent in range(-12, 12):
        text = write_number(math.copysign(3.0 * 10.0**exponent, exponent))
        assert ("e" in text) == (not -4 <= exponent < 5)
