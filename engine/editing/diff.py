"""What an edit changes in a graph: nodes added, removed and changed between two programs.

For exercise 2, "add a bias to the hidden layer", and every edit like it: the picture moves to the new graph and marks
what is new. Variables that keep their name are the same node, whatever happened around them; operators and unnamed
variables are matched by what they compute, so that a line inserted above changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from tidegraph.engine.autodiff.simplify import frozen
from tidegraph.engine.graph import Graph, Operator, Variable

if TYPE_CHECKING:
    from tidegraph.engine.trace.tracer import Trace


@dataclass(frozen=True, slots=True)
class Change:
    """A node that is in both graphs and not the same. `reasons` are words such as `shape` or `inputs`."""

    before: str
    after: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """Node ids as in a trace. `same` and `changed` tie nodes of the old graph to those of the new one.

    `downstream` are nodes of the new graph that are themselves as before, but whose values follow from a change.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Change, ...]
    same: dict[str, str]
    downstream: tuple[str, ...]

    @property
    def empty(self) -> bool:
        return not (self.added or self.removed or self.changed)

    @property
    def text(self) -> str:
        """The difference in a sentence."""
        if self.empty:
            return "Nothing changed."
        parts = []
        for nodes, word in ((self.added, "added"), (self.removed, "removed")):
            if nodes:
                parts.append(f"{', '.join(nodes)} {word}")
        parts += [f"{c.after} changed ({', '.join(c.reasons)})" for c in self.changed]
        return "; ".join(parts) + "."


def diff(before: Graph, after: Graph) -> GraphDiff:
    """The difference between two graphs."""
    return Comparison(before, after).result()


class Comparison:
    """Two graphs whose variables and operators are matched one to one."""

    def __init__(self, before: Graph, after: Graph) -> None:
        self.before = before
        self.after = after
        self.variables: dict[Variable, Variable] = {}
        self.operators: dict[Operator, Operator] = {}
        self._taken: set[Operator] = set()
        for name, variable in self.steady(before).items():
            other = self.steady(after).get(name)
            if other is not None:
                self.variables[variable] = other
        self.by_names()
        self.by_structure()
        self.by_sequence()

    @staticmethod
    def steady(graph: Graph) -> dict[str, Variable]:
        """The variables that the program itself names."""
        return {name: v for name, v in graph.variables.items() if v in graph.named or v in graph.local or v.leaf}

    def pair(self, old: Operator, new: Operator) -> None:
        """Two operators are one node, and so are their outputs that have no other partner."""
        self.operators[old] = new
        self._taken.add(new)
        partners = set(self.variables.values())
        for a, b in zip(old.outputs, new.outputs, strict=False):
            if a not in self.variables and b not in partners:
                self.variables[a] = b

    def by_names(self) -> None:
        """Operators of one kind that compute variables of the same name."""
        for old in self.before.operators:
            new = next((self.variables[v].operator for v in old.outputs if v in self.variables), None)
            if new is not None and new.op.name == old.op.name and new not in self._taken:
                self.pair(old, new)

    def by_structure(self) -> None:
        """Operators that do the same to the same operands, forward from the leaves."""
        waiting: dict[Any, list[Operator]] = {}
        for operator in self.after.operators:
            if operator not in self._taken:
                waiting.setdefault(self.signature(operator, {}), []).append(operator)
        for old in self.before.operators:
            if old in self.operators:
                continue
            found = waiting.get(self.signature(old, self.variables), [])
            while found and found[0] in self._taken:
                found.pop(0)
            if found:
                self.pair(old, found.pop(0))

    def signature(self, operator: Operator, partners: Mapping[Variable, Variable]) -> Any:
        """What an operator does to which operands, in the new graph's variables."""
        operands = tuple(frozen(v.literal) if v.literal is not None else partners.get(v, v) for v in operator.inputs)
        return operator.op.name, operands, frozen(dict(operator.attributes))

    def by_sequence(self) -> None:
        """What is left, where it stands in the same order inside the same scope."""
        old = [o for o in self.before.operators if o not in self.operators]
        new = [o for o in self.after.operators if o not in self._taken]
        kinds = [(o.op.name, self.before.scope_ids[o.origin.scope]) for o in old]
        others = [(o.op.name, self.after.scope_ids[o.origin.scope]) for o in new]
        for block in SequenceMatcher(None, kinds, others, autojunk=False).get_matching_blocks():
            for i in range(block.size):
                self.pair(old[block.a + i], new[block.b + i])

    def result(self) -> GraphDiff:
        """The matches as node ids."""
        before, after = self.before, self.after
        same: dict[str, str] = {}
        changed: list[Change] = []
        touched: set[Variable] = set()
        for a, b in self.variables.items():
            self.note(before.names[a], after.names[b], self.variable_reasons(a, b), same, changed)
            if a.leaf is not None and b.leaf is not None and self.variable_reasons(a, b):
                touched.add(b)
        for o, p in self.operators.items():
            reasons = self.operator_reasons(o, p)
            self.note(before.id_of(o), after.id_of(p), reasons, same, changed)
            if reasons:
                touched.update(p.outputs)
        added = nodes(after, set(self.variables.values()), set(self.operators.values()))
        removed = nodes(before, set(self.variables), set(self.operators))
        fresh = set(self.operators.values())
        touched.update(v for o in after.operators if o not in fresh for v in o.outputs)
        marked = {c.after for c in changed} | set(added)
        return GraphDiff(added, removed, tuple(changed), same, self.follows(touched, marked))

    def note(self, a: str, b: str, reasons: Sequence[str], same: dict[str, str], changed: list[Change]) -> None:
        """Sort one match into the same or the changed."""
        if reasons:
            changed.append(Change(a, b, tuple(reasons)))
        else:
            same[a] = b

    def variable_reasons(self, a: Variable, b: Variable) -> list[str]:
        """In what a variable differs from its partner; that its operator is another shows at the operator."""
        found = ["shape"] if a.shape != b.shape else []
        if (a.leaf is None) != (b.leaf is None):
            found.append("role")
        elif a.leaf is not None and b.leaf is not None:
            if a.leaf.role != b.leaf.role:
                found.append("role")
            if frozen(a.leaf.initial) != frozen(b.leaf.initial):
                found.append("value")
        elif a.operator is not None and self.operators.get(a.operator) is not b.operator:
            found.append("operator")
        return found

    def operator_reasons(self, o: Operator, p: Operator) -> list[str]:
        """In what an operator differs from its partner."""
        found = []
        if frozen(dict(o.attributes)) != frozen(dict(p.attributes)):
            found.append("attributes")
        operands = [frozen(v.literal) if v.literal is not None else self.variables.get(v) for v in o.inputs]
        if operands != [frozen(v.literal) if v.literal is not None else v for v in p.inputs]:
            found.append("inputs")
        return found

    def follows(self, touched: set[Variable], marked: set[str]) -> tuple[str, ...]:
        """The nodes of the new graph that are as before and that a change reaches."""
        reached = set(touched)
        found = []
        for operator in self.after.operators:
            if any(v in reached for v in operator.inputs):
                reached.update(operator.outputs)
                found.append(self.after.id_of(operator))
            found += [self.after.names[v] for v in operator.outputs if v in reached]
        return tuple(name for name in found if name not in marked)


def nodes(graph: Graph, variables: Iterable[Variable], operators: Iterable[Operator]) -> tuple[str, ...]:
    """The ids of all nodes but the given ones, in the order of the graph."""
    known, run = set(variables), set(operators)
    found = [name for name, v in graph.variables.items() if v not in known]
    return (*found, *(graph.id_of(o) for o in graph.operators if o not in run))


@dataclass(frozen=True, slots=True)
class Equation:
    """The equation of one variable, or of its gradient, before and after an edit; None on the side that has none."""

    variable: str
    before: str | None
    after: str | None


def equations(found: GraphDiff, before: Trace, after: Trace) -> tuple[list[Equation], list[Equation]]:
    """What an edit changes in the equations of the two passes: forward, and backward from the target.

    Forward equations are those of variables with a name; an expression without one is told where it is used.
    """
    partners = {new: old for old, new in found.same.items()} | {c.after: c.before for c in found.changed}
    beside = []
    for told in (forward_equations, backward_equations):
        old, new = told(before), told(after)
        rows = [Equation(name, old.pop(partners.get(name, ""), None), text) for name, text in new.items()]
        rows += [Equation(name, text, None) for name, text in old.items()]
        beside.append([row for row in rows if row.before != row.after])
    return beside[0], beside[1]


def forward_equations(trace: Trace) -> dict[str, str]:
    """The equations of the forward pass by the variable that they give."""
    texts = ((step.outputs[0], step.equation.get("symbolic", "")) for step in trace.forward if step.outputs)
    return {name: text for name, text in texts if " = " in text}


def backward_equations(trace: Trace) -> dict[str, str]:
    """The equations of whole gradients by their variable."""
    return {s.variable: s.equation.get("symbolic", "") for s in trace.backward if s.final and s.variable is not None}
