"""One systematic test over the registry: an operator added tomorrow is covered without a new test."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tidegraph
from tests.engine.calls import Call, assert_close, calls, cases_of, dot, run
from tidegraph.engine.graph import TidegraphError
from tidegraph.engine.graph.budget import Budget
from tidegraph.engine.notation.latex import applied, filled
from tidegraph.engine.ops import REGISTRY
from tidegraph.engine.ops.declare import Primitive
from tidegraph.engine.ops.latex import ATOM, Tex

pytestmark = pytest.mark.filterwarnings("error")

OPERATORS = sorted(REGISTRY.values(), key=lambda op: op.name)
CALLS = list(calls())
KINDS = {"float": "f", "int": "i", "bool": "b"}
MOST_OPERATORS = 2000
MEGABYTE = 2**20
PYTHON_OBJECTS = 4096
BLOCK_BYTES = 12 * 8192 * 8
"""Bytes that a function given by series takes for one block at most: what it takes depends on the numbers."""
NUMPY_BUFFERS = 4 * 8192 * 8
"""Bytes that a ufunc may take to read its operands in blocks, whatever their size."""

every_operator = pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.name)
every_call = pytest.mark.parametrize("call", CALLS, ids=str)
every_float = pytest.mark.parametrize("call", [c for c in CALLS if c.floats], ids=str)
every_stop = pytest.mark.parametrize(
    "call",
    [c for c in CALLS if c.floats and c.wrt and not c.op.differentiable],  # type: ignore[attr-defined]
    ids=str,
)


@every_operator
def test_is_described(op: Any) -> None:
    assert cases_of(op), f"{op.name} is not elementwise and must declare `cases` for this test"
    assert op.doc[0].isupper()
    assert op.doc.endswith(".")
    assert "\n" not in op.doc
    assert op.family
    assert op.symbol
    assert op.signature.startswith(f"{op.name}(")


@every_call
def test_value_has_the_inferred_shape_and_kind(call: Call) -> None:
    for name, value in run(call, call.results).items():
        variable = call.graph.find(name)
        assert value.shape == variable.shape
        assert value.dtype.kind == KINDS[variable.kind]
        if variable.kind == "float":
            assert np.isfinite(value).all()


@every_float
def test_gradient_equals_central_differences(call: Call) -> None:
    (gradients,) = tidegraph.function(tidegraph.grad(call.graph, "J", call.wrt))(call.values)
    objective = tidegraph.function(call.graph, ["J"])
    for name in call.wrt:
        numeric = np.empty(call.graph.find(name).shape)
        for index in np.ndindex(numeric.shape):
            numeric[index] = slope(lambda v: objective(v)[0]["J"], call.values, {name: unit(numeric.shape, index)})
        assert_close(gradients[f"dJ_d{name}"], numeric, 1e-6, f"gradient of {name}")


@every_float
def test_forward_mode_is_the_transpose_of_reverse_mode(call: Call) -> None:
    (gradients,) = tidegraph.function(tidegraph.grad(call.graph, "J", call.wrt))(call.values)
    forward = tidegraph.jvp(call.graph, call.wrt, [*call.floats, "J"])
    direction = call.direction()
    (tangents,) = tidegraph.function(forward)({**call.values, **{f"{n}_dot": v for n, v in direction.items()}})
    wanted = dot({n: gradients[f"dJ_d{n}"] for n in call.wrt}, direction)
    assert_close(tangents["J_dot"], wanted, 1e-10)
    y = run(call, call.floats)
    received = {n: call.values["w" + n[1:]] + y[n] for n in call.floats}
    assert_close(dot({n: tangents[f"{n}_dot"] for n in call.floats}, received), wanted, 1e-10)


@every_float
def test_second_order_equals_differences_of_the_gradient(call: Call) -> None:
    direction = call.direction()
    product = tidegraph.function(tidegraph.hvp(call.graph, "J", call.wrt))
    (products,) = product({**call.values, **{f"{n}_dot": v for n, v in direction.items()}})
    gradient = tidegraph.function(tidegraph.grad(call.graph, "J", call.wrt))
    for name in call.wrt:
        numeric = slope(lambda v: gradient(v)[0][f"dJ_d{name}"], call.values, direction)  # noqa: B023
        assert_close(products[f"H{name}"], numeric, 2e-6, f"hvp of {name}")


@every_call
def test_results_that_are_not_floats_have_one_type_in_both_precisions(call: Call) -> None:
    narrow, wide = run(call, call.results, "float32"), run(call, call.results)
    for name, value in wide.items():
        assert narrow[name].dtype == (np.float32 if value.dtype.kind == "f" else value.dtype), name


@every_float
def test_float32_stays_float32(call: Call) -> None:
    narrow = tidegraph.value_and_grad(call.graph, "J", dtype="float32")(call.values)
    rounded = {n: v.astype(np.float32) for n, v in call.values.items()}
    wide = tidegraph.value_and_grad(call.graph, "J")(rounded)
    for got, wanted in zip(narrow, wide, strict=True):
        assert got.keys() == wanted.keys()
        for name, value in got.items():
            assert value.dtype == (np.float32 if wanted[name].dtype.kind == "f" else wanted[name].dtype), name
            assert_close(value, wanted[name], 1e-4, name)


@every_call
def test_zero_size_shapes_run_where_they_are_legal(call: Call) -> None:
    for size in {n for shape in call.shapes for n in shape if n > 1}:
        smaller = tuple(tuple(0 if n == size else n for n in shape) for shape in call.shapes)
        attempt(Call(call.op, call.case, smaller, call.attributes))


@every_operator
def test_wrong_shapes_are_explained(op: Any) -> None:
    shape = st.lists(st.integers(0, 3), max_size=4).map(tuple)
    cases = cases_of(op)
    assert cases, f"{op.name} must declare `cases`"

    @settings(max_examples=15, derandomize=True, deadline=None, database=None)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(cases))
        few = 0 if op.variadic else len(case.shapes)
        many = 4 if op.variadic else len(case.shapes)
        shapes = data.draw(st.lists(shape, min_size=few, max_size=many))
        discrete = {**case.integers, **dict.fromkeys(case.fixed, 1)}
        attempt(Call(op, case._replace(fixed={}, integers=discrete), tuple(shapes), dict(case.attributes)))

    check()


@pytest.mark.parametrize("kind", ["int", "bool"])
@every_call
def test_whole_numbers_and_truth_values_work_or_are_refused(call: Call, kind: str) -> None:
    attempt(Call(call.op, call.case, call.shapes, call.attributes, kind))


@every_stop
def test_non_differentiable_results_stop_the_gradient(call: Call) -> None:
    for name, gradient in tidegraph.function(tidegraph.grad(call.graph, "J", call.wrt))(call.values)[0].items():
        assert not gradient.any(), name


@every_call
def test_memory_is_declared(call: Call) -> None:
    large = enlarged(call)
    function = tidegraph.function(large.graph, large.results)
    measured = allocated(function, large.values)
    assert measured <= 1.01 * function.plan.peak_bytes + NUMPY_BUFFERS
    spare = BLOCK_BYTES if any(o.op.family == "special" for o in large.graph.operators) else 0
    assert measured >= 0.99 * function.plan.peak_bytes - spare - PYTHON_OBJECTS
    narrow = tidegraph.function(large.graph, large.results, "float32")
    values = {n: v.astype(np.float32) for n, v in large.values.items()}
    assert allocated(narrow, values) <= 1.01 * narrow.plan.peak_bytes + NUMPY_BUFFERS


@every_call
def test_cost_and_notation(call: Call) -> None:
    for operator in call.graph.operators:
        flops = operator.op.flops(operator)
        assert type(flops) is int
        assert flops >= 0
        workspace = operator.op.workspace(operator)
        assert type(workspace) is int
        assert workspace >= 0
    if isinstance(call.op, Primitive):
        operator = next(o for o in call.graph.operators if o.op is call.op)
        arguments = [Tex(rf"\mathbf{{x}}_{{{n}}}", ATOM) for n in range(len(operator.inputs))]
        text = applied(operator, arguments).text
        assert well_formed(text), text
    elif callable(call.op.latex):
        assert well_formed(call.op.latex([Tex("x", ATOM)] * len(call.shapes), call.attributes))
    elif call.op.latex is not None:
        text = filled(call.op.latex, [Tex(rf"\mathbf{{x}}_{{{n}}}", ATOM) for n in range(len(call.shapes))])
        assert well_formed(text), text


def attempt(call: Call) -> None:
    """Build and run a call, with its gradient: either it is refused with an explanation or it works."""
    try:
        graph = call.graph
    except TidegraphError:
        return
    values = {n: np.ones(v.shape) for n, v in graph.leaves("input").items()}
    discrete = (*call.case.integers, *call.case.fixed)
    values.update({f"x{n}": np.zeros(call.shapes[n]) for n in discrete if f"x{n}" in values})
    (results,) = tidegraph.function(graph, call.results)(values)
    for name, value in results.items():
        variable = graph.find(name)
        assert value.shape == variable.shape
        assert value.dtype.kind == KINDS[variable.kind]
    if call.floats:
        (gradients,) = tidegraph.function(tidegraph.grad(graph, "J", call.wrt))(values)
        for name in call.wrt:
            assert gradients[f"dJ_d{name}"].shape == graph.find(name).shape


def slope(f: Any, values: dict[str, np.ndarray], direction: dict[str, np.ndarray], h: float = 1e-6) -> np.ndarray:
    """The central difference of `f` along a direction."""
    ahead = {n: values[n] + h * d for n, d in direction.items()}
    behind = {n: values[n] - h * d for n, d in direction.items()}
    return (f({**values, **ahead}) - f({**values, **behind})) / (2 * h)


def unit(shape: tuple[int, ...], index: tuple[int, ...]) -> np.ndarray:
    basis = np.zeros(shape)
    basis[index] = 1.0
    return basis


def enlarged(call: Call) -> Call:
    """The call with one of its sizes stretched until the inputs hold about a megabyte; as it is if none can be.

    What is unrolled along a size would become a long graph; that one is not stretched.
    """
    for size in sorted({n for shape in call.shapes for n in shape}):
        elements = sum(int(np.prod(shape)) for shape in call.shapes)
        factor = max(MEGABYTE // 8 // elements, 1)

        def stretch(value: Any) -> Any:
            if isinstance(value, tuple):
                return tuple(stretch(v) for v in value)
            return value * factor if type(value) is int and value == size else value  # noqa: B023

        for attributes in (call.attributes, {k: stretch(v) for k, v in call.attributes.items()}):
            larger = Call(call.op, call.case, stretch(call.shapes), attributes)
            if sum(int(np.prod(shape)) for shape in larger.shapes) > 5 * MEGABYTE:
                continue
            try:
                with Budget({"operators": MOST_OPERATORS}):
                    variables = larger.graph.variables.values()
                if sum(v.size for v in variables) < 40 * MEGABYTE // 8:
                    larger.values  # noqa: B018 - raises where declared values do not fit
                    return larger
            except (TidegraphError, ValueError):
                continue
    return call


def allocated(function: Any, values: dict[str, np.ndarray]) -> int:
    """The most bytes that one call has allocated at a time, the arrays that it hands out included."""
    tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        result = function(values)
        peak = tracemalloc.get_traced_memory()[1]
        del result
    finally:
        tracemalloc.stop()
    return peak - before


def well_formed(text: str) -> bool:
    """Braces and \\left, \\right in pairs."""
    plain = text.replace(r"\{", "").replace(r"\}", "")
    return bool(text.strip()) and plain.count("{") == plain.count("}") and text.count(r"\left") == text.count(r"\right")
