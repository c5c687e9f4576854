"""ONNX models written from graphs, run by the reference implementation of ONNX."""

from __future__ import annotations

import math

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

import tidegraph
from tests.engine.calls import Call, assert_close, calls
from tidegraph.app import examples
from tidegraph.engine.exchange.onnx_writer import write
from tidegraph.engine.graph import InputError
from tidegraph.engine.ops.source.onnx import NODES

GALLERY = examples.load()
SINGLE = {"erf", "erfc"}
"""The reference implementation computes these in single precision."""
GROUPED = "convolution_input"
"""Of transposed convolutions the reference implementation knows those of one group."""


def is_spoken(call: Call) -> bool:
    """Whether ONNX can say the call, and its reference implementation can compute it."""
    if not call.graph.target or not all(math.prod(shape) for shape in call.shapes):
        return False
    names = {o.op.name for o in call.graph.operators}
    return names <= set(NODES) - SINGLE and not (GROUPED in names and call.attributes.get("groups", 1) > 1)


CALLS = [call for call in calls() if is_spoken(call)]


@pytest.mark.parametrize("name", GALLERY)
def test_every_example_forward_and_backward(name: str) -> None:
    graph = tidegraph.parse(GALLERY[name].program)
    values = tidegraph.initial_values(graph)
    found, gradients = tidegraph.value_and_grad(graph)(values)
    model = onnx.load_from_string(write(graph, values, backward=True))
    inputs = {one.name for one in model.graph.input}
    assert inputs == {n for n in graph.leaves("input", "target") if n in inputs}
    assert {one.name for one in model.graph.initializer} >= set(graph.leaves("parameter"))
    first, *rest = ReferenceEvaluator(model).run(None, {name: values[name] for name in inputs})
    assert_close(first, found[str(graph.target)], 1e-7)
    assert [one.name for one in model.graph.output] == [
        graph.target, *(f"d{graph.target}_d{of}" for of in graph.leaves("parameter"))
    ]  # fmt: skip
    for of, array in zip(graph.leaves("parameter"), rest, strict=True):
        assert_close(array, gradients[of], 1e-7, of)


@pytest.mark.parametrize("call", CALLS, ids=map(str, CALLS))
def test_every_operator_that_onnx_can_say(call: Call) -> None:
    values = {**tidegraph.initial_values(call.graph), **call.values}
    content = write(call.graph, values)
    model = onnx.load_from_string(content)
    (found,) = ReferenceEvaluator(model).run(None, {one.name: values[one.name] for one in model.graph.input})
    (wanted,) = tidegraph.function(call.graph, ["J"])(values)
    assert_close(found, wanted["J"], 1e-9)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # inf - inf, of which nothing is read
@pytest.mark.parametrize(
    "term",
    [
        "logaddexp(far, x) - 1e3",
        "logaddexp(never, never) == never",
        "avg_pool2d(x, 2, padding=1, divisor_override=3)",
        "avg_pool2d(x, 2, stride=2, padding=1, ceil_mode=True, divisor_override=7)",
    ],
)
def test_values_far_apart_and_divisors_of_averages(term: str) -> None:
    graph = tidegraph.parse(f"x: input[1, 1, 4, 5]\nfar = where(x > 0, 1e3, -1e30)\nnever = x - inf\nJ = sum({term})")
    x = np.random.default_rng(0).standard_normal((1, 1, 4, 5))
    (found,) = ReferenceEvaluator(onnx.load_from_string(write(graph, {"x": x}))).run(None, {"x": x})
    assert_close(found, tidegraph.function(graph, ["J"])({"x": x})[0]["J"], 1e-9)


def test_what_onnx_cannot_say_is_refused_by_name() -> None:
    graph = tidegraph.parse("A: parameter[3, 3]\nJ = sum(svd(A)[1])")
    with pytest.raises(InputError, match="svd"):
        write(graph, tidegraph.initial_values(graph))
