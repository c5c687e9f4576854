"""A visit to the page by one person, who notices every complaint in the console and every request that is made."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

WIDE = (1440, 900)
NARROW = (390, 844)
# How long, in milliseconds, a page may take to become what it is to be: no test fails because a machine is slow.
PATIENCE = 60_000


@dataclass
class Visit:
    """Opens pages as one person would, and remembers what they had to complain about."""

    browser: Browser
    server: str
    complaints: list[str] = field(default_factory=list)
    # The page asks a busy server again; the browser complains of the first answer all the same.
    forgiven: list[str] = field(default_factory=lambda: ["status of 503"])
    hosts: set[str] = field(default_factory=set)

    def __call__(
        self,
        address: str = "",
        *,
        size: tuple[int, int] = WIDE,
        scheme: Any = "light",
        calm: bool = True,
        locale: str = "en",
        wait: bool = True,
        touch: bool = False,
    ) -> Page:
        """A page at `address`, its graph drawn; `calm` is a person who asked for reduced motion."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            locale=locale,
            reduced_motion="reduce" if calm else "no-preference",
            has_touch=touch,
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.goto(self.server + address)
        if wait:
            page.locator("#graph [data-id]").first.wait_for()
            page.evaluate("document.fonts.ready")
        return page

    def forgive(self, words: str) -> None:
        """Complaints with these words, made already or yet to come, are what the test is about."""
        self.forgiven.append(words)

    @property
    def unforgiven(self) -> list[str]:
        """What there was to complain about that no test has forgiven."""
        return [complaint for complaint in self.complaints if not any(words in complaint for words in self.forgiven)]


def nodes(trace: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The nodes of a trace by name."""
    return {node["id"]: node for node in trace["graph"]["nodes"]}


def eventually(page: Page, read: Callable[[], Any], wanted: Any) -> None:
    """Waits until what is read is what is wanted."""
    end = time.monotonic() + PATIENCE / 1000
    while (found := read()) != wanted and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert found == wanted


def inspect(page: Page, name: str) -> None:
    """Selects a variable, and waits until the inspector, which comes after the first picture, shows it."""
    page.locator(f"svg [data-id='{name}'] .shape").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#inspector h2 code")).to_have_text(name)
