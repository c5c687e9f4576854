"""The inspector: the API's numbers, and what happens when one is changed."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import Visit, eventually, inspect, nodes


def numbers(page: Page, part: str) -> list[list[float]]:
    """The grid of numbers of a part of the inspector, at full precision."""
    return page.evaluate(
        """(part) => [...document.querySelectorAll(`#inspector [data-part=${part}] tr`)].map((row) =>
             [...row.cells].map((cell) => Number(cell.title)))""",
        part,
    )


def rows(array: Any) -> list[list[float]]:
    """An array as the inspector lays it out: a vector upright, a scalar alone."""
    if not isinstance(array, list):
        return [[array]]
    return array if isinstance(array[0], list) else [[entry] for entry in array]


def test_numbers_equal_the_apis(visit: Visit, api: Any, chapter: dict[str, Any]) -> None:
    trace = nodes(api(chapter["program"]))
    page = visit("#example=chapter&open=l2,squared_error")
    page.keyboard.press("End")
    variables = [name for name, node in trace.items() if node["kind"] == "variable"]
    for name in variables:
        inspect(page, name)
        assert numbers(page, "value") == rows(trace[name]["value"])
        if trace[name]["gradient"] is not None:
            assert numbers(page, "gradient") == rows(trace[name]["gradient"])
        expect(page.locator("#inspector [data-fact=role]")).to_have_text(trace[name]["role"])


def test_a_changed_parameter_recomputes_everything_downstream(visit: Visit, api: Any, chapter: dict[str, Any]) -> None:
    program = chapter["program"]
    changed = nodes(api(program))["W1"]["value"]
    changed[1][2] = -2.5
    after = nodes(api(program, values={"W1": changed}))
    page = visit()
    page.keyboard.press("End")
    page.locator("[data-id=W1]").click()
    cell = page.get_by_label("W1 value at 1, 2")
    cell.fill("-2.5")
    cell.press("Enter")
    expect(page.get_by_role("button", name="Reset", exact=True)).to_be_visible()
    for name in ("z", "h", "o", "L", "s", "J", "W2", "x", "W1"):
        inspect(page, name)
        for part in ("value", "gradient"):
            # The page's own kernels compute this run: the last bits may be others than NumPy's.
            wanted = np.array(rows(after[name][part]))
            eventually(
                page, lambda part=part, wanted=wanted: np.allclose(numbers(page, part), wanted, 1e-9, 1e-12), True
            )
        page.keyboard.press("Escape")
    timeline = page.get_by_role("slider", name="Step")
    expect(timeline).to_have_value(timeline.get_attribute("max") or "")


@pytest.mark.parametrize("name", ["x", "y", "lam"])
def test_other_given_numbers_can_be_changed_and_reset(visit: Visit, name: str) -> None:
    page = visit("#example=chapter&open=l2")
    inspect(page, name)
    before = numbers(page, "value")
    cell = page.locator("#inspector [data-part=value] input").first
    cell.fill("7")
    cell.press("Enter")
    reset = page.get_by_role("button", name="Reset", exact=True)
    expect(reset).to_be_visible()
    assert numbers(page, "value")[0][0] == 7
    reset.click()
    expect(reset).to_have_count(0)
    assert numbers(page, "value") == before


def test_what_is_no_number_is_marked_and_changes_nothing(visit: Visit) -> None:
    page = visit()
    inspect(page, "x")
    before = numbers(page, "value")
    cell = page.get_by_label("x value at 0")
    cell.fill("ten")
    cell.press("Enter")
    expect(cell).to_have_attribute("aria-invalid", "true")
    cell.press("Escape")
    assert numbers(page, "value") == before


def test_the_check_shows_both_slopes_at_a_kink(visit: Visit) -> None:
    page = visit()
    page.locator(".cm-content").wait_for()
    page.get_by_label("Program text").fill("x: input[2] = [0, 1]\nJ = sum(relu(x)) * 2")
    expect(page.locator("[data-id=W1]")).to_have_count(0)
    inspect(page, "x")
    check = page.locator("#inspector [data-part=check]")
    check.get_by_role("button").click()
    expect(check.locator("[data-part=kink]")).to_contain_text("At a kink of relu")
    expect(check).to_contain_text("Slope to the left")
    expect(check).to_contain_text("Slope to the right")


def test_computed_numbers_cannot_be_changed(visit: Visit) -> None:
    page = visit()
    page.locator("[data-id=z]").click()
    expect(page.locator("#inspector [data-part=value] table")).to_be_visible()
    expect(page.locator("#inspector .numbers input")).to_have_count(0)


def test_an_operator_shows_its_formula_and_its_neighbours(visit: Visit) -> None:
    page = visit()
    page.locator("[data-id='matmul:z']").click()
    expect(page.locator("#inspector h2 code")).to_have_text("matmul")
    expect(page.locator("#inspector .formula .katex")).to_be_visible()
    page.locator("#inspector .link").first.click()
    expect(page.locator("#inspector h2 code")).to_have_text("W1")


def test_an_edit_keeps_the_slice_that_is_on_show(visit: Visit) -> None:
    page = visit()
    page.locator(".cm-content").wait_for()
    page.get_by_label("Program text").fill("x: input[2, 2, 2] = zeros()\nJ = sum(x)")
    expect(page.locator("[data-id=W1]")).to_have_count(0)
    inspect(page, "x")
    value = page.locator("#inspector [data-part=value]")
    axis, cell = value.locator(".slicer input"), value.locator("td input").first
    axis.fill("1")
    cell.fill("inf")
    cell.press("Enter")
    expect(page.locator("#inspector .reset")).to_be_visible()
    expect(axis).to_have_value("1")
    expect(value.locator("td").first).to_have_attribute("title", "Infinity")
    axis.fill("0")
    expect(value.locator("td").first).to_have_attribute("title", "0")


GAN = """x: input = 0.5
w: parameter = 0.4
v: parameter = 0.7
d = sigmoid(w * x)
f = sigmoid(w * v)
A = -log(d) - log(1 - f)
B = -log(f)"""


def test_any_scalar_is_differentiated_and_two_losses_stand_beside_each_other(visit: Visit, ask: Any) -> None:
    page = visit()
    page.get_by_label("Program text").fill(GAN)
    expect(page.locator("[data-id=B]")).to_be_attached()
    inspect(page, "w")
    other = page.locator("#inspector [data-loss=A]")
    gradient = ask("gradients", program=GAN, target="A")["gradients"]["w"]
    expect(other.locator("td")).to_have_attribute("title", re.compile(str(gradient)[:8]))
    inspect(page, "f")
    page.get_by_role("button", name="Differentiate this").click()
    expect(page.locator("#inspector [data-part=target]")).to_contain_text("those of f")
    expect(page.locator("#inspector [data-part=gradient] td").first).to_have_attribute("title", "1")
    expect(page).to_have_url(re.compile("target=f"))
    page.reload()
    expect(page.locator("#inspector [data-part=target]")).to_contain_text("those of f")


def test_an_entry_shows_which_entries_it_is_computed_with(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("End")
    inspect(page, "z")
    page.locator("#inspector [data-part=value] td").nth(2).click()
    told = page.locator("#inspector [data-part=provenance]")
    expect(told.first).to_have_text("z[2] is computed from W1[2, :], x.")
    expect(page.locator("svg [data-id=W1] .picture.value .traced")).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.locator("svg .traced")).to_have_count(0)
    inspect(page, "W2")
    page.locator("#inspector [data-part=gradient] .numbers-frame").focus()
    for key in ("ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(told.last.locator("p")).to_have_text(
        [
            "∂J/∂W2[0, 1] is the sum of 2 contributions:",
            re.compile(r"^through s: .*, computed from lam, W2\[0, 1\]$"),
            re.compile(r"^through o: .*, computed from ∂J/∂o\[0\], h\[1\]$"),
        ]
    )
