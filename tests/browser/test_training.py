"""The training panel: runs of three graphs, paused, changed, begun again, opened in the player."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.visit import Visit


def open_panel(page: Page, steps: int) -> None:
    page.get_by_role("button", name="Lab", exact=True).click()
    expect(page.get_by_label("Data").locator("option").nth(1)).to_be_attached()
    page.get_by_label("Steps", exact=True).fill(str(steps))
    page.get_by_label("Steps", exact=True).blur()


def run(page: Page) -> str:
    button = page.locator("[data-action=train]")
    button.click()
    expect(button).to_be_disabled()
    expect(button).to_have_text("Run")
    expect(page.locator("#lab [data-part=status]")).to_contain_text("All steps are made: to go on, raise Steps.")
    return page.locator("#lab [data-part=metrics]").inner_text()


@pytest.mark.parametrize(
    ("example", "scheme", "size"),
    [("chapter", "light", (1440, 900)), ("moons", "dark", (1440, 900)), ("classifier", "light", (390, 844))],
)
def test_a_run_lowers_the_loss_and_comes_out_the_same_again(visit: Visit, example: str, scheme: str, size: Any) -> None:
    page = visit(f"#example={example}", scheme=scheme, size=size)
    open_panel(page, 60)
    first = run(page)
    expect(page.locator("#lab [data-part=status]")).to_contain_text("Step 59")
    label = page.locator("#lab canvas.loss").get_attribute("aria-label") or ""
    start, end = (float(value) for value in re.findall(r"(\S+) at step", label))
    assert end < start
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    page.get_by_role("button", name="Same start").click()
    expect(page.locator("#lab [data-part=status]")).to_have_text("Nothing trained yet.")
    assert run(page) == first
    page.get_by_role("button", name="New start").click()
    assert run(page) != first


def test_a_step_opens_in_the_player_with_its_numbers(visit: Visit) -> None:
    page = visit("#example=chapter")
    page.locator("[data-id=W1]").click()
    before = page.locator("#inspector [data-part=value] td").first.get_attribute("title")
    page.get_by_role("button", name="Lab", exact=True).click()
    open_steps = page.get_by_role("button", name="One step", exact=True)
    expect(page.get_by_label("Data").locator("option").nth(1)).to_be_attached()
    open_steps.click()
    expect(page.locator("#lab [data-part=status]")).to_contain_text("Step 0")
    with page.expect_response("**/api/v1/train/step") as answered:
        page.get_by_role("button", name="Open this step in the player").click()
    step = answered.value.json()
    assert step["step"] == 1
    expect(page.locator("#lab .update")).to_have_count(2)
    page.locator("[data-id=W1]").click()
    cell = page.locator("#inspector [data-part=value] td").first
    expect(cell).to_have_attribute("title", re.compile(re.escape(str(step["values"]["W1"][0][0])[:12])))
    assert cell.get_attribute("title") != before
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    expect(page.locator("[data-part=phase]")).to_have_text("Update")
    expect(page.locator("[data-part=text]")).to_contain_text("W2 moves against its gradient")
    expect(page.locator(".track .segment")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"moment=\d+&.*step="))
    page.reload()
    expect(page.locator("[data-part=phase]")).to_have_text("Update")
    expect(page.locator("[data-part=text]")).to_contain_text("W2 moves against its gradient")
    expect(page.locator("#lab .update")).to_have_count(2)
    page.get_by_label("How arrows and numbers are drawn").click()
    page.get_by_label("Significant digits").select_option("6")
    page.keyboard.press("Escape")
    for numbers in (page.locator("#equation [data-part=numeric]"), page.locator("#lab .update .numeric").last):
        expect(numbers).to_contain_text(re.compile(r"\d\.\d{5}"))
    expect(page.locator("[data-part=phase]")).to_have_text("Update")
    open_steps.click()
    expect(page.locator("#lab [data-part=status]")).to_contain_text("Step 1")


def test_a_small_network_trains_in_the_page(visit: Visit) -> None:
    page = visit("#example=moons")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("/api/v1/")[2]))
    open_panel(page, 2000)
    run(page)
    expect(page.locator("#lab [data-part=status]")).to_contain_text("Step 1,999")
    assert asked.count("train/plan") == 1
    assert "train" not in asked


def test_settings_change_while_it_runs(visit: Visit) -> None:
    page = visit("#example=moons")
    open_panel(page, 100_000_000)
    button = page.locator("[data-action=train]")
    button.click()
    expect(page.locator("#lab [data-part=status]")).to_contain_text("rate 0.1")
    page.get_by_label("Learning rate", exact=True).fill("0.02")
    expect(page.locator("#lab [data-part=status]")).to_contain_text("rate 0.02")
    page.get_by_label("Optimiser").select_option("adam")
    expect(page.get_by_label("\u03b2\u2081")).to_be_visible()
    expect(page.locator("#lab [data-part=status]")).to_contain_text("rate 0.01")
    button.click()
    expect(button).to_have_text("Run")


def test_the_graph_follows_a_run_and_takes_its_values(visit: Visit) -> None:
    page = visit("#example=moons")
    before = page.evaluate("location.hash")
    open_panel(page, 30)
    number = page.locator("[data-id=J] .picture.value")
    page.keyboard.press("End")
    expect(number).not_to_be_empty()
    first = number.text_content()
    run(page)
    expect(number).not_to_have_text(first or "")
    expect(page.locator(".load-legend")).to_be_visible()
    loss = page.locator("#lab canvas.loss").bounding_box()
    surface = page.locator("#lab canvas.surface").last.bounding_box()
    assert loss
    assert surface
    assert surface["x"] > loss["x"] + loss["width"]
    assert max(loss["y"] + loss["height"], surface["y"] + surface["height"]) < 900
    trained = number.text_content()
    page.get_by_role("button", name="Same start").click()
    expect(number).to_have_text(first or "")
    assert "values" not in before
    run(page)
    expect(number).to_have_text(trained or "")
    page.get_by_role("button", name="Use these values").click()
    expect(page).to_have_url(re.compile("values="))
    expect(page.locator(".load-legend")).to_be_hidden()


def test_examples_of_ones_own_and_what_is_wrong_with_them(visit: Visit) -> None:
    page = visit("#example=linear")
    open_panel(page, 20)
    page.get_by_label("Data").select_option("csv")
    text = page.get_by_label("Rows of examples, the targets last")
    text.fill("1,2\n3")
    page.locator("[data-action=train]").click()
    expect(page.locator("#lab [role=alert]:visible")).to_contain_text("line 2")
    visit.forgive("422")
    text.fill("\n".join(f"{k / 10},{k / 5 + 1}" for k in range(20)))
    assert "training" in run(page)
    expect(page.get_by_role("img", name="Fitted values")).to_be_visible()


def test_examples_too_few_for_the_programs_minibatch_train_after_two_presses(visit: Visit) -> None:
    page = visit("#example=linear")
    program = "X: input[32, 2]\ny: target[32]\nw: parameter[2]\np = X @ w\nJ = mean((p - y) ** 2)"
    page.get_by_label("Program text").fill(program)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#graph [data-id=X]")).to_be_visible()
    open_panel(page, 20)
    page.get_by_label("Data").select_option("csv")
    visit.forgive("422")
    rows = "\n".join(f"{k / 10},{k % 3},{k / 5}" for k in range(20))
    page.get_by_label("Rows of examples, the targets last").fill(f"x1,x2,y\n{rows}")
    page.get_by_label("Target columns").focus()
    page.get_by_role("button", name="Use minibatches of 16").click()
    expect(page.get_by_label("Batch size")).to_have_value("16")
    page.get_by_role("button", name="Write these names into the program").click()
    expect(page.locator("#lab [role=alert]:visible")).to_have_count(0)
    expect(page.locator("#lab [data-part=metrics]")).to_contain_text("The picture shows the examples")
    assert "training" in run(page)
    expect(page.locator("#program .cm-content")).to_contain_text("input[n, d]")


def test_a_divergence_names_where_it_arose(visit: Visit) -> None:
    page = visit("#example=linear")
    open_panel(page, 2000)
    page.get_by_label("Learning rate", exact=True).fill("1e150")
    page.locator("[data-action=train]").click()
    expect(page.locator("#lab [role=alert]:visible")).to_be_visible()
    expect(page.locator("#lab [role=alert]:visible")).to_contain_text(re.compile("NaN|overflow|infinite"))


def test_a_graph_without_data_trains_on_its_own_numbers(visit: Visit) -> None:
    page = visit("#example=energy")
    open_panel(page, 60)
    expect(page.get_by_label("Data")).to_have_value("own")
    expect(page.get_by_role("spinbutton", name="Examples")).to_be_disabled()
    run(page)
    expect(page.locator("#lab [data-part=status]")).to_contain_text("Step 59")
    label = page.locator("#lab canvas.loss").get_attribute("aria-label") or ""
    start, end = (float(value.replace("\u2212", "-")) for value in re.findall(r"(\S+) at step", label))
    assert end < start < 0
    assert violations(page) == []


@pytest.mark.parametrize(("scheme", "size"), [("light", (1440, 900)), ("dark", (390, 844))])
def test_before_the_first_step_the_examples_are_there(visit: Visit, scheme: str, size: Any) -> None:
    page = visit("#example=moons&panel=training", scheme=scheme, size=size)
    expect(page.get_by_role("img", name="Decision surface")).to_be_visible()
    expect(page.locator("#lab [data-part=metrics]")).to_contain_text("The picture shows the examples")
    with page.expect_response("**/api/v1/train/start") as answered:
        page.get_by_label("Data").select_option("circles")
    assert answered.value.json()["examples"]["classes"] == 2
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_two_runs_stand_beside_each_other_and_what_was_changed_is_named(visit: Visit) -> None:
    page = visit("#example=moons")
    open_panel(page, 40)
    first = run(page)
    page.get_by_role("button", name="Keep to compare").click()
    compared = page.locator("#lab [data-part=compare]")
    expect(compared).to_contain_text("change one thing")
    page.get_by_label("Learning rate", exact=True).fill("0.5")
    second = run(page)
    assert second != first
    expect(compared).to_contain_text(first)
    expect(compared).to_contain_text("Changed: Learning rate 0.1 \u2192 0.5.")
    expect(page.get_by_role("img", name="Decision surface: kept")).to_be_visible()
    expect(page.locator("#lab canvas.loss")).to_have_attribute("aria-label", re.compile("; kept: "))
    page.get_by_role("button", name="Drop the kept run").click()
    expect(compared).to_be_hidden()
    expect(page.get_by_role("img", name="Decision surface: kept")).to_be_hidden()


def test_vanishing_gradients_are_seen_layer_by_layer_and_numbers_over_time(visit: Visit) -> None:
    page = visit("#example=vanishing")
    open_panel(page, 20)
    run(page)
    expect(page.locator("#lab [data-part=norms]")).to_contain_text("vanishes on the way back: at W[0]")
    expect(page.locator("#lab canvas.norms")).to_have_attribute("aria-label", re.compile(r"W\[9\]: "))
    spread = page.locator("#lab canvas.gradients")
    expect(spread).to_be_visible()
    expect(spread).to_have_attribute("aria-label", re.compile("at step 19"))


def test_a_sweep_overlays_its_curves_and_names_the_best(visit: Visit) -> None:
    page = visit("#example=moons")
    open_panel(page, 30)
    page.get_by_text("Several runs at once").click()
    page.get_by_label("Learning rates").fill("0.05, 0.5")
    page.get_by_label("Seeds").fill("0, 1")
    page.locator("[data-action=sweep]").click()
    rows = page.locator("table.sweep tbody tr")
    expect(rows.and_(page.locator("[data-reason=finished]"))).to_have_count(4)
    expect(page.locator("[data-part=sweep-status]")).to_contain_text("4 of 4 runs finished. Lowest loss")
    expect(page.locator("canvas.sweep")).to_be_visible()
    losses = [float(text) for text in rows.locator("td:last-child").all_inner_texts()]
    assert float(rows.locator("td.best").inner_text()) == min(losses)
    assert violations(page) == []
