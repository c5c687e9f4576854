"""The address: what was set up is there again when it is opened, by the same person or another."""

from __future__ import annotations

import base64
import json
import re
import zlib
from urllib.parse import parse_qsl, quote, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.visit import Visit


def packed(content: object) -> str:
    """What the page writes into an address for an object."""
    deflate = zlib.compressobj(wbits=-15)
    text = deflate.compress(json.dumps(content).encode()) + deflate.flush()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def unpacked(text: str) -> object:
    """The object in an address."""
    return json.loads(zlib.decompress(base64.urlsafe_b64decode(text + "=="), wbits=-15))


def fragment(page: Page, part: str, content: object = None) -> str:
    """The page's fragment, once it has a part, and in it the content."""
    for _ in range(300):
        text = urlsplit(page.url).fragment
        found = dict(parse_qsl(text)).get(part)
        if found is not None and (content is None or unpacked(found) == content):
            return f"#{text}"
        page.wait_for_timeout(100)
    raise AssertionError(f"{part} is not in {page.url}")


def slide(slider: Locator, stop: int) -> None:
    """Moves a slider to a stop, as a person who pulls it."""
    slider.evaluate("(e, stop) => { e.value = stop; e.dispatchEvent(new Event('input', { bubbles: true })); }", stop)


def test_a_link_opens_the_panel_as_it_was_set_up(visit: Visit) -> None:
    page = visit("#example=moons&panel=training")
    data = page.get_by_label("Data", exact=True)
    expect(data.locator("option").nth(1)).to_be_attached()
    data.select_option("circles")
    page.get_by_label("Optimiser", exact=True).select_option("adam")
    page.get_by_label("Learning rate", exact=True).fill("0.03")
    page.get_by_label("Batch size", exact=True).fill("16")
    page.get_by_role("button", name="New start").click()
    page.get_by_role("tab", name="Devices").click()
    sliders = page.locator(".sliders input[type=range]")
    expect(page.locator("#lab [data-part=verdict]")).not_to_be_empty()
    slide(sliders.nth(0), 1)
    slide(sliders.nth(4), 3)
    expect(page.locator(".sliders output").nth(0)).to_have_text("2")
    training = {"data": "circles", "optimizer": "adam", "rate": "0.03", "batch": "16", "start": "1"}
    settings = {"training": training, "devices": {"count": "2", "bandwidth": "10000"}}
    other = visit(fragment(page, "settings", settings))
    expect(other.locator(".sliders output").nth(0)).to_have_text("2")
    expect(other.locator(".sliders output").nth(4)).to_have_text("10\u00a0kB/s")
    expect(other.locator("#lab [data-part=verdict]")).not_to_be_empty()
    other.get_by_role("tab", name="Training").click()
    panel = other.get_by_role("tabpanel", name="Training")
    for label, value in (("Data", "circles"), ("Optimiser", "adam"), ("Learning rate", "0.03"), ("Batch size", "16")):
        expect(panel.get_by_label(label, exact=True)).to_have_value(value)
    with other.expect_request("**/api/v1/train/plan") as asked:
        other.get_by_role("button", name="One step", exact=True).click()
    sent = asked.value.post_data_json
    assert (sent["seed"], sent["data"]["name"], sent["optimizer"]["name"], sent["batch_size"]) == (
        1,
        "circles",
        "adam",
        16,
    )
    expect(other.locator("#lab [data-part=status]")).to_contain_text("Step 0")


def test_a_link_shows_the_level_the_selection_and_the_place_it_was_looked_at_from(visit: Visit) -> None:
    page = visit("#example=chapter&panel=curvature")
    page.get_by_role("radio", name="Gradient", exact=True).check(force=True)
    marks = page.locator("#graph svg g.node")
    page.wait_for_function("() => document.querySelectorAll('#graph svg g.node').length > 16")
    count = marks.count()
    fragment(page, "settings")
    page.reload()
    expect(marks).to_have_count(count)
    expect(page.get_by_role("radio", name="Gradient", exact=True)).to_be_checked()

    page.get_by_role("radio", name="Value", exact=True).check(force=True)
    page.get_by_label("Close this panel").click()
    page.locator("svg [data-id=W2] .shape").click()
    expect(page.get_by_label("Inspector").locator("h2 code")).to_have_text("W2")
    page.get_by_label("Zoom in").click()
    link = fragment(page, "camera")
    assert "panel=" not in link
    assert "settings=" not in link
    other = visit(link, size=(1100, 700))
    expect(other.get_by_label("Inspector").locator("h2 code")).to_have_text("W2")
    other.get_by_label("Fit the graph").click()
    expect(other).not_to_have_url(re.compile("camera="))


def test_what_an_address_says_of_other_graphs_is_not_heard(visit: Visit) -> None:
    settings = {
        "devices": {"count": "many", "memory": "-3", "strategy": "magic", "optimizer": "sgdd"},
        "training": {"data": "mars", "optimizer": "adamm", "rate": "fast", "start": "x"},
        "shapes": {"name": "Q", "of": "R"},
        "nothing": {"at": "all"},
    }
    page = visit(f"#example=chapter&panel=devices&select=nobody&look=odd&settings={quote(packed(settings))}")
    expect(page.locator("#lab [data-part=verdict]")).not_to_be_empty()
    expect(page.locator(".sliders output").nth(0)).to_have_text("4")
    page.get_by_role("tab", name="Shapes").click()
    expect(page.locator("#panel-shapes [data-part=gradient]")).to_contain_text("W1")
    page.get_by_role("tab", name="Training").click()
    expect(page.get_by_label("Data", exact=True).locator("option").nth(1)).to_be_attached()
    panel = page.get_by_role("tabpanel", name="Training")
    expect(panel.get_by_label("Optimiser", exact=True)).to_have_value("sgd")
    expect(panel.get_by_label("Learning rate", exact=True)).to_have_value("0.1")
    expect(page.locator("#inspector")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"#example=chapter&panel=training(&settings=[\w-]+)?$"))
