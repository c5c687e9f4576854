"""A Sphinx extension, also for MyST and Jupyter Book: a `tide-graph` directive becomes a player when the site is built.

extensions = ["tidegraph.sphinx"]

An EPUB has the picture in its place, and LaTeX the picture as a PDF; text has the program.
"""

from __future__ import annotations

import re
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.latex import LaTeXTranslator

from tidegraph.app.http.problems import Problem
from tidegraph.app.integrations import course, export, film
from tidegraph.version import __version__


class Tide(SphinxDirective):
    """`.. tide-graph::` (or `tide`) with a program below it, the name of an example behind it, or a `:file:`."""

    has_content = True
    optional_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "file": directives.unchanged_required,
        **dict.fromkeys(course.WORDS, directives.unchanged_required),
        **dict.fromkeys(course.SWITCHES, directives.flag),
    }

    def run(self) -> list[nodes.Node]:
        given, body = self.given()
        program = given or body
        options = {"server": self.config.tidegraph_server} if self.config.tidegraph_server else {}
        try:
            html = self.element(given, body, options | self.options)
        except course.CourseError as error:
            raise self.error(str(error)) from None
        words = nodes.literal_block(program, program)
        return [
            addnodes.only("", nodes.raw("", html, format="html", classes=["tide"]), expr="not builder_epub"),
            addnodes.only("", nodes.raw("", f"<div>{still(html)}</div>", format="html"), expr="builder_epub"),
            addnodes.only("", *printed(html), expr="format_latex"),
            addnodes.only("", words, expr="not format_html and not format_latex"),
        ]

    def element(self, given: str, body: str, options: dict[str, Any]) -> str:
        """The element of a program that is given by name or by file, or stands below."""
        return course.figure(given or body, options)

    def given(self) -> tuple[str, str]:
        """The program that is given by name or by file, and what stands below."""
        program = self.arguments[0] if self.arguments else ""
        file = self.options.pop("file", None)
        if file is not None:
            relative, path = self.env.relfn2path(file)
            self.env.note_dependency(relative)
            try:
                program = Path(path).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise self.error(f"The file {file} cannot be read: {error}.") from None
        return program, "\n".join(self.content)


class TideQuestion(Tide):
    """`.. tide-question::` with program, `---` and question below it; the program may be an example or a `:file:`."""

    option_spec: ClassVar[dict[str, Any]] = {
        **Tide.option_spec,
        **dict.fromkeys(course.OF_QUESTION, directives.unchanged_required),
    }

    def element(self, given: str, body: str, options: dict[str, Any]) -> str:
        return course.question(body, options, given)


class TideTour(Tide):
    """`.. tide-tour::` with program, `---` and stops below it; the program may be an example or a `:file:`."""

    option_spec: ClassVar[dict[str, Any]] = {
        **Tide.option_spec,
        **dict.fromkeys(course.OF_TOUR, directives.unchanged_required),
    }

    def element(self, given: str, body: str, options: dict[str, Any]) -> str:
        return course.tour(body, options, given)


def still(html: str) -> str:
    """What an element shows without a script: well-formed, as books ask."""
    (inside,) = re.findall(r"^<tide-[^>]*>(.*)</tide-\w+>$", html, re.DOTALL)
    return re.sub(r"<script.*?</script>", "", inside, flags=re.DOTALL).replace("max-height: 100%", "height: auto")


class Picture(nodes.General, nodes.Element):
    """A picture on paper; `svg` is its text."""


def printed(html: str) -> list[nodes.Node]:
    """The same for paper: pictures, and what is said of them as paragraphs."""
    made: list[nodes.Node] = []
    for part in re.split(r"(<svg.*?</svg>)", still(html), flags=re.DOTALL):
        if part.startswith("<svg"):
            made.append(Picture(svg=part))
            continue
        for tag, text in re.findall(r"<(h\d|p|li)>(.*?)</\1>", part, re.DOTALL):
            words = " ".join(unescape(re.sub(r"<[^>]*>", "", text)).split())
            inner = nodes.strong(words, words) if tag.startswith("h") else nodes.Text(words)
            made.append(nodes.paragraph("", "", inner))
    return made


def visit_picture(translator: LaTeXTranslator, node: Picture) -> None:
    """A PDF beside the LaTeX file, or a PNG where there is no browser that draws one."""
    drawn = node["svg"].replace(">", f"><style>{export.letters()}</style>", 1)
    name = f"tidegraph-{sha256(drawn.encode()).hexdigest()[:12]}"
    folder = Path(translator.builder.outdir)
    try:
        file = folder / f"{name}.pdf"
        if not file.exists():
            file.write_bytes(film.pdf(drawn))
    except Problem:
        try:
            file = folder / f"{name}.png"
            file.write_bytes(export.rasterised(drawn))
        except Problem as problem:
            logging.getLogger(__name__).warning("tidegraph: %s", problem.error.hint or problem)
            raise nodes.SkipNode from None
    translator.body.append(f"\n\\begin{{center}}\\sphinxincludegraphics{{{file.name}}}\\end{{center}}\n")
    raise nodes.SkipNode


def add_script(app: Sphinx, page: str, template: str, context: Any, doctree: nodes.document | None) -> None:
    """Load what plays where there is something to play."""
    if doctree and any("tide" in node["classes"] for node in doctree.findall(nodes.raw)):
        app.add_js_file(course.SCRIPT, loading_method="defer")
        app.add_css_file(course.STYLES)


def copy_files(app: Sphinx, error: Exception | None) -> None:
    """Put what plays beside the pages."""
    if error is None and app.builder.format == "html":
        course.copy_files(Path(app.outdir) / "_static")


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls."""
    app.add_config_value("tidegraph_server", "", "env", str)
    app.add_node(Picture, latex=(visit_picture, None))
    app.add_directive("tide-graph", Tide)
    app.add_directive("tide", Tide)
    app.add_directive("tide-question", TideQuestion)
    app.add_directive("tide-tour", TideTour)
    app.connect("html-page-context", add_script)
    app.connect("build-finished", copy_files)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
