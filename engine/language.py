"""Program text to graph: a subset of Python's grammar, read with `ast.parse` and never executed.

Numbers that the program uses as sizes (in brackets, `range`, attributes) are known while reading; every other
assigned name is a variable of the graph. Loops are unrolled, a call of a `def` becomes a scope.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from engine.errors import ProgramError, TidegraphError
from engine.graph import REGISTRY, Graph, Operator, Scope, Variable, building, leaf, literal, nearest, origin, size_of
from engine.ops.declare import spell

ROLES = ("input", "target", "parameter")
DRAWS: dict[str, tuple[float, ...]] = {
    "normal": (0.0, 1.0),
    "uniform": (0.0, 1.0),
    "zeros": (),
    "ones": (),
    "xavier": (),
    "he": (),
}
"""Ways to make a first value, with the defaults of their arguments."""

BINARY = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.MatMult: "matmul",
    ast.Mod: "remainder",
    ast.BitAnd: "logical_and",
    ast.BitOr: "logical_or",
}
COMPARE = {
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
STATIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b,
}
MAX_ELEMENTS = 2**40
MAX_NESTING = 64


@dataclass(frozen=True, slots=True)
class Function:
    """A `def` of the program."""

    name: str
    parameters: tuple[str, ...]
    defaults: tuple[ast.expr, ...]
    body: tuple[ast.stmt, ...]
    result: ast.expr
    line: int


@dataclass(slots=True, eq=False)
class Size:
    """A number that the program uses while it is read; `variable` once an expression uses it as well."""

    name: str
    value: Any
    line: int
    variable: Variable | None = None


class NotStatic(Exception):
    """An expression that is not known while the program is read."""


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
            return Reader(program, sizes or {}, max_operators).read()
    except RecursionError:
        raise ProgramError("the program is nested too deeply", "split the expression into several lines") from None


class Reader:
    """One reading of one program: the names known so far and what they stand for."""

    def __init__(self, program: str, sizes: Mapping[str, int], max_operators: int) -> None:
        self.program = program
        self.given_sizes = dict(sizes)
        self.max_operators = max_operators
        self.statements = 0
        self.functions: dict[str, Function] = {}
        self.names: list[dict[str, Any]] = [{"pi": float(np.pi), "inf": float(np.inf)}]
        self.scopes: list[Scope | None] = [None]
        self.named: dict[str, Variable] = {}
        self.versions: dict[str, int] = {}
        self.titles: dict[Variable, str] = {}
        self.local: dict[Variable, tuple[Scope, str]] = {}
        self.operators: dict[Operator, None] = {}
        self.sizes: dict[str, Any] = {}
        self.target: str | None = None
        self.static_names: set[str] = set()

    def read(self) -> Graph:
        tree = self.syntax()
        self.static_names = names_used_as_sizes(tree)
        self.run(tree.body)
        for name in self.given_sizes:
            if name not in self.sizes:
                raise ProgramError(f"the program has no size {name!r}", nearest(name, self.sizes))
        graph = Graph(self.named, list(self.operators), self.local, self.target, self.program)
        graph.sizes = dict(self.sizes)
        return graph

    def syntax(self) -> ast.Module:
        try:
            return tree_of(self.program)
        except SyntaxError as error:
            line, column = error.lineno or 1, error.offset or 1
            raise ProgramError(error.msg, hint_for_syntax(error), max(line, 1), max(column, 1)) from None
        except (ValueError, MemoryError) as error:
            raise ProgramError(str(error) or "the program is nested too deeply") from None

    # Statements

    def run(self, body: list[ast.stmt] | tuple[ast.stmt, ...]) -> None:
        for statement in body:
            self.statements += 1
            if self.statements > 10 * self.max_operators:
                raise self.error(statement, "the program runs too many statements", "use fewer iterations")
            with origin(self.scopes[-1], statement.lineno):
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
        variable = leaf(shape or (), role.id, initial, node.lineno)
        self.name(node.target, variable)

    def shape(self, node: ast.expr) -> tuple[int, ...]:
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        sizes = []
        for part in parts:
            size = self.known(part, "a size")
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
        numbers = [self.known(a, "an argument") for a in node.args]
        if node.keywords or len(numbers) > len(DRAWS[name]):
            raise self.error(node, f"{name} takes {len(DRAWS[name])} numbers")
        for argument, number in zip(node.args, numbers, strict=True):
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                raise self.error(argument, f"{name} takes numbers, not {number!r}")
        return name, (*map(float, numbers), *DRAWS[name][len(numbers) :])

    def array(self, node: ast.expr) -> np.ndarray:
        value = self.known(node, "a value")
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
                found = self.expression(value)
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
                known = self.static(value)
            except NotStatic:
                pass
            else:
                if len(self.scopes) == 1 and target.id in self.given_sizes and isinstance(known, int):
                    known = self.given_sizes[target.id]
                return Size(target.id, known, value.lineno)
        return self.expression(value)

    def name(self, target: ast.expr, value: Any) -> None:
        if not isinstance(target, ast.Name):
            raise self.error(target, "only names can be assigned", "use a new name for a changed array")
        name = target.id
        if isinstance(value, Size):
            self.names[-1][name] = value
            if len(self.names) == 1:
                self.sizes[name] = value.value
            return
        if isinstance(value, tuple):
            raise self.error(target, f"{len(value)} values for one name", "a, b = ...")
        if value is None or isinstance(value, str):
            raise self.error(target, "a variable is a number or an array")
        if not isinstance(value, Variable):
            value = leaf(np.shape(value), "constant", np.array(value, dtype=np.float64), target.lineno)
        elif value in self.titles or value.literal is not None:
            value = self.call(target, "identity", [value], {})
        self.names[-1][name] = value
        scope = self.scopes[-1]
        if len(self.names) == 1:
            count = self.versions.get(name, 0) + 1
            version = name if count == 1 else f"{name}_{count}"
            while version in self.named:
                count += 1
                version = f"{name}_{count}"
            self.versions[name] = count
            self.named[version] = value
            self.local.pop(value, None)
            self.titles[value] = version
            if value.operator is not None and not value.shape and value.kind == "float":
                self.target = version
        elif value not in self.local:
            assert scope is not None
            self.local[value] = (scope, name)

    def define(self, node: ast.FunctionDef) -> None:
        if len(self.names) > 1:
            raise self.error(node, "a def stands at the top level")
        given = node.args
        if given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs or node.decorator_list:
            raise self.error(node, "a def takes plain arguments", "def f(x, W): ...")
        *body, last = node.body
        if not isinstance(last, ast.Return) or last.value is None:
            raise self.error(last, f"{node.name} has no result", "end the def with: return ...")
        self.functions[node.name] = Function(
            node.name, tuple(a.arg for a in given.args), tuple(given.defaults), tuple(body), last.value, node.lineno
        )

    def loop(self, node: ast.For) -> None:
        match node.iter:
            case ast.Call(func=ast.Name(id="range"), args=arguments, keywords=[]) if 1 <= len(arguments) <= 3:
                bounds = [self.known(a, "the range") for a in arguments]
            case _:
                raise self.error(node.iter, "a loop runs over a range", "for i in range(3):")
        if not isinstance(node.target, ast.Name) or node.orelse:
            raise self.error(node, "a loop is: for i in range(n):")
        try:
            steps = range(*bounds)
        except (TypeError, ValueError) as error:
            raise self.error(node.iter, str(error)) from None
        outer = self.scopes[-1]
        for i in steps:
            self.names[-1][node.target.id] = i
            self.scopes.append(Scope(f"{node.target.id}{i}".replace("-", "m"), "iteration", outer, node.lineno))
            try:
                self.run(node.body)
            finally:
                self.scopes.pop()

    # Expressions

    def expression(self, node: ast.expr) -> Any:
        """A Variable, a tuple of them, or a plain value that is known now."""
        match node:
            case ast.Constant(value=value):
                if isinstance(value, (complex, bytes)) or value is Ellipsis:
                    raise self.error(node, f"{value!r} is no number of the language")
                return self.checked(node, value)
            case ast.Name(id=name):
                return self.lookup(node, name)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = self.expression(left), self.expression(right)
                if not isinstance(a, Variable) and not isinstance(b, Variable):
                    return self.arithmetic(node, op, a, b)
                return self.call(node, self.sign(node, op), [a, b], {}, [left, right])
            case ast.UnaryOp(op=op, operand=operand):
                return self.unary(node, op, operand)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARE:
                return self.call(
                    node, COMPARE[type(op)], [self.expression(left), self.expression(right)], {}, [left, right]
                )
            case ast.Compare():
                raise self.error(node, "one comparison at a time: < <= > >= == !=", "logical_and(a < b, b < c)")
            case ast.Call():
                return self.application(node)
            case ast.Subscript(value=value, slice=index):
                return self.subscript(node, value, index)
            case ast.Attribute(value=value, attr=name):
                return self.attribute(node, value, name)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return self.sequence(node, [self.expression(e) for e in elements])
            case ast.IfExp() | ast.BoolOp():
                raise self.error(node, "a graph has no branches", "use where(condition, a, b) or logical_and(a, b)")
            case ast.Lambda():
                raise self.error(node, "functions are written with def")
            case _:
                raise self.error(node, "this expression is not part of the language", EXPRESSIONS)

    def sequence(self, node: ast.expr, parts: list[Any]) -> Any:
        if all(isinstance(p, Variable) for p in parts) or isinstance(node, ast.Tuple):
            return tuple(parts)
        if any(isinstance(p, Variable) for p in parts):
            raise self.error(node, "a list of numbers holds no variables", "stack((a, b)) makes an array of variables")
        return parts

    def lookup(self, node: ast.expr, name: str) -> Any:
        for names in (self.names[-1], self.names[0]):
            if name in names:
                found = names[name]
                if isinstance(found, Size):
                    return self.size_variable(found)
                return found
        known = [*self.names[-1], *self.names[0], *self.functions, *REGISTRY]
        if name in REGISTRY or name in self.functions:
            raise self.error(node, f"{name} is an operator: call it", f"{name}(...)")
        raise self.error(node, f"{name} is not defined", nearest(name, known))

    def size_variable(self, size: Size) -> Any:
        if not isinstance(size.value, (int, float)) or isinstance(size.value, bool):
            return size.value
        if size.variable is None:
            size.variable = leaf((), "constant", np.array(float(size.value)), size.line)
            if size.name not in self.named:
                self.named[size.name] = size.variable
                self.titles[size.variable] = size.name
        return size.variable

    def sign(self, node: ast.expr, op: ast.operator) -> str:
        found = BINARY.get(type(op))
        if found is None:
            raise self.error(node, "this sign is not part of the language", "+ - * / ** @ and comparisons")
        return found

    def unary(self, node: ast.UnaryOp, op: ast.unaryop, operand: ast.expr) -> Any:
        value = self.expression(operand)
        if isinstance(op, ast.UAdd):
            return value
        if isinstance(op, ast.USub):
            if isinstance(value, (int, float)):
                return -value
            return self.call(node, "neg", [value], {}, [operand])
        return self.call(node, "logical_not", [value], {}, [operand])

    def subscript(self, node: ast.Subscript, value: ast.expr, index: ast.expr) -> Any:
        base = self.expression(value)
        if isinstance(base, (tuple, list)):
            position = self.known(index, "an index")
            try:
                return base[position]
            except (TypeError, IndexError) as error:
                raise self.error(index, str(error)) from None
        try:
            key = self.index(index)
        except NotStatic:
            return self.taken(node, value, base, index)
        return self.call(node, "getitem", [base], {"key": key}, [value])

    def taken(self, node: ast.Subscript, value: ast.expr, base: Any, index: ast.expr) -> Any:
        """An index that is a variable, alone or beside slices: the slices first, then `take` along its axis."""
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        key: list[Any] = []
        found: list[tuple[int, ast.expr]] = []
        for number, part in enumerate(parts):
            try:
                key.append(self.index(part))
            except NotStatic:
                found.append((number, part))
                key.append(slice(None))
        if (
            len(found) > 1
            or any(isinstance(p, ast.Slice) for _, p in found)
            or not all(isinstance(k, slice) or k is Ellipsis for k in key)
        ):
            raise self.error(index, "a variable index stands alone or beside slices", "x[i], x[:, i] or x[1:, i]")
        ((number, part),) = found
        axis = number - len(parts) if Ellipsis in key[:number] else number
        if any(k not in (slice(None), Ellipsis) for k in key):
            base = self.call(node, "getitem", [base], {"key": tuple(key)}, [value])
        return self.call(node, "take", [base, self.expression(part)], {"axis": axis}, [value, part])

    def index(self, node: ast.expr) -> Any:
        match node:
            case ast.Tuple(elts=parts):
                return tuple(self.index(p) for p in parts)
            case ast.Slice(lower=lower, upper=upper, step=step):
                return slice(*(None if p is None else self.static(p) for p in (lower, upper, step)))
            case ast.Constant(value=value) if value is Ellipsis or value is None:
                return value
        key = self.static(node)
        return np.array(key) if isinstance(key, (list, tuple)) else key

    def attribute(self, node: ast.expr, value: ast.expr, name: str) -> Any:
        base = self.expression(value)
        if isinstance(base, Variable):
            if name == "T":
                return self.call(node, "transpose", [base], {}, [value])
            if name in ("shape", "size", "ndim"):
                return getattr(base, name)
        raise self.error(node, f".{name} is not part of the language", ".T, .shape, .size and .ndim are")

    def application(self, node: ast.Call) -> Any:
        match node.func:
            case ast.Name(id=name):
                first: list[ast.expr] = []
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in ("np", "numpy", "torch", "F", "nn"):
                raise self.error(node.func, f"{module} is not needed", f"write {name}(...)")
            case ast.Attribute(value=value, attr=name):
                first = [value]
            case _:
                raise self.error(node.func, "only a named operator can be called")
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            raise self.error(node, "arguments are written out one by one")
        operands = [*first, *node.args]
        if name in self.functions and not first:
            return self.call_function(node, self.functions[name])
        if name not in REGISTRY:
            if name in DRAWS:
                raise self.error(node, f"{name} makes a first value", f"W: parameter[3] = {name}()")
            raise self.error(node.func, f"{name} is not an operator", nearest(name, [*self.functions, *REGISTRY]))
        op: Any = REGISTRY[name]
        count = len(operands) if op.variadic else len(op.inputs)
        inputs, rest = operands[:count], operands[count:]
        if op.variadic and operands and isinstance(operands[0], (ast.Tuple, ast.List)):
            inputs, rest = operands[0].elts, operands[1:]
        values = [self.expression(a) for a in inputs]
        attributes = list(op.attributes)
        if len(rest) > len(attributes):
            raise self.error(node, f"{name} takes {count} operands, not {len(operands)}", op.signature)
        keywords: dict[str, Any] = {}
        for key, argument in [*zip(attributes, rest, strict=False), *((k.arg, k.value) for k in node.keywords)]:
            keywords[key or ""] = self.expression(argument) if key in op.inputs else self.known(argument, str(key))
        return self.call(node, name, values, keywords, inputs)

    def call(
        self,
        node: ast.expr,
        name: str,
        operands: list[Any],
        attributes: dict[str, Any],
        texts: list[ast.expr] | None = None,
    ) -> Any:
        """Apply an operator; what does not fit becomes an error at `node` that names the operands."""
        if name not in REGISTRY:
            raise self.error(node, f"{name} is not an operator")
        try:
            result = REGISTRY[name](*operands, **attributes)
        except ProgramError:
            raise
        except TidegraphError as error:
            shapes = [
                f"{ast.unparse(text)} is {spell(value.shape)}"
                for text, value in zip(texts or (), operands, strict=False)
                if isinstance(value, Variable) and value.literal is None and len(ast.unparse(text)) <= 24
            ]
            message = f"{', '.join(shapes)}: {error.message}" if shapes else error.message
            raise self.error(node, message, error.hint) from None
        except (TypeError, ValueError, IndexError, AttributeError, OverflowError, ZeroDivisionError, KeyError) as error:
            raise self.error(
                node, f"{name} cannot be used like this: {error}", getattr(REGISTRY[name], "signature", "")
            ) from None
        self.record(node, result)
        return result

    def record(self, node: ast.expr, result: Any) -> None:
        """Note the operators that `result` newly needs, each after its inputs' operators."""
        pending: list[tuple[Operator, bool]] = []
        found = result if isinstance(result, tuple) else (result,)
        pending += [(v.operator, False) for v in found if isinstance(v, Variable) and v.operator is not None]
        while pending:
            operator, ready = pending.pop()
            if operator in self.operators:
                continue
            if ready:
                for variable in operator.outputs:
                    if variable.size > MAX_ELEMENTS:
                        raise self.error(node, f"{spell(variable.shape)} is too large")
                self.operators[operator] = None
                continue
            pending.append((operator, True))
            pending += [(v.operator, False) for v in reversed(operator.inputs) if v.operator is not None]
        if len(self.operators) > self.max_operators:
            raise self.error(node, f"the graph has more than {self.max_operators} operators", "use fewer iterations")

    def call_function(self, node: ast.Call, function: Function) -> Any:
        if len(self.names) > MAX_NESTING:
            raise self.error(node, f"{function.name} calls itself", "a graph has no recursion; use a for loop")
        arguments: dict[str, Any] = {}
        for name, argument in zip(function.parameters, node.args, strict=False):
            arguments[name] = self.argument(argument)
        if len(node.args) > len(function.parameters):
            raise self.error(node, f"{function.name} takes {len(function.parameters)} arguments, not {len(node.args)}")
        for keyword in node.keywords:
            if keyword.arg not in function.parameters or keyword.arg in arguments:
                raise self.error(node, f"{function.name} has no argument {keyword.arg!r} to set here")
            arguments[keyword.arg] = self.argument(keyword.value)
        defaults = dict(zip(function.parameters[::-1], function.defaults[::-1], strict=False))
        for name in function.parameters:
            if name not in arguments:
                if name not in defaults:
                    raise self.error(
                        node, f"{function.name} needs {name}", f"def {function.name} is at line {function.line}"
                    )
                arguments[name] = self.argument(defaults[name])
        operands = tuple(v if isinstance(v, Variable) else None for v in arguments.values())
        scope = Scope(function.name, "function", self.scopes[-1], node.lineno, None, operands)
        with self.inside(scope, arguments):
            self.run(function.body)
            with origin(scope, function.result.lineno):
                result = self.expression(function.result)
                results = result if isinstance(result, tuple) else (result,)
                own = tuple(self.own(function.result, scope, r) for r in results)
        return own if isinstance(result, tuple) else own[0]

    def argument(self, node: ast.expr) -> Any:
        """An argument of a `def`: a size stays a size, so that the function may use it as one."""
        if isinstance(node, ast.Name):
            for names in (self.names[-1], self.names[0]):
                if isinstance(names.get(node.id), Size):
                    return names[node.id]
        return self.expression(node)

    def own(self, node: ast.expr, scope: Scope, result: Any) -> Any:
        """A function's result as an output of its scope: what comes from outside passes through `identity`."""
        if isinstance(result, (int, float)) and not isinstance(result, bool):
            result = literal(result)
        if not isinstance(result, Variable):
            raise self.error(node, "a def returns variables")
        inside = result.operator.origin.scope if result.operator is not None else None
        while inside is not None and inside is not scope:
            inside = inside.parent
        return result if inside is scope else self.call(node, "identity", [result], {})

    @contextmanager
    def inside(self, scope: Scope, names: dict[str, Any]) -> Iterator[None]:
        self.names.append(names)
        self.scopes.append(scope)
        try:
            yield
        finally:
            self.names.pop()
            self.scopes.pop()

    # What is known while reading

    def known(self, node: ast.expr, what: str) -> Any:
        try:
            return self.static(node)
        except NotStatic as error:
            raise self.error(node, f"{what} must be known before anything runs", str(error)) from None

    def static(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=value):
                if isinstance(value, (complex, bytes)) or value is Ellipsis:
                    raise NotStatic
                return self.checked(node, value)
            case ast.Name(id=name):
                for names in (self.names[-1], self.names[0]):
                    if name in names:
                        found = names[name]
                        if isinstance(found, Size):
                            return found.value
                        if isinstance(found, Variable):
                            raise NotStatic(f"{name} is a variable of the graph")
                        return found
                self.lookup(node, name)
            case ast.BinOp(left=left, op=op, right=right):
                return self.arithmetic(node, op, self.static(left), self.static(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value = self.static(operand)
                if isinstance(value, (int, float)):
                    return -value
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.static(operand)
            case ast.Tuple(elts=elements):
                return tuple(self.static(e) for e in elements)
            case ast.List(elts=elements):
                return [self.static(e) for e in elements]
            case ast.Subscript(value=value, slice=index):
                base, position = self.static(value), self.static(index)
                try:
                    return base[position]
                except (TypeError, IndexError, KeyError) as error:
                    raise self.error(node, str(error)) from None
            case ast.Attribute(value=value, attr=("shape" | "size" | "ndim") as name):
                base = self.expression(value)
                if isinstance(base, Variable):
                    return getattr(base, name)
        raise NotStatic(f"{ast.unparse(node)[:40]} is not a number")

    def arithmetic(self, node: ast.expr, op: ast.operator, a: Any, b: Any) -> Any:
        if type(op) not in STATIC or not isinstance(a, (int, float)) or not isinstance(b, (int, float)):
            raise self.error(
                node,
                "numbers and arrays of the program are combined by operators",
                "A = [[1, 2], [3, 4]] makes a variable",
            )
        if isinstance(op, ast.Pow) and isinstance(a, int) and isinstance(b, int) and b > 64:
            b = float(b)
        try:
            value = STATIC[type(op)](a, b)
        except (ZeroDivisionError, OverflowError) as error:
            raise self.error(node, str(error)) from None
        return self.checked(node, value)

    def checked(self, node: ast.expr, value: Any) -> Any:
        if isinstance(value, complex) or (isinstance(value, int) and abs(value) >= 2**63):
            raise self.error(node, "this number is too large or not real")
        return value

    def error(self, node: ast.AST, message: str, hint: str = "") -> ProgramError:
        line = getattr(node, "lineno", 1)
        offset = getattr(node, "col_offset", 0)
        lines = re.split(r"\r\n|\r|\n", self.program)
        text = lines[min(line, len(lines)) - 1]
        column = len(text.encode()[:offset].decode(errors="ignore")) + 1
        return ProgramError(message, hint, line, column)


STATEMENTS = "declarations, assignments, def, for ... in range(...)"
EXPRESSIONS = "numbers, names, + - * / ** @, comparisons, slices, calls of operators"


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
                mark(*(k.value for k in node.keywords), *attributes_by_position(node, REGISTRY.get(name)))
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


def attributes_by_position(node: ast.Call, op: Any) -> list[ast.expr]:
    """The arguments of a call that are attributes of the operator, not inputs: they follow the inputs."""
    if op is None:
        return []
    if op.variadic:
        return node.args[1:] if node.args and isinstance(node.args[0], (ast.Tuple, ast.List)) else []
    return node.args[len(op.inputs) - isinstance(node.func, ast.Attribute) :]
