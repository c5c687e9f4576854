"""Submissions of every kind against one assignment."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import tidegraph
from tidegraph.app.cli import main
from tidegraph.engine.graph import InputError
from tidegraph.engine.teaching import signing
from tidegraph.engine.teaching.assignment import read_assignment

ASSIGNMENT = """
x: input[2] = [2, 1]
y: target = 1
W: parameter[2, 2] = [[1, 2], [3, 4]]
v: parameter[2] = [1, -2]
z = {{ W @ x }}
o = sum(v * relu(z))
J = (o - y) ** 2 + 0.1 * sum(W ** 2)
---
name: path
points: 2
ask: gradient of W[1, 0]
---
ask: value of z
numbers: individual x
---
ask: paths from W to J
"""
SOLUTION = read_assignment(ASSIGNMENT)


def rows(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[tuple[str, str], dict[str, str]]:
    """The table of a folder: (submission, item) -> row."""
    (folder / "a.txt").write_text(ASSIGNMENT)
    main(["grade", str(folder / "a.txt"), str(folder / "in"), *options])
    return {(row["submission"], row["item"]): row for row in csv.DictReader(capsys.readouterr().out.splitlines())}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path


def test_answers_are_judged_with_the_learners_numbers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tidegraph.engine.teaching.exercise import Exercise
    from tidegraph.engine.teaching.individual import pose

    z = pose(Exercise(SOLUTION.graph, SOLUTION.questions["q2"]), "ada").answer.tolist()
    (folder / "in" / "ada.json").write_text(json.dumps({"path": 0.6, "q2": [z[0], 77], "q3": "2"}))
    (folder / "in" / "bob.json").write_text(json.dumps({"learner": "=1+1", "answers": {"q3": "two"}}))
    found = rows(folder, capsys)
    assert found["ada.json", "path"]["misconception"] == "path-forgotten"
    assert [found["ada.json", "q2"][name] for name in ("score", "right", "entries", "first_wrong")] == [
        "0.5",
        "1",
        "2",
        "[1]",
    ]
    assert (found["ada.json", "total"]["score"], found["ada.json", "total"]["points"]) == ("1.5", "4")
    assert found["bob.json", "q3"]["feedback"] == "two is not a number"
    assert found["bob.json", "total"]["learner"] == "'=1+1"


def test_a_completed_program_is_computed_never_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "z = ____" in SOLUTION.handout
    (folder / "in" / "right.tide").write_text(SOLUTION.handout.replace("____", "(x @ W.T)"))
    (folder / "in" / "wrong.tide").write_text(SOLUTION.handout.replace("____", "x @ W"))
    (folder / "in" / "gap.tide").write_text(SOLUTION.handout)
    found = rows(folder, capsys)
    assert found["right.tide", "total"]["correct"] == "yes"
    assert found["wrong.tide", "value z"]["correct"] == "no"
    assert found["wrong.tide", "total"]["correct"] == "no"
    assert "____" in found["gap.tide", "total"]["feedback"]


def test_python_runs_only_on_request_and_within_limits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tidegraph.code(SOLUTION.program, to="numpy")
    assert "np.outer(dz, x)" in source
    (folder / "in" / "ada.py").write_text(source.replace("np.outer(dz, x)", "np.outer(x, dz)"))
    (folder / "in" / "bob.py").write_text("raise SystemExit('no')")
    (folder / "in" / "eve.py").write_text("print('hello')")
    refused = rows(folder, capsys)
    assert "--run-python" in refused["ada.py", "total"]["feedback"]
    found = rows(folder, capsys, "--run-python")
    wrong = found["ada.py", "gradient W"]
    assert (wrong["correct"], wrong["misconception"], wrong["right"], wrong["entries"]) == (
        "no", "product-not-transposed", "2", "4",
    )  # fmt: skip
    assert found["ada.py", "gradient v"]["correct"] == "yes"
    assert "failed: no" in found["bob.py", "total"]["feedback"]
    assert "no function loss_and_gradients" in found["eve.py", "total"]["feedback"]


def test_whatever_python_answers_or_prints_makes_rows(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tidegraph.code(SOLUTION.program, to="numpy")
    variants = {
        "loud": "import os\nos.write(1, b'{' * 20_000_000)\nprint('x' * 20_000_000)\n" + source,
        "nan": source.replace('"W": dW', '"W": dW * np.nan'),
        "words": source.replace('"W": dW', '"W": "abc"'),
        "alone": source.replace("return J, {", "return {"),
        "gone": "import os\nos._exit(0)\n",
    }
    for name, text in variants.items():
        (folder / "in" / f"{name}.py").write_text(text)
    (folder / "in" / "binary.tide").write_bytes(b"\xff\xfe")
    found = rows(folder, capsys, "--run-python")
    assert found["loud.py", "total"]["correct"] == "yes"
    assert "NaN" in found["nan.py", "gradient W"]["feedback"]
    assert "not an array of numbers" in found["words.py", "gradient W"]["feedback"]
    assert "the loss and a dict" in found["alone.py", "total"]["feedback"]
    assert "failed" in found["gone.py", "total"]["feedback"]
    assert (found["gone.py", "total"]["score"], found["gone.py", "total"]["points"]) == ("0", "2")
    assert "UTF-8" in found["binary.tide", "total"]["feedback"]


def test_results_are_signed_with_the_teachers_key(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "key").write_bytes(b"secret\n")
    content = {"learner": "ada", "answers": {"q3": 2}}
    signed = signing.sign(content, b"secret")
    (folder / "in" / "good.json").write_text(json.dumps(signed, indent=2))
    (folder / "in" / "forged.json").write_text(json.dumps({**signed, "answers": {"q3": 2, "path": 40.6}}))
    (folder / "in" / "bare.json").write_text(json.dumps(content))
    found = rows(folder, capsys, "--key", str(folder / "key"))
    assert found["good.json", "q3"]["signed"] == "yes"
    assert "signature does not match" in found["forged.json", "total"]["feedback"]
    assert "not signed" in found["bare.json", "total"]["feedback"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ASSIGNMENT.replace("}}", ""), "assignment-gap-open"),
        (ASSIGNMENT.replace("points: 2", "points: many"), "question-points"),
        (f"{ASSIGNMENT}---\nname: path\nask: value of o", "assignment-name-twice"),
    ],
)
def test_a_wrong_assignment_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_assignment(text)
    assert caught.value.code == code
