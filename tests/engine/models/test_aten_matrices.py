"""Rules of PyTorch's linear algebra, without PyTorch: their numbers beside NumPy's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.models import aten_matrices
from tidegraph.engine.models.aten import RULES, Calls, NoRule
from tidegraph.engine.models.builder import Builder

A = np.array([[4.0, 1.0, 0.5], [2.0, 5.0, 1.0], [0.5, -1.0, 3.0]])


def computed(name: str, shape: tuple[int, ...], own: str = "self", several: bool = False, **given: Any) -> np.ndarray:
    """The first result of a call on A."""
    b = Builder()
    x = b.leaf("x", A.shape, "input", A)
    mapped = {k: b.leaf(k, v.shape, "input", v) if isinstance(v, np.ndarray) else v for k, v in given.items()}
    out: Any = SimpleNamespace(shape=shape)
    found = RULES[name](Calls(b, lambda v: v), SimpleNamespace(**{own: x}, **mapped), (out, out) if several else out)
    model = b.model([x], [("y", found[0] if isinstance(found, tuple) else found)])
    (values,) = tidegraph.function(model.graph, model.outputs)(model.values)
    return values[model.outputs[0]]


def test_the_module_enters_its_rules() -> None:
    assert RULES["linalg_norm"].__module__ == aten_matrices.__name__


@pytest.mark.parametrize("order", [None, 1, 2, "fro", "nuc", -2, float("inf")])
def test_norms_with_an_order_are_of_matrices_and_without_one_of_vectors(order: Any) -> None:
    y = computed("linalg_norm", (), ord=order, dim=None, keepdim=False)
    np.testing.assert_allclose(y, np.linalg.norm(A, order), rtol=1e-12)


@pytest.mark.parametrize("upper", [False, True])
def test_one_triangle_of_a_matrix_is_read(upper: bool) -> None:
    full = np.triu(A) + np.triu(A, 1).T if upper else np.tril(A) + np.tril(A, -1).T
    wanted = np.linalg.cholesky(full)
    y = computed("linalg_cholesky_ex", (3, 3), several=True, upper=upper, check_errors=False)
    np.testing.assert_allclose(y, wanted.T if upper else wanted, rtol=1e-12)


@pytest.mark.parametrize("left", [False, True])
def test_equations_are_solved_from_either_side(left: bool) -> None:
    right = np.arange(9.0).reshape(3, 3)
    y = computed("linalg_solve", (3, 3), own="A", B=right, left=left)
    np.testing.assert_allclose(A @ y if left else y @ A, right, atol=1e-12)


def test_the_columns_of_vander_fall_unless_they_are_asked_to_rise() -> None:
    b = Builder()
    x = b.leaf("x", (3,), "input", np.array([2.0, 3.0, 1.0]))
    for given, wanted in (({}, np.vander([2, 3, 1], increasing=True)), ({"increasing": False}, np.vander([2, 3, 1]))):
        name = "vander" if given else "linalg_vander"
        found = RULES[name](Calls(b, lambda v: v), SimpleNamespace(self=x, x=x, **given), SimpleNamespace(shape=(3, 3)))
        model = b.model([x], [("y", found)])
        (values,) = tidegraph.function(model.graph, model.outputs)(model.values)
        np.testing.assert_allclose(values[model.outputs[0]], wanted)


def test_a_bound_of_singular_values_that_is_absolute_has_no_rule() -> None:
    with pytest.raises(NoRule):
        computed("linalg_pinv", (3, 3), atol=0.1, rtol=None, hermitian=False)
