"""Pieces of Python source: parentheses where Python's precedence needs them, every digit of a number, indices."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pytest

from tidegraph.engine.graph import Operator
from tidegraph.engine.ops.source import text
from tidegraph.engine.ops.source.text import ATOM, COMPARE, POWER, PRODUCT, SIGN, SUM, Text

NOTHING = cast(Operator, None)
"""Operators that the spellings here do not look at."""

A, SUMMED, NEGATIVE, RAISED, COMPARED = (
    Text("a"), Text("a + b", SUM), Text("-a", SIGN), Text("a**b", POWER), Text("a < b", COMPARE),
)  # fmt: skip


@pytest.mark.parametrize(
    ("spelling", "left", "right", "wanted"),
    [
        (text.infix("-", SUM), SUMMED, A, "a + b - a"),
        (text.infix("-", SUM), A, SUMMED, "a - (a + b)"),
        (text.infix("*", PRODUCT), SUMMED, NEGATIVE, "(a + b) * -a"),
        (text.power, NEGATIVE, A, "(-a)**a"),
        (text.power, RAISED, RAISED, "(a**b)**a**b"),
        (text.compared("=="), COMPARED, SUMMED, "(a < b) == a + b"),
    ],
)
def test_parentheses_keep_the_meaning(spelling: text.Spelling, left: Text, right: Text, wanted: str) -> None:
    written = spelling(NOTHING, [left, right])
    assert written.text == wanted
    a, b = 3.0, 2.0
    inner = spelling(NOTHING, [Text(f"({left.text})"), Text(f"({right.text})")]).text
    assert eval(wanted, {"a": a, "b": b}) == eval(inner, {"a": a, "b": b})


def test_a_sign_binds_less_than_a_power() -> None:
    assert text.prefix("-")(NOTHING, [RAISED]).text == "-a**b"
    assert text.prefix("-")(NOTHING, [SUMMED]).text == "-(a + b)"
    assert f"{SUMMED:a}.T, {SUMMED}, {A:a}.T" == "(a + b).T, a + b, a.T"


@pytest.mark.parametrize(
    "value", [0.1, 1 / 3, -2.5e-300, 3, True, (1,), (1.5, (2, 3)), math.inf, -math.inf, np.float64(0.1), np.int64(7)]
)
def test_a_number_keeps_every_digit(value: Any) -> None:
    assert eval(text.number(value)) == value


def test_numbers_that_are_not() -> None:
    assert math.isnan(eval(text.number(math.nan)))
    assert text.literal(-2).level == SIGN
    assert text.literal(2).level == ATOM


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        (slice(1, None), "1:"),
        (slice(None, None, -1), "::-1"),
        ((Ellipsis, None, 2), "..., None, 2"),
        ((), "()"),
        ((np.array([[0, 1]]), slice(None)), "[[0, 1]], :"),
    ],
)
def test_an_index_is_written_as_it_is_read(key: Any, wanted: str) -> None:
    assert text.index(key) == wanted


def test_options_with_their_defaults_are_left_out() -> None:
    found = text.named("np.sum", ["x"], {"axis": ((0, 1), None), "keepdims": (False, False)})
    assert found == Text("np.sum(x, axis=(0, 1))")
