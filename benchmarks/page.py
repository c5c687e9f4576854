"""The page in a real browser: what is downloaded, how soon there is a picture, the script of a frame, how soon
what follows from a changed number is drawn, a large graph.

Times are Chromium's own: `v8` and `devtools.timeline` trace events, read from its tracing through the DevTools
protocol. Each is given as the clock has it and, where Chromium knows it, as time on the processor, which says the same
on a machine that has other things to do. Run alone with `python -m benchmarks.page`, or a part of it, such as
`python -m benchmarks.page frames`; it needs a built page and a Chrome or Chromium.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import CDPSession, Page, sync_playwright

from tidegraph.app.main import create_app

DIST = Path(__file__).parents[1] / "static" / "dist"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
MARKS = 1000
DRAWN = 290
"""Marks of the largest graphs that are drawn without a canvas."""
OPERATORS = 10_000
FRAME = 6000
"""Microseconds: callbacks that follow each other sooner belong to one frame."""
WATCH = """{
  const done = new MutationObserver(() => {
    if (!document.querySelector('#graph [data-id]')) return;
    done.disconnect();
    performance.mark('picture');
    requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('painted')));
  });
  done.observe(document, { subtree: true, childList: true });
}"""
SECONDS = 4
"""How long the page plays while frames are measured, in each direction."""
EDITS = 20
ALLOWED = 100
"""Milliseconds in which a changed number is to be worked out and drawn."""
EDIT = """() => {
  const square = document.querySelector('svg [data-id=J] .picture.value');
  window.redrawn = new Promise((tell) => {
    addEventListener('keydown', ({ key, timeStamp }) => {
      if (key !== 'Enter') return;
      const watch = new MutationObserver(() => {
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => tell(performance.now() - timeStamp)));
      });
      watch.observe(square, { subtree: true, childList: true });
    }, { capture: true });
  });
}"""
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


def skips(operators: int) -> str:
    """A chain in which every third operator adds what was there three operators before."""
    lines = ["h0: parameter = 0.5"]
    lines += [f"h{i} = tanh(h{i - 1})" if i % 3 else f"h{i} = h{i - 1} + h{i - 3}" for i in range(1, operators + 1)]
    return "\n".join([*lines, f"J = h{operators} ** 2"])


def sizes() -> None:
    """What each file weighs, as it is and compressed, and what of the scripts comes before the first picture."""
    print("Bundle                          bytes   compressed")
    for path in sorted(DIST.rglob("*")):
        if path.suffix in (".js", ".css"):
            content = path.read_bytes()
            print(f"{path.relative_to(DIST)!s:28} {len(content):9,} {len(gzip.compress(content, 9)):12,}")
    first = ["theme.js", "app.js", *json.loads((DIST / "first.json").read_text())["scripts"]]
    for name, ending in (("gzip", ".gz"), ("Brotli", ".br")):
        total = sum((DIST / (file + ending)).stat().st_size for file in first)
        print(f"Script before the first picture, {name}: {total:,} bytes")


@contextmanager
def traced(page: Page, session: CDPSession) -> Iterator[list[dict[str, Any]]]:
    """The events of Chromium's tracing while the body runs, there when it has ended."""
    events: list[dict[str, Any]] = []
    done = threading.Event()
    session.on("Tracing.dataCollected", lambda message: events.extend(message["value"]))
    session.on("Tracing.tracingComplete", lambda _: done.set())
    session.send(
        "Tracing.start",
        {"categories": "devtools.timeline,v8,toplevel,blink.user_timing", "transferMode": "ReportEvents"},
    )
    yield events
    session.send("Tracing.end")
    while not done.is_set():
        page.wait_for_timeout(50)


def busy(events: list[dict[str, Any]], thread: int, until: float) -> float:
    """Milliseconds that a thread was at work before a moment, by its own clock; nested events count once."""
    total, end = 0.0, 0.0
    found = [e for e in events if e.get("ph") == "X" and e["tid"] == thread and "tdur" in e and e["ts"] < until]
    for event in sorted(found, key=lambda e: (e["ts"], -e["dur"])):
        if event["ts"] >= end:
            total += event["tdur"]
            end = event["ts"] + event["dur"]
    return total / 1000


def first_picture(page: Page, session: CDPSession, address: str, rate: int) -> tuple[float, float, float]:
    """Milliseconds from the request to the first mark and to its painting, and those of work, on a processor slowed."""
    page.add_init_script(WATCH)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    with traced(page, session) as events:
        page.goto(address)
        while not page.evaluate("performance.getEntriesByName('painted').length"):
            page.wait_for_timeout(20)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    at = {
        name: page.evaluate(f"performance.getEntriesByName('{name}')[0].startTime") for name in ("picture", "painted")
    }
    painted = next(event for event in events if event["name"] == "painted")
    return at["picture"], at["painted"], busy(events, painted["tid"], painted["ts"])


def frames(page: Page, session: CDPSession, seconds: float) -> list[tuple[float, float]]:
    """Milliseconds of script in each animation frame while the page plays, by the clock and on the processor."""
    with traced(page, session) as events:
        page.wait_for_timeout(1000 * seconds)
    calls = sorted((e for e in events if e["name"] == "FireAnimationFrame" and "dur" in e), key=lambda e: e["ts"])
    taken: list[tuple[float, float]] = []
    begun = -FRAME
    for call in calls:
        wall, work = call["dur"] / 1000, call.get("tdur", call["dur"]) / 1000
        if call["ts"] - begun < FRAME:
            taken[-1] = (taken[-1][0] + wall, taken[-1][1] + work)
        else:
            begun = call["ts"]
            taken.append((wall, work))
    return taken


def tell(name: str, taken: list[tuple[float, float]]) -> None:
    """Print what frames took."""
    for kind, times in zip(("clock", "processor"), zip(*taken, strict=True), strict=True):
        ordered = sorted(times)
        print(
            f"{name}, {len(ordered)} frames, {kind}: mean {statistics.mean(ordered):.2f} ms, "
            f"median {statistics.median(ordered):.2f} ms, 95% under {ordered[int(0.95 * len(ordered))]:.2f} ms, "
            f"longest {ordered[-1]:.2f} ms"
        )


def redraws(page: Page, address: str) -> list[float]:
    """Milliseconds from Enter behind a number typed in the inspector to the frame whose squares show what follows."""
    page.goto(f"{address}#example=chapter&select=x")
    field = page.locator("#inspector .numbers input").first
    field.wait_for()
    page.keyboard.press("End")
    page.locator("svg [data-id=J] .scalar").first.wait_for()
    taken = []
    for turn in range(EDITS):
        page.evaluate(EDIT)
        field.fill(str(0.1 + turn / 7))
        field.press("Enter")
        taken.append(page.evaluate("window.redrawn"))
    return taken


def open_program(page: Page, address: str, program: str) -> float:
    """Milliseconds from a program's address to its picture, in a page that was open."""
    link = page.evaluate(LINK, program)
    begun = time.perf_counter()
    page.goto(f"{address}?#program={link}")
    page.locator("#graph:not([aria-busy])").wait_for(timeout=120_000)
    return 1000 * (time.perf_counter() - begun)


Visit = Callable[[], tuple[Page, CDPSession]]


def loading(visit: Visit, address: str) -> None:
    """The first picture, on a slow processor and on this one."""
    for rate in (4, 1):
        loads = []
        for _ in range(5):
            page, session = visit()
            loads.append(first_picture(page, session, address, rate))
            page.context.close()
        picture, painted, work = map(statistics.median, zip(*loads, strict=True))
        print(
            f"First picture, {rate}x slower, median of {len(loads)} loads: drawn after {picture:.0f} ms, "
            f"painted after {painted:.0f} ms, {work:.0f} ms of them the main thread at work"
        )


def editing(visit: Visit, address: str) -> None:
    """From a typed number to the squares that follow from it."""
    page, _ = visit()
    taken = sorted(redraws(page, address))
    print(
        f"From a number typed to the squares that follow from it, {len(taken)} edits of the chapter's network: "
        f"median {statistics.median(taken):.0f} ms, quickest {taken[0]:.0f} ms, longest {taken[-1]:.0f} ms "
        f"(asked for: {ALLOWED} ms)"
    )
    page.context.close()


def playing(visit: Visit, address: str) -> None:
    """The script of each frame while a graph plays, forward and backward."""
    for marks in (DRAWN, MARKS):
        page, session = visit()
        page.goto(address)
        open_program(page, address, chain(marks // 2))
        page.locator("#zoom-fit").click()
        page.wait_for_timeout(1500)
        slider = page.locator("#transport input[type=range]")
        for direction, part in (("forward", 0.1), ("backward", 0.6)):
            slider.evaluate(
                "(slider, part) => { slider.value = Math.round(part * slider.max); "
                "slider.dispatchEvent(new Event('input', { bubbles: true })); }",
                part,
            )
            page.wait_for_timeout(500)
            page.locator("[data-action=toggle]").click()
            tell(f"Script a frame, {marks} marks in the window, {direction}", frames(page, session, SECONDS))
            page.locator("[data-action=toggle]").click()
        page.context.close()


def panning(visit: Visit, address: str) -> None:
    """A graph of 10,000 operators: until it is drawn, and while it is moved."""
    page, session = visit()
    page.goto(address)
    page.locator("#graph [data-id]").first.wait_for()
    opened = open_program(page, address, skips(OPERATORS))
    print(f"{OPERATORS:,} operators with skips, from address to picture: {opened:.0f} ms")
    with traced(page, session) as events:
        page.mouse.move(700, 400)
        page.mouse.down()
        for step in range(40):
            page.mouse.move(700 - 6 * step, 400 - 3 * step)
            page.wait_for_timeout(25)
        page.mouse.up()
    moved = [e for e in events if e["name"] == "FireAnimationFrame" and "dur" in e]
    tell("Script a callback while it is panned", [(e["dur"] / 1000, e.get("tdur", e["dur"]) / 1000) for e in moved])
    page.context.close()


PARTS: dict[str, Callable[[Visit, str], None]] = {
    "loading": loading,
    "editing": editing,
    "frames": playing,
    "panning": panning,
}


def main(*chosen: str) -> None:
    """Measure these parts, or all, and print."""
    os.environ.setdefault("TIDEGRAPH_MAX_PROGRAM_LENGTH", "1000000")
    if unknown := {*chosen} - {*PARTS}:
        sys.exit(f"no part is called {', '.join(unknown)}: the parts are {', '.join(PARTS)}")
    if not chosen:
        sizes()
    print(f"\nThe machine: {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)

        def visit() -> tuple[Page, CDPSession]:
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.set_default_timeout(120_000)
            return page, page.context.new_cdp_session(page)

        for name in chosen or PARTS:
            PARTS[name](visit, address)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
