"""The Sphinx extension: a small site is built, and what is wrong is told with its line."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from tidegraph.app.integrations import course

pytestmark = pytest.mark.filterwarnings("ignore")

GRAPH = """
Page
====

.. tide-graph::
   :moment: 1
   :readonly:

   a: parameter = 3.0
   J = a ** 2
"""


def built(folder: Path, text: str, builder: str = "html", **settings: str) -> tuple[Path, str]:
    """The folder of a site and the warnings of its build."""
    source = folder / "source"
    source.mkdir()
    (source / "index.rst").write_text(text, "utf-8")
    (source / "run.tide").write_text("a: parameter = 3.0\nJ = a ** 2", "utf-8")
    warnings = StringIO()
    given = {"extensions": "tidegraph.sphinx", "html_theme": "basic", **settings}
    with docutils_namespace():
        app = Sphinx(str(source), None, str(folder / "out"), str(folder / "trees"), builder, given, None, warnings)
        app.build()
    return folder / "out", warnings.getvalue()


def test_a_directive_becomes_a_player_with_its_files(tmp_path: Path) -> None:
    out, warnings = built(tmp_path, GRAPH)
    html = (out / "index.html").read_text("utf-8")
    assert warnings == ""
    assert '<tide-graph moment="1" readonly' in html
    assert course.SCRIPT in html
    assert (out / "_static" / course.SCRIPT).is_file()


def test_where_nothing_plays_the_program_is_text(tmp_path: Path) -> None:
    out, _ = built(tmp_path, GRAPH, "text")
    text = (out / "index.txt").read_text("utf-8")
    assert "J = a ** 2" in text
    assert "<tide-graph" not in text


def test_a_file_an_example_and_a_server(tmp_path: Path) -> None:
    text = "Page\n====\n\n.. tide::\n   :file: run.tide\n\n.. tide-graph:: chapter\n"
    out, warnings = built(tmp_path, text, tidegraph_server="https://tide.example/")
    html = (out / "index.html").read_text("utf-8")
    assert warnings == ""
    assert html.count("<tide-graph") == 2
    assert html.count('server="https://tide.example/"') == 2


def test_what_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    wrong = (
        "Page\n====\n\n.. tide-graph::\n\n   J = rellu(1)\n\n.. tide::\n   :file: none.tide\n\n"
        ".. tide-graph:: chapter\n   :theme: sepia\n"
    )
    _, warnings = built(tmp_path, wrong)
    assert "index.rst:4" in warnings
    assert "relu" in warnings
    assert "none.tide cannot be read" in warnings
    assert "theme cannot be 'sepia'" in warnings
