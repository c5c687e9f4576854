"""The computational graph: variables, the operators between them, and the scopes that group operators.

A variable is either a leaf (declared in the program), a number, or an output of one operator, and an operator
knows its inputs; so an expression is a graph by itself and `a * b` builds one. `Graph` adds names, an order and
checks. Everything here is immutable; a change is a new graph.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import numpy as np

from tidegraph.engine.graph.budget import spend
from tidegraph.engine.graph.display import mimebundle
from tidegraph.engine.graph.errors import InputError, ProgramWarning
from tidegraph.engine.graph.kinds import Factor, Layer, Lowering, Trait, Way
from tidegraph.engine.messages.catalogue import Message

Shape = tuple[int, ...]
Number = float | int | bool


class Type(NamedTuple):
    """What is known of an array before anything runs. `kind` is float, int or bool; its width is the plan's choice."""

    shape: Shape
    kind: str = "float"


Kernel = Callable[..., Any]
"""A NumPy kernel: called with input arrays, output arrays, and attributes as keywords."""

VjpRule = Callable[..., Any]
"""The vector-Jacobian product of one input, or of all: `f(g, y, *inputs, **attributes)` in graph expressions."""

JvpRule = Callable[..., Any]
"""The Jacobian-vector product: `f(tangents, y, *inputs, **attributes)`."""

Rewrite = Callable[..., "Variable | None"]
"""A simpler expression of the same value, or None where the rule does not apply: `f(*inputs, **attributes)`."""

Suits = Mapping[Any, Any]
"""What an input must hold when its value is drawn, by name (by number where an operator takes any number of inputs)."""


class Declaration(Protocol):
    """Every operator: a primitive, or a composite that other operators make up. Calling it builds the graph."""

    name: str
    family: str
    doc: str
    symbol: str
    signature: str
    inputs: list[str]
    optional: set[str]
    variadic: bool
    attributes: dict[str, Any]
    suits: Suits
    traits: frozenset[Trait]
    layer: Layer | None
    phrase: Callable[[Sequence[Variable | None]], str] | None
    latex: Any
    torch: tuple[str, ...]
    scalars: set[str]

    def __call__(self, *operands: Any, **keywords: Any) -> Any: ...

    def parameter(self, name: str) -> str | None:
        """The parameter that a keyword means."""

    def bind(self, operands: Sequence[Any], keywords: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """A call's arguments as inputs and attributes."""

    def order(self, known: Callable[[int], Any]) -> tuple[str, ...]:
        """What the arguments of a call are in turn."""


class PrimitiveDeclaration(Declaration, Protocol):
    """An operator with a kernel of its own, which is what a graph consists of."""

    infer: Callable[..., Any]
    kernel: Kernel
    select: Callable[[Operator], Kernel] | None
    vjp: VjpRule | tuple[VjpRule | None, ...] | None
    jvp: JvpRule | None
    elementwise: bool
    linear: bool
    view: bool | str | Callable[[Operator], bool]
    inplace: bool
    analytic: bool
    portable: bool
    scratch: Callable[..., int] | None
    lowering: tuple[Lowering, ...]
    rewrites: tuple[Rewrite, ...]
    circle: Callable[[Operator, Callable[[Variable], str]], str] | None

    def flops(self, operator: Operator) -> int:
        """Floating-point operations of one application."""

    def workspace(self, operator: Operator, width: int = 8) -> int:
        """Bytes that the kernel holds besides its outputs."""

    def way(self, operator: Operator, port: int) -> Way | Factor:
        """What happens to the gradient on the way to an input."""


REGISTRY: dict[str, Declaration] = {}
"""Every declared operator by name; `engine.ops` fills it on import."""


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """A group of operators that is one circle when closed: a call of a `def`, a composite operator, a loop or
    one of its iterations.

    `operands` are what was passed, None for an optional input that was not.
    """

    name: str
    kind: str  # function, operator, loop or iteration
    parent: Scope | None = None
    line: int = 0
    op: Declaration | None = None
    operands: tuple[Variable | None, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Origin(NamedTuple):
    """Where in the program an operator comes from."""

    scope: Scope | None = None
    line: int = 0


NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current_origin() -> Origin:
    """The origin that operators built now are given."""
    return _origin.get()


class origin:
    """Operators built inside belong to `scope` and to `line` of the program."""

    __slots__ = ("made", "token")

    def __init__(self, scope: Scope | None, line: int) -> None:
        self.made = Origin(scope, line)

    def __enter__(self) -> Origin:
        self.token = _origin.set(self.made)
        return self.made

    def __exit__(self, *raised: object) -> None:
        _origin.reset(self.token)


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A declared variable: its role (input, target, parameter, constant) and how its first value is made.

    `initial` is an array, or a named draw such as `("normal", (0.0, 0.1))`, or None for the default draw. `scope` is
    the iteration of a loop that declares it.
    """

    role: str
    initial: Any = None
    line: int = 0
    scope: Scope | None = None


class Operator:
    """One application of an operator to variables. `outputs` are the variables that it computes."""

    __slots__ = ("attributes", "inputs", "op", "origin", "outputs")

    def __init__(
        self,
        op: PrimitiveDeclaration,
        inputs: tuple[Variable, ...],
        attributes: Mapping[str, Any],
        types: tuple[Type, ...],
        origin: Origin,
    ) -> None:
        spend("operators")
        self.op = op
        self.inputs = inputs
        self.attributes = attributes
        self.origin = origin
        self.outputs = tuple([Variable(shape, kind, self, index) for index, (shape, kind) in enumerate(types)])

    def __repr__(self) -> str:
        return f"<{self.op.name} {' '.join(str(v.shape) for v in self.inputs)}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Variable:
    """An array in the graph. Exactly one of `operator`, `leaf`, `literal` says where it comes from."""

    shape: Shape
    kind: str = "float"
    operator: Operator | None = None
    output: int = 0
    leaf: Leaf | None = None
    literal: Number | None = None

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return size_of(self.shape)

    def __repr__(self) -> str:
        source = self.operator.op.name if self.operator else self.leaf.role if self.leaf else self.literal
        return f"<Variable {self.shape} {source}>"

    def __add__(self, other: Operand) -> Variable:
        return _call("add", self, other)

    def __radd__(self, other: Operand) -> Variable:
        return _call("add", other, self)

    def __sub__(self, other: Operand) -> Variable:
        return _call("subtract", self, other)

    def __rsub__(self, other: Operand) -> Variable:
        return _call("subtract", other, self)

    def __mul__(self, other: Operand) -> Variable:
        return _call("multiply", self, other)

    def __rmul__(self, other: Operand) -> Variable:
        return _call("multiply", other, self)

    def __truediv__(self, other: Operand) -> Variable:
        return _call("divide", self, other)

    def __rtruediv__(self, other: Operand) -> Variable:
        return _call("divide", other, self)

    def __pow__(self, other: Operand) -> Variable:
        return _call("power", self, other)

    def __rpow__(self, other: Operand) -> Variable:
        return _call("power", other, self)

    def __mod__(self, other: Operand) -> Variable:
        return _call("remainder", self, other)

    def __matmul__(self, other: Operand) -> Variable:
        return _call("matmul", self, other)

    def __rmatmul__(self, other: Operand) -> Variable:
        return _call("matmul", other, self)

    def __neg__(self) -> Variable:
        return _call("neg", self)

    def __lt__(self, other: Operand) -> Variable:
        return _call("less", self, other)

    def __le__(self, other: Operand) -> Variable:
        return _call("less_equal", self, other)

    def __gt__(self, other: Operand) -> Variable:
        return _call("greater", self, other)

    def __ge__(self, other: Operand) -> Variable:
        return _call("greater_equal", self, other)

    def __getitem__(self, key: Any) -> Variable:
        return _call("getitem", self, key=key)

    @property
    def T(self) -> Variable:
        """All axes reversed, as in NumPy."""
        return _call("transpose", self)


Operand = Variable | Number


def _call(name: str, *operands: Operand, **attributes: Any) -> Variable:
    result: Variable = REGISTRY[name](*operands, **attributes)
    return result


@contextmanager
def building() -> Iterator[None]:
    """No cyclic collection inside: a build makes many objects that stay; to walk them again and again is not linear."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def literal(value: Number) -> Variable:
    """A number as an operand: part of its operator, not a node of its own."""
    kind = "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "float"
    return Variable((), kind, literal=value)


def leaf(
    shape: Iterable[int],
    role: str,
    initial: Any = None,
    line: int = 0,
    kind: str = "float",
    scope: Scope | None = None,
) -> Variable:
    """A declared variable."""
    return Variable(tuple(shape), kind, leaf=Leaf(role, initial, line, scope))


def constant(array: Any) -> Variable:
    """A fixed array inside an expression."""
    array = np.asarray(array)
    kind = {"b": "bool", "i": "int", "u": "int"}.get(array.dtype.kind, "float")
    return Variable(array.shape, kind, leaf=Leaf("constant", array))


def size_of(shape: Iterable[int]) -> int:
    """Number of elements."""
    size = 1
    for n in shape:
        size *= n
    return size


def ancestors(outputs: Iterable[Variable], stop: Callable[[Variable], bool] | None = None) -> list[Operator]:
    """The operators that `outputs` need, each after its inputs' operators. Not recursive: depth is no limit."""
    order: list[Operator] = []
    seen: set[Operator] = set()
    for output in outputs:
        if output.operator is None or output.operator in seen:
            continue
        stack: list[tuple[Operator, int]] = [(output.operator, 0)]
        seen.add(output.operator)
        while stack:
            operator, port = stack.pop()
            inputs = operator.inputs
            while port < len(inputs):
                variable = inputs[port]
                port += 1
                producer = variable.operator
                if producer is not None and producer not in seen and not (stop and stop(variable)):
                    seen.add(producer)
                    stack.append((operator, port))
                    stack.append((producer, 0))
                    break
            else:
                order.append(operator)
    return order


class _Namer:
    """Gives every variable a name and every scope an id, in the order of computation."""

    def __init__(self, named: Mapping[str, Variable], local: Mapping[Variable, tuple[Scope, str]]) -> None:
        self.named = {variable: name for name, variable in named.items()}
        self.local = local
        self.variables: dict[str, Variable] = {}
        self.names: dict[Variable, str] = {}
        self.scopes: dict[str, Scope] = {}
        self.scope_ids: dict[Scope | None, str] = {None: ""}
        self.counts: dict[str, int] = {}
        self.taken = set(named)

    def run(self, operators: Iterable[Operator]) -> None:
        for variable, name in self.named.items():
            if variable.leaf is not None:
                self.add(name, variable)
        for operator in operators:
            scope = self.scope_id(operator.origin.scope)
            for variable in operator.inputs:
                if variable in self.names or variable.literal is not None:
                    continue
                if variable.operator is not None:
                    raise InputError("operators-out-of-order", operator=str(operator))
                self.add(self.name(variable, "constant", ""), variable)
            for variable in operator.outputs:
                self.add(self.named.get(variable) or self.name(variable, operator.op.name, scope), variable)

    def add(self, name: str, variable: Variable) -> None:
        self.variables[name] = variable
        self.names[variable] = name

    def name(self, variable: Variable, stem: str, scope: str) -> str:
        if variable in self.local:
            inside, stem = self.local[variable]
            scope = self.scope_id(inside)
        return self.fresh(stem, scope)

    def fresh(self, stem: str, scope: str) -> str:
        stem = f"{scope}.{stem}" if scope else stem
        count = self.counts.get(stem, 0)
        name = stem if not count else f"{stem}_{count + 1}"
        while name in self.taken:
            count += 1
            name = f"{stem}_{count + 1}"
        self.counts[stem] = count + 1
        self.taken.add(name)
        return name

    def scope_id(self, scope: Scope | None) -> str:
        known = self.scope_ids.get(scope)
        if known is None:
            assert scope is not None
            known = self.fresh(scope.name, self.scope_id(scope.parent))
            self.scope_ids[scope] = known
            self.scopes[known] = scope
        return known


@dataclass(frozen=True, slots=True, eq=False, repr=False, init=False)
class Graph:
    """Named variables and the operators between them, in topological order. Immutable.

    `variables` maps every variable's name to it, leaves and operators' outputs, in the order of computation.
    `named` are the variables with a name at the top level, `local` those with a name inside a scope (the scope's path
    precedes it); all other variables get readable names from their operator and scope (`l2.power`). `sizes` are the
    numbers that the program used at parse time; another size means parsing again. `answers` are the results that a
    derived graph was made for, `tangents` its inputs for the tangents of variables, both by name. `training` is the
    mode that its program was read in, `warnings` say where the program may not mean what its author meant.
    """

    operators: tuple[Operator, ...]
    variables: Mapping[str, Variable]
    names: Mapping[Variable, str]
    named: Mapping[Variable, str]
    local: Mapping[Variable, tuple[Scope, str]]
    scopes: Mapping[str, Scope]
    scope_ids: Mapping[Scope | None, str]
    target: str | None
    program: str
    sizes: Mapping[str, Any]
    answers: tuple[str, ...]
    tangents: Mapping[str, str]
    warnings: tuple[ProgramWarning, ...]
    training: bool | None

    def __init__(
        self,
        named: Mapping[str, Variable],
        operators: Sequence[Operator] | None = None,
        local: Mapping[Variable, tuple[Scope, str]] | None = None,
        target: str | None = None,
        program: str = "",
        *,
        sizes: Mapping[str, Any] | None = None,
        answers: Iterable[str] = (),
        tangents: Mapping[str, str] | None = None,
        warnings: Iterable[ProgramWarning] = (),
        training: bool | None = None,
    ) -> None:
        order = tuple(ancestors(named.values()) if operators is None else operators)
        namer = _Namer(named, dict(local or {}))
        namer.run(order)
        fields: dict[str, Any] = {
            "operators": order,
            "variables": MappingProxyType(namer.variables),
            "names": MappingProxyType(namer.names),
            "named": MappingProxyType(namer.named),
            "local": MappingProxyType(namer.local),
            "scopes": MappingProxyType(namer.scopes),
            "scope_ids": MappingProxyType(namer.scope_ids),
            "target": target,
            "program": program,
            "sizes": MappingProxyType(dict(sizes or {})),
            "answers": tuple(answers),
            "tangents": MappingProxyType(dict(tangents or {})),
            "warnings": tuple(warnings),
            "training": training,
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"Graph({len(self.variables)} variables, {len(self.operators)} operators, target={self.target!r})"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        """What a notebook shows: the picture, with the drawn values and their gradients."""
        return mimebundle(self)

    def leaves(self, *roles: str) -> dict[str, Variable]:
        """The declared variables by name, all or those of the given roles."""
        return {
            name: v for name, v in self.variables.items() if v.leaf is not None and (not roles or v.leaf.role in roles)
        }

    def id_of(self, operator: Operator) -> str:
        """An operator's id: its name and the name of its first output, `matmul:z`."""
        return f"{operator.op.name}:{self.names[operator.outputs[0]]}"

    def find(self, name: str) -> Variable:
        """The variable called `name`; an InputError with the nearest name if there is none."""
        found = self.variables.get(name)
        if found is None:
            raise InputError("unknown-variable", nearest(name, self.variables), name=name)
        return found

    def argument(self, name: str) -> Variable:
        """The variable called `name` to differentiate by; an InputError for what fixes the graph itself."""
        variable = self.find(name)
        if name in self.sizes:
            raise InputError("size-has-no-gradient", name=name)
        return variable

    def last_value_of(self, name: str) -> str:
        """The last of the variables that a name of the program was bound to: `loss_3` of `loss`."""
        later = [n for n in self.variables if n.startswith(f"{name}_") and n[len(name) + 1 :].isdecimal()]
        return next((n for n in reversed(later) if not re.search(rf"\b{re.escape(n)}\b", self.program)), name)

    def resolve_target(self, name: str | None = None) -> Variable:
        """The scalar to differentiate: the one named, else the last scalar that the program assigns.

        A name that the program assigns more than once stands for its last value, as it does in Python.
        """
        if name is None:
            name = self.target
            if name is None:
                raise InputError("no-target")
        self.find(name)
        name = self.last_value_of(name)
        variable = self.find(name)
        if variable.size != 1:
            raise InputError("target-not-scalar", name=name, shape=variable.shape)
        if variable.kind != "float":
            raise InputError("target-not-float", name=name, kind=variable.kind)
        return variable


def nearest(name: str, known: Iterable[str]) -> Message | None:
    """A hint that names the closest of `known`, or nothing if none is close."""
    known = list(known)
    alike = [k for k in known if k.lower() == name.lower()] or [k for k in known if sorted(k) == sorted(name)]
    cutoff = 0.7 if len(name) > 4 else 0.8 if len(name) > 2 else 0.6
    close = alike or get_close_matches(name, known, n=1, cutoff=cutoff)
    return Message("did-you-mean", name=close[0]) if close else None
