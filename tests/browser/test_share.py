"""What can be taken away: the picture, the derivation, the trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.visit import Visit


def taken(page: Page, name: str) -> Path:
    """The file behind a button of the share menu."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return download.value.path()


def test_everything_can_be_taken_away(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("End")
    page.get_by_role("button", name="Share").click()
    picture = ElementTree.fromstring(taken(page, "Picture as SVG").read_text())
    drawn = [element.tag.rpartition("}")[2] for element in picture.iter()]
    assert drawn.count("circle") >= 6
    assert "text" in drawn
    assert "foreignObject" not in drawn
    assert taken(page, "Picture as PNG").read_bytes().startswith(b"\x89PNG")
    derivation = taken(page, "Derivation as LaTeX").read_text()
    assert "\\begin{align*}" in derivation
    assert "\\frac{\\partial J}" in derivation
    trace = json.loads(taken(page, "Trace as JSON").read_text())
    assert trace["target"] == "J"
    assert {"x", "W1", "J"} <= {node["id"] for node in trace["nodes"]}


def test_the_program_as_code(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Code…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("code")).to_contain_text("import torch")
    dialog.get_by_role("tab", name="NumPy").click()
    expect(dialog.locator("code")).to_contain_text("import numpy")
    assert "def loss_and_gradients" in taken(page, "Save as .py").read_text()
    dialog.get_by_role("button", name="Close this dialog").click()
    expect(dialog).to_be_hidden()


def opened(page: Page) -> Locator:
    """The dialog with the lines that embed the graph."""
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Embed in a page").click()
    return page.get_by_role("dialog")


def test_the_lines_show_the_graph_as_wished_in_a_page_of_another_origin(
    visit: Visit, elsewhere: tuple[Path, str], api: Callable[..., dict[str, Any]]
) -> None:
    page = visit()
    page.locator("svg [data-id=lam] .shape, svg [data-id=W1] .shape").first.click()
    page.locator("table.numbers input").first.fill("0.5")
    page.keyboard.press("Enter")
    expect(page.locator("#inspector .reset")).to_be_visible()
    dialog = opened(page)
    dialog.get_by_label("Starts at step").fill("9")
    dialog.get_by_label("Theme").select_option("dark")
    dialog.get_by_label("key", exact=True).uncheck()
    preview = dialog.frame_locator("iframe")
    expect(preview.locator("[data-part=count]")).to_have_text("step 3 of 14")
    expect(preview.locator("tide-graph")).to_have_attribute("data-theme", "dark")
    lines = []
    for way in ("Frame", "Element"):
        dialog.get_by_role("tab", name=way).click()
        expect(dialog.locator("pre")).to_contain_text("<iframe" if way == "Frame" else "<tide-graph")
        expect(dialog.locator("pre")).to_contain_text("panels=")
        lines.append(dialog.locator("pre").text_content() or "")
    folder, address = elsewhere
    (folder / "lines.html").write_text(f"<!doctype html><meta charset=utf-8>{lines[0]}{lines[1]}")
    visit.hosts.clear()
    host = page.context.new_page()
    host.goto(f"{address}lines.html")
    for graph in (host.frame_locator("iframe").locator("tide-graph"), host.locator("tide-graph")):
        graph.scroll_into_view_if_needed()
        expect(graph.locator("[data-part=count]")).to_have_text("step 3 of 14")
        expect(graph).to_have_attribute("data-theme", "dark")
        expect(graph.locator(".key")).to_be_hidden()
        graph.locator("svg [data-id=W1] .shape").click()
        expect(graph.locator("table.numbers input").first).to_have_value("0.5")


def test_the_dialog_goes_by_the_keyboard_and_gives_files(visit: Visit) -> None:
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog = opened(page)
    dialog.get_by_role("tab", name="Frame").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("tab", name="File")).to_be_focused()
    with page.expect_download() as download:
        dialog.get_by_role("button", name=".svg").click()
    assert download.value.path().read_text().startswith("<svg")
    page.keyboard.press("Shift+Tab")
    dialog.get_by_role("tab", name="Course source").click()
    dialog.get_by_role("button", name="MkDocs").click()
    dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(dialog.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("```tide\n")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
