"""A program as runnable source for NumPy, PyTorch or JAX: what a teacher would hand out.

The file has the program's names, a function for every scope, its values, and at the end a check that its gradients
are those of the program. PyTorch and JAX differentiate by themselves; the NumPy file, and on request the others too,
has the backward pass written out, one line a step, with the chain rule as a comment. Nothing is differentiated here:
the backward pass is the pullback of `autodiff`, simplified.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from tidegraph.engine.autodiff.reverse import Contribution, pullback
from tidegraph.engine.autodiff.simplify import simplify
from tidegraph.engine.graph import Graph, InputError, Operator, Scope, Variable, ancestors
from tidegraph.engine.graph import literal as number_of
from tidegraph.engine.ops import source
from tidegraph.engine.ops.source import jax as source_jax
from tidegraph.engine.ops.source import numpy as source_numpy
from tidegraph.engine.ops.source import torch as source_torch
from tidegraph.engine.ops.source.text import ATOM, Spelling, Text, Unknown, literal, number

INLINE = 20_000
"""Numbers of all values together up to which they stand in the file itself; above it they are read from a file."""
LONGEST = 72
"""Characters of an expression up to which an unnamed part of it is written in place."""
CONSTANT = 64
"""Elements of a constant array that stands in the function that uses it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A framework: how its arrays are written, and where its spellings and helpers are."""

    name: str
    title: str
    module: ModuleType
    imports: tuple[str, ...]
    array: str
    helpers: tuple[str, ...]


TARGETS = {
    target.name: target
    for target in (
        Target("numpy", "NumPy", source_numpy, ("import numpy as np",), "np.array", ("helpers", "common_helpers")),
        Target(
            "pytorch",
            "PyTorch",
            source_torch,
            ("import numpy as np", "import torch", "import torch.nn.functional as F"),
            "torch.tensor",
            ("torch_helpers", "common_helpers"),
        ),
        Target(
            "jax",
            "JAX",
            source_jax,
            ("import jax", "import jax.numpy as jnp", "import numpy as np"),
            "jnp.array",
            ("jax_helpers", "helpers", "common_helpers"),
        ),
    )
}

ANNOTATION = re.compile(r": (Any|int|float|bool|str)(?=[,)= ])| -> Any(?=:)")

TAKEN = {*keyword.kwlist, *dir(builtins), "np", "jnp", "torch", "F", "jax", "math", "values", "parameters", "gradients",
         "loss", "loss_and_gradients", "expected"}  # fmt: skip


def code(
    graph: Graph,
    values: Mapping[str, np.ndarray],
    *,
    to: str = "numpy",
    target: str | None = None,
    expected: Mapping[str, np.ndarray] | None = None,
    wrt: Sequence[str] | None = None,
    backward: bool | None = None,
    inline: int = INLINE,
    weights: str = "values.safetensors",
) -> str:
    """The source text of a program.

    `values` are those of its inputs, targets and parameters; `expected` the gradients of `wrt` (by default the
    parameters), for the check at the end. `backward` writes the backward pass out: by default for NumPy, which has no
    derivatives of its own. Values of more than `inline` numbers are read from `weights`, a safetensors file beside the
    script.
    Raises InputError for an operator that the framework has no spelling for, and for a graph without a scalar.
    """
    if to not in TARGETS:
        raise InputError("unknown-framework", name=to, names=tuple(TARGETS))
    return Writer(graph, values, TARGETS[to], target, wrt, backward).file(expected or {}, inline, weights)


class Helpers(NamedTuple):
    """Functions that exported code may define: their source, and which others each of them uses."""

    sources: dict[str, str]
    uses: dict[str, tuple[str, ...]]


@cache
def helpers_of(name: str) -> Helpers:
    """The helpers in a file of `ops/source`. It is read, not imported: its framework need not be installed."""
    text = Path(source.__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
    sources: dict[str, str] = {}
    uses: dict[str, tuple[str, ...]] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            sources[node.name] = (ast.get_source_segment(text, node) or "").replace("  # fmt: skip", "") + "\n"
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            uses = ast.literal_eval(node.value)
    return Helpers(sources, uses)


def notebook(text: str) -> dict[str, Any]:
    """Exported code as a notebook (nbformat 4): a cell for the values, one a function, and one for the check."""
    title, _, rest = text.partition("\n")
    parts = re.split(r"\n\n\n(?=def |if __name__)", rest.strip("\n"))
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": title.strip('"')}]
    for n, part in enumerate(parts):
        if part.startswith("if __name__"):
            part = textwrap.dedent(part.partition("\n")[2])
        text = part.strip("\n")
        cells.append(
            {
                "cell_type": "code",
                "id": f"cell-{n}",
                "metadata": {},
                "source": text,
                "outputs": [],
                "execution_count": None,
            }
        )
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": cells}


@dataclass(slots=True)
class Body:
    """A function's text while it is written: its lines, and the name of every variable that it knows."""

    lines: list[str] = field(default_factory=list)
    names: dict[Variable, Text] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def name(self, wanted: str) -> str:
        """A free name like the one wanted."""
        name = re.sub(r"\W+", "_", wanted).strip("_") or "value"
        if name[0].isdigit():
            name = f"_{name}"
        free, count = name, 1
        while free in TAKEN or free in self.taken:
            count += 1
            free = f"{name}_" if count == 2 and name in TAKEN else f"{name}_{count}"
        self.taken.add(free)
        return free


class Writer:
    """One program in one framework."""

    def __init__(
        self,
        graph: Graph,
        values: Mapping[str, np.ndarray],
        target: Target,
        name: str | None,
        wrt: Sequence[str] | None,
        backward: bool | None,
    ) -> None:
        self.graph = graph
        self.framework = target
        self.backward = target.name == "numpy" if backward is None else backward
        self.alone = target.name == "numpy" and not self.backward
        """Whether the file has the forward pass only: NumPy differentiates nothing."""
        self.objective = graph.resolve_target(name)
        self.objective_name = graph.names[self.objective]
        self.operators = ancestors([self.objective])
        self.values = {name: values[name] for name in graph.leaves("input", "target", "parameter") if name in values}
        read = {v for operator in self.operators for v in operator.inputs} | {self.objective}
        self.parameters = list(graph.leaves("parameter") if wrt is None else wrt)
        self.leaves = {v: name for name, v in graph.leaves().items() if v in read}
        self.spellings: Mapping[str, Spelling] = target.module.SPELLINGS
        self.composite: Callable[..., Text | None] = getattr(target.module, "composite", lambda scope, a: None)
        self.plain: Callable[[Operator], bool] = getattr(target.module, "takes_numbers", lambda operator: True)
        self.modules = [helpers_of(name) for name in target.helpers]
        self.reserved = {name for m in self.modules for name in m.sources}
        self.definitions = definitions(graph.program)
        self.results: Mapping[Variable, int] = {}
        self.steps: list[Operator] = []
        self.helpers: dict[str, None] = {}
        self.functions: dict[str, tuple[str, str]] = {}
        self.uses = Counter(v for operator in self.operators for v in operator.inputs)
        self.readers: dict[Variable, list[Operator]] = {}
        for operator in self.operators:
            for v in dict.fromkeys(operator.inputs):
                self.readers.setdefault(v, []).append(operator)

    def file(self, expected: Mapping[str, np.ndarray], most: int, weights: str) -> str:
        """The whole file."""
        inline = sum(np.size(array) for array in self.values.values()) <= most
        body = self.written_out() if self.backward else self.forward()
        functions = [text for _, text in self.functions.values()]
        helpers = self.helper_sources()
        everything = "\n".join([*helpers, *functions, body])
        imports = [line for line in self.framework.imports if not line.endswith(" F") or "F." in everything]
        standard = ["import math"] if "math." in everything else []
        if not inline:
            standard = sorted({*standard, "import json", "from pathlib import Path"}, key=lambda line: line.split()[1])
        parts = [
            f'"""{self.summary()}"""\n',
            *(["\n".join(standard) + "\n"] if standard else []),
            "\n".join(imports),
            *self.preparation(),
            "",
            self.value_text() if inline else self.loader(weights),
            f"parameters = {self.listed(self.parameters)}\n\n",
            *(f"{helper.rstrip()}\n\n" for helper in helpers),
            *(f"{function}\n\n" for function in functions),
            body,
            self.check(expected),
        ]
        return "\n".join(parts)

    def summary(self) -> str:
        """What the file is."""
        if self.alone:
            return f"{self.objective_name} in {self.framework.title}: the forward pass. Exported from Tidegraph."
        how = "with the backward pass written out" if self.backward else "differentiated by the framework"
        return f"{self.objective_name} and its gradients in {self.framework.title}, {how}. Exported from Tidegraph."

    def preparation(self) -> list[str]:
        """What makes double precision the framework's default."""
        return {
            "pytorch": ["\ntorch.set_default_dtype(torch.float64)"],
            "jax": ['\njax.config.update("jax_enable_x64", True)'],
        }.get(self.framework.name, [])

    def listed(self, names: Iterable[str]) -> str:
        return f"[{', '.join(map(quoted, names))}]"

    def value_text(self) -> str:
        """The values as a dictionary of arrays."""
        rows = [
            f"    {quoted(name)}: {self.array(array, 4 + len(quoted(name)) + 2)},"
            for name, array in self.values.items()
        ]
        return "\n".join(["values = {", *rows, "}"])

    def array(self, array: Any, indent: int = 0) -> str:
        """An array of the framework, float64, with every digit."""
        array = np.asarray(array, dtype=float)
        if array.size == 0:
            return f"{self.framework.array.rpartition('.')[0]}.zeros({number(array.shape)})"
        return f"{self.framework.array}({nested(array, indent + len(self.framework.array) + 1)})"

    def loader(self, weights: str) -> str:
        """Values read from a safetensors file beside the script."""
        convert = {"numpy": "{}", "pytorch": "torch.from_numpy({})", "jax": "jnp.array({})"}[self.framework.name]
        array = convert.format("array.reshape(about['shape']).astype(np.float64)")
        return LOADER.format(file=weights, array=array)

    def helper_sources(self) -> list[str]:
        """The source of every helper that is used, each after those that it uses."""
        order: dict[str, str] = {}

        def visit(name: str) -> None:
            if name in order:
                return
            for other in next((m.uses[name] for m in self.modules if name in m.uses), ()):
                visit(other)
            module = next(m for m in self.modules if name in m.sources)
            source = ANNOTATION.sub("", module.sources[name])
            if self.framework.name == "jax" and module is helpers_of("helpers"):
                source = source.replace("np.", "jnp.")
            order[name] = source

        for name in self.helpers:
            visit(name)
        return list(order.values())

    # What follows writes expressions.

    def text(self, variable: Variable, body: Body) -> Text:
        """A variable where it is read: its name, a literal, or the expression that was left for here."""
        if variable.literal is not None:
            return literal(variable.literal)
        known = body.names.get(variable)
        if known is None:
            assert variable.leaf is not None, "a variable is written before it is read"
            array = np.asarray(variable.leaf.initial)
            known = Text(self.array(array)) if array.ndim else literal(array.item())
        return known

    def spelled(self, operator: Operator, body: Body) -> Text:
        """An operator's expression, its helpers noted."""
        spelling = self.spellings.get(operator.op.name)
        if spelling is None:
            raise InputError("no-spelling", framework=self.framework.title, name=operator.op.name)
        try:
            text, level = spelling(operator, [self.text(v, body) for v in operator.inputs])
        except Unknown:
            raise InputError("no-spelling", framework=self.framework.title, name=operator.op.name) from None
        for name in re.findall(r"h:(\w+)", text):
            self.helpers[name] = None
        return Text(text.replace("h:", ""), level)

    def write(
        self, operator: Operator, body: Body, name: Callable[[Variable], str], inline: Callable[[Variable], bool]
    ) -> None:
        """One operator: a line that gives its results names, or nothing where its expression stands in another's."""
        text = self.spelled(operator, body)
        outputs = operator.outputs
        if len(outputs) == 1:
            if (text.text in body.taken and text.level == ATOM) or (inline(outputs[0]) and len(text.text) <= LONGEST):
                body.names[outputs[0]] = text
            else:
                chosen = body.name(name(outputs[0]))
                body.lines.append(f"{chosen} = {text}")
                body.names[outputs[0]] = Text(chosen)
            return
        names = [body.name(name(v)) for v in outputs]
        body.lines.append(f"{', '.join(names)} = {text}")
        body.names.update(zip(outputs, map(Text, names), strict=True))

    def is_inner(self, variable: Variable) -> bool:
        """Whether a variable has no name in the program and is read once, or only by `return`."""
        if variable in self.results:
            return self.results[variable] == 0
        return variable not in self.graph.named and variable not in self.graph.local and self.uses[variable] == 1

    # The forward pass, a function a scope.

    def forward(self) -> str:
        """The loss as functions of the framework, which differentiates it."""
        body = Body(taken=set(self.reserved))
        arguments = self.opening(body)
        self.scope(None, self.operators, body, {self.objective})
        result = self.text(self.objective, body)
        lines = [*arguments, *body.lines, f"return {result}"]
        return "\n".join(
            ["def loss(values):", *(f"    {line}" for line in lines), "", "", *GRADIENTS[self.framework.name]]
        )

    def opening(self, body: Body) -> list[str]:
        """The lines that name the values, and the constants of the program."""
        lines = []
        for variable, name in self.leaves.items():
            assert variable.leaf is not None
            if variable.leaf.role != "constant":
                chosen = body.name(name)
                body.names[variable] = Text(chosen)
                lines.append(f"{chosen} = values[{quoted(name)}]")
            elif variable in self.graph.named or variable in self.graph.local:
                array = np.asarray(variable.leaf.initial)
                chosen = body.name(name)
                body.names[variable] = Text(chosen)
                numeric = not array.ndim and all(map(self.plain, self.users(variable)))
                lines.append(f"{chosen} = {literal(array.item()) if numeric else self.array(array)}")
        return lines

    def users(self, variable: Variable) -> list[Operator]:
        """The operators that read a variable, forward and backward."""
        return [operator for operator in (*self.operators, *self.steps) if variable in operator.inputs]

    def scope(self, scope: Scope | None, operators: Sequence[Operator], body: Body, wanted: set[Variable]) -> None:
        """The operators of a scope in order; those of an inner one as a call, if they stand together."""
        for inner, group in self.grouped(scope, operators):
            if inner is None:
                for operator in group:
                    self.write(operator, body, self.local_name, self.is_inner)
                continue
            outputs = self.outputs_of(group, wanted)
            if inner.kind in ("loop", "iteration") or not outputs:
                self.scope(inner, group, body, wanted | set(outputs))
            else:
                self.call(inner, group, outputs, body)

    def grouped(self, scope: Scope | None, operators: Sequence[Operator]) -> list[tuple[Scope | None, list[Operator]]]:
        """The operators in order, with those of one inner scope together; apart if the scope comes back later."""
        groups: list[tuple[Scope | None, list[Operator]]] = []
        for operator in operators:
            inner = child_of(scope, operator.origin.scope)
            if groups and groups[-1][0] is inner:
                groups[-1][1].append(operator)
            else:
                groups.append((inner, [operator]))
        return groups

    def outputs_of(self, group: Sequence[Operator], wanted: set[Variable]) -> list[Variable]:
        """What is read outside of a group of operators, or wanted of it."""
        inside = Counter(v for operator in group for v in operator.inputs)
        return [v for operator in group for v in operator.outputs if v in wanted or self.uses[v] > inside[v]]

    def call(self, scope: Scope, group: Sequence[Operator], outputs: list[Variable], body: Body) -> None:
        """A scope as a call: of the framework's own function, or of one that is written once for all alike."""
        text = None
        if scope.kind == "operator" and len(outputs) == 1:
            operands = [None if v is None else v for v in scope.operands]
            known = all(v is None or v.literal is not None or v in body.names for v in operands)
            if known and scope.op is not None and not scope.op.variadic:
                text = self.composite(scope, [None if v is None else self.text(v, body) for v in operands])
        if text is None:
            text = self.function(scope, group, outputs, body)
        if len(outputs) == 1 and self.is_inner(outputs[0]) and len(text.text) <= LONGEST:
            body.names[outputs[0]] = text
            return
        names = [body.name(self.local_name(v)) for v in outputs]
        body.lines.append(f"{', '.join(names)} = {text}")
        body.names.update(zip(outputs, map(Text, names), strict=True))

    def function(self, scope: Scope, group: Sequence[Operator], outputs: list[Variable], body: Body) -> Text:
        """A call of the function that a scope becomes. Scopes with the same text share one function."""
        made = {v for operator in group for v in operator.outputs}
        used = dict.fromkeys(
            v for operator in group for v in operator.inputs
            if v not in made and v.literal is None and v in body.names
        )  # fmt: skip
        read = dict.fromkeys([*(v for v in scope.operands if v in used), *used])
        formal = dict(zip(scope.operands, self.formal_names(scope), strict=False))
        inside = Body(taken=set(self.reserved))
        for variable in read:
            outer = formal.get(variable) or body.names[variable].text
            inside.names[variable] = Text(inside.name(outer if outer.isidentifier() else self.local_name(variable)))
        arguments = [inside.names[v].text for v in read]
        within = Counter(v for operator in group for v in operator.inputs)
        around, self.results = self.results, {v: within[v] for v in outputs}
        self.scope(scope, group, inside, set(outputs))
        self.results = around
        results = ", ".join(self.text(v, inside).text for v in outputs)
        lines = [*inside.lines, f"return {results}"]
        text = "\n".join(f"    {line}" for line in lines)
        name = re.sub(r"\W+", "_", scope.name).strip("_") or "part"
        if name in TAKEN:
            name += "_"
        key, count = name, 1
        signature = f"({', '.join(arguments)}):\n{text}"
        while key in self.functions and self.functions[key][0] != signature:
            count += 1
            key = f"{name}_{count}"
        self.functions.setdefault(key, (signature, f"def {key}{signature}"))
        return Text(f"{key}({', '.join(body.names[v].text for v in read)})")

    def formal_names(self, scope: Scope) -> Sequence[str]:
        """The names of a scope's parameters: those of its operator, or of its `def` in the program."""
        if scope.op is not None:
            return scope.op.inputs
        return self.definitions.get(scope.name, ())

    def local_name(self, variable: Variable) -> str:
        """A variable's name without the path of its scope."""
        if variable in self.graph.local:
            return self.graph.local[variable][1]
        name = self.graph.names.get(variable)
        if name is None:
            return variable.operator.op.name if variable.operator else "value"
        return name if variable in self.graph.named else name.rpartition(".")[2]

    # The backward pass, written out.

    def written_out(self) -> str:
        """Forward and backward as one function, one line a step."""
        graph, body = self.graph, Body(taken=set(self.reserved))
        wrt = [graph.find(name) for name in self.parameters]
        made = pullback(self.operators, {self.objective: number_of(1.0)}, wrt)
        wanted = [*made.gradients.values(), *(c.value for c in made.contributions)]
        simple = simplify(wanted, self.operators)
        gradients = {v: simple[g] for v, g in made.gradients.items()}
        order = ancestors([gradients[v] for v in wrt if v in gradients])
        known = set(self.operators)
        self.steps = steps = [operator for operator in order if operator not in known]
        self.uses = Counter(v for operator in (*self.operators, *steps) for v in operator.inputs)
        lines = self.opening(body)
        for operator in self.operators:
            self.write(operator, body, self.flat_name, self.is_inner)
        body.lines.append("")
        body.lines.append(f"# Backward: from {self.objective_name} to every parameter.")
        owners: dict[Variable, list[Variable]] = {}
        for variable, found in gradients.items():
            owners.setdefault(found, []).append(variable)
        paths: dict[Variable, list[Contribution]] = {}
        for contribution in made.contributions:
            paths.setdefault(contribution.variable, []).append(contribution)

        def inline(variable: Variable) -> bool:
            return self.uses[variable] == 1 and not any(map(self.is_shown, owners.get(variable, ())))

        for operator in steps:
            owned = [v for output in operator.outputs for v in owners.get(output, ())]
            shown = [v for v in owned if self.is_shown(v)] or owned[:1]
            before = len(body.lines)
            self.write(operator, body, namer(f"d{self.flat_name(shown[0])}" if shown else operator.op.name), inline)
            if len(body.lines) > before:
                body.lines[before:before] = [
                    f"# {self.chain(v, paths[v], body)}" for v in shown if v in paths and self.is_written(v, body)
                ]
        results = []
        for name in self.parameters:
            leaf = graph.find(name)
            gradient = gradients.get(leaf)
            if gradient is None:
                shape = number(leaf.shape)
                text = {"pytorch": f"torch.zeros({shape})", "jax": f"jnp.zeros({shape})"}.get(
                    self.framework.name, f"np.zeros({shape})"
                )
            else:
                text = self.text(gradient, body).text
                if gradient.shape != leaf.shape or gradient.literal is not None:
                    full = {"pytorch": "torch.full", "jax": "jnp.full"}.get(self.framework.name, "np.full")
                    text = f"{full}({number(leaf.shape)}, {text})"
            results.append(f"{quoted(name)}: {text}")
        body.lines.append(f"return {self.text(self.objective, body)}, {{{', '.join(results)}}}")
        inside = [*lines, *(["", "# Forward."] if lines else ["# Forward."]), *body.lines]
        doc = f'    """{self.objective_name}, and its gradient for every parameter."""'
        return "\n".join(["def loss_and_gradients(values=values):", doc, *(indented(line) for line in inside)])

    def is_shown(self, variable: Variable) -> bool:
        """Whether a variable's gradient is a step of its own: what the program names, and what several paths reach."""
        return variable in self.graph.named or variable in self.graph.local

    def flat_name(self, variable: Variable) -> str:
        """A variable's whole name."""
        name = self.graph.names.get(variable)
        if name is None:
            return variable.operator.op.name if variable.operator else "value"
        return self.graph.local[variable][1] if variable in self.graph.local else name

    def chain(self, variable: Variable, paths: Sequence[Contribution], body: Body) -> str:
        """The chain rule for one variable: a product for each path, through the next variable that has a name."""
        top, name = self.objective_name, body.names[variable].text
        terms: Counter[str] = Counter()
        for path in paths:
            through = self.next_written(path.operator.outputs[0], body)
            if through is self.objective:
                terms["1" if len(paths) == 1 else "directly"] += 1
                continue
            between = body.names[through].text
            first, second = f"∂{top}/∂{between}", f"∂{between}/∂{name}"
            scalar = not variable.shape and not through.shape
            terms[f"{first} · {second}" if scalar else f"prod({first}, {second})"] += 1
        if not set(terms) - {"1", "directly"}:
            return f"∂{top}/∂{name}"
        return f"∂{top}/∂{name} = {' + '.join(terms)}"

    def is_written(self, variable: Variable, body: Body) -> bool:
        """Whether a variable of the forward pass has a name in the code."""
        known = body.names.get(variable)
        return known is not None and known.text.isidentifier()

    def next_written(self, variable: Variable, body: Body) -> Variable:
        """The variable itself, or the next on the only way from it that has a name in the code."""
        while not self.is_written(variable, body):
            readers = self.readers.get(variable, [])
            if len(readers) != 1:
                break
            variable = readers[0].outputs[0]
        return variable if self.is_written(variable, body) else self.objective

    def check(self, expected: Mapping[str, np.ndarray]) -> str:
        """The end of the file: the gradients beside the program's, where it has them; the target is the last line."""
        objective, torch = self.objective_name, self.framework.name == "pytorch"
        variable = Body(taken={"name", "found", "wanted", "differences", "largest", "verdict"}).name(objective)
        shown = {name: np.asarray(expected[name], float) for name in self.parameters if name in expected}
        call = f"{variable} = loss(values)" if self.alone else f"{variable}, gradients = loss_and_gradients()"
        lines = ["", "", 'if __name__ == "__main__":', f"    {call}"]
        if not self.alone and shown and all(np.isfinite(array).all() for array in shown.values()):
            whole = sum(array.size for array in shown.values()) <= INLINE
            rows = [
                f"        {quoted(name)}: {nested(array, 10 + len(name)) if whole else number(sum_and_norm(array))},"
                for name, array in shown.items()
            ]
            lines += CHECK.format(
                what="" if whole else ", by their sum and their norm",
                rows="\n".join(rows),
                found="gradients[name].detach()" if torch else "gradients[name]",
                form="" if whole else "\n        found = np.array([found.sum(), np.sqrt((found**2).sum())])",
            ).splitlines()
        read = f"{variable}.item()" if torch else f"float({variable})"
        lines.append(f'    print("{objective} =", {read})')
        return "\n".join(lines) + "\n"


def sum_and_norm(array: np.ndarray) -> tuple[float, float]:
    """Two numbers that an array is recognised by."""
    return float(array.sum()), float(np.sqrt((array**2).sum()))


def definitions(program: str) -> dict[str, list[str]]:
    """The parameters of every `def` of a program, by its name."""
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return {node.name: [a.arg for a in node.args.args] for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def namer(name: str) -> Callable[[Variable], str]:
    """The same name for every variable."""
    return lambda variable: name


def indented(line: str) -> str:
    """A line inside a function."""
    return f"    {line}" if line else ""


def child_of(scope: Scope | None, inner: Scope | None) -> Scope | None:
    """The scope directly inside `scope` that holds `inner`, or None where `inner` is `scope` itself."""
    if inner is scope:
        return None
    while inner is not None and inner.parent is not scope:
        inner = inner.parent
    return inner


def quoted(text: str) -> str:
    """A string of Python."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def nested(array: np.ndarray, indent: int) -> str:
    """An array as nested lists, a row a line where it does not fit on one."""
    if array.ndim == 0:
        return number(array.item())
    text = (
        "[" + ", ".join(nested(part, 0) for part in array) + "]"
        if array.ndim > 1
        else ("[" + ", ".join(number(v) for v in array.tolist()) + "]")
    )
    if len(text) + indent <= 100:
        return text
    pad = " " * (indent + 1)
    if array.ndim == 1:
        parts, line = [], ""
        for v in map(number, array.tolist()):
            if line and len(line) + len(v) + indent > 96:
                parts.append(line)
                line = ""
            line += f"{v}, "
        return "[" + f"\n{pad}".join([*(p.rstrip() for p in parts), line.rstrip(", ")]) + "]"
    return "[" + f",\n{pad}".join(nested(part, indent + 1) for part in array) + "]"


GRADIENTS = {
    "numpy": [],
    "pytorch": [
        "def loss_and_gradients(values=values):",
        '    """The loss, and its gradient for every parameter."""',
        "    leaves = {name: array.clone().requires_grad_(name in parameters) for name, array in values.items()}",
        "    value = loss(leaves)",
        "    if value.requires_grad:",
        "        value.backward()",
        "    found = {name: leaves[name].grad for name in parameters}",
        "    zeros = {name: torch.zeros_like(leaves[name]) for name in parameters if found[name] is None}",
        "    return value.detach(), {**found, **zeros}",
    ],
    "jax": [
        "def loss_and_gradients(values=values):",
        '    """The loss, and its gradient for every parameter."""',
        "    trained = {name: values[name] for name in parameters}",
        "    return jax.value_and_grad(lambda trained: loss({**values, **trained}))(trained)",
    ],
}

CHECK = """\
    # The gradients that the page shows{what}:
    expected = {{
{rows}
    }}
    differences = []
    for name, wanted in expected.items():
        found, wanted = np.asarray({found}), np.array(wanted){form}
        differences.append(np.abs(found - wanted).max(initial=0) / max(1, np.abs(wanted).max(initial=0)))
    largest = max(differences, default=0)
    verdict = "agree with" if largest < 1e-9 else "DIFFER from"
    print(f"The gradients {{verdict}} those of the page: largest relative difference {{largest:.1e}}.")"""

LOADER = '''\
def load(file):
    """The arrays of a safetensors file, by name."""
    content = file.read_bytes()
    size = int.from_bytes(content[:8], "little")
    kinds = {{"F64": np.float64, "F32": np.float32, "I64": np.int64}}
    arrays = {{}}
    for name, about in json.loads(content[8 : 8 + size]).items():
        if name != "__metadata__":
            start, end = about["data_offsets"]
            array = np.frombuffer(content[8 + size + start : 8 + size + end], kinds[about["dtype"]])
            arrays[name] = {array}
    return arrays


values = load(Path(__file__).with_name("{file}"))'''
