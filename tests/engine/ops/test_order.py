"""The operator of order computes nothing: its first operand comes out, and its second is known before."""

from __future__ import annotations

import numpy as np

from tests.engine.known import check, gradients
from tidegraph.engine.graph import leaf
from tidegraph.engine.ops import REGISTRY
from tidegraph.engine.runtime.plan import Plan


def test_the_first_array_comes_out_and_has_all_of_the_gradient() -> None:
    check("after(x, y)", {"x": [1.0, 2.0], "y": [3.0]}, [1, 2])
    found = gradients("3 * after(x, y)", x=[1.0, 2.0], y=[3.0])
    np.testing.assert_array_equal(found["x"], [3, 3])
    assert "y" not in found


def test_what_it_waits_for_is_computed_before_what_comes_after() -> None:
    a, b = leaf((2,), "input"), leaf((2,), "input")
    early = REGISTRY["cos"](a)
    result = REGISTRY["exp"](REGISTRY["after"](early, REGISTRY["sin"](b)))
    order = [operator.op.name for operator in Plan([result], {"a": a, "b": b}).operators]
    assert order.index("sin") < order.index("after") < order.index("exp")
