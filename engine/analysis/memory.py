"""Memory of prediction and training, from the plan: what is live when, what is saved, what everything costs.

Everything is known before anything runs and exact for the compiled run. Chapter: "Training Neural Networks", and
exercise 3: training keeps the intermediate variables until the backward pass has read them, so that their memory grows
with the number of layers and the size of the minibatch.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from tidegraph.engine.graph import Graph, Shape, TidegraphError, Variable, ancestors
from tidegraph.engine.language.sizes import Condition, Formulas, Maximum, Polynomial, constant, named_sizes, resized
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
    whole: bool = True
    """Whether everything that is declared is held, as in training; else only what the values need."""

    @cached_property
    def leaves(self) -> dict[str, Variable]:
        """The declared variables that are held: in prediction no target and nothing that only a penalty reads."""
        leaves = self.graph.leaves()
        if self.whole:
            return leaves
        read = {v for o in ancestors(self.values.values()) for v in o.inputs} | set(self.values.values())
        return {name: v for name, v in leaves.items() if v in read}

    @cached_property
    def plan(self) -> Plan:
        groups = (self.values, self.gradients)
        return Plan(outputs_of(groups), self.leaves, self.dtype, self.graph.operators, by_rows=True)

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
    return Pass(graph, {output: graph.find(output)}, {}, dtype, whole=False)


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


def live_numbers(plan: Plan) -> list[list[Variable]]:
    """For every step, the variables with memory that are live in it, but for truth values, which are of one byte."""
    live: list[list[Variable]] = [[] for _ in plan.operators]
    for variable, first, last in lifetimes(plan):
        if variable.kind != "bool":
            for step in range(first, last + 1):
                live[step].append(variable)
    return live


@dataclass(frozen=True, slots=True)
class Reading:
    """A step of the backward pass: what `operator` (its id as in a trace) hands to `variable`, one of its inputs."""

    operator: str
    variable: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A variable of the forward pass that the backward pass reads.

    `bytes` are those of the array that is kept for it: 0 where it is declared, or where that array is counted for
    another variable. `buffer` is the variable that the array was made for, itself unless it is a view. `by` are the
    operators (ids as in a trace) whose derivatives need it, `reads` the steps that do, `readers` the variables of the
    backward pass computed from it.
    """

    name: str
    buffer: str
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
    counted = {kept.variable for kept in plan.saved}
    for kept in plan.saved:
        variable = kept.variable
        buffer = plan.root_of(variable)
        own = buffer in plan.blocks and (buffer is variable or buffer not in counted)
        counted.add(buffer)
        found.append(
            Saved(
                name=graph.names[variable],
                buffer=graph.names[buffer],
                bytes=plan.bytes_of(buffer) if own else 0,
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
    """Bytes of a training step beside those of a prediction, apart by what they are for; the parts add up to the sums.

    Activations and gradients of intermediates share memory. Activations are counted at the moment when most of them
    are live, gradients of intermediates by what they need besides. A prediction holds what leads to its output: no
    target, no loss, no penalty.
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
    prediction_parameters: int
    prediction_data: int
    prediction_activations: int
    prediction_workspace: int

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
    return Memory(
        training, prediction, saved(step), footprint(step, forward, training, prediction, rule or optim.SGD())
    )


def footprint(step: Pass, forward: Pass, training: Timeline, prediction: Timeline, rule: optim.Rule) -> Footprint:
    """The parts of a training step's memory and of a prediction's, and the sums."""
    plan = step.plan
    parameters = sum(plan.bytes_of(v) for v in step.graph.leaves("parameter").values())
    trained = sum(plan.bytes_of(step.graph.find(name)) for name in step.gradients)
    data = plan.leaf_bytes - parameters
    optimizer = trained * len(rule.moments)
    shared = plan.arena_bytes
    activations = min(max((m.activation_bytes for m in training.moments), default=0), shared)
    slopes = min(max((m.gradient_bytes for m in training.moments), default=0), shared - activations)
    held = sum(forward.plan.bytes_of(v) for v in forward.leaves.values() if v.leaf and v.leaf.role == "parameter")
    room = prediction.moments[prediction.peak].workspace_bytes if prediction.moments else 0
    return Footprint(
        parameters=parameters,
        data=data,
        optimizer=optimizer,
        gradients=training.result_bytes,
        activations=activations,
        intermediate_gradients=slopes,
        workspace=training.planned_bytes - training.result_bytes - shared,
        training=plan.leaf_bytes + optimizer + training.planned_bytes,
        prediction=forward.plan.leaf_bytes + prediction.peak_bytes,
        prediction_parameters=held,
        prediction_data=forward.plan.leaf_bytes - held,
        prediction_activations=prediction.peak_bytes - room,
        prediction_workspace=room,
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
    output: str | None = None,
) -> list[Point]:
    """The peaks of training and prediction over one named size of the program: batch size, width or depth."""
    points = []
    for value in values:
        found = memory(resized(graph, {size: value}), target, output, rule, dtype)
        kept = sum(s.bytes for s in found.saved)
        points.append(Point(value, found.footprint.training, found.footprint.prediction, kept, found.training.flops))
    return points


@dataclass(frozen=True, slots=True)
class Symbolic:
    """Element counts in the named sizes; times the bytes of a number they are the footprint.

    Masks of truth values are not counted: each takes a byte. A peak that lies at another step for other sizes is the
    largest of what those steps hold.

    `counts` are the numbers for the sizes as they are. `conditions` are the inequalities, left side at least the right
    one, under which a formula's step is the peak; `least` says from which size on it holds, where that is not 1;
    `everywhere` whether it holds for all such sizes that were tried, ten times as large and mixed.
    """

    sizes: dict[str, int]
    shapes: dict[str, tuple[Polynomial, ...]]
    parameters: Polynomial
    data: Polynomial
    gradients: Polynomial
    saved: Polynomial
    prediction: Polynomial | Maximum
    training: Polynomial | Maximum
    counts: Mapping[str, int] = field(default_factory=dict)
    conditions: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict)
    least: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    everywhere: Mapping[str, bool] = field(default_factory=dict)

    def holds(self, name: str, sizes: Mapping[str, int]) -> bool:
        """Whether the formula's conditions are met by some sizes."""
        conditions = self.conditions.get(name, ())
        return all(sizes[n] >= least for n, least in self.least.get(name, {}).items()) and all(
            left.at(sizes) >= right.at(sizes) for left, right in conditions
        )


MOST_PEAKS = 4
"""Steps between which a formula's peak may choose; of more it states the one that is the peak for the sizes given."""


FORMULAS = ("parameters", "data", "gradients", "saved", "prediction", "training")


def symbolic(graph: Graph, target: str | None = None, output: str | None = None) -> Symbolic:
    """The chapter's exercise 3 in symbols: how many numbers training and prediction have to hold.

    Training holds declared variables, gradients of parameters and what is live at its peak; prediction what leads to
    its output and what is live at its own peak. A size that changes the graph itself, as a number of layers does, is a
    symbol too where all counts grow evenly with it; else it stays a number.
    """
    found = formulas_of(graph, target, output)
    here = named_sizes(graph)
    first = dict.fromkeys(here, 2)
    for depth in here:
        if depth in found.sizes:
            continue
        for start in (2, 3):
            deeper = with_depth(graph, depth, max(start, here[depth]), found, target, output)
            if deeper is not None:
                found, first[depth] = deeper, start
                break
        if depth in found.sizes:
            break
    found = at_one_step(replace(found, sizes={name: here[name] for name in found.sizes}))
    return checked(graph, found, first, target, output)


def at_one_step(found: Symbolic) -> Symbolic:
    """Where a peak may lie at too many steps, the count at the one where it lies, and the conditions for that."""
    made: dict[str, Any] = {}
    conditions = {}
    for name in FORMULAS:
        peak = getattr(found, name)
        if isinstance(peak, Maximum) and len(peak.options) > MOST_PEAKS:
            made[name] = peak.largest(found.sizes)
            conditions[name] = peak.conditions(made[name])
    return replace(found, conditions=conditions, **made)


def with_depth(
    graph: Graph, depth: str, value: int, found: Symbolic, target: str | None, output: str | None
) -> Symbolic | None:
    """The formulas with one more symbol, from those at `value` and the two depths after it: None where a count is no
    linear one in it."""
    try:
        steps = [formulas_of(resized(graph, {depth: value + k}), target, output) for k in (0, 1, 2)]
    except TidegraphError:
        return None
    if any(s.sizes.keys() != found.sizes.keys() for s in steps):
        return None

    def grown(a: Polynomial, b: Polynomial, c: Polynomial) -> Polynomial | None:
        slope, again = b + constant(-1) * a, c + constant(-1) * b
        if slope.terms != again.terms:
            return None
        return a + constant(-value) * slope + Polynomial({((depth, 1),): 1}) * slope

    made: dict[str, Any] = {}
    for name in FORMULAS:
        counts = [getattr(s, name) for s in steps]
        options = [one.options if isinstance(one, Maximum) else (one,) for one in counts]
        if len({len(one) for one in options}) > 1:
            options = [(one.largest(found.sizes),) if isinstance(one, Maximum) else (one,) for one in counts]
        deeper = tuple(one for three in zip(*options, strict=True) if (one := grown(*three)) is not None)
        if len(deeper) < len(options[0]):
            return None
        made[name] = Maximum(deeper) if len(deeper) > 1 else deeper[0]
    return replace(found, sizes={**found.sizes, depth: value}, **made)


def counted(graph: Graph, target: str | None, output: str | None) -> dict[str, int]:
    """The numbers that the formulas stand for, for the sizes as they are."""
    step, forward = training_pass(graph, target), prediction_pass(graph, output)
    parameters = sum(v.size for v in graph.leaves("parameter").values())
    kept = {s.buffer for s in saved(step) if s.bytes}
    live = [
        max((sum(v.size for v in held) for held in live_numbers(pass_.plan)), default=0) for pass_ in (step, forward)
    ]
    leaves = sum(v.size for v in step.leaves.values())
    return {
        "parameters": parameters,
        "data": leaves - parameters,
        "gradients": sum(graph.find(name).size for name in step.gradients),
        "saved": sum(v.size for n, v in graph.variables.items() if n in kept),
        "prediction": sum(v.size for v in forward.leaves.values()) + live[1],
        "training": leaves + live[0],
    }


def checked(
    graph: Graph, found: Symbolic, first: Mapping[str, int], target: str | None, output: str | None
) -> Symbolic:
    """What the counts really are here, from which size on each formula holds, and whether at all that were tried.

    `first` are the sizes from which on the formulas were found.
    """
    sizes = found.sizes
    here = counted(graph, target, output)

    def differing(other: Mapping[str, int]) -> list[str]:
        try:
            there = counted(resized(graph, other), target, output)
        except TidegraphError:
            return []
        met = [name for name in FORMULAS if found.holds(name, other)]
        return [name for name in met if getattr(found, name).at(other) != there[name]]

    least: dict[str, dict[str, int]] = {name: {} for name in FORMULAS}
    for size in sizes:
        for small in range(first[size] - 1, 0, -1):
            others = {n: max(v, first[n]) for n, v in sizes.items()}
            for name in differing({**others, size: small}):
                least[name].setdefault(size, small + 1)
    found = replace(found, counts=here, least=least)
    tried = [{n: 2 * v for n, v in sizes.items()}]
    tried += [{**{n: max(v, first[n]) for n, v in sizes.items()}, n: 10 * v} for n, v in sizes.items() if v < 1000][:4]
    failed = {name for other in tried for name in differing(other)}
    return replace(found, everywhere={name: name not in failed for name in FORMULAS})


def formulas_of(graph: Graph, target: str | None, output: str | None) -> Symbolic:
    """The counts as polynomials in the sizes that leave the graph as it is."""

    def shapes(found: Graph) -> list[tuple[str, Shape]]:
        tagged: list[tuple[str, Shape]] = [(n, v.shape) for n, v in found.variables.items()]
        for pass_ in (training_pass(found, target), prediction_pass(found, output)):
            tagged += [(o.op.name, v.shape) for o in pass_.plan.operators for v in o.outputs]
        return tagged

    formulas = Formulas(graph, shapes)
    graph = formulas.graph
    counts: dict[Variable, Polynomial] = {}
    for index, variable in enumerate(graph.variables.values()):
        counts[variable] = formulas.elements(index)
    start = len(graph.variables)
    peaks = []
    step, forward = training_pass(graph, target), prediction_pass(graph, output)
    for pass_ in (step, forward):
        made = [v for o in pass_.plan.operators for v in o.outputs]
        counts.update({v: formulas.elements(start + i) for i, v in enumerate(made)})
        start += len(made)
        peaks.append(Maximum.of(sum((counts[v] for v in live), constant(0)) for live in live_numbers(pass_.plan)))

    def total(variables: Iterable[Variable]) -> Polynomial:
        return sum((counts[v] for v in variables), constant(0))

    leaves = graph.leaves()
    kept = {s.buffer for s in saved(step) if s.bytes}
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
        prediction=peaks[1] + total(forward.leaves.values()),
        training=peaks[0] + total(leaves.values()),
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
    leaves, first = pass_.leaves, {**initial_values(pass_.graph, seed, values or ()), **(values or {})}
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
