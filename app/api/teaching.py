"""Questions: a question is posed without its answer, and a response is judged. Pure functions of their requests."""

from __future__ import annotations

from typing import Any

from tidegraph.app.api import quotas, runs
from tidegraph.app.api.arrays import encode
from tidegraph.app.api.compiled import Program
from tidegraph.app.api.schemas.teaching import AnswerRequest, QuestionRequest
from tidegraph.app.settings import Settings
from tidegraph.engine.teaching import answers, individual
from tidegraph.engine.teaching.exercise import Exercise, Posed


def question(request: QuestionRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/question`."""
    exercise, posed = ready(request, settings)
    return asked(exercise, posed, request.learner)


def answer(request: AnswerRequest, settings: Settings) -> dict[str, Any]:
    """The answer of `/api/v1/answer`."""
    _, posed = ready(request, settings)
    return answers.judge(posed, request.response).to_dict()


def ready(request: QuestionRequest, settings: Settings) -> tuple[Exercise, Posed]:
    """The question with the learner's numbers, once what it costs is known to be within the quotas."""
    program = runs.ready(request, settings)
    exercise = exercise_of(program, request)
    return exercise, individual.pose(exercise, request.learner, request.values, request.seed)


def exercise_of(program: Program, request: QuestionRequest) -> Exercise:
    """The question compiled; it is kept with the program."""

    def make() -> Exercise:
        made = Exercise(program.graph, request.question, request.dtype)
        if made.plan is not None:
            quotas.check_plan(made.plan, program.settings)
        return made

    return program.made(("exercise", request.question, request.dtype), make)


def asked(exercise: Exercise, posed: Posed, learner: str) -> dict[str, Any]:
    """A question as a page asks it, in the language of whoever is being answered."""
    form = answers.form(posed)
    one_each = exercise.question.individual is not None
    return {
        "name": exercise.question.name,
        "prompt": exercise.prompt(),
        "message": {"text": exercise.question.prompt} if exercise.question.prompt else exercise.asks().to_dict(),
        "kind": exercise.question.asked.kind,
        "form": {"type": form.type, "shape": list(form.shape), "choices": [dict(c) for c in form.choices]},
        "hints": list(exercise.question.hints),
        "hidden": exercise.hidden,
        "individual": one_each,
        "variant": individual.variant_of(learner) if one_each else None,
        "values": {n: encode(posed.values[n]) for n in individual.names(exercise)} if one_each else {},
    }
