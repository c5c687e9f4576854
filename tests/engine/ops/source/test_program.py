"""The text of a call is read as the same call."""

from typing import Any

import pytest

import tidegraph
from tidegraph.engine.ops import REGISTRY
from tidegraph.engine.ops.source.program import attribute_text, call

CALLS: list[tuple[str, list[str | None], dict[str, Any], str]] = [
    ("add", ["x", "-1.5"], {}, "x + (-1.5)"),
    ("neg", ["x"], {}, "-x"),
    ("getitem", ["x"], {"key": (slice(None, 1), slice(0, None, 2), None)}, "x[:1, 0::2, None]"),
    ("einsum", ["x", "x"], {"subscripts": "ij,kj->ik"}, 'einsum("ij,kj->ik", x, x)'),
    ("concatenate", ["x", "x"], {"axis": 1}, "concatenate((x, x), axis=1)"),
    ("sum", ["x"], {"axis": (0,), "keepdims": False}, "sum(x, axis=(0,))"),
    ("layer_norm", ["x", None, "b"], {"eps": 0.1}, "layer_norm(x, bias=b, eps=0.1)"),
]


@pytest.mark.parametrize(("name", "operands", "attributes", "text"), CALLS, ids=[c[0] for c in CALLS])
def test_a_call_is_read_as_it_was_written(
    name: str, operands: list[str | None], attributes: dict[str, Any], text: str
) -> None:
    assert call(REGISTRY[name], operands, attributes) == text
    graph = tidegraph.parse(f"x: input[2, 3]\nb: input[3]\nr = {text}\nJ = sum(r) + sum(b)")
    written = graph.find("r")
    assert written.operator is not None
    assert name in {o.op.name for o in graph.operators} | {s.name for s in graph.scopes.values()}


@pytest.mark.parametrize(
    ("value", "text"),
    [(float("inf"), "inf"), (float("nan"), "(inf - inf)"), ((1,), "(1,)"), ("a", '"a"'), (True, "True"), (0.1, "0.1")],
)
def test_an_attribute_is_written_so_that_it_is_read(value: Any, text: str) -> None:
    assert attribute_text(value) == text
