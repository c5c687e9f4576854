"""Matrices by columns: the same numbers, and parameters' gradients by rows."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.runtime.function import Function
from tidegraph.engine.runtime.plan import Plan, outputs_of, passes

TALL = """
n, d, h = 40, 60, 900
x: input[d, n]
y: target[3, n]
W1: parameter[h, d]
b1: parameter[h, 1]
W2: parameter[3, h]
z = W1 @ x + b1
a = relu(z) * sigmoid(z)
o = W2 @ a
J = squared_error(o, y) + sum(W1 ** 2) + mean(a)
"""


@pytest.mark.parametrize("keep", ["all", "named", "training"])
def test_tall_products_lie_by_columns_and_the_numbers_are_the_same(keep: str) -> None:
    graph = tidegraph.parse(TALL)
    f = tidegraph.value_and_grad(graph, keep=keep)
    assert ".T.dot(" in f.source
    wanted = passes(graph, keep=keep)
    groups = (wanted.values, wanted.gradients)
    by_rows = Function(graph, Plan(outputs_of(groups), graph.leaves(), by_rows=True), groups)
    random = np.random.default_rng(0)
    given = {name: random.normal(size=v.shape) for name, v in graph.leaves().items()}
    for found, expected in zip(f(given), by_rows(given), strict=True):
        assert list(found) == list(expected)
        for name, array in expected.items():
            np.testing.assert_allclose(found[name], array, rtol=1e-9, atol=1e-9, err_msg=name)
    _, gradients = f(given)
    assert all(gradients[name].flags.c_contiguous for name in ("W1", "b1", "W2"))


def test_passes_that_are_compared_lie_by_rows_and_agree_bit_for_bit() -> None:
    made = tidegraph.checkpoint.checkpoint(tidegraph.parse(TALL), segments=2)
    assert not made.pass_.plan.column_major
    assert made.verify()
