"""How one call is spelled in exported code."""

from __future__ import annotations

import ast

import tidegraph
from tidegraph.engine.exchange.code import code

DECLARED = "a: parameter[2]\nb: input[2]\nW: input[2, 3]\nV: input[1, 2, 4]\nc: input\n"


def spelled(call: str, to: str) -> str:
    """The right side of the line that computes a call; the whole file is Python."""
    graph = tidegraph.parse(f"{DECLARED}r = {call}\nJ = sum(r) + sum(a)")
    text = code(graph, tidegraph.initial_values(graph), to=to, backward=False)
    ast.parse(text)
    return next(line.strip()[4:] for line in reversed(text.splitlines()) if line.strip().startswith("r = "))


def used_names(function: ast.FunctionDef) -> set[str]:
    """The names that a function reads and neither takes as arguments nor binds."""
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    taken = {a.arg for f in ast.walk(function) if isinstance(f, (ast.FunctionDef, ast.Lambda)) for a in f.args.args}
    imported = {a.name for node in ast.walk(function) if isinstance(node, ast.ImportFrom) for a in node.names}
    return {node.id for node in names if isinstance(node.ctx, ast.Load)} - bound - taken - imported
