"""`tidegraph assign`: an assignment as a link. Program, questions, seed rule and what is hidden are in the fragment.

A fragment never leaves the browser. The link holds a key that is derived from the teacher's for this assignment, and in
a personal link for this learner; the page signs the results with it, and `tidegraph grade --key` checks them.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from tidegraph.app.api.links import deflated
from tidegraph.engine.graph import InputError
from tidegraph.engine.teaching import signing
from tidegraph.engine.teaching.assignment import Assignment

PAGE = "assignment"
"""Where a server shows an assignment."""


def link(assignment: Assignment, key: bytes, server: str, learner: str = "", title: str = "") -> str:
    """The address of an assignment, for one learner or, without one, for everyone.

    Raises InputError for an assignment with gaps, whose program is the solution, and for one without questions.
    """
    if assignment.has_gaps:
        raise InputError("assignment-link-gaps")
    if not assignment.questions:
        raise InputError("assignment-link-nothing")
    content = {
        "assignment": assignment.id,
        "title": title,
        "learner": learner,
        "key": signing.link_key(key, assignment.id, learner).decode(),
        "program": assignment.program,
        "questions": [{"name": name, "text": text.strip()} for name, text in assignment.questions.items()],
    }
    return f"{server.rstrip('/')}/{PAGE}#{deflated(json.dumps(content, ensure_ascii=False, separators=(',', ':')))}"


def key_in(file: Path) -> tuple[bytes, bool]:
    """The key in a file, and whether it was made: a missing file gets 32 random bytes, for its owner alone."""
    try:
        key = file.read_bytes().strip()
    except FileNotFoundError:
        key = secrets.token_hex(32).encode()
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(key + b"\n")
        return key, True
    if not key:
        raise ValueError(f"{file} is empty: delete it, and a key is made")
    return key, False


def roster(file: Path) -> list[str]:
    """The learners in a file, one a line."""
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
