"""Slices of an array."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegraph.app.api import slices
from tidegraph.app.http.problems import Problem

ARRAY = np.arange(60).reshape(3, 4, 5)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("", np.s_[...]),
        ("0:2, :, 2", np.s_[0:2, :, 2]),
        ("1", np.s_[1]),
        ("-1,-2", np.s_[-1, -2]),
        (" ::2 , 1:, ::-1", np.s_[::2, 1:, ::-1]),
        (":100", np.s_[:100]),
        ("2:1", np.s_[2:1]),
    ],
)
def test_a_slice_means_what_it_means_in_numpy(text: str, index: object) -> None:
    np.testing.assert_array_equal(ARRAY[slices.parse(text, ARRAY.shape)], ARRAY[index])  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("0,0,0,0", "4 parts"),
        ("3", "index 3 is outside a dimension of size 3"),
        ("-4", "index -4 is outside"),
        ("a", "neither an index"),
        ("0,,1", "neither an index"),
        ("1.5", "neither an index"),
        ("::0", "not zero"),
        ("...", "neither an index"),
        ("0;import os", "neither an index"),
        ("9" * 40, "neither an index"),
    ],
)
def test_what_does_not_fit_is_a_problem_that_says_why(text: str, fault: str) -> None:
    with pytest.raises(Problem) as caught:
        slices.parse(text, ARRAY.shape)
    assert caught.value.status_code == 422
    assert fault in caught.value.detail


@given(st.text(alphabet="0123456789:-, a", max_size=30))
def test_whatever_the_text_it_is_a_slice_or_a_problem(text: str) -> None:
    try:
        ARRAY[slices.parse(text, ARRAY.shape)]
    except Problem as problem:
        assert problem.status_code == 422  # noqa: PT017
