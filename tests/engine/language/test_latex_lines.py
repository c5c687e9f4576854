"""Lines of LaTeX: the value that the formula has in a book."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.language.reading import refused, values
from tidegraph.engine.language.latex_lines import is_latex, without_latex


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (r"L = \frac{1}{2} (w x - y)^2", 12.5),
        (r"L = \frac{w + x}{y}", 5.0),
        (r"L = \sqrt{x^2 + 7}", 4.0),
        (r"L = w^{x - 1} \cdot y", 4.0),
        (r"L = \exp(0) + \ln(e^{x})", 4.0),
        (r"L = \max(x, w) - \min(x, w)", 1.0),
        (r"L = \left| y - x \right|", 2.0),
        (r"$L = x \times w$", 6.0),
        (r"L = \sigma(0) \, x", 1.5),
        (r"L = \log_{2}(w^3)", 3.0),
        (r"$L = -x^2$", -9.0),
    ],
)
def test_value(line: str, wanted: float) -> None:
    found = values(f"w: parameter\nx: input\ny: target\n{line}", w=2.0, x=3.0, y=1.0)
    np.testing.assert_allclose(found["L"], wanted, rtol=1e-12)


def test_indices_and_greek_letters_are_names() -> None:
    text = without_latex("\\hat{y}_1 = \\alpha x_1\n")
    assert text.count("\n") == 1
    assert "alpha" in text
    assert "\\" not in text


@pytest.mark.parametrize(
    ("line", "latex"), [(r"y = \frac{1}{2}", True), ("y = x ** 2", False), ("y = x  # \\frac", False)]
)
def test_a_comment_does_not_make_a_line_latex(line: str, latex: bool) -> None:
    assert is_latex(line) is latex


def test_a_program_without_latex_stays_the_same() -> None:
    program = "x: input = 1  # no formula\ny = {'a': x}['a']\n"
    assert without_latex(program) == program


@pytest.mark.parametrize("line", [r"L = \frac{1}{2", r"L = \unknown{x}", r"L = \int_0^1 x dx"])
def test_what_has_no_meaning_here_is_refused_at_its_line(line: str) -> None:
    assert refused(f"x: input = 1\n{line}").line == 2
