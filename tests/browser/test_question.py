"""Questions in pages of other people: judged by the server, and by the published key in a file without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tidegraph.app.cli import main
from tidegraph.app.integrations import questions

Open = Callable[..., Page]
PROGRAM = "x: input[2] = [2, -1]\nW: parameter[2, 2] = [[1, 2], [3, 4]]\nz = W @ x\nJ = sum(relu(z)) + sum(W ** 2)"
LISTEN = "window.answers = []; document.addEventListener('answer', ({ detail }) => answers.push(detail))"


def answer(page: Page, *texts: str) -> None:
    for field, text in zip(page.locator("tide-question .fields input").all(), texts, strict=True):
        field.fill(text)
    page.get_by_role("button", name="Check").click()


def test_a_file_judges_by_its_key(tmp_path: Path, open_page: Open) -> None:
    (tmp_path / "layer.tide").write_text(PROGRAM)
    (tmp_path / "asks.txt").write_text("ask: gradient of W\nhint: two paths\nfeedback wrong: Not yet.")
    main(["export", str(tmp_path / "layer.tide"), "--question", str(tmp_path / "asks.txt")])
    page = open_page((tmp_path / "layer.html").as_uri(), offline=True)
    page.locator("tide-graph [data-id=J]").first.wait_for()
    page.evaluate(LISTEN)
    form, verdict = page.locator("tide-question form"), page.get_by_role("status").last
    answer(page, "2", "4", "6", "8")
    expect(form).to_have_attribute("data-correct", "false")
    expect(verdict).to_contain_text("A path is missing.")
    expect(page.locator("svg [data-id=x].dim, svg [data-id=z].dim").first).to_be_attached()
    answer(page, "2", "4", "8", "70")
    expect(verdict).to_contain_text("3 of 4 entries are right. The first wrong one is [1, 1].")
    expect(page.get_by_label("Entry [1, 1], not right")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Hint").click()
    answer(page, "2", "4", "8", "many")
    expect(form).to_have_attribute("data-correct", "unreadable")
    assert page.locator("svg [data-id=W] .picture.gradient svg, svg [data-id=W] .picture.gradient rect").count() == 0
    answer(page, "2", "4", "8", "14/2")
    expect(form).to_have_attribute("data-correct", "true")
    told = page.evaluate(
        "answers.map(({ correct, attempts, hints, misconception }) => [correct, attempts, hints, misconception])"
    )
    assert told == [
        [False, 1, 0, "path-forgotten"],
        [False, 2, 0, None],
        [True, 3, 1, None],
    ]
    page.keyboard.press("Tab")
    assert violations(page) == []


def test_a_server_judges_and_numbers_are_the_learners_own(
    elsewhere: tuple[Path, str], open_page: Open, server: str
) -> None:
    folder, address = elsewhere
    (folder / "page.html").write_text(
        "<!doctype html><html lang=zh><meta charset=utf-8><title>t</title>"
        f"<script type=module src='{server}static/embed.js'></script>"
        f"<tide-question learner=ada name=q1><script type=text/plain>{PROGRAM}\n---\n"
        "ask: value of z[0]\nnumbers: individual x</script></tide-question>"
    )
    page = open_page(f"{address}page.html")
    page.locator("tide-graph [data-id=J]").first.wait_for()
    page.evaluate(LISTEN)
    expect(page.locator("tide-question .prompt")).to_have_text("z[0] 的值是多少？")
    page.locator("tide-question .fields input").fill("1000")
    page.get_by_role("button", name="检查").click()
    expect(page.locator("tide-question .verdict")).to_contain_text("不正确。")
    assert page.evaluate("[answers[0].question, answers[0].learner, answers[0].seed]") == ["q1", "ada", 8]


def test_no_number_that_is_asked_stands_in_the_page() -> None:
    html = questions.page("a: parameter = 3\nb: parameter = 1234.5\nJ = a * b", "ask: value of J")
    assert "3703.5" not in html
    assert "1234.5" in html
