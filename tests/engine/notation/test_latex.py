"""LaTeX: names from identifiers, numbers to four digits, parentheses only where they are needed."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.notation.latex import Notation, array_latex, expression, function_latex, name_latex, number_latex

SCALAR, VECTOR, MATRIX, TENSOR = (), (3,), (3, 4), (2, 3, 4)


@pytest.mark.parametrize(
    ("name", "shape", "wanted"),
    [
        ("x", SCALAR, "x"),
        ("x", VECTOR, r"\mathbf{x}"),
        ("X", MATRIX, r"\mathbf{X}"),
        ("W", TENSOR, r"\mathsf{W}"),
        ("W1", MATRIX, r"\mathbf{W}^{(1)}"),
        ("W12", MATRIX, r"\mathbf{W}^{(12)}"),
        ("a1", SCALAR, "a_{1}"),
        ("lam", SCALAR, r"\lambda"),
        ("eps", SCALAR, r"\epsilon"),
        ("theta", VECTOR, r"\boldsymbol{\theta}"),
        ("Sigma", MATRIX, r"\boldsymbol{\Sigma}"),
        ("W_ih", MATRIX, r"\mathbf{W}_{\mathrm{ih}}"),
        ("Wq", MATRIX, r"\mathbf{W}_{q}"),
        ("Wxh1", MATRIX, r"\mathbf{W}_{\mathrm{xh}}^{(1)}"),
        ("bh", VECTOR, r"\mathbf{b}_{h}"),
        ("lr", SCALAR, r"\textit{lr}"),
        ("\u03c3", SCALAR, r"\sigma"),
        ("\u039b2", MATRIX, r"\boldsymbol{\Lambda}^{(2)}"),
        ("Xi", MATRIX, r"\boldsymbol{\Xi}"),
        ("x_2", VECTOR, r"\mathbf{x}_{2}"),
        ("x_i", VECTOR, r"\mathbf{x}_{i}"),
        ("loss", SCALAR, r"\textit{loss}"),
        ("hidden", VECTOR, r"\textbf{hidden}"),
        ("W1_dot", MATRIX, r"\dot{\mathbf{W}}^{(1)}"),
        ("y_hat", VECTOR, r"\hat{\mathbf{y}}"),
        ("l2.power", MATRIX, r"\textbf{power}"),
        ("_", SCALAR, r"\mathrm{\_}"),
    ],
)
def test_names(name: str, shape: tuple[int, ...], wanted: str) -> None:
    assert name_latex(name, shape) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("l2", r"\ell_{2}"),
        ("f", "f"),
        ("phi", r"\phi"),
        ("layer", r"\operatorname{layer}"),
        ("my_f", r"\operatorname{my\_f}"),
    ],
)
def test_functions(name: str, wanted: str) -> None:
    assert function_latex(name) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0, "0"),
        (3, "3"),
        (-3, "-3"),
        (True, "1"),
        (0.1, "0.1"),
        (-0.0, "0"),
        (1234.56, "1235"),
        (0.000123456, "0.0001235"),
        (1.5e-7, r"1.5 \times 10^{-7}"),
        (-2e12, r"-2 \times 10^{12}"),
        (float("nan"), r"\mathrm{NaN}"),
        (float("inf"), r"\infty"),
        (float("-inf"), r"-\infty"),
        (np.float32(0.1), "0.1"),
        (np.array(2.5), "2.5"),
    ],
)
def test_numbers(value: object, wanted: str) -> None:
    assert number_latex(value).text == wanted


def test_arrays() -> None:
    assert array_latex(np.array([1.0, -2.5])).text == r"\begin{bmatrix} 1 \\ -2.5 \end{bmatrix}"
    assert array_latex(np.array([[1, 2], [3, 4]])).text == r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}"
    large = array_latex(np.arange(100.0).reshape(10, 10)).text
    assert large.startswith(r"\begin{bmatrix} 0 & 1 & 2 & 3 & \cdots & 9 \\")
    assert r"\ddots" in large
    assert large.endswith(r"90 & 91 & 92 & 93 & \cdots & 99 \end{bmatrix}")
    assert array_latex(np.zeros((2, 3, 4))).text == r"\left[\,2 \times 3 \times 4\,\right]"
    assert array_latex(np.zeros((0, 3))).text == r"\left[\,0 \times 3\,\right]"
    assert array_latex(np.array(3.0)).text == "3"


@pytest.mark.parametrize(
    ("program", "wanted"),
    [
        ("a + b", "a + b"),
        ("a - b - a", "a - b - a"),
        ("a - (b - a)", r"a - \left(b - a\right)"),
        ("a * (b + a)", r"a \, \left(b + a\right)"),
        ("2 * a", r"2 \, a"),
        ("2 * 3.5 * a", r"7 \, a"),
        ("-a * b", r"-a \, b"),
        ("a * -b", r"a \, \left(-b\right)"),
        ("-(a + b)", r"-\left(a + b\right)"),
        ("(a + b) ** 2", r"\left(a + b\right)^{2}"),
        ("(a ** 2) ** 3", r"\left(a^{2}\right)^{3}"),
        ("a / (b + 1)", r"\frac{a}{b + 1}"),
        ("(-2.0) ** a", r"\left(-2\right)^{a}"),
        ("exp(a + b)", r"\exp\left(a + b\right)"),
        ("abs(a - b)", r"\left| a - b \right|"),
        ("sqrt(a)", r"\sqrt{a}"),
        ("a > b", r"\left[ a > b \right]"),
        ("W @ x", r"\mathbf{W} \mathbf{x}"),
        ("W.T @ v", r"\mathbf{W}^\top \mathbf{v}"),
        ("W @ (x + x)", r"\mathbf{W} \left(\mathbf{x} + \mathbf{x}\right)"),
        ("v @ v", r"\mathbf{v}^\top \mathbf{v}"),
        ("v @ W", r"\mathbf{W}^\top \mathbf{v}"),
        ("x @ W.T", r"\mathbf{W} \mathbf{x}"),
        ("(W / W) @ x", r"\left(\mathbf{W} \oslash \mathbf{W}\right) \mathbf{x}"),
        ("W / W / W", r"\left(\mathbf{W} \oslash \mathbf{W}\right) \oslash \mathbf{W}"),
        ("1 / v", r"1 \oslash \mathbf{v}"),
        ("1 - v * v", r"1 - \mathbf{v} \odot \mathbf{v}"),
        ("sum(-v)", r"\sum \left(-\mathbf{v}\right)"),
        ("broadcast_to(x, [3, 4])", r"\mathbf{1} \mathbf{x}^\top"),
        ("broadcast_to(reshape(v, [3, 1]), [3, 4])", r"\mathbf{v} \mathbf{1}^\top"),
        ("reshape(x, [1, 4])", r"\mathbf{x}^\top"),
        ("reshape(W, [12])", r"\operatorname{reshape}\left(\mathbf{W}\right)"),
        ("v * v", r"\mathbf{v} \odot \mathbf{v}"),
        ("x[:1] * x[1:2]", r"\mathbf{x}_{[:1]} \, \mathbf{x}_{[1:2]}"),
        ("x[:1] ** 2", r"\mathbf{x}_{[:1]}^{2}"),
        ("x[:1] * v", r"\mathbf{x}_{[:1]} \odot \mathbf{v}"),
        ("sum(v)", r"\sum \mathbf{v}"),
        ("sum(W, axis=0)", r"\sum_{\text{axis }0} \mathbf{W}"),
        ("x[1:]", r"\mathbf{x}_{[1:]}"),
    ],
)
def test_expressions(program: str, wanted: str) -> None:
    graph = tidegraph.parse(f"a: input\nb: input\nx: input[4]\nv: input[3]\nW: input[3, 4]\nresult = {program}")
    symbols = Notation(graph).symbols
    leaves = {v: symbols[v] for v in graph.leaves().values()}
    written = expression(graph.find("result"), leaves.get)
    assert written is not None
    assert written.text == wanted


def test_an_expression_that_is_too_long_is_not_written() -> None:
    graph = tidegraph.parse("x: input\ny = " + " + ".join(["x"] * 50))
    symbols = Notation(graph).symbols
    leaves = {v: symbols[v] for v in graph.leaves().values()}
    assert expression(graph.find("y"), leaves.get, 40) is None
    assert expression(graph.find("y"), leaves.get, 400) is not None


def test_intermediates_without_a_name_are_written_as_what_they_are() -> None:
    graph = tidegraph.parse("W: parameter[2, 2]\nJ = sum(W ** 2) + sum((W * W + W) * (W - 1))")
    symbols = {name: Notation(graph).symbols[v].text for name, v in graph.variables.items()}
    assert symbols["power"] == r"\mathbf{W}^{\odot 2}"
    assert symbols["sum"] == r"\left\lVert \mathbf{W} \right\rVert_F^{2}"
    assert symbols["multiply_2"].startswith((r"\mathbf{t}", r"\left"))


def test_derivatives() -> None:
    graph = tidegraph.parse("W1: parameter[2]\nJ = sum(W1)")
    notation = Notation(graph)
    assert notation.derivative(graph.find("J"), graph.find("W1")) == r"\frac{\partial J}{\partial \mathbf{W}^{(1)}}"


def test_what_flows_back_is_written_as_one_writes_it_by_hand() -> None:
    program = "x: input[3]\nW: parameter[3, 2]\nJ = sum((x @ W) ** 2) + x[1] ** 2 + sum(sum(W, axis=0) ** 2)"
    found = tidegraph.trace(tidegraph.parse(program))
    told = {(s.variable, s.through): s.equation["term"] for s in found.backward if s.kind == "contribution"}
    slope = r"\frac{\partial J}{\partial \left(\mathbf{W}^\top \mathbf{x}\right)}"
    assert told["x", "matmul"] == rf"\mathbf{{W}} {slope}"
    assert told["W", "matmul"] == rf"\mathbf{{x}} {{\left({slope}\right)}}^\top"
    assert told["x", "getitem"] == r"\operatorname{put}_{[1]}\left(\frac{\partial J}{\partial \mathbf{x}_{[1]}}\right)"
    assert told["W", "sum_2"].startswith(r"\mathbf{1} ")
