"""The request and response of a health check."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tidegraph.app.api.schemas.runs import Model, RunRequest


class HealthRequest(RunRequest):
    """A program that is checked in one run."""

    learning_rate: Annotated[
        float | None,
        Field(gt=0, description="Also check whether a step of gradient descent of this rate is beyond 2 / curvature."),
    ] = None


class GuardDocument(Model):
    """An expression of the program and what replaces it, so that the run is finite."""

    before: str
    after: str
    program: Annotated[str, Field(description="The whole program with the replacement.")]


class FindingDocument(Model):
    """One thing that is wrong."""

    code: Annotated[str, Field(description="What is wrong, as a name: vanishing, dead, symmetric, ...")]
    place: Annotated[str, Field(description="The variable where it shows.")]
    evidence: Annotated[dict[str, Any], Field(description="The numbers that show it.")]
    message: Annotated[str, Field(description="The finding with its numbers, as a sentence.")]
    advice: Annotated[str, Field(description="What to try.")]
    guards: Annotated[
        list[GuardDocument],
        Field(default=[], description="Edits after which this run is finite, for numbers that are not."),
    ]


class HealthResponse(Model):
    """What is wrong with a network; nothing, where it is healthy."""

    target: Annotated[str, Field(description="The scalar whose gradients were looked at.")]
    healthy: Annotated[bool, Field(description="Whether nothing is wrong.")]
    findings: Annotated[list[FindingDocument], Field(description="What is wrong, each with its evidence.")]
