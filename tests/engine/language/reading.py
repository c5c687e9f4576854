"""Programs of a few lines: what they compute, and the error that they are refused with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import ProgramError


def values(program: str, **given: Any) -> dict[str, np.ndarray]:
    """What the program computes, every variable by its name."""
    graph = tidegraph.parse(program)
    (found,) = tidegraph.function(graph, list(graph.variables))(given)
    return found


def value(expression: str, before: str = "", **given: Any) -> np.ndarray:
    """The value of one expression of inputs that are given as arrays."""
    lines = [f"{name}: input{list(np.shape(x)) or ''}" for name, x in given.items()]
    return values("\n".join([*lines, before, f"answer = {expression}"]), **given)["answer"]


def refused(program: str) -> ProgramError:
    """The error that the program is refused with."""
    with pytest.raises(ProgramError) as caught:
        tidegraph.parse(program)
    return caught.value


def warned(program: str) -> list[str]:
    """The codes of the warnings that come with a program."""
    return [warning.message.code for warning in tidegraph.parse(program).warnings]
