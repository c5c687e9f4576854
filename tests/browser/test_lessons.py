"""A lesson inside an LMS: scores, attempts and answers reach its run-time; without one nothing leaves the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.app.integrations.test_lessons import FIRST
from tests.browser.axe import violations
from tidegraph.app.integrations import lessons

Open = Callable[..., Page]

RUNTIME = r"""<!doctype html><title>LMS</title><script>
  window.held = { "cmi.core.student_id": "ada", "cmi.learner_id": "ada" };
  const get = (name) => name.endsWith("interactions._count")
    ? String(Object.keys(held).filter((key) => /^cmi\.interactions\.\d+\.id$/.test(key)).length)
    : (held[name] ?? "");
  const set = (name, value) => { held[name] = value; return "true"; };
  const yes = () => "true";
  window.API_1484_11 = { Initialize: yes, Terminate: yes, Commit: yes, GetValue: get, SetValue: set };
  window.API = { LMSInitialize: yes, LMSFinish: yes, LMSCommit: yes, LMSGetValue: get, LMSSetValue: set };
  delete window[VERSION];
</script><iframe src="01.html" width="1000" height="900" title="lesson"></iframe>"""


@pytest.fixture
def course(elsewhere: tuple[Path, str]) -> tuple[Path, str]:
    folder, address = elsewhere
    source = folder / "source"
    source.mkdir(exist_ok=True)
    (source / "01.md").write_text(FIRST)
    lessons.build(source, folder / "course")
    return folder / "course", f"{address}course/"


@pytest.mark.parametrize(
    ("absent", "status"), [("API_1484_11", "cmi.core.lesson_status"), ("API", "cmi.success_status")]
)
def test_an_lms_gets_scores_and_answers(course: tuple[Path, str], open_page: Open, absent: str, status: str) -> None:
    folder, address = course
    (folder / "lms.html").write_text(RUNTIME.replace("VERSION", json.dumps(absent)))
    page = open_page(f"{address}lms.html")
    frame = page.frame_locator("iframe")
    question = frame.locator("tide-question")
    question.locator("tide-graph [data-id=J]").first.wait_for()
    expect(question).to_have_attribute("learner", "ada")
    expect(frame.locator("[data-save]")).to_have_count(0)
    for given, correct in (("6", "false"), ("36", "true")):
        question.locator(".fields input").fill(given)
        question.get_by_role("button", name="Check").click()
        question.locator(f"form[data-correct={correct}]").wait_for()
    held: dict[str, Any] = page.evaluate("held")
    assert held[status] == "passed"
    assert held["cmi.interactions.0.id"] == "q-value"
    assert held["cmi.interactions.0.result"] in ("wrong", "incorrect")
    assert held["cmi.interactions.1.result"] == "correct"
    assert "100" in (held.get("cmi.core.score.raw"), held.get("cmi.score.raw"))


def test_a_learner_saves_answers_that_can_be_graded(course: tuple[Path, str], open_page: Open) -> None:
    page = open_page(f"{course[1]}01.html", size=(1000, 1200))
    question = page.locator("tide-question")
    question.locator("tide-graph [data-id=J]").first.wait_for()
    page.get_by_label("Your name or id").fill("ada")
    page.get_by_label("Your name or id").blur()
    expect(question).to_have_attribute("learner", "ada")
    question.locator("tide-graph [data-id=J]").first.wait_for()
    question.locator(".fields input").fill("36")
    question.get_by_role("button", name="Check").click()
    expect(page.locator("[data-progress]")).to_have_text("1 of 1 right")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my answers").click()
    saved = json.loads(Path(download.value.path()).read_text())
    assert saved == {"learner": "ada", "lesson": "01", "answers": {"q-value": "36"}}
    assert violations(page) == []
