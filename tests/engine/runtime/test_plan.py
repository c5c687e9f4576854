"""Plans and compiled functions: the outputs, who owns them, their cost, and that it is known before a run."""

from __future__ import annotations

import threading
import tracemalloc
from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.programs import DEEP, VIEWS, draw, network
from tidegraph.engine.graph import InputError

LONG = """
x: input[3]
for i in range(200):
    x = tanh(x * 1.01) + x / 9
p = x > 0
n = sum(p)
J = sum(x ** 2) * n
"""


GRAPHS = {
    "relu": network(),
    "softmax": network(phi="softmax", loss="cross_entropy"),
    "views": tidegraph.parse(VIEWS),
    "long": tidegraph.parse(LONG),
    "scalars": tidegraph.parse("a: parameter\nb: parameter\nc = a * b\nJ = c ** 2 + a"),
    "numbers": tidegraph.parse("x: input[2]\nW: parameter[2]\nJ = sum(x) * 2 + sum(W) * 3"),
}


def same(a: Any, b: Any) -> None:
    """Equal bit for bit, names and all."""
    for x, y in zip(a, b, strict=True):
        assert list(x) == list(y)
        for name in x:
            assert x[name].dtype == y[name].dtype
            np.testing.assert_array_equal(x[name], y[name], name)


def copy(results: Any) -> Any:
    return tuple({name: np.array(v) for name, v in group.items()} for group in results)


# Outputs


def test_everything_is_kept_unless_asked_otherwise() -> None:
    graph = network()
    values, gradients = tidegraph.value_and_grad(graph)()
    assert list(values) == list(graph.variables)
    assert list(gradients) == [n for n in graph.variables if n != "l2.divide" or n in gradients]
    for name in gradients:
        assert gradients[name].shape == values[name].shape


@pytest.mark.parametrize(
    ("keep", "values", "gradients"),
    [
        ("prediction", {"J"}, set()),
        ("training", {"J"}, {"W1", "W2"}),
        (
            "named",
            {"x", "y", "W1", "W2", "lam", "z", "h", "o", "L", "s", "J"},
            {"W1", "W2", "z", "h", "o", "L", "s", "J"},
        ),
    ],
)
def test_keep_modes_hand_back_what_they_say(keep: str, values: set[str], gradients: set[str]) -> None:
    graph = network()
    everything = tidegraph.value_and_grad(graph)()
    found = tidegraph.value_and_grad(graph, keep=keep)()
    assert (set(found[0]), set(found[1])) == (values, gradients)
    for group, whole in zip(found, everything, strict=True):
        for name, value in group.items():
            np.testing.assert_allclose(value, whole[name], rtol=1e-13, atol=1e-15)


def test_wrt_chooses_the_gradients() -> None:
    graph = network()
    assert set(tidegraph.value_and_grad(graph, wrt=["x"], keep="training")()[1]) == {"x"}
    assert {"x", "z", "h", "o", "L", "J"} <= set(tidegraph.value_and_grad(graph, wrt=["x"])()[1])
    assert "W2" not in tidegraph.value_and_grad(graph, wrt=["x"])()[1]


def test_a_parameter_that_the_target_ignores_has_a_zero_gradient_in_training() -> None:
    graph = tidegraph.parse("W: parameter[2]\nV: parameter[3]\nJ = sum(W * W)")
    _, gradients = tidegraph.value_and_grad(graph, keep="training")()
    assert gradients["V"].tolist() == [0, 0, 0]
    assert "V" not in tidegraph.value_and_grad(graph)()[1]


def test_function_computes_the_named_results() -> None:
    graph = network()
    values, _ = tidegraph.value_and_grad(graph)()
    (found,) = tidegraph.function(graph, ["o", "J"])()
    assert list(found) == ["o", "J"]
    np.testing.assert_array_equal(found["o"], values["o"])


@pytest.mark.parametrize("keep", ["all", "named", "training", "prediction"])
def test_a_graph_without_operators_on_the_way(keep: str) -> None:
    graph = tidegraph.parse("x: input = 3\nJ = x")
    values, gradients = tidegraph.value_and_grad(graph, wrt=["x"], keep=keep)()
    assert values["J"] == 3
    wanted = {"prediction": {}, "training": {"x": 1}}
    assert gradients == wanted.get(keep, {"x": 1, "J": 1})


# Values given


def test_values_by_keyword_or_as_a_mapping() -> None:
    graph = network()
    f = tidegraph.value_and_grad(graph)
    given = draw(graph)
    same(copy(f(given)), copy(f(**given)))
    same(copy(f({"x": given["x"]}, y=given["y"])), copy(f(x=given["x"], y=given["y"])))


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.tolist(),
        lambda a: np.asfortranarray(a),
        lambda a: np.repeat(a, 2, axis=0)[::2],
        lambda a: a[::-1][::-1],
        lambda a: np.ascontiguousarray(a.T).T,
        lambda a: a.astype(">f8"),
        lambda a: a.astype(np.longdouble),
        lambda a: a.view(Matrix),
    ],
    ids=["lists", "fortran", "strided", "reversed", "transposed", "big-endian", "long double", "subclass"],
)
def test_values_in_any_form(change: Any) -> None:
    graph = network()
    f = tidegraph.value_and_grad(graph)
    given = draw(graph)
    same(copy(f({n: change(v) for n, v in given.items()})), copy(f(given)))


class Matrix(np.ndarray):
    """An array with manners of its own."""

    def __matmul__(self, other: Any) -> Any:
        raise AssertionError("a subclass of the caller took part in the computation")


def test_read_only_values_are_fine_and_given_values_are_never_written() -> None:
    graph = network(phi="sigmoid")
    given = draw(graph)
    before = {n: v.copy() for n, v in given.items()}
    for v in given.values():
        v.flags.writeable = False
    for keep in ("all", "training", "prediction"):
        tidegraph.value_and_grad(graph, keep=keep)(given)
    for name, value in before.items():
        np.testing.assert_array_equal(given[name], value)


def test_what_is_not_given_keeps_its_first_value() -> None:
    graph = network()
    values, _ = tidegraph.value_and_grad(graph, seed=3)()
    first = tidegraph.initial_values(graph, seed=3)
    assert values["lam"] == 0.1
    for name, value in first.items():
        np.testing.assert_array_equal(values[name], value)


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ({"w1": 1}, "there is no variable 'w1'", "did you mean W1?"),
        ({"z": np.zeros((5, 2))}, "z is computed and cannot be set", "x, y, W1, W2, lam"),
        ({"x": np.zeros((4, 3))}, "x has shape [4, 2]; the value given has shape [4, 3]", ""),
        ({"x": 1.0}, "x has shape [4, 2]; the value given has shape []", ""),
        ({"x": [[1, 2], [3]]}, "x: rows have different lengths", "x has shape [4, 2]"),
        ({"x": [["a", "b"]] * 4}, "x must hold numbers only", ""),
        ({"x": [[1j, 0]] * 4}, "x must hold numbers only", ""),
        ({"x": [[None, 1]] * 4}, "x must hold numbers only", ""),
        ({"x": object()}, "x must hold numbers only", ""),
    ],
)
def test_values_that_do_not_fit_are_explained(given: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        tidegraph.value_and_grad(network())(given)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_size_cannot_be_given_as_a_value() -> None:
    graph = tidegraph.parse("n = 3\nx: input[n]\nJ = sum(x) / n")
    with pytest.raises(InputError, match="n is a size"):
        tidegraph.value_and_grad(graph)(n=4)
    assert tidegraph.value_and_grad(graph)(tidegraph.initial_values(graph))[0]["n"] == 3


@pytest.mark.parametrize(
    "options",
    [{"dtype": "float16"}, {"dtype": int}, {"dtype": "nonsense"}, {"keep": "some"}, {"target": "o"}, {"wrt": ["v"]}],
)
def test_options_that_are_not_known_are_explained(options: dict[str, Any]) -> None:
    for call in (tidegraph.value_and_grad, tidegraph.plan):
        with pytest.raises(InputError) as caught:
            call(network(), **options)
        assert caught.value.message


# Who owns the results


@pytest.mark.parametrize("keep", ["all", "named", "training", "prediction"])
@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_results_that_somebody_holds_are_never_overwritten(graph: tidegraph.Graph, keep: str) -> None:
    f = tidegraph.value_and_grad(graph, keep=keep)
    held = [f(draw(graph, seed)) for seed in range(4)]
    kept = [copy(r) for r in held]
    for seed in range(4, 8):
        f(draw(graph, seed))
    for now, then in zip(held, kept, strict=True):
        same(now, then)


@pytest.mark.parametrize("keep", ["all", "training"])
def test_part_of_a_result_or_a_view_of_it_may_be_held(keep: str) -> None:
    graph = network()
    f = tidegraph.value_and_grad(graph, keep=keep)
    first = f(draw(graph, 0))[1]["W1"][1:, ::2].T
    second = f(draw(graph, 1))[1]["W2"].ravel()
    then = first.copy(), second.copy()
    for seed in range(5):
        f(draw(graph, seed + 2))
    np.testing.assert_array_equal(first, then[0])
    np.testing.assert_array_equal(second, then[1])


@pytest.mark.parametrize("graph", [network(), tidegraph.parse(VIEWS)], ids=["network", "views"])
def test_writing_to_a_result_changes_no_other_that_can_be_written(graph: tidegraph.Graph) -> None:
    f = tidegraph.value_and_grad(graph)
    given = draw(graph)
    wanted = copy(f(given))
    before = copy([given])
    for group in range(2):
        for name in wanted[group]:
            results = f(given)
            array = results[group][name]
            if group == 0 and graph.find(name).leaf is not None:
                continue
            if array.flags.writeable:
                array[...] = 99
                for other in range(2):
                    for n, value in results[other].items():
                        if (other, n) != (group, name) and value.flags.writeable:
                            np.testing.assert_array_equal(value, wanted[other][n], f"{name} shares memory with {n}")
            same(copy([given]), before)
    same(copy(f(given)), wanted)


@pytest.mark.parametrize(
    ("graph", "keep"),
    [
        (network(16, 16, 16, 16, "sigmoid"), "all"),
        (network(16, 16, 16, 16, "sigmoid"), "training"),
        (tidegraph.parse(LONG), "training"),
    ],
    ids=["all", "training", "long"],
)
def test_many_threads_at_once(graph: tidegraph.Graph, keep: str) -> None:
    f = tidegraph.value_and_grad(graph, wrt=["x", *graph.leaves("parameter")], keep=keep)
    wanted = [copy(f(draw(graph, seed))) for seed in range(8)]
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            start.wait()
            held = []
            for turn in range(24):
                seed = (number + turn) % 8
                held.append((seed, f(draw(graph, seed))))
            for seed, result in held:
                same(result, wanted[seed])
        except BaseException as problem:
            failures.append(problem)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures


def test_a_failed_call_leaves_the_function_intact() -> None:
    graph = network()
    f = tidegraph.value_and_grad(graph)
    wanted = copy(f(draw(graph)))
    with pytest.raises(InputError):
        f(y=np.zeros(9))
    same(f(draw(graph)), wanted)


@pytest.mark.parametrize("keep", ["all", "training"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_same_request_gives_the_same_bits(keep: str, dtype: str) -> None:
    graph = network(16, 32, 8, 4, "sigmoid", "cross_entropy")
    given = draw(graph, dtype=dtype)
    f = tidegraph.value_and_grad(graph, keep=keep, dtype=dtype)
    again = tidegraph.value_and_grad(network(16, 32, 8, 4, "sigmoid", "cross_entropy"), keep=keep, dtype=dtype)
    first = copy(f(given))
    same(f(given), first)
    same(again(given), first)


# Types and special numbers


def test_float32_throughout() -> None:
    graph = network(phi="softmax", loss="cross_entropy")
    values, gradients = tidegraph.value_and_grad(graph, dtype="float32")()
    assert {v.dtype for v in values.values()} | {g.dtype for g in gradients.values()} == {np.dtype(np.float32)}
    wide = tidegraph.value_and_grad(graph)()
    np.testing.assert_allclose(gradients["W1"], wide[1]["W1"], rtol=1e-4, atol=1e-6)
    assert tidegraph.value_and_grad(graph, dtype=np.float32).plan.dtype == np.float32


def test_overflow_and_nan_are_values() -> None:
    graph = tidegraph.parse("x: input[4]\ny = exp(x)\nz = log(x)\nw = 1 / x\nJ = sum(y) + sum(z) + sum(w)")
    values, gradients = tidegraph.value_and_grad(graph)(x=[1e4, -1.0, 0.0, np.nan])
    assert values["y"][0] == np.inf
    assert np.isnan(values["z"][1])
    assert values["w"][2] == np.inf
    assert np.isnan(values["J"])
    assert np.isnan(gradients["x"][3])


@pytest.mark.parametrize(
    ("program", "x", "value", "gradient"),
    [
        ("sigmoid(x)", [-1e4, 1e4], [0, 1], [0, 0]),
        ("tanh(x)", [-1e4, 1e4], [-1, 1], [0, 0]),
        ("log_softmax(x)", [1e4, 0], [0, -1e4], None),
        ("softmax(x)", [1e4, 0], [1, 0], [0, 0]),
        ("relu(x)", [-np.inf, np.inf], [0, np.inf], [0, 1]),
    ],
)
def test_stable_far_from_zero(program: str, x: list[float], value: list[float], gradient: Any) -> None:
    for dtype in ("float64", "float32"):
        graph = tidegraph.parse(f"x: input[2]\nr = {program}\nJ = sum(r)")
        values, gradients = tidegraph.value_and_grad(graph, dtype=dtype)(x=x)
        np.testing.assert_allclose(values["r"], value)
        if gradient is not None:
            np.testing.assert_allclose(gradients["x"], gradient, atol=1e-12)


# What a run costs


def test_flops_are_those_of_the_formulas() -> None:
    d, h, q, n = 7, 11, 5, 13
    graph = network(d, h, q, n)
    names = {o.op.name: o for o in graph.operators}
    assert tidegraph.plan(graph, keep="prediction").flops == sum(o.op.flops(o) for o in graph.operators)
    products = [o.op.flops(o) for o in graph.operators if o.op is names["matmul"].op]
    assert products == [2 * h * d * n, 2 * q * h * n]


def test_steps_are_in_order_and_their_bytes_add_up() -> None:
    plan = tidegraph.plan(network(8, 8, 8, 8), keep="training")
    live = 0
    seen = set(plan.leaves.values())
    for step in plan.steps:
        assert all(v in seen or v.literal is not None for v in step.operator.inputs)
        seen.update(step.operator.outputs)
        live += sum(plan.bytes_of(v) for v in step.allocates)
        assert step.live_bytes == live
        live -= sum(plan.bytes_of(v) for v in step.frees)
    assert live == plan.result_bytes
    assert plan.flops == sum(s.flops for s in plan.steps)
    assert max(s.live_bytes + s.workspace_bytes for s in plan.steps) <= plan.peak_bytes


def test_memory_is_reused_in_prediction() -> None:
    graph = tidegraph.parse(DEEP.format(n=64, d=64))
    prediction, training, everything = (
        tidegraph.plan(graph, keep=k, wrt=["x"]) for k in ("prediction", "training", "all")
    )
    assert prediction.peak_bytes < training.peak_bytes < everything.peak_bytes
    assert prediction.peak_bytes < 6 * 64 * 64 * 8


NUMPY_BUFFERS = 2 * 8192 * 8
"""Bytes that NumPy takes for a moment where an operator's inputs differ in type: two blocks of 8192 numbers."""

CASES = {
    "network": network(600, 500, 400, 512),
    "sigmoid": network(600, 500, 400, 512, "sigmoid"),
    "tanh": network(600, 500, 400, 512, "tanh"),
    "softmax": network(500, 600, 400, 512, "softmax", "cross_entropy"),
    "wide": network(2000, 1000, 4, 2),
    "deep": tidegraph.parse(DEEP.format(n=600, d=500)),
    "views": tidegraph.parse(
        VIEWS.replace("[3, 4]", "[1200, 800]").replace("12,", "960000,").replace("(5, 4)", "(500, 800)")
    ),
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("keep", ["prediction", "training", "all"])
@pytest.mark.parametrize("graph", CASES.values(), ids=CASES)
def test_the_measured_peak_is_the_planned_one_within_one_percent(graph: tidegraph.Graph, keep: str, dtype: str) -> None:
    function = tidegraph.value_and_grad(graph, keep=keep, dtype=dtype)
    given = {n: np.asarray(v, dtype) for n, v in {**tidegraph.initial_values(graph), **draw(graph)}.items()}
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    result = function(given)
    measured = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    del result
    planned = function.plan.peak_bytes
    assert planned == tidegraph.plan(graph, keep=keep, dtype=dtype).peak_bytes
    assert abs(measured - planned) <= max(0.01 * planned, NUMPY_BUFFERS), f"planned {planned}, measured {measured}"


def test_a_second_call_allocates_only_what_is_held() -> None:
    graph = network(600, 500, 400, 512)
    function = tidegraph.value_and_grad(graph, keep="training")
    given = {n: np.asarray(v) for n, v in {**tidegraph.initial_values(graph), **draw(graph)}.items()}
    function(given)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    function(given)
    again = tracemalloc.get_traced_memory()[1] - before
    held = function(given)
    function(given)
    fresh = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    del held
    assert again <= NUMPY_BUFFERS
    assert abs(fresh - function.plan.result_bytes) <= 0.01 * function.plan.result_bytes + NUMPY_BUFFERS


def test_a_chain_of_ten_thousand_operators() -> None:
    graph = tidegraph.parse("x: input = 1\nfor i in range(10000):\n    x = x * 1.0001\nJ = x")
    values, gradients = tidegraph.value_and_grad(graph, keep="training", wrt=["x"])(x=2.0)
    assert abs(values["J"] / (2 * 1.0001**10000) - 1) < 1e-10
    assert abs(gradients["x"] / 1.0001**10000 - 1) < 1e-10
    assert tidegraph.plan(graph, keep="prediction").peak_bytes < 1000
