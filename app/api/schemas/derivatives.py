"""The requests and responses of derivatives beyond the gradient."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from tidegraph.app.api.schemas.costs import SavedDocument
from tidegraph.app.api.schemas.runs import MATRICES, SCALARS, Given, GivenByName, Model, RunRequest, Values, Word


class DirectionRequest(RunRequest):
    """A run, and directions in declared variables."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"program": MATRICES, "directions": {"x": [1, 0, 0, 0]}}]}
    )

    directions: Annotated[GivenByName, Field(description="A direction of each variable's own shape, by name.")]


class TangentsRequest(RunRequest):
    """A run, and one declared variable whose direction is pushed forward."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": MATRICES, "wrt": "x"}]})

    wrt: Annotated[str, Field(description="The declared variable.")]
    direction: Annotated[
        Given | None, Field(description="A direction of its shape; the first basis vector by default.")
    ] = None


class JacobianRequest(RunRequest):
    """A run, and two of its variables."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": MATRICES, "of": "z", "wrt": "x"}]})

    of: Annotated[str, Field(description="The variable to differentiate.")]
    wrt: Annotated[str, Field(description="The variable to differentiate with respect to.")]


class HessianRequest(RunRequest):
    """A run, and the variables whose second derivatives are wanted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": SCALARS, "wrt": ["a", "b"]}]})

    wrt: Annotated[list[str], Field(description="Declared variables; the parameters by default.")] = Field(default=[])


class CheckRequest(RunRequest):
    """A run whose gradients are compared with numerical ones."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": MATRICES}]})

    wrt: Annotated[list[str], Field(description="Declared variables; all of them by default.")] = Field(default=[])


class JvpResponse(Model):
    """Forward mode: how every named result moves along the directions."""

    tangents: dict[str, Values]


class HvpResponse(Model):
    """Second derivatives of the target times the directions."""

    target: str
    products: dict[str, Values]


class JacobianResponse(Model):
    """Every derivative of one variable with respect to another."""

    of: str
    wrt: str
    shape: Annotated[list[int], Field(description="The axes of `of`, then those of `wrt`.")]
    jacobian: Values


class HessianResponse(Model):
    """Second derivatives of the target, a block for every pair of variables."""

    target: str
    blocks: Annotated[dict[str, dict[str, Values]], Field(description="Axes of the first, then of the second.")]


class CheckedGradient(Model):
    """The gradient of one variable, analytic and numerical."""

    analytic: Values
    numerical: Values
    error: Annotated[float | Word, Field(description="Largest difference, relative to the larger of the two and 1.")]
    method: Annotated[str, Field(description="central differences or complex step")]
    agrees: bool
    kinks: Annotated[
        list[str], Field(description="Operators on the way whose documented kink lies at these values; mostly none.")
    ]
    left: Annotated[Values | None, Field(description="At a kink, the slope to the left of every element.")] = None
    right: Annotated[Values | None, Field(description="At a kink, the slope to the right of every element.")] = None


class CheckResponse(Model):
    """Gradients of declared variables beside numerical ones of the target."""

    target: str
    variables: dict[str, CheckedGradient]


class KeptResponse(Model):
    """What is kept from the forward pass for the backward pass."""

    target: str
    kept: list[SavedDocument]


class TangentStep(Model):
    """One operator's Jacobian-vector product."""

    operator: str
    scope: str
    inputs: list[str]
    outputs: list[str]
    tangents: list[Values]
    equation: dict[str, str]
    text: str


class ModeFlops(Model):
    """Floating-point operations of the value and of both modes."""

    value: int
    forward_mode: int
    forward_mode_all_directions: int
    reverse_mode: int | None


class TangentsResponse(Model):
    """Forward mode from one variable, step by step."""

    wrt: str
    direction: Values
    tangents: dict[str, Values]
    steps: list[TangentStep]
    flops: ModeFlops
