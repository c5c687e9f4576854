"""The requests and responses of second derivatives: what levels cost, their graphs, the Hessian at a point, shapes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from tidegraph.app.api.schemas.runs import Model, RunRequest, TraceRequest, TraceResponse, Values

SMALL = "w: parameter[2] = [1, 2]\nA = [[3, 1], [1, 2]]\nJ = w @ A @ w / 2"
LAYER = "X: input[6, 4]\nW: parameter[4, 3]\nZ = X @ W\nJ = sum(relu(Z)) / 6"

LevelName = Literal["value", "gradient", "hessian-vector product", "hessian"]


class LevelsRequest(RunRequest):
    """A program whose levels of differentiation are compared."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": SMALL}]})

    measure: Annotated[bool, Field(description="Also run each level and take its time.")] = True


class LevelDocument(Model):
    """One level: nodes of its graph, and what one evaluation costs."""

    name: LevelName
    variables: int
    operators: int
    flops: int
    bytes: Annotated[int, Field(description="The planned peak, with the result.")]
    seconds: Annotated[float | None, Field(description="Median of measured runs; null where it was not measured.")]
    measured: Annotated[bool, Field(description="False where the time is one product's times the parameters.")]
    ratio: Annotated[float, Field(description="FLOPs over those of the value.")]
    time_ratio: Annotated[float | None, Field(description="Seconds over those of the value.")]


class LevelsResponse(Model):
    """Value, gradient (with its value), Hessian-vector product and Hessian beside each other."""

    target: str
    parameters: Annotated[dict[str, list[int]], Field(description="What it is differentiated by, and the shapes.")]
    size: Annotated[int, Field(description="Numbers in them: the Hessian takes so many products.")]
    levels: list[LevelDocument]


class PictureRequest(TraceRequest):
    """A program, and the level of differentiation whose graph is wanted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": SMALL, "level": "gradient"}]})

    level: Annotated[LevelName, Field(description="The gradient's graph holds the forward graph as well.")]


class Tie(Model):
    """A node of the picture, and the variable of the program that it is a derivative by."""

    derivative: str
    variable: str


class PictureResponse(TraceResponse):
    """A level as a trace that only runs forward, in which derivatives are variables like any other."""

    level: LevelName
    ties: list[Tie]
    orders: Annotated[
        dict[str, int],
        Field(description="1 for variables of the backward pass, 2 for what differentiates that again, by name."),
    ]


class CurvatureRequest(RunRequest):
    """A point at which second derivatives are wanted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": SMALL, "learning_rate": 0.1}]})

    wrt: Annotated[
        list[str] | None, Field(min_length=1, description="Declared variables; the parameters by default.")
    ] = None
    learning_rate: Annotated[float, Field(gt=0, le=1e6, description="Of the gradient step.")] = 0.1
    damping: Annotated[
        float, Field(ge=0, le=1e12, description="Added to the Hessian's diagonal for Newton's step.")
    ] = 0.0


class HessianDocument(Model):
    """The matrix of second derivatives and what it says of the point."""

    matrix: Values
    eigenvalues: Annotated[Values, Field(description="Ascending.")]
    condition: Annotated[float | Literal["Infinity"], Field(description="Largest over smallest magnitude.")]
    definite: Annotated[
        Literal["minimum", "maximum", "saddle", "flat"],
        Field(description="All curvatures positive, all negative, of both signs; flat where some are 0."),
    ]


class LineDocument(Model):
    """Slope and curvature against the gradient, and where the parabola through them is lowest."""

    slope: Values
    curvature: Values
    best: Annotated[Values | None, Field(description="Learning rate at its lowest point; null where it has none.")]
    change: Annotated[Values | None, Field(description="What the parabola promises there.")]
    actual: Annotated[Values | None, Field(description="What the target really does there.")]


class PathDocument(Model):
    """The target against the gradient, at a row of learning rates, beside the parabola of slope and curvature."""

    rates: list[float]
    target: Values
    parabola: Values


class StepTakenDocument(Model):
    """One step: its length, the target before and after it, and the parameters that it leads to."""

    name: Literal["gradient", "newton"]
    length: Values
    before: Values
    after: Values
    parameters: dict[str, Values]


class TooLarge(Model):
    """What is too large to be worked out, and how large it may be."""

    quantity: str
    value: int
    limit: int


class CurvatureResponse(Model):
    """Second derivatives of the target at a point; rows and columns of the Hessian are `slices` of the parameters."""

    target: str
    size: int
    slices: Annotated[dict[str, tuple[int, int]], Field(description="First row and the one after the last, by name.")]
    shapes: dict[str, list[int]]
    gradient: Values
    line: LineDocument
    path: PathDocument
    hessian: Annotated[HessianDocument | None, Field(description="null where it is too large.")]
    steps: Annotated[list[StepTakenDocument], Field(description="Gradient step and Newton's; empty without Hessian.")]
    too_large: TooLarge | None


class ShapesRequest(RunRequest):
    """A program and one of its variables."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": LAYER, "name": "W"}]})

    name: Annotated[str, Field(description="The variable that is differentiated by.")]
    of: Annotated[
        str | None, Field(description="What the full Jacobian is of; what reads the variable first by default.")
    ] = None


class JacobianShape(Model):
    """The shape of dY/dX: the axes of Y, then those of X."""

    of: str
    latex: str
    shape: list[int]
    size: int
    operator: Annotated[str, Field(description="What computes Y.")]
    direct: Annotated[bool, Field(description="Whether that reads the variable itself.")]
    entry: Annotated[str, Field(description="One of its numbers, as LaTeX.")]
    product: Annotated[str, Field(description="What flows back through it, the chapter's prod, as LaTeX.")]


class JacobianValues(Model):
    """The numbers of one Jacobian, or why they are not worked out."""

    of: str
    values: Values | None
    zeros: Annotated[int | None, Field(description="How many of them are 0.")]
    too_large: TooLarge | None


class ShapesResponse(Model):
    """Shapes of the derivatives by one variable: its gradient's is its own."""

    name: str
    latex: str
    shape: list[int]
    size: int
    role: str
    target: str
    target_latex: str
    reaches: Annotated[bool, Field(description="Whether the target depends on it; else its gradient is zero.")]
    entry: Annotated[str, Field(description="One number of the gradient, as LaTeX.")]
    gradient: Values
    jacobians: list[JacobianShape]
    jacobian: JacobianValues | None
