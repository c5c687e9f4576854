"""The MkDocs plugin: a small site is built, and what is wrong is told with its page."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import PluginError

from tidegraph.app.integrations import course

PROGRAM = "a: parameter = 3.0\nJ = a ** 2"
pytestmark = pytest.mark.filterwarnings("ignore")


def built(folder: Path, markdown: str, options: str = "", **files: str) -> str:
    docs = folder / "docs"
    docs.mkdir()
    (docs / "index.md").write_text(markdown, "utf-8")
    (docs / "plain.md").write_text("# Nothing to play", "utf-8")
    for name, text in files.items():
        (docs / name).write_text(text, "utf-8")
    (folder / "mkdocs.yml").write_text(
        f"site_name: S\ntheme:\n  name: mkdocs\nplugins:\n  - tidegraph{options}\n", "utf-8"
    )
    build(load_config(str(folder / "mkdocs.yml")))
    return (folder / "site" / "index.html").read_text("utf-8")


def test_a_fence_becomes_a_player_with_its_files(tmp_path: Path) -> None:
    html = built(tmp_path, f'# One\n\n``` tide-graph moment="1"\n{PROGRAM}\n```\n')
    assert '<tide-graph moment="1"' in html
    assert f'src="{course.SCRIPT}"' in html
    assert (tmp_path / "site" / course.SCRIPT).is_file()
    assert course.SCRIPT not in (tmp_path / "site" / "plain" / "index.html").read_text("utf-8")


def test_a_file_an_example_and_a_server(tmp_path: Path) -> None:
    text = '``` tide file="run.tide"\n```\n\n``` tide-graph example="chapter"\n```\n'
    html = built(tmp_path, text, ":\n      server: https://tide.example/", **{"run.tide": PROGRAM})
    assert html.count("<tide-graph") == 2
    assert html.count('server="https://tide.example/"') == 2


@pytest.mark.parametrize(
    ("fence", "words"),
    [
        ("``` tide-graph\nJ = rellu(1)\n```", "relu"),
        ("``` tide-graph moment=3\na: input\n```", 'written moment="3"'),
        ('``` tide file="none.tide"\n```', "none.tide cannot be read"),
        ('``` tide-graph colour="red"\na: input\n```', "colour"),
    ],
)
def test_what_is_wrong_is_told_with_the_page(tmp_path: Path, fence: str, words: str) -> None:
    with pytest.raises((PluginError, SystemExit)) as caught:
        built(tmp_path, fence)
    message = str(caught.value) if isinstance(caught.value, PluginError) else str(caught.value.__context__)
    assert "index.md" in message
    assert words in message
