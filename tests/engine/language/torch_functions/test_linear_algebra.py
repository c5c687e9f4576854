"""Functions that PyTorch has besides the operators."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import tidegraph

A = np.array([[1.0, 5.0], [2.0, 3.0]])
BATCH = np.stack([A, 2 * A])


@pytest.mark.parametrize(
    ("matrix", "value", "computed"),
    [
        ("A", A, lambda a: a),
        ("A + A.T", A, lambda a: a + a.T),
        ("A @ A.T", A, lambda a: a @ a.T),
        ("A + A.transpose(0, 0)", A, lambda a: 2 * a),
        ("A * A.transpose(1, 0)", A, lambda a: a * a.T),
        ("A + A.mT", BATCH, lambda a: a + a.swapaxes(1, 2)),
        ("A @ A.transpose(0, 1)", BATCH, lambda a: a @ a.swapaxes(0, 1)),
    ],
)
def test_eigenvalues_are_those_of_the_lower_triangle(
    matrix: str, value: np.ndarray, computed: Callable[[np.ndarray], np.ndarray]
) -> None:
    shape = ", ".join(map(str, value.shape))
    graph = tidegraph.parse(f"A: input[{shape}]\nw, v = torch.linalg.eigh({matrix})\nJ = sum(w)")
    values, _ = tidegraph.value_and_grad(graph)(A=value)
    np.testing.assert_allclose(values["w"], np.linalg.eigvalsh(computed(value)), rtol=1e-12)
