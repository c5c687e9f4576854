"""Operators to calls: which line of code or fusion stands for an operator, and where it does not."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.runtime.plan import Plan


def lines(program: str, dtype: str = "float64") -> dict[str, str]:
    """The text of every call that is written as a line, by operator."""
    graph = tidegraph.parse(program)
    plan = Plan([graph.find("y")], graph.leaves(), dtype)
    return {call.operator.op.name: call.run for call in plan.calls if isinstance(call.run, str)}


@pytest.mark.parametrize(
    ("program", "operator", "line"),
    [
        ("a: input\nb: input\ny = a + b", "add", "{0} + {1}"),
        ("a: input\ny = a / 2", "divide", "{0} / {1}"),
        ("x: input[3]\ny = x ** 2", "power", "square({0}, {out})"),
        ("x: input[3]\ny = x ** 0.5", "power", "sqrt({0}, {out})"),
        ("A: input[2, 3]\nx: input[3]\ny = A @ x", "matmul", "{0}.dot({1}, {out})"),
        ("x: input[3]\ny = x @ x", "matmul", "float({0}.dot({1}))"),
        ("x: input[2, 3]\ny = exp(x.T)", "transpose", "{0}.T"),
        ("x: input[3]\ny = sum(x * x)", "sum", "float((flat := {0}.ravel()).dot(flat))"),
    ],
)
def test_a_cheaper_line(program: str, operator: str, line: str) -> None:
    assert lines(program)[operator] == line


@pytest.mark.parametrize(
    ("program", "operator"),
    [
        ("x: input[3]\ny = x + x", "add"),
        ("a: input\nb: input\ny = a / b", "divide"),
        ("x: input[3]\ny = x ** 3", "power"),
        ("A: input[2, 2, 3]\nx: input[3]\ny = A @ x", "matmul"),
        ("x: input[2, 3, 4]\ny = exp(transpose(x, (1, 0, 2)))", "transpose"),
    ],
)
def test_where_its_conditions_do_not_hold_the_kernel_is_called(program: str, operator: str) -> None:
    assert operator not in lines(program)


def test_a_product_that_somebody_else_reads_keeps_its_array() -> None:
    graph = tidegraph.parse("x: input[3]\np = x * x\ny = sum(p)")
    plan = Plan([graph.find("y"), graph.find("p")], graph.leaves())
    assert [call.absorbed for call in plan.calls if call.operator.op.name == "sum"] == [()]
    alone = Plan([graph.find("y")], graph.leaves())
    assert [len(call.absorbed) for call in alone.calls if call.operator.op.name == "sum"] == [1]


def test_elementwise_operators_on_large_arrays_run_block_by_block() -> None:
    graph = tidegraph.parse("x: input[40000]\ny = tanh(exp(x) + 1) * 2")
    (call,) = [c for c in Plan([graph.find("y")], graph.leaves()).calls if c.chain]
    assert [part.operator.op.name for part in call.chain] == ["exp", "add", "tanh", "multiply"]
    x = np.linspace(-1, 1, 40000)
    (found,) = tidegraph.function(graph, ["y"])(x=x)
    np.testing.assert_array_equal(found["y"], np.tanh(np.exp(x) + 1) * 2)
