"""A structure depends on the program alone; with a run's numbers in its slots it is the trace."""

from __future__ import annotations

import json

import numpy as np
import pytest

import tidegraph
from tests.engine.programs import CHAPTER
from tidegraph.engine.ops.latex import ATOM, PRODUCT, SIGN, Tex, enclosed, fill, slot
from tidegraph.engine.trace.run import Run
from tidegraph.engine.trace.structure import Structure
from tidegraph.engine.trace.tracer import combine

NUMBERS = {"v:a": Tex("-2", SIGN, True), "v:b": Tex("3", ATOM, True), "v:c": Tex(r"1 \times 10^{-7}", PRODUCT, True)}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("⟦v:a⟧ = ⟦v:b⟧", "-2 = 3"),
        ("⟦v:a|6⟧^{2}", r"\left(-2\right)^{2}"),
        ("⟦v:b|6⟧^{2}", "3^{2}"),
        ("⟦v:c|6⟧^{2}", r"\left(1 \times 10^{-7}\right)^{2}"),
        ("⟦v:c|3⟧ x", r"1 \times 10^{-7} x"),
        ("x - ⦅⟦v:a|3⟧⦆", r"x - \left(-2\right)"),
        ("x - ⦅⟦v:b|3⟧⦆", "x - 3"),
        ("x - ⦅⦅⟦v:a|3⟧⦆ y⦆", r"x - \left(-2\right) y"),
        ("x - ⦅⟦v:a|3⟧ y⦆", r"x - \left(-2 y\right)"),
    ],
)
def test_templates(template: str, text: str) -> None:
    assert fill(template, NUMBERS.__getitem__) == text


def test_places_say_how_tightly_a_number_must_hold_together() -> None:
    a, whole = slot("v:a", scalar=True), slot("v:W", scalar=False)
    assert (a.at(ATOM), a.after(SIGN), a.text) == ("⟦v:a|6⟧", "⦅⟦v:a|4⟧⦆", "⟦v:a|0⟧")
    assert (whole.at(ATOM), whole.after(SIGN)) == ("⟦v:W⟧", "⟦v:W⟧")
    assert enclosed("-x") == r"\left(-x\right)"


@pytest.mark.parametrize("a", [-2.0, 3.0, 1e-7, -1e-7, float("nan"), float("-inf"), 0.0])
def test_a_filled_equation_reads_as_one_that_is_written_with_numbers(a: float) -> None:
    graph = tidegraph.parse("a: parameter = 1.0\nb: parameter = -2.0\nJ = (a * b - a) ** 2 / b + 3 * -a")
    run = Run(Structure(graph), {"a": a})
    for step in combine(run).forward:
        left, right = step.equation["numeric"].rsplit(" = ", 1)
        assert left.count(r"\left(") == left.count(r"\right)")
        assert "⟦" not in left + right
        for sign in ("+ -", "- -", r"\cdot -", "--"):
            assert sign not in left


def test_a_structure_is_json_without_numbers_of_a_run() -> None:
    structure = Structure(tidegraph.parse(CHAPTER))
    text = json.dumps(structure.to_dict(), allow_nan=False)
    assert '"value"' not in text
    Run(structure, seed=3)
    assert json.dumps(structure.to_dict(), allow_nan=False) == text


def test_parts_add_up_to_what_a_closed_scope_hands_on() -> None:
    structure = Structure(tidegraph.parse(CHAPTER))
    run = Run(structure, seed=1)
    for scope in structure.scopes:
        for step in scope["backward"]:
            total = sum(run.contributions[part] for part in step.parts)
            np.testing.assert_array_equal(run.contribution(step.parts), total)


def test_one_structure_serves_many_runs() -> None:
    structure = Structure(tidegraph.parse("a: parameter = 2.0\nJ = a * a"))
    runs = [Run(structure, {"a": a}) for a in (1.0, 3.0)]
    assert [float(run.values["J"]) for run in runs] == [1.0, 9.0]
    assert [combine(run).forward[0].equation["numeric"] for run in runs] == [r"1 \cdot 1 = 1", r"3 \cdot 3 = 9"]
