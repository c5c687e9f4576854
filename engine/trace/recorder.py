"""A run recorded: the graph with its numbers, and one step with its equation for every operator and contribution.

A step of the forward pass is one operator. A step of the backward pass is one contribution to a gradient, the
chapter's `prod`, or the sum of a variable's contributions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any, Self, TypeVar

import numpy as np

from tidegraph.engine.autodiff.reverse import Contribution, products
from tidegraph.engine.autodiff.simplify import simplify
from tidegraph.engine.graph import Graph, Operator, Scope, Variable, building, leaf, literal
from tidegraph.engine.notation.latex import Notation, Symbol, applied, array_latex, expression
from tidegraph.engine.ops.latex import POWER, PRODUCT, SIGN, Tex
from tidegraph.engine.ops.shape import fit
from tidegraph.engine.runtime.function import Function
from tidegraph.engine.runtime.plan import Plan, outputs_of, passes
from tidegraph.engine.runtime.values import initial_values
from tidegraph.engine.trace.phrases import how, phrase
from tidegraph.engine.trace.steps import Step, join, plain_attribute, plus, sentence

T = TypeVar("T")

MAX_EQUATIONS = 4000
"""Operators above which a trace carries no equations; values and steps stay complete."""

EXPANDED = 40
"""Symbols that the equation of a closed scope may have before it is cut to its first form."""

Shown = tuple[str, str]
"""An expression in symbols and in numbers."""

StandIns = dict[Variable, tuple[Tex, str]]
"""What stands in an expression for the gradient of a variable: its symbol, and the variable's name."""

Derived = tuple[Variable, StandIns, str | None]


# Signs that stand between two operands, and how they are written beside a constant.
INFIX = {sign: sign for sign in ("+", "-", "<", ">", r"\le", r"\ge", "=", r"\ne", r"\div")} | {r"\odot": r"\times"}


class Recorder:
    """A graph ready to be recorded: compiled, and written out as far as no number is needed. `run` gives it numbers.

    It may run in several threads at once; what one run writes out without numbers, the next ones find. `allow` is shown
    the plan before it is compiled, and raises what it has against it.
    """

    values: dict[str, np.ndarray]
    gradients: dict[str, np.ndarray]
    arrays: dict[Variable, np.ndarray]
    contributions: list[tuple[Contribution, np.ndarray]]
    arrivals: dict[Operator, list[tuple[int, Variable, np.ndarray]]]
    _digits: dict[int, tuple[np.ndarray, Tex]]

    def __init__(
        self,
        graph: Graph,
        target: str | None = None,
        dtype: Any = "float64",
        notation: Notation | None = None,
        allow: Callable[[Plan], None] | None = None,
    ) -> None:
        self.graph = graph
        with building():
            wanted = passes(graph, target, trace=True)
            parts = {str(number): v for number, (_, v) in enumerate(wanted.contributions)}
            groups = (wanted.values, wanted.gradients, parts)
            self.plan = Plan(outputs_of(groups), graph.leaves(), dtype, graph.operators)
            if allow:
                allow(self.plan)
            self.function = Function(graph, self.plan, groups)
        self.paths = [contribution for contribution, _ in wanted.contributions]
        self.slopes = wanted.gradients
        self.writing = (4, False)
        """Significant digits of the numbers in equations, and whether all have a power of ten."""
        self.counts = Counter(contribution.variable for contribution in self.paths)
        self.target = (
            None if not wanted.gradients and target is None and graph.target is None else graph.resolve_target(target)
        )
        self.notation = notation or Notation(graph)
        self.brief = len(graph.operators) > MAX_EQUATIONS
        self.ids = {o: graph.id_of(o) for o in graph.operators}
        self.fixed = set(graph.operators)
        self.scope_of = self.homes()
        self._written: dict[Any, Any] = {}

    def run(self, values: Mapping[str, Any], seed: int = 0) -> Self:
        """The same with the numbers of one run in it; what is not given is drawn from the seed."""
        made = copy(self)
        made._digits = {}
        if any(name not in values for name in self.plan.leaves):
            values = {**initial_values(self.graph, seed), **values}
        made.values, made.gradients, parts = self.function(values)
        made.arrays = {v: made.values[n] for n, v in self.graph.variables.items()}
        made.contributions = list(zip(self.paths, parts.values(), strict=True))
        made.arrivals = {}
        places: Counter[Variable] = Counter()
        for contribution, array in made.contributions:
            arrived = made.arrivals.setdefault(contribution.operator, [])
            arrived.append((places[contribution.variable], contribution.variable, array))
            places[contribution.variable] += 1
        return made

    def once(self, key: Any, write: Callable[[], T]) -> T:
        """What `write` writes without numbers, which the next run finds under `key`."""
        if key not in self._written:
            self._written[key] = write()
        return self._written[key]

    def digits(self, array: np.ndarray) -> Tex:
        """An array's numbers; the same array appears in many equations and is written once."""
        known = self._digits.get(id(array))
        if known is None or known[0] is not array:
            known = self._digits[id(array)] = (array, array_latex(array, *self.writing))
        return known[1]

    # Graph

    def chain(self, scope: Scope | None) -> list[Scope | None]:
        """A scope and those around it, outermost first."""
        found: list[Scope | None] = []
        while scope is not None:
            found.append(scope)
            scope = scope.parent
        return [None, *reversed(found)]

    def homes(self) -> dict[Variable, Scope | None]:
        """The scope that each variable is drawn in: the innermost one that holds everything that touches it."""
        touching: dict[Variable, list[Scope | None]] = {}
        for operator in self.graph.operators:
            for variable in {*operator.inputs, *operator.outputs}:
                touching.setdefault(variable, []).append(operator.origin.scope)
        homes: dict[Variable, Scope | None] = {}
        for variable in self.graph.variables.values():
            around = touching.get(variable, [None])
            if variable in self.graph.local:
                around = [*around, self.graph.local[variable][0]]
            elif variable in self.graph.named and not self.sinks(variable):
                around = [*around, self.named_in(variable)]
            chains = [self.chain(s) for s in around]
            common: Scope | None = None
            for level in zip(*chains, strict=False):
                if len(set(level)) > 1:
                    break
                common = level[0]
            homes[variable] = common
        return homes

    def sinks(self, variable: Variable) -> bool:
        return variable.leaf is not None and variable.leaf.role == "constant"

    def named_in(self, variable: Variable) -> Scope | None:
        """Where a name of the top level was given: inside an iteration, or outside of everything, as the target is."""
        if variable is self.target:
            return None
        scope = variable.operator.origin.scope if variable.operator else variable.leaf.scope if variable.leaf else None
        inside = [s for s in self.chain(scope) if s is not None]
        home = None
        for s in inside:
            if s.kind not in ("loop", "iteration"):
                break
            home = s
        return home

    def scope_id(self, variable: Variable) -> str:
        return self.graph.scope_ids[self.scope_of[variable]]

    def nodes(self) -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = []
        for name, variable in self.graph.variables.items():
            if variable.leaf is not None:
                nodes.append(self.variable_node(name, variable))
        for operator in self.graph.operators:
            nodes.append(self.operator_node(operator))
            nodes += [self.variable_node(self.graph.names[v], v) for v in operator.outputs]
        return nodes

    def variable_node(self, name: str, variable: Variable) -> dict[str, Any]:
        line = (
            variable.leaf.line
            if variable.leaf is not None
            else variable.operator.origin.line
            if variable.operator
            else 0
        )
        return {
            "id": name,
            "kind": "variable",
            "role": variable.leaf.role if variable.leaf is not None else "intermediate",
            "latex": self.notation.symbols[variable].text,
            "shape": list(variable.shape),
            "dtype": str(self.plan.dtype_of(variable)),
            "value": self.values[name],
            "gradient": self.gradients.get(name),
            "named": variable in self.notation.named,
            "scope": self.scope_id(variable),
            "line": line,
        }

    def operator_node(self, operator: Operator) -> dict[str, Any]:
        return dict(self.once(("node", operator), lambda: self.circle_of(operator)))

    def circle_of(self, operator: Operator) -> dict[str, Any]:
        literals = {str(p): plain_attribute(v.literal) for p, v in enumerate(operator.inputs) if v.literal is not None}
        expressed = applied(operator, [self.notation.operand(v) for v in operator.inputs])
        return {
            "id": self.ids[operator],
            "kind": "operator",
            "op": operator.op.name,
            "symbol": self.circle(operator),
            "latex": expressed.text,
            "attributes": {k: plain_attribute(v) for k, v in operator.attributes.items()},
            "literals": literals,
            "flops": operator.op.flops(operator),
            "scope": self.graph.scope_ids[operator.origin.scope],
            "line": operator.origin.line,
        }

    def circle(self, operator: Operator) -> str:
        """Short LaTeX for inside the circle; a literal operand is part of it: (·)^2, not a power of something."""
        name, symbol = operator.op.name, str(operator.op.symbol)
        shown = [v.literal is not None for v in operator.inputs]
        if name == "multiply" and not any(shown) and not all(v.shape for v in operator.inputs):
            return r"\cdot"
        if len(shown) != 2 or not any(shown):
            return symbol
        constant = self.notation.operand(operator.inputs[shown.index(True)]).text
        left, right = (constant, r"\cdot") if shown[0] else (r"\cdot", constant)
        if name == "power":
            return rf"{constant}^{{(\cdot)}}" if shown[0] else rf"(\cdot)^{{{constant}}}"
        if name in ("maximum", "minimum"):
            return rf"{symbol}\left({left},\,{right}\right)"
        if symbol not in INFIX:
            return symbol
        sign = INFIX[symbol]
        return rf"{constant}\,{sign}" if shown[0] else rf"{sign}\,{constant}"

    def edges(self) -> list[dict[str, Any]]:
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

    def forward_step(self, operator: Operator) -> Step:
        inputs = [self.graph.names[v] for v in operator.inputs if v.literal is None]
        outputs = [self.graph.names[v] for v in operator.outputs]
        return Step(
            phase="forward",
            kind="operator",
            operator=self.ids[operator],
            scope=self.graph.scope_ids[operator.origin.scope],
            inputs=list(dict.fromkeys(inputs)),
            outputs=outputs,
            equation={} if self.brief else self.forward_equation(operator),
            text=self.once(("text", operator), lambda: sentence(operator, self.graph.names)),
        )

    def forward_equation(self, operator: Operator) -> dict[str, str]:
        symbolic = self.once(("equation", operator), lambda: self.forward_symbols(operator))
        filled = applied(operator, [self.filled(v) for v in operator.inputs]).text
        result = ", ".join(self.digits(self.arrays[v]).text for v in operator.outputs)
        return {"symbolic": symbolic, "numeric": f"{filled} = {result}"}

    def forward_symbols(self, operator: Operator) -> str:
        right = applied(operator, [self.notation.operand(v) for v in operator.inputs]).text
        if operator.outputs[0] in self.notation.expressions:
            return right
        return f"{self.outputs_latex(operator.outputs)} = {right}"

    def outputs_latex(self, outputs: Sequence[Variable]) -> str:
        return ", ".join(self.notation.symbols[v].text for v in outputs)

    def filled(self, variable: Variable) -> Tex:
        """An operand as its numbers."""
        return self.notation.operand(variable) if variable.literal is not None else self.digits(self.arrays[variable])

    def backward_steps(self) -> list[Step]:
        assert self.target is not None
        seed = self.graph.names[self.target]
        one = self.notation.derivative(self.target, self.target)
        steps = [
            Step(
                "backward",
                "seed",
                None,
                "",
                [seed],
                [],
                {"symbolic": f"{one} = 1", "numeric": f"{one} = 1", "chain": f"{one} = 1"},
                f"The derivative of {seed} with respect to itself is 1.",
                variable=seed,
                final=True,
                gradient=self.gradients[seed],
            )
        ]
        seen: dict[Variable, list[tuple[Contribution, np.ndarray, Shown | None]]] = {}
        for contribution, array in self.contributions:
            variable = contribution.variable
            earlier = seen.setdefault(variable, [])
            symbolic = None if self.brief else self.product(contribution)
            steps.append(self.contribution_step(contribution, array, symbolic, len(earlier), self.counts[variable]))
            earlier.append((contribution, array, symbolic))
            if len(earlier) == self.counts[variable] > 1:
                throughs = [self.graph.names[self.through(c.operator)] for c, _, _ in earlier]
                parts = [(self.through(c.operator), a, s) for c, a, s in earlier]
                steps.append(self.sum_step(variable, throughs, parts))
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
        """One contribution as an expression of what flows in: symbols, and numbers."""
        value, stand_ins, symbols = self.once(("product", contribution), lambda: self.factors(contribution))
        return self.filled_in(value, stand_ins, symbols)

    def factors(self, contribution: Contribution) -> Derived:
        """One contribution as an expression, what stands in it for gradients, and the whole in symbols."""
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
        return value, stand_ins, self.symbols(value, {v: tex for v, (tex, _) in stand_ins.items()})

    def symbols(self, value: Variable, known: Mapping[Variable, Tex]) -> str | None:
        """An expression in symbols; None if it is too long to read."""
        return self.expressed(value, lambda v: known.get(v) or self.notation.symbols.get(v))

    def numbers(self, value: Variable, known: Mapping[Variable, np.ndarray]) -> str | None:
        """An expression in numbers; None if it is too long to read."""

        def number(variable: Variable) -> Tex | None:
            array = known.get(variable)
            array = self.arrays.get(variable) if array is None else array
            return None if array is None else self.digits(array)

        return self.expressed(value, number)

    def expressed(self, value: Variable, symbol: Symbol) -> str | None:
        if value.operator is None or value in self.notation.symbols:
            written = symbol(value) or expression(value, symbol)
        else:
            written = expression(value, symbol, EXPANDED)
        return None if written is None else written.text

    def filled_in(self, value: Variable, stand_ins: StandIns, symbols: str | None) -> Shown | None:
        """An expression of gradients in symbols and in numbers."""
        if symbols is None:
            return None
        numbers = self.numbers(value, {v: self.gradients[name] for v, (_, name) in stand_ins.items()})
        return None if numbers is None else (symbols, numbers)

    def contribution_step(
        self, contribution: Contribution, array: np.ndarray, shown: Shown | None, index: int, count: int
    ) -> Step:
        operator, variable = contribution.operator, contribution.variable
        through = self.through(operator)
        inputs = [self.graph.names[v] for v in operator.inputs if v.literal is None]
        return self.gradient_step(
            self.ids[operator],
            self.graph.scope_ids[operator.origin.scope],
            variable,
            through,
            inputs,
            array,
            shown,
            index,
            count,
            operator.op.name,
            how(operator, contribution.port, self.graph.names),
        )

    def gradient_step(
        self,
        operator: str,
        scope: str,
        variable: Variable,
        through: Variable,
        inputs: list[str],
        array: np.ndarray,
        shown: Shown | None,
        index: int,
        count: int,
        what: str,
        told: dict[str, str] | None = None,
    ) -> Step:
        """A step in which gradient reaches `variable` through the output `through` of an operator or closed scope."""
        assert self.target is not None
        name, via, goal = self.graph.names[variable], self.graph.names[through], self.graph.names[self.target]
        equation: dict[str, str] = {}
        if not self.brief:
            left = whole = self.notation.derivative(self.target, variable)
            if count > 1:
                left = rf"\left.{left}\right|_{{{self.notation.symbols[through].text}}}"
            chain = self.prod(through, variable)
            result = self.digits(array).text
            term = shown[0] if shown else chain
            equation = {
                "symbolic": f"{left} = {term}",
                "numeric": f"{shown[1]} = {result}" if shown and shown[1] != result else f"{left} = {result}",
                "chain": f"{left} = {chain}",
                "left": whole,
                "term": rf"\left({term}\right)" if term.startswith("-") and count > 1 else term,
                "prod": chain,
                "result": result,
            }
        text = f"The gradient at {via} flows back through {what} to {name}"
        text += f", {phrase(told)}" if told else ""
        text += f": part {index + 1} of {count} of d{goal}/d{name}." if count > 1 else f": d{goal}/d{name}."
        return Step(
            "backward",
            "contribution",
            operator,
            scope,
            list(dict.fromkeys([via, *inputs])),
            [],
            equation,
            text,
            name,
            via,
            array,
            index,
            count,
            count == 1,
            self.gradients[name] if count == 1 else None,
            told,
        )

    def prod(self, through: Variable, variable: Variable) -> str:
        r"""The chapter's \operatorname{prod}(dJ/dY, dY/dX)."""
        assert self.target is not None
        above, below = self.notation.symbols[through].at(PRODUCT), self.notation.symbols[variable].after(SIGN)
        inner = rf"\frac{{\partial {above}}}{{\partial {below}}}"
        return rf"\operatorname{{prod}}\left({self.notation.derivative(self.target, through)}, {inner}\right)"

    def sum_step(
        self,
        variable: Variable,
        throughs: list[str],
        parts: Sequence[tuple[Variable, np.ndarray, Shown | None]],
    ) -> Step:
        assert self.target is not None
        name = self.graph.names[variable]
        equation: dict[str, str] = {}
        if not self.brief:
            left = self.notation.derivative(self.target, variable)
            shown = [
                (self.prod(t, variable), s[0] if s else self.prod(t, variable), self.digits(a).text)
                for t, a, s in reversed(parts)
            ]
            chain, terms, digits = (plus(column) for column in zip(*shown, strict=True))
            result = self.digits(self.gradients[name]).text
            equation = {
                "symbolic": f"{left} = {terms}",
                "numeric": f"{digits} = {result}",
                "chain": f"{left} = {chain}",
                "left": left,
                "result": result,
            }
        return Step(
            "backward",
            "sum",
            None,
            self.scope_id(variable),
            throughs,
            [],
            equation,
            f"{name} is used {len(parts)} times; its gradient is the sum of what arrives through {join(throughs)}.",
            variable=name,
            index=len(parts),
            count=len(parts),
            final=True,
            gradient=self.gradients[name],
        )
