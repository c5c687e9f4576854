"""The derivation of a run as a LaTeX document."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import tidegraph
from tidegraph.app.integrations.derivation import derivation, plain_tex

PROGRAM = """
x: input[3] = [1, 2, -1]
W_hat: parameter[2, 3]
\u03c3: parameter = 2
h = tanh(W_hat @ x) ** 2
z = sum(h * h) / (x[0] - 2 * \u03c3) + \u03c3 ** -1
m = max(x, axis=0) * norm(x) + prod(x) + sqrt(abs(\u03c3))
J = z * exp(-m) - logsumexp(x)
"""


def document(program: str, wrt: str | None = None) -> str:
    return derivation(tidegraph.trace(tidegraph.parse(program)).to_dict(np.ndarray.tolist), "Title", wrt)


def test_an_expression_that_is_differentiated_is_in_parentheses() -> None:
    text = document("x: input = 2\nw: parameter = 3\nb: parameter = 1\nJ = (w * x + b) * (w - b)\n")
    assert r"\frac{\partial \left(w \, x\right)}{\partial w}" in text
    assert not re.search(r"\\partial [a-z] \\,", text)


def test_only_the_steps_on_the_requested_paths() -> None:
    text = document("a: parameter = 2\nb: parameter = 3\nu = a * 5\nv = b * 7\nJ = u * v\n", "a")
    assert r"\partial J}{\partial a}" in text
    assert r"\partial b}" not in text


def test_signs_of_sentences_are_written_as_commands() -> None:
    assert plain_tex("w\u2080 \u2212 2 h\u2299h, \u0177, \u03c3\u0302, 50 %") == (
        r"w\ensuremath{{}_{0}} \ensuremath{-} 2 h\ensuremath{\odot}h, \ensuremath{\hat{y}}, "
        r"\ensuremath{\hat{\sigma}}, 50 \%"
    )
    assert plain_tex("\u2605") == "U+2605"


def test_it_compiles(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed: apt-get install texlive-latex-base")
    (tmp_path / "steps.tex").write_text(document(PROGRAM), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "steps.tex"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
