"""What can be taken away: the picture, the derivation, the trace."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import Page

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
