"""A program's text and graph side by side: its products with parameters, and how an edit adds a parameter there.

The program is parsed once more, and the result of every application of an operator is recorded under its place in the
text: the iterations of a loop and the calls of a `def` evaluate the same text repeatedly. A product is a matrix
product or a call such as `linear` or `conv2d` with a parameter, or with a part or the transpose of one, or with an
argument of a `def` that is one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tidegraph.engine.editing.edit_text import Source, Splice
from tidegraph.engine.graph import REGISTRY, Declaration, Graph, Variable, building
from tidegraph.engine.graph.kinds import Layer
from tidegraph.engine.language.parser import Parser
from tidegraph.engine.language.signs import BINARY
from tidegraph.engine.parallel.shard import viewed

Place = tuple[int, int, int | None, int | None]
Around = tuple[ast.stmt, ...]
At = tuple[ast.expr, ast.stmt, Around, tuple[ast.AST, ...]]
"""An expression, its statement, the loops and defs around that, and the expressions around it."""


def place(node: ast.expr) -> Place:
    """Where an expression stands in the text."""
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


@dataclass(frozen=True, slots=True)
class Made:
    """What one reading of an expression came to: the operands by the operator's names for them, and the result."""

    operands: Mapping[str, Any]
    result: Any


@dataclass(frozen=True, slots=True)
class Use:
    """A parameter that a product is made with: its sizes as they are written, and the index that takes it out of a
    stack of parameters, such as `i` in `W[i]`. `call` is the call of the `def` that it is passed in, if it is."""

    parameter: str
    sizes: tuple[str, ...]
    stack: str = ""
    call: ast.Call | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product with a parameter: where it stands, every time that it is read, and the parameters that it is read with.

    `form` is `left` or `right` for a matrix product, by where the parameter stands; else `call`, and `layer` describes
    the operator that is called.
    """

    node: ast.expr
    statement: ast.stmt
    around: Around
    parents: tuple[ast.AST, ...]
    form: str
    made: tuple[tuple[Variable, Variable], ...]
    uses: tuple[Use, ...]
    other_node: ast.expr
    bias: str = ""
    argument: str = ""
    layer: Layer | None = None

    @property
    def others(self) -> tuple[Variable, ...]:
        """What the parameter is multiplied with."""
        return tuple(other for other, _ in self.made)

    @property
    def results(self) -> tuple[Variable, ...]:
        return tuple(result for _, result in self.made)

    def outputs(self, use: Use) -> str:
        """How many outputs it has for an example, as written; nothing for a single one."""
        if len(use.sizes) < 2:
            return ""
        if self.layer is not None:
            return use.sizes[self.layer.outputs]
        return use.sizes[-1 if self.form == "right" else -2]

    def again(self, weight: str, operand: str) -> str | None:
        """The same product with another parameter, as many outputs as inputs; None where there is none."""
        if self.layer is not None:
            return self.layer.again.format(operand=operand, weight=weight) or None
        return f"{weight} @ {operand}" if self.form == "left" else f"{operand} @ {weight}"

    def square(self, use: Use) -> tuple[str, ...]:
        """The sizes of the parameter of such a product."""
        width = self.outputs(use)
        return (width, width, *(use.sizes[2:] if self.layer is not None and self.layer.window else ()))


@dataclass(frozen=True, slots=True)
class Brought:
    """A new parameter: how it is read where it is wanted, the first line that declares it, and all that is written."""

    read: str
    line: str
    splices: tuple[Splice, ...]


class Reading:
    """A program's text and graph side by side."""

    def __init__(self, program: str) -> None:
        self.made: dict[tuple[str, Place], list[Made]] = {}
        with building():
            self.graph: Graph = Parser(program, {}, 1_000_000, self._applied).read()
        self.program = program
        self.source = Source(program)
        self.parameters = {v: name for name, v in self.graph.leaves("parameter").items()}
        self.defs = {node.name: node for node in self.source.tree.body if isinstance(node, ast.FunctionDef)}
        self.calls: dict[str, list[tuple[ast.Call, Around]]] = {name: [] for name in self.defs}
        for statement, around in self.statements():
            for node, _ in nested(statement):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.calls:
                    self.calls[node.func.id].append((node, around))
        self.products = list(self._products())

    def _applied(self, node: ast.expr, name: str, operands: list[Any], attributes: dict[str, Any], result: Any) -> None:
        """Records an application of an operator under its name and place."""
        inputs = REGISTRY[name].inputs
        given = {key: value for key, value in attributes.items() if key in inputs}
        made = Made({**dict(zip(inputs, operands, strict=False)), **given}, result)
        self.made.setdefault((name, place(node)), []).append(made)

    def statements(self) -> Iterator[tuple[ast.stmt, Around]]:
        """Every statement with an expression, and the loops and defs around it."""

        def walk(body: list[ast.stmt], around: Around) -> Iterator[tuple[ast.stmt, Around]]:
            for statement in body:
                if isinstance(statement, (ast.For, ast.FunctionDef)):
                    yield from walk(statement.body, (*around, statement))
                elif isinstance(statement, (ast.Assign, ast.AugAssign, ast.Return)):
                    yield statement, around

        yield from walk(self.source.tree.body, ())

    def results(self, node: ast.Call) -> list[Variable]:
        """What a call of an operator with one result came to, every time that it was read."""
        assert isinstance(node.func, ast.Name)
        return [one.result for one in self.made.get((node.func.id, place(node)), [])]

    def parameter(self, operand: Any) -> str:
        """The name of the parameter that an operand is, or is a part or the transpose of; nothing if it is none."""
        return self.parameters.get(viewed(operand), "") if isinstance(operand, Variable) else ""

    def _products(self) -> Iterator[Product]:
        for statement, around in self.statements():
            for node, parents in nested(statement):
                at = (node, statement, around, parents)
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
                    yield from self._matrix_product(at, node)
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    operator = REGISTRY.get(node.func.id)
                    if operator is not None and operator.layer is not None:
                        yield from self._called(at, node, operator, operator.layer)

    def _matrix_product(self, at: At, node: ast.BinOp) -> Iterator[Product]:
        """A matrix product, of which one operand is a parameter."""
        applied = self.made.get((BINARY[ast.MatMult], place(node)), [])
        made = [(*one.operands.values(), one.result) for one in applied]
        for port, (form, weight, other) in enumerate(
            (("left", node.left, node.right), ("right", node.right, node.left))
        ):
            given, others = [one[port] for one in made], [one[1 - port] for one in made]
            if all(map(self.parameter, given)) and not any(map(self.parameter, others)):
                pairs = zip(others, (one[2] for one in made), strict=True)
                yield from self._product(at, form, weight, other, given, tuple(pairs))

    def _called(self, at: At, node: ast.Call, operator: Declaration, layer: Layer) -> Iterator[Product]:
        """A call of an operator with weights, a product for each."""
        ready = self.made.get((operator.name, place(node)), [])
        texts = dict(zip(operator.inputs, node.args, strict=False))
        texts |= {k.arg: k.value for k in node.keywords if k.arg in operator.inputs}
        data = operator.inputs[0]
        first = [one.result[0] if isinstance(one.result, tuple) else one.result for one in ready]
        for weight, bias in layer.biases.items():
            if weight in texts and data in texts:
                pairs = tuple((one.operands[data], v) for one, v in zip(ready, first, strict=True))
                given = [one.operands[weight] for one in ready]
                missing = "" if bias in texts else bias
                yield from self._product(at, "call", texts[weight], texts[data], given, pairs, missing, layer)

    def _product(
        self,
        at: At,
        form: str,
        weight: ast.expr,
        other: ast.expr,
        given: list[Any],
        pairs: tuple[tuple[Variable, Variable], ...],
        bias: str = "",
        layer: Layer | None = None,
    ) -> Iterator[Product]:
        """The product at a place, if it is clear in the text which parameters it is made with."""
        node, statement, around, parents = at
        uses = self.uses(weight, around)
        if not given or uses is None or {use.parameter for use in uses} != {self.parameter(v) for v in given}:
            return
        if any(len(use.sizes) != v.ndim for use in uses for v in given[:1]):
            return
        named = weight.value if isinstance(weight, (ast.Attribute, ast.Subscript)) else weight
        argument = named.id if isinstance(named, ast.Name) and any(use.call for use in uses) else ""
        yield Product(node, statement, around, parents, form, pairs, tuple(uses), other, bias, argument, layer)

    def uses(self, node: ast.expr, around: Around) -> list[Use] | None:
        """The parameters that an expression stands for at its place; None if the text does not make that clear."""
        if isinstance(node, ast.Attribute):
            found = self.uses(node.value, around)
            return found and [replace(use, sizes=use.sizes[::-1]) for use in found]
        if isinstance(node, ast.Subscript):
            found = self.uses(node.value, around)
            if not found or not isinstance(node.slice, (ast.Name, ast.Constant)) or len(found) > 1 or found[0].stack:
                return None
            return [replace(found[0], sizes=found[0].sizes[1:], stack=self.source.of(node.slice))]
        if not isinstance(node, ast.Name):
            return None
        inside = next((one for one in around if isinstance(one, ast.FunctionDef)), None)
        names = [one.arg for one in inside.args.args] if inside is not None else []
        if inside is None or node.id not in names:
            declared = self.source.declarations.get(node.id)
            return None if declared is None or declared.role != "parameter" else [Use(node.id, declared.sizes)]
        passed: list[Use] = []
        for call, place_of_call in self.calls[inside.name]:
            keywords = {keyword.arg: keyword.value for keyword in call.keywords}
            argument = dict(zip(names, call.args, strict=False)).get(node.id, keywords.get(node.id))
            found = None if argument is None else self.uses(argument, place_of_call)
            if not found:
                return None
            passed += [use if use.call else replace(use, call=call) for use in found]
        if len({(use.parameter, use.sizes, use.stack) for use in passed}) == 1 and not passed[0].stack:
            return [replace(passed[0], call=None)]
        at_top = all(not any(isinstance(one, ast.FunctionDef) for one in where) for _, where in self.calls[inside.name])
        return passed if at_top else None

    def bring(
        self, product: Product, name: Callable[[str], str], preferred: str, sizes: Callable[[Use], Iterable[str]]
    ) -> Brought | None:
        """A new parameter beside each that a product is made with, read at the product; None where that cannot be.

        `name` gives the new parameter's name beside one of the product's. Inside a `def` that is called with several,
        it is passed as one more argument, called `preferred` or something close.
        """
        source = self.source
        made: dict[str, str] = {}
        lines: list[str] = []
        splices: list[Splice] = []
        for use in product.uses:
            if use.parameter not in made:
                made[use.parameter] = fresh(source.names | set(made.values()), name(use.parameter))
                declared = source.declarations[use.parameter]
                parts = [*([declared.sizes[0]] if use.stack else []), *sizes(use)]
                lines.append(f"{made[use.parameter]}: parameter" + (f"[{', '.join(parts)}]" if parts else ""))
                splices.append(source.after(declared.node, lines[-1]))
        read = {use: made[use.parameter] + (f"[{use.stack}]" if use.stack else "") for use in product.uses}
        if product.uses[0].call is None:
            return Brought(read[product.uses[0]], lines[0], tuple(splices))
        function = next(one for one in product.around if isinstance(one, ast.FunctionDef))
        if function.args.defaults:
            return None
        names = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)} | {a.arg for a in function.args.args}
        argument = fresh(names, preferred)
        end = source.end(function.args.args[-1])
        splices.append((end, end, f", {argument}"))
        for use in product.uses:
            assert use.call is not None
            last = source.end(use.call) - 1
            keyword = f"{argument}=" if use.call.keywords else ""
            splices.append((last, last, f", {keyword}{read[use]}"))
        return Brought(argument, lines[0], tuple(splices))


def fresh(taken: set[str], preferred: str) -> str:
    """A free name: the preferred one, else the same with the next number."""
    if preferred not in taken:
        return preferred
    base = re.sub(r"\d+$", "", preferred)
    number = int(preferred[len(base) :] or 1) + 1
    while f"{base}{number}" in taken:
        number += 1
    return f"{base}{number}"


def nested(statement: ast.stmt) -> Iterator[tuple[ast.expr, tuple[ast.AST, ...]]]:
    """The expressions of a statement with those around each, in the order in which they are worked out."""

    def walk(node: ast.AST, parents: tuple[ast.AST, ...]) -> Iterator[tuple[ast.expr, tuple[ast.AST, ...]]]:
        for child in ast.iter_child_nodes(node):
            yield from walk(child, (*parents, node))
        if isinstance(node, ast.expr):
            yield node, parents

    yield from walk(statement, ())
