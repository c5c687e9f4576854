"""A MkDocs plugin: a fence of `tide-graph` (or `tide`) becomes a player when the site is built.

plugins:
  - tidegraph
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from pymdownx.superfences import SuperFencesException

from tidegraph.app.integrations import course

FENCES = "pymdownx.superfences"
FIRST_LINE = re.compile(r"^[ \t>]*(?:```+|~~~+)[ \t]*tide(?:-graph|-question|-tour)?(?![\w-])(.*)$", re.MULTILINE)
WRITTEN = re.compile(r"""([ \t]+\w+(=("[^"]*"|'[^']*'))?)*[ \t]*""")


def figure(source: str, options: dict[str, Any], program: str) -> str:
    """The player of a program that stands in the fence, or is given by name or by file."""
    return course.figure(source or program, options)


MAKERS: dict[str, Callable[[str, dict[str, Any], str], str]] = {
    "tide-graph": figure,
    "tide-question": course.question,
    "tide-tour": course.tour,
}


class FenceError(SuperFencesException, PluginError):
    """A fence that cannot be shown: the one kind of error that the fences let through and MkDocs tells plainly."""


class Options(Config):
    """What `mkdocs.yml` can say below the plugin's name."""

    server = config_options.Optional(config_options.URL())


class TidegraphPlugin(BasePlugin[Options]):
    """Adds the fence to the Markdown, the script to pages that have a graph, and the files to the site."""

    page = ""
    docs = Path()

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        fences = [
            {"name": name, "class": name, "validator": accept, "format": self.format} for name in ("tide", *MAKERS)
        ]
        if FENCES not in config.markdown_extensions:
            config.markdown_extensions.append(FENCES)
        config.mdx_configs.setdefault(FENCES, {}).setdefault("custom_fences", []).extend(fences)
        self.docs = Path(config.docs_dir)
        return config

    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> None:
        self.page = page.file.src_uri
        for options in FIRST_LINE.findall(markdown):
            if not WRITTEN.fullmatch(options):
                raise FenceError(f'{self.page}: a tide fence: its options are written moment="3", not{options}')

    def format(self, source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **more: Any) -> str:
        """The player of one fence."""
        # What is no block would stand in a paragraph, which the paragraphs inside a question would end.
        md.block_level_elements.extend(name for name in MAKERS if name not in md.block_level_elements)
        attributes = {"server": self.config.server} if self.config.server else {}
        program = options.pop("example", "")
        file = options.pop("file", None)
        if file is not None:
            try:
                program = (self.docs / file).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise FenceError(f"{self.page}: a tide-graph fence: the file {file} cannot be read: {error}") from None
        try:
            return MAKERS.get(css_class, figure)(source, attributes | options, program)
        except course.CourseError as error:
            raise FenceError(f"{self.page}: a tide fence: {error}") from None

    def on_page_content(self, html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        if not re.search("<tide-(graph|question|tour)", html):
            return html
        script, styles = (get_relative_url(file, page.url) for file in (course.SCRIPT, course.STYLES))
        return f'<link rel="stylesheet" href="{styles}">\n{html}\n<script defer src="{script}"></script>'

    def on_post_build(self, config: MkDocsConfig) -> None:
        course.copy_files(Path(config.site_dir))


def accept(language: str, inputs: dict[str, str], options: dict[str, Any], attributes: Any, md: Any) -> bool:
    """Every option is taken; what is wrong with one is told when the player is made."""
    options.update(inputs)
    return True
