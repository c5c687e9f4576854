"""The builders of LaTeX: parentheses, dots, transposes, signs in circles, and the places of a run's numbers.

What whole programs look like is in tests/engine/notation/test_latex.py.
"""

from __future__ import annotations

import pytest

import tidegraph
from tidegraph.engine.graph import Operator, Variable
from tidegraph.engine.notation.latex import Notation, expression
from tidegraph.engine.ops import latex as tex
from tidegraph.engine.ops.latex import Tex


def written(call: str) -> str:
    graph = tidegraph.parse(f"a: input\nb: input\nv: input[3]\nW: input[3, 4]\nresult = {call}")
    symbols = Notation(graph).symbols
    found = expression(graph.find("result"), {v: symbols[v] for v in graph.leaves().values()}.get)
    assert found is not None
    return found.text


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ("softplus(a)", r"\log\left(1 + e^{a}\right)"),
        ("softplus(a + b, beta=2)", r"\frac{1}{2} \log\left(1 + e^{2 \left(a + b\right)}\right)"),
        ("hypot(a, b + 1)", r"\sqrt{a^2 + \left(b + 1\right)^2}"),
        ("xlogy(a + b, b)", r"\left(a + b\right) \log\left(b\right)"),
        ("maximum(a, 0)", r"\max\left(a, 0\right)"),
        ("max(W, axis=(0, 1))", r"\max_{\text{axis }0, 1} \mathbf{W}"),
        ("max(W, axis=-1)", r"\max_{\text{axis }1} \mathbf{W}"),
        ("sinc(a, order=2)", r"\operatorname{sinc}''\left(a\right)"),
        ("sinc(a, order=4)", r"\operatorname{sinc}^{(4)}\left(a\right)"),
        ("vector_norm(v, ord=inf)", r"\left\lVert \mathbf{v} \right\rVert_{\infty}"),
        ("logical_not(a > b)", r"\lnot \left[ a > b \right]"),
        ("sum((a - v) ** 2)", r"\left\lVert a - \mathbf{v} \right\rVert^{2}"),
    ],
)
def test_operators_are_written_by_hand(call: str, wanted: str) -> None:
    assert written(call) == wanted


def test_parentheses_go_where_something_holds_together_less() -> None:
    loose = Tex("a + b", tex.SUM)
    assert loose.at(tex.SUM) == "a + b"
    assert loose.at(tex.PRODUCT) == r"\left(a + b\right)"
    assert Tex("-a", tex.SIGN).after(tex.SUM) == r"\left(-a\right)"


def test_a_transpose_of_a_transpose_is_the_matrix() -> None:
    matrix = Tex(r"\mathbf{W}^{(1)}")
    once = matrix.transposed()
    assert once.text == r"{\mathbf{W}^{(1)}}^\top"
    assert once.transposed().text == matrix.text
    assert Tex("A B", tex.PRODUCT).transposed().text == r"\left(A B\right)^\top"


@pytest.mark.parametrize(
    ("number", "wanted"),
    [(Tex("2", number=True), "3 - 2"), (Tex("-2", tex.SIGN, True), r"3 - \left(-2\right)")],
)
def test_a_run_s_number_gets_parentheses_where_its_sign_needs_them(number: Tex, wanted: str) -> None:
    operator = tidegraph.parse("a: input\nb: input\nr = a - b").find("r").operator
    assert operator is not None
    minus = tex.infix("-", tex.SUM, tex.PRODUCT)
    template = minus([Tex("3", number=True), tex.slot("b", scalar=True)], operator).text
    assert tex.fill(template, lambda key: {"b": number}[key]) == wanted


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ("a + 3", r"+\,3"),
        ("1 - a", r"1\,-"),
        ("a - b", "-"),
        ("maximum(a, 0)", r"\max\left(\cdot,\,0\right)"),
        ("a ** 2", r"(\cdot)^{2}"),
        ("2 ** a", r"2^{(\cdot)}"),
        ("v * v", r"\odot"),
        ("a * v", r"\cdot"),
        ("2 * v", r"2\,\times"),
    ],
)
def test_a_literal_is_part_of_the_sign_in_a_circle(call: str, wanted: str) -> None:
    def operand(variable: Variable) -> str:
        return f"{variable.literal:g}"

    operator: Operator | None = tidegraph.parse(f"a: input\nb: input\nv: input[3]\nr = {call}").find("r").operator
    assert operator is not None
    assert operator.op.circle(operator, operand) == wanted
