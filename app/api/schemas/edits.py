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


class PartsRequest(RunRequest):
    """A program and an operator whose ports are to be connected: a new one by name, or one of the program by its id."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"program": MATRICES, "operator": "matmul", "inputs": ["W"], "port": 1}]}
    )

    operator: Annotated[
        str, Field(max_length=1000, description="`matmul`, or the id of one of the program: `matmul:z`.")
    ]
    inputs: Annotated[
        list[Annotated[str, Field(max_length=1000)]],
        Field(max_length=64, description="What its ports read, as a program writes it; empty text: nothing yet."),
    ] = Field(default=[])
    attributes: Annotated[
        dict[str, Annotated[str, Field(max_length=1000)]], Field(description="Attributes as a program writes them.")
    ] = Field(default={})
    port: Annotated[
        int | None, Field(ge=0, le=64, description="The port for which every variable of the program is tried.")
    ] = None


class Port(Model):
    """An input of an operator."""

    name: str
    required: Annotated[bool, Field(description="It must be connected.")]
    text: Annotated[str, Field(description="What is written there; empty where nothing is connected.")]


class Fit(Model):
    """A variable that a new line may read, tried at a port."""

    name: str
    id: Annotated[str, Field(description="The variable's id in the trace.")]
    shape: list[int]
    fits: Annotated[bool | None, Field(description="null while another port that must be connected is empty.")]
    result: Annotated[list[int] | None, Field(description="The shape of the operator's result.")]
    problem: Annotated[str | None, Field(description="Why it does not fit.")]
    hint: Annotated[str | None, Field(description="What would be right.")]


class PartsResponse(Model):
    """An operator's ports and attributes, what it comes to, and which variables fit at the port that was asked for."""

    operator: str
    signature: Annotated[str, Field(description="How it is called.")]
    doc: Annotated[str, Field(description="What it computes, in a sentence.")]
    variadic: Annotated[bool, Field(description="It takes any number of inputs.")]
    ports: list[Port]
    attributes: Annotated[dict[str, str], Field(description="The defaults of its attributes, as text.")]
    line: Annotated[int | None, Field(description="Where the operator stands in the program.")]
    shape: list[int] | None
    problem: Annotated[str | None, Field(description="Why its inputs do not go together.")]
    hint: Annotated[str | None, Field(description="What would be right.")]
    problem_port: Annotated[int | None, Field(description="The port whose text is wrong by itself; null: none is.")]
    fits: list[Fit]


class VariablePart(Model):
    """A variable to declare."""

    role: Annotated[str, Field(max_length=40, description="input, target, parameter or constant.")]
    name: Annotated[str, Field(max_length=200)]
    shape: Annotated[str, Field(max_length=1000, description="`5, 4`; empty for a number.")] = ""
    value: Annotated[str, Field(max_length=1000, description="`[1, 2]`, `uniform(-1, 1)`; empty: drawn.")] = ""


class OperatorPart(Model):
    """An operator to place."""

    operator: Annotated[str, Field(max_length=200)]
    inputs: Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=64)]
    attributes: dict[str, Annotated[str, Field(max_length=1000)]] = Field(default={})
    name: Annotated[str, Field(max_length=200, description="Of its result; without it, a free one.")] = ""


class Connection(Model):
    """Another variable at a port of an operator of the program."""

    id: Annotated[str, Field(max_length=1000)]
    port: Annotated[int, Field(ge=0, le=64)]
    text: Annotated[str, Field(max_length=1000, description="The variable, as a program writes it.")]


class BuildRequest(RunRequest):
    """A program and one step of building it. Exactly one of the steps is given."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"program": MATRICES, "place": {"operator": "relu", "inputs": ["z"], "name": "a"}}]
        }
    )

    declare: Annotated[VariablePart | None, Field(description="A new variable.")] = None
    place: Annotated[OperatorPart | None, Field(description="A new operator, at the end of the program.")] = None
    connect: Annotated[Connection | None, Field(description="Another variable at a port.")] = None
    name: Annotated[
        str | None,
        Field(max_length=1000, description="The id of a result that is to have a line and a name of its own."),
    ] = None
    remove: Annotated[
        str | None, Field(max_length=1000, description="The id of a variable or operator whose line is taken out.")
    ] = None


class BuildResponse(Model):
    """The program after the step."""

    program: str
    line: Annotated[int, Field(description="The line that was written, changed or taken out.")]
    text: Annotated[str, Field(description="That line; empty where it was taken out.")]
    id: Annotated[str, Field(description="The variable that the line assigns; empty where it was taken out.")]
