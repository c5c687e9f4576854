"""The edits panel on three graphs: a click changes program and picture, and what changed stands side by side."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.visit import Visit


def open_panel(visit: Visit, example: str, **how: Any) -> Page:
    page = visit(f"#example={example}&panel=edits", **how)
    expect(page.locator("#lab [data-kind] button").first).to_be_visible()
    return page


def make(page: Page, kind: str, words: str) -> None:
    page.locator(f"#lab [data-kind={kind}]").get_by_role("button", name=re.compile(words)).first.click()
    expect(page.locator("#lab .beside").first).to_be_visible()


@pytest.mark.parametrize(
    ("example", "kind", "words", "new", "scheme", "size"),
    [
        ("chapter", "bias", "z = W1 @ x", "[data-id=b1]", "light", (1440, 900)),
        ("vanishing", "skip", "sigmoid", ".node.tinted", "dark", (1440, 900)),
        ("moons", "layer", "tanh", "[data-id=W3]", "dark", (390, 844)),
    ],
)
def test_an_edit_moves_the_picture_and_marks_what_is_new(
    visit: Visit, example: str, kind: str, words: str, new: str, scheme: str, size: Any
) -> None:
    page = open_panel(visit, example, scheme=scheme, size=size)
    make(page, kind, words)
    expect(page.locator(f"#graph {new}").first).to_have_attribute("data-tint", re.compile("added|changed"))
    expect(page.locator("#lab [data-part=difference]")).to_contain_text("nodes added")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_the_bias_stands_in_the_equations_of_both_passes_and_goes_again(visit: Visit) -> None:
    page = open_panel(visit, "chapter")
    make(page, "bias", "z = W1 @ x")
    forward = page.locator("#lab .beside.forward tr[data-variable]")
    expect(forward).to_have_count(1)
    expect(forward).to_have_attribute("data-variable", "z")
    backward = page.locator("#lab .beside.backward tr[data-variable=b1]")
    expect(backward.locator(".before")).to_have_text("none")
    expect(page.locator("#graph [data-id=b1]")).to_be_attached()
    backward.hover()
    expect(page.locator("#graph [data-id=b1]")).not_to_have_class(re.compile("dim"))
    expect(page.locator("#graph [data-id=x]")).to_have_class(re.compile("dim"))
    page.get_by_role("button", name="Back to that program").click()
    expect(page.locator("#graph [data-id=b1]")).to_have_count(0)
    expect(page.locator("#example-title")).to_have_text("One hidden layer with weight decay")


def test_any_program_of_the_gallery_can_be_compared_with(visit: Visit) -> None:
    page = open_panel(visit, "bias")
    page.get_by_label("Compare with").select_option(label="One hidden layer with weight decay")
    expect(page.locator("#lab [data-group=added]")).to_contain_text("new")
    expect(page.locator("#graph [data-id=b]")).to_have_attribute("data-tint", "added")
    page.get_by_label("Compare with").select_option(label="nothing")
    expect(page.locator("#graph .node.tinted")).to_have_count(0)


def test_an_edit_is_undone_in_the_editor_and_refusals_say_why(visit: Visit) -> None:
    page = open_panel(visit, "chapter")
    make(page, "activation", "tanh")
    expect(page.locator("#graph [data-id='tanh:h']")).to_be_attached()
    page.locator("#lab summary").click()
    expect(page.locator("#lab .in-words")).to_contain_text("squared already")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#graph [data-id='relu:h']")).to_be_attached()
    expect(page.locator("#lab [data-group=removed]")).to_contain_text("tanh")
