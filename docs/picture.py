"""Takes the README's moving picture: a run of the chapter's network, step by step.

python docs/picture.py docs/run.webp
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys

from PIL import Image
from playwright.sync_api import sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
WIDTH, HEIGHT = 1120, 700
MILLISECONDS = 900
"""How long each step stands."""


def main(picture: str) -> None:
    """Serve the page, play the run and write the picture."""
    command = [sys.executable, "-m", "tidegraph", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            address = next(match[0] for line in server.stderr if (match := re.search(r"http://[\w.:]+", line)))
            shots = frames(f"{address}/#example=chapter")
        finally:
            server.terminate()
    first, *more = [Image.open(io.BytesIO(shot)).convert("RGB") for shot in shots]
    first.save(picture, save_all=True, append_images=more, duration=MILLISECONDS, loop=0, quality=60, method=1)


def frames(address: str) -> list[bytes]:
    """A screenshot of each moment, from the given variables to the last gradient."""
    path = next(found for name in BROWSERS if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        size = {"width": WIDTH, "height": HEIGHT}
        page = browser.new_page(viewport=size, reduced_motion="reduce", color_scheme="light", locale="en")
        page.goto(address)
        page.locator("#graph [data-id]").first.wait_for()
        page.locator(".cm-editor").wait_for()
        page.evaluate("document.fonts.ready")
        steps = int(page.locator("#transport [type=range]").get_attribute("max") or 0)
        found = [page.screenshot()]
        for _ in range(steps):
            page.locator("[data-action=step]").click()
            found.append(page.screenshot())
        browser.close()
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
