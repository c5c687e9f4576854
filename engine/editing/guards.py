"""Guards against NaN and infinity: edits of a program's text after which one run is finite.

A guard replaces one expression, or several: `log(1 + x)` by `log1p(x)`, a logarithm of a sum of exponentials by
`logsumexp`, the operand in a branch that was not chosen by a `where` inside the `where`, an operand out of range by
`clip`. Names that are assigned once stand for their expressions. Only guards that make values and gradients finite are
offered, the most specific first; a stable form also has to give the same numbers where the original is finite.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidegraph.engine.analysis.health import first_fault
from tidegraph.engine.graph import TidegraphError
from tidegraph.engine.language.dialects import SPACES
from tidegraph.engine.language.parser import parse
from tidegraph.engine.runtime.function import value_and_grad

MOST_TRIED = 24
MOST_OFFERED = 3
MOST_COMBINED = 3
"""So many guards of different kinds are combined where one alone does not help."""
TINY = "1e-12"
"""The smallest operand of a guarded logarithm, root or divisor."""
LARGEST = "50"
"""The largest operand of a guarded exponential: e^50 is finite in both number types, also squared."""
BELOW_ONE, ABOVE_ONE = "0.999999", "1.000001"
"""The nearest to 1 that an operand comes where the function or its slope is infinite at 1, in both number types."""

RANGES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("log", "log2", "log10", "sqrt", "rsqrt", "lgamma", "gammaln", "digamma", "psi", "entr"), (TINY, "None")
    ),
    "log1p": (f"-{BELOW_ONE}", "None"),
    **dict.fromkeys(
        ("arcsin", "asin", "arccos", "acos", "arctanh", "atanh", "artanh", "erfinv"), (f"-{BELOW_ONE}", BELOW_ONE)
    ),
    **dict.fromkeys(("arccosh", "acosh", "arcosh"), (ABOVE_ONE, "None")),
    **dict.fromkeys(("logit", "ndtri"), (TINY, BELOW_ONE)),
    **dict.fromkeys(("exp", "expm1", "exp2", "sinh", "cosh"), (f"-{LARGEST}", LARGEST)),
}
"""Functions that are finite in a range, slope included: what `clip` keeps the operand within."""
NONZERO = ("reciprocal", "cbrt")
DIVISIONS = ("divide", "true_divide", "div", "floor_divide", "fmod", "remainder", "mod")
POWERS = ("pow", "power", "float_power")
INVERSES = ("inv", "inverse", "solve", "cholesky")
SPREADS = ("var", "std")
SAMPLE = {"ddof": "0", "correction": "0", "unbiased": "False"}
"""Keywords by which a variance is divided by n - 1, and their value for n."""


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
    through: frozenset[str] = frozenset()
    """Names whose expressions are part of what is replaced."""
    exact: bool = False
    """Whether the replacement has the same value wherever the original is finite."""


def guards(program: str, values: Mapping[str, Any], *, target: str | None = None, **run: Any) -> list[Guard]:
    """Guards after which the program's values and gradients of `target` are finite at `values`.

    `run` are `sizes` of the program, and `dtype` and `seed` of the run. Nothing where no guard is known to help.
    """
    trial = _Trial(dict(values), target, run.pop("sizes", None), run)
    started = trial.nonfinite(program)
    if not started:
        return []
    changed, before, after = program, list[str](), list[str]()
    for _ in range(MOST_COMBINED):
        found: list[Guard] = []
        best: tuple[int, str, list[_Edit]] | None = None
        for edits in _candidates(changed)[:MOST_TRIED]:
            guarded = _applied(changed, edits)
            if len(found) == MOST_OFFERED or any(guard.program == guarded for guard in found):
                continue
            left = trial.nonfinite(guarded)
            if left is None or (edits[0].exact and not trial.agree(changed, guarded)):
                continue
            if left == 0:
                found.append(
                    Guard(_listed([*before, *_befores(changed, edits)]), _listed([*after, *_afters(edits)]), guarded)
                )
            elif left < (best[0] if best else started):
                best = (left, guarded, edits)
        if found or best is None:
            return found
        before += _befores(changed, best[2])
        after += _afters(best[2])
        started, changed, _ = best
    return []


def _befores(program: str, edits: Sequence[_Edit]) -> list[str]:
    return [program[edit.start : edit.end] for edit in edits]


def _afters(edits: Sequence[_Edit]) -> list[str]:
    return [edit.text for edit in edits]


def _listed(texts: Sequence[str]) -> str:
    """Expressions one after another, each once."""
    return ", ".join(dict.fromkeys(texts))


def _is_finite(array: np.ndarray) -> bool:
    return bool(np.isfinite(array).all())


@dataclass(frozen=True)
class _Trial:
    """Runs of programs with the numbers of one request."""

    values: dict[str, Any]
    target: str | None
    sizes: Mapping[str, int] | None
    run: Mapping[str, Any] = field(default_factory=dict)

    def nonfinite(self, program: str) -> int | None:
        """How many entries of values and gradients are not finite; None for a program that does not run."""
        try:
            with np.errstate(all="ignore"):
                graph = parse(program, sizes=self.sizes)
                target = graph.names[graph.resolve_target(self.target)]
                values, gradients = value_and_grad(graph, target, **self.run)(**self.values)
        except TidegraphError:
            return None
        if first_fault(graph, target, values, gradients) is None and all(map(_is_finite, gradients.values())):
            return 0
        return sum(int((~np.isfinite(array)).sum()) for array in (*values.values(), *gradients.values()))

    def agree(self, program: str, guarded: str) -> bool:
        """Whether two programs have the same target, to rounding, at numbers between 0.2 and 0.8."""
        try:
            with np.errstate(all="ignore"):
                graph = parse(program, sizes=self.sizes)
                target = graph.names[graph.resolve_target(self.target)]
                leaves = graph.leaves("parameter") or graph.leaves("input")
                random = np.random.default_rng(0)
                near = {name: random.uniform(0.2, 0.8, graph.find(name).shape) for name in leaves}
                first, other = (
                    value_and_grad(parse(text, sizes=self.sizes), target, **self.run)(**(self.values | near))[0]
                    for text in (program, guarded)
                )
        except TidegraphError:
            return False
        return bool(np.allclose(first[target], other[target], rtol=1e-4, atol=1e-6))


def _candidates(program: str) -> list[list[_Edit]]:
    """Edits to try: one after another, then all of one rule together."""
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError):
        return []
    text = _Text(program, tree)
    edits = [edit for rule in RULES for node in ast.walk(tree) for edit in rule(text, node)]
    kinds = dict.fromkeys(edit.rule for edit in edits)
    together = [[edit for edit in edits if edit.rule == kind] for kind in kinds]
    several = [group for group in map(_apart, together) if len(group) > 1]
    exact = [group for group in several if group[0].exact]
    return exact + [[edit] for edit in edits] + [group for group in several if not group[0].exact]


def _apart(edits: list[_Edit]) -> list[_Edit]:
    """Of edits those that do not lie within another."""
    kept: list[_Edit] = []
    for edit in sorted(edits, key=lambda one: (one.start, -one.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept


def _applied(program: str, edits: Sequence[_Edit]) -> str:
    """The program with these replacements, without assignments that nothing reads any more."""
    for edit in sorted(edits, key=lambda one: -one.start):
        program = program[: edit.start] + edit.text + program[edit.end :]
    through = {name for edit in edits for name in edit.through}
    while unread := through and _unread(program, through):
        first, last = unread
        lines = program.splitlines(keepends=True)
        program = "".join(lines[: first - 1] + lines[last:])
    return program


def _unread(program: str, names: set[str]) -> tuple[int, int] | None:
    """The lines of an assignment to one of these names that is read nowhere."""
    tree = ast.parse(program)
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    for node in ast.walk(tree):
        name = _assigned(node)
        if name in names - read and isinstance(node, ast.stmt):
            first, last = node.lineno, node.end_lineno or node.lineno
            lines = "".join(program.splitlines(keepends=True)[first - 1 : last])
            return (first, last) if ";" not in lines else None
    return None


def _assigned(node: ast.AST) -> str | None:
    """The name of `name = expression`."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return None


class _Text:
    """A program's text by the places of its expressions, and the expressions of its names."""

    def __init__(self, program: str, tree: ast.Module) -> None:
        self.program = program
        self.lines = program.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        stored = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        stored += [n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)]
        self.assigned = {
            name: node.value
            for node in ast.walk(tree)
            if (name := _assigned(node)) and stored.count(name) == 1 and isinstance(node, ast.Assign)
        }
        self.libraries = {*SPACES} | {
            (part.asname or part.name).split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for part in node.names
        }

    def at(self, line: int, column: int) -> int:
        """The place of a line and a column in bytes, as `ast` counts them."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def span(self, node: ast.expr | ast.keyword) -> tuple[int, int]:
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno or 0, node.end_col_offset or 0)

    def of(self, node: ast.expr | ast.keyword) -> str:
        start, end = self.span(node)
        return self.program[start:end]

    def replaced(self, rule: str, node: ast.expr, text: str, through: frozenset[str] | None = None) -> _Edit:
        """An edit; with `through`, of an expression by an equal one."""
        return _Edit(rule, *self.span(node), text, through or frozenset(), exact=through is not None)

    def resolve(self, node: ast.expr, through: set[str]) -> ast.expr:
        """What a name stands for, where it is assigned once; the names on the way are added to `through`."""
        seen: set[str] = set()
        while isinstance(node, ast.Name) and node.id in self.assigned and node.id not in seen:
            seen.add(node.id)
            node = self.assigned[node.id]
        through |= seen
        return node

    def call(self, node: ast.AST, *names: str) -> _Call | None:
        """A call of one of these functions: `log(x)`, `np.log(x)` or `x.log()`."""
        if not isinstance(node, ast.Call):
            return None
        operands, function = list(node.args), node.func
        if isinstance(function, ast.Name):
            name = function.id
        elif isinstance(function, ast.Attribute):
            name, root = function.attr, function.value
            while isinstance(root, ast.Attribute):
                root = root.value
            if not (isinstance(root, ast.Name) and root.id in self.libraries):
                operands.insert(0, function.value)
        else:
            return None
        return _Call(name, node, operands, node.keywords) if name in names and operands else None


@dataclass(frozen=True)
class _Call:
    name: str
    node: ast.Call
    operands: list[ast.expr]
    keywords: list[ast.keyword]

    @property
    def prefix(self) -> str:
        """`np.` of `np.log(x)`."""
        function = self.node.func
        return f"{ast.unparse(function.value)}." if isinstance(function, ast.Attribute) and self.plain else ""

    @property
    def plain(self) -> bool:
        """Whether all operands are in the parentheses: no method."""
        return len(self.operands) == len(self.node.args)

    def arguments(self, text: _Text, first: str = "", without: Sequence[str] = ()) -> str:
        """Operands and keywords as text, the first operand replaced by `first`."""
        parts = [first or text.of(self.operands[0]), *map(text.of, self.operands[1:])]
        return ", ".join([*parts, *(text.of(part) for part in self.keywords if part.arg not in without)])


def _is_number(node: ast.expr, *numbers: float) -> bool:
    return isinstance(node, ast.Constant) and node.value in numbers


def _negative(text: _Text, node: ast.expr) -> str:
    """`-x` of `x`, and `x` of `-x`."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return text.of(node.operand)
    return f"-{text.of(node)}" if isinstance(node, (ast.Name, ast.Call, ast.Subscript)) else f"-({text.of(node)})"


def _exponent(text: _Text, node: ast.expr, through: set[str]) -> ast.expr | None:
    """x of `exp(x)`."""
    call = text.call(text.resolve(node, through), "exp")
    return call.operands[0] if call else None


def _sum_of_exponentials(text: _Text, node: ast.expr, through: set[str]) -> tuple[ast.expr, _Call] | None:
    """x of `sum(exp(x))`, and the sum."""
    total = text.call(text.resolve(node, through), "sum")
    inner = total and _exponent(text, total.operands[0], through)
    return (inner, total) if total and inner else None


def _one_plus(text: _Text, node: ast.expr) -> ast.expr | None:
    """x of `1 + x` or `x + 1`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if _is_number(one, 1):
                return other
    return None


def _sigmoid(text: _Text, node: ast.expr, through: set[str]) -> ast.expr | str | None:
    """x of `sigmoid(x)` or `1 / (1 + exp(-x))`."""
    node = text.resolve(node, through)
    if call := text.call(node, "sigmoid", "expit"):
        return call.operands[0]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _is_number(node.left, 1):
        grown = _one_plus(text, text.resolve(node.right, through))
        inner = grown and _exponent(text, grown, through)
        return _negative(text, inner) if inner else None
    return None


def _softmax(text: _Text, node: ast.expr, through: set[str]) -> str | None:
    """The arguments of `softmax(x, axis)`, also of `exp(x) / sum(exp(x))`."""
    node = text.resolve(node, through)
    if call := text.call(node, "softmax"):
        return call.arguments(text)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        top = _exponent(text, node.left, through)
        below = _sum_of_exponentials(text, node.right, through)
        if top and below and ast.dump(top) == ast.dump(below[0]):
            return below[1].arguments(text, text.of(top), without=("keepdims", "keepdim"))
    return None


def _stable(text: _Text, node: ast.AST) -> Iterator[_Edit]:
    """An expression that has a stable form of its own, from a logarithm of exponentials to a norm."""
    through: set[str] = set()

    def exact(rule: str, form: str) -> _Edit:
        assert isinstance(node, ast.expr)
        return text.replaced(rule, node, form, frozenset(through))

    if call := text.call(node, "log", "log1p"):
        inner = call.operands[0]
        operand = text.resolve(inner, through)
        grown = inner if call.name == "log1p" else _one_plus(text, operand)
        if grown is not None:
            exponent = _exponent(text, grown, through)
            if exponent:
                yield exact("softplus", f"softplus({text.of(exponent)})")
            elif call.name == "log":
                yield exact("log1p", f"{call.prefix}log1p({text.of(grown)})")
        through.clear()
        if call.name == "log" and (found := _sum_of_exponentials(text, inner, through)):
            yield exact("logsumexp", f"logsumexp({found[1].arguments(text, text.of(found[0]))})")
        through.clear()
        if call.name == "log":
            yield from _logarithm(text, call, through, exact)
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        if arguments := _softmax(text, node, through):
            yield exact("softmax", f"softmax({arguments})")
        through.clear()
        if (logit := _sigmoid(text, node, through)) is not None:
            yield exact("sigmoid", f"sigmoid({logit if isinstance(logit, str) else text.of(logit)})")
        through.clear()
        if (angle := _tangent(text, node, through)) is not None:
            yield exact("tanh", f"tanh({text.of(angle)})")
    through.clear()
    if (vector := _length(text, node, through)) is not None:
        yield exact("norm", f"norm({vector})")


def _logarithm(text: _Text, call: _Call, through: set[str], exact: Callable[[str, str], _Edit]) -> Iterator[_Edit]:
    """The logarithm of a softmax, of one entry of it, of a sigmoid, and of 1 less a sigmoid."""
    operand = text.resolve(call.operands[0], through)
    index = ""
    if isinstance(operand, ast.Subscript):
        index = f"[{text.of(operand.slice)}]"
        operand = operand.value
    if arguments := _softmax(text, operand, through):
        yield exact("log_softmax", f"log_softmax({arguments}){index}")
        return
    less = isinstance(operand, ast.BinOp) and isinstance(operand.op, ast.Sub) and _is_number(operand.left, 1)
    logit = _sigmoid(text, operand.right if less and isinstance(operand, ast.BinOp) else operand, through)
    if logit is None:
        return
    if not less:
        yield exact("logsigmoid", f"logsigmoid({logit if isinstance(logit, str) else text.of(logit)}){index}")
    elif isinstance(logit, str):
        yield exact("logsigmoid", f"logsigmoid({f'-{logit}' if logit.isidentifier() else f'-({logit})'}){index}")
    else:
        yield exact("logsigmoid", f"logsigmoid({_negative(text, logit)}){index}")


def _tangent(text: _Text, node: ast.BinOp, through: set[str]) -> ast.expr | None:
    """x of `(exp(x) - exp(-x)) / (exp(x) + exp(-x))`."""
    top, below = text.resolve(node.left, through), text.resolve(node.right, through)
    if not (isinstance(top, ast.BinOp) and isinstance(top.op, ast.Sub)):
        return None
    if not (isinstance(below, ast.BinOp) and isinstance(below.op, ast.Add)):
        return None
    parts = [_exponent(text, part, through) for part in (top.left, top.right, below.left, below.right)]
    first, second, third, fourth = parts
    if first is None or second is None or third is None or fourth is None:
        return None
    same = ast.dump(first) == ast.dump(third) and ast.dump(second) == ast.dump(fourth)
    return first if same and _negative(text, first) == text.of(second) else None


def _length(text: _Text, node: ast.AST, through: set[str]) -> str | None:
    """The arguments of `norm` for `sqrt(sum(x ** 2))`, also with `** 0.5`, `square(x)` and `x * x`."""
    call = text.call(node, "sqrt")
    if call:
        inner = call.operands[0]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and _is_number(node.right, 0.5):
        inner = node.left
    else:
        return None
    total = text.call(text.resolve(inner, through), "sum")
    if total is None:
        return None
    squared = text.resolve(total.operands[0], through)
    if call := text.call(squared, "square"):
        return total.arguments(text, text.of(call.operands[0]))
    if isinstance(squared, ast.BinOp):
        twice = isinstance(squared.op, ast.Pow) and _is_number(squared.right, 2)
        itself = isinstance(squared.op, ast.Mult) and ast.dump(squared.left) == ast.dump(squared.right)
        if twice or itself:
            return total.arguments(text, text.of(squared.left))
    return None


def _unchosen(text: _Text, node: ast.AST) -> Iterator[_Edit]:
    """A `where` inside the `where`: an operand in a branch that was not chosen is replaced by 1."""
    call = text.call(node, "where")
    if call is None or not call.plain or len(call.operands) != 3:
        return
    condition, chosen, other = call.operands
    for branch, form in ((chosen, "where({c}, {x}, 1.0)"), (other, "where({c}, 1.0, {x})")):
        for inner in _inner(text, branch):
            operand = _risky(text, inner)
            if operand is not None and not text.call(operand, "where"):
                inside = form.format(c=text.of(condition), x=text.of(operand))
                yield text.replaced("where", operand, inside)


def _inner(text: _Text, node: ast.expr) -> Iterator[ast.AST]:
    """The parts of an expression, those of the names in it included."""
    seen: set[str] = set()
    waiting = [node]
    while waiting:
        for part in ast.walk(waiting.pop()):
            yield part
            if isinstance(part, ast.Name) and part.id in text.assigned and part.id not in seen:
                seen.add(part.id)
                waiting.append(text.assigned[part.id])


def _risky(text: _Text, node: ast.AST) -> ast.expr | None:
    """The operand of a function that is not finite everywhere."""
    if call := text.call(node, *RANGES, *NONZERO, "norm"):
        return call.operands[0]
    return _divisor(text, node) or (_power(text, node) or (None, None))[0]


def _divisor(text: _Text, node: ast.AST) -> ast.expr | None:
    """What is divided by, unless it is a number."""
    call = text.call(node, *DIVISIONS)
    if call and len(call.operands) > 1:
        right = call.operands[1]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.FloorDiv, ast.Mod)):
        right = node.right
    else:
        return None
    return None if isinstance(right, ast.Constant) else right


def _power(text: _Text, node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """Base and exponent."""
    call = text.call(node, *POWERS)
    if call and len(call.operands) > 1:
        return call.operands[0], call.operands[1]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return node.left, node.right
    return None


def _clipped(text: _Text, node: ast.AST) -> Iterator[_Edit]:
    """An operand that is kept within the range in which the function is finite."""
    if call := text.call(node, *RANGES):
        low, high = RANGES[call.name]
        operand = call.operands[0]
        yield text.replaced(f"clip{low}{high}", operand, f"clip({text.of(operand)}, {low}, {high})")
    nonzero = text.call(node, *NONZERO)
    divisor = nonzero.operands[0] if nonzero else _divisor(text, node)
    if divisor is not None:
        below = text.of(divisor)
        yield text.replaced("divisor", divisor, f"where({below} == 0, {TINY}, {below})")
    if power := _power(text, node):
        base, exponent = power
        if isinstance(base, ast.Constant):
            yield text.replaced("clip-exponent", exponent, f"clip({text.of(exponent)}, -{LARGEST}, {LARGEST})")
        elif isinstance(exponent, ast.Constant) and isinstance(exponent.value, int) and exponent.value > 1:
            yield text.replaced("clip-base", base, f"clip({text.of(base)}, -1e6, 1e6)")
        else:
            yield text.replaced("clip-power", base, f"clip({text.of(base)}, {TINY}, None)")


def _of_one(text: _Text, node: ast.AST) -> Iterator[_Edit]:
    """A variance that is divided by n - 1, 0 for one entry: divided by n."""
    call = text.call(node, *SPREADS)
    if call is None:
        return
    start, end = text.span(call.node)
    last = next((part for part in call.keywords if part.arg in SAMPLE), None)
    if last:
        low, high = text.span(last.value)
        divided = text.program[start:low] + SAMPLE[last.arg or ""] + text.program[high:end]
    else:
        divided = f"{text.program[start : end - 1]}{', ' if call.node.args or call.keywords else ''}correction=0)"
    yield text.replaced("population", call.node, divided)


def _singular(text: _Text, node: ast.AST) -> Iterator[_Edit]:
    """A matrix that has no inverse: a small multiple of the identity is added."""
    if call := text.call(node, *INVERSES):
        matrix = text.of(call.operands[0])
        held = matrix if isinstance(call.operands[0], ast.Name) else f"({matrix})"
        yield text.replaced("ridge", call.operands[0], f"{matrix} + 1e-6 * eye({held}.shape[-1])")


def _masked(text: _Text, node: ast.AST) -> Iterator[_Edit]:
    """A mask of -infinity, whose softmax is NaN where all is masked: a large negative number."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        name = node.operand.attr if isinstance(node.operand, ast.Attribute) else getattr(node.operand, "id", "")
        if name in ("inf", "Inf"):
            yield text.replaced("mask", node, "-1e9")
    call = text.call(node, "float")
    if call and isinstance(call.operands[0], ast.Constant) and call.operands[0].value == "-inf":
        yield text.replaced("mask", call.node, "-1e9")


RULES: tuple[Callable[[_Text, ast.AST], Iterator[_Edit]], ...] = (
    _stable,
    _unchosen,
    _of_one,
    _masked,
    _singular,
    _clipped,
)
"""From the most specific to the most general."""
