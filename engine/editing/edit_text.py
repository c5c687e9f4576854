"""The text of a program, ready for edits: the position of every node of its syntax tree, and its declarations."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tidegraph.engine.language.parser import ROLES, tree_of


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declared variable: its role, and the expressions in its brackets as they are written."""

    node: ast.AnnAssign
    role: str
    sizes: tuple[str, ...]


Splice = tuple[int, int, str]
"""A part of the text (its first byte, the byte after its last) and its replacement."""


class Source:
    """The text of a program, addressed by the nodes of its syntax tree. Places are counted in bytes of UTF-8."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.tree = tree_of(program)
        self.text = program.encode()
        self.lines = self.text.splitlines(keepends=True)
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line))
        self.starts = starts

    def begin(self, node: ast.stmt | ast.expr | ast.arg) -> int:
        """The first byte of a node."""
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.stmt | ast.expr | ast.arg) -> int:
        """The byte after the last of a node."""
        return self.starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def of(self, node: ast.stmt | ast.expr) -> str:
        """A node as it is written."""
        return self.text[self.begin(node) : self.end(node)].decode()

    def line_of(self, node: ast.stmt | ast.expr) -> str:
        """The line that a node begins in, without what is around it."""
        return self.lines[node.lineno - 1].decode().strip()

    def after(self, node: ast.stmt, line: str) -> Splice:
        """A line of its own after a statement, as far indented as the statement."""
        place = self.starts[node.end_lineno or node.lineno]
        ends = self.lines[(node.end_lineno or node.lineno) - 1].endswith((b"\n", b"\r"))
        indent = " " * node.col_offset
        return place, place, f"{indent}{line}\n" if ends else f"\n{indent}{line}"

    def before(self, node: ast.stmt, line: str) -> Splice:
        """A line of its own before a statement."""
        place = self.starts[node.lineno - 1]
        return place, place, f"{' ' * node.col_offset}{line}\n"

    def spliced(self, splices: Iterable[Splice]) -> str:
        """The program with parts of it replaced; the parts do not overlap."""
        text = self.text
        for begin, end, new in sorted(splices, key=lambda splice: splice[:2], reverse=True):
            text = text[:begin] + new.encode() + text[end:]
        return text.decode()

    @cached_property
    def declarations(self) -> dict[str, Declaration]:
        """What the program declares at its top level, by name."""
        found = {}
        for node in self.tree.body:
            match node:
                case ast.AnnAssign(
                    target=ast.Name(id=name), annotation=ast.Subscript(value=ast.Name(id=role), slice=s)
                ):
                    parts = s.elts if isinstance(s, ast.Tuple) else [s]
                    sizes = tuple(self.of(part) for part in parts)
                case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id=role)):
                    sizes = ()
                case _:
                    continue
            if role in ROLES:
                found[name] = Declaration(node, role, sizes)
        return found

    @cached_property
    def names(self) -> set[str]:
        """Every name that the program uses for something."""
        nodes = list(ast.walk(self.tree))
        used = {node.id for node in nodes if isinstance(node, ast.Name)}
        used |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
        return used | {node.arg for node in nodes if isinstance(node, ast.arg)}

    def fresh(self, *preferred: str) -> str:
        """The first of the preferred names that is free; the last one with a number if all are taken."""
        for name in preferred:
            if name not in self.names:
                return name
        number = 2
        while f"{preferred[-1]}{number}" in self.names:
            number += 1
        return f"{preferred[-1]}{number}"
