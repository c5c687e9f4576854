"""The single-node cases of the package `onnx`: at least 900 pass, none is wrong, the rest are refused by name."""

from __future__ import annotations

from collections import Counter

import pytest

torch = pytest.importorskip("torch")  # with the other oracles: it takes two minutes
pytest.importorskip("onnx")

from benchmarks.onnx_cases import results  # noqa: E402


def test_single_node_cases() -> None:
    found = list(results())
    counts = Counter(r.outcome for r in found)
    assert [r for r in found if r.outcome == "wrong"] == []
    assert counts["pass"] >= 900
    assert all(r.why for r in found if r.outcome == "refused")
