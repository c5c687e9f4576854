from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegraph.engine.graph import InputError
from tidegraph.engine.language.parser import parse
from tidegraph.engine.teaching import individual
from tidegraph.engine.teaching.answers import array_of, judge, shape_of, tolerance
from tidegraph.engine.teaching.exercise import Exercise, Posed
from tidegraph.engine.teaching.question import read

PROGRAM = """
x: input[2] = [2, -1]
W: parameter[2, 2] = [[1, 2], [3, 4]]
z = W @ x
h = relu(z)
J = sum(h) + sum(W ** 2)
"""


def posed(text: str, program: str = PROGRAM) -> Posed:
    return Exercise(parse(program), text).at()


@pytest.mark.parametrize(
    ("ask", "right", "wrong"),
    [
        ("value of z", "[0, 2]", "0 3"),
        ("value of z[1]", "2", "3"),
        ("gradient of W", "[[2, 4], [8, 7]]", [[2, 4], [6, 7]]),
        ("gradient of W[1, 1]", 7, 8),
        ("shape of gradient W", "(2, 2)", "[2]"),
        ("sign of gradient x[1]", "positive", "-"),
        ("next after value z", "relu:h", "matmul:z"),
        ("next after the first matmul", "relu", "matmul:z"),
        ("next", "matmul:z", "relu:h"),
        ("paths from W to J", 2, 4),
        ("paths from x", "1", "2"),
        ("memory of W", "32", "33"),
        ("count of parameters", 4, "5"),
        ("number sum(gradient(W)) / 2", "10.5", "21"),
        ("number x[0] * gradient(x)[1]", 8, 9),
    ],
)
def test_right_and_wrong(ask: str, right: Any, wrong: Any) -> None:
    question = posed(f"ask: {ask}")
    assert judge(question, right).correct
    assert not judge(question, wrong).correct


def test_choices_are_computed() -> None:
    formulas = "choice: outer(gradient(z), x) + 2 * W\nchoice: outer(gradient(z), x)\nchoice: W + gradient(z)"
    question = posed(f"ask: formula of gradient W\n{formulas}")
    assert [judge(question, n).correct for n in ("1", "2", "3")] == [True, False, False]
    assert judge(question, "2").misconception in ("regulariser-dropped", "path-forgotten")
    assert r"\mathbf{x}^\top" in question.choices[1].latex
    with pytest.raises(InputError, match="2 of 2 choices are right"):
        posed("ask: formula of value h\nchoice: relu(z)\nchoice: maximum(z, 0)")


def test_feedback_of_the_author_comes_first() -> None:
    question = posed(
        "ask: gradient of W[0, 1]\nfeedback path-forgotten: both paths!\nfeedback > 100: far too large\n"
        "feedback 3: three?\nfeedback wrong: no\nfeedback correct: yes\nexplain: 0 + 2 * 2"
    )
    assert judge(question, 4).texts() == ["yes", "0 + 2 * 2"]
    assert judge(question, 101).texts() == ["far too large"]
    assert judge(question, 3).texts() == ["three?"]
    assert judge(question, 50).texts() == ["no"]


def test_entries_are_told_one_by_one() -> None:
    verdict = judge(posed("ask: gradient of W"), [[2, 4], [8, 70]])
    assert verdict.entries == (True, True, True, False)
    assert verdict.texts() == ["3 of 4 entries are right. The first wrong one is [1, 1]."]
    assert "shape [2]" in judge(posed("ask: gradient of W"), [2, 4]).texts()[0]


@pytest.mark.parametrize(
    ("text", "array"),
    [
        ("0.5", 0.5), ("1/4", 0.25), ("\N{MINUS SIGN}3", -3), ("2*(3+1)", 8), ("1e-3", 0.001), ("2^3", 8),
        ("[1, 2]", [1, 2]), ("1 2 3", [1, 2, 3]), ("[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
        ("1 2; 3 4", [[1, 2], [3, 4]]), ("1，2，3", [1, 2, 3]), ([[1, "1/2"]], [[1, 0.5]]), ("[1/2, -1]", [0.5, -1]),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(text: Any, array: Any) -> None:
    assert np.array_equal(array_of(text), np.asarray(array))


UNREADABLE: list[Any] = ["", "abc", "0,5", "[1, 2", "1/0", "__import__('os')", [[1], [1, 2]], True, None, "9**9**9"]


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_is_no_answer(text: Any) -> None:
    with pytest.raises(InputError) as caught:
        judge(posed("ask: value of J"), text)
    assert caught.value.hint


def test_shapes_are_read() -> None:
    assert {shape_of(s) for s in ("5x4", "[5, 4]", "(5，4)", "5 \N{MULTIPLICATION SIGN} 4")} == {(5, 4)}
    assert [shape_of(s) for s in ([5, 4], "[]", "scalar")] == [(5, 4), (), ()]
    with pytest.raises(InputError):
        shape_of("x")


def test_tolerance_is_a_hundredth_and_at_most_a_tenth_of_the_number() -> None:
    default = read("ask: value of z")
    assert tolerance(default, 1.0) == 0.01
    assert tolerance(default, 0.02) == pytest.approx(0.002)
    assert tolerance(default, 1000.0) == 5.0
    assert tolerance(default, 0.0) == 0.01
    assert tolerance(read("ask: value of z\ntolerance: 0.3"), 1.0) == 0.3
    assert tolerance(read("ask: value of z\ntolerance: 50%"), 4.0) == 2.0


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        ("value of q", "unknown-variable"),
        ("gradient of W[2, 0]", "question-no-entry"),
        ("gradient of W[0]", "question-no-entry"),
        ("sign of W", "question-sign-of-array"),
        ("next after value q", "unknown-variable"),
        ("next after noon", "unknown-moment"),
        ("next after the third matmul", "moment-no-operator"),
        ("number sum(", "question-expression"),
        ("number W @ W @", "question-expression"),
    ],
)
def test_a_question_that_the_program_cannot_answer_is_refused(ask: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        posed(f"ask: {ask}")
    assert caught.value.code == code


def test_each_learner_has_simple_numbers_of_their_own() -> None:
    exercise = Exercise(parse(PROGRAM), "ask: gradient of W[0, 1]\nnumbers: individual")
    first, again, other = (individual.pose(exercise, learner) for learner in ("ada", "ada", "emmy"))
    assert all(np.array_equal(first.values[n], again.values[n]) for n in first.values)
    assert any(not np.array_equal(first.values[n], other.values[n]) for n in first.values)
    assert all(np.array_equal(v, v.round()) and abs(v).max() <= 3 and abs(v).min() >= 1 for v in first.values.values())
    assert float(first.answer) == round(float(first.answer), 2)
    only = Exercise(parse(PROGRAM), "ask: value of z\nnumbers: individual x")
    assert np.array_equal(individual.pose(only, "ada").values["W"], [[1, 2], [3, 4]])


def test_what_follows_from_the_answer_is_hidden() -> None:
    exercise = Exercise(parse(PROGRAM), "ask: gradient of h")
    assert exercise.hidden["values"] == []
    assert set(exercise.hidden["gradients"]) == {"h", "z", "x", "W"}
    assert set(Exercise(parse(PROGRAM), "ask: value of h").hidden["values"]) >= {"h", "J"}
    assert Exercise(parse(PROGRAM), "ask: value of h\nhide: nothing").hidden == {"values": [], "gradients": []}
