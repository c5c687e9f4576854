"""Attention against loops over queries and keys, its masks, and its rotations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.engine.known import gradients, refusal, value

RANDOM = np.random.default_rng(3)
Q, K, V = RANDOM.normal(size=(3, 4)), RANDOM.normal(size=(5, 4)), RANDOM.normal(size=(5, 2))


def attention(q: Any, k: Any, v: Any, counts: Any = lambda i, j: True) -> np.ndarray:
    """Softmax of the scaled scores of the keys that count, one query at a time."""
    rows = []
    for i, query in enumerate(q):
        scores = {j: math.exp(query @ key / math.sqrt(len(query))) for j, key in enumerate(k) if counts(i, j)}
        total = sum(scores.values())
        rows.append(sum((scores[j] / total * v[j] for j in scores), np.zeros(np.shape(v)[1])))
    return np.array(rows)


def test_attention_is_a_weighted_mean_of_the_values() -> None:
    call = "scaled_dot_product_attention(q, k, v)"
    np.testing.assert_allclose(value(call, q=Q, k=K, v=V), attention(Q, K, V), rtol=1e-12)
    assert gradients(call, {"q": Q, "k": K}, v=V)["v"].sum() == 6  # each of 3 queries shares out 1 in 2 columns


def test_masks_choose_the_keys() -> None:
    causal = value("scaled_dot_product_attention(q, k, v, is_causal=True)", q=Q, k=K, v=V)
    np.testing.assert_allclose(causal, attention(Q, K, V, lambda i, j: j <= i), rtol=1e-12)
    mask = [[1, 0, 1, 0, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]]
    chosen = value("scaled_dot_product_attention(q, k, v, m > 0)", q=Q, k=K, v=V, m=mask)
    np.testing.assert_allclose(chosen, attention(Q, K, V, lambda i, j: mask[i][j]), rtol=1e-12)
    assert not chosen[1].any()


def test_groups_of_query_heads_share_a_head() -> None:
    q = RANDOM.normal(size=(4, 3, 4))
    found = value("grouped_query_attention(q, k, v)", q=q, k=np.stack([K, -K]), v=np.stack([V, V + 1]))
    for head in range(4):
        k, v = (K, V) if head < 2 else (-K, V + 1)
        np.testing.assert_allclose(found[head], attention(q[head], k, v), rtol=1e-12)


def test_rotary_embedding_turns_pairs_by_the_position() -> None:
    x = [[1.0, 2.0, 3.0, 4.0]] * 2
    c, s, c2, s2 = math.cos(1), math.sin(1), math.cos(0.01), math.sin(0.01)
    halves = [1 * c - 3 * s, 2 * c2 - 4 * s2, 1 * s + 3 * c, 2 * s2 + 4 * c2]
    pairs = [1 * c - 2 * s, 1 * s + 2 * c, 3 * c2 - 4 * s2, 3 * s2 + 4 * c2]
    np.testing.assert_allclose(value("rotary_embedding(x)", x=x), [x[0], halves], rtol=1e-12)
    np.testing.assert_allclose(value("rotary_embedding(x, interleaved=True)", x=x), [x[0], pairs], rtol=1e-12)
    np.testing.assert_allclose(value("rotary_embedding(x, offset=1)", x=x)[0], halves, rtol=1e-12)


def test_several_heads_are_attention_over_parts_of_the_features() -> None:
    eye = np.eye(4)
    found = value(
        "multi_head_attention(q, k, k, w, o, num_heads=2)", q=Q, k=K, w=np.concatenate([eye, eye, 2 * eye]), o=eye
    )
    parts = [attention(Q[:, part], K[:, part], 2 * K[:, part]) for part in (slice(2), slice(2, 4))]
    np.testing.assert_allclose(found, np.concatenate(parts, axis=1), rtol=1e-12)


def test_wrong_shapes_are_named() -> None:
    attend = "scaled_dot_product_attention(q, k, v"
    assert "queries have 4 features, keys have 5" in refusal(f"{attend})", q=[3, 4], k=[3, 5], v=[3, 5])
    assert "[..., length, 2 n]" in refusal("rotary_embedding(x)", x=[3, 3])
    many = refusal("multi_head_attention(x, x, x, w, o, num_heads=3)", x=[2, 4], w=[12, 4], o=[4, 4])
    assert "4 features do not divide into 3 heads" in many
    assert "[2, 5]" in refusal(f"{attend}, m)", q=[3, 4], k=[5, 4], v=[5, 4], m=[2, 5])
