"""What an exercise computes besides the numbers: structure, amounts, what is hidden, and how the question is put."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegraph.engine.graph import InputError
from tidegraph.engine.language.parser import parse
from tidegraph.engine.teaching.exercise import Exercise, distinct, same

PROGRAM = """
x: input[2] = [2, -1]
W: parameter[2, 2] = [[1, 2], [3, 4]]
z = W @ x
h = relu(z)
J = sum(h) + sum(W ** 2)
"""


def exercise(text: str, dtype: str = "float64") -> Exercise:
    return Exercise(parse(PROGRAM), text, dtype)


def wrongs(text: str, dtype: str = "float64") -> dict[str, Any]:
    return {w.code: w.answer for w in exercise(text, dtype).at().wrongs}


def test_the_answer_follows_the_numbers_that_are_given() -> None:
    one = exercise("ask: value of z[0]")
    assert one.at().answer == 1 * 2 - 2
    assert one.at({"x": [5.0, 1.0]}).answer == 7
    assert one.at({"x": [5.0, 1.0]}).values["x"].tolist() == [5, 1]


def test_paths_are_counted_with_the_typical_miscounts() -> None:
    posed = exercise("ask: paths from W to J").at()
    assert posed.answer == 2
    found = wrongs("ask: paths from W to J")
    assert found["path-not-counted"] == 1
    assert found["nodes-counted"] == 6  # W @ x, relu, sum; W ** 2, sum; and the sum of both


def test_amounts_confuse_numbers_and_bytes_and_precisions() -> None:
    assert exercise("ask: count of parameters").at().answer == 4
    assert wrongs("ask: count of parameters") == {"bytes-for-counts": 32}
    assert exercise("ask: memory of W", "float32").at().answer == 16
    assert wrongs("ask: memory of W", "float32") == {"counts-for-bytes": 4, "other-precision": 32}


def test_a_shape_has_the_shapes_that_are_taken_for_it() -> None:
    assert exercise("ask: shape of z").at().answer == (2,)
    assert {w.answer for w in exercise("ask: shape of z").at().wrongs} == {(2, 1), (1, 2)}


def test_what_is_asked_and_what_follows_from_it_is_hidden() -> None:
    assert set(exercise("ask: value of z").hidden["values"]) >= {"z", "h", "J"}
    assert "x" not in exercise("ask: value of z").hidden["values"]
    assert exercise("ask: gradient of W").hidden["gradients"]
    program = "a: input = 2\nb: parameter = 3\nc = a * b\nd = c + a\ne = c ** 2\nJ = e + d"
    squared = Exercise(parse(program), "ask: value of c").hidden
    assert set(squared["values"]) == {"c", "d", "e", "J"}
    assert set(squared["gradients"]) == {"a", "b", "c"}
    siblings = Exercise(parse("a: parameter = 2\nb = a ** 2\ne = 3 * a\nJ = b + e"), "ask: gradient of b").hidden
    assert set(siblings["gradients"]) == {"a", "b", "e"}
    part = Exercise(parse("w: input[2]\nh: input[2]\no = sum(w * h)"), "ask: value of o\nhide: value o").hidden
    assert part["values"] == ["o", "multiply"], "the part without a name, from which o is read"
    assert exercise("ask: shape of z").hidden == {"values": [], "gradients": []}


def test_formulas_agree_for_all_numbers_not_only_for_these() -> None:
    text = "ask: formula of gradient W\nchoice: outer(gradient(z), x) + 2 * W\nchoice: outer(gradient(z), x)"
    posed = exercise(text).at()
    assert posed.answer == frozenset({"1"})
    assert [c.id for c in posed.choices] == ["1", "2"]
    assert r"\partial J" in posed.choices[0].latex


def test_a_question_is_put_in_the_readers_language_or_the_authors_words() -> None:
    assert "z" in exercise("ask: value of z").prompt("en")
    assert exercise("ask: value of z").prompt("en") != exercise("ask: value of z").prompt("zh")
    assert exercise("ask: value of z\nprompt: Well?").prompt("zh") == "Well?"


def test_a_program_needs_a_target_for_gradients() -> None:
    with pytest.raises(InputError) as caught:
        Exercise(parse("x: input[2]\ny = x * 2"), "ask: gradient of x")
    assert caught.value.code == "no-target"


def test_answers_that_a_learner_could_not_tell_apart_are_one() -> None:
    assert same(np.array([1.0, 2.0]), [1, 2 + 1e-9])
    assert not same(np.array([1.0, 2.0]), [[1, 2]])
    assert not same((2, 1), (1, 2))
    posed = exercise("ask: value of z[0]").at()
    assert distinct(posed.answer, [*posed.wrongs, *posed.wrongs]) == list(posed.wrongs)
