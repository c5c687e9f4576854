"""Graph to plan: the order, every buffer's lifetime, bytes and FLOPs, all known before anything runs.

A plan knows what its caller wants back (`results`). Those arrays are handed out and are the caller's; everything
else lives in slots that are shared by variables whose lifetimes do not overlap. `Compiler` writes a plan out as
straight-line NumPy calls.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from sys import getrefcount
from typing import Any

import numpy as np

from engine.autodiff import Contribution, pullback, zeros
from engine.errors import InputError
from engine.graph import Graph, Operator, Variable, ancestors, literal
from engine.ops.declare import KINDS, Primitive
from engine.simplify import simplify
from engine.values import check_names, given_value, initial_value, suited

CHUNK = 500
"""Operators in one generated function; a longer plan is several, so that Python's compiler stays linear."""

WIDTHS = {"float64": np.dtype(np.float64), "float32": np.dtype(np.float32)}


@dataclass(frozen=True, slots=True)
class Step:
    """One operator of a plan. Bytes are those of arrays that the run itself allocates."""

    operator: Operator
    flops: int
    allocates: tuple[Variable, ...]
    frees: tuple[Variable, ...]
    live_bytes: int
    workspace_bytes: int


def float_type(dtype: Any) -> np.dtype[Any]:
    """float64 or float32; anything else is an InputError."""
    found = WIDTHS.get(str(np.dtype(dtype)) if not isinstance(dtype, str) else dtype)
    if found is None:
        raise InputError(f"dtype {dtype} is not supported", "float64 or float32")
    return found


class Plan:
    """Everything known about a run before it happens."""

    def __init__(self, results: Sequence[Variable], leaves: Mapping[str, Variable], dtype: Any = "float64") -> None:
        self.dtype = float_type(dtype)
        self.leaves = dict(leaves)
        self.results = tuple(dict.fromkeys(results))
        self.operators: tuple[Operator, ...] = tuple(ancestors(self.results))
        self._types = {"float": self.dtype, "int": np.dtype(np.int64), "bool": np.dtype(np.bool_)}
        self.root: dict[Variable, Variable] = {}
        self.contiguous: dict[Variable, bool] = {}
        self.views: set[Operator] = set()
        self._find_views()
        self.kept = {self.root_of(v) for v in self.results}

    def dtype_of(self, variable: Variable) -> np.dtype[Any]:
        """The NumPy type that a variable has in this run."""
        return self._types[variable.kind]

    def bytes_of(self, variable: Variable) -> int:
        """Bytes of a variable's own array."""
        return variable.size * self.dtype_of(variable).itemsize

    def root_of(self, variable: Variable) -> Variable:
        """The variable whose memory this one shows: itself unless it is a view."""
        return self.root.get(variable, variable)

    def _find_views(self) -> None:
        for operator in self.operators:
            view = operator.op.view
            if not view:
                continue
            source = operator.inputs[0]
            whole = self.contiguous.get(source, True)
            if view == "contiguous":
                is_view = whole and source.literal is None
            else:
                is_view = view(operator) if callable(view) else True
            if is_view:
                self.views.add(operator)
                output = operator.outputs[0]
                self.root[output] = self.root_of(source)
                self.contiguous[output] = whole and (view == "contiguous" or operator.op.name == "identity")

    @cached_property
    def flops(self) -> int:
        """Floating-point operations of one run."""
        return sum(o.op.flops(o) for o in self.operators)

    @cached_property
    def largest_elements(self) -> int:
        """Elements of the largest array."""
        sizes = [v.size for v in self.leaves.values()] + [v.size for o in self.operators for v in o.outputs]
        return max(sizes, default=0)

    @cached_property
    def leaf_bytes(self) -> int:
        """Bytes of the declared variables."""
        return sum(self.bytes_of(v) for v in self.leaves.values())

    @cached_property
    def last_use(self) -> dict[Variable, int]:
        """For every allocated variable that is not handed out, the number of the last operator that reads it."""
        last: dict[Variable, int] = {}
        for number, operator in enumerate(self.operators):
            for variable in (*operator.inputs, *operator.outputs):
                last[self.root_of(variable)] = number
        return {v: n for v, n in last.items() if v.operator is not None and v not in self.kept}

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The run, operator by operator: what is allocated, what is freed, how many bytes are live meanwhile."""
        ends: dict[int, list[Variable]] = {}
        for variable, number in self.last_use.items():
            ends.setdefault(number, []).append(variable)
        live = 0
        steps = []
        for number, operator in enumerate(self.operators):
            new = () if operator in self.views else operator.outputs
            live += sum(self.bytes_of(v) for v in new)
            frees = tuple(ends.get(number, ()))
            scratch = operator.op.workspace(operator) * self.dtype.itemsize
            steps.append(Step(operator, operator.op.flops(operator), new, frees, live, scratch))
            live -= sum(self.bytes_of(v) for v in frees)
        return tuple(steps)

    @cached_property
    def slots(self) -> tuple[dict[Variable, int], list[int]]:
        """The slot of every allocated variable that is not handed out, and the bytes of each slot."""
        place: dict[Variable, int] = {}
        sizes: list[int] = []
        free: dict[int, list[int]] = {}
        ends: dict[int, list[Variable]] = {}
        for variable, number in self.last_use.items():
            ends.setdefault(number, []).append(variable)
        for number, operator in enumerate(self.operators):
            if operator not in self.views:
                reusable = self._overwritten(operator, number)
                for variable in operator.outputs:
                    if variable in self.kept:
                        continue
                    if reusable is not None:
                        place[variable] = place[reusable]
                        continue
                    size = self.bytes_of(variable)
                    spare = free.get(size)
                    if spare:
                        place[variable] = spare.pop()
                    else:
                        place[variable] = len(sizes)
                        sizes.append(size)
                taken_over = reusable
            else:
                taken_over = None
            for variable in ends.get(number, ()):
                if variable is not taken_over and variable in place:
                    free.setdefault(sizes[place[variable]], []).append(place[variable])
        return place, sizes

    def _overwritten(self, operator: Operator, number: int) -> Variable | None:
        """An input that dies here and whose memory the output can take over in place."""
        op: Primitive = operator.op
        if not op.inplace:
            return None
        output = operator.outputs[0]
        if output in self.kept:
            return None
        for variable in operator.inputs:
            if (
                variable.operator is not None
                and self.root_of(variable) is variable
                and self.last_use.get(variable) == number
                and variable.shape == output.shape
                and variable.kind == output.kind
                and all(v is variable or self.root_of(v) is not variable for v in operator.inputs)
            ):
                return variable
        return None

    @cached_property
    def result_bytes(self) -> int:
        """Bytes of the arrays that are handed out; a second view of the same memory is handed out as a copy."""
        copies, seen = 0, set()
        for variable in self.results:
            root = self.root_of(variable)
            outside = root.leaf is not None and variable.leaf is None
            if (root in seen or outside) and not stretched(variable):
                copies += self.bytes_of(variable)
            if variable.leaf is None:
                seen.add(root)
        return copies + sum(self.bytes_of(v) for v in self.kept if v.operator is not None)

    @cached_property
    def peak_bytes(self) -> int:
        """Bytes that a run allocates at most: slots, results, and the largest workspace of an operator."""
        scratch = max((o.op.workspace(o) for o in self.operators), default=0) * self.dtype.itemsize
        return self.result_bytes + sum(self.slots[1]) + scratch

    @cached_property
    def live_peak_bytes(self) -> int:
        """The largest sum of arrays that are needed at the same time."""
        return max((s.live_bytes + s.workspace_bytes for s in self.steps), default=0)


def stretched(variable: Variable) -> bool:
    """Whether a variable repeats elements without a copy; NumPy lets nobody write to such an array."""
    return variable.operator is not None and variable.operator.op.name == "broadcast_to"


@dataclass(slots=True)
class Compiler:
    """Writes one plan out as Python source whose every line is a NumPy call."""

    plan: Plan
    groups: Sequence[Mapping[str, Variable]]
    seed: int = 0
    space: dict[str, Any] = field(default_factory=dict)
    indices: dict[Variable, int] = field(default_factory=dict)
    makers: list[Callable[[], Any] | None] = field(default_factory=list)
    constants: dict[Any, str] = field(default_factory=dict)

    def function(self) -> Callable[[Mapping[str, Any]], Any]:
        plan = self.plan
        place, sizes = plan.slots
        long = len(plan.operators) > CHUNK
        leaves = list(plan.leaves.items())
        for _, variable in leaves:
            self.indices[variable] = len(self.makers)
            self.makers.append(None)
        memory: list[np.ndarray] = []
        fixed: list[tuple[int, Variable, int]] = []
        handed: list[int] = []
        computed: list[int] = []
        lines: list[str] = []
        for operator in plan.operators:
            if operator in plan.views:
                output = operator.outputs[0]
                index = self.indices[output] = len(self.makers)
                self.makers.append(None)
                computed.append(index)
                lines.append(f"{self.at(index, long)} = {self.call(operator, long)}")
                continue
            for variable in operator.outputs:
                index = self.indices[variable] = len(self.makers)
                if variable in plan.kept:
                    handed.append(index)
                    self.makers.append(partial(np.empty, variable.shape, plan.dtype_of(variable)))
                else:
                    fixed.append((index, variable, place[variable]))
                    self.makers.append(None)
            lines.append(self.call(operator, long))
        makers, types = self.makers, plan.dtype_of

        def new_frame() -> list[Any]:
            frame: list[Any] = [make() if make else None for make in makers]
            slots = [np.empty(size, np.uint8) for size in sizes]
            for index, variable, slot in fixed:
                dtype = types(variable)
                array = slots[slot][: variable.size * dtype.itemsize].view(dtype)
                frame[index] = array.reshape(variable.shape)
            return frame

        pool: deque[list[Any]] = deque()

        def take() -> list[Any]:
            try:
                return pool.pop()
            except IndexError:
                return new_frame()

        self.space.update(take=take, give=pool.append, refs=getrefcount, array=np.ndarray, F64=plan.dtype)
        self.space["convert"] = self.convert
        head = self.inputs(leaves, long)
        checks = [
            f"if refs({self.at(i, long)}) > {2 if long else 3}: {self.at(i, long)} = F[{i}] = {self.constant(makers[i])}()"
            for i in handed
        ]
        result = self.dictionaries(long)
        return self.build(lines, head, checks, result, [*range(len(leaves)), *computed] if long else None)

    def at(self, index: int, long: bool) -> str:
        return f"F[{index}]" if long else f"b{index}"

    def inputs(self, leaves: list[tuple[str, Variable]], long: bool) -> list[str]:
        """Lines that fetch the leaves' values: taken as they are where they fit, converted or drawn otherwise."""
        lines = []
        for index, (name, variable) in enumerate(leaves):
            at = self.at(index, long)
            if variable.kind != "float":
                lines.append(f"{at} = convert({name!r}, get({name!r}))")
                continue
            lines.append(f"{at} = v = get({name!r})")
            lines.append(
                f"if not (type(v) is array and v.dtype is F64 and v.shape == {variable.shape!r} and v.flags.c_contiguous):"
                f" {at} = convert({name!r}, v)"
            )
        return lines

    def convert(self, name: str, value: Any) -> np.ndarray:
        """A leaf's value that is not yet an array of the right type: given otherwise, or not given."""
        variable = self.plan.leaves[name]
        if value is None:
            value = initial_value(name, variable, self.seed, suited(self.plan.operators).get(variable, ""))
        return given_value(name, variable, value, self.plan.dtype_of(variable))

    def call(self, operator: Operator, long: bool) -> str:
        op: Primitive = operator.op
        kernel = op.select(operator) if op.select else op.kernel
        if op.select is None and operator.attributes:
            kernel = partial(op.kernel, **operator.attributes)
        is_ufunc = isinstance(kernel, np.ufunc)
        output = operator.outputs[0]
        if is_ufunc and output.kind != "bool" and all(KINDS[v.kind] < KINDS[output.kind] for v in operator.inputs):
            kernel = partial(kernel, dtype=self.plan.dtype_of(output))
        arguments = [self.operand(v, is_ufunc, long) for v in operator.inputs]
        if op.elementwise and not is_ufunc and output.kind == "float":
            widen = self.constant(("widen",), partial(np.asarray, dtype=self.plan.dtype))
            arguments = [a if v.kind == "float" else f"{widen}({a})" for a, v in zip(arguments, operator.inputs, strict=True)]
        if operator not in self.plan.views:
            if op.view:
                kernel = copy_reshaped if op.view == "contiguous" else partial(copy_view, kernel)
            arguments += [self.at(self.indices[v], long) for v in operator.outputs]
        return f"{self.constant(kernel)}({', '.join(arguments)})"

    def operand(self, variable: Variable, bare: bool, long: bool) -> str:
        if variable.literal is None:
            return self.at(self.indices[variable], long)
        value = variable.literal
        if bare and value == value and value not in (float("inf"), float("-inf")):
            return f"({value!r})"
        return self.constant(("literal", variable.kind, value), np.array(value, self.plan.dtype_of(variable)))

    def constant(self, key: Any, value: Any = None) -> str:
        """The name of an object in the generated code's namespace."""
        hashed = key if isinstance(key, tuple) else id(key)
        name = self.constants.get(hashed)
        if name is None:
            name = self.constants[hashed] = f"k{len(self.constants)}"
            self.space[name] = key if value is None else value
        return name

    def dictionaries(self, long: bool) -> str:
        """The returned dicts. No writable array is handed out twice, nor is a caller's own array given back as a gradient."""
        seen: set[Variable] = set()
        texts = []
        for number, group in enumerate(self.groups):
            entries = []
            for name, variable in group.items():
                root = self.plan.root_of(variable)
                text = self.operand(variable, False, long)
                shared = root in seen or (root.leaf is not None and (number > 0 or variable.leaf is None))
                if root.literal is None and shared and not stretched(variable):
                    text = f"{text}.copy()"
                if variable.leaf is None or number:
                    seen.add(root)
                if variable.literal is not None:
                    self.space[text].flags.writeable = False
                entries.append(f"{name!r}: {text}")
            texts.append("{" + ", ".join(entries) + "}")
        return f"({', '.join(texts)},)"

    def build(self, lines: list[str], head: list[str], checks: list[str], result: str, borrowed: list[int] | None) -> Callable[..., Any]:
        if borrowed is None:
            names = ", ".join(f"b{i}" for i in range(len(self.makers)))
            unpack = [f"({names},) = F"] if names else []
            body = ["F = take()", *unpack, "get = values.get", *head, *checks, *lines, "give(F)", f"return {result}"]
            source = "def run(values):\n" + "\n".join(f" {line}" for line in body)
        else:
            parts = [lines[i : i + CHUNK] for i in range(0, len(lines), CHUNK)]
            functions = [f"def part{n}(F):\n" + "\n".join(f" {x}" for x in part) for n, part in enumerate(parts)]
            calls = [f"part{n}(F)" for n in range(len(parts))]
            clear = [f"F[{i}] = None" for i in borrowed]
            body = ["F = take()", "get = values.get", *head, *checks, *calls, f"r = {result}", *clear, "give(F)", "return r"]
            functions.append("def run(values):\n" + "\n".join(f" {line}" for line in body))
            source = "\n".join(functions)
        exec(compile(source, "<plan>", "exec"), self.space)  # noqa: S102 - our own lines, no text of the program
        quiet: Callable[..., Any] = np.errstate(all="ignore")(self.space["run"])
        return quiet


def copy_view(kernel: Callable[..., Any], *arguments: Any) -> None:
    """What a view operator does where no view is possible: write the elements to the output."""
    *inputs, out = arguments
    np.copyto(out, kernel(*inputs))


def copy_reshaped(x: np.ndarray, out: np.ndarray) -> None:
    """What a reshape does where no view is possible: the shape is given to the output, whose memory is in order."""
    np.copyto(out.reshape(x.shape), x)


KEEP = ("all", "named", "training", "prediction")


@dataclass(frozen=True, slots=True)
class Passes:
    """The forward and backward pass of a graph as variables: what a caller wants back, by name."""

    values: dict[str, Variable]
    gradients: dict[str, Variable]
    contributions: tuple[tuple[Contribution, Variable], ...] = ()


def passes(
    graph: Graph, target: str | None = None, wrt: Iterable[str] | None = None, keep: str = "all", trace: bool = False
) -> Passes:
    """What a run of `graph` has to compute; see `value_and_grad` for `wrt` and `keep`.

    With `trace`, every contribution to a gradient is wanted as well, and a graph without a scalar is no error.
    """
    if keep not in KEEP:
        raise InputError(f"keep={keep!r} is not known", " or ".join(KEEP))
    named = set(graph.given)
    if trace and target is None and graph.target is None:
        return Passes(dict(graph.variables), {})
    goal = graph.resolve_target(target)
    name = graph.names[goal]
    if keep == "prediction":
        return Passes({name: goal}, {})
    values = {n: v for n, v in graph.variables.items() if keep == "all" or (keep == "named" and v in named) or v is goal}
    if wrt is None:
        chosen = list(graph.leaves().values() if keep == "all" else graph.leaves("parameter").values())
    else:
        chosen = [graph.find(n) for n in wrt]
    needed = set(ancestors([goal]))
    operators = [o for o in graph.operators if o in needed]
    back = pullback(operators, {goal: literal(1.0)}, chosen)
    wanted = set(chosen) if keep == "training" else named if keep == "named" else None
    found = {graph.names[v]: g for v, g in back.gradients.items() if wanted is None or v in wanted}
    if wrt is not None or keep == "training":
        found.update({graph.names[v]: zeros(v) for v in chosen if v not in back.gradients})
    contributions = back.contributions if trace else []
    made = simplify([*found.values(), *(c.value for c in contributions)], fixed=set(graph.operators))
    order = {n: made[found[n]] for n in graph.variables if n in found}
    return Passes(values, order, tuple((c, made[c.value]) for c in contributions))


def plan(
    graph: Graph,
    target: str | None = None,
    wrt: Iterable[str] | None = None,
    keep: str = "all",
    dtype: Any = "float64",
    trace: bool = False,
) -> Plan:
    """The plan of a run, without running it: order, bytes, FLOPs. Arguments as for `value_and_grad`."""
    wanted = passes(graph, target, wrt, keep, trace)
    results = [*wanted.values.values(), *wanted.gradients.values(), *(v for _, v in wanted.contributions)]
    return Plan(results, graph.leaves(), dtype)


class Function:
    """A compiled graph: call it with values of declared variables, by keyword or as one mapping.

    Variables that are not given keep their first value. It may be called from several threads at once; arrays that it
    has returned are the caller's and are never written again.
    """

    def __init__(self, graph: Graph, plan: Plan, groups: Sequence[Mapping[str, Variable]], seed: int = 0) -> None:
        self.graph = graph
        self.plan = plan
        self._run = Compiler(plan, groups, seed).function()
        self._names = plan.leaves.keys() - graph.sizes.keys()

    def __call__(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> Any:
        if values is not None:
            named = {**values, **named}
        if not named.keys() <= self._names:
            check_names(self.graph, named)
        return self._run(named)


def value_and_grad(
    graph: Graph,
    target: str | None = None,
    wrt: Iterable[str] | None = None,
    keep: str = "all",
    dtype: Any = "float64",
    seed: int = 0,
) -> Function:
    """Compile a graph to a callable that returns `(values, gradients)`, two dicts of arrays by variable name.

    `target` is the scalar to differentiate (default: the last one that the program assigns). Gradients are those of
    every variable on a path from `wrt` (default: all leaves; the parameters unless everything is kept) to the target,
    and zero for those of `wrt` that the target ignores.
    `keep` says what is handed back: `all`; `named`, the variables that the program names; `training`, the target and
    the gradients of `wrt` alone; `prediction`, the target alone. What is not handed back shares memory.
    `seed` draws the values that neither the caller nor the program gives.
    """
    wanted = passes(graph, target, wrt, keep)
    made = Plan([*wanted.values.values(), *wanted.gradients.values()], graph.leaves(), dtype)
    return Function(graph, made, (wanted.values, wanted.gradients), seed)


def function(graph: Graph, results: Iterable[str] | None = None, dtype: Any = "float64", seed: int = 0) -> Function:
    """Compile a graph to a callable that returns `(values,)`: the named results, or what a derived graph was made for."""
    names = list(results if results is not None else graph.answers or graph.variables)
    wanted = {name: graph.find(name) for name in names}
    return Function(graph, Plan(list(wanted.values()), graph.leaves(), dtype), (wanted,), seed)
