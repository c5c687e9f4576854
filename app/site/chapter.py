"""The chapter: a text in the format of tours (engine/teaching/tour.py), a file per language, set as a page.

A heading `#` begins a section, a tour of its own; the first is the title of the page. Besides what a
tour has, the text names its equations (`$$ ... $$ (z)`, referred to by `[](#eq-z)`), has captions of figures in fences
`figure`, and what interactive parts say in fences `words`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

from tidegraph.app.http.locale import preferred
from tidegraph.app.site.pages import TEMPLATES, templates
from tidegraph.engine.messages.catalogue import DEFAULT
from tidegraph.engine.teaching import tour

chapter = APIRouter(include_in_schema=False)

SECTIONS = ("opening", "forward", "graph", "backward", "training", "memory", "summary", "exercises")
"""The sections of the text in their order, by the names that the page's links have."""

OTHER_RUNS = {"chain": ("chain", "gradient of X")}
"""Equations of another program than the chapter's network: its run, and the moment whose numbers stand beside it."""

INLINE = ("chain",)
"""Figures that stand in the text; the template places all others."""


@dataclass(slots=True)
class Section:
    """A section as HTML: its opening, its stops with their moments, captions by figure, words by interactive part."""

    id: str
    title: str
    at: str = ""
    opening: Markup = field(default_factory=Markup)
    stops: list[dict[str, str | Markup]] = field(default_factory=list)
    captions: dict[str, Markup] = field(default_factory=dict)
    words: dict[str, dict[str, Markup]] = field(default_factory=dict)


@dataclass(slots=True)
class Chapter:
    """The words of the page, its sections by name, and the numbers of its equations by name."""

    words: dict[str, str]
    sections: dict[str, Section]
    numbers: dict[str, int]


@chapter.get("/chapter", response_class=HTMLResponse)
async def page(request: Request, language: Annotated[str | None, Query(max_length=100)] = None) -> Response:
    """The chapter as a page whose figures, equations and exercises are live; `language` is `en` or `zh`."""
    accepted = language or request.headers.get("accept-language", "")
    chosen = preferred(accepted)
    if not (TEMPLATES / "chapter" / f"{chosen}.md").exists():
        chosen = DEFAULT
    text = read(chosen)
    context = {"language": chosen, "chosen": language is not None, "chapter": text, "words": text.words}
    response = templates.TemplateResponse(request, "chapter/page.html", context)
    response.headers["Content-Language"] = "zh-Hans" if chosen == "zh" else "en"
    response.headers["Vary"] = "Accept-Language"
    return response


def tours(text: str) -> list[tour.Tour]:
    """The sections of the text, each as a tour; one without stops has its opening alone."""
    _, *parts = re.split(r"^(?=# )", text, flags=re.MULTILINE)
    found = []
    for part in parts:
        title, _, body = part.removeprefix("# ").partition("\n")
        has_stops = re.search(r"^## ", body, re.MULTILINE)
        found.append(tour.read(part) if has_stops else tour.Tour(title.strip(), (), tour.stop("", body)))
    return found


@cache
def read(language: str) -> Chapter:
    """The chapter in a language."""
    _, head, text = (TEMPLATES / "chapter" / f"{language}.md").read_text(encoding="utf-8").split("---\n", 2)
    words = dict(line.split(": ", 1) for line in head.strip().split("\n"))
    numbers = {name: n for n, name in enumerate(re.findall(r"^\$\$ \((\w+)\)$", text, re.MULTILINE), 1)}
    made = Chapter(words, {}, numbers)
    for id, script in zip(SECTIONS, tours(text), strict=True):
        section = made.sections[id] = Section(id, script.title, script.opening.at)
        writer = Writer(made, section)
        section.opening = writer.render(script.opening.text)
        section.stops = [writer.stop(stop) for stop in script.stops]
    return made


class Writer:
    """Sets the Markdown of a section as HTML."""

    def __init__(self, chapter: Chapter, section: Section) -> None:
        self.chapter = chapter
        self.section = section
        self.at = ""
        self.anchored = False
        self.reader = MarkdownIt("commonmark", {"html": True}).use(dollarmath_plugin)
        rules = {
            "fence": self.fence,
            "math_inline": self.mathematics,
            "math_block_label": self.equation,
            "blockquote_open": self.note,
            "blockquote_close": self.note,
            "link_open": self.link,
        }
        for name, rule in rules.items():
            self.reader.add_render_rule(name, lambda _renderer, *given, rule=rule: rule(*given))

    def render(self, text: str) -> Markup:
        return Markup(self.reader.render(text))

    def inline(self, text: str) -> Markup:
        return Markup(self.reader.renderInline(text))

    def stop(self, stop: tour.Stop) -> dict[str, str | Markup]:
        """A stop. Its moment comes where its equation is read, or where it begins."""
        self.at, self.anchored = stop.at, False
        html = self.render(stop.text)
        return {"title": stop.title, "at": "" if self.anchored else stop.at, "html": html}

    def note(self, tokens: Sequence[Any], at: int, *_: Any) -> str:
        return '<aside class="note">' if tokens[at].nesting > 0 else "</aside>\n"

    def mathematics(self, tokens: Sequence[Any], at: int, *_: Any) -> str:
        return f'<span class="m" data-latex>{escape(tokens[at].content)}</span>'

    def equation(self, tokens: Sequence[Any], at: int, *_: Any) -> str:
        """An equation with its number and, once it has run, its numbers."""
        name = tokens[at].info
        run, steps = OTHER_RUNS.get(name, ("network", self.at))
        if name not in OTHER_RUNS:
            self.anchored = True
        number = self.chapter.numbers[name]
        label = f"{self.chapter.words['equation']} {number}"
        place = f'data-at="{escape(steps)}"' if run == "network" else f'data-steps="{escape(steps)}"'
        return (
            f'<div class="equation" id="eq-{name}" data-equation="{name}" data-run="{run}" {place}>'
            f'<div class="formula" data-latex>{escape(tokens[at].content.strip())}</div>'
            f'<a class="number" href="#eq-{name}" aria-label="{escape(label)}">({number})</a>'
            '<div class="live" data-live></div></div>\n'
        )

    def link(self, tokens: Sequence[Any], at: int, *_: Any) -> str:
        """A link; one without a text has the number of the equation that it leads to."""
        href = tokens[at].attrs["href"]
        if not href.startswith("#eq-") or tokens[at + 1].type != "link_close":
            return f'<a href="{escape(href)}">'
        number = self.chapter.numbers[href.removeprefix("#eq-")]
        label = f"{self.chapter.words['equation']} {number}"
        return f'<a class="ref" href="{href}" aria-label="{escape(label)}">({number})'

    def fence(self, tokens: Sequence[Any], at: int, *_: Any) -> str:
        kind, _, name = tokens[at].info.partition(" ")
        content = tokens[at].content.strip()
        if kind == "words":
            lines: Mapping[str, str] = dict(line.split(": ", 1) for line in content.split("\n"))
            self.section.words[name] = {key: self.inline(words) for key, words in lines.items()}
            return ""
        caption = self.section.captions[name] = self.inline(content)
        if name not in INLINE:
            return ""
        macros = templates.env.get_template("chapter/parts.html").make_module({"words": self.chapter.words})
        return str(macros.figure(name, caption))  # type: ignore[attr-defined]
