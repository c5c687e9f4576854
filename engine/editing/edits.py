"""Edits of a program, made on its text: exercise 2's bias, another activation, another layer, dropout, and the like.

An edit is found in the syntax tree and the graph together and written into the text where it belongs, so that comments
and lines stay as they are. Every edit that is offered has been read again: it gives a graph.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tidegraph.engine.editing.edit_text import Splice
from tidegraph.engine.editing.naming import name_sizes
from tidegraph.engine.editing.products import Around, Product, Reading, Use, fresh, nested
from tidegraph.engine.graph import REGISTRY, TidegraphError, Variable
from tidegraph.engine.graph.kinds import Trait
from tidegraph.engine.language.parser import parse
from tidegraph.engine.parallel.shard import viewed

ACTIVATIONS = tuple(name for name, op in REGISTRY.items() if Trait.ACTIVATION in op.traits)
"""Activations that can replace each other."""

MOST = 40
"""Edits of one kind that are offered; a longer program has more places than anybody wants listed."""

MISSING = {
    "bias": "no product with a parameter is without a bias",
    "activation": f"nothing calls {', '.join(ACTIVATIONS[:-1])} or {ACTIVATIONS[-1]}",
    "layer": "no activation follows or comes before a product with a parameter",
    "dropout": "no activation is read by a later product",
    "skip": "no activation of a product has the shape of what the product is made of",
    "decay": "a parameter is squared already, or no product with one is compared with a target",
    "sizes": "no number in the brackets of a declaration can be another by itself",
}
"""Why a kind of edit is not offered."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: its kind, the line that it is about and the text there, what is new, and the whole program after it.

    `part` is the expression in the line that it is about, the whole line where it is about that.
    """

    kind: str
    line: int
    place: str
    new: str
    program: str
    part: str


def edits(program: str) -> list[Edit]:
    """All edits that a program allows, in the order of its lines within each kind; ProgramError if it is none."""
    scoreless = parse(program).target is None
    reading = Reading(program)
    found: list[Edit] = []
    for find in (biases, activations, layers, dropouts, skips, decays, named):
        for edit in islice(find(reading), MOST):
            try:
                graph = parse(edit.program)
            except TidegraphError:
                continue
            if (graph.target is None) == scoreless:
                found.append(edit)
    return found


def edited(
    reading: Reading, kind: str, node: ast.stmt, new: str, splices: Sequence[Splice], part: ast.expr | None = None
) -> Edit:
    """An edit at a statement, or at an expression in it."""
    source = reading.source
    line = source.line_of(node)
    return Edit(kind, node.lineno, line, new, source.spliced(splices), source.of(part) if part else line)


def biases(reading: Reading) -> Iterator[Edit]:
    """A bias for each sum of products that has none; it is no part of a penalty that the program has."""
    source = reading.source
    seen: set[ast.AST] = set()
    for product in reading.products:

        def sizes(use: Use, product: Product = product) -> list[str]:
            outputs = product.outputs(use)
            column = product.form == "left" and product.others[0].ndim > 1
            return [outputs, *(["1"] if column else [])] if outputs else []

        chain = product.node
        parents = list(product.parents)
        while parents and isinstance(parents[-1], ast.BinOp) and isinstance(parents[-1].op, ast.Add):
            chain = parents.pop()  # type: ignore[assignment]
        own = product.layer is not None
        if own and not product.bias:
            continue
        if not own or len(list(terms(chain))) > 1:
            summed = (reading.uses(term, product.around) for term in terms(chain))
            if chain in seen or any(uses for uses in summed):
                continue
            seen.add(chain)
        made = reading.bring(product, bias_name, "b", sizes)
        if made is None:
            continue
        if own:
            last = source.end(product.node) - 1
            splices = [(last, last, f", {product.bias}={made.read}")]
        else:
            splices = appended(reading, chain, parents, f" + {made.read}")
        yield edited(reading, "bias", product.statement, made.line, [*splices, *made.splices], product.node)


def bias_name(weight: str) -> str:
    """What the bias beside a weight is called: b1 beside W1, bq beside Wq."""
    digits = re.search(r"\d+$", weight)
    if digits:
        return "b" + digits.group()
    return "b" + weight[1:] if re.fullmatch(r"W[a-z]+", weight) else "b"


def appended(reading: Reading, node: ast.expr, parents: Sequence[ast.AST], text: str) -> list[Splice]:
    """The splices that put a sign and an operand behind an expression, with brackets where it needs them."""
    source = reading.source
    begin, end = source.begin(node), source.end(node)
    return [(begin, begin, "("), (end, end, text + ")")] if tight(reading, node, parents) else [(end, end, text)]


def tight(reading: Reading, node: ast.expr, parents: Sequence[ast.AST]) -> bool:
    """Whether what is around an expression would take a part of a sum in its place."""
    source = reading.source
    begin, end = source.begin(node), source.end(node)
    wrapped = source.text[begin - 1 : begin] == b"(" and source.text[end : end + 1] == b")"
    around = parents[-1] if parents else None
    return isinstance(around, (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Subscript)) and not wrapped


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
    for one in hidden(reading):
        begin, end = reading.source.begin(one.node.func), reading.source.end(one.node.func)
        for other in ACTIVATIONS:
            if other != one.name:
                yield edited(reading, "activation", one.statement, other, [(begin, end, other)], one.node)


@dataclass(frozen=True, slots=True)
class Hidden:
    """An activation in the text: its call, and what it came to every time that it was read."""

    node: ast.Call
    name: str
    statement: ast.stmt
    around: Around
    parents: tuple[ast.AST, ...]
    values: tuple[Variable, ...]

    @property
    def assigned(self) -> str:
        """The name that it alone is assigned to."""
        match self.statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is self.node:
                return name
        return ""

    def step(self, reading: Reading, text: str) -> tuple[str, list[Splice]]:
        """Something done to the activation, `{}` in the text: on a line of its own, else around the call."""
        source = reading.source
        if self.assigned:
            line = f"{self.assigned} = {text.format(self.assigned)}"
            return line, [source.after(self.statement, line)]
        begin, end = source.begin(self.node), source.end(self.node)
        before, after = text.split("{}")
        return text.format(source.of(self.node)), [(begin, begin, before), (end, end, after)]


def hidden(reading: Reading) -> Iterator[Hidden]:
    """The activations of the program, in the order of its text."""
    for statement, around in reading.statements():
        for node, parents in nested(statement):
            name = activation_of(node)
            if name and isinstance(node, ast.Call):
                yield Hidden(node, name, statement, around, parents, tuple(reading.results(node)))


def layers(reading: Reading) -> Iterator[Edit]:
    """Another layer of the same width after each activation: the same activation of a product with a new parameter."""
    for one in hidden(reading):
        if not one.values or not one.values[0].ndim:
            continue
        before = feeding(reading, one.values[0])
        after = next((p for p in reading.products if viewed(p.others[0]) is one.values[0]), None)
        product = after if after is not None and not after.argument and not after.uses[0].stack else before
        if product is None or (before and not before.outputs(before.uses[0])):
            continue
        inward = product is after and product is not before

        def sizes(use: Use, product: Product = product, inward: bool = inward) -> Sequence[str]:
            if not inward or (product.layer is not None and product.layer.window):
                return product.square(use)
            width = use.sizes[0] if len(use.sizes) == 1 or product.form == "right" else use.sizes[-1]
            return width, width

        def name(weight: str, before: Product | None = before, product: Product = product) -> str:
            return next_weight(reading, weight if product.argument or before is None else before.uses[0].parameter)

        made = reading.bring(product, name, product.argument or "W", sizes)
        text = product.again(made.read if made else "", "{}")
        if made is None or text is None or (product.argument and product not in within(reading, one)):
            continue
        new, splices = one.step(reading, f"{one.name}({text})")
        yield edited(reading, "layer", one.statement, new, [*splices, *made.splices], one.node)


def within(reading: Reading, one: Hidden) -> list[Product]:
    """The products in the same `def` as an activation."""
    return [product for product in reading.products if product.around[:1] == one.around[:1]]


def next_weight(reading: Reading, weight: str) -> str:
    """A name for one more weight: W3 beside W1 and W2."""
    base = re.sub(r"\d+$", "", weight)
    numbers = [int(m.group(1) or 1) for m in map(re.compile(rf"{base}(\d*)$").match, reading.source.names) if m]
    return fresh(reading.source.names, f"{base}{max(numbers, default=0) + 1}")


def feeding(reading: Reading, value: Variable) -> Product | None:
    """The last product that an activation is worked out from without a change of shape."""
    ends = {result: product for product in reading.products for result in product.results}
    waiting = [value]
    seen = set(waiting)
    while waiting:
        here = waiting.pop(0)
        if here in ends:
            return ends[here]
        for before in here.operator.inputs if here.operator is not None else ():
            if before.shape == value.shape and before not in seen:
                seen.add(before)
                waiting.append(before)
    return None


def dropouts(reading: Reading) -> Iterator[Edit]:
    """Dropout after each activation that a later product reads."""
    dropped = {v for o in reading.graph.operators if Trait.DROPOUT in o.op.traits for v in o.inputs}
    multiplied = {other for product in reading.products for other in product.others}
    for one in hidden(reading):
        reached = set(one.values)
        for operator in reading.graph.operators:
            if any(v in reached for v in operator.inputs):
                reached.update(operator.outputs)
        if one.values and one.values[0].ndim and not dropped & set(one.values) and reached & multiplied:
            new, splices = one.step(reading, f"dropout({{}}, p=0.5{own_seed(reading, one)})")
            yield edited(reading, "dropout", one.statement, new, splices, one.node)


def own_seed(reading: Reading, one: Hidden) -> str:
    """The argument by which a dropout drops others than the program's other ones: the loop's index, else a number."""
    for statement in reversed(one.around):
        if isinstance(statement, ast.For) and isinstance(statement.target, ast.Name):
            return f", seed={statement.target.id}"
    count = sum(Trait.DROPOUT in REGISTRY[name].traits for name, _ in reading.made)
    return f", seed={count}" if count else ""


def skips(reading: Reading) -> Iterator[Edit]:
    """A way around each activation of a product whose shape is that of what goes in: a residual connection."""
    source = reading.source
    for one in hidden(reading):
        inside = set(ast.walk(one.node))
        for product in reading.products:
            other = product.other_node
            if product.node not in inside or not isinstance(other, (ast.Name, ast.Subscript)) or not one.values:
                continue
            around = one.parents[-1] if one.parents else None
            if isinstance(around, ast.AugAssign):
                continue
            added = isinstance(around, ast.BinOp) and source.of(other) in map(source.of, terms(around))
            if added or one.values[0].shape != product.others[0].shape:
                continue
            begin, end = source.begin(one.node), source.end(one.node)
            before = f"{source.of(other)} + "
            wrapped = tight(reading, one.node, one.parents)
            splices = [(begin, begin, f"({before}"), (end, end, ")")] if wrapped else [(begin, begin, before)]
            yield edited(reading, "skip", one.statement, f"{before}...", splices, one.node)


def decays(reading: Reading) -> Iterator[Edit]:
    """A penalty on the squares of all parameters that products are made with, added to the target."""
    source, graph = reading.source, reading.graph
    squared = {v for o in graph.operators if Trait.SQUARE in o.op.traits for v in o.inputs}
    weights = list(dict.fromkeys(use.parameter for product in reading.products for use in product.uses))
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
                yield edited(reading, "decay", statement, step, [(place, place, first + second)])
                return


def named(reading: Reading) -> Iterator[Edit]:
    """Names for the numbers in the brackets of the declarations."""
    program = name_sizes(reading.program)
    if program is not None:
        first = next(iter(reading.source.declarations.values())).node
        line = next(new for new in program.splitlines() if new not in reading.program.splitlines())
        place = reading.source.line_of(first)
        yield Edit("sizes", first.lineno, place, line, program, place)
