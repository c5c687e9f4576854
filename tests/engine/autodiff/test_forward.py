"""Forward mode: Jacobian-vector products by an operator's own rule, by linearity, elementwise, and in general."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.autodiff.forward import pushforward, total
from tidegraph.engine.graph import leaf

CASES = {
    "own rule": ("y = x @ x", lambda x, t: 2 * x @ t),
    "linear": ("y = sum(x)", lambda x, t: t.sum()),
    "elementwise": ("y = exp(x)", lambda x, t: np.exp(x) * t),
    "general": ("y = logsumexp(x)", lambda x, t: (np.exp(x) / np.exp(x).sum()) @ t),
    "two paths": ("y = x * sin(x)", lambda x, t: (np.sin(x) + x * np.cos(x)) * t),
}


@pytest.mark.parametrize(("line", "wanted"), CASES.values(), ids=CASES)
def test_a_tangent_by_every_way(line: str, wanted: object) -> None:
    graph = tidegraph.jvp(tidegraph.parse(f"x: input[3]\n{line}"), "x", "y")
    x, t = np.array([0.3, -1.0, 2.0]), np.array([1.0, 0.5, -2.0])
    (found,) = tidegraph.function(graph)(x=x, x_dot=t)
    np.testing.assert_allclose(found["y_dot"], wanted(x, t), rtol=1e-12)  # type: ignore[operator]


def test_only_what_depends_on_the_tangent_has_one() -> None:
    x, w = leaf((3,), "input"), leaf((3,), "parameter")
    moved, still = x * 2.0, w * 2.0
    operators = [v.operator for v in (moved, still) if v.operator is not None]
    found = pushforward(operators, {x: leaf((3,), "input")})
    assert moved in found
    assert still not in found


def test_a_sum_of_those_that_are_there() -> None:
    x = leaf((), "input")
    assert total([None, None]) is None
    assert total([None, x]) is x
    assert total([x, x]) is not None
