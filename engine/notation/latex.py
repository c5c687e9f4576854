"""LaTeX: names from identifiers, expressions from the graph, numbers from arrays."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from tidegraph.engine.graph import Graph, Operator, Scope, Shape, Variable
from tidegraph.engine.notation.numbers import DIGITS, write_number
from tidegraph.engine.ops.latex import ATOM, PRODUCT, SIGN, Tex
from tidegraph.engine.ops.shape import index_text

GREEK = {
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "mu", "nu", "xi", "pi"),
    *("rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
    *("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"),
}
SPELLED = {"lam": r"\lambda", "lamda": r"\lambda", "lambda_": r"\lambda", "eps": r"\epsilon", "ell": r"\ell"}
SUBSCRIPTED = re.compile(r"([A-Z](?=[a-z]$)|[Wb])([a-z]{1,2})")
"""Names as of weights and biases: `Wq` and `bxh` are a letter with a subscript."""

MAX_OPERANDS = 3
"""An unnamed intermediate is written as its expression while that has at most this many operands."""

MAX_ROWS = 6
"""Rows and columns of a matrix that are written out; of a larger one the first and last."""


def letter(word: str) -> str | None:
    """The LaTeX of a single letter or a Greek name, or None."""
    if word in SPELLED:
        return SPELLED[word]
    if word in GREEK:
        return f"\\{word}"
    if len(word) == 1 and (found := re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(word, ""))):
        spelled = found[2].lower() if found[1] == "SMALL" else found[2].capitalize()
        return letter("Lambda" if spelled == "Lamda" else spelled)
    return word if len(word) == 1 else None


def plain(text: str) -> str:
    """Text that LaTeX shows as it is."""
    return re.sub(r"([\\{}$&#^_%~])", lambda m: {"\\": r"\backslash "}.get(m[1], f"\\{m[1]}"), text)


def name_latex(name: str, shape: Shape) -> str:
    """`W1` is \\mathbf{W}^{(1)} as in the chapter; scalars italic, vectors and matrices bold, tensors sans serif."""
    return _name_latex(name.rpartition(".")[2], min(len(shape), 3))


@lru_cache(4096)
def _name_latex(name: str, axes: int) -> str:
    parts = [p for p in name.split("_") if p]
    if not parts:
        return rf"\mathrm{{{plain(name)}}}"
    match = re.fullmatch(r"([^\W\d]+?)(\d*)", parts[0])
    stem, number = (match[1], match[2]) if match else (parts[0], "")
    sign = letter(stem)
    tail = SUBSCRIPTED.fullmatch(stem) if sign is None and stem.isascii() else None
    if tail and (axes or tail[1].isupper()):
        stem, sign = tail[1], tail[1]
        parts.insert(1, tail[2])
    accent = ""
    if len(parts) > 1 and parts[-1] in ("dot", "hat", "bar", "tilde"):
        accent = parts.pop()
    greek = sign is not None and sign.startswith("\\")
    if sign is None or not sign.isascii():
        base = rf"\textit{{{plain(stem)}}}" if not axes else rf"\textbf{{{plain(stem)}}}"
    elif not axes:
        base = sign
    elif axes > 2:
        base = rf"\mathsf{{{sign}}}"
    else:
        base = rf"\boldsymbol{{{sign}}}" if greek else rf"\mathbf{{{sign}}}"
    if accent:
        base = rf"\{accent}{{{base}}}"
    below = [plain(p) for p in parts[1:]]
    above = ""
    if number and axes:
        above = f"^{{({number})}}"
    elif number:
        below.insert(0, number)
    subscript = ", ".join(p if p.isdigit() or len(p) == 1 else rf"\mathrm{{{p}}}" for p in below)
    return base + (f"_{{{subscript}}}" if subscript else "") + above


def function_latex(name: str) -> str:
    """A function's name: \\ell_{2} for `l2`, upright otherwise."""
    match = re.fullmatch(r"([^\W\d]+)(\d*)", name)
    if match and (match[1] == "l" or letter(match[1])) and (len(match[1]) == 1 or letter(match[1])):
        stem = r"\ell" if match[1] == "l" else letter(match[1])
        return f"{stem}_{{{match[2]}}}" if match[2] else str(stem)
    return rf"\operatorname{{{plain(name)}}}"


def number_latex(value: Any, digits: int = DIGITS, scientific: bool = False) -> Tex:
    """A number as `write_number` has it; a whole number of a program keeps all its digits."""
    if isinstance(value, (np.generic, np.ndarray)):
        value = float(value)
    if isinstance(value, int) and not isinstance(value, bool) and not scientific:
        return Tex(str(value), ATOM if value >= 0 else SIGN, True)
    text = write_number(value, digits, scientific)
    mantissa, power, exponent = text.partition("e")
    if power:
        return Tex(rf"{mantissa} \times 10^{{{exponent}}}", PRODUCT, True)
    text = text.replace("Infinity", r"\infty").replace("NaN", r"\mathrm{NaN}")
    return Tex(text, SIGN if text.startswith("-") else ATOM, True)


def array_latex(array: np.ndarray, digits: int = DIGITS, scientific: bool = False) -> Tex:
    """Numbers in brackets: a vector stands upright; of a large array the first and last; of a tensor the shape."""
    if array.ndim == 0:
        return number_latex(array, digits, scientific)
    if array.ndim > 2 or not array.size:
        size = r" \times ".join(map(str, array.shape))
        return Tex(rf"\left[\,{size}\,\right]")
    rows = array.reshape(-1, 1) if array.ndim == 1 else array
    down, across = shown_indices(rows.shape[0]), shown_indices(rows.shape[1])
    lines = []
    for i in down:
        if i is None:
            lines.append(" & ".join(r"\ddots" if j is None else r"\vdots" for j in across))
        else:
            lines.append(
                " & ".join(
                    r"\cdots" if j is None else number_latex(rows[i, j], digits, scientific).text for j in across
                )
            )
    return Tex(r"\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}")


def shown_indices(size: int) -> list[int | None]:
    """The indices that are written out of a row of `size`; None stands for dots."""
    if size <= MAX_ROWS:
        return list(range(size))
    return [*range(MAX_ROWS - 2), None, size - 1]


Symbol = Callable[[Variable], "Tex | None"]


def expression(variable: Variable, symbol: Symbol, limit: int = 200) -> Tex | None:
    """The expression behind a variable, down to the variables that have a symbol; None if it is longer than `limit`."""
    budget = [limit]

    def write(node: Variable, top: bool) -> Tex | None:
        if node.literal is not None:
            return number_latex(node.literal)
        known = None if top else symbol(node)
        if known is not None:
            budget[0] -= 1
            return known if budget[0] >= 0 else None
        operator = node.operator
        if operator is None or budget[0] <= 0:
            return None
        budget[0] -= 1
        arguments = []
        for operand in operator.inputs:
            text = write(operand, False)
            if text is None:
                return None
            arguments.append(text)
        return applied(operator, arguments, node.output)

    return write(variable, variable.literal is None and variable.operator is not None)


def applied(operator: Operator, arguments: list[Tex], output: int | None = None) -> Tex:
    """One operator written with its arguments; `output` picks one of several results."""
    latex = operator.op.latex
    if callable(latex):
        tex: Tex = latex(arguments, operator)
    elif latex is None:
        tex = Tex(rf"{operator.op.symbol}\left({', '.join(a.text for a in arguments)}\right)")
    elif latex == "{0}":
        tex = arguments[0]
    else:
        tex = Tex(filled(latex, arguments))
    if output is not None and len(operator.outputs) > 1:
        return Tex(rf"{tex.at(ATOM)}_{{[{output}]}}")
    return tex


def filled(template: str, arguments: Sequence[Tex]) -> str:
    """A template with its arguments in place of {0}, {1}, ...; doubled braces are braces, as in `str.format`."""

    def part(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        number = int(match[1])
        return arguments[number].text if number < len(arguments) else match[0]

    return re.sub(r"\{(\d)\}|\{\{|\}\}", part, template)


class Notation:
    """The symbols of one graph: a name's own, or the expression of an intermediate that has none.

    `expressions` are the variables whose symbol is the expression that computes them. Of a graph that was derived from
    another, what that one has is written as there (`like`), and new variables as `known` says.
    """

    def __init__(self, graph: Graph, like: Notation | None = None, known: Mapping[Variable, Tex] | None = None) -> None:
        self.graph = graph
        self.symbols: dict[Variable, Tex] = {}
        self.named: set[Variable] = set(graph.named) | set(graph.local)
        self.expressions: set[Variable] = set()
        self._weights: dict[Variable, int] = {}
        self._count = 0
        if like is not None:
            self.named -= like.symbols.keys() - like.named
            self.expressions |= like.expressions
            self._weights |= like._weights
            self._count = like._count
        known = {**(like.symbols if like is not None else {}), **(known or {})}
        for name, variable in graph.variables.items():
            self.symbols[variable] = known[variable] if variable in known else self._symbol(name, variable)

    def _symbol(self, name: str, variable: Variable) -> Tex:
        operator = variable.operator
        if variable in self.named or operator is None:
            self._weights[variable] = 1
            return Tex(name_latex(self.graph.named.get(variable) or name, variable.shape))
        weight = sum(1 if v.literal is not None else self._weights.get(v, 1) for v in operator.inputs)
        if weight <= MAX_OPERANDS:
            self._weights[variable] = weight
            self.expressions.add(variable)
            return applied(operator, [self.operand(v) for v in operator.inputs], variable.output)
        self._weights[variable] = 1
        self._count += 1
        return Tex(rf"t_{{{self._count}}}" if not variable.shape else rf"\mathbf{{t}}_{{{self._count}}}")

    def operand(self, variable: Variable) -> Tex:
        """A variable's symbol, a literal's digits, or the numbers of an array that is known and that nothing reads."""
        if variable.literal is not None:
            return number_latex(variable.literal)
        if variable not in self.symbols and variable.leaf is not None:
            return Tex(index_text(variable.leaf.initial))
        return self.symbols[variable]

    def derivative(self, target: Variable, variable: Variable) -> str:
        r"""\frac{\partial J}{\partial z}."""
        return rf"\frac{{\partial {self.symbols[target].at(PRODUCT)}}}{{\partial {self.symbols[variable].after(SIGN)}}}"

    def scope_symbol(self, scope: Scope) -> str:
        """What stands in the circle of a closed scope."""
        if scope.op is not None:
            return str(getattr(scope.op, "symbol", scope.name))
        if scope.kind == "loop":
            first, last = scope.attributes["first"], scope.attributes["last"]
            return rf"\underset{{{name_latex(scope.name, ())} = {first}}}{{\overset{{{last}}}{{\circlearrowright}}}}"
        if scope.kind == "iteration":
            match = re.fullmatch(r"(.*?)(m?)(\d+)", scope.name)
            if match:
                return rf"{name_latex(match[1], ())} = {'-' if match[2] else ''}{match[3]}"
        return function_latex(scope.name)
