"""What learners typically get wrong, computed from the program itself.

Each misconception is the same program, or the same backward pass, with one mistake made in it; the wrong answers are
then what the engine computes. A mistake in the forward pass is a graph in which one variable is replaced; one in the
backward pass is `pullback` with an altered contribution. Nothing is differentiated by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tidegraph.engine.autodiff.reverse import Alter, Contribution, Pullback, pullback, seed
from tidegraph.engine.graph import Graph, Operator, TidegraphError, Type, Variable, ancestors, literal
from tidegraph.engine.graph.kinds import Trait, Way
from tidegraph.engine.messages.catalogue import Parameter
from tidegraph.engine.notation.latex import Notation
from tidegraph.engine.ops.linalg import outer
from tidegraph.engine.ops.shape import fit
from tidegraph.engine.trace.phrases import spoken

MOST = 60
"""Alterations that are computed for one question; those nearest to what is asked come first."""

LARGE = 20_000
"""Operators of all altered passes together: of a large program fewer alterations are computed."""

PASSED_ON = (Way.SAME, Way.NEGATED)
"""Ways in which an operator hands a gradient on without a local derivative of its own."""

REDUCED = {Way.SPREAD: "sum", Way.SHARED: "mean"}

CODES = (
    "path-forgotten",
    "local-derivative-left-out",
    "product-not-transposed",
    "regulariser-dropped",
    "bias-in-penalty",
    "mean-for-sum",
    "sum-for-mean",
    "error-sign-flipped",
    "value-for-gradient",
    "gradient-for-value",
    "factor-of-square-forgotten",
    "sign-flipped",
    "shape-transposed",
    "shape-flat",
    "shape-of-row-or-column",
    "another-shape",
    "shape-before-sum",
    "shape-of-second-derivatives",
    "bytes-for-counts",
    "counts-for-bytes",
    "other-precision",
    "another-entry",
    "path-not-counted",
    "direct-uses-counted",
    "nodes-counted",
    "ready-too",
    "already-run",
    "opposite-order",
)
"""Every misconception that has a name; `misconception-CODE` is its text."""


@dataclass(frozen=True, slots=True)
class Alteration:
    """The variables that a mistake changes: values and gradients by name; `place` are ids of the graph's nodes."""

    code: str
    place: tuple[str, ...]
    values: Mapping[str, Variable] = field(default_factory=dict)
    gradients: Mapping[str, Variable] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passed:
    """A forward pass with its way back: the target, the operators that lead to it and the gradients."""

    graph: Graph
    target: Variable
    operators: tuple[Operator, ...]
    back: Pullback


def passed(graph: Graph, target: Variable) -> Passed:
    """The two passes of a program as it is."""
    operators = leading(graph.operators, [target])
    return Passed(graph, target, operators, pullback(operators, {target: seed(target)}))


def leading(operators: Iterable[Operator], targets: Sequence[Variable]) -> tuple[Operator, ...]:
    """The operators that lead to the targets, in their order."""
    needed = set(ancestors(targets))
    return tuple(o for o in operators if o in needed)


class Mistakes:
    """All mistakes in a program that can change one of the wanted values or gradients."""

    def __init__(self, whole: Passed | None, graph: Graph, values: Sequence[str], gradients: Sequence[str]) -> None:
        self.whole = whole
        self.graph = graph
        self.values = [name for name in values if name in graph.variables]
        self.gradients = [name for name in gradients if name in graph.variables]
        self.leaves_of: dict[Variable, frozenset[Variable]] = {}
        for operator in graph.operators:
            found = frozenset().union(*(self.sources(v) for v in operator.inputs))
            for output in operator.outputs:
                self.leaves_of[output] = found

    @cached_property
    def said(self) -> Mapping[Variable, str]:
        """What sentences call a variable: one without a name is called by its expression."""
        return spoken(self.graph, Notation(self.graph))

    def sources(self, variable: Variable) -> frozenset[Variable]:
        """The declared variables that a variable is computed from."""
        return self.leaves_of.get(variable, frozenset([variable]) if variable.leaf is not None else frozenset())

    def roles(self, variable: Variable) -> set[str]:
        return {v.leaf.role for v in self.sources(variable) if v.leaf is not None}

    def found(self) -> Iterator[Alteration]:
        """Every alteration of what is asked, at most `MOST`."""
        count = 0
        most = max(6, min(MOST, LARGE // max(len(self.graph.operators), 1)))
        for make in self.makers():
            for alteration in make():
                if not alteration.values and not alteration.gradients:
                    continue
                yield alteration
                count += 1
                if count >= most:
                    return

    def makers(self) -> Iterable[Callable[[], Iterable[Alteration]]]:
        return (
            self.regulariser_dropped,
            self.paths_forgotten,
            self.biases_in_penalty,
            self.products_not_transposed,
            self.error_signs,
            self.squares,
            self.local_derivatives,
            self.reductions,
            self.value_and_gradient,
        )

    # What an alteration changes

    def backward(self, code: str, place: Sequence[str], alter: Alter, **parameters: Parameter) -> Alteration:
        """A mistake on the way back."""
        if self.whole is None or not self.gradients:
            return Alteration(code, tuple(place))
        whole = self.whole
        wrt = [self.graph.variables[n] for n in self.gradients]
        made = pullback(whole.operators, {whole.target: seed(whole.target)}, wrt, alter).gradients
        return Alteration(code, tuple(place), {}, self.chosen(made), parameters)

    def chosen(
        self, made: Mapping[Variable, Variable], renamed: Mapping[Variable, Variable] = {}
    ) -> dict[str, Variable]:
        """The gradients that are asked for, zero where nothing arrives."""
        found = {}
        for name in self.gradients:
            variable = self.graph.variables[name]
            gradient = made.get(renamed.get(variable, variable))
            found[name] = fit(literal(0.0), variable.shape) if gradient is None else gradient
        return found

    def forward(
        self, code: str, place: Sequence[str], changes: Mapping[Variable, Variable], **parameters: Parameter
    ) -> Alteration:
        """A mistake in the forward pass: other variables in the places of some, and everything that follows."""
        known = replaced(self.graph.operators, changes)
        values = {n: known[v] for n in self.values if (v := self.graph.variables[n]) in known}
        gradients: dict[str, Variable] = {}
        if self.whole is not None and self.gradients and self.whole.target in known:
            target = known[self.whole.target]
            wrt = [known.get(v, v) for v in (self.graph.variables[n] for n in self.gradients)]
            made = pullback(ancestors([target]), {target: seed(target)}, wrt).gradients
            gradients = self.chosen(made, known)
        return Alteration(code, tuple(place), values, gradients, parameters)

    # Mistakes

    def penalties(self) -> list[tuple[Operator, int]]:
        """The terms of the target that depend on parameters alone, while others depend on data: operator and port."""
        if self.whole is None:
            return []
        found: list[tuple[Operator, int]] = []
        waiting = [self.whole.target]
        data = False
        while waiting:
            variable = waiting.pop()
            operator = variable.operator
            if operator is None or not operator.op.elementwise or len(operator.inputs) != 2 or not adds(operator):
                data = data or bool(self.roles(variable) & {"input", "target"})
                continue
            for port, term in enumerate(operator.inputs):
                roles = self.roles(term)
                if "parameter" in roles and not roles & {"input", "target"}:
                    found.append((operator, port))
                elif term.literal is None:
                    waiting.append(term)
        return found if data else []

    def regulariser_dropped(self) -> Iterator[Alteration]:
        for operator, port in self.penalties():
            term = operator.inputs[port]
            name = self.graph.names[term]
            place = [name, self.graph.id_of(operator)]
            yield self.substituted("regulariser-dropped", place, operator, port, literal(0.0), term=self.said[term])

    def substituted(
        self, code: str, place: Sequence[str], operator: Operator, port: int, value: Variable, **parameters: Parameter
    ) -> Alteration:
        """Another operand of one operator; the variable itself stays."""
        inputs = list(operator.inputs)
        inputs[port] = fit(value, inputs[port].shape)
        output = rebuilt(operator, inputs)[0]
        return self.forward(code, place, {operator.outputs[0]: output}, **parameters)

    def biases_in_penalty(self) -> Iterator[Alteration]:
        parameters = {v: n for n, v in self.graph.leaves("parameter").items()}
        for operator, port in self.penalties():
            term = operator.inputs[port]
            penalised = [v for v in parameters if v in self.sources(term)]
            biases = [
                v for v in parameters if v not in penalised and v.ndim < max((p.ndim for p in penalised), default=0)
            ]
            biases = biases or [v for v in parameters if v not in penalised and parameters[v].lower().startswith("b")]
            extra: Variable | None = None
            for bias in biases:
                nothing = {v: fit(literal(0.0), v.shape) for v in penalised}
                try:
                    one = replaced(ancestors([term]), {**nothing, penalised[0]: bias})[term]
                except (TidegraphError, KeyError):
                    continue
                if one.shape == term.shape:
                    extra = one if extra is None else extra + one
            if extra is None:
                continue
            place = [*(parameters[b] for b in biases), self.graph.names[term]]
            names = ", ".join(parameters[b] for b in biases)
            made = self.forward("bias-in-penalty", place, {term: term + extra}, term=self.said[term], names=names)
            yield made

    def paths_forgotten(self) -> Iterator[Alteration]:
        if self.whole is None:
            return
        several: dict[Variable, list[Contribution]] = {}
        for one in self.whole.back.contributions:
            several.setdefault(one.variable, []).append(one)
        wanted = [self.graph.variables[n] for n in self.gradients]
        ordered = sorted((v for v, found in several.items() if len(found) > 1), key=lambda v: v not in wanted)
        for variable in ordered:
            for one in several[variable]:
                name, through = self.graph.names[variable], self.graph.names[one.operator.outputs[0]]
                yield self.backward(
                    "path-forgotten",
                    [name, self.graph.id_of(one.operator), through],
                    without(one),
                    variable=self.said[variable],
                    through=self.said[one.operator.outputs[0]],
                    count=len(several[variable]),
                )

    def local_derivatives(self) -> Iterator[Alteration]:
        for operator, port, received in self.edges():
            if not operator.op.elementwise or operator.op.way(operator, port) in PASSED_ON:
                continue
            if received.shape != operator.outputs[0].shape:
                continue
            yield self.instead("local-derivative-left-out", operator, port, lambda g, v: fit(g, v.shape))

    def squares(self) -> Iterator[Alteration]:
        for operator, port, _ in self.edges():
            if is_square(operator) and port == 0:
                yield self.instead("factor-of-square-forgotten", operator, port, None, half=True)

    def instead(
        self,
        code: str,
        operator: Operator,
        port: int,
        make: Callable[[Variable, Variable], Variable] | None,
        half: bool = False,
        negate: bool = False,
    ) -> Alteration:
        """Another contribution through one port: made of what comes in, half of it, or its negative."""
        assert self.whole is not None
        output = operator.outputs[0]
        names = self.graph.names

        def alter(o: Operator, p: int, value: Variable) -> Variable:
            if o is not operator or p != port:
                return value
            if half:
                return fit(value * 0.5, value.shape)
            if negate:
                return fit(-value, value.shape)
            assert make is not None
            return make(incoming[output], o.inputs[p])

        # What comes in is the same as without the mistake: every operator after this one is untouched.
        incoming = self.whole.back.gradients
        place = [names[operator.inputs[port]], self.graph.id_of(operator), names[output]]
        variable, through = self.said[operator.inputs[port]], self.said[output]
        return self.backward(code, place, alter, variable=variable, through=through, operator=operator.op.name)

    def edges(self) -> Iterator[tuple[Operator, int, Variable]]:
        """Operators with one output, their ports, and the gradient that comes in, nearest to what is asked first."""
        if self.whole is None:
            return
        gradients = self.whole.back.gradients
        for one in reversed(self.whole.back.contributions):
            if len(one.operator.outputs) == 1 and one.variable in self.graph.names:
                received = gradients.get(one.operator.outputs[0])
                if received is not None:
                    yield one.operator, one.port, received

    def products_not_transposed(self) -> Iterator[Alteration]:
        for operator, port, received in self.edges():
            if Trait.MATRIX_PRODUCT not in operator.op.traits:
                continue
            own, other = operator.inputs[port], operator.inputs[1 - port]
            for wrong in misplaced(received, own, other):
                name = self.graph.names[own]
                place = (name, self.graph.id_of(operator), self.graph.names[operator.outputs[0]])
                parameters: dict[str, Parameter] = {"variable": self.said[own], "other": self.said.get(other, "")}
                if wrong.shape == own.shape:
                    made = self.instead("product-not-transposed", operator, port, always(wrong))
                    yield Alteration(made.code, place, {}, made.gradients, parameters)
                elif name in self.gradients:
                    yield Alteration("product-not-transposed", place, {}, {name: wrong}, parameters)

    def reductions(self) -> Iterator[Alteration]:
        for operator in reversed(self.graph.operators):
            if len(operator.inputs) != 1 or len(operator.outputs) != 1:
                continue
            way = operator.op.way(operator, 0) if operator.op.vjp is not None else None
            kind = REDUCED.get(way) if isinstance(way, Way) else None
            output, source = operator.outputs[0], operator.inputs[0]
            if kind is None or not output.size or output.size >= source.size:
                continue
            count = source.size // output.size
            factor = 1.0 / count if kind == "sum" else float(count)
            code = "mean-for-sum" if kind == "sum" else "sum-for-mean"
            place = [self.graph.id_of(operator), self.graph.names[output]]
            changed = fit(output * factor, output.shape)
            yield self.forward(code, place, {output: changed}, variable=self.said[output], count=count)

    def error_signs(self) -> Iterator[Alteration]:
        for operator in reversed(self.graph.operators):
            if len(operator.outputs) != 1 or not self.compares(operator):
                continue
            output = operator.outputs[0]
            name = self.graph.names[output]
            place = [self.graph.id_of(operator), name]

            def alter(o: Operator, p: int, value: Variable, operator: Operator = operator) -> Variable:
                return fit(-value, value.shape) if o is operator else value

            back = self.backward("error-sign-flipped", place, alter)
            ahead = (
                self.forward("error-sign-flipped", place, {output: fit(-output, output.shape)})
                if is_difference(operator)
                else back
            )
            yield Alteration(
                "error-sign-flipped", tuple(place), ahead.values, back.gradients, {"variable": self.said[output]}
            )

    def compares(self, operator: Operator) -> bool:
        """Whether an operator sets a prediction against the target."""
        if is_difference(operator):
            first, second = (self.roles(v) for v in operator.inputs)
            return ("target" in first) != ("target" in second)
        return Trait.COMPARES_LOGITS in operator.op.traits or Trait.COMPARES_VALUES in operator.op.traits

    def value_and_gradient(self) -> Iterator[Alteration]:
        variables = self.graph.variables
        if self.gradients:
            yield Alteration(
                "value-for-gradient", tuple(self.gradients), {}, {n: variables[n] for n in self.gradients},
                {"variable": self.gradients[0]},
            )  # fmt: skip
        if self.values and self.whole is not None:
            known = self.whole.back.gradients
            swapped = {n: known[variables[n]] for n in self.values if variables[n] in known}
            if swapped:
                yield Alteration("gradient-for-value", tuple(swapped), swapped, {}, {"variable": next(iter(swapped))})


def without(dropped: Contribution) -> Alter:
    """A backward pass in which one contribution is missing."""
    return lambda o, p, value: None if o is dropped.operator and p == dropped.port else value


def always(wrong: Variable) -> Callable[[Variable, Variable], Variable]:
    """A contribution that is the same whatever comes in."""
    return lambda received, own: wrong


def adds(operator: Operator) -> bool:
    """Whether an elementwise operator adds or subtracts its operands."""
    if operator.op.vjp is None or any(v.kind != "float" and v.literal is None for v in operator.inputs):
        return False
    return all(operator.op.way(operator, port) in PASSED_ON for port in range(len(operator.inputs)))


def is_difference(operator: Operator) -> bool:
    """Whether an operator is a difference of two arrays."""
    if len(operator.inputs) != 2 or not operator.op.elementwise or operator.op.vjp is None:
        return False
    ways = tuple(operator.op.way(operator, port) for port in (0, 1))
    return ways == (Way.SAME, Way.NEGATED) and all(v.literal is None for v in operator.inputs)


def is_square(operator: Operator) -> bool:
    """Whether an operator squares its first operand."""
    if Trait.SQUARE not in operator.op.traits:
        return False
    return len(operator.inputs) == 1 or operator.inputs[1].literal == 2


def misplaced(received: Variable, own: Variable, other: Variable) -> list[Variable]:
    """The products that are written in place of a matrix product's gradient: not transposed, outer, elementwise."""
    attempts: list[Callable[[], Any]] = [
        lambda: other @ received,
        lambda: received @ other,
        lambda: other.T @ received,
        lambda: received @ other.T,
        lambda: outer(received, other),
        lambda: outer(other, received),
        lambda: outer(received, own),
        lambda: other.T @ received.T,
        lambda: (received.T @ other).T,
        lambda: received.T @ other,
        lambda: received.T @ other.T,
        lambda: received * other,
    ]
    found: list[Variable] = []
    for attempt in attempts:
        try:
            found.append(attempt())
        except (TidegraphError, KeyError):
            continue
    return found


def replaced(operators: Iterable[Operator], changes: Mapping[Variable, Variable]) -> dict[Variable, Variable]:
    """Other variables in the places of some, and everything that follows from them, by the variable it replaces."""
    known = dict(changes)
    inside = set(ancestors(changes.values()))
    for operator in operators:
        if not any(v in known for v in operator.inputs) or all(v in changes for v in operator.outputs):
            continue
        # What a replacement is itself made of stays.
        if operator in inside:
            continue
        made = rebuilt(operator, [known.get(v, v) for v in operator.inputs])
        for old, new in zip(operator.outputs, made, strict=True):
            known.setdefault(old, new)
    return known


def rebuilt(operator: Operator, inputs: Sequence[Variable]) -> tuple[Variable, ...]:
    """The outputs of the same operator on other inputs, whose shapes may differ."""
    made = Operator(operator.op, tuple(inputs), operator.attributes, types_of(operator, inputs), operator.origin)
    return made.outputs


def types_of(operator: Operator, inputs: Sequence[Variable]) -> tuple[Any, ...]:
    """The types of the outputs by the operator's shape rule."""
    found = operator.op.infer(*inputs, **operator.attributes)
    return (found,) if isinstance(found, Type) else tuple(found)
