"""Guards against NaN and infinity: edits of a program's text after which one run is finite.

A guard replaces one expression, or the same kind of expression everywhere: `log(1 + x)` by `log1p(x)`, a logarithm of
a sum of exponentials by `logsumexp`, the operand in a branch that was not chosen by a `where` inside the `where`, an
operand out of range by `clip`. Only guards that make values and gradients finite are offered, the most specific first.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegraph.engine.graph import TidegraphError
from tidegraph.engine.language.parser import parse
from tidegraph.engine.runtime.function import value_and_grad

MOST_TRIED = 24
MOST_OFFERED = 3
TINY = "1e-12"
"""The smallest operand of a guarded logarithm, root or divisor."""
LARGEST = "50"
"""The largest operand of a guarded exponential: e^50 is finite in both number types, also squared."""


@dataclass(frozen=True, slots=True)
class Guard:
    """An expression, what replaces it, and the whole program with the replacement."""

    before: str
    after: str
    program: str


@dataclass(frozen=True, slots=True)
class _Edit:
    """A replacement of the text from `start` to `end`, of one rule."""

    rule: str
    start: int
    end: int
    text: str


def guards(program: str, values: Mapping[str, Any], *, target: str | None = None, **run: Any) -> list[Guard]:
    """Guards after which the program's values and gradients of `target` are finite at `values`.

    `run` are `sizes` of the program, and `dtype` and `seed` of the run. Nothing where no guard is known to help.
    """
    sizes = run.pop("sizes", None)
    found: list[Guard] = []
    for edits in _candidates(program)[:MOST_TRIED]:
        guarded = _applied(program, edits)
        first = edits[0]
        if len(found) == MOST_OFFERED or any(guard.program == guarded for guard in found):
            break
        if _is_finite(guarded, values, target, sizes, run):
            found.append(Guard(program[first.start : first.end], first.text, guarded))
    return found


def _is_finite(
    program: str, values: Mapping[str, Any], target: str | None, sizes: Mapping[str, int] | None, run: Mapping[str, Any]
) -> bool:
    try:
        with np.errstate(all="ignore"):
            graph = parse(program, sizes=sizes)
            found, gradients = value_and_grad(graph, target, **run)(**values)
    except TidegraphError:
        return False
    return all(np.isfinite(array).all() for array in (*found.values(), *gradients.values()))


def _candidates(program: str) -> list[list[_Edit]]:
    """Edits to try: one after another, then all of one rule together."""
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError):
        return []
    text = _Text(program)
    edits = [edit for rule in RULES for node in ast.walk(tree) for edit in rule(text, node)]
    kinds = dict.fromkeys(edit.rule for edit in edits)
    together = [[edit for edit in edits if edit.rule == kind] for kind in kinds]
    singles = [[edit] for edit in edits]
    return singles + [several for several in map(_apart, together) if len(several) > 1]


def _apart(edits: list[_Edit]) -> list[_Edit]:
    """Of edits those that do not lie within another."""
    kept: list[_Edit] = []
    for edit in sorted(edits, key=lambda one: (one.start, -one.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept


def _applied(program: str, edits: list[_Edit]) -> str:
    for edit in sorted(edits, key=lambda one: -one.start):
        program = program[: edit.start] + edit.text + program[edit.end :]
    return program


class _Text:
    """A program's text by the places of its expressions."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.lines = program.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        """The place of a line and a column in bytes, as `ast` counts them."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def span(self, node: ast.expr) -> tuple[int, int]:
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno or 0, node.end_col_offset or 0)

    def of(self, node: ast.expr) -> str:
        start, end = self.span(node)
        return self.program[start:end]

    def replaced(self, rule: str, node: ast.expr, text: str) -> _Edit:
        return _Edit(rule, *self.span(node), text)


def _named(node: ast.AST, *names: str) -> ast.Call | None:
    """A call of one of these functions, with or without a prefix such as `np.`."""
    if not isinstance(node, ast.Call) or not node.args:
        return None
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return node if name in names else None


def _prefix(node: ast.Call) -> str:
    """`np.` of `np.log(x)`."""
    function = node.func
    return f"{ast.unparse(function.value)}." if isinstance(function, ast.Attribute) else ""


def _stable(text: _Text, node: ast.AST) -> Iterator[_Edit]:
    """A logarithm of something that has a stable form of its own; an exponential over the sum of exponentials."""
    call = _named(node, "log")
    if call is not None:
        (operand, *_) = call.args
        if isinstance(operand, ast.BinOp) and isinstance(operand.op, ast.Add):
            for one, other in ((operand.left, operand.right), (operand.right, operand.left)):
                if isinstance(one, ast.Constant) and one.value == 1:
                    yield text.replaced("log1p", call, f"{_prefix(call)}log1p({text.of(other)})")
                    break
        total = _named(operand, "sum")
        inner = total and _named(total.args[0], "exp")
        if total is not None and inner:
            more = "".join(f", {text.program[slice(*_keyword(text, part))]}" for part in total.keywords)
            rest = "".join(f", {text.of(part)}" for part in total.args[1:])
            yield text.replaced("logsumexp", call, f"logsumexp({text.of(inner.args[0])}{rest}{more})")
        for name, stable in (("softmax", "log_softmax"), ("sigmoid", "logsigmoid")):
            squashed = _named(operand, name)
            if squashed is not None:
                end = text.span(squashed)[1]
                arguments = text.program[text.span(squashed.args[0])[0] : end - 1]
                yield text.replaced(stable, call, f"{stable}({arguments})")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        top, total = _named(node.left, "exp"), _named(node.right, "sum")
        below = total and _named(total.args[0], "exp")
        if (
            top
            and total
            and below
            and ast.dump(top.args[0]) == ast.dump(below.args[0])
            and len(total.args) == 1
            and not total.keywords
        ):
            yield text.replaced("softmax", node, f"softmax({text.of(top.args[0])})")


def _keyword(text: _Text, part: ast.keyword) -> tuple[int, int]:
    return text.at(part.lineno, part.col_offset), text.at(part.end_lineno or 0, part.end_col_offset or 0)


def _unchosen(text: _Text, node: ast.AST) -> Iterator[_Edit]:
    """A `where` inside the `where`: an operand in a branch that was not chosen is replaced by 1."""
    call = _named(node, "where")
    if call is None or len(call.args) != 3:
        return
    condition, chosen, other = call.args
    for branch, form in ((chosen, "where({c}, {x}, 1.0)"), (other, "where({c}, 1.0, {x})")):
        for inner in ast.walk(branch):
            operand = _risky(inner)
            if operand is not None and not _named(operand, "where"):
                inside = form.format(c=text.of(condition), x=text.of(operand))
                yield text.replaced("where", operand, inside)


def _risky(node: ast.AST) -> ast.expr | None:
    """The operand of a function that is not finite everywhere."""
    call = _named(node, "log", "sqrt", "log2", "log10", "reciprocal", "arcsin", "arccos", "exp", "norm")
    if call is not None:
        return call.args[0]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not isinstance(node.right, ast.Constant):
        return node.right
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not isinstance(node.left, ast.Constant):
        return node.left
    return None


def _clipped(text: _Text, node: ast.AST) -> Iterator[_Edit]:
    """An operand that is kept within the range in which the function is finite."""
    logarithm = _named(node, "log", "log2", "log10", "sqrt")
    exponential = _named(node, "exp")
    if logarithm is not None:
        (operand, *_) = logarithm.args
        yield text.replaced("clip", operand, f"clip({text.of(operand)}, {TINY}, None)")
    elif exponential is not None:
        (operand, *_) = exponential.args
        yield text.replaced("clip-exp", operand, f"clip({text.of(operand)}, -{LARGEST}, {LARGEST})")
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not isinstance(node.right, ast.Constant):
        divisor = text.of(node.right)
        yield text.replaced("divisor", node.right, f"where({divisor} == 0, {TINY}, {divisor})")
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not isinstance(node.left, ast.Constant):
        base = text.of(node.left)
        yield text.replaced("clip-power", node.left, f"clip({base}, {TINY}, None)")


RULES: tuple[Callable[[_Text, ast.AST], Iterator[_Edit]], ...] = (_stable, _unchosen, _clipped)
"""From the most specific to the most general."""
