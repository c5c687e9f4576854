"""A run of a structure: its arrays by slot, where the first infinity arose, and numbers in equations."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.trace.run import TOGETHER, Run, Writing
from tidegraph.engine.trace.structure import Structure

PROGRAM = "x: input[2] = [1, 2]\nw: parameter[2] = [3, 4]\nz = w * x\nJ = sum(z ** 2) + sum(w)"


def run(program: str = PROGRAM, **values: object) -> Run:
    return Run(Structure(tidegraph.parse(program)), values)


def test_slots_name_arrays_and_sums_of_contributions() -> None:
    found = run()
    assert found.array("v:z").tolist() == [3, 8]
    assert found.array("g:w").tolist() == [2 * 3 * 1 + 1, 2 * 8 * 2 + 1]
    # Two ways lead to w: through z, and through the sum of w.
    parts = [c.tolist() for c in found.contributions]
    through = [parts.index([1, 1]), parts.index([6, 32])]
    assert found.array(f"c:{through[0]}+{through[1]}").tolist() == [7, 33]
    assert found.contribution((through[1],)).tolist() == [6, 32]


def test_what_is_not_given_is_drawn_from_the_seed() -> None:
    structure = Structure(tidegraph.parse("x: input[3]\nJ = sum(x)"))
    assert np.array_equal(Run(structure, seed=1).values["x"], Run(structure, seed=1).values["x"])
    assert not np.array_equal(Run(structure, seed=1).values["x"], Run(structure, seed=2).values["x"])
    assert Run(structure, {"x": [1, 2, 3]}).values["J"] == 6


@pytest.mark.parametrize(
    ("w", "forward", "backward"),
    [
        ([1.0, 2.0], None, None),
        ([np.inf, 1.0], "w", "power"),
        ([0.0, 1.0], None, "power"),
        ([-1.0, 1.0], "power:r", "power"),
    ],
)
def test_the_first_infinity_is_named_in_both_passes(w: list[float], forward: str | None, backward: str | None) -> None:
    found = run("w: parameter[2]\nr = w ** 0.5\nJ = sum(r)", w=w)
    assert found.first_nonfinite == forward
    if backward is None:
        assert found.first_nonfinite_backward is None


def test_an_equation_is_filled_with_the_runs_numbers() -> None:
    writing = Writing(run(), digits=2, tangents={"w": np.array([0.126, -1.0])})
    filled = writing.fill({"symbolic": "J = z", "numeric": "⟦v:J|0⟧ = ⟦v:z⟧"})
    assert filled == {"symbolic": "J = z", "numeric": r"80 = \begin{bmatrix} 3 \\ 8 \end{bmatrix}"}
    assert writing.number("t:w").text == r"\begin{bmatrix} 0.13 \\ -1 \end{bmatrix}"


def test_sides_that_read_the_same_have_their_left_one_in_symbols() -> None:
    writing = Writing(run())
    assert writing.fill({"numeric": "⟦v:J⟧ = 80", "bare": "J"}) == {"numeric": "J = 80"}
    assert writing.fill({"numeric": "⟦v:J⟧ = 81", "bare": "J"}) == {"numeric": "80 = 81"}


@pytest.mark.parametrize("count", [3, TOGETHER])
def test_a_run_is_finite_or_not_whatever_its_size(count: int) -> None:
    structure = Structure(tidegraph.parse(f"x: input[{count}] = ones()\nw: parameter = 1\nJ = sum(x * w)"))
    assert Run(structure).finite
    assert Run(structure).first_nonfinite is None
    values = np.ones(count)
    values[-1] = np.inf
    broken = Run(structure, {"x": values})
    assert (broken.finite, broken.first_nonfinite) == (False, "x")
