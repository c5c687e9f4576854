"""The requests and responses of training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from tidegraph.app.api.schemas.runs import Array, GivenByName, Model, RunRequest, Values, Writing
from tidegraph.app.api.schemas.structure import PagePlan
from tidegraph.engine.training.optimisers import RULES, SCHEDULES

LINE = """n = 8
x: input[n]
y: target[n]
w: parameter = 0.0
b: parameter = 0.0
p = w * x + b
J = mean((p - y) ** 2) / 2"""


class DataRequest(Model):
    """Examples: a generated set by name, or CSV text."""

    model_config = ConfigDict(strict=True)

    name: Annotated[
        str,
        Field(
            description="xor, circles, moons, spirals, blobs, sine, line, linear or shapes; own for the values alone."
        ),
    ] = "moons"
    count: Annotated[int, Field(ge=1, le=100_000)] = 200
    noise: Annotated[float | None, Field(ge=0, description="Standard deviation; the set's own by default.")] = None
    classes: Annotated[int | None, Field(ge=2, le=10)] = None
    features: Annotated[int | None, Field(ge=1, le=1000, description="Inputs of an example, for blobs.")] = None
    seed: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0
    csv: Annotated[str | None, Field(max_length=2_000_000, description="Rows of examples, the target last.")] = None
    target_column: Annotated[
        str | list[str] | None,
        Field(
            description="The target's column in the CSV text, or several, as a list or with commas; by default the "
            "last, or as many of the last as the program's target has numbers."
        ),
    ] = None
    standardize: Annotated[
        bool, Field(description="Subtract each input's mean over the training examples, divide by its deviation.")
    ] = False


class Named(Model):
    """An optimiser or a schedule: its name and its settings."""

    model_config = ConfigDict(strict=True)

    name: str
    settings: dict[str, float | int | bool] = Field(default={})


NUMBERS = ("bool", "float", "int", bool, float, int)


def named(what: str, known: Mapping[str, type[Any]]) -> str:
    """The words for a choice of one of `known`, each a dataclass of its settings; those that are numbers are told."""
    told = []
    for name, one in known.items():
        settings = ", ".join(field.name for field in fields(one) if field.type in NUMBERS)
        told.append(f"`{name}` ({settings})" if settings else f"`{name}`")
    return f"The {what}: {'; '.join(told)}."


Optimizer = Annotated[Named, Field(description=named("update rule and its settings", RULES))]
Schedule = Annotated[Named, Field(description=named("learning rate's schedule and its settings", SCHEDULES))]


class StateDocument(Model):
    """Where a run stands: everything that it carries from one step to the next."""

    model_config = ConfigDict(strict=True)

    step: Annotated[int, Field(ge=0)]
    parameters: GivenByName
    optimizer_step: Annotated[int, Field(ge=0)] = 0
    moments: dict[str, GivenByName] = Field(default={})


class TrainRequest(RunRequest, Writing):
    """A training run: a program, data, an optimiser, and how far to go from which state."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": LINE,
                    "data": {"name": "line", "count": 64},
                    "optimizer": {"name": "sgd", "settings": {"learning_rate": 0.1}},
                    "steps": 20,
                }
            ]
        }
    )

    data: DataRequest = DataRequest()
    optimizer: Optimizer = Named(name="sgd")
    schedule: Schedule = Named(name="constant")
    steps: Annotated[int, Field(ge=1, le=1_000_000, description="Updates to make.")] = 100
    batch_size: Annotated[int | None, Field(ge=1, description="Examples a step; the program's by default.")] = None
    validation: Annotated[float, Field(ge=0, lt=1, description="Share of the examples that is held back.")] = 0.2
    validate_every: Annotated[int, Field(ge=0)] = 10
    snapshot_every: Annotated[int, Field(ge=0, description="Steps between snapshots of all arrays; 0 for none.")] = 0
    histogram_every: Annotated[
        int, Field(ge=0, description="Steps between histograms of parameters and gradients; 0 for none.")
    ] = 0
    report_every: Annotated[int, Field(ge=1)] = 1
    values_every: Annotated[
        int, Field(ge=0, description="Steps between events with the values of the next step; 0 for none.")
    ] = 0
    surface: Annotated[int, Field(ge=0, le=100, description="Points a side of the prediction's picture.")] = 0
    surface_every: Annotated[int, Field(ge=0)] = 0
    clip_norm: Annotated[float | None, Field(gt=0)] = None
    clip_value: Annotated[float | None, Field(gt=0)] = None
    output: Annotated[str | None, Field(description="The variable that is the prediction.")] = None
    state: Annotated[StateDocument | None, Field(description="Where to go on from, as an `end` event has it.")] = None


class SweepRequest(TrainRequest):
    """The same training for every point of a grid; a list that is empty leaves the run's own setting."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": LINE,
                    "data": {"name": "line", "count": 64},
                    "steps": 20,
                    "learning_rates": [0.03, 0.1, 0.3],
                    "seeds": [0, 1],
                }
            ]
        }
    )

    learning_rates: Annotated[
        list[Annotated[float, Field(gt=0, le=1e9)]], Field(max_length=1000, description="Learning rates.")
    ] = Field(default=[])
    seeds: Annotated[
        list[Annotated[int, Field(ge=0, le=2**53 - 1)]],
        Field(max_length=1000, description="Seeds of first values and minibatches."),
    ] = Field(default=[])
    widths: Annotated[
        dict[str, Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1, max_length=1000)]],
        Field(max_length=8, description="Named sizes of the program, each with the numbers to try."),
    ] = Field(default={})
    skip: Annotated[
        list[int], Field(max_length=1000, description="Numbers of runs whose results are known: they are not run.")
    ] = Field(default=[])
    states: Annotated[
        dict[str, StateDocument],
        Field(
            max_length=1000,
            description="Where runs that have begun go on from, by their numbers, as an `end` event has it.",
        ),
    ] = Field(default={})


class UpdateDocument(Model):
    """What one update does to one parameter."""

    variable: str
    before: Array
    gradient: Array
    after: Array
    symbolic: list[str]
    numeric: str
    text: str


class RuleDocument(Model):
    """The optimiser's name, and its schedule as LaTeX."""

    name: str
    schedule: str


class ExamplesDocument(Model):
    """Training examples of one or two inputs."""

    inputs: Values
    targets: Values
    classes: int
    features: list[str]
    labels: list[str]
    threshold: Annotated[float | None, Field(description="The output above which the second class is predicted.")]


class SurfaceDocument(Model):
    """Predictions over the plane of two inputs, or the line of one."""

    axes: Values
    predictions: Values


class Opening(Model):
    """What a run is about."""

    target: str
    output: str | None
    parameters: Annotated[dict[str, list[int]], Field(description="What is trained, and the shapes.")]
    batch_size: int
    epoch_steps: int
    sizes: Annotated[dict[str, int], Field(description="Named sizes, which a sweep can change.")]
    examples: Annotated[ExamplesDocument | None, Field(description="null for more than two inputs.")]


class StartResponse(Opening):
    """A run before its first step: its examples, and what is predicted of them."""

    surface: SurfaceDocument | None


class FeedDocument(Model):
    """A variable that is fed, with all its examples; `axis` is theirs, null where a run reads a single one."""

    name: str
    axis: int | None
    examples: Values | None = None
    held: Annotated[Values | None, Field(description="Those of the validation.")] = None
    plane: Annotated[Values | None, Field(description="The points of the prediction's picture.")] = None


class PageRun(Model):
    """A run for a page's own kernels; minibatches follow from the seed, as the server draws them."""

    plan: PagePlan
    fixed: Annotated[dict[str, Array], Field(description="Values that are neither fed nor trained.")]
    first: Annotated[dict[str, Array], Field(description="The parameters at step 0.")]
    batch: Annotated[int, Field(description="Examples that a run reads.")]
    batched: Annotated[bool, Field(description="false: gradients of single examples are averaged.")]
    count: Annotated[int, Field(description="Examples.")]
    held: Annotated[int, Field(description="Examples of the validation.")]
    feeds: list[FeedDocument]
    targets: Values | None
    held_targets: Values | None
    classes: Annotated[int, Field(description="Of a classification; otherwise 0.")]
    threshold: float | None
    output_axis: Annotated[int | None, Field(description="Where examples lie in the prediction.")]
    axes: Annotated[Values | None, Field(description="Of the prediction's picture.")]


class PlanResponse(Opening):
    """A run that a page makes by itself."""

    step_flops: Annotated[int, Field(description="Floating-point operations of a step.")]
    run: Annotated[
        PageRun | None, Field(description="null where the run is too large for a page, or lacks a kernel there.")
    ]


class StepResponse(Model):
    """One step of a run: values whose trace is its forward and backward pass, and its update."""

    step: int
    averaged: Annotated[
        int, Field(description="Examples whose gradients the update averages; the values are those of the first.")
    ]
    sizes: Annotated[dict[str, int], Field(description="Sizes other than the program's own to trace it with.")]
    values: dict[str, Array]
    update: list[UpdateDocument]
    rule: RuleDocument


class DatasetDocument(Model):
    """A generated set that a program can be trained on."""

    name: str
    noise: Annotated[float, Field(description="Its usual noise.")]
    classes: int | None
    features: int | None
    text: str


class DatasetsResponse(Model):
    """The generated sets that fit a program, the likeliest first."""

    datasets: list[DatasetDocument]
