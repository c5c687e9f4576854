"""Short links: what is kept of a page, and what is answered."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, field_validator

from tidegraph.app.api.arrays import decode
from tidegraph.app.api.schemas.runs import Model


class LinkContent(Model):
    """What a link shows: a program, its numbers, and where the show stands."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "examples": [{"program": "a: parameter = -4.0\nJ = a ** 2", "values": {"a": 3}, "moment": 2}],
        },
    )

    program: Annotated[str, Field(min_length=1, description="The program's text, as it stands in the editor.")]
    title: Annotated[str, Field(max_length=200, description="What it is called.")] = ""
    values: Annotated[dict[str, Any], Field(default_factory=dict, description="Numbers other than the drawn ones.")]
    sizes: Annotated[dict[str, int], Field(default_factory=dict, description="Other numbers for named sizes.")]
    target: Annotated[str | None, Field(description="The scalar to differentiate.")] = None
    seed: Annotated[int, Field(ge=0, le=2**53 - 1, description="Seed of the values that are drawn.")] = 0
    moment: Annotated[int, Field(ge=0, description="The step at which the show stands.")] = 0
    open: Annotated[list[str] | None, Field(description="Ids of scopes that are open; null for the usual ones.")] = None
    select: Annotated[str | None, Field(description="The id of what is selected.")] = None
    look: Annotated[str | None, Field(description="How arrows are drawn.")] = None
    panel: Annotated[str | None, Field(description="The lab's panel that is open.")] = None
    settings: Annotated[dict[str, Any], Field(default_factory=dict, description="What is set in the lab's panels.")]

    @field_validator("values")
    @classmethod
    def arrays(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Values are arrays of numbers; they are kept as they are written."""
        for name, value in given.items():
            decode(name, value)
        return given


class LinkResponse(Model):
    """A link that was made, or was there already."""

    id: Annotated[str, Field(description="The hash of the content.")]
    url: Annotated[str, Field(description="Where the content opens.", examples=["/g/5xq2v6d7m3k4c2h5j7a6"])]


class LinkDocument(LinkContent):
    """The content of a link."""

    id: Annotated[str, Field(description="The hash of the content.")]
    url: Annotated[str, Field(description="Where the content opens.")]


class WeightsResponse(Model):
    """A file of weights that is kept."""

    id: Annotated[str, Field(description="What requests call it in `weights`.")]
    arrays: Annotated[dict[str, list[int]], Field(description="The shape of each array in it.")]
