"""What `/api/v1/code` takes and answers: a program as source text for a framework."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from tidegraph.app.api.schemas.runs import SCALARS, Model, RunRequest


class CodeRequest(RunRequest):
    """A run, and the framework that its code is for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"program": SCALARS, "to": "numpy"}]})

    to: Annotated[Literal["pytorch", "jax", "numpy"], Field(description="The framework that the code imports.")] = (
        "pytorch"
    )
    backward: Annotated[
        bool | None,
        Field(description="Whether the backward pass is written out, line by line; by default for NumPy alone."),
    ] = None


class CodeResponse(Model):
    """One file of Python."""

    code: Annotated[str, Field(description="The text: values, the loss, its gradients, and a check at the end.")]
