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
from tidegraph.engine.language import signs, subscripts
from tidegraph.engine.language.objects import (
    MAX_LIST,
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
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.ops.declare import as_variable

MAX_ELEMENTS = 2**40
MAX_NESTING = 64
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
                if isinstance(a, Known) and a.made is None and a.sources and signs.mentions_variable(self, right):
                    a.variable()
                return signs.binary(self, node, op, a, self.expression(right))
            case ast.UnaryOp(op=op, operand=operand):
                return signs.unary(self, node, op, operand)
            case ast.Compare():
                return signs.comparison(self, node)
            case ast.BoolOp():
                return signs.logic(self, node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.expression(body if signs.condition(self, test, node) else orelse)
            case ast.Call():
                return self.application(node)
            case ast.Subscript(value=value, slice=index):
                return subscripts.subscripted(self, node, value, index)
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
            if all(signs.condition(self, test, test) for test in first.ifs):
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

    # Numbers known at parse time

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

    # Attributes

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
            again = function.name in [scope.name for scope in self.scopes if scope] or len(self.scopes) < MAX_NESTING
            raise self.error(node, "no-recursion" if again else "calls-nested-too-deeply", name=function.name)
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

    def checked(self, node: ast.AST, value: Any) -> Any:
        """A number within the bounds of the graph's numbers."""
        if isinstance(value, complex):
            raise self.error(node, "number-not-real")
        if isinstance(value, int) and abs(value) >= LARGEST:
            raise self.error(node, "number-too-large")
        return value

    # Warnings and errors

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
