"""Memory order: which matrices of a run are column-major, because BLAS computes them faster that way.

A product with more rows than columns is faster as the transposed product: BLAS divides the work among cores along the
first axis of a matrix that it sees as column-major, and packs the other operand once a core. The numbers are the same.
A result that no other operator reads, such as the gradient of a parameter, stays row-major.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tidegraph.engine.graph import Operator, Variable
from tidegraph.engine.graph.kinds import Trait

LARGE = 32768
"""Elements from which the time saved exceeds the cost of two more views."""


def column_major_variables(
    operators: Sequence[Operator], views: Collection[Operator], outputs: Collection[Variable]
) -> set[Variable]:
    """The variables to store in column-major order: tall products, and the results of elementwise operators on them.

    Elementwise operators need all their operands in the same order, so the variables that they connect form a group. A
    group stays row-major if one of its variables is a leaf, an output, or read by an operator that needs rows.
    """
    products = {o.outputs[0] for o in operators if is_product(o) and is_tall(o.outputs[0])}
    if not products:
        return set()
    groups: dict[Variable, set[Variable]] = {v: {v} for v in products}
    bound = set(outputs).difference(*(o.inputs for o in operators))
    shown: dict[Variable, Variable] = {}
    for operator in operators:
        around = [v for v in (*operator.inputs, *operator.outputs) if is_tall(v)]
        if is_product(operator):
            continue
        if operator in views and Trait.TRANSPOSE in operator.op.traits:
            shown[operator.outputs[0]] = operator.inputs[0]
            continue
        bound.update(shown[v] for v in operator.inputs if v in shown)
        if operator.op.elementwise:
            merge(groups, around)
            bound.update(v for v in around if v.operator is None or v in shown)
        elif Trait.ANY_ORDER in operator.op.traits:
            bound.update(operator.outputs)
        else:
            bound.update(around)
    return {v for product in products if groups[product].isdisjoint(bound) for v in groups[product]}


def merge(groups: dict[Variable, set[Variable]], variables: Sequence[Variable]) -> None:
    """Puts variables into one group. The smaller groups move, so that the total cost is nearly linear."""
    found = sorted((groups.setdefault(v, {v}) for v in variables), key=len)
    for small in found[:-1]:
        if small is not found[-1]:
            found[-1].update(small)
            groups.update(dict.fromkeys(small, found[-1]))


def is_product(operator: Operator) -> bool:
    """Whether an operator is one product of two matrices of floats."""
    return Trait.MATRIX_PRODUCT in operator.op.traits and all(
        v.ndim == 2 and v.kind == "float" for v in operator.inputs
    )


def is_tall(variable: Variable) -> bool:
    """Whether a variable is a large matrix of more rows than columns."""
    return variable.ndim == 2 and variable.size >= LARGE and variable.shape[0] > variable.shape[1]
