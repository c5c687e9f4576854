"""A Sphinx extension, also for MyST and Jupyter Book: a `tide` directive becomes a player at build time.

    extensions = ["app.sphinx"]

The program is run once, when the site is built; the pages need no server.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from sphinx.application import Sphinx
from sphinx.util.fileutil import copy_asset_file

from app.export import element
from app.pages import STATIC
from app.schemas import TraceRequest
from app.settings import Settings
from engine import TidegraphError

FILES = ("recorded.js", "recorded-fonts.css", "layout-worker.js")


class Tide(Directive):
    """`.. tide::` with a program below it."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "autoplay": directives.flag,
        "height": directives.nonnegative_int,
        "moment": directives.nonnegative_int,
        "panels": directives.unchanged,
        "seed": directives.nonnegative_int,
        "steps": directives.unchanged,
        "theme": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        options = dict(self.options)
        request = TraceRequest(program="\n".join(self.content), seed=options.pop("seed", 0))
        try:
            html = element(request, Settings(), options)
        except TidegraphError as error:
            raise self.error(f"{error.message}{f' ({error.hint})' if error.hint else ''}") from None
        return [nodes.raw("", html, format="html")]


def copy_files(app: Sphinx, error: Exception | None) -> None:
    """Put what plays beside the pages."""
    if error is None and app.builder.format == "html":
        target = Path(app.outdir) / "_static"
        target.mkdir(exist_ok=True)
        for name in FILES:
            copy_asset_file(str(STATIC / name), str(target))


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls."""
    app.add_directive("tide", Tide)
    app.add_js_file("recorded.js", type="module")
    app.add_css_file("recorded-fonts.css")
    app.connect("build-finished", copy_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
