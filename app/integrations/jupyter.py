"""Graphs that play in a notebook: in Jupyter and in VS Code, `%load_ext tidegraph` gives every graph and every
trace a player in place of its picture.

The player is the exported page in a frame of its own, which needs no server and no script of the notebook; where a
notebook is not trusted the frame is taken out, and the picture behind it remains. The frame looks at the notebook
around it to know whether that is dark; its policy runs no script but its own and sends nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np

from tidegraph.app import examples
from tidegraph.app.api.arrays import encode
from tidegraph.app.api.summaries import encoder
from tidegraph.app.integrations import export, questions, tours
from tidegraph.app.settings import Settings
from tidegraph.engine.graph import Graph, InputError, nearest
from tidegraph.engine.language.parser import parse
from tidegraph.engine.models import pytorch
from tidegraph.engine.teaching.exercise import Exercise
from tidegraph.engine.teaching.tour import read as read_tour
from tidegraph.engine.trace import svg as picture
from tidegraph.engine.trace import tracer
from tidegraph.engine.trace.run import Run
from tidegraph.engine.trace.structure import Structure
from tidegraph.engine.trace.tracer import Trace, combine

HEIGHT = 560
COVER = "position:absolute;inset:0;width:100%;height:100%;border:0"


def player(run: Trace, program: str = "", **options: Any) -> str:
    """`run` as HTML that plays and computes; `program` is its text, where it has one. For options see `show`."""
    height = options.pop("height", HEIGHT)
    places = export.known_places(program)
    page = escape(page_of(run, program, **options))
    still = b64encode(picture.svg(run, places).encode()).decode()
    return (
        f'<div style="position:relative;height:{height}px">'
        f'<img src="data:image/svg+xml;base64,{still}" alt="The graph" style="max-width:100%;max-height:100%">'
        f'<iframe srcdoc="{page}" title="The graph at work" style="{COVER}"></iframe></div>'
    )


def page_of(run: Trace, program: str = "", **options: Any) -> str:
    """The page in the frame."""
    places, ways = export.drawing(run, export.known_places(program))
    settings = Settings()
    recorded: dict[str, Any] = {
        "program": program or None,
        "values": {},
        "trace": run.to_dict(encoder(settings.array_limit)),
        **export.live(run, settings),
        "layout": places,
        "ways": ways,
        **options,
    }
    return export.page(recorded, "Tidegraph")


class Player:
    """A graph that plays in a notebook's output: a page in a frame, and its picture where a notebook is not trusted."""

    def __init__(self, run: Trace, program: str, options: dict[str, Any]) -> None:
        self.run = run
        self.program = program
        self.options = options

    def __repr__(self) -> str:
        return f"Player({self.run!r})"

    def _repr_mimebundle_(self, **wanted: Any) -> dict[str, str]:
        """What a notebook shows."""
        places = export.known_places(self.program)
        return {
            "text/html": player(self.run, self.program, **self.options),
            "image/svg+xml": picture.svg(self.run, places),
            "text/plain": repr(self),
        }


class Asked:
    """A question or a tour in a notebook's output: a page in a frame, or its words where a notebook is not trusted."""

    def __init__(self, page: str, words: str, height: int, title: str) -> None:
        self.page = page
        self.words = words
        self.height = height
        self.title = title

    def __repr__(self) -> str:
        return self.words

    def _repr_mimebundle_(self, **wanted: Any) -> dict[str, str]:
        """What a notebook shows."""
        style = f"width:100%;height:{self.height}px;border:0"
        frame = f'<iframe srcdoc="{escape(self.page)}" title="{self.title}" style="{style}"></iframe>'
        return {"text/html": frame, "text/plain": self.words}


QUESTION_HEIGHT = 760


def question(
    program: str,
    text: str,
    *,
    learner: str = "",
    height: int = QUESTION_HEIGHT,
    language: str = "en",
    **attributes: Any,
) -> Any:
    """A question on a program, or on an example by its name, in a notebook; docs/teaching.md describes the text.

    `learner` draws the numbers of a question with individual numbers, `height` is in pixels. With anywidget installed
    the result has `answers`, a list of everything that was answered.
    """
    above, asks = questions.parts(text, program)
    if learner:
        attributes["learner"] = learner
    page = questions.page(above, asks, language=language, **attributes)
    exercise = Exercise(parse(above), asks)
    plain = Asked(page, exercise.prompt(language), height, QUESTION)
    return answering(page, height, QUESTION) or plain


def tour(
    program: str,
    text: str,
    *,
    mode: str = "steps",
    learner: str = "",
    height: int = QUESTION_HEIGHT,
    language: str = "en",
    **attributes: Any,
) -> Any:
    """A tour of a program, or of an example by its name, in a notebook; docs/teaching.md describes the text.

    `mode` is steps, scroll or slides; `learner` draws the numbers of questions with individual numbers; `height` is in
    pixels. With anywidget installed the result has `answers`, a list of everything that was answered.
    """
    if mode not in TOUR_MODES:
        raise InputError("tour-unknown-mode", nearest(mode, TOUR_MODES), mode=mode, modes=", ".join(TOUR_MODES))
    above, stops = questions.parts(text, program)
    attributes |= {"mode": mode, **({"learner": learner} if learner else {})}
    page = tours.page(above, stops, language=language, **attributes)
    read = read_tour(stops)
    words = "\n\n".join("\n".join(filter(None, (stop.title, stop.text))) for stop in read.stops)
    plain = Asked(page, "\n\n".join(filter(None, (read.title, words))), height, TOUR)
    return answering(page, height, TOUR) or plain


TOUR_MODES = ("steps", "scroll", "slides")
QUESTION, TOUR = "A question", "A tour"
"""Titles of the frames."""


def answering(page: str, height: int, title: str) -> Any:
    """A question or a tour as a widget whose answers can be read; None where anywidget is not installed."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        return None

    class Widget(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]
        """Questions whose answers can be read back."""

        _esm = ANSWERS
        page = traitlets.Unicode().tag(sync=True)
        height = traitlets.Int(QUESTION_HEIGHT).tag(sync=True)
        title = traitlets.Unicode().tag(sync=True)
        answers: Any = traitlets.List().tag(sync=True)

    return Widget(page=page, height=height, title=title)


ANSWERS = """
export default {
  render({ model, el }) {
    const frame = document.createElement("iframe");
    frame.srcdoc = model.get("page");
    frame.title = model.get("title");
    frame.style.cssText = `width: 100%; border: 0; height: ${model.get("height")}px`;
    const hear = ({ source, data }) => {
      if (source !== frame.contentWindow || data?.source !== "tidegraph" || data.event !== "answer") return;
      const { source: _, event: __, ...answer } = data;
      model.set("answers", [...model.get("answers"), answer]);
      model.save_changes();
    };
    addEventListener("message", hear);
    el.append(frame);
    return () => removeEventListener("message", hear);
  },
};
"""

WIDGET = """
export default {
  render({ model, el }) {
    const frame = document.createElement("iframe");
    frame.srcdoc = model.get("page");
    frame.title = "The graph at work";
    frame.style.cssText = `width: 100%; border: 0; height: ${model.get("height")}px`;
    const hear = ({ source, data }) => {
      if (source !== frame.contentWindow || data?.source !== "tidegraph" || data.event !== "values") return;
      model.set("values", data.values);
      model.save_changes();
    };
    addEventListener("message", hear);
    el.append(frame);
    return () => removeEventListener("message", hear);
  },
};
"""


def widget(run: Trace, program: str, options: dict[str, Any]) -> Any:
    """The same as a widget whose `values` are those that a reader changed; None where anywidget is not installed."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        return None

    class Widget(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]
        """A player whose changed numbers can be read back."""

        _esm = WIDGET
        page = traitlets.Unicode().tag(sync=True)
        height = traitlets.Int(HEIGHT).tag(sync=True)
        values = traitlets.Dict().tag(sync=True)

    height = options.get("height", HEIGHT)
    rest = {name: value for name, value in options.items() if name != "height"}
    return Widget(page=page_of(run, program, **rest), height=height, values=dict(rest.get("values", {})))


def show(
    graph: Any,
    values: Any = None,
    *,
    height: int = HEIGHT,
    moment: int = 0,
    theme: str | None = None,
    open: Iterable[str] = (),
    wrt: Iterable[str] | str | None = None,
    target: str | None = None,
    seed: int = 0,
) -> Any:
    """A graph that plays in a notebook: a program, the name of an example, a graph, a model or a trace.

    With a PyTorch module, `values` is its argument, or a tuple of them: `show(module, x)`.

    `values` are numbers in place of the program's own, `height` is in pixels, `moment` the step at which the show
    stands, `theme` light or dark (default: the notebook's), `open` the scopes that are open, `wrt` the variables whose
    gradients are shown (default: all). With anywidget installed the answer has `values`, the numbers that a reader
    changed.
    """
    program = ""
    if hasattr(graph, "forward") and hasattr(graph, "parameters"):
        graph, values = pytorch.capture(graph, values if isinstance(values, tuple) else (values,)), None
    if isinstance(graph, str):
        known = examples.load().get(graph.strip())
        program = known.program if known else graph
        graph = parse(program)
    elif not isinstance(graph, (Graph, Trace)):
        values = {**graph.values, **(values or {})}
        graph = graph.graph
    if theme not in (None, "light", "dark"):
        raise InputError("unknown-theme", theme=str(theme))
    if isinstance(graph, Trace):
        run = graph
    else:
        program = program or graph.program
        wanted = [wrt] if isinstance(wrt, str) else None if wrt is None else list(wrt)
        run = combine(Run(Structure(graph, target, wrt=wanted), values, seed))
    options: dict[str, Any] = {"height": height}
    if values:
        options["values"] = {name: encode(np.asarray(value, dtype=float)) for name, value in values.items()}
    more = {"moment": moment, "theme": theme, "open": list(open)}
    options |= {name: value for name, value in more.items() if value}
    return widget(run, program, options) or Player(run, program, options)


def of_trace(run: Trace) -> str | None:
    """What a notebook shows of a trace; too large a one is left to its name."""
    return player(run) if run._repr_mimebundle_() else None


def of_graph(graph: Graph) -> str | None:
    """What a notebook shows of a graph, with the values that are drawn."""
    return player(tracer.trace(graph), graph.program) if graph._repr_mimebundle_() else None


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext` calls."""
    html = shell.display_formatter.formatters["text/html"]
    html.for_type(Trace, of_trace)
    html.for_type(Graph, of_graph)


def unload_ipython_extension(shell: Any) -> None:
    """What `%unload_ext` calls."""
    html = shell.display_formatter.formatters["text/html"]
    html.pop(Trace, None)
    html.pop(Graph, None)
