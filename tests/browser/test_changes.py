"""The inspector's tools, as a person would use them: numbers from outside, slices, derivation, check, forward mode."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_inspector import numbers
from tests.browser.visit import Visit, inspect, nodes

TENSOR = "T: parameter[2, 3, 2]\nJ = sum(T ** 2)"


def is_shown(page: Page, value: list[list[float]]) -> None:
    """Wait until the inspector shows this value."""
    page.wait_for_function(
        """(value) => JSON.stringify([...document.querySelectorAll("#inspector [data-part=value] tr")].map((row) =>
             [...row.cells].map((cell) => Number(cell.title)))) === value""",
        arg=json.dumps(value, separators=(",", ":")),
    )


def test_numbers_come_from_a_file_from_text_at_random_and_back(visit: Visit, api: Any, chapter: dict[str, Any]) -> None:
    page = visit("#example=chapter")
    inspect(page, "x")
    own = numbers(page, "value")
    tools = page.locator("#inspector [data-part=changes]")

    file = io.BytesIO()
    np.save(file, np.array([1.0, -2.0, 3.0, 0.5], dtype=np.float32))
    with page.expect_file_chooser() as chooser:
        tools.get_by_role("button", name="Upload").click()
    chooser.value.set_files({"name": "x.npy", "mimeType": "application/octet-stream", "buffer": file.getvalue()})
    is_shown(page, [[1], [-2], [3], [0.5]])

    for text in ("4, 3, 2, 1", "[4, 3, 2, 1]"):
        tools.get_by_role("button", name="Zero").click()
        is_shown(page, [[0], [0], [0], [0]])
        tools.get_by_role("button", name="Paste").click()
        tools.get_by_role("textbox").fill(text)
        tools.get_by_role("button", name="Use").click()
        is_shown(page, [[4], [3], [2], [1]])
    wanted = nodes(api(chapter["program"], values={"x": [4, 3, 2, 1]}))
    page.keyboard.press("End")
    inspect(page, "W1")
    assert numbers(page, "gradient") == wanted["W1"]["gradient"]

    inspect(page, "x")
    tools.get_by_role("button", name="Paste").click()
    tools.get_by_role("textbox").fill("1, 2, three")
    tools.get_by_role("button", name="Use").click()
    expect(tools.get_by_role("alert")).to_be_visible()
    assert numbers(page, "value") == [[4], [3], [2], [1]]

    tools.get_by_role("button", name="Random").click()
    page.wait_for_function(
        "() => document.querySelector('#inspector [data-part=value] td').title !== '4'",
    )
    tools.get_by_role("button", name="Reset").click()
    is_shown(page, own)


def test_a_number_is_pulled(visit: Visit) -> None:
    page = visit("#example=chapter")
    inspect(page, "x")
    before = numbers(page, "value")[0][0]
    cell = page.locator("#inspector [data-part=value] input").first
    cell.hover(position={"x": 10, "y": 8})
    box = cell.bounding_box()
    assert box
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 8, steps=5)
    page.mouse.up()
    page.wait_for_function(
        "(before) => Number(document.querySelector('#inspector [data-part=value] td').title) > before", arg=before
    )


def test_a_tensor_is_seen_matrix_by_matrix(visit: Visit, api: Any) -> None:
    value = nodes(api(TENSOR))["T"]["value"]
    page = visit()
    page.get_by_label("Program text").fill(TENSOR)
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator("svg [data-id='T']").wait_for()
    inspect(page, "T")
    assert numbers(page, "value") == value[0]
    page.locator("#inspector [data-part=value] .slicer input").fill("1")
    is_shown(page, value[1])


def test_the_check_the_derivation_and_forward_mode_agree(
    visit: Visit, ask: Any, api: Any, chapter: dict[str, Any]
) -> None:
    page = visit("#example=chapter")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("End")
    inspect(page, "W1")
    check = page.locator("#inspector [data-part=check]")
    check.get_by_role("button").click()
    expect(check.locator(".agrees")).to_be_visible()

    derivation = page.locator("#inspector [data-part=derivation]")
    derivation.get_by_role("button", name="Copy").click()
    page.wait_for_function(r"navigator.clipboard.readText().then((text) => text.startsWith('\\begin{aligned}'))")
    latex = page.evaluate("navigator.clipboard.readText()")
    assert r"\frac{\partial J}{\partial \mathbf{W}^{(1)}} &=" in latex
    derivation.locator("summary").first.click()
    expect(derivation.locator("details[open] .derivation-line").first).to_be_visible()

    inspect(page, "x")
    forward = page.locator("#inspector [data-part=forward]")
    forward.locator("summary").click()
    forward.get_by_role("button").first.click()
    told = ask("tangents", program=chapter["program"], wrt="x", direction=[1, 0, 0, 0])
    expect(forward.locator(".tangents > li")).to_have_count(len(told["steps"]))
    gradient = nodes(api(chapter["program"]))["x"]["gradient"]
    assert told["tangents"]["J"] == pytest.approx(gradient[0], rel=1e-12)
