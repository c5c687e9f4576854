"""Expressions of a program to variables: names, operators, calls, and what is known at parse time.

The value of an expression is a variable of the graph, several of them, or an object that is known at once (see
`objects`). `ExpressionEvaluator` holds the names and the operators defined so far; `Parser` reads the statements
around them.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np

from tidegraph.engine.graph import (
    REGISTRY,
    Fix,
    Operator,
    ProgramError,
    ProgramWarning,
    Scope,
    ShapeError,
    TidegraphError,
    Variable,
    constant,
    leaf,
    literal,
    nearest,
    origin,
)
from tidegraph.engine.language.corrections import powers
from tidegraph.engine.language.objects import (
    Function,
    Known,
    Meaning,
    Namespace,
    NotStatic,
    Opaque,
    OperatorReference,
    Results,
    Returned,
    Tensor,
    is_number,
)
from tidegraph.engine.language.subscripts import subscript
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.ops.declare import as_variable

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
COMPARE: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Lt: ("less", lambda a, b: a < b),
    ast.LtE: ("less_equal", lambda a, b: a <= b),
    ast.Gt: ("greater", lambda a, b: a > b),
    ast.GtE: ("greater_equal", lambda a, b: a >= b),
    ast.Eq: ("equal", lambda a, b: a == b),
    ast.NotEq: ("not_equal", lambda a, b: a != b),
}
STATIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b,
    ast.BitAnd: lambda a, b: a & b,
    ast.BitOr: lambda a, b: a | b,
}
SIGNS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.MatMult: "@",
    ast.Pow: "**",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
MAX_ELEMENTS = 2**40
MAX_NESTING = 64
MAX_LIST = 100_000
LARGEST = 2**63

ENGINE_ERRORS = (
    TidegraphError,
    TypeError,
    ValueError,
    IndexError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
    KeyError,
)
"""What an operator raises for operands and attributes that do not fit."""

Applied = Callable[[ast.expr, str, list[Any], dict[str, Any], Any], None]
"""Called after every application of an operator: node, operator's name, operands, attributes, result."""


class Dialects(Protocol):
    """What names, attributes and methods mean; the module `dialects`."""

    def bare(self, name: str) -> Any: ...

    def namespace(self, name: str) -> Namespace | None: ...

    def inner(self, space: Namespace, name: str) -> Namespace | None: ...

    def member(self, space: Namespace, name: str) -> Any: ...

    def unknown_member(
        self, ev: ExpressionEvaluator, node: ast.Attribute, space: Namespace, name: str
    ) -> ProgramError: ...

    def attribute(
        self, ev: ExpressionEvaluator, node: ast.Attribute, text: ast.expr, base: Variable, name: str
    ) -> Any: ...

    def method_of_object(self, ev: ExpressionEvaluator, node: ast.Attribute, base: Any, name: str) -> Any: ...


class Calls(Protocol):
    """How functions and operators are called; the module `calls`."""

    def application(self, ev: ExpressionEvaluator, node: ast.Call) -> Any: ...

    def apply(
        self,
        ev: ExpressionEvaluator,
        node: ast.expr,
        callee: Any,
        values: list[Any],
        keywords: dict[str, Any],
        texts: Sequence[ast.expr],
    ) -> Any: ...

    def operate(
        self,
        ev: ExpressionEvaluator,
        node: ast.expr,
        reference: OperatorReference,
        arguments: Sequence[Any],
        given: Mapping[str, Any],
        texts: Sequence[ast.expr],
    ) -> Any: ...

    def mean(
        self,
        ev: ExpressionEvaluator,
        node: ast.expr,
        meaning: Meaning,
        values: Sequence[Any],
        keywords: Mapping[str, Any],
        texts: Sequence[ast.expr],
    ) -> Any: ...


class ExpressionEvaluator:
    """The names defined so far, and the value of an expression that uses them.

    `run` executes statements where a `def` is called; `applied` observes every application of an operator.
    """

    def __init__(
        self,
        program: str,
        max_operators: int,
        run: Callable[[Sequence[ast.stmt]], None],
        dialects: Dialects,
        calls: Calls,
        applied: Applied | None = None,
    ) -> None:
        self.program = program
        self.lines = re.split(r"\r\n|\r|\n", program)
        self.run = run
        self.dialects = dialects
        self.calls = calls
        self.applied = applied
        self.max_operators = max_operators
        constants = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan, "__name__": "__main__"}
        self.frames: list[dict[str, Any]] = [constants, {}]
        self.depth = 0
        self.open_world = False
        self.training = True
        self.mode: bool | None = None
        """Training or evaluation mode of the whole program, where whoever reads it decides."""
        self.dialect = ""
        self.scopes: list[Scope | None] = [None]
        self.titles: set[Variable] = set()
        self.operators: dict[Operator, bool] = {}
        self.weak = False
        self.seeds = 0
        self.parameters: list[Any] = []
        self.later: dict[str, ast.FunctionDef] = {}
        self.assigning = ""
        self.undeclared: dict[str, Variable] = {}
        self.warnings: list[ProgramWarning] = []
        self.named_results: set[ast.expr] = set()
        """Calls whose `.values` or `.indices` is read."""
        self.pairs: set[ast.expr] = set()
        """Calls whose result is unpacked into two names."""
        self.line = 1

    # Expressions

    def expression(self, node: ast.expr) -> Any:
        """The value of an expression."""
        match node:
            case ast.Constant(value=value):
                if isinstance(value, (complex, bytes)):
                    raise self.error(node, "no-such-number", number=ast.unparse(node)[:40])
                return self.checked(node, value)
            case ast.Name(id=name):
                return self.lookup(node, name)
            case ast.BinOp(left=left, op=op, right=right):
                a = self.expression(left)
                if isinstance(a, Known) and a.made is None and a.sources and self.mentions_variable(right):
                    a.variable()
                return self.binary(node, op, a, self.expression(right))
            case ast.UnaryOp(op=op, operand=operand):
                return self.unary(node, op, operand)
            case ast.Compare():
                return self.comparison(node)
            case ast.BoolOp():
                return self.logic(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.expression(body if self.condition(test, node) else orelse)
            case ast.Call():
                return self.application(node)
            case ast.Subscript(value=value, slice=index):
                return self.subscript(node, value, index)
            case ast.Attribute(value=value, attr=name):
                return self.attribute(node, value, name)
            case ast.Tuple(elts=elements):
                return tuple(self.elements(elements))
            case ast.List(elts=elements):
                return self.elements(elements)
            case ast.Dict(keys=keys, values=values):
                made: dict[Any, Any] = {}
                for key, value in zip(keys, values, strict=True):
                    if key is None:
                        made.update(self.expression(value))
                    else:
                        made[self.key(key)] = self.expression(value)
                return made
            case ast.Set(elts=elements):
                return self.elements(elements)
            case ast.Lambda(args=arguments, body=body):
                return self.function(node, "lambda", arguments, body)
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element) | ast.SetComp(elt=element):
                return [self.expression(element) for _ in self.comprehended(node, node.generators)]
            case ast.DictComp(key=key, value=value):
                return {self.key(key): self.expression(value) for _ in self.comprehended(node, node.generators)}
            case ast.JoinedStr():
                return self.text(node)
            case ast.NamedExpr(target=target, value=value):
                found = self.expression(value)
                self.frames[-1][target.id] = found
                return found
            case _:
                raise self.error(node, "expression-not-in-language")

    def elements(self, nodes: Sequence[ast.expr]) -> list[Any]:
        """The values of a list's elements, those of `*xs` in place."""
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found += self.iterable(node.value, self.expression(node.value))
            else:
                found.append(self.expression(node))
        return found

    def key(self, node: ast.expr) -> Any:
        """A key of a dict."""
        key = self.known(node)
        if isinstance(key, (list, dict, np.ndarray)):
            raise self.error(node, "key-not-plain")
        return key

    def text(self, node: ast.JoinedStr) -> str:
        """An f-string, which is known at parse time."""
        parts = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                parts.append(str(self.known(part.value)))
            elif isinstance(part, ast.Constant):
                parts.append(str(part.value))
        return "".join(parts)

    def comprehended(self, node: ast.expr, generators: Sequence[ast.comprehension]) -> Iterator[None]:
        """Every combination of a comprehension's names, bound in a frame of its own."""
        self.frames.append({})
        try:
            for count, _ in enumerate(self.combined(generators)):
                if count >= MAX_LIST:
                    raise self.error(node, "list-too-long", limit=MAX_LIST)
                yield
        finally:
            self.frames.pop()

    def combined(self, generators: Sequence[ast.comprehension]) -> Iterator[None]:
        if not generators:
            yield
            return
        first, *rest = generators
        for value in self.iterable(first.iter, self.expression(first.iter)):
            self.bind(first.target, value)
            if all(self.condition(test, test) for test in first.ifs):
                yield from self.combined(rest)

    def bind(self, target: ast.expr, value: Any) -> None:
        """Give names to values as they are: nothing new enters the graph."""
        if isinstance(target, ast.Name):
            self.frames[-1][target.id] = value
            return
        if isinstance(target, (ast.Tuple, ast.List)):
            for part, element in zip(target.elts, self.unpacked(target, target.elts, value), strict=True):
                self.bind(part, element)
            return
        raise self.error(target, "only-names-here")

    def unpacked(self, node: ast.expr, targets: Sequence[ast.expr], value: Any) -> list[Any]:
        """As many values as there are targets, from a sequence or from the first axis of an array."""
        found = self.iterable(node, value) if not is_number(value) else [value]
        starred = [n for n, target in enumerate(targets) if isinstance(target, ast.Starred)]
        if len(starred) == 1 and len(found) >= len(targets) - 1:
            place, more = starred[0], len(found) - len(targets) + 1
            return [*found[:place], found[place : place + more], *found[place + more :]]
        if len(found) != len(targets):
            raise self.error(node, "names-and-values", names=len(targets), values=len(found))
        return found

    def iterable(self, node: ast.expr, value: Any) -> list[Any]:
        """What is looped over or unpacked, one by one."""
        if isinstance(value, Known) and isinstance(value.value, list):
            return list(value.use())
        if isinstance(value, range):
            if len(value) > 10 * self.max_operators:
                raise self.error(node, "list-too-long", limit=10 * self.max_operators)
            return list(value)
        if isinstance(value, (list, tuple, dict, str)):
            return list(value)
        if isinstance(value, np.ndarray) and value.ndim:
            return [v.item() if isinstance(v, np.generic) else v for v in value]
        if hasattr(value, "elements"):
            return list(value.elements())
        if isinstance(value, (Tensor, Known)) or hasattr(value, "declare"):
            value = self.operand(value)
        if isinstance(value, Variable) and value.ndim:
            if value.shape[0] > MAX_LIST:
                raise self.error(node, "list-too-long", limit=MAX_LIST)
            return [self.call(node, "getitem", [value], {"key": i}) for i in range(value.shape[0])]
        raise self.error(node, "not-iterable", thing=self.described(value))

    # Names

    def find(self, name: str) -> Any:
        """What a name is bound to, from the inside out; None if to nothing."""
        for names in reversed(self.frames):
            if name in names:
                return names[name]
        return None

    def lookup(self, node: ast.expr, name: str) -> Any:
        for names in reversed(self.frames):
            if name in names:
                return names[name]
        if name in self.later:
            later = self.later.pop(name)
            self.frames[1][name] = self.function(later, name, later.args, tuple(later.body))
            return self.frames[1][name]
        found = self.dialects.bare(name)
        if found is not None and not (self.open_world and len(name) == 1):
            return found
        if self.open_world:
            variable = self.undeclared.get(name)
            if variable is None:
                variable = self.undeclared[name] = leaf((), "input", None, getattr(node, "lineno", 0))
                self.titles.add(variable)
                self.frames[1][name] = variable
            return variable
        known = [*dict.fromkeys(n for names in self.frames[:0:-1] for n in names), *self.frames[0], *REGISTRY]
        close = nearest(name, known)
        raise self.error(node, "unknown-name", close, fix=self.fix_name(node, close), name=name)

    def fix_name(self, node: ast.AST, close: Any) -> Fix | None:
        """The fix that replaces a misspelt name by the nearest one."""
        if not isinstance(close, Message) or "name" not in close.parameters:
            return None
        return self.replace(node, str(close.parameters["name"]))

    def replace(self, node: ast.AST, text: str) -> Fix:
        """The fix that replaces a node's text."""
        line, column = self.place(node)
        end_line, end_column = self.place(node, end=True)
        return Fix(line, column, end_line, end_column, text)

    # Operators

    def binary(self, node: ast.expr, op: ast.operator, a: Any, b: Any) -> Any:
        """The value of `a op b`."""
        kind = type(op)
        if is_number(a) and is_number(b):
            return self.arithmetic(node, kind, a, b)
        joined = self.joined(node, kind, a, b)
        if joined is not None:
            return joined
        name = BINARY.get(kind)
        if name is None and kind is not ast.FloorDiv:
            if kind is ast.BitXor:
                assert isinstance(node, (ast.BinOp, ast.AugAssign))
                raise self.caret(node)
            raise self.error(node, "unknown-sign")
        if self.numeric(a) and self.numeric(b):
            return self.known_result(node, lambda x, y: self.arithmetic(node, kind, x, y), self.applier(node, op), a, b)
        return self.applier(node, op)(a, b)

    def mentions_variable(self, node: ast.expr) -> bool:
        """Whether an expression uses variables, so that it builds operators."""
        return any(isinstance(n, ast.Name) and isinstance(self.find(n.id), Variable) for n in ast.walk(node))

    def applier(self, node: ast.expr, op: ast.operator) -> Callable[..., Any]:
        """The operator of a sign, on operands of the graph."""
        texts = [node.left, node.right] if isinstance(node, ast.BinOp) else None

        def apply(a: Any, b: Any) -> Any:
            a, b = self.operand(a, node), self.operand(b, node)
            if isinstance(op, ast.FloorDiv):
                return self.call(node, "floor", [self.call(node, "divide", [a, b], {}, texts)], {})
            self.watch_broadcast(node, op, a, b)
            return self.call(node, BINARY[type(op)], [a, b], {}, texts)

        return apply

    def caret(self, node: ast.AST) -> ProgramError:
        """The error of `x^2`, with the line as it would be right."""
        line, _ = self.place(node)
        end, _ = self.place(node, end=True)
        text = self.lines[line - 1]
        corrected = powers(text)
        fix = Fix(line, 1, line, len(text) + 1, corrected) if line == end else None
        return self.error(node, "caret-is-no-power", fix=fix, corrected=corrected.strip()[:200])

    def joined(self, node: ast.expr, kind: type[ast.operator], a: Any, b: Any) -> Any:
        """Lists, tuples and texts put together as in Python; None if the operands are no such."""
        if kind is ast.Add:
            for sort in (list, tuple, str):
                if isinstance(a, sort) and isinstance(b, sort):
                    return tuple(a + b) if sort is tuple else a + b  # type: ignore[operator]
            sides = [v.value if isinstance(v, Known) else v for v in (a, b)]
            flat = all(isinstance(s, list) and not any(isinstance(x, (list, float)) for x in s) for s in sides)
            if flat and (isinstance(a, list) or isinstance(b, list)):
                return [x for v in (a, b) for x in (v.use() if isinstance(v, Known) else v)]
        if kind is ast.Mult:
            for part, times in ((a, b), (b, a)):
                count = times.use() if isinstance(times, Known) and isinstance(part, (list, tuple, str)) else times
                if isinstance(part, (list, tuple, str)) and isinstance(count, int):
                    if len(part) * max(count, 0) > MAX_LIST:
                        raise self.error(node, "list-too-long", limit=MAX_LIST)
                    return part * count
        if kind is ast.Mod and isinstance(a, str):
            return a
        return None

    def numeric(self, value: Any) -> bool:
        """Whether a value is a number known at parse time."""
        return is_number(value) or (isinstance(value, Known) and is_number(value.value))

    def known_result(
        self, node: ast.expr, compute: Callable[..., Any], apply: Callable[..., Any], *operands: Any
    ) -> Any:
        """The result of numbers known at parse time: known as well, and a variable where an expression uses it."""
        values = [v.value if isinstance(v, Known) else v for v in operands]
        try:
            value = compute(*values)
        except (ProgramError, ValueError, ZeroDivisionError, OverflowError, TypeError):
            return apply(*operands)
        if isinstance(value, complex):
            return apply(*operands)
        sources = tuple(v for v in operands if isinstance(v, Known))
        scope, line = self.scopes[-1], self.line

        def make() -> Variable:
            with origin(scope, line):
                made = apply(*operands)
            assert isinstance(made, Variable)
            return made

        return Known(value, make, sources)

    def unary(self, node: ast.UnaryOp, op: ast.unaryop, operand: ast.expr) -> Any:
        if isinstance(op, ast.Not):
            value = self.expression(operand)
            if isinstance(value, Variable):
                raise self.error(node, "not-on-variable", text=ast.unparse(operand)[:40])
            return not self.truth(value, operand)
        value = self.expression(operand)
        if isinstance(op, ast.UAdd):
            return value
        if isinstance(op, ast.USub):
            if is_number(value):
                return -value
            if self.numeric(value):
                return self.known_result(
                    node, lambda x: -x, lambda x: self.call(node, "neg", [self.operand(x)], {}, [operand]), value
                )
            return self.call(node, "neg", [self.operand(value, operand)], {}, [operand])
        if isinstance(value, bool):
            return not value
        return self.call(node, "logical_not", [self.operand(value, operand)], {}, [operand])

    def comparison(self, node: ast.Compare) -> Any:
        """One comparison, or a chain of them, all of which hold."""
        texts = [node.left, *node.comparators]
        values = [self.expression(text) for text in texts]
        parts = []
        for n, op in enumerate(node.ops):
            parts.append(self.compared(node, op, values[n], values[n + 1], texts[n : n + 2]))
        result = parts[0]
        for part in parts[1:]:
            if isinstance(result, Variable) or isinstance(part, Variable):
                result = self.call(node, "logical_and", [self.operand(result), self.operand(part)], {})
            else:
                result = self.truth(result, node) and self.truth(part, node)
        return result

    def compared(self, node: ast.Compare, op: ast.cmpop, a: Any, b: Any, texts: list[ast.expr]) -> Any:
        if isinstance(op, (ast.In, ast.NotIn)):
            inside = self.static(a, texts[0]) in (b if isinstance(b, dict) else self.static(b, texts[1]))
            return inside is isinstance(op, ast.In)
        if isinstance(op, (ast.Is, ast.IsNot)):
            left, right = (v.value if isinstance(v, Known) else v for v in (a, b))
            return (left is right) is isinstance(op, ast.Is)
        name, compute = COMPARE[type(op)]

        def apply(x: Any, y: Any) -> Any:
            return self.call(node, name, [self.operand(x, node), self.operand(y, node)], {}, texts)

        if is_number(a) and is_number(b):
            return compute(a, b)
        if self.numeric(a) and self.numeric(b):
            return self.known_result(node, compute, apply, a, b)
        arrays = (Variable, Tensor, np.ndarray, Known)
        if isinstance(a, arrays) and not isinstance(b, (str, type(None))):
            return apply(a, b)
        if isinstance(b, arrays) and not isinstance(a, (str, type(None))):
            return apply(a, b)
        try:
            return bool(compute(self.static(a, texts[0]), self.static(b, texts[1])))
        except (TypeError, ValueError, NotStatic):
            raise self.error(
                node, "not-comparable", a=ast.unparse(texts[0])[:40], b=ast.unparse(texts[1])[:40]
            ) from None

    def logic(self, node: ast.BoolOp) -> Any:
        """`and` and `or` of what is known at parse time."""
        both = isinstance(node.op, ast.And)
        value: Any = both
        for part in node.values:
            value = self.expression(part)
            if isinstance(value, Variable) or hasattr(value, "declare"):
                sign = "&" if both else "|"
                name = "logical_and" if both else "logical_or"
                corrected = f" {sign} ".join(f"({ast.unparse(v)})" for v in node.values)
                raise self.error(
                    node,
                    "and-on-variables",
                    fix=self.replace(node, corrected),
                    corrected=corrected[:200],
                    operator=name,
                )
            if self.truth(value, part) is not both:
                return value
        return value

    def condition(self, test: ast.expr, node: ast.AST, what: str = "if") -> bool:
        """Whether a condition holds, which must be known at parse time."""
        value = self.expression(test)
        if isinstance(value, (Variable, Tensor)) or hasattr(value, "declare"):
            raise self.undecided(test, node, what)
        return self.truth(value, test)

    def undecided(self, test: ast.expr, node: ast.AST, what: str) -> ProgramError:
        """The error of a condition on a variable's value, which is known only when the graph runs."""
        text = ast.unparse(test)[:60]
        names = [n.id for n in ast.walk(test) if isinstance(n, ast.Name)]
        variables = [n for n in names if isinstance(self.find(n), (Variable, Tensor))]
        name = variables[0] if variables else text
        if isinstance(node, ast.While):
            return self.error(node, "while-on-variable", name=name, test=text)
        if isinstance(node, ast.IfExp):
            a, b = ast.unparse(node.body)[:80], ast.unparse(node.orelse)[:80]
            fixed = f"where({ast.unparse(test)}, {ast.unparse(node.body)}, {ast.unparse(node.orelse)})"
            return self.error(node, "if-on-variable", fix=self.replace(node, fixed), name=name, test=text, a=a, b=b)
        a = b = "..."
        fix = None
        if isinstance(node, ast.If) and len(node.body) == 1 and len(node.orelse) == 1:
            match node.body[0], node.orelse[0]:
                case ast.Assign(targets=[t], value=v), ast.Assign(targets=[u], value=w) if ast.unparse(
                    t
                ) == ast.unparse(u):
                    a, b = ast.unparse(v)[:80], ast.unparse(w)[:80]
                    fix = self.replace(
                        node, f"{ast.unparse(t)} = where({ast.unparse(test)}, {ast.unparse(v)}, {ast.unparse(w)})"
                    )
        return self.error(node, "if-on-variable", fix=fix, name=name, test=text, a=a, b=b)

    def truth(self, value: Any, node: ast.AST) -> bool:
        """The truth value of an object known at parse time."""
        if isinstance(value, Known):
            value = value.use()
        if isinstance(value, np.ndarray):
            if value.size != 1:
                raise self.error(node, "truth-of-array")
            return bool(value.item())
        if isinstance(value, Variable):
            raise self.error(node, "truth-of-array")
        return bool(value)

    # Subscripts and attributes

    def subscript(self, node: ast.Subscript, value: ast.expr, index: ast.expr) -> Any:
        base = self.expression(value)
        if hasattr(base, "item_of"):
            return base.item_of(self.known(index))
        if isinstance(base, Known) and isinstance(base.value, list):
            # A list of numbers is an array in expressions; its elements are known where the index is.
            if isinstance(index, ast.Slice):
                part = self.slice(index)
                return Known(base.value[part], lambda: self.part(node, base, part, value), (base,))
            try:
                position = self.static(self.expression(index), index) if not isinstance(index, ast.Tuple) else None
            except NotStatic:
                position = None
            if isinstance(position, int) and -len(base.value) <= position < len(base.value):
                return self.element(node, base, position, value)
            return self.of_array(node, base.variable(), value, index)
        if isinstance(base, dict):
            key = self.known(index)
            if not isinstance(key, (str, int, float, tuple)) or key not in base:
                hint = nearest(str(key), [k for k in base if isinstance(k, str)])
                raise self.error(index, "no-such-key", hint, key=str(key)[:40])
            return base[key]
        if isinstance(base, (tuple, list, str, range)):
            position = self.slice(index) if isinstance(index, ast.Slice) else self.known(index, "an index")
            try:
                return base[position]
            except (TypeError, IndexError):
                raise self.error(index, "no-such-element", index=ast.unparse(index)[:40], count=len(base)) from None
        if isinstance(base, np.ndarray):
            try:
                found = base[self.index(index)]
            except (NotStatic, IndexError, TypeError):
                return self.of_array(node, self.operand(base), value, index)
            return found.item() if isinstance(found, np.generic) else found
        return self.of_array(node, self.operand(base, value), value, index)

    def element(self, node: ast.expr, base: Known, position: int, text: ast.expr) -> Any:
        """An element of a list of numbers: known, and an element of the array where an expression uses it."""
        element = base.value[position]

        def make() -> Variable:
            found = self.call(node, "getitem", [base.variable()], {"key": position}, [text])
            assert isinstance(found, Variable)
            return found

        return Known(element, make, (base,))

    def part(self, node: ast.expr, base: Known, part: slice, text: ast.expr) -> Variable:
        """A part of a list of numbers as a part of the array."""
        found = self.call(node, "getitem", [base.variable()], {"key": part}, [text])
        assert isinstance(found, Variable)
        return found

    def slice(self, node: ast.Slice) -> slice:
        return slice(
            *(None if p is None else self.known(p, "the end of a slice") for p in (node.lower, node.upper, node.step))
        )

    def of_array(self, node: ast.Subscript, base: Any, value: ast.expr, index: ast.expr) -> Any:
        """Elements of an array of the graph."""
        if not isinstance(base, Variable) or base.literal is not None:
            raise self.error(value, "no-axes-to-index", thing=ast.unparse(value)[:40])
        try:
            key = self.index(index)
        except NotStatic:
            return self.taken(node, value, base, index)
        return self.call(node, "getitem", [base], {"key": key}, [value])

    def taken(self, node: ast.Subscript, value: ast.expr, base: Variable, index: ast.expr) -> Any:
        """An index with variables in it: a view by its slices and numbers, and elements taken along the other axes."""
        texts = index.elts if isinstance(index, ast.Tuple) else [index]
        parts = []
        for text in texts:
            try:
                parts.append(self.index(text))
            except NotStatic:
                if isinstance(text, ast.Slice):
                    raise self.error(text, "slice-ends-known") from None
                part = self.operand(self.expression(text), text)
                if isinstance(part, Variable) and part.kind == "bool" and part.ndim:
                    raise self.error(
                        text, "mask-index", x=ast.unparse(value)[:40], mask=ast.unparse(text)[:40]
                    ) from None
                parts.append(part)
        try:
            found = subscript(parts, base.ndim)
        except ShapeError as error:
            raise self.at(index, error) from None
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
        """An index known at parse time; NotStatic if variables are in it."""
        match node:
            case ast.Tuple(elts=parts):
                return tuple(self.index(p) for p in parts)
            case ast.Slice(lower=lower, upper=upper, step=step):
                return slice(*(None if p is None else self.end_of_slice(p) for p in (lower, upper, step)))
            case ast.Constant(value=value) if value is Ellipsis or value is None:
                return value
        key = self.static(self.expression(node), node)
        if isinstance(key, np.ndarray) and key.dtype.kind == "f" and np.array_equal(key, np.trunc(key)):
            key = key.astype(int)
        if isinstance(key, range):
            key = np.array(key, int)
        if not isinstance(key, (list, tuple)):
            return key
        try:
            return np.array(key)
        except ValueError:
            raise self.error(node, "ragged") from None

    def end_of_slice(self, node: ast.expr) -> Any:
        end = self.static(self.expression(node), node)
        if isinstance(end, np.ndarray) and end.shape == ():
            end = end.item()
        return end

    def attribute(self, node: ast.Attribute, value: ast.expr, name: str) -> Any:
        space = self.namespace(value)
        if space is not None:
            return self.member(node, space, name)
        if name in ("values", "indices"):
            self.named_results.add(value)
        base = self.expression(value)
        if isinstance(base, Results) and name in base.fields:
            return base[base.fields.index(name)]
        if hasattr(base, "attribute_of"):
            return base.attribute_of(self, node, name)
        if isinstance(base, (Known, Tensor, np.ndarray)) or is_number(base) or hasattr(base, "declare"):
            if name == "shape" and isinstance(base, (Tensor, np.ndarray)):
                return tuple(base.shape)
            base = self.operand(base)
        if isinstance(base, Variable):
            return self.dialects.attribute(self, node, value, base, name)
        if isinstance(base, (list, dict, tuple, str)):
            return self.dialects.method_of_object(self, node, base, name)
        if isinstance(base, Opaque):
            return Opaque(f"{base.name}.{name}")
        raise self.error(node, "no-such-attribute", name=name)

    # Calls

    def reads_results(self, node: ast.expr, x: Variable, axis: int) -> bool:
        """Whether what a call returns along an axis is read as values and indices, and cannot be two rows."""
        if node in self.pairs:
            rest = [n for i, n in enumerate(x.shape) if i != axis % max(x.ndim, 1)]
            return not rest or rest[0] != 2
        return node in self.named_results or self.dialect == "torch"

    def namespace(self, node: ast.expr) -> Namespace | None:
        """The library that an expression names: `torch.nn.functional`; None if it is anything else."""
        if isinstance(node, ast.Name):
            found = self.find(node.id)
            if isinstance(found, Namespace):
                return found
            return self.dialects.namespace(node.id) if found is None else None
        if isinstance(node, ast.Attribute):
            base = self.namespace(node.value)
            if base is not None:
                return self.dialects.inner(base, node.attr)
        return None

    def member(self, node: ast.Attribute, space: Namespace, name: str) -> Any:
        """What a library calls by a name."""
        found = self.dialects.member(space, name)
        if found is None:
            raise self.dialects.unknown_member(self, node, space, name)
        return found

    def application(self, node: ast.Call) -> Any:
        """The value of a call."""
        return self.calls.application(self, node)

    def arguments(self, node: ast.Call) -> tuple[list[Any], dict[str, Any], list[ast.expr]]:
        """A call's arguments: by place, by name, and the text of those by place."""
        values: list[Any] = []
        texts: list[ast.expr] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                found = self.iterable(argument.value, self.expression(argument.value))
                values += found
                texts += [argument.value] * len(found)
            else:
                values.append(self.expression(argument))
                texts.append(argument)
        keywords: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.expression(keyword.value)
            if keyword.arg is None:
                if not isinstance(value, dict):
                    raise self.error(keyword.value, "not-a-dict")
                keywords.update({str(k): v for k, v in value.items()})
            else:
                keywords[keyword.arg] = value
        return values, keywords, texts

    def call(
        self,
        node: ast.expr,
        name: str,
        operands: list[Any],
        attributes: dict[str, Any],
        texts: Sequence[ast.expr] | None = None,
    ) -> Any:
        """Apply an operator; what does not fit becomes an error at `node` that names the operands."""
        try:
            result = REGISTRY[name](*operands, **attributes)
        except ENGINE_ERRORS as error:
            raise self.operator_error(error, node, name, operands, texts) from None
        self.record(node, result)
        if self.applied is not None:
            self.applied(node, name, operands, attributes, result)
        return result

    @contextmanager
    def errors_at(
        self, node: ast.expr, name: str, operands: Sequence[Any] = (), texts: Sequence[ast.expr] | None = None
    ) -> Iterator[None]:
        """Errors of an operator become errors at `node` that name its operands."""
        try:
            yield
        except ENGINE_ERRORS as error:
            raise self.operator_error(error, node, name, operands, texts) from None

    def operator_error(
        self, error: Exception, node: ast.expr, name: str, operands: Sequence[Any], texts: Sequence[ast.expr] | None
    ) -> Exception:
        """The error of an operator as one at `node` that names its operands."""
        if isinstance(error, ProgramError):
            return error
        if not isinstance(error, TidegraphError):
            signature = getattr(REGISTRY.get(name), "signature", "")
            return self.error(node, "not-used-like-this", signature, name=name)
        shapes = [
            Message("has-shape", name=ast.unparse(text), shape=value.shape)
            for text, value in zip(texts or (), operands, strict=False)
            if isinstance(value, Variable) and value.literal is None and len(ast.unparse(text)) <= 24
        ]
        context = Message("operands", shapes=shapes) if shapes else None
        return self.at(node, error, context, self.transposed(node, operands, texts))

    def transposed(self, node: ast.expr, operands: Sequence[Any], texts: Sequence[ast.expr] | None) -> Message | None:
        """The hint for a matrix product that fits once an operand is transposed."""
        product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
        if not product or texts is None or len(operands) != 2:
            return None
        a, b = operands
        if not isinstance(a, Variable) or not isinstance(b, Variable):
            return None
        left, right = (
            ast.unparse(t) if isinstance(t, (ast.Name, ast.Attribute)) else f"({ast.unparse(t)})" for t in texts
        )
        if b.ndim == 2 and a.ndim >= 1 and a.shape[-1] == b.shape[1]:
            return Message("transpose-fits", product=f"{left} @ {right}.T")
        if a.ndim == 2 and b.ndim >= 1 and a.shape[0] == b.shape[max(b.ndim - 2, 0)]:
            return Message("transpose-fits", product=f"{left}.T @ {right}")
        if a.ndim == 2 and b.ndim == 1 and a.shape[0] == b.shape[0]:
            return Message("transpose-fits", product=f"{right} @ {left}")
        if a.ndim == 1 and b.ndim == 2 and a.shape[0] == b.shape[1]:
            return Message("transpose-fits", product=f"{right} @ {left}")
        return None

    def next_seed(self) -> int:
        """The seed of the next random operator, so that two of them draw differently."""
        self.seeds += 1
        return self.seeds - 1

    def record(self, node: ast.AST, result: Any) -> None:
        """Note the operators that `result` newly needs, each after its inputs' operators."""
        found = [v.operator for v in variables_in(result) if v.operator is not None]
        pending = [(operator, False) for operator in reversed(found)]
        while pending:
            operator, ready = pending.pop()
            if operator in self.operators:
                continue
            if ready:
                for variable in operator.outputs:
                    if variable.size > MAX_ELEMENTS:
                        raise self.error(node, "array-too-large", shape=variable.shape)
                self.operators[operator] = self.weak
                continue
            pending.append((operator, True))
            pending += [(v.operator, False) for v in reversed(operator.inputs) if v.operator is not None]
        if len(self.operators) > self.max_operators:
            raise self.error(node, "too-many-operators", limit=self.max_operators)

    def function(
        self, node: ast.AST, name: str, arguments: ast.arguments, body: tuple[ast.stmt, ...] | ast.expr
    ) -> Function:
        """A function with the names around it; its defaults are taken here."""
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        defaults = dict(zip(names[::-1], [self.expression(d) for d in arguments.defaults][::-1], strict=False))
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            if default is not None:
                defaults[argument.arg] = self.expression(default)
        line = getattr(node, "lineno", 1)
        return Function(name, arguments, body, line, tuple(self.frames), defaults)

    def bound_arguments(
        self, node: ast.AST, function: Function, values: Sequence[Any], keywords: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A call's arguments by the names of the function's parameters."""
        given, names = function.arguments, function.parameters
        found = dict(zip(names, values, strict=False))
        if len(values) > len(names):
            if given.vararg is None:
                raise self.error(node, "too-many-arguments", name=function.name, takes=len(names), given=len(values))
            found[given.vararg.arg] = tuple(values[len(names) :])
        elif given.vararg is not None:
            found[given.vararg.arg] = ()
        only = [a.arg for a in given.kwonlyargs]
        more: dict[str, Any] = {}
        for word, value in keywords.items():
            if word in found or (word not in names and word not in only):
                if given.kwarg is None or word in found:
                    hint = nearest(word, [*names, *only])
                    raise self.error(node, "no-such-argument", hint, name=function.name, argument=word)
                more[word] = value
            else:
                found[word] = value
        if given.kwarg is not None:
            found[given.kwarg.arg] = more
        for name in (*names, *only):
            if name not in found:
                if name not in function.defaults:
                    raise self.error(node, "needs-argument", name=function.name, argument=name, at=str(function.line))
                found[name] = function.defaults[name]
        return found

    def call_function(
        self, node: ast.AST, function: Function, values: Sequence[Any], keywords: Mapping[str, Any], own: bool = True
    ) -> Any:
        """Call a `def` of the program: a scope with what it computes."""
        if self.depth > MAX_NESTING:
            raise self.error(node, "no-recursion", name=function.name)
        arguments = self.bound_arguments(node, function, values, keywords)
        operands = tuple(self.shown(v) for v in arguments.values())
        if not isinstance(function.body, tuple):
            with self.inside(function.frames, arguments, None):
                return self.expression(function.body)
        scope = Scope(function.name, "function", self.scopes[-1], getattr(node, "lineno", 0), None, operands)
        result: Any = None
        place: Any = node
        line = self.line
        with self.inside(function.frames, arguments, scope):
            try:
                self.run(function.body)
            except Returned as returned:
                result, place = returned.value, returned.node
            with origin(scope, getattr(place, "lineno", 0)):
                result = self.owned(place, scope, result)
        self.line = line
        return result

    def shown(self, value: Any) -> Variable | None:
        """An argument as an operand of its scope, where it is a variable already."""
        if isinstance(value, Known):
            return value.made
        return value if isinstance(value, Variable) else None

    def owned(self, node: Any, scope: Scope, result: Any) -> Any:
        """A function's results as outputs of its scope: what comes from outside passes through `identity`."""
        if isinstance(result, Results):
            made = Results(self.owned(node, scope, r) for r in result)
            made.fields = result.fields
            return made
        if isinstance(result, (tuple, list)):
            parts = [self.owned(node, scope, r) for r in result]
            return tuple(parts) if isinstance(result, tuple) else parts
        if isinstance(result, dict):
            return {key: self.owned(node, scope, r) for key, r in result.items()}
        if isinstance(result, (int, float)) and not isinstance(result, bool):
            number = result

            def make() -> Variable:
                with origin(scope, getattr(node, "lineno", 0)):
                    found = self.call(node, "identity", [literal(number)], {})
                assert isinstance(found, Variable)
                return found

            return Known(result, make)
        if not isinstance(result, Variable):
            return result
        inside = result.operator.origin.scope if result.operator is not None else None
        while inside is not None and inside is not scope:
            inside = inside.parent
        return result if inside is scope else self.call(node, "identity", [result], {})

    @contextmanager
    def inside(self, frames: Sequence[dict[str, Any]], names: dict[str, Any], scope: Scope | None) -> Iterator[None]:
        """The frames of a function, with its own names innermost, and its scope."""
        before = self.frames
        self.frames = [*frames, names]
        self.depth += 1
        if scope is not None:
            self.scopes.append(scope)
        try:
            yield
        finally:
            self.frames = before
            self.depth -= 1
            if scope is not None:
                self.scopes.pop()

    def building_known(self, value: Known) -> None:
        """Build the variable of a known value; it stays in the graph only if it is used as one."""
        before, self.weak = self.weak, True
        try:
            value.variable()
        finally:
            self.weak = before

    # Values of the graph and values known at parse time

    def operand(self, value: Any, node: ast.AST | None = None) -> Any:
        """A value as an operand: a variable, a number, or lists of numbers."""
        if isinstance(value, Known):
            return value.variable()
        if isinstance(value, Tensor):
            if value.made is None:
                value.made = leaf(value.shape, "constant", value.initial, self.line)
            return value.made
        if hasattr(value, "declare"):
            return value.declare(self)
        if isinstance(value, range):
            value = np.array(value)
        if isinstance(value, np.ndarray):
            if value.ndim == 0:
                return value.item()
            return constant(value)
        if isinstance(value, (list, tuple)):
            if any(isinstance(v, (Variable, Known, Tensor)) or hasattr(v, "declare") for v in value):
                return type(value)(self.operand(v, node) for v in value) if not isinstance(value, Results) else value
            return value
        if is_number(value) or isinstance(value, Variable) or value is None or isinstance(value, (str, slice)):
            return value
        if node is None:
            raise ShapeError("not-array", thing=self.described(value))
        raise self.error(node, "not-array", thing=self.described(value))

    def described(self, value: Any) -> Message | str:
        """What a value is, for a message."""
        match value:
            case Function() | OperatorReference() | Meaning():
                return Message("thing-function", name=value.name)
            case Namespace():
                return Message("thing-library", name=value.written)
            case str():
                return Message("thing-text", text=value[:40])
            case None:
                return Message("thing-nothing")
            case dict():
                return Message("thing-dict")
            case list() | tuple() | range():
                return Message("thing-list")
            case bool() | int() | float():
                return Message("thing-number", number=repr(value))
            case Known():
                return self.described(value.value)
            case Variable():
                return Message("thing-variable")
            case _:
                return Message("thing-module")

    def known(self, node: ast.expr, what: str = "a size") -> Any:
        """The value of an expression that must be known at parse time."""
        value = self.expression(node)
        try:
            return self.static(value, node)
        except NotStatic:
            raise self.not_known(node) from None

    def not_known(self, node: ast.expr) -> ProgramError:
        """The error of a variable's value where it must be known at parse time."""
        names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(self.find(n.id), Variable)]
        return self.error(node, "must-be-known", name=names[0] if names else ast.unparse(node)[:40])

    def static(self, value: Any, node: ast.AST | None = None) -> Any:
        """A value for use at parse time; NotStatic if it is known only when the graph runs."""
        if isinstance(value, Known):
            return value.use()
        if isinstance(value, Variable):
            if value.literal is not None:
                return value.literal
            raise NotStatic
        if isinstance(value, Tensor):
            if isinstance(value.initial, np.ndarray):
                return value.initial.item() if value.initial.ndim == 0 else value.initial
            raise NotStatic
        if isinstance(value, Results):
            return value
        if isinstance(value, (list, tuple)):
            return type(value)(self.static(v, node) for v in value)
        if hasattr(value, "declare"):
            raise NotStatic
        return value

    def plain(self, value: Any) -> Any:
        """A value known at parse time, or None."""
        try:
            return self.static(value)
        except NotStatic:
            return None

    def arithmetic(self, node: ast.AST, kind: type[ast.operator], a: Any, b: Any) -> Any:
        """Numbers combined at parse time, within the bounds of the graph's numbers."""
        if kind is ast.BitXor:
            raise self.caret(node)
        if kind not in STATIC:
            raise self.error(node, "unknown-sign")
        if kind is ast.Pow and isinstance(a, int) and isinstance(b, int):
            if b > 0 and abs(a) > 1 and (abs(a).bit_length() - 1) * b > 63:
                raise self.error(node, "number-too-large")
            if a == 0 and b < 0:
                raise self.error(node, "division-by-zero")
        try:
            value = STATIC[kind](a, b)
        except ZeroDivisionError:
            raise self.error(node, "division-by-zero") from None
        except OverflowError:
            raise self.error(node, "number-too-large") from None
        except TypeError:
            raise self.error(node, "unknown-sign") from None
        return self.checked(node, value)

    def checked(self, node: ast.AST, value: Any) -> Any:
        """A number within the bounds of the graph's numbers."""
        if isinstance(value, complex):
            raise self.error(node, "number-not-real")
        if isinstance(value, int) and abs(value) >= LARGEST:
            raise self.error(node, "number-too-large")
        return value

    # Warnings and errors

    def watch_broadcast(self, node: ast.AST, op: ast.operator, a: Any, b: Any) -> None:
        """Warn of a column and a vector that together make a matrix."""
        if not isinstance(a, Variable) or not isinstance(b, Variable) or isinstance(op, ast.MatMult):
            return
        for column, vector in ((a, b), (b, a)):
            if (
                column.ndim == 2
                and column.shape[1] == 1
                and vector.ndim == 1
                and column.shape[0] == vector.shape[0] > 1
            ):
                n = vector.shape[0]
                self.warn(node, "column-beside-vector", column=(n, 1), vector=(n,), result=(n, n), size=str(n))
                return

    def warn(self, node: ast.AST, code: str, **parameters: Any) -> None:
        """Note what may mean something else than its author thinks; once a line."""
        warning = ProgramWarning(Message(code, **parameters), self.place(node)[0])
        if warning not in self.warnings:
            self.warnings.append(warning)

    def place(self, node: ast.AST, end: bool = False) -> tuple[int, int]:
        """Line and column of a node's begin or end, from 1, in characters."""
        line = getattr(node, "end_lineno" if end else "lineno", None) or self.line
        offset = getattr(node, "end_col_offset" if end else "col_offset", None) or 0
        text = self.lines[min(line, len(self.lines)) - 1]
        return line, len(text.encode()[:offset].decode(errors="ignore")) + 1

    def error(
        self, node: ast.AST, code: str, hint: str | Message | None = None, *, fix: Fix | None = None, **parameters: Any
    ) -> ProgramError:
        """An error at a node: its message in the catalogue, and a hint of its own if not the catalogue's."""
        line, column = self.place(node)
        return ProgramError(code, hint or None, line, column, fix=fix, **parameters)

    def at(
        self, node: ast.AST, error: TidegraphError, context: Message | None = None, hint: Message | None = None
    ) -> ProgramError:
        """An error of an operator, at a node."""
        line, column = self.place(node)
        return ProgramError(
            error.code, hint or error.given_hint, line, column, context=error.inside(context), **error.parameters
        )


def as_operand(value: Any) -> Any:
    """A number as a literal variable, and lists of numbers as a constant, so that functions see one type."""
    if is_number(value):
        return literal(value)
    if isinstance(value, np.ndarray):
        return constant(value)
    if isinstance(value, (list, tuple)) and not isinstance(value, Results):
        return as_variable(list(value))
    return value


def variables_in(value: Any) -> Iterator[Variable]:
    """The variables in nested tuples and lists."""
    if isinstance(value, Variable):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from variables_in(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from variables_in(part)
