"""Each learner's numbers: the same every time, others for others, small, whole, and fit for the program."""

from __future__ import annotations

import numpy as np
import pytest

from tidegraph import parse
from tidegraph.engine.teaching.exercise import Exercise
from tidegraph.engine.teaching.individual import LARGEST, VARIANTS, pose, variant, variant_of
from tidegraph.engine.teaching.question import read

PROGRAM = "x: input[2]\nw: parameter[2]\nz = w @ x\nJ = z ** 2"


def exercise(program: str, numbers: str = "individual") -> Exercise:
    """What is asked of a program."""
    return Exercise(parse(program), read(f"ask: gradient w\nnumbers: {numbers}"))


def test_a_learner_has_the_same_numbers_every_time() -> None:
    first, again = (pose(exercise(PROGRAM), learner) for learner in ("ada", " ada "))
    np.testing.assert_array_equal(first.answer, again.answer)
    assert 0 <= variant_of("小明") < VARIANTS


def test_learners_have_different_numbers() -> None:
    assert len({tuple(variant(exercise(PROGRAM), number).answer) for number in range(8)}) > 4


def test_numbers_are_small_whole_and_not_zero() -> None:
    for number in range(8):
        values = variant(exercise(PROGRAM), number).values
        for name in ("x", "w"):
            array = np.asarray(values[name])
            assert np.all((array == np.round(array)) & (np.abs(array) >= 1) & (np.abs(array) <= LARGEST)), name


def test_numbers_suit_the_operators() -> None:
    program = "w: parameter[3, 2]\nx: input[2]\ny: target\nJ = cross_entropy(w @ x, y)"
    assert {float(variant(exercise(program), number).values["y"]) for number in range(8)} <= {0, 1, 2}


@pytest.mark.parametrize("learner", ["", "ada"])
def test_only_the_named_variables_differ(learner: str) -> None:
    shared = exercise(PROGRAM, "individual w").at({"x": [1.0, 2.0]}, 0)
    posed = pose(exercise(PROGRAM, "individual w"), learner, {"x": [1.0, 2.0]})
    np.testing.assert_array_equal(posed.values["x"], shared.values["x"])


@pytest.mark.parametrize(
    ("program", "low", "high"),
    [
        ("x: input\nw: parameter\nJ = w * log(x)", 1, LARGEST),
        ("x: input[6]\nw: parameter\nJ = w * sum(sqrt(x))", 1, LARGEST),
        ("x: input\nw: parameter\nJ = w ** 2 * atanh(x)", 0.25, 0.75),
    ],
)
def test_numbers_are_in_the_domain_of_what_is_computed(program: str, low: float, high: float) -> None:
    for number in range(8):
        posed = variant(exercise(program), number)
        assert np.isfinite(posed.answer).all()
        assert np.all((np.asarray(posed.values["x"]) >= low) & (np.asarray(posed.values["x"]) <= high))
