"""The devices panel on three graphs: the API's placement in the picture, the timeline both ways, the strategies."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.visit import Visit


def open_panel(visit: Visit, example: str, **how: Any) -> Page:
    page = visit(f"#example={example}&panel=devices", **how)
    expect(page.locator("#lab [data-strategy]").first).to_be_visible()
    expect(page.locator("#graph .node.tinted").first).to_be_attached()
    return page


def slider(page: Page, name: str) -> Locator:
    return page.locator("#lab").get_by_role("slider", name=name)


@pytest.mark.parametrize(
    ("example", "scheme", "size"),
    [("wide", "light", (1440, 900)), ("chapter", "dark", (1440, 900)), ("transformer", "dark", (390, 844))],
)
def test_a_graph_is_split_and_told(visit: Visit, example: str, scheme: str, size: Any) -> None:
    page = open_panel(visit, example, scheme=scheme, size=size)
    expect(page.locator("#lab [data-part=verdict]")).to_contain_text("cannot hold it")
    devices = page.locator("#lab .stages li").count()
    assert devices > 1
    signs = page.locator("#graph .node .sign text").all_text_contents()
    assert {"1", str(devices)} <= {part for sign in signs for part in re.split("[+\u2013]", sign)}
    assert page.locator("#lab .beat").count() >= 3 * devices
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_cut_arrows_carry_their_bytes_and_the_picture_is_bare_again(visit: Visit) -> None:
    page = open_panel(visit, "wide")
    cuts = page.locator("#graph .edge.told")
    expect(cuts).to_have_count(3)
    expect(cuts.first.locator("text")).to_have_text("98.3\u00a0kB")
    page.get_by_role("tab", name="Memory").click()
    expect(cuts).to_have_count(0)
    expect(page.locator("#graph .node.tinted")).to_have_count(0)


def test_a_bar_lights_its_nodes_and_a_node_its_bars(visit: Visit) -> None:
    page = open_panel(visit, "wide")
    page.locator("#lab .beat[data-device='1']:not(.transfer)").first.hover()
    expect(page.locator("#lab [data-part=bar]")).to_contain_text("Device 2: forward")
    expect(page.locator("#graph [data-id=W3]")).not_to_have_class(re.compile("dim"))
    expect(page.locator("#graph [data-id=W1]")).to_have_class(re.compile("dim"))
    page.locator("#graph [data-id=W1]").hover()
    expect(page.locator("#lab .beat.faded").first).to_be_attached()
    expect(page.locator("#lab .beat[data-device='0']").first).not_to_have_class(re.compile("faded"))


def test_the_timeline_is_walked_by_keyboard_and_told_in_words(visit: Visit) -> None:
    page = open_panel(visit, "wide")
    page.locator("#lab .beat").first.focus()
    page.keyboard.press("ArrowDown")
    focused = page.locator("#lab .beat:focus")
    expect(focused).to_have_attribute("aria-label", re.compile("^Device 2"))
    page.keyboard.press("ArrowRight")
    expect(focused).to_have_count(1)
    expect(page.locator("#lab [data-part=bar]")).to_contain_text("Device 2")
    page.get_by_text("The timeline in words").click()
    expect(page.locator("#lab .in-words li")).to_have_count(4)


def test_limits_and_strategies_are_changed_and_followed(visit: Visit) -> None:
    page = open_panel(visit, "wide")
    slider(page, "Devices").press("Home")
    expect(page.locator("#lab [data-part=verdict]")).to_contain_text("is too little")
    expect(page.locator("#graph .node.tinted")).to_have_count(0)
    slider(page, "Memory a device").press("End")
    expect(page.locator("#lab [data-part=verdict]")).to_contain_text("without a limit")
    slider(page, "Devices").press("End")
    expect(page.locator("#lab [data-part=algorithm]")).to_contain_text("of 8 devices are used")
    page.get_by_role("radio", name="Data parallel").check()
    expect(page.locator("#lab [data-part=strategy]")).to_have_text("Data parallel")
    expect(page.locator("#graph [data-id=W1] .sign text")).to_have_text("1\u20138")
    expect(page.locator("#graph .edge.told")).to_have_count(0)


def test_the_split_graph_gives_the_same_gradients(visit: Visit) -> None:
    page = open_panel(visit, "chapter")
    page.locator("[data-action=verify]").click()
    expect(page.locator("#lab [data-part=verified]")).to_contain_text("bit for bit: W1, W2.")
