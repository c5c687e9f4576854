"""Takes the README's picture: the page in the middle of the chapter network's backward pass.

python docs/screenshot.py docs/screenshot.png
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
MOMENT = "#example=chapter&moment=18"


def main(picture: str) -> None:
    """Serve the page, open it at the moment and write the picture."""
    command = [Path(sys.executable).with_name("tidegraph"), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            address = next(match[0] for line in server.stderr if (match := re.search(r"http://[\w.:]+", line)))
            photograph(address + "/" + MOMENT, picture)
        finally:
            server.terminate()


def photograph(address: str, picture: str) -> None:
    """Write the picture of the page at `address`, once everything in it has come to rest."""
    browser_path = next(path for name in BROWSERS if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", color_scheme="light")
        page.goto(address)
        page.locator("#graph [data-id]").first.wait_for()
        page.locator(".cm-editor").wait_for()
        page.evaluate("document.fonts.ready")
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
