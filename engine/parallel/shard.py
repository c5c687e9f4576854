"""Tensor parallelism as graph to graph: a product with a parameter becomes products with its parts.

`W @ X` with the rows of `W` divided over k devices is k smaller products whose results are joined; likewise the columns
in `X @ W`. Every device then needs its part of the parameter only. The result is an ordinary graph, so its gradients
are differentiated, planned and placed as any other's. Shoeybi et al., "Megatron-LM" (2019), column-parallel layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from tidegraph.engine.graph import Graph, InputError, Operator, Type, Variable, ancestors, origin
from tidegraph.engine.graph.kinds import Trait
from tidegraph.engine.ops.arrange import concatenate

VIEWS = frozenset({Trait.TRANSPOSE, Trait.PART})


@dataclass(frozen=True, slots=True)
class Product:
    """A matrix product that can be divided: `port` is the operand made of a parameter, `axis` that of its outputs.

    `part` is that operand: the parameter, a part of it or its transpose. `other` is the operand that every device
    needs whole; `returns` says whether a gradient flows back to it.
    """

    operator: Operator
    parameter: Variable
    part: Variable
    port: int
    axis: int
    other: Variable
    returns: bool


@dataclass(frozen=True, slots=True)
class Sharded:
    """The divided graph, and the device of every operator that works on a part."""

    graph: Graph
    device: dict[Operator, int]
    products: tuple[Product, ...]


def divisible(graph: Graph, devices: int) -> list[Product]:
    """The matrix products with a parameter, or a view of one, that has outputs enough for all devices."""
    parameters = set(graph.leaves("parameter").values())
    depends = set(parameters)
    for operator in graph.operators:
        if any(v in depends for v in operator.inputs):
            depends.update(operator.outputs)
    found = []
    for operator in graph.operators:
        if Trait.MATRIX_PRODUCT not in operator.op.traits:
            continue
        for port, variable in enumerate(operator.inputs):
            source = viewed(variable)
            axis = variable.ndim - 2 if port == 0 else variable.ndim - 1
            if source in parameters and variable.ndim >= 2 and variable.shape[axis] >= devices:
                other = operator.inputs[1 - port]
                found.append(Product(operator, source, variable, port, axis, other, other in depends))
                break
    return found


def viewed(variable: Variable) -> Variable:
    """What a variable is a transpose or a part of, through any number of these."""
    while variable.operator is not None and not VIEWS.isdisjoint(variable.operator.op.traits):
        variable = variable.operator.inputs[0]
    return variable


def shard(graph: Graph, devices: int) -> Sharded:
    """Divide every divisible product over `devices` devices."""
    if not isinstance(devices, int) or devices < 1:
        raise InputError("device-count", given=repr(devices))
    products = {p.operator: p for p in divisible(graph, devices)}
    made: dict[Variable, Variable] = {}
    device: dict[Operator, int] = {}
    for operator in graph.operators:
        inputs = tuple(made.get(v, v) for v in operator.inputs)
        product = products.get(operator)
        if product is not None:
            with origin(operator.origin.scope, operator.origin.line):
                made[operator.outputs[0]] = divided(product, inputs, devices, device)
        elif inputs != operator.inputs:
            types = tuple(Type(v.shape, v.kind) for v in operator.outputs)
            copy = Operator(operator.op, inputs, operator.attributes, types, operator.origin)
            made.update(zip(operator.outputs, copy.outputs, strict=True))
    named = {name: made.get(v, v) for name, v in graph.variables.items() if v in graph.named or v.leaf is not None}
    local = {made.get(v, v): place for v, place in graph.local.items()}
    order = ancestors([made.get(v, v) for v in graph.variables.values()])
    result = Graph(named, order, local, graph.target, graph.program)
    return Sharded(result, device, tuple(products.values()))


def divided(product: Product, inputs: tuple[Variable, ...], devices: int, device: dict[Operator, int]) -> Variable:
    """One product as the joined products of the parts; notes in `device` where each part is worked out."""
    whole, other = inputs[product.port], inputs[1 - product.port]
    length = whole.shape[product.axis]
    bounds = [length * d // devices for d in range(devices + 1)]
    parts = []
    for number, (start, stop) in enumerate(pairwise(bounds)):
        key = (*[slice(None)] * product.axis, slice(start, stop))
        part = whole[key]
        result = part @ other if product.port == 0 else other @ part
        device.update((v.operator, number) for v in (part, result) if v.operator is not None)
        parts.append(result)
    axis = product.operator.outputs[0].ndim - (1 if product.port == 1 or other.ndim == 1 else 2)
    return concatenate(*parts, axis=axis)
