"""What each operator of ONNX is here: a table of rules by name.

A rule gets a view of its node: operands as variables, arguments that must be known as arrays, attributes with their
defaults. It answers a variable or several. `Unreadable` says why a node has no counterpart.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from tidegraph.engine.graph import Variable, size_of
from tidegraph.engine.messages.catalogue import Message, Parameter
from tidegraph.engine.models.aten import Calls
from tidegraph.engine.models.builder import registrar
from tidegraph.engine.models.recurrent import Cell, recurrent


class Known:
    """An array whose numbers are known; `source` is the initialiser that holds it."""

    __slots__ = ("array", "kind", "role", "source", "variable")

    def __init__(self, array: Any, source: str = "", role: str = "constant", kind: str = "") -> None:
        self.array = array
        self.kind = kind
        self.source = source
        self.role = role
        self.variable: Variable | None = None

    @property
    def weights(self) -> bool:
        """Whether these are numbers that a program may change: floats of an initialiser."""
        return bool(self.source) and self.array.dtype.kind not in "biuOSU"


class Unreadable(Exception):
    """A node that has no counterpart, and why."""

    def __init__(self, code: str, **parameters: Parameter) -> None:
        super().__init__(code)
        self.reason = Message(code, **parameters)


Rule = Callable[["Node"], Any]
RULES: dict[str, Rule] = {}


class Node:
    """One node as its rule sees it."""

    def __init__(self, reader: Any, proto: Any, inputs: list[Any], calls: Calls) -> None:
        self.reader = reader
        self.proto = proto
        self.inputs = inputs
        self.b = calls
        self.same_type = proto.op_type in SAME_TYPE
        self.typed_by = 1 if proto.op_type == "Where" else 0
        self.given = {a.name: a for a in proto.attribute}

    @property
    def outputs(self) -> list[str]:
        return list(self.proto.output)

    @property
    def opset(self) -> int:
        return int(self.reader.opsets.get("", self.reader.opsets.get("ai.onnx", 7)))

    def has(self, place: int) -> bool:
        """Whether an optional input is given."""
        return place < len(self.inputs) and self.inputs[place] is not None

    def x(self, place: int = 0) -> Any:
        """An input as a variable, None where it is not given."""
        return self.reader.variable(self.inputs[place]) if self.has(place) else None

    def xs(self) -> list[Any]:
        """All inputs as variables."""
        return [self.reader.variable(v) for v in self.inputs]

    def integer(self, place: int = 0) -> bool:
        """Whether an input holds whole numbers."""
        return bool(self.reader.is_integer(self.inputs[place]))

    def known(self, place: int, what: str = "") -> Any:
        """An input as an array, None where it is not given; Unreadable where it is computed."""
        if not self.has(place):
            return None
        value = self.inputs[place]
        array = getattr(value, "array", None)
        if array is None:
            literal = getattr(value, "literal", None)
            if literal is None:
                raise Unreadable("onnx-not-known", what=what or Message("onnx-input", place=place + 1))
            array = np.asarray(literal)
        return array

    def ints(self, place: int, name: str = "") -> list[int] | None:
        """Whole numbers that an input or, in older files, an attribute gives."""
        if self.has(place):
            return [int(n) for n in np.asarray(self.known(place, name)).reshape(-1)]
        if name in self.given:
            a = self.given[name]
            return [int(n) for n in a.ints] if a.ints or a.type == a.INTS else [int(a.i)]
        return None

    def attr(self, name: str, default: Any = None) -> Any:
        """An attribute as Python data."""
        a = self.given.get(name)
        if a is None:
            return default
        kind = a.type
        if kind == a.INT:
            return int(a.i)
        if kind == a.FLOAT:
            return float(a.f)
        if kind == a.STRING:
            return a.s.decode(errors="replace")
        if kind == a.INTS:
            return [int(n) for n in a.ints]
        if kind == a.FLOATS:
            return [float(n) for n in a.floats]
        if kind == a.STRINGS:
            return [s.decode(errors="replace") for s in a.strings]
        raise Unreadable("onnx-attribute", name=name)

    def declared(self, place: int = 0) -> tuple[int, ...] | None:
        """The shape that the file declares for an output."""
        found: tuple[int, ...] | None = self.reader.shape_of(self.proto.output[place])
        return found

    def note(self, text: str) -> None:
        """Something that is changed or dropped."""
        self.reader.builder.note(text)


SAME_TYPE = frozenset(
    {
        *("Abs", "Add", "Clip", "Compress", "Concat", "CumSum", "CumProd", "DepthToSpace", "Div", "Expand", "Flatten"),
        *("Gather", "GatherElements", "GatherND", "Identity", "Max", "MaxPool", "Min", "Mod", "Mul", "Neg", "Pad"),
        *("ReduceL1", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "ReduceL2", "Reshape"),
        *("ReverseSequence", "ScatterElements", "ScatterND", "Sign", "Slice", "SpaceToDepth", "Split", "Squeeze"),
        *("Sub", "Sum", "Tile", "TopK", "Transpose", "Trilu", "Unsqueeze", "Where", "Pow", "Relu", "Dropout", "MatMul"),
        *("Gemm", "Einsum", "Scatter", "Range", "Upsample", "Resize", "PRelu"),
    }
)
"""Operators whose results hold whole numbers where their first operand does."""


rule = registrar(RULES)


def _product(array: Any) -> int:
    return size_of(max(int(n), 1) for n in np.asarray(array).reshape(-1)) if array is not None else 1


def _range_size(node: Any, a: Sequence[Any]) -> int:
    start, stop, step = (float(np.asarray(v).reshape(-1)[0]) for v in a[:3])
    return 2**62 if not step or not math.isfinite((stop - start) / step) else max(int((stop - start) / step) + 1, 1)


def _tile_size(node: Any, a: Sequence[Any]) -> int:
    return int(a[0].size) * _product(a[1])


def _onehot_size(node: Any, a: Sequence[Any]) -> int:
    return int(a[0].size) * max(int(np.asarray(a[1]).reshape(-1)[0]), 1)


EXPLOSIVE: dict[str, Callable[[Any, Sequence[Any]], int]] = {
    "ConstantOfShape": lambda node, a: _product(a[0]),
    "Expand": lambda node, a: int(a[0].size) * _product(a[1]),
    "Tile": _tile_size,
    "Range": _range_size,
    "OneHot": _onehot_size,
    "Pad": lambda node, a: 2**62 if len(a) < 2 or a[1] is None else _padded_size(a[0].shape, a[1]),
    "Resize": lambda node, a: 2**62,
    "Upsample": lambda node, a: 2**62,
    "RandomNormal": lambda node, a: _attribute_size(node),
    "RandomUniform": lambda node, a: _attribute_size(node),
    "HannWindow": lambda node, a: _product(a[0]),
    "HammingWindow": lambda node, a: _product(a[0]),
    "BlackmanWindow": lambda node, a: _product(a[0]),
    "MelWeightMatrix": lambda node, a: _product(a[0]) * max(_product(a[1]), 1),
    "Gather": lambda node, a: int(a[1].size) * max(int(a[0].size), 1),
    "Unique": lambda node, a: 2**62,
    "NonZero": lambda node, a: int(a[0].size) * max(a[0].ndim, 1),
    "Shape": lambda node, a: 1,
    "Size": lambda node, a: 1,
    "Reshape": lambda node, a: int(a[0].size),
    "Slice": lambda node, a: int(a[0].size),
    "Transpose": lambda node, a: int(a[0].size),
    "Squeeze": lambda node, a: int(a[0].size),
    "Unsqueeze": lambda node, a: int(a[0].size),
    "Split": lambda node, a: int(a[0].size),
    "Where": lambda node, a: size_of(np.broadcast_shapes(*(v.shape for v in a))),
    "LSTM": lambda node, a: 2**62,
    "GRU": lambda node, a: 2**62,
    "RNN": lambda node, a: 2**62,
    "Conv": lambda node, a: 2**62,
    "ConvTranspose": lambda node, a: 2**62,
    "Col2Im": lambda node, a: 2**62,
    "MaxUnpool": lambda node, a: 2**62,
    "CenterCropPad": lambda node, a: _product(a[1]),
    "SequenceMap": lambda node, a: 2**62,
}
"""Bounds on the elements of the result, where it may be larger than the operands."""

for _op in ("Add", "Sub", "Mul", "Div", "Pow", "Mod", "Equal", "Less", "Greater", "And", "Or", "Xor"):
    EXPLOSIVE[_op] = lambda node, a: size_of(np.broadcast_shapes(*(v.shape for v in a)))
for _op in ("LessOrEqual", "GreaterOrEqual", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "PRelu"):
    EXPLOSIVE[_op] = EXPLOSIVE["Add"]


def _padded_size(shape: Sequence[int], pads: Any) -> int:
    pads = np.asarray(pads).reshape(-1)
    half = len(pads) // 2
    if half != len(shape):
        return 2**62
    return size_of(max(n + int(lo) + int(hi), 1) for n, lo, hi in zip(shape, pads[:half], pads[half:], strict=True))


def _attribute_size(node: Any) -> int:
    return next((_product(list(a.ints)) for a in node.attribute if a.name == "shape"), 2**62)


# Elementwise

for _op, _name in {
    "Exp": "exp", "Log": "log", "Sqrt": "sqrt", "Sin": "sin", "Cos": "cos", "Tan": "tan", "Asin": "arcsin",
    "Acos": "arccos", "Atan": "arctan", "Sinh": "sinh", "Cosh": "cosh", "Tanh": "tanh", "Asinh": "arcsinh",
    "Acosh": "arccosh", "Atanh": "arctanh", "Abs": "abs", "Neg": "neg", "Sign": "sign", "Ceil": "ceil",
    "Floor": "floor", "Round": "round", "Erf": "erf", "Reciprocal": "reciprocal", "Relu": "relu",
    "Sigmoid": "sigmoid", "Softplus": "softplus", "Softsign": "softsign", "Not": "logical_not", "IsNaN": "isnan",
    "HardSwish": "hardswish", "Mish": "mish", "Det": "det",
}.items():  # fmt: skip
    RULES[_op] = lambda n, name=_name: getattr(n.b, name)(n.x())  # type: ignore[misc]

for _op, _name in {
    "Add": "add", "Sub": "subtract", "Mul": "multiply", "Less": "less", "LessOrEqual": "less_equal",
    "Greater": "greater", "GreaterOrEqual": "greater_equal", "And": "logical_and", "Or": "logical_or",
    "Xor": "logical_xor", "MatMul": "matmul",
}.items():  # fmt: skip
    RULES[_op] = lambda n, name=_name: getattr(n.b, name)(n.x(0), n.x(1))  # type: ignore[misc]


@rule("Equal")
def _equal(n: Node) -> Any:
    return n.b.equal(n.x(0), n.x(1))


@rule("Div")
def _div(n: Node) -> Any:
    y = n.b.divide(n.x(0), n.x(1))
    return n.b.trunc(y) if n.integer() else y


@rule("Mod")
def _mod(n: Node) -> Any:
    return n.b.fmod(n.x(0), n.x(1)) if n.attr("fmod", 0) else n.b.remainder(n.x(0), n.x(1))


@rule("Pow")
def _pow(n: Node) -> Any:
    y = n.b.power(n.x(0), n.x(1))
    return n.b.trunc(y) if n.integer(0) and not n.integer(1) else y


@rule("Max")
def _max(n: Node) -> Any:
    return chained(n.b.maximum, n.xs())


@rule("Min")
def _min(n: Node) -> Any:
    return chained(n.b.minimum, n.xs())


@rule("Sum")
def _sum(n: Node) -> Any:
    return chained(n.b.add, n.xs())


@rule("Mean")
def _mean(n: Node) -> Any:
    return n.b.divide(chained(n.b.add, n.xs()), len(n.inputs)) if len(n.inputs) > 1 else n.b.identity(n.x())


def chained(op: Any, values: list[Any]) -> Any:
    """A binary operator over several operands, from the left."""
    result = values[0]
    for value in values[1:]:
        result = op(result, value)
    return result


@rule("Identity")
def _identity(n: Node) -> Any:
    return n.inputs[0]


@rule("Where")
def _where(n: Node) -> Any:
    return n.b.where(n.x(0), n.x(1), n.x(2))


@rule("Clip")
def _clip(n: Node) -> Any:
    low = n.x(1) if n.has(1) else n.attr("min")
    high = n.x(2) if n.has(2) else n.attr("max")
    x = n.x()
    if low is None and high is None:
        return n.b.identity(x)
    if any(isinstance(v, Variable) and v.literal is None for v in (low, high)):
        if low is not None:
            x = n.b.maximum(x, low)
        return x if high is None else n.b.minimum(x, high)
    return n.b.clip(x, low, high)


@rule("LeakyRelu")
def _leaky_relu(n: Node) -> Any:
    return n.b.leaky_relu(n.x(), negative_slope=n.attr("alpha", 0.01))


@rule("Elu")
def _elu(n: Node) -> Any:
    return n.b.elu(n.x(), alpha=n.attr("alpha", 1.0))


@rule("Celu")
def _celu(n: Node) -> Any:
    return n.b.celu(n.x(), alpha=n.attr("alpha", 1.0))


@rule("Selu")
def _selu(n: Node) -> Any:
    alpha, gamma = n.attr("alpha", 1.6732632423543772), n.attr("gamma", 1.0507009873554805)
    if math.isclose(alpha, 1.6732632, rel_tol=1e-6) and math.isclose(gamma, 1.0507010, rel_tol=1e-6):
        return n.b.selu(n.x())
    return n.b.multiply(n.b.elu(n.x(), alpha=alpha), gamma)


@rule("PRelu")
def _prelu(n: Node) -> Any:
    x = n.x()
    return n.b.where(n.b.less(x, 0), n.b.multiply(n.x(1), x), x)


@rule("ThresholdedRelu")
def _thresholded(n: Node) -> Any:
    return n.b.threshold(n.x(), threshold=n.attr("alpha", 1.0), value=0.0)


@rule("HardSigmoid")
def _hard_sigmoid(n: Node) -> Any:
    return n.b.clip(n.b.add(n.b.multiply(n.x(), n.attr("alpha", 0.2)), n.attr("beta", 0.5)), 0.0, 1.0)


@rule("Shrink")
def _shrink(n: Node) -> Any:
    x, lambd, bias = n.x(), n.attr("lambd", 0.5), n.attr("bias", 0.0)
    low = n.b.where(n.b.less(x, -lambd), n.b.add(x, bias), 0.0)
    return n.b.where(n.b.greater(x, lambd), n.b.subtract(x, bias), low)


@rule("Gelu")
def _gelu(n: Node) -> Any:
    return n.b.gelu(n.x(), approximate=n.attr("approximate", "none"))


@rule("Swish")
def _swish(n: Node) -> Any:
    alpha = n.attr("alpha", 1.0)
    return n.b.silu(n.x()) if alpha == 1 else n.b.multiply(n.x(), n.b.sigmoid(n.b.multiply(n.x(), alpha)))


@rule("IsInf")
def _isinf(n: Node) -> Any:
    x = n.x()
    up, down = n.attr("detect_positive", 1), n.attr("detect_negative", 1)
    found = n.b.isinf(x)
    if up and down:
        return found
    if not up and not down:
        return n.b.logical_and(found, False)
    return n.b.logical_and(found, n.b.greater(x, 0) if up else n.b.less(x, 0))


@rule("Softmax", "LogSoftmax", "Hardmax")
def _softmax(n: Node) -> Any:
    x, kind = n.x(), n.proto.op_type
    axis = n.attr("axis", -1 if n.opset >= 13 else 1)
    shape = x.shape
    if n.opset < 13:
        axis %= max(x.ndim, 1)
        x = n.b.shaped(x, (size_of(shape[:axis]), size_of(shape[axis:])))
        axis = 1
    if kind == "Hardmax":
        index = n.b.argmax(x, axis=axis)
        y = n.b.moveaxis(n.b.one_hot(index, num_classes=x.shape[axis]), source=-1, destination=axis)
        y = n.b.as_float(y)
    else:
        y = n.b.softmax(x, axis=axis) if kind == "Softmax" else n.b.log_softmax(x, axis=axis)
    return n.b.shaped(y, shape)


@rule("Cast", "CastLike")
def _cast(n: Node) -> Any:
    proto = n.reader.onnx.TensorProto.DataType
    x = n.x()
    if n.proto.op_type == "Cast":
        kind = proto.Name(n.attr("to"))
    else:
        like = n.inputs[1]
        kind = "INT64" if n.integer(1) else "BOOL" if getattr(like, "kind", "") == "bool" else "FLOAT"
        kind = n.reader.kinds.get(like, kind)
        array = getattr(like, "array", None)
        if array is not None:
            plain = {"f": "FLOAT", "b": "BOOL", "i": "INT64", "u": "INT64"}.get(array.dtype.kind, "OTHER")
            kind = getattr(like, "kind", "") or plain
    if kind == "BOOL":
        return n.b.as_bool(x)
    if kind in ("FLOAT", "DOUBLE"):
        return n.b.as_float(x) if x.kind != "float" else x
    if kind == "FLOAT16":
        n.note("float16 is computed in float32")
        return n.b.as_float(x) if x.kind != "float" else x
    if kind in ("INT64", "INT32", "INT16", "INT8", "UINT8", "UINT16", "UINT32", "UINT64"):
        if x.kind == "float" and not n.integer():
            if kind not in ("INT64", "INT32"):
                raise Unreadable("onnx-wraps", kind=kind.lower())
            x = n.b.trunc(x)
        elif x.kind == "bool":
            x = n.b.as_float(x)
        else:
            x = n.b.identity(x)
        n.reader.integers.add(x)
        return x
    raise Unreadable("onnx-no-numbers", kind=kind.lower())


# Shapes


@rule("Shape")
def _shape(n: Node) -> Any:
    shape = n.x().shape
    start, end = n.attr("start", 0), n.attr("end", len(shape))
    return Known(np.array(shape[start:end], np.int64))


@rule("Size")
def _size(n: Node) -> Any:
    return Known(np.array(n.x().size, np.int64))


@rule("Reshape")
def _reshape(n: Node) -> Any:
    x = n.x()
    try:
        wanted = n.ints(1, "shape")
    except Unreadable:
        declared = n.declared()
        if declared is None or size_of(declared) != x.size:
            raise
        return n.b.shaped(x, declared)
    assert wanted is not None
    if not n.attr("allowzero", 0):
        if any(size == 0 and place >= x.ndim for place, size in enumerate(wanted)):
            raise Unreadable("onnx-copied-axis")
        wanted = [x.shape[place] if size == 0 else size for place, size in enumerate(wanted)]
    if -1 in wanted:
        rest = size_of(s for s in wanted if s != -1)
        wanted = [x.size // rest if rest and s == -1 else s for s in wanted]
    if size_of(wanted) != x.size or min(wanted, default=0) < 0:
        raise Unreadable("onnx-reshape", count=x.size, shape=[int(s) for s in wanted])
    return n.b.shaped(x, wanted)


@rule("Flatten")
def _flatten(n: Node) -> Any:
    x = n.x()
    axis = n.attr("axis", 1)
    axis = axis + x.ndim if axis < 0 else axis
    return n.b.shaped(x, (size_of(x.shape[:axis]), size_of(x.shape[axis:])))


@rule("Squeeze")
def _squeeze(n: Node) -> Any:
    x = n.x()
    try:
        axes = n.ints(1, "axes")
    except Unreadable:
        return by_declaration(n, x)
    drop = [k for k, s in enumerate(x.shape) if s == 1] if axes is None else [k % x.ndim for k in axes]
    return n.b.shaped(x, [s for k, s in enumerate(x.shape) if k not in drop])


@rule("Unsqueeze")
def _unsqueeze(n: Node) -> Any:
    x = n.x()
    try:
        axes = n.ints(1, "axes") or []
    except Unreadable:
        return by_declaration(n, x)
    ndim = x.ndim + len(axes)
    new = {k % ndim for k in axes}
    rest = iter(x.shape)
    return n.b.shaped(x, [1 if k in new else next(rest) for k in range(ndim)])


def by_declaration(n: Node, x: Variable) -> Any:
    """The same elements in the shape that the file declares for the result."""
    declared = n.declared()
    if declared is None or size_of(declared) != x.size:
        raise Unreadable("onnx-not-known", what="axes")
    return n.b.shaped(x, declared)


@rule("Transpose")
def _transpose(n: Node) -> Any:
    x = n.x()
    axes = n.attr("perm")
    if axes is None:
        return n.b.transpose(x)
    return n.b.transpose(x, axes=tuple(axes))


@rule("Concat")
def _concat(n: Node) -> Any:
    return n.b.concatenate(*n.xs(), axis=n.attr("axis"))


@rule("Split")
def _split(n: Node) -> Any:
    x = n.x()
    axis = n.attr("axis", 0) % x.ndim
    count = len(n.outputs)
    try:
        sizes = n.ints(1, "split")
    except Unreadable:
        shapes = [n.declared(k) for k in range(count)]
        if any(s is None for s in shapes):
            raise
        sizes = [s[axis] for s in shapes if s is not None]
    if sizes is None:
        each = -(-x.shape[axis] // (n.attr("num_outputs") or count))
        sizes = [min(each, x.shape[axis] - k * each) for k in range(count)]
    if sum(sizes) != x.shape[axis]:
        raise Unreadable("onnx-parts", sizes=[int(s) for s in sizes], total=x.shape[axis])
    return n.b.divided(x, sizes, axis)


@rule("Slice")
def _slice(n: Node) -> Any:
    x = n.x()
    starts, ends = n.ints(1, "starts"), n.ints(2, "ends")
    assert starts is not None
    assert ends is not None
    axes = n.ints(3, "axes") or list(range(len(starts)))
    steps = n.ints(4, "steps") or [1] * len(starts)
    key: list[Any] = [slice(None)] * x.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        size = x.shape[axis]
        if step > 0:
            first, last = min(max(start + size * (start < 0), 0), size), min(max(end + size * (end < 0), 0), size)
            stop: int | None = last
        else:
            first = min(max(start + size * (start < 0), -1), size - 1)
            last = min(max(end + size * (end < 0), -1), size - 1)
            stop = None if last < 0 else last
        if first < 0:
            first, stop = 0, 0
        key[axis] = slice(first or None, None if stop == size and step > 0 else stop, None if step == 1 else step)
        if step < 0:
            key[axis] = slice(first, stop, step)
    if all(k == slice(None) for k in key):
        return n.b.identity(x)
    return n.b.getitem(x, key=tuple(key))


@rule("Expand")
def _expand(n: Node) -> Any:
    x = n.x()
    try:
        wanted: Sequence[int] | None = n.ints(1)
    except Unreadable:
        wanted = n.declared()
        if wanted is None:
            raise
    return n.b.stretched(x, np.broadcast_shapes(x.shape, tuple(wanted or ())))


@rule("Tile")
def _tile(n: Node) -> Any:
    x = n.x()
    try:
        reps = n.ints(1) or []
    except Unreadable:
        declared = n.declared()
        if declared is None or 0 in x.shape:
            raise
        reps = [a // b for a, b in zip(declared, x.shape, strict=True)]
    return n.b.tile(x, reps=tuple(reps))


@rule("Pad")
def _pad(n: Node) -> Any:
    x = n.x()
    pads = n.ints(1, "pads") or []
    axes = [k % x.ndim for k in (n.ints(3) or range(x.ndim))]
    value = n.known(2) if n.has(2) else n.attr("value", 0.0)
    pairs = [(0, 0)] * x.ndim
    for place, axis in enumerate(axes):
        pairs[axis] = (pads[place], pads[place + len(axes)])
    return padded(n, x, pairs, n.attr("mode", "constant"), float(np.asarray(value).reshape(-1)[0]))


def padded(n: Node, x: Variable, pairs: Sequence[tuple[int, int]], mode: str = "constant", value: float = 0.0) -> Any:
    """Padding before and after each axis; negative widths cut off."""
    if any(w < 0 for pair in pairs for w in pair):
        key = tuple(
            slice(-min(low, 0) or None, size + high if high < 0 else None)
            for (low, high), size in zip(pairs, x.shape, strict=True)
        )
        x = n.b.getitem(x, key=key)
        pairs = [(max(low, 0), max(high, 0)) for low, high in pairs]
    if not any(map(any, pairs)):
        return x
    if mode == "constant":
        return n.b.pad(x, pad_width=tuple(pairs), mode="constant", constant_values=value)
    return n.b.pad(x, pad_width=tuple(pairs), mode={"reflect": "reflect", "edge": "edge", "wrap": "wrap"}[mode])


@rule("ConstantOfShape")
def _constant_of_shape(n: Node) -> Any:
    a = n.given.get("value")
    value = n.reader.array(a.t).reshape(-1)[0] if a is not None else np.float32(0)
    shape = n.ints(0)
    return n.b.broadcast_to(value.item(), shape=tuple(shape or ()))


@rule("DepthToSpace")
def _depth_to_space(n: Node) -> Any:
    x, size = n.x(), n.attr("blocksize")
    batch, channels, height, width = x.shape
    less = channels // size**2
    if n.attr("mode", "DCR") == "DCR":
        y = n.b.transpose(n.b.shaped(x, (batch, size, size, less, height, width)), axes=(0, 3, 4, 1, 5, 2))
    else:
        y = n.b.transpose(n.b.shaped(x, (batch, less, size, size, height, width)), axes=(0, 1, 4, 2, 5, 3))
    return n.b.shaped(y, (batch, less, height * size, width * size))


@rule("SpaceToDepth")
def _space_to_depth(n: Node) -> Any:
    x, size = n.x(), n.attr("blocksize")
    batch, channels, height, width = x.shape
    y = n.b.shaped(x, (batch, channels, height // size, size, width // size, size))
    y = n.b.transpose(y, axes=(0, 3, 5, 1, 2, 4) if n.attr("mode", "DCR") == "DCR" else (0, 1, 3, 5, 2, 4))
    return n.b.shaped(y, (batch, channels * size**2, height // size, width // size))


@rule("Trilu")
def _trilu(n: Node) -> Any:
    k = n.known(1)
    x = n.x()
    offset = 0 if k is None else int(np.asarray(k).reshape(-1)[0])
    return (n.b.triu if n.attr("upper", 1) else n.b.tril)(x, k=max(min(offset, 2**31), -(2**31)))


@rule("EyeLike")
def _eye_like(n: Node) -> Any:
    rows, columns = n.x().shape
    return Known(np.eye(rows, columns, n.attr("k", 0), np.float32))


@rule("Range")
def _range(n: Node) -> Any:
    raise Unreadable("onnx-not-known", what="start, limit, delta")


# Indexing


@rule("Gather")
def _gather(n: Node) -> Any:
    index = n.inputs[1]
    axis = n.attr("axis", 0)
    array = getattr(index, "array", None)
    if array is not None and array.ndim == 0:
        x = n.x()
        place = int(array)
        if not -x.shape[axis] <= place < x.shape[axis]:
            raise Unreadable("onnx-index", index=str(place))
        return n.b.at(x, axis, place)
    return n.b.take(n.x(), n.x(1), axis=axis)


@rule("GatherElements")
def _gather_elements(n: Node) -> Any:
    return n.b.gather(n.x(), n.x(1), axis=n.attr("axis", 0))


@rule("GatherND")
def _gather_nd(n: Node) -> Any:
    x, index = n.x(), n.x(1)
    batch = n.attr("batch_dims", 0)
    depth = index.shape[-1]
    parts = [n.b.at(index, -1, k) for k in range(depth)]
    if batch:
        lead = []
        for k in range(batch):
            shape = [1] * (index.ndim - 1)
            shape[k] = index.shape[k]
            lead.append(n.b.builder.constant(np.arange(index.shape[k]).reshape(shape)))
        parts = lead + parts
    if len(parts) == 1:
        return n.b.take(x, parts[0], axis=0)
    return n.b.take_each(x, *parts, axes=tuple(range(len(parts))))


@rule("OneHot")
def _one_hot(n: Node) -> Any:
    try:
        depth = int(np.asarray(n.known(1)).reshape(-1)[0])
    except Unreadable:
        declared = n.declared()
        if declared is None:
            raise
        depth = declared[n.attr("axis", -1)]
    index, values = n.x(0), n.x(2)
    if n.integer(0) or index.kind == "int":
        index = n.b.where(n.b.less(index, 0), n.b.add(index, depth), index)
    axis = n.attr("axis", -1)
    places = n.b.builder.constant(np.arange(depth))
    hot = n.b.equal(n.b.shaped(index, (*index.shape, 1)), places)
    hot = n.b.moveaxis(hot, source=-1, destination=axis) if axis not in (-1, index.ndim) else hot
    return n.b.where(hot, n.b.at(values, 0, 1), n.b.at(values, 0, 0))


@rule("ScatterElements", "Scatter")
def _scatter_elements(n: Node) -> Any:
    x, index, updates = n.x(0), n.x(1), n.x(2)
    axis = n.attr("axis", 0)
    how = n.attr("reduction", "none")
    if how == "add":
        return n.b.scatter_add(x, index, updates, axis=axis)
    if how != "none":
        raise Unreadable("onnx-choice", name="reduction", value=str(how))
    array = getattr(n.inputs[1], "array", None)
    if array is None and index.shape[axis] > 1:
        raise Unreadable("onnx-overwrites")
    zero = n.b.broadcast_to(0.0, shape=x.shape)
    hit = n.b.scatter_add(zero, index, n.b.broadcast_to(1.0, shape=index.shape), axis=axis)
    new = n.b.scatter_add(zero, index, updates, axis=axis)
    return n.b.where(n.b.greater(hit, 0), n.b.divide(new, n.b.maximum(hit, 1.0)), x)


@rule("ScatterND")
def _scatter_nd(n: Node) -> Any:
    x, index, updates = n.x(0), n.x(1), n.x(2)
    how = n.attr("reduction", "none")
    if how not in ("none", "add"):
        raise Unreadable("onnx-choice", name="reduction", value=str(how))
    depth = index.shape[-1]
    strides = [size_of(x.shape[k + 1 : depth]) for k in range(depth)]
    flat = None
    for k, stride in enumerate(strides):
        at = n.b.at(index, -1, k)
        at = n.b.where(n.b.less(at, 0), n.b.add(at, x.shape[k]), at)
        term = at if stride == 1 else n.b.multiply(at, stride)
        flat = term if flat is None else n.b.add(flat, term)
    assert flat is not None
    rows = size_of(x.shape[:depth])
    flat = n.b.shaped(flat, (flat.size,))
    rest = x.shape[depth:]
    table = n.b.shaped(x, (rows, *rest))
    source = n.b.shaped(updates, (flat.size, *rest))
    if how == "add":
        return n.b.shaped(n.b.index_add(table, flat, source, axis=0), x.shape)
    array = getattr(n.inputs[1], "array", None)
    if array is None and flat.size > 1:
        raise Unreadable("onnx-overwrites")
    if array is not None and len({tuple(r) for r in array.reshape(-1, depth).tolist()}) < flat.size:
        raise Unreadable("onnx-equal-indices")
    zero = n.b.broadcast_to(0.0, shape=(rows, *rest))
    ones = n.b.broadcast_to(1.0, shape=(flat.size,))
    hit = n.b.index_add(n.b.broadcast_to(0.0, shape=(rows,)), flat, ones, axis=0)
    hit = n.b.shaped(hit, (rows, *(1,) * len(rest)))
    new = n.b.index_add(zero, flat, source, axis=0)
    return n.b.shaped(n.b.where(n.b.greater(hit, 0), new, table), x.shape)


@rule("Compress")
def _compress(n: Node) -> Any:
    chosen = np.flatnonzero(n.known(1, "condition"))
    x = n.x()
    axis = n.attr("axis")
    return n.b.take(x, n.b.builder.constant(chosen), axis=axis)


@rule("ReverseSequence")
def _reverse_sequence(n: Node) -> Any:
    x = n.x()
    lengths = np.asarray(n.known(1, "lengths"))
    time, batch = n.attr("time_axis", 0), n.attr("batch_axis", 1)
    order = np.zeros((x.shape[0], x.shape[1]), int)
    for k, length in enumerate(lengths):
        places = np.arange(x.shape[time])
        places[: int(length)] = places[: int(length)][::-1]
        if time == 0:
            order[:, k] = places
        else:
            order[k] = places
    if {time, batch} != {0, 1}:
        raise Unreadable("onnx-choice", name="time_axis, batch_axis", value=f"{time}, {batch}")
    whole = np.broadcast_to(order.reshape(*order.shape, *(1,) * (x.ndim - 2)), x.shape)
    return n.b.gather(x, n.b.builder.constant(whole), axis=time)


@rule("TopK")
def _top_k(n: Node) -> Any:
    x = n.x()
    axis = n.attr("axis", -1)
    try:
        k = (n.ints(1, "k") or [1])[0]
    except Unreadable:
        declared = n.declared()
        if declared is None:
            raise
        k = declared[axis]
    order = n.b.argsort(x, axis=axis, descending=bool(n.attr("largest", 1)))
    places = n.b.at(order, axis, slice(0, k))
    return n.b.take_along_axis(x, places, axis=axis), places


@rule("ArgMax", "ArgMin")
def _arg(n: Node) -> Any:
    x, axis = n.x(), n.attr("axis", 0)
    op = n.b.argmax if n.proto.op_type == "ArgMax" else n.b.argmin
    keep = bool(n.attr("keepdims", 1))
    if not n.attr("select_last_index", 0):
        return op(x, axis=axis, keepdims=keep)
    last = op(n.b.flip(x, axis=axis), axis=axis, keepdims=keep)
    return n.b.subtract(x.shape[axis] - 1, last)


# Reductions


def axes_of(n: Node, x: Variable, keep: bool) -> Any:
    """The axes of a reduction; where they are an input, those that the declared shape allows, if no others do."""
    try:
        axes = n.ints(1, "axes")
    except Unreadable:
        declared = n.declared()
        if declared is None:
            raise
        if keep and len(declared) == x.ndim:
            return tuple(k for k, (a, b) in enumerate(zip(x.shape, declared, strict=True)) if a != b)
        fits = [
            chosen
            for chosen in subsets(x.ndim, x.ndim - len(declared))
            if tuple(s for k, s in enumerate(x.shape) if k not in chosen) == declared
        ]
        if len(fits) != 1:
            raise
        return fits[0]
    if not axes:
        return () if n.attr("noop_with_empty_axes", 0) else tuple(range(x.ndim))
    return tuple(sorted(k % x.ndim for k in axes))


def subsets(size: int, count: int) -> list[tuple[int, ...]]:
    """All choices of `count` of the first `size` numbers."""
    return list(itertools.combinations(range(size), count)) if 0 <= count <= size <= 8 else []


def reduced(name: str) -> Rule:
    """The rule of a reduction."""

    def made(n: Node) -> Any:
        x = n.x()
        keep = bool(n.attr("keepdims", 1))
        axes = axes_of(n, x, keep)
        b = n.b
        x = b.as_float(x) if x.kind == "bool" and name not in ("Max", "Min") else x
        if not axes:
            how: dict[str, Any] = {"axis": (), "keepdims": keep}
            plain = {"L1": b.abs, "L2": b.abs, "LogSum": b.log, "SumSquare": b.square}.get(name, b.identity)
            return plain(x)
        how = {"axis": axes if len(axes) > 1 else axes[0], "keepdims": keep}
        if len(axes) == x.ndim:
            how["axis"] = None
        if name in ("Max", "Min"):
            if x.kind == "bool":
                return (b.any if name == "Max" else b.all)(x, **how)
            return (b.amax if name == "Max" else b.amin)(x, **how)
        match name:
            case "Sum" | "Mean" | "Prod":
                return getattr(b, name.lower())(x, **how)
            case "L1":
                return b.sum(b.abs(x), **how)
            case "L2":
                return b.vector_norm(x, ord=2, **how)
            case "LogSum":
                return b.log(b.sum(x, **how))
            case "LogSumExp":
                return b.logsumexp(x, **how)
            case _:
                return b.sum(b.square(x), **how)

    return made


for _op in ("Sum", "Mean", "Prod", "Max", "Min", "L1", "L2", "LogSum", "LogSumExp", "SumSquare"):
    RULES[f"Reduce{_op}"] = reduced(_op)


@rule("CumSum", "CumProd")
def _cumulate(n: Node) -> Any:
    x = n.x()
    axis = 0 if x.ndim == 1 else int(np.asarray(n.known(1, "axis")).reshape(-1)[0]) % x.ndim
    name = "cumsum" if n.proto.op_type == "CumSum" else "cumprod"
    if n.attr("reverse", 0):
        x = n.b.flip(x, axis=axis)
    y = getattr(n.b, name)(x, axis=axis)
    if n.attr("exclusive", 0):
        shape = tuple(1 if k == axis else s for k, s in enumerate(x.shape))
        first = n.b.broadcast_to(0.0 if name == "cumsum" else 1.0, shape=shape)
        y = n.b.concatenate(first, n.b.at(y, axis, slice(0, x.shape[axis] - 1)), axis=axis)
    return n.b.flip(y, axis=axis) if n.attr("reverse", 0) else y


@rule("LpNormalization")
def _lp_normalization(n: Node) -> Any:
    x = n.x()
    norm = n.b.vector_norm(x, ord=n.attr("p", 2), axis=n.attr("axis", -1), keepdims=True)
    return n.b.where(n.b.equal(norm, 0), 0.0, n.b.divide(x, n.b.where(n.b.equal(norm, 0), 1.0, norm)))


# Products


@rule("Gemm")
def _gemm(n: Node) -> Any:
    a, w = n.x(0), n.x(1)
    alpha, beta = n.attr("alpha", 1.0), n.attr("beta", 1.0)
    if n.attr("transB", 0) and not n.attr("transA", 0) and alpha == 1 and beta == 1:
        bias = n.x(2)
        if bias is None or bias.shape == (w.shape[0],):
            return n.b.linear(a, w, bias)
    a = n.b.transpose(a) if n.attr("transA", 0) else a
    w = n.b.transpose(w) if n.attr("transB", 0) else w
    y = n.b.matmul(a, w)
    y = y if alpha == 1 else n.b.multiply(y, alpha)
    if not n.has(2) or beta == 0:
        return y
    c = n.x(2)
    return n.b.add(y, c if beta == 1 else n.b.multiply(c, beta))


@rule("Einsum")
def _einsum(n: Node) -> Any:
    return n.b.einsum(*n.xs(), subscripts=n.attr("equation").replace(" ", ""))


# Convolution and pooling


def window(n: Node, x: Variable, kernel: Sequence[int]) -> tuple[list[int], list[int], list[tuple[int, int]]]:
    """Strides, dilations and padding of a window over the last axes."""
    ndim = len(kernel)
    strides = n.attr("strides") or [1] * ndim
    dilations = n.attr("dilations") or [1] * ndim
    auto = n.attr("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        pads = []
        for size, k, s, d in zip(x.shape[-ndim:], kernel, strides, dilations, strict=True):
            total = max((-(-size // s) - 1) * s + (k - 1) * d + 1 - size, 0)
            small = total // 2
            pads.append((small, total - small) if auto == "SAME_UPPER" else (total - small, small))
        return strides, dilations, pads
    flat = n.attr("pads") or [0] * (2 * ndim)
    if auto == "VALID":
        flat = [0] * (2 * ndim)
    return strides, dilations, list(zip(flat[:ndim], flat[ndim:], strict=True))


def single(values: Sequence[int]) -> Any:
    """One number where all are equal."""
    return values[0] if len(set(values)) == 1 else tuple(values)


@rule("Conv")
def _conv(n: Node) -> Any:
    x, w, bias = n.x(0), n.x(1), n.x(2)
    ndim = w.ndim - 2
    if not 1 <= ndim <= 3:
        raise Unreadable("onnx-convolution", count=ndim)
    strides, dilations, pads = window(n, x, w.shape[2:])
    if any(a != b for a, b in pads):
        x = padded(n, x, [(0, 0), (0, 0), *pads])
        pads = [(0, 0)] * ndim
    how = {
        "stride": single(strides),
        "padding": single([a for a, _ in pads]),
        "dilation": single(dilations),
        "groups": n.attr("group", 1),
    }
    return getattr(n.b, f"conv{ndim}d")(x, w, bias, **how)


@rule("ConvTranspose")
def _conv_transpose(n: Node) -> Any:
    x, w, bias = n.x(0), n.x(1), n.x(2)
    ndim = w.ndim - 2
    kernel = w.shape[2:]
    strides = n.attr("strides") or [1] * ndim
    dilations = n.attr("dilations") or [1] * ndim
    extra = n.attr("output_padding") or [0] * ndim
    groups = n.attr("group", 1)
    wanted = n.attr("output_shape")
    auto = n.attr("auto_pad", "NOTSET")
    axes = zip(x.shape[2:], strides, kernel, dilations, extra, strict=True)
    full = [(s - 1) * st + (k - 1) * d + 1 + e for s, st, k, d, e in axes]
    flat = n.attr("pads") or [0] * (2 * ndim)
    pads = list(zip(flat[:ndim], flat[ndim:], strict=True))
    if auto == "VALID":
        pads = [(0, 0)] * ndim
    if wanted or auto.startswith("SAME"):
        goal = (wanted or [s * st for s, st in zip(x.shape[2:], strides, strict=True)])[-ndim:]
        pads = []
        for size, target in zip(full, goal, strict=True):
            total = size - target
            small, large = total // 2, total - total // 2
            pads.append((small, large) if auto == "SAME_UPPER" else (large, small))
    sizes = [size - e for size, e in zip(full, extra, strict=True)]
    y = n.b.convolution_input(
        x, w, sizes=tuple(sizes), stride=single(strides), padding=0, dilation=single(dilations), groups=groups
    )
    cut = [(-low, e - high) for (low, high), e in zip(pads, extra, strict=True)]
    y = padded(n, y, [(0, 0), (0, 0), *cut])
    return y if bias is None else n.b.add(y, n.b.shaped(bias, (bias.size, *(1,) * ndim)))


def ceiled(n: Node, x: Variable, kernel: Any, strides: Any, dilations: Any, pads: Any) -> list[tuple[int, int]]:
    """Padding after each axis so that a last window that begins inside fits."""
    found = []
    for size, k, s, d, (low, high) in zip(x.shape[-len(kernel) :], kernel, strides, dilations, pads, strict=True):
        span = d * (k - 1) + 1
        count = -(-(size + low + high - span) // s) + 1
        if (count - 1) * s >= size + low:
            count -= 1
        found.append((low, max((count - 1) * s + span - size - low, high)))
    return found


@rule("MaxPool")
def _max_pool(n: Node) -> Any:
    if len(n.outputs) > 1 and n.outputs[1]:
        raise Unreadable("onnx-choice", name="output", value="Indices")
    x, kernel = n.x(), n.attr("kernel_shape")
    ndim = len(kernel)
    strides, dilations, pads = window(n, x, kernel)
    if n.attr("ceil_mode", 0):
        pads = ceiled(n, x, kernel, strides, dilations, pads)
    if n.integer():
        x = n.b.as_float(x)
    even = all(a == b and 2 * a <= k for (a, b), k in zip(pads, kernel, strict=True))
    if not even:
        x = padded(n, x, [(0, 0), (0, 0), *pads], "constant", -math.inf)
        pads = [(0, 0)] * ndim
    how = {
        "kernel_size": single(kernel), "stride": single(strides), "padding": single([a for a, _ in pads]),
        "dilation": single(dilations),
    }  # fmt: skip
    if ndim > 2:
        return pooled_by_parts(n, x, kernel, strides, dilations, pads)
    return getattr(n.b, f"max_pool{ndim}d")(x, **how)


def parts_of(n: Node, x: Variable, kernel: Any, strides: Any, dilations: Any) -> list[Variable]:
    """What each place of the window sees, one array a place."""
    counts = [
        (size - d * (k - 1) - 1) // s + 1
        for size, k, s, d in zip(x.shape[-len(kernel) :], kernel, strides, dilations, strict=True)
    ]
    if size_of(kernel) > 512:
        raise Unreadable("onnx-large")
    found = []
    for place in np.ndindex(*kernel):
        key = [slice(None)] * (x.ndim - len(kernel))
        for at, count, s, d in zip(place, counts, strides, dilations, strict=True):
            key.append(slice(at * d, at * d + (count - 1) * s + 1, s if s > 1 else None))
        found.append(n.b.getitem(x, key=tuple(key)))
    return found


def pooled_by_parts(n: Node, x: Variable, kernel: Any, strides: Any, dilations: Any, pads: Any) -> Any:
    """The largest element of each window over any number of axes."""
    if any(map(any, pads)):
        x = padded(n, x, [(0, 0), (0, 0), *pads], "constant", -math.inf)
    return n.b.amax(n.b.stack(*parts_of(n, x, kernel, strides, dilations), axis=0), axis=0)


@rule("AveragePool")
def _average_pool(n: Node) -> Any:
    x, kernel = n.x(), n.attr("kernel_shape")
    ndim = len(kernel)
    strides, dilations, pads = window(n, x, kernel)
    include = bool(n.attr("count_include_pad", 0))
    ceil = bool(n.attr("ceil_mode", 0))
    even = all(a == b and 2 * a <= k for (a, b), k in zip(pads, kernel, strict=True))
    if ndim <= 2 and even and set(dilations) == {1} and (not ceil):
        how = {"kernel_size": single(kernel), "stride": single(strides), "padding": single([a for a, _ in pads])}
        return getattr(n.b, f"avg_pool{ndim}d")(x, **how, count_include_pad=include)
    wide = ceiled(n, x, kernel, strides, dilations, pads) if ceil else pads
    inside = np.pad(np.ones(x.shape[-ndim:]), pads, constant_values=float(include))
    inside = np.pad(inside, [(0, w - p) for (_, w), (_, p) in zip(wide, pads, strict=True)])
    total = chained(n.b.add, parts_of(n, padded(n, x, [(0, 0), (0, 0), *wide]), kernel, strides, dilations))
    counts = np.zeros(total.shape[-ndim:])
    for place in np.ndindex(*kernel):
        key = tuple(
            slice(at * d, at * d + (count - 1) * s + 1, s)
            for at, count, s, d in zip(place, counts.shape, strides, dilations, strict=True)
        )
        counts += inside[key]
    return n.b.divide(total, n.b.builder.constant(counts.astype(np.float32)))


@rule("LpPool")
def _lp_pool(n: Node) -> Any:
    x, kernel, p = n.x(), n.attr("kernel_shape"), n.attr("p", 2)
    strides, dilations, pads = window(n, x, kernel)
    if n.attr("ceil_mode", 0):
        pads = ceiled(n, x, kernel, strides, dilations, pads)
    powers = padded(n, n.b.power(n.b.abs(x), float(p)), [(0, 0), (0, 0), *pads])
    total = chained(n.b.add, parts_of(n, powers, kernel, strides, dilations))
    return n.b.power(total, 1.0 / p)


@rule("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")
def _global_pool(n: Node) -> Any:
    x = n.x()
    axes = tuple(range(2, x.ndim))
    how = {"axis": axes if len(axes) > 1 else axes[0], "keepdims": True}
    if n.proto.op_type == "GlobalAveragePool":
        return n.b.mean(x, **how)
    if n.proto.op_type == "GlobalMaxPool":
        return n.b.amax(x, **how)
    return n.b.vector_norm(x, ord=n.attr("p", 2), **how)


@rule("LRN")
def _lrn(n: Node) -> Any:
    return (
        n.b.local_response_norm(
            n.x(), size=n.attr("size"), alpha=n.attr("alpha", 1e-4), beta=n.attr("beta", 0.75), k=n.attr("bias", 1.0)
        )
        if n.attr("size") % 2
        else _unreadable("onnx-even-size")
    )


def _unreadable(code: str) -> Any:
    raise Unreadable(code)


@rule("Resize", "Upsample")
def _resize(n: Node) -> Any:
    """Each axis is a product with a matrix, whose columns are what the reference makes of unit vectors."""
    x = n.x()
    upsample = n.proto.op_type == "Upsample"
    axes = [k % x.ndim for k in (n.attr("axes") or range(x.ndim))]
    scales = n.known(1 if upsample or n.opset < 11 else 2, "scales")
    if scales is None and upsample:
        scales = n.attr("scales")
    sizes = n.ints(3)
    region = n.known(1, "roi") if not upsample and n.opset >= 11 else None
    mode = n.attr("coordinate_transformation_mode", "half_pixel" if n.opset >= 11 and not upsample else "asymmetric")
    reader = n.reader
    helper = reader.onnx.helper
    factors = None if scales is None or not np.asarray(scales).size else [float(s) for s in np.asarray(scales)]
    goal = list(x.shape)
    for place, axis in enumerate(axes):
        if factors is not None:
            goal[axis] = math.floor(x.shape[axis] * factors[place])
        elif sizes is not None:
            goal[axis] = sizes[place]
    policy = n.attr("keep_aspect_ratio_policy", "stretch")
    if sizes is not None and factors is None:
        factors = [goal[axis] / x.shape[axis] for axis in axes]
        if policy != "stretch":
            same = min(factors) if policy == "not_larger" else max(factors)
            factors = [same] * len(axes)
            for axis in axes:
                goal[axis] = math.floor(same * x.shape[axis] + 0.5)
    if factors is None:
        raise Unreadable("onnx-not-known", what="sizes")
    if max(goal) > 8192 or min(goal) < 1:
        raise Unreadable("onnx-result-shape", shape=[int(s) for s in goal])
    plain = ("nearest_mode", "cubic_coeff_a", "exclude_outside", "extrapolation_value", "antialias", "mode")
    how = {name: n.attr(name) for name in plain if n.attr(name) is not None}
    if how.get("extrapolation_value"):
        raise Unreadable("onnx-choice", name="extrapolation_value", value=str(how["extrapolation_value"]))
    y = x
    for place, axis in enumerate(axes):
        if goal[axis] == x.shape[axis] and factors[place] == 1 and mode != "tf_crop_and_resize":
            continue
        size = x.shape[axis]
        if size * goal[axis] > 2**18:
            raise Unreadable("onnx-large")
        ends = [0.0, 0.0, 1.0, 1.0]
        if region is not None and np.asarray(region).size:
            flat = np.asarray(region).reshape(-1)
            ends = [0.0, float(flat[place]), 1.0, float(flat[place + len(axes)])]
        tensors: dict[str, Any] = {
            "roi": np.array(ends, np.float32),
            "scales": np.array([1.0, factors[place]], np.float32),
        }
        names = ["x", "roi", "scales"]
        if sizes is not None:
            names = ["x", "roi", "", "sizes"]
            tensors = {"roi": tensors["roi"], "sizes": np.array([size, goal[axis]], np.int64)}
        node = helper.make_node("Resize", names, ["y"], coordinate_transformation_mode=mode, **how)
        info, kinds = helper.make_tensor_value_info, reader.onnx.TensorProto
        given = [info("x", kinds.FLOAT, (size, size))]
        given += [info(k, kinds.FLOAT if v.dtype == np.float32 else kinds.INT64, v.shape) for k, v in tensors.items()]
        graph = helper.make_graph([node], "axis", given, [info("y", kinds.FLOAT, None)])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)])
        try:
            evaluator = import_module("onnx.reference").ReferenceEvaluator(model)
            matrix = evaluator.run(None, {"x": np.eye(size, dtype=np.float32), **tensors})[0]
        except Exception as error:
            raise Unreadable("onnx-reference", text=str(error)[:100]) from None
        if matrix.shape != (size, goal[axis]):
            raise Unreadable("onnx-not-known", what="sizes")
        weights = n.b.builder.constant(matrix.astype(np.float32))
        y = n.b.moveaxis(n.b.matmul(n.b.moveaxis(y, source=axis, destination=-1), weights), source=-1, destination=axis)
    return y if y is not x else n.b.identity(x)


# Normalisation


@rule("BatchNormalization")
def _batch_norm(n: Node) -> Any:
    x, scale, bias, mean, var = (n.x(k) for k in range(5))
    eps, momentum = n.attr("epsilon", 1e-5), n.attr("momentum", 0.9)
    if not n.attr("training_mode", 0):
        if x.ndim == 1:
            raise Unreadable("onnx-single-axis")
        return n.b.batch_norm(x, mean, var, scale, bias, training=False, eps=eps)
    y = n.b.batch_norm(x, None, None, scale, bias, training=True, eps=eps)
    axes = (0, *range(2, x.ndim))
    axis: Any = axes if len(axes) > 1 else 0
    results = [y]
    for place, old in enumerate((mean, var)):
        if len(n.outputs) > place + 1:
            new = n.b.var(x, axis=axis, ddof=0) if place else n.b.mean(x, axis=axis)
            results.append(n.b.add(n.b.multiply(old, momentum), n.b.multiply(new, 1 - momentum)))
    return results


@rule("InstanceNormalization")
def _instance_norm(n: Node) -> Any:
    return n.b.instance_norm(n.x(), None, None, n.x(1), n.x(2), eps=n.attr("epsilon", 1e-5))


@rule("LayerNormalization")
def _layer_norm(n: Node) -> Any:
    x, scale, bias = n.x(0), n.x(1), n.x(2)
    axis = n.attr("axis", -1) % x.ndim
    shape = x.shape[axis:]
    eps = n.attr("epsilon", 1e-5)
    fits = scale.shape == shape and (bias is None or bias.shape == shape)
    if fits:
        y = n.b.layer_norm(x, scale, bias, normalized_shape=shape, eps=eps)
    else:
        y = n.b.multiply(n.b.layer_norm(x, normalized_shape=shape, eps=eps), scale)
        y = y if bias is None else n.b.add(y, bias)
    if len(n.outputs) < 2:
        return y
    axes = tuple(range(axis, x.ndim))
    how: dict[str, Any] = {"axis": axes if len(axes) > 1 else axes[0], "keepdims": True}
    mean = n.b.mean(x, **how)
    deviation = n.b.rsqrt(n.b.add(n.b.var(x, ddof=0, **how), eps))
    return (y, mean, deviation)


@rule("RMSNormalization")
def _rms_norm(n: Node) -> Any:
    x, scale = n.x(0), n.x(1)
    axis = n.attr("axis", -1) % x.ndim
    shape = x.shape[axis:]
    eps = n.attr("epsilon", 1e-5)
    if scale.shape == shape:
        return n.b.rms_norm(x, scale, normalized_shape=shape, eps=eps)
    return n.b.multiply(n.b.rms_norm(x, normalized_shape=shape, eps=eps), scale)


@rule("GroupNormalization")
def _group_norm(n: Node) -> Any:
    x, scale, bias = n.x(0), n.x(1), n.x(2)
    groups, eps = n.attr("num_groups"), n.attr("epsilon", 1e-5)
    if scale.shape == (groups,) and groups != x.shape[1]:
        scale, bias = (n.b.repeat(v, repeats=x.shape[1] // groups, axis=0) for v in (scale, bias))
    return n.b.group_norm(x, scale, bias, num_groups=groups, eps=eps)


@rule("MeanVarianceNormalization")
def _mean_variance(n: Node) -> Any:
    x = n.x()
    axes = tuple(n.attr("axes") or (0, 2, 3))
    gap = n.b.subtract(x, n.b.mean(x, axis=axes, keepdims=True))
    deviation = n.b.sqrt(n.b.mean(n.b.square(gap), axis=axes, keepdims=True))
    return n.b.divide(gap, n.b.add(deviation, 1e-9))


@rule("Dropout")
def _dropout(n: Node) -> Any:
    training = n.known(2, "training_mode") if n.has(2) else None
    ratio = n.known(1, "ratio") if n.has(1) else n.attr("ratio", 0.5)
    x = n.x()
    rate = float(np.asarray(ratio).reshape(-1)[0])
    if training is None or not bool(np.asarray(training).reshape(-1)[0]) or not rate:
        y = n.b.identity(x)
        if len(n.outputs) < 2:
            return y
        return y, n.b.equal(n.b.multiply(x, 0.0), 0)
    if len(n.outputs) > 1:
        raise Unreadable("onnx-choice", name="output", value="mask")
    n.note("dropout in training mode draws its own mask")
    return n.b.dropout(x, p=rate, training=True, seed=n.attr("seed", 0) & 0x7FFFFFFF)


# Losses


@rule("SoftmaxCrossEntropyLoss")
def _cross_entropy(n: Node) -> Any:
    logits = n.x()
    logp = n.b.log_softmax(logits, axis=1)
    loss = likelihood(n, logp)
    return (loss, logp) if len(n.outputs) > 1 else loss


@rule("NegativeLogLikelihoodLoss")
def _nll(n: Node) -> Any:
    return likelihood(n, n.x())


def likelihood(n: Node, logp: Variable) -> Any:
    """The negative log-likelihood of labels."""
    how: dict[str, Any] = {"reduction": n.attr("reduction", "mean")}
    ignored = n.attr("ignore_index")
    if ignored is not None:
        how["ignore_index"] = ignored
    return n.b.nll_loss(logp, n.x(1), n.x(2), **how)


# Quantised numbers


@rule("DequantizeLinear")
def _dequantize(n: Node) -> Any:
    x, scale = n.x(0), n.x(1)
    axis = n.attr("axis", 1)
    block = n.attr("block_size", 0)
    zero = n.x(2)
    n.note("quantised numbers are dequantised: gradients are those of the real numbers they stand for")

    def fitting(v: Any) -> Any:
        if v is None or not isinstance(v, Variable) or not v.shape or (v.size == 1 and not block):
            return n.b.shaped(v, ()) if isinstance(v, Variable) and v.shape else v
        if block:
            repeated = n.b.repeat(v, repeats=block, axis=axis)
            size = x.shape[axis]
            return n.b.at(repeated, axis, slice(0, size)) if repeated.shape[axis] > size else repeated
        return n.b.shaped(v, [v.size if k == axis % x.ndim else 1 for k in range(x.ndim)])

    gap = x if zero is None else n.b.subtract(n.b.as_float(x), fitting(zero))
    return n.b.multiply(gap, fitting(scale))


def to_channels(n: Node, v: Any, x: Variable, axis: int) -> Any:
    """A scale or a zero point, one or one a channel, so that it broadcasts against `x`."""
    if not isinstance(v, Variable) or not v.shape:
        return v
    if v.size == 1:
        return n.b.shaped(v, ())
    return n.b.shaped(v, [v.size if k == axis % x.ndim else 1 for k in range(x.ndim)])


RANGES = {"uint8": (0, 255), "int8": (-128, 127), "uint16": (0, 65535), "int16": (-32768, 32767)}


def quantized(n: Node, x: Any, scale: Any, zero: Any, kind: str, axis: int = 1) -> Any:
    """Real numbers as whole numbers of a type: rounded half to even, and cut off at its ends."""
    if kind not in RANGES:
        raise Unreadable("onnx-no-numbers", kind=str(kind).lower())
    low, high = RANGES[kind]
    whole = n.b.round(n.b.divide(x, to_channels(n, scale, x, axis)))
    whole = whole if zero is None else n.b.add(whole, to_channels(n, zero, x, axis))
    made = n.b.clip(whole, float(low), float(high))
    n.reader.integers.add(made)
    return made


def type_of_whole(n: Node, place: int) -> str:
    """The type of whole numbers that an input holds, from the file."""
    if not n.has(place):
        return "uint8"
    array = getattr(n.inputs[place], "array", None)
    return str(array.dtype) if array is not None else str(n.reader.kinds.get(n.inputs[place], "other")).lower()


def centred(n: Node, place: int, zero: int, axis: int) -> Any:
    """Whole numbers without their zero point."""
    x = n.b.as_float(n.x(place))
    return x if not n.has(zero) else n.b.subtract(x, to_channels(n, n.x(zero), x, axis))


@rule("QuantizeLinear")
def _quantize(n: Node) -> Any:
    if n.attr("block_size", 0) or n.attr("output_dtype", 0):
        raise Unreadable("onnx-choice", name="block_size, output_dtype", value="given")
    return quantized(n, n.x(0), n.x(1), n.x(2), type_of_whole(n, 2), n.attr("axis", 1))


@rule("MatMulInteger")
def _matmul_integer(n: Node) -> Any:
    return n.b.matmul(centred(n, 0, 2, -2), centred(n, 1, 3, -1))


@rule("QLinearMatMul")
def _qlinear_matmul(n: Node) -> Any:
    left = n.b.multiply(centred(n, 0, 2, -2), to_channels(n, n.x(1), n.x(0), -2))
    right = n.b.multiply(centred(n, 3, 5, -1), to_channels(n, n.x(4), n.x(3), -1))
    return quantized(n, n.b.matmul(left, right), n.x(6), n.x(7), type_of_whole(n, 7), -2)


# Recurrent layers


def gates(n: Node, weights: Any, order: Sequence[int]) -> Any:
    """Rows of a weight or a bias in PyTorch's order of gates."""
    size = weights.shape[0] // len(order)
    parts = [n.b.at(weights, 0, slice(k * size, (k + 1) * size)) for k in order]
    return n.b.concatenate(*parts, axis=0) if len(order) > 1 else weights


@rule("LSTM", "GRU", "RNN")
def _recurrent(n: Node) -> Any:
    kind = n.proto.op_type
    x, w, r = n.x(0), n.x(1), n.x(2)
    if n.has(4):
        lengths = np.asarray(n.known(4, "sequence lengths"))
        if (lengths != x.shape[1 if n.attr("layout", 0) else 0]).any():
            raise Unreadable("onnx-lengths")
    if n.attr("clip") is not None or n.attr("input_forget", 0):
        raise Unreadable("onnx-choice", name="clip, input_forget", value="given")
    layout = n.attr("layout", 0)
    x = n.b.swapaxes(x, axis1=0, axis2=1) if layout else x
    hidden, batch = n.attr("hidden_size") or r.shape[-1], x.shape[1]
    directions = {"forward": [False], "reverse": [True], "bidirectional": [False, True]}[n.attr("direction", "forward")]
    count = {"LSTM": 4, "GRU": 3, "RNN": 1}[kind]
    order = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}[kind]
    functions = [f.lower() for f in n.attr("activations") or []]
    usual = {"LSTM": ["sigmoid", "tanh", "tanh"], "GRU": ["sigmoid", "tanh"], "RNN": ["tanh"]}[kind]
    functions = functions or usual * len(directions)
    peepholes = n.x(7)
    ends, states = [], []
    for place, reverse in enumerate(directions):
        chosen = functions[place * len(usual) : (place + 1) * len(usual)]
        w_ih, w_hh = gates(n, n.b.at(w, 0, place), order), gates(n, n.b.at(r, 0, place), order)
        b_ih = b_hh = None
        if n.has(3):
            both = n.b.at(n.x(3), 0, place)
            b_ih = gates(n, n.b.at(both, 0, slice(0, count * hidden)), order)
            b_hh = gates(n, n.b.at(both, 0, slice(count * hidden, 2 * count * hidden)), order)
        state = [first_state(n, 5, place, batch, hidden, layout)]
        if kind == "LSTM":
            state.append(first_state(n, 6, place, batch, hidden, layout))
        cell: Any
        if kind == "GRU" and not n.attr("linear_before_reset", 0):
            cell = Explicit(kind, w_ih, w_hh, b_ih, b_hh, chosen, None)
        elif peepholes is not None or (chosen != usual and not (kind == "RNN" and chosen == ["relu"])):
            peephole = None if peepholes is None else n.b.at(peepholes, 0, place)
            cell = Explicit(kind, w_ih, w_hh, b_ih, b_hh, chosen, peephole)
        else:
            name = {"LSTM": "lstm", "GRU": "gru"}.get(kind, f"rnn_{chosen[0]}")
            cell = Cell(name, w_ih, w_hh, b_ih, b_hh)
        ys, last = recurrent(n.b, cell, x, state, reverse)
        ends.append(ys)
        states.append(last)
    y = n.b.stack(*ends, axis=1)
    finals = [n.b.stack(*part, axis=0) for part in zip(*states, strict=True)]
    if layout:
        y = n.b.transpose(y, axes=(2, 0, 1, 3))
        finals = [n.b.swapaxes(f, axis1=0, axis2=1) for f in finals]
    return (y, *finals)


def first_state(n: Node, place: int, direction: int, batch: int, hidden: int, layout: int) -> Any:
    """The state before the first step: zeros where none is given."""
    if not n.has(place):
        return n.b.broadcast_to(0.0, shape=(batch, hidden))
    return n.b.at(n.x(place), 1 if layout else 0, direction)


class Explicit:
    """A cell with peepholes, other activations, or ONNX's own GRU, written out in its gates."""

    def __init__(self, kind: str, w: Any, r: Any, bw: Any, br: Any, functions: list[str], peephole: Any) -> None:
        self.kind, self.w, self.r, self.bw, self.br = kind, w, r, bw, br
        self.functions, self.peephole = functions, peephole
        known = {"sigmoid", "tanh", "relu", "softsign", "softplus"}
        if any(f not in known for f in functions):
            raise Unreadable("onnx-choice", name="activations", value=", ".join(functions))

    def step(self, b: Any, x: Any, state: list[Any]) -> list[Any]:
        h = state[0]
        size = self.r.shape[-1]
        first = b.linear(x, self.w, self.bw)

        def part(v: Any, k: int) -> Any:
            return b.getitem(v, key=(slice(None), slice(k * size, (k + 1) * size)))

        act = [getattr(b, f) for f in self.functions]
        if self.kind == "RNN":
            return [act[0](b.add(first, b.linear(h, self.r, self.br)))]
        if self.kind == "GRU":
            rows = [b.getitem(self.r, key=slice(k * size, (k + 1) * size)) for k in range(3)]
            biases: list[Any] = [None] * 3
            if self.br is not None:
                biases = [b.getitem(self.br, key=slice(k * size, (k + 1) * size)) for k in range(3)]
            reset, update = (act[0](b.add(part(first, k), b.linear(h, rows[k], biases[k]))) for k in range(2))
            new = act[1](b.add(part(first, 2), b.linear(b.multiply(reset, h), rows[2], biases[2])))
            return [b.add(b.multiply(b.subtract(1.0, update), new), b.multiply(update, h))]
        c = state[1]
        both = b.add(first, b.linear(h, self.r, self.br))
        i, f, g, o = (part(both, k) for k in range(4))
        if self.peephole is not None:
            pi, po, pf = (b.getitem(self.peephole, key=slice(k * size, (k + 1) * size)) for k in range(3))
            i, f = b.add(i, b.multiply(pi, c)), b.add(f, b.multiply(pf, c))
        i, f, g = act[0](i), act[0](f), act[1](g)
        c = b.add(b.multiply(f, c), b.multiply(i, g))
        if self.peephole is not None:
            o = b.add(o, b.multiply(po, c))
        return [b.multiply(act[0](o), act[2](c)), c]
