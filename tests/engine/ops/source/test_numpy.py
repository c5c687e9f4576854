"""NumPy's spellings, as a person would write the line."""

from __future__ import annotations

import pytest

from tests.engine.ops.source.spelled import spelled
from tidegraph.engine.ops import REGISTRY, Primitive
from tidegraph.engine.ops.source.numpy import SPELLINGS

LINES = {
    "a - (b - a)": "a - (b - a)",
    "(-a) ** 2": "(-a)**2",
    "-(a * b)": "-(a * b)",
    "W.T": "W.T",
    "reshape(W, (6,))": "W.reshape(6)",
    "reshape(c, ())": "np.reshape(c, ())",
    "transpose(V, (1, 2, 0))": "np.transpose(V, (1, 2, 0))",
    "a[::-1]": "a[::-1]",
    "sum(W, axis=0, keepdims=True)": "np.sum(W, axis=0, keepdims=True)",
    "relu(a)": "np.maximum(a, 0)",
    "concatenate((W, W), axis=1)": "np.concatenate((W, W), axis=1)",
    "broadcast_to(a, (3, 2))": "np.broadcast_to(a, (3, 2))",
    "softmax(W)": "softmax(W, axis=-1)",
    "inf * a": 'float("inf") * a',
    "cumsum(W)": "np.cumsum(W)",
    "any(a + b)": "np.any(a + b)",
}


@pytest.mark.parametrize(("call", "line"), LINES.items())
def test_a_call_is_spelled_as_a_person_would(call: str, line: str) -> None:
    assert spelled(call, "numpy") == line


def test_every_operator_with_a_kernel_has_a_spelling() -> None:
    assert not {name for name, op in REGISTRY.items() if isinstance(op, Primitive)} - set(SPELLINGS)
    assert not set(SPELLINGS) - set(REGISTRY)
