"""`torch.nn.functional`: softmax, dropout, embeddings and similarities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph
from tests.engine.language.reading import value

LN2 = np.log(2.0)


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("F.softmax(x, dim=0)", [[2 / 3, 1 / 5], [1 / 3, 4 / 5]]),
        ("F.softmax(x, dim=1)", [[2 / 3, 1 / 3], [1 / 5, 4 / 5]]),
        ("F.softmax(x)", [[2 / 3, 1 / 3], [1 / 5, 4 / 5]]),
        ("F.softmin(-x, dim=1)", [[2 / 3, 1 / 3], [1 / 5, 4 / 5]]),
        ("F.log_softmax(x, dim=1)[0]", [np.log(2 / 3), np.log(1 / 3)]),
        ("F.glu(0 * x, dim=-1)", [[0], [0]]),
        ("F.cosine_similarity(ones(2, 2), torch.tensor([[1.0, 0.0], [2.0, 2.0]]), dim=1)", [np.sqrt(0.5), 1]),
        ("F.normalize(torch.tensor([[3.0, 4.0]]), dim=1)", [[0.6, 0.8]]),
        ("F.embedding(torch.tensor([1, 0]), x)", [[0, 2 * LN2], [LN2, 0]]),
        ("F.dropout(x, 0.5, training=False)", [[LN2, 0], [0, 2 * LN2]]),
    ],
)
def test_value(expression: str, wanted: Any) -> None:
    np.testing.assert_allclose(value(expression, x=np.array([[LN2, 0.0], [0.0, 2 * LN2]])), wanted, rtol=1e-7)


def drawn(expression: str, shape: tuple[int, ...]) -> np.ndarray:
    return value(expression, x=np.ones(shape))


def test_dropout_keeps_the_mean_and_leaves_zeros_or_scaled_elements() -> None:
    found = drawn("F.dropout(x, 0.25)", (4000,))
    assert set(np.unique(found)) == {0.0, 1 / 0.75}
    assert abs(found.mean() - 1) < 0.05


def test_dropout_of_channels_drops_them_as_a_whole() -> None:
    found = drawn("F.dropout2d(x, 0.5)", (8, 16, 3, 3))
    assert (found.min(axis=(2, 3)) == found.max(axis=(2, 3))).all()
    assert set(np.unique(found)) == {0.0, 2.0}


def test_alpha_dropout_keeps_mean_and_variance_of_standard_values() -> None:
    x = np.random.default_rng(0).standard_normal(20000)
    found = value("F.alpha_dropout(x, 0.2, training=True)", x=x)
    assert abs(found.mean()) < 0.03
    assert abs(found.var() - 1) < 0.05
    np.testing.assert_array_equal(value("F.alpha_dropout(x, 0.2)", x=x), x)


def test_two_dropouts_draw_differently() -> None:
    found = drawn("torch.stack([F.dropout(x), F.dropout(x)])", (200,))
    assert not np.array_equal(found[0], found[1])


def test_the_gradient_of_a_softmax_by_hand() -> None:
    graph = tidegraph.parse("x: parameter[2]\np = F.softmax(x, dim=0)\nJ = p[0]")
    _, gradients = tidegraph.value_and_grad(graph)(x=np.zeros(2))
    np.testing.assert_allclose(gradients["x"], [0.25, -0.25], rtol=1e-12)
