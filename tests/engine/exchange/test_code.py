"""Exported code runs by itself and gives the engine's numbers: every operator, every example of the gallery."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.calls import Call, assert_close, calls
from tidegraph.app import examples
from tidegraph.engine.exchange.code import code
from tidegraph.engine.graph import InputError
from tidegraph.engine.ops.declare import Primitive
from tidegraph.engine.ops.source import numpy as numpy_source

GALLERY = examples.load()


def run(text: str) -> tuple[dict[str, Any], list[str]]:
    """The names that a script leaves, and the lines that it prints."""
    names: dict[str, Any] = {"__name__": "__main__"}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "exported", "exec"), names)
    return names, out.getvalue().splitlines()


def exported(program: str, **options: Any) -> tuple[str, dict[str, np.ndarray], dict[str, np.ndarray]]:
    graph = tidegraph.parse(program)
    first = tidegraph.initial_values(graph)
    values, gradients = tidegraph.value_and_grad(graph)(first)
    text = code(graph, first, expected=gradients, inline=200_000, **options)
    return text, values, gradients


def check(text: str, values: dict[str, np.ndarray], gradients: dict[str, np.ndarray], target: str) -> None:
    names, lines = run(text)
    assert lines[-1] == f"{target} = {lines[-1].rpartition(' ')[2]}"
    assert float(lines[-1].rpartition(" ")[2]) == pytest.approx(float(values[target]), rel=1e-9)
    assert "agree with" in lines[-2]
    value, found = names["loss_and_gradients"]()
    assert float(value) == pytest.approx(float(values[target]), rel=1e-9)
    for name, gradient in found.items():
        np.testing.assert_allclose(np.asarray(gradient), gradients[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", GALLERY)
def test_every_example_as_numpy_with_its_backward_pass(name: str) -> None:
    text, values, gradients = exported(GALLERY[name].program, to="numpy")
    check(text, values, gradients, str(tidegraph.parse(GALLERY[name].program).target))


def test_the_chapter_reads_like_the_chapter() -> None:
    text, *_ = exported(GALLERY["chapter"].program, to="numpy")
    assert "    z = W1 @ x\n    h = np.maximum(z, 0)\n    o = W2 @ h\n" in text
    assert "    # ∂J/∂W2 = prod(∂J/∂s, ∂s/∂W2) + prod(∂J/∂o, ∂o/∂W2)\n" in text
    assert "    dz = dh * (z > 0)\n" in text


def test_a_def_is_one_function_however_often_it_is_called() -> None:
    program = "w: parameter[3]\ndef f(a, k):\n    b = a * k\n    return sum(b * b)\nJ = f(w, 2) + f(w + 1, 3)"
    text, *_ = exported(program, to="pytorch")
    assert text.count("def f") == 2  # the numbers 2 and 3 are part of the text
    program = "w: parameter[3]\nk = 2.5\ndef f(a, k):\n    b = a * k\n    return sum(b * b)\nJ = f(w, k) + f(w + 1, k)"
    text, *_ = exported(program, to="pytorch")
    assert text.count("def f(a, k):") == 1


def test_names_that_python_or_the_script_need_are_changed() -> None:
    program = (
        "values: input = 2\nnp: parameter = 3\nsum_: parameter = 1\nlambda_ = values * np + sum_\nJ = lambda_ ** 2"
    )
    text, values, gradients = exported(program, to="numpy")
    check(text, values, gradients, "J")


def test_every_value_is_there_by_its_name() -> None:
    text, *_ = exported(
        "x: input[2]\ny: target[2]\nw: parameter[2]\nunused: parameter\nJ = mse_loss(w * x, y)", to="numpy"
    )
    names, _ = run(text)
    assert set(names["values"]) == {"x", "y", "w", "unused"}
    before = {name: array.copy() for name, array in names["values"].items()}
    names["loss_and_gradients"]()
    assert all((names["values"][name] == array).all() for name, array in before.items())


def test_a_large_program_reads_its_values_from_the_file_beside_it(tmp_path: Any) -> None:
    graph = tidegraph.parse("x: input[300]\nJ = sum(x * x)")
    text = code(graph, tidegraph.initial_values(graph), to="numpy", inline=100, weights="w.safetensors")
    assert 'with_name("w.safetensors")' in text
    assert len(text) < 3000


def test_the_forward_pass_alone_runs_too() -> None:
    text, values, _ = exported("w: parameter[2]\nJ = sum(w ** 2)", to="numpy", backward=False)
    names, lines = run(text)
    assert lines == [f"J = {float(values['J'])}"]
    assert "gradients" not in text
    assert float(names["loss"](names["values"])) == pytest.approx(float(values["J"]))


def test_what_cannot_be_exported_is_refused() -> None:
    graph = tidegraph.parse("x: input[2]\ny = x * 2")
    with pytest.raises(InputError, match="no scalar"):
        code(graph, tidegraph.initial_values(graph))
    scalar = tidegraph.parse("x: input\ny = x * 2")
    with pytest.raises(InputError, match="tensorflow"):
        code(scalar, tidegraph.initial_values(scalar), to="tensorflow")


def test_every_primitive_has_a_spelling_in_numpy() -> None:
    primitives = {name for name, op in tidegraph.ops.REGISTRY.items() if isinstance(op, Primitive)}
    assert primitives - set(numpy_source.SPELLINGS) == set()


CALLS = [call for call in calls() if call.graph.target]


@pytest.mark.parametrize("call", CALLS, ids=map(str, CALLS))
def test_every_operator_forward_and_backward(call: Call) -> None:
    values, gradients = tidegraph.value_and_grad(call.graph, "J", wrt=call.wrt)(call.values)
    given = {**tidegraph.initial_values(call.graph), **call.values}
    names, lines = run(code(call.graph, given, to="numpy", wrt=call.wrt))
    assert float(lines[-1].rpartition(" ")[2]) == pytest.approx(float(values["J"]), rel=1e-9, abs=1e-12)
    _, found = names["loss_and_gradients"]()
    for name in call.wrt:
        assert_close(found[name], gradients[name], 1e-9, name)
