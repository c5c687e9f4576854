"""The picture: the chapter's figure, drawn where the figure has it, and any other graph in its spirit."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import NARROW, WIDE, Visit, eventually

CENTRES = """() => Object.fromEntries([...document.querySelectorAll('#graph svg [data-id]')].map((node) => {
  const box = node.querySelector('.shape').getBoundingClientRect();
  return [node.dataset.id, [box.x + box.width / 2, box.y + box.height / 2]];
}))"""

FIGURE = {
    "x": (1, 1),
    "matmul:z": (2, 1),
    "z": (3, 1),
    "relu:h": (4, 1),
    "h": (5, 1),
    "matmul:o": (6, 1),
    "o": (7, 1),
    "squared_error": (8, 1),
    "W1": (2, 2),
    "l2": (4, 2),
    "W2": (6, 2),
    "L": (7, 2),
    "y": (8, 2),
    "s": (4, 3),
    "add:J": (6, 3),
    "J": (8, 3),
}


def rounded(values: list[float]) -> list[float]:
    """The distinct values, in order, with the pixel fractions of a browser taken out."""
    return sorted({round(value * 2) / 2 for value in values})


def grid(page: Page) -> dict[str, tuple[int, int]]:
    """Column and row of every mark on the screen, from 1, rows from the bottom."""
    centres = page.evaluate(CENTRES)
    columns = rounded([x for x, _ in centres.values()])
    rows = rounded([-y for _, y in centres.values()])
    return {
        name: (columns.index(round(x * 2) / 2) + 1, rows.index(round(-y * 2) / 2) + 1)
        for name, (x, y) in centres.items()
    }


def test_every_square_and_circle_is_where_the_figure_has_it(visit: Visit) -> None:
    for size in (WIDE, NARROW):
        page = visit(size=size)
        eventually(page, lambda page=page: grid(page), FIGURE)


def test_input_is_lowest_and_leftmost_target_highest_and_rightmost(visit: Visit) -> None:
    centres = visit().evaluate(CENTRES)
    assert centres["x"] == pytest.approx(
        [min(x for x, _ in centres.values()), max(y for _, y in centres.values())], abs=0.01
    )
    assert centres["J"] == pytest.approx(
        [max(x for x, _ in centres.values()), min(y for _, y in centres.values())], abs=0.01
    )


def test_squares_are_variables_circles_operators_and_parameters_are_filled(visit: Visit) -> None:
    page = visit()
    kinds = page.evaluate(
        """() => [...document.querySelectorAll('#graph svg [data-id]')].map((node) =>
             [node.dataset.id, node.dataset.kind, node.querySelector('.shape').tagName])"""
    )
    assert {(kind, shape) for _, kind, shape in kinds} == {("variable", "rect"), ("operator", "circle")}
    fill = "(id) => getComputedStyle(document.querySelector(`[data-id='${id}'] .shape`)).fill"
    fills = {name: page.evaluate(fill, name) for name in ("x", "y", "z", "J", "W1", "W2")}
    assert fills["W1"] == fills["W2"] != fills["x"] == fills["y"] == fills["z"] == fills["J"]


def test_arrows_are_the_edges_of_the_figure(visit: Visit, api: Any, chapter: dict[str, Any]) -> None:
    drawn = visit().evaluate(
        """() => [...document.querySelectorAll('#graph [data-source]')].map((edge) =>
             [edge.dataset.source, edge.dataset.target])"""
    )
    trace = api(chapter["program"])
    edges = {(edge["source"], edge["target"]) for edge in trace["graph"]["edges"]}
    for scope in trace["scopes"]:
        edges |= {(name, scope["id"]) for name in scope["inputs"]} | {(scope["id"], name) for name in scope["outputs"]}
    assert {tuple(edge) for edge in drawn} == {edge for edge in edges if set(edge) <= set(FIGURE)}


def test_names_are_set_in_mathematics(visit: Visit) -> None:
    page = visit()
    expect(page.locator(".label .katex")).to_have_count(len(FIGURE))
    expect(page.locator(".katex-error")).to_have_count(0)


def test_the_penalty_opens_to_show_its_inside_and_closes_again(visit: Visit) -> None:
    page = visit(calm=False)
    page.locator("[data-scope=l2][data-kind=operator]").click()
    expect(page.locator(".hull[data-scope=l2]")).to_be_visible()
    expect(page.locator("[data-id='l2']")).to_have_count(0)
    expect(page.locator("[data-id='lam']")).to_be_visible()
    page.locator(".hull-label[data-scope=l2]").click()
    expect(page.locator(".hull")).to_have_count(0)
    eventually(page, lambda: grid(page), FIGURE)


def test_another_program_is_laid_out_with_data_to_the_right_and_parameters_above(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Program text").fill(
        "x: input[3]\nW: parameter[2, 3]\nb: parameter[2]\nJ = sum(tanh(W @ x + b))\n"
    )
    page.keyboard.press("Control+Enter")
    page.locator("[data-id=b]").wait_for()
    centres = page.evaluate(CENTRES)
    edges = page.evaluate(
        """() => [...document.querySelectorAll('#graph [data-source]')].map((edge) =>
             [edge.dataset.source, edge.dataset.target])"""
    )
    for source, target in edges:
        if source in ("W", "b"):
            assert abs(centres[source][0] - centres[target][0]) < 1
            assert centres[source][1] < centres[target][1]
        else:
            assert centres[source][0] < centres[target][0]


def test_an_empty_program_says_so_and_stays_calm(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Program text").fill("x: input[3]\n")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#equation")).to_contain_text("nothing to compute")
    expect(page.locator("[data-id]")).to_have_count(1)


def test_the_key_covers_no_mark_where_the_stage_is_narrow(visit: Visit) -> None:
    page = visit("#example=chapter", size=(1100, 760))
    covered = """() => {
        const key = document.querySelector(".key").getBoundingClientRect();
        const marks = [...document.querySelectorAll("#graph .shape")].map((mark) => mark.getBoundingClientRect());
        return marks.filter(({ left, right, top, bottom }) =>
            left < key.right && right > key.left && top < key.bottom && bottom > key.top).length;
    }"""
    eventually(page, lambda: page.evaluate(covered), 0)


def test_a_program_without_a_scalar_promises_no_gradients(visit: Visit) -> None:
    page = visit("#example=scalar")
    page.get_by_label("Program text").fill("x: input[3]\nW: parameter[2, 3]\nh = tanh(W @ x)")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#graph [data-id=h]")).to_be_visible()
    page.locator("#transport input").focus()
    page.keyboard.press("Home")
    expect(page.locator("#equation [data-part=text]")).to_contain_text(
        "No result is a scalar, so there are no gradients"
    )
