"""A MkDocs plugin: a fence of `tide-graph` (or `tide`) becomes a player when the site is built.

plugins:
  - tidegraph
"""

from __future__ import annotations

import re
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

from tidegraph.app.integrations import course, fences

FENCES = "pymdownx.superfences"
FIRST_LINE = re.compile(r"^[ \t>]*(?:```+|~~~+)[ \t]*tide(?:-graph|-question|-tour)?(?![\w-])(.*)$", re.MULTILINE)
WRITTEN = re.compile(r"""([ \t]+\w+(=("[^"]*"|'[^']*'))?)*[ \t]*""")


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
        own = [
            {"name": name, "class": name, "validator": fences.accept, "format": self.format} for name in fences.NAMES
        ]
        if FENCES not in config.markdown_extensions:
            config.markdown_extensions.append(FENCES)
        config.mdx_configs.setdefault(FENCES, {}).setdefault("custom_fences", []).extend(own)
        self.docs = Path(config.docs_dir)
        return config

    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> None:
        self.page = page.file.src_uri
        for options in FIRST_LINE.findall(markdown):
            if not WRITTEN.fullmatch(options):
                raise FenceError(f'{self.page}: a tide fence: its options are written moment="3", not{options}')

    def format(self, source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **more: Any) -> str:
        """The player of one fence."""
        fences.are_blocks(md)
        try:
            return fences.made(css_class, source, options, self.docs, self.config.server or "")
        except course.CourseError as error:
            raise FenceError(f"{self.page}: a {css_class} fence: {error}") from None

    def on_page_content(self, html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        if not re.search("<tide-(graph|question|tour)", html):
            return html
        script, styles = (get_relative_url(file, page.url) for file in (course.SCRIPT, course.STYLES))
        return f'<link rel="stylesheet" href="{styles}">\n{html}\n<script defer src="{script}"></script>'

    def on_post_build(self, config: MkDocsConfig) -> None:
        course.copy_files(Path(config.site_dir))
