"""Guards: what is offered, and that a run with it is finite."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.editing.guards import guards


def first(program: str) -> str:
    """The replacement of the first guard; its program is finite."""
    found = guards(program, {})
    assert found
    for guard in found:
        values, gradients = tidegraph.value_and_grad(tidegraph.parse(guard.program))()
        assert all(np.isfinite(array).all() for array in (*values.values(), *gradients.values()))
    return found[0].after


@pytest.mark.parametrize(
    ("program", "after"),
    [
        ("x: parameter = 0.0\nJ = log(x)", "clip(x, 1e-12, None)"),
        ("x: parameter = 0.0\nJ = where(x > 0, log(x), 0)", "where(x > 0, x, 1.0)"),
        ("x: parameter = 0.0\nJ = where(x <= 0, 0, sqrt(x))", "where(x <= 0, 1.0, x)"),
        ("x: parameter[2] = [1000.0, 1.0]\nJ = log(sum(exp(x)))", "logsumexp(x)"),
        ("x: parameter[2] = [1000.0, 1.0]\np = exp(x) / sum(exp(x))\nJ = p[0]", "softmax(x)"),
        ("x: parameter[2] = [-1000.0, 1.0]\nJ = -sum(log(sigmoid(x)))", "logsigmoid(x)"),
        ("a: parameter = 1.0\nb: parameter = 0.0\nJ = a / b", "where(b == 0, 1e-12, b)"),
        ("a: parameter = 1.0\nb: parameter = 0.0\nJ = np.log(a) + np.log(b)", "clip(b, 1e-12, None)"),
    ],
)
def test_a_guard_makes_the_run_finite(program: str, after: str) -> None:
    assert first(program) == after


def test_several_expressions_of_one_kind_are_guarded_together() -> None:
    program = "p: parameter = 0.0\nq: parameter = 0.0\nJ = log(p) + log(q)"
    (guard,) = guards(program, {})
    assert guard.program.endswith("log(clip(p, 1e-12, None)) + log(clip(q, 1e-12, None))")


def test_nothing_is_offered_where_nothing_helps() -> None:
    assert guards("x: parameter = 1.0\ny: input = 0.0\nJ = x * 1e300 * 1e300 * 1e300", {}) == []
    assert guards("this is no program", {}) == []
