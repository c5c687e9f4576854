"""An assignment: a program, perhaps with gaps, and questions on it, in one text.

```
x: input[3] = [1, 2, -1]
W: parameter[2, 3]
z = {{ W @ x }}
J = sum(z ** 2)
---
name: q1
points: 2
ask: gradient of W[0, 1]
numbers: individual
```

What stands between `{{` and `}}` is the solution; what is handed out has a gap there. A submission is a file of
answers, the completed program, or Python with the backward pass written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np

from tidegraph.engine.graph import Graph, InputError, TidegraphError
from tidegraph.engine.language.parser import parse
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.runtime.function import function, value_and_grad
from tidegraph.engine.runtime.values import initial_values
from tidegraph.engine.teaching import answers, individual
from tidegraph.engine.teaching.exercise import Exercise
from tidegraph.engine.teaching.question import read

LINE = re.compile(r"^[ \t]*---+[ \t]*$", re.MULTILINE)
GAP = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
BLANK = "____"
"""What stands in the place of a gap in what is handed out."""

DRAWS = 3
"""Sets of numbers that a completed program is compared at."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """The solution, what is handed out, and the questions by name; `graphs` are of those on other programs."""

    program: str
    handout: str
    questions: Mapping[str, str]
    graph: Graph
    graphs: Mapping[str, Graph] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The hash of program and questions, 32 hexadecimal digits: results name it."""
        whole = "\n---\n".join((self.program, *(f"{name}\n{text.strip()}" for name, text in self.questions.items())))
        return sha256(whole.encode(errors="backslashreplace")).hexdigest()[:32]

    @property
    def has_gaps(self) -> bool:
        """Whether learners complete the program."""
        return self.handout != self.program


@dataclass(frozen=True, slots=True)
class Mark:
    """The result of one item: a question, a variable's value, or a gradient."""

    item: str
    correct: bool
    points: float
    score: float
    misconception: str = ""
    right: int | None = None
    entries: int | None = None
    first_wrong: str = ""
    feedback: str = ""


def read_assignment(text: str) -> Assignment:
    """The assignment in a text. Raises a TidegraphError for a program or a question that is wrong."""
    written, *rest = LINE.split(text)
    if written.count("{{") != written.count("}}"):
        raise InputError("assignment-gap-open", open="{{", close="}}")
    program = GAP.sub(lambda gap: gap[1].strip(), written).strip() + "\n"
    handout = GAP.sub(BLANK, written).strip() + "\n"
    graph = parse(program)
    questions: dict[str, str] = {}
    for number, part in enumerate((p for p in rest if p.strip()), 1):
        name = read(part).name or f"q{number}"
        if name in questions:
            raise InputError("assignment-name-twice", name=name)
        Exercise(graph, part)
        questions[name] = part
    return Assignment(program, handout, questions, graph)


def mark_answers(assignment: Assignment, given: Mapping[str, Any], learner: str) -> Iterator[Mark]:
    """Every question with the response to it; one without a response is wrong."""
    for name, text in assignment.questions.items():
        exercise = Exercise(assignment.graphs.get(name, assignment.graph), text)
        points = exercise.question.points
        if name not in given:
            yield Mark(name, False, points, 0.0, feedback=Message("answer-empty").text())
            continue
        posed = individual.pose(exercise, learner)
        try:
            yield marked(name, answers.judge(posed, given[name]), points, np.shape(posed.answer))
        except TidegraphError as error:
            yield Mark(name, False, points, 0.0, feedback=error.describe(None))


def marked(item: str, verdict: answers.Verdict, points: float, shape: tuple[int, ...] = ()) -> Mark:
    """A verdict as a row: of an array, the part that is right counts."""
    right = entries = None
    first = ""
    score = points if verdict.correct else 0.0
    if verdict.entries is not None:
        right, entries = sum(verdict.entries), len(verdict.entries)
        wrong = None if verdict.correct else np.unravel_index(verdict.entries.index(False), shape)
        first = "" if wrong is None else str([int(i) for i in wrong])
        score = points * right / entries
    return Mark(
        item, verdict.correct, points, score, verdict.misconception or "", right, entries, first,
        " ".join(verdict.texts()),
    )  # fmt: skip


def mark_program(assignment: Assignment, text: str) -> Iterator[Mark]:
    """A completed program: the value of every variable that the solution names, and every parameter's gradient.

    Both programs run with the same numbers, several times, so that a coincidence is no agreement.
    """
    graph = parse(text)
    items = named_items(assignment.graph)
    for number in range(DRAWS):
        given = numbers(assignment.graph, number)
        expected = computed(assignment.graph, given)
        known = {n: v for n, v in given.items() if n in graph.leaves()}
        found = computed(graph, known)
        rows = [compared(assignment, item, found.get(item), expected[item], given) for item in items]
        if number == DRAWS - 1 or any(not row.correct for row in rows):
            yield from rows
            return


def mark_gradients(
    assignment: Assignment, found: Mapping[str, Any], values: Mapping[str, np.ndarray]
) -> Iterator[Mark]:
    """Gradients that a learner's own program computed with `values`, entry by entry against the engine's."""
    expected = computed(assignment.graph, values)
    for item in named_items(assignment.graph):
        if item.startswith("gradient "):
            yield compared(assignment, item, found.get(item.removeprefix("gradient ")), expected[item], values)


def named_items(graph: Graph) -> list[str]:
    """What is compared: values of the variables that the program computes and names, gradients of parameters."""
    computed_names = [f"value {n}" for v, n in graph.named.items() if v.leaf is None and n not in graph.sizes]
    if graph.target is None:
        return computed_names
    return computed_names + [f"gradient {n}" for n in graph.leaves("parameter")]


def numbers(graph: Graph, draw: int) -> dict[str, np.ndarray]:
    """The program's own numbers first, then others for what it does not state."""
    return initial_values(graph, draw)


def computed(graph: Graph, given: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Values and gradients of a program by item."""
    if graph.target is None:
        (values,) = function(graph, graph.variables)(given)
        return {f"value {n}": v for n, v in values.items()}
    values, gradients = value_and_grad(graph)(given)
    zeros = {f"gradient {n}": np.zeros(v.shape) for n, v in graph.leaves("parameter").items()}
    return zeros | {f"value {n}": v for n, v in values.items()} | {f"gradient {n}": g for n, g in gradients.items()}


def compared(
    assignment: Assignment, item: str, found: Any, expected: np.ndarray, given: Mapping[str, np.ndarray]
) -> Mark:
    """One array of a submission against the engine's, entry by entry, with the mistake that explains it."""
    of, _, name = item.partition(" ")
    if found is None:
        return Mark(item, False, 1.0, 0.0, feedback=Message("mark-missing", item=item).text())
    try:
        array = np.asarray(found, float)
    except (TypeError, ValueError):
        return Mark(item, False, 1.0, 0.0, feedback=Message("mark-no-numbers", item=item).text())
    if array.shape == expected.shape and np.allclose(array, expected, rtol=1e-4, atol=1e-6, equal_nan=True):
        return Mark(item, True, 1.0, 1.0, right=expected.size, entries=expected.size)
    code, text = "", ""
    if array.size <= 4096:
        exercise = Exercise(assignment.graph, f"ask: number {named(of, name)}\ntolerance: 0.01%")
        verdict = answers.judge(exercise.at(given), array)
        code, text = verdict.misconception or "", " ".join(verdict.texts())
    if array.shape != expected.shape:
        if (
            not code
            and array.ndim > 1
            and array.shape == expected.shape[::-1]
            and np.allclose(array.T, expected, rtol=1e-4)
        ):
            code, text = "shape-transposed", Message("misconception-shape-transposed").text()
        return Mark(
            item,
            False,
            1.0,
            0.0,
            code,
            feedback=text or Message("answer-shape", given=array.shape, shape=expected.shape).text(),
        )
    close = np.isclose(array, expected, rtol=1e-4, atol=1e-6, equal_nan=True)
    first = [int(i) for i in np.argwhere(~close)[0]]
    right, entries = int(close.sum()), int(close.size)
    if not np.isfinite(array).all() and np.isfinite(expected).all():
        code, text = "", Message("mark-not-finite", item=item).text()
    return Mark(item, False, 1.0, right / entries, code, right, entries, str(first) if first else "", text)


def named(of: str, name: str) -> str:
    """An array as an expression of a question."""
    return f"gradient({name})" if of == "gradient" else name
