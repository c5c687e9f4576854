"""What students do, in Firefox and WebKit: draw, play, inspect, edit a number, replace the program, embed, export."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import elsewhere, server
from tests.browsers.drivers import ENTER, PATIENCE, Driver, firefox, webkit

__all__ = ["elsewhere", "server"]

DRIVERS = {"firefox": firefox, "webkit": webkit}
PROGRAM = "a: parameter = -4.0\nb: parameter = 2.0\nc = a * b\nJ = c ** 2 + a\n"


@pytest.fixture(scope="module", params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """A browser for all flows."""
    with DRIVERS[request.param]() as found:
        yield found


def eventually(driver: Driver, expression: str, wanted: Any = True) -> None:
    """Wait until an expression has the value that is wanted."""
    end = time.monotonic() + PATIENCE
    found = None
    while time.monotonic() < end:
        found = driver.evaluate(expression)
        if found == wanted:
            return
        time.sleep(0.2)
    assert found == wanted, expression


def query(selector: str, rest: str) -> str:
    """An expression about the first element of a selector; null where there is none."""
    return f"((one) => one && one{rest})(document.querySelector({selector!r}))"


def press(driver: Driver, selector: str) -> None:
    """A click on what a selector finds, once it is there."""
    eventually(driver, f"document.querySelector({selector!r}) !== null")
    driver.evaluate(f"document.querySelector({selector!r}).dispatchEvent(new MouseEvent('click', {{ bubbles: true }}))")


def drawn(driver: Driver, address: str) -> None:
    """Open the page, and wait until the graph is there."""
    driver.goto("about:blank")
    driver.goto(address)
    eventually(driver, "document.querySelector('#graph [data-id=J]') !== null")


def test_a_graph_is_drawn_and_played(driver: Driver, server: str) -> None:
    drawn(driver, server)
    shape = query("[data-id=W1] .shape", ".getBoundingClientRect().width > 20")
    eventually(driver, shape)
    assert driver.evaluate("document.querySelectorAll('#graph path.line').length") > 10
    press(driver, "#transport [data-action=step]")
    eventually(driver, query("[data-part=count]", ".textContent.startsWith('step 1 of')"))
    eventually(driver, query("[data-id=z] .picture.value .frame", ".isConnected"))
    driver.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }))")
    eventually(driver, query("[data-id=x] .picture.gradient .frame", ".isConnected"))
    press(driver, "#transport [data-action=replay]")
    eventually(
        driver,
        "document.querySelector('.flow') !== null || Number(document.querySelector('#transport input').value) > 0",
    )


def test_a_number_is_inspected_and_edited(driver: Driver, server: str) -> None:
    drawn(driver, f"{server}#example=scalar&moment=99")
    name = driver.evaluate("[...document.querySelectorAll('#graph [data-role=parameter]')][0].dataset.id")
    press(driver, f"[data-id='{name}'] .shape")
    eventually(driver, query("#inspector h2 code", ".textContent"), name)
    before = driver.evaluate("document.querySelector('[data-id=J] .picture.value').textContent")
    driver.evaluate(
        "((cell) => { cell.focus(); cell.value = '7.5'; cell.dispatchEvent(new Event('change', { bubbles: true })); })"
        "(document.querySelector('#inspector [data-part=value] td input'))"
    )
    eventually(driver, f"document.querySelector('[data-id=J] .picture.value').textContent !== {before!r}")
    eventually(driver, "location.hash.includes('values=')")


def test_another_program_takes_the_place_of_the_first(driver: Driver, server: str) -> None:
    drawn(driver, server)
    field = "document.querySelector('#program .code')?.shadowRoot?.querySelector('.cm-content')"
    eventually(driver, f"Boolean({field})")
    driver.evaluate(f"{field}.focus()")
    driver.type("a", control=True)
    driver.type("; ".join(PROGRAM.splitlines()))
    eventually(driver, f"{field}.textContent.includes('J = c ** 2')")
    driver.type(ENTER, control=True)
    eventually(driver, "document.querySelector('#graph [data-id=c]') !== null")
    eventually(driver, "document.querySelector('#graph [data-id=W1]') === null")


def test_a_graph_is_embedded(driver: Driver, server: str, elsewhere: tuple[Path, str]) -> None:
    folder, address = elsewhere
    page = (
        f'<script src="{server}static/embed.js" type="module"></script><tide-graph program="{PROGRAM}" loading="eager">'
    )
    (folder / "lesson.html").write_text(f"<!doctype html><meta charset=utf-8>{page}</tide-graph>", encoding="utf-8")
    driver.goto(f"{address}lesson.html")
    eventually(
        driver, "(document.querySelector('tide-graph').shadowRoot?.querySelector('[data-id=J]') ?? null) !== null"
    )


def test_an_exported_file_plays_without_a_server(driver: Driver, tmp_path: Path, elsewhere: tuple[Path, str]) -> None:
    folder, address = elsewhere
    program = tmp_path / "program.txt"
    program.write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, "-m", "tidegraph", "export", str(program), "-o", str(folder / "run.html")]
    subprocess.run(command, check=True, timeout=PATIENCE)
    driver.goto(f"{address}run.html")
    graph = "(document.querySelector('tide-graph')?.shadowRoot ?? document)"
    eventually(driver, f"{graph}.querySelector('[data-id=J]') !== null")
    driver.evaluate(f"{graph}.querySelector('[data-action=step]').click()")
    eventually(driver, f"{graph}.querySelector('[data-part=count]').textContent.startsWith('step 1 of')")
