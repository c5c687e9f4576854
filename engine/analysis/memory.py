"""Memory of prediction and training, from the plan: what is live when, what is saved, what everything costs.

Everything is known before anything runs and exact for the compiled run. Chapter: "Training Neural Networks", and
exercise 3: training keeps the intermediate variables until the backward pass has read them, so that their memory grows
with the number of layers and the size of the minibatch.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tidegraph.engine.graph import Graph, Shape, Variable
from tidegraph.engine.language.sizes import Formulas, Polynomial, constant, resized
from tidegraph.engine.runtime.allocation import Block
from tidegraph.engine.runtime.function import Function
from tidegraph.engine.runtime.plan import Plan, outputs_of, passes
from tidegraph.engine.runtime.values import checked_value, initial_values
from tidegraph.engine.training import optimisers as optim
from tidegraph.engine.training.feed import compared


@dataclass(frozen=True)
class Pass:
    """A pass over a graph that can be planned, named and run: what it computes, by name."""

    graph: Graph
    values: dict[str, Variable]
    gradients: dict[str, Variable]
    dtype: Any = "float64"
    slopes: Mapping[str, Variable] = field(default_factory=dict)
    """Gradients of intermediates, for names only."""

    @cached_property
    def plan(self) -> Plan:
        groups = (self.values, self.gradients)
        return Plan(outputs_of(groups), self.graph.leaves(), self.dtype, self.graph.operators, by_rows=True)

    @cached_property
    def names(self) -> dict[Variable, str]:
        """A readable name for every variable of the plan; the gradient of `z` is `dJ/dz`."""
        goal = next(iter(self.values), "J")
        named = dict(self.graph.variables)
        taken = set(named.values())
        for name, variable in {**self.slopes, **self.gradients}.items():
            if variable not in taken and variable.literal is None:
                named[f"d{goal}/d{name}"] = variable
                taken.add(variable)
        known = Graph(named, self.plan.operators, self.graph.local).names
        return {v: known.get(v, self.graph.names.get(v, "")) for v in (*known, *self.graph.names)}

    def function(self, seed: int = 0) -> Function:
        """The pass compiled: returns `(values, gradients)`."""
        return Function(self.graph, self.plan, (self.values, self.gradients), seed)


def training_pass(graph: Graph, target: str | None = None, dtype: Any = "float64") -> Pass:
    """The forward and backward pass of a training step: the target and the parameters' gradients."""
    goal = graph.names[graph.resolve_target(target)]
    parameters = graph.leaves("parameter")
    found = passes(graph, goal, parameters, keep="all")
    gradients = {name: g for name, g in found.gradients.items() if name in parameters}
    return Pass(graph, {goal: graph.find(goal)}, gradients, dtype, found.gradients)


def prediction_pass(graph: Graph, output: str | None = None, dtype: Any = "float64") -> Pass:
    """The forward pass alone, up to `output` (default: what the program compares with its target, else the target)."""
    if output is None:
        target = next(iter(graph.leaves("target")), None)
        found = compared(graph, target, graph.leaves("input"))
        output = found[0] if found is not None else graph.names[graph.resolve_target()]
    return Pass(graph, {output: graph.find(output)}, {}, dtype)


@dataclass(frozen=True, slots=True)
class Buffer:
    """An array that a run allocates: its bytes, and the first and last step in which it is live.

    `kind` is activation, gradient (of an intermediate, or work towards one) or result: an array that is handed out,
    also while earlier work is done in it.
    """

    name: str
    kind: str
    bytes: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Moment:
    """One step: its operator, and bytes by kind while it runs."""

    operator: str
    name: str
    phase: str
    flops: int
    activation_bytes: int
    gradient_bytes: int
    result_bytes: int
    workspace_bytes: int

    @property
    def live_bytes(self) -> int:
        return self.activation_bytes + self.gradient_bytes + self.result_bytes + self.workspace_bytes


@dataclass(frozen=True, slots=True)
class Timeline:
    """A run's memory step by step. `planned_bytes` is what it allocates in all, `peak` the step with most live."""

    moments: tuple[Moment, ...]
    buffers: tuple[Buffer, ...]
    planned_bytes: int
    result_bytes: int
    flops: int

    @property
    def peak(self) -> int:
        return max(range(len(self.moments)), key=lambda i: self.moments[i].live_bytes, default=0)

    @property
    def peak_bytes(self) -> int:
        """The largest sum of arrays that are live at the same time."""
        return self.moments[self.peak].live_bytes if self.moments else 0

    def live(self, step: int) -> list[Buffer]:
        """The buffers that are live in a step."""
        return [b for b in self.buffers if b.first <= step <= b.last]

    def freed(self, step: int) -> list[Buffer]:
        """The buffers whose last step this is."""
        end = len(self.moments) - 1
        return [b for b in self.buffers if b.last == step and (step < end or b.kind != "result")]


def timeline(pass_: Pass) -> Timeline:
    """The memory of a pass, from its plan."""
    plan, names = pass_.plan, pass_.names
    buffers = []
    for variable, first, last in lifetimes(plan):
        kind = "activation" if variable.operator in plan.forward else "gradient"
        kind = "result" if plan.blocks[variable].is_output else kind
        buffers.append(Buffer(names[variable], kind, plan.bytes_of(variable), first, last))
    totals = {kind: [0] * (len(plan.steps) + 1) for kind in ("activation", "gradient", "result")}
    for buffer in buffers:
        totals[buffer.kind][buffer.first] += buffer.bytes
        totals[buffer.kind][buffer.last + 1] -= buffer.bytes
    for counts in totals.values():
        for i in range(1, len(counts)):
            counts[i] += counts[i - 1]
    moments = tuple(
        Moment(
            operator=step.operator.op.name,
            name=names[step.operator.outputs[0]],
            phase="backward" if step.backward else "forward",
            flops=step.flops,
            activation_bytes=totals["activation"][i],
            gradient_bytes=totals["gradient"][i],
            result_bytes=totals["result"][i],
            workspace_bytes=step.workspace_bytes,
        )
        for i, step in enumerate(plan.steps)
    )
    return Timeline(moments, tuple(buffers), plan.peak_bytes, plan.result_bytes, plan.flops)


def lifetimes(plan: Plan) -> Iterable[tuple[Variable, int, int]]:
    """Every variable with memory, and the first and the last step in which that is its own.

    An output may take over the memory of an input that nobody needs any more. Results live to the end.
    """
    step = {operator: number for number, operator in enumerate(plan.operators)}
    owners: dict[Block, list[tuple[Variable, int]]] = {}
    for call in plan.calls:
        for variable in call.outputs:
            if variable in plan.blocks:
                owners.setdefault(plan.blocks[variable], []).append((variable, step[call.operator]))
    for block, variables in owners.items():
        end = len(plan.operators) - 1 if block.is_output else step[plan.calls[block.last].operator]
        ends = [first - 1 for _, first in variables[1:]] + [end]
        for (variable, first), last in zip(variables, ends, strict=True):
            yield variable, first, last


@dataclass(frozen=True, slots=True)
class Reading:
    """A step of the backward pass: what `operator` (its id as in a trace) hands to `variable`, one of its inputs."""

    operator: str
    variable: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A variable of the forward pass that the backward pass reads.

    `bytes` is 0 where it is declared or shows another's memory. `by` are the operators (ids as in a trace) whose
    derivatives need it, `reads` the steps that do, `readers` the variables of the backward pass computed from it.
    """

    name: str
    bytes: int
    role: str
    by: tuple[str, ...]
    reads: tuple[Reading, ...]
    readers: tuple[str, ...]


def saved(pass_: Pass) -> list[Saved]:
    """What has to be kept for the backward pass, by whom, and who reads it."""
    plan, graph = pass_.plan, pass_.graph
    reads = savers(graph, next(iter(pass_.values)))
    found = []
    for kept in plan.saved:
        variable = kept.variable
        found.append(
            Saved(
                name=graph.names[variable],
                bytes=plan.bytes_of(variable) if variable in plan.blocks else 0,
                role=variable.leaf.role if variable.leaf is not None else "intermediate",
                by=tuple(dict.fromkeys(operator for operator, _ in reads.get(variable, ()))),
                reads=tuple(Reading(*step) for step in reads.get(variable, ())),
                readers=tuple(pass_.names[o.outputs[0]] for o in kept.readers),
            )
        )
    return found


def savers(graph: Graph, target: str) -> dict[Variable, list[tuple[str, str]]]:
    """For every variable of the forward pass, the vector-Jacobian products that read it: of which operator, to what."""
    found = passes(graph, target, graph.leaves("parameter"), keep="all", trace=True)
    forward = set(graph.operators)
    by: dict[Variable, dict[tuple[str, str], None]] = {}
    for contribution, value in found.contributions:
        operator = contribution.operator
        arriving = {found.gradients.get(graph.names[v]) for v in operator.outputs}
        identity = (graph.id_of(operator), graph.names[contribution.variable])
        pending, seen = [value], set(arriving)
        while pending:
            variable = pending.pop()
            if variable in seen or variable.literal is not None:
                continue
            seen.add(variable)
            if variable.operator is None or variable.operator in forward:
                by.setdefault(variable, {})[identity] = None
            else:
                pending += variable.operator.inputs
    return {variable: list(names) for variable, names in by.items()}


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes of a training step beside those of a prediction, apart by what they are for.

    Activations and gradients of intermediates share memory; theirs are the bytes live at the peak of the step.
    """

    parameters: int
    data: int
    optimizer: int
    gradients: int
    activations: int
    intermediate_gradients: int
    workspace: int
    training: int
    prediction: int

    @property
    def rest(self) -> int:
        """What the parts of a training step leave over: gaps and alignment in the shared memory."""
        named = self.parameters + self.data + self.optimizer + self.gradients
        return self.training - named - self.activations - self.intermediate_gradients - self.workspace


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything about the memory of a program: both timelines, what is saved, and the footprint."""

    training: Timeline
    prediction: Timeline
    saved: list[Saved]
    footprint: Footprint


def memory(
    graph: Graph,
    target: str | None = None,
    output: str | None = None,
    rule: optim.Rule | None = None,
    dtype: Any = "float64",
) -> Memory:
    """The memory of training with an optimiser (default: SGD, which keeps nothing) and of prediction."""
    step, forward = training_pass(graph, target, dtype), prediction_pass(graph, output, dtype)
    training, prediction = timeline(step), timeline(forward)
    return Memory(training, prediction, saved(step), footprint(step, training, prediction, rule or optim.SGD()))


def footprint(step: Pass, training: Timeline, prediction: Timeline, rule: optim.Rule) -> Footprint:
    """The parts of a training step's memory, and the sums."""
    plan = step.plan
    parameters = sum(plan.bytes_of(v) for v in step.graph.leaves("parameter").values())
    trained = sum(plan.bytes_of(step.graph.find(name)) for name in step.gradients)
    data = plan.leaf_bytes - parameters
    optimizer = trained * len(rule.moments)
    peak = training.moments[training.peak] if training.moments else None
    return Footprint(
        parameters=parameters,
        data=data,
        optimizer=optimizer,
        gradients=training.result_bytes,
        activations=peak.activation_bytes if peak else 0,
        intermediate_gradients=peak.gradient_bytes if peak else 0,
        workspace=peak.workspace_bytes if peak else 0,
        training=plan.leaf_bytes + optimizer + training.planned_bytes,
        prediction=plan.leaf_bytes + prediction.planned_bytes,
    )


@dataclass(frozen=True, slots=True)
class Point:
    """Peaks for one value of a size: bytes in all, and of activations that training keeps."""

    size: int
    training: int
    prediction: int
    activations: int
    flops: int


def curve(
    graph: Graph,
    size: str,
    values: Sequence[int],
    target: str | None = None,
    rule: optim.Rule | None = None,
    dtype: Any = "float64",
) -> list[Point]:
    """The peaks of training and prediction over one named size of the program: batch size, width or depth."""
    points = []
    for value in values:
        found = memory(resized(graph, {size: value}), target, None, rule, dtype)
        kept = sum(s.bytes for s in found.saved)
        points.append(Point(value, found.footprint.training, found.footprint.prediction, kept, found.training.flops))
    return points


@dataclass(frozen=True, slots=True)
class Symbolic:
    """Element counts in the named sizes; times the bytes of a number they are the footprint."""

    sizes: dict[str, int]
    shapes: dict[str, tuple[Polynomial, ...]]
    parameters: Polynomial
    data: Polynomial
    gradients: Polynomial
    saved: Polynomial
    prediction: Polynomial
    training: Polynomial


def symbolic(graph: Graph, target: str | None = None) -> Symbolic:
    """The chapter's exercise 3 in symbols: how many numbers training and prediction have to hold.

    Training holds declared variables, gradients of parameters and what is live at its peak; prediction the declared
    variables and what is live at its own. Sizes that change the graph itself, as a number of layers does, stay numbers.
    """

    def shapes(found: Graph) -> list[tuple[str, Shape]]:
        tagged: list[tuple[str, Shape]] = [(n, v.shape) for n, v in found.variables.items()]
        for pass_ in (training_pass(found, target), prediction_pass(found)):
            tagged += [(o.op.name, v.shape) for o in pass_.plan.operators for v in o.outputs]
        return tagged

    formulas = Formulas(graph, shapes)
    graph = formulas.graph
    counts: dict[Variable, Polynomial] = {}
    for index, variable in enumerate(graph.variables.values()):
        counts[variable] = formulas.elements(index)
    start = len(graph.variables)
    peaks = []
    step = training_pass(graph, target)
    for pass_ in (step, prediction_pass(graph)):
        made = [v for o in pass_.plan.operators for v in o.outputs]
        counts.update({v: formulas.elements(start + i) for i, v in enumerate(made)})
        start += len(made)
        at = timeline(pass_).peak
        peaks.append([v for v, first, last in lifetimes(pass_.plan) if first <= at <= last])

    def total(variables: Iterable[Variable]) -> Polynomial:
        return sum((counts[v] for v in variables), constant(0))

    leaves = graph.leaves()
    kept = {s.name for s in saved(step) if s.bytes}
    lengths = {}
    for i, (name, variable) in enumerate(graph.variables.items()):
        lengths[name] = tuple(formulas.length(i, axis) for axis in range(variable.ndim))
    return Symbolic(
        sizes=formulas.sizes,
        shapes=lengths,
        parameters=total(graph.leaves("parameter").values()),
        data=total(v for v in leaves.values() if v.leaf is not None and v.leaf.role != "parameter"),
        gradients=total(graph.find(name) for name in step.gradients),
        saved=total(v for n, v in graph.variables.items() if n in kept),
        prediction=total([*leaves.values(), *peaks[1]]),
        training=total([*leaves.values(), *peaks[0]]),
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """The bytes that one run really allocated at its peak, beside those planned."""

    planned: int
    measured: int


def measure(pass_: Pass, values: Mapping[str, Any] | None = None, seed: int = 0) -> Measured:
    """Run a pass once and record its peak with `tracemalloc`, which NumPy reports its arrays to.

    What is declared is there before, as it is in the plan's peak.
    """
    run = pass_.function(seed)
    leaves, first = pass_.graph.leaves(), {**initial_values(pass_.graph, seed), **(values or {})}
    given = {
        n: checked_value(n, v, first[n], pass_.plan.dtype) for n, v in leaves.items() if n not in pass_.graph.sizes
    }
    gc.collect()
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        results = run(given)
        peak = tracemalloc.get_traced_memory()[1]
        del results
    finally:
        if not running:
            tracemalloc.stop()
    return Measured(pass_.plan.peak_bytes, peak - before)
