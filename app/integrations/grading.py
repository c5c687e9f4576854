"""`tidegraph grade`: a folder of submissions against an assignment, as a table.

Answers and programs are read and computed by the engine, and nothing of a submission is executed. A Python submission
runs only with `--run-python`, in a process of its own with limits.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tidegraph.engine.graph import InputError, TidegraphError
from tidegraph.engine.runtime.values import initial_values
from tidegraph.engine.teaching import signing
from tidegraph.engine.teaching.assignment import (
    Assignment,
    Mark,
    mark_answers,
    mark_gradients,
    mark_program,
    named_items,
)
from tidegraph.engine.teaching.question import read

COLUMNS = (
    "submission", "learner", "item", "correct", "score", "points", "misconception", "right", "entries", "first_wrong",
    "feedback", "signed", "attempts", "hints",
)  # fmt: skip

PROGRAMS = (".tide", ".txt")
SECONDS = 20
MEMORY = 2 * 1024**3
MOST_OUTPUT = 10_000_000
MOST_BYTES = 5_000_000

WARNING = """\
--run-python runs the Python programs of the submissions on this machine, with your rights. Each has a process of its
own with a limit of 20 seconds, 2 GB of memory and no files above 10 MB, but it can read, change and delete your files
and use your network. Run it only for submissions that you trust, best inside a container or a virtual machine."""


@dataclass(frozen=True, slots=True)
class Options:
    """How submissions are graded: whether Python runs, and the key that results are signed with."""

    run_python: bool = False
    key: bytes | None = None


def table(assignment: Assignment, folder: Path, options: Options) -> str:
    """The results of all submissions in a folder as CSV, each followed by its total."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for file in sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")):
        if file.suffix.lower() not in (".json", ".py", *PROGRAMS):
            continue
        for row in graded(assignment, file, options):
            rows.writerow([safe(value) for value in row])
    return out.getvalue()


def safe(value: object) -> object:
    """A cell that no spreadsheet takes for a formula: a submission's words may come from anyone."""
    text = str(value).encode(errors="replace").decode()
    if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{text}"
    return text if isinstance(value, str) else value


def graded(assignment: Assignment, file: Path, options: Options) -> Iterator[list[object]]:
    """The rows of one submission."""
    learner, signed = file.stem, ""
    counts: list[Mapping[str, Any]] = [{}, {}]
    marks: list[Mark] = []
    problem = ""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputError("answer-too-long", count=file.stat().st_size, most=MOST_BYTES)
        if file.suffix.lower() == ".json":
            content = answers_of(file)
            learner, signed = str(content.get("learner") or learner), signature_of(content, assignment, options)
            counts = [content[n] if isinstance(content.get(n), dict) else {} for n in ("attempts", "hints")]
            marks = list(mark_answers(assignment, content["answers"], learner))
        elif file.suffix.lower() == ".py":
            marks = list(python(assignment, file, options))
        else:
            marks = list(mark_program(assignment, text_of(file)))
    except TidegraphError as error:
        hint = error.advise(None)
        problem = f"{error}{f' ({hint})' if hint and hint not in str(error) else ''}"
    except OSError as error:
        problem = str(error)
    for mark in marks:
        yield [
            file.name, learner, mark.item, "yes" if mark.correct else "no", f"{mark.score:g}", f"{mark.points:g}",
            mark.misconception, blank(mark.right), blank(mark.entries), mark.first_wrong, mark.feedback, signed,
            *(blank(count.get(mark.item)) for count in counts),
        ]  # fmt: skip
    score = sum(m.score for m in marks)
    points = sum(m.points for m in marks) if marks else attainable(assignment, file.suffix.lower())
    whole = "yes" if marks and all(m.correct for m in marks) else "no"
    yield [file.name, learner, "total", whole, f"{score:g}", f"{points:g}", "", "", "", "", problem, signed, "", ""]


def attainable(assignment: Assignment, suffix: str) -> float:
    """The points of a submission that could not be marked."""
    if suffix == ".json":
        return sum(read(text).points for text in assignment.questions.values())
    items = named_items(assignment.graph)
    return float(sum(suffix != ".py" or item.startswith("gradient ") for item in items))


def blank(value: object) -> object:
    """A number, or nothing."""
    return "" if value is None else value


def text_of(file: Path) -> str:
    """What a file says. Raises InputError for one that is not UTF-8."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("submission-not-text") from None


def answers_of(file: Path) -> dict[str, Any]:
    """The answers in a JSON file: `{"learner": ..., "answers": {...}}`, or the answers alone."""
    try:
        content = json.loads(text_of(file))
    except json.JSONDecodeError as error:
        raise InputError("submission-not-json", reason=str(error)) from None
    if isinstance(content, dict) and isinstance(content.get("answers"), dict):
        return content
    if isinstance(content, dict) and content and "answers" not in content:
        return {"answers": content}
    raise InputError("submission-no-answers")


def signature_of(content: Mapping[str, Any], assignment: Assignment, options: Options) -> str:
    """What results are signed with, see signing.signer; nothing without a key.

    Raises InputError for a wrong signature, and for results of another assignment.
    """
    if content.get("assignment", assignment.id) != assignment.id:
        raise InputError("submission-assignment")
    if options.key is None:
        return ""
    if signing.SIGNATURE not in content:
        raise InputError("submission-unsigned")
    found = signing.signer(content, options.key, assignment.id)
    if not found:
        raise InputError("submission-signature")
    return found


def python(assignment: Assignment, file: Path, options: Options) -> Iterator[Mark]:
    """A Python submission: its gradients for the assignment's numbers, entry by entry."""
    if not options.run_python:
        raise InputError("submission-python")
    values = initial_values(assignment.graph)
    return mark_gradients(assignment, run(file, values), values)


HARNESS = """
import importlib.util, json, os, sys
import numpy as np
path, result, names = sys.argv[1], sys.argv[2], json.loads(sys.stdin.read())
values = {name: np.array(value, dtype=float) for name, value in names.items()}
spec = importlib.util.spec_from_file_location("submission", path)
module = importlib.util.module_from_spec(spec)
sys.stdout = open(os.devnull, "w")
spec.loader.exec_module(module)
if not hasattr(module, "loss_and_gradients"):
    sys.exit(3)
answer = module.loss_and_gradients(values)
if not isinstance(answer, (tuple, list)) or len(answer) != 2 or not isinstance(answer[1], dict):
    raise TypeError("loss_and_gradients returns the loss and a dict of gradients")
found = {}
for name, gradient in answer[1].items():
    try:
        found[str(name)] = np.asarray(gradient, dtype=float).tolist()
    except (TypeError, ValueError):
        found[str(name)] = "no numbers"
with open(result, "w") as out:
    json.dump(found, out)
"""


def run(file: Path, values: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The gradients that the function `loss_and_gradients` of a file answers, computed in a process with limits."""
    given = json.dumps({name: value.tolist() for name, value in values.items()})
    with TemporaryDirectory(prefix="tidegraph-grade-") as folder:
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": folder, "OPENBLAS_NUM_THREADS": "1"}
        result, errors = Path(folder) / "result.json", Path(folder) / "errors.txt"
        # What it prints goes nowhere, and what it says of errors into a file of limited size.
        with errors.open("wb") as said:
            try:
                done = subprocess.run(
                    [sys.executable, "-I", "-c", HARNESS, str(file.resolve()), str(result)],
                    input=given.encode(),
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    timeout=SECONDS,
                    cwd=folder,
                    env=environment,
                    preexec_fn=limit if os.name == "posix" else None,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                raise InputError("submission-python-failed", reason=f"{SECONDS} s") from None
        if done.returncode == 3 and not result.exists():
            raise InputError("submission-no-function")
        if done.returncode != 0 or not result.is_file():
            lines = errors.read_bytes()[-4000:].decode(errors="replace").strip().splitlines()
            raise InputError("submission-python-failed", reason=lines[-1][:200] if lines else f"exit {done.returncode}")
        try:
            found = json.loads(result.read_text())
        except ValueError as error:
            raise InputError("submission-python-failed", reason=str(error)) from None
    return found if isinstance(found, dict) else {}


def limit() -> None:
    """Limits of a submission's process: time, memory, sizes of files, no dumps."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_OUTPUT, MOST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
