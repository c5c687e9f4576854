"""Libraries by their prefixes and imports; attributes and methods of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.language.reading import refused, value

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.mark.parametrize(
    ("imports", "expression", "wanted"),
    [
        ("import numpy as np", "np.sum(x, axis=0)", [5, 7, 9]),
        ("import numpy", "numpy.linalg.norm(x[0, :2])", np.sqrt(5)),
        ("import jax.numpy as jnp", "jnp.dot(x, x.T)", X @ X.T),
        ("import autograd.numpy as anp", "anp.tanh(x)", np.tanh(X)),
        ("import torch.nn.functional as F", "F.relu(x - 3)", [[0, 0, 0], [1, 2, 3]]),
        ("from torch.nn import functional", "functional.softmax(0 * x, dim=1)", np.full((2, 3), 1 / 3)),
        ("from math import sqrt as root, tau", "root(x[1, 0]) * tau / pi", 4),
        ("from torch import sigmoid, pi", "sigmoid(0 * x[0]) * pi / math.pi", [0.5, 0.5, 0.5]),
        ("from scipy.special import erf", "erf(0 * x[0])", [0, 0, 0]),
        ("import matplotlib.pyplot as plt\nplt.plot([1, 2])", "x[0]", [1, 2, 3]),
        ("torch.manual_seed(0)", "x[0]", [1, 2, 3]),
    ],
)
def test_what_a_library_has(imports: str, expression: str, wanted: Any) -> None:
    np.testing.assert_allclose(value(expression, imports, x=X), wanted, rtol=1e-12)


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("x.T", X.T),
        ("x.mT", X.T),
        ("x.shape[1] * x[0]", [3, 6, 9]),
        ("x.size * x[0]", [6, 12, 18]),
        ("x.size(0) * x[0]", [2, 4, 6]),
        ("x.ndim * x[0]", [2, 4, 6]),
        ("x.dim() * x[0]", [2, 4, 6]),
        ("x.numel() * x[0]", [6, 12, 18]),
        ("x.mean(1).item() if False else x.mean(1)", [2, 5]),
        ("(x / 2).long()", [[0, 1, 1], [2, 2, 3]]),
        ("(x > 2).float()", [[0, 0, 1], [1, 1, 1]]),
        ("(x - 1).to(torch.bool)", [[False, True, True], [True, True, True]]),
        ("x.to('cuda').detach().clone().cpu().double().contiguous()", X),
        ("x.sum(dim=-1, keepdim=True)", [[6], [15]]),
        ("x.masked_fill(x > 4, 0)", [[1, 2, 3], [4, 0, 0]]),
        ("x.expand(2, 2, 3)[1]", X),
    ],
)
def test_attributes_and_methods(expression: str, wanted: Any) -> None:
    np.testing.assert_array_equal(value(expression, x=X), wanted)


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    [
        ("y = torch.sofmax(x, dim=1)", "unknown-in-library", "torch.softmax"),
        ("y = np.tahn(x)", "unknown-in-library", "np.tanh"),
        ("y = nn.Linaer(3, 2)(x)", "unknown-layer", "nn.Linear"),
        ("y = x.sofmax(1)", "not-an-operator", "softmax"),
        ("y = x.sum", "method-not-called", "x.sum()"),
        ("y = x.shpae", "no-attribute", "shape"),
        ("y = x.add_(1)", "in-place-method", "add"),
        ("y = x.item()", "item-of-many", ""),
        ("y = x.grad", "gradient-by-itself", ""),
        ("opt = torch.optim.SGD([x], lr=0.1)", "optimizer-not-here", ""),
    ],
)
def test_an_unknown_name_is_refused_with_the_one_that_was_meant(line: str, code: str, hint: str) -> None:
    error = refused(f"x: input[2, 3]\n{line}")
    assert (error.code, error.line) == (code, 2)
    assert hint in f"{error} {error.hint}"


def test_requires_grad_makes_a_parameter() -> None:
    graph = tidegraph.parse("x = torch.ones(3)\nx.requires_grad_()\nJ = (x ** 2).sum()")
    assert list(graph.leaves("parameter")) == ["x"]
    _, gradients = tidegraph.value_and_grad(graph)(x=np.ones(3))
    np.testing.assert_array_equal(gradients["x"], [2, 2, 2])


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("F.cross_entropy(F.softmax(o, dim=1), y)", "softmax-before-cross-entropy"),
        ("F.binary_cross_entropy_with_logits(torch.sigmoid(o[:, 0]), o[:, 1])", "sigmoid-before-loss"),
    ],
)
def test_a_loss_of_scores_after_their_own_function_is_warned_of(name: str, warning: str) -> None:
    graph = tidegraph.parse(f"o: input[4, 3]\ny: target[4]\nJ = {name}")
    assert [w.message.code for w in graph.warnings] == [warning]
