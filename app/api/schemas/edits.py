"""The requests and responses of edits: those that a program allows, and what one changes."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from tidegraph.app.api.schemas.runs import MATRICES, Model, RunRequest

BEFORE = "x: input[4]\nW: parameter[3, 4]\nz = W @ x\nJ = sum(relu(z))"
AFTER = "x: input[4]\nW: parameter[3, 4]\nb: parameter[3]\nz = W @ x + b\nJ = sum(relu(z))"


class EditsRequest(RunRequest):
    """A program to be edited."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": MATRICES}]})


class EditDocument(Model):
    """One edit, made: what it is about, what is new, and the whole program after it."""

    kind: Annotated[str, Field(description="bias, activation, layer, dropout, skip, decay or sizes.")]
    line: int
    place: Annotated[str, Field(description="The line that it is about.")]
    part: Annotated[str, Field(description="The expression in that line, or the whole line.")]
    new: Annotated[str, Field(description="What is written, or the other activation's name.")]
    program: str


class EditsResponse(Model):
    """The edits that a program allows, and for each other kind why it does not."""

    edits: list[EditDocument]
    missing: dict[str, str]


class DiffRequest(RunRequest):
    """A program, and the one that it was before an edit."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": AFTER, "before": BEFORE}]})

    before: Annotated[str, Field(description="The other program's text.")]
    before_sizes: Annotated[
        dict[str, Annotated[int, Field(ge=0, le=2**31)]], Field(description="New numbers for sizes that it names.")
    ] = Field(default={})


class ChangeDocument(Model):
    """A node that is in both graphs and not the same."""

    before: str
    after: str
    reasons: Annotated[list[str], Field(description="shape, role, value, operator, attributes or inputs.")]


class EquationDocument(Model):
    """The equation of a variable or of its gradient on both sides, as LaTeX; null on the side that has none."""

    variable: str
    before: str | None
    after: str | None


class DiffResponse(Model):
    """What an edit changes; nodes are named as in a trace."""

    added: list[str]
    removed: list[str]
    changed: list[ChangeDocument]
    downstream: Annotated[list[str], Field(description="As before, but with values that follow from a change.")]
    same: Annotated[dict[str, str], Field(description="Nodes of the old graph and what they are in the new one.")]
    text: str
    forward: list[EquationDocument]
    backward: list[EquationDocument]
