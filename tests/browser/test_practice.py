"""Practice on the graph on show: fading backward steps, predicting the next one, the score, the first mistake."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.visit import Visit, nodes

EVENTS = "addEventListener('answer', ({ detail }) => (window.answers ??= []).push(detail))"


def open_practice(visit: Visit, mode: str, **how: Any) -> Page:
    page = visit("#example=chapter&panel=practice", **how)
    page.evaluate(EVENTS)
    page.locator(f"[name=practice-mode][value={mode}]").check()
    return page


def begin(page: Page) -> None:
    page.locator("[data-action=practice-start]").click()
    expect(page.locator("tide-question .fields input").first).to_be_visible()


def check(page: Page, *numbers: float) -> None:
    fields = page.locator("tide-question .fields input")
    expect(fields).to_have_count(len(numbers))
    for field, number in zip(fields.all(), numbers, strict=True):
        field.fill(repr(number))
    page.locator("tide-question .check").click()
    page.locator("tide-question form[data-correct]").wait_for()


def test_backward_steps_are_filled_in_one_more_each_round(
    visit: Visit, api: Callable[..., dict[str, Any]], chapter: dict[str, Any]
) -> None:
    known = nodes(api(chapter["program"]))
    page = open_practice(visit, "fading")
    page.locator("[name=fresh]").uncheck()
    begin(page)
    expect(page.locator(".practice-steps li")).to_have_count(5)
    expect(page.locator(".practice-steps [data-state]")).to_have_count(1)
    weight = page.locator("#graph [data-id=W1] .shape")
    expect(weight).not_to_have_attribute("aria-label", re.compile("gradient shown"))
    question = page.locator("tide-question").get_attribute("name") or ""
    row, column = map(int, re.findall(r"\d+", question.removeprefix("gradient of W1")))
    right = known["W1"]["gradient"][row][column]
    # The entry is drawn; the sign of one that is nearly 0 would be no mistake.
    wrong = -right if abs(right) > 0.1 else right + 1
    check(page, wrong)
    expect(page.locator("tide-question .verdict")).not_to_be_empty()
    check(page, right)
    expect(weight).to_have_attribute("aria-label", re.compile("gradient shown"))
    page.locator("[data-action=practice-next]").click()
    expect(page.locator("tide-question")).to_have_attribute("name", "gradient of z")
    expect(page.locator(".practice-steps [data-state]")).to_have_count(2)
    expect(weight).not_to_have_attribute("aria-label", re.compile("gradient shown"))
    check(page, *known["z"]["gradient"])
    assert violations(page) == []
    page.locator("[data-action=practice-finish]").click()
    outcome = page.locator("[data-part=outcome]")
    expect(outcome.locator("h3")).to_have_text("1 of 2 right at the first attempt")
    expect(outcome).to_contain_text(
        f"The first mistake: the gradient of W1. What is the gradient of W1[{row}, {column}]?"
    )
    page.locator("[data-action=practice-show]").click()
    expect(page.locator("#graph [data-id=x]")).to_have_class(re.compile("dim"))
    expect(weight).to_have_attribute("aria-label", re.compile("gradient shown"))
    told = page.evaluate("answers.map((one) => [one.question, one.correct, one.attempts, one.misconception])")
    assert [one[:3] for one in told] == [[question, False, 1], [question, True, 2], ["gradient of z", True, 1]]
    # Where the penalty is small, the sign of the error makes nearly the same number.
    assert wrong != -right or told[0][3] in ("sign-flipped", "error-sign-flipped")


def test_each_round_has_other_numbers_and_the_programs_own_come_back(visit: Visit) -> None:
    page = open_practice(visit, "fading", scheme="dark", locale="zh")
    marks = "[...document.querySelectorAll('#graph [data-id=x] .picture.value path')]"
    cells = f"{marks}.map((path) => path.getAttribute('d') + path.style.cssText).join()"
    own = page.evaluate(cells)
    begin(page)
    assert page.evaluate(cells) != own
    assert violations(page) == []
    page.locator("[data-action=practice-finish]").click()
    page.wait_for_function(f"own => ({cells}) === own", arg=own)
    expect(page.locator("[data-action=practice-start]")).to_have_text("再来一次")


def test_the_next_step_is_predicted_before_it_plays(visit: Visit) -> None:
    page = open_practice(visit, "predict", size=(390, 844))
    for kind in ("shape", "sign", "number"):
        page.locator(f".practice-kinds [name={kind}]").uncheck()
    begin(page)
    expect(page.locator("tide-question")).to_have_attribute("name", "next")
    page.locator("tide-question input[value='matmul:z']").check()
    page.locator("tide-question .check").click()
    page.locator("tide-question form[data-correct=true]").wait_for()
    page.locator("[data-action=practice-next]").click()
    expect(page.locator("#transport input[type=range]")).to_have_value("1")
    expect(page.locator("tide-question")).to_have_attribute("name", "next after value z")
    page.locator("tide-question input[value='matmul:o']").check()
    page.locator("tide-question .check").click()
    page.locator("tide-question form[data-correct=false]").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("[data-action=practice-finish]").click()
    expect(page.locator("[data-part=outcome]")).to_contain_text("The first mistake: Step 2 of")
