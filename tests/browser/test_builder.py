"""A graph is put together by dragging, by pressing and by the keyboard; each step is a line of the program."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page, Route, expect

from tests.browser.axe import violations
from tests.browser.visit import Visit
from tidegraph.app.api.links import deflated as packed

SIZED = "n = 8\nx: input[n]\ny = sum(x)"


def open_builder(visit: Visit, **how: Any) -> Page:
    page = visit("#example=chapter&panel=builder", **how)
    expect(page.locator(".palette-row").first).to_be_visible()
    expect(page.locator(".cm-content")).to_be_attached()
    return page


def centre(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, source: str, target: tuple[float, float]) -> None:
    """Presses on a mark, moves to a place, and holds it there."""
    page.mouse.move(*centre(page, source))
    page.mouse.down()
    page.mouse.move(*target, steps=6)


def place(page: Page, operator: str) -> None:
    """Drags an operator from the palette into an empty corner of the picture."""
    corner = page.locator(".parts-layer").bounding_box()
    assert corner is not None
    drag(page, f".palette-row[data-operator={operator}] code", (corner["x"] + 60, corner["y"] + 40))
    expect(page.locator(".ghost.over")).to_be_visible()
    page.mouse.up()
    expect(page.locator(f"[data-card={operator}] [data-port]").last).to_be_visible()


def test_an_operator_is_dragged_and_its_ports_are_connected_by_wires(visit: Visit) -> None:
    page = open_builder(visit)
    place(page, "matmul")
    drag(page, "#graph [data-id=W2] .shape", centre(page, "[data-port='0']"))
    page.mouse.up()
    expect(page.locator("[data-port='0'] input")).to_have_value("W2")
    drag(page, "#graph [data-id=x] .shape", centre(page, "[data-port='1']"))
    port = page.locator("[data-port='1']")
    expect(port.locator("[role=alert]")).to_contain_text("inner sizes 5 and 4 differ")
    expect(page.locator(".wire")).to_have_attribute("data-fits", "false")
    page.mouse.up()
    expect(port.locator("input")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Place")).to_be_disabled()
    drag(page, "#graph [data-id=h] .shape", centre(page, "[data-port='1']"))
    page.mouse.up()
    expect(page.locator("[data-part=built]")).to_have_text("Line 17: z2 = W2 @ h")
    expect(page.locator("#graph [data-id=z2]")).to_be_attached()
    expect(page.locator(".cm-content")).to_contain_text("z2 = W2 @ h")
    page.locator("[data-action=builder-undo]").click()
    expect(page.locator("#graph [data-id=z2]")).to_have_count(0)
    expect(page.locator(".cm-content")).not_to_contain_text("z2 = W2 @ h")


def test_a_port_of_the_graph_is_connected_anew_and_a_circle_is_refused(visit: Visit) -> None:
    page = open_builder(visit)
    drag(page, "#graph [data-id=z] .shape", centre(page, "#graph [data-id='matmul:o'] .shape"))
    page.mouse.up()
    card = page.locator("[data-card='matmul:o']")
    expect(card.locator("[data-port='1'] input")).to_have_value("h")
    page.locator("#graph [data-id=J] .shape").focus()
    page.keyboard.press("Enter")
    card.locator("[data-port='1'] .port-dot").click()
    expect(card.locator("[data-port='1'] [role=alert]")).to_contain_text("J is computed from the result of matmul:o")
    page.locator("#graph [data-id=z] .shape").focus()
    page.keyboard.press("Enter")
    card.locator("[data-port='1'] .port-dot").click()
    expect(page.locator("[data-part=built]")).to_have_text("Line 13: o = W2 @ z")


def test_the_keyboard_builds_and_removes_in_chinese(visit: Visit) -> None:
    page = open_builder(visit, scheme="dark", locale="zh")
    page.locator("#lab input[type=search]").fill("concat")
    page.keyboard.press("Enter")
    ports = page.locator("[data-card=concatenate] [data-port] input")
    expect(ports.first).to_be_focused()
    page.keyboard.type("z")
    page.keyboard.press("Tab")
    expect(ports).to_have_count(2)
    ports.nth(1).fill("x")
    page.locator("[data-card=concatenate] footer input").fill("both")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("#graph [data-id=both]")).to_be_attached()
    page.locator("[data-role=parameter].palette-role").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("2, 9")
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=built]")).to_contain_text("W: parameter[2, 9]")
    expect(page.locator("#graph [data-id=W]")).to_be_attached()
    page.locator("#graph [data-id=W] .shape").focus()
    page.keyboard.press("Delete")
    expect(page.locator("#graph [data-id=W]")).to_have_count(0)
    visit.forgive("422")
    page.locator("#graph [data-id=z] .shape").focus()
    page.keyboard.press("Delete")
    expect(page.locator("#lab .trouble")).to_contain_text("12")


def test_fingers_build_on_a_telephone(visit: Visit) -> None:
    page = open_builder(visit, size=(390, 844), touch=True)
    page.locator(".palette-row[data-operator=matmul]").tap()
    dots = page.locator("[data-card=matmul] .port-dot")
    expect(dots).to_have_count(2)
    for name, at in (("W2", 0), ("h", 1)):
        page.locator(f"#graph [data-id={name}] .shape").tap()
        expect(page.locator("[data-part=picked]")).to_contain_text(name)
        dots.nth(at).tap()
    expect(page.locator("#graph [data-id=z2]")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_changed_sizes_stay_and_an_unreadable_port_is_named(visit: Visit) -> None:
    page = visit("#" + urlencode({"program": packed(SIZED), "sizes": '{"n":3}', "panel": "builder"}))
    expect(page.locator(".palette-row").first).to_be_visible()
    expect(page.locator(".cm-content")).to_be_attached()
    page.locator("#graph [data-id=x]").first.wait_for()
    place(page, "add")
    first, second = (page.locator(f"[data-card=add] [data-port='{at}'] input") for at in (0, 1))
    first.fill("nobody")
    first.press("Tab")
    second.fill("x")
    second.press("Enter")
    expect(first).to_have_attribute("aria-invalid", "true")
    expect(second).to_have_attribute("aria-invalid", "false")
    first.fill("x")
    first.press("Enter")
    expect(page.locator("[data-part=built]")).to_contain_text("x + x")
    expect(page).to_have_url(re.compile(r"sizes=%7B%22n%22%3A3%7D"))


def test_what_is_typed_while_an_answer_is_on_its_way_stays(visit: Visit) -> None:
    page = open_builder(visit)
    place(page, "add")
    first, second = (page.locator(f"[data-card=add] [data-port='{at}'] input") for at in (0, 1))
    held: list[Route] = []
    page.route("**/api/v1/parts", lambda route: route.continue_() if held else held.append(route))
    first.fill("nobody")
    with page.expect_request("**/api/v1/parts"):
        first.press("Tab")
    first.fill("x")
    held[0].continue_()
    expect(page.locator("[data-card=add] [data-port='0'] [role=alert]")).to_contain_text("nobody")
    expect(first).to_have_value("x")
    second.fill("x")
    expect(first).to_have_attribute("aria-invalid", "false")
    second.press("Enter")
    expect(page.locator("[data-part=built]")).to_contain_text("x + x")
