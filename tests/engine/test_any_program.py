"""Whatever the text: a graph or an error with a position, never another exception; and what is read also runs."""

from __future__ import annotations

import keyword
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import tidegraph
from tests.engine.programs import CHAPTER, LOOP, VALUES
from tidegraph.engine.graph import REGISTRY, Graph, InputError, ProgramError

PROGRAMS = [CHAPTER, LOOP, VALUES]


def outcome(program: str) -> None:
    """Read a program; what is refused is refused at a place that it has."""
    found = read(program)
    if isinstance(found, Graph):
        assert all(found.find(found.names[v]) is v for v in found.variables.values())
        return
    lines = re.split(r"\r\n|\r|\n", program)
    assert 1 <= found.line <= len(lines) + 1
    text = lines[found.line - 1] if found.line <= len(lines) else ""
    assert 1 <= found.column <= len(text) + 2
    assert found.message


def read(program: str) -> Graph | ProgramError:
    """What the program is read as; any other exception is a failure of the test."""
    try:
        return tidegraph.parse(program, max_operators=500)
    except ProgramError as refused:
        return refused


def test_nests_of_brackets_are_refused() -> None:
    for program in ("(" * 10_000, "x = " + "(" * 10_000 + "1" + ")" * 10_000, "x = " + "[" * 10_000, "f(" * 10_000):
        with pytest.raises(ProgramError):
            tidegraph.parse(program)


@pytest.mark.parametrize("sign", ["-", "+", "~", "not "])
def test_chains_of_signs_are_refused_or_read(sign: str) -> None:
    for count in (50, 1_000, 10_000):
        outcome(f"x: input\ny = {sign * count}x")


@pytest.mark.parametrize("count", [1_000, 20_000])
@pytest.mark.parametrize("part", [" + x", " * x", " ** x", "[0]", ".T", "(x)"])
def test_long_expressions_are_refused_or_read(part: str, count: int) -> None:
    outcome(f"x: input\ny = x{part * count}")


def test_loops_are_bounded() -> None:
    with pytest.raises(ProgramError, match="more than 1,000 operators") as caught:
        tidegraph.parse("x: input\nfor i in range(2000):\n    x = x + 1", max_operators=1000)
    assert caught.value.line == 2
    with pytest.raises(ProgramError, match="more than 10,000 statements") as caught:
        tidegraph.parse("for i in range(1000000000):\n    pass", max_operators=1000)
    assert caught.value.line == 1
    nest = "".join(" " * i + f"for i{i} in range(1000000):\n" for i in range(8)) + " " * 8 + "pass"
    with pytest.raises(ProgramError, match="more than 10,000 statements"):
        tidegraph.parse(nest, max_operators=1000)
    with pytest.raises(ProgramError):
        tidegraph.parse("for i in range(10 ** 18):\n    for j in range(0):\n        pass", max_operators=1000)


def test_calls_are_bounded() -> None:
    doubling = "def f0(x):\n    return x + 1\n" + "".join(
        f"def f{i}(x):\n    return f{i - 1}(f{i - 1}(x))\n" for i in range(1, 40)
    )
    with pytest.raises(ProgramError):
        tidegraph.parse(doubling + "x: input\ny = f39(x)", max_operators=1000)


def test_a_long_loop_is_read_in_linear_time() -> None:
    graph = tidegraph.parse("x: input\nfor i in range(50000):\n    x = x + 1")
    assert list(graph.variables)[-1] == "x_50001"


many = settings(max_examples=300, deadline=None, derandomize=True, database=None)

WORDS = [
    *("x", "y", "W", "lam", "n", "i", "f", "pi", "input", "target", "parameter", "def", "return", "for", "in", "range"),
    *("(", ")", "[", "]", ":", ",", "=", "+", "-", "*", "/", "**", "@", "<", "==", ".", "...", "not", "lambda", "if"),
    *("0", "1", "2", "-1", "3.5", "1e400", "None", "True", "'s'", "[1, 2]", "[[1], [2]]", "sum", "relu", "mean"),
    *("reshape", "axis=0", "shape", "T", "normal", "squared_error", "stack", "where", "matmul", "\n", "\n    ", " "),
    *keyword.kwlist,
]


@many
@given(st.text())
@example("\x00")
@example("x = 1\x0c\ny = z")
@example("x = '\ud800'")
@example("\ufeffx: input")
def test_any_text(program: str) -> None:
    outcome(program)


@many
@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
def test_any_words_of_the_language(program: str) -> None:
    outcome(program)


@settings(many, max_examples=600)
@given(st.data())
def test_mutations_of_a_valid_program(data: st.DataObject) -> None:
    program = data.draw(st.sampled_from(PROGRAMS))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(program)))
        end = min(len(program), start + data.draw(st.integers(0, 4)))
        middle = data.draw(st.sampled_from(["", *WORDS]) | st.text(max_size=2))
        program = program[:start] + middle + program[end:]
    outcome(program)


ATTRIBUTES = [
    "0",
    "1",
    "-1",
    "2",
    "7",
    "1.5",
    "None",
    "True",
    "()",
    "(0,)",
    "(0, 0)",
    "(1, 0)",
    "'x'",
    "[0, 2]",
    "2 ** 62",
    "(-1,)",
    "1:2",
]


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_any_arguments_of_an_operator(name: str) -> None:
    """What is read also runs; only an index that is computed may turn out to be none."""
    op: Any = REGISTRY[name]
    operands = ["x", "v", "W", "1.0", "x > 0", "2", "v[0]", "[0, 1]"]

    @settings(many, max_examples=25)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        count = data.draw(st.integers(0, 3)) if op.variadic else len(op.inputs)
        parts = [data.draw(st.sampled_from(operands)) for _ in range(count)]
        for attribute in op.attributes:
            value = data.draw(st.none() | st.sampled_from(ATTRIBUTES))
            if value is not None:
                parts.append(f"{attribute}={value}")
        program = f"x: input[2, 3]\nv: input[3]\nW: input[3, 3]\nr = {name}({', '.join(parts)})"
        try:
            graph = tidegraph.parse(program)
        except ProgramError:
            return
        try:
            (found,) = tidegraph.function(graph, ["r"])()
        except InputError:
            return
        assert found["r"].shape == graph.find("r").shape

    check()
