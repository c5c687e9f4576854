"""Calls of operators to program text: what every reader of models writes into.

A reader declares leaves and calls operators; each call builds the variable, whose shape the next call may read, and is
remembered as one line of the program. What no output needs is left out. A line stands inside the scopes that were
open when it was called, so that the text parses to the same graph and the same scopes.
"""

from __future__ import annotations

import builtins
import keyword
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from tidegraph.engine.graph import REGISTRY, Variable, leaf, literal, size_of
from tidegraph.engine.language.parser import parse
from tidegraph.engine.models.model import Model
from tidegraph.engine.ops.declare import as_variable
from tidegraph.engine.ops.source.program import attribute_text, call

F = TypeVar("F", bound=Callable[..., Any])

RESERVED = frozenset(
    {
        *keyword.kwlist,
        *keyword.softkwlist,
        *dir(builtins),
        *("pi", "inf", "nan", "e", "np", "numpy", "torch", "F", "nn", "math", "self"),
        *(
            "input",
            "target",
            "parameter",
            "constant",
            "scope",
            "normal",
            "uniform",
            "zeros",
            "ones",
            "xavier",
            "he",
            "orthogonal",
        ),
    }
)
"""Names that a line never assigns."""

Operand = Variable | float | int | bool


def registrar(rules: dict[str, F]) -> Callable[..., Callable[[F], F]]:
    """A decorator that enters a reader's rule into `rules` under the names given to it."""

    def rule(*names: str) -> Callable[[F], F]:
        def enter(made: F) -> F:
            rules.update(dict.fromkeys(names, made))
            return made

        return enter

    return rule


@dataclass(eq=False, slots=True)
class Block:
    """A scope with its lines, and the scopes inside it, in order."""

    name: str
    source: str = ""
    """The path of the module, function or name space that this is a call of."""
    parent: Block | None = None
    parts: list[Block | Line] = field(default_factory=list)
    line: int = 0

    def chain(self) -> list[Block]:
        """This block and those around it, the outermost first."""
        found: list[Block] = []
        block: Block | None = self
        while block is not None:
            found.append(block)
            block = block.parent
        return found[::-1]


@dataclass(eq=False, slots=True)
class Line:
    """One call of an operator, or the declaration of a leaf (without an operator)."""

    op: str
    operands: tuple[Any, ...]
    attributes: Mapping[str, Any]
    results: tuple[Variable, ...]
    block: Block
    stem: str = ""
    needed: bool = False
    number: int = 0


@dataclass(slots=True, eq=False)
class Declared:
    """A leaf on its way into the program."""

    variable: Variable
    role: str
    stem: str
    value: np.ndarray | None
    sources: list[str]
    block: Block | None = None
    line: int = 0


class Builder:
    """One program that is being written."""

    def __init__(self) -> None:
        self.root = Block("")
        self.block = self.root
        self.lines: list[Line] = []
        self.made: dict[Variable, Line] = {}
        self.leaves: dict[Variable, Declared] = {}
        self.notes: dict[str, None] = {}
        self.truths: dict[Variable, Variable] = {}

    # Leaves

    def leaf(
        self,
        source: str,
        shape: Iterable[int],
        role: str,
        value: np.ndarray | None = None,
        stem: str = "",
    ) -> Variable:
        """A declared variable that `source` names in the model; in a block its name is the end of the source's path."""
        variable = leaf(tuple(shape), role)
        sources = [source] if source else []
        self.leaves[variable] = Declared(variable, role, identifier(stem or source or "constant"), value, sources)
        return variable

    def constant(self, array: Any, source: str = "") -> Variable:
        """A known array: a number where it is one, a number repeated where all are equal, a leaf with a value else."""
        array = np.asarray(array)
        if array.ndim == 0:
            return literal(array.item())
        if array.size and not source:
            first = array.reshape(-1)[0]
            if ((array == first).all() and not math.copysign(1.0, float(first)) * float(first) < 0) or not array.size:
                return self.call("broadcast_to", first.item(), shape=array.shape)
        variable = self.leaf(source, array.shape, "constant", array, stem=source or "constant")
        return self.truth(variable) if array.dtype == np.bool_ else variable

    def truth(self, variable: Variable) -> Variable:
        """A leaf's numbers as truth values: a leaf holds floats."""
        if variable not in self.truths:
            self.truths[variable] = self.call("not_equal", variable, 0)
        return self.truths[variable]

    def note(self, text: str) -> None:
        """Something that was changed or dropped."""
        self.notes[text] = None

    # Calls

    def call(self, op: str, *operands: Any, stem: str = "", **attributes: Any) -> Any:
        """Apply an operator; its result, or a tuple of them."""
        results = REGISTRY[op](*operands, **attributes)
        made = results if isinstance(results, tuple) else (results,)
        line = Line(op, operands, attributes, made, self.block, stem)
        self.lines.append(line)
        self.block.parts.append(line)
        for variable in made:
            self.made[variable] = line
        return results

    def __getattr__(self, op: str) -> Any:
        """`builder.relu(x)` is a call of the operator."""
        if op not in REGISTRY:
            raise AttributeError(op)
        return lambda *operands, **attributes: self.call(op, *operands, **attributes)

    @contextmanager
    def scope(self, name: str, source: str = "") -> Iterator[Block]:
        """What is called inside stands in a scope of its own."""
        block = self.enter(name, source)
        try:
            yield block
        finally:
            self.leave()

    def enter(self, name: str, source: str = "") -> Block:
        """Open a scope inside the current one."""
        block = Block(name, source, self.block)
        self.block.parts.append(block)
        self.block = block
        return block

    def leave(self) -> None:
        """Close the current scope."""
        assert self.block.parent is not None
        self.block = self.block.parent

    # The end

    def model(
        self, inputs: Sequence[Variable], outputs: Sequence[tuple[str, Variable]], target: Variable | None = None
    ) -> Model:
        """The model whose results are `outputs`, each with the name that it gets; `target` is assigned last."""
        self.block = self.root
        results: list[Variable] = []
        last = next((p for p in reversed(self.root.parts) if isinstance(p, Line) and is_scalar(p.results[-1])), None)
        for stem, variable in outputs:
            line = self.made.get(variable)
            hidden = variable is target and line is not last
            if line is None or line.block is not self.root or variable in results or hidden:
                results.append(self.call("identity", variable, stem=identifier(stem)))
            else:
                if len(line.results) == 1:
                    line.stem = identifier(stem)
                results.append(variable)
        return Writer(self, list(inputs), results).model()


class Writer:
    """Writes what a builder holds."""

    def __init__(self, builder: Builder, inputs: list[Variable], outputs: list[Variable]) -> None:
        self.builder = builder
        self.inputs = inputs
        self.outputs = outputs
        self.text: list[str] = []
        self.names: dict[Variable, str] = {}
        self.holders: dict[str, Variable] = {}
        self.fixed: set[str] = set()
        """Names at the top level that stay what they are."""
        self.last: dict[Variable, float] = {}
        self.line_of: dict[Variable, int] = {}
        self.declared: dict[Block | Line, list[Declared]] = {}
        self.first: dict[Variable, int] = {}

    def model(self) -> Model:
        self.mark()
        self.place()
        for variable in self.inputs:
            self.declare(self.builder.leaves[variable], 0, top=True)
        self.write(self.builder.root, 0)
        program = "\n".join(self.text) + "\n"
        graph = parse(program)
        by_line = {v.leaf.line: name for name, v in graph.variables.items() if v.leaf is not None}
        scopes: dict[int, str] = {}
        for name, scope in graph.scopes.items():
            if scope.op is None:
                scopes.setdefault(scope.line, name)
        names: dict[str, str] = {}
        values: dict[str, np.ndarray] = {}
        for entry in self.builder.leaves.values():
            if not entry.line:
                continue
            name = by_line[entry.line]
            for source in entry.sources:
                names[source] = name
            if entry.value is not None:
                values[name] = entry.value
        for block in self.blocks(self.builder.root):
            if block.source and block.line in scopes:
                names.setdefault(block.source, scopes[block.line])
        model = Model(
            program=program,
            values=values,
            inputs=[by_line[self.line_of[v]] for v in self.inputs],
            outputs=[self.names[v] for v in self.outputs],
            names=names,
            notes=list(self.builder.notes),
        )
        model.__dict__["graph"] = graph
        return model

    def blocks(self, block: Block) -> Iterator[Block]:
        """All blocks inside one, in order."""
        stack = [block]
        while stack:
            found = stack.pop()
            yield found
            stack += [part for part in reversed(found.parts) if isinstance(part, Block)]

    def mark(self) -> None:
        """Which lines are needed, in which order, and where each variable is read last."""
        stack = [self.builder.made[v] for v in self.outputs]
        while stack:
            line = stack.pop()
            if line.needed:
                continue
            line.needed = True
            for variable in operands_of(line):
                maker = self.builder.made.get(variable)
                if maker is not None and not maker.needed:
                    stack.append(maker)
        for number, line in enumerate(self.blocks_and_lines(self.builder.root), 1):
            line.number = number
            if line.needed:
                for variable in operands_of(line):
                    self.last[variable] = number
        for variable in self.outputs:
            self.last[variable] = math.inf

    def blocks_and_lines(self, root: Block) -> Iterator[Line]:
        """All lines in order."""
        stack: list[Block | Line] = [root]
        while stack:
            part = stack.pop()
            if isinstance(part, Line):
                yield part
            else:
                stack += reversed(part.parts)

    def place(self) -> None:
        """Where each leaf is declared: in the innermost block around all lines that read it, before the first."""
        first: dict[Variable, Line] = {}
        around: dict[Variable, list[Block]] = {}
        for line in self.blocks_and_lines(self.builder.root):
            if not line.needed:
                continue
            chain = line.block.chain()
            for variable in operands_of(line):
                if variable not in self.builder.leaves:
                    continue
                if variable not in first:
                    first[variable] = line
                    around[variable] = chain
                elif around[variable] != chain:
                    common = [a for a, b in zip(around[variable], chain, strict=False) if a is b]
                    around[variable] = common
        for variable, line in first.items():
            if variable in self.inputs:
                continue
            chain, home = line.block.chain(), around[variable][-1]
            depth = len(around[variable])
            before: Block | Line = chain[depth] if depth < len(chain) else line
            entry = self.builder.leaves[variable]
            entry.block = home
            # It is declared before the whole of a block: what is read there until its own first line keeps its name.
            self.first[variable] = (
                next(self.blocks_and_lines(before)).number if isinstance(before, Block) else line.number
            )
            source = entry.sources[0] if entry.sources else ""
            if home.source and source.startswith(f"{home.source}."):
                entry.stem = identifier(source.removeprefix(f"{home.source}."))
            self.declared.setdefault(before, []).append(entry)

    def write(self, root: Block, depth: int) -> None:
        """The lines of a block; a scope without any is left out."""
        stack: list[tuple[Block | Line, int]] = [(part, depth) for part in reversed(root.parts)]
        useful = self.useful(root)
        while stack:
            part, depth = stack.pop()
            if isinstance(part, Block):
                if part not in useful:
                    continue
                for entry in self.declared.get(part, ()):
                    self.declare(entry, depth, self.first[entry.variable])
                self.emit(f'with scope("{part.name}"):', depth)
                part.line = len(self.text)
                stack += [(inner, depth + 1) for inner in reversed(part.parts)]
            elif part.needed:
                for entry in self.declared.get(part, ()):
                    self.declare(entry, depth, self.first[entry.variable])
                self.statement(part, depth)

    def useful(self, root: Block) -> set[Block]:
        """The blocks with at least one line that is needed."""
        found: set[Block] = set()
        for line in self.blocks_and_lines(root):
            if line.needed:
                block: Block | None = line.block
                while block is not None and block not in found:
                    found.add(block)
                    block = block.parent
        return found

    def emit(self, text: str, depth: int) -> None:
        self.text.append("    " * depth + text)

    def declare(self, entry: Declared, depth: int, number: int = 0, top: bool = False) -> None:
        variable = entry.variable
        name = self.named(variable, entry.stem, number - 1, keep=top or depth == 0)
        shape = f"[{', '.join(map(str, variable.shape))}]" if variable.shape else ""
        self.emit(f"{name}: {entry.role}{shape}", depth)
        entry.line = self.line_of[variable] = len(self.text)

    def named(self, variable: Variable, stem: str, number: int, keep: bool = False) -> str:
        """A name for a variable: its own if that is free, or held by what nobody reads any more."""
        taken = stem in RESERVED or stem in REGISTRY
        count = 1
        name = f"{stem}_1" if taken else stem
        while name in self.fixed or (
            name in self.holders and (keep or number <= 0 or self.last.get(self.holders[name], 0) > number)
        ):
            count += 1
            name = f"{stem}_{count}"
        self.holders[name] = variable
        self.names[variable] = name
        if keep:
            self.fixed.add(name)
        return name

    def statement(self, line: Line, depth: int) -> None:
        text = self.expression(line)
        keep = any(v in self.outputs for v in line.results)
        names = [self.named(v, line.stem or line.op, line.number, keep) for v in line.results]
        self.emit(f"{', '.join(names)} = {text}", depth)
        for variable in line.results:
            self.line_of[variable] = len(self.text)

    def expression(self, line: Line) -> str:
        texts = [None if v is None else self.operand(v) for v in line.operands]
        return call(REGISTRY[line.op], texts, line.attributes)

    def operand(self, value: Any) -> str:
        variable = as_variable(value)
        if variable.literal is not None:
            return attribute_text(variable.literal)
        return self.names[variable]


def is_scalar(variable: Variable) -> bool:
    """Whether a variable can be the target of differentiation."""
    return not variable.shape and variable.kind == "float"


def operands_of(line: Line) -> Iterator[Variable]:
    """The variables that a line reads."""
    for value in line.operands:
        if isinstance(value, Variable) and value.literal is None:
            yield value


def identifier(text: str) -> str:
    """A name that a program can assign, as close to `text` as it can be."""
    name = re.sub(r"\W+", "_", text).strip("_") or "x"
    name = name if name.isidentifier() else f"_{name}" if f"_{name}".isidentifier() else "x"
    return name[:80]


def bytes_of(shape: Sequence[int], width: int = 8) -> int:
    """Bytes of an array of a shape."""
    return size_of(shape) * width
