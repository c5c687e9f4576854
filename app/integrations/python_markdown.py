"""An extension of Python-Markdown, which Zensical also reads: a fence of `tide-graph` becomes a player.

markdown.markdown(text, extensions=["tidegraph.markdown"])

Pages load `tidegraph/site.js` and `tidegraph/embed-fonts.css`; `python -m tidegraph.markdown FOLDER` puts them there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from pymdownx.superfences import SuperFencesCodeExtension, SuperFencesException, default_reset

from tidegraph.app.integrations import course, fences

FENCES = "pymdownx.superfences"


class Beforehand(Preprocessor):
    """Runs before fences are read, when all extensions are there."""

    def __init__(self, md: Markdown, act: Callable[[Markdown], None]) -> None:
        super().__init__(md)
        self.act = act

    def run(self, lines: list[str]) -> list[str]:
        """The same lines."""
        self.act(self.md)
        return lines


class TidegraphExtension(Extension):
    """Adds the fences to those that are there."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "docs": ["docs", "the folder that files are in"],
            "server": ["", "the address of a service that computes what the page cannot"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """What Python-Markdown calls."""
        fences.are_blocks(md)
        if not self.found(md):
            md.registerExtensions([FENCES], {})
        md.preprocessors.register(Beforehand(md, self.add), "tidegraph", 100)

    def add(self, md: Markdown) -> None:
        """Adds the fences to whatever reads fences, also where that was loaded later."""
        for extension in self.found(md):
            known = {fence["name"] for fence in extension.superfences}
            for name in (name for name in fences.NAMES if name not in known):
                extension.extend_super_fences(name, self.formatter(name), fences.accept, default_reset)

    def found(self, md: Markdown) -> list[SuperFencesCodeExtension]:
        """The extension that reads fences."""
        return [one for one in md.registeredExtensions if isinstance(one, SuperFencesCodeExtension)]

    def formatter(self, name: str) -> Any:
        """What writes a fence of this name."""

        def write(src: str, options: dict[str, Any], **more: Any) -> str:
            docs, server = self.getConfig("docs"), self.getConfig("server")
            try:
                return fences.made(name, src, dict(options), Path(docs), server)
            except course.CourseError as error:
                raise SuperFencesException(f"a {name} fence: {error}") from None

        return write


def makeExtension(**options: Any) -> TidegraphExtension:
    """What Python-Markdown calls."""
    return TidegraphExtension(**options)
