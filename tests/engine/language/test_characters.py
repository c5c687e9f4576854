"""Characters of books, word processors and Chinese keyboards; prompts, fences and indentation around a program."""

from __future__ import annotations

import pytest

from tests.engine.language.reading import value
from tidegraph.engine.language.characters import normalised


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("y = x \N{MINUS SIGN} 1", "y = x - 1"),
        ("y = 2 \N{MULTIPLICATION SIGN} x \N{MIDDLE DOT} 3", "y = 2 * x * 3"),
        ("y = x ÷ 2", "y = x / 2"),
        ("".join(chr(ord(c) + 0xFEE0) for c in "y=(x+1)*2"), "y=(x+1)*2"),
        ("y = x²", "y = x**2"),
        ("y = x⁻¹", "y = x**(-1)"),
        ("y = √x", "y = sqrt(x)"),
        ("y = √(x + 1)", "y = sqrt(x + 1)"),
        ("y = ½x", "y = (1/2) * x"),
        ("y = x₁ ≤ π", "y = x1 <= pi"),
        ("y = f(“a”，b)", 'y = f("a",b)'),
        ("y\N{NO-BREAK SPACE}= x\N{ZERO WIDTH SPACE}", "y = x"),
        ("y = W\N{MODIFIER LETTER CAPITAL T} @ x", "y = W.T @ x"),
    ],
)
def test_typographic_characters_are_those_of_the_grammar(line: str, wanted: str) -> None:
    assert normalised(line) == wanted


@pytest.mark.parametrize("program", ["y = x - 1\r\nz = y", "x: input[4]\n\n    \ny = x", ""])
def test_a_program_that_needs_nothing_stays_the_same(program: str) -> None:
    assert normalised(program) == program


@pytest.mark.parametrize(
    ("program", "wanted"),
    [
        (">>> y = 1\n1\n>>> def f(x):\n...     return x", "y = 1\n\ndef f(x):\n    return x"),
        ("In [1]: y = 1\nOut[1]: 1\nIn [2]: z = y", "y = 1\n\nz = y"),
        ("```python\ny = 1\n```", "\ny = 1\n"),
        ("    y = 1\n    if y:\n        z = 2", "y = 1\nif y:\n    z = 2"),
        ("  # a comment\n    y = 1", "# a comment\ny = 1"),
    ],
)
def test_what_stands_around_a_program_goes_and_lines_keep_their_numbers(program: str, wanted: str) -> None:
    assert normalised(program) == wanted
    assert program.count("\n") == wanted.count("\n")


def test_the_program_is_read_as_its_author_sees_it() -> None:
    assert value("½x² \N{MINUS SIGN} √x ÷ 2", x=4.0) == 7.0
