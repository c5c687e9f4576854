"""The picture under fingers: a tap, a swipe, a pinch, and a finger that rests on a mark before it pulls it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import NARROW, Visit, eventually


class Fingers:
    """Fingers on the screen, as the browser is told of them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def _send(self, kind: str, points: list[tuple[float, float]]) -> None:
        touches: list[Any] = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def down(self, *points: tuple[float, float]) -> None:
        self._send("touchStart", [*points])

    def move(self, *points: tuple[float, float]) -> None:
        self._send("touchMove", [*points])

    def up(self) -> None:
        self._send("touchEnd", [])


def box(page: Page, name: str) -> tuple[float, float, float]:
    """Middle and width of a mark."""
    found = page.locator(f"[data-id='{name}'] .shape").bounding_box()
    assert found
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2, found["width"]


def test_a_finger_that_rests_on_a_mark_pulls_it(visit: Visit) -> None:
    page = visit(size=NARROW, touch=True)
    x, y, _ = box(page, "h")
    other = box(page, "z")
    fingers = Fingers(page)
    fingers.down((x, y))
    expect(page.locator("[data-id=h]")).to_have_class(re.compile(r"\bheld\b"))
    for step in range(1, 5):
        fingers.move((x + 5 * step, y + 10 * step))
    fingers.up()
    eventually(page, lambda: box(page, "h")[:2], pytest.approx((x + 20, y + 40), abs=1))
    assert box(page, "z") == pytest.approx(other, abs=1)
    expect(page.locator(".held")).to_have_count(0)
    expect(page.locator("#inspector")).to_be_hidden()


def test_a_finger_that_moves_at_once_pans_and_two_pinch(visit: Visit) -> None:
    page = visit(size=NARROW, touch=True)
    x, y, width = box(page, "h")
    fingers = Fingers(page)
    # However slow the machine, the page takes the finger to move at once: no time passes there.
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    fingers.down((x, y))
    for step in range(1, 5):
        fingers.move((x - 5 * step, y + 10 * step))
    fingers.up()
    eventually(page, lambda: box(page, "h")[:2], pytest.approx((x - 20, y + 40), abs=12))
    moved_x, moved_y, _ = box(page, "h")
    assert box(page, "z")[1] == pytest.approx(moved_y, abs=1)
    fingers.down((moved_x - 20, moved_y - 60), (moved_x + 20, moved_y - 60))
    for step in range(1, 5):
        fingers.move((moved_x - 20 - 5 * step, moved_y - 60), (moved_x + 20 + 5 * step, moved_y - 60))
    fingers.up()
    eventually(page, lambda: box(page, "h")[2], pytest.approx(2 * width, rel=0.05))


def test_a_tap_opens_and_selects_and_targets_are_large_enough(visit: Visit) -> None:
    page = visit(size=NARROW, touch=True)
    page.locator("[data-id=W1] .shape").tap()
    expect(page.locator("#inspector h2 code")).to_have_text("W1")
    page.get_by_label("Close the inspector").tap()
    expect(page.locator("#inspector")).to_be_hidden()
    page.locator("[data-scope=l2] .shape").tap()
    expect(page.locator(".hull[data-scope=l2]")).to_be_visible()
    small = page.evaluate(
        """() => [...document.querySelectorAll('button:not(.hull-label), select, summary, [role=button]')]
             .filter((one) => one.checkVisibility())
             .map((one) => ({ name: one.ariaLabel ?? one.textContent, box: one.getBoundingClientRect() }))
             .filter(({ box }) => Math.min(box.width, box.height) < 24).map(({ name }) => name)"""
    )
    assert small == []
    label = page.locator(".hull-label")
    room = label.bounding_box()
    assert room
    label.tap(position={"x": room["width"] / 2, "y": room["height"] / 2 + 11})
    expect(page.locator(".hull")).to_have_count(0)
