"""Where functions are not smooth, the slope taken is PyTorch's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
F = torch.nn.functional

from tests.engine.test_limits import ours  # noqa: E402

INF, NAN = math.inf, math.nan


def theirs(f: Any, arrays: tuple[Any, ...]) -> tuple[Any, list[Any]]:
    leaves = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in arrays]
    y = f(*leaves)
    y = y[0] if isinstance(y, tuple) else y
    return y.detach().numpy(), [g.numpy() for g in torch.autograd.grad(y.sum(), leaves)]


LINE = ([-6.0, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0, 30.0, -800.0, 800.0],)

ROWS: list[tuple[str, Any, tuple[Any, ...], dict[str, Any]]] = [
    ("relu", F.relu, LINE, {}),
    ("relu6", F.relu6, LINE, {}),
    ("leaky_relu", F.leaky_relu, LINE, {}),
    ("prelu", F.prelu, (*LINE, [0.25]), {}),
    ("elu", lambda x: F.elu(x, 0.5), LINE, {"alpha": 0.5}),
    ("selu", F.selu, LINE, {}),
    ("celu", lambda x: F.celu(x, 0.5), LINE, {"alpha": 0.5}),
    ("hardtanh", F.hardtanh, LINE, {}),
    ("hardsigmoid", lambda x: F.relu6(x + 3) / 6, LINE, {}),
    ("hardswish", F.hardswish, LINE, {}),
    ("softshrink", F.softshrink, LINE, {}),
    ("hardshrink", F.hardshrink, LINE, {}),
    ("threshold", lambda x: F.threshold(x, 0.5, 9.0), LINE, {"threshold": 0.5, "value": 9.0}),
    ("softsign", F.softsign, LINE, {}),
    ("softplus", F.softplus, LINE, {}),
    ("logsigmoid", F.logsigmoid, LINE, {}),
    ("sigmoid", torch.sigmoid, LINE, {}),
    ("silu", F.silu, LINE, {}),
    ("mish", F.mish, LINE, {}),
    ("gelu", F.gelu, LINE, {}),
    ("abs", torch.abs, LINE, {}),
    ("clip", lambda x: torch.clamp(x, -1, 3), LINE, {"min": -1.0, "max": 3.0}),
    ("maximum", torch.maximum, ([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]), {}),
    ("minimum", torch.minimum, ([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]), {}),
    ("remainder", torch.remainder, ([4.0, -4.0, 5.0], [2.0, 2.0, 3.0]), {}),
    ("fmod", torch.fmod, ([4.0, -4.0, 5.0], [2.0, 2.0, 3.0]), {}),
    ("power", torch.pow, ([0.0, 0.0, 2.0], [0.0, 1.0, 0.0]), {}),
    ("arctan2", torch.arctan2, ([0.0, 3.0], [0.0, 4.0]), {}),
    ("sinc", torch.sinc, ([0.0, 1.0, 0.5],), {}),
    ("nan_to_num", torch.nan_to_num, ([NAN, INF, -INF, 1.0],), {}),
    ("logit", lambda x: torch.logit(x, 0.1), ([0.0, 0.1, 0.5, 0.9, 1.0],), {"eps": 0.1}),
    ("amax", lambda x: x.amax(0), ([1.0, 3.0, 3.0],), {"axis": 0}),
    ("amin", lambda x: x.amin(0), ([1.0, 1.0, 3.0],), {"axis": 0}),
    ("max", lambda x: x.max(0), ([1.0, 3.0, 3.0],), {"axis": 0}),
    ("max", lambda x: x.max(), ([1.0, 3.0, 3.0],), {}),
    ("min", lambda x: x.min(0), ([1.0, 1.0, 3.0],), {"axis": 0}),
    ("median", lambda x: x.sort(stable=True)[0][1], ([3.0, 1.0, 1.0],), {}),
    ("prod", torch.prod, ([0.0, 2.0, 3.0],), {}),
    ("prod", torch.prod, ([0.0, 2.0, 0.0],), {}),
    ("cumprod", lambda x: x.cumprod(0), ([2.0, 0.0, 3.0, 0.0, 1.0],), {}),
    ("logcumsumexp", lambda x: x.logcumsumexp(0), ([1.0, 800.0, -900.0, 2.0],), {}),
    ("logsumexp", lambda x: x.logsumexp(0), ([1.0, 800.0, -INF],), {}),
    ("std", lambda x: x.std(correction=0), ([2.0, 2.0, 2.0],), {}),
    *(
        ("vector_norm", lambda x, p=p: torch.linalg.vector_norm(x, p), (x,), {"ord": p})
        for x in ([0.0, 0.0], [0.0, 2.0, -2.0])
        for p in (1, 1.5, 2, 3, INF)
    ),
    ("vector_norm", lambda x: torch.linalg.vector_norm(x, -INF), ([0.0, 2.0, -2.0],), {"ord": -INF}),
]


@pytest.mark.parametrize(("name", "f", "arrays", "attributes"), ROWS, ids=[f"{r[0]}-{n}" for n, r in enumerate(ROWS)])
def test_value_and_slope_are_pytorchs(name: str, f: Any, arrays: tuple[Any, ...], attributes: dict[str, Any]) -> None:
    value, gradients = ours(name, arrays, **attributes)
    wanted, slopes = theirs(f, arrays)
    np.testing.assert_allclose(value, wanted, rtol=1e-12, atol=1e-15)
    for gradient, slope in zip(gradients, slopes, strict=True):
        np.testing.assert_allclose(gradient, slope, rtol=1e-12, atol=1e-15)
