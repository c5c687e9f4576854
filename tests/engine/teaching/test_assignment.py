"""An assignment: what is handed out, and marks for answers, completed programs and gradients."""

from __future__ import annotations

import numpy as np
import pytest

from tidegraph.engine.graph import InputError
from tidegraph.engine.teaching.assignment import (
    BLANK,
    mark_answers,
    mark_gradients,
    mark_program,
    named_items,
    read_assignment,
)

TEXT = """
x: input[3] = [1, 2, -1]
W: parameter[2, 3] = [[1, 0, 2], [0, 1, 1]]
z = {{ W @ x }}
J = sum(z ** 2)
---
name: grad
points: 2
ask: gradient of W
---
ask: value of J
"""
ASSIGNMENT = read_assignment(TEXT)
RIGHT = [[-2, -4, 2], [2, 4, -2]]


def test_the_handout_has_gaps_and_no_solution() -> None:
    assert f"z = {BLANK}\n" in ASSIGNMENT.handout
    assert "W @ x" not in ASSIGNMENT.handout
    assert "z = W @ x\n" in ASSIGNMENT.program
    assert (ASSIGNMENT.has_gaps, list(ASSIGNMENT.questions)) == (True, ["grad", "q2"])
    assert not read_assignment(TEXT.replace("{{ W @ x }}", "W @ x")).has_gaps


def test_the_id_follows_the_solution_and_the_questions() -> None:
    assert read_assignment(TEXT).id == ASSIGNMENT.id
    assert len(ASSIGNMENT.id) == 32
    assert read_assignment(TEXT.replace("points: 2", "points: 3")).id != ASSIGNMENT.id
    assert read_assignment(TEXT.replace("** 2", "** 3")).id != ASSIGNMENT.id


def test_answers_are_scored_by_their_right_entries() -> None:
    gradient, value = mark_answers(ASSIGNMENT, {"grad": [[-2, -4, 0], [2, 4, -2]], "q2": 2}, "ann")
    assert (gradient.correct, gradient.right, gradient.entries, gradient.first_wrong) == (False, 5, 6, "[0, 2]")
    assert gradient.score == pytest.approx(2 * 5 / 6)
    assert (value.correct, value.score, value.points) == (True, 1, 1)


def test_no_answer_and_a_wrong_shape_score_nothing() -> None:
    gradient, value = mark_answers(ASSIGNMENT, {"grad": [1, 2]}, "ann")
    assert (gradient.score, value.score) == (0, 0)
    assert gradient.feedback
    assert value.feedback


def test_a_completed_program_is_compared_at_several_numbers() -> None:
    assert all(mark.correct for mark in mark_program(ASSIGNMENT, ASSIGNMENT.program))
    coincidence = ASSIGNMENT.program.replace("W @ x", "reshape(W, (6,))[0:2] * [-1, 1] + [0, 1]")
    marks = {mark.item: mark for mark in mark_program(ASSIGNMENT, coincidence)}
    assert not marks["gradient W"].correct
    missing = ASSIGNMENT.program.replace("z = W @ x\nJ = sum(z ** 2)", "J = sum((W @ x) ** 2)")
    marks = {mark.item: mark for mark in mark_program(ASSIGNMENT, missing)}
    assert (marks["value z"].correct, marks["value J"].correct, marks["gradient W"].correct) == (False, True, True)


def test_gradients_are_compared_entry_by_entry() -> None:
    values = {"x": np.array([1.0, 2.0, -1.0]), "W": np.array([[1.0, 0, 2], [0, 1, 1]])}
    (right,) = mark_gradients(ASSIGNMENT, {"W": RIGHT}, values)
    assert (right.correct, right.score) == (True, 1)
    (text,) = mark_gradients(ASSIGNMENT, {"W": "twelve"}, values)
    (half,) = mark_gradients(ASSIGNMENT, {"W": np.array(RIGHT) * [[1], [0]]}, values)
    assert (text.score, half.score, half.first_wrong) == (0, 0.5, "[1, 0]")


def test_items_are_named_values_and_gradients_of_parameters() -> None:
    assert named_items(ASSIGNMENT.graph) == ["value z", "value J", "gradient W"]


def test_an_open_gap_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        read_assignment("x: input\ny = {{ x }")
    assert caught.value.code == "assignment-gap-open"
