"""Editing the program: a new graph, or an error that says where and leaves the old graph standing."""

from __future__ import annotations

import base64
import zlib
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from playwright.sync_api import Page, Route, expect

from tests.browser.visit import PATIENCE, Visit, eventually


def names(page: Page) -> list[str]:
    return page.evaluate("[...document.querySelectorAll('#graph svg [data-id]')].map((node) => node.dataset.id).sort()")


def addressed(page: Page) -> str:
    """The program that the address holds."""
    packed = dict(parse_qsl(urlsplit(page.url).fragment)).get("program", "")
    return zlib.decompress(base64.urlsafe_b64decode(packed + "=="), wbits=-15).decode() if packed else ""


def test_run_draws_the_new_graph(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Program text").fill("a: parameter = -4.0\nb: parameter = 2.0\nc = a * b\nJ = c ** 2 + a\n")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-id=c]")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[data-id=a]").click()
    page.locator("#inspector .due").click()
    expect(page.locator("#inspector [data-part=gradient] td")).to_have_text("\u221231")


def test_what_is_selected_stays_selected_when_the_full_editor_comes(visit: Visit) -> None:
    page = visit()
    held: list[Route] = []
    page.route("**/chunks/code-*", lambda route: held.append(route))
    page.reload()
    page.locator("#program textarea").press("Control+a")
    eventually(page, lambda: len(held), 1)
    held[0].continue_()
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.type("a = 3")
    expect(page.locator(".cm-line")).to_have_text(["a = 3"])


def test_an_error_says_where_and_what_and_keeps_the_old_graph(visit: Visit, chapter: dict[str, Any]) -> None:
    visit.forgive("422")
    page = visit()
    before = names(page)
    wrong = chapter["program"].replace("relu(z)", "rellu(z)")
    problem = httpx.post(f"{visit.server}api/v1/trace", json={"program": wrong}, timeout=PATIENCE / 1000).json()
    page.get_by_label("Program text").fill(wrong)
    page.keyboard.press("Control+Enter")
    shown = page.locator("[data-part=problem]")
    expect(shown).to_contain_text(f"Line {problem['line']}, column {problem['column']}")
    expect(shown).to_contain_text(problem["detail"])
    expect(shown).to_contain_text(problem["hint"])
    expect(page.locator(".cm-lineNumbers .marked")).to_have_text(str(problem["line"]))
    assert names(page) == before
    page.keyboard.press("Escape")
    page.get_by_label("One step on").click()
    expect(page.locator("[data-part=count]")).to_have_text("step 1 of 6")

    page.get_by_label("Program text").fill(chapter["program"])
    page.keyboard.press("Control+Enter")
    expect(shown).to_be_hidden()


def test_a_correction_is_a_button_that_applies_it(visit: Visit) -> None:
    visit.forgive("422")
    page = visit()
    page.get_by_label("Program text").fill("x: input = 3\nJ = x^2 + 1\n")
    page.keyboard.press("Control+Enter")
    shown = page.locator("[data-part=problem]")
    expect(shown).to_contain_text("J = x**2 + 1")
    shown.locator("button.fix").click()
    expect(shown).to_be_hidden()
    expect(page.locator(".cm-content")).to_contain_text("J = x**2 + 1")
    expect(page.locator("[data-id=J]")).to_be_visible()


def test_a_warning_stands_below_the_program_with_its_line(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Program text").fill("x: input[4]\n\nJ = std(x)\n")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=problem] .warning")).to_contain_text("Line 3: std divides by n")


def test_examples_are_a_click_away(visit: Visit) -> None:
    page = visit()
    page.locator(".examples").click()
    entries = page.locator("#gallery [data-example]")
    expect(entries.nth(20)).to_be_attached()
    title = entries.nth(1).locator("strong").text_content() or ""
    entries.nth(1).click()
    expect(page.locator("#example-title")).to_have_text(title)
    expect(page.locator("[data-id='l2']")).to_have_count(0)


def test_the_gallery_draws_each_graph_and_filters_them(visit: Visit, chapter: dict[str, Any], api: Any) -> None:
    page = visit()
    page.locator(".examples").click()
    picture = page.locator("#gallery [data-example=chapter] svg")
    expect(picture.locator(".node.variable")).to_have_count(10)
    expect(picture.locator(".node.operator")).to_have_count(6)
    page.locator("#gallery [data-tag=depth]").click()
    expect(page.locator("#gallery [data-example=chapter]")).to_be_hidden()
    expect(page.locator("#gallery [data-example=vanishing] svg .node").first).to_be_visible()
    page.locator("#gallery [data-example=vanishing]").click()
    expect(page.locator("#gallery")).to_be_hidden()
    expect(page.locator("#about .question")).to_contain_text("?")


def test_the_address_brings_the_picture_back(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Program text").fill("a: parameter = 3.0\nJ = a ** 2\n")
    page.keyboard.press("Control+Enter")
    page.locator("[data-id=a]").click()
    cell = page.locator("#inspector [data-part=value] input")
    cell.fill("5")
    cell.press("Enter")
    expect(page.locator("#inspector .reset")).to_be_visible()
    page.get_by_label("To the next phase").click()
    page.wait_for_function("() => location.hash.includes('moment=1')")
    page.reload()
    expect(page.locator("[data-id=J] .picture.value")).to_have_text("25")
    expect(page.locator(".cm-line").first).to_have_text("a: parameter = 3.0")


def test_the_editor_runs_by_itself_and_completes_names(visit: Visit) -> None:
    page = visit()
    page.locator(".cm-content").wait_for()
    page.get_by_label("Program text").fill("alpha: parameter = 3.0\nJ = alpha ** 2")
    expect(page.locator("[data-id=alpha]")).to_be_visible()
    expect(page.locator(".cm-shape").first).to_have_text("scalar")
    page.keyboard.press("Control+End")
    visit.forgive("422")
    page.keyboard.type(" + squ")
    options = page.locator(".cm-tooltip-autocomplete li")
    expect(options.filter(has_text="squared_error").first).to_be_visible()


def test_text_and_numbers_share_one_history(visit: Visit) -> None:
    page = visit()
    page.locator(".cm-content").wait_for()
    page.get_by_label("Program text").fill("a: parameter = 3.0\nJ = a ** 2")
    page.locator("[data-id=a]").click()
    cell = page.locator("#inspector [data-part=value] input:not([type=range])").first
    cell.fill("5")
    cell.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    result = page.locator("[data-id=J] .picture.value")
    expect(result).to_have_text("25")
    page.get_by_label("Undo").click()
    expect(result).to_have_text("9")
    page.get_by_label("Redo").click()
    expect(result).to_have_text("25")
    page.locator(".cm-line").last.click()
    page.keyboard.press("End")
    page.keyboard.insert_text(" + 1")
    expect(result).to_have_text("26")
    eventually(page, lambda: addressed(page), "a: parameter = 3.0\nJ = a ** 2 + 1")
    page.reload()
    page.locator(".cm-content").wait_for()
    expect(result).to_have_text("26")
    page.get_by_label("Undo").click()
    expect(result).to_have_text("25")
    page.get_by_label("Undo").click()
    expect(result).to_have_text("9")
    page.get_by_label("Undo").click()
    expect(page.locator("[data-id=W1]")).to_be_visible()


def test_who_rewrites_a_declaration_has_the_programs_own_numbers_again(visit: Visit) -> None:
    page = visit()
    page.locator(".cm-content").wait_for()
    page.get_by_label("Program text").fill("a: parameter = 3.0\nb: parameter = 1.0\nJ = a ** 2 + b")
    page.locator("[data-id=a]").click()
    page.locator("#inspector [data-part=value] input").first.fill("5")
    page.keyboard.press("Enter")
    result = page.locator("#inspector [data-part=value] input").first
    expect(page.locator("#inspector .reset")).to_be_visible()
    page.locator(".cm-line").nth(0).click()
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.type("5")
    expect(result).to_have_value("3.5")
    page.get_by_label("Undo").click()
    expect(result).to_have_value("5")


def test_unfinished_text_outlives_a_reload(visit: Visit) -> None:
    page = visit()
    page.locator(".cm-content").wait_for()
    page.get_by_label("Program text").fill("a: parameter = 3.0\nJ = a **")
    expect(page.locator("[data-part=problem]")).to_contain_text("Line 2")
    page.reload()
    expect(page.locator(".cm-line").nth(1)).to_have_text("J = a **")
    expect(page.locator("[data-part=problem]")).to_contain_text("Line 2")
    visit.forgive("422")


def test_the_mode_is_switched_where_something_follows_it(visit: Visit) -> None:
    page = visit("#example=dropout")
    mode = page.get_by_label("Mode of dropout and batch norm")
    expect(mode).to_have_value("")
    mode.select_option("evaluation")
    eventually(page, lambda: "mode=evaluation" in page.url, True)
    page.reload()
    expect(mode).to_have_value("evaluation")
    other = visit("#example=chapter")
    expect(other.get_by_label("Mode of dropout and batch norm")).to_be_hidden()
