"""Numbers at the edge: stable far from zero and at it, nothing warned about, and where the first infinity arose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph

pytestmark = pytest.mark.filterwarnings("error")

FAR = 1e4
"""Beyond what an exponential holds, in both types."""

STABLE: dict[str, tuple[str, list[float], Any, Any]] = {
    "logsumexp": ("logsumexp(x)", [FAR, 0], FAR, [1, 0]),
    "logsumexp, far below": ("logsumexp(x)", [-FAR, -2 * FAR], -FAR, [1, 0]),
    "softplus": ("sum(softplus(x))", [-FAR, FAR], FAR, [0, 1]),
    "logsigmoid": ("sum(logsigmoid(x))", [-FAR, FAR], -FAR, [1, 0]),
    "silu": ("sum(silu(x))", [-FAR, FAR], FAR, [0, 1]),
    "gelu": ("sum(gelu(x))", [-FAR, FAR], FAR, [0, 1]),
    "mish": ("sum(mish(x))", [-FAR, FAR], FAR, [0, 1]),
    "elu": ("sum(elu(x))", [-FAR, FAR], FAR - 1, [0, 1]),
    "cross entropy": ("cross_entropy(reshape(x, (1, 2)), [1])", [FAR, 0], FAR, [1, -1]),
    "binary cross entropy": ("binary_cross_entropy_with_logits(x, [0, 1])", [FAR, FAR], FAR / 2, [0.5, 0]),
    "logaddexp": ("logaddexp(x[0], x[1])", [FAR, FAR], FAR + np.log(2), [0.5, 0.5]),
    "hypot": ("hypot(x[0], x[1])", [3e18, 4e18], 5e18, [0.6, 0.8]),
    "norm at zero": ("norm(x)", [0, 0], 0, [0, 0]),
    "norms of rows at zero": ("sum(norm(reshape(x, (1, 2)), axis=1))", [0, 0], 0, [0, 0]),
    "normalised zero": ("sum(normalize(x, axis=0) * 0 + x)", [0, 0], 0, [1, 1]),
    "similarity with zero": ("cosine_similarity(x, [1, 2], axis=0)", [0, 0], 0, None),
    "layer norm of equal numbers": ("sum(layer_norm(x))", [3, 3], 0, [0, 0]),
    "x log y at zero": ("xlogy(x[0], x[1])", [0, 0], 0, None),
    "sinc at zero": ("sum(sinc(x))", [0, 0], 2, [0, 0]),
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("program", "x", "value", "gradient"), STABLE.values(), ids=STABLE)
def test_stable_far_from_zero_and_at_it(program: str, x: list[float], value: Any, gradient: Any, dtype: str) -> None:
    graph = tidegraph.parse(f"x: parameter[2]\nJ = {program}")
    values, gradients = tidegraph.value_and_grad(graph, dtype=dtype)(x=x)
    tolerance = 1e-12 if dtype == "float64" else 1e-6
    np.testing.assert_allclose(values["J"], value, rtol=tolerance, atol=tolerance)
    assert np.isfinite(gradients["x"]).all()
    if gradient is not None:
        np.testing.assert_allclose(gradients["x"], gradient, rtol=tolerance, atol=tolerance)
    assert {a.dtype for group in (values, gradients) for a in group.values() if a.dtype.kind == "f"} == {
        np.dtype(dtype)
    }


def test_the_trace_says_where_the_first_infinity_arose() -> None:
    program = "x: input[3]\nW: parameter[2, 3]\nz = W @ x\ne = exp(z)\nq = 1 / (e - e)\nJ = sum(q) + sum(e)"
    trace = tidegraph.trace(tidegraph.parse(program), values={"x": [1, 2, 3], "W": [[1, 0, 0], [0, 0, 500]]})
    assert trace.first_nonfinite == "exp:e"
    trace = tidegraph.trace(tidegraph.parse(program), values={"x": [1, 2, 3], "W": [[1, 0, 0], [0, 0, 1]]})
    assert trace.first_nonfinite == "divide:q"
