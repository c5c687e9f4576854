"""The page in Chinese: in every state nothing that is to be read is left in English; and every state for everybody."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.states import break_program, states
from tests.browser.visit import NARROW, WIDE, Visit
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.messages.reference import sources

# What is read, or read aloud, but for code, mathematics, names of languages and words of the server.
WRITTEN = """() => {
  const skip = "code, .katex, kbd, script, style, noscript, [lang=en], [lang=en] *, .cm-editor, option[value=en]";
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (element.closest(skip)) continue;
      for (const name of ["aria-label", "title", "placeholder", "aria-valuetext"]) {
        if (element.hasAttribute(name)) found.push(element.getAttribute(name));
      }
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) found.push(node.data);
    }
  };
  walk(document.body);
  return [...new Set(found.map((text) => text.trim()).filter((text) => /[A-Za-z]{2}/.test(text)))];
}"""


def english() -> set[str]:
    """Texts of the page that are others in Chinese."""
    codes = [code for title, codes in sources().items() if title.startswith("Page: ") for code in codes]
    return {text for code in codes if (text := Message(code).text("en")) != Message(code).text("zh")}


def left_in_english(page: Page, words: set[str], names: set[str]) -> list[str]:
    """What is one of the page's English sentences, or looks like one: two words or more, and nothing Chinese."""
    found = page.evaluate(WRITTEN)
    prose = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
    return [
        text
        for text in found
        if text not in names and (text in words or (prose.search(text) and not re.search("[\u4e00-\u9fff]", text)))
    ]


def test_nothing_is_left_in_english(visit: Visit, chapter: dict[str, Any]) -> None:
    page = visit(locale="zh-CN")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    words = english()
    assert len(words) > 200
    # Names of operators and of optimisers are the same in every language.
    operators = page.evaluate("fetch('api/v1/operators').then((answer) => answer.json())")
    names = {operator["name"] for operator in operators} | {"Momentum"}
    left = {state: left_in_english(page, words, names) for state in states(page)}
    left["error"] = left_in_english(page, words, names) if break_program(page) else []
    expect(page.locator("[data-part=problem] .message")).to_have_text("rellu 不是算子")
    expect(page.locator("[data-part=problem] .hint")).to_contain_text("是不是 relu")
    assert {state: texts for state, texts in left.items() if texts} == {}
    visit.forgive("422")


@pytest.mark.parametrize(("size", "scheme", "locale"), [(WIDE, "light", "en"), (NARROW, "dark", "zh-CN")])
def test_no_state_is_against_wcag(visit: Visit, size: tuple[int, int], scheme: str, locale: str) -> None:
    page = visit(size=size, scheme=scheme, locale=locale)
    for state in chain(states(page), (break_program(page) for _ in range(1))):
        assert (state, violations(page)) == (state, [])
    if size == NARROW:
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    visit.forgive("422")


def test_tabs_of_the_lab_answer_to_arrows(visit: Visit) -> None:
    page = visit()
    page.locator("#toggle-lab").click()
    page.get_by_role("tab", selected=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_have_attribute("data-tab", "memory")
    expect(page.get_by_role("tab", selected=True)).to_have_attribute("data-tab", "memory")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", selected=True)).to_be_focused()
    assert page.locator("#lab [role=tab][tabindex='0']").count() == 1


def test_numbers_are_written_as_chosen_and_stay_so(visit: Visit) -> None:
    page = visit("#example=chapter")
    page.keyboard.press("End")
    page.get_by_label("How arrows and numbers are drawn").click()
    page.get_by_label("Significant digits").select_option("6")
    numeric = page.locator("[data-part=numeric]")
    expect(numeric).to_contain_text(re.compile(r"\d\.\d{5,6}"))
    square = page.locator("svg [data-id=J] .scalar").first
    expect(square).to_have_text(re.compile(r"^\d\.\d{5,6}$"))
    page.get_by_label("Scientific notation").check()
    expect(numeric).to_contain_text(re.compile(r"\d\u00d710"))
    expect(square).to_have_text(re.compile(r"^\d\.\d{4,5}e[-\u2212]?\d$"))
    page.keyboard.press("Escape")
    page.locator("[data-id=W1]").click()
    cell = page.locator("#inspector [data-part=gradient] td").first
    expect(cell).to_have_text(re.compile(r"^\u2212?\d\.\d{5}e"))
    expect(page).to_have_url(re.compile("select=W1"))
    page.reload()
    expect(cell).to_have_text(re.compile(r"^\u2212?\d\.\d{5}e"))
