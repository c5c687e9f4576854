"""Arrays between JSON and NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from tidegraph.app.api.arrays import decode, encode
from tidegraph.app.http.problems import Problem


@given(npst.arrays(np.float64, npst.array_shapes(min_dims=0, max_dims=5, max_side=4)))
def test_what_is_sent_and_sent_back_is_the_same_array(array: np.ndarray) -> None:
    sent = orjson.loads(orjson.dumps(encode(array), option=orjson.OPT_SERIALIZE_NUMPY))
    back = decode("x", sent)
    assert back.dtype == np.float64
    assert back.shape == array.shape
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize(
    ("array", "sent"),
    [
        (np.array(2.5), 2.5),
        (np.array(np.nan), "NaN"),
        (np.array([1.0, np.nan, np.inf, -np.inf]), [1.0, "NaN", "Infinity", "-Infinity"]),
        (np.array([[0.1], [np.inf]], dtype=np.float32), [[np.float32(0.1).item()], ["Infinity"]]),
        (np.arange(6.0).reshape(2, 3).T, [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]),
        (np.array([True, False]), [True, False]),
    ],
)
def test_arrays_are_nested_lists_with_words_for_what_is_not_finite(array: np.ndarray, sent: Any) -> None:
    assert orjson.loads(orjson.dumps(encode(array), option=orjson.OPT_SERIALIZE_NUMPY)) == sent


@pytest.mark.parametrize(
    "value", [3, 3.5, "NaN", "-Infinity", [], [[], []], [1, "Infinity"], [[[1]], [[2]]], [True, 0.5]]
)
def test_numbers_and_words_in_even_nests_are_arrays(value: Any) -> None:
    np.testing.assert_array_equal(decode("x", value), np.array(value, dtype=np.float64))


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ([[1, 2], [3]], "differ in length or depth"),
        ([1, [2]], "differ in length or depth"),
        ([[1], 2], "differ in length or depth"),
        ([[1, [2]], [3, 4]], "differ in length or depth"),
        ([[[1], 2], [3, 4]], "differ in length or depth"),
        ("nan", "a text"),
        (["1.5"], "a text"),
        (None, "null"),
        ([1, None], "null"),
        ({"a": 1}, "an object"),
    ],
)
def test_anything_else_is_a_problem_that_names_the_variable_and_the_fault(value: Any, fault: str) -> None:
    with pytest.raises(Problem) as caught:
        decode("W1", value)
    assert caught.value.status_code == 422
    assert "W1" in caught.value.detail
    assert fault in caught.value.detail
    assert caught.value.error.hint


def test_a_nest_deeper_than_an_array_has_dimensions_is_a_problem() -> None:
    nest: Any = 1.0
    for _ in range(10_000):
        nest = [nest]
    with pytest.raises(Problem, match="too deeply"):
        decode("x", nest)


json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=3),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=3), children, max_size=3),
)


@given(json)
def test_whatever_the_json_it_is_an_array_or_a_problem(value: Any) -> None:
    try:
        assert decode("x", value).dtype == np.float64
    except Problem as problem:
        assert problem.status_code == 422  # noqa: PT017
