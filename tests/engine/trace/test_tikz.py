"""TikZ figures: every mark and arrow, numbers, a document that compiles where TeX is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import tidegraph
from tidegraph.engine.trace.tikz import tikz

PROGRAM = "x: input = 2\nw: parameter = -1.5\nW: parameter[2, 3]\ny = w * x\nJ = y ** 2 + sum(W)"


def test_every_mark_and_arrow() -> None:
    run = tidegraph.trace(tidegraph.parse(PROGRAM))
    text = tikz(run)
    assert len(re.findall(r"\\node\[", text)) == len(run.nodes)
    assert len(re.findall(r" edge \(|coordinates", text)) == len(run.edges)
    assert r"\mathbb{R}^{2 \times 3}" in text
    assert "$-1.5$" in text


def test_the_picture_alone_has_no_preamble() -> None:
    run = tidegraph.trace(tidegraph.parse(PROGRAM))
    assert "documentclass" not in tikz(run, document=False)
    assert "11161B" in tikz(run, theme="dark")


def test_nan_and_infinity_are_written_as_mathematics() -> None:
    run = tidegraph.trace(tidegraph.parse("x: input = 0\nJ = 1 / x - 1 / x"))
    text = tikz(run)
    assert r"\mathrm{NaN}" in text
    assert r"\infty" in text


def test_it_compiles(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed: apt-get install texlive-latex-base texlive-pictures")
    (tmp_path / "figure.tex").write_text(tikz(tidegraph.trace(tidegraph.parse(PROGRAM))), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "figure.tex"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "figure.pdf").read_bytes().startswith(b"%PDF")
