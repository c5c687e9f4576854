"""No drawing of a program breaks a rule of static/layout/rules.js, be it made afresh or in the place of another."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.drawings.programs import body, cases, named, random_program

HERE = Path(__file__).parent
# `make drawings` draws DRAWINGS random programs; `CASES=file` the programs of a file of cases.
RANDOM = int(os.environ.get("DRAWINGS", "8"))
PART = 50
CASES = os.environ.get("CASES")


def faults(programs: Iterable[tuple[str, str, dict[str, Any] | None]], folder: Path) -> list[dict[str, Any]]:
    """The rules that the drawings of these programs break."""
    bodies = [found for program in programs if (found := body(*program)) is not None]
    assert bodies
    file = folder / "traces.json"
    file.write_text(json.dumps(bodies, default=np.ndarray.tolist))
    run = subprocess.run(["node", HERE / "check.mjs", file], capture_output=True, text=True, cwd=HERE.parents[1])
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_the_gallery_and_named_programs(tmp_path: Path) -> None:
    assert faults(named(), tmp_path) == []


@pytest.mark.parametrize("first", range(0, RANDOM, PART))
def test_random_programs(first: int, tmp_path: Path) -> None:
    seeds = range(first, min(first + PART, RANDOM))
    assert faults(((f"random {seed}", random_program(seed), None) for seed in seeds), tmp_path) == []


if CASES is not None:

    def test_cases(tmp_path: Path) -> None:
        assert faults(cases(Path(str(CASES))), tmp_path) == []
