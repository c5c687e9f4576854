"""Graphs in other people's pages: served from another origin, from a file, several at once, in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.cli import main

PROGRAM = "a: parameter = -4.0\nb: parameter = 2.0\nJ = a * b + a"
Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Any:
    """Opens a page of anyone's; whatever it complains about fails the test, a policy's violation too."""
    complaints: list[str] = []

    def open_page(address: str, *, scheme: Any = "light", size: tuple[int, int] = (1000, 700), **more: Any) -> Page:
        viewport: Any = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce", **more)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert complaints == []


def test_an_exported_file_plays_offline_from_disk(tmp_path: Path, open_page: Open) -> None:
    program = tmp_path / "product.tide"
    program.write_text(PROGRAM)
    main(["export", str(program)])
    page = open_page(program.with_suffix(".html").as_uri(), offline=True)
    page.locator("[data-id=J]").first.wait_for()
    page.get_by_label("One step on").click()
    expect(page.locator("[data-part=count]")).to_have_text("step 1 of 2")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px KaTeX_Main'))")
    page.locator("svg [data-id=a] .shape").click()
    expect(page.get_by_label("Inspector").locator("h2 code")).to_have_text("a")
    expect(page.locator(".numbers input")).to_have_count(0)


def test_an_exported_file_opens_its_groups_offline(tmp_path: Path, open_page: Open, chapter: dict[str, Any]) -> None:
    program = tmp_path / "chapter.tide"
    program.write_text(chapter["program"])
    main(["export", str(program)])
    page = open_page(program.with_suffix(".html").as_uri(), offline=True)
    page.locator("svg [data-id=l2] .shape").click()
    page.locator("svg [data-id='l2.divide']").first.wait_for()
