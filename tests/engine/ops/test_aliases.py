"""Names from PyTorch and NumPy: each leads to an operator that exists, and means what it means there."""

from __future__ import annotations

from typing import Any

import pytest

import tidegraph
from tests.engine.known import check, refusal
from tidegraph.engine.ops import REGISTRY
from tidegraph.engine.ops.aliases import ARGUMENTS, INSTEAD, OPERATORS

CALLS: list[tuple[str, dict[str, Any], Any]] = [
    ("clamp(x, min=-1, max=1)", {"x": [-3.0, 0.5, 3.0]}, [-1.0, 0.5, 1.0]),
    ("clip(x, a_min=-1, a_max=1)", {"x": [-3.0, 0.5, 3.0]}, [-1.0, 0.5, 1.0]),
    ("cat((x, x), dim=0)", {"x": [1.0, 2.0]}, [1.0, 2.0, 1.0, 2.0]),
    ("torch.sub(x, other=y)", {"x": [5.0], "y": [3.0]}, [2.0]),
    ("sum(x, dim=1, keepdim=True)", {"x": [[1.0, 2.0], [3.0, 4.0]]}, [[3.0], [7.0]]),
    ("var(x, correction=1)", {"x": [1.0, 3.0]}, 2.0),
    ("x.unsqueeze(dim=0)", {"x": [1.0, 2.0]}, [[1.0, 2.0]]),
    ("swapdims(x, 0, 1)", {"x": [[1.0, 2.0]]}, [[1.0], [2.0]]),
    ("fix(x)", {"x": [-1.5, 1.5]}, [-1.0, 1.0]),
    ("repeat_interleave(x, 2)", {"x": [1.0, 2.0]}, [1.0, 1.0, 2.0, 2.0]),
    ("swish(x) - silu(x)", {"x": [2.0]}, [0.0]),
]


@pytest.mark.parametrize(("call", "inputs", "expected"), CALLS)
def test_a_foreign_name_means_what_it_means_there(call: str, inputs: dict[str, Any], expected: Any) -> None:
    check(call, inputs, expected)


def test_every_name_leads_to_an_operator_and_hides_none() -> None:
    assert not {name for name, meant in OPERATORS.items() if meant not in REGISTRY}
    assert not set(OPERATORS) & set(REGISTRY)
    assert not set(INSTEAD) & (set(REGISTRY) | set(OPERATORS))


def test_every_argument_stands_for_one_that_an_operator_has() -> None:
    known = {name for op in REGISTRY.values() for name in (*op.inputs, *op.attributes)}
    assert not {name for name, meant in ARGUMENTS.items() if not known & set(meant)}


@pytest.mark.parametrize(("name", "instead"), INSTEAD.items())
def test_a_name_without_an_operator_is_answered_with_what_to_write(name: str, instead: str) -> None:
    assert instead in refusal(f"{name}(x)", x=[2, 3])
    shape = "[1, 2, 3]" if "interpolate" in instead else "[6]" if "reshape" in instead else "[3]"
    tidegraph.parse(f"x: input{shape}\np: input[3]\ny: target[3]\nr = {instead}\nJ = sum(r) + sum(x) + sum(p) + sum(y)")
