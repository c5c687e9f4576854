"""Expressions of a program to variables: names, operators, calls of a `def`, and what is known at parse time.

The value of an expression is a variable of the graph, several of them, or a plain number that is known at once.
`ExpressionEvaluator` holds the names and the operators defined so far; `Parser` reads the statements around them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegraph.engine.graph import (
    REGISTRY,
    Fix,
    Operator,
    ProgramError,
    Scope,
    ShapeError,
    TidegraphError,
    Variable,
    leaf,
    literal,
    nearest,
    origin,
)
from tidegraph.engine.language.subscripts import subscript
from tidegraph.engine.messages.catalogue import Message, Parameter
from tidegraph.engine.ops.aliases import INSTEAD, OPERATORS
from tidegraph.engine.ops.declare import spell

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
EXPRESSIONS = "numbers, names, + - * / ** @, comparisons, slices, calls of operators"


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


Applied = Callable[[ast.expr, str, list[Any], dict[str, Any], Any], None]
"""Called after every application of an operator: node, operator's name, operands, attributes, result."""


class ExpressionEvaluator:
    """The names defined so far, and the value of an expression that uses them.

    `run` executes the statements of a `def` where it is called; `applied` observes every application of an operator.
    """

    def __init__(
        self,
        program: str,
        max_operators: int,
        run: Callable[[Sequence[ast.stmt]], None],
        applied: Applied | None = None,
    ) -> None:
        self.program = program
        self.run = run
        self.applied = applied
        self.max_operators = max_operators
        self.functions: dict[str, Function] = {}
        self.names: list[dict[str, Any]] = [{"pi": float(np.pi), "inf": float(np.inf)}]
        self.scopes: list[Scope | None] = [None]
        self.named: dict[str, Variable] = {}
        self.titles: dict[Variable, str] = {}
        self.operators: dict[Operator, None] = {}

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
        raise self.error(node, "unknown-name", nearest(name, known), name=name)

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
        """An index with variables in it: a view by its slices and numbers, and elements taken along the other axes."""
        if not isinstance(base, Variable):
            raise self.error(value, f"{base!r} has no axes to index")
        texts = index.elts if isinstance(index, ast.Tuple) else [index]
        parts = []
        for text in texts:
            try:
                parts.append(self.index(text))
            except NotStatic:
                if isinstance(text, ast.Slice):
                    raise self.error(
                        text, "the ends of a slice are numbers", "x[i] takes elements at an index"
                    ) from None
                parts.append(self.expression(text))
        try:
            found = subscript(parts, base.ndim)
        except ShapeError as error:
            raise self.error(index, error.code, error.given_hint, **error.parameters) from None
        if not found.whole:
            base = self.call(node, "getitem", [base], {"key": found.view}, [value])
        first = found.axes[0]
        if len(found.axes) == 1:
            result = self.call(node, "take", [base, *found.indices], {"axis": first}, [value, index])
        else:
            result = self.call(node, "take_each", [base, *found.indices], {"axes": found.axes}, [value, *texts])
            first = first if found.axes == tuple(range(first, first + len(found.axes))) else 0
        if not found.front or not first:
            return result
        new = range(first, first + result.ndim - base.ndim + len(found.axes))
        return self.call(node, "moveaxis", [result], {"source": tuple(new), "destination": tuple(range(len(new)))})

    def index(self, node: ast.expr) -> Any:
        match node:
            case ast.Tuple(elts=parts):
                return tuple(self.index(p) for p in parts)
            case ast.Slice(lower=lower, upper=upper, step=step):
                return slice(*(None if p is None else self.static(p) for p in (lower, upper, step)))
            case ast.Constant(value=value) if value is Ellipsis or value is None:
                return value
            case ast.Call(func=ast.Name(id="range" | "arange"), args=ends, keywords=[]) if 1 <= len(ends) <= 3:
                try:
                    return np.array(range(*(self.static(p) for p in ends)), int)
                except (TypeError, ValueError):
                    raise self.error(node, "a range is made of whole numbers", "range(3), range(1, 3)") from None
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
        if name == "transpose" and len(operands) > 2:
            raise self.error(node, "axes come together", "transpose(x, (0, 2, 1)); swapaxes(x, 0, 1) for two of them")
        name = OPERATORS.get(name, name)
        if name not in REGISTRY:
            if name in DRAWS:
                raise self.error(node, f"{name} makes a first value", f"W: parameter[3] = {name}()")
            hint = f"write {INSTEAD[name]}" if name in INSTEAD else nearest(name, [*self.functions, *REGISTRY])
            raise self.error(node.func, f"{name} is not an operator", hint)
        op: Any = REGISTRY[name]
        order = op.order(lambda n: self.plain(operands[n]) if n < len(operands) else None)
        first_attribute = next((n for n, p in enumerate(order) if p in op.attributes), len(order))
        count = len(operands) if op.variadic else first_attribute
        inputs, rest = operands[:count], operands[count:]
        if op.variadic and operands and isinstance(operands[0], (ast.Tuple, ast.List)):
            inputs, rest = operands[0].elts, operands[1:]
        values = [self.expression(a) for a in inputs]
        others = list(op.attributes) if op.variadic else order[count:]
        if len(others) == 1 and len(rest) > 1:
            rest = [ast.copy_location(ast.Tuple(rest, ast.Load()), rest[0])]
        if len(rest) > len(others):
            raise self.error(node, f"{name} takes {count} operands, not {len(operands)}", op.signature)
        keywords: dict[str, Any] = {}
        taken = set() if op.variadic else set(order[: len(values)])
        given = [(k.arg or "", k.value, k) for k in node.keywords]
        for word, argument, place in [*((o, r, r) for o, r in zip(others, rest, strict=False)), *given]:
            key = op.parameter(word)
            if key is None:
                raise self.error(place, f"{name} has no argument {word!r}", op.signature)
            if key in keywords or key in taken:
                raise self.error(place, f"{name} is given {key} twice", op.signature)
            varies = key in op.inputs or key in op.scalars
            keywords[key] = self.expression(argument) if varies else self.known(argument, word)
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
                Message("has-shape", name=ast.unparse(text), shape=value.shape)
                for text, value in zip(texts or (), operands, strict=False)
                if isinstance(value, Variable) and value.literal is None and len(ast.unparse(text)) <= 24
            ]
            context = error.inside(Message("operands", shapes=shapes) if shapes else None)
            raise self.error(node, error.code, error.given_hint, context=context, **error.parameters) from None
        except (TypeError, ValueError, IndexError, AttributeError, OverflowError, ZeroDivisionError, KeyError) as error:
            raise self.error(
                node, f"{name} cannot be used like this: {error}", getattr(REGISTRY[name], "signature", "")
            ) from None
        self.record(node, result)
        if self.applied is not None:
            self.applied(node, name, operands, attributes, result)
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

    def plain(self, node: ast.expr) -> Any:
        """What is known of an expression while the program is read, or None."""
        with suppress(NotStatic):
            return self.static(node)

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

    def error(
        self,
        node: ast.AST,
        code: str,
        hint: str | Message | None = None,
        /,
        *,
        fix: Fix | None = None,
        context: Message | None = None,
        **parameters: Parameter,
    ) -> ProgramError:
        """The error of a code at a node of the program."""
        line = getattr(node, "lineno", 1)
        offset = getattr(node, "col_offset", 0)
        lines = re.split(r"\r\n|\r|\n", self.program)
        text = lines[min(line, len(lines)) - 1]
        column = len(text.encode()[:offset].decode(errors="ignore")) + 1
        return ProgramError(code, hint, line, column, fix=fix, context=context, **parameters)
