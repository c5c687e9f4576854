"""Questions in pages without a server: the graph without what is hidden, and the key that responses are judged by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from html import escape
from typing import Any

import numpy as np

from tidegraph.app import examples
from tidegraph.app.api import runs, teaching
from tidegraph.app.api.arrays import encode
from tidegraph.app.api.schemas.runs import TraceRequest
from tidegraph.app.integrations import export
from tidegraph.app.settings import Settings
from tidegraph.engine.notation.numbers import write_number
from tidegraph.engine.teaching import answers, individual, key
from tidegraph.engine.teaching.exercise import Exercise
from tidegraph.engine.teaching.question import lines
from tidegraph.engine.trace.tracer import Trace

LINE = re.compile(r"^[ \t]*---+[ \t]*$", re.MULTILINE)
"""What stands between a program and the question on it."""


MOST_GIVEN = 16
"""Numbers of an array up to which it is printed beside a question."""

SAID = ("explain", "feedback")
"""Keys of a question whose text says something about an answer."""


def parts(text: str, program: str = "") -> tuple[str, str]:
    """A program and the question below it; with a program given, all of the text is the question."""
    if program:
        known = examples.load().get(program.strip())
        return (known.program if known else program), LINE.sub("", text)
    above, *below = LINE.split(text, maxsplit=1)
    known = examples.load().get(above.strip())
    return (known.program if known else above), below[0] if below else ""


def packed(
    request: TraceRequest, text: str, settings: Settings, secret: str = "", paper: bool = False
) -> tuple[dict[str, Any], str]:
    """What a `tide-question` holds, and its picture. `secret` is mixed into the salts of the key.

    With `paper`, what a reader of a printed page needs stands below the picture.

    Raises a TidegraphError or a Problem for a program or a question that is wrong.
    """
    run = runs.record(request, settings)
    program = runs.ready(request, settings)
    exercise = Exercise(program.graph, text, request.dtype)
    one_each = exercise.question.individual is not None
    numbers = range(individual.VARIANTS) if one_each else range(1)
    posed = [
        individual.variant(exercise, n, request.values, request.seed) if one_each
        else exercise.at(request.values, request.seed)
        for n in numbers
    ]  # fmt: skip
    question = teaching.asked(exercise, posed[0], "")
    question["text"] = published(exercise.question.text)
    question["keys"] = [key.key(one, salt(secret, request.program or "", text, n)) for n, one in enumerate(posed)]
    if one_each:
        names = individual.names(exercise)
        question["variants"] = [{n: encode(one.values[n]) for n in names} for one in posed]
        question["values"] = {}
    question["cases"] = [
        {"relation": f.relation, "number": f.number, "text": f.text} for f in exercise.question.feedback if f.relation
    ]
    question["wrong"] = exercise.question.said("wrong")
    recorded = export.recording(run, request, settings)
    # The page computes the run; its numbers, what is hidden among them, stand nowhere in it.
    recorded.pop("trace")
    found: dict[str, Any] = {"question": question}
    if "structure" in recorded:
        found["recorded"] = recorded
    picture = export.still(concealed(run, exercise), "", export.known_places(request.program))
    return found, picture + (on_paper(run, exercise) if paper else "")


def on_paper(run: Trace, exercise: Exercise) -> str:
    """The numbers that are given, those of the program itself, and room for an answer. Pages show it in print alone."""
    asked = exercise.question.asked
    goal = exercise.passes and exercise.graph.names[exercise.passes.target]
    given = []
    for node in run.nodes:
        if node["kind"] != "variable" or not node["named"]:
            continue
        name = node["id"]
        if name not in exercise.hidden["values"]:
            given.append((name, node["value"]))
        if asked.thing and asked.thing.of == "gradient" and name not in exercise.hidden["gradients"]:
            given.append((f"\N{PARTIAL DIFFERENTIAL}{goal}/\N{PARTIAL DIFFERENTIAL}{name}", node["gradient"]))
    numbers = [
        f"<code>{escape(f'{name} = {written(array)}')}</code>"
        for name, array in given
        if array is not None and np.size(array) <= MOST_GIVEN
    ]
    listed = numbers if asked.kind in ("value", "gradient", "sign", "number") else []
    return f'<p class="tide-paper">{" ".join(listed)}</p><p class="tide-paper">{"_" * 32}</p>'


def written(array: Any) -> str:
    """A number, or an array in brackets."""
    if np.ndim(array):
        return f"[{', '.join(map(written, array))}]"
    return write_number(float(array), 4)


def published(text: str) -> str:
    """The text of a question without what is said about answers, which the key holds enciphered."""
    found = list(lines(text))
    if not any(key in SAID for key, _, _ in found):
        return text
    return "\n".join(f"{key}: {content}" for key, _, content in found if key not in SAID)


def salt(*parts: object) -> bytes:
    """The salt of a key: the same for the same question, so that a site is built the same twice."""
    return sha256("\0".join(map(str, parts)).encode()).digest()[:16]


def concealed(run: Trace, exercise: Exercise) -> Trace:
    """A run without the numbers that are hidden, and, where each learner has other numbers, without any."""
    every = exercise.question.individual is not None
    hidden = exercise.hidden

    def node(one: Mapping[str, Any]) -> dict[str, Any]:
        made = dict(one)
        if made["kind"] == "variable":
            made["value"] = None if every or made["id"] in hidden["values"] else made["value"]
            made["gradient"] = None if every or made["id"] in hidden["gradients"] else made["gradient"]
        return made

    return replace(run, nodes=[node(one) for one in run.nodes])


def element(found: Mapping[str, Any], picture: str, attributes: Mapping[str, Any]) -> str:
    """The element: its prompt and its picture for readers without scripts, and what it plays."""
    words = "".join(f' {n}="{escape(str(v))}"' if v != "" else f" {n}" for n, v in attributes.items())
    prompt = escape(found["question"]["prompt"])
    payload = export.inline_json(dict(found))
    return (
        f"<tide-question{words}><p>{prompt}</p>{picture}"
        f'<script type="application/json">{payload}</script></tide-question>'
    )


def page(program: str, text: str, title: str = "Tidegraph", language: str = "en", **attributes: Any) -> str:
    """A question as one file that needs no server."""
    body, laid_out = body_of(program, text, **attributes)
    return export.page_of(body, title, laid_out, language)


def body_of(program: str, text: str, **attributes: Any) -> tuple[str, bool]:
    """What stands in the file, and whether its graph is laid out in the page."""
    found, picture = packed(TraceRequest(program=program), text, Settings())
    laid_out = "recorded" in found and found["recorded"]["layout"] is None
    return f"<main>{element(found, picture, attributes)}</main>", laid_out


__all__ = ["answers", "body_of", "concealed", "element", "packed", "page", "parts"]
