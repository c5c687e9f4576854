"""Names of moments, on a program whose steps are counted by hand."""

from __future__ import annotations

import pytest

from tidegraph import parse
from tidegraph.engine.graph import TidegraphError
from tidegraph.engine.teaching.moments import find
from tidegraph.engine.trace.structure import Structure

# Forward: z, h, J. Backward: the seed of J; two parts of h and their sum; z; w; x.
STRUCTURE = Structure(parse("x: input = 2\nw: parameter = 3\nz = w * x\nh = relu(z)\nJ = h * h"))


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("start", 0),
        ("value of x", 0),
        ("z", 1),
        ("value of h", 2),
        ("after the first relu", 2),
        ("after the last multiply", 3),
        ("after the second multiply", 3),
        ("turn", 3),
        ("step 2", 2),
        ("step 999", len(STRUCTURE.forward) + len(STRUCTURE.backward)),
        ("gradient of J", 4),
        ("end", len(STRUCTURE.forward) + len(STRUCTURE.backward)),
        ("gradient of h", 7),
        ("gradient of w", 9),
    ],
)
def test_the_number_of_steps_that_are_done(name: str, moment: int) -> None:
    assert find(STRUCTURE, name) == moment


@pytest.mark.parametrize(
    "name", ["gradient of nothing", "nonsense here", "value of nothing", "after the ninth relu", "step x"]
)
def test_a_moment_that_the_run_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(TidegraphError):
        find(STRUCTURE, name)
