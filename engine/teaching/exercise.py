"""An exercise: a question on a program, with the right answer and the typical wrong ones as the engine computes them.

What depends on the program alone is compiled once. `Exercise.at` runs it with the numbers of one learner.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from tidegraph.engine.analysis import memory
from tidegraph.engine.autodiff.reverse import reachable
from tidegraph.engine.graph import (
    Graph,
    InputError,
    Operator,
    ProgramError,
    TidegraphError,
    Variable,
    ancestors,
    building,
    literal,
)
from tidegraph.engine.language.parser import parse
from tidegraph.engine.messages.catalogue import Message, Parameter
from tidegraph.engine.notation.latex import Notation, expression
from tidegraph.engine.ops.latex import POWER, Tex
from tidegraph.engine.ops.shape import fit
from tidegraph.engine.runtime.function import Function, function
from tidegraph.engine.runtime.plan import Plan, outputs_of
from tidegraph.engine.runtime.values import checked_value, initial_values
from tidegraph.engine.teaching import moments
from tidegraph.engine.teaching.misconceptions import Alteration, Mistakes, Passed, passed
from tidegraph.engine.teaching.question import TOTALS, Asked, Question, Thing, read
from tidegraph.engine.trace.phrases import spoken
from tidegraph.engine.trace.structure import Structure

Arrays = Mapping[str, np.ndarray]
Need = tuple[str, str]
"""`("value", "z")` or `("gradient", "W1")`: an array that an answer is made of."""

MOST_ELEMENTS = 64
"""Numbers of an array up to which a learner is asked for all of it."""

GRADIENT = re.compile(r"\b(?:gradient|grad)\(\s*([^\W\d]\w*)\s*\)")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A typical wrong answer: what probably happened, where in the graph, and what comes of it."""

    code: str
    answer: Any
    place: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] | None = None

    @property
    def message(self) -> Message:
        """What probably happened, as a sentence."""
        return Message(f"misconception-{self.code}", **(self.parameters or {}))


@dataclass(frozen=True, slots=True)
class Posed:
    """A question with numbers: the right answer and the wrong ones, the most likely first.

    An answer is an array (values, gradients, numbers), a tuple (shapes), one of `+ - 0` (signs), a whole number (paths,
    memory, counts), the id of an operator or scope (next), or the set of right choices (formulas).
    """

    question: Question
    answer: Any
    wrongs: tuple[Wrong, ...]
    values: Arrays
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice: what a response names, and what a learner reads: text, LaTeX or both."""

    id: str
    text: str
    latex: str = ""


class Exercise:
    """A question on a program, ready for any numbers. Raises InputError for one that the program cannot answer."""

    def __init__(self, graph: Graph, question: Question | str, dtype: Any = "float64") -> None:
        self.graph = graph
        self.question = read(question) if isinstance(question, str) else question
        self.dtype = dtype
        asked = self.question.asked
        name = self.question.target
        target = graph.resolve_target(name) if name or graph.target else None
        with building():
            self.passes: Passed | None = passed(graph, target) if target is not None else None
            self.needs, self.finish = self.prepared(asked)
            self.check()
            self.alterations: list[Alteration] = []
            self._function: Function | None = None
            if self.needs:
                self.compile()

    def check(self) -> None:
        """What a question needs of the program."""
        for of, name in self.needs:
            variable = self.graph.find(name)
            if of == "gradient":
                self.gradient(name, variable)
        thing = self.question.asked.thing
        if thing is not None:
            variable = self.graph.find(thing.name)
            if thing.index is not None:
                check_index(thing, variable.shape)
            elif self.question.asked.kind in ("value", "gradient") and variable.size > MOST_ELEMENTS:
                raise InputError("question-too-many-numbers", name=thing.name, count=variable.size, most=MOST_ELEMENTS)
            if self.question.asked.kind == "sign" and thing.index is None and variable.size != 1:
                raise InputError("question-sign-of-array", name=thing.name, shape=variable.shape)
        for hidden in self.question.hide or ():
            if hidden.name != "*":
                self.graph.find(hidden.name)
        for name in self.question.individual or ():
            leaf = self.graph.find(name).leaf
            if leaf is None:
                raise InputError("computed-not-set", name=name, names=list(self.graph.leaves()))

    def gradient(self, name: str, variable: Variable) -> Variable:
        """The gradient of a variable; InputError where there is none."""
        if self.passes is None:
            raise InputError("no-target")
        found = self.passes.back.gradients.get(variable)
        if found is None:
            goal = self.graph.names[self.passes.target]
            raise InputError("question-no-gradient", name=name, target=goal)
        return found

    # What an answer is made of

    def prepared(self, asked: Asked) -> tuple[list[Need], Callable[[Arrays, Arrays], Any]]:
        """The arrays that the answer needs, and the answer from values and gradients."""
        thing = asked.thing
        match asked.kind:
            case "value" | "gradient":
                assert thing is not None
                return [(thing.of, thing.name)], lambda v, g: entry(thing, v, g)
            case "sign":
                assert thing is not None
                return [(thing.of, thing.name)], lambda v, g: sign(entry(thing, v, g))
            case "number":
                return self.expression(asked.text)
            case "formula":
                assert thing is not None
                return [(thing.of, thing.name)], lambda v, g: entry(thing, v, g)
        return [], lambda v, g: None

    def expression(self, text: str) -> tuple[list[Need], Callable[[Arrays, Arrays], Any]]:
        """An expression over values and gradients, in the program language: `sum(W1 ** 2) + gradient(b)`."""
        compiled, needs = self.formula(text)

        def finish(values: Arrays, gradients: Arrays) -> Any:
            given = {"value": values, "gradient": gradients}
            (found,) = compiled({names[need]: given[need[0]][need[1]] for need in needs})
            return found["answer"]

        names = {need: stand_in(need) for need in needs}
        return needs, finish

    def formula(self, text: str) -> tuple[Function, list[Need]]:
        """An expression compiled, and the arrays that it reads."""
        graph, needs = self.formula_graph(text)
        return function(graph, ["answer"]), needs

    def formula_graph(self, text: str) -> tuple[Graph, list[Need]]:
        """An expression as a program of its own, whose inputs are values and gradients."""
        if "\n" in text or len(text) > 1000:
            raise InputError("question-expression", text=text[:80], problem="")
        needs: list[Need] = []
        for name in GRADIENT.findall(text):
            self.graph.find(name)
            if ("gradient", name) not in needs:
                needs.append(("gradient", name))
        body = GRADIENT.sub(lambda m: stand_in(("gradient", m[1])), text)
        words = dict.fromkeys(re.findall(r"(?<![\w.])[^\W\d]\w*(?!\w*\s*\()", body))
        named = set(self.graph.named.values())
        needs += [("value", w) for w in words if w in named and w not in self.graph.sizes]
        body = re.sub(
            r"(?<![\w.])[^\W\d]\w*(?!\w*\s*\()",
            lambda m: stand_in(("value", m[0])) if ("value", m[0]) in needs else m[0],
            body,
        )
        declared = [f"{stand_in(n)}: input{shape_text(self.graph.find(n[1]).shape)}" for n in needs]
        sizes = [f"{n} = {v}" for n, v in self.graph.sizes.items() if n in words and ("value", n) not in needs]
        try:
            graph = parse("\n".join([*declared, *sizes, f"answer = {body}"]))
        except ProgramError as error:
            problem = Message(error.code, **error.parameters)
            raise InputError("question-expression", error.given_hint, text=text[:80], problem=problem) from None
        return graph, needs

    # The engine's work

    def compile(self) -> None:
        """Everything that depends on numbers, as one function: the right arrays, and those with a mistake."""
        values = list(dict.fromkeys(n for of, n in self.needs if of == "value"))
        gradients = list(dict.fromkeys(n for of, n in self.needs if of == "gradient"))
        mistakes = Mistakes(self.passes, self.graph, values, gradients)
        wanted = {f"v:{n}": self.graph.variables[n] for n in values}
        if self.passes is not None:
            wanted |= {f"g:{n}": self.gradient(n, self.graph.variables[n]) for n in gradients}
        for number, one in enumerate(mistakes.found()):
            self.alterations.append(one)
            wanted |= {f"{number}:v:{n}": v for n, v in one.values.items()}
            wanted |= {f"{number}:g:{n}": v for n, v in one.gradients.items()}
        used = {name: arrayed(v) for name, v in wanted.items()}
        plan = Plan(outputs_of((used,)), self.graph.leaves(), self.dtype)
        self._function = Function(self.graph, plan, (used,))

    @property
    def plan(self) -> Plan | None:
        """The plan of the answer and the wrong answers together; None where nothing runs."""
        return self._function.plan if self._function else None

    def at(self, values: Mapping[str, Any] | None = None, seed: int = 0) -> Posed:
        """The question with numbers: those given, else the program's own or drawn from the seed."""
        given = {**initial_values(self.graph, seed, values or ()), **(values or {})}
        for name, value in given.items():
            given[name] = checked_value(name, self.graph.find(name), value, np.dtype(np.float64))
        asked = self.question.asked
        if asked.kind == "formula":
            return self.with_choices(given, seed)
        if self._function is not None:
            answer, wrongs = self.numbers(given)
        else:
            answer, wrongs = self.facts()
        return Posed(self.question, answer, tuple(distinct(answer, wrongs)), given, self.choices)

    def numbers(self, given: Arrays) -> tuple[Any, list[Wrong]]:
        """The right answer and the wrong ones that are made of arrays."""
        assert self._function is not None
        (found,) = self._function(given)
        values = {n: found[f"v:{n}"] for of, n in self.needs if of == "value"}
        gradients = {n: found[f"g:{n}"] for of, n in self.needs if of == "gradient"}
        answer = self.finish(values, gradients)
        wrongs: list[Wrong] = []
        for number, one in enumerate(self.alterations):
            other_values = values | {n: found[f"{number}:v:{n}"] for n in one.values}
            other_gradients = gradients | {n: found[f"{number}:g:{n}"] for n in one.gradients}
            try:
                wrong = self.finish(other_values, other_gradients)
            except (IndexError, TidegraphError):
                continue
            wrongs.append(Wrong(one.code, wrong, one.place, one.parameters))
        if self.question.asked.kind != "sign":
            wrongs.append(Wrong("sign-flipped", -np.asarray(answer), (), {}))
            wrongs += self.other_entries(values, gradients)
        return answer, wrongs

    def other_entries(self, values: Arrays, gradients: Arrays) -> list[Wrong]:
        """Another entry than the one that is asked: indices exchanged, or counted from 1."""
        thing = self.question.asked.thing
        if thing is None or thing.index is None:
            return []
        array = (values if thing.of == "value" else gradients)[thing.name]
        others = [thing.index[::-1], tuple(i - 1 for i in thing.index)]
        found = []
        for other in dict.fromkeys(others):
            if other == thing.index or any(not 0 <= i < n for i, n in zip(other, array.shape, strict=True)):
                continue
            text = Thing(thing.of, thing.name, other).text
            found.append(Wrong("another-entry", array[other], (thing.name,), {"entry": text}))
        return found

    # Questions on the structure

    def facts(self) -> tuple[Any, list[Wrong]]:
        """Answers that do not depend on numbers."""
        asked = self.question.asked
        match asked.kind:
            case "shape":
                return self.shape()
            case "paths":
                return self.paths()
            case "next":
                return self.next_operator()
            case _:
                return self.amount()

    def shape(self) -> tuple[Any, list[Wrong]]:
        thing = self.question.asked.thing
        assert thing is not None
        variable = self.graph.find(thing.name)
        if thing.of == "gradient":
            self.gradient(thing.name, variable)
        shape = variable.shape
        place: tuple[str, ...] = (thing.name,)
        wrongs = [Wrong("shape-transposed", shape[::-1], place, {"shape": shape})] if len(shape) > 1 else []
        if len(shape) > 1:
            wrongs.append(Wrong("shape-flat", (variable.size,), place, {"shape": shape, "count": variable.size}))
            wrongs.append(Wrong("shape-flat", (variable.size, 1), place, {"shape": shape, "count": variable.size}))
        elif len(shape) == 1:
            wrongs += [Wrong("shape-of-row-or-column", s, place, {}) for s in ((*shape, 1), (1, *shape))]
        else:
            wrongs += [Wrong("shape-of-row-or-column", s, place, {}) for s in ((1,), (1, 1))]
        if thing.of == "gradient" and self.passes is not None:
            goal = self.passes.target
            name = self.graph.names[goal]
            wrongs.append(Wrong("value-for-gradient", goal.shape, (name, thing.name), {"variable": name}))
            for operator in self.graph.operators:
                for output in operator.outputs if variable in operator.inputs else ():
                    if spreads(shape, output.shape):
                        known: dict[str, Parameter] = {"variable": thing.name, "shape": shape}
                        wrongs.append(
                            Wrong("shape-before-sum", output.shape, (thing.name, self.graph.names[output]), known)
                        )
            wrongs.append(Wrong("shape-of-second-derivatives", (*shape, *shape), place, {"variable": thing.name}))
            if len(shape) > 1:
                flat = (variable.size, variable.size)
                wrongs.append(Wrong("shape-of-second-derivatives", flat, place, {"variable": thing.name}))
        return shape, wrongs

    def paths(self) -> tuple[Any, list[Wrong]]:
        start, end = self.question.asked.ends
        first = self.graph.find(start)
        last = self.graph.find(end) if end else self.goal()
        counts: dict[Variable, int] = {first: 1}
        touched: set[Operator] = set()
        for operator in self.graph.operators:
            arriving = sum(counts.get(v, 0) for v in operator.inputs)
            if arriving:
                touched.add(operator)
                for output in operator.outputs:
                    counts[output] = counts.get(output, 0) + arriving
        total = counts.get(last, 0)
        uses = sum(1 for o in self.graph.operators for v in o.inputs if v is first)
        between = leading_between(self.graph, first, last, touched)
        place = tuple(self.graph.id_of(o) for o in self.graph.operators if first in o.inputs and o in between)
        wrongs = [
            Wrong("direct-uses-counted", uses, place, {"variable": start, "count": uses}),
            Wrong("nodes-counted", len(between), place, {"count": len(between)}),
        ]
        if total > 1:
            wrongs.append(Wrong("path-not-counted", total - 1, place, {"count": total - 1}))
        return total, wrongs

    def goal(self) -> Variable:
        if self.passes is None:
            raise InputError("no-target")
        return self.passes.target

    @cached_property
    def structure(self) -> Structure:
        """The program's structure, for the order of steps and for symbols."""
        return Structure(self.graph, self.question.target, self.dtype)

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """What the learner chooses from."""
        if self.question.asked.kind != "next":
            return ()
        found: dict[str, Choice] = {}
        said = spoken(self.graph, Notation(self.graph))
        for operator in self.graph.operators:
            one = self.outermost(operator)
            if one in found:
                continue
            scope = self.graph.scopes.get(one)
            if scope is None:
                latex, name = self.structure.circle(operator), operator.op.name
                outputs = [said[v] for v in operator.outputs]
            else:
                latex, name = self.structure.notation.scope_symbol(scope), scope.name
                outputs = []
            found[one] = Choice(one, f"{name} → {', '.join(outputs)}" if outputs else name, latex)
        return tuple(found.values())

    def outermost(self, operator: Operator) -> str:
        """The circle that shows an operator while all scopes are closed."""
        scope = operator.origin.scope
        if scope is None:
            return self.graph.id_of(operator)
        while scope.parent is not None:
            scope = scope.parent
        return self.graph.scope_ids[scope]

    def next_operator(self) -> tuple[Any, list[Wrong]]:
        steps = [*self.structure.forward, *self.structure.backward]
        at = moments.find(self.structure, self.question.asked.text)
        ids = {self.graph.id_of(o): self.outermost(o) for o in self.graph.operators}
        circles = [ids.get(step.operator) if step.operator else None for step in steps]
        last = circles[at - 1] if at else None
        after = next((n for n, c in enumerate(circles) if n >= at and c is not None and (c != last or n == 0)), None)
        if after is None:
            raise InputError("question-nothing-next", moment=self.question.asked.text)
        right = circles[after]
        backward = steps[after].phase == "backward"
        done = {c for c in circles[:at] if c is not None} if not backward else set()
        wrongs: list[Wrong] = []
        known = {self.graph.names[v] for v in self.graph.leaves().values()}
        for step in steps[:after]:
            if step.phase == "forward":
                known |= set(step.outputs)
        for choice in self.choices:
            if choice.id == right:
                continue
            place = (choice.id,)
            if backward:
                wrongs.append(Wrong("opposite-order", choice.id, place, {"operator": choice.text}))
            elif choice.id in done:
                wrongs.append(Wrong("already-run", choice.id, place, {"operator": choice.text}))
            elif self.ready(choice.id, known, ids):
                wrongs.append(Wrong("ready-too", choice.id, place, {"operator": choice.text}))
        return right, wrongs

    def ready(self, circle: str, known: set[str], ids: Mapping[str, str]) -> bool:
        """Whether everything that a circle reads from outside is there."""
        own = [o for o in self.graph.operators if ids[self.graph.id_of(o)] == circle]
        made = {v for o in own for v in o.outputs}
        return all(
            v in made or v.literal is not None or self.graph.names.get(v, "") in known for o in own for v in o.inputs
        )

    def amount(self) -> tuple[Any, list[Wrong]]:
        """Numbers of elements, and bytes in the precision of the run."""
        asked = self.question.asked
        width = np.dtype(self.dtype).itemsize
        if asked.text in TOTALS and asked.text not in self.graph.variables:
            count, place = self.total(asked.text), tuple(self.graph.leaves("parameter"))
            total = count if asked.text in ("training", "prediction", "saved") else count * width
        else:
            variable = self.graph.find(asked.text)
            count, place = variable.size, (asked.text,)
            total = variable.size * np.dtype({"int": "int64", "bool": "bool"}.get(variable.kind, self.dtype)).itemsize
        if asked.text in ("training", "prediction", "saved") and asked.text not in self.graph.variables:
            count = total // width
        other = 12 - width
        if asked.kind == "count":
            return count, [Wrong("bytes-for-counts", total, place, {"count": count, "width": total // max(count, 1)})]
        return total, [
            Wrong("counts-for-bytes", count, place, {"count": count, "width": width}),
            Wrong("other-precision", count * other, place, {"given": 8 * other, "width": 8 * width}),
        ]

    def total(self, what: str) -> int:
        """The elements of all parameters or gradients; bytes saved for backward, of training, of prediction."""
        if what in ("parameters", "gradients"):
            leaves = self.graph.leaves("parameter")
            if what == "gradients" and self.passes is not None:
                leaves = {n: v for n, v in leaves.items() if v in self.passes.back.gradients}
            return sum(v.size for n, v in leaves.items() if n not in self.graph.sizes)
        if what == "prediction":
            return memory.memory(self.graph, self.question.target, dtype=self.dtype).footprint.prediction
        self.goal()
        found = memory.memory(self.graph, self.question.target, dtype=self.dtype)
        if what == "training":
            return found.footprint.training
        plan = memory.training_pass(self.graph, self.question.target, self.dtype).plan
        return sum(plan.bytes_of(s.variable) for s in plan.saved if s.variable.leaf is None)

    # Formulas

    def with_choices(self, given: dict[str, np.ndarray], seed: int) -> Posed:
        """Which of several expressions is the quantity: those that agree with it for these numbers and two others."""
        compiled = [self.expression(text) for text in self.question.choices]
        trials = [given, *({**initial_values(self.graph, seed + n), **self.fixed()} for n in (1, 2))]
        right = set(range(len(compiled)))
        codes: dict[int, Wrong] = {}
        for trial in trials:
            answer, wrongs = self.numbers(trial)
            for number, (needs, finish) in enumerate(compiled):
                value = self.evaluated(needs, finish, trial)
                if value is None or not same(value, answer):
                    right.discard(number)
                    match = next((w for w in wrongs if value is not None and same(value, w.answer)), None)
                    thing = self.question.asked.thing
                    if (
                        match is None
                        and value is not None
                        and thing is not None
                        and np.shape(value) != np.shape(answer)
                    ):
                        known: dict[str, Parameter] = {
                            "given": np.shape(value), "shape": np.shape(answer), "variable": thing.name,
                        }  # fmt: skip
                        match = Wrong("another-shape", None, (thing.name,), known)
                    if match is not None:
                        codes.setdefault(number, match)
        if not right or len(right) == len(compiled):
            raise InputError("question-choices-alike", count=len(right), all=len(compiled))
        wrongs = [Wrong(w.code, str(n + 1), w.place, w.parameters) for n, w in codes.items() if n not in right]
        answer = frozenset(str(n + 1) for n in right)
        return Posed(self.question, answer, tuple(wrongs), given, self.formulas)

    def fixed(self) -> dict[str, np.ndarray]:
        """Values that the program states."""
        return {
            n: v.leaf.initial
            for n, v in self.graph.leaves("constant").items()
            if v.leaf and isinstance(v.leaf.initial, np.ndarray)
        }

    def evaluated(self, needs: Sequence[Need], finish: Callable[[Arrays, Arrays], Any], given: Arrays) -> Any:
        """An expression's value at some numbers; None where its shapes do not fit."""
        values, gradients = self.arrays(tuple(needs), given)
        try:
            return finish(values, gradients)
        except TidegraphError:
            return None

    def arrays(self, needs: tuple[Need, ...], given: Arrays) -> tuple[Arrays, Arrays]:
        """Values and gradients at some numbers."""
        found: dict[str, dict[str, Variable]] = {"value": {}, "gradient": {}}
        for of, name in needs:
            variable = self.graph.find(name)
            found[of][name] = arrayed(variable if of == "value" else self.gradient(name, variable))
        groups = (found["value"], found["gradient"])
        run = Function(self.graph, Plan(outputs_of(groups), self.graph.leaves(), self.dtype), groups)
        values, gradients = run(given)
        return values, gradients

    @cached_property
    def formulas(self) -> tuple[Choice, ...]:
        """The choices of a formula, numbered from 1."""
        return tuple(Choice(str(n + 1), text, self.formula_latex(text)) for n, text in enumerate(self.question.choices))

    def formula_latex(self, text: str) -> str:
        """An expression as mathematics, with derivatives for gradients."""
        graph, needs = self.formula_graph(text)
        notation = self.structure.notation
        known = {}
        for of, name in needs:
            variable = self.graph.find(name)
            inner = graph.variables[stand_in((of, name))]
            if of == "gradient" and self.passes is not None:
                known[inner] = Tex(notation.derivative(self.passes.target, variable), POWER)
            else:
                known[inner] = notation.symbols[variable]
        answer = graph.variables["answer"]
        written = Notation(graph, known=known)
        if answer.operator is None:
            return written.operand(answer).text
        found = expression(answer, lambda v: None if v is answer else known.get(v), 40)
        return found.text if found else text

    # What is hidden

    @cached_property
    def hidden(self) -> dict[str, list[str]]:
        """The values and gradients that are not shown until the question is answered.

        With a value go the parts without a name of its own expression.
        By default what is asked, everything that is computed from it (of a value also the gradients), and equal
        gradients that reach other variables from the same operator.
        """
        found: dict[str, list[str]] = {"values": [], "gradients": []}
        names = list(self.graph.variables)
        chosen = self.question.hide
        if chosen is None:
            chosen = tuple(self.by_default())
        for thing in chosen:
            of = f"{thing.of}s"
            add = (
                [n for n in names if self.graph.variables[n].leaf is None]
                if thing.name == "*" and of == "values"
                else names
            )
            found[of] += add if thing.name == "*" else [thing.name]
        for name in tuple(found["values"]):
            found["values"] += self.parts(self.graph.variables[name])
        return {of: list(dict.fromkeys(listed)) for of, listed in found.items()}

    def parts(self, variable: Variable) -> Iterable[str]:
        """The parts without a name of the expression that makes a variable: the last of them tell its value."""
        named = {*self.graph.named, *self.graph.local}
        for part in variable.operator.inputs if variable.operator else ():
            if part in self.graph.names and part.leaf is None and part not in named:
                yield self.graph.names[part]
                yield from self.parts(part)

    def by_default(self) -> Iterable[Thing]:
        """What is asked, what follows from it, and the gradients that are the same as it."""
        asked = self.question.asked
        if asked.kind not in ("value", "gradient", "sign", "number", "formula"):
            return
        for of, name in self.needs:
            start = self.graph.variables[name]
            if of == "gradient":
                before = {v for o in ancestors([start]) for v in o.inputs if v.literal is None} | {start}
                yield from self.things("gradient", before | self.alike(start))
            elif start.leaf is None and asked.kind not in ("formula", "number"):
                backward = self.passes.back.gradients if self.passes else {}
                reached = reachable([*self.graph.operators, *ancestors(backward.values())], [start])
                yield from self.things("value", reached)
                yield from self.things("gradient", {v for v, gradient in backward.items() if gradient in reached})

    def things(self, of: str, variables: Collection[Variable]) -> Iterable[Thing]:
        """Values or gradients of variables by name."""
        return (Thing(of, name) for variable, name in self.graph.names.items() if variable in variables)

    def alike(self, start: Variable) -> set[Variable]:
        """Variables beside `start` with the very same gradient; not those behind it, which are a step before."""
        found = self.passes.back.gradients if self.passes else {}
        behind = reachable(self.graph.operators, [start])
        return {v for v, gradient in found.items() if gradient is found.get(start) and v not in behind}

    def prompt(self, language: str | None = None) -> str:
        """The author's words, or the question in the language of the reader."""
        return self.question.prompt or self.asks().text(language)

    def asks(self) -> Message:
        """The question as a message."""
        question = self.question
        asked, thing = question.asked, question.asked.thing
        if thing is not None:
            form = asked.kind if asked.kind in ("shape", "formula", "sign") else "number"
            if form == "number" and thing.index is None and self.graph.find(thing.name).shape:
                form = "array"
            called = Message(f"question-{thing.of}-of", name=replace(thing, of="").text.strip())
            return Message(f"question-ask-{form}", thing=called)
        match asked.kind:
            case "number":
                return Message("question-ask-expression", text=asked.text)
            case "next":
                start = asked.text == "start"
                return Message("question-ask-first" if start else "question-ask-next", moment=asked.text)
            case "paths":
                end = asked.ends[1] or self.graph.names[self.goal()]
                return Message("question-ask-paths", start=asked.ends[0], end=end)
        what: Parameter = asked.text
        if asked.text in TOTALS and asked.text not in self.graph.variables:
            what = Message(f"question-total-{asked.text}")
        return Message(f"question-ask-{asked.kind}", what=what, width=str(8 * np.dtype(self.dtype).itemsize))


def arrayed(variable: Variable) -> Variable:
    """A variable as an output that a plan can return: a number becomes an array of its own."""
    return fit(literal(float(variable.literal)), variable.shape) if variable.literal is not None else variable


def entry(thing: Thing, values: Arrays, gradients: Arrays) -> np.ndarray:
    """The array or the entry that is asked."""
    array = np.asarray((values if thing.of == "value" else gradients)[thing.name])
    return array if thing.index is None else np.asarray(array[thing.index])


def sign(number: np.ndarray) -> str:
    """The sign of one number."""
    value = float(np.asarray(number).reshape(-1)[0])
    return "0" if abs(value) < 1e-12 else "+" if value > 0 else "-"


def check_index(thing: Thing, shape: Sequence[int]) -> None:
    """Refuse an index that is no entry."""
    assert thing.index is not None
    if len(thing.index) != len(shape) or any(not -n <= i < n for i, n in zip(thing.index, shape, strict=True)):
        raise InputError("question-no-entry", entry=thing.text, name=thing.name, shape=tuple(shape))


def stand_in(need: Need) -> str:
    """The name of a value or gradient in an expression's own program."""
    return f"{need[0]}_of_{need[1]}".replace(".", "_")


def spreads(shape: Sequence[int], onto: Sequence[int]) -> bool:
    """Whether an array of a shape is repeated to fill another."""
    try:
        return tuple(shape) != tuple(onto) and np.broadcast_shapes(tuple(shape), tuple(onto)) == tuple(onto)
    except ValueError:
        return False


def shape_text(shape: Sequence[int]) -> str:
    """A shape in a declaration."""
    return f"[{', '.join(map(str, shape))}]" if shape else ""


def same(a: Any, b: Any) -> bool:
    """Whether two answers are the same as far as a learner could tell."""
    if isinstance(a, (str, tuple, int, frozenset)) or isinstance(b, (str, tuple, int, frozenset)):
        return bool(a == b)
    a, b = np.asarray(a, float), np.asarray(b, float)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-6, atol=1e-9, equal_nan=True))


def distinct(answer: Any, wrongs: Iterable[Wrong]) -> list[Wrong]:
    """The wrong answers that differ from the right one and from those before them."""
    found: list[Wrong] = []
    for one in wrongs:
        if not same(one.answer, answer) and not any(same(one.answer, other.answer) for other in found):
            found.append(one)
    return found


def leading_between(graph: Graph, first: Variable, last: Variable, touched: set[Operator]) -> set[Operator]:
    """The operators on paths from one variable to another."""
    needed = set(ancestors([last]))
    return {o for o in graph.operators if o in touched and o in needed}
