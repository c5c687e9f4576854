"""Program text to graph: a subset of Python's grammar, read with `ast.parse` and never executed.

Numbers that the program uses as sizes (in brackets, `range`, attributes) are known while reading; every other
assigned name is a variable of the graph. Loops are unrolled, a call of a `def` becomes a scope.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np

from tidegraph.engine.graph import (
    REGISTRY,
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
from tidegraph.engine.language.expressions import (
    DRAWS,
    MAX_ELEMENTS,
    Applied,
    ExpressionEvaluator,
    Function,
    NotStatic,
    Size,
)
from tidegraph.engine.ops.aliases import OPERATORS
from tidegraph.engine.ops.declare import spell

ROLES = ("input", "target", "parameter", "constant")
STATEMENTS = "declarations, assignments, def, for ... in range(...), with scope(...)"

PARSER = Lock()
"""CPython 3.11 counts the depth of the trees that it builds for all threads together, and miscounts."""


def tree_of(program: str) -> ast.Module:
    """The syntax tree of a program, read by one thread at a time."""
    with PARSER:
        return ast.parse(program)


def parse(program: str, *, sizes: Mapping[str, int] | None = None, max_operators: int = 1_000_000) -> Graph:
    """The graph of a program.

    `sizes` replaces numbers that the program assigns and uses as sizes; `max_operators` bounds unrolling.
    Raises ProgramError with line, column and a hint; whatever the text is, nothing else.
    """
    try:
        with building():
            return Parser(program, sizes or {}, max_operators).read()
    except RecursionError:
        raise ProgramError("nested-too-deeply") from None


class Parser:
    """Parses one program once, statement by statement. `expressions` evaluates the expressions in them."""

    def __init__(
        self, program: str, sizes: Mapping[str, int], max_operators: int, applied: Applied | None = None
    ) -> None:
        self.program = program
        self.max_operators = max_operators
        self.expressions = ExpressionEvaluator(program, max_operators, self.run, applied)
        self.error = self.expressions.error
        self.given_sizes = dict(sizes)
        self.statements = 0
        self.versions: dict[str, int] = {}
        self.local: dict[Variable, tuple[Scope, str]] = {}
        self.sizes: dict[str, Any] = {}
        self.target: str | None = None
        self.static_names: set[str] = set()
        self.blocks = 0
        """How many `with scope(...)` are open."""

    def read(self) -> Graph:
        tree = self.syntax()
        self.static_names = names_used_as_sizes(tree)
        self.run(tree.body)
        for name in self.given_sizes:
            if name not in self.sizes:
                raise ProgramError(f"the program has no size {name!r}", nearest(name, self.sizes))
        found = self.expressions
        return Graph(found.named, list(found.operators), self.local, self.target, self.program, sizes=self.sizes)

    def syntax(self) -> ast.Module:
        try:
            return tree_of(self.program)
        except SyntaxError as error:
            line, column = error.lineno or 1, error.offset or 1
            raise ProgramError(error.msg, hint_for_syntax(error), max(line, 1), max(column, 1)) from None
        except (ValueError, MemoryError) as error:
            raise ProgramError(str(error) or "the program is nested too deeply") from None

    def run(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self.statements += 1
            spend("statements")
            if self.statements > 10 * self.max_operators:
                raise self.error(statement, "the program runs too many statements", "use fewer iterations")
            with origin(self.expressions.scopes[-1], statement.lineno):
                self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.AnnAssign():
                self.declare(node)
            case ast.Assign(targets=[target], value=value):
                self.assign(target, value)
            case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
                self.assign(target, ast.copy_location(ast.BinOp(self.load(target), op, value), node))
            case ast.FunctionDef():
                self.define(node)
            case ast.For():
                self.loop(node)
            case ast.With():
                self.block(node)
            case ast.Expr(value=ast.Constant(value=str())) | ast.Pass():
                pass
            case ast.Expr():
                raise self.error(node, "this value goes nowhere", "assign it to a name: y = ...")
            case ast.If() | ast.While():
                raise self.error(node, "a graph has no branches", "use where(condition, a, b)")
            case ast.Import() | ast.ImportFrom():
                raise self.error(node, "nothing is imported", "operators are called by their name: relu(x)")
            case ast.Return():
                raise self.error(node, "return stands at the end of a def")
            case _:
                raise self.error(node, "this statement is not part of the language", STATEMENTS)

    def load(self, target: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)

    def declare(self, node: ast.AnnAssign) -> None:
        if not isinstance(node.target, ast.Name):
            raise self.error(node, "only a name can be declared", "x: input[4]")
        role: ast.expr = node.annotation
        brackets: ast.expr | None = None
        if isinstance(role, ast.Subscript):
            brackets = role.slice
            role = role.value
        if not isinstance(role, ast.Name) or role.id not in ROLES:
            hint = nearest(role.id, ROLES) if isinstance(role, ast.Name) else ""
            raise self.error(node.annotation, "a declaration names a role", hint or "input, target or parameter")
        shape = self.shape(brackets) if brackets is not None else None
        initial: Any = None
        if node.value is not None:
            initial = self.draw(node.value)
            if initial is None:
                array = self.array(node.value)
                if shape is None:
                    shape = array.shape
                if array.shape not in (shape, ()):
                    raise self.error(
                        node.value, f"{node.target.id} is {spell(shape)}, its value is {spell(array.shape)}"
                    )
                initial = np.broadcast_to(array, shape)
        variable = leaf(shape or (), role.id, initial, node.lineno, scope=self.expressions.scopes[-1])
        self.name(node.target, variable)

    def shape(self, node: ast.expr) -> tuple[int, ...]:
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        sizes = []
        for part in parts:
            size = self.expressions.known(part, "a size")
            if isinstance(size, bool) or not isinstance(size, int) or size < 0:
                raise self.error(part, f"a size is a whole number, not {size!r}", "x: input[4] or W: parameter[5, 4]")
            sizes.append(size)
        if len(sizes) > 32:
            raise self.error(node, f"{len(sizes)} axes are too many", "at most 32")
        if size_of(sizes) > MAX_ELEMENTS:
            raise self.error(node, f"{spell(tuple(sizes))} is too large")
        return tuple(sizes)

    def draw(self, node: ast.expr) -> tuple[str, tuple[float, ...]] | None:
        if not isinstance(node, ast.Call):
            return None
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in DRAWS:
            raise self.error(
                node.func, "this makes no first value", nearest(name, DRAWS) or f"one of {', '.join(DRAWS)}"
            )
        numbers = [self.expressions.known(a, "an argument") for a in node.args]
        if node.keywords or len(numbers) > len(DRAWS[name]):
            raise self.error(node, f"{name} takes {len(DRAWS[name])} numbers")
        for argument, number in zip(node.args, numbers, strict=True):
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                raise self.error(argument, f"{name} takes numbers, not {number!r}")
        return name, (*map(float, numbers), *DRAWS[name][len(numbers) :])

    def array(self, node: ast.expr) -> np.ndarray:
        value = self.expressions.known(node, "a value")
        try:
            array = np.array(value)
        except ValueError:
            raise self.error(
                node, "rows have different lengths", "every row needs the same number of elements"
            ) from None
        if array.dtype.kind not in "bif":
            raise self.error(node, f"{ast.unparse(node)[:40]} is not a number or a list of numbers")
        return array.astype(np.float64)

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            if isinstance(value, (ast.Tuple, ast.List)):
                if len(value.elts) != len(target.elts):
                    raise self.error(value, f"{len(target.elts)} names and {len(value.elts)} values")
                results = [self.evaluate(v, t) for t, v in zip(target.elts, value.elts, strict=True)]
            else:
                found = self.expressions.expression(value)
                if not isinstance(found, tuple) or len(found) != len(target.elts):
                    count = len(found) if isinstance(found, tuple) else 1
                    raise self.error(value, f"{len(target.elts)} names and {count} value{'s' * (count != 1)}")
                results = list(found)
            for part, result in zip(target.elts, results, strict=True):
                self.name(part, result)
        else:
            self.name(target, self.evaluate(value, target))

    def evaluate(self, value: ast.expr, target: ast.expr) -> Any:
        """The right side of an assignment: known now if the program uses the name as a size, else an expression."""
        if isinstance(target, ast.Name) and target.id in self.static_names:
            try:
                known = self.expressions.static(value)
            except NotStatic:
                pass
            else:
                if len(self.expressions.scopes) == 1 and target.id in self.given_sizes and isinstance(known, int):
                    known = self.given_sizes[target.id]
                return Size(target.id, known, value.lineno)
        return self.expressions.expression(value)

    def name(self, target: ast.expr, value: Any) -> None:
        if not isinstance(target, ast.Name):
            raise self.error(target, "only names can be assigned", "use a new name for a changed array")
        name = target.id
        if isinstance(value, Size):
            self.expressions.names[-1][name] = value
            if len(self.expressions.names) == 1:
                self.sizes[name] = value.value
            return
        if isinstance(value, tuple):
            raise self.error(target, f"{len(value)} values for one name", "a, b = ...")
        if value is None or isinstance(value, str):
            raise self.error(target, "a variable is a number or an array")
        if not isinstance(value, Variable):
            value = leaf(np.shape(value), "constant", np.array(value, dtype=np.float64), target.lineno)
        elif value in self.expressions.titles or value.literal is not None:
            value = self.expressions.call(target, "identity", [value], {})
        self.expressions.names[-1][name] = value
        scope = self.expressions.scopes[-1]
        if len(self.expressions.names) == 1 and not self.blocks:
            count = self.versions.get(name, 0) + 1
            version = name if count == 1 else f"{name}_{count}"
            while version in self.expressions.named:
                count += 1
                version = f"{name}_{count}"
            self.versions[name] = count
            self.expressions.named[version] = value
            self.local.pop(value, None)
            self.expressions.titles[value] = version
            if value.operator is not None and not value.shape and value.kind == "float":
                self.target = version
        elif value not in self.local:
            assert scope is not None
            self.local[value] = (scope, name)

    def define(self, node: ast.FunctionDef) -> None:
        if len(self.expressions.names) > 1:
            raise self.error(node, "a def stands at the top level")
        given = node.args
        if given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs or node.decorator_list:
            raise self.error(node, "a def takes plain arguments", "def f(x, W): ...")
        *body, last = node.body
        if not isinstance(last, ast.Return) or last.value is None:
            raise self.error(last, f"{node.name} has no result", "end the def with: return ...")
        self.expressions.functions[node.name] = Function(
            node.name, tuple(a.arg for a in given.args), tuple(given.defaults), tuple(body), last.value, node.lineno
        )

    def block(self, node: ast.With) -> None:
        """`with scope("encoder"):` groups lines into one circle. What they assign can be read after it."""
        match node.items:
            case [
                ast.withitem(
                    context_expr=ast.Call(
                        func=ast.Name(id="scope"), args=[ast.Constant(value=str() as name)], keywords=[]
                    ),
                    optional_vars=None,
                )
            ] if re.fullmatch(r"\w+(\.\w+){0,30}", name) and len(name) <= 200:
                pass
            case _:
                raise self.error(node, "with opens a scope", 'with scope("encoder"):')
        self.expressions.scopes.append(Scope(name, "function", self.expressions.scopes[-1], node.lineno))
        self.blocks += 1
        try:
            self.run(node.body)
        finally:
            self.blocks -= 1
            self.expressions.scopes.pop()

    def loop(self, node: ast.For) -> None:
        match node.iter:
            case ast.Call(func=ast.Name(id="range"), args=arguments, keywords=[]) if 1 <= len(arguments) <= 3:
                bounds = [self.expressions.known(a, "the range") for a in arguments]
            case _:
                raise self.error(node.iter, "a loop runs over a range", "for i in range(3):")
        if not isinstance(node.target, ast.Name) or node.orelse:
            raise self.error(node, "a loop is: for i in range(n):")
        try:
            steps = range(*bounds)
        except (TypeError, ValueError) as error:
            raise self.error(node.iter, str(error)) from None
        name = node.target.id
        ends = {"first": steps[0], "last": steps[-1], "count": len(steps)} if steps else {}
        loop = Scope(name, "loop", self.expressions.scopes[-1], node.lineno, attributes=ends)
        for i in steps:
            self.expressions.names[-1][name] = i
            self.expressions.scopes.append(Scope(f"{name}{i}".replace("-", "m"), "iteration", loop, node.lineno))
            try:
                self.run(node.body)
            finally:
                self.expressions.scopes.pop()


def hint_for_syntax(error: SyntaxError) -> str:
    """What would be right, for the mistakes that people make most."""
    text = (error.text or "").strip()
    if text.startswith(("def ", "for ")) and not text.endswith(":"):
        return "the line ends with a colon"
    if "^" in text:
        return "powers are written **"
    return ""


def names_used_as_sizes(tree: ast.Module) -> set[str]:
    """Names whose value must be known while reading: in brackets, in `range`, as attributes, and their sources."""
    used: set[str] = set()
    functions = {f.name: [a.arg for a in f.args.args] for f in tree.body if isinstance(f, ast.FunctionDef)}
    nodes = list(ast.walk(tree))

    def mark(*parts: ast.expr | None) -> None:
        for part in parts:
            if part is not None:
                used.update(n.id for n in ast.walk(part) if isinstance(n, ast.Name))

    for node in nodes:
        match node:
            case ast.AnnAssign(annotation=ast.Subscript(slice=index)):
                mark(index)
            case ast.Subscript(slice=index):
                mark(index)
            case ast.Call(func=ast.Name(id="range"), args=arguments):
                mark(*arguments)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name not in functions:
                mark(*attributes_by_keyword(node, name), *attributes_by_position(node, name))
    before = -1
    while len(used) != before:
        before = len(used)
        for node in nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in used:
                    mark(value)
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                    for target, value in zip(names, values, strict=False):
                        if isinstance(target, ast.Name) and target.id in used:
                            mark(value)
                case ast.Call(func=ast.Name(id=name), args=arguments) if name in functions:
                    for parameter, argument in zip(functions[name], arguments, strict=False):
                        if parameter in used:
                            mark(argument)
    return used


def attributes_by_keyword(node: ast.Call, name: str) -> list[ast.expr]:
    """The values of keywords that are attributes which no variable can be."""
    op = REGISTRY.get(OPERATORS.get(name, name))
    free = () if op is None else (*op.inputs, *op.scalars)
    return [k.value for k in node.keywords if op is None or op.parameter(k.arg or "") not in free]


def attributes_by_position(node: ast.Call, name: str) -> list[ast.expr]:
    """The arguments of a call that are attributes of the operator, not inputs: they follow the inputs."""
    op = REGISTRY.get(OPERATORS.get(name, name))
    if op is None:
        return []
    if op.variadic:
        return node.args[1:] if node.args and isinstance(node.args[0], (ast.Tuple, ast.List)) else []
    bound = isinstance(node.func, ast.Attribute)
    first = [n for n, name in enumerate(op.torch) if name in op.attributes][:1]
    start = len(op.inputs) - bound
    after = [a for a, other in zip(node.args[start:], op.attributes, strict=False) if other not in op.scalars]
    return [*after, *(a for n in first for a in node.args[n - bound : n - bound + 1])]
