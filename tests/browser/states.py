"""The main states of the page, one after the other in one visit, as a person goes from one to the next."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page, expect

# What is there once a panel of the lab has been told what it shows.
TOLD = {
    "training": ["select option:nth-child(2)"],
    "memory": ["[data-part=measured]:not(:empty)", "[data-part=point]:not(:empty)"],
    "curvature": [".levels:not(.steps) tbody", ".steps tbody"],
    "shapes": ["[data-part=gradient]:not(:empty)"],
    "devices": ["[data-strategy]"],
    "edits": ["[data-kind] button"],
    "health": ["[data-part=verdict]"],
    "builder": [".palette-row"],
    "practice": ["[data-action=practice-start]"],
}


def states(page: Page) -> Iterator[str]:
    """Brings the page of the chapter from state to state; yields the name of each once it stands."""
    yield "start"
    page.locator("[data-action=step]").click()
    yield "forward"
    page.keyboard.press("End")
    yield "backward"
    page.locator("[data-id=W1]").click()
    inspector = page.locator("#inspector")
    inspector.locator("[data-part=check] button").click()
    expect(inspector.locator(".agrees")).to_be_visible()
    for fold in inspector.locator(".inspector-body details").all():
        fold.locator("> summary").click()
    inspector.locator("[data-part=forward] button").first.click()
    expect(inspector.locator("[data-cost]")).to_have_count(4)
    inspector.locator("[data-part=changes] button").first.click()
    expect(inspector.locator("textarea")).to_be_visible()
    yield "variable"
    page.locator("[data-id='relu:h']").click()
    expect(inspector.locator("[data-part=derivatives] table")).to_be_visible()
    expect(inspector.locator("[data-part=reference] p")).not_to_be_empty()
    yield "operator"
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("w")
    expect(page.locator(".search [role=option]").first).to_be_visible()
    yield "search"
    page.keyboard.press("Escape")
    tools = page.locator(".view-tools button")
    tools.nth(1).click()
    expect(page.locator(".table-view tbody tr").first).to_be_visible()
    yield "table"
    page.keyboard.press("Escape")
    tools.nth(2).click()
    page.locator("#look [value=value]").check()
    expect(page.locator(".load-legend")).to_be_visible()
    yield "look"
    page.locator("#look [value=none]").check()
    page.keyboard.press("Escape")
    page.locator("[popovertarget=gallery]").click()
    expect(page.locator(".thumb svg").first).to_be_visible()
    yield "gallery"
    page.keyboard.press("Escape")
    page.locator("[popovertarget=share]").click()
    expect(page.locator("#share button").first).to_be_visible()
    yield "share"
    page.keyboard.press("Escape")
    page.locator("#toggle-lab").click()
    for tab in page.locator("#lab [role=tab]").all():
        tab.click()
        name = tab.get_attribute("data-tab") or ""
        expect(page.locator(f"#panel-{name}")).to_be_visible()
        for part in TOLD[name]:
            expect(page.locator(f"#panel-{name} {part}").first).to_be_attached()
        yield f"lab: {name}"
    page.locator("#toggle-lab").click()


def break_program(page: Page) -> str:
    """Writes a program with an error; returns the state's name once the error is shown."""
    if page.locator("#program").is_hidden():
        page.locator("#toggle-program").click()
    page.locator(".code .cm-content").fill("x: input[3]\nJ = rellu(x)")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=problem] .message")).to_be_visible()
    return "error"
