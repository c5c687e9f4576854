"""What cannot be read is refused with its line as it would be right."""

from __future__ import annotations

import pytest

from tests.engine.language.reading import refused
from tidegraph.engine.language import corrections


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("y = 2x", "y = 2*x"),
        ("y = 2(x + 1)", "y = 2*(x + 1)"),
        ("y = |x|", "y = abs(x)"),
        ("y = x!", "y = exp(lgamma(x + 1))"),
        ("y = sin x", "y = sin(x)"),
        ("y = (x + 1", "y = (x + 1)"),
        ("y = 2 if 1 && 1 else 3", "y = 2 if 1 and 1 else 3"),
        ("lambda = 0.1", "lam = 0.1"),
        ("// a comment", "# a comment"),
        ("y = [1 2 3]", "y = [1, 2, 3]"),
        ("f(x) = x * 2", "f = x * 2"),
        ("for i in range(3)\n    y = x", "for i in range(3):"),
    ],
)
def test_the_fix_is_the_line_as_it_would_be_right(line: str, wanted: str) -> None:
    error = refused(f"x: input = 1\n{line}")
    assert error.line == 2
    fix = error.fix
    assert fix is not None
    first = line.split("\n")[0]
    assert f"{first[: fix.column - 1]}{fix.text}{first[fix.end_column - 1 :]}".replace(" ", "") == wanted.replace(
        " ", ""
    )


@pytest.mark.parametrize(
    ("change", "line", "wanted"),
    [
        (corrections.powers, "y = x^2  # x^2", "y = x**2  # x^2"),
        (corrections.powers, "y = x^{n+1}", "y = x**(n+1)"),
        (corrections.zeros, "y = 007 + 0.5 + x10", "y = 7 + 0.5 + x10"),
        (corrections.comments, "% text", "# text"),
        (corrections.function_equals, "f(x) = x**2", "f = x**2"),
        (corrections.function_equals, "f(x) == 2", "f(x) == 2"),
        (corrections.closed, "y = f((x)", "y = f((x))"),
        (corrections.keywords, "g = lambda x: x", "g = lambda x: x"),
        (corrections.factorials, "y = x!= 2", "y = x!= 2"),
        (corrections.without_else, "y = a if c", "y = a if c else 0"),
    ],
)
def test_a_correction_changes_only_what_it_is_for(change: object, line: str, wanted: str) -> None:
    assert callable(change)
    assert change(line) == wanted


def test_a_number_of_thousands_of_digits_is_refused_in_the_languages_own_words() -> None:
    error = refused(f"x = {'9' * 5000}")
    assert error.line == 1
    assert "limit" not in str(error).lower() or "sys" not in str(error)


@pytest.mark.parametrize("line", ["y = = 2", "y = x $ 3 $", "def", "y = ?"])
def test_what_no_correction_fits_is_still_refused_with_its_place(line: str) -> None:
    error = refused(f"x: input = 1\n{line}")
    assert error.line == 2
    assert "invalid syntax" not in str(error)
