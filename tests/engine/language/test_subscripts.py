"""Subscripts: NumPy's rules for arrays, Python's for lists, dicts and texts."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.language.reading import refused, value
from tidegraph.engine.graph import ShapeError
from tidegraph.engine.language.subscripts import view_and_taken

X = np.arange(60.0).reshape(3, 4, 5)
AT = np.array([2, 0])
TO = np.array([1, 3])


@pytest.mark.parametrize(
    "index",
    ["1", "-1", "1, 2", "..., 0", ":, 1:3", "::-1", "1:, None, :, ::2", "[2, 0]", ":, [0, 3], 1", "-2:, ..., -1"],
)
def test_known_indices_are_those_of_numpy(index: str) -> None:
    np.testing.assert_array_equal(value(f"x[{index}]", x=X), eval(f"X[{index}]"))


@pytest.mark.parametrize(
    "index",
    [
        "i",
        "i, k",
        ":, k",
        "i, :, k",
        ":, i, k",
        "1, k",
        "i, 1:3",
        "..., k, 2",
        "i, None, k",
        ":, i, None, k",
        "0, :, k",
        "i[0], k[1]",
        ":, :, i + k",
    ],
)
def test_indices_in_variables_are_those_of_numpy(index: str) -> None:
    wanted = eval(f"X[{index}]", {"X": X, "i": AT, "k": TO})
    np.testing.assert_array_equal(value(f"x[{index}]", x=X, i=AT.astype(float), k=TO.astype(float)), wanted)


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("x * [10, 20, 30][1]", 40.0),
        ("x * [10, 20, 30][-1]", 60.0),
        ("x * len([10, 20, 30][1:])", 4.0),
        ("x * {'a': 7}['a']", 14.0),
        ("x * len('text'[1:])", 6.0),
        ("x * (3, 4)[0]", 6.0),
        ("x * [[1, 2], [3, 4]][1][0]", 6.0),
    ],
)
def test_lists_dicts_and_texts_are_those_of_python(expression: str, wanted: float) -> None:
    assert value(expression, x=2.0) == wanted


@pytest.mark.parametrize(
    ("index", "code"),
    [
        ("x[3]", "index-out-of-range"),
        ("x[0, 0, 0, 0]", "too-many-indices"),
        ("x[x > 1]", "mask-index"),
        ("x[:i]", "slice-ends-known"),
        ("[1, 2][2]", "no-such-element"),
        ("{'alpha': 1}['alhpa']", "no-such-key"),
        ("2[0]", "no-axes-to-index"),
    ],
)
def test_refused(index: str, code: str) -> None:
    error = refused(f"x: input[3, 4, 5]\ni: input = 1\ny = {index}")
    assert (error.code, error.line) == (code, 3)


def test_the_key_that_was_meant_is_named() -> None:
    assert "alpha" in str(refused("d = {'alpha': 1}\nJ = d['alhpa']").hint)


def test_an_index_is_sorted_into_a_view_and_elements_taken() -> None:
    found = view_and_taken([slice(1, None), "i", None, 0], 4)
    assert found.view == (slice(1, None), slice(None), None, 0, slice(None))[:4]
    assert (found.axes, found.indices) == ((1,), ("i",))
    assert not found.whole
    with pytest.raises(ShapeError):
        view_and_taken([0, 0], 1)
