"""Tours in pages without a server: as steps, as slides, beside the text that is read, and on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.engine.teaching.test_tour import PROGRAM, TEXT
from tidegraph.app.integrations import tours

Open = Callable[..., Page]
STOP = "document.querySelector('tide-tour').stop"


def written(folder: Path, **options: Any) -> str:
    (folder / "tour.html").write_text(tours.page(PROGRAM, TEXT, **options))
    return (folder / "tour.html").as_uri()


def stands_at(page: Page, stop: int) -> None:
    """Waits for a stop; the page's policy allows no polling inside it."""
    for _ in range(200):
        if page.evaluate(STOP) == stop:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the tour stands at {page.evaluate(STOP)}, not at {stop}")


def test_a_tour_moves_opens_marks_hides_and_asks(tmp_path: Path, open_page: Open) -> None:
    page = open_page(written(tmp_path), offline=True)
    page.locator("svg [data-id='penalty.power']").first.wait_for()
    expect(page.locator("[data-part=count]")).to_have_text("step 1 of 8")
    expect(page.locator("svg [data-id=J].dim")).to_be_attached()
    expect(page.locator("svg [data-id=W].dim")).not_to_be_attached()
    expect(page.locator(".caption:not([hidden]) strong")).to_have_text("weights")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator(".captions")).to_contain_text("What is the gradient of W[0, 0]?")
    expect(page.locator("svg [data-id='penalty']")).to_be_attached()
    page.locator("tide-question .fields input").fill("100000")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("tide-question .verdict")).to_contain_text("That is not right.")
    assert violations(page) == []
    page.emulate_media(media="print")
    expect(page.locator("tide-tour > figure")).to_have_count(2)
    expect(page.locator("tide-tour > figure").first).to_be_visible()
    expect(page.locator("section.tour")).not_to_be_visible()


def test_slides_turn_by_arrow_keys_and_the_element_has_methods(tmp_path: Path, open_page: Open) -> None:
    page = open_page(written(tmp_path, mode="slides"), offline=True)
    page.locator("tide-graph [data-id=J]").first.wait_for()
    page.locator("section.tour").focus()
    page.keyboard.press("ArrowRight")
    stands_at(page, 2)
    page.keyboard.press("Home")
    stands_at(page, 1)
    page.evaluate("graph = document.querySelector('tide-tour').shadowRoot.querySelector('tide-graph')")
    page.evaluate(
        "graph.open([]); graph.setAttribute('panels', 'equation,transport,inspector'); graph.seek('gradient W')"
    )
    expect(page.locator("[data-part=phase]")).to_have_text("Backward")
    page.evaluate("graph.mark('z'); graph.select('z')")
    expect(page.locator("svg [data-id=z].selected")).to_be_attached()
    expect(page.locator("svg [data-id=J].dim")).to_be_attached()
    page.evaluate("graph.mark()")
    expect(page.locator("svg .dim")).to_have_count(0)


def test_the_graph_stands_where_the_reader_is(tmp_path: Path, open_page: Open) -> None:
    page = open_page(written(tmp_path, mode="scroll"), size=(390, 844), offline=True)
    page.locator("tide-graph [data-id=J]").first.wait_for()
    stands_at(page, 1)
    page.locator("[data-stop='2'] tide-question").scroll_into_view_if_needed()
    stands_at(page, 2)
