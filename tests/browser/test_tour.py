"""The guided tour: offered once, walked with the keyboard alone, never over what it speaks of."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.test_comfort import tab_to
from tests.browser.visit import NARROW, Visit

STOPS = 18
COVERS_NOTHING = """() => {
  const tour = document.querySelector('.tour').getBoundingClientRect();
  return [...document.querySelectorAll('#graph svg [data-id] .shape')].every((shape) => {
    const { top, bottom } = shape.getBoundingClientRect();
    return top >= tour.bottom && bottom <= innerHeight;
  });
}"""


def at(page: Page, stop: int) -> None:
    expect(page.locator(".tour .count")).to_have_text(f"{stop} of {STOPS}")


def test_the_tour_is_walked_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit()
    tab_to(page, ".offer button")
    page.keyboard.press("Enter")
    moment = page.locator("#transport input[type=range]")
    for stop in range(1, STOPS + 1):
        at(page, stop)
        expect(page.get_by_role("button", name="Done" if stop == STOPS else "Next", exact=True)).to_be_focused()
        if stop == 2:
            expect(moment).to_have_value("1")
            expect(page.locator("svg [data-id=J]")).to_have_class(re.compile(r"\bdim\b"))
            expect(page.locator("svg [data-id=z]")).not_to_have_class(re.compile(r"\bdim\b"))
        if stop == 7:
            expect(page.locator("svg [data-id='l2.power'] .shape")).to_be_visible()
        if stop == 14:
            expect(page.locator("svg [data-id='l2.power']")).to_have_count(0)
            expect(page.locator("#equation [data-part=phase]")).to_have_text("Backward")
        page.wait_for_function(COVERS_NOTHING)
        if stop < STOPS:
            page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    at(page, STOPS - 1)
    page.keyboard.press("Escape")
    expect(page.locator(".tour")).to_have_count(0)
    expect(page.locator("svg .dim")).to_have_count(0)
    expect(page.locator("button.examples")).to_be_focused()


def test_the_tour_has_an_address_and_goes_on_where_it_was_left(visit: Visit) -> None:
    page = visit("#example=chapter&tour=3")
    at(page, 3)
    page.get_by_role("button", name="Next", exact=True).click()
    page.wait_for_url("**#example=chapter&moment=3&tour=4")
    page.reload()
    at(page, 4)
    page.get_by_role("button", name="Close the tour").click()
    page.wait_for_url(lambda url: "tour" not in url)
    page.locator("button.examples").click()
    page.locator("[data-example=scalar]").click()
    expect(page.locator("#example-title")).to_have_text("The chain rule, with numbers")
    page.locator("button.examples").click()
    page.get_by_role("button", name="Go on with the tour").click()
    at(page, 4)
    expect(page.locator("svg [data-id=W2] .shape")).to_be_visible()


def test_the_tour_is_offered_once(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Not now").click()
    page.reload()
    page.locator("#graph [data-id]").first.wait_for()
    expect(page.locator("button.examples")).to_be_visible()
    expect(page.locator(".offer")).to_have_count(0)


def test_the_tour_fits_a_phone(visit: Visit) -> None:
    for scheme, stop in (("dark", 9), ("light", 18)):
        page = visit(f"#example=chapter&tour={stop}", size=NARROW, scheme=scheme)
        at(page, stop)
        page.wait_for_function(COVERS_NOTHING)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
        assert violations(page) == []
