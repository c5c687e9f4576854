"""The requests and responses of the API, as OpenAPI describes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, model_validator
from pydantic_core import PydanticCustomError

from tidegraph.app.api.arrays import decode
from tidegraph.app.http.problems import Problem
from tidegraph.engine.messages.catalogue import Message

Word = Literal["NaN", "Infinity", "-Infinity"]


class Buffer(BaseModel):
    """An array as the bytes of its elements, little-endian, in C order."""

    model_config = ConfigDict(extra="forbid")

    dtype: Literal["float64", "float32", "int64", "int32", "bool"]
    shape: list[Annotated[int, Field(ge=0)]]
    base64: str


class NpyFile(BaseModel):
    """An array as the bytes of a .npy file."""

    model_config = ConfigDict(extra="forbid")

    npy: Annotated[str, Field(description="The file, base64.")]


Array = float | Word | bool | Buffer | NpyFile | list[Any]
"""Numbers in lists to any depth; not told as a type that holds itself, which generators of clients do not read."""


def read_array(value: Any) -> NDArray[np.float64]:
    """An array that a request gives without a name."""
    return decode("it", value)


def read_arrays(given: Any) -> dict[str, NDArray[np.float64]]:
    """The arrays that a request gives, by name."""
    if not isinstance(given, dict):
        raise PydanticCustomError("arrays_by_name", "arrays are given by name, in an object")
    return {name: decode(name, value) for name, value in given.items()}


Given = Annotated[NDArray[np.float64], PlainValidator(read_array, json_schema_input_type=Array)]
GivenByName = Annotated[
    dict[str, NDArray[np.float64]], PlainValidator(read_arrays, json_schema_input_type=dict[str, Array])
]


def read_sets(given: Any) -> list[dict[str, NDArray[np.float64]]]:
    """The sets of values that a request gives; a fault says in which it is."""
    if not isinstance(given, list):
        raise ValueError("sets of values are given in a list")
    found = []
    for number, one in enumerate(given, start=1):
        try:
            found.append(read_arrays(one))
        except Problem as problem:
            problem.error.context = problem.error.inside(Message("batch-set", number=number))
            raise
    return found


GivenSets = Annotated[
    list[dict[str, NDArray[np.float64]]], PlainValidator(read_sets, json_schema_input_type=list[dict[str, Array]])
]

SCALARS = "a: parameter = -4.0\nb: parameter = 2.0\nc = a * b\nJ = c ** 2 + a"
MATRICES = "x: input[4]\nW: parameter[3, 4]\nz = W @ x\nJ = sum(relu(z))"


class Model(BaseModel):
    """What all schemas share: unknown fields are an error, so that a misspelt name is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class RunRequest(Model):
    """A run: a program, and the values, target, seed and precision to run it with.

    Requests are read strictly: `true` is no seed and `"3"` no number.
    """

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "examples": [
                {"program": SCALARS},
                {"program": SCALARS, "values": {"a": 3}, "target": "J", "seed": 0, "dtype": "float64"},
                {"program": MATRICES, "values": {"x": [1, 0, -1, 0.5]}, "seed": 7},
            ]
        },
    )

    program: Annotated[str | None, Field(description="The program text; see the program language.")] = None
    graph: Annotated[
        dict[str, Any] | None,
        Field(description="Instead of a program, a graph as data: node-link, as in a trace's `graph`."),
    ] = None
    scopes: Annotated[
        list[dict[str, Any]], Field(description="With a graph, the scopes that open, as in a trace's `scopes`.")
    ] = []
    sizes: Annotated[
        dict[str, Annotated[int, Field(ge=0, le=2**31)]],
        Field(description="New numbers for sizes that the program names, such as `n` in `d, n = 4, 8`."),
    ] = {}
    training: Annotated[
        bool | None,
        Field(
            description="Training or evaluation mode of the whole program, whatever its `train()` and `eval()` say: in "
            "evaluation nothing is dropped, and batch norm uses its running statistics. By default they decide."
        ),
    ] = None
    values: Annotated[
        GivenByName,
        Field(description="Values of inputs, targets and parameters, by name; the rest are drawn from the seed."),
    ] = {}
    weights: Annotated[
        str | None,
        Field(
            pattern=r"^sha256-[0-9a-f]{64}$",
            description="Stored weights, by the name that PUT /api/v1/weights was given; `values` go before them.",
        ),
    ] = None
    target: Annotated[
        str | None, Field(description="The scalar to differentiate; without one, the last scalar assigned.")
    ] = None
    cotangent: Annotated[
        Given | None,
        Field(description="With a target that is no scalar: the seed v; what is differentiated is dot(v, target)."),
    ] = None
    arrays: Annotated[
        Literal["lists", "base64"],
        Field(description="How arrays are answered: nested lists, or typed buffers `{dtype, shape, base64}`."),
    ] = "lists"
    seed: Annotated[int, Field(ge=0, le=2**53 - 1, description="Seed of the values that are drawn.")] = 0
    dtype: Annotated[Literal["float64", "float32"], Field(description="Precision of every array.")] = "float64"

    @property
    def pure(self) -> bool:
        """Whether the answer depends on nothing but this request: what is measured does not."""
        return not (getattr(self, "measure", False) or getattr(self, "execute", False))

    @model_validator(mode="after")
    def one_graph(self) -> Self:
        """Exactly one of program and graph."""
        if (self.program is None) == (self.graph is None):
            raise PydanticCustomError("program_or_graph", "a run has either a program or a graph")
        return self


class Writing(Model):
    """How the numbers in equations are written."""

    digits: Annotated[int, Field(ge=1, le=17, description="Significant digits of the numbers in equations.")] = 4
    scientific: Annotated[bool, Field(description="Whether those numbers all have a power of ten.")] = False


Opened = Annotated[
    list[str] | None,
    Field(
        description="Scopes by their ids. Where it is given, a graph of more than 2,000 operators is answered as it is "
        "drawn with these scopes open and all others closed: its outline. Nothing is differentiated or run for it."
    ),
]


class TraceRequest(RunRequest, Writing):
    """A run to be told step by step."""

    outline: Opened = None


class TensorRequest(RunRequest):
    """A slice of one variable's value or gradient in a run, or of its derivatives with respect to another."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"program": MATRICES, "name": "W", "of": "gradient", "slice": "0:2, :"}]}
    )

    name: Annotated[str, Field(description="The variable.")]
    of: Annotated[
        Literal["value", "gradient", "hessian", "jacobian"],
        Field(
            description="Which array: the variable's value, the target's gradient, the block of the target's Hessian "
            "for it and `wrt`, or its own Jacobian with respect to `wrt`."
        ),
    ] = "value"
    wrt: Annotated[
        str | None, Field(description="The other variable of a Hessian's block or a Jacobian; the same by default.")
    ] = None
    slice: Annotated[
        str,
        Field(max_length=1000, description="Indices and start:stop:step, as in NumPy; empty for all of it."),
    ] = ""


class BatchRequest(RunRequest):
    """One program, and a set of values for every run; what a set leaves out is as in `values`."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"program": SCALARS, "batch": [{"a": 1}, {"a": 2}], "wrt": ["a"]}]}
    )

    batch: Annotated[GivenSets, Field(min_length=1, max_length=10_000, description="Sets of values.")]
    wrt: Annotated[
        list[str] | None, Field(description="Answer the target and these gradients only; everything by default.")
    ] = None


class Histogram(Model):
    """How the finite elements of an array are spread."""

    counts: list[int]
    edges: list[float]


class Summary(Model):
    """What is sent of an array with too many elements to list; `/api/v1/tensor` returns any slice of it."""

    summary: Literal[True]
    shape: list[int]
    dtype: str
    min: float | Word
    max: float | Word
    mean: float | Word
    std: float | Word
    norm: float | Word
    nonfinite: Annotated[int, Field(description="How many elements are NaN or infinite.")]
    histogram: Histogram
    picture: Annotated[Array, Field(description="Block means of the array seen as a matrix, at most 32 by 32.")]


Values = Annotated[Array | Summary, Field(description="Nested lists; a summary above the server's array limit.")]


class ProgramWarning(Model):
    """Where a program may mean something else than its author thinks."""

    code: str
    parameters: dict[str, Any]
    message: Annotated[str, Field(description="In the language that the request asks for.")]
    line: int


class GradientsResponse(Model):
    """Every variable's value and every gradient on a path to the target."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "target": "J",
                    "values": {"a": -4.0, "b": 2.0, "c": -8.0, "power": 64.0, "J": 60.0},
                    "gradients": {"a": -31.0, "b": 64.0, "c": -16.0, "power": 1.0, "J": 1.0},
                }
            ]
        }
    )

    target: str | None
    values: dict[str, Values]
    gradients: dict[str, Values]


class GradientsOfRun(Model):
    """One run of a batch."""

    values: dict[str, Values]
    gradients: dict[str, Values]


class BatchResponse(Model):
    """Values and gradients of every run, in the order of the request."""

    target: str | None
    runs: list[GradientsOfRun]


class TensorResponse(Model):
    """A slice of an array, whatever the array's size."""

    name: str
    of: Literal["value", "gradient", "hessian", "jacobian"]
    wrt: Annotated[str | None, Field(description="The other variable of a Hessian's block or a Jacobian.")]
    shape: Annotated[list[int], Field(description="Shape of the whole array.")]
    dtype: str
    slice: str
    data: Annotated[Array, Field(description="The slice, as nested lists.")]


class VariableNode(Model):
    """A square of the graph."""

    id: Annotated[str, Field(description="Its name, with the path of its scope in front.")]
    kind: Literal["variable"]
    role: Literal["input", "target", "parameter", "constant", "intermediate"]
    latex: str
    shape: list[int]
    dtype: str
    value: Annotated[Values | None, Field(description="null in an outline.")]
    gradient: Annotated[Values | None, Field(description="null off every path to the target.")]
    named: Annotated[bool, Field(description="Whether the program names it; else its symbol is its expression.")]
    scope: Annotated[str, Field(description="Path of the scope it is inside; empty at the top level.")]
    line: Annotated[int, Field(description="Line of the program it comes from.")]


class OperatorNode(Model):
    """A circle of the graph."""

    id: str
    kind: Literal["operator"]
    op: Annotated[str, Field(description="Its name in /api/v1/operators.")]
    symbol: Annotated[str, Field(description="Short LaTeX for inside the circle.")]
    latex: Annotated[str, Field(description="The whole expression.")]
    attributes: dict[str, Any]
    literals: Annotated[dict[str, Any], Field(description="Literal operands by input port; numbers are not nodes.")]
    flops: int
    scope: str
    line: int


class Edge(Model):
    """An arrow of the graph."""

    source: str
    target: str
    key: Annotated[int, Field(description="Input port of an operator, or index of an operator's output.")]


class NodeLink(Model):
    """The graph as node-link data: `networkx.node_link_graph(graph, edges="edges")` and D3 load it as it is."""

    directed: Literal[True]
    multigraph: Literal[True]
    graph: dict[str, Any]
    nodes: list[Annotated[VariableNode | OperatorNode, Field(discriminator="kind")]]
    edges: list[Edge]


class Equation(Model):
    """One step's equation as LaTeX; empty in the trace of a very large graph."""

    symbolic: Annotated[str | None, Field(description="With names.")] = None
    numeric: Annotated[str | None, Field(description="With the numbers of this run.")] = None
    chain: Annotated[str | None, Field(description="Backward steps: the chain rule that the step applies.")] = None
    left: Annotated[str | None, Field(description="Contributions: the left side of their sum.")] = None
    term: Annotated[str | None, Field(description="Contributions: the term of the symbolic sum.")] = None
    prod: Annotated[str | None, Field(description="Contributions: the term of the sum in the chain rule.")] = None
    result: Annotated[str | None, Field(description="Contributions: the term of the numeric sum.")] = None


class MessageData(Model):
    """A message: the catalogue of each language has the text of its code."""

    code: str
    parameters: Annotated[dict[str, Any], Field(description="What fills the text; some are messages themselves.")]


class Step(Model):
    """One step of the forward or the backward pass."""

    phase: Literal["forward", "backward"]
    kind: Literal["operator", "seed", "contribution", "sum"]
    operator: Annotated[str | None, Field(description="Operator or scope that works; null for seed and sum.")]
    scope: str
    inputs: Annotated[list[str], Field(description="Variables that are read.")]
    outputs: Annotated[list[str], Field(description="Variables that get their value.")] = []
    variable: Annotated[str | None, Field(description="Variable whose gradient is worked out.")] = None
    through: Annotated[str | None, Field(description="Variable whose gradient flows in.")] = None
    contribution: Values | None = None
    index: Annotated[int | None, Field(description="Which of the variable's contributions, from 0.")] = None
    count: Annotated[int | None, Field(description="How many contributions the variable has.")] = None
    final: Annotated[bool | None, Field(description="Whether the gradient is complete after this step.")] = None
    gradient: Annotated[Values | None, Field(description="The gradient, when it is complete.")] = None
    how: Annotated[
        dict[str, str] | None, Field(description="Contributions: a key for what happens on the way, and names in it.")
    ] = None
    equation: Equation
    message: Annotated[MessageData, Field(description="The sentence as data: its code and its parameters.")]
    text: Annotated[str, Field(description="The step as one plain sentence, in the language that was asked for.")]


class Scope(Model):
    """A circle that opens: a call of a `def`, a composite operator, a loop, an iteration of it."""

    id: Annotated[str, Field(description="Its path; parents come first.")]
    name: str
    kind: Literal["function", "operator", "loop", "iteration"]
    parent: str
    symbol: str
    latex: str
    line: int
    op: Annotated[str | None, Field(description="The composite operator that it is a call of.")]
    operands: Annotated[list[str | float | None], Field(description="What was passed; null for what was left out.")]
    attributes: dict[str, Any]
    inputs: Annotated[list[str], Field(description="Variables read from outside.")]
    outputs: Annotated[list[str], Field(description="Variables read outside.")]
    forward: Annotated[list[Step], Field(description="The scope's work, told from outside the circle.")]
    backward: list[Step]


class OutlineNote(Model):
    """What a graph is whose outline is answered."""

    operators: Annotated[int, Field(description="Operators of the whole graph.")]
    runs: Annotated[bool, Field(description="Whether it is small enough to be run.")]


class TraceResponse(Model):
    """All that a page draws of one run: the graph, its values and gradients, and the steps in order."""

    target: Annotated[str | None, Field(description="null for a graph without a scalar: forward pass only.")]
    graph: NodeLink
    scopes: list[Scope]
    forward: Annotated[list[Step], Field(description="One step an operator, in topological order.")]
    backward: Annotated[list[Step], Field(description="The seed, then contributions and sums, in reverse order.")]
    first_nonfinite: Annotated[
        str | None, Field(description="The operator or variable in which the first NaN or infinity arose.")
    ]
    outline: Annotated[
        OutlineNote | None, Field(description="There in an outline alone, which has no steps and no numbers.")
    ] = None


class OperatorDescription(Model):
    """One operator of the program language."""

    name: str
    signature: Annotated[str, Field(examples=["softmax(x, axis=-1)"])]
    latex: str
    doc: Annotated[str, Field(description="One line.")]
    differentiable: bool
    family: str
    opens: Annotated[bool, Field(description="Whether it is a composition of others.")]
    kink: Annotated[str, Field(description="Which subgradient is taken where it is not differentiable, or nothing.")]


class ExampleWords(Model):
    """What is said of an example in a language."""

    title: str
    description: str
    question: Annotated[str, Field(description="Something to think about while looking at the graph.")]


class Example(ExampleWords):
    """A program to start from, told in English."""

    name: str
    tags: Annotated[list[str], Field(description="What the page filters its examples by.")]
    program: str
    zh: Annotated[ExampleWords, Field(description="The same words in Simplified Chinese.")]
    layout: Annotated[
        dict[str, tuple[int, int]] | None,
        Field(description="Column and row from the bottom of each node, from 1; null for the general layout."),
    ] = None
    look: Annotated[
        str | None, Field(description="How the page draws arrows and colours at first; null for as usual.")
    ] = None


class Health(Model):
    """The service answers."""

    status: Literal["ok"] = "ok"


class FieldError(BaseModel):
    """What is wrong with one field of a request."""

    field: str
    message: str
    code: str | None = None
    parameters: dict[str, Any] | None = None


class Range(BaseModel):
    """A part of the program's text: lines and columns from 1, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Fix(BaseModel):
    """What to put in place of a part of the program."""

    range: Range
    text: str


class ProblemDocument(BaseModel):
    """An error (RFC 9457); the members after `detail` are there where they apply."""

    type: str
    title: str
    status: int
    detail: str
    code: Annotated[str | None, Field(description="Which error it is; docs/errors.md lists all.")] = None
    parameters: Annotated[dict[str, Any] | None, Field(description="What fills the text of `code`.")] = None
    hint: Annotated[str | None, Field(description="What would be right.")] = None
    fix: Annotated[Fix | None, Field(description="The correction of the program's text, where there is one.")] = None
    line: Annotated[int | None, Field(description="Line of the program, from 1.")] = None
    column: Annotated[int | None, Field(description="Column of the program, from 1.")] = None
    quantity: Annotated[str | None, Field(description="What is above its limit.")] = None
    value: Annotated[int | None, Field(description="How much of it this request would need.")] = None
    limit: Annotated[int | None, Field(description="How much of it this server allows.")] = None
    errors: Annotated[list[FieldError] | None, Field(description="Every field that is wrong.")] = None
