"""Names without a prefix: NumPy's meaning, PyTorch's by its keywords, and a warning or a refusal where they differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.language.reading import refused, value, warned

X = np.array([[1.0, -2.0, 4.0], [3.0, 0.0, 1.0]])


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("max(x, 0)", [[1, 0, 4], [3, 0, 1]]),
        ("max(0, x)", [[1, 0, 4], [3, 0, 1]]),
        ("min(x, 1, 0.5)", [[0.5, -2, 0.5], [0.5, 0, 0.5]]),
        ("max(x)", 4),
        ("max(x, axis=0)", [3, 0, 4]),
        ("x.max(dim=1).values", [4, 3]),
        ("x.max(dim=1).indices", [2, 0]),
        ("max(3, 5) * x", [[5, -10, 20], [15, 0, 5]]),
        ("std(x, axis=0)", [1, 1, 1.5]),
        ("std(x, dim=0)", [np.sqrt(2), np.sqrt(2), np.sqrt(4.5)]),
        ("var(x, 0, correction=0)", [1, 1, 2.25]),
        ("median(x, axis=1)", [1, 1]),
        ("median([1, 2, 3, 4] * x[0, 0])", 2.5),
        ("torch.median(torch.tensor([1., 2., 3., 4.]))", 2),
        ("repeat(x[0], 2)", [1, 1, -2, -2, 4, 4]),
        ("x[0].repeat(repeats=2, axis=0)", [1, 1, -2, -2, 4, 4]),
        ("sum([x[0], x[1]])", [4, -2, 5]),
        ("sum([1, 2, 3]) * x[0]", [6, -12, 24]),
        ("dot(x, x.T)", [[21, 7], [7, 10]]),
        ("dot(x[0], x[1])", 7),
        ("np.average(x, axis=1)", [1, 4 / 3]),
        ("np.percentile(x[1], 50)", 1),
        ("np.sort(x, axis=None)", [-2, 0, 1, 1, 3, 4]),
        ("transpose(x, 0, 1)", X.T),
        ("x.transpose(1, 0)", X.T),
        ("np.size(x) * x[0]", [6, -12, 24]),
    ],
)
def test_value(expression: str, wanted: Any) -> None:
    np.testing.assert_allclose(value(expression, x=X), wanted, rtol=1e-12)


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("y = std(x)", ["spread-divides-by-n"]),
        ("y = var(x)", ["spread-divides-by-n"]),
        ("y = std(x, axis=0)", []),
        ("y = std(x, ddof=1)", []),
        ("y = np.std(x)", []),
        ("y = median(x)", ["median-of-even"]),
        ("y = median(x[0])", []),
    ],
)
def test_a_meaning_that_pytorch_does_not_share_is_warned_of(line: str, codes: list[str]) -> None:
    assert warned(f"x: input[2, 3]\n{line}") == codes


@pytest.mark.parametrize(
    ("line", "code", "spellings"),
    [
        ("y = max(x, (0, 1))", "axis-must-be-named", ["axis="]),
        ("y = norm(x, 2)", "norm-ambiguous", ["torch.norm", "np.linalg.norm"]),
        ("y = x.repeat(2)", "repeat-ambiguous", ["tile", "repeat"]),
        ("y = split(x, 2)", "split-ambiguous", ["torch.split", "np.split"]),
        ("y = max([])", "nothing-to-compare", []),
    ],
)
def test_what_is_ambiguous_is_refused_with_both_spellings(line: str, code: str, spellings: list[str]) -> None:
    error = refused(f"x: input[6, 2]\n{line}")
    assert error.code == code
    assert all(part in f"{error} {error.hint}" for part in spellings)
