"""What `/api/v1/structure` and `/api/v1/run` take and answer: a program without numbers, and the arrays of a run."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, field_validator

from tidegraph.app.api.schemas.runs import (
    MATRICES,
    SCALARS,
    Array,
    Edge,
    MessageData,
    Model,
    Opened,
    OperatorNode,
    OutlineNote,
    RunRequest,
    Summary,
    Values,
    Word,
)

Kind = Literal["values", "gradients", "contributions"]
KINDS: tuple[Kind, ...] = ("values", "gradients", "contributions")


class StructureRequest(RunRequest):
    """A program whose structure is wanted. `values` and `seed` may be given and change nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": MATRICES}]})

    outline: Opened = None


class Want(Model):
    """The arrays that are wanted, by kind: all of them, or those that are named."""

    values: Annotated[tuple[str, ...] | Literal["all"], Field(description="Variables whose values are wanted.")] = ()
    gradients: Annotated[
        tuple[str, ...] | Literal["all"], Field(description="Variables whose gradients are wanted.")
    ] = ()
    contributions: Annotated[
        tuple[str | int, ...] | Literal["all"],
        Field(description="Contributions by number (the `parts` of a step), or variables, for all that reach them."),
    ] = ()


class ArraysRequest(RunRequest):
    """A run of which only arrays are wanted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"program": SCALARS, "values": {"a": 3}},
                {"program": MATRICES, "want": {"values": ["z"], "gradients": ["W", "x"], "contributions": "all"}},
            ]
        }
    )

    want: Annotated[
        Want | None,
        Field(
            description="Which arrays are wanted, whole. Without it: all of them, those above the server's array limit "
            'as summaries. A list of names and kinds, such as `["z", "gradients"]`, is short for the same.'
        ),
    ] = None

    @field_validator("want", mode="before")
    @classmethod
    def listed(cls, want: Any) -> Any:
        """A list names kinds, variables of all kinds, or single arrays by id: `v:W1`, `g:W1`, `c:3`."""
        if not isinstance(want, list):
            return want
        kinds = [word for word in want if word in KINDS]
        names = [word for word in want if word not in KINDS]
        if not all(isinstance(name, str) for name in names):
            raise ValueError("a list of what is wanted holds names, kinds and ids")
        ids = {"v:": "values", "g:": "gradients", "c:": "contributions"}
        made: dict[str, Any] = {}
        plain = [name for name in names if name[:2] not in ids]
        for kind in kinds or (KINDS if plain else ()):
            made[kind] = plain or "all"
        for name in names:
            kind = ids.get(name[:2])
            if kind and made.get(kind) != "all":
                made[kind] = [*made.get(kind, ()), name[2:]]
        return made


class FirstNonfinite(Model):
    """Where the first NaN or infinity arose."""

    forward: Annotated[str | None, Field(description="The operator or declared variable; null where all is finite.")]
    backward: Annotated[str | None, Field(description="The operator through which the first such gradient came.")]


class ArraysResponse(Model):
    """The arrays of a run, by name."""

    target: str | None
    values: dict[str, Values]
    gradients: dict[str, Values]
    contributions: Annotated[
        dict[str, Values], Field(description="Parts of gradients by number, which the `parts` of backward steps name.")
    ]
    first_nonfinite: FirstNonfinite


class StructureVariable(Model):
    """A square of the graph, without its numbers."""

    id: str
    kind: Literal["variable"]
    role: Literal["input", "target", "parameter", "constant", "intermediate"]
    latex: str
    shape: list[int]
    dtype: str
    differentiated: Annotated[bool, Field(description="Whether it is on a path to the target, so has a gradient.")]
    named: Annotated[bool, Field(description="Whether the program names it; else its symbol is its expression.")]
    scope: str
    line: int


class StructureGraph(Model):
    """The graph as node-link data, without numbers."""

    directed: Literal[True]
    multigraph: Literal[True]
    graph: dict[str, Any]
    nodes: list[Annotated[StructureVariable | OperatorNode, Field(discriminator="kind")]]
    edges: list[Edge]


class StructureStep(Model):
    """A step, and its equation as a template: `numeric` and `result` have slots for a run's numbers."""

    phase: Literal["forward", "backward"]
    kind: Literal["operator", "seed", "contribution", "sum"]
    operator: str | None
    scope: str
    inputs: list[str]
    outputs: list[str]
    variable: str | None = None
    through: str | None = None
    parts: Annotated[list[int] | None, Field(description="Numbers of the contributions that it is the sum of.")] = None
    index: int | None = None
    count: int | None = None
    final: bool | None = None
    how: dict[str, str] | None = None
    equation: Annotated[
        dict[str, str],
        Field(
            description="As in a trace; `⟦v:W1⟧` is the place of a value, `⟦g:W1⟧` of a gradient, `⟦c:3⟧` of a part."
        ),
    ]
    text: str
    message: Annotated[MessageData, Field(description="The sentence as data: its code and its parameters.")]


class StructureScope(Model):
    """A circle that opens, and its steps without numbers."""

    id: str
    name: str
    kind: Literal["function", "operator", "loop", "iteration"]
    parent: str
    symbol: str
    latex: str
    line: int
    op: str | None
    operands: list[str | float | None]
    attributes: dict[str, Any]
    inputs: list[str]
    outputs: list[str]
    forward: list[StructureStep]
    backward: list[StructureStep]


class PassFlops(Model):
    """Floating-point operations of both passes."""

    forward: int
    backward: int


class Costs(Model):
    """What a run costs."""

    operators: Annotated[int, Field(description="Calls of both passes.")]
    flops: PassFlops
    peak_bytes: Annotated[int, Field(description="Bytes that a run of the server allocates at most.")]


class PagePlan(Model):
    """A run as a straight-line list of calls of primitives; arrays are numbered."""

    dtype: Literal["float64", "float32"]
    arrays: Annotated[
        list[tuple[list[int], Literal["float", "int", "bool"]]], Field(description="Shape and kind of each array.")
    ]
    constants: Annotated[
        list[tuple[int, Array | Word]], Field(description="Known numbers: which array, and its value.")
    ]
    leaves: Annotated[dict[str, int], Field(description="The arrays that a run is given.")]
    calls: Annotated[
        list[tuple[str, list[int], list[int], dict[str, Any]]],
        Field(description="Operator, inputs, outputs and attributes of each call, in order."),
    ]
    forward: Annotated[int, Field(description="How many of the calls are the forward pass.")]
    values: dict[str, int]
    gradients: dict[str, int]
    contributions: list[int]
    missing: Annotated[list[str], Field(description="Operators that only the server computes.")]


class StructureResponse(Model):
    """All of a trace that depends on the program alone."""

    target: str | None
    graph: StructureGraph
    scopes: list[StructureScope]
    forward: list[StructureStep]
    backward: list[StructureStep]
    costs: Annotated[Costs | None, Field(description="Not in an outline.")] = None
    plan: Annotated[PagePlan | None, Field(description="The run for a page's own kernels; not in an outline.")] = None
    outline: Annotated[OutlineNote | None, Field(description="There in an outline alone, which has no steps.")] = None


__all__ = ["ArraysRequest", "ArraysResponse", "StructureRequest", "StructureResponse", "Summary", "Want"]
