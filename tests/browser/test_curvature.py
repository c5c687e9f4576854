"""The curvature panel: a level's graph as the main picture and back, costs beside each other, the Hessian, steps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.visit import Visit


def open_panel(visit: Visit, example: str, **how: Any) -> Page:
    page = visit(f"#example={example}&panel=curvature", **how)
    expect(page.locator("#lab .levels").first.locator("tbody tr")).to_have_count(4)
    return page


def choose(page: Page, level: str) -> None:
    page.locator(f"#lab .segments input[value='{level}']").click()


@pytest.mark.parametrize(
    ("example", "scheme", "size"),
    [("chapter", "light", (1440, 900)), ("moons", "dark", (1440, 900)), ("scalar", "light", (390, 844))],
)
def test_the_main_picture_becomes_the_gradients_graph_and_is_the_programs_again(
    visit: Visit, ask: Any, example: str, scheme: str, size: Any
) -> None:
    body = ask("levels/picture", program=ask(f"examples/{example}")["program"], level="gradient")
    page = open_panel(visit, example, scheme=scheme, size=size)
    own = page.locator("#graph .node").count()
    page.get_by_role("button", name="One step on").click()
    moment = page.locator("#transport input[type=range]").input_value()
    choose(page, "gradient")
    expect(page.locator("#graph .node")).to_have_count(len(body["graph"]["nodes"]))
    expect(page.locator("#graph .node[data-kind=variable][data-order]")).to_have_count(len(body["orders"]))
    tied = [tie for tie in body["ties"] if tie["derivative"] != tie["variable"]]
    expect(page.locator("#graph .tie")).to_have_count(len(tied))
    expect(page.locator("#equation [data-part=phase]")).to_have_text("Backward")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    choose(page, "value")
    expect(page.locator("#graph .node")).to_have_count(own)
    expect(page.locator("#graph .tie")).to_have_count(0)
    assert page.locator("#transport input[type=range]").input_value() == moment


def test_another_panel_brings_the_forward_picture_back(visit: Visit) -> None:
    page = open_panel(visit, "chapter")
    choose(page, "hessian-vector product")
    expect(page.locator("#graph [data-id=HW1]")).to_be_visible()
    page.locator("#graph [data-id=HW1]").click()
    expect(page.locator("#inspector [data-part=value]")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Memory").click()
    expect(page.locator("#graph [data-id=HW1]")).to_have_count(0)
    expect(page.locator("#graph [data-id=J]")).to_be_visible()
    page.get_by_role("tab", name="Curvature").click()
    expect(page.locator("#graph [data-id=HW1]")).to_be_visible()


def test_costs_are_the_apis_and_what_is_too_large_is_told(visit: Visit, ask: Any, chapter: dict[str, Any]) -> None:
    levels = ask("levels", program=chapter["program"])["levels"]
    page = open_panel(visit, "chapter")
    for level in levels:
        row = page.locator(f"#lab tr[data-level='{level['name']}']")
        expect(row).to_have_attribute("data-flops", str(level["flops"]))
        expect(row).to_have_attribute("data-operators", str(level["operators"]))
    expect(page.locator("#lab [data-part=expected]")).to_contain_text("35 here")
    told = re.findall(r"(\S+) times", page.locator("#lab [data-part=expected]").inner_text())
    beside = [
        page.locator(f"#lab [data-level='{name}'] strong").first.inner_text()
        for name in ("gradient", "hessian-vector product")
    ]
    assert [f"\N{MULTIPLICATION SIGN}\N{THIN SPACE}{times}" for times in told] == beside
    choose(page, "hessian")
    expect(page.locator("#lab [role=alert]").first).to_contain_text("35 parameters")
    expect(page.locator("#lab .segments input[value=value]")).to_be_checked()
    visit.forgive("422")


def test_the_hessian_is_read_by_keyboard_and_a_newton_step_is_taken(visit: Visit) -> None:
    page = open_panel(visit, "linear")
    expect(page.locator("#lab [data-part=entry]")).not_to_be_empty()
    page.locator("#lab canvas.hessian").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#lab [data-part=entry]")).to_have_text(re.compile(r"^w and w: "))
    expect(page.locator("#lab [data-part=eigenvalues]")).to_contain_text("2 positive, 0 negative, 0 zero")
    row = page.locator("#lab tr[data-step=newton]")
    after = float(row.get_attribute("data-after") or "nan")
    assert after < float(page.locator("#lab tr[data-step=gradient]").get_attribute("data-after") or "nan")
    row.get_by_role("button").click()
    expect(row.locator("td").nth(1)).to_contain_text(f"{after:.4g}"[:6])
    page.keyboard.press("Escape")


def test_a_level_too_large_for_a_matrix_has_its_curvature(visit: Visit) -> None:
    page = open_panel(visit, "wide")
    expect(page.locator("#lab [data-part=too-large]")).to_contain_text("98,304 parameters")
    expect(page.locator("#lab [data-part=line]")).to_contain_text("The parabola is lowest")
