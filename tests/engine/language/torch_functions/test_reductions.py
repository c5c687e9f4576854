"""Reductions with PyTorch's meaning: spreads divide by n - 1, extremes have indices, the median is an element."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.language.reading import value

X = np.array([[4.0, 1.0, 1.0, 2.0], [3.0, 9.0, 0.0, 3.0]])


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("torch.std(torch.tensor([1.0, 3.0]))", np.sqrt(2)),
        ("torch.var(torch.tensor([1.0, 3.0]), unbiased=False)", 1),
        ("torch.var(torch.tensor([1.0, 3.0]), correction=0)", 1),
        ("torch.var(torch.tensor([1.0, 3.0]), False)", 1),
        ("torch.var_mean(torch.tensor([1.0, 3.0]), dim=0)[1]", 2),
        ("torch.max(x, 1)[1]", [0, 1]),
        ("torch.max(x, dim=1, keepdim=True).values", [[4], [9]]),
        ("torch.max(x, 2 * ones(2, 4))", [[4, 2, 2, 2], [3, 9, 2, 3]]),
        ("torch.median(x)", 2),
        ("torch.median(x, dim=1).values", [1, 3]),
        ("torch.nanmedian(torch.tensor([1.0, nan, 3.0, 7.0]))", 3),
        ("torch.kthvalue(x, 3, dim=1).values", [2, 3]),
        ("torch.mode(x, dim=1).values", [1, 3]),
        ("torch.mode(x, dim=1).indices", [2, 3]),
        ("torch.sort(x, dim=1, descending=True).values[1]", [9, 3, 3, 0]),
        ("torch.topk(x, 2, dim=1).values", [[4, 2], [9, 3]]),
        ("torch.topk(x, 1, largest=False).indices[1]", [2]),
        ("torch.cummax(x, dim=1).values[1]", [3, 9, 9, 9]),
        ("torch.aminmax(x).max - torch.aminmax(x).min", 9),
        ("torch.count_nonzero(x, dim=1)", [4, 3]),
        ("torch.norm(x[:, :2], dim=1)", [np.sqrt(17), np.sqrt(90)]),
        ("torch.linalg.vector_norm(x[0], ord=1)", 8),
        ("torch.linalg.norm(x[:, :2], ord='fro')", np.sqrt(107)),
        ("torch.linalg.matrix_norm(x[:, :2], ord=1)", 10),
        ("torch.dist(x[0], x[1], 1)", 11),
    ],
)
def test_value(expression: str, wanted: Any) -> None:
    np.testing.assert_allclose(value(expression, x=X), wanted, rtol=1e-12)


def test_the_gradient_of_a_median_goes_to_its_element() -> None:
    graph = tidegraph.parse("x: parameter[4]\nJ = torch.median(x)")
    _, gradients = tidegraph.value_and_grad(graph)(x=np.array([5.0, 2.0, 8.0, 3.0]))
    np.testing.assert_array_equal(gradients["x"], [0, 0, 0, 1])
