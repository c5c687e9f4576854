"""The page in a real browser: what is downloaded, how soon there is a picture, and the script time of a frame.

Times are Chromium's own: `v8` and `devtools.timeline` trace events, read from its tracing through the DevTools
protocol. Run alone with `python -m benchmarks.page`; it needs a built page and a Chrome or Chromium.
"""

from __future__ import annotations

import gzip
import shutil
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import CDPSession, Page, sync_playwright

from app.main import create_app

DIST = Path(__file__).parents[1] / "static" / "dist"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
MARKS = 1000
LINK = """async (program) => {
  const stream = new Blob([program]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}"""


@contextmanager
def served() -> Iterator[str]:
    """The address of the service on a free port."""
    server = uvicorn.Server(uvicorn.Config(create_app(), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    server.should_exit = True
    thread.join()


def chain(operators: int) -> str:
    """A program with a square and a circle an operator."""
    lines = ["h0: parameter = 0.5"] + [f"h{i + 1} = tanh(h{i})" for i in range(operators)]
    return "\n".join([*lines, f"J = h{operators} ** 2"])


def sizes() -> None:
    """What each file weighs, as it is and compressed."""
    print("Bundle                          bytes   compressed")
    for path in sorted(DIST.rglob("*")):
        if path.suffix in (".js", ".css"):
            content = path.read_bytes()
            print(f"{path.relative_to(DIST)!s:28} {len(content):9,} {len(gzip.compress(content, 9)):12,}")


def first_picture(page: Page, session: CDPSession, address: str) -> float:
    """Milliseconds from the request to the first mark drawn, on a processor four times as slow."""
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    begun = time.perf_counter()
    page.goto(address)
    page.locator("#graph [data-id]").first.wait_for()
    taken = 1000 * (time.perf_counter() - begun)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return taken


def frames(page: Page, session: CDPSession, seconds: float) -> list[float]:
    """Milliseconds of script in each animation frame while the page plays."""
    events: list[dict[str, Any]] = []
    done = threading.Event()
    session.on("Tracing.dataCollected", lambda message: events.extend(message["value"]))
    session.on("Tracing.tracingComplete", lambda _: done.set())
    session.send("Tracing.start", {"categories": "devtools.timeline,v8", "transferMode": "ReportEvents"})
    page.wait_for_timeout(1000 * seconds)
    session.send("Tracing.end")
    while not done.is_set():
        page.wait_for_timeout(50)
    return [event["dur"] / 1000 for event in events if event["name"] == "FireAnimationFrame" and "dur" in event]


def main() -> None:
    """Measure and print."""
    sizes()
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        loads, downloads = [], 0
        for _ in range(5):
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            session = page.context.new_cdp_session(page)
            loads.append(first_picture(page, session, address))
            downloads = page.evaluate(
                "() => performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js'))"
                ".reduce((sum, one) => sum + one.encodedBodySize, 0)"
            )
            page.context.close()
        print(f"\nScript downloaded for the first picture: {downloads:,} bytes, as sent")
        print(f"First picture under 4x slowdown: median {statistics.median(loads):.0f} ms of {len(loads)} loads")
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        session = page.context.new_cdp_session(page)
        page.goto(address)
        page.goto(f"{address}?#program={page.evaluate(LINK, chain(MARKS // 2))}")
        page.locator("canvas.far:not([hidden])").wait_for(timeout=60_000)
        page.locator("#zoom-fit").click()
        page.wait_for_timeout(1000)
        page.locator("[data-action=toggle]").click()
        taken = sorted(frames(page, session, 5))
        nearly = taken[int(0.95 * len(taken))]
        print(
            f"Script a frame, {MARKS} marks in the window, {len(taken)} frames: mean {statistics.mean(taken):.2f} ms, "
            f"median {statistics.median(taken):.2f} ms, 95% under {nearly:.2f} ms, longest {taken[-1]:.2f} ms"
        )
        browser.close()


if __name__ == "__main__":
    main()
