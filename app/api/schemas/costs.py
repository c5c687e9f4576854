"""The requests and responses of what a program costs: its memory, step by step."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tidegraph.app.api.schemas.runs import Model, RunRequest
from tidegraph.app.api.schemas.training import Named, Optimizer


class MemoryRequest(RunRequest):
    """A program whose memory is asked for, and which of the dearer answers are wanted too."""

    output: Annotated[str | None, Field(description="The variable that is the prediction.")] = None
    optimizer: Optimizer = Named(name="sgd")
    checkpointing: Annotated[bool, Field(description="Also the timeline with gradient checkpointing.")] = False
    segments: Annotated[int | None, Field(ge=1, description="Its segments; about the square root by default.")] = None
    measure: Annotated[bool, Field(description="Also run once and record what was really allocated.")] = False
    formulas: Annotated[bool, Field(description="Also count in symbols, where the program names its sizes.")] = False
    size: Annotated[str | None, Field(description="A size that the program names, to draw the peaks over.")] = None
    points: Annotated[list[Annotated[int, Field(ge=1, le=2**31)]], Field(max_length=24)] = Field(default=[])


class BufferDocument(Model):
    """An array that a run allocates, and the first and last step in which it is live."""

    name: str
    kind: Annotated[str, Field(description="activation, gradient or result.")]
    bytes: int
    first: int
    last: int


class MomentDocument(Model):
    """One step: its operator, and bytes by kind while it runs."""

    operator: str
    name: str
    phase: str
    flops: int
    activation_bytes: int
    gradient_bytes: int
    result_bytes: int
    workspace_bytes: int
    live_bytes: int


class TimelineDocument(Model):
    """A run's memory step by step; `peak` is the step with most live."""

    moments: list[MomentDocument]
    buffers: list[BufferDocument]
    planned_bytes: int
    peak: int
    peak_bytes: int
    flops: int


class Reading(Model):
    """A step of the backward pass: the gradient that one operator hands to one of its inputs."""

    operator: str
    variable: str


class SavedDocument(Model):
    """A variable of the forward pass that the backward pass reads."""

    name: str
    buffer: Annotated[str, Field(description="The variable that the array was made for: itself unless it is a view.")]
    bytes: Annotated[int, Field(description="0 where it is declared, or where another variable has the array.")]
    role: str
    by: Annotated[list[str], Field(description="The operators whose derivatives need it.")]
    reads: Annotated[list[Reading], Field(description="The steps of the backward pass that read it.")]
    readers: Annotated[list[str], Field(description="What is computed from it on the way back.")]


class FootprintDocument(Model):
    """Bytes of a training step apart by what they are for, and the sums."""

    parameters: int
    data: int
    optimizer: int
    gradients: int
    activations: int
    intermediate_gradients: int
    workspace: int
    training: int
    prediction: int
    prediction_parameters: Annotated[int, Field(description="Parameters that lead to the output.")]
    prediction_data: Annotated[int, Field(description="Inputs that lead to the output; no target.")]
    prediction_activations: Annotated[int, Field(description="Activations of a prediction at its peak.")]
    prediction_workspace: int


class FormulaDocument(Model):
    """A count of numbers in the named sizes, as LaTeX; and its value for the sizes as they are."""

    name: str
    latex: str
    count: int
    here: Annotated[bool, Field(description="Whether the formula holds for the sizes as they are.")]
    conditions: Annotated[
        list[str], Field(description="The inequalities between sizes, as LaTeX, under which the formula holds.")
    ]
    least: Annotated[dict[str, int], Field(description="Sizes from which on the formula holds, where not from 1.")]
    everywhere: Annotated[bool, Field(description="Whether the formula holds for all such sizes that were tried.")]


class SymbolicDocument(Model):
    """Counts in symbols, and the sizes that they are counted at."""

    sizes: dict[str, int]
    formulas: list[FormulaDocument]


class MeasuredDocument(Model):
    """Bytes that a run really allocated at its peak, beside those planned."""

    planned: int
    measured: int


class CheckpointedDocument(Model):
    """Training with gradient checkpointing: what is kept, what is computed again, and what that costs."""

    segments: int
    kept: list[str]
    recomputed: list[str]
    extra_flops: int
    same_gradients: bool
    timeline: TimelineDocument


class PointDocument(Model):
    """Peaks for one value of a size."""

    size: int
    training: int
    prediction: int
    activations: int
    flops: int


class MemoryResponse(Model):
    """The memory of a program; timelines leave out what is declared, which `footprint` has."""

    target: str
    output: str
    outputs: Annotated[list[str], Field(description="The variables that `output` can be.")]
    sizes: Annotated[dict[str, int], Field(description="Sizes that the program names and that can be others.")]
    named: Annotated[
        str | None, Field(description="With formulas, the program with its sizes named, where it names none itself.")
    ]
    training: TimelineDocument
    prediction: TimelineDocument
    saved: list[SavedDocument]
    footprint: FootprintDocument
    checkpointed: CheckpointedDocument | None
    symbolic: SymbolicDocument | None
    measured: MeasuredDocument | None
    curve: list[PointDocument]
