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
    theme: Annotated[
        Literal["light", "dark"] | None,
        Field(description="Colours: of a picture `light` by default, of a page the reader's."),
    ] = None
    moment: Annotated[int | None, Field(ge=0, description="Steps that are done in a picture; by default all.")] = None
    open: Annotated[
        tuple[str, ...], Field(strict=False, description="Scopes that are open, by id; `all` opens every one.")
    ] = ()
    moves: Annotated[
        dict[str, Annotated[tuple[float, float], Field(strict=False)]],
        Field(
            default_factory=dict,
            max_length=1000,
            description="How far marks were moved by hand, right and down in the drawing's pixels, by id.",
        ),
    ]
    wrt: Annotated[
        str | None,
        Field(description="With `tex`: the derivation along the paths from this variable to the target alone."),
    ] = None

    @property
    def picture_digits(self) -> int:
        """Significant digits in a picture, which has less room than an equation: one fewer, unless they are given."""
        return self.digits if "digits" in self.model_fields_set else 3
