"""Functions that exported PyTorch code defines: read, not run, as the framework may not be installed."""

from __future__ import annotations

import ast
import builtins
import inspect
import re
from pathlib import Path

from tests.engine.ops.source.spelled import used_names
from tidegraph.engine.exchange.code import helpers_of
from tidegraph.engine.ops import source
from tidegraph.engine.ops.source.numpy import resampled

SOURCE = (Path(source.__file__).parent / "torch_helpers.py").read_text("utf-8")
FUNCTIONS = [node for node in ast.parse(SOURCE).body if isinstance(node, ast.FunctionDef)]
FRAMEWORK = {"torch", "np", "Any", *dir(builtins)}


def test_each_uses_the_framework_and_the_helpers_that_it_names() -> None:
    uses = helpers_of("torch_helpers").uses
    for function in FUNCTIONS:
        assert used_names(function) - FRAMEWORK <= set(uses.get(function.name, ())), function.name


def test_every_helper_that_a_spelling_calls_is_there_and_none_is_left_over() -> None:
    spellings = (Path(source.__file__).parent / "torch.py").read_text("utf-8")
    called = set(re.findall(r"h:(\w+)", spellings + inspect.getsource(resampled)))
    assert called - {"interpolation"} == {f.name for f in FUNCTIONS}


def test_tensors_are_not_changed_in_place() -> None:
    """A tensor that needs a gradient refuses it: no method with an underscore at its end, no assignment to a part."""
    for function in FUNCTIONS:
        for node in ast.walk(function):
            assert not (isinstance(node, ast.Attribute) and node.attr.endswith("_")), function.name
            assert not (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)), function.name
