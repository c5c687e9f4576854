"""What `/api/v1/question` and `/api/v1/answer` take and answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from tidegraph.app.api.schemas.runs import MATRICES, Array, MessageData, Model, RunRequest

Response = str | float | int | list[Any]


class QuestionRequest(RunRequest):
    """A question on a program. The answer is never sent."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"program": MATRICES, "question": "ask: gradient of W[0, 1]"}]}
    )

    question: Annotated[str, Field(description="Lines `key: text`; see the documentation of teaching tools.")]
    learner: Annotated[
        str, Field(max_length=1000, description="A name or id: with `numbers: individual` it draws the numbers.")
    ] = ""


class AnswerRequest(QuestionRequest):
    """A response to a question."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"program": MATRICES, "question": "ask: shape of gradient W", "response": "[3, 4]"}]
        }
    )

    response: Annotated[
        Response, Field(description="A number, nested lists, or text as a learner types it: `1/2`, `[5, 4]`, `+`.")
    ]


class AuthorText(Model):
    """What an author wrote."""

    text: str


class Choice(Model):
    """One of the choices."""

    id: Annotated[str, Field(description="What a response names.")]
    text: str
    latex: str


class Form(Model):
    """What a learner fills in."""

    type: Literal["number", "whole", "array", "shape", "sign", "choice"]
    shape: list[int]
    choices: list[Choice]


class Hidden(Model):
    """What is not shown until the question is answered, by the names of variables."""

    values: list[str]
    gradients: list[str]


class QuestionResponse(Model):
    """A question as a page asks it."""

    name: Annotated[str, Field(description="The name that the question gives itself; empty without one.")] = ""
    prompt: Annotated[str, Field(description="In the language that the request asks for, or the author's.")]
    message: Annotated[MessageData | AuthorText, Field(description="The prompt as data.")]
    kind: str
    form: Form
    hints: Annotated[list[str], Field(description="In the order in which a learner gets them.")]
    hidden: Hidden
    individual: Annotated[bool, Field(description="Whether each learner has other numbers.")]
    variant: Annotated[int | None, Field(description="Which set of numbers the learner has.")]
    values: Annotated[dict[str, Array], Field(description="The individual numbers, by variable.")]


class AnswerResponse(Model):
    """What is said about a response."""

    correct: Annotated[bool, Field(description="Whether the response is right within the tolerance.")]
    misconception: Annotated[str | None, Field(description="The mistake that gives this answer, by its code.")]
    feedback: Annotated[list[str], Field(description="Sentences, in the language that the request asks for.")]
    messages: Annotated[list[MessageData | AuthorText], Field(description="The same as data.")]
    place: Annotated[list[str], Field(description="Ids of the nodes where the mistake is.")]
    entries: Annotated[list[bool] | None, Field(description="Of an array, which entries are right, row by row.")]
