"""Edits of a program, made on its text: exercise 2's bias, another activation, another layer, dropout, and the like.

An edit is found in the syntax tree and the graph together and written into the text where it belongs, so that comments
and lines stay as they are. Every edit that is offered has been read again: it gives a graph.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from engine.errors import TidegraphError
from engine.graph import Graph, Operator, Variable
from engine.language import parse
from engine.naming import name_sizes
from engine.shard import viewed
from engine.source import Source, Splice

ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "silu", "softplus")
"""Activations that can stand for each other."""

MOST = 40
"""Edits of one kind that are offered; a longer program has more places than anybody wants listed."""

MISSING = {
    "bias": "no product with a parameter is without a bias",
    "activation": f"nothing calls {', '.join(ACTIVATIONS[:-1])} or {ACTIVATIONS[-1]}",
    "layer": "no line outside a def and a loop assigns the activation of a product with a parameter",
    "dropout": "no line assigns an activation that a later product reads",
    "skip": "no activation of a product has the shape of what the product is made of",
    "decay": "a parameter is squared already, or no product with one is compared with a target",
    "sizes": "no number in the brackets of a declaration can be another by itself",
}
"""Why a kind of edit is not offered."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: its kind, the line that it is about and the text there, what is new, and the whole program after it."""

    kind: str
    line: int
    place: str
    new: str
    program: str


def edits(program: str) -> list[Edit]:
    """All edits that a program allows, in the order of its lines within each kind; ProgramError if it is none."""
    reading = Reading(program)
    found: list[Edit] = []
    for find in (biases, activations, layers, dropouts, skips, decays, named):
        for edit in islice(find(reading), MOST):
            try:
                graph = parse(edit.program)
            except TidegraphError:
                continue
            if (graph.target is None) == (reading.graph.target is None):
                found.append(edit)
    return found


@dataclass(frozen=True, slots=True)
class Product:
    """A matrix product with a parameter: its place in the text, and the operators that it is in the graph.

    `sizes` are the parameter's as written, `left` whether it stands on the left; `stack` is the index that takes it out
    of a stack of parameters, such as `i` in `W[i]`.
    """

    node: ast.BinOp
    statement: ast.stmt
    parents: tuple[ast.AST, ...]
    operator: Operator
    parameter: str
    sizes: tuple[str, ...]
    left: bool
    stack: str = ""

    @property
    def other(self) -> Variable:
        """What the parameter is multiplied with."""
        return self.operator.inputs[1 if self.left else 0]

    @property
    def other_node(self) -> ast.expr:
        return self.node.right if self.left else self.node.left


@dataclass
class Reading:
    """A program's text and graph side by side."""

    program: str
    graph: Graph = field(init=False)
    source: Source = field(init=False)
    products: list[Product] = field(init=False)

    def __post_init__(self) -> None:
        self.graph = parse(self.program)
        self.source = Source(self.program)
        self.products = list(self._products())

    def statements(self) -> Iterator[tuple[ast.stmt, tuple[ast.stmt, ...]]]:
        """Every statement with an expression, and the loops and defs around it."""

        def walk(body: list[ast.stmt], around: tuple[ast.stmt, ...]) -> Iterator[tuple[ast.stmt, tuple[ast.stmt, ...]]]:
            for statement in body:
                if isinstance(statement, (ast.For, ast.FunctionDef)):
                    yield from walk(statement.body, (*around, statement))
                elif isinstance(statement, (ast.Assign, ast.Return)):
                    yield statement, around

        yield from walk(self.source.tree.body, ())

    def edit(self, kind: str, node: ast.stmt, new: str, splices: list[Splice]) -> Edit:
        """An edit at a statement."""
        return Edit(kind, node.lineno, self.source.line_of(node), new, self.source.spliced(splices))

    def _products(self) -> Iterator[Product]:
        parameters = {v: name for name, v in self.graph.leaves("parameter").items()}
        made: dict[int, list[Operator]] = {}
        for operator in self.graph.operators:
            scope = operator.origin.scope
            if operator.op.name == "matmul" and (scope is None or scope.kind != "operator"):
                made.setdefault(operator.origin.line, []).append(operator)
        for statement, around in self.statements():
            nodes = [
                (n, up) for n, up in nested(statement) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.MatMult)
            ]
            operators = made.get(statement.lineno, [])
            if not nodes or not operators or len(operators) % len(nodes):
                continue
            for number, (node, parents) in enumerate(nodes):
                same = operators[number :: len(nodes)]
                found = [[parameters.get(viewed(v)) for v in o.inputs] for o in same]
                if sum(name is not None for name in found[0]) != 1 or any(names != found[0] for names in found):
                    continue
                left = found[0][0] is not None
                name = found[0][0] or found[0][1] or ""
                shape = self._sizes(node.left if left else node.right, name, same, around)
                if shape is not None:
                    yield Product(node, statement, parents, same[0], name, shape[0], left, shape[1])

    def _sizes(
        self, node: ast.expr, name: str, same: list[Operator], around: tuple[ast.stmt, ...]
    ) -> tuple[tuple[str, ...], str] | None:
        """The sizes of a product's parameter as they are written, and the index of its stack; None if unclear."""
        sizes = self.source.declarations[name].sizes if name in self.source.declarations else ()
        turned = isinstance(node, ast.Attribute) and node.attr == "T"
        if isinstance(node, ast.Attribute):
            node = node.value
        stack = ""
        if isinstance(node, ast.Subscript) and isinstance(node.slice, (ast.Name, ast.Constant)):
            stack, node, sizes = self.source.of(node.slice), node.value, sizes[1:]
        rank = next(v.ndim for v in same[0].inputs if viewed(v) is self.graph.find(name))
        inside = any(isinstance(one, ast.FunctionDef) for one in around)
        if not isinstance(node, ast.Name) or len(sizes) != rank or (node.id != name and (stack or not inside)):
            return None
        return (sizes[::-1] if turned else sizes), stack


def nested(statement: ast.stmt) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    """The nodes of a statement with those around each, in the order in which they are worked out."""

    def walk(node: ast.AST, parents: tuple[ast.AST, ...]) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
        for child in ast.iter_child_nodes(node):
            yield from walk(child, (*parents, node))
        yield node, parents

    yield from walk(statement, ())


def biases(reading: Reading) -> Iterator[Edit]:
    """A bias for each sum of products that has none; it is no part of a penalty that the program has."""
    source = reading.source
    parameters = reading.graph.leaves("parameter")
    seen: set[ast.AST] = set()
    for product in reading.products:
        chain: ast.expr = product.node
        parents = list(product.parents)
        while parents and isinstance(parents[-1], ast.BinOp) and isinstance(parents[-1].op, ast.Add):
            chain = parents.pop()  # type: ignore[assignment]
        names = {n.id for term in terms(chain) for n in [getattr(term, "value", term)] if isinstance(n, ast.Name)}
        if chain in seen or any(name in parameters for name in names):
            continue
        seen.add(chain)
        digits = re.search(r"\d*$", product.parameter)
        letter = "b" + (digits.group() if digits else "")
        if not letter[1:] and re.fullmatch(r"W[a-z]+", product.parameter):
            letter = "b" + product.parameter[1:]
        bias = source.fresh(letter, "b")
        declared = source.declarations[product.parameter]
        sizes = [declared.sizes[0]] if product.stack else []
        if len(product.sizes) > 1:
            sizes.append(product.sizes[-2 if product.left else -1])
            sizes += ["1"] if product.left and product.other.ndim > 1 else []
        line = f"{bias}: parameter" + (f"[{', '.join(sizes)}]" if sizes else "")
        read = f"{bias}[{product.stack}]" if product.stack else bias
        around = parents[-1] if parents else None
        begin, end = source.begin(chain), source.end(chain)
        wrapped = source.text[begin - 1 : begin] == b"(" and source.text[end : end + 1] == b")"
        tight = isinstance(around, (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Subscript)) and not wrapped
        splices = [(begin, begin, "("), (end, end, f" + {read})")] if tight else [(end, end, f" + {read}")]
        yield reading.edit("bias", product.statement, line, [*splices, source.after(declared.node, line)])


def terms(node: ast.expr) -> Iterator[ast.expr]:
    """The terms of a sum."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from terms(node.left)
        yield from terms(node.right)
    else:
        yield node


def activation_of(node: ast.AST | None) -> str:
    """The activation that an expression is a call of."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]) if name in ACTIVATIONS:
            return name
    return ""


def activations(reading: Reading) -> Iterator[Edit]:
    """Every activation as each other one."""
    for statement, _ in reading.statements():
        for node, _ in nested(statement):
            name = activation_of(node)
            if name and isinstance(node, ast.Call):
                begin, end = reading.source.begin(node.func), reading.source.end(node.func)
                for other in ACTIVATIONS:
                    if other != name:
                        yield reading.edit("activation", statement, other, [(begin, end, other)])


def hidden(reading: Reading) -> Iterator[tuple[ast.Assign, str, bool, Variable]]:
    """Lines that assign an activation: the name, whether the line is at the top level, and the variable it makes."""
    made = {o.origin.line: o.outputs[0] for o in reading.graph.operators}
    for statement, around in reading.statements():
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if activation_of(value):
                if statement.lineno in made and made[statement.lineno].ndim:
                    yield statement, name, not around, made[statement.lineno]


def layers(reading: Reading) -> Iterator[Edit]:
    """Another layer of the same width after each activation: the same activation of a product with a new parameter."""
    source = reading.source
    for statement, name, top, value in hidden(reading):
        after = next((p for p in reading.products if viewed(p.other) is value), None)
        before = next((p for p in reversed(reading.products) if p.statement.lineno <= statement.lineno), None)
        product = after or before
        if not top or product is None or product.stack or not product.sizes or (before and len(before.sizes) < 2):
            continue
        inward = product.left == (after is not None)
        width = product.sizes[0 if len(product.sizes) == 1 else -1 if inward else -2]
        numbers = [int(found.group(1)) for found in map(re.compile(r"W(\d+)$").match, source.names) if found]
        weight = source.fresh(f"W{max(numbers, default=0) + 1}")
        line = f"{weight}: parameter[{width}, {width}]"
        written = f"{weight} @ {name}" if product.left else f"{name} @ {weight}"
        step = f"{name} = {activation_of(statement.value)}({written})"
        declared = source.declarations[product.parameter].node
        yield reading.edit("layer", statement, step, [source.after(declared, line), source.after(statement, step)])


def dropouts(reading: Reading) -> Iterator[Edit]:
    """Dropout after each activation that a later product reads."""
    dropped = {v for o in reading.graph.operators if "dropout" in o.op.name for v in o.inputs}
    for statement, name, _, value in hidden(reading):
        reached = {value}
        for operator in reading.graph.operators:
            if any(v in reached for v in operator.inputs):
                reached.update(operator.outputs)
        looped = statement.lineno in {p.statement.lineno for p in reading.products if p.stack or p.other is value}
        if value not in dropped and (looped or any(p.other in reached for p in reading.products)):
            step = f"{name} = dropout({name}, p=0.5)"
            yield reading.edit("dropout", statement, step, [reading.source.after(statement, step)])


def skips(reading: Reading) -> Iterator[Edit]:
    """A way around each activation of a product whose shape is that of what goes in: a residual connection."""
    source = reading.source
    for product in reading.products:
        other = product.other_node
        statement = product.statement
        value = statement.value if isinstance(statement, (ast.Assign, ast.Return)) else None
        if value is None or not activation_of(value) or not isinstance(other, (ast.Name, ast.Subscript)):
            continue
        if product.operator.outputs[0].shape == product.other.shape:
            place = source.begin(value)
            yield reading.edit(
                "skip", statement, f"{source.of(other)} + ...", [(place, place, f"{source.of(other)} + ")]
            )


def decays(reading: Reading) -> Iterator[Edit]:
    """A penalty on the squares of all parameters that products are made with, added to the target."""
    source, graph = reading.source, reading.graph
    squared = {v for o in graph.operators if o.op.name in ("power", "square") for v in o.inputs}
    weights = list(dict.fromkeys(p.parameter for p in reading.products))
    if (
        graph.target is None
        or not graph.leaves("target")
        or not weights
        or any(v in squared for v in graph.leaves("parameter").values())
    ):
        return
    for statement in reversed(source.tree.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]) if name == graph.target:
                rate = source.fresh("lam", "decay")
                squares = " + ".join(f"sum({weight} ** 2)" for weight in weights)
                step = f"{name} = {name} + {rate} / 2 * " + (f"({squares})" if len(weights) > 1 else squares)
                place, _, first = source.after(statement, f"{rate} = 0.1")
                _, _, second = source.after(statement, step)
                yield reading.edit("decay", statement, step, [(place, place, first + second)])
                return


def named(reading: Reading) -> Iterator[Edit]:
    """Names for the numbers in the brackets of the declarations."""
    program = name_sizes(reading.program)
    if program is not None:
        first = next(iter(reading.source.declarations.values())).node
        line = next(new for new in program.splitlines() if new not in reading.program.splitlines())
        yield Edit("sizes", first.lineno, reading.source.line_of(first), line, program)
