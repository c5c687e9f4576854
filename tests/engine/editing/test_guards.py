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


@pytest.mark.parametrize(
    ("program", "after"),
    [
        ("x: parameter[2] = [1000.0, 1.0]\ne = exp(x)\ns = sum(e)\nJ = log(s)", "logsumexp(x)"),
        ("x: parameter[2] = [1000.0, 1.0]\nJ = x.exp().sum().log()", "logsumexp(x)"),
        (
            "x: parameter[2, 2] = [[1000.0, 1.0], [0, 1]]\ne = exp(x)\ns = sum(e, axis=1, keepdims=True)\np = e / s\n"
            "J = sum(p[:, 0])",
            "softmax(x, axis=1)",
        ),
        ("z: parameter = -800.0\nJ = 1 / (1 + exp(-z))", "sigmoid(z)"),
        ("z: parameter = 800.0\ne = exp(z)\nJ = log(1 + e)", "softplus(z)"),
        (
            "z: parameter = 800.0\ny: input = 0.0\np = sigmoid(z)\nJ = -(y * log(p) + (1 - y) * log(1 - p))",
            "logsigmoid(z), logsigmoid(-z)",
        ),
        ("z: parameter = 800.0\nJ = (exp(z) - exp(-z)) / (exp(z) + exp(-z))", "tanh(z)"),
        ("x: parameter[3] = [1000.0, 1.0, 2]\np = softmax(x)\nJ = -log(p[1])", "log_softmax(x)[1]"),
        ("x: parameter[3] = [0.0, 0, 0]\nJ = sqrt(sum(x ** 2))", "norm(x)"),
        ("x: parameter[2] = [0.0, 1.0]\nr = sin(x) / x\nJ = sum(where(x != 0, r, 1))", "where(x != 0, x, 1.0)"),
        ("x: parameter = 1.0\nJ = arctanh(x)", "clip(x, -0.999999, 0.999999)"),
        ("x: parameter = 0.5\nJ = arccosh(x)", "clip(x, 1.000001, None)"),
        ("x: parameter = -1.0\nJ = log1p(x)", "clip(x, -0.999999, None)"),
        ("x: parameter = 5000.0\nJ = 2 ** x", "clip(x, -50, 50)"),
        ("x: parameter = -8.0\nJ = pow(x, 0.3)", "clip(x, 1e-12, None)"),
        ("x: parameter = 0.0\nJ = np.divide(1.0, x)", "where(x == 0, 1e-12, x)"),
        ("x: parameter[1] = [3.0]\nJ = torch.var(x)", "torch.var(x, correction=0)"),
        ("x: parameter[1] = [3.0]\nJ = var(x, ddof=1)", "var(x, ddof=0)"),
        ("A: parameter[2, 2] = [[1.0, 2], [2, 4]]\nJ = sum(inv(A))", "A + 1e-6 * eye(A.shape[-1])"),
        ("x: parameter[2] = [1.0, 2]\nm: input[2] = [0, 0]\nJ = softmax(where(m > 0, x, -inf))[0]", "-1e9"),
    ],
)
def test_a_guard_for_every_kind_of_fault(program: str, after: str) -> None:
    assert first(program) == after


def test_guards_of_different_kinds_are_combined() -> None:
    program = "p: input[2] = [0.0, 1]\nq: parameter[2] = [0.5, 0]\nJ = sum(p * log(p / q))"
    (guard,) = guards(program, {})
    assert guard.before == "p / q, q"
    assert guard.after == "clip(p / q, 1e-12, None), where(q == 0, 1e-12, q)"


def test_a_stable_form_of_another_value_is_not_offered() -> None:
    program = "x: parameter[2, 2] = [[1000.0, 1.0], [0, 1]]\np = exp(x) / sum(exp(x))\nJ = p[0, 0]"
    assert all("softmax" not in guard.program for guard in guards(program, {}))


def test_a_guarded_program_may_hold_the_infinity_of_a_mask() -> None:
    program = "x: parameter[2] = [0.0, 2]\ns = where(x > 1, x, -inf)\nJ = sum(softmax(s)) + log(x[0])"
    assert guards(program, {})[0].after == "clip(x[0], 1e-12, None)"
