"""Graphs that play in a notebook: in Jupyter and in VS Code, `%load_ext tidegraph` gives every graph and every
trace a player in place of its picture.

The player is the exported page in a frame of its own, which needs no server and no script of the notebook; where a
notebook is not trusted the frame is taken out, and the picture behind it remains. The frame looks at the notebook
around it to know whether that is dark; its policy runs no script but its own and sends nothing.
"""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import Any

from tidegraph.app.api.summaries import encoder
from tidegraph.app.integrations import export
from tidegraph.app.settings import Settings
from tidegraph.engine.graph import Graph
from tidegraph.engine.models import pytorch
from tidegraph.engine.models.model import Model
from tidegraph.engine.trace import svg as picture
from tidegraph.engine.trace import tracer
from tidegraph.engine.trace.tracer import Trace

HEIGHT = 560
COVER = "position:absolute;inset:0;width:100%;height:100%;border:0"


def player(run: Trace, program: str = "") -> str:
    """`run` as HTML that plays; `program` is its text, where it has one."""
    known = export.known_example(program)
    places = known.layout if known else None
    recorded: dict[str, Any] = {
        "program": program or None,
        "values": {},
        "trace": run.to_dict(encoder(Settings().array_limit)),
        "layout": places,
    }
    if not places:
        recorded["layout"], ways = picture.grid(run)
        recorded["ways"] = {f"{source}→{target}": way for (source, target), way in ways.items()}
    page = escape(export.page(recorded, "Tidegraph"))
    still = b64encode(picture.svg(run, places).encode()).decode()
    return (
        f'<div style="position:relative;height:{HEIGHT}px">'
        f'<img src="data:image/svg+xml;base64,{still}" alt="The graph" style="max-width:100%;max-height:100%">'
        f'<iframe srcdoc="{page}" title="The graph at work" style="{COVER}"></iframe></div>'
    )


def of_trace(run: Trace) -> str | None:
    """What a notebook shows of a trace; too large a one is left to its name."""
    return player(run) if run._repr_mimebundle_() else None


def of_graph(graph: Graph) -> str | None:
    """What a notebook shows of a graph, with the values that are drawn."""
    return player(tracer.trace(graph), graph.program) if graph._repr_mimebundle_() else None


class Shown:
    """What `show` answers: a notebook shows it as a player, everything else as a line of text."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def __repr__(self) -> str:
        return f"<{len(self.model.graph.operators)} operators, {len(self.model.values)} values>"

    def _repr_html_(self) -> str:
        values = {n: v for n, v in self.model.values.items() if n in self.model.graph.variables}
        run = tracer.trace(self.model.graph, values=values, dtype=self.model.dtype)
        return player(run, self.model.program)


def show(model: Any, *args: Any, loss: Any = None) -> Shown:
    """A model in a notebook, at work: a Model, a program, a graph, or a PyTorch module and its arguments."""
    if isinstance(model, Model):
        return Shown(model)
    if isinstance(model, Graph):
        return Shown(Model(model.program))
    if isinstance(model, str):
        return Shown(Model(model))
    return Shown(pytorch.capture(model, args, loss=loss))


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
