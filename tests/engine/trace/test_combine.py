"""The page puts structure and run together to the very trace that the engine makes, equations included."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tidegraph
from tidegraph.app import examples
from tidegraph.engine.runtime.portable import plain_attribute
from tidegraph.engine.trace.run import Run
from tidegraph.engine.trace.structure import Structure
from tidegraph.engine.trace.tracer import combine

SIGNS = "a: parameter = -2.0\nb: parameter = 1e-7\nJ = (a * b - a) ** 2 / b + 3 * -a - sum(b * a)"


def same(page: Any, engine: Any, where: str = "") -> None:
    """Equal: equations letter by letter, numbers to a tolerance."""
    if isinstance(engine, dict):
        assert isinstance(page, dict), where
        for name in engine:
            same(page[name], engine[name], f"{where}.{name}")
    elif isinstance(engine, list):
        assert len(page) == len(engine), where
        for n, (one, other) in enumerate(zip(page, engine, strict=True)):
            same(one, other, f"{where}[{n}]")
    elif isinstance(engine, float):
        assert float(page) == pytest.approx(engine, rel=1e-10, abs=1e-12, nan_ok=True), where
    else:
        assert page == engine, where


@pytest.mark.parametrize("writing", [{}, {"digits": 3, "scientific": True}])
def test_the_gallery_and_signs(writing: dict[str, Any], tmp_path: Path) -> None:
    programs = [SIGNS, *(example.program for example in examples.load().values())]
    cases = []
    for program in programs:
        structure = Structure(tidegraph.parse(program))
        if structure.portable["missing"] or structure.plan.flops > 200_000 or len(structure.graph.operators) > 200:
            continue
        cases.append((structure, Run(structure)))
    assert len(cases) >= 15
    asked = [
        {
            "structure": structure.to_dict(),
            "values": {name: plain_attribute(run.values[name].tolist()) for name in structure.plan.leaves},
            **writing,
        }
        for structure, run in cases
    ]
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    command = ["node", str(Path(__file__).with_name("combine.mjs"))]
    subprocess.run([*command, str(tmp_path / "asked.json"), str(tmp_path / "found.json")], check=True)
    pages = json.loads((tmp_path / "found.json").read_text())

    def encode(array: np.ndarray) -> Any:
        return plain_attribute(array.tolist())

    for page, (_, run) in zip(pages, cases, strict=True):
        engine = json.loads(json.dumps(combine(run, **writing).to_dict(encode)))
        same(page, engine)
