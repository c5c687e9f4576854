"""Tensor parallelism in time: every product with a parameter divided over the devices, all else repeated on each.

Forward, the parts of a product's outputs go around a ring until every device has all of them; backward, the gradient
of what the parameter was multiplied with is a sum over the devices, made around the ring as well, while the gradient
of each device's part of the parameter is worked out where it is kept. Megatron-LM, Shoeybi et al. 2019.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tidegraph.engine.graph import InputError, Operator, Variable
from tidegraph.engine.graph.kinds import Trait
from tidegraph.engine.parallel.blocks import Blocks
from tidegraph.engine.parallel.partition import Hardware
from tidegraph.engine.parallel.shard import Product, divisible, viewed
from tidegraph.engine.parallel.timelines import FINEST, Event, Strategy, gathered, strategy
from tidegraph.engine.training import optimisers as optim


@dataclass(frozen=True, slots=True)
class Share:
    """An operator of which every device does a part, and how many rounds of the ring its output takes."""

    operator: Operator
    rounds: int


def shares(blocks: Blocks, products: list[Product], devices: int) -> dict[Operator, Share]:
    """The operators of a training pass that are divided: the products, and those that their gradients are."""
    found = {p.operator: Share(p.operator, devices - 1) for p in products}
    parameters = {p.parameter for p in products}
    slopes = {blocks.pass_.slopes.get(blocks.graph.names[p.part]) for p in products}
    root = blocks.plan.root_of
    others = {root(p.other) for p in products}
    for operator in (o for block in blocks.backward for o in block):
        if Trait.MATRIX_PRODUCT in operator.op.traits and any(viewed(v) in parameters for v in operator.inputs):
            found[operator] = Share(operator, 2 * (devices - 1))
        elif operator.outputs[0] in slopes or (
            Trait.MATRIX_PRODUCT in operator.op.traits and any(root(v) in others for v in operator.inputs)
        ):
            found[operator] = Share(operator, 0)
    return found


def tensor_parallel(
    blocks: Blocks, devices: int, hardware: Hardware, rule: optim.Rule | None = None, examples: int = 0
) -> Strategy:
    """A training step with its products divided; an InputError if there is none with outputs enough.

    Memory is that of one device without the parts of the parameters that others hold.
    """
    rule = rule or optim.SGD()
    there = {o for block in blocks.forward for o in block}
    products = [p for p in divisible(blocks.graph, devices) if p.operator in there]
    if not products:
        raise InputError("nothing-to-shard", devices=devices)
    events, clock = passes(blocks, shares(blocks, products, devices), devices, hardware)
    names = blocks.pass_.gradients
    update = sum(rule.flops_of(blocks.graph.find(name).size) for name in names)
    end = clock + hardware.compute(-(-update // devices))
    events += [Event(device, "update", clock, end) for device in range(devices)]
    text = f"{len(products)} products are divided; their outputs are gathered, the gradients of their inputs summed."
    memory = [whole_bytes(blocks, rule) - spared_bytes(blocks, products, devices, rule)] * devices
    found = strategy("tensor parallel", devices, examples, memory, events, hardware, text)
    events = gathered(events, found.seconds / FINEST)
    return replace(found, events=tuple(events), divided=tuple(p.operator for p in products))


def passes(
    blocks: Blocks, divided: dict[Operator, Share], devices: int, hardware: Hardware
) -> tuple[list[Event], float]:
    """Both passes, operator by operator, and when they are over: an operator waits for what it reads to be sent."""
    events: list[Event] = []
    arrived: dict[Variable, float] = {}
    forward = {o for block in blocks.forward for o in block}
    start = clock = link = 0.0
    kind = "forward"

    def computed() -> None:
        if clock > start:
            events.extend(Event(device, kind, start, clock) for device in range(devices))

    for operator in blocks.order:
        ready = max([clock, *(arrived.get(blocks.plan.root_of(v), 0.0) for v in operator.inputs)])
        now = "forward" if operator in forward else "backward"
        if ready > clock or now != kind:
            computed()
            start, kind = ready, now
        share = divided.get(operator)
        flops = operator.op.flops(operator)
        clock = ready + hardware.compute(flops if share is None else -(-flops // devices))
        if share is not None and share.rounds and devices > 1:
            output = operator.outputs[0]
            part = -(-blocks.plan.bytes_of(output) // devices)
            begun = max(clock, link)
            link = arrived[output] = begun + share.rounds * hardware.send(part)
            moved = share.rounds * part
            events += [Event(d, "all-reduce", begun, link, 0, (d + 1) % devices, moved) for d in range(devices)]
    computed()
    return sorted(events, key=lambda e: (e.start, e.device)), max(clock, link)


def whole_bytes(blocks: Blocks, rule: optim.Rule) -> int:
    """Bytes of the training step on one device."""
    *_, peak = blocks.peak(0, blocks.optimizer_bytes(rule))
    return peak


def spared_bytes(blocks: Blocks, products: list[Product], devices: int, rule: optim.Rule) -> int:
    """Bytes of parameters, their gradients and the optimiser's state that a device does not hold."""
    held: dict[Variable, int] = {}
    plan: Any = blocks.plan
    for product in {p.part: p for p in products}.values():
        held[product.parameter] = held.get(product.parameter, 0) + plan.bytes_of(product.part)
    sizes = [min(size, plan.bytes_of(parameter)) for parameter, size in held.items()]
    return sum(size - -(-size // devices) for size in sizes) * (2 + len(rule.moments))
