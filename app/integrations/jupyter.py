"""Graphs that play in a notebook: in Jupyter and in VS Code, `%load_ext tidegraph` gives every graph and every
trace a player in place of its picture.

The player is a page in a frame, which needs no server. It comes once in a session, in parts, with the first output
that needs it; every output holds its own graph and its picture, and finds the player in the notebook. Where a notebook
is not trusted, and where the player is gone, the picture remains with one line below it. Where each output is a page of
its own, each holds the player. The frame looks at the notebook around it to know whether that is dark; its policy runs
no script but its own and sends nothing.
"""

from __future__ import annotations

import sys
import zlib
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from html import escape
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from tidegraph.app import examples
from tidegraph.app.api.arrays import encode
from tidegraph.app.api.summaries import encoder
from tidegraph.app.integrations import export, questions, tours
from tidegraph.app.settings import Settings
from tidegraph.app.site.pages import STATIC
from tidegraph.engine.graph import Graph, InputError, nearest
from tidegraph.engine.language.parser import parse
from tidegraph.engine.messages.catalogue import Message
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
PLACE = "<!--here-->"
"""Where an output's own part goes in the player."""
PART = 190_000
"""Characters of the player in one output, so that none is too large."""
USED_FACES = (
    r"KaTeX_(?:AMS|Caligraphic;.*weight:400|Main;(?!.*style:italic;font-weight:700)|Math|SansSerif;.*normal;.*:400"
    r"|Size|Typewriter)"
)
"""Faces of the mathematics that equations of graphs are set in."""
ALONE = ("google.colab", "marimo")
"""Hosts that show every output in a page of its own."""


@cache
def parts() -> tuple[str, list[str]]:
    """The player's name, which is that of its content, and its parts: a deflated page in base64."""
    text = packed(export.page_of(PLACE, "Tidegraph", faces=USED_FACES))
    name = sha256(text.encode()).hexdigest()[:12]
    return name, [text[at : at + PART] for at in range(0, len(text), PART)]


def packed(text: str) -> str:
    """Deflated, as base64."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return b64encode(deflate.compress(text.encode()) + deflate.flush()).decode()


CARRIERS: WeakKeyDictionary[Any, tuple[str, int]] = WeakKeyDictionary()
"""Of each session the cell whose output has the player: its name, where the notebook tells it, and when it ran."""


def session() -> Any:
    """The shell of a notebook whose outputs share a page; None where there is none."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython and not any(host in sys.modules for host in ALONE) else None
    return shell if shell and "text/html" in shell.display_formatter.active_types else None


def carries(shell: Any) -> bool:
    """Whether the output that is made now has to bring the player: the first, and again when its cell runs again."""
    parent: dict[str, Any] = getattr(shell, "get_parent", dict)()
    cell = str(parent.get("metadata", {}).get("cellId", ""))
    now = (cell, shell.execution_count)
    before = CARRIERS.setdefault(shell, now)
    if before is now:
        return True
    if not cell or before[0] != cell or before[1] == now[1]:
        return False
    CARRIERS[shell] = now
    return True


def bring(shell: Any) -> None:
    """Shows the player's parts, which nobody sees, before the output that needs them, if they are not there yet."""
    from IPython.display import HTML, display

    if not carries(shell):
        return

    name, texts = parts()
    for index, text in enumerate(texts):
        keep = f'((globalThis.tidegraphPlayers??={{}})["{name}"]??=Array({len(texts)}))[{index}]="{text}"'
        display(HTML(f'<script>{keep};dispatchEvent(new Event("tidegraph-player"))</script>'))  # type: ignore[no-untyped-call]


def frame(body: str, still: str, title: str, height: int, laid_out: bool = False, language: str = "en") -> str:
    """`body` in the player's page, in a frame in the place of `still`; the output that needs it brings the player."""
    shell = session()
    if shell is None:
        page = escape(export.page_of(body, title, laid_out, language, USED_FACES))
        inside = f'{still}<iframe srcdoc="{page}" title="{escape(title)}" style="{COVER}"></iframe>'
        return f'<div style="position:relative;height:{height}px">{inside}</div>'
    bring(shell)
    name, _ = parts()
    own = packed((export.worker() if laid_out else "") + body)
    waking = export.inline_script((STATIC / "notebook.js").read_text(encoding="utf-8"))
    return (
        f'<div data-tidegraph="{name}" data-title="{escape(title)}" data-language="{language}" data-body="{own}"'
        f' style="position:relative;min-height:{height}px">{still}{gone(language)}</div><script>{waking}</script>'
    )


def gone(language: str) -> str:
    """The line below a picture that does not play."""
    words = escape(Message("notebook-without-player").text("zh" if language.startswith("zh") else language))
    return f'<p style="font-size:small;opacity:.7">{words}</p>'


def image(run: Trace, program: str = "") -> str:
    """The picture in the place of a player; empty for too large a graph."""
    still = export.still(run, "", export.known_places(program))
    source = b64encode(still.encode()).decode()
    style = "display:block;max-width:100%;max-height:100%"
    return f'<img src="data:image/svg+xml;base64,{source}" alt="The graph" style="{style}">' if still else ""


def player(run: Trace, program: str = "", **options: Any) -> str:
    """`run` as HTML that plays and computes; `program` is its text, where it has one. For options see `show`."""
    height = options.pop("height", HEIGHT)
    body, laid_out = body_of(run, program, **options)
    return frame(body, image(run, program), "The graph at work", height, laid_out)


def body_of(run: Trace, program: str = "", **options: Any) -> tuple[str, bool]:
    """What stands in the frame's page, and whether the graph is laid out there."""
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
    return export.element(recorded), places is None


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
        return {
            "text/html": player(self.run, self.program, **self.options),
            "image/svg+xml": picture.svg(self.run, export.known_places(self.program)),
            "text/plain": repr(self),
        }


class Asked:
    """A question or a tour in a notebook's output: a page in a frame, or its words where a notebook is not trusted."""

    def __init__(self, body: str, words: str, title: str, height: int, laid_out: bool, language: str) -> None:
        self.body = body
        self.words = words
        self.title = title
        self.height = height
        self.laid_out = laid_out
        self.language = language

    def __repr__(self) -> str:
        return self.words

    @property
    def still(self) -> str:
        """Its words as HTML."""
        return "".join(f"<p>{escape(part)}</p>" for part in self.words.split("\n\n"))

    def _repr_mimebundle_(self, **wanted: Any) -> dict[str, str]:
        """What a notebook shows."""
        html = frame(self.body, self.still, self.title, self.height, self.laid_out, self.language)
        return {"text/html": html, "text/plain": self.words}


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
    body, laid_out = questions.body_of(above, asks, **attributes)
    words = Exercise(parse(above), asks).prompt(language)
    return answering(Asked(body, words, QUESTION, height, laid_out, language))


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
    body, laid_out, _ = tours.body_of(above, stops, **attributes)
    read = read_tour(stops)
    captions = "\n\n".join("\n".join(filter(None, (stop.title, stop.text))) for stop in read.stops)
    words = "\n\n".join(filter(None, (read.title, captions)))
    return answering(Asked(body, words, TOUR, height, laid_out, language))


TOUR_MODES = ("steps", "scroll", "slides")
QUESTION, TOUR = "A question", "A tour"
"""Titles of the frames."""


def answering(asked: Asked) -> Any:
    """The same as a widget whose `answers` can be read, where anywidget is installed."""
    return widget(asked.body, asked.still, asked.title, asked.height, asked.laid_out, asked.language) or asked


def widget(
    body: str,
    still: str,
    title: str,
    height: int,
    laid_out: bool = False,
    language: str = "en",
    values: dict[str, Any] | None = None,
) -> Any:
    """What `frame` shows, as a widget whose `values` are those that a reader changed, and whose `answers` are what was
    answered; None where anywidget is not installed.
    """
    try:
        import anywidget
        import traitlets
    except ImportError:
        return None
    name, texts = parts()
    shell = session()
    if shell:
        bring(shell)

    class Widget(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]
        """A player that can be read back; the same frame where there are no widgets."""

        def _repr_mimebundle_(self, **wanted: Any) -> Any:
            found = super()._repr_mimebundle_(**wanted)
            bundle, *more = found if isinstance(found, tuple) else (found,)
            html = frame(body, still, title, height, laid_out, language)
            return ({**(bundle or {}), "text/html": html}, *more)

        _esm = (STATIC / "notebook-widget.js").read_text(encoding="utf-8")
        name = traitlets.Unicode().tag(sync=True)
        player: Any = traitlets.List().tag(sync=True)
        body = traitlets.Unicode().tag(sync=True)
        picture = traitlets.Unicode().tag(sync=True)
        title = traitlets.Unicode().tag(sync=True)
        language = traitlets.Unicode().tag(sync=True)
        height = traitlets.Int().tag(sync=True)
        values: Any = traitlets.Dict().tag(sync=True)
        answers: Any = traitlets.List().tag(sync=True)

    return Widget(
        name=name,
        player=[] if shell else texts,
        body=packed((export.worker() if laid_out else "") + body),
        picture=still + gone(language),
        title=title,
        language=language,
        height=height,
        values=values or {},
    )


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
    rest = {name: value for name, value in options.items() if name != "height"}
    body, laid_out = body_of(run, program, **rest)
    shown = widget(body, image(run, program), "The graph at work", height, laid_out, values=options.get("values"))
    return shown or Player(run, program, options)


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
