"""An assignment as a link: answered in the page, saved as a signed file, graded from the file."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.app.integrations.test_assigning import ASSIGNMENT
from tests.browser.axe import violations
from tests.browser.visit import NARROW, Visit
from tidegraph.app.integrations import assigning, grading
from tidegraph.engine.teaching import individual
from tidegraph.engine.teaching.assignment import read_assignment
from tidegraph.engine.teaching.exercise import Exercise

SOLUTION = read_assignment(ASSIGNMENT)
LEARNER = 'Ada "\U0001f600" 小明'


def answer(page: Page, name: str, given: str, correct: bool) -> None:
    asked = page.locator(f"tide-question[name={name}]")
    asked.locator("tide-graph [data-id=J]").first.wait_for()
    asked.locator(".fields input").fill(given)
    asked.locator(".check").click()
    asked.locator(f"form[data-correct={str(correct).lower()}]").wait_for()


def test_a_personal_link_is_answered_and_its_file_graded(visit: Visit, tmp_path: Path) -> None:
    link = assigning.link(SOLUTION, b"secret", visit.server, LEARNER, "Slopes")
    page = visit(link.removeprefix(visit.server), wait=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Slopes")
    expect(page.get_by_label("Your name or id")).to_have_value(LEARNER)
    expect(page.get_by_label("Your name or id")).not_to_be_editable()
    expect(page.get_by_role("button", name="Save my results")).to_be_disabled()
    slope = float(individual.pose(Exercise(SOLUTION.graph, SOLUTION.questions["slope"]), LEARNER).answer)
    answer(page, "slope", str(-slope), False)
    answer(page, "slope", str(slope), True)
    answer(page, "q2", "1", True)
    expect(page.locator("[data-progress]")).to_have_text("2 of 2 answered, 2 right")
    assert violations(page) == []
    page.reload()
    expect(page.locator("[data-progress]")).to_have_text("2 of 2 answered, 2 right")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my results").click()
    (tmp_path / "in").mkdir()
    saved = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    (tmp_path / "in" / "one.json").write_text(json.dumps(saved), encoding="utf-8")
    (tmp_path / "in" / "two.json").write_text(json.dumps({**saved, "attempts": {}}), encoding="utf-8")
    table = grading.table(SOLUTION, tmp_path / "in", grading.Options(key=b"secret"))
    rows = {(row["submission"], row["item"]): row for row in csv.DictReader(io.StringIO(table))}
    total = rows["one.json", "total"]
    assert (total["learner"], total["score"], total["signed"]) == (LEARNER, "3", "personal link")
    assert rows["one.json", "slope"]["attempts"] == "2"
    assert "signature" in rows["two.json", "total"]["feedback"]


def test_a_shared_link_asks_for_the_name(visit: Visit) -> None:
    link = assigning.link(SOLUTION, b"secret", visit.server)
    page = visit(link.removeprefix(visit.server), size=NARROW, locale="zh", wait=False)
    answer(page, "q2", "1", True)
    save = page.get_by_role("button", name="保存我的结果")
    expect(save).to_be_disabled()
    page.get_by_label("姓名或学号").fill("ada")
    page.get_by_label("姓名或学号").blur()
    expect(page.locator("[data-progress]")).to_have_text(re.compile("已答 0"))
    answer(page, "q2", "1", True)
    expect(save).to_be_enabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]


def test_a_link_that_lost_a_part_says_so(visit: Visit) -> None:
    page = visit("assignment#abc", wait=False)
    expect(page.get_by_role("alert")).to_have_text("This address has no assignment in it. Ask for the complete link.")
    expect(page.get_by_role("button", name="Save my results")).to_have_count(0)
