"""Program text to graph: a subset of Python's grammar, read with `ast.parse` and never executed.

Whatever is known at parse time (sizes, flags, lists of variables, functions) may be computed with, branched on and
looped over; every other assigned name is a variable of the graph. Loops are unrolled, a call of a `def` becomes a
scope.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np

from tidegraph.engine.graph import (
    Fix,
    Graph,
    ProgramError,
    Scope,
    Variable,
    building,
    leaf,
    nearest,
    origin,
    size_of,
)
from tidegraph.engine.graph.budget import spend
from tidegraph.engine.language import calls, dialects, signs, updates
from tidegraph.engine.language.characters import normalised
from tidegraph.engine.language.corrections import correction, refused_before_parsing
from tidegraph.engine.language.expressions import MAX_ELEMENTS, Applied, ExpressionEvaluator
from tidegraph.engine.language.latex_lines import without_latex
from tidegraph.engine.language.layers import Class, Module, Unused
from tidegraph.engine.language.objects import (
    Known,
    LoopEnd,
    NotStatic,
    Returned,
    Tensor,
    is_number,
    numbers_in,
)

ROLES = ("input", "target", "parameter", "constant")
DRAWS: dict[str, tuple[float, ...]] = {
    "normal": (0.0, 1.0),
    "uniform": (0.0, 1.0),
    "zeros": (),
    "ones": (),
    "xavier": (),
    "he": (),
    "orthogonal": (1.0,),
}
"""Ways to make a first value, with the defaults of their arguments."""

MAX_IDLE = 20_000
"""Statements that a program may run without building an operator."""

BRANCHES = (ast.If, ast.IfExp, ast.While, ast.Break, ast.Continue, ast.Return, ast.FunctionDef)
"""What makes one iteration of a loop cost other than the next."""

PROBED = 100
"""Iterations after which a loop without branches is known to build too many operators, if it goes on like this."""

PARSER = Lock()
"""CPython 3.11 counts the depth of the trees that it builds for all threads together, and miscounts."""

LAZY = {"shape", "size", "ndim", "len", "numel", "dim", "int", "item", "range", "float", "bool"}
"""What gives numbers that are no variables of the graph until an expression uses them."""


def tree_of(program: str) -> ast.Module:
    """The syntax tree of a program, read by one thread at a time."""
    with PARSER:
        return ast.parse(in_grammar(program))


def in_grammar(program: str) -> str:
    """The text that is parsed: typographic characters, prompts and lines of LaTeX as what they stand for."""
    return without_latex(normalised(program))


def parse(
    program: str,
    *,
    sizes: Mapping[str, int] | None = None,
    max_operators: int = 1_000_000,
    training: bool | None = None,
) -> Graph:
    """The graph of a program.

    `sizes` replaces numbers that the program assigns and uses as sizes; `max_operators` bounds unrolling. `training`
    puts the whole program in training or evaluation mode (without dropout, batch norm by its running statistics),
    whatever its own `train()` and `eval()` say; by default they decide, and a program begins in training mode.
    Raises ProgramError with line, column and a hint; whatever the text is, nothing else.
    """
    try:
        with building():
            return Parser(program, sizes or {}, max_operators, training=training).read()
    except RecursionError:
        raise ProgramError("nested-too-deeply") from None
    except ProgramError as error:
        raise in_original(program, error) from None


def in_original(program: str, error: ProgramError) -> ProgramError:
    """An error's place and fix in the text as it was given, where a line of it was read as something else."""
    lines, read = re.split(r"\r\n|\r|\n", program), in_grammar_or_same(program).split("\n")
    number = min(error.line, len(lines))
    given, text = lines[number - 1], read[number - 1] if number <= len(read) else ""
    if given == text:
        return error
    shift = len(given) - len(text) if given.endswith(text) else 0
    error.column = min(error.column + shift, len(given) + 1)
    fix = error.fix
    if fix is not None and fix.line == fix.end_line == number:
        corrected = text[: fix.column - 1] + fix.text + text[fix.end_column - 1 :]
        error.fix = Fix(number, 1, number, len(given) + 1, corrected)
    elif fix is not None:
        error.fix = None
    return error


def in_grammar_or_same(program: str) -> str:
    """The text that is parsed, or the program itself if a line of LaTeX in it cannot be read."""
    try:
        return in_grammar(program)
    except ProgramError:
        return program


class Parser:
    """Parses one program once, statement by statement. `expressions` evaluates the expressions in them."""

    def __init__(
        self,
        program: str,
        sizes: Mapping[str, int],
        max_operators: int,
        applied: Applied | None = None,
        training: bool | None = None,
    ) -> None:
        self.program = program
        self.text = in_grammar(program)
        self.max_operators = max_operators
        self.expressions = ExpressionEvaluator(self.text, max_operators, self.run, dialects, calls, applied)
        self.expressions.mode = training
        self.expressions.training = training is not False
        self.error = self.expressions.error
        self.given_sizes = dict(sizes)
        self.statements = 0
        self.declared: dict[str, int] = {}
        self.local: dict[Variable, tuple[Scope, str]] = {}
        self.assigned: list[tuple[str, Known | Variable]] = []
        self.sizes: dict[str, Known] = {}
        self.target: Variable | None = None
        self.without_gradient = False
        self.tree: ast.Module
        self.last: ast.stmt | None = None
        self.groups = 0
        """How many `with scope(...)` are open."""

    def read(self) -> Graph:
        """The graph of the program."""
        tree = self.syntax()
        found = self.expressions
        found.open_world = not declares(tree)
        found.dialect = dialects.of_program(tree, self.text)
        self.tree = tree
        self.last = tree.body[-1] if tree.body else None
        self.hoist(tree.body)
        self.run(tree.body)
        sizes = {name: known.value for name, known in self.sizes.items() if known.static}
        for name in self.given_sizes:
            if name not in sizes:
                raise ProgramError("unknown-size", nearest(name, sizes), name=name)
        named, operators, target = self.names_and_operators()
        return Graph(
            named,
            operators,
            self.local,
            target,
            self.program,
            sizes=sizes,
            warnings=tuple(sorted(found.warnings, key=lambda w: w.line)),
            training=found.mode,
        )

    def names_and_operators(self) -> tuple[dict[str, Variable], list[Any], str | None]:
        """The graph's named variables and its operators, without numbers that were used at parse time alone."""
        found = self.expressions
        assigned = [*found.undeclared.items(), *self.assigned]
        kept = {v.made if isinstance(v, Known) else v for _, v in assigned if not idle(v)}
        if self.target is not None:
            kept.add(self.target)
        operators = []
        for operator, weak in reversed(found.operators.items()):
            if not weak or any(v in kept for v in operator.outputs):
                operators.append(operator)
                kept.update(operator.inputs)
        named: dict[str, Variable] = {}
        counts: dict[str, int] = {}
        reserved = {p.path for p in found.parameters}
        scalar: str | None = None
        single: str | None = None
        for name, value in assigned:
            variable = value.made if isinstance(value, Known) else value
            if variable is None or variable not in kept:
                continue
            count = counts.get(name, 0) + 1
            version = name if count == 1 else f"{name}_{count}"
            while version in named or version in reserved:
                count += 1
                version = f"{name}_{count}"
            counts[name] = count
            named[version] = variable
            self.local.pop(variable, None)
            if variable.operator is not None and variable.size == 1 and variable.kind == "float":
                scalar, single = (scalar, version) if variable.shape else (version, single)
        if self.target is not None and all(v is not self.target for v in named.values()):
            name = next(n for n in ("loss", *(f"loss_{k}" for k in range(2, len(named) + 3))) if n not in named)
            named[name] = self.target
            self.local.pop(self.target, None)
        for parameter in found.parameters:
            path, count = parameter.path, 1
            while path in named:
                count += 1
                path = f"{parameter.path}_{count}"
            named[path] = parameter.declare(found)
        chosen = next((n for n, v in named.items() if v is self.target), None)
        return named, operators[::-1], chosen or scalar or single

    def syntax(self) -> ast.Module:
        """The syntax tree; what the grammar does not have is refused with the line as it would be right."""
        refused = refused_before_parsing(self.text)
        if refused is not None:
            raise refused
        try:
            with PARSER:
                return ast.parse(self.text)
        except SyntaxError as error:
            raise correction(self.text, error) from None
        except (ValueError, MemoryError):
            raise ProgramError("nested-too-deeply") from None

    # Statements

    def hoist(self, body: Sequence[ast.stmt]) -> None:
        """Functions of a body may be called before they stand: their names are known from the start."""
        for statement in body:
            if isinstance(statement, ast.FunctionDef):
                self.expressions.later[statement.name] = statement

    def run(self, body: Sequence[ast.stmt]) -> None:
        """The statements of a body, one after the other."""
        found = self.expressions
        for statement in body:
            self.statements += 1
            spend("statements")
            if self.statements > MAX_IDLE + 10 * len(found.operators) or self.statements > 10 * self.max_operators:
                raise self.error(statement, "too-many-statements", limit=MAX_IDLE)
            found.line = statement.lineno
            with origin(found.scopes[-1], statement.lineno):
                self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """One statement."""
        match node:
            case ast.AnnAssign():
                self.declare(node)
            case ast.Assign(targets=targets, value=value):
                self.assign(targets, value)
            case ast.AugAssign():
                self.augment(node)
            case ast.FunctionDef():
                self.define(node)
            case ast.ClassDef():
                self.expressions.frames[-1][node.name] = self.classed(node)
            case ast.For():
                self.loop(node)
            case ast.While():
                self.repeat(node)
            case ast.If(test=test, body=body, orelse=orelse):
                self.run(body if signs.condition(self.expressions, test, node) else orelse)
            case ast.Expr(value=value):
                self.effect(node, value)
            case ast.Pass():
                pass
            case ast.Assert():
                self.check(node)
            case ast.Import() | ast.ImportFrom():
                dialects.imported(self.expressions, node)
            case ast.Return(value=value):
                if not self.expressions.depth:
                    raise self.error(node, "return-outside-def")
                raise Returned(None if value is None else self.expressions.expression(value), value or node)
            case ast.Break() | ast.Continue():
                raise LoopEnd(isinstance(node, ast.Continue))
            case ast.With():
                self.within(node)
            case ast.Delete():
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self.expressions.frames[-1].pop(target.id, None)
            case ast.Global() | ast.Nonlocal():
                raise self.error(node, "global-not-here")
            case ast.Try():
                raise self.error(node, "try-not-here")
            case ast.Raise():
                raise self.error(node, "program-raises", text=ast.unparse(node)[:80])
            case _:
                raise self.error(node, "statement-not-in-language")

    def check(self, node: ast.Assert) -> None:
        """An assertion of what is known at parse time must hold; any other is passed over."""
        with self.trial() as trial:
            value = self.expressions.static(self.expressions.expression(node.test), node.test)
            trial.append(not isinstance(value, np.ndarray) and not value)
        if trial and trial[0]:
            said = self.expressions.plain(self.expressions.expression(node.msg)) if node.msg else None
            hint = said[:200] if isinstance(said, str) else None
            raise self.error(node, "assertion-fails", hint, text=ast.unparse(node.test)[:80])

    @contextmanager
    def trial(self) -> Iterator[list[Any]]:
        """What is built inside is taken back; an error inside is none."""
        found, results = self.expressions, []  # type: ignore[var-annotated]
        before, warned = len(found.operators), len(found.warnings)
        try:
            yield results
        except (ProgramError, NotStatic, Returned, LoopEnd):
            results.clear()
        finally:
            while len(found.operators) > before:
                found.operators.popitem()
            del found.warnings[warned:]

    def effect(self, node: ast.Expr, value: ast.expr) -> None:
        """A statement that only calls something: what has no part in the graph is passed over."""
        if isinstance(value, ast.Constant) and (isinstance(value.value, str) or value.value is Ellipsis):
            return
        if isinstance(value, ast.Compare) and len(value.ops) == 1 and isinstance(value.ops[0], ast.Eq):
            left, right = ast.unparse(value.left), ast.unparse(value.comparators[0])
            if isinstance(value.left, ast.Name):
                corrected = f"{left} = {right}"
                fix = self.expressions.replace(node, corrected)
                raise self.error(node, "equals-twice", fix=fix, corrected=corrected[:200])
        if (
            isinstance(value, ast.Compare)
            and isinstance(value.left, ast.Name)
            and re.match(r"\s*\w+\s*<-", self.expressions.lines[node.lineno - 1])
        ):
            corrected = re.sub(r"^(\s*\w+\s*)<-", r"\1=", self.expressions.lines[node.lineno - 1]).strip()
            fix = self.expressions.replace(node, corrected)
            raise self.error(node, "sign-of-another-language", fix=fix, corrected=corrected[:200])
        if isinstance(value, ast.Call) and calls.effect(self, value):
            return
        if self.is_answer(node):
            self.name(
                ast.copy_location(ast.Name(self.free_name(), ast.Store()), node), self.expressions.expression(value)
            )
            return
        if isinstance(value, ast.Call):
            self.expressions.expression(value)
        if isinstance(value, ast.Name) and self.expressions.find(value.id) is not None:
            return
        raise self.error(
            node,
            "result-never-used",
            fix=self.expressions.replace(node, f"y = {ast.unparse(value)}"),
            corrected=f"y = {ast.unparse(value)}"[:200],
        )

    def is_answer(self, node: ast.Expr) -> bool:
        """Whether an expression is the formula of a program without declarations: its last line, `(x + y) * z`."""
        return (
            self.expressions.open_world and node is self.last and not isinstance(node.value, (ast.Name, ast.Constant))
        )

    def free_name(self) -> str:
        """A name for the result of a formula that gives it none."""
        taken = {*self.expressions.frames[1], *(n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name))}
        return next(
            name for name in ("y", "f", "J", "result", *(f"y{n}" for n in range(len(taken) + 1))) if name not in taken
        )

    def declare(self, node: ast.AnnAssign) -> None:
        """A declaration: a role, sizes in brackets, a first value."""
        if not isinstance(node.target, ast.Name):
            raise self.error(node, "only-names-declared")
        role: ast.expr = node.annotation
        brackets: ast.expr | None = None
        if isinstance(role, ast.Subscript):
            brackets, role = role.slice, role.value
        name = node.target.id
        if isinstance(role, ast.Call) and isinstance(role.func, ast.Name) and role.func.id.lower() in ROLES:
            inside = ", ".join(ast.unparse(a) for a in role.args)
            right = f"{role.func.id.lower()}[{inside}]" if inside else role.func.id.lower()
            fix = self.expressions.replace(node.annotation, right)
            raise self.error(node.annotation, "round-brackets", fix=fix, corrected=f"{name}: {right}"[:200])
        if not isinstance(role, ast.Name) or role.id not in ROLES:
            hint = nearest(role.id, ROLES) if isinstance(role, ast.Name) else None
            if node.value is not None and dialects.is_annotation(node.annotation):
                self.assign([node.target], node.value)
                return
            near = self.expressions.fix_name(role, hint)
            raise self.error(node.annotation, "no-such-role", hint, fix=near, role=ast.unparse(role)[:40])
        shape = self.shape(brackets) if brackets is not None else None
        initial: Any = None
        if node.value is not None:
            initial = self.draw(node.value)
            if initial is None:
                given = self.array(node.value)
                if shape is None:
                    shape = given.shape
                if given.shape not in (shape, ()):
                    raise self.error(node.value, "value-shape", name=name, shape=shape, given=given.shape)
                initial = given if isinstance(given, Drawn) else np.broadcast_to(given, shape)
                if isinstance(initial, Drawn):
                    initial = initial.draw
        variable = leaf(shape or (), role.id, initial, node.lineno, scope=self.expressions.scopes[-1])
        if len(self.expressions.frames) == 2 and not self.groups:
            before = self.declared.get(name)
            if before is not None and before != node.lineno:
                self.expressions.warn(node, "declared-twice", name=name, line=str(before))
            self.declared[name] = node.lineno
        self.name(node.target, variable)

    def shape(self, node: ast.expr) -> tuple[int, ...]:
        """The sizes in the brackets of a declaration."""
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        sizes: list[int] = []
        for part in parts:
            found = self.expressions.known(part)
            for size in found if isinstance(found, (tuple, list)) else (found,):
                if isinstance(size, float) and size.is_integer() and not isinstance(part, ast.Constant):
                    size = int(size)
                if isinstance(size, bool) or not isinstance(size, int) or size < 0:
                    shown = repr(size) if isinstance(size, (bool, int, float, str)) else ast.unparse(part)
                    raise self.error(part, "size-not-whole", size=shown[:40])
                sizes.append(size)
        if len(sizes) > 32:
            raise self.error(node, "too-many-axes", count=len(sizes))
        if size_of(sizes) > MAX_ELEMENTS:
            raise self.error(node, "array-too-large", shape=tuple(sizes))
        return tuple(sizes)

    def draw(self, node: ast.expr) -> tuple[str, tuple[float, ...]] | None:
        """The draw that makes a first value, or None."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            return None
        name = node.func.id
        if name not in DRAWS or (name in ("zeros", "ones") and node.args):
            if name in DRAWS or self.expressions.find(name) is not None or dialects.bare(name) is not None:
                return None
            close = nearest(name, DRAWS)
            fix = self.expressions.fix_name(node.func, close)
            raise self.error(node.func, "no-first-value", close, fix=fix, name=name, draws=list(DRAWS))
        numbers = [self.expressions.known(a) for a in node.args]
        if node.keywords or len(numbers) > len(DRAWS[name]):
            raise self.error(node, "draw-takes", name=name, count=len(DRAWS[name]))
        for argument, number in zip(node.args, numbers, strict=True):
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                raise self.error(argument, "draw-takes-numbers", name=name, given=ast.unparse(argument)[:40])
        return name, (*map(float, numbers), *DRAWS[name][len(numbers) :])

    def array(self, node: ast.expr) -> Any:
        """The array that a declaration gives as its variable's value."""
        value = self.expressions.expression(node)
        if isinstance(value, Tensor) and not isinstance(value.initial, np.ndarray):
            return Drawn(value.shape, value.initial)
        try:
            value = self.expressions.static(value, node)
        except NotStatic:
            raise self.expressions.not_known(node) from None
        try:
            array = np.array(value)
        except ValueError:
            raise self.error(node, "ragged") from None
        if array.dtype.kind not in "bif":
            raise self.error(node, "not-numbers", text=ast.unparse(node)[:40])
        return array.astype(np.float64)

    # Assignments

    def assign(self, targets: Sequence[ast.expr], value: ast.expr) -> None:
        """`a = e`, `a, b = e`, `a = b = e`, `y[i] = e`, `self.a = e`."""
        first, *others = targets
        self.expressions.assigning = first.id if isinstance(first, ast.Name) else ""
        if isinstance(first, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
            plain = not any(isinstance(e, ast.Starred) for e in (*first.elts, *value.elts))
            if plain and len(value.elts) != len(first.elts):
                raise self.error(value, "names-and-values", names=len(first.elts), values=len(value.elts))
            if plain and not others:
                results = [self.expressions.expression(v) for v in value.elts]
                for part, result, text in zip(first.elts, results, value.elts, strict=True):
                    self.store(part, result, isinstance(result, Variable) or eager(text))
                return
        if isinstance(first, (ast.Tuple, ast.List)) and len(first.elts) == 2:
            self.expressions.pairs.add(value)
        result = self.expressions.expression(value)
        for target in targets:
            self.store(target, result, isinstance(result, Variable) or eager(value), value)

    def store(self, target: ast.expr, value: Any, eager: bool = True, text: ast.expr | None = None) -> None:
        """Bind a target to a value."""
        match target:
            case ast.Name():
                self.name(target, value, eager)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                place = text or target
                found = self.expressions.unpacked(place, parts, value)
                for part, element in zip(parts, found, strict=True):
                    self.store(part.value if isinstance(part, ast.Starred) else part, element, False)
            case ast.Subscript():
                updates.store_element(self, target, value)
            case ast.Attribute():
                updates.store_attribute(self, target, value)
            case _:
                raise self.error(target, "only-names-here")

    def augment(self, node: ast.AugAssign) -> None:
        """`a += e` and its kin."""
        found = self.expressions
        target = node.target
        if any(isinstance(n, ast.Attribute) and n.attr == "grad" for n in ast.walk(node.value)):
            raise self.error(node, "update-not-here", name=ast.unparse(target)[:40])
        load = ast.copy_location(ast.parse(ast.unparse(target), mode="eval").body, target)
        for part in ast.walk(load):
            ast.copy_location(part, target)
        before = found.expression(load)
        value = found.expression(node.value)
        if isinstance(before, list) and isinstance(node.op, ast.Add):
            before += found.iterable(node.value, value)
            return
        written = ast.copy_location(ast.BinOp(load, node.op, node.value), node)
        self.store(target, signs.binary(found, written, node.op, before, value), eager(node.value))

    def name(self, target: ast.Name, value: Any, eager: bool = True) -> None:
        """Bind a name; what is an array or a number becomes a variable under this name."""
        found, name = self.expressions, target.id
        value = self.nameable(target, value)
        if isinstance(value, Unused) and value.made is None and len(found.frames) == 2 and not self.groups:
            value.named = lambda made: self.titled(name, made)
        if not isinstance(value, (Known, Variable)):
            found.frames[-1][name] = value
            return
        if isinstance(value, Variable):
            if self.without_gradient and value.operator is not None:
                value = found.call(target, "detach", [value], {})
            if value in found.titles or value.literal is not None:
                value = found.call(target, "identity", [value], {})
        else:
            value = self.known(target, value, eager)
        found.frames[-1][name] = value
        if len(found.frames) == 2 and not self.groups:
            self.assigned.append((name, value))
            if isinstance(value, Known):
                self.sizes.setdefault(name, value)
            else:
                found.titles.add(value)
        else:
            variable = value.made if isinstance(value, Known) else value
            scope = found.scopes[-1]
            if (
                variable is not None
                and variable not in self.local
                and variable not in found.titles
                and scope is not None
            ):
                self.local[variable] = (scope, name)

    def titled(self, name: str, value: Variable) -> None:
        """A variable of the program under a name that it was given before it was built."""
        self.assigned.append((name, value))
        self.expressions.titles.add(value)

    def nameable(self, target: ast.Name, value: Any) -> Any:
        """A value as what a name is bound to: a variable, a known value, or an object that is no array."""
        found, name = self.expressions, target.id
        if isinstance(value, Module):
            value.rename(name, None)
            return value
        if isinstance(value, Tensor) and value.made is None:
            value.made = leaf(value.shape, value.role, value.initial, target.lineno, scope=found.scopes[-1])
            return value.made
        if isinstance(value, Tensor):
            return value.made
        if is_number(value):
            return Known(value, lambda: self.constant(value, target.lineno))
        if isinstance(value, np.ndarray) and value.ndim:
            return Known(value, lambda: self.constant(value, target.lineno))
        if isinstance(value, (list, tuple)) and value:
            updates.name_modules(value, name)
            array = numbers_in(value)
            if array is not None and isinstance(value, list):
                return Known(value, lambda: self.constant(value, target.lineno))
        elif isinstance(value, dict):
            updates.name_modules(value, name)
        return value

    def constant(self, value: Any, line: int) -> Variable:
        """A number or an array of the program as a variable."""
        return leaf(np.shape(value), "constant", np.array(value, dtype=np.float64), line)

    def known(self, target: ast.Name, value: Known, eager: bool) -> Known:
        """A known value under a name: a constant, or what the graph computes it with."""
        found, name = self.expressions, target.id
        if value.name:
            other = value
            scope, line = found.scopes[-1], target.lineno

            def alias() -> Variable:
                with origin(scope, line):
                    made = found.call(target, "identity", [other.variable()], {})
                assert isinstance(made, Variable)
                return made

            value = Known(other.value, alias, (other,))
        outermost = len(found.frames) == 2 and found.scopes[-1] is None
        if outermost and name in self.given_sizes and name not in self.sizes and type(value.value) is int:
            given = self.given_sizes[name]
            value = Known(given, lambda: self.constant(given, target.lineno))
        value.name = name
        if eager and not isinstance(value.value, bool):
            found.building_known(value)
        if value.made is not None:
            found.titles.add(value.made)
        else:
            make = value.make

            def titled() -> Variable:
                made = make()
                found.titles.add(made)
                return made

            value.make = titled
        return value

    # Definitions and loops

    def define(self, node: ast.FunctionDef) -> None:
        """A `def`."""
        found = self.expressions
        for decorator in node.decorator_list:
            if not dialects.is_ignored_decorator(decorator):
                raise self.error(node, "no-decorators")
        if not any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(node)) and not acts(node):
            raise self.error(node.body[-1], "def-without-result", name=node.name)
        found.later.pop(node.name, None)
        found.frames[-1][node.name] = found.function(node, node.name, node.args, tuple(node.body))

    def classed(self, node: ast.ClassDef) -> Class:
        """A class of the program: its methods, its attributes and the classes that it extends."""
        found = self.expressions
        bases = [found.expression(base) for base in node.bases]
        names: dict[str, Any] = {}
        fields: dict[str, Any] = {}
        for part in node.body:
            match part:
                case ast.FunctionDef():
                    decorators = {ast.unparse(d) for d in part.decorator_list}
                    method = found.function(part, part.name, part.args, tuple(part.body))
                    names[part.name] = (method, decorators) if decorators else method
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    names[name] = found.expression(value)
                case ast.AnnAssign(target=ast.Name(id=name), value=value):
                    fields[name] = None if value is None else found.expression(value)
                    if value is not None:
                        names[name] = fields[name]
                case ast.Expr(value=ast.Constant()) | ast.Pass():
                    pass
                case _:
                    raise self.error(part, "not-in-class")
        return Class(node.name, tuple(bases), names, fields if node.decorator_list else {})

    def within(self, node: ast.With) -> None:
        """`with torch.no_grad():` stops gradients; other contexts are passed over."""
        if (name := scope_name(node)) is not None:
            self.group(node, name)
            return
        before = self.without_gradient
        for item in node.items:
            text = ast.unparse(item.context_expr)
            if not dialects.is_ignored_context(text):
                raise self.error(node, "with-not-here", text=text[:60])
            self.without_gradient |= "no_grad" in text or "inference_mode" in text
        try:
            self.run(node.body)
        finally:
            self.without_gradient = before

    def group(self, node: ast.With, name: str) -> None:
        """`with scope("encoder"):` groups lines into one circle. What they assign can be read after it."""
        scopes = self.expressions.scopes
        scopes.append(Scope(name, "function", scopes[-1], node.lineno))
        self.groups += 1
        try:
            self.run(node.body)
        finally:
            self.groups -= 1
            scopes.pop()

    def loop(self, node: ast.For) -> None:
        """A `for` loop, unrolled."""
        found = self.expressions
        if node.orelse:
            raise self.error(node, "loop-without-else")
        over = found.expression(node.iter)
        steps: Sequence[Any] = over if isinstance(over, range) else found.iterable(node.iter, over)
        names = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]
        name = names[0] if names else "item"
        numbered = isinstance(over, range)
        labels: Sequence[int] = over if isinstance(over, range) else range(len(steps))
        ends = {"first": labels[0], "last": labels[-1], "count": len(labels)} if len(labels) else {}
        loop = Scope(name, "loop", found.scopes[-1], node.lineno, attributes=ends)
        parts = [part for statement in node.body for part in ast.walk(statement)]
        even = not any(isinstance(p, BRANCHES) or (isinstance(p, ast.Name) and p.id in found.later) for p in parts)
        if even and len(steps) * len(node.body) > 10 * self.max_operators:
            raise self.error(node, "too-many-iterations", count=len(steps), limit=10 * self.max_operators)
        before = len(found.operators)
        for number, (label, value) in enumerate(zip(labels, steps, strict=True)):
            if even and number == PROBED and (len(found.operators) - before) * len(steps) > PROBED * self.max_operators:
                raise self.error(node, "too-many-operators", limit=self.max_operators)
            if numbered and isinstance(node.target, ast.Name):
                found.frames[-1][name] = value
            else:
                found.bind(node.target, value)
            if not self.turn(node.body, Scope(iteration(name, label), "iteration", loop, node.lineno)):
                break

    def repeat(self, node: ast.While) -> None:
        """A `while` loop on what is known at parse time, unrolled."""
        found = self.expressions
        if node.orelse:
            raise self.error(node, "loop-without-else")
        ends: dict[str, Any] = {"first": 0, "last": 0, "count": 0}
        loop = Scope("loop", "loop", found.scopes[-1], node.lineno, attributes=ends)
        count = 0
        while signs.condition(found, node.test, node):
            spend("statements")
            self.statements += 1
            if self.statements > MAX_IDLE + 10 * len(found.operators):
                raise self.error(node, "too-many-statements", limit=MAX_IDLE)
            scope = Scope(iteration("loop", count), "iteration", loop, node.lineno)
            goes_on = self.turn(node.body, scope)
            count += 1
            ends.update(last=count - 1, count=count)
            if not goes_on:
                break

    def turn(self, body: Sequence[ast.stmt], scope: Scope) -> bool:
        """One iteration; whether the loop goes on."""
        scopes = self.expressions.scopes
        scopes.append(scope)
        try:
            self.run(body)
        except LoopEnd as end:
            return end.goes_on
        finally:
            scopes.pop()
        return True


class Drawn:
    """A draw as the first value of a declaration, with the shape that it was called with."""

    def __init__(self, shape: tuple[int, ...], draw: Any) -> None:
        self.shape = shape
        self.draw = draw


def iteration(name: str, label: int) -> str:
    """The name of an iteration's scope."""
    return f"{name}{label}".replace("-", "m")


def idle(value: Known | Variable) -> bool:
    """Whether a named value was used at parse time alone, or not at all, so that it need not be in the graph."""
    return isinstance(value, Known) and (value.static or value.made is None)


def eager(text: ast.expr) -> bool:
    """Whether a number is shown as a variable even before an expression uses it: what is written as numbers is."""
    for node in ast.walk(text):
        if isinstance(node, ast.Attribute) and node.attr in LAZY:
            return False
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in LAZY:
            return False
    return True


def acts(node: ast.FunctionDef) -> bool:
    """Whether a `def` without a result is called for what it does: `main()` that ends in `loss.backward()`."""
    return any(isinstance(n, ast.Attribute) and n.attr == "backward" for n in ast.walk(node))


def scope_name(node: ast.With) -> str | None:
    """The name in `with scope("encoder"):`, None for other contexts."""
    match node.items:
        case [
            ast.withitem(
                ast.Call(func=ast.Name(id="scope"), args=[ast.Constant(value=str() as name)], keywords=[]), None
            )
        ]:
            return name if len(name) <= 200 and re.fullmatch(r"\w+(\.\w+){0,30}", name) else None
    return None


def declares(tree: ast.Module) -> bool:
    """Whether a program declares its variables; in one that does not, an undefined name is a scalar input."""
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign(annotation=role):
                inner = role.value if isinstance(role, ast.Subscript) else role
                inner = inner.func if isinstance(inner, ast.Call) else inner
                if isinstance(inner, ast.Name):
                    return True
            case ast.ClassDef() | ast.Import() | ast.ImportFrom():
                return True
            case ast.Call(func=ast.Name(id=name)) if name in ROLES:
                return True
            case ast.Call(func=ast.Attribute(attr="tensor" | "array" | "Parameter" | "randn" | "rand" | "Linear")):
                return True
            case ast.Attribute(value=ast.Name(id="nn")):
                return True
    return False
