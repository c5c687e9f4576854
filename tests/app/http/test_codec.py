"""JSON is read strictly, and whatever is wrong is said with its place."""

from __future__ import annotations

import numpy as np
import pytest
from fastapi.exceptions import RequestValidationError

from tidegraph.app.api.schemas.runs import RunRequest
from tidegraph.app.http.codec import dump, loads, read
from tidegraph.app.http.problems import Problem
from tidegraph.engine.messages.catalogue import Message


@pytest.mark.parametrize(
    ("body", "line", "column", "hint"),
    [
        (b'{"a": NaN}', 1, 7, "json-not-finite"),
        (b'{"a":\n -Infinity}', 2, 3, "json-not-finite"),
        (b'{"a": 1,}', 1, 8, None),
        (b"\xff", 1, 1, "json-is-utf-8"),
        (b"", 1, 1, None),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(body: bytes, line: int, column: int, hint: str | None) -> None:
    with pytest.raises(Problem) as refused:
        loads(body)
    problem = refused.value
    assert (problem.status_code, problem.members) == (400, {"line": line, "column": column})
    given = problem.error.given_hint
    assert (given.code if given is not None else None) == hint


def test_a_misspelled_field_names_the_one_that_was_meant() -> None:
    with pytest.raises(RequestValidationError) as refused:
        read(RunRequest, {"program": "x: input", "vales": {}})
    (fault,) = refused.value.errors()
    assert (fault["loc"], fault["ctx"]) == (("body", "vales"), {"meant": Message("did-you-mean", name="values")})


def test_arrays_are_written_as_lists() -> None:
    assert dump({"a": np.array([[1.0, 2.5]]), "b": True}) == b'{"a":[[1.0,2.5]],"b":true}'
