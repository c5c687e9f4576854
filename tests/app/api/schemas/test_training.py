"""Training: the fields of its requests, its settings and its state."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.app.api.schemas.asked import answered_examples, wrong_fields
from tidegraph.app.api.schemas.training import (
    LINE,
    PlanResponse,
    StartResponse,
    StepResponse,
    SweepRequest,
    TrainRequest,
    named,
)
from tidegraph.engine.training.optimisers import RULES, SCHEDULES

pytestmark = pytest.mark.anyio


DOCUMENTED: list[tuple[str, Any, Any]] = [
    ("train/start", TrainRequest, StartResponse),
    ("train/plan", TrainRequest, PlanResponse),
    ("train/step", TrainRequest, StepResponse),
]


async def test_documented_examples_are_answered_as_documented(client: httpx.AsyncClient) -> None:
    for path, asks, answers in DOCUMENTED:
        await answered_examples(client, path, asks, answers)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("train/start", {"data": {"name": "line", "count": 0}}, "data.count"),
    ("train/start", {"data": {"nam": "line"}}, "data.nam"),
    ("train/start", {"optimizer": {"settings": {}}}, "optimizer.name"),
    ("train/start", {"optimizer": {"name": 3}}, "optimizer.name"),
    ("train/start", {"steps": 0}, "steps"),
    ("train/start", {"validation": 1}, "validation"),
    ("train/start", {"clip_norm": 0}, "clip_norm"),
    ("train/start", {"state": {"step": -1, "parameters": {}}}, "state.step"),
    ("sweep", {"learning_rates": [0]}, "learning_rates.0"),
    ("sweep", {"widths": {"m": []}}, "widths.m"),
    ("sweep", {"seeds": 3}, "seeds"),
]


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    for path, more, field in WRONG:
        assert await wrong_fields(client, path, {"program": LINE, **more}) == {field}, (path, more)


def test_a_sweep_is_a_training_with_lists_that_may_be_empty() -> None:
    sweep = SweepRequest(program=LINE)
    assert (sweep.learning_rates, sweep.seeds, sweep.widths, sweep.steps) == (
        [],
        [],
        {},
        TrainRequest(program=LINE).steps,
    )


def test_every_rule_and_schedule_is_documented_with_its_settings() -> None:
    text = named("rule", {**RULES, **SCHEDULES})
    assert all(f"`{name}`" in text for name in (*RULES, *SCHEDULES))
    assert "`sgd` (learning_rate" in text
