"""Plan and values to trace: every step of a forward and a backward pass, with its numbers and equations.

Every scope carries its own steps as well: the same work told from outside, for a picture that draws the scope as one
circle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidegraph.engine.autodiff.reverse import pullback
from tidegraph.engine.autodiff.simplify import simplify
from tidegraph.engine.graph import Graph, Operator, Scope, Variable, building
from tidegraph.engine.graph.display import mimebundle
from tidegraph.engine.notation.latex import expression, filled
from tidegraph.engine.runtime.plan import Plan
from tidegraph.engine.trace.recorder import EXPANDED, Derived, Recorder, Shown, StandIns
from tidegraph.engine.trace.steps import Step, join, plain_attribute


@dataclass(slots=True, repr=False)
class Trace:
    """A run as data: the graph with values and gradients, the scopes, the steps."""

    target: str | None
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    scopes: list[dict[str, Any]]
    forward: list[Step]
    backward: list[Step]
    plan: Plan
    first_nonfinite: str | None = None
    values: dict[str, np.ndarray] = field(default_factory=dict)
    gradients: dict[str, np.ndarray] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Trace(target={self.target!r}, {len(self.forward)} steps forward, {len(self.backward)} back)"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        """What a notebook shows: the picture."""
        return mimebundle(self)

    def to_dict(self, encode: Callable[[np.ndarray], Any] = np.ndarray.tolist) -> dict[str, Any]:
        """The trace as JSON-ready data; `encode` turns each array into lists, or a summary of it."""

        def plain(value: Any) -> Any:
            return encode(value) if isinstance(value, np.ndarray) else value

        def steps(found: Iterable[Step]) -> list[dict[str, Any]]:
            return [step.to_dict(encode) for step in found]

        return {
            "target": self.target,
            "graph": {
                "directed": True,
                "multigraph": True,
                "graph": {},
                "nodes": [{k: plain(v) for k, v in node.items()} for node in self.nodes],
                "edges": self.edges,
            },
            "scopes": [
                scope | {"forward": steps(scope["forward"]), "backward": steps(scope["backward"])}
                for scope in self.scopes
            ],
            "forward": steps(self.forward),
            "backward": steps(self.backward),
            "first_nonfinite": self.first_nonfinite,
        }


def trace(
    graph: Graph,
    values: Mapping[str, Any] | None = None,
    target: str | None = None,
    seed: int = 0,
    dtype: Any = "float64",
    digits: int = 4,
    scientific: bool = False,
) -> Trace:
    """Run a graph forward and backward and record every step.

    `values` sets declared variables, `target` is the scalar to differentiate (default: the last that the program
    assigns; a graph without one has a forward pass only). Equations hold numbers to so many significant `digits`,
    all with a power of ten where they are to be `scientific`. Raises InputError for values that do not fit.
    """
    return Tracer(graph, target, dtype)(values, seed, digits, scientific)


@dataclass(frozen=True, slots=True)
class Inside:
    """What a scope holds: its operators, what they read from outside and hand out, and its call in symbols."""

    scope: Scope
    operators: list[Operator]
    inputs: list[Variable]
    outputs: list[Variable]
    symbol: str
    called: str


class Tracer(Recorder):
    """A graph ready to be traced: compiled; call it with values, as often as they change."""

    def __call__(
        self, values: Mapping[str, Any] | None = None, seed: int = 0, digits: int = 4, scientific: bool = False
    ) -> Trace:
        """The trace of a run with `values`; what is not given is drawn from the seed. See `trace` for the rest."""
        with building():
            run = self.run(values or {}, seed)
            run.writing = (digits, scientific)
            return run.trace()

    def trace(self) -> Trace:
        graph = self.graph
        forward = [self.forward_step(o) for o in graph.operators]
        backward = self.backward_steps() if self.target is not None else []
        return Trace(
            target=graph.names[self.target] if self.target is not None else None,
            nodes=self.nodes(),
            edges=self.edges(),
            scopes=self.scopes(),
            forward=forward,
            backward=backward,
            plan=self.plan,
            first_nonfinite=self.first_nonfinite(),
            values=self.values,
            gradients=self.gradients,
        )

    def flat(self) -> Trace:
        """The forward pass with all scopes open and none told of."""
        forward = [self.forward_step(o) for o in self.graph.operators]
        for step in forward:
            step.scope = ""
        nodes = [node | {"scope": ""} for node in self.nodes()]
        return Trace(None, nodes, self.edges(), [], forward, [], self.plan, self.first_nonfinite(), self.values)

    def first_nonfinite(self) -> str | None:
        """The operator in which the first NaN or infinity arose, or the leaf that held one already."""
        for name, variable in self.graph.leaves().items():
            if not np.isfinite(self.values[name]).all():
                return name if variable.leaf is not None else None
        for operator in self.graph.operators:
            if not all(np.isfinite(self.arrays[v]).all() for v in operator.outputs):
                return self.ids[operator]
        return None

    def scopes(self) -> list[dict[str, Any]]:
        return [self.scope(name, inside) for name, inside in self.once("scopes", self.insides).items()]

    def insides(self) -> dict[str, Inside]:
        """Every scope's operators, and what they read and hand out."""
        operators: dict[Scope, list[Operator]] = {s: [] for s in self.graph.scope_ids if s is not None}
        for operator in self.graph.operators:
            for scope in self.chain(operator.origin.scope):
                if scope is not None:
                    operators[scope].append(operator)
        readers = Counter(v for operator in self.graph.operators for v in set(operator.inputs))
        return {name: self.inside(scope, operators[scope], readers) for name, scope in self.graph.scopes.items()}

    def inside(self, scope: Scope, operators: list[Operator], readers: Mapping[Variable, int]) -> Inside:
        made = [v for o in operators for v in o.outputs]
        own = set(made)
        inputs = list(dict.fromkeys(v for o in operators for v in o.inputs if v not in own and v.literal is None))
        within = Counter(v for operator in operators for v in set(operator.inputs))
        outputs = [
            v
            for v in made
            if readers.get(v, 0) > within[v] or v is self.target or scope not in self.chain(self.scope_of[v])
        ]
        symbol = self.notation.scope_symbol(scope)
        return Inside(scope, operators, inputs, outputs or made[-1:], symbol, self.called(scope, symbol, inputs))

    def scope(self, name: str, inside: Inside) -> dict[str, Any]:
        scope = inside.scope
        return {
            "id": name,
            "name": scope.name,
            "kind": scope.kind,
            "parent": self.graph.scope_ids[scope.parent],
            "symbol": inside.symbol,
            "latex": inside.called,
            "line": scope.line,
            "op": getattr(scope.op, "name", None),
            "operands": [
                None if v is None else self.graph.names.get(v) or plain_attribute(v.literal) for v in scope.operands
            ],
            "attributes": {k: plain_attribute(v) for k, v in scope.attributes.items()},
            "inputs": [self.graph.names[v] for v in inside.inputs],
            "outputs": [self.graph.names[v] for v in inside.outputs],
            "forward": [self.scope_forward(name, inside)],
            "backward": self.scope_backward(name, inside),
        }

    def given_to(self, scope: Scope, inputs: Iterable[Variable]) -> list[Variable]:
        """What a scope reads that it does not declare itself."""
        return [v for v in inputs if v.leaf is None or scope not in self.chain(v.leaf.scope)]

    def called(self, scope: Scope, symbol: str, inputs: Sequence[Variable]) -> str:
        """A scope as a call: its operator's own notation, or a function of what it is given."""
        inputs = self.given_to(scope, inputs)
        operands = [self.notation.operand(v) for v in scope.operands if v is not None] or [
            self.notation.symbols[v] for v in inputs
        ]
        latex = getattr(scope.op, "latex", None)
        if isinstance(latex, str):
            return filled(latex, operands)
        if callable(latex):
            return str(latex(operands, scope.attributes))
        if scope.kind == "iteration":
            operands = [self.notation.symbols[v] for v in inputs]
            return rf"f\left({', '.join(o.text for o in operands)}\right)"
        return rf"{symbol}\left({', '.join(o.text for o in operands)}\right)"

    def scope_forward(self, name: str, inside: Inside) -> Step:
        scope, inputs, outputs, called = inside.scope, inside.inputs, inside.outputs, inside.called
        equation: dict[str, str] = {}
        if not self.brief:
            known = set(inputs)
            equation["symbolic"] = f"{self.outputs_latex(outputs)} = {called}"
            if len(outputs) == 1:
                symbols = {v: self.notation.symbols[v] for v in inputs}
                shown = self.once(("scope", name), lambda: expression(outputs[0], symbols.get, EXPANDED))
                filled = expression(outputs[0], lambda v: self.digits(self.arrays[v]) if v in known else None, EXPANDED)
                if shown is not None and shown.text != called:
                    equation["symbolic"] += f" = {shown.text}"
                result = self.digits(self.arrays[outputs[0]]).text
                equation["numeric"] = f"{filled.text} = {result}" if filled is not None else f"{called} = {result}"
            else:
                results = ", ".join(self.digits(self.arrays[v]).text for v in outputs)
                equation["numeric"] = f"{self.outputs_latex(outputs)} = {results}"
        names = [self.graph.names[v] for v in outputs]
        doc = getattr(scope.op, "doc", "") or f"{scope.name}, defined in the program."
        if scope.kind == "iteration":
            doc = f"One iteration of the loop, {scope.name}."
        if scope.kind == "loop":
            count = scope.attributes["count"]
            doc = f"The loop over {scope.name}, {count} {'iteration' if count == 1 else 'iterations'}."
        sources = [self.graph.names[v] for v in inputs]
        given = [self.graph.names[v] for v in self.given_to(scope, inputs)]
        text = f"{doc} {join(names)} from {join(given)}." if given else f"{doc} {join(names)}."
        return Step("forward", "operator", name, self.graph.scope_ids[scope.parent], sources, names, equation, text)

    def scope_backward(self, name: str, inside: Inside) -> list[Step]:
        """The backward steps of a closed scope: one for each variable that it reads, all inner paths in one."""
        if self.target is None:
            return []
        scope = inside.scope
        arriving: dict[Variable, np.ndarray] = {}
        first: dict[Variable, int] = {}
        paths: Counter[Variable] = Counter()
        for operator in reversed(inside.operators):
            for place, variable, array in self.arrivals.get(operator, ()):
                arriving[variable] = np.asarray(arriving[variable] + array) if variable in arriving else array
                first.setdefault(variable, place)
                paths[variable] += 1
        received = [v for v in inside.outputs if self.graph.names[v] in self.slopes]
        wanted = [v for v in inside.inputs if v in arriving]
        if not received or not wanted:
            return []
        shown: dict[Variable, Shown | None] = {}
        if not self.brief:
            derived = self.once(("back", name), lambda: self.derived(inside.operators, received, wanted))
            shown = {variable: self.filled_in(*parts) for variable, parts in derived.items()}
        what = {"iteration": f"the iteration {scope.name}", "loop": f"the loop over {scope.name}"}.get(
            scope.kind, scope.name
        )
        return [
            self.gradient_step(
                name,
                self.graph.scope_ids[scope.parent],
                v,
                received[-1],
                [self.graph.names[i] for i in inside.inputs],
                arriving[v],
                shown.get(v),
                first[v],
                1 + self.counts[v] - paths[v],
                what,
            )
            for v in reversed(wanted)
        ]

    def derived(
        self, operators: list[Operator], received: Sequence[Variable], wanted: Sequence[Variable]
    ) -> dict[Variable, Derived]:
        """The gradients of what a closed scope reads as expressions of those of what it hands out."""
        slopes = {v: self.slope(v) for v in received}
        stand_ins: StandIns = {s: (tex, self.graph.names[v]) for v, (s, tex) in slopes.items()}
        back = pullback(operators, {v: s for v, (s, _) in slopes.items()}, wanted).gradients
        reached = [v for v in wanted if v in back]
        made = simplify([back[v] for v in reached], fixed=self.fixed, local=True)
        known = {s: tex for s, (tex, _) in stand_ins.items()}
        return {v: (made[back[v]], stand_ins, self.symbols(made[back[v]], known)) for v in reached}
