"""The player, watched by what it shows: the sentence of each step, the pictures in the squares, the arrows."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.visit import Visit

RECORD = """(part) => {
  window.told = [];
  const text = document.querySelector(`#equation [data-part=${part}]`);
  new MutationObserver(() => window.told.push(text.textContent)).observe(text, { childList: true });
}"""


def play_through(page: Page) -> list[str]:
    """Plays to the end at full speed and answers the sentences that were shown, in order."""
    page.get_by_label("Speed").select_option("4")
    page.evaluate(RECORD, "text")
    page.get_by_label("Play", exact=True).click()
    timeline = page.get_by_role("slider", name="Step")
    expect(timeline).to_have_value(timeline.get_attribute("max") or "")
    expect(page.get_by_label("Play", exact=True)).to_be_visible()
    return page.evaluate("window.told")


def text_of(step: dict[str, Any]) -> str:
    """A step's sentence as it is shown: names in its scope are without the way that leads there."""
    scope = step["scope"]
    return step["text"].replace(f"{scope}.", "") if scope else step["text"]


def texts(steps: list[dict[str, Any]]) -> list[str]:
    return [text_of(step) for step in steps]


def test_playing_visits_the_steps_in_the_traces_order(visit: Visit, api: Any, chapter: dict[str, Any]) -> None:
    trace = api(chapter["program"])
    page = visit("#example=chapter&open=l2,squared_error")
    assert play_through(page) == texts(trace["forward"] + trace["backward"])


def test_a_closed_scope_tells_its_work_in_its_own_steps(visit: Visit, api: Any, chapter: dict[str, Any]) -> None:
    trace = api(chapter["program"])
    scopes = {scope["id"]: scope for scope in trace["scopes"]}
    told = play_through(visit())
    for scope in scopes.values():
        assert all(text_of(step) in told for step in scope["forward"])
        for step in scope["backward"]:
            assert (text_of(step) in told) == (step["variable"] != "lam")
    outside = [step for step in trace["forward"] + trace["backward"] if step["scope"] not in scopes]
    plain = [text_of(step) for step in outside if step["kind"] != "sum"]
    assert [text for text in told if text in plain] == plain
    assert any("through s and o" in text for text in told)


def test_squares_fill_as_their_values_are_computed(visit: Visit) -> None:
    page = visit()
    value = page.locator("[data-id=z] .picture.value .frame")
    expect(page.locator("[data-id=x] .picture.value .frame")).to_have_count(1)
    expect(value).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(value).to_have_count(1)
    expect(page.locator("#equation .shapes")).to_have_text("W1 [5, 4], x [4] \u2192 z [5]")
    page.keyboard.press("ArrowLeft")
    expect(value).to_have_count(0)


def test_squares_show_gradients_on_the_way_back(visit: Visit) -> None:
    page = visit()
    gradients = page.locator(".picture.gradient .frame")
    page.get_by_label("To the next phase").click()
    expect(gradients).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-id=J] .picture.gradient .frame")).to_have_count(1)
    page.keyboard.press("End")
    for name in ("x", "z", "h", "o", "L", "s", "J", "W1", "W2"):
        expect(page.locator(f"[data-id={name}] .picture.gradient .frame")).to_have_count(1)
    expect(page.locator(".picture.partial")).to_have_count(0)


def test_a_parameter_used_twice_gets_two_contributions_and_their_sum(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("End")
    page.locator("[data-id=W2]").click()
    steps = page.locator("#inspector .derivation")
    expect(steps).to_have_count(3)
    for position, phrase in enumerate(("partial", "partial", "whole")):
        steps.nth(position).click()
        partial = page.locator("[data-id=W2] .picture.gradient.partial")
        expect(partial).to_have_count(1 if phrase == "partial" else 0)
        expect(page.locator("#equation [data-part=symbolic] .katex")).to_be_visible()


def test_data_travels_along_the_arrows_and_gradients_against_them(visit: Visit) -> None:
    page = visit(calm=False)
    page.get_by_label("Speed").select_option("0.5")
    page.get_by_label("Play", exact=True).click()
    expect(page.locator(".flow.forward").first).to_be_visible()
    expect(page.locator(".flow.backward")).to_have_count(0)
    page.get_by_label("To the next phase").click()
    expect(page.locator(".flow")).to_have_count(0)
    expect(page.locator("[data-part=count]")).to_have_text("step 6 of 6")
    page.get_by_label("Play", exact=True).click()
    expect(page.locator(".flow.backward").first).to_be_visible()
    expect(page.locator(".flow.forward")).to_have_count(0)


def test_pause_holds_the_moment_and_replay_starts_over(visit: Visit) -> None:
    page = visit(calm=False)
    page.get_by_label("Play", exact=True).click()
    expect(page.locator(".flow").first).to_be_visible()
    page.get_by_label("Pause").click()
    expect(page.get_by_label("Play", exact=True)).to_be_visible()
    page.keyboard.press("End")
    expect(page.locator("[data-part=phase]")).to_have_text("Backward")
    page.evaluate(RECORD, "count")
    page.get_by_label("Replay from the start").click()
    expect(page.get_by_label("Pause")).to_be_visible()
    page.wait_for_function("window.told.includes('step 1 of 6')")


def test_scrubbing_goes_to_any_moment(visit: Visit) -> None:
    page = visit()
    timeline = page.get_by_role("slider", name="Step")
    box = timeline.bounding_box()
    assert box
    timeline.click(position={"x": box["width"] - 4, "y": box["height"] / 2})
    expect(page.get_by_label("One step on")).to_be_disabled()
    timeline.click(position={"x": 4, "y": box["height"] / 2})
    expect(page.locator("#equation [data-part=phase]")).to_have_text("Start")


def test_every_step_shows_its_equation_in_symbols_and_numbers(visit: Visit) -> None:
    page = visit()
    slider = page.get_by_role("slider", name="Step")
    for _ in range(int(slider.get_attribute("max") or 0)):
        page.keyboard.press("ArrowRight")
        for part in ("symbolic", "numeric"):
            expect(page.locator(f"#equation [data-part={part}] .katex")).to_be_visible()
    expect(page.locator(".katex-error")).to_have_count(0)
