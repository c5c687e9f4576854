"""Signs: arithmetic known at parse time and in the graph, comparisons, and conditions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.language.reading import refused, value, warned

X = np.array([-3.0, 0.5, 2.0])


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("-x ** 2", [-9.0, -0.25, -4.0]),
        ("2 ** 3 ** 2 * x", [-1536.0, 256.0, 1024.0]),
        ("x // 2", [-2.0, 0.0, 1.0]),
        ("x % 2", [1.0, 0.5, 0.0]),
        ("7 // 2 * x", [-9.0, 1.5, 6.0]),
        ("-7 // 2 * x", [12.0, -2.0, -8.0]),
        ("x @ x", 13.25),
        ("0 < x < 2", [False, True, False]),
        ("(x > 0) & ~(x > 1)", [False, True, False]),
        ("x if 2 > 1 and not 3 < 2 else -x", [-3.0, 0.5, 2.0]),
        ("x * ([1, 2] * 2 + [3])[4]", [-9.0, 1.5, 6.0]),
        ("x * (0 or 5)", [-15.0, 2.5, 10.0]),
        ("x * (2 in [1, 2])", [-3.0, 0.5, 2.0]),
        ("x * 6 if 'a' + 'b' == 'ab' else x", [-18.0, 3.0, 12.0]),
    ],
)
def test_value(expression: str, wanted: Any) -> None:
    np.testing.assert_array_equal(value(expression, x=X), wanted)


@pytest.mark.parametrize(
    ("line", "code", "fix"),
    [
        ("J = x ^ 2", "caret-is-no-power", "J = x ** 2"),
        ("J = x and x > 1", "and-on-variables", "(x) & (x > 1)"),
        ("J = 1 if x > 0 else 2", "if-on-variable", "where(x > 0, 1, 2)"),
        ("if x > 0:\n    J = x\nelse:\n    J = 2 * x", "if-on-variable", "J = where(x > 0, x, 2 * x)"),
    ],
)
def test_what_depends_on_a_value_is_refused_with_the_line_that_works(line: str, code: str, fix: str) -> None:
    error = refused(f"x: input = 3\n{line}")
    assert (error.code, error.line, error.column) == (code, 2, 1 if "\n" in line else 5)
    assert error.fix is not None
    assert error.fix.text.replace("**", " ** ").split() == fix.split()


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("2 ** 64", "number-too-large"),
        ("9 ** 9 ** 9", "number-too-large"),
        ("1 / 0", "division-by-zero"),
        ("1 % 0", "division-by-zero"),
        ("0 ** -1", "division-by-zero"),
        ("(-8) ** 0.5", "number-not-real"),
        ("5 << 1", "unknown-sign"),
        ("[0] * 1000000", "list-too-long"),
        ("1 < 'a'", "not-comparable"),
        ("not x", "not-on-variable"),
    ],
)
def test_numbers_keep_within_bounds_and_signs_within_the_language(expression: str, code: str) -> None:
    error = refused(f"x: input = 1\ny = {expression}")
    assert (error.code, error.line) == (code, 2)


def test_a_loop_on_a_value_names_the_variable() -> None:
    error = refused("x: input = 1\nwhile x < 3:\n    x = x + 1")
    assert error.code == "while-on-variable"
    assert error.parameters["name"] == "x"


@pytest.mark.parametrize(
    ("declared", "warnings"), [("[3, 1]", ["column-beside-vector"]), ("[1, 3]", []), ("[3]", []), ("[4, 1]", [])]
)
def test_a_column_beside_a_vector_of_its_length_is_warned_of(declared: str, warnings: list[str]) -> None:
    assert warned(f"a: input{declared}\nb: input[3]\ny = a + b") == warnings
