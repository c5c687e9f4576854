"""The evaluator of expressions has what the modules below it need of it, with the same parameters."""

from __future__ import annotations

import inspect

import pytest

from tidegraph.engine.language.evaluator import Evaluator
from tidegraph.engine.language.expressions import ExpressionEvaluator

METHODS = [name for name, member in vars(Evaluator).items() if inspect.isfunction(member) and not name.startswith("_")]


@pytest.mark.parametrize("name", METHODS)
def test_a_method_has_the_same_parameters(name: str) -> None:
    wanted, found = (inspect.signature(getattr(kind, name)) for kind in (Evaluator, ExpressionEvaluator))
    assert list(found.parameters.values()) == list(wanted.parameters.values())
