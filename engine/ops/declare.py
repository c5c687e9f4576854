"""How an operator is declared: one place for what it computes, its shapes, its derivative, its LaTeX and its cost.

Two kinds. A `Primitive` has a NumPy kernel and a vector-Jacobian product written in graph expressions. A
`Composite` is a Python function over graph expressions, and a scope that opens to show them. Both register
themselves; the documentation, the API, the editor and the tests read the registry.

Conventions of a primitive, with its inputs called a, b, ... and its attributes given as keywords:

- `infer(a, b, *, axis) -> Type` is the shape rule; it reads `.shape` and `.kind` and raises ShapeError. Its signature
  is the operator's: positional parameters are inputs (`*arrays` for any number), keyword-only ones are attributes.
- `kernel(a, b, out, *, axis)` writes `out` (one more positional argument an output); a NumPy ufunc is a kernel as it
  is. With `view=True` it is `kernel(a, *, axes)` and returns a view. `select(operator)` may return a faster kernel
  once types and attributes are known; then `kernel` is not needed.
- `workspace(width, a, b, *, axis)` is the most bytes of arrays that the kernel holds besides its outputs at a time,
  floats having `width` bytes; what LAPACK takes for itself is not counted.
- `portable` says that `static/runtime` has a kernel for it too, so that pages compute it without a server.
- `composed` is the operator as a composition, for calls in which a `Scalar` attribute is a variable.
- `analytic` says that the kernel is right for complex numbers too, as the complex step asks; what is linear or a ufunc
  says so by itself.
- `lowering` are cheaper ways to compute it than one call of the kernel; the first whose conditions hold is taken.
- `rewrites` are rules `f(a, b, *, axis)`, each returning a simpler expression of the same value, or None where it does
  not apply. They are tried in order, and the result is simplified again.
- `backward` says what happens to a gradient on the way back: one kind for all inputs, or one an input.
- `circle` writes the short LaTeX inside the circle where a literal operand is part of it; otherwise it is `symbol`.
- `vjp` has one function an input, `f(g, y, a, b, *, axis)`, each returning the gradient that flows to that input, or
  None where none does. Where the parts share work it is a single function that returns them all. `g` and `y` are
  tuples for operators with several outputs. Gradients of broadcast inputs are summed back by the caller.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tidegraph.engine.graph import (
    REGISTRY,
    JvpRule,
    Kernel,
    Operator,
    PrimitiveDeclaration,
    Rewrite,
    Scope,
    Shape,
    ShapeError,
    Type,
    Variable,
    VjpRule,
    constant,
    current_origin,
    literal,
    origin,
)
from tidegraph.engine.graph.budget import spend
from tidegraph.engine.graph.kinds import Factor, Layer, Lowering, Trait, Way
from tidegraph.engine.messages.catalogue import listed
from tidegraph.engine.ops.aliases import ARGUMENTS

Backward = Way | Factor | Callable[[Operator, int], Way | Factor]
"""What an operator does to a gradient on the way back to an input; a function decides by the operands."""

Circle = Callable[[Operator, Callable[[Variable], str]], str]
"""Short LaTeX for an operator, given the LaTeX of its literal operands."""

Scalar = Variable | float
"""A number among the attributes that may be a variable as well, with a gradient: an `eps`, a slope, a margin."""


def as_variable(value: Any) -> Variable:
    """A variable as it is; a number as a literal; nested lists and arrays as a constant."""
    if isinstance(value, Variable):
        return value
    if isinstance(value, (bool, int, float)):
        return literal(value)
    if isinstance(value, np.generic):
        return literal(value.item())
    if isinstance(value, (tuple, list)) and any(isinstance(v, Variable) for v in value):
        raise ShapeError("several-arrays", count=len(value))
    try:
        array = np.asarray(value)
        if array.dtype.kind in "bif":
            return constant(array)
    except ValueError:
        pass
    listed = isinstance(value, (list, tuple, np.ndarray))
    raise ShapeError("not-an-array" if listed else "not-an-operand", value=repr(value)[:60])


class Case(NamedTuple):
    """One way to call an operator in the systematic test.

    `shapes` of the inputs; `integers` maps an input's number to the bound of the whole numbers that it takes;
    `fixed` maps an input's number to its value, `near` to what its drawn value is added to.
    """

    shapes: tuple[Shape, ...]
    attributes: Mapping[str, Any] = {}
    integers: Mapping[int, int] = {}
    fixed: Mapping[int, Any] = {}
    near: Mapping[int, Any] = {}


Interval = tuple[float, float]
NO_ATTRIBUTES: dict[str, Any] = {}


class Op(ABC):
    """What every operator has: a name, a signature, a one-line doc, LaTeX. Calling it builds the graph.

    `latex` is a template with `{0}`, `{1}` for the operands, or a function that writes the call: of them as `Tex`, and
    of the operator of a primitive or the attributes of a composite. `domain` is the interval (or one an input) in which
    it is defined and smooth, `cases` are calls for the tests,
    `kink` says which subgradient is taken where it is not smooth. `suits` says what an input must hold when its value
    is drawn: `distribution`, `positive`, `binary`, `sign`, or a function of the operands
    and the attributes that returns `index:10`; operators of any number of inputs have their numbers for names.
    `torch` is PyTorch's order of the arguments where attributes come before inputs. `traits` are facts that other
    packages use, `layer` is what edits of a program need to know of a product with a parameter (see `kinds`).
    What an operator computes is the message `makes-NAME` of the catalogues, with the inputs' names as parameters;
    `phrase` selects another name by the operands.
    """

    family = ""

    def __init__(
        self,
        name: str,
        *,
        doc: str,
        signature: inspect.Signature,
        latex: Any = None,
        symbol: str = "",
        domain: Interval | tuple[Interval, ...] = (-2.0, 2.0),
        cases: Sequence[Case] = (),
        kink: str = "",
        suits: Mapping[Any, Any] = NO_ATTRIBUTES,
        torch: tuple[str, ...] = (),
        traits: Iterable[Trait] = (),
        layer: Layer | None = None,
        phrase: Callable[[Sequence[Variable | None]], str] | None = None,
    ) -> None:
        self.name = name
        self.doc = doc
        self.latex = latex
        self.domain = domain
        self.cases = tuple(cases)
        self.kink = kink
        self.suits = suits
        self.torch = torch
        self.traits = frozenset(traits)
        self.layer = layer
        self.phrase = phrase
        self.symbol = symbol or rf"\operatorname{{{name.replace('_', chr(92) + '_')}}}"
        parameters = list(signature.parameters.values())
        self.inputs = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        self.optional = {
            p.name
            for p in parameters
            if p.kind is p.POSITIONAL_OR_KEYWORD and (p.default is None or str(p.annotation).endswith("| None"))
        }
        self.variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        self.attributes = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
        self.scalars = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY and "Scalar" in str(p.annotation)}
        variadic = [p.name for p in parameters if p.kind is p.VAR_POSITIONAL]
        shown = [f"{n}=None" if n in self.optional else n for n in self.inputs] + [f"*{n}" for n in variadic]
        shown += [n if d is inspect.Parameter.empty else f"{n}={d!r}" for n, d in self.attributes.items()]
        self.signature = f"{name}({', '.join(shown)})"
        if name in REGISTRY:
            raise ValueError(f"operator {name} is declared twice")
        REGISTRY[name] = self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.signature}>"

    @abstractmethod
    def __call__(self, *operands: Any, **keywords: Any) -> Any:
        """The operator applied to variables, numbers or arrays: a variable, or a tuple of them."""

    def parameter(self, name: str) -> str | None:
        """The parameter that a keyword means, in the words of NumPy or of PyTorch."""
        known = {*self.inputs, *self.attributes}
        if name in known:
            return name
        if name == "input" and self.inputs:
            return self.inputs[0]
        return next((found for found in ARGUMENTS.get(name, ()) if found in known), None)

    def order(self, known: Callable[[int], Any]) -> tuple[str, ...]:
        """What the arguments of a call are in turn; `known(n)` is the n-th if it is known before anything runs.

        PyTorch's order is meant where whole numbers stand at the place of its first attribute.
        """
        own = (*self.inputs, *self.attributes)
        if not self.torch:
            return own
        place = next(n for n, name in enumerate(self.torch) if name in self.attributes)
        value = known(place)
        several = isinstance(value, (tuple, list)) and self.attributes[self.torch[place]] is None
        numbers = value if several else (value,)
        return self.torch if all(type(n) is int for n in numbers) else own

    def bind(self, operands: Sequence[Any], keywords: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Sort a call's arguments into inputs and attributes, with defaults; ShapeError says what does not fit."""
        attributes = dict(self.attributes)
        if self.variadic:
            if operands and isinstance(operands[0], str):
                attributes[next(iter(attributes))], *operands = operands
            if operands and _is_sequence_of_operands(operands):
                attributes.update(zip(attributes, operands[1:], strict=False))
                operands = operands[0]
            inputs = [v for operand in operands for v in (operand if _several(operand) else (operand,))]
        else:
            count = len(self.inputs)
            inputs = list(operands[:count])
            attributes.update(zip(self.attributes, operands[count:], strict=False))
            if len(operands) > count + len(self.attributes):
                raise ShapeError("operand-count", self.signature, name=self.name, count=count, given=len(operands))
            inputs += [None] * (count - len(inputs))
        given = set()
        for name, value in keywords.items():
            name = self.parameter(name) or name
            if name in given:
                raise ShapeError("argument-twice", self.signature, name=self.name, argument=name)
            if name in self.inputs:
                inputs[self.inputs.index(name)] = value
            elif name in attributes:
                attributes[name] = value
            else:
                raise ShapeError("unknown-argument", self.signature, name=self.name, argument=repr(name))
            given.add(name)
        for name, value in attributes.items():
            if value is inspect.Parameter.empty:
                raise ShapeError("argument-missing", self.signature, name=self.name, argument=name)
            if isinstance(value, Variable):
                if value.literal is not None:
                    attributes[name] = value = value.literal
                elif name not in self.scalars:
                    raise ShapeError("attribute-not-known", self.signature, argument=name, name=self.name)
                elif value.shape:
                    raise ShapeError(
                        "attribute-not-scalar", self.signature, argument=name, name=self.name, shape=value.shape
                    )
                else:
                    continue
            if isinstance(value, list):
                attributes[name] = value = tuple(value)
            default = self.attributes[name]
            if isinstance(default, bool) and not isinstance(value, bool):
                raise ShapeError("attribute-not-bool", self.signature, argument=name, name=self.name, given=repr(value))
            if isinstance(default, float) and (isinstance(value, bool) or not isinstance(value, (int, float))):
                raise ShapeError(
                    "attribute-not-number", self.signature, argument=name, name=self.name, given=repr(value)
                )
        for name, value in zip(self.inputs, inputs, strict=False):
            if value is None and name not in self.optional:
                raise ShapeError("argument-missing", self.signature, name=self.name, argument=name)
        return inputs, attributes


def _several(operand: Any) -> bool:
    """Whether several variables stand in the place of one, as in `index_put(x, (i, j), v)`."""
    return isinstance(operand, (list, tuple)) and any(isinstance(v, Variable) for v in operand)


def _is_sequence_of_operands(operands: Sequence[Any]) -> bool:
    """Whether an operator of any number of inputs was given them as one sequence, as in `stack((a, b), 1)`."""
    first = operands[0]
    return isinstance(first, (list, tuple)) and (len(operands) == 1 or any(isinstance(v, Variable) for v in first))


class Primitive(Op):
    """An operator with a kernel of its own."""

    def __init__(
        self,
        name: str,
        *,
        doc: str,
        infer: Callable[..., Any],
        kernel: Kernel | None = None,
        vjp: VjpRule | tuple[VjpRule | None, ...] | None = None,
        flops: Callable[..., int] | int = 1,
        jvp: JvpRule | None = None,
        elementwise: bool = False,
        linear: bool = False,
        view: bool | str | Callable[[Operator], bool] = False,
        inplace: bool = False,
        select: Callable[[Operator], Kernel] | None = None,
        workspace: Callable[..., int] | None = None,
        analytic: bool = False,
        portable: bool = True,
        lowering: Sequence[Lowering] = (),
        rewrites: Sequence[Rewrite] = (),
        circle: Circle | None = None,
        backward: Backward | Sequence[Backward | None] | None = None,
        composed: Callable[..., Any] | None = None,
        **described: Any,
    ) -> None:
        super().__init__(name, doc=doc, signature=inspect.signature(infer), **described)
        self.infer = infer
        self.kernel: Kernel = kernel or _not_selected
        self.vjp = vjp
        self.jvp = jvp
        self.cost = flops
        self.elementwise = elementwise
        self.linear = linear
        self.view = view
        self.inplace = inplace or (elementwise and isinstance(kernel, np.ufunc))
        self.select = select
        self.scratch = workspace
        self.portable = portable
        self.lowering = tuple(lowering)
        self.rewrites = tuple(rewrites)
        self.circle = circle
        self.backward = backward
        self.composition = composed
        smooth = vjp is not None and not self.kink
        self.analytic = analytic or (smooth and (linear or bool(view) or has_complex_loop(kernel)))

    @property
    def differentiable(self) -> bool:
        return self.vjp is not None

    def __call__(self, *operands: Any, **keywords: Any) -> Any:
        if keywords or self.attributes or self.variadic or len(operands) != len(self.inputs):
            bound, attributes = self.bind(operands, keywords)
            if self.composition is not None and any(isinstance(attributes[name], Variable) for name in self.scalars):
                return composed(self, self.composition, bound, attributes)
            inputs = tuple([as_variable(v) for v in bound])
            types = self.infer(*inputs, **attributes)
        else:
            attributes = NO_ATTRIBUTES
            inputs = tuple([v if type(v) is Variable else as_variable(v) for v in operands])
            types = self.infer(*inputs)
        if isinstance(types, Type):
            return Operator(self, inputs, attributes, (types,), current_origin()).outputs[0]
        return Operator(self, inputs, attributes, types, current_origin()).outputs

    def way(self, operator: Operator, port: int) -> Way | Factor:
        """What happens to the gradient on the way to the input `port`."""
        chosen = self.backward
        if isinstance(chosen, Sequence):
            chosen = chosen[port]
        if chosen is None:
            return Way.DERIVATIVE if self.elementwise else Way.ADJOINT
        return chosen if isinstance(chosen, (Way, Factor)) else chosen(operator, port)

    def flops(self, operator: Operator) -> int:
        """Floating-point operations of one application; elementwise operators count a number an output element."""
        if callable(self.cost):
            return int(self.cost(*operator.inputs, **operator.attributes))
        return self.cost * max((v.size for v in (*operator.outputs, *operator.inputs)), default=0)

    def workspace(self, operator: Operator, width: int = 8) -> int:
        """Bytes of arrays that the kernel makes besides its outputs, where a float has `width` bytes."""
        return int(self.scratch(width, *operator.inputs, **operator.attributes)) if self.scratch else 0


def _not_selected(*arrays: Any, **attributes: Any) -> None:
    raise AssertionError("select chooses the kernel of this operator")


def produced_by(variable: Variable, op: PrimitiveDeclaration) -> Operator | None:
    """The operator that computes a variable if it is an application of `op`."""
    return variable.operator if variable.operator is not None and variable.operator.op is op else None


def scattered(x: Variable) -> bool:
    """Whether elements may not follow each other in memory: to flatten such a view is to copy it."""
    return x.operator is not None and x.operator.op.view not in (False, "contiguous")


def has_complex_loop(kernel: Any) -> bool:
    """Whether a ufunc maps complex numbers to complex numbers."""
    return isinstance(kernel, np.ufunc) and any(set(loop) == set("D->") for loop in kernel.types)


class Composite(Op):
    """An operator made of others: `body` builds its inside, in a scope of its own."""

    def __init__(self, body: Callable[..., Any], name: str, **described: Any) -> None:
        doc = (inspect.getdoc(body) or "").split("\n\n")[0].replace("\n", " ")
        super().__init__(name, doc=doc, signature=inspect.signature(body), **described)
        self.body = body
        self.differentiable = True

    def __call__(self, *operands: Any, **keywords: Any) -> Any:
        bound, attributes = self.bind(operands, keywords)
        if self.variadic and not bound:
            raise ShapeError("needs-an-array", name=self.name)
        return composed(self, self.body, bound, attributes)


def composed(op: Op, body: Callable[..., Any], bound: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    """A composition built in a scope of its own; variables among the attributes are operands of the scope."""
    inputs = [v if v is None else as_variable(v) for v in bound]
    # A body may make indices or an identity as large as its inputs, before any plan says what a run costs.
    spend("elements", max((v.size for v in inputs if v is not None), default=0))
    varied = [v for v in attributes.values() if isinstance(v, Variable)]
    fixed = {name: v for name, v in attributes.items() if not isinstance(v, Variable)} if varied else attributes
    around = current_origin()
    scope = Scope(op.name, "operator", around.scope, around.line, op, (*inputs, *varied), fixed)
    with origin(scope, around.line):
        return body(*inputs, **attributes)


def composite(name: str = "", **described: Any) -> Callable[[Callable[..., Any]], Composite]:
    """Declare the decorated function over expressions as an operator; its docstring's first line is the doc."""

    def declare(body: Callable[..., Any]) -> Composite:
        made = Composite(body, name or body.__name__, **described)
        made.family = body.__module__.rpartition(".")[2]
        return made

    return declare


def primitive(name: str, **declaration: Any) -> Primitive:
    """Declare an operator with a kernel; see the module's text for the conventions."""
    made = Primitive(name, **declaration)
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    caller = frame.f_back
    while caller.f_globals["__name__"] == __name__ and caller.f_back is not None:
        caller = caller.f_back
    made.family = caller.f_globals["__name__"].rpartition(".")[2]
    return made


def broadcast(*shapes: Shape) -> Shape:
    """The common shape by NumPy's rule, or a ShapeError that names the axis that does not fit."""
    if len(shapes) == 2:
        a, b = shapes
        if a == b or not b:
            return a
        if not a:
            return b
    ndim = max(map(len, shapes))
    result = []
    for axis in range(-ndim, 0):
        sizes = {s[axis] for s in shapes if len(s) >= -axis} - {1}
        if len(sizes) > 1:
            raise ShapeError("does-not-broadcast", axis=axis, sizes=listed(map(str, sorted(sizes))))
        result.append(sizes.pop() if sizes else 1)
    return tuple(result)


def spell(shape: Shape) -> str:
    """A shape as a program writes it: [5, 4], and [] for a scalar."""
    return f"[{', '.join(map(str, shape))}]"


TRANSCENDENTAL = 10
"""FLOPs counted for an exponential, a logarithm or a trigonometric function of one number."""

KINDS = {"bool": 0, "int": 1, "float": 2}


def promote(*operands: Variable) -> str:
    """The kind of an arithmetic result: the widest of the operands'."""
    return max((v.kind for v in operands), key=KINDS.__getitem__)


def normal_shape(shape: Any, least: int = 0) -> Shape:
    """A shape given as an attribute, one number or several, or a ShapeError."""
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    for n in sizes:
        if not isinstance(n, int) or isinstance(n, bool) or n < least:
            raise ShapeError("shape-not-whole", least=least, given=repr(n))
    return sizes


def normal_axis(axis: int, ndim: int) -> int:
    """A non-negative axis, or a ShapeError."""
    if not isinstance(axis, int) or isinstance(axis, bool):
        raise ShapeError("axis-not-whole", given=repr(axis))
    if not -ndim <= axis < ndim:
        if not ndim:
            raise ShapeError("axis-of-scalar", axis=axis)
        raise ShapeError("axis-out-of-range", axis=axis, count=ndim, last=ndim - 1)
    return axis % ndim


def normal_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """Axes as a sorted tuple of distinct non-negative numbers; None means all."""
    if axis is None:
        return tuple(range(ndim))
    axes = tuple(normal_axis(a, ndim) for a in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    if len(set(axes)) != len(axes):
        raise ShapeError("axis-twice", axis=axis)
    return tuple(sorted(axes))


def reduced(shape: Shape, axis: Any, keepdims: bool) -> Shape:
    """The shape after a reduction over `axis`."""
    axes = normal_axes(axis, len(shape))
    if keepdims:
        return tuple(1 if i in axes else n for i, n in enumerate(shape))
    return tuple(n for i, n in enumerate(shape) if i not in axes)


def check_numbers(**attributes: Any) -> None:
    """A ShapeError for the first attribute that is no real number; a variable is one."""
    for name, value in attributes.items():
        if isinstance(value, Variable):
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ShapeError("not-a-number", name=name, given=repr(value))


def check_positive(name: str, value: Scalar, least: float | None = None) -> None:
    """A ShapeError for a number that is not positive, or less than `least`; a variable is known only when it runs."""
    check_numbers(**{name: value})
    if not isinstance(value, Variable) and not (value > 0 if least is None else value >= least):
        if least is None:
            raise ShapeError("attribute-not-positive", name=name, given=repr(value))
        raise ShapeError("below-least", name=name, least=least, given=repr(value))


def infer_unary(x: Variable) -> Type:
    """A float of the same shape."""
    return Type(x.shape, "float")


def infer_binary(a: Variable, b: Variable) -> Type:
    """The common shape, of the wider kind."""
    return Type(broadcast(a.shape, b.shape), promote(a, b))


def signed(kind: str) -> str:
    """The kind of a difference: truth values count as 0 and 1, for NumPy has no minus for them."""
    return "int" if kind == "bool" else kind


def infer_inexact(a: Variable, b: Variable) -> Type:
    """The common shape, always float."""
    return Type(broadcast(a.shape, b.shape), "float")


def infer_signed(a: Variable, b: Variable) -> Type:
    """As `infer_binary`, but truth values are counted as 0 and 1."""
    return Type(broadcast(a.shape, b.shape), signed(promote(a, b)))


def infer_comparison(a: Variable, b: Variable) -> Type:
    """The common shape, true or false."""
    return Type(broadcast(a.shape, b.shape), "bool")


def operator_name(name: str) -> str:
    """An operator's name as it stands in a LaTeX template, where braces are doubled."""
    return rf"\operatorname{{{{{name.replace('_', chr(92) + '_')}}}}}"


def unary(
    name: str, kernel: Callable[..., Any], vjp: VjpRule | None, latex: Any = None, *, doc: str, **more: Any
) -> Primitive:
    """An elementwise function of one array; `vjp(g, y, x)`."""
    latex = latex or rf"{operator_name(name)}\left({{0}}\right)"
    rules = (vjp,) if vjp else None
    more.setdefault("infer", infer_unary)
    return primitive(name, doc=doc, kernel=kernel, vjp=rules, latex=latex, elementwise=True, **more)


def binary(name: str, kernel: Callable[..., Any], vjp: Any, latex: Any = None, *, doc: str, **more: Any) -> Primitive:
    """An elementwise function of two arrays that broadcast; `vjp` has a function `(g, y, a, b)` for each."""
    latex = latex or rf"{operator_name(name)}\left({{0}}, {{1}}\right)"
    more.setdefault("infer", infer_binary)
    return primitive(name, doc=doc, kernel=kernel, vjp=vjp, latex=latex, elementwise=True, **more)
