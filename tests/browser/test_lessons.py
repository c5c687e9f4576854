"""A lesson without an LMS: nothing leaves the page, and a learner saves the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app.integrations.test_lessons import FIRST
from tests.browser.axe import violations
from tidegraph.app.integrations import lessons

Open = Callable[..., Page]


@pytest.fixture
def course(elsewhere: tuple[Path, str]) -> tuple[Path, str]:
    folder, address = elsewhere
    source = folder / "source"
    source.mkdir(exist_ok=True)
    (source / "01.md").write_text(FIRST)
    lessons.build(source, folder / "course")
    return folder / "course", f"{address}course/"


def test_a_learner_saves_answers_that_can_be_graded(course: tuple[Path, str], open_page: Open) -> None:
    page = open_page(f"{course[1]}01.html", size=(1000, 1200))
    question = page.locator("tide-question[name=q-value]")
    question.locator("tide-graph [data-id=J]").first.wait_for()
    page.get_by_label("Your name or id").fill("ada")
    page.get_by_label("Your name or id").blur()
    expect(question).to_have_attribute("learner", "ada")
    question.locator("tide-graph [data-id=J]").first.wait_for()
    question.locator(".fields input").fill("36")
    question.get_by_role("button", name="Check").click()
    expect(page.locator("[data-progress]")).to_have_text("1 of 2 right")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my answers").click()
    saved = json.loads(Path(download.value.path()).read_text())
    assert saved == {"learner": "ada", "lesson": "01", "answers": {"q-value": "36"}}
    assert violations(page) == []
