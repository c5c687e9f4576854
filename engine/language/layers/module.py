"""What a layer is: a module with parameters of its own, a class of the program's, a layer that is declared here.

A layer's parameters are leaves whose names are their dotted paths (`net.fc1.weight`), as in PyTorch's `state_dict`. A
call of a layer is a scope under the layer's name. Shapes and first values follow `torch.nn`.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tidegraph.engine.graph import REGISTRY, Scope, ShapeError, Variable, leaf, literal, nearest, origin
from tidegraph.engine.language.expressions import ExpressionEvaluator, as_operand
from tidegraph.engine.language.objects import (
    IGNORED,
    BoundCall,
    Draw,
    Function,
    Tensor,
    shown_signature,
    signature_of,
)
from tidegraph.engine.ops.declare import Composite

Forward = Callable[..., Any]
CONTAINERS = ("ModuleList", "ModuleDict", "ParameterList", "ParameterDict")


class Parameter:
    """A parameter or a buffer of a layer, which becomes a leaf of the graph where it is first used."""

    def __init__(self, shape: tuple[int, ...], initial: np.ndarray | Draw | None, role: str = "parameter") -> None:
        self.shape = shape
        self.initial = initial
        self.role = role
        self.name = ""
        self.owner: Module | None = None
        self.made: Variable | None = None

    @property
    def path(self) -> str:
        """The dotted name: `net.fc1.weight`."""
        return f"{self.owner.path}.{self.name}" if self.owner is not None else self.name

    def declare(self, ev: ExpressionEvaluator) -> Variable:
        """The leaf; its scope is where it is first used."""
        if self.made is None:
            self.made = leaf(self.shape, self.role, self.initial, ev.line, scope=ev.scopes[-1])
            ev.titles.add(self.made)
            if self not in ev.parameters:
                ev.parameters.append(self)
        return self.made


class Unused:
    """A result that most programs pass over, such as attention weights: built where it is first used."""

    def __init__(self, make: Callable[[], Variable]) -> None:
        self.make = make
        self.made: Variable | None = None
        self.named: Callable[[Variable], None] | None = None

    def declare(self, ev: ExpressionEvaluator) -> Variable:
        """The variable, under the name that the result was given."""
        if self.made is None:
            self.made = self.make()
            if self.named is not None:
                self.named(self.made)
        return self.made


class Module:
    """A layer: its parameters, its inner layers, and what it computes."""

    def __init__(self, kind: Class | Layer) -> None:
        self.kind = kind
        self.name = ""
        self.owner: Module | None = None
        self.attributes: dict[str, Any] = {}
        self.forward: Forward | None = None
        self.rebuild: Callable[[], Module] | None = None

    # Names

    @property
    def path(self) -> str:
        """The dotted name, from the outermost layer."""
        own = self.name or self.kind.name.lower()
        return f"{self.owner.path}.{own}" if self.owner is not None else own

    @property
    def label(self) -> str:
        """The name of the scope of a call: a list of layers has none of its own."""
        own = self.name or self.kind.name.lower()
        if self.owner is not None and self.owner.kind.name in CONTAINERS:
            return f"{self.owner.label}.{own}"
        return own

    def rename(self, name: str, owner: Module | None) -> None:
        """Take a name, if there is none yet."""
        if not self.name and owner is not self:
            self.name, self.owner = name, owner

    def assign(self, ev: ExpressionEvaluator, name: str, value: Any) -> None:
        """Set an attribute; tensors and layers become parts of this layer under the attribute's name."""
        if isinstance(value, Tensor) and value.made is None:
            made = Parameter(value.shape, value.initial, "parameter" if value.role == "parameter" else "constant")
            self.register(name, made)
            return
        if isinstance(value, Tensor):
            value = value.made
        if isinstance(value, Module):
            value.rename(name, self)
        elif isinstance(value, (list, tuple)):
            for n, part in enumerate(value):
                if isinstance(part, Module):
                    part.rename(f"{name}.{n}", self)
        elif isinstance(value, Variable):
            tied = next((p for p in ev.parameters if p.made is value), None)
            if tied is not None:
                value = tied
        self.attributes[name] = value

    def register(self, name: str, parameter: Parameter | None) -> None:
        """A parameter of this layer."""
        if parameter is not None:
            parameter.name, parameter.owner = name, self
        self.attributes[name] = parameter

    def parameter(self, name: str, shape: Sequence[int], initial: Any, role: str = "parameter") -> None:
        """Declare a parameter."""
        self.register(name, Parameter(tuple(shape), initial, role))

    # What a program may ask of a layer

    def own(self, ev: ExpressionEvaluator, name: str) -> Any:
        """A parameter as a variable, or any other attribute."""
        value = self.attributes.get(name)
        return value.declare(ev) if isinstance(value, Parameter) else value

    def attribute_of(self, ev: ExpressionEvaluator, node: ast.Attribute, name: str) -> Any:
        """An attribute, or a method."""
        if name in self.attributes:
            return self.own(ev, name)
        if name == "training":
            return ev.training
        if isinstance(self.kind, Class):
            found = self.kind.find(name)
            if isinstance(found, tuple) and "property" in found[1]:
                return Method(self, found[0]).apply(ev, node, [], {}, [])
            if found is not None and not isinstance(found, (Function, tuple)):
                return found
        return self.method_of(ev, node, name)

    def method_of(self, ev: ExpressionEvaluator, node: ast.Attribute, name: str) -> Any:
        """A method."""
        if name in self.attributes:
            return self.own(ev, name)
        if isinstance(self.kind, Class):
            found = self.kind.find(name)
            if isinstance(found, tuple):
                function, decorators = found
                return function if "staticmethod" in decorators else Method(self, function)
            if isinstance(found, Function):
                return Method(self, found)
            if found is not None:
                return found
        if (self.kind.name, name) in FUNCTIONS:
            return FUNCTIONS[self.kind.name, name](ev)
        match name:
            case "forward" | "__call__":
                return self
            case "parameters" | "buffers":
                return BoundCall(lambda *a, **k: [p.declare(ev) for p in self.all_parameters("parameter")])
            case "named_parameters":
                return BoundCall(
                    lambda *a, **k: [(self.inner(p), p.declare(ev)) for p in self.all_parameters("parameter")]
                )
            case "modules" | "children":
                return BoundCall(lambda: [m for m in self.attributes.values() if isinstance(m, Module)])
            case "state_dict":
                return BoundCall(lambda: {self.inner(p): p.declare(ev) for p in self.all_parameters()})
            case "train":
                return BoundCall(lambda mode=True: self.mode(ev, bool(ev.static(mode))))
            case "eval":
                return BoundCall(lambda: self.mode(ev, False))
            case "register_buffer" | "register_parameter":
                return BoundCall(lambda name, value=None, **k: self.buffer(ev, ev.static(name), value))
            case "add_module":
                return BoundCall(lambda name, value: self.assign(ev, ev.static(name), value))
            case "append":
                return BoundCall(lambda value: self.assign(ev, str(len(self.elements())), value))
            case "extend":
                return BoundCall(lambda values: self.extend(ev, values))
            case "items" | "keys" | "values" if self.kind.name in ("ModuleDict", "ParameterDict"):
                own = {key: self.own(ev, key) for key in self.attributes} if name != "keys" else self.attributes
                return BoundCall(lambda: list(getattr(own, name)()))
            case (
                "to"
                | "cuda"
                | "cpu"
                | "float"
                | "double"
                | "half"
                | "apply"
                | "zero_grad"
                | "requires_grad_"
                | "load_state_dict"
                | "reset_parameters"
            ):
                return BoundCall(lambda *a, **k: self)
        known = [*self.attributes, *(self.kind.names if isinstance(self.kind, Class) else ())]
        raise ev.error(node, "no-such-part", nearest(name, known), name=name, module=self.path)

    def extend(self, ev: ExpressionEvaluator, values: Sequence[Any]) -> None:
        """More inner layers of a list of layers."""
        for value in values:
            self.assign(ev, str(len(self.elements())), value)

    def mode(self, ev: ExpressionEvaluator, training: bool) -> Module:
        """Training or evaluation, for the rest of the program."""
        if ev.mode is None:
            ev.training = training
        return self

    def buffer(self, ev: ExpressionEvaluator, name: str, value: Any) -> None:
        """An array that is no parameter."""
        self.assign(ev, name, value)
        made = self.attributes.get(name)
        if isinstance(made, Parameter) and made.made is None:
            made.role = "constant"

    def all_parameters(self, *roles: str) -> list[Parameter]:
        """The parameters of this layer and of its inner ones, each once."""
        found: dict[Parameter, None] = {}
        for value in self.attributes.values():
            if isinstance(value, Parameter) and (not roles or value.role in roles):
                found[value] = None
            elif isinstance(value, Module):
                found.update(dict.fromkeys(value.all_parameters(*roles)))
            elif isinstance(value, (list, tuple)):
                for part in value:
                    if isinstance(part, Module):
                        found.update(dict.fromkeys(part.all_parameters(*roles)))
        return list(found)

    def inner(self, parameter: Parameter) -> str:
        """A parameter's name as this layer's `state_dict` has it."""
        return parameter.path.removeprefix(f"{self.path}.")

    def kinds(self) -> list[Any]:
        """The class and those that it extends."""
        return self.kind.lineage() if isinstance(self.kind, Class) else [self.kind]

    def inherited(self, name: str, of: Any) -> Any:
        """The method of the class above, for `super()`."""
        if not isinstance(of, Class):
            return None
        for base in of.bases:
            found = base.find(name) if isinstance(base, Class) else None
            if isinstance(found, Function):
                return Method(self, found)
        return None

    def elements(self) -> list[Any]:
        """The inner layers in order."""
        return [v for v in self.attributes.values() if isinstance(v, (Module, Parameter))]

    def item_of(self, key: Any) -> Any:
        """An inner layer by its number or its name."""
        if isinstance(key, str):
            if key not in self.attributes:
                raise ShapeError("no-such-key", key=key)
            return self.attributes[key]
        elements = self.elements()
        if isinstance(key, slice):
            return elements[key]
        if not isinstance(key, int) or not -len(elements) <= key < len(elements):
            raise ShapeError("no-such-element", index=str(key), count=len(elements))
        return elements[key]

    # Calls

    def apply(
        self,
        ev: ExpressionEvaluator,
        node: ast.expr,
        values: list[Any],
        keywords: dict[str, Any],
        texts: Sequence[ast.expr],
    ) -> Any:
        """What the layer computes."""
        if isinstance(self.kind, Class):
            found = self.kind.find("forward") or self.kind.find("__call__")
            if not isinstance(found, Function):
                raise ev.error(node, "module-without-forward", name=self.kind.name)
            return Method(self, replace(found, name=self.label)).apply(ev, node, values, keywords, texts)
        if self.forward is None:
            raise ev.error(node, "module-without-forward", name=self.kind.name)
        with ev.errors_at(node, self.label, [v for v in values if isinstance(v, Variable)], texts):
            result = self.forward(ev, node, *values, **keywords)
        ev.record(node, result)
        return result

    def run(self, ev: ExpressionEvaluator, name: str, *operands: Any, **attributes: Any) -> Any:
        """Apply an operator as this layer: one circle under the layer's name."""
        op = REGISTRY[name]
        parent, line = ev.scopes[-1], ev.line
        inputs = [operand_of(ev, v) for v in operands]
        if isinstance(op, Composite):
            bound, filled = op.bind(inputs, attributes)
            given = [v if v is None or isinstance(v, Variable) else literal(v) for v in bound]
            scope = Scope(self.label, "operator", parent, line, op, tuple(given), filled)
            with origin(scope, line):
                return op.body(*given, **filled)
        scope = Scope(self.label, "function", parent, line, None, tuple(v for v in inputs if isinstance(v, Variable)))
        with origin(scope, line):
            return op(*inputs, **attributes)

    def inside(self, ev: ExpressionEvaluator, values: Sequence[Any]) -> Inside:
        """The scope of a call of a layer that is made of others."""
        shown = tuple(ev.shown(v) for v in values)
        return Inside(ev, Scope(self.label, "function", ev.scopes[-1], ev.line, None, shown))


class Inside:
    """Within: operators belong to a scope."""

    def __init__(self, ev: ExpressionEvaluator, scope: Scope) -> None:
        self.ev = ev
        self.scope = scope
        self.around = origin(scope, ev.line)

    def __enter__(self) -> Scope:
        self.ev.scopes.append(self.scope)
        self.around.__enter__()
        return self.scope

    def __exit__(self, *raised: object) -> None:
        self.around.__exit__(*raised)
        self.ev.scopes.pop()


def operand_of(ev: ExpressionEvaluator, value: Any) -> Any:
    """A value as an operand of a layer."""
    return value if value is None else as_operand(ev.operand(value))


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method of an object."""

    this: Module
    function: Function

    def apply(
        self,
        ev: ExpressionEvaluator,
        node: ast.AST,
        values: Sequence[Any],
        keywords: Mapping[str, Any],
        texts: Sequence[ast.expr],
    ) -> Any:
        """Call it with the object in front."""
        defined = self.this.kind.home(self.function) if isinstance(self.this.kind, Class) else self.this.kind
        frames = (*self.function.frames, {"__class__": defined})
        return ev.call_function(node, replace(self.function, frames=frames), [self.this, *values], keywords)


@dataclass(frozen=True, slots=True, eq=False)
class Class:
    """A class of the program. `fields` are those of a dataclass."""

    name: str
    bases: tuple[Any, ...]
    names: Mapping[str, Any]
    fields: Mapping[str, Any] = field(default_factory=dict)

    def lineage(self) -> list[Any]:
        """The class and those that it extends, nearest first."""
        found: list[Any] = [self]
        for base in self.bases:
            found += base.lineage() if isinstance(base, Class) else [base]
        return found

    def find(self, name: str) -> Any:
        """A method or an attribute of the class or of one that it extends."""
        for kind in self.lineage():
            if isinstance(kind, Class) and name in kind.names:
                return kind.names[name]
        return None

    def home(self, function: Function) -> Class:
        """The class that defines a method."""
        for kind in self.lineage():
            if isinstance(kind, Class):
                for value in kind.names.values():
                    one = value[0] if isinstance(value, tuple) and value else value
                    if isinstance(one, Function) and one.body is function.body:
                        return kind
        return self

    def attribute_of(self, ev: ExpressionEvaluator, node: ast.Attribute, name: str) -> Any:
        """An attribute of the class."""
        found = self.find(name)
        if found is None:
            raise ev.error(node, "no-such-attribute", name=name)
        return found[0] if isinstance(found, tuple) else found

    method_of = attribute_of

    def apply(
        self,
        ev: ExpressionEvaluator,
        node: ast.expr,
        values: list[Any],
        keywords: dict[str, Any],
        texts: Sequence[ast.expr],
    ) -> Any:
        """Make an object."""
        made = Module(self)
        made.rebuild = lambda: self.apply(ev, node, values, keywords, texts)
        made.name = ""
        init = self.find("__init__")
        if isinstance(init, Function):
            Method(made, replace(init, name=self.name)).apply(ev, node, values, keywords, texts)
            return made
        names = [n for kind in self.lineage()[::-1] if isinstance(kind, Class) for n in kind.fields]
        if (values or keywords) and not names:
            raise ev.error(node, "too-many-arguments", name=self.name, takes=0, given=len(values) + len(keywords))
        for name in keywords:
            if name not in names:
                raise ev.error(node, "no-such-argument", nearest(name, names), name=self.name, argument=name)
        for name, value in [*zip(names, values, strict=False), *keywords.items()]:
            made.attributes[name] = value
        return made


class Layer:
    """A layer of `torch.nn`: `build` declares its parameters and returns what it computes."""

    def __init__(self, name: str, build: Callable[..., Forward | None]) -> None:
        self.name = name
        self.build = build

    def lineage(self) -> list[Any]:
        """The layer itself."""
        return [self]

    def attribute_of(self, ev: ExpressionEvaluator, node: ast.Attribute, name: str) -> Any:
        """A function of a layer of the library: few have any."""
        if (self.name, name) in FUNCTIONS:
            return FUNCTIONS[self.name, name](ev)
        raise ev.error(node, "no-such-attribute", name=f"nn.{self.name}.{name}")

    method_of = attribute_of

    def apply(
        self,
        ev: ExpressionEvaluator,
        node: ast.expr,
        values: list[Any],
        keywords: dict[str, Any],
        texts: Sequence[ast.expr],
    ) -> Any:
        """Make the layer."""
        signature = signature_of(self.build)
        first = next(iter(signature.parameters))
        words = {k: v for k, v in keywords.items() if k in signature.parameters or k not in IGNORED}
        made: Any = Module(self)
        try:
            bound = signature.bind(made if first == "m" else ev, *values, **words)
        except TypeError:
            shown = shown_signature(f"nn.{self.name}", signature).replace("(m, ", "(").replace("(m)", "()")
            raise ev.error(node, "arguments-do-not-fit", shown, name=f"nn.{self.name}") from None
        for name, value in bound.arguments.items():
            parameter = signature.parameters[name]
            if parameter.annotation in ("int", "float", "bool", "Sizes", "str"):
                found = ev.plain(value)
                if found is None and value is not None:
                    raise ev.error(node, "must-be-known", name=name)
                if parameter.annotation == "int" and (
                    not isinstance(found, int) or isinstance(found, bool) or found < 0
                ):
                    raise ev.error(node, "layer-size", name=f"nn.{self.name}", argument=name, size=repr(found)[:40])
                bound.arguments[name] = found
        with ev.errors_at(node, f"nn.{self.name}"):
            result = self.build(*bound.args, **bound.kwargs)
        if first != "m":
            return result
        made.forward = result
        made.rebuild = lambda: self.apply(ev, node, values, keywords, texts)
        return made


FUNCTIONS: dict[tuple[str, str], Callable[[ExpressionEvaluator], Any]] = {}
"""Functions of layers that are called without one."""

Sizes = Any
LAYERS: dict[str, Layer] = {}


def declare(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a layer of `torch.nn`."""

    def note(build: Callable[..., Any]) -> Callable[..., Any]:
        LAYERS[name] = Layer(name, build)
        return build

    return note


def layer(name: str) -> Any:
    """The layer that `nn.` calls by a name, or None."""
    return LAYERS.get(name)


def names() -> list[str]:
    """Every layer, for hints."""
    return list(LAYERS)


def uniform(bound: float) -> Draw:
    """Draws between -bound and bound, as `torch.nn` starts most layers."""
    return ("uniform", (-bound, bound))


ONES: Draw = ("ones", ())
ZEROS: Draw = ("zeros", ())


def bound_of(inputs: int) -> float:
    """1 / sqrt(inputs)."""
    return 1 / math.sqrt(inputs) if inputs > 0 else 0.0


def batched(ev: ExpressionEvaluator, x: Any, ndim: int, compute: Callable[[Any], Any]) -> Any:
    """What a layer computes of a batch; one example is a batch of one for a while."""
    value = operand_of(ev, x)
    if value.ndim != ndim - 1:
        return compute(value)
    return REGISTRY["squeeze"](compute(REGISTRY["expand_dims"](value, axis=0)), axis=0)


def parts_of(given: Sequence[Any]) -> dict[str, Any]:
    """Inner layers by name: one by one, in a list, or in a dict."""
    if len(given) == 1 and isinstance(given[0], dict):
        return {str(k): v for k, v in given[0].items()}
    if len(given) == 1 and isinstance(given[0], (list, tuple)):
        given = given[0]
        if given and all(isinstance(v, tuple) and len(v) == 2 for v in given):
            return {str(k): v for k, v in given}
    return {str(n): v for n, v in enumerate(given)}


def hold(m: Module, parts: Mapping[str, Any]) -> None:
    """Make inner layers parts of a layer."""
    for name, part in parts.items():
        if isinstance(part, Module):
            part.rename(name, m)
            m.attributes[name] = part
        elif isinstance(part, Tensor):
            m.register(name, Parameter(part.shape, part.initial))
        else:
            m.attributes[name] = part
