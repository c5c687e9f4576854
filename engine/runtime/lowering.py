"""Operators to calls: the lines of code that a plan runs, fewer and cheaper than one per operator.

Most operators are one call of their kernel. A declaration may name cheaper lines of code (`x ** 2` is a square, a
product of matrices is `a.dot(b, out)`), or a fusion with operators that nobody else reads (`sum(a * b)` is one dot
product). Chains of elementwise operators on large arrays run block by block, so that the values between them stay
in the processor's cache and need no array at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from tidegraph.engine.graph import Operator, Variable
from tidegraph.engine.graph.kinds import Condition, Fusion, Line, Trait
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


@dataclass
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

    @cached_property
    def positions(self) -> dict[Operator, int]:
        """Where each operator stands in the order."""
        return {operator: number for number, operator in enumerate(self.operators)}

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
        for kind in operator.op.lowering:
            call = self.written(operator, kind) if isinstance(kind, Line) else FUSIONS[kind](self, operator)
            if call is not None:
                return call
        return Call(operator, operator.inputs, kernel_of(operator, self.dtype), inplace=operator.op.inplace)

    def written(self, operator: Operator, line: Line, view: bool = False) -> Call | None:
        """A line of code for an operator where the line's conditions hold."""
        if line.view is not view or not all(CONDITIONS[condition](self, operator) for condition in line.when):
            return None
        return Call(operator, operator.inputs, line.text, number=line.number, inplace=line.inplace)

    def view(self, operator: Operator) -> Call:
        for kind in operator.op.lowering:
            call = self.written(operator, kind, view=True) if isinstance(kind, Line) else None
            if call is not None:
                return call
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
                    and not self.frees(variable.operator, operator)  # type: ignore[arg-type]
                ):
                    members.append(variable.operator)  # type: ignore[arg-type]
        if len(members) == 1:
            return None
        members.reverse()
        inner = {o.outputs[0] for o in members}
        inputs = dict.fromkeys(v for o in members for v in o.inputs if v not in inner)
        calls = tuple([self.single(o) for o in members])
        return Call(operator, tuple(inputs), "", inplace=calls[-1].inplace, absorbed=tuple(members[:-1]), chain=calls)

    def frees(self, operator: Operator, reader: Operator) -> bool:
        """Whether to compute an operator only with `reader` keeps arrays while others as large are made."""
        (output,) = operator.outputs
        ending = [
            v for v in dict.fromkeys(operator.inputs) if v.shape == output.shape and self.only_read_by(operator, v)
        ]
        if len(ending) < 2:
            return False
        between = self.operators[self.positions[operator] + 1 : self.positions[reader]]
        return any(v.size >= output.size and not o.op.elementwise for o in between for v in o.outputs)

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
    return variable.operator is not None and Trait.REPEATED in variable.operator.op.traits


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
    kernel: Callable[..., Any]
    if op.select:
        kernel = op.select(operator)
    else:
        kernel = partial(op.kernel, **operator.attributes) if operator.attributes else op.kernel
    output = operator.outputs[0]
    wider = output.kind != "bool" and all(KINDS[v.kind] < KINDS[output.kind] for v in operator.inputs)
    if wider and isinstance(kernel, np.ufunc):
        return partial(kernel, dtype=dtype if output.kind == "float" else np.int64)
    return kernel


def scalars(work: Lowering, operator: Operator) -> bool:
    """Condition.SCALARS."""
    return (
        work.dtype == np.float64
        and not operator.outputs[0].shape
        and operator.outputs[0].kind == "float"
        and all(not v.shape and (v.kind == "float" or v.literal is not None) for v in operator.inputs)
    )


def exponent(value: float) -> Callable[[Lowering, Operator], bool]:
    """Powers of floats with this very exponent."""
    return lambda work, operator: operator.inputs[1].literal == value and operator.inputs[0].kind == "float"


def blas(work: Lowering, operator: Operator) -> bool:
    """Condition.BLAS."""
    return all(v.kind == "float" and v.ndim <= 2 for v in operator.inputs)


def scalar_output(work: Lowering, operator: Operator) -> bool:
    """Condition.SCALAR_OUTPUT."""
    return work.dtype == np.float64 and not operator.outputs[0].shape


def masked(work: Lowering, operator: Operator) -> bool:
    """Condition.MASK."""
    a, b = operator.inputs
    return b.kind == "bool" and a.kind == "float" and b.literal is None and operator.outputs[0].size <= BLOCK


CONDITIONS: Mapping[Condition, Callable[[Lowering, Operator], bool]] = {
    Condition.SCALARS: scalars,
    Condition.NONZERO_DIVISOR: lambda work, operator: bool(operator.inputs[1].literal),
    Condition.SQUARE: exponent(2),
    Condition.SQUARE_ROOT: exponent(0.5),
    Condition.RECIPROCAL: exponent(-1),
    Condition.BLAS: blas,
    Condition.COLUMN_MAJOR: lambda work, operator: operator.outputs[0] in work.column_major,
    Condition.SCALAR_OUTPUT: scalar_output,
    Condition.MASK: masked,
    Condition.REVERSED_AXES: lambda work, operator: operator.attributes["axes"] is None,
}


def factors(operator: Operator) -> tuple[Variable, Variable] | None:
    """The two factors of an operator that is an elementwise product, or a square."""
    if Trait.PRODUCT in operator.op.traits:
        return operator.inputs[0], operator.inputs[1]
    if is_square(operator):
        return operator.inputs[0], operator.inputs[0]
    return None


def is_square(operator: Operator) -> bool:
    """Whether an operator is the square of its first operand."""
    return Trait.SQUARE in operator.op.traits and all(v.literal == 2 for v in operator.inputs[1:])


def inner_product(work: Lowering, operator: Operator) -> Call | None:
    """Fusion.INNER_PRODUCT."""
    (x,) = operator.inputs
    product = x.operator
    if product is None or operator.outputs[0].size != 1 or x.kind != "float":
        return None
    pair = factors(product)
    if pair is None:
        return None
    a, b = pair
    if a.shape != b.shape or not a.shape or {a.kind, b.kind} != {"float"}:
        return None
    if any(v in work.scattered or v in work.column_major for v in (a, b)):
        return None
    line = "(flat := {0}.ravel()).dot(flat)" if a is b else "{0}.ravel().dot({1}.ravel())"
    absorbed = (product,) if work.only_read_by(operator, x) else ()
    if scalar_output(work, operator):
        return Call(operator, (a, b), f"float({line})", number=True, absorbed=absorbed)
    return Call(operator, (a, b), f"{{out}}[...] = {line}", absorbed=absorbed)


def reduction(work: Lowering, operator: Operator) -> Call:
    """Fusion.REDUCTION."""
    axis, keepdims = operator.attributes["axis"], operator.attributes["keepdims"]
    return Call(operator, operator.inputs, f"sum_of({{0}}, {axis!r}, None, {{out}}, {keepdims!r})")


FUSIONS: Mapping[Fusion, Callable[[Lowering, Operator], Call | None]] = {
    Fusion.INNER_PRODUCT: inner_product,
    Fusion.REDUCTION: reduction,
}
