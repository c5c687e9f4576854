"""PyTorch's spellings: composites by their own functions, and code that is Python whatever an operand looks like."""

from __future__ import annotations

import pytest

from tests.engine.ops.source.spelled import spelled
from tidegraph.engine.graph import InputError
from tidegraph.engine.ops import REGISTRY
from tidegraph.engine.ops.source.torch import SPELLINGS

LINES = {
    "maximum(a, b)": "torch.maximum(a, b)",
    "maximum(a, 0)": "torch.clamp(a, min=0)",
    "minimum(3, a)": "torch.clamp(a, max=3)",
    "2 ** -a": "2**(-a)",
    "a[::-1]": "torch.flip(a[0:2:1], (0,))",
    "sum(W, axis=0, keepdims=True)": "torch.sum(W, dim=0, keepdim=True)",
    "max(W)": "torch.amax(W, dim=(0, 1))",
    "cumsum(W)": "torch.cumsum(W.flatten(), dim=0)",
    "prod(W, axis=(0, 1))": "torch.prod(torch.prod(W, dim=1), dim=0)",
    "any(a > b)": "torch.any(a > b)",
    "any(a)": "torch.any(a != 0)",
    "all(detach(a + b))": "torch.all((a + b).detach() != 0)",
    "any(detach(a + b), axis=0)": "torch.any((a + b).detach() != 0, dim=0)",
    "where(a > b, a, 1)": "torch.where(a > b, a, 1)",
    "where(b, a, 1)": "torch.where(b != 0, a, 1)",
    "gelu(a)": "F.gelu(a)",
    "linear(W.T, b)": "F.linear(W.T, b)",
    "cross_entropy(a, b)": "F.cross_entropy(a, b)",
    "one_hot(argmax(W, axis=1), num_classes=3)": "F.one_hot(torch.argmax(W, dim=1).long(), 3)",
}


@pytest.mark.parametrize(("call", "line"), LINES.items())
def test_a_call_is_spelled_as_a_person_would(call: str, line: str) -> None:
    assert spelled(call, "pytorch") == line


def test_what_pytorch_cannot_say_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="sinc"):
        spelled("sinc(a, order=1)", "pytorch")


def test_spellings_are_those_of_operators() -> None:
    assert not set(SPELLINGS) - set(REGISTRY)
