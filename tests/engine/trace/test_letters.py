"""LaTeX of names and signs as letters of an SVG."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tidegraph import parse, trace
from tidegraph.app import examples
from tidegraph.engine.ops import REGISTRY
from tidegraph.engine.trace.letters import plain_text, runs, svg_text


def words(latex: str) -> str:
    return "".join(run.text for run in runs(latex))


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\mathbf{W}^{(1)}", "W(1)"),
        (r"\lambda", "λ"),
        (r"\frac{\lambda}{2}", "λ/2"),
        (r"\hat{y}", "ŷ"),
        (r"\textit{learning\_rate}", "learning_rate"),
        (r"\left\lVert \mathbf{o} - \mathbf{y} \right\rVert^{2}", "‖o\N{MINUS SIGN}y‖2"),
        (r"\sqrt[3]{\cdot}", "3√·"),
        (r"\unheard", "unheard"),
        (r"\mathbf{W", "W"),
    ],
)
def test_what_a_name_reads(latex: str, shown: str) -> None:
    assert words(latex) == shown


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\frac{1}{\sqrt{d}} \mathbf{q} \mathbf{k}^\top", "1/√d · qk^\N{DOWN TACK}"),
        (r"\frac{a + b}{2 c}", "(a + b)/(2c)"),
        (r"\frac{\frac{a}{b}}{c}", "(a/b)/c"),
        (r"\frac{-a}{-b}", "\N{MINUS SIGN}a/(\N{MINUS SIGN}b)"),
        (r"\frac{w_{0} x_{0}}{12}", "w₀x₀/12"),
        (r"x \frac{1}{n} \sum y", "x · 1/n · ∑y"),
        (r"\frac{\lambda}{2} \left(a + b\right)", "λ/2 · (a + b)"),
        (r"\frac{a}{b} + c", "a/b + c"),
        (r"\sigma\left(\frac{x}{2}\right)^{2}", "\N{GREEK SMALL LETTER SIGMA}(x/2)²"),
        (r"\sqrt{2 d} y", "√(2d) · y"),
        (r"\sqrt{x}^{2}", "(√x)²"),
        (r"\log \frac{p}{q}", "log(p/q)"),
        (r"\frac{1}{1 + e^{-x}}", "1/(1 + e^(\N{MINUS SIGN}x))"),
        (r"x^{\frac{1}{2}}", "x^(1/2)"),
        (r"x^{y^{2}}", "x^(y²)"),
        (r"x_{1}^{-2}", "x₁⁻²"),
    ],
)
def test_an_expression_in_a_line_is_read_as_it_is_meant(latex: str, shown: str) -> None:
    assert plain_text(latex) == shown


def test_letters_look_as_in_mathematics() -> None:
    bold, above = runs(r"\mathbf{W}^{(1)}")
    assert bold.style == "bold"
    assert (above.style, above.size) == ("", 0.7)
    assert above.rise > 0
    assert [run.style for run in runs(r"J 2 \operatorname{relu}")] == ["italic", ""]
    assert runs("x_{1}")[1].rise < 0


def test_every_operator_and_every_name_is_known() -> None:
    names = [op.symbol for op in REGISTRY.values()]
    for example in examples.load().values():
        names += [str(node["latex"]) for node in trace(parse(example.program)).nodes if node["kind"] == "variable"]
    for name in names:
        assert words(name)
        assert not set("\\{}$") & set(words(name)), name


def test_a_long_name_is_set_smaller_and_a_hopeless_one_left_out() -> None:
    def size(latex: str) -> float:
        return float(ElementTree.fromstring(svg_text(latex, 0, 0, 20, 40, "#000")).attrib["font-size"])

    assert size("x") == 20
    assert size(r"\operatorname{relu6}\,6") < 20
    assert "⋯" in svg_text(r"\operatorname{" + "a" * 200 + "}", 0, 0, 20, 40, "#000")


def test_a_name_cannot_leave_its_element() -> None:
    assert "<script" not in svg_text(r"\textit{<script>}", 0, 0, 20, 400, "#000")
