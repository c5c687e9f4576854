"""Generated code: memory that is reused without being seen, long plans in parts, and errors by operator."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import InputError
from tidegraph.engine.runtime.codegen import PART, CodeGenerator, copy_reshaped, define
from tidegraph.engine.runtime.plan import Plan


def generator(program: str) -> CodeGenerator:
    """What writes the code of the program's last result."""
    graph = tidegraph.parse(program)
    wanted = {"last": graph.operators[-1].outputs[0]}
    return CodeGenerator(Plan(list(wanted.values()), graph.leaves()), (wanted,), 0)


def test_a_line_for_each_call() -> None:
    source = generator("x: input[3]\nW: parameter[2, 3]\nz = W @ x\ny = exp(z)").source()
    assert source.startswith("def run(values):")
    lines = [line.strip() for line in source.splitlines()]
    assert [line.partition("(")[0] for line in lines if line.startswith(("exp", "x1.dot", "x0.dot"))][-1] == "exp"
    assert lines[-1].startswith("return (group0, )")


def test_results_that_somebody_holds_are_not_written_over() -> None:
    run = tidegraph.function(tidegraph.parse("x: input[3]\ny = x * 2"), ["y"])
    kept = [run(x=np.full(3, float(n)))[0]["y"] for n in range(5)]
    assert [array.tolist() for array in kept] == [[2.0 * n] * 3 for n in range(5)]
    view = run(x=np.ones(3))[0]["y"][1:]
    run(x=np.zeros(3))
    assert view.tolist() == [2, 2]


def test_an_output_is_never_the_callers_array_nor_returned_twice() -> None:
    graph = tidegraph.parse("x: input[3]\ny = x\nz = reshape(y, (3, 1))\np = x * 1.5\nq = p[::-1]")
    given = np.ones(3)
    (values,) = tidegraph.function(graph, ["y", "z", "p", "q"])(x=given)
    for name in ("y", "z", "q"):
        values[name][...] = 7
    assert given.tolist() == [1, 1, 1]
    assert values["p"].tolist() == [1.5] * 3


def test_a_long_plan_is_several_functions_with_the_same_result() -> None:
    count = PART + 20
    program = "x: input[2]\nh = x\n" + "h = sin(h)\n" * count
    made = generator(program)
    made.source()
    assert len(made.functions) == 3
    assert "global" in made.functions[0]
    values, _ = tidegraph.value_and_grad(tidegraph.parse(f"{program}J = sum(h)"))(x=[1.0, -0.5])
    wanted = np.array([1.0, -0.5])
    for _ in range(count):
        wanted = np.sin(wanted)
    assert values["J"] == pytest.approx(wanted.sum(), rel=1e-12)


def test_an_error_in_a_kernel_is_told_with_its_line() -> None:
    run = tidegraph.function(tidegraph.parse("x: input[3]\ni: input[2]\ny = exp(x)\nz = take(y, i)"), ["z"])
    with pytest.raises(InputError, match="line 4"):
        run(x=[1.0, 2.0, 3.0], i=[0.0, 9.0])
    assert run(x=[0.0, 0.0, 0.0], i=[0.0, 2.0])[0]["z"].tolist() == [1, 1]


def test_functions_share_the_names_that_others_read() -> None:
    text = define("part()", [("a = 1", "a"), ("b = 2", "b")], {"b"})
    assert text == "def part():\n global b\n a = 1\n b = 2"


def test_a_reshape_without_a_view_is_written_in_order() -> None:
    x, out = np.arange(6.0).reshape(2, 3).T, np.empty(6)
    copy_reshaped(x, out)
    assert out.tolist() == [0, 3, 1, 4, 2, 5]
