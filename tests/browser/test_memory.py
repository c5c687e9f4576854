"""The memory panel: the API's figures on three graphs, the player's moment, checkpointing, sizes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.visit import Visit


def open_panel(page: Page) -> None:
    page.get_by_role("button", name="Lab", exact=True).click()
    page.get_by_role("tab", name="Memory").click()
    expect(page.locator("#lab [data-part=measured]")).to_contain_text("planned")


@pytest.mark.parametrize(
    ("example", "scheme", "size"),
    [("chapter", "light", (1440, 900)), ("moons", "dark", (1440, 900)), ("classifier", "light", (390, 844))],
)
def test_the_footprint_is_the_apis(visit: Visit, ask: Any, example: str, scheme: str, size: Any) -> None:
    found = ask("memory", program=ask(f"examples/{example}")["program"])
    page = visit(f"#example={example}", scheme=scheme, size=size)
    open_panel(page)
    for part in ("parameters", "data", "gradients", "activations"):
        if found["footprint"][part]:
            entry = page.locator(f"#lab [data-name={part}]")
            expect(entry).to_have_attribute("data-bytes", str(found["footprint"][part]))
    expect(page.locator("#lab .saved tr")).to_have_count(len(found["saved"]))
    colours = page.locator("#lab .parts i").evaluate_all("all => all.map((one) => one.className)")
    assert len(set(colours)) == len(colours)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_players_moment_is_marked(visit: Visit) -> None:
    page = visit("#example=chapter")
    open_panel(page)
    expect(page.locator("#lab [data-part=moment]")).to_contain_text("peak")
    page.get_by_role("button", name="One step on").click()
    expect(page.locator("#lab [data-part=moment]")).to_contain_text("Step 1 of")
    expect(page.locator("#lab [data-part=live]")).to_contain_text("z 40 B")


def test_the_curve_is_walked_by_keyboard_and_says_what_is_freed(visit: Visit) -> None:
    page = visit("#example=chapter")
    open_panel(page)
    page.get_by_role("slider", name="Live bytes").focus()
    page.keyboard.press("Home")
    expect(page.locator("#lab [data-part=moment]")).to_contain_text("Step 1 of")
    expect(page.locator("#graph [data-id=z]")).not_to_have_class(re.compile("dim"))
    expect(page.locator("#graph [data-id=x]")).to_have_class(re.compile("dim"))
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#lab [data-part=freed]")).to_contain_text("Freed after it: o 24 B")


def test_the_chapters_sizes_get_names(visit: Visit) -> None:
    page = visit("#example=chapter")
    open_panel(page)
    expect(page.locator("#lab [data-part=unnamed]")).to_contain_text("d, q, m = 4, 3, 5")
    expect(page.locator("#lab .symbols dd .katex")).to_have_count(6)
    expect(page.locator("#lab [data-part=point]")).to_contain_text("d = 4")
    page.locator("[data-action=name-sizes]").click()
    expect(page.locator("#lab [data-part=unnamed]")).to_be_hidden()
    expect(page.locator("#lab .symbols dd .katex")).to_have_count(6)


def test_checkpointing_tells_what_it_saves_and_costs(visit: Visit) -> None:
    page = visit("#example=moons")
    open_panel(page)
    page.get_by_label("Gradient checkpointing").check()
    expect(page.locator("#lab [data-part=checkpointing]")).to_contain_text("the same, bit for bit")


def test_peaks_follow_a_named_size(visit: Visit) -> None:
    page = visit("#example=batch")
    open_panel(page)
    point = page.locator("#lab [data-part=point]")
    for name, told in (("h", "h = 5"), ("n", "n = 6")):
        page.get_by_role("combobox", name="Peaks over").select_option(name)
        expect(point).to_contain_text(told)
    page.get_by_role("slider", name="Peaks over").focus()
    page.keyboard.press("End")
    expect(point).to_have_text(re.compile("n = 24"))


def test_an_optimiser_adds_its_state(visit: Visit) -> None:
    page = visit("#example=moons")
    open_panel(page)
    expect(page.locator("#lab [data-name=optimizer]")).to_have_count(0)
    page.locator("#lab").get_by_label("Optimiser").last.select_option("adam")
    expect(page.locator("#lab [data-name=optimizer]")).to_have_count(1)
