"""Assignments as links, and results signed with the key of a link."""

from __future__ import annotations

import csv
import json
import stat
import zlib
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import pytest

from tidegraph.app.cli import main
from tidegraph.app.integrations import assigning
from tidegraph.engine.graph import InputError
from tidegraph.engine.teaching import signing
from tidegraph.engine.teaching.assignment import read_assignment

ASSIGNMENT = """\
x: input = 3
w: parameter = 2
J = (w * x) ** 2
---
name: slope
points: 2
ask: gradient of w
numbers: individual
---
ask: paths from w to J
"""


def content_of(link: str) -> Any:
    """What is in an address."""
    packed = link.partition("#")[2]
    return json.loads(zlib.decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), wbits=-15))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "a.txt").write_text(ASSIGNMENT)
    return tmp_path


def assign(folder: Path, *options: str) -> None:
    main(["assign", str(folder / "a.txt"), "--key", str(folder / "key"), "--server", "https://tide.example", *options])


def graded(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[tuple[str, str], dict[str, str]]:
    main(["grade", str(folder / "a.txt"), str(folder / "in"), "--key", str(folder / "key"), *options])
    return {(row["submission"], row["item"]): row for row in csv.DictReader(capsys.readouterr().out.splitlines())}


def test_a_link_holds_the_assignment_and_not_the_key(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assign(folder, "--title", "Slopes")
    output = capsys.readouterr()
    assert "a new key" in output.err
    key = (folder / "key").read_bytes().strip()
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert output.out.startswith("https://tide.example/assignment#")
    content = content_of(output.out.strip())
    assert (content["title"], content["learner"]) == ("Slopes", "")
    assert content["program"] == "x: input = 3\nw: parameter = 2\nJ = (w * x) ** 2\n"
    assert [one["name"] for one in content["questions"]] == ["slope", "q2"]
    assert "numbers: individual" in content["questions"][0]["text"]
    assert key.decode() not in json.dumps(content)
    assert content["key"] == signing.link_key(key, content["assignment"]).decode()

    (folder / "class.txt").write_text("ada\n\n小明\n=1+1\n", encoding="utf-8")
    assign(folder, "--learners", str(folder / "class.txt"), "--learner", "eve", "-o", str(folder / "links.csv"))
    with (folder / "links.csv").open(encoding="utf-8-sig", newline="") as file:
        links = list(csv.DictReader(file))
    assert [row["learner"] for row in links] == ["eve", "ada", "小明", "'=1+1"]
    assert len({content_of(row["link"])["key"] for row in links}) == 4
    assert (folder / "key").read_bytes().strip() == key


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace("(w * x) ** 2", "{{ (w * x) ** 2 }}"), "assignment-link-gaps"),
        (lambda text: text.partition("---")[0], "assignment-link-nothing"),
    ],
)
def test_what_is_no_link_is_refused(change: Any, code: str) -> None:
    with pytest.raises(InputError) as caught:
        assigning.link(read_assignment(change(ASSIGNMENT)), b"secret", "https://tide.example")
    assert caught.value.code == code


def test_results_are_recomputed_and_a_change_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "key").write_bytes(b"secret\n")
    name = read_assignment(ASSIGNMENT).id
    results = {
        "assignment": name,
        "learner": "小明",
        "answers": {"slope": "1e9", "q2": "1"},
        "attempts": {"slope": 3, "q2": 1},
        "hints": {},
    }
    shared, personal = (signing.link_key(b"secret", name, learner) for learner in ("", "小明"))
    files = {
        "shared": signing.sign(results, shared),
        "personal": signing.sign(results, personal),
        "renamed": {**signing.sign(results, personal), "learner": "ada"},
        "changed": {**signing.sign(results, personal), "answers": {"slope": "0", "q2": "1"}},
        "scored": signing.sign({**results, "correct": {"slope": True}, "score": 3}, personal),
        "other": signing.sign({**results, "assignment": "0" * 32}, personal),
        "guessed": signing.sign(results, b"guess"),
        "odd": signing.sign({**results, "learner": "\ud800"}, signing.link_key(b"secret", name, "\ud800")),
    }
    for file, content in files.items():
        (folder / "in" / f"{file}.json").write_text(json.dumps(content))
    found = graded(folder, capsys)
    signed = {file: found[f"{file}.json", "total"]["signed"] for file in files}
    assert {file for file, by in signed.items() if by == "personal link"} == {"personal", "scored", "odd"}
    assert signed["shared"] == "shared link"
    assert [found[f"{one}.json", "total"]["score"] for one in ("personal", "scored")] == ["1", "1"]
    row = found["personal.json", "slope"]
    assert (row["learner"], row["correct"], row["attempts"]) == ("小明", "no", "3")
    for file in ("renamed", "changed", "guessed"):
        assert "signature does not match" in found[f"{file}.json", "total"]["feedback"]
    assert "another assignment" in found["other.json", "total"]["feedback"]
