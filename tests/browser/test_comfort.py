"""Comfort: keyboard, themes, narrow windows, and a strict policy that the page keeps to."""

from __future__ import annotations

import httpx
from playwright.sync_api import Page, expect

from tests.browser.visit import NARROW, PATIENCE, Visit

ALL_INSIDE = """() => {
  const room = document.querySelector('#graph').getBoundingClientRect();
  return [...document.querySelectorAll('#graph svg [data-id] .shape')].every((shape) => {
    const { left, right, top, bottom } = shape.getBoundingClientRect();
    return left >= room.left && right <= room.right && top >= room.top && bottom <= room.bottom;
  });
}"""
PAPER = "getComputedStyle(document.body).backgroundColor"


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the element has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def test_the_keyboard_alone_suffices(visit: Visit) -> None:
    page = visit()
    count = page.locator("[data-part=count]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(count).to_have_text("step 2 of 6")
    page.keyboard.press("ArrowLeft")
    expect(count).to_have_text("step 1 of 6")
    page.keyboard.press("Space")
    expect(page.get_by_label("Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_label("Play", exact=True)).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_label("One step on")).to_be_disabled()
    page.keyboard.press("Home")
    expect(page.locator("[data-part=phase]")).to_have_text("Start")

    expect(page.locator(".code")).to_be_visible()
    tab_to(page, ".code")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(
        "a: parameter = 2.0\nb: parameter = 3.0\n\ndef f(a, b):\n    return a * b + a\n\nJ = f(a, b)\n"
    )
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-id=f] .shape")).to_be_visible()
    tab_to(page, "[data-id=f] .shape")
    page.keyboard.press("Enter")
    expect(page.locator(".hull-label")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-id=f] .shape")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#inspector")).to_be_visible()
    tab_to(page, "#inspector [data-part=value] input")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.locator("#inspector .reset")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#inspector")).to_be_hidden()
    page.keyboard.press("End")
    expect(page.locator("[data-id=J] .picture.value")).to_have_text("12")


def test_the_focus_can_be_seen(visit: Visit) -> None:
    page = visit()
    tab_to(page, "[data-id=x] .shape")
    style = "getComputedStyle(document.querySelector('[data-id=x] .shape')).strokeDasharray"
    assert page.evaluate(style) != "none"


def test_the_theme_follows_the_system_until_one_is_chosen(visit: Visit) -> None:
    light = visit(scheme="light").evaluate(PAPER)
    page = visit(scheme="dark")
    dark = page.evaluate(PAPER)
    assert light != dark
    page.get_by_label("Theme: auto").click()
    assert page.evaluate(PAPER) == light
    page.reload()
    expect(page.get_by_label("Theme: light")).to_be_visible()
    assert page.evaluate(PAPER) == light
    page.get_by_label("Theme: light").click()
    assert page.evaluate(PAPER) == dark


def test_nothing_overflows_a_narrow_window(visit: Visit) -> None:
    for width, height in ((360, NARROW[1]), NARROW, (720, 450)):
        page = visit(size=(width, height))
        page.keyboard.press("End")
        for state in ("start", "inspector", "program"):
            if state == "inspector":
                page.locator("[data-id=W1]").click()
                expect(page.locator("#inspector h2 code")).to_have_text("W1")
            if state == "program":
                page.locator("#toggle-program").click()
                expect(page.get_by_label("Program text")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.wait_for_function(ALL_INSIDE)


def test_panels_fold_away(visit: Visit) -> None:
    page = visit()
    width = "document.querySelector('#graph').clientWidth"
    before = page.evaluate(width)
    page.get_by_label("Fold the program away").click()
    expect(page.get_by_label("Program text")).to_be_hidden()
    assert page.evaluate(width) > before
    page.locator("#toggle-program").click()
    expect(page.get_by_label("Program text")).to_be_visible()


def test_scripts_come_from_this_server_alone(visit: Visit, server: str) -> None:
    policy = httpx.get(server, timeout=PATIENCE / 1000).headers["content-security-policy"]
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert scripts.split() == ["script-src", "'self'"]
    page = visit()
    run = "[...document.scripts].filter(({ type }) => type !== 'application/json')"
    assert page.evaluate(f"{run}.every((script) => script.src.startsWith(location.origin))")


def test_a_server_that_is_gone_is_said_plainly_and_asked_again(visit: Visit) -> None:
    page = visit()
    page.locator(".cm-content").wait_for()
    page.route("**/api/v1/trace", lambda route: route.abort())
    page.get_by_label("Program text").fill("a: parameter = 3.0\nJ = a ** 2")
    expect(page.locator("[data-part=problem]")).to_contain_text("The server does not answer")
    expect(page.locator("[data-id=W1]")).to_be_visible()
    page.unroute("**/api/v1/trace")
    expect(page.locator("[data-id=a]")).to_be_visible()
    expect(page.locator("[data-part=problem]")).to_be_hidden()
    visit.forgive("ERR_FAILED")


def test_escape_closes_what_a_button_has_opened(visit: Visit) -> None:
    page = visit()
    for opened in ("gallery", "share"):
        page.locator(f"[popovertarget={opened}]").click()
        expect(page.locator(f"#{opened}")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(f"#{opened}")).to_be_hidden()


def test_the_page_speaks_chinese_to_who_asks_for_it(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Language").select_option("zh")
    expect(page.get_by_role("button", name="运行")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("#example-title")).to_have_text("带权重衰减的单隐藏层网络")
    page.get_by_label("前进一步").click()
    expect(page.locator("[data-part=text]")).to_contain_text("矩阵乘积")
    page.reload()
    expect(page.get_by_role("button", name="运行")).to_be_visible()
    page.get_by_label("语言").select_option("en")
    expect(page.get_by_role("button", name="Run")).to_be_visible()
