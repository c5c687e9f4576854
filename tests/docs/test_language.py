"""Every program in the language's guide is one, and its errors are the ones that it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tidegraph

TEXT = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_is_read_and_runs(program: str) -> None:
    graph = tidegraph.parse(program)
    assert tidegraph.trace(graph).values.keys() == graph.variables.keys()


@pytest.mark.parametrize(
    ("change", "line"),
    [(("x: input[4]", "x: input[3]"), 0), (("relu(z)", "rleu(z)"), 1)],
)
def test_the_errors_are_those_shown(change: tuple[str, str], line: int) -> None:
    shown = re.findall(r"^line \d+, .*$", TEXT, re.MULTILINE)[line]
    with pytest.raises(tidegraph.ProgramError) as caught:
        tidegraph.parse(PROGRAMS[0].replace(*change))
    assert str(caught.value) == shown
