"""The request of `/api/v1/export`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from tidegraph.app.api.schemas.runs import SCALARS, TraceRequest


class ExportRequest(TraceRequest):
    """A run, and the file it is wanted as."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": SCALARS, "format": "tex"}]})

    format: Annotated[
        Literal["html", "json", "tex", "svg", "png", "tikz"],
        Field(
            description="A page that plays the run without a server, its trace, its equations in LaTeX, or its picture "
            "(PNG where the server can draw one; TikZ for a paper)."
        ),
    ] = "html"
    title: Annotated[str, Field(max_length=200, description="Title of the page or the document.")] = "Tidegraph"
    theme: Annotated[Literal["light", "dark"], Field(description="Colours of a picture.")] = "light"
