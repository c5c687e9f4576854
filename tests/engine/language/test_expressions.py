"""Expressions that are neither signs, subscripts nor calls: comprehensions, dicts, texts, names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.language.reading import refused, value


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("sum([i * j * x for i in range(3) for j in range(3) if i < j])", 4),
        ("sum([v for v in {k: k * x for k in (1, 2)}.values()])", 6),
        ("x * len({1, 2, 3})", 6),
        ("x * len(f'{3 + 4}-{len([1])}')", 6),
        ("(y := x + 1) * y", 9),
        ("[*[x, x], 3 * x][2]", 6),
        ("(lambda a: a * 3)(x)", 6),
        ("x * {'a': {'b': 4}}['a']['b']", 8),
        ("x * (True + True)", 4),
        ("x * 1_000 * 1e-3", 2),
        ("x * 0x10", 32),
    ],
)
def test_value(expression: str, wanted: Any) -> None:
    assert value(expression, x=2.0) == wanted


def test_a_comprehension_keeps_its_names_to_itself() -> None:
    assert value("i * x", "i = 7\nys = [i * x for i in range(3)]", x=1.0) == 7


def test_a_formula_alone_has_its_names_as_inputs() -> None:
    graph = tidegraph.parse("(x + y) * z")
    assert set(graph.leaves("input")) == {"x", "y", "z"}
    (found,) = tidegraph.function(graph, list(graph.variables))(x=-2.0, y=5.0, z=-4.0)
    assert -12.0 in [float(v) for v in found.values()]


@pytest.mark.parametrize(
    ("line", "code", "fix"),
    [
        ("J = wieght * 2", "unknown-name", "weight"),
        ("J = 2j * weight", "no-such-number", None),
        ("J = b'a'", "no-such-number", None),
        ("J = {[1]: 2}", "key-not-plain", None),
        ("J = (yield weight)", "expression-not-in-language", None),
        ("a, b = weight, 1, 2", "names-and-values", None),
        ("for v in 3:\n    J = weight", "not-iterable", None),
    ],
)
def test_refused(line: str, code: str, fix: str | None) -> None:
    error = refused(f"weight: input = 1\nbias = 2 * weight\n{line}")
    assert (error.code, error.line) == (code, 3)
    assert (error.fix.text if error.fix else None) == fix


def test_a_name_is_found_after_the_line_that_defines_it() -> None:
    error = refused("y = x * a\nx: input = 1\na = 2 * x\nJ = y")
    assert error.line == 1


def test_the_errors_place_counts_characters() -> None:
    error = refused(
        "\N{GREEK SMALL LETTER ALPHA}: input = 1\ny = \N{GREEK SMALL LETTER ALPHA} + missing_name * 2\nJ = y"
    )
    assert (error.line, error.column) == (2, 9)


def test_a_large_constant_is_not_written_into_the_graph_twice() -> None:
    graph = tidegraph.parse("x: input[3]\nc = [1, 2, 3]\ny = x * c + c\nJ = sum(y)")
    (found,) = tidegraph.function(graph, ["y"])(x=np.ones(3))
    np.testing.assert_array_equal(found["y"], [2, 4, 6])
    assert [name for name in graph.variables if name == "c"] == ["c"]
