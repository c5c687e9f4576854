"""Functions that exported JAX code defines: read, not run, as the framework may not be installed."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

from tests.engine.ops.source.spelled import used_names
from tidegraph.engine.exchange.code import helpers_of
from tidegraph.engine.ops import source

SOURCE = (Path(source.__file__).parent / "jax_helpers.py").read_text("utf-8")
FUNCTIONS = [node for node in ast.parse(SOURCE).body if isinstance(node, ast.FunctionDef)]
FRAMEWORK = {"jax", "jnp", "np", "Any", *dir(builtins)}


def test_each_uses_the_framework_and_the_helpers_that_it_names() -> None:
    uses = helpers_of("jax_helpers").uses
    for function in FUNCTIONS:
        assert used_names(function) - FRAMEWORK <= set(uses.get(function.name, ())), function.name


def in_place(function: ast.FunctionDef) -> bool:
    """Whether a function changes an array: it assigns to a part of one, or adds at indices."""
    lists = {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith(("list(", "["))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    changed = {
        node.value.id
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
    }
    return bool(changed - lists) or "np.add.at" in ast.unparse(function)


def test_what_numpy_changes_in_place_jax_has_a_function_of_its_own_for() -> None:
    """`put` is spelled with `.at` and needs no helper."""
    text = (Path(source.__file__).parent / "helpers.py").read_text("utf-8")
    changing = {f.name for f in ast.parse(text).body if isinstance(f, ast.FunctionDef) and in_place(f)}
    assert {"index_add", "overlap_add", "lasting"} <= changing
    assert changing - {f.name for f in FUNCTIONS} == {"put"}
    assert not [f.name for f in FUNCTIONS if in_place(f)]
