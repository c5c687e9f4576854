"""docs/embedding.md, followed line by line from an empty directory."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from IPython.core.interactiveshell import InteractiveShell
from playwright.sync_api import Page, expect

from tests.browser.visit import PATIENCE

CHECKOUT = Path(__file__).parents[2]
GUIDE = (CHECKOUT / "docs" / "embedding.md").read_text(encoding="utf-8").split("\n## Recipes\n")[0]
BLOCK = re.compile(r"^(`{3,4})(\w+)\n(.*?)\n\1$", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"In `([\w./]+)`[^`]*\Z")
SERVICE = "https://tide.example/"


def blocks(kind: str) -> list[str]:
    return [found[3] for found in BLOCK.finditer(GUIDE) if found[2] == kind]


def follow(folder: Path, server: str) -> None:
    """Write every named file and run every command, in the order in which the guide has them."""
    for found in BLOCK.finditer(GUIDE):
        named = NAMED.search(GUIDE, 0, found.start())
        if named:
            file = folder / named[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(found[3] + "\n", encoding="utf-8")
        elif found[2] == "sh":
            for line in found[3].replace("\\\n", " ").replace(SERVICE, server).splitlines():
                command, *words = shlex.split(line)
                RUNNERS[command](words)


def curl(words: list[str]) -> None:
    """What curl does with these words, on machines that have none too."""
    (url,) = [word for word in words if word.startswith("http")]
    kind = {"content-type": "application/json"}
    data = words[words.index("-d") + 1] if "-d" in words else None
    method = "POST" if data else "GET"
    answer = httpx.request(method, url, content=data, headers=kind, timeout=PATIENCE / 1000)
    assert answer.is_success, answer.text
    if "-o" in words:
        Path(words[words.index("-o") + 1]).write_bytes(answer.content)


def module(name: str) -> Callable[[list[str]], None]:
    def run(words: list[str]) -> None:
        environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
        command = [sys.executable, "-m", name, *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    return run


RUNNERS: dict[str, Callable[[list[str]], None]] = {
    "tidegraph": module("tidegraph"),
    "curl": curl,
    "sphinx-build": module("sphinx"),
    "mkdocs": module("mkdocs"),
}


@pytest.fixture(scope="module")
def followed(elsewhere: tuple[Path, str], server: str) -> tuple[Path, str]:
    """The directory in which the guide was followed, and the address at which another origin serves it."""
    folder, address = elsewhere
    (folder / "guide").mkdir()
    with contextlib.chdir(folder / "guide"):
        follow(folder / "guide", server)
    return folder / "guide", f"{address}guide/"


def test_files_are_what_their_names_say(followed: tuple[Path, str]) -> None:
    folder, _ = followed
    beginnings = {"page.html": b"<!doctype", "picture.svg": b"<svg", "picture.png": b"\x89PNG", "trace.json": b"{"}
    for name, beginning in beginnings.items():
        assert (folder / name).read_bytes().startswith(beginning)
    assert r"\begin{document}" in (folder / "derivation.tex").read_text()


@pytest.mark.parametrize("number", range(len(blocks("html"))))
def test_lines_of_html_draw_in_a_page_of_another_origin(
    number: int, elsewhere: tuple[Path, str], open_page: Callable[..., Page], server: str
) -> None:
    folder, address = elsewhere
    lines = blocks("html")[number].replace(SERVICE, server)
    (folder / "lines.html").write_text(f"<!doctype html><meta charset=utf-8>{lines}")
    page = open_page(f"{address}lines.html")
    inside = page.frame_locator("iframe") if "<iframe" in lines else page
    for i in range(max(1, lines.count("</tide-graph>"))):
        inside.locator("tide-graph").nth(i).scroll_into_view_if_needed()
        inside.locator("tide-graph").nth(i).locator("[data-id=J]").first.wait_for()
    if "height=480" in lines:
        page.wait_for_function("document.querySelector('iframe').style.height === '480px'")
        inside.get_by_label("One step on").click()
        expect(page.locator("p")).to_contain_text("z, a vector of 5")
    if "<button>" in lines:
        page.get_by_role("button", name="How does").click()
        expect(page.locator("body > p")).to_contain_text("flows back")


@pytest.mark.parametrize("place", ["page.html", "site/index.html", "site/more.html", "public/"])
def test_what_was_built_plays(place: str, followed: tuple[Path, str], open_page: Callable[..., Page]) -> None:
    page = open_page(followed[1] + place)
    graph = page.locator("tide-graph")
    graph.locator("[data-id=J]").first.wait_for()
    graph.get_by_label("One step on").click()
    expect(graph.locator("[data-part=count]")).to_contain_text("step")


def test_the_cell_shows_a_player() -> None:
    (cell,) = [text for text in blocks("python") if "load_ext" in text]
    shell = InteractiveShell.instance()
    result = shell.run_cell(cell).result
    bundle, _ = shell.display_formatter.format(result)
    InteractiveShell.clear_instance()
    assert "data-tidegraph=" in bundle["text/html"]
