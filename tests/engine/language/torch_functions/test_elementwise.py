"""Arithmetic with PyTorch's extra factors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.language.reading import value


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("torch.add(x, y, alpha=10)", [41, 7, 52]),
        ("torch.sub(x, y, alpha=2)", [-7, -5, -8]),
        ("torch.rsub(x, y)", [3, 4, 3]),
        ("torch.div(y, x, rounding_mode='floor')", [4, -1, 2]),
        ("torch.div(y, x, rounding_mode='trunc')", [4, 0, 2]),
        ("torch.addcmul(x, y, y, value=0.5)", [9, -2.5, 14.5]),
        ("torch.addcdiv(x, y, y, value=3)", [4, 0, 5]),
        ("torch.clamp(x, min=0)", [1, 0, 2]),
        ("torch.clamp(x, max=torch.tensor([0.0, 0.0, 5.0]))", [0, -3, 2]),
        ("x.clip(-1, 1)", [1, -1, 1]),
    ],
)
def test_value(expression: str, wanted: Any) -> None:
    np.testing.assert_array_equal(value(expression, x=np.array([1.0, -3.0, 2.0]), y=np.array([4.0, 1.0, 5.0])), wanted)


def test_a_factor_that_is_a_variable_has_a_gradient() -> None:
    graph = tidegraph.parse("a: parameter\nx: input\ny: input\nJ = torch.add(x, y, alpha=a)")
    _, gradients = tidegraph.value_and_grad(graph)(a=2.0, x=3.0, y=7.0)
    assert gradients["a"] == 7
