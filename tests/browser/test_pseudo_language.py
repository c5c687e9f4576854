"""A third language takes one new file: with the pseudo-language's, nothing on the page is left in plain English."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests import pseudo
from tests.browser.states import break_program, states
from tests.browser.test_words import WRITTEN
from tests.browser.visit import PATIENCE, Visit
from tidegraph.app import examples
from tidegraph.engine.messages.catalogue import MORE

ROOT = Path(__file__).parents[2]
ACCENTED = re.compile(f"[{''.join(map(chr, pseudo.ACCENTS.values()))}]")
# Two words of prose, or one that begins with a capital: names of variables, operators and formats are neither.
PROSE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|\b[A-Z][a-z]{3,}\b")
# Proper names, and what the examples' own files say, which is in English and Chinese.
NAMES = {"Tidegraph", "Adam", "Momentum", "Nesterov"} | {
    text for one in examples.load().values() for text in (one.title, one.description, one.question)
}
SERVE = """
import sys
from pathlib import Path
import uvicorn
from tidegraph.app.site import pages
pages.STATIC = Path(sys.argv[1])
from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings
uvicorn.run(create_app(Settings(rate_limit="1000000/second")), port=int(sys.argv[2]), log_level="warning")
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page built and served with one more catalogue."""
    folder = tmp_path_factory.mktemp("messages")
    pseudo.write(folder)
    dist = tmp_path_factory.mktemp("dist")
    environment = {**os.environ, MORE: str(folder)}
    subprocess.run(["node", "static/build.mjs", str(dist)], cwd=ROOT, env=environment, check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-c", SERVE, str(dist), str(port)], cwd=ROOT, env=environment)
    found = f"http://127.0.0.1:{port}/"
    try:
        until = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < until and server.poll() is None:
            try:
                httpx.get(f"{found}healthz")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield found
    finally:
        server.terminate()
        server.wait()


def test_every_text_of_the_page_is_in_the_new_language(browser: Browser, address: str) -> None:
    visit = Visit(browser, address)
    page = visit()
    page.locator("#language").select_option(pseudo.LANGUAGE)
    expect(page.locator("html")).to_have_attribute("lang", pseudo.LANGUAGE)
    page.locator("#graph [data-id]").first.wait_for()

    def left() -> list[str]:
        words = [text for text in page.evaluate(WRITTEN) if text not in NAMES and not text.endswith(")")]
        return [text for text in words if PROSE.search(text) and not ACCENTED.search(text)]

    found = {state: left() for state in states(page)}
    found[break_program(page)] = left()
    page.context.close()

    assert {state: texts for state, texts in found.items() if texts} == {}
