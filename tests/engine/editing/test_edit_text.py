"""A program's text by the nodes of its syntax tree: places in bytes, lines beside lines, and names that are free."""

from __future__ import annotations

import ast

import pytest

from tidegraph.engine.editing.edit_text import Source

PROGRAM = "n = 2\nx: input[n, 3]\nW: parameter\ndef f(a):\n    ö = a * 2\n    return ö\ny = f(x)  # ende\nz: float = 3"


def assignments(source: Source) -> dict[str, ast.Assign]:
    found = [node for node in ast.walk(source.tree) if isinstance(node, ast.Assign)]
    return {node.targets[0].id: node for node in found if isinstance(node.targets[0], ast.Name)}


def test_a_node_is_read_as_it_is_written() -> None:
    source = Source(PROGRAM)
    found = assignments(source)
    assert source.of(found["ö"].value) == "a * 2"
    assert source.line_of(found["y"]) == "y = f(x)  # ende"
    assert source.spliced([(source.begin(found["ö"].value), source.end(found["ö"].value), "ä + 1")]) == PROGRAM.replace(
        "a * 2", "ä + 1"
    )


def test_lines_go_before_and_after_a_statement_with_its_indent() -> None:
    source = Source(PROGRAM)
    inner = assignments(source)["ö"]
    edited = source.spliced([source.after(inner, "b = 1"), source.before(inner, "c = 2")])
    assert edited == PROGRAM.replace("    ö = a * 2\n", "    c = 2\n    ö = a * 2\n    b = 1\n")


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_line_after_the_last_is_a_line_of_its_own(ending: str) -> None:
    source = Source(f"x: input{ending}")
    assert source.spliced([source.after(source.tree.body[0], "y = x")]).splitlines() == ["x: input", "y = x"]


def test_declarations_have_their_sizes_as_written() -> None:
    found = Source(PROGRAM).declarations
    assert {name: (d.role, d.sizes) for name, d in found.items()} == {
        "x": ("input", ("n", "3")),
        "W": ("parameter", ()),
    }


def test_a_fresh_name_is_used_nowhere() -> None:
    source = Source(PROGRAM)
    assert {"n", "x", "W", "f", "a", "ö", "y"} <= source.names
    assert source.fresh("x", "b") == "b"
    assert source.fresh("x", "y") == "y2"
    assert Source("y = 1\ny2 = 2\ny3 = 3").fresh("y") == "y4"
