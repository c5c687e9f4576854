"""The picture beside playing it: finding, tracing and moving marks, arrows that tell sizes, large graphs, the table."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import violations
from tests.browser.visit import Visit, eventually

LARGE = (
    "w: parameter\nh = w\nfor i in range({}):\n    for k in range(90):\n        h = tanh(h * w) + h - w\nJ = h * h\n"
)
LOOP = "x: input[4]\nW: parameter[4, 4]\nh = x\nfor i in range(200):\n    h = tanh(W @ h) + h\nJ = sum(h)\n"


def centre(page: Page, name: str) -> tuple[float, float]:
    box = page.locator(f"[data-id='{name}'] .shape").first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def find(page: Page, words: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def dimmed(page: Page) -> set[str]:
    return set(page.locator(".node.dim").evaluate_all("(marks) => marks.map((mark) => mark.dataset.id)"))


def run(page: Page, program: str) -> None:
    """Runs another program, as the address brings it."""
    page.evaluate(
        """async (program) => {
          const stream = new Blob([program]).stream().pipeThrough(new CompressionStream('deflate-raw'));
          const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
          const text = btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_');
          location.hash = `program=${text.replace(/=+$/, '')}`;
        }""",
        program,
    )


def test_a_search_opens_the_scope_around_what_it_finds(visit: Visit) -> None:
    page = visit()
    find(page, "l2.power")
    expect(page.locator("[data-id='l2.power']")).to_be_visible()
    expect(page.locator("#inspector h2 code")).to_have_text("l2.power")
    expect(page.locator("[data-id='l2.power'] .shape")).to_be_focused()


def test_a_search_finds_operators_and_says_when_there_is_nothing(visit: Visit) -> None:
    page = visit()
    find(page, "relu")
    expect(page.locator("#inspector h2 code")).to_have_text("relu")
    find(page, "nowhere")
    expect(page.get_by_text("Nothing of that name.")).to_be_visible()


def test_what_depends_on_a_mark_and_what_it_depends_on_stand_out(visit: Visit) -> None:
    page = visit()
    page.locator("[data-id=z]").click()
    page.get_by_role("button", name="Upstream").click()
    assert {"h", "o", "J", "W2"} <= dimmed(page)
    assert not {"x", "W1", "matmul:z", "z"} & dimmed(page)
    page.get_by_role("button", name="Downstream").click()
    assert {"x", "W1"} <= dimmed(page)
    page.locator("[data-id=W1]").click()
    page.get_by_role("button", name="Paths to J").click()
    assert {"x", "y", "W2"} <= dimmed(page)
    assert not {"W1", "l2", "z", "J"} & dimmed(page)
    page.get_by_role("button", name="Paths to J").click()
    assert dimmed(page) == set()


def test_a_mark_can_be_dragged_and_pushed_and_its_arrows_go_along(visit: Visit) -> None:
    page = visit()
    x, y = centre(page, "h")
    line = page.locator("[data-source='relu:h'][data-target='h'] .line")
    before = line.get_attribute("d")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 70, steps=4)
    page.mouse.up()
    eventually(page, lambda: centre(page, "h"), pytest.approx((x + 60, y - 70), abs=1))
    expect(line).not_to_have_attribute("d", before or "")
    expect(page.locator("#inspector")).to_be_hidden()
    page.locator("[data-id=h] .shape").focus()
    page.keyboard.press("Shift+ArrowDown")
    eventually(page, lambda: centre(page, "h")[1] > y - 70, True)


def test_marks_keep_their_place_when_the_program_is_edited(visit: Visit) -> None:
    page = visit()
    run(page, "x: input[3]\nW: parameter[3, 3]\nz = W @ x\nh = tanh(z)\nJ = sum(h)\n")
    expect(page.locator("[data-id='tanh:h']")).to_be_visible()
    expect(page.locator("[data-id=W2]")).to_have_count(0)
    whole = centre(page, "x")
    page.mouse.move(640, 300)
    page.mouse.wheel(0, 40)
    eventually(page, lambda: centre(page, "x") != whole, True)
    before = centre(page, "x")
    run(page, "x: input[3]\nW: parameter[3, 3]\nz = W @ x\nh = tanh(z)\nJ = sum(h) * 2\n")
    expect(page.locator("[data-id^='multiply:J']")).to_be_visible()
    eventually(page, lambda: centre(page, "x"), pytest.approx(before, abs=2))


def test_without_its_layout_a_graph_is_drawn_more_plainly(visit: Visit) -> None:
    page = visit()
    page.route("**/layout-worker.js", lambda route: route.abort())
    visit.forgive("layout-worker")
    visit.forgive("Failed to load resource")
    visit.forgive("Event")
    run(page, "x: input[3]\nW: parameter[3, 3]\nz = W @ x\nh = tanh(z)\nJ = sum(h)\n")
    expect(page.locator("[data-id='tanh:h']")).to_be_visible()


def test_the_figure_stays_when_a_bias_is_added_and_an_activation_changed(visit: Visit, chapter: dict[str, Any]) -> None:
    places = """() => Object.fromEntries([...document.querySelectorAll('#graph .node')].map((mark) => {
      const { m41, m42 } = new DOMMatrix(getComputedStyle(mark).transform);
      return [mark.dataset.id, [m41, m42]];
    }))"""
    page = visit()
    before = page.evaluate(places)
    tanh = chapter["program"].replace("relu(z)", "tanh(z)")
    run(page, tanh)
    expect(page.locator("[data-id='tanh:h']")).to_be_visible()
    expect(page.locator("[data-id='relu:h']")).to_have_count(0)
    same = {name.replace("relu:", "tanh:"): place for name, place in before.items()}
    eventually(page, lambda: page.evaluate(places), same)
    run(page, tanh.replace("x:  input[4]", "x:  input[4]\nb: parameter[5]").replace("W1 @ x", "W1 @ x + b"))
    expect(page.locator("[data-id=b]")).to_be_visible()
    expect(page.locator("[data-id='matmul:z']")).to_have_count(0)
    after = page.evaluate(places)
    moved = {name: (after[name][0] - x, after[name][1] - y) for name, (x, y) in before.items() if name in after}
    assert moved["x"] == moved["W1"] == (0, 0)
    (aside,) = {by for name, by in moved.items() if name not in ("x", "W1")}
    assert aside == (pytest.approx(2 * (before["matmul:z"][0] - before["x"][0])), 0)


def test_arrows_tell_shapes_and_sizes_and_a_legend_says_how(visit: Visit) -> None:
    page = visit()
    page.get_by_label("How arrows and numbers are drawn").click()
    page.get_by_label("Show shapes").check()
    expect(page.locator(".edge[data-source=W1][data-target='matmul:z'] text")).to_have_text("5\u00d74")
    page.get_by_label("by size of gradient").check()
    expect(page.locator(".load-legend")).to_contain_text("Gradient")
    widths = "[...document.querySelectorAll('.edge .line')].map((line) => getComputedStyle(line).strokeWidth)"
    page.wait_for_function(f"new Set({widths}).size > 3")
    page.get_by_label("all alike").check()
    expect(page.locator(".load-legend")).to_be_hidden()


def test_zoom_to_the_selection_brings_it_to_the_middle(visit: Visit) -> None:
    page = visit()
    page.locator("[data-id=x]").click()
    expect(page.locator("#inspector")).to_be_visible()
    width = "document.querySelector('[data-id=x] .shape').getBoundingClientRect().width"
    before = page.evaluate(width)
    page.get_by_label("Zoom to the selection").click()
    page.wait_for_function(f"(before) => {width} > before", arg=before)


def test_a_large_graph_is_seen_from_afar_and_answers_to_pointer_and_keys(visit: Visit) -> None:
    page = visit()
    run(page, LOOP)
    page.locator("[data-scope=i][data-kind=operator]").click()
    expect(page.locator("canvas.far")).to_be_visible()
    expect(page.locator("canvas.minimap")).to_be_visible()
    expect(page.locator(".node").first).to_be_visible()
    page.locator("#zoom-fit").click()
    expect(page.locator(".node")).to_have_count(0)
    assert violations(page) == []
    page.locator("svg.drawing").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#inspector h2 code")).to_have_text("W")
    page.keyboard.press("Escape")
    find(page, "h_100")
    expect(page.locator("#inspector h2 code")).to_have_text("h_100")
    page.get_by_label("Zoom to the selection").click()
    expect(page.locator("[data-id=h_100] .shape")).to_be_visible()
    page.locator("[data-id='i.i98'] .shape").click()
    expect(page.locator(".hull")).to_have_count(2)


def test_a_loop_is_one_circle_that_opens_into_its_iterations(visit: Visit) -> None:
    page = visit()
    run(page, LOOP)
    loop = page.locator("[data-scope=i][data-kind=operator]")
    expect(loop).to_be_visible()
    expect(page.locator(".node")).to_have_count(8)
    expect(page.locator("canvas.far")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    for name in ("W", "x", "h_201"):
        expect(page.locator(f"[data-id={name}] .picture.gradient .frame")).to_have_count(1)
    run(page, LOOP.replace("200", "3"))
    expect(page.locator(".hull[data-scope=i]")).to_be_visible()
    for name in ("i.i0", "i.i1", "i.i2"):
        expect(page.locator(f"[data-id='{name}']")).to_be_visible()
    page.locator(".hull-label[data-scope=i]").click()
    expect(loop).to_be_visible()
    page.wait_for_function("() => location.hash.includes('open=')")
    page.reload()
    expect(loop).to_be_visible()
    expect(page.locator(".hull")).to_have_count(0)


def test_a_press_on_the_canvas_finds_the_mark_under_it(visit: Visit) -> None:
    page = visit()
    run(page, LOOP)
    page.locator("[data-scope=i][data-kind=operator]").click()
    expect(page.locator("canvas.far")).to_be_visible()
    expect(page.locator(".node").first).to_be_visible()
    find(page, "h_100")
    expect(page.locator("#inspector h2 code")).to_have_text("h_100")
    page.get_by_label("Zoom to the selection").click()
    page.keyboard.press("Escape")
    expect(page.locator("#inspector")).to_be_hidden()
    x, y = centre(page, "h_100")
    page.mouse.move(x, y)
    for _ in range(6):
        page.mouse.wheel(0, 300)
    expect(page.locator(".node")).to_have_count(0)
    page.mouse.click(x, y)
    expect(page.locator("#inspector h2 code")).to_have_text("h_100")


def test_the_table_lists_the_largest_gradient_first_and_sorts_by_any_figure(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Table of all variables").click()
    table = page.locator(".table-view table")
    table.get_by_role("button", name="W1", exact=True).focus()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Table of all variables")).to_be_focused()
    page.keyboard.press("Enter")
    expect(table.locator("[aria-sort=descending]")).to_have_text("Gradient norm")
    expect(table.locator("tbody tr").first).to_have_attribute("data-row", "l2.divide")
    page.get_by_role("button", name="Name", exact=True).click()
    expect(table.locator("[aria-sort=ascending]")).to_have_text("Name")
    page.locator(".table-view").get_by_role("searchbox").fill("W")
    expect(table.locator("tbody tr")).not_to_have_count(0)
    assert violations(page) == []
    page.locator(".table-view").get_by_role("button", name="W1", exact=True).click()
    expect(page.locator(".table-view")).to_be_hidden()
    expect(page.locator("#inspector h2 code")).to_have_text("W1")


def test_a_large_program_is_drawn_with_its_modules_closed_before_it_is_run(visit: Visit) -> None:
    page = visit()
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "outline" in (route.request.post_data_json or {}):
            route.continue_()
        else:
            held.append(route)

    page.route("**/api/v1/trace", hold)
    run(page, LARGE.format(6))
    first = page.locator("#graph [data-id='i.i0']")
    step = page.get_by_role("slider", name="Step")
    expect(first).to_be_visible()
    expect(step).to_be_disabled()
    first.locator(".shape").click()
    inner = page.locator("#graph [data-id='i.i0.k']")
    expect(inner).to_be_visible()
    eventually(page, lambda: len(held), 1)
    held.pop().continue_()
    expect(step).to_be_enabled()
    expect(inner).to_be_visible()
    page.keyboard.press("End")
    expect(page.locator("#graph [data-id=w] .picture.gradient > *")).not_to_have_count(0)


def test_a_graph_too_large_to_run_is_drawn(visit: Visit) -> None:
    page = visit()
    run(page, LARGE.format(140))
    expect(page.locator("#graph [data-id=J]")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="50,402 operators")).to_be_visible()
    expect(page.locator("#outdated")).to_be_hidden()


def test_a_number_that_is_not_finite_is_marked_explained_and_guarded(visit: Visit) -> None:
    page = visit()
    run(page, "x: input = 0\ny = where(x > 0, log(x), 0)\nJ = y * 3\n")
    mark = page.locator("svg [data-id=log]")
    expect(mark).to_have_attribute("data-nonfinite", "infinite")
    expect(mark.locator("text.state")).to_have_text("infinite")
    notice = page.locator("#notice")
    expect(notice).to_contain_text("arises at log(x): infinite")
    expect(notice).to_contain_text("J is finite, but the gradient of x is NaN: 0 · ∞ in the backward pass")
    guards = notice.locator("[data-action=guard]")
    expect(guards.first).to_have_text("Replace x by where(x > 0, x, 1.0)")
    page.wait_for_function(
        """() => {
          const top = document.querySelector("#notice").getBoundingClientRect().top;
          const marks = [...document.querySelectorAll("#graph .node .shape")];
          return marks.every((mark) => mark.getBoundingClientRect().bottom < top);
        }"""
    )
    guards.first.click()
    expect(notice).to_be_hidden()
    expect(page.locator("svg [data-nonfinite]")).to_have_count(0)
