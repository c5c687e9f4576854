"""Tours in pages without a server: the graph, the stops, keys of their questions, and a figure for every caption."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from tidegraph.app.api import runs
from tidegraph.app.api.schemas.runs import TraceRequest
from tidegraph.app.integrations import export, questions
from tidegraph.app.settings import Settings
from tidegraph.engine.graph import TidegraphError
from tidegraph.engine.teaching import tour as tours
from tidegraph.engine.teaching.question import things
from tidegraph.engine.trace import svg as picture
from tidegraph.engine.trace.structure import Structure
from tidegraph.engine.trace.tracer import Trace


def packed(request: TraceRequest, text: str, settings: Settings, name: str = "") -> tuple[dict[str, Any], str]:
    """What a `tide-tour` holds, and its handout: captions with a figure each.

    A question without a name of its own is called after the tour, if that has a `name`, and its place.
    Raises a TidegraphError or a Problem for a program or a tour that is wrong.
    """
    tour = tours.read(text)
    run = runs.record(request, settings)
    program = runs.ready(request, settings)
    structure = run.run.structure if run.run else Structure(program.graph, request.target)
    moments = tours.check(tour, structure)
    recorded = export.recording(run, request, settings)
    if any(stop.hide or stop.question for stop in tour.stops) and "structure" in recorded:
        recorded.pop("trace")
    stops = []
    asked = 0
    for stop in tour.stops:
        told = stop.to_dict()
        if stop.question:
            asked += 1
            told["question"] = questions.published(stop.question)
            told["asked"] = questions.packed(request, stop.question, settings)[0]["question"]
            if name and not told["asked"]["name"]:
                told["asked"]["name"] = f"{name}-{asked}"
        stops.append(told)
    handout = "".join(
        leaf(stop, figure(run, structure, moment, stop, export.known_places(request.program)))
        for stop, moment in zip(tour.stops, moments, strict=True)
    )
    return {"tour": {"title": tour.title, "stops": stops}, "recorded": recorded}, handout


def figure(run: Trace, structure: Structure, moment: int, stop: tours.Stop, places: export.Places | None) -> str:
    """The picture at a stop: values and gradients that are there by then, without what is hidden."""
    steps = [*structure.forward, *structure.backward][:moment]
    values = {*structure.graph.leaves(), *(name for step in steps for name in step.outputs)}
    gradients = {step.variable for step in steps if step.final and step.variable}
    for thing in things(stop.hide) if stop.hide else ():
        shown = values if thing.of == "value" else gradients
        shown -= set(shown) if thing.name == "*" else {thing.name}
    nodes = [told(node, values, gradients) for node in run.nodes]
    try:
        drawn = picture.svg(replace(run, nodes=nodes), places, title=stop.title or "Tidegraph")
    except TidegraphError:
        return ""
    return re.sub(r' id="[^"]*"', "", drawn).strip()


def told(node: Mapping[str, Any], values: Collection[str], gradients: Collection[str | None]) -> dict[str, Any]:
    """A node with the numbers that are there."""
    made = dict(node)
    if made["kind"] == "variable":
        made["value"] = made["value"] if made["id"] in values else None
        made["gradient"] = made["gradient"] if made["id"] in gradients else None
    return made


def leaf(stop: tours.Stop, drawn: str) -> str:
    """One caption with its figure, for paper and for readers without scripts."""
    title = f"<h3>{escape(stop.title)}</h3>" if stop.title else ""
    asked = re.search(r"^\s*prompt:\s*(.+)$", stop.question, re.MULTILINE) if stop.question else None
    question = f"<p><strong>{escape(asked[1])}</strong></p>" if asked else ""
    return f"<figure>{drawn}<figcaption>{title}{markdown(stop.text)}{question}</figcaption></figure>"


def markdown(text: str) -> str:
    """Markdown as HTML, without any HTML of the author's."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    set_mathematics(reader)
    made: str = reader.render(text)
    return made


def set_mathematics(reader: Any) -> None:
    """What stands between dollars becomes an element that a course's pages set in type."""

    def mathematics(self: Any, tokens: Sequence[Any], at: int, options: Any, environment: Any) -> str:
        tag = "span" if tokens[at].type == "math_inline" else "div"
        return f'<{tag} class="tide-math">{escape(tokens[at].content.strip())}</{tag}>'

    reader.use(dollarmath_plugin)
    for rule in ("math_inline", "math_block", "math_inline_double", "math_block_label"):
        reader.add_render_rule(rule, mathematics)


def element(found: Mapping[str, Any], handout: str, attributes: Mapping[str, Any]) -> str:
    """The element: its handout for paper and for readers without scripts, and what it plays."""
    given = {"data-handout": "", "data-stops": len(found["tour"]["stops"]), **attributes}
    words = "".join(f' {n}="{escape(str(v))}"' if v != "" else f" {n}" for n, v in given.items())
    payload = export.inline_json(dict(found))
    return f'<tide-tour{words}>{handout}<script type="application/json">{payload}</script></tide-tour>'


def page(program: str, text: str, title: str = "", language: str = "en", **attributes: Any) -> str:
    """A tour as one file that needs no server."""
    body, laid_out, own = body_of(program, text, **attributes)
    return export.page_of(body, title or own, laid_out, language)


def body_of(program: str, text: str, **attributes: Any) -> tuple[str, bool, str]:
    """What stands in the file, whether its graph is laid out in the page, and the tour's own title."""
    found, handout = packed(TraceRequest(program=program), text, Settings())
    body = f"<main>{element(found, handout, attributes)}</main>"
    return body, found["recorded"]["layout"] is None, found["tour"]["title"] or "Tidegraph"


def live(program: str, text: str, attributes: Mapping[str, Any]) -> str:
    """A tour that a server computes."""
    words = "".join(f' {n}="{escape(str(v))}"' for n, v in {**attributes, "program": program}.items())
    return f'<tide-tour{words} tour="{escape(text)}"></tide-tour>'
