"""Training: forward, backward, update, again and again, over minibatches of a data set.

A `Training` is a graph tied to data, with an optimiser that may be changed while it runs. What changes from step to
step is a `RunState` and nothing else: the minibatch of a step follows from the seed and the step's number, so a run can
stop, travel and go on elsewhere with the same numbers. Chapter: "Training Neural Networks".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidegraph.engine.graph import Graph, InputError, Operator, Variable
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.notation.latex import Notation, array_latex
from tidegraph.engine.runtime.function import Function
from tidegraph.engine.runtime.plan import Plan, outputs_of, passes
from tidegraph.engine.runtime.portable import portable
from tidegraph.engine.runtime.values import check_names, checked_value, initial_values
from tidegraph.engine.training import optimisers as optim
from tidegraph.engine.training.data import Dataset, batches, shuffled
from tidegraph.engine.training.feed import Binding, bind


@dataclass(frozen=True, slots=True)
class RunState:
    """Everything that a run carries from one step to the next; `step` is how many updates were made."""

    step: int
    parameters: dict[str, np.ndarray]
    optimizer: optim.State


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where the first NaN or infinity of a step arose.

    `phase` is forward, backward, or update (of the step before). `operator` is its id as in a trace, None for an
    update; `variable` is what it computed, or whose gradient or update it was.
    """

    phase: str
    variable: str
    operator: str | None
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What one step shows. The loss is that of the minibatch before its update; norms are those of the gradients.

    `parameters` (before the update) and `gradients` are there in the steps that a snapshot is taken in.
    """

    step: int
    epoch: int
    rate: float
    loss: float
    metrics: dict[str, float]
    gradient_norms: dict[str, float]
    validation_loss: float | None = None
    validation_metrics: dict[str, float] = field(default_factory=dict)
    parameters: dict[str, np.ndarray] | None = None
    gradients: dict[str, np.ndarray] | None = None
    divergence: Divergence | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What is fixed for a whole run.

    `batch_size` examples make a step; where the program reads one example a run, their gradients are averaged.
    The validation loss is worked out every `validate_every` steps, a snapshot is taken every `snapshot_every`
    (0: never). `clip_norm` and `clip_value` bound the gradients before an update.
    """

    batch_size: int | None = None
    seed: int = 0
    validate_every: int = 10
    snapshot_every: int = 0
    clip_norm: float | None = None
    clip_value: float | None = None
    dtype: str = "float64"


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a run, known before it starts: floating-point operations per step and in total, peak bytes."""

    steps: int
    forward_flops: int
    backward_flops: int
    update_flops: int
    validation_flops: int
    total_flops: int
    peak_bytes: int


class Training:
    """A run in progress. `rule`, `schedule` and `state` may be set between steps.

    Without a data set it trains on the program's own values, the same at every step.

    `values` are those of variables that are neither fed nor trained, and of parameters that shall not start from the
    program's own values. Raises InputError where program and data do not fit.
    """

    def __init__(
        self,
        graph: Graph,
        dataset: Dataset | None,
        rule: optim.Rule | None = None,
        schedule: optim.Schedule | None = None,
        settings: Settings | None = None,
        validation: Dataset | None = None,
        state: RunState | None = None,
        values: Mapping[str, Any] | None = None,
        target: str | None = None,
        **binding: Any,
    ) -> None:
        self.settings = settings or Settings()
        self.rule = rule or optim.SGD()
        self.schedule = schedule or optim.Constant()
        if dataset is None:
            self.binding = Binding(graph, (), 1)
        else:
            self.binding = bind(graph, dataset, self.settings.batch_size, **binding)
            if self.binding.size is not None and self.settings.batch_size is None and self.binding.batch > len(dataset):
                # A size with a name can be another; data that do not fill one minibatch are one.
                self.binding = bind(graph, dataset, len(dataset), **binding)
        self.graph = self.binding.graph
        self.dataset = dataset
        self.validation = validation if validation is not None and len(validation) else None
        self.batch_size = self.binding.batch if self.binding.batched else self.settings.batch_size or 1
        held = len(self.validation or ())
        self.epoch_steps = 1 if dataset is None else batches(len(dataset), self.batch_size, held)
        self._order = -1, np.empty(0, np.int64)
        self.target = self.graph.names[self.graph.resolve_target(target)]
        self._compile()
        self._first_values(values or {})
        self.state = state or RunState(0, self.first, self.rule.start(self.first))
        self._check_state()

    def _compile(self) -> None:
        graph, output = self.graph, self.binding.output
        wanted = passes(graph, self.target, keep="training")
        if not wanted.gradients:
            raise InputError("no-parameter-reached", name=self.target)
        results: dict[str, Variable] = dict(wanted.values)
        if output is not None:
            results[output] = graph.find(output)
        self.trained = tuple(wanted.gradients)
        groups, leaves, dtype = (results, wanted.gradients), graph.leaves(), self.settings.dtype
        self._groups = groups
        self.plan = Plan(outputs_of(groups), leaves, dtype, graph.operators)
        self.forward_plan = Plan(outputs_of((results,)), leaves, dtype)
        self._run = Function(graph, self.plan, groups, self.settings.seed)
        self._predict = Function(graph, self.forward_plan, (results,), self.settings.seed)
        self.dtype = self.plan.dtype

    @property
    def portable(self) -> dict[str, Any]:
        """The plan of one run for kernels elsewhere: its values are the target and the prediction."""
        values, gradients = self._groups
        return portable(self.plan, values, gradients, {})

    def _first_values(self, values: Mapping[str, Any]) -> None:
        check_names(self.graph, values)
        leaves = self.graph.leaves()
        first: dict[str, Any] = {**initial_values(self.graph, self.settings.seed, values), **values}
        arrays = {name: checked_value(name, leaves[name], value, self.dtype) for name, value in first.items()}
        self.first = {name: arrays[name] for name in self.trained}
        other = {*self.first, *self.graph.sizes, *(feed.name for feed in self.binding.feeds)}
        self.fixed = {name: array for name, array in arrays.items() if name not in other}
        self.examples = self.binding.arrays(self.dataset, self.dtype) if self.dataset is not None else {}
        self.held = self.binding.arrays(self.validation, self.dtype) if self.validation is not None else {}

    def _check_state(self) -> None:
        """Bring a given state's numbers, which may have travelled as lists, to arrays of the right type."""
        memory = self.state.optimizer
        moments = {moment: self._arrays(found, moment) for moment, found in memory.moments.items()}
        parameters = self._arrays(self.state.parameters, None)
        self.state = RunState(self.state.step, parameters, optim.State(memory.step, moments))

    def _arrays(self, given: Mapping[str, Any], moment: str | None) -> dict[str, np.ndarray]:
        for name in self.trained:
            if name not in given:
                code = "state-lacks-parameter" if moment is None else "state-lacks-moment"
                hint = Message("state-has", names=list(given)) if given else None
                raise InputError(code, hint, name=name, moment=moment or "")
        return {n: checked_value(n, self.graph.find(n), given[n], self.dtype) for n in self.trained}

    def cost(self, steps: int) -> Cost:
        """The cost of `steps` steps from the present state, from the plan alone."""
        runs = 1 if self.binding.batched else self.batch_size
        forward, backward = self.plan.forward_flops * runs, self.plan.backward_flops * runs
        update = sum(self.rule.flops_of(p.size) for p in self.first.values())
        rounds = -(-len(self.validation) // self.binding.batch) if self.validation is not None else 0
        validation = self.forward_plan.flops * rounds
        every = self.settings.validate_every
        start = self.state.step
        evaluations = sum(due(step, every) for step in range(start, start + steps))
        total = steps * (forward + backward + update) + evaluations * validation
        peak = self.plan.peak_bytes + self.plan.leaf_bytes
        peak += sum(p.nbytes for p in self.first.values()) * (1 + len(self.rule.moments))
        return Cost(steps, forward, backward, update, validation, total, peak)

    def run(self, steps: int) -> Iterator[Report]:
        """So many steps from the present state, each reported as it is made; ends early on divergence."""
        for _ in range(steps):
            report = self.step()
            yield report
            if report.divergence is not None:
                return

    def step(self) -> Report:
        """One forward pass, backward pass and update. On divergence the parameters stay as they were."""
        before, settings = self.state, self.settings
        number = before.step
        with np.errstate(all="ignore"):
            loss, metrics, gradients = self.gradients()
            norms = optim.norms(gradients)
            divergence = None
            if not np.isfinite(loss) or not np.isfinite(list(norms.values())).all():
                divergence = self.locate()
            rate = self.rule.learning_rate * self.schedule.factor(number)
            validated = due(number, settings.validate_every) and self.validation is not None
            held_loss, held_metrics = self.validate() if validated else (None, {})
            if divergence is None:
                self.state = self.updated(gradients, rate)
        shown = due(number, settings.snapshot_every)
        return Report(
            step=number,
            epoch=number // self.epoch_steps,
            rate=rate,
            loss=loss,
            metrics=metrics,
            gradient_norms=norms,
            validation_loss=held_loss,
            validation_metrics=held_metrics,
            parameters=dict(before.parameters) if shown else None,
            gradients=dict(gradients) if shown else None,
            divergence=divergence,
        )

    def rows(self) -> np.ndarray:
        """The examples of the present step: as `minibatch` says, with the order of an epoch worked out once."""
        if self.dataset is None:
            return np.empty(0, np.int64)
        epoch, number = divmod(self.state.step, self.epoch_steps)
        if self._order[0] != epoch:
            self._order = epoch, shuffled(len(self.dataset), epoch, self.settings.seed)
        return self._order[1][number * self.batch_size : (number + 1) * self.batch_size]

    def values(self, rows: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """The values of all declared variables in the present step: what a trace of it is made from."""
        chosen = self.rows() if rows is None else rows
        return {**self.fixed, **self.state.parameters, **self.binding.take(self.examples, chosen)}

    def gradients(self) -> tuple[float, dict[str, float], dict[str, np.ndarray]]:
        """Loss, metrics and gradients of the present step's minibatch; examples read one by one are averaged."""
        rows = self.rows()
        if self.binding.batched:
            values, gradients = self._run(self.values(rows))
            return float(values[self.target]), self.measured([(values, rows)], self.dataset), gradients
        total: dict[str, np.ndarray] = {}
        runs: list[tuple[dict[str, np.ndarray], np.ndarray]] = []
        for row in rows:
            values, gradients = self._run(self.values(np.array([row])))
            runs.append((values, np.array([row])))
            total = {n: total[n] + g for n, g in gradients.items()} if total else gradients
        loss = sum(float(values[self.target]) for values, _ in runs) / len(runs)
        return loss, self.measured(runs, self.dataset), {n: g / len(runs) for n, g in total.items()}

    def updated(self, gradients: Mapping[str, np.ndarray], rate: float) -> RunState:
        """The state after an update with these gradients."""
        settings, state = self.settings, self.state
        if settings.clip_value is not None:
            gradients = optim.clip_by_value(gradients, settings.clip_value)
        if settings.clip_norm is not None:
            gradients = optim.clip_by_norm(gradients, settings.clip_norm)
        memory = state.optimizer
        if memory.moments.keys() != set(self.rule.moments):
            memory = self.rule.start(state.parameters)
        parameters, memory = self.rule.update(state.parameters, gradients, memory, rate)
        return RunState(state.step + 1, parameters, memory)

    def validate(self) -> tuple[float, dict[str, float]]:
        """Mean loss of runs over all validation examples, and the metrics on each of them counted once."""
        assert self.validation is not None
        runs: list[tuple[dict[str, np.ndarray], np.ndarray]] = []
        losses = []
        for rows, count in self.binding.chunks(len(self.validation)):
            taken = self.binding.take(self.held, rows)
            (values,) = self._predict({**self.fixed, **self.state.parameters, **taken})
            losses.append(float(values[self.target]))
            runs.append((values, rows[:count]))
        return sum(losses) / len(losses), self.measured(runs, self.validation)

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """The prediction for any inputs, shape (count, k): for a decision surface or a fitted curve."""
        if self.binding.output is None:
            raise InputError("no-prediction")
        count = len(inputs)
        arrays = self.arranged(inputs)
        spare = self.binding.take(self.examples, self.rows()[:1].repeat(self.binding.batch))
        parts = []
        for rows, used in self.binding.chunks(count):
            taken = {**spare, **self.binding.take(arrays, rows)}
            (values,) = self._predict({**self.fixed, **self.state.parameters, **taken})
            parts.append(self.binding.predictions(values[self.binding.output])[:used])
        return np.concatenate(parts)

    def arranged(self, inputs: np.ndarray) -> dict[str, np.ndarray]:
        """Inputs, shape (count, k), as the fed variables read them."""
        asked = Dataset(np.asarray(inputs, np.float64), np.zeros((len(inputs), 1)))
        return {f.name: f.arrange(asked, self.dtype) for f in self.binding.feeds if f.role == "input"}

    def measured(
        self, runs: list[tuple[dict[str, np.ndarray], np.ndarray]], dataset: Dataset | None
    ) -> dict[str, float]:
        """Metrics of predictions against a data set's rows: accuracy for classes, root mean squared error otherwise."""
        output = self.binding.output
        if output is None or dataset is None or (self.binding.batched and self.binding.output_axis is None):
            return {}
        right, squares, count = 0, 0.0, 0
        for values, rows in runs:
            predicted = self.binding.predictions(values[output])[: len(rows)]
            targets = dataset.targets[rows]
            count += len(rows)
            if not dataset.classes:
                if predicted.shape[1] != targets.shape[1]:
                    return {}
                squares += float(np.square(predicted - targets).mean(axis=1).sum())
            elif predicted.shape[1] == dataset.classes:
                right += int((predicted.argmax(axis=1) == targets).sum())
            elif predicted.shape[1] == 1 and dataset.classes == 2 and self.binding.threshold is not None:
                right += int(((predicted[:, 0] > self.binding.threshold) == targets).sum())
            else:
                return {}
        if dataset.classes:
            return {"accuracy": right / count}
        return {"rmse": (squares / count) ** 0.5}

    def locate(self) -> Divergence | None:
        """Where the first NaN or infinity of the present step arises; None if there is none."""
        for row in [self.rows()] if self.binding.batched else self.rows()[:, None]:
            found = first_nonfinite(self.graph, self.values(row), self.target, self.settings.dtype)
            if found is not None:
                return found
        return None


def first_nonfinite(
    graph: Graph, values: Mapping[str, np.ndarray], target: str, dtype: Any = "float64"
) -> Divergence | None:
    """The first place of a forward and backward pass where a number is not finite, in the order of the run."""
    for name, value in values.items():
        if not np.isfinite(value).all():
            line = leaf_line(graph.find(name))
            if graph.find(name).leaf.role == "parameter":  # type: ignore[union-attr]
                return Divergence("update", name, None, line, f"the last update made {name} overflow")
            return Divergence("forward", name, None, line, f"{name} was given a value that is not finite")
    wanted = passes(graph, target, trace=True)
    made = Plan(outputs_of(wanted.groups), graph.leaves(), dtype, graph.operators)
    arrays, gradients, others = Function(graph, made, wanted.groups)(values)
    contributions = wanted.all_parts(gradients, others)
    for operator in graph.operators:
        for variable in operator.outputs:
            name = graph.names[variable]
            if not np.isfinite(arrays[name]).all():
                return diverged(graph, "forward", operator, name, f"{name}, computed by")
    for (contribution, _), array in zip(wanted.contributions, contributions, strict=True):
        name, operator = graph.names[contribution.variable], contribution.operator
        if not np.isfinite(array).all():
            what = f"the gradient of {target} at {name}, flowing back through"
            return diverged(graph, "backward", operator, name, what)
        if not np.isfinite(gradients[name]).all():
            return diverged(graph, "backward", operator, name, f"the gradient of {target} at {name}, summed after")
    return None


def diverged(graph: Graph, phase: str, operator: Operator, variable: str, what: str) -> Divergence:
    """A divergence at an operator, in words."""
    line = operator.origin.line
    where = f" at line {line}" if line else ""
    identity = graph.id_of(operator)
    return Divergence(phase, variable, identity, line, f"{what} {operator.op.name}{where}, is NaN or infinite")


def leaf_line(variable: Variable) -> int:
    """The line of the program that declares a variable."""
    return variable.leaf.line if variable.leaf is not None else 0


def due(step: int, every: int) -> bool:
    """Whether something happens in this step that happens every so many; 0 is never."""
    return every > 0 and step % every == 0


@dataclass(frozen=True, slots=True)
class UpdateStep:
    """The update of one parameter, as a step that a page can show after the backward pass.

    `symbolic` are the rule's lines as LaTeX, `numeric` is the last of them with numbers.
    """

    variable: str
    before: np.ndarray
    gradient: np.ndarray
    after: np.ndarray
    symbolic: tuple[str, ...]
    numeric: str
    text: str


def update_steps(training: Training, digits: int = 4, scientific: bool = False) -> list[UpdateStep]:
    """What the present step's update does to every parameter; the run itself does not move.

    Equations hold numbers to so many significant `digits`, all with a power of ten if `scientific`.
    """

    def written(numbers: Any) -> str:
        return array_latex(np.asarray(numbers), digits, scientific).text

    _, _, gradients = training.gradients()
    rule, state, notation = training.rule, training.state, Notation(training.graph)
    rate = rule.learning_rate * training.schedule.factor(state.step)
    after = training.updated(gradients, rate).parameters
    goal = training.graph.find(training.target)
    steps = []
    for name, before in state.parameters.items():
        variable = training.graph.find(name)
        symbol = notation.symbols[variable].text
        change = written(before - after[name])
        if isinstance(rule, optim.SGD) and not rule.weight_decay and not clipped(training.settings):
            change = rf"{written(rate)} \cdot {written(gradients[name])}"
        steps.append(
            UpdateStep(
                variable=name,
                before=before,
                gradient=gradients[name],
                after=after[name],
                symbolic=rule.equations(symbol, notation.derivative(goal, variable)),
                numeric=f"{written(before)} - {change} = {written(after[name])}",
                text=f"{name} moves against its gradient: {rule.doc}",
            )
        )
    return steps


def clipped(settings: Settings) -> bool:
    """Whether gradients are bounded before an update."""
    return settings.clip_norm is not None or settings.clip_value is not None
