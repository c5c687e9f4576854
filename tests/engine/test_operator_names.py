"""No code outside `ops` tests for an operator by its name: its declaration says what is true of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import tidegraph

ROOT = Path(tidegraph.__file__).parent


def is_operator_name(node: ast.AST) -> bool:
    """`operator.op.name`, `op.name` and the like."""
    match node:
        case ast.Attribute(value=ast.Attribute(attr="op"), attr="name"):
            return True
        case ast.Attribute(value=ast.Name(id="op" | "operator" | "declared"), attr="name"):
            return True
    return False


def constants(node: ast.AST) -> bool:
    """Whether an expression is, or names, text that was written into the program."""
    return any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in ast.walk(node)) or (
        isinstance(node, ast.Name) and node.id.isupper()
    )


def lines_with_names(tree: ast.AST) -> Iterator[int]:
    """Lines that compare an operator's name with text, look it up in a table, or look an operator up by text."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
                if any(map(is_operator_name, sides)) and any(map(constants, sides)):
                    yield node.lineno
            case ast.Call(func=ast.Attribute(attr="get" | "startswith" | "endswith"), args=[first, *_]):
                if is_operator_name(first) or (is_operator_name(node.func.value) and constants(first)):
                    yield node.lineno
            case ast.Subscript(value=ast.Name(id="REGISTRY"), slice=ast.Constant()):
                yield node.lineno
            case ast.Subscript(slice=index) if is_operator_name(index):
                yield node.lineno
            case ast.Match(subject=subject) if is_operator_name(subject):
                yield node.lineno


def test_the_search_finds_lines_with_names() -> None:
    found = [
        "operator.op.name == 'matmul'",
        "v.operator.op.name in ('log', 'exp')",
        "RULES.get(operator.op.name)",
        "RULES[op.name]",
        "op.name in COMMUTATIVE",
        "REGISTRY['getitem']",
        "op.name.startswith('conv')",
    ]
    assert [text for text in found if not list(lines_with_names(ast.parse(text)))] == []
    assert list(lines_with_names(ast.parse("before.op.name == after.op.name"))) == []


def test_no_code_outside_ops_tests_for_an_operator_by_name() -> None:
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if not place.startswith("engine/ops/"):
            found += [f"{place}:{line}" for line in lines_with_names(ast.parse(path.read_text()))]
    assert found == []
