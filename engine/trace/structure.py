"""All of a trace that depends on the program alone: the graph, its scopes, the steps, and their equations.

A step of the forward pass is one operator. A step of the backward pass is one contribution to a gradient, the
chapter's `prod`, or the sum of a variable's contributions. Every scope carries its own steps as well: the same work
told from outside, for a picture that draws the scope as one circle.

Equations have slots for numbers: `⟦v:W1⟧` for a value, `⟦g:W1⟧` for a gradient, `⟦c:3+7⟧` for a sum of contributions.
A run fills them (`engine.trace.run`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from tidegraph.engine.autodiff.reverse import Contribution, products, pullback
from tidegraph.engine.autodiff.simplify import simplify
from tidegraph.engine.graph import Graph, Operator, Scope, Variable, building, leaf, literal
from tidegraph.engine.messages.catalogue import Message, Parameter, listed
from tidegraph.engine.notation.latex import Notation, Symbol, applied, expression
from tidegraph.engine.ops.latex import POWER, SIGN, Tex, enclosed, slot
from tidegraph.engine.ops.shape import fit
from tidegraph.engine.runtime.function import Function
from tidegraph.engine.runtime.plan import Plan, outputs_of, passes
from tidegraph.engine.runtime.portable import portable
from tidegraph.engine.trace.outline import Inside, Outline, linked
from tidegraph.engine.trace.phrases import called, how, made_by, phrase, spoken
from tidegraph.engine.trace.steps import Step, plus, sentence

MAX_EQUATIONS = 4000
"""Operators above which a trace carries no equations; values and steps stay complete."""

MAX_DERIVED = 100
"""Operators of a closed scope above which its gradients are not written out: they would be too long to read."""

EXPANDED = 40
"""Symbols that the equation of a closed scope may have before it is cut to its first form."""

Shown = tuple[str, str]
"""An expression in symbols, and with slots for numbers."""

StandIns = dict[Variable, tuple[Tex, str]]
"""What stands in an expression for the gradient of a variable: its symbol, and the variable's name."""


def turn(scope: Scope) -> str:
    """What a sentence calls a scope: an iteration by what it counts, "i = 3"."""
    counter = scope.parent.name if scope.kind == "iteration" and scope.parent else ""
    number = scope.name.removeprefix(counter).replace("m", "-")
    return f"{counter} = {number}" if counter and number.lstrip("-").isdigit() else scope.name


def value_slot(name: str, variable: Variable) -> Tex:
    """The place of a variable's value."""
    return slot(f"v:{name}", not variable.shape)


class Structure(Outline):
    """A graph ready to be run and told: compiled, and written out with slots for the numbers.

    Gradients are those on paths from `wrt` (default: all declared variables) to the target. It may be run in several
    threads at once. `allow` is shown the plan before it is compiled, and raises what it has
    against it.
    """

    def __init__(
        self,
        graph: Graph,
        target: str | None = None,
        dtype: Any = "float64",
        notation: Notation | None = None,
        allow: Callable[[Plan], None] | None = None,
        wrt: Iterable[str] | None = None,
    ) -> None:
        with building():
            self.results = wanted = passes(graph, target, wrt, trace=True)
            self.plan = Plan(outputs_of(wanted.groups), graph.leaves(), dtype, graph.operators)
            if allow:
                allow(self.plan)
            self.function = Function(graph, self.plan, wanted.groups)
        self.contributions = [contribution for contribution, _ in wanted.contributions]
        self.slopes = wanted.gradients
        self.counts = Counter(contribution.variable for contribution in self.contributions)
        super().__init__(graph, target, dtype, notation)
        self.brief = len(graph.operators) > MAX_EQUATIONS
        self.fixed = set(graph.operators)

    def __repr__(self) -> str:
        return f"Structure({len(self.graph.operators)} operators, target={self.target_name!r})"

    @cached_property
    def portable(self) -> dict[str, Any]:
        """The run as a list of calls for another machine's kernels."""
        return portable(self.plan, self.results.values, self.results.gradients, self.results.parts)

    def to_dict(self) -> dict[str, Any]:
        """The structure as JSON-ready data."""
        with building():
            return {
                "target": self.target_name,
                "graph": linked(self.nodes, self.edges),
                "scopes": [
                    scope | {way: [s.to_dict() for s in scope[way]] for way in ("forward", "backward")}
                    for scope in self.scopes
                ],
                "forward": [step.to_dict() for step in self.forward],
                "backward": [step.to_dict() for step in self.backward],
                "costs": {
                    "operators": len(self.plan.operators),
                    "flops": {"forward": self.plan.forward_flops, "backward": self.plan.backward_flops},
                    "peak_bytes": self.plan.peak_bytes,
                },
                "plan": self.portable,
            }

    # Graph

    @cached_property
    def nodes(self) -> list[dict[str, Any]]:
        """The graph's variables and operators, in the order of the program."""
        nodes: list[dict[str, Any]] = []
        for name, variable in self.graph.variables.items():
            if variable.leaf is not None:
                nodes.append(self.variable_node(name, variable))
        for operator in self.graph.operators:
            nodes.append(self.operator_node(operator))
            nodes += [self.variable_node(self.graph.names[v], v) for v in operator.outputs]
        return nodes

    def variable_node(self, name: str, variable: Variable) -> dict[str, Any]:
        """A square of the picture, and whether it is on a path to the target."""
        return super().variable_node(name, variable) | {"differentiated": name in self.slopes}

    @cached_property
    def edges(self) -> list[dict[str, Any]]:
        """From variables to operators and back; `key` is the input's port or the output's number."""
        found = []
        for operator in self.graph.operators:
            this = self.ids[operator]
            for port, variable in enumerate(operator.inputs):
                if variable.literal is None:
                    found.append({"source": self.graph.names[variable], "target": this, "key": port})
            for index, variable in enumerate(operator.outputs):
                found.append({"source": this, "target": self.graph.names[variable], "key": index})
        return found

    # Steps

    @cached_property
    def forward(self) -> list[Step]:
        """One step for every operator, in topological order."""
        return [self.forward_step(o) for o in self.graph.operators]

    @cached_property
    def spoken(self) -> Mapping[Variable, str]:
        """What sentences call a variable: its name, or, where the program gives none, what its square shows."""
        if self.brief:
            return self.graph.names
        return spoken(self.graph, self.notation)

    def forward_step(self, operator: Operator) -> Step:
        inputs = [self.graph.names[v] for v in operator.inputs if v.literal is None]
        return Step(
            phase="forward",
            kind="operator",
            operator=self.ids[operator],
            scope=self.graph.scope_ids[operator.origin.scope],
            inputs=list(dict.fromkeys(inputs)),
            outputs=[self.graph.names[v] for v in operator.outputs],
            equation={} if self.brief else self.forward_equation(operator),
            message=sentence(operator, self.spoken),
        )

    def forward_equation(self, operator: Operator) -> dict[str, str]:
        right = applied(operator, [self.notation.operand(v) for v in operator.inputs]).text
        numbers = applied(operator, [self.operand(v) for v in operator.inputs]).text
        result = ", ".join(self.value(v).text for v in operator.outputs)
        shown = operator.outputs[0] in self.notation.expressions
        symbolic = right if shown else f"{self.outputs_latex(operator.outputs)} = {right}"
        return {"symbolic": symbolic, "numeric": f"{numbers} = {result}"}

    def outputs_latex(self, outputs: Sequence[Variable]) -> str:
        return ", ".join(self.notation.symbols[v].text for v in outputs)

    def value(self, variable: Variable) -> Tex:
        """The place of a value."""
        return value_slot(self.graph.names[variable], variable)

    def gradient(self, variable: Variable) -> Tex:
        """The place of a gradient."""
        return slot(f"g:{self.graph.names[variable]}", not variable.shape)

    def operand(self, variable: Variable) -> Tex:
        """An operand as the place of its numbers; a literal's digits are known."""
        return self.notation.operand(variable) if variable.literal is not None else self.value(variable)

    @cached_property
    def backward(self) -> list[Step]:
        """The seed, the contributions in the order in which they arise, and the sums; empty without a target."""
        if self.target is None:
            return []
        seed = self.graph.names[self.target]
        one = self.notation.derivative(self.target, self.target)
        steps = [
            Step(
                phase="backward",
                kind="seed",
                operator=None,
                scope="",
                inputs=[seed],
                outputs=[],
                equation={"symbolic": f"{one} = 1", "numeric": f"{one} = 1", "chain": f"{one} = 1"},
                message=Message("step-seed", variable=seed),
                variable=seed,
                final=True,
            )
        ]
        seen: dict[Variable, list[tuple[Variable, int, Shown | None]]] = {}
        for number, contribution in enumerate(self.contributions):
            variable = contribution.variable
            earlier = seen.setdefault(variable, [])
            shown = None if self.brief else self.product(contribution)
            steps.append(self.contribution_step(contribution, number, shown, len(earlier)))
            earlier.append((self.through(contribution.operator), number, shown))
            if len(earlier) == self.counts[variable] > 1:
                steps.append(self.sum_step(variable, earlier))
        return steps

    def through(self, operator: Operator) -> Variable:
        """The output of an operator that a gradient comes from."""
        for variable in operator.outputs:
            if self.graph.names[variable] in self.slopes:
                return variable
        return operator.outputs[0]

    def slope(self, variable: Variable) -> tuple[Variable, Tex]:
        """A stand-in for a variable's gradient, and its symbol: the number itself where it is known to be one."""
        assert self.target is not None
        known = self.slopes[self.graph.names[variable]]
        if known.literal is not None:
            return literal(known.literal), Tex("1")
        return leaf(variable.shape, "constant"), Tex(self.notation.derivative(self.target, variable), POWER)

    def product(self, contribution: Contribution) -> Shown | None:
        """One contribution as an expression of what flows in: symbols, and places of numbers."""
        operator = contribution.operator
        stand_ins: StandIns = {}
        received: list[Variable | None] = []
        for output in operator.outputs:
            name = self.graph.names[output]
            if name not in self.slopes:
                received.append(None)
                continue
            stand_in, tex = self.slope(output)
            stand_ins[stand_in] = (tex, name)
            received.append(stand_in)
        ((_, value),) = products(operator, received, [contribution.port])
        value = fit(value, contribution.variable.shape)
        value = simplify([value], fixed=self.fixed, local=True)[value]
        return self.derivative(value, stand_ins)

    def derivative(self, value: Variable, stand_ins: StandIns) -> Shown | None:
        """An expression of gradients in symbols and with places of numbers; None if it is too long to read."""
        symbols = self.symbols(value, {v: tex for v, (tex, _) in stand_ins.items()})
        if symbols is None:
            return None
        known = {v: self.gradient(self.graph.variables[name]) for v, (_, name) in stand_ins.items()}
        numbers = self.numbers(value, known)
        return None if numbers is None else (symbols, numbers)

    def symbols(self, value: Variable, known: Mapping[Variable, Tex]) -> str | None:
        """An expression in symbols; None if it is too long to read."""
        return self.expressed(value, lambda v: known.get(v) or self.notation.symbols.get(v))

    def numbers(self, value: Variable, known: Mapping[Variable, Tex]) -> str | None:
        """An expression with places of numbers; None if it is too long to read."""

        def number(variable: Variable) -> Tex | None:
            if variable in known:
                return known[variable]
            return self.value(variable) if variable in self.graph.names else None

        return self.expressed(value, number)

    def expressed(self, value: Variable, symbol: Symbol) -> str | None:
        if value.operator is None or value in self.notation.symbols:
            written = symbol(value) or expression(value, symbol)
        else:
            written = expression(value, symbol, EXPANDED)
        return None if written is None else written.text

    def contribution_step(self, contribution: Contribution, number: int, shown: Shown | None, index: int) -> Step:
        operator, variable = contribution.operator, contribution.variable
        return self.gradient_step(
            operator=self.ids[operator],
            scope=self.graph.scope_ids[operator.origin.scope],
            variable=variable,
            through=self.through(operator),
            inputs=[self.graph.names[v] for v in operator.inputs if v.literal is None],
            parts=(number,),
            shown=shown,
            index=index,
            count=self.counts[variable],
            what=called(operator.op.name),
            change=how(operator, contribution.port, self.graph.names),
            way=phrase(how(operator, contribution.port, self.spoken)),
        )

    def gradient_step(
        self,
        *,
        operator: str,
        scope: str,
        variable: Variable,
        through: Variable,
        inputs: list[str],
        parts: tuple[int, ...],
        shown: Shown | None,
        index: int,
        count: int,
        what: Parameter,
        change: dict[str, str] | None = None,
        way: Message | None = None,
    ) -> Step:
        """A step in which gradient reaches `variable` through the output `through` of an operator or closed scope."""
        assert self.target is not None
        name, via = self.graph.names[variable], self.graph.names[through]
        equation: dict[str, str] = {}
        if not self.brief:
            left = whole = self.notation.derivative(self.target, variable)
            if count > 1:
                left = rf"\left.{left}\right|_{{{self.notation.symbols[through].text}}}"
            chain = self.prod(through, variable)
            result = part_slot(parts, variable).text
            term = shown[0] if shown else chain
            equation = {
                "symbolic": f"{left} = {term}",
                "numeric": f"{shown[1]} = {result}" if shown else f"{left} = {result}",
                "bare": left,
                "chain": f"{left} = {chain}",
                "left": whole,
                "term": enclosed(term) if count > 1 else term,
                "prod": chain,
                "result": result,
            }
        met: Parameter = Message("step-way", way=way) if way else ""
        place: dict[str, int] = {"index": index + 1, "count": count} if count > 1 else {}
        flowing, reached, goal = (self.spoken[v] for v in (through, variable, self.target))
        flows: dict[str, Parameter] = {
            "through": flowing,
            "operator": what,
            "variable": reached,
            "target": goal,
            "slope": f"d{goal}/d{reached}"
            if reached.replace("_", "").replace(".", "").isalnum()
            else f"d{goal}/d({reached})",
            "way": met,
        }
        return Step(
            phase="backward",
            kind="contribution",
            operator=operator,
            scope=scope,
            inputs=list(dict.fromkeys([via, *inputs])),
            outputs=[],
            equation=equation,
            message=Message("step-part" if place else "step-contribution", **flows, **place),
            variable=name,
            through=via,
            parts=parts,
            index=index,
            count=count,
            final=count == 1,
            how=change,
        )

    def prod(self, through: Variable, variable: Variable) -> str:
        r"""The chapter's \operatorname{prod}(dJ/dY, dY/dX); of numbers, and arrays of one, the plain product."""
        assert self.target is not None
        above, below = (self.notation.symbols[v].after(SIGN) for v in (through, variable))
        inner = rf"\frac{{\partial {above}}}{{\partial {below}}}"
        if through.size == variable.size == 1:
            return rf"{self.notation.derivative(self.target, through)} \cdot {inner}"
        return rf"\operatorname{{prod}}\left({self.notation.derivative(self.target, through)}, {inner}\right)"

    def sum_step(self, variable: Variable, parts: Sequence[tuple[Variable, int, Shown | None]]) -> Step:
        assert self.target is not None
        name = self.graph.names[variable]
        sources = [self.graph.names[through] for through, _, _ in parts]
        equation: dict[str, str] = {}
        if not self.brief:
            left = self.notation.derivative(self.target, variable)
            shown = [
                (self.prod(t, variable), s[0] if s else self.prod(t, variable), part_slot((n,), variable).text)
                for t, n, s in reversed(parts)
            ]
            chain, terms, digits = (plus(column) for column in zip(*shown, strict=True))
            result = self.gradient(variable).text
            equation = {
                "symbolic": f"{left} = {terms}",
                "numeric": f"{digits} = {result}",
                "chain": f"{left} = {chain}",
                "left": left,
                "result": result,
            }
        return Step(
            phase="backward",
            kind="sum",
            operator=None,
            scope=self.scope_id(variable),
            inputs=sources,
            outputs=[],
            equation=equation,
            message=Message(
                "step-sum",
                variable=self.spoken[variable],
                count=len(parts),
                names=listed([self.spoken[through] for through, _, _ in parts]),
            ),
            variable=name,
            index=len(parts),
            count=len(parts),
            final=True,
        )

    # Scopes

    @cached_property
    def scopes(self) -> list[dict[str, Any]]:
        """Every scope with its own steps, parents first."""
        return [self.scope(name, inside) for name, inside in self.insides().items()]

    def scope(self, name: str, inside: Inside) -> dict[str, Any]:
        """A scope as a circle, with its steps."""
        steps = {"forward": [self.scope_forward(name, inside)], "backward": self.scope_backward(name, inside)}
        return super().scope(name, inside) | steps

    def scope_forward(self, name: str, inside: Inside) -> Step:
        scope, inputs, outputs, called = inside.scope, inside.inputs, inside.outputs, inside.called
        equation: dict[str, str] = {}
        if not self.brief:
            known = set(inputs)
            equation["symbolic"] = f"{self.outputs_latex(outputs)} = {called}"
            if len(outputs) == 1:
                symbols = {v: self.notation.symbols[v] for v in inputs}
                shown = expression(outputs[0], symbols.get, EXPANDED)
                numbers = expression(outputs[0], lambda v: self.value(v) if v in known else None, EXPANDED)
                if shown is not None and shown.text != called:
                    equation["symbolic"] += f" = {shown.text}"
                result = self.value(outputs[0]).text
                equation["numeric"] = f"{numbers.text} = {result}" if numbers is not None else f"{called} = {result}"
            else:
                results = ", ".join(self.value(v).text for v in outputs)
                equation["numeric"] = f"{self.outputs_latex(outputs)} = {results}"
        names = [self.graph.names[v] for v in outputs]
        sources = [self.graph.names[v] for v in inputs]
        given = [self.spoken[v] for v in self.given_to(scope, inputs)]
        return Step(
            phase="forward",
            kind="operator",
            operator=name,
            scope=self.graph.scope_ids[scope.parent],
            inputs=sources,
            outputs=names,
            equation=equation,
            message=self.scope_message(scope, [self.spoken[v] for v in outputs], given),
        )

    def scope_message(self, scope: Scope, outputs: Sequence[str], given: Sequence[str]) -> Message:
        """What a scope does, in one sentence."""
        results: dict[str, Parameter] = {"outputs": listed(outputs) if outputs else ""}
        if scope.kind == "operator" and scope.op is not None:
            names = self.spoken
            what = made_by(scope.op, scope.operands, scope.attributes, names)
            return Message("step-composites" if len(outputs) > 1 else "step-composite", what=what, **results)
        source: Parameter = Message("step-from", names=listed(given)) if given else ""
        if scope.kind == "loop":
            return Message("step-loop", name=scope.name, count=scope.attributes["count"], source=source, **results)
        return Message(f"step-{scope.kind}", name=turn(scope), source=source, **results)

    @cached_property
    def arrivals(self) -> dict[Operator, list[tuple[int, int, Variable]]]:
        """The contributions through every operator: which of its variable's it is, its number, the variable."""
        found: dict[Operator, list[tuple[int, int, Variable]]] = {}
        places: Counter[Variable] = Counter()
        for number, contribution in enumerate(self.contributions):
            variable = contribution.variable
            found.setdefault(contribution.operator, []).append((places[variable], number, variable))
            places[variable] += 1
        return found

    def scope_backward(self, name: str, inside: Inside) -> list[Step]:
        """The backward steps of a closed scope: one for each variable that it reads, all inner paths in one."""
        if self.target is None:
            return []
        scope = inside.scope
        parts: dict[Variable, list[int]] = {}
        first: dict[Variable, int] = {}
        for operator in reversed(inside.operators):
            for place, number, variable in self.arrivals.get(operator, ()):
                parts.setdefault(variable, []).append(number)
                first.setdefault(variable, place)
        received = [v for v in inside.outputs if self.graph.names[v] in self.slopes]
        wanted = [v for v in inside.inputs if v in parts]
        if not received or not wanted:
            return []
        shown: dict[Variable, Shown | None] = {}
        if not self.brief and len(inside.operators) <= MAX_DERIVED:
            shown = self.derived(inside.operators, received, wanted)
        looping = scope.kind in ("loop", "iteration")
        what = Message(f"name-{scope.kind}", name=turn(scope)) if looping else called(scope.name)
        return [
            self.gradient_step(
                operator=name,
                scope=self.graph.scope_ids[scope.parent],
                variable=v,
                through=received[-1],
                inputs=[self.graph.names[i] for i in inside.inputs],
                parts=tuple(parts[v]),
                shown=shown.get(v),
                index=first[v],
                count=1 + self.counts[v] - len(parts[v]),
                what=what,
            )
            for v in reversed(wanted)
        ]

    def derived(
        self, operators: list[Operator], received: Sequence[Variable], wanted: Sequence[Variable]
    ) -> dict[Variable, Shown | None]:
        """The gradients of what a closed scope reads as expressions of those of what it hands out."""
        slopes = {v: self.slope(v) for v in received}
        stand_ins: StandIns = {s: (tex, self.graph.names[v]) for v, (s, tex) in slopes.items()}
        back = pullback(operators, {v: s for v, (s, _) in slopes.items()}, wanted).gradients
        reached = [v for v in wanted if v in back]
        made = simplify([back[v] for v in reached], fixed=self.fixed, local=True)
        return {v: self.derivative(made[back[v]], stand_ins) for v in reached}


def part_slot(parts: Iterable[int], variable: Variable) -> Tex:
    """The place of a contribution, or of the sum of several."""
    return slot(f"c:{'+'.join(map(str, parts))}", not variable.shape)
