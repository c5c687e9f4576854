"""Optimisers: pure functions from parameters, gradients and state to parameters and state.

A rule is a frozen set of settings. `start` gives its first state, `update` makes one step; neither changes what it is
given. Every rule follows `torch.optim` in its formula, its defaults and its meaning of weight decay, and says its
update as LaTeX. A schedule multiplies a rule's learning rate by a factor of the step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from tidegraph.engine.graph import InputError, nearest
from tidegraph.engine.messages.catalogue import Message

Arrays = Mapping[str, np.ndarray]
Moments = dict[str, np.ndarray]

FRACTIONS = {"momentum", "decay", "beta1", "beta2"}
"""Settings that must be at least 0 and less than 1."""


@dataclass(frozen=True, slots=True)
class State:
    """What a rule remembers: how many steps it made, and its moments by their name, then the parameter's."""

    step: int
    moments: dict[str, dict[str, np.ndarray]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One update rule with its settings; `moments` names the arrays that it keeps for every parameter.

    `flops` are floating-point operations a parameter element of one update without weight decay.
    """

    learning_rate: float = 0.01
    weight_decay: float = 0.0

    name: ClassVar[str] = ""
    doc: ClassVar[str] = ""
    moments: ClassVar[tuple[str, ...]] = ()
    flops: ClassVar[int] = 2

    def __post_init__(self) -> None:
        check_settings(self.name, self)

    def start(self, parameters: Arrays) -> State:
        """The state before the first step: all moments zero, of the parameters' shapes and types."""
        return State(0, {moment: {n: np.zeros_like(p) for n, p in parameters.items()} for moment in self.moments})

    def update(
        self, parameters: Arrays, gradients: Arrays, state: State, rate: float | None = None
    ) -> tuple[dict[str, np.ndarray], State]:
        """One step. `rate` takes the place of the learning rate, as a schedule wants. Nothing given is changed."""
        step = state.step + 1
        rate = self.learning_rate if rate is None else rate
        updated: dict[str, np.ndarray] = {}
        moments: dict[str, dict[str, np.ndarray]] = {moment: {} for moment in self.moments}
        for name, parameter in parameters.items():
            own = {moment: state.moments[moment][name] for moment in self.moments}
            updated[name], own = self.advance(parameter, self.decayed(parameter, gradients[name]), own, rate, step)
            for moment, array in own.items():
                moments[moment][name] = array
        return updated, State(step, moments)

    def decayed(self, parameter: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """The gradient with that of the penalty weight_decay / 2 * |parameter|^2 added."""
        return gradient + self.weight_decay * parameter if self.weight_decay else gradient

    def advance(
        self, parameter: np.ndarray, gradient: np.ndarray, moments: Moments, rate: float, step: int
    ) -> tuple[np.ndarray, Moments]:
        """The rule for one parameter; `step` counts from 1."""
        raise NotImplementedError

    def equations(self, parameter: str = r"\boldsymbol{\theta}", gradient: str = r"\mathbf{g}") -> tuple[str, ...]:
        """The update as LaTeX, a line an assignment, for a parameter and a gradient written as given."""
        lines = self.lines(parameter, r"\mathbf{g}_t" if self.coupled else gradient)
        if self.coupled:
            lines = (rf"\mathbf{{g}}_t = {gradient} + \lambda \, {parameter}", *lines)
        return lines

    @property
    def coupled(self) -> bool:
        """Whether weight decay is part of the gradient."""
        return bool(self.weight_decay)

    def lines(self, p: str, g: str) -> tuple[str, ...]:
        """The lines of `equations` that follow the gradient."""
        raise NotImplementedError

    def flops_of(self, elements: int) -> int:
        """Floating-point operations of one update of so many numbers."""
        return elements * (self.flops + 2 * bool(self.weight_decay))


def check_settings(name: str, settings: Any) -> None:
    """Every number finite and in its range, or an InputError. A negative learning rate is ascent."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, Schedule):
            continue
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        if not number or (value < 0 and field.name != "learning_rate"):
            raise InputError("setting-negative", setting=field.name, name=name, given=repr(value))
        if field.name in FRACTIONS and value >= 1:
            raise InputError("setting-one-or-more", setting=field.name, name=name, given=repr(value))


@dataclass(frozen=True, slots=True)
class SGD(Rule):
    """Stochastic gradient descent (Robbins and Monro 1951)."""

    name: ClassVar[str] = "sgd"
    doc: ClassVar[str] = "Stochastic gradient descent: a step against the gradient."

    def advance(
        self, parameter: np.ndarray, gradient: np.ndarray, moments: Moments, rate: float, step: int
    ) -> tuple[np.ndarray, Moments]:
        return parameter - rate * gradient, {}

    def lines(self, p: str, g: str) -> tuple[str, ...]:
        return (rf"{p} \leftarrow {p} - \eta \, {g}",)


@dataclass(frozen=True, slots=True)
class Momentum(Rule):
    """Gradient descent with momentum (Polyak 1964), without dampening."""

    momentum: float = 0.9

    name: ClassVar[str] = "momentum"
    doc: ClassVar[str] = "Gradient descent with momentum: a running sum of gradients, older ones fading."
    moments: ClassVar[tuple[str, ...]] = ("velocity",)
    flops: ClassVar[int] = 4

    def advance(
        self, parameter: np.ndarray, gradient: np.ndarray, moments: Moments, rate: float, step: int
    ) -> tuple[np.ndarray, Moments]:
        velocity = self.momentum * moments["velocity"] + gradient
        return parameter - rate * velocity, {"velocity": velocity}

    def lines(self, p: str, g: str) -> tuple[str, ...]:
        return (r"\mathbf{v} \leftarrow \mu \, \mathbf{v} + " + g, rf"{p} \leftarrow {p} - \eta \, \mathbf{{v}}")


@dataclass(frozen=True, slots=True)
class Nesterov(Rule):
    """Nesterov's accelerated gradient in the form of Sutskever et al. (2013), as in torch.optim.SGD."""

    momentum: float = 0.9

    name: ClassVar[str] = "nesterov"
    doc: ClassVar[str] = "Momentum that looks ahead: the step goes along the gradient plus the faded velocity."
    moments: ClassVar[tuple[str, ...]] = ("velocity",)
    flops: ClassVar[int] = 6

    def advance(
        self, parameter: np.ndarray, gradient: np.ndarray, moments: Moments, rate: float, step: int
    ) -> tuple[np.ndarray, Moments]:
        velocity = self.momentum * moments["velocity"] + gradient
        return parameter - rate * (gradient + self.momentum * velocity), {"velocity": velocity}

    def lines(self, p: str, g: str) -> tuple[str, ...]:
        return (
            r"\mathbf{v} \leftarrow \mu \, \mathbf{v} + " + g,
            rf"{p} \leftarrow {p} - \eta \left({g} + \mu \, \mathbf{{v}}\right)",
        )


@dataclass(frozen=True, slots=True)
class AdaGrad(Rule):
    """Adaptive gradients (Duchi, Hazan and Singer 2011)."""

    epsilon: float = 1e-10

    name: ClassVar[str] = "adagrad"
    doc: ClassVar[str] = "A step size for every number, smaller where gradients have been large."
    moments: ClassVar[tuple[str, ...]] = ("squares",)
    flops: ClassVar[int] = 10

    def advance(
        self, parameter: np.ndarray, gradient: np.ndarray, moments: Moments, rate: float, step: int
    ) -> tuple[np.ndarray, Moments]:
        squares = moments["squares"] + gradient * gradient
        return parameter - rate * (gradient / (np.sqrt(squares) + self.epsilon)), {"squares": squares}

    def lines(self, p: str, g: str) -> tuple[str, ...]:
        return (
            rf"\mathbf{{s}} \leftarrow \mathbf{{s}} + {squared(g)}",
            rf"{p} \leftarrow {p} - \frac{{\eta}}{{\sqrt{{\mathbf{{s}}}} + \epsilon}} \odot {g}",
        )


@dataclass(frozen=True, slots=True)
class RMSProp(Rule):
    """Root mean square propagation (Tieleman and Hinton 2012), as in torch.optim.RMSprop without momentum."""

    decay: float = 0.99
    epsilon: float = 1e-8

    name: ClassVar[str] = "rmsprop"
    doc: ClassVar[str] = "AdaGrad with a running mean of the squares in place of their sum."
    moments: ClassVar[tuple[str, ...]] = ("squares",)
    flops: ClassVar[int] = 12

    def advance(
        self, parameter: np.ndarray, gradient: np.ndarray, moments: Moments, rate: float, step: int
    ) -> tuple[np.ndarray, Moments]:
        squares = self.decay * moments["squares"] + (1 - self.decay) * (gradient * gradient)
        return parameter - rate * (gradient / (np.sqrt(squares) + self.epsilon)), {"squares": squares}

    def lines(self, p: str, g: str) -> tuple[str, ...]:
        return (
            rf"\mathbf{{s}} \leftarrow \rho \, \mathbf{{s}} + (1 - \rho) \, {squared(g)}",
            rf"{p} \leftarrow {p} - \frac{{\eta}}{{\sqrt{{\mathbf{{s}}}} + \epsilon}} \odot {g}",
        )


@dataclass(frozen=True, slots=True)
class Adam(Rule):
    """Adaptive moment estimation (Kingma and Ba 2015)."""

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    name: ClassVar[str] = "adam"
    doc: ClassVar[str] = "Running means of the gradient and of its square, both corrected for their start at zero."
    moments: ClassVar[tuple[str, ...]] = ("mean", "squares")
    flops: ClassVar[int] = 16

    def advance(
        self, parameter: np.ndarray, gradient: np.ndarray, moments: Moments, rate: float, step: int
    ) -> tuple[np.ndarray, Moments]:
        mean = self.beta1 * moments["mean"] + (1 - self.beta1) * gradient
        squares = self.beta2 * moments["squares"] + (1 - self.beta2) * (gradient * gradient)
        scale = np.sqrt(squares) / math.sqrt(1 - self.beta2**step) + self.epsilon
        return parameter - rate / (1 - self.beta1**step) * (mean / scale), {"mean": mean, "squares": squares}

    def lines(self, p: str, g: str) -> tuple[str, ...]:
        return (
            rf"\mathbf{{m}} \leftarrow \beta_1 \mathbf{{m}} + (1 - \beta_1) \, {g}",
            rf"\mathbf{{s}} \leftarrow \beta_2 \mathbf{{s}} + (1 - \beta_2) \, {squared(g)}",
            r"\hat{\mathbf{m}} = \frac{\mathbf{m}}{1 - \beta_1^t}",
            r"\hat{\mathbf{s}} = \frac{\mathbf{s}}{1 - \beta_2^t}",
            rf"{p} \leftarrow {p} - \eta \, \frac{{\hat{{\mathbf{{m}}}}}}{{\sqrt{{\hat{{\mathbf{{s}}}}}} + \epsilon}}",
        )


@dataclass(frozen=True, slots=True)
class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019)."""

    weight_decay: float = 0.01

    name: ClassVar[str] = "adamw"
    doc: ClassVar[str] = "Adam whose weight decay shrinks the parameters themselves, not by way of the gradient."

    def decayed(self, parameter: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        return gradient

    @property
    def coupled(self) -> bool:
        return False

    def advance(
        self, parameter: np.ndarray, gradient: np.ndarray, moments: Moments, rate: float, step: int
    ) -> tuple[np.ndarray, Moments]:
        return Adam.advance(self, parameter * (1 - rate * self.weight_decay), gradient, moments, rate, step)

    def lines(self, p: str, g: str) -> tuple[str, ...]:
        shrink = rf"{p} \leftarrow (1 - \eta \lambda) \, {p}"
        return (shrink, *Adam.lines(self, p, g)) if self.weight_decay else Adam.lines(self, p, g)


def squared(g: str) -> str:
    """An elementwise square as LaTeX."""
    return rf"{g} \odot {g}"


RULES: dict[str, type[Rule]] = {rule.name: rule for rule in (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW)}


@dataclass(frozen=True, slots=True)
class Schedule:
    """How the learning rate changes: `factor(step)`, steps from 0, multiplies the rule's rate."""

    name: ClassVar[str] = ""

    def __post_init__(self) -> None:
        check_settings(self.name, self)

    def factor(self, step: int) -> float:
        raise NotImplementedError

    def equation(self) -> str:
        r"""The rate \eta_t at step t as LaTeX."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Constant(Schedule):
    """The same rate at every step."""

    name: ClassVar[str] = "constant"

    def factor(self, step: int) -> float:
        return 1.0

    def equation(self) -> str:
        return r"\eta_t = \eta"


@dataclass(frozen=True, slots=True)
class StepDecay(Schedule):
    """The rate times `decay` after every `every` steps."""

    every: int = 100
    decay: float = 0.5

    name: ClassVar[str] = "step"

    def factor(self, step: int) -> float:
        return float(self.decay ** (step // max(self.every, 1)))

    def equation(self) -> str:
        return rf"\eta_t = \eta \cdot {self.decay:g}^{{\lfloor t / {self.every} \rfloor}}"


@dataclass(frozen=True, slots=True)
class Exponential(Schedule):
    """The rate times `decay` at every step."""

    decay: float = 0.99

    name: ClassVar[str] = "exponential"

    def factor(self, step: int) -> float:
        return float(self.decay**step)

    def equation(self) -> str:
        return rf"\eta_t = \eta \cdot {self.decay:g}^t"


@dataclass(frozen=True, slots=True)
class Cosine(Schedule):
    """Half a cosine from 1 to `floor` in `steps`, then flat (Loshchilov and Hutter 2017, without restarts)."""

    steps: int = 1000
    floor: float = 0.0

    name: ClassVar[str] = "cosine"

    def factor(self, step: int) -> float:
        done = min(step / max(self.steps, 1), 1.0)
        return self.floor + (1 - self.floor) * (1 + math.cos(math.pi * done)) / 2

    def equation(self) -> str:
        wave = rf"\frac{{1 + \cos(\pi t / {self.steps})}}{{2}}"
        if not self.floor:
            return rf"\eta_t = \eta \, {wave}"
        return rf"\eta_t = \eta \left({self.floor:g} + {1 - self.floor:g} \, {wave}\right)"


@dataclass(frozen=True, slots=True)
class Warmup(Schedule):
    """A straight line up to the full rate in `steps`, then another schedule (Goyal et al. 2017)."""

    steps: int = 100
    then: Schedule = Constant()

    name: ClassVar[str] = "warmup"

    def factor(self, step: int) -> float:
        return (step + 1) / self.steps if step < self.steps else self.then.factor(step - self.steps)

    def equation(self) -> str:
        line = rf"\eta_t = \eta \, \frac{{t + 1}}{{{self.steps}}}"
        return rf"{line} \text{{ for }} t < {self.steps}, \text{{ then }} {self.then.equation()}"


SCHEDULES: dict[str, type[Schedule]] = {s.name: s for s in (Constant, StepDecay, Exponential, Cosine, Warmup)}


def optimizer(name: str, **settings: Any) -> Rule:
    """The rule called `name`: sgd, momentum, nesterov, adagrad, rmsprop, adam or adamw."""
    made: Rule = build("optimiser", RULES, name, settings)
    return made


def schedule(name: str, **settings: Any) -> Schedule:
    """The schedule called `name`: constant, step, exponential, cosine or warmup (`then` is a Schedule)."""
    made: Schedule = build("schedule", SCHEDULES, name, settings)
    return made


def build(what: str, known: Mapping[str, Callable[..., Any]], name: str, settings: Mapping[str, Any]) -> Any:
    """One of `known` with its settings; an InputError for a name or a setting that there is not."""
    if name not in known:
        hint = nearest(name, known) or Message("one-of", names=list(known))
        raise InputError(f"unknown-{what}", hint, name=repr(name))
    allowed = [f.name for f in fields(known[name])]  # type: ignore[arg-type]
    for setting in settings:
        if setting not in allowed:
            raise InputError(
                "unknown-setting", nearest(setting, allowed) or ", ".join(allowed), name=name, setting=repr(setting)
            )
    return known[name](**settings)


def norms(arrays: Arrays) -> dict[str, float]:
    """The Euclidean (Frobenius) norm of every array."""
    return {name: math.sqrt(float(np.vdot(array, array))) for name, array in arrays.items()}


def clip_by_norm(gradients: Arrays, limit: float) -> dict[str, np.ndarray]:
    """All gradients scaled by one number so that their joint norm is at most `limit` (Pascanu et al. 2013)."""
    total = math.sqrt(math.fsum(n * n for n in norms(gradients).values()))
    scale = limit / total if total > limit else 1.0
    return {name: gradient * scale for name, gradient in gradients.items()}


def clip_by_value(gradients: Arrays, limit: float) -> dict[str, np.ndarray]:
    """Every number of every gradient brought into [-limit, limit]."""
    return {name: np.clip(gradient, -limit, limit) for name, gradient in gradients.items()}
