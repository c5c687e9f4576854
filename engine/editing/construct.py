"""Building a program part by part: variables and operators are placed, ports are connected.

Every step is an edit of the text, one line for one part, so that the graph follows the text. Shapes are checked by the
operator's own rule, before anything is written. What is built inside a `def`, a loop or a scope is edited as text.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tidegraph.engine.editing.edit_text import Source, Splice
from tidegraph.engine.editing.products import Place, nested, place
from tidegraph.engine.graph import (
    REGISTRY,
    Declaration,
    Graph,
    InputError,
    Shape,
    TidegraphError,
    Variable,
    building,
    nearest,
)
from tidegraph.engine.graph.kinds import Trait
from tidegraph.engine.language.objects import Known
from tidegraph.engine.language.parser import ROLES, Parser, in_grammar, parse
from tidegraph.engine.ops.source import program as spelling

ATOMS = (ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Call, ast.List)
"""Expressions that need no parentheses beside a sign."""

LONGEST = 200
"""Characters of an operand, an attribute or a value."""


@dataclass(frozen=True, slots=True)
class Port:
    """An input of an operator: its name, whether it must be connected, and what is written there (nothing: empty)."""

    name: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Fit:
    """A variable that a port may read: whether the operator takes it, with the shape of the result or the problem.

    `fits` is None while another port that must be connected is empty.
    """

    name: str
    id: str
    shape: Shape
    fits: bool | None
    result: Shape | None
    problem: TidegraphError | None


@dataclass(frozen=True, slots=True)
class Part:
    """An operator as it is connected: its ports, its attributes with their defaults as text, and what it comes to."""

    operator: str
    signature: str
    doc: str
    variadic: bool
    ports: tuple[Port, ...]
    attributes: Mapping[str, str]
    line: int | None
    shape: Shape | None
    problem: TidegraphError | None
    fits: tuple[Fit, ...]
    problem_port: int | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """A program after one step: the line that was written or changed, and the id of what stands there now."""

    program: str
    line: int
    text: str
    id: str


class Construction:
    """A program that is being built. It is read once; each step returns another program."""

    def __init__(self, program: str, sizes: Mapping[str, int] | None = None, max_operators: int = 100_000) -> None:
        self.made: dict[Place, list[tuple[str, Any]]] = {}
        parse(program, sizes=sizes, max_operators=max_operators)
        with building():
            self.parser = Parser(program, sizes or {}, max_operators, self._applied)
            self.graph: Graph = self.parser.read()
        self.sizes = dict(sizes or {})
        self.source = Source(in_grammar(program))
        self.names = self._readable()

    def _applied(self, node: ast.expr, name: str, operands: list[Any], attributes: dict[str, Any], result: Any) -> None:
        self.made.setdefault(place(node), []).append((name, result))

    def _readable(self) -> dict[str, Variable]:
        """What a new line may read: the variables and numbers that have a name at the end of the program."""
        found: dict[str, Variable] = {}
        names = [*self.parser.expressions.undeclared, *(name for name, _ in self.parser.assigned)]
        for name in dict.fromkeys(names):
            value = self.parser.expressions.find(name)
            variable = value.made if isinstance(value, Known) else value
            if isinstance(variable, Variable) and variable in self.graph.names:
                found[name] = variable
        return found

    # Parts

    def part(self, operator: str, inputs: Sequence[str], attributes: Mapping[str, str], port: int | None) -> Part:
        """An operator that is being placed, with `inputs` as they are written so far."""
        declared = declaration(operator)
        texts = self._texts(declared, inputs)
        shape: Shape | None = None
        problem, at = self._unreadable(texts)
        if problem is None and not missing(declared, texts):
            try:
                shape = self._shape(call(declared, texts, attributes))
            except TidegraphError as error:
                problem = error
        fits = () if port is None else tuple(self._fits(declared, texts, attributes, port))
        return replace(self._described(declared, texts, None, shape, problem, fits), problem_port=at)

    def _unreadable(self, texts: Sequence[str]) -> tuple[TidegraphError | None, int | None]:
        """What is wrong with one port's text by itself, and with which; whether all go together is another question."""
        for at, text in enumerate(texts):
            try:
                if text:
                    self._shape(text)
            except TidegraphError as error:
                return error, at
        return None, None

    def placed(self, id: str, port: int | None = None, inputs: Sequence[str] = ()) -> Part:
        """An operator of the program, by its id in the graph; `inputs` are tried in place of what is written."""
        output, node, statement, declared = self._found(id)
        own = [self.source.of(argument) if argument is not None else "" for argument in arguments(node, declared)]
        texts = self._texts(declared, [tried or text for tried, text in zip(inputs, own, strict=False)] or own)
        fits: tuple[Fit, ...] = ()
        if port is not None:
            below = self._below(output)
            fits = tuple(
                replace(fit, fits=False, result=None, problem=InputError("build-cycle", name=fit.name, id=id))
                if self.names[fit.name] in below
                else fit
                for fit in self._fits(declared, texts, self._written(node, declared), port)
            )
        return self._described(declared, texts, statement.lineno, output.shape, None, fits)

    def _described(
        self,
        op: Declaration,
        texts: Sequence[str],
        line: int | None,
        shape: Shape | None,
        problem: TidegraphError | None,
        fits: tuple[Fit, ...],
    ) -> Part:
        names = [*op.inputs, *(f"{number + 1}" for number in range(len(texts) - len(op.inputs)))]
        needed = 1 if op.variadic else len(op.inputs)
        ports = tuple(
            Port(name, number < needed and name not in op.optional, text)
            for number, (name, text) in enumerate(zip(names, texts, strict=True))
        )
        defaults = {
            name: "" if value is inspect.Parameter.empty else spelling.attribute_text(value)
            for name, value in op.attributes.items()
        }
        return Part(op.name, op.signature, op.doc, op.variadic, ports, defaults, line, shape, problem, fits)

    def _texts(self, op: Declaration, inputs: Sequence[str]) -> list[str]:
        """One text for each port; a variadic operator has one empty port more than are connected."""
        texts = [str(text).strip() for text in inputs]
        if op.variadic:
            texts = [text for text in texts if text]
            return [*texts, ""]
        if len(texts) > len(op.inputs):
            raise InputError("build-too-many-inputs", op.signature, name=op.name, count=len(op.inputs))
        return texts + [""] * (len(op.inputs) - len(texts))

    def _fits(self, op: Declaration, texts: Sequence[str], attributes: Mapping[str, str], port: int) -> Iterator[Fit]:
        """Every readable variable at a port, by the operator's own shape rule."""
        if not 0 <= port < len(texts):
            raise InputError("build-no-port", op.signature, name=op.name, port=str(port))
        for name, variable in self.names.items():
            tried = [*texts[:port], name, *texts[port + 1 :]]
            known = self.graph.names[variable]
            if missing(op, tried):
                yield Fit(name, known, variable.shape, None, None, None)
                continue
            try:
                yield Fit(name, known, variable.shape, True, self._shape(call(op, tried, attributes)), None)
            except TidegraphError as error:
                yield Fit(name, known, variable.shape, False, None, error)

    def _shape(self, text: str) -> Shape | None:
        """The shape of an expression over the program's names; None of several results. Nothing runs."""
        with building():
            value = self.parser.expressions.expression(expression(text))
        if isinstance(value, Known):
            return tuple(np.shape(value.value))
        return value.shape if isinstance(value, Variable) else None

    # Steps

    def declare(self, role: str, name: str, shape: str = "", value: str = "") -> Built:
        """A new variable: a line `name: role[shape] = value`; a constant is `name = value`."""
        if role not in ROLES:
            raise InputError("build-role", nearest(role, ROLES), role=role, roles=list(ROLES))
        self._free(name)
        sizes = shape.strip().strip("[]()").replace("\u00d7", ",").replace("x", ",").strip(" ,")
        if len(sizes) > LONGEST or len(value) > LONGEST:
            raise InputError("build-too-long", most=LONGEST)
        if role == "constant" and not value.strip():
            raise InputError("build-constant", name=name)
        brackets = f"[{', '.join(part.strip() for part in sizes.split(','))}]" if sizes else ""
        given = f" = {value.strip()}" if value.strip() else ""
        line = f"{name}{given}" if role == "constant" and not brackets else f"{name}: {role}{brackets}{given}"
        declared = list(self.source.declarations.values())
        open_world = [f"{one}: input\n" for one in self.parser.expressions.undeclared] if role != "constant" else []
        splices: list[Splice] = [(0, 0, "".join(open_world))] if open_world else []
        if declared:
            splices.append(self.source.after(declared[-1].node, line))
        elif not self.source.tree.body:
            splices.append(self._at_end(line))
        else:
            splices.append(self.source.before(self.source.tree.body[0], line))
        return self._built(splices, name)

    def place(self, operator: str, inputs: Sequence[str], attributes: Mapping[str, str], name: str = "") -> Built:
        """A new operator: a line `name = operator(inputs)` at the end of the program."""
        op = declaration(operator)
        texts = self._texts(op, inputs)
        empty = missing(op, texts)
        if empty:
            raise InputError("build-empty-port", op.signature, name=op.name, port=empty)
        text = call(op, texts, attributes)
        if name:
            self._free(name)
        else:
            try:
                shape = self._shape(text)
            except TidegraphError:
                shape = None
            name = self.source.fresh(self._proposed(op, shape))
        return self._built([self._at_end(f"{name} = {text}")], name)

    def connect(self, id: str, port: int, text: str) -> Built:
        """Another variable at a port of an operator of the program; what it reads is moved above it where it must."""
        output, node, statement, op = self._found(id)
        ports = arguments(node, op)
        if not 0 <= port < len(ports):
            raise InputError("build-no-port", op.signature, name=op.name, port=str(port))
        written = operand(text)
        argument = ports[port]
        signed = isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Subscript)) or isinstance(
            getattr(node, "func", None), ast.Attribute
        )
        if argument is not None:
            new = atom(written) if signed else written
            begin, end = self._with_brackets(argument)
            splice = (begin, end, new)
        else:
            last = self.source.end(node) - 1
            between = ", " if getattr(node, "args", None) or getattr(node, "keywords", None) else ""
            splice = (last, last, f"{between}{written if op.variadic else f'{op.inputs[port]}={written}'}")
        reads = {n.id for n in ast.walk(expression(written)) if isinstance(n, ast.Name)}
        below = self._below(output)
        for name in reads & self.names.keys():
            if self.names[name] in below:
                raise InputError("build-cycle", name=name, id=id)
        return self._built([splice, *self._moved(statement, reads)], self._owner(statement))

    def name(self, id: str) -> Built:
        """A name for a result that has none: its expression becomes a line of its own above the one that reads it."""
        variable = self.graph.find(id)
        for at, results in self.made.items():
            if len(results) == 1 and results[0][1] is variable:
                for statement in self.source.tree.body:
                    for node, parents in nested(statement):
                        if place(node) == at and not any(
                            isinstance(one, (ast.For, ast.FunctionDef)) for one in parents
                        ):
                            if isinstance(statement, (ast.For, ast.While, ast.If, ast.With, ast.FunctionDef)):
                                break
                            name = self.source.fresh(self._proposed(REGISTRY[results[0][0]], variable.shape))
                            begin, end = self._with_brackets(node)
                            line = self.source.before(statement, f"{name} = {self.source.of(node)}")
                            return self._built([line, (begin, end, name)], name)
        raise InputError("build-inside", id=id)

    def remove(self, id: str) -> Built:
        """The program without the line of a variable or an operator that nothing else reads."""
        if id in self.graph.variables:
            name = id
        else:
            _, node, statement, _ = self._found(id)
            if getattr(statement, "value", None) is not node:
                raise InputError("build-part-of-line", line=statement.lineno)
            name = self._owner(statement)
        found = [one for one in self.source.tree.body if name in assigned(one)]
        if len(found) != 1 or assigned(found[0]) != {name}:
            raise InputError("build-inside", id=id)
        readers = [
            one.lineno
            for one in self.source.tree.body
            if one is not found[0] and any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(one))
        ]
        if readers:
            raise InputError("build-still-read", name=name, lines=", ".join(map(str, readers)))
        begin, end = self._lines(found[0])
        program = self.source.spliced([(begin, end, "")])
        parse(program, sizes=self.sizes)
        return Built(program, found[0].lineno, "", "")

    # Places in the text

    def _at_end(self, line: str) -> Splice:
        """A line at the end of the text."""
        text = self.source.text
        stripped = len(text.rstrip())
        return stripped, len(text), f"\n{line}\n" if stripped else f"{line}\n"

    def _built(self, splices: Sequence[Splice], name: str) -> Built:
        """The program after an edit, read again."""
        program = self.source.spliced(splices)
        graph = parse(program, sizes=self.sizes)
        tree = Source(in_grammar(program))
        lines = [one for one in tree.tree.body if name in assigned(one)]
        line = lines[-1].lineno if lines else len(tree.lines)
        return Built(program, line, tree.lines[line - 1].decode().strip(), name if name in graph.variables else "")

    def _found(self, id: str) -> tuple[Variable, ast.expr, ast.stmt, Declaration]:
        """The text of an operator: the expression that applied it once, at the top level of the program."""
        name, output = self._applied_as(id)
        for at, results in self.made.items():
            if len(results) != 1 or results[0][0] != name or output not in several(results[0][1]):
                continue
            for statement in self.source.tree.body:
                if isinstance(statement, (ast.Assign, ast.AnnAssign)):
                    for node, _ in nested(statement):
                        if place(node) == at and editable(node):
                            return output, node, statement, REGISTRY[name]
        raise InputError("build-inside", id=id)

    def _applied_as(self, id: str) -> tuple[str, Variable]:
        """The operator's name and the first output of an operator, or of the scope of a composite one."""
        for operator in self.graph.operators:
            if self.graph.id_of(operator) == id:
                return operator.op.name, operator.outputs[0]
        scope = next((one for one, known in self.graph.scope_ids.items() if one is not None and known == id), None)
        if scope is None:
            raise InputError("build-no-part", id=id)
        for results in self.made.values():
            for name, result in results:
                first = several(result)[0]
                if scope.op is not None and name == scope.op.name and self._within(first, scope):
                    return name, first
        raise InputError("build-inside", id=id)

    @staticmethod
    def _within(variable: Variable, scope: Any) -> bool:
        """Whether a variable is a result of what happens inside a scope."""
        inner = variable.operator.origin.scope if variable.operator is not None else None
        while inner is not None:
            if inner is scope:
                return True
            inner = inner.parent
        return False

    def _below(self, variable: Variable) -> set[Variable]:
        """A variable and all that is computed from it."""
        found = {variable}
        for operator in self.graph.operators:
            if variable in operator.outputs or any(v in found for v in operator.inputs):
                found.update(operator.outputs)
        return found

    def _moved(self, statement: ast.stmt, reads: set[str]) -> list[Splice]:
        """The splices that move the lines which are read below a statement to a place above it."""
        body = self.source.tree.body
        start = body.index(statement)
        later = body[start + 1 :]
        wanted, moved = set(reads), []
        for one in reversed(later):
            if assigned(one) & wanted:
                if not isinstance(one, (ast.Assign, ast.AnnAssign)):
                    raise InputError("build-inside", id=next(iter(assigned(one) & wanted)))
                wanted |= {n.id for n in ast.walk(one) if isinstance(n, ast.Name)}
                moved.append(one)
        if not moved:
            return []
        at = self.source.starts[statement.lineno - 1]
        ranges = [self._lines(one) for one in reversed(moved)]
        text = b"".join(self.source.text[begin:end].rstrip(b"\r\n") + b"\n" for begin, end in ranges).decode()
        return [(at, at, text), *((begin, end, "") for begin, end in ranges)]

    def _lines(self, statement: ast.stmt) -> tuple[int, int]:
        """The whole lines of a statement."""
        return self.source.starts[statement.lineno - 1], self.source.starts[statement.end_lineno or statement.lineno]

    def _with_brackets(self, node: ast.expr) -> tuple[int, int]:
        """The range of an expression with the parentheses around it, except those of a call."""
        begin, end = self.source.begin(node), self.source.end(node)
        text = self.source.text
        before = text[:begin].rstrip()
        while (
            text[begin - 1 : begin] == b"("
            and text[end : end + 1] == b")"
            and not (before[:-1].rstrip()[-1:].isalnum() or before[:-1].rstrip()[-1:] in (b"_", b")", b"]"))
        ):
            begin, end = begin - 1, end + 1
            before = text[:begin].rstrip()
        return begin, end

    def _written(self, node: ast.expr, op: Declaration) -> dict[str, str]:
        """The attributes of a call as they are written."""
        found = {}
        for keyword in getattr(node, "keywords", ()):
            name = op.parameter(keyword.arg) if keyword.arg else None
            if name in op.attributes:
                found[str(name)] = self.source.of(keyword.value)
        given = getattr(node, "args", [])[1 if op.variadic else len(op.inputs) :]
        for name, argument in zip(op.attributes, given, strict=False):
            found[name] = self.source.of(argument)
        return found

    def _owner(self, statement: ast.stmt) -> str:
        """The name that a statement assigns."""
        return next(iter(assigned(statement)), "")

    def _free(self, name: str) -> None:
        """Refuses a name that is none, or that the program uses."""
        if (
            not name.isidentifier()
            or not name.isascii()
            or name in ("def", "for", "if", "in", "is", "or", "and", "not")
        ):
            raise InputError("build-name", name=name[:40])
        if name in self.source.names:
            raise InputError("build-name-taken", name=name, free=self.source.fresh(name))

    def _proposed(self, op: Declaration, shape: Shape | None) -> str:
        """What a result is called when nobody names it."""
        if Trait.ACTIVATION in op.traits:
            return "h"
        if shape == () and op.traits & {Trait.COMPARES_VALUES, Trait.COMPARES_LOGITS}:
            return "L"
        return "s" if shape == () else "z"


def declaration(name: str) -> Declaration:
    """The declaration of an operator; an InputError with the nearest name."""
    if name not in REGISTRY:
        raise InputError("build-no-operator", nearest(name, REGISTRY), name=name[:40])
    return REGISTRY[name]


def missing(op: Declaration, texts: Sequence[str]) -> str:
    """The first port that must be connected and is empty."""
    if op.variadic:
        return "" if any(texts) else "1"
    return next((n for n, text in zip(op.inputs, texts, strict=True) if not text and n not in op.optional), "")


def call(op: Declaration, texts: Sequence[str], attributes: Mapping[str, str]) -> str:
    """The text of an operator applied to texts."""
    written: dict[str, Any] = {}
    for name, text in attributes.items():
        known = op.parameter(name)
        if known not in op.attributes:
            raise InputError("build-no-attribute", op.signature, name=op.name, attribute=name[:40])
        if len(text) > LONGEST:
            raise InputError("build-too-long", most=LONGEST)
        if text.strip():
            written[known] = value_of(text.strip())
    signed = op.name in spelling.INFIX or op.name in spelling.PREFIX
    operands = [(atom(operand(text)) if signed else operand(text)) if text else None for text in texts]
    if op.variadic:
        operands = [text for text in operands if text is not None]
    return spelling.call(op, operands, written)


def operand(text: str) -> str:
    """An operand as it is written; an InputError if it is no expression."""
    if len(text) > LONGEST:
        raise InputError("build-too-long", most=LONGEST)
    parsed = expression(text)
    return ast.unparse(parsed) if "\n" in text else text.strip()


def atom(text: str) -> str:
    """An operand beside a sign, in parentheses where it needs them."""
    return text if isinstance(expression(text), ATOMS) else f"({text})"


def expression(text: str) -> ast.expr:
    """One expression."""
    try:
        return ast.parse(in_grammar(text).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError("build-not-an-operand", text=text[:40]) from None


def value_of(text: str) -> Any:
    """An attribute's value: a number, a truth value, a tuple or a text."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text


def several(result: Any) -> tuple[Any, ...]:
    """The results of an operator, also of one with a single result."""
    return result if isinstance(result, tuple) and result else (result,)


def editable(node: ast.expr) -> bool:
    """Whether the operands of an expression stand in the text as its parts."""
    return isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Call, ast.Attribute))


def arguments(node: ast.expr, op: Declaration) -> list[ast.expr | None]:
    """The expressions at the ports of an operator, None where a port is left out."""
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.UnaryOp(operand=only) | ast.Attribute(value=only):
            return [only]
        case ast.Call(func=function, args=given, keywords=keywords):
            method = isinstance(function, ast.Attribute) and not (
                isinstance(function.value, ast.Name) and function.value.id in ("np", "torch", "F", "math", "jnp", "nn")
            )
            first = [function.value] if method and isinstance(function, ast.Attribute) else []
            inputs = [*first, *given]
            if op.variadic:
                several = inputs[0] if inputs and isinstance(inputs[0], (ast.Tuple, ast.List)) else None
                return [*(several.elts if isinstance(several, (ast.Tuple, ast.List)) else inputs)]
            named = {op.parameter(k.arg): k.value for k in keywords if k.arg}
            return [inputs[n] if n < len(inputs) else named.get(name) for n, name in enumerate(op.inputs)]
    return []


def assigned(statement: ast.stmt) -> set[str]:
    """The names that a statement binds."""
    match statement:
        case ast.Assign(targets=targets):
            return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.AugAssign(target=ast.Name(id=name)):
            return {name}
        case ast.FunctionDef(name=name):
            return {name}
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
