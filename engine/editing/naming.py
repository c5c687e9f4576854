"""Names for the sizes of a program that has numbers there: which axes are one size is found by changing them.

`x: input[4]` and `W: parameter[5, 4]` share a size if the program can be read with both 4s as another number, and with
neither alone. So whatever an operator's shape rule is, it is asked rather than repeated here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from tidegraph.engine.editing.edit_text import Source
from tidegraph.engine.graph import TidegraphError, building
from tidegraph.engine.language.parser import Parser, parse

MAX_AXES = 48
MAX_OPERATORS = 600

LETTERS = {
    "batch": ("n", "m", "n"),
    "input": ("d", "p", "d"),
    "target": ("q", "k", "q"),
    "hidden": ("h", "m", "k", "r", "h"),
}
"""Names by what a size belongs to, as in the chapter; a number follows the last where all are taken."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A number in the brackets of a declaration."""

    node: ast.Constant
    length: int
    role: str


def name_sizes(program: str) -> str | None:
    """The program with names for its sizes; None if no size can be another number by itself."""
    source = Source(program)
    graph = parse(program)
    axes = list(axes_of(source))
    if not axes or len(axes) > MAX_AXES or len(graph.operators) > MAX_OPERATORS:
        return None
    waiting = [axis for axis in axes if axis.length > 1]
    groups: list[tuple[str, list[Axis]]] = []
    while waiting:
        group = together(source, waiting)
        waiting = [axis for axis in waiting if axis not in (group or waiting[:1])]
        if group:
            groups.append((what(group), group))
    if not groups:
        return None
    names: list[str] = []
    splices = []
    for kind, group in groups:
        letters = [letter for letter in LETTERS[kind] if letter not in names]
        name = source.fresh(*letters) if letters else LETTERS[kind][0]
        number = 2
        while name in names:
            name, number = source.fresh(f"{LETTERS[kind][0]}{number}"), number + 1
        names.append(name)
        splices += [(source.begin(axis.node), source.end(axis.node), name) for axis in group]
    values = ", ".join(str(group[0].length) for _, group in groups)
    first = next(iter(source.declarations.values())).node
    splices.append(source.before(first, f"{', '.join(names)} = {values}"))
    named = source.spliced(splices)
    try:
        same = parse(named)
    except TidegraphError:
        return None
    return named if len(same.operators) == len(graph.operators) else None


def axes_of(source: Source) -> Iterable[Axis]:
    """The numbers in the brackets of declarations, in the order of the text."""
    for declared in source.declarations.values():
        annotation = declared.node.annotation
        if isinstance(annotation, ast.Subscript):
            parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
            for part in parts:
                if isinstance(part, ast.Constant) and type(part.value) is int:
                    yield Axis(part, part.value, declared.role)


def together(source: Source, waiting: list[Axis]) -> list[Axis] | None:
    """The first axis that waits, with those that have to change with it; None if it cannot change."""
    group = [waiting[0]]
    others = [axis for axis in waiting[1:] if axis.length == group[0].length]
    far = reached(source, group)
    while far is not None:
        steps = [(reached(source, [*group, axis]), axis) for axis in others]
        done = next((axis for step, axis in steps if step is None), None)
        if done is not None:
            return [*group, done]
        step, axis = max(steps, key=lambda one: one[0] or 0, default=(None, None))
        if axis is None or step is None or step <= far:
            return None
        group.append(axis)
        others.remove(axis)
        far = step
    return group


def reached(source: Source, group: list[Axis]) -> int | None:
    """How many operators are read with another number for these axes; None if the whole program can be."""
    other = str(3 * group[0].length + 7)
    program = source.spliced((source.begin(axis.node), source.end(axis.node), other) for axis in group)
    parser = Parser(program, {}, 2 * MAX_OPERATORS)
    try:
        with building():
            parser.read()
    except (TidegraphError, RecursionError):
        return len(parser.expressions.operators)
    return None


def what(group: list[Axis]) -> str:
    """What a size belongs to: the examples, what goes in, what comes out, or what is between."""
    roles = {axis.role for axis in group}
    if {"input", "target"} <= roles and "parameter" not in roles:
        return "batch"
    return "input" if "input" in roles else "target" if "target" in roles else "hidden"
