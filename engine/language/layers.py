"""Layers that declare their own parameters: `nn.Linear(4, 3)`, `nn.LSTM`, `class Net(nn.Module)`.

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
from tidegraph.engine.graph.kinds import Trait
from tidegraph.engine.language import torch_functions
from tidegraph.engine.language.expressions import ExpressionEvaluator, as_operand
from tidegraph.engine.language.objects import (
    IGNORED,
    BoundCall,
    Draw,
    Function,
    Known,
    OperatorReference,
    Results,
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


def from_pretrained(ev: ExpressionEvaluator) -> Any:
    """`nn.Embedding.from_pretrained`: an embedding that starts with given rows, and keeps them if frozen."""

    def make(embeddings: Any, freeze: Any = True, padding_idx: Any = None) -> Module:
        kind = LAYERS["Embedding"]
        rows = operand_of(ev, embeddings)
        if rows.ndim != 2:
            raise ShapeError("embedding-weight", shape=rows.shape)
        made = Module(kind)
        made.forward = kind.build(made, *rows.shape, ev.static(padding_idx))
        initial = rows.leaf.initial if rows.leaf is not None else None
        made.parameter("weight", rows.shape, initial, "constant" if ev.static(freeze) else "parameter")
        return made

    return BoundCall(make)


def square_mask(ev: ExpressionEvaluator) -> Any:
    """`nn.Transformer.generate_square_subsequent_mask`: -inf above the diagonal."""

    def make(sz: Any, device: Any = None, dtype: Any = None) -> np.ndarray:
        (n,) = ev.static([sz])
        if isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= 2000:
            raise ShapeError("size-not-whole", size=repr(n)[:40])
        return np.triu(np.full((n, n), -math.inf), 1)

    return BoundCall(make)


FUNCTIONS: dict[tuple[str, str], Callable[[ExpressionEvaluator], Any]] = {
    ("Embedding", "from_pretrained"): from_pretrained,
    ("EmbeddingBag", "from_pretrained"): from_pretrained,
    ("Transformer", "generate_square_subsequent_mask"): square_mask,
}
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


@declare("Module")
def _module(m: Module) -> Forward | None:
    return None


@declare("Parameter")
def _parameter(ev: ExpressionEvaluator, data: Any = None, requires_grad: bool = True) -> Any:
    if isinstance(data, Tensor):
        return Tensor(data.shape, data.initial, "parameter")
    found = ev.plain(data)
    if isinstance(found, (np.ndarray, int, float, list)):
        array = np.asarray(found, np.float64)
        return Tensor(array.shape, array, "parameter")
    if isinstance(data, Variable):
        scaled = scaled_draw(data)
        return scaled if scaled is not None else Tensor(data.shape, None, "parameter")
    raise ShapeError("not-array", thing=ev.described(data))


def scaled_draw(value: Variable) -> Tensor | None:
    """`torch.randn(3, 4) * 0.1` as a draw of its own, so that the product is the parameter's first value."""
    made = value.operator
    if made is None or Trait.SCALES not in made.op.traits:
        return None
    draw, factor = made.inputs
    if Trait.COMMUTATIVE in made.op.traits and draw.literal is not None:
        draw, factor = factor, draw
    if not factor.literal or draw.leaf is None or not isinstance(draw.leaf.initial, tuple):
        return None
    kind, numbers = draw.leaf.initial
    if kind not in ("normal", "uniform"):
        return None
    scale = float(made.op.kernel(1.0, float(factor.literal)))
    return Tensor(value.shape, (kind, tuple(n * scale for n in numbers)), "parameter")


@declare("Linear")
def _linear(m: Module, in_features: int, out_features: int, bias: bool = True) -> Forward:
    k = bound_of(in_features)
    m.parameter("weight", (out_features, in_features), uniform(k))
    m.attributes.update(in_features=in_features, out_features=out_features)
    m.register("bias", Parameter((out_features,), uniform(k)) if bias else None)
    return lambda ev, node, x: m.run(ev, "linear", x, m.own(ev, "weight"), m.own(ev, "bias"))


@declare("Bilinear")
def _bilinear(m: Module, in1_features: int, in2_features: int, out_features: int, bias: bool = True) -> Forward:
    k = bound_of(in1_features)
    m.parameter("weight", (out_features, in1_features, in2_features), uniform(k))
    m.register("bias", Parameter((out_features,), uniform(k)) if bias else None)
    return lambda ev, node, a, b: m.run(ev, "bilinear", a, b, m.own(ev, "weight"), m.own(ev, "bias"))


def several(value: Any, count: int) -> tuple[int, ...]:
    """One size for all axes, or one an axis."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * count


def _conv(axes: int) -> Callable[..., Forward]:
    def build(
        m: Module, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes = 1, padding: Sizes = 0,
        dilation: Sizes = 1, groups: int = 1, bias: bool = True, padding_mode: str = "zeros",
    ) -> Forward:  # fmt: skip
        kernel = several(kernel_size, axes)
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise ShapeError("groups-do-not-divide", groups=groups, inputs=in_channels, outputs=out_channels)
        if padding_mode not in PADDING_MODES:
            raise ShapeError("option-not-known", option="padding_mode", given=padding_mode, known=list(PADDING_MODES))
        k = bound_of(in_channels // groups * math.prod(kernel))
        m.parameter("weight", (out_channels, in_channels // groups, *kernel), uniform(k))
        m.register("bias", Parameter((out_channels,), uniform(k)) if bias else None)
        how = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        margins: list[int] = []
        if padding_mode != "zeros":
            how["padding"] = 0
            for n, d, width in zip(kernel, several(dilation, axes), several(padding, axes), strict=True):
                total = d * (n - 1) if padding == "same" else 0 if padding == "valid" else 2 * width
                margins = [total // 2, total - total // 2, *margins]

        def convolve(ev: ExpressionEvaluator, y: Any) -> Any:
            if any(margins):
                y = torch_functions.pad(y, margins, PADDING_MODES[padding_mode])
            return m.run(ev, f"conv{axes}d", y, m.own(ev, "weight"), m.own(ev, "bias"), **how)

        return lambda ev, node, x: batched(ev, x, axes + 2, lambda y: convolve(ev, y))

    return build


PADDING_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}
"""What a convolution reads outside its input, and what `F.pad` calls it."""


def _lazy(name: str) -> Callable[..., Forward]:
    """A layer whose input size is known at its first call."""

    def build(m: Module, *sizes: Any, **named: Any) -> Forward:
        made: list[Forward] = []

        def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any) -> Any:
            x = operand_of(ev, x)
            if not made:
                axis = -1 if name == "Linear" else max(x.ndim - 1 - int(name[-2]), 0) if name[-2].isdigit() else 1
                if not x.ndim:
                    raise ShapeError("axis-of-scalar", axis=axis)
                built = LAYERS[name].build(m, x.shape[axis], *sizes, **named)
                assert built is not None
                made.append(built)
            return made[0](ev, node, x)

        return forward

    return build


def batched(ev: ExpressionEvaluator, x: Any, ndim: int, compute: Callable[[Any], Any]) -> Any:
    """What a layer computes of a batch; one example is a batch of one for a while."""
    value = operand_of(ev, x)
    if value.ndim != ndim - 1:
        return compute(value)
    return REGISTRY["squeeze"](compute(REGISTRY["expand_dims"](value, axis=0)), axis=0)


def _conv_transpose(axes: int) -> Callable[..., Forward]:
    def build(
        m: Module, in_channels: int, out_channels: int, kernel_size: Sizes, stride: Sizes = 1, padding: Sizes = 0,
        output_padding: Sizes = 0, groups: int = 1, bias: bool = True, dilation: Sizes = 1,
    ) -> Forward:  # fmt: skip
        kernel = several(kernel_size, axes)
        k = bound_of(out_channels // groups * math.prod(kernel))
        m.parameter("weight", (in_channels, out_channels // groups, *kernel), uniform(k))
        m.register("bias", Parameter((out_channels,), uniform(k)) if bias else None)
        how = {
            "stride": stride,
            "padding": padding,
            "output_padding": output_padding,
            "groups": groups,
            "dilation": dilation,
        }
        name = f"conv_transpose{axes}d"
        return lambda ev, node, x: m.run(ev, name, x, m.own(ev, "weight"), m.own(ev, "bias"), **how)

    return build


declare("LazyLinear")(_lazy("Linear"))
for _axes in (1, 2, 3):
    declare(f"Conv{_axes}d")(_conv(_axes))
    declare(f"ConvTranspose{_axes}d")(_conv_transpose(_axes))
    declare(f"LazyConv{_axes}d")(_lazy(f"Conv{_axes}d"))
    declare(f"LazyConvTranspose{_axes}d")(_lazy(f"ConvTranspose{_axes}d"))
    declare(f"LazyBatchNorm{_axes}d")(_lazy(f"BatchNorm{_axes}d"))


@declare("Embedding")
def _embedding(m: Module, num_embeddings: int, embedding_dim: int, padding_idx: Sizes = None) -> Forward:
    m.parameter("weight", (num_embeddings, embedding_dim), first_rows(num_embeddings, embedding_dim, padding_idx))
    return lambda ev, node, x: m.run(ev, "embedding", x, m.own(ev, "weight"), padding_idx=padding_idx)


@declare("EmbeddingBag")
def _embedding_bag(
    m: Module, num_embeddings: int, embedding_dim: int, max_norm: Sizes = None, norm_type: float = 2.0,
    scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False, _weight: Any = None,
    include_last_offset: bool = False, padding_idx: Sizes = None,
) -> Forward:  # fmt: skip
    if max_norm is not None or scale_grad_by_freq:
        raise ShapeError(
            "layer-option", layer="nn.EmbeddingBag", option="max_norm" if max_norm else "scale_grad_by_freq"
        )
    m.parameter("weight", (num_embeddings, embedding_dim), first_rows(num_embeddings, embedding_dim, padding_idx))
    how = {"mode": mode, "include_last_offset": include_last_offset, "padding_idx": padding_idx}

    def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any, offsets: Any = None, weights: Any = None) -> Any:
        return m.run(ev, "embedding_bag", x, m.own(ev, "weight"), offsets, weights, **how)

    return forward


def first_rows(rows: int, columns: int, padding: Any) -> Any:
    """How an embedding starts: normal draws, and zeros in the row that pads."""
    if padding is None:
        return ("normal", (0.0, 1.0))
    if not isinstance(padding, int) or not -rows <= padding < rows:
        raise ShapeError("length-not-valid", name="padding_idx", given=padding, least=-rows, most=rows - 1)
    drawn = np.random.default_rng([rows, columns]).normal(0.0, 1.0, (rows, columns)).round(2)
    drawn[padding] = 0.0
    return drawn


@declare("LayerNorm")
def _layer_norm(
    m: Module, normalized_shape: Sizes, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True
) -> Forward:
    shape = several(normalized_shape, 1)
    m.register("weight", Parameter(shape, ONES) if elementwise_affine else None)
    m.register("bias", Parameter(shape, ZEROS) if elementwise_affine and bias else None)
    return lambda ev, node, x: m.run(
        ev, "layer_norm", x, m.own(ev, "weight"), m.own(ev, "bias"), normalized_shape=shape, eps=eps
    )


@declare("RMSNorm")
def _rms_norm(m: Module, normalized_shape: Sizes, eps: Sizes = None, elementwise_affine: bool = True) -> Forward:
    shape = several(normalized_shape, 1)
    m.register("weight", Parameter(shape, ONES) if elementwise_affine else None)
    return lambda ev, node, x: m.run(ev, "rms_norm", x, m.own(ev, "weight"), normalized_shape=shape, eps=eps)


@declare("GroupNorm")
def _group_norm(m: Module, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True) -> Forward:
    m.register("weight", Parameter((num_channels,), ONES) if affine else None)
    m.register("bias", Parameter((num_channels,), ZEROS) if affine else None)
    return lambda ev, node, x: m.run(
        ev, "group_norm", x, m.own(ev, "weight"), m.own(ev, "bias"), num_groups=num_groups, eps=eps
    )


def _batch_norm(
    m: Module, num_features: int, eps: float = 1e-5, momentum: Sizes = 0.1, affine: bool = True,
    track_running_stats: bool = True,
) -> Forward:  # fmt: skip
    m.register("weight", Parameter((num_features,), ONES) if affine else None)
    m.register("bias", Parameter((num_features,), ZEROS) if affine else None)
    if track_running_stats:
        m.parameter("running_mean", (num_features,), ZEROS, "constant")
        m.parameter("running_var", (num_features,), ONES, "constant")

    def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any) -> Any:
        training = ev.training or not track_running_stats
        running = [None, None] if training else [m.own(ev, "running_mean"), m.own(ev, "running_var")]
        weights = m.own(ev, "weight"), m.own(ev, "bias")
        return m.run(ev, "batch_norm", x, *running, *weights, training=training, eps=eps)

    return forward


def _instance_norm(
    m: Module, num_features: int, eps: float = 1e-5, momentum: Sizes = 0.1, affine: bool = False,
    track_running_stats: bool = False,
) -> Forward:  # fmt: skip
    m.register("weight", Parameter((num_features,), ONES) if affine else None)
    m.register("bias", Parameter((num_features,), ZEROS) if affine else None)
    return lambda ev, node, x: m.run(
        ev, "instance_norm", x, None, None, m.own(ev, "weight"), m.own(ev, "bias"), eps=eps
    )


for _axes in (1, 2, 3):
    declare(f"BatchNorm{_axes}d")(_batch_norm)
    declare(f"InstanceNorm{_axes}d")(_instance_norm)


def _dropout(m: Module, p: float = 0.5) -> Forward:
    drop = DROPOUTS[m.kind.name]

    def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any) -> Any:
        value = operand_of(ev, x)
        if not ev.training or not p:
            return value
        return torch_functions.FUNCTIONAL[drop](ev, value, p, True)

    return forward


DROPOUTS = {
    "AlphaDropout": "alpha_dropout", "Dropout": "dropout", "Dropout1d": "dropout1d", "Dropout2d": "dropout2d",
    "Dropout3d": "dropout3d", "FeatureAlphaDropout": "feature_alpha_dropout",
}  # fmt: skip
for _name in DROPOUTS:
    declare(_name)(_dropout)


@declare("Identity")
def _identity(m: Module, *given: Any, **more: Any) -> Forward:
    return lambda ev, node, x: operand_of(ev, x)


@declare("Flatten")
def _flatten(m: Module, start_dim: Sizes = 1, end_dim: Sizes = -1) -> Forward:
    return lambda ev, node, x: REGISTRY["flatten"](operand_of(ev, x), start_dim=start_dim, end_dim=end_dim)


@declare("Unflatten")
def _unflatten(m: Module, dim: Sizes, unflattened_size: Sizes) -> Forward:
    return lambda ev, node, x: torch_functions.unflatten(operand_of(ev, x), dim, unflattened_size)


@declare("PReLU")
def _prelu(m: Module, num_parameters: int = 1, init: float = 0.25) -> Forward:
    m.parameter("weight", (num_parameters,), np.full((num_parameters,), init))

    def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any) -> Any:
        return m.run(ev, "prelu", x, m.own(ev, "weight"))

    return forward


@declare("Upsample")
def _upsample(
    m: Module, size: Sizes = None, scale_factor: Sizes = None, mode: str = "nearest", align_corners: Sizes = None
) -> Forward:
    how = {"size": size, "scale_factor": scale_factor, "mode": mode}
    if align_corners is not None:
        how["align_corners"] = align_corners
    return lambda ev, node, x: REGISTRY["interpolate"](operand_of(ev, x), **how)


def _padding(axes: int, mode: str) -> Callable[..., Forward]:
    """A layer that pads the last axes: by a number, or by pairs that begin at the last axis."""

    def build(m: Module, padding: Sizes, value: float = 0.0) -> Forward:
        around = several(padding, 2 * axes)
        more = {"value": value} if mode == "constant" else {}
        return lambda ev, node, x: torch_functions.pad(operand_of(ev, x), around, mode, **more)

    return build


for _axes in (1, 2, 3):
    for _name, _mode in {
        "CircularPad": "circular", "ConstantPad": "constant", "ReflectionPad": "reflect", "ReplicationPad": "replicate",
        "ZeroPad": "constant",
    }.items():  # fmt: skip
        declare(f"{_name}{_axes}d")(_padding(_axes, _mode))


@declare("UpsamplingNearest2d")
def _upsampling_nearest(m: Module, size: Sizes = None, scale_factor: Sizes = None) -> Forward:
    return _upsample(m, size, scale_factor)


@declare("UpsamplingBilinear2d")
def _upsampling_bilinear(m: Module, size: Sizes = None, scale_factor: Sizes = None) -> Forward:
    return _upsample(m, size, scale_factor, "bilinear", True)


@declare("Softmax2d")
def _softmax2d(m: Module) -> Forward:
    return lambda ev, node, x: torch_functions.softmax(operand_of(ev, x), -3)


@declare("CosineSimilarity")
def _cosine_similarity(m: Module, dim: Sizes = 1, eps: float = 1e-8) -> Forward:
    return lambda ev, node, a, b: REGISTRY["cosine_similarity"](operand_of(ev, a), operand_of(ev, b), axis=dim, eps=eps)


@declare("Softmax")
def _softmax(m: Module, dim: Sizes = None) -> Forward:
    return lambda ev, node, x: torch_functions.softmax(operand_of(ev, x), dim)


@declare("LogSoftmax")
def _log_softmax(m: Module, dim: Sizes = None) -> Forward:
    return lambda ev, node, x: torch_functions.log_softmax(operand_of(ev, x), dim)


@declare("Softmin")
def _softmin(m: Module, dim: Sizes = None) -> Forward:
    return lambda ev, node, x: torch_functions.softmin(operand_of(ev, x), dim)


def _as_operator(operator: str) -> Callable[..., Forward]:
    """A layer without parameters: the operator with the layer's settings."""

    def build(m: Module, *settings: Any, **named: Any) -> Forward:
        flags = settings[: len(settings) - 1] if settings and settings[-1] is True and operator in INPLACE else settings

        def forward(ev: ExpressionEvaluator, node: ast.expr, *inputs: Any) -> Any:
            op = REGISTRY[operator]
            more = [*op.inputs[len(inputs) :], *op.attributes] if operator not in LOSS_OPERATORS else []
            given = dict(zip(more, flags, strict=False))
            given.update({k: v for k, v in named.items() if k not in IGNORED})
            texts = list(node.args) if isinstance(node, ast.Call) else []
            call = ast.copy_location(ast.Call(node, texts, []), node)
            reference = OperatorReference(operator, "torch")
            return ev.calls.operate(ev, call, reference, list(inputs), given, texts)

        return forward

    return build


INPLACE = {"relu", "relu6", "silu", "mish", "selu", "hardswish", "hardsigmoid"}
OPERATORS = {
    "AdaptiveAvgPool1d": "adaptive_avg_pool1d", "AdaptiveAvgPool2d": "adaptive_avg_pool2d",
    "AdaptiveAvgPool3d": "adaptive_avg_pool3d", "AdaptiveMaxPool1d": "adaptive_max_pool1d",
    "AdaptiveMaxPool2d": "adaptive_max_pool2d", "AdaptiveMaxPool3d": "adaptive_max_pool3d",
    "AvgPool1d": "avg_pool1d", "AvgPool2d": "avg_pool2d", "AvgPool3d": "avg_pool3d", "CELU": "celu",
    "ChannelShuffle": "channel_shuffle", "ELU": "elu", "Fold": "fold", "GELU": "gelu", "GLU": "glu",
    "Hardshrink": "hardshrink", "Hardsigmoid": "hardsigmoid", "Hardswish": "hardswish", "Hardtanh": "hardtanh",
    "LeakyReLU": "leaky_relu", "LocalResponseNorm": "local_response_norm", "LogSigmoid": "logsigmoid",
    "MaxPool1d": "max_pool1d", "MaxPool2d": "max_pool2d", "MaxPool3d": "max_pool3d", "Mish": "mish",
    "PairwiseDistance": "pairwise_distance", "PixelShuffle": "pixel_shuffle", "PixelUnshuffle": "pixel_unshuffle",
    "ReLU": "relu", "ReLU6": "relu6", "SELU": "selu", "SiLU": "silu", "Sigmoid": "sigmoid", "Softplus": "softplus",
    "Softshrink": "softshrink", "Softsign": "softsign", "Tanh": "tanh", "Tanhshrink": "tanhshrink",
    "Threshold": "threshold", "Unfold": "unfold",
}  # fmt: skip
LOSSES = {
    "BCELoss": "binary_cross_entropy", "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "CTCLoss": "ctc_loss", "CosineEmbeddingLoss": "cosine_embedding_loss", "CrossEntropyLoss": "cross_entropy",
    "GaussianNLLLoss": "gaussian_nll_loss", "HingeEmbeddingLoss": "hinge_embedding_loss", "HuberLoss": "huber_loss",
    "KLDivLoss": "kl_div", "L1Loss": "l1_loss", "MSELoss": "mse_loss", "MarginRankingLoss": "margin_ranking_loss",
    "MultiLabelSoftMarginLoss": "multilabel_soft_margin_loss", "MultiMarginLoss": "multi_margin_loss",
    "NLLLoss": "nll_loss", "PoissonNLLLoss": "poisson_nll_loss",
    "SmoothL1Loss": "smooth_l1_loss", "SoftMarginLoss": "soft_margin_loss", "TripletMarginLoss": "triplet_margin_loss",
}  # fmt: skip
LOSS_OPERATORS = set(LOSSES.values())
for _name, _operator in {**OPERATORS, **LOSSES}.items():
    if _operator in REGISTRY:
        declare(_name)(_as_operator(_operator))


# Layers made of layers


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


@declare("Sequential")
def _sequential(m: Module, *modules: Any) -> Forward:
    hold(m, parts_of(modules))

    def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any) -> Any:
        with m.inside(ev, [x]):
            for part in list(m.attributes.values()):
                values = list(x) if isinstance(x, tuple) and not isinstance(x, Results) else [x]
                x = ev.calls.apply(ev, node, part, values, {}, [node] * len(values))
        return x

    return forward


@declare("ModuleList")
def _module_list(m: Module, modules: Any = ()) -> Forward | None:
    hold(m, parts_of([list(modules.elements() if isinstance(modules, Module) else modules)]))
    return None


@declare("ParameterList")
def _parameter_list(m: Module, values: Any = ()) -> Forward | None:
    hold(m, parts_of([list(values)]))
    return None


@declare("ParameterDict")
@declare("ModuleDict")
def _module_dict(m: Module, modules: Any = None) -> Forward | None:
    hold(m, parts_of([modules or {}]))
    return None


# Recurrent layers


def _recurrent(cell: str, gates: int) -> Callable[..., Forward]:
    def build(
        m: Module, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
        bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False,
    ) -> Forward:  # fmt: skip
        k = bound_of(hidden_size)
        directions = ("", "_reverse") if bidirectional else ("",)
        for number in range(num_layers):
            inputs = input_size if not number else hidden_size * len(directions)
            for way in directions:
                m.parameter(f"weight_ih_l{number}{way}", (gates * hidden_size, inputs), uniform(k))
                m.parameter(f"weight_hh_l{number}{way}", (gates * hidden_size, hidden_size), uniform(k))
                if bias:
                    m.parameter(f"bias_ih_l{number}{way}", (gates * hidden_size,), uniform(k))
                    m.parameter(f"bias_hh_l{number}{way}", (gates * hidden_size,), uniform(k))
        how = {"nonlinearity": nonlinearity} if cell == "rnn_cell" else {}

        def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any, hx: Any = None) -> Any:
            with m.inside(ev, [x]):
                return sequence(ev, node, operand_of(ev, x), hx)

        def sequence(ev: ExpressionEvaluator, node: ast.expr, x: Variable, hx: Any) -> Any:
            op = REGISTRY
            if x.ndim not in (2, 3) or x.shape[-1] != input_size:
                raise ShapeError("recurrent-input", shape=x.shape, size=input_size)
            if batch_first and x.ndim == 3:
                x = op["swapaxes"](x, axis1=0, axis2=1)
            steps = list(torch_functions.unbind(x, 0))
            states = [operand_of(ev, s) for s in hx] if isinstance(hx, (tuple, list)) else [operand_of(ev, hx)]
            zero = np.zeros((*x.shape[1:-1], hidden_size))
            last: list[list[Variable]] = [[], []]
            for number in range(num_layers):
                outputs = []
                for place, way in enumerate(directions):
                    w = [m.own(ev, f"{n}_l{number}{way}") for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
                    index = number * len(directions) + place
                    state = [operand_of(ev, zero) if s is None else s[index] for s in states]
                    if gates == 4 and len(state) == 1:
                        state.append(operand_of(ev, zero))
                    found = []
                    for step in steps if not place else steps[::-1]:
                        made = op[cell](step, *state, *w, **how)
                        state = list(made) if isinstance(made, tuple) else [made]
                        found.append(state[0])
                    outputs.append(found if not place else found[::-1])
                    for n, s in enumerate(state):
                        last[n].append(s)
                steps = [
                    op["concatenate"](list(pair), axis=-1) if len(pair) > 1 else pair[0]
                    for pair in zip(*outputs, strict=True)
                ]
                if dropout and ev.training and number < num_layers - 1:
                    steps = [torch_functions.dropout(ev, s, dropout, True) for s in steps]
            out = op["stack"](steps, axis=1 if batch_first and x.ndim == 3 else 0)
            ends = [op["stack"](s, axis=0) for s in last if s]
            ev.record(node, (out, *ends))
            return out, (tuple(ends) if gates == 4 else ends[0])

        return forward

    if cell != "rnn_cell":

        def without(
            m: Module, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
            batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0,
        ) -> Forward:  # fmt: skip
            if proj_size:
                raise ShapeError("layer-option", layer=f"nn.{m.kind.name}", option=f"proj_size={proj_size}")
            return build(m, input_size, hidden_size, num_layers, "tanh", bias, batch_first, dropout, bidirectional)

        return without
    return build


def _cell(cell: str, gates: int) -> Callable[..., Forward]:
    def build(m: Module, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh") -> Forward:
        k = bound_of(hidden_size)
        m.parameter("weight_ih", (gates * hidden_size, input_size), uniform(k))
        m.parameter("weight_hh", (gates * hidden_size, hidden_size), uniform(k))
        if bias:
            m.parameter("bias_ih", (gates * hidden_size,), uniform(k))
            m.parameter("bias_hh", (gates * hidden_size,), uniform(k))
        how = {"nonlinearity": nonlinearity} if cell == "rnn_cell" else {}

        def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any, hx: Any = None) -> Any:
            value = operand_of(ev, x)
            zero = np.zeros((*value.shape[:-1], hidden_size))
            states = (
                list(hx) if isinstance(hx, (tuple, list)) else [zero] * (2 if gates == 4 else 1) if hx is None else [hx]
            )
            w = [m.own(ev, n) for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
            return m.run(ev, cell, value, *[operand_of(ev, s) for s in states], *w, **how)

        return forward

    return build


for _name, _operator, _gates in (("RNN", "rnn_cell", 1), ("GRU", "gru_cell", 3), ("LSTM", "lstm_cell", 4)):
    declare(_name)(_recurrent(_operator, _gates))
    declare(f"{_name}Cell")(_cell(_operator, _gates))


# Attention


@declare("MultiheadAttention")
def _multihead_attention(
    m: Module, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, add_bias_kv: bool = False,
    add_zero_attn: bool = False, kdim: Sizes = None, vdim: Sizes = None, batch_first: bool = False,
) -> Forward:  # fmt: skip
    if num_heads < 1 or embed_dim % num_heads:
        raise ShapeError("heads-do-not-divide", features=embed_dim, heads=num_heads)
    for option, given in (("add_bias_kv", add_bias_kv), ("add_zero_attn", add_zero_attn)):
        if given:
            raise ShapeError("layer-option", layer="nn.MultiheadAttention", option=f"{option}=True")
    for option, size in (("kdim", kdim), ("vdim", vdim)):
        if size not in (None, embed_dim):
            raise ShapeError("layer-option", layer="nn.MultiheadAttention", option=f"{option}={size}")
    m.parameter("in_proj_weight", (3 * embed_dim, embed_dim), ("xavier", ()))
    m.register("in_proj_bias", Parameter((3 * embed_dim,), ZEROS) if bias else None)
    projection = Module(LAYERS["Linear"])
    projection.parameter("weight", (embed_dim, embed_dim), uniform(bound_of(embed_dim)))
    projection.register("bias", Parameter((embed_dim,), ZEROS) if bias else None)
    m.assign(None, "out_proj", projection)  # type: ignore[arg-type]

    def forward(
        ev: ExpressionEvaluator, node: ast.expr, query: Any, key: Any, value: Any, key_padding_mask: Any = None,
        need_weights: Any = None, attn_mask: Any = None, average_attn_weights: Any = True, is_causal: Any = False,
    ) -> Any:  # fmt: skip
        mask = operand_of(ev, attn_mask)
        if mask is not None and mask.kind == "bool":
            mask = REGISTRY["logical_not"](mask)
        q, k, v = (operand_of(ev, x) for x in (query, key, value))
        padding = operand_of(ev, key_padding_mask)
        if padding is not None:
            if padding.kind != "bool":
                padding = REGISTRY["not_equal"](padding, 0)
            keep = REGISTRY["logical_not"](padding)
            keep = REGISTRY["reshape"](
                keep, shape=(*keep.shape[:-1], 1, 1, keep.shape[-1]) if keep.ndim == 2 else (1, 1, keep.shape[-1])
            )
            if mask is None:
                mask = keep
            elif mask.kind == "bool":
                mask = REGISTRY["logical_and"](mask, keep)
            else:
                mask = REGISTRY["where"](keep, mask, -math.inf)
        drop = {"dropout_p": dropout, "seed": ev.next_seed()} if dropout and ev.training else {}
        out = m.run(
            ev, "multi_head_attention", q, k, v, m.own(ev, "in_proj_weight"), projection.own(ev, "weight"),
            m.own(ev, "in_proj_bias"), projection.own(ev, "bias"), mask, num_heads=num_heads, batch_first=batch_first,
            is_causal=bool(ev.static(is_causal)) and mask is None, **drop,
        )  # fmt: skip
        if need_weights is not None and not ev.truth(need_weights, node):
            return Results.named(output=out, weights=None)
        averaged = ev.truth(average_attn_weights, node)
        causal = bool(ev.static(is_causal)) and mask is None
        return Results.named(output=out, weights=Unused(lambda: weights_of(ev, node, q, k, mask, causal, averaged)))

    def weights_of(
        ev: ExpressionEvaluator, node: ast.expr, q: Variable, k: Variable, mask: Any, causal: bool, averaged: bool
    ) -> Variable:
        """How much each query attends to each key, in every head or on average."""
        op = REGISTRY
        size = embed_dim // num_heads
        with m.inside(ev, [q, k]):
            parts = []
            for n, x in enumerate((q, k)):
                if x.ndim == 3 and not batch_first:
                    x = op["swapaxes"](x, axis1=0, axis2=1)
                rows = slice(n * embed_dim, (n + 1) * embed_dim)
                bias = m.own(ev, "in_proj_bias")
                x = op["linear"](x, m.own(ev, "in_proj_weight")[rows], None if bias is None else bias[rows])
                x = op["reshape"](x, shape=(*x.shape[:-1], num_heads, size))
                parts.append(op["swapaxes"](x, axis1=-3, axis2=-2))
            scores = parts[0] @ op["swapaxes"](parts[1], axis1=-2, axis2=-1) * size**-0.5
            if causal:
                scores = op["causal_mask"](scores)
            if mask is not None:
                scores = op["where"](mask, scores, -math.inf) if mask.kind == "bool" else scores + mask
            found: Variable = op["softmax"](scores)
            if averaged:
                found = op["mean"](found, axis=-3)
        ev.record(node, found)
        return found

    return forward


def _inner(owner: Module, name: str, kind: str, *values: Any, **keywords: Any) -> Module:
    """An inner layer, built at once."""
    part = Module(LAYERS[kind])
    part.forward = LAYERS[kind].build(part, *values, **keywords)
    part.rename(name, owner)
    owner.attributes[name] = part
    return part


def _transformer(decoder: bool) -> Callable[..., Forward]:
    def build(
        m: Module, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1,
        activation: Any = "relu", layer_norm_eps: float = 1e-5, batch_first: bool = False,
        norm_first: bool = False, bias: bool = True,
    ) -> Forward:  # fmt: skip
        attention = _inner(m, "self_attn", "MultiheadAttention", d_model, nhead, dropout, bias, batch_first=batch_first)
        across = attention
        if decoder:
            across = _inner(
                m, "multihead_attn", "MultiheadAttention", d_model, nhead, dropout, bias, batch_first=batch_first
            )
        first = _inner(m, "linear1", "Linear", d_model, dim_feedforward, bias)
        second = _inner(m, "linear2", "Linear", dim_feedforward, d_model, bias)
        norms = [
            _inner(m, f"norm{n}", "LayerNorm", d_model, layer_norm_eps, bias=bias)
            for n in range(1, 4 if decoder else 3)
        ]

        def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any, *others: Any, **masks: Any) -> Any:
            x = operand_of(ev, x)

            def call(function: Any, *values: Any, **named: Any) -> Any:
                return ev.calls.apply(ev, node, function, list(values), named, [node] * len(values))

            def drop(y: Variable) -> Variable:
                return torch_functions.dropout(ev, y, dropout, True) if dropout and ev.training else y

            def activate(y: Variable) -> Any:
                if isinstance(activation, str):
                    return REGISTRY[activation](y)
                return call(activation, y)

            def attend(y: Any, which: Module = attention, memory: Any = None, prefix: str = "") -> Any:
                given = masks.get("tgt_mask" if decoder and not prefix else f"{prefix}mask")
                if given is None and not decoder:
                    given = masks.get("src_mask", others[0] if others else None)
                words = {"attn_mask": given}
                side = "memory" if prefix else "tgt" if decoder else "src"
                padding = masks.get(f"{side}_key_padding_mask")
                if padding is not None:
                    words["key_padding_mask"] = padding
                source = y if memory is None else memory
                return drop(call(which, y, source, source, **words)[0])

            def feed(y: Any) -> Any:
                return drop(call(second, drop(activate(call(first, y)))))

            blocks: list[Callable[[Any], Any]] = [lambda y: attend(y)]
            if decoder:
                memory = operand_of(ev, others[0] if others else masks["memory"])
                blocks.append(lambda y: attend(y, across, memory, "memory_"))
            blocks.append(feed)
            with m.inside(ev, [x]):
                for norm, block in zip(norms, blocks, strict=True):
                    x = x + block(call(norm, x)) if norm_first else call(norm, x + block(x))
            return x

        return forward

    return build


declare("TransformerEncoderLayer")(_transformer(False))
declare("TransformerDecoderLayer")(_transformer(True))


def _stack(m: Module, layer: Any, num_layers: int, norm: Any = None, enable_nested_tensor: bool = True,
           mask_check: bool = True) -> Forward:  # fmt: skip
    if not isinstance(layer, Module) or layer.rebuild is None:
        raise ShapeError("not-used-like-this", name=f"nn.{m.kind.name}")
    inner = Module(LAYERS["ModuleList"])
    inner.rename("layers", m)
    m.attributes["layers"] = inner
    hold(inner, {str(n): layer.rebuild() for n in range(num_layers)})
    if isinstance(norm, Module):
        norm.rename("norm", m)
    m.attributes["norm"] = norm

    def forward(ev: ExpressionEvaluator, node: ast.expr, x: Any, *others: Any, **masks: Any) -> Any:
        words = {("src_mask" if k == "mask" else k): v for k, v in masks.items()}
        with m.inside(ev, [x]):
            for part in inner.elements():
                x = part.apply(ev, node, [x, *others], words, [node])
            if isinstance(norm, Module):
                x = norm.apply(ev, node, [x], {}, [node])
        return x

    return forward


declare("TransformerEncoder")(_stack)
declare("TransformerDecoder")(_stack)


@declare("Transformer")
def _whole_transformer(
    m: Module, d_model: int = 512, nhead: int = 8, num_encoder_layers: int = 6, num_decoder_layers: int = 6,
    dim_feedforward: int = 2048, dropout: float = 0.1, activation: Any = "relu", custom_encoder: Any = None,
    custom_decoder: Any = None, layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False,
    bias: bool = True,
) -> Forward:  # fmt: skip
    def stack(name: str, kind: str, count: int) -> Module:
        how = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)
        layer = _unbound(f"Transformer{kind}Layer", *how)
        norm = _unbound("LayerNorm", d_model, layer_norm_eps, bias=bias)
        return _inner(m, name, f"Transformer{kind}", layer, count, norm)

    encoder = custom_encoder if isinstance(custom_encoder, Module) else stack("encoder", "Encoder", num_encoder_layers)
    decoder = custom_decoder if isinstance(custom_decoder, Module) else stack("decoder", "Decoder", num_decoder_layers)
    for name, part in (("encoder", encoder), ("decoder", decoder)):
        part.rename(name, m)
        m.attributes[name] = part

    def forward(
        ev: ExpressionEvaluator, node: ast.expr, src: Any, tgt: Any, src_mask: Any = None, tgt_mask: Any = None,
        memory_mask: Any = None, src_key_padding_mask: Any = None, tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None, src_is_causal: Any = None, tgt_is_causal: Any = None,
        memory_is_causal: Any = None,
    ) -> Any:  # fmt: skip
        before = {"mask": src_mask, "src_key_padding_mask": src_key_padding_mask}
        after = {
            "tgt_mask": tgt_mask, "memory_mask": memory_mask, "tgt_key_padding_mask": tgt_key_padding_mask,
            "memory_key_padding_mask": memory_key_padding_mask,
        }  # fmt: skip
        given = [{k: v for k, v in words.items() if v is not None} for words in (before, after)]
        with m.inside(ev, [src, tgt]):
            memory = encoder.apply(ev, node, [src], given[0], [node])
            return decoder.apply(ev, node, [tgt, memory], given[1], [node, node])

    return forward


def _unbound(kind: str, *values: Any, **keywords: Any) -> Module:
    """A layer without a name that can be built again."""
    made = Module(LAYERS[kind])
    made.forward = LAYERS[kind].build(made, *values, **keywords)
    made.rebuild = lambda: _unbound(kind, *values, **keywords)
    return made


# First values


def is_parameter(ev: ExpressionEvaluator, value: Any) -> bool:
    """Whether a variable is a parameter of a layer."""
    return any(parameter.made is value for parameter in ev.parameters)


def _initialise(draw: Callable[..., Any]) -> Callable[..., Any]:
    """`nn.init...`: another first value of a parameter that nothing has used yet."""

    def apply(ev: ExpressionEvaluator, node: Any, x: Any, *numbers: Any, **named: Any) -> Any:
        value = ev.operand(x.made if isinstance(x, Known) else x, node)
        named = {
            k: ev.static(v) for k, v in named.items() if k not in ("mode", "nonlinearity", "gain", "generator", "a")
        }
        for parameter in ev.parameters:
            if parameter.made is value:
                initial = draw(*[ev.static(n) for n in numbers], **named)
                if isinstance(initial, float):
                    initial = np.full(parameter.shape, initial)
                parameter.initial, parameter.made = initial, None
        return x

    return apply


INITIALISERS: dict[str, Any] = {
    "constant_": _initialise(lambda val=0.0: float(val)),
    "kaiming_normal_": _initialise(lambda *a: ("he", ())),
    "kaiming_uniform_": _initialise(lambda *a: ("he", ())),
    "normal_": _initialise(lambda mean=0.0, std=1.0: ("normal", (float(mean), float(std)))),
    "ones_": _initialise(lambda: ONES),
    "trunc_normal_": _initialise(lambda mean=0.0, std=1.0, **k: ("normal", (float(mean), float(std)))),
    "uniform_": _initialise(lambda a=0.0, b=1.0: ("uniform", (float(a), float(b)))),
    "xavier_normal_": _initialise(lambda *a: ("xavier", ())),
    "xavier_uniform_": _initialise(lambda *a: ("xavier", ())),
    "zeros_": _initialise(lambda: ZEROS),
}
