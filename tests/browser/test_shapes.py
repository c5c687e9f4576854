"""The shapes panel: shapes of a gradient and of a full Jacobian in words and figures, on three graphs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.visit import Visit


def open_panel(visit: Visit, example: str, **how: Any) -> Page:
    page = visit(f"#example={example}&panel=shapes", **how)
    expect(page.locator("#lab [data-part=gradient]")).not_to_be_empty()
    return page


@pytest.mark.parametrize(
    ("example", "name", "scheme", "size"),
    [
        ("batch", "W1", "light", (1440, 900)),
        ("convolution", "K", "dark", (1440, 900)),
        ("neuron", "b", "light", (390, 844)),
    ],
)
def test_the_rule_has_the_apis_shapes(visit: Visit, ask: Any, example: str, name: str, scheme: str, size: Any) -> None:
    body = ask("shapes", program=ask(f"examples/{example}")["program"], name=name)
    page = open_panel(visit, example, scheme=scheme, size=size)
    page.get_by_label("Differentiated by").select_option(name)
    first = body["jacobians"][0]
    spelled = "\u00a0\u00d7\u00a0".join(map(str, body["shape"]))
    expect(page.locator("#lab [data-part=gradient]")).to_contain_text(spelled or "single numbers")
    whole = "\u00a0\u00d7\u00a0".join(map(str, first["shape"]))
    expect(page.locator("#lab [data-part=jacobian]")).to_contain_text(whole or "single number")
    expect(page.locator("#lab .formula .katex")).to_have_count(3)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_entries_are_read_by_keyboard(visit: Visit) -> None:
    page = open_panel(visit, "chapter")
    picture = page.get_by_role("img", name="Jacobian of z by W1")
    picture.focus()
    for key in ("ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator("#lab [data-part=entry]")).to_have_text(re.compile(r"^z\[0\] by W1\[0, 1\]: "))
    page.get_by_label("What is differentiated").select_option("o")
    expect(page.locator("#lab [data-part=jacobian]")).to_contain_text("does not read W1 itself")


def test_the_selected_variable_is_the_one_that_is_told(visit: Visit) -> None:
    page = open_panel(visit, "chapter")
    page.locator("#graph [data-id=h]").click()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Memory").click()
    page.get_by_role("tab", name="Shapes").click()
    expect(page.locator("#lab [data-part=gradient]")).to_contain_text("every number in h")


def test_a_jacobian_too_large_to_look_at_keeps_its_shape(visit: Visit) -> None:
    page = open_panel(visit, "wide")
    expect(page.locator("#lab [data-part=entry]")).to_contain_text("too many to look at")
    expect(page.locator("#lab [data-part=product]")).to_contain_text("never builds the Jacobian")
