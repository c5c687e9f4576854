"""Plan to callable: straight-line NumPy calls, written once as Python source and run in memory that is retained.

The generated function has one line a call of the plan. Its arrays are names of its own namespace, made once a frame;
a frame serves one thread at a time. A result is written into the array that held it before, unless somebody still
holds that array. A loop that keeps each answer until the next has come makes a frame use two sets of results in turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextvars import Context
from functools import partial
from sys import getrefcount
from traceback import walk_tb
from types import CodeType
from typing import Any, Literal

import numpy as np

from tidegraph.engine.graph import Operator, Variable
from tidegraph.engine.runtime.allocation import LINE, Block
from tidegraph.engine.runtime.lowering import BLOCK, Call, scratch, stretched
from tidegraph.engine.runtime.plan import Groups, Plan
from tidegraph.engine.runtime.values import checked_value, initial_value, suited

PART = 500
"""Calls in one generated function; a longer plan is several, so that Python's compiler stays linear."""

BUFFER = 1024
"""Elements that NumPy converts at a time where types differ: what it takes besides the plan's memory stays small."""

CHECKS = 50
"""Results in one line of code that checks whether references to them exist."""

PLAN = "<plan>"
"""The name of the generated source in tracebacks."""

Frame = list[partial[Any]]
"""The generated function with its memory: twice, with different results, once somebody has held on to some."""


class CodeGenerator:
    """Writes one plan as source, and makes the namespaces that the source runs in."""

    def __init__(self, plan: Plan, groups: Groups, seed: int) -> None:
        self.plan = plan
        self.arena_bytes = plan.arena_bytes
        self.groups = groups
        self.seed = seed
        self.lines: list[tuple[str, str]] = []
        """Every line with the name that it assigns, if any."""
        self.functions: list[str] = []
        """The text of each function, once it has been written."""
        self.operators: dict[str, Operator] = {}
        """The operator that a line runs a kernel for."""
        self.constants: dict[str, Any] = {
            "refs": getrefcount,
            "array": np.ndarray,
            "float_type": plan.dtype,
            "convert": self.convert,
            "sum_of": np.add.reduce,
            **dict.fromkeys(("get", "values", "answer", "renew", "forget", "run")),
            **USED_IN_LINES,
        }
        self.constant_names: dict[Any, str] = {id(kernel): name for name, kernel in USED_IN_LINES.items()}
        self.arrays: dict[Block, str] = {}
        self.makers: dict[str, tuple[tuple[int, ...], np.dtype[Any], Literal["C", "F"]]] = {}
        """Shape, type and order of the output arrays."""
        self.owners: dict[str, int] = {}
        """How often a frame itself holds each of these."""
        self.answers: list[dict[str, str]] = []
        """The outputs: names of arrays by key."""
        self.fixed: list[tuple[str, Block, Variable]] = []
        self.names: dict[Variable, str] = {}
        self.numbers: dict[Variable, str] = {}
        self.defaults: dict[str, np.ndarray] = {}
        self.returned_leaves = {name for name, v in groups[0].items() if v.leaf is not None}

    # Names

    def name(self, variable: Variable) -> str:
        """The name of a computed variable's array."""
        known = self.names.get(variable)
        if known is None:
            block = self.plan.blocks[variable]
            if variable in self.plan.outputs:
                known = self.arrays.get(block) or f"r{len(self.arrays)}"
                order: Literal["C", "F"] = "F" if variable in self.plan.column_major else "C"
                self.makers[known] = variable.shape, self.plan.dtype_of(variable), order
            elif block.is_output:
                known = self.arrays.get(block) or f"r{len(self.arrays)}"
            else:
                known = f"a{len(self.names)}"
                self.fixed.append((known, block, variable))
            self.arrays.setdefault(block, known)
            self.names[variable] = known
        return known

    def constant(self, value: Any, key: Any, stem: str) -> str:
        """The name of an object that lines use."""
        name = self.constant_names.get(key)
        if name is None:
            name = stem if stem not in self.constants else f"{stem}{len(self.constants)}"
            self.constant_names[key] = name
            self.constants[name] = value
        return name

    def number_of(self, variable: Variable) -> str:
        """A scalar as a Python float."""
        if variable.literal is not None:
            value = float(variable.literal)
            return repr(value) if value - value == 0 else self.constant(value, ("number", repr(value)), "number")
        known = self.numbers.get(variable)
        if known is None:
            known = self.numbers[variable] = f"s{len(self.numbers)}"
            self.line(f"{known} = {self.array_of(variable)}.item()", known)
        return known

    def array_of(self, variable: Variable, kind: str = "") -> str:
        """A variable as an array; a number as an array of no axes, float where what it meets is."""
        if variable.literal is None:
            return self.names.get(variable) or self.name(variable)
        dtype = self.plan.dtype if kind == "float" else self.plan.dtype_of(variable)
        key = ("literal", dtype, type(variable.literal), repr(variable.literal))
        known = self.constant_names.get(key)
        if known is None:
            with np.errstate(over="ignore"):
                array = np.array(variable.literal, dtype)
            array.flags.writeable = False
            known = self.constant(array, key, "c")
        return known

    # Lines

    def source(self) -> str:
        """The text of `run(values)`, which returns a tuple of dicts, and of the parts that a long one is made of."""
        for name, variable in self.plan.leaves.items():
            self.leaf(name, variable)
        head = len(self.lines)
        for call in self.plan.calls:
            self.call(call)
        self.answers = self.answer()
        brought = {name for _, name in self.lines}
        for number, group in enumerate(self.answers):
            self.line(f"group{number} = answer{number}.copy()", f"group{number}")
            changes = [f"group{number}[{key!r}] = {at}" for key, at in group.items() if at in brought]
            self.lines += [(change, "") for change in changes]
        answer = f"({''.join(f'group{number}, ' for number in range(len(self.answers)))})"
        owners = Counter(at for group in self.answers for at in group.values())
        self.owners = {name: 1 + owners[name] for name in self.makers}
        for _, block, _ in self.fixed:
            if block.host is not None:
                self.owners[self.arrays[block.host]] += 1
        held = [f"refs({name}) > {count + 1}" for name, count in self.owners.items()]
        checks = [f"if {' or '.join(held[i : i + CHECKS])}: renew()" for i in range(0, len(held), CHECKS)]
        first = [*((check, "") for check in checks), ("get = values.get", ""), *self.lines[:head]]
        lines = self.lines[head:]
        if len(lines) <= PART:
            self.functions = [define("run(values)", [*first, *lines, (f"return {answer}", "")], ())]
            return self.functions[0]
        shared = {name for _, name in self.lines}
        parts = [lines[i : i + PART] for i in range(0, len(lines), PART)]
        texts = [define(f"part{number}()", part, shared) for number, part in enumerate(parts)]
        calls = [(f"part{number}()", "") for number in range(len(parts))]
        last = [(f"answer = {answer}", ""), ("forget()", ""), ("return answer", "")]
        self.functions = [*texts, define("run(values)", [*first, *calls, *last], shared)]
        return "\n".join(self.functions)

    def line(self, text: str, assigns: str = "") -> None:
        self.lines.append((text, assigns))

    def leaf(self, name: str, variable: Variable) -> None:
        """Lines that fetch a leaf's value: taken as it is where it fits, converted or drawn otherwise."""
        at = self.names[variable] = f"x{len(self.names)}"
        if variable.kind != "float":
            self.line(f"{at} = convert({name!r}, get({name!r}))", at)
            return
        fits = f"{at}.__class__ is array and {at}.dtype is float_type and {at}.shape == {variable.shape!r}"
        if variable.shape:
            fits += f" and {at}.flags.c_contiguous"
        assert variable.leaf is not None
        self.line(f"{at} = get({name!r})", at)
        if isinstance(variable.leaf.initial, np.ndarray):
            first = self.constant(self.convert(name, None), ("first", name), "first")
            self.line(f"if {at} is None: {at} = {first}{'.copy()' if name in self.returned_leaves else ''}")
            self.line(f"elif not ({fits}): {at} = convert({name!r}, {at})")
        else:
            self.line(f"if not ({fits}): {at} = convert({name!r}, {at})")

    def call(self, call: Call) -> None:
        if call.operator in self.plan.views:
            if len(call.inputs) == 1 and call.inputs[0].literal is not None and not isinstance(call.run, str):
                fixed = call.run(np.array(call.inputs[0].literal, self.plan.dtype_of(call.inputs[0])))
                self.names[call.outputs[0]] = self.constant(fixed, call.outputs[0], "c")
                return
            at = self.names[call.outputs[0]] = f"v{len(self.names)}"
            self.line(f"{at} = {self.written(call, self.operands(call))}", at)
        elif call.chain:
            self.chain(call)
        elif call.number:
            (output,) = call.outputs
            text = str(call.run).format(*[self.number_of(v) if not v.shape else self.array_of(v) for v in call.inputs])
            at = self.numbers[output] = f"s{len(self.numbers)}"
            self.line(f"{at} = {text}", at)
            if output not in self.plan.unboxed:
                self.line(f"{self.name(output)}[()] = {at}")
        else:
            text = self.written(call, self.operands(call), [self.name(v) for v in call.outputs])
            self.operators[text] = call.operator
            self.line(text)

    def operands(self, call: Call) -> list[str]:
        """The inputs as arrays. Elementwise kernels meet floats as floats; ufuncs see to that by themselves."""
        op = call.operator.op
        floats = any(v.kind == "float" for v in (*call.inputs, *call.outputs))
        kind = "float" if floats and op.elementwise else ""
        found = [self.array_of(v, kind) for v in call.inputs]
        if kind and call.outputs[0].kind == "float" and not isinstance(call.run, (np.ufunc, str)):
            widen = self.constant(partial(np.asarray, dtype=self.plan.dtype), "widen", "widen")
            mixed = zip(found, call.inputs, strict=True)
            found = [at if v.kind == "float" or v.literal is not None else f"{widen}({at})" for at, v in mixed]
        return found

    def written(self, call: Call, inputs: list[str], outputs: list[str] | None = None) -> str:
        """One call as text."""
        if isinstance(call.run, str):
            return call.run.format(*inputs, out=outputs[0] if outputs else "")
        kernel = call.run
        if outputs and call.operator.op.view:
            kernel = copy_reshaped if call.operator.op.view == "contiguous" else partial(copy_view, kernel)
        stem = getattr(kernel, "__name__", "") if isinstance(kernel, np.ufunc) else call.operator.op.name
        name = self.constant(kernel, id(kernel), stem)
        if kernel in (np.maximum, np.minimum) and outputs:
            return f"{name}({', '.join(inputs)}, out={outputs[0]})"
        return f"{name}({', '.join([*inputs, *(outputs or ())])})"

    def chain(self, call: Call) -> None:
        """Lines that run several elementwise calls block by block over flattened arrays."""
        (output,) = call.outputs
        whole = {v: self.array_of(v) for v in (*call.inputs, output) if v.shape}
        places = scratch(call)
        flat = {v: f"f{number}" for number, v in enumerate(whole)}
        order = ".T" if output in self.plan.column_major else ""
        lines = [f"{flat[v]} = {at}{order}.ravel()" for v, at in whole.items()]
        cuts = [slice(i, min(i + BLOCK, output.size)) for i in range(0, output.size, BLOCK)]
        lines.append(f"for cut in {self.constant(cuts, ('cuts', output.size), 'cuts')}:")
        outside = dict(self.names)
        for number, variable in enumerate(whole):
            self.names[variable] = f"e{number}"
            lines.append(f" e{number} = {flat[variable]}[cut]")
        for variable, (number, kind) in places.items():
            self.names[variable] = f"{kind}_{number}[:{self.names[output]}.size]"
        lines += [f" {self.written(part, self.operands(part), [self.names[part.outputs[0]]])}" for part in call.chain]
        self.names = outside
        self.line("\n".join(lines))

    def answer(self) -> list[dict[str, str]]:
        """Names by key for each dict that is returned, and lines for copies.

        No writable array is returned twice, and no result is memory of the caller's array. Of several outputs that view
        the same memory, the first in the plan's order is returned as it is.
        """
        seen: set[Variable] = set()
        groups = []
        for number, group in enumerate(self.groups):
            entries = dict.fromkeys(group, "")
            for key, variable in list(group.items())[:: -1 if number else 1]:
                root = self.plan.root_of(variable)
                again = root in seen or (root.leaf is not None and (number > 0 or variable is not root))
                if again and root.literal is None and not stretched(variable):
                    entries[key] = self.copy(variable)
                else:
                    entries[key] = self.array_of(variable)
                seen.add(root)
            groups.append(entries)
        return groups

    def copy(self, variable: Variable) -> str:
        """A result of its own with the same elements."""
        at = f"r{len(self.arrays)}"
        self.arrays[Block(self.plan.bytes_of(variable), 0, 0, is_output=True)] = at
        self.makers[at] = variable.shape, self.plan.dtype_of(variable), "C"
        self.line(f"{at}[...] = {self.numbers.get(variable) or self.array_of(variable)}")
        return at

    def raising(self, error: BaseException) -> Operator | None:
        """The operator whose kernel raised an error, or None if no kernel did."""
        texts = {text[4 : text.index("(")]: text.split("\n") for text in self.functions}
        for frame, line in walk_tb(error.__traceback__):
            if frame.f_code.co_filename == PLAN:
                found = self.operators.get(texts[frame.f_code.co_name][line - 1].strip())
                if found is not None:
                    return found
        return None

    # Memory

    def convert(self, name: str, value: Any) -> np.ndarray:
        """A leaf's value that is not yet an array of the right type: given otherwise, or not given."""
        default = self.defaults.get(name) if value is None else None
        if default is None:
            variable = self.plan.leaves[name]
            if value is not None:
                return checked_value(name, variable, value, self.plan.dtype_of(variable))
            suits = suited(self.plan.operators).get(variable, "")
            first = initial_value(name, variable, self.seed, suits)
            default = checked_value(name, variable, first, self.plan.dtype_of(variable))
            self.defaults[name] = default
        return default.copy() if name in self.returned_leaves else default

    def prepared(self, space: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The dicts to return as far as they are the same every time; copying one is quicker than writing it out."""
        filled = [{key: space.get(at) for key, at in group.items()} for group in self.answers]
        return {f"answer{number}": group for number, group in enumerate(filled)}

    def placed(self, memory: np.ndarray, block: Block, variable: Variable) -> np.ndarray:
        """The array of a variable at its block's place in some memory."""
        bytes_of_it = memory.reshape(-1, order="A").view(np.uint8)[block.offset : block.offset + block.size]
        by_columns = variable in self.plan.column_major
        rows = bytes_of_it.view(self.plan.dtype_of(variable)).reshape(variable.shape[:: -1 if by_columns else 1])
        return rows.T if by_columns else rows

    def frames(self) -> Callable[[], Frame]:
        """What makes a frame: the source in a namespace with arrays of its own, ready to be called.

        Functions are compiled one by one: a tree of all at once would not stay in the processor's cache.
        """
        codes = [compile(text, PLAN, "exec") for text in self.functions]
        temporary = dict.fromkeys({name for _, name in self.lines if name})

        def new_frame() -> Frame:
            frame: Frame = []
            quiet = Context()
            quiet.run(np.seterr, all="ignore")
            quiet.run(np.setbufsize, BUFFER)

            def start(space: dict[str, Any]) -> None:
                def renew() -> None:
                    """New arrays for results that somebody holds. The first time, what is held starts a second set."""
                    alone = len(frame) == 1
                    if alone:
                        start(dict(space))
                    for name, maker in self.makers.items():
                        if alone or getrefcount(space[name]) > self.owners[name] + 1:
                            space[name] = np.empty(*maker)
                    space.update(self.prepared(space))
                    for name, block, variable in self.fixed:
                        if block.host is not None:
                            space[name] = self.placed(space[self.arrays[block.host]], block, variable)

                space |= {"renew": renew, "forget": partial(space.update, temporary), **self.prepared(space)}
                for code in codes:
                    exec(apart(code), space)
                frame.append(partial(quiet.run, space["run"]))

            space = dict(self.constants)
            memory = np.empty(self.arena_bytes + LINE, np.uint8)
            memory = memory[-memory.ctypes.data % LINE :]
            for (number, kind), block in self.plan.scratch.items():
                space[f"{kind}_{number}"] = memory[block.offset : block.offset + block.size].view(
                    self.plan.dtypes[kind]
                )
            for name, maker in self.makers.items():
                space[name] = np.empty(*maker)
            for name, block, variable in self.fixed:
                space[name] = self.placed(
                    memory if block.host is None else space[self.arrays[block.host]], block, variable
                )
            start(space)
            return frame

        return new_frame


USED_IN_LINES: dict[str, Any] = {u.__name__: u for u in (np.multiply, np.square, np.sqrt, np.reciprocal, np.maximum)}
"""Functions that the lines of lowerings call by name."""


def apart(code: CodeType) -> CodeType:
    """A module's code with functions of its own: the interpreter tunes a function to one namespace."""
    return code.replace(co_consts=tuple([c.replace() if isinstance(c, CodeType) else c for c in code.co_consts]))


def define(header: str, lines: Iterable[tuple[str, str]], shared: Collection[str]) -> str:
    """A function as text; names that it shares with others are global."""
    lines = list(lines)
    names = dict.fromkeys(name for _, name in lines if name and name in shared)
    texts = [f"global {', '.join(names)}"] if names else []
    texts += [text for text, _ in lines]
    return "\n ".join([f"def {header}:", *(text.replace("\n", "\n ") for text in texts)])


def copy_view(kernel: Callable[..., Any], *arguments: Any) -> None:
    """What a view operator does where no view is possible: write the elements to the output."""
    *inputs, out = arguments
    np.copyto(out, kernel(*inputs))


def copy_reshaped(x: np.ndarray, out: np.ndarray) -> None:
    """What a reshape does where no view is possible: the shape is given to the output, whose memory is in order."""
    np.copyto(out.reshape(x.shape), x)
