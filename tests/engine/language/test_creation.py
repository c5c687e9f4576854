"""Arrays made of nothing but sizes, and tensors given by their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.language.reading import refused, value, values


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("arange(4)", [0, 1, 2, 3]),
        ("torch.arange(1, 7, 2)", [1, 3, 5]),
        ("zeros(2, 3)", np.zeros((2, 3))),
        ("np.zeros((2, 3))", np.zeros((2, 3))),
        ("torch.ones(size=(2,))", [1, 1]),
        ("eye(2)", [[1, 0], [0, 1]]),
        ("full((2,), 3.5)", [3.5, 3.5]),
        ("linspace(0, 1, 5)", [0, 0.25, 0.5, 0.75, 1]),
        ("zeros_like(x)", [0, 0, 0]),
        ("torch.full_like(x, 2)", [2, 2, 2]),
        ("tril(ones(3, 3))", np.tri(3)),
        ("torch.tensor([[1, 2], [3, 4]]) @ x[:2]", [5, 11]),
        ("np.array([x[0], x[1] * 2])", [1, 4]),
        ("torch.tensor([True, False])", [True, False]),
        ("F.one_hot(torch.tensor([2, 0]), 3)", [[0, 0, 1], [1, 0, 0]]),
    ],
)
def test_value(expression: str, wanted: Any) -> None:
    np.testing.assert_array_equal(value(f"x[0] * 0 + {expression}", x=np.array([1.0, 2.0, 3.0])), wanted)


@pytest.mark.parametrize(
    ("line", "role", "shape"),
    [
        ("w = torch.tensor([1.0, 2.0], requires_grad=True)", "parameter", (2,)),
        ("w = torch.tensor([[1.0, 2.0]])", "input", (1, 2)),
        ("w = torch.randn(2, 3, requires_grad=True)", "parameter", (2, 3)),
        ("w = np.random.randn(4)", "input", (4,)),
        ("w = nn.Parameter(torch.zeros(5))", "parameter", (5,)),
        ("w = Value(2.0)", "parameter", ()),
    ],
)
def test_a_tensor_with_a_name_is_a_leaf(line: str, role: str, shape: tuple[int, ...]) -> None:
    graph = tidegraph.parse(f"{line}\nJ = w.sum()")
    assert {name: leaf.shape for name, leaf in graph.leaves(role).items()} == {"w": shape}


def test_draws_are_those_of_the_seed_and_of_the_stated_spread() -> None:
    program = "a = torch.randn(400)\nb = np.random.uniform(2, 3, size=400)\nJ = a.sum() + b.sum()"
    graph = tidegraph.parse(program)
    first, again, other = (tidegraph.initial_values(graph, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first["a"], again["a"])
    assert not np.array_equal(first["a"], other["a"])
    assert abs(first["a"].mean()) < 0.2
    assert 0.8 < first["a"].std() < 1.2
    assert 2 <= first["b"].min() < first["b"].max() <= 3


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("x = torch.tensor([[1, 2], [3]])", "ragged"),
        ("x = torch.tensor(['a'])", "not-numbers"),
        ("x = zeros(2.5)", "size-not-whole"),
        ("x = zeros(-1)", "size-not-whole"),
        ("x = np.array([[1, 2], [3]])", "ragged"),
    ],
)
def test_refused(line: str, code: str) -> None:
    assert refused(f"{line}\nJ = sum(x)").code == code


def test_arrays_too_large_to_be_written_into_a_graph_are_refused() -> None:
    assert refused("x = ones(100000, 100000)\nJ = sum(x)").line == 1


def test_a_list_with_variables_in_it_is_one_array() -> None:
    found = values("a: input = 2\nb: input = 3\nv = torch.stack([a, a * b])\nw = np.array([a, b]) @ v", a=2.0, b=3.0)
    np.testing.assert_array_equal(found["v"], [2, 6])
    np.testing.assert_array_equal(found["w"], 22)
