"""Shapes of derivatives (chapter, exercise 1): of a gradient, of a full Jacobian, and how one is made of the other.

A gradient has the shape of its variable, on vectors, matrices and higher tensors alike. The full Jacobian of one
variable by another has a number for every pair: the axes of the one, then those of the other. Backpropagation never
builds it; it multiplies by it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tidegraph.engine.autodiff.reverse import reachable
from tidegraph.engine.graph import Graph, Operator, Shape, Variable, ancestors, size_of
from tidegraph.engine.notation.latex import Notation
from tidegraph.engine.ops.latex import ATOM

ROWS, COLUMNS = "abcdefg", "ijklmnp"
"""Index letters: of what is differentiated, and of what it is differentiated by."""


@dataclass(frozen=True, slots=True)
class Jacobian:
    """The shape of dY/dX: the axes of Y, then those of X. `operator` is what computes Y (id as in a trace).

    `direct` says whether that reads X itself; else X acts on Y through others. `entry` is one of its numbers as LaTeX,
    `product` what flows back to X through Y, the chapter's prod: it sums over the axes of Y.
    """

    of: str
    latex: str
    shape: Shape
    size: int
    operator: str
    direct: bool
    entry: str
    product: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The shapes of derivatives of `target` by one variable.

    The gradient's shape is the variable's own. `entry` is one number of it as LaTeX. `jacobians` are those of what is
    computed from the variable on the way to the target, what reads it directly first.
    """

    name: str
    latex: str
    shape: Shape
    size: int
    role: str
    target: str
    target_latex: str
    reaches: bool
    entry: str
    jacobians: tuple[Jacobian, ...]


def facts(graph: Graph, name: str, target: str | None = None) -> Facts:
    """The shapes of a variable's derivatives. Raises InputError for names that there are not."""
    variable, goal = graph.find(name), graph.resolve_target(target)
    notation = Notation(graph)
    needed = set(ancestors([goal]))
    operators = [o for o in graph.operators if o in needed]
    moved = reachable(operators, [variable])
    found = [
        jacobian_of(graph, notation, goal, y, variable, operator)
        for operator in operators
        for y in operator.outputs
        if y in moved and y is not variable and y.kind == "float"
    ]
    found.sort(key=lambda one: not one.direct)
    x = notation.symbols[variable].text
    return Facts(
        name=name,
        latex=x,
        shape=variable.shape,
        size=variable.size,
        role=variable.leaf.role if variable.leaf is not None else "intermediate",
        target=graph.names[goal],
        target_latex=notation.symbols[goal].text,
        reaches=goal in moved,
        entry=entry(notation, goal, variable, "", letters(COLUMNS, variable.ndim)),
        jacobians=tuple(found),
    )


def jacobian_of(
    graph: Graph, notation: Notation, goal: Variable, y: Variable, x: Variable, operator: Operator
) -> Jacobian:
    """What is told of dY/dX."""
    above, below = letters(ROWS, y.ndim), letters(COLUMNS, x.ndim)
    one = entry(notation, y, x, above, below)
    total = rf"\sum_{{{above}}} " if above else ""
    prod = rf"\operatorname{{prod}}\left({notation.derivative(goal, y)}, {notation.derivative(y, x)}\right)"
    left = rf"{{{prod}}}_{{{below}}}" if below else prod
    return Jacobian(
        of=graph.names[y],
        latex=notation.symbols[y].text,
        shape=(*y.shape, *x.shape),
        size=size_of(y.shape) * size_of(x.shape),
        operator=graph.id_of(operator),
        direct=x in operator.inputs,
        entry=one,
        product=rf"{left} = {total}{entry(notation, goal, y, '', above)}\,{one}",
    )


def letters(alphabet: str, count: int) -> str:
    """So many index letters; beyond seven axes numbered ones."""
    if count <= len(alphabet):
        return alphabet[:count]
    return "".join(rf"{alphabet[0]}_{{{i + 1}}}" for i in range(count))


def entry(notation: Notation, y: Variable, x: Variable, above: str, below: str) -> str:
    r"""One number of dY/dX: \frac{\partial Y_{ab}}{\partial X_{ij}}."""
    return rf"\frac{{\partial {element(notation, y, above)}}}{{\partial {element(notation, x, below)}}}"


def element(notation: Notation, variable: Variable, index: str) -> str:
    """One number of an array: its name in italics with an index, as in Z_{ab}."""
    symbol = notation.symbols[variable].at(ATOM)
    if not index:
        return symbol
    return rf"{{{symbol}}}_{{{index}}}"
