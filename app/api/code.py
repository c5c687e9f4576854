"""A program as source text for a framework. A pure function of its request."""

from __future__ import annotations

from tidegraph.app.api import runs
from tidegraph.app.api.schemas.code import CodeRequest
from tidegraph.app.settings import Settings
from tidegraph.engine.exchange.code import code as source_of

INLINE = 200_000
"""Numbers up to which values stand in the text: an answer of the API has no file beside it."""


def code(request: CodeRequest, settings: Settings) -> dict[str, str]:
    """The answer of `/api/v1/code`."""
    return {"code": source(request, settings, INLINE)}


def source(request: CodeRequest, settings: Settings, inline: int, weights: str = "values.safetensors") -> str:
    """The text; values of more than `inline` numbers are read from the file `weights` beside it."""
    program = runs.ready(request, settings)
    graph = program.graph
    graph.resolve_target(request.target)
    _, _, gradients = runs.evaluate(request, settings)
    return source_of(
        graph,
        program.values(),
        to=request.to,
        target=request.target,
        expected=gradients,
        backward=request.backward,
        inline=inline,
        weights=weights,
    )
