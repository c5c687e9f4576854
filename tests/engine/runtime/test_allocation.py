"""Where arrays lie: results serve others until they are written, and never once somebody holds them."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.runtime.allocation import Block, arrange

NETWORK = """
d, h, q, n = 300, 250, 200, 120
x: input[d, n]
y: target[q, n]
W1: parameter[h, d]
W2: parameter[q, h]
o = W2 @ tanh(W1 @ x)
J = squared_error(o, y) + sum(W1 ** 2) + sum(W2 ** 2)
"""


def test_training_takes_no_more_than_what_is_live_at_once() -> None:
    plan = tidegraph.plan(tidegraph.parse(NETWORK), keep="training")
    assert any(block.host is not None for block in plan.blocks.values() if plan.arena_bytes)
    assert plan.peak_bytes < 1.15 * max(s.live_bytes + s.workspace_bytes for s in plan.steps)
    own = sum(block.size for block in set(plan.blocks.values()) if not block.is_output)
    assert plan.peak_bytes < plan.result_bytes + own


@pytest.mark.parametrize("keep", ["training", "named", "all"])
def test_answers_that_are_held_stay_as_they_are(keep: str) -> None:
    graph = tidegraph.parse(NETWORK)
    f = tidegraph.value_and_grad(graph, keep=keep)
    random = np.random.default_rng(0)
    requests = [{name: random.normal(size=v.shape) for name, v in graph.leaves().items()} for _ in range(5)]
    requests = [{name: array for name, array in r.items() if name not in graph.sizes} for r in requests]
    held = [f(request) for request in requests]
    views = [gradients["W1"][3:, ::2] for _, gradients in held]
    part = [view.copy() for view in views]
    del held[1]
    held.insert(1, f(requests[1]))
    f(requests[0])
    for request, answer, view, expected in zip(requests, held, views, part, strict=True):
        fresh = tidegraph.value_and_grad(graph, keep=keep)(request)
        for found, wanted in zip(answer, fresh, strict=True):
            assert all(np.array_equal(found[name], wanted[name]) for name in wanted)
        assert np.array_equal(view, expected)


def test_blocks_that_are_needed_together_never_share_bytes() -> None:
    random = np.random.default_rng(1)
    for _ in range(50):
        spans = np.sort(random.integers(0, 40, (60, 2)), axis=1)
        sizes = random.integers(1, 300_000, 60)
        blocks = [Block(int(s), int(a), int(b)) for s, (a, b) in zip(sizes, spans, strict=True)]
        outputs = [
            Block(int(s), int(f), 40, is_output=True) for s, f in zip(sizes[:6] * 2, range(0, 36, 6), strict=True)
        ]
        total = arrange(blocks, outputs)
        for i, a in enumerate(blocks):
            assert a.offset + a.size <= (total if a.host is None else a.host.size)
            assert a.host is None or a.last < a.host.first
            for b in blocks[:i]:
                apart = a.offset + a.size <= b.offset or b.offset + b.size <= a.offset
                assert apart or a.last < b.first or b.last < a.first or a.host is not b.host
