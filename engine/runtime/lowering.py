"""Operators to calls: the lines that a plan really runs, fewer and cheaper than one an operator.

Most operators are one call of their kernel. A rule in `RULES` may write one more cheaply (`x ** 2` is a square, a
product of matrices is `a.dot(b, out)`), or take over operators that nobody else reads (`sum(a * b)` is one dot
product). Chains of elementwise operators on large arrays run block by block, so that what passes between them stays
in the processor's cache and needs no array at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from tidegraph.engine.graph import Operator, Variable, literal
from tidegraph.engine.ops.declare import KINDS

BLOCK = 16384
"""Elements of one block: a few operands of this length fit a core's own cache."""

LONGEST_CHAIN = 16
"""Operators in one chain at most, so that its blocks still fit."""


Place = tuple[int, str]
"""A block between the parts of a chain: its number, and the kind of its elements."""


@dataclass(slots=True, eq=False)
class Call:
    """What writes an operator's outputs.

    `run` is a kernel that is called with inputs and outputs, or text with `{0}`, `{1}` and `{out}` in their places.
    With `number` the text is an expression whose value is a Python float, and scalar operands are floats as well.
    `absorbed` operators get no array: this call works them out on the way. `inplace` says that the output may take
    over the memory of an input that nobody needs afterwards. `chain` are the calls to repeat block by block.
    """

    operator: Operator
    inputs: tuple[Variable, ...]
    run: Callable[..., Any] | str
    number: bool = False
    inplace: bool = False
    absorbed: tuple[Operator, ...] = ()
    chain: tuple[Call, ...] = ()

    @property
    def outputs(self) -> tuple[Variable, ...]:
        return self.operator.outputs


Rule = Callable[["Lowering", Operator], Call | None]


@dataclass(slots=True)
class Lowering:
    """One plan's operators on their way to calls, and what rules ask about them."""

    operators: Sequence[Operator]
    views: Collection[Operator]
    outputs: Collection[Variable]
    scattered: Collection[Variable]
    """Views whose elements do not follow each other in memory."""
    column_major: Collection[Variable]
    """Matrices that lie column by column in memory."""
    dtype: np.dtype[Any]
    readers: dict[Variable, int] = field(default_factory=dict)
    absorbed: set[Operator] = field(default_factory=set)

    def calls(self) -> list[Call]:
        """The calls in order. Operators are visited from the last to the first, so that a reader comes first."""
        readers = self.readers
        for operator in self.operators:
            for variable in operator.inputs:
                readers[variable] = readers.get(variable, 0) + 1
        made = []
        for operator in reversed(self.operators):
            if operator not in self.absorbed:
                call = self.view(operator) if operator in self.views else self.call(operator)
                self.absorbed.update(call.absorbed)
                made.append(call)
        made.reverse()
        return made

    def call(self, operator: Operator) -> Call:
        chain = self.chain(operator)
        return chain if chain is not None else self.single(operator)

    def single(self, operator: Operator) -> Call:
        for rule in RULES.get(operator.op.name, ()):
            call = rule(self, operator)
            if call is not None:
                return call
        return Call(operator, operator.inputs, kernel_of(operator, self.dtype), inplace=operator.op.inplace)

    def view(self, operator: Operator) -> Call:
        if operator.op.name == "transpose" and operator.attributes["axes"] is None:
            return Call(operator, operator.inputs, "{0}.T")
        return Call(operator, operator.inputs, partial(operator.op.kernel, **operator.attributes))

    def only_read_by(self, operator: Operator, variable: Variable) -> bool:
        """Whether a computed variable serves one operator and nobody else."""
        return (
            variable.operator is not None
            and variable.operator not in self.views
            and len(variable.operator.outputs) == 1
            and self.readers[variable] == operator.inputs.count(variable)
            and variable not in self.outputs
        )

    def chain(self, operator: Operator) -> Call | None:
        """An elementwise operator on large arrays with those before it that only it reads, as one call."""
        shape = operator.outputs[0].shape
        if not shape or operator.outputs[0].size < 2 * BLOCK or not self.blockwise(operator, shape):
            return None
        members = [operator]
        for reader in members:
            for variable in dict.fromkeys(reader.inputs):
                if (
                    len(members) < LONGEST_CHAIN
                    and variable.shape == shape
                    and self.only_read_by(reader, variable)
                    and self.blockwise(variable.operator, shape)  # type: ignore[arg-type]
                ):
                    members.append(variable.operator)  # type: ignore[arg-type]
        if len(members) == 1:
            return None
        members.reverse()
        inner = {o.outputs[0] for o in members}
        inputs = dict.fromkeys(v for o in members for v in o.inputs if v not in inner)
        calls = tuple([self.single(o) for o in members])
        return Call(operator, tuple(inputs), "", inplace=calls[-1].inplace, absorbed=tuple(members[:-1]), chain=calls)

    def blockwise(self, operator: Operator, shape: tuple[int, ...]) -> bool:
        """Whether an operator can work on one stretch of flattened arrays after the other."""
        by_columns = operator.outputs[0] in self.column_major
        return (
            operator.op.elementwise
            and operator.op.scratch is None
            and operator.outputs[0].kind != "int"
            and all(v.kind != "int" or v.literal is not None for v in operator.inputs)
            and all(
                not v.shape or (v.shape == shape and v not in self.scattered and (v in self.column_major) == by_columns)
                for v in operator.inputs
            )
        )


def stretched(variable: Variable) -> bool:
    """Whether a variable is a view that nobody can write to."""
    return variable.operator is not None and variable.operator.op.name == "broadcast_to"


def scratch(call: Call) -> dict[Variable, Place]:
    """For what passes between the parts of a chain, the number and kind of the block that holds it."""
    places: dict[Variable, Place] = {}
    for part in call.chain[:-1]:
        (output,) = part.outputs
        reused = [places[v] for v in part.inputs if v in places and v.kind == output.kind] if part.inplace else []
        places[output] = reused[0] if reused else (len(places), output.kind)
    return places


def kernel_of(operator: Operator, dtype: np.dtype[Any]) -> Callable[..., Any]:
    """The operator's kernel with its attributes, and with the output's type where its inputs' types do not give it."""
    op = operator.op
    if op.select:
        kernel = op.select(operator)
    else:
        kernel = partial(op.kernel, **operator.attributes) if operator.attributes else op.kernel
    output = operator.outputs[0]
    wider = output.kind != "bool" and all(KINDS[v.kind] < KINDS[output.kind] for v in operator.inputs)
    if wider and isinstance(kernel, np.ufunc):
        return partial(kernel, dtype=dtype if output.kind == "float" else np.int64)
    return kernel


def text(
    line: str, *conditions: Callable[[Lowering, Operator], bool], inplace: bool = False, number: bool = False
) -> Rule:
    """A rule that writes an operator as `line` where all conditions hold."""

    def rule(work: Lowering, operator: Operator) -> Call | None:
        if all(condition(work, operator) for condition in conditions):
            return Call(operator, operator.inputs, line, number=number, inplace=inplace)
        return None

    return rule


def scalars(work: Lowering, operator: Operator) -> bool:
    """Python's own floats do for a float64 scalar what NumPy does, in a tenth of the time."""
    return (
        work.dtype == np.float64
        and not operator.outputs[0].shape
        and operator.outputs[0].kind == "float"
        and all(not v.shape and (v.kind == "float" or v.literal is not None) for v in operator.inputs)
    )


def by_a_number(work: Lowering, operator: Operator) -> bool:
    """A known divisor other than zero: Python's floats refuse the rest."""
    return bool(operator.inputs[1].literal)


def exponent(value: float) -> Callable[[Lowering, Operator], bool]:
    """Powers of floats with this very exponent."""
    return lambda work, operator: operator.inputs[1].literal == value and operator.inputs[0].kind == "float"


def plain(work: Lowering, operator: Operator) -> bool:
    """Products that BLAS does by itself: vectors and matrices of floats."""
    return all(v.kind == "float" and v.ndim <= 2 for v in operator.inputs)


def by_columns(work: Lowering, operator: Operator) -> bool:
    """Whether the output lies column by column: then the transposed product is what is written."""
    return operator.outputs[0] in work.column_major


def to_number(work: Lowering, operator: Operator) -> bool:
    """Whether the output is a float64 scalar."""
    return work.dtype == np.float64 and not operator.outputs[0].shape


def masked(work: Lowering, operator: Operator) -> bool:
    """Small products of a float and a truth value: two steps are less than NumPy's way of mixing types."""
    a, b = operator.inputs
    return b.kind == "bool" and a.kind == "float" and b.literal is None and operator.outputs[0].size <= BLOCK


def inner_product(work: Lowering, operator: Operator) -> Call | None:
    """The sum of a product of two arrays, or of a square, is their inner product."""
    (x,) = operator.inputs
    product = x.operator
    if product is None or operator.outputs[0].size != 1 or x.kind != "float":
        return None
    if product.op.name == "square" or (product.op.name == "power" and product.inputs[1].literal == 2):
        a = b = product.inputs[0]
    elif product.op.name == "multiply":
        a, b = product.inputs
    else:
        return None
    if a.shape != b.shape or not a.shape or {a.kind, b.kind} != {"float"}:
        return None
    if any(v in work.scattered or v in work.column_major for v in (a, b)):
        return None
    line = "(flat := {0}.ravel()).dot(flat)" if a is b else "{0}.ravel().dot({1}.ravel())"
    absorbed = (product,) if work.only_read_by(operator, x) else ()
    if to_number(work, operator):
        return Call(operator, (a, b), f"float({line})", number=True, absorbed=absorbed)
    return Call(operator, (a, b), f"{{out}}[...] = {line}", absorbed=absorbed)


def total(work: Lowering, operator: Operator) -> Call:
    """A sum is one call of the reduction itself."""
    axis, keepdims = operator.attributes["axis"], operator.attributes["keepdims"]
    return Call(operator, operator.inputs, f"sum_of({{0}}, {axis!r}, None, {{out}}, {keepdims!r})")


def rectified(work: Lowering, operator: Operator) -> Call:
    """The larger of x and 0, where 0 is an array already."""
    return Call(operator, (*operator.inputs, literal(0.0)), np.maximum, inplace=True)


RULES: Mapping[str, Sequence[Rule]] = {
    "add": [text("{0} + {1}", scalars, number=True)],
    "subtract": [text("{0} - {1}", scalars, number=True)],
    "multiply": [
        text("{0} * {1}", scalars, number=True),
        text("{out}[...] = {1}; multiply({0}, {out}, {out})", masked),
    ],
    "divide": [text("{0} / {1}", scalars, by_a_number, number=True)],
    "neg": [text("-{0}", scalars, number=True)],
    "power": [
        text("{0} * {0}", scalars, exponent(2), number=True),
        text("square({0}, {out})", exponent(2), inplace=True),
        text("sqrt({0}, {out})", exponent(0.5), inplace=True),
        text("reciprocal({0}, {out})", exponent(-1), inplace=True),
    ],
    "matmul": [
        text("float({0}.dot({1}))", plain, to_number, number=True),
        text("{1}.T.dot({0}.T, {out}.T)", by_columns),
        text("{0}.dot({1}, {out})", plain),
    ],
    "outer": [text("multiply({0}.reshape(-1, 1), {1}.reshape(-1), {out})", plain)],
    "sum": [inner_product, total],
    "broadcast_to": [text("{out}[...] = {0}")],
    "relu": [rectified],
}
"""How operators are written, by name; the first rule that gives a call is taken."""
