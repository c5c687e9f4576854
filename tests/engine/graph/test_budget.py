"""Work that is counted while it is done ends where its budget does."""

from __future__ import annotations

import contextlib
import threading

import pytest

import tidegraph
from tidegraph.engine.graph import TidegraphError
from tidegraph.engine.graph.budget import Budget, BudgetError, Cancelled, TooLarge, TooLong, spend

LOOP = "x: input[3]\nh = x\nfor i in range(100):\n    h = sin(h)\nJ = sum(h)"


def test_reading_a_program_spends_statements_and_operators() -> None:
    with Budget({}) as budget:
        tidegraph.parse(LOOP)
    assert budget.spent("statements") == 104
    assert budget.spent("operators") >= 101


def test_a_loop_is_not_unrolled_beyond_its_budget() -> None:
    with pytest.raises(TooLarge) as caught, Budget({"statements": 50}):
        tidegraph.parse(LOOP)
    assert (caught.value.quantity, caught.value.value, caught.value.limit) == ("statements", 51, 50)


def test_a_derived_graph_is_not_built_beyond_its_budget() -> None:
    graph = tidegraph.parse(LOOP)
    with pytest.raises(TooLarge), Budget({"operators": 200}) as budget:
        tidegraph.hessian(graph, wrt=["x"])
    assert budget.spent("operators") == 201


def test_runs_add_up_but_the_memory_that_they_hold_does_not() -> None:
    run = tidegraph.value_and_grad(tidegraph.parse(LOOP))
    with Budget({}) as one:
        run()
    with Budget({}) as three:
        for _ in range(3):
            run()
    for quantity in ("evaluations", "work"):
        assert three.spent(quantity) == 3 * one.spent(quantity) > 0  # type: ignore[arg-type]
    assert three.spent("memory") == one.spent("memory") > 0


def test_time_ends_the_work_and_so_does_another_thread() -> None:
    with pytest.raises(TooLong), Budget({}, seconds=0):
        spend("operators")
    with pytest.raises(TooLong), Budget({}, computing=0):
        spend("operators")
    budget = Budget({})
    stopper = threading.Thread(target=budget.stop)
    stopper.start()
    stopper.join()
    with pytest.raises(Cancelled), budget:
        spend("operators")


def test_an_error_that_is_passed_over_still_ends_the_work() -> None:
    with pytest.raises(BudgetError), Budget({"operators": 1}), contextlib.suppress(TidegraphError):
        spend("operators", 2)


def test_outside_of_a_budget_nothing_is_counted() -> None:
    spend("operators", 10**12)
