"""Calls: arguments of operators, of a program's own functions, and what is passed over."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.language.reading import refused, value

X = np.array([1.0, -2.0, 3.0])


@pytest.mark.parametrize(
    ("before", "expression", "wanted"),
    [
        ("def f(a, b=2, *, c=3):\n    return a * b + c", "f(x)", [5, -1, 9]),
        ("def f(a, b=2, *, c=3):\n    return a * b + c", "f(b=1, a=x, c=0)", [1, -2, 3]),
        ("def f(a, *rest):\n    return a + sum(rest)", "f(x, x, x)", [3, -6, 9]),
        ("def f(**named):\n    return named['a'] - named['b']", "f(a=2 * x, b=x)", [1, -2, 3]),
        ("def f(a, b):\n    return a - b", "f(*[2 * x, x])", [1, -2, 3]),
        ("def f(a, b):\n    return a - b", "f(**{'a': 2 * x, 'b': x})", [1, -2, 3]),
        ("def outer(a):\n    def inner(b):\n        return a * b\n    return inner", "outer(3)(x)", [3, -6, 9]),
        ("act = relu", "act(x)", [1, 0, 3]),
        ("fs = [relu, tanh]", "fs[0](x)", [1, 0, 3]),
        ("f = lambda a, n=2: a ** n", "f(x)", [1, 4, 9]),
        ("print(x.shape)\nassert x.shape == (3,), 'three'", "x", [1, -2, 3]),
        ("y = later(x)\ndef later(a):\n    return -a", "y", [-1, 2, -3]),
        ("", "clip(x, min=0)", [1, 0, 3]),
        ("", "leaky_relu(x, 0.5)", [1, -1, 3]),
        ("", "F.leaky_relu(input=x, negative_slope=0.5, inplace=True)", [1, -1, 3]),
    ],
)
def test_value(before: str, expression: str, wanted: Any) -> None:
    np.testing.assert_array_equal(value(expression, before, x=X), wanted)


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("y = rleu(x)", "not-an-operator", "relu"),
        ("y = undefined_thing(x)", "not-an-operator", ""),
        ("y = relu()", "argument-missing", "relu"),
        ("y = f(x)", "needs-argument", "b"),
        ("y = f(x, 1, 2)", "too-many-arguments", "2 arguments, not 3"),
        ("y = f(x, b=1, c=2)", "no-such-argument", "c"),
        ("y = x(1)", "variable-called", "x"),
        ("assert x.shape == (4,), 'four numbers'", "assertion-fails", "four numbers"),
        ("y = matmul(x, ones(4))", "inner-sizes", "3"),
    ],
)
def test_a_call_that_does_not_fit_is_refused_at_its_line(line: str, code: str, said: str) -> None:
    error = refused(f"def f(a, b):\n    return a + b\nx: input[3]\n{line}")
    assert (error.code, error.line) == (code, 4)
    assert said in f"{error} {error.hint}"


def test_a_function_that_calls_itself_is_refused() -> None:
    assert refused("def f(a):\n    return f(a)\nx: input = 1\ny = f(x)").code == "no-recursion"


def test_functions_nested_too_deeply_are_refused_for_that_and_not_as_recursion() -> None:
    stack = "".join(f"def f{i}(a):\n    return f{i - 1}(a) * 2\n" for i in range(1, 80))
    error = refused(f"def f0(a):\n    return a\n{stack}x: input = 1\ny = f79(x)")
    assert error.code == "calls-nested-too-deeply"
    mutual = "def f(a):\n    return g(a)\ndef g(a):\n    return f(a)\nx: input = 1\ny = f(x)"
    assert refused(mutual).code == "no-recursion"


def test_a_call_of_a_function_is_a_scope_with_its_name() -> None:
    graph = tidegraph.parse("def square(a):\n    return a * a\nx: input = 3\ny = square(x) + square(2 * x)")
    scopes = [scope for scope in graph.scopes.values() if scope.kind == "function"]
    assert [scope.name for scope in scopes] == ["square", "square"]


def test_backward_asks_for_the_gradient_of_its_variable() -> None:
    graph = tidegraph.parse("x: input = 3\nloss = x * x\nother = x\nloss.backward()")
    value_of, gradients = tidegraph.value_and_grad(graph, wrt=["x"])(x=3.0)
    assert (value_of["loss"], gradients["x"]) == (9, 6)
