"""A result or an error that has crossed the border of a process."""

from __future__ import annotations

import pickle

import pytest

from tidegraph.app.jobs.outcome import attempt
from tidegraph.engine.graph import ProgramError, ShapeError
from tidegraph.engine.graph.budget import TooLarge


def test_a_result_comes_as_it_is() -> None:
    assert pickle.loads(pickle.dumps(attempt(len, "four"))).unpack() == 4


@pytest.mark.parametrize(
    "error",
    [
        ShapeError("inner-sizes", a=(5, 4), b=(3,)),
        ProgramError("unknown-name", hint="relu(x)", name="rellu", line=2, column=5),
        TooLarge("memory", 3, 2),
        ValueError("plain"),
    ],
)
def test_an_error_is_the_same_on_the_other_side(error: Exception) -> None:
    def fail(given: Exception) -> None:
        raise given

    with pytest.raises(type(error)) as raised:
        pickle.loads(pickle.dumps(attempt(fail, error))).unpack()
    assert raised.value.args == error.args
    assert vars(raised.value) == vars(error)
    assert str(raised.value) == str(error)
