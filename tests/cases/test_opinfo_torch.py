"""PyTorch's own operator samples in PyTorch's own spelling: most are understood, and none has other numbers."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from benchmarks.opinfo import measure, verdict  # noqa: E402

FLOOR = 340
"""Operators that agree with PyTorch; 260 are required."""

SAMPLES = 4
"""Samples an operator; `python -m benchmarks.opinfo` tries more."""


def test_most_operators_agree_and_none_is_wrong() -> None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = measure(most=SAMPLES)
    verdicts = {name: verdict(rows) for name, rows in found.items()}
    wrong = {name: [row for row in found[name] if row[1].startswith("wrong")] for name in found}
    assert {name: rows for name, rows in wrong.items() if rows} == {}
    assert sum(v == "agrees" for v in verdicts.values()) >= FLOOR
