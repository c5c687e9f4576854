"""Graphs in the sources of a course: a block of program text becomes a player when the site is built.

`tidegraph.sphinx` and the MkDocs plugin `tidegraph` are the two ways in. The program is run once, here; the pages that
come of it need no server, and the files in `FOLDER` beside them are all that they load.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tidegraph.app import examples
from tidegraph.app.api import runs
from tidegraph.app.api.schemas.runs import TraceRequest
from tidegraph.app.http.problems import Problem, problem_of
from tidegraph.app.integrations import export, questions, tours
from tidegraph.app.settings import Settings
from tidegraph.app.site.pages import STATIC
from tidegraph.engine.graph import TidegraphError

FOLDER = "tidegraph"
"""The folder of a site that holds what plays."""

SCRIPT = f"{FOLDER}/site.js"
STYLES = f"{FOLDER}/embed-fonts.css"
FILES = ("site.js", "site/*.js", "layout-worker.js", "embed-fonts.css", "fonts/KaTeX_*.woff2")

HEIGHT = 560
TITLE = "A computational graph"
SWITCHES = ("autoplay", "readonly", "scientific")
WORDS = {
    "digits": r"[3-6]",
    "height": r"[1-9]\d{1,3}",
    "moment": r"\d+",
    "open": r"[\w.,]+",
    "panels": r"(equation|transport|key|inspector|none)([ ,]+(equation|transport|key|inspector))*",
    "seed": r"\d+",
    "server": r"https?://\S+",
    "sizes": r"\{.*\}",
    "steps": r"\d+-\d+",
    "target": r"\w+",
    "theme": r"light|dark|auto",
    "values": r"\{.*\}",
}
OPTIONS = (*WORDS, *SWITCHES)
OF_TOUR = {"mode": "steps|scroll|slides", "learner": r"[^\n]{0,200}", "name": r"[\w.:-]+"}
"""What a tour takes besides."""
OF_QUESTION = {"graph": "none", "learner": r"[^\n]{0,200}", "name": r"[\w.:-]+"}
"""What a question takes besides."""


class CourseError(ValueError):
    """A block that cannot be shown, in words for the author of the page."""


def figure(program: str, options: Mapping[str, Any]) -> str:
    """`program`, or the name of an example, as the element that plays it; options are texts as the author wrote them.

    Raises CourseError for a program or an option that is wrong.
    """
    known = examples.load().get(program.strip())
    attributes = {name: read(name, value) for name, value in options.items()}
    try:
        request = request_of(known.program if known else program, attributes)
        run = runs.record(request, Settings())
        recorded = export.recording(run, request, Settings())
    except (TidegraphError, Problem, ValidationError, json.JSONDecodeError) as error:
        raise CourseError(words_of(error)) from None
    if "server" not in attributes and "structure" not in recorded:
        attributes["readonly"] = ""
    title = known.title if known else TITLE
    height = int(attributes.pop("height", HEIGHT))
    words = "".join(f' {name}="{escape(value)}"' if value else f" {name}" for name, value in attributes.items())
    return (
        f'<tide-graph{words} style="display: block; height: {height}px; margin: 1em 0">'
        f"{flat(export.still(run, title, export.known_places(request.program)))}"
        f'<script type="application/json">{export.inline_json(recorded)}</script></tide-graph>'
    )


def question(body: str, options: Mapping[str, Any], program: str = "", paper: bool = False) -> str:
    """A question as the element that asks it: program, `---`, question; with `program` the question alone.

    `program` may be the name of an example. Without the option `server` the page judges by a published key. Raises
    CourseError for a program, a question or an option that is wrong. With `paper`, it can be answered in print.
    """
    above, text = below(body, program, "question")
    attributes = {name: read(name, value, OF_QUESTION) for name, value in options.items()}
    height = attributes.pop("height", "")
    style = {"style": f"--tide-height: {height}px"} if height else {}
    try:
        request = request_of(above, attributes)
        found, picture = questions.packed(request, text, Settings(), paper=paper)
    except (TidegraphError, Problem, ValidationError, json.JSONDecodeError) as error:
        raise CourseError(words_of(error)) from None
    if "server" not in attributes:
        return questions.element(found, flat(picture), attributes | style)
    live = {"program": above, "question": text.strip(), **attributes, **style}
    words = "".join(f' {name}="{escape(value)}"' for name, value in live.items())
    return f"<tide-question{words}><p>{escape(found['question']['prompt'])}</p>{flat(picture)}</tide-question>"


def tour(body: str, options: Mapping[str, Any], program: str = "") -> str:
    """A tour as the element that plays it: program, `---`, stops; with `program`, a text or an example, stops alone.

    Raises CourseError for a program, a stop or an option that is wrong.
    """
    above, text = below(body, program, "tour")
    attributes = {name: read(name, value, OF_TOUR) for name, value in options.items()}
    height = attributes.pop("height", "")
    style = {"style": f"--tide-height: {height}px"} if height else {}
    try:
        found, handout = tours.packed(request_of(above, attributes), text, Settings(), attributes.get("name", ""))
    except (TidegraphError, Problem, ValidationError, json.JSONDecodeError) as error:
        raise CourseError(words_of(error)) from None
    if "server" in attributes:
        return tours.live(above, text, attributes | style)
    return tours.element(found, flat(handout), attributes | style)


def below(body: str, program: str, what: str) -> tuple[str, str]:
    """A program, and the question or the tour below it. Raises CourseError where one of the two is missing."""
    above, text = questions.parts(body, program)
    if not program and not questions.LINE.search(body) and re.search(r"^\s*(ask\s*[:：]|##\s)", body, re.MULTILINE):
        raise CourseError(f"A {what} stands below its program, with a line --- in between.")
    if not above.strip():
        raise CourseError(f"There is no program: it stands above the line ---, and the {what} below.")
    return above, text


def request_of(program: str, attributes: dict[str, str]) -> TraceRequest:
    """The run of a block; what the run alone needs is taken out of `attributes`."""
    values, sizes = (json.loads(attributes.pop(name, "{}")) for name in ("values", "sizes"))
    return TraceRequest(
        program=program,
        values=values,
        sizes=sizes,
        seed=int(attributes.pop("seed", 0)),
        target=attributes.pop("target", None),
        digits=int(attributes.get("digits", TraceRequest.model_fields["digits"].default)),
        scientific="scientific" in attributes,
    )


def flat(picture: str) -> str:
    """A picture without empty lines, which would end the block in Markdown, as wide as there is room."""
    lines = "".join(line.strip() for line in picture.splitlines())
    return lines.replace(
        "<svg ", '<svg style="display: block; max-width: 100%; max-height: 100%; height: auto; margin: auto" '
    )


def read(name: str, value: Any, more: Mapping[str, str] = {}) -> str:
    """An option's text, once it is known to be one; `more` are options besides. Raises CourseError."""
    if name in SWITCHES:
        return ""
    known = {**WORDS, **more}
    if name not in known:
        raise CourseError(f"There is no option {name!r}; there are {', '.join((*OPTIONS, *more))}.")
    text = str(value).strip()
    if not re.fullmatch(known[name], text):
        raise CourseError(f"The option {name} cannot be {text!r}.")
    return text


def words_of(error: Exception) -> str:
    """What is wrong, where, and what would be right."""
    if isinstance(error, ValidationError):
        return "; ".join(str(part["msg"]) for part in error.errors())
    if isinstance(error, json.JSONDecodeError):
        return f"The values are no JSON: {error}."
    problem = problem_of(error) if isinstance(error, TidegraphError) else error
    assert isinstance(problem, Problem)
    line, message, hint = problem.members.get("line"), problem.error.message, problem.error.hint
    return f"{f'line {line}: ' if line else ''}{message}{f' ({hint})' if hint else ''}"


def copy_files(site: Path) -> None:
    """Put what plays into `site`."""
    for pattern in FILES:
        for file in STATIC.glob(pattern):
            target = site / FOLDER / file.relative_to(STATIC)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
