"""The courses of docs/course: they build, every right answer is accepted, every typical wrong answer is recognised, and
the numbers that others published come out."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import tidegraph
from tidegraph.app.integrations import lessons, questions
from tidegraph.engine.language.parser import parse
from tidegraph.engine.teaching import answers, individual, tour
from tidegraph.engine.teaching.exercise import Exercise
from tidegraph.engine.teaching.misconceptions import CODES
from tidegraph.engine.trace.structure import Structure

COURSES = Path(__file__).parents[3] / "docs" / "course"
FENCE = re.compile(r"^```(tide-question|tide-tour)(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LESSONS = sorted(COURSES.glob("*/*.md"))


def fences(lesson: Path, kind: str) -> list[tuple[str, str, str]]:
    """Options, program and text of the fences of a kind."""
    found = []
    for name, options, body in FENCE.findall(lesson.read_text(encoding="utf-8")):
        example = re.search(r'example="(\w+)"', options)
        if name == kind:
            found.append((options, *questions.parts(body, example[1] if example else "")))
    return found


def response(answer: object) -> object:
    """An answer as a learner gives it."""
    if isinstance(answer, frozenset):
        return min(answer)
    if isinstance(answer, (np.ndarray, np.generic)):
        return answer.tolist()
    return list(answer) if isinstance(answer, tuple) else answer


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_every_question_knows_right_and_typical_wrong_answers(lesson: Path) -> None:
    asked = fences(lesson, "tide-question")
    names = [re.findall(r'name="([\w-]+)"', options)[0] for options, _, _ in asked]
    assert names == ["predict", "fade-1", "fade-2", "fade-3", "trap", "recall"]
    for name, (_, program, text) in zip(names, asked, strict=True):
        exercise = Exercise(parse(program), text)
        posed = individual.pose(exercise, "ada")
        assert answers.judge(posed, response(posed.answer)).correct
        for wrong in posed.wrongs:
            verdict = answers.judge(posed, response(wrong.answer))
            assert (verdict.correct, verdict.misconception) == (False, wrong.code), (name, wrong)
        codes = {wrong.code for wrong in posed.wrongs}
        own = {one.case for one in exercise.question.feedback} & set(CODES)
        assert own <= codes, (name, own - codes)
        assert posed.wrongs or name != "trap"
    (_, program, text), *more = fences(lesson, "tide-tour")
    assert not more
    tour.check(tour.read(text), Structure(parse(program), None))


def test_the_languages_have_the_same_programs_and_questions() -> None:
    for english in sorted((COURSES / "en").glob("*.md")):
        chinese = COURSES / "zh" / english.name
        for kind in ("tide-question", "tide-tour"):
            pairs = zip(fences(english, kind), fences(chinese, kind), strict=True)
            assert all((one[0], one[1]) == (other[0], other[1]) for one, other in pairs)


def test_a_course_is_built_with_its_packages(tmp_path: Path) -> None:
    written = lessons.build(COURSES / "classics", tmp_path / "site", ["scorm12", "cmi5"])
    assert [path.name for path in written] == ["site", "site-scorm12.zip", "site-cmi5.zip"]
    page = (tmp_path / "site" / "03-mazur.html").read_text(encoding="utf-8")
    assert 'data-questions="6"' in page
    assert "0.082167041" in page
    for course in ("en", "zh"):
        found = lessons.read_course(COURSES / course)
        assert [len(one.questions) for one in found.lessons] == [6, 6, 6, 7, 6, 6]


def program(lesson: str, name: str) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Values and gradients of a question's program."""
    asked = fences(COURSES / "classics" / f"{lesson}.md", "tide-question")
    text = next(text for options, text, _ in asked if f'"{name}"' in options)
    values, gradients = tidegraph.value_and_grad(tidegraph.parse(text))()
    return values, gradients


def test_published_numbers() -> None:
    values, gradients = program("01-cs231n", "recall")
    assert (values["q"], values["f"]) == (3, -12)
    assert [float(gradients[name]) for name in "xyz"] == [-4, -4, 3]
    values, gradients = program("01-cs231n", "fade-3")
    assert round(float(values["f"]), 2) == 0.73
    assert [round(float(gradients[n]), 2) for n in ("w0", "w1", "w2", "x0", "x1")] == [-0.2, -0.39, 0.2, 0.39, -0.59]

    values, gradients = program("02-micrograd", "fade-2")
    assert round(float(values["o"]), 4) == 0.7071
    names = ("x1", "w1", "x2", "w2", "n")
    assert [round(float(gradients[n]), 9) for n in names] == [-1.5, 1.0, 0.5, 0.0, 0.5]

    values, gradients = program("03-mazur", "fade-3")
    assert values["h"] == pytest.approx([0.593269992, 0.596884378], abs=1e-9)
    assert values["o"] == pytest.approx([0.751365070, 0.772928465], abs=1e-9)
    assert float(values["E"]) == pytest.approx(0.298371109, abs=1e-9)
    second, first = gradients["W2"], gradients["W1"]
    assert float(second[0, 0]) == pytest.approx(0.082167041, abs=1e-9)
    assert float(first[0, 0]) == pytest.approx(0.000438568, abs=1e-9)
    # The weights after one step with the learning rate 0.5, as published.
    after = np.array([[0.40, 0.45], [0.50, 0.55]]) - 0.5 * second
    assert after == pytest.approx(np.array([[0.35891648, 0.408666186], [0.511301270, 0.561370121]]), abs=1e-9)
    after = np.array([[0.15, 0.20], [0.25, 0.30]]) - 0.5 * first
    assert after == pytest.approx(np.array([[0.149780716, 0.19956143], [0.24975114, 0.29950229]]), abs=1e-8)
