"""Summaries of what is too large to list."""

from __future__ import annotations

import numpy as np
import orjson
import pytest
from hypothesis import example, given
from hypothesis.extra import numpy as npst

from tidegraph.app.api.schemas.runs import Summary
from tidegraph.app.api.summaries import encoder, summarize


def test_up_to_the_limit_an_array_is_listed_and_above_it_summarised() -> None:
    encode = encoder(4)
    assert encode(np.ones((2, 2))).tolist() == [[1, 1], [1, 1]]
    assert encode(np.ones(5))["summary"] is True


def test_the_figures_are_those_of_numpy() -> None:
    array = np.random.default_rng(0).normal(size=(70, 50))
    summary = summarize(array)
    assert summary["shape"] == (70, 50)
    assert summary["dtype"] == "float64"
    assert summary["nonfinite"] == 0
    for name, figure in {
        "min": array.min(),
        "max": array.max(),
        "mean": array.mean(),
        "std": array.std(),
        "norm": np.linalg.norm(array),
    }.items():
        assert summary[name] == pytest.approx(figure, rel=1e-12), name
    counts, edges = np.histogram(array, bins=32)
    np.testing.assert_array_equal(summary["histogram"]["counts"], counts)
    np.testing.assert_allclose(summary["histogram"]["edges"], edges, rtol=1e-12)


def test_the_picture_is_the_block_means() -> None:
    array = np.random.default_rng(0).normal(size=(64, 96))
    picture = np.array(summarize(array)["picture"])
    assert picture.shape == (32, 32)
    np.testing.assert_allclose(picture, array.reshape(32, 2, 32, 3).mean(axis=(1, 3)), rtol=1e-9)


@pytest.mark.parametrize(
    ("shape", "picture"), [((100,), (1, 32)), ((40, 3), (32, 3)), ((2, 10, 33), (20, 32)), ((33, 1), (32, 1))]
)
def test_the_picture_shows_an_array_of_any_shape_as_a_matrix(shape: tuple[int, ...], picture: tuple[int, int]) -> None:
    assert np.shape(summarize(np.ones(shape))["picture"]) == picture
    assert np.all(np.array(summarize(np.ones(shape))["picture"]) == 1)


def test_what_is_not_finite_is_counted_and_left_out_of_the_figures() -> None:
    summary = summarize(np.array([1.0, np.nan, 3.0, np.inf, -np.inf]))
    assert summary["nonfinite"] == 3
    assert (summary["min"], summary["max"], summary["mean"], summary["std"]) == (1, 3, 2, 1)
    assert summary["picture"] == [[1.0, "NaN", 3.0, "NaN", "NaN"]]
    assert summarize(np.full(3, np.nan))["mean"] == "NaN"


@given(npst.arrays(np.float64, npst.array_shapes(max_dims=4, max_side=40)))
@example(np.full(3, np.finfo(np.float64).max))
@example(np.array([np.finfo(np.float64).max, np.finfo(np.float64).min, 5e-324]))
def test_whatever_the_numbers_the_summary_is_strict_json_of_its_schema(array: np.ndarray) -> None:
    Summary.model_validate_json(orjson.dumps(summarize(array), option=orjson.OPT_SERIALIZE_NUMPY), strict=True)
