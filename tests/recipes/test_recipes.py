"""The recipes of docs/embedding.md, followed line by line in empty folders: `make recipes`.

Tools are installed, so this takes minutes and package indices.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

CHECKOUT = Path(__file__).parents[2]
GUIDE = (CHECKOUT / "docs" / "embedding.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^### Recipe: (.*)\n([\s\S]*?)(?=^##)", GUIDE, re.MULTILINE))
BLOCK = re.compile(r"^(`{3,4})(\w+)\n(.*?)\n\1$", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"In `([\w./]+)`[^`]*(?:`[\w_]+`[^`]*)*\Z", re.IGNORECASE)
THEMES = "furo, the book theme, pydata"

BUILT = {
    THEMES: "site/index.html",
    "Jupyter Book 1": "_build/html/index.html",
    "Zensical": "site/index.html",
    "VitePress": "docs/.vitepress/dist/index.html",
    "Docusaurus": "build/index.html",
    "plain HTML, Hugo": "index.html",
    "reveal.js": "index.html",
}
"""The page of each recipe whose tool a package index has."""
UNBUILT = {"Jupyter Book 2 and MyST", "Quarto", "Moodle and Canvas"}

KEPT = {
    "src",
    "width",
    "height",
    "name",
    "align",
    "frameborder",
    "scrolling",
    "allowfullscreen",
    "style",
    "title",
    "id",
}
"""What Canvas keeps of a frame: the lists `iframe` and `:all` of its canvas_sanitize."""


def follow(recipe: str, folder: Path) -> None:
    """Writes the files of a recipe and runs its commands, with its own packages above those of this project."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    libraries = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"], text=True
    )
    shared = f"{CHECKOUT}\n{sysconfig.get_paths()['purelib']}\n"
    (Path(libraries.strip()) / "shared.pth").write_text(shared, encoding="utf-8")
    for name in ("tidegraph", "sphinx"):
        module = {"tidegraph": "tidegraph", "sphinx": "sphinx.cmd.build"}[name]
        script = folder / "venv" / "bin" / {"tidegraph": "tidegraph", "sphinx": "sphinx-build"}[name]
        if not script.exists():
            script.write_text(f'#!/bin/sh\nexec "{python}" -m {module} "$@"\n', encoding="utf-8")
            script.chmod(0o755)
    path = f"{folder / 'venv' / 'bin'}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for found in BLOCK.finditer(recipe):
        named = NAMED.search(recipe, 0, found.start())
        if named and found[2] != "sh":
            file = folder / named[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(found[3] + "\n", encoding="utf-8")
        elif found[2] == "sh":
            done = subprocess.run(
                ["sh", "-e", "-c", found[3]],
                cwd=folder,
                env={**os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1", "CI": "1"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


def test_every_recipe_is_built_or_says_why_not() -> None:
    assert set(RECIPES) == {*BUILT, *UNBUILT}


@pytest.mark.parametrize(
    ("name", "theme"),
    [*((THEMES, theme) for theme in ("sphinx_book_theme", "furo", "pydata_sphinx_theme"))]
    + [(name, "") for name in BUILT if name != THEMES],
)
def test_a_recipe_builds_a_page_that_plays(
    name: str, theme: str, elsewhere: tuple[Path, str], open_page: Callable[..., Page]
) -> None:
    root, address = elsewhere
    folder = root / re.sub(r"\W+", "-", f"{name}-{theme}")
    folder.mkdir()
    recipe = RECIPES[name]
    if theme:
        recipe = recipe.replace('"sphinx_book_theme"', f'"{theme}"')
        recipe = recipe.replace("sphinx-book-theme", theme.replace("_", "-"))
    follow(recipe, folder)
    page = folder / BUILT[name]
    # Sites that name files from their root are shown at a root of their own.
    absolute = 'src="/graph.html"' in page.read_text(encoding="utf-8")
    if absolute:
        for file in page.parent.rglob("*"):
            target = root / file.relative_to(page.parent)
            if file.is_dir():
                target.mkdir(exist_ok=True)
            elif file.name != "lines.html":
                target.write_bytes(file.read_bytes())
    shown = open_page(f"{address}{'index.html' if absolute else page.relative_to(root)}")
    inside = shown if "<tide-graph" in page.read_text(encoding="utf-8") else shown.frame_locator("iframe")
    graph = inside.locator("tide-graph")
    graph.scroll_into_view_if_needed()
    graph.locator("[data-id=J]").first.wait_for()
    graph.get_by_label("One step on").click()
    expect(graph.locator("[data-part=count]")).to_contain_text("step")


class Frame(HTMLParser):
    """Reads tags and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}


def test_what_is_pasted_into_canvas_is_kept() -> None:
    (pasted,) = [found[3] for found in BLOCK.finditer(RECIPES["Moodle and Canvas"]) if found[2] == "html"]
    frame = Frame(pasted)
    assert frame.tags == ["iframe"]
    assert frame.names <= KEPT
