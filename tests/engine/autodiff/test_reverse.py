"""Differentiation as graph to graph, with PyTorch's double precision as the oracle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import tidegraph  # noqa: E402
from tests.engine.calls import assert_close  # noqa: E402
from tidegraph.engine.graph import InputError  # noqa: E402


class Sample(NamedTuple):
    """A program, the same in PyTorch, and the shapes of what it is differentiated by."""

    program: str
    torch: Callable[..., Any]
    shapes: dict[str, tuple[int, ...]]


def network(x: Any, y: Any, W1: Any, b1: Any, W2: Any) -> Any:
    o = torch.tanh(x @ W1 + b1) @ W2
    return ((o - y) ** 2).sum() / 2 + 0.05 * (W1**2).sum()


def shared(x: Any, W: Any) -> Any:
    h = x
    for _ in range(3):
        h = torch.sigmoid(W @ h) * h + x
    return (h**3).mean()


def classifier(x: Any, y: Any, W: Any, b: Any) -> Any:
    return -(torch.softmax(y, -1) * torch.log_softmax(x @ W + b, -1)).sum(-1).mean()


def views(x: Any) -> Any:
    return (x.T.reshape(2, 6)[:, 1:4] * x[0, 1:].reshape(1, 3)).exp().sum() + (x[[0, 2, 2]] ** 2).mean()


def mixed(a: Any, b: Any) -> Any:
    return torch.sqrt(a * b) / (a + b) + torch.maximum(a, b) ** b - torch.abs(a - b) * torch.log(a)


SAMPLES = {
    "network": Sample(
        """
x: input[5, 3]
y: target[5, 2]
W1: parameter[3, 4]
b1: parameter[4]
W2: parameter[4, 2]
o = tanh(x @ W1 + b1) @ W2
J = squared_error(o, y) + 0.05 * sum(W1 ** 2)
""",
        network,
        {"x": (5, 3), "y": (5, 2), "W1": (3, 4), "b1": (4,), "W2": (4, 2)},
    ),
    "shared": Sample(
        """
x: input[3]
W: parameter[3, 3]
h = x
for i in range(3):
    h = sigmoid(W @ h) * h + x
J = mean(h ** 3)
""",
        shared,
        {"x": (3,), "W": (3, 3)},
    ),
    "classifier": Sample(
        """
x: input[4, 3]
y: target[4, 5]
W: parameter[3, 5]
b: parameter[5]
J = cross_entropy(x @ W + b, softmax(y))
""",
        classifier,
        {"x": (4, 3), "y": (4, 5), "W": (3, 5), "b": (5,)},
    ),
    "views": Sample(
        """
x: input[3, 4]
u = reshape(x.T, (2, 6))[:, 1:4] * reshape(x[0, 1:], (1, 3))
J = sum(exp(u)) + mean(x[[0, 2, 2]] ** 2)
""",
        views,
        {"x": (3, 4)},
    ),
    "mixed": Sample(
        """
a: input
b: input
J = sqrt(a * b) / (a + b) + maximum(a, b) ** b - abs(a - b) * log(a)
""",
        mixed,
        {"a": (), "b": ()},
    ),
}

every_sample = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)


def draw(sample: Sample, suffix: str = "") -> dict[str, Any]:
    random = np.random.default_rng(len(suffix))
    low = 0.4 if sample.torch is mixed and not suffix else -1.0
    return {f"{n}{suffix}": random.uniform(low, 1.0, s) for n, s in sample.shapes.items()}


def tensors(values: dict[str, Any]) -> list[Any]:
    return [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in values.values()]


def numbers(graph: tidegraph.Graph, values: dict[str, Any]) -> dict[str, Any]:
    (found,) = tidegraph.function(graph)(values)
    return found


@every_sample
def test_grad(sample: Sample) -> None:
    values = draw(sample)
    x = tensors(values)
    wanted = torch.autograd.grad(sample.torch(*x), x)
    derived = tidegraph.grad(tidegraph.parse(sample.program), "J", list(values))
    assert derived.answers == tuple(f"dJ_d{n}" for n in values)
    for (name, got), w in zip(numbers(derived, values).items(), wanted, strict=True):
        assert_close(got, w, 1e-12, name)


@every_sample
def test_value_and_grad(sample: Sample) -> None:
    values = draw(sample)
    x = tensors(values)
    objective = sample.torch(*x)
    wanted = torch.autograd.grad(objective, x)
    found, gradients = tidegraph.value_and_grad(tidegraph.parse(sample.program))(values)
    assert_close(found["J"], objective.detach(), 1e-12)
    for name, w in zip(values, wanted, strict=True):
        assert_close(gradients[name], w, 1e-12, name)


@every_sample
def test_jvp(sample: Sample) -> None:
    values, direction = draw(sample), draw(sample, "_dot")
    _, wanted = torch.autograd.functional.jvp(sample.torch, tuple(tensors(values)), tuple(tensors(direction)))
    derived = tidegraph.jvp(tidegraph.parse(sample.program), list(values))
    assert_close(numbers(derived, {**values, **direction})["J_dot"], wanted.detach(), 1e-12)


@every_sample
def test_hvp(sample: Sample) -> None:
    values, direction = draw(sample), draw(sample, "_dot")
    x = tensors(values)
    slopes = torch.autograd.grad(sample.torch(*x), x, create_graph=True)
    along = sum((g * v.detach()).sum() for g, v in zip(slopes, tensors(direction), strict=True))
    wanted = torch.autograd.grad(along, x, materialize_grads=True)
    derived = tidegraph.hvp(tidegraph.parse(sample.program), "J", list(values))
    found = numbers(derived, {**values, **direction})
    for name, w in zip(values, wanted, strict=True):
        assert_close(found[f"H{name}"], w, 1e-11, name)


@every_sample
def test_hessian(sample: Sample) -> None:
    values = draw(sample)
    wanted = torch.autograd.functional.hessian(sample.torch, tuple(tensors(values)))
    found = numbers(tidegraph.hessian(tidegraph.parse(sample.program), "J", list(values)), values)
    for i, a in enumerate(values):
        for j, b in enumerate(values):
            assert_close(found[f"d2J_d{a}_d{b}"], wanted[i][j], 1e-11, f"{a}, {b}")


@pytest.mark.parametrize(("rows", "columns"), [(2, 6), (6, 2), (3, 3)])
def test_jacobian_by_rows_and_by_columns(rows: int, columns: int) -> None:
    random = np.random.default_rng(0)
    values = {"x": random.normal(size=columns), "W": random.normal(size=(rows, columns))}
    graph = tidegraph.parse(f"x: input[{columns}]\nW: parameter[{rows}, {columns}]\ny = tanh(W @ x) * sum(x)")
    x, w = tensors(values)
    by_x, by_w = torch.autograd.functional.jacobian(lambda x, w: torch.tanh(w @ x) * x.sum(), (x, w))
    assert_close(numbers(tidegraph.jacobian(graph, "y", "x"), values)["dy_dx"], by_x, 1e-12)
    assert_close(numbers(tidegraph.jacobian(graph, "y", "W"), values)["dy_dW"], by_w, 1e-12)


def test_jacobian_of_scalars_empty_and_independent_variables() -> None:
    graph = tidegraph.parse("x: input\ne: input[0]\nz: input[2]\ny = x ** 3\nw = e * 2")
    assert numbers(tidegraph.jacobian(graph, "y", "x"), {"x": 2.0})["dy_dx"] == 12
    assert numbers(tidegraph.jacobian(graph, "y", "z"), {"x": 2.0})["dy_dz"].tolist() == [0, 0]
    assert numbers(tidegraph.jacobian(graph, "w", "e"), {})["dw_de"].shape == (0, 0)
    assert numbers(tidegraph.jacobian(graph, "x", "x"), {})["dx_dx"] == 1


@pytest.mark.parametrize("program", ["x ** 5", "exp(2 * x)", "tanh(x)", "sigmoid(x)", "1 / x", "sqrt(x)", "x * log(x)"])
def test_derivatives_of_any_order(program: str) -> None:
    """Differentiated again and again: first to fourth order at a point, against PyTorch."""
    point = 0.7
    graph = tidegraph.parse(f"x: input\nJ = {program}")
    x = torch.tensor(point, dtype=torch.float64, requires_grad=True)
    wanted = eval(
        program,
        {"x": x, "exp": torch.exp, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "sqrt": torch.sqrt, "log": torch.log},
    )
    name = "J"
    for _ in range(4):
        graph = tidegraph.grad(graph, name, "x")
        (wanted,) = torch.autograd.grad(wanted, x, create_graph=True)
        (name,) = graph.answers
        assert_close(numbers(graph, {"x": point})[name], wanted.detach(), 1e-11, name)


def test_derivatives_of_any_order_of_a_tensor() -> None:
    """The third derivative of sum(x ** 4) along a vector twice: 24 x v v."""
    values = {"x": np.array([1.0, -2.0, 0.5]), "x_dot": np.array([0.3, 1.0, -1.0])}
    second = tidegraph.hvp(tidegraph.parse("x: input[3]\nJ = sum(x ** 4)"), "J", "x")
    named = dict(second.variables)
    objective = tidegraph.ops.REGISTRY["sum"](named["Hx"] * named["x_dot"])
    third = tidegraph.grad(tidegraph.Graph({**named, "K": objective}, target="K"), "K", "x")
    assert_close(numbers(third, values)["dK_dx"], 24 * values["x"] * values["x_dot"] ** 2, 1e-13)


def test_what_the_target_ignores_has_a_zero_gradient() -> None:
    graph = tidegraph.parse("x: input[2]\nW: parameter[3, 2]\nv = W * 2\nJ = sum(x * x)")
    values = {"x": np.array([1.0, 2.0])}
    found = numbers(tidegraph.grad(graph, "J", ["x", "W"]), values)
    assert found["dJ_dx"].tolist() == [2, 4]
    assert found["dJ_dW"].tolist() == [[0, 0]] * 3
    products = numbers(tidegraph.hvp(graph, "J", ["x", "W"]), {**values, "x_dot": np.ones(2)})
    assert products["Hx"].tolist() == [2, 2]
    assert products["HW"].tolist() == [[0, 0]] * 3
    assert numbers(tidegraph.hessian(graph, "J", ["x", "W"]), values)["d2J_dx_dW"].shape == (2, 3, 2)
    assert numbers(tidegraph.jvp(graph, "W", "J"), values)["J_dot"] == 0


def test_by_default_the_last_scalar_is_differentiated_by_the_parameters() -> None:
    graph = tidegraph.parse("x: input\nW: parameter[2]\nL = sum(W) * x\nJ = L * 2")
    assert tidegraph.grad(graph).answers == ("dJ_dW",)
    assert tidegraph.grad(tidegraph.parse("x: input\ny: input\nJ = x * y")).answers == ("dJ_dx", "dJ_dy")


def test_by_an_intermediate_variable() -> None:
    graph = tidegraph.parse("x: input[2]\nh = x * x\nJ = sum(h * h)")
    values = {"x": np.array([1.0, 2.0])}
    found = numbers(tidegraph.grad(graph, "J", ["h", "x", "J"]), values)
    assert {n: v.tolist() for n, v in found.items()} == {"dJ_dh": [2, 8], "dJ_dx": [4, 32], "dJ_dJ": 1}


def test_answers_that_are_the_programs_own_variables() -> None:
    """A gradient may be an input or a number; it is still an answer of its own name."""
    graph = tidegraph.parse("x: input[2]\ny: input[2]\na: input\nJ = sum(x * y) + 3 * a")
    values = {"x": np.array([1.0, 2.0]), "y": np.array([5.0, 6.0])}
    found = numbers(tidegraph.grad(graph, "J", ["x", "y", "a"]), values)
    assert found["dJ_dx"].tolist() == [5, 6]
    assert found["dJ_dy"].tolist() == [1, 2]
    assert found["dJ_da"] == 3
    found["dJ_dx"][:] = 0
    assert values["y"].tolist() == [5, 6]


@pytest.mark.parametrize(
    ("call", "message", "hint"),
    [
        (lambda g: tidegraph.grad(g, "z"), "has shape [3]; only a scalar can be differentiated", "sum"),
        (lambda g: tidegraph.grad(g, "K"), "there is no variable 'K'", ""),
        (lambda g: tidegraph.grad(g, "J", ["w"]), "there is no variable 'w'", "did you mean W?"),
        (lambda g: tidegraph.grad(g, "p"), "the target p is bool", ""),
        (lambda g: tidegraph.hvp(g, "z"), "only a scalar", ""),
        (lambda g: tidegraph.hessian(g, "z"), "only a scalar", ""),
        (lambda g: tidegraph.jacobian(g, "z", "q"), "there is no variable 'q'", ""),
        (lambda g: tidegraph.jvp(g, "q"), "there is no variable 'q'", ""),
        (lambda g: tidegraph.value_and_grad(g, "z"), "only a scalar", ""),
    ],
)
def test_errors(call: Any, message: str, hint: str) -> None:
    graph = tidegraph.parse("W: parameter[3]\nz = W * 2\nJ = sum(z)\np = J > 0")
    with pytest.raises(InputError) as caught:
        call(graph)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_program_without_a_scalar_cannot_be_differentiated() -> None:
    with pytest.raises(InputError, match="no scalar to differentiate") as caught:
        tidegraph.grad(tidegraph.parse("x: input[3]\ny = x * 2"))
    assert "sum" in caught.value.hint


def test_subgradients_at_kinks_are_those_of_torch() -> None:
    program = """
x: input[3] = [-1, 0, 2]
t: input[3] = [-1, 0, 5]
J = sum(relu(x) + abs(x) * 3 + maximum(x, t) * 5 + minimum(x, t) * 7)
"""
    x = torch.tensor([-1.0, 0.0, 2.0], dtype=torch.float64, requires_grad=True)
    t = torch.tensor([-1.0, 0.0, 5.0], dtype=torch.float64, requires_grad=True)
    objective = (torch.relu(x) + x.abs() * 3 + torch.maximum(x, t) * 5 + torch.minimum(x, t) * 7).sum()
    wanted = torch.autograd.grad(objective, (x, t))
    _, gradients = tidegraph.value_and_grad(tidegraph.parse(program))()
    assert_close(gradients["x"], wanted[0], 1e-15)
    assert_close(gradients["t"], wanted[1], 1e-15)


@pytest.mark.parametrize("base", [0.0, -2.0, 3.0])
@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 3.0])
def test_powers_at_zero_and_of_negative_numbers(base: float, exponent: float) -> None:
    x = torch.tensor(base, dtype=torch.float64, requires_grad=True)
    (wanted,) = torch.autograd.grad(x**exponent, x)
    for program in (f"J = x ** {exponent}", f"p: input = {exponent}\nJ = x ** p"):
        found = tidegraph.value_and_grad(tidegraph.parse(f"x: input = {base}\n{program}"), wrt=["x"])()[1]["x"]
        assert_close(found, wanted, 1e-14)


def test_a_chain_of_ten_thousand_operators_is_no_recursion() -> None:
    n = 10_000
    graph = tidegraph.parse(f"x: input = 1\nfor i in range({n}):\n    x = x * 1.0001\nJ = x")
    assert len(graph.operators) == n + 1
    gradient = tidegraph.grad(graph, "J", "x")
    assert_close(numbers(gradient, {"x": 2.0})["dJ_dx"], 1.0001**n, 1e-10)
    tangent = tidegraph.jvp(graph, "x", "J")
    assert_close(numbers(tangent, {"x": 2.0, "x_dot": 3.0})["J_dot"], 3 * 1.0001**n, 1e-10)


def test_what_is_detached_is_a_constant_to_derivatives_of_every_order() -> None:
    graph = tidegraph.parse("x: input = 1.3\nq = x + detach(round(x) - x)\nJ = q ** 2 * detach(x)")
    values = {"x": 1.3, "x_dot": 1.0}
    assert_close(numbers(tidegraph.grad(graph, "J", "x"), {"x": 1.3})["dJ_dx"], 2 * 1.0 * 1.3, 1e-14)
    assert_close(numbers(tidegraph.hvp(graph, "J", "x"), values)["Hx"], 2 * 1.3, 1e-14)
    assert_close(numbers(tidegraph.jvp(graph, "x", "J"), values)["J_dot"], 2.6, 1e-14)


def test_tangents_of_tangents_have_names_of_their_own() -> None:
    graph = tidegraph.parse("x: input[2]\nx_dot: input = 3\nJ = sum(x ** 3) * x_dot")
    first = tidegraph.jvp(graph, "x", "J")
    second = tidegraph.jvp(first, "x", "J_dot")
    assert (first.tangents, second.tangents) == ({"x": "x_dot_2"}, {"x": "x_dot_3"})
    given = {"x": [1.0, 2.0], "x_dot": 3.0, "x_dot_2": [1.0, 0.5], "x_dot_3": [2.0, -1.0]}
    wanted = 3 * (6 * 1 * 1 * 2 + 6 * 2 * 0.5 * -1)
    assert_close(numbers(second, given)["J_dot_dot"], wanted, 1e-14)
    third = numbers(tidegraph.jvp(second, "x", "J_dot_dot"), {**given, "x_dot_4": [1.0, 1.0]})
    assert_close(third["J_dot_dot_dot"], 3 * (6 * 1 * 2 + 6 * 0.5 * -1), 1e-14)


def test_common_subexpressions_are_computed_once() -> None:
    graph = tidegraph.parse("x: input[3]\ny = exp(x)\nJ = sum(y * y)")
    derived = tidegraph.grad(graph, "J", "x")
    names = [o.op.name for o in derived.operators]
    assert names.count("exp") == 1
    assert "sum" not in names


def test_gradients_keep_the_scope_of_what_they_belong_to() -> None:
    graph = tidegraph.parse("def f(x):\n    return exp(x * 2)\n\nx: input\nJ = f(x)")
    derived = tidegraph.grad(graph, "J", "x")
    made = [o for o in derived.operators if o not in set(graph.operators)]
    assert made
    assert all(o.origin.scope is graph.scopes["f"] for o in made if o.op.name != "identity")
