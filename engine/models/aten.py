"""What each call of PyTorch's tensor library is here: a table of rules by ATen name.

A rule gets the builder, the call's arguments by their ATen names (tensors as variables, numbers as they are), and what
PyTorch knows of the result (shapes and types). It answers a variable, or a tuple of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from tidegraph.engine.graph import Variable
from tidegraph.engine.models.builder import Builder, registrar
from tidegraph.engine.models.recurrent import Cell, recurrent
from tidegraph.engine.ops.declare import as_variable

REDUCTIONS = ("none", "mean", "sum")

Rule = Callable[["Calls", Any, Any], Any]


class NoRule(Exception):
    """There is no counterpart for a call with these arguments."""


class Calls:
    """The builder's operators, with operands that may be known tensors."""

    def __init__(self, builder: Builder, variable: Callable[[Any], Any]) -> None:
        self.builder = builder
        self.variable = variable

    def __getattr__(self, op: str) -> Any:
        return getattr(self.builder, op)

    def as_float(self, x: Any) -> Any:
        """A variable as floats."""
        if not isinstance(x, Variable) or x.kind == "float":
            return float(x) if isinstance(x, (int, bool)) else x
        return self.where(x, 1.0, 0.0) if x.kind == "bool" else self.multiply(x, 1.0)

    def as_bool(self, x: Any) -> Any:
        """A variable as truth values."""
        return x if not isinstance(x, Variable) or x.kind == "bool" else self.not_equal(x, 0)

    def numbers(self, x: Variable) -> np.ndarray:
        """The numbers of a tensor that the program holds as a constant."""
        if x.literal is not None:
            return np.asarray(x.literal)
        line, entry = self.builder.made.get(x), self.builder.leaves.get(x)
        if line is not None and line.op == "broadcast_to":
            return np.broadcast_to(self.numbers(as_variable(line.operands[0])), x.shape)
        if line is not None and self.builder.truths.get(line.operands[0]) is x:
            return self.numbers(line.operands[0]) != 0
        if entry is None or entry.value is None or entry.role != "constant":
            raise NoRule
        return entry.value

    def made_of_integers(self, x: Any) -> bool:
        """Whether a leaf holds whole numbers in the model: a program declares it as floats."""
        entry = self.builder.leaves.get(x)
        return entry is not None and entry.value is not None and entry.value.dtype.kind in "iub"

    def shaped(self, x: Variable, shape: Sequence[int]) -> Variable:
        """The same elements in another shape."""
        shape = tuple(int(n) for n in shape)
        if x.shape == shape:
            return x
        found: Variable = self.reshape(x, shape=shape)
        return found

    def stretched(self, x: Any, shape: Sequence[int]) -> Variable:
        """Broadcast to a shape."""
        shape = tuple(int(n) for n in shape)
        if isinstance(x, Variable) and x.shape == shape:
            return x
        found: Variable = self.broadcast_to(x, shape=shape)
        return found

    def at(self, x: Variable, axis: int, part: Any) -> Variable:
        """An index or a slice along one axis."""
        axis %= x.ndim
        key = (*(slice(None),) * axis, part)
        found: Variable = self.getitem(x, key=key if len(key) > 1 else key[0])
        return found

    def divided(self, x: Variable, sizes: Sequence[int], axis: int) -> tuple[Variable, ...]:
        """Parts of given sizes along an axis."""
        found, start = [], 0
        for size in sizes:
            found.append(self.at(x, axis, slice(start, start + size)))
            start += size
        return tuple(found)


RULES: dict[str, Rule] = {}
rule = registrar(RULES)


def ints(value: Any) -> Any:
    """Whole numbers as an attribute: one, or a tuple; None for an empty list."""
    if isinstance(value, (list, tuple)):
        return None if not value else int(value[0]) if len(value) == 1 else tuple(int(n) for n in value)
    return value


def axes(value: Any) -> Any:
    """Axes as an attribute; an empty list means all."""
    return ints(value)


def number(value: Any) -> float:
    """A known number as a float."""
    if isinstance(value, Variable) and value.literal is not None:
        return float(value.literal)
    if isinstance(value, (int, float)):
        return float(value)
    raise NoRule


# Elementwise

for _name in (
    *("relu", "sigmoid", "tanh", "exp", "log", "sqrt", "rsqrt", "sin", "cos", "tan", "sinh", "cosh", "erf", "erfc"),
    *("expm1", "log1p", "log2", "log10", "exp2", "abs", "floor", "ceil", "trunc", "reciprocal", "square", "neg"),
    *("isnan", "isinf", "isfinite", "logical_not", "selu", "relu6", "hardswish", "hardsigmoid", "silu", "mish"),
    *("lgamma", "digamma", "softsign", "sinc", "log_sigmoid"),
):

    def _unary(b: Calls, a: Any, out: Any, op: str = _name) -> Any:
        x = a.self if hasattr(a, "self") else a.input
        return getattr(b, {"log_sigmoid": "logsigmoid"}.get(op, op))(x)

    RULES[_name] = _unary

for _name, _op in {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
    "special_expm1": "expm1", "special_erf": "erf", "special_log1p": "log1p", "special_sinc": "sinc",
    "absolute": "abs", "negative": "neg", "arcsin": "arcsin", "arccos": "arccos", "arctan": "arctan",
    "sgn": "sign", "sign": "sign", "bitwise_not": "logical_not", "special_gammaln": "lgamma", "special_psi": "digamma",
    "special_expit": "sigmoid", "detach": "detach", "fix": "trunc", "special_exp2": "exp2",
}.items():  # fmt: skip
    RULES[_name] = lambda b, a, out, op=_op: getattr(b, op)(a.self)  # type: ignore[misc]

for _name, _op in {
    "mul": "multiply", "multiply": "multiply", "maximum": "maximum", "minimum": "minimum", "eq": "equal",
    "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
    "remainder": "remainder", "fmod": "fmod", "atan2": "arctan2", "arctan2": "arctan2", "hypot": "hypot",
    "logaddexp": "logaddexp",
    "greater": "greater", "less": "less", "greater_equal": "greater_equal", "less_equal": "less_equal",
    "not_equal": "not_equal", "true_divide": "divide", "logical_xor": "logical_xor", "xlogy": "xlogy",
}.items():  # fmt: skip
    RULES[_name] = lambda b, a, out, op=_op: getattr(b, op)(a.self, a.other)  # type: ignore[misc]


def _logical(op: str) -> Rule:
    return lambda b, a, out: getattr(b, op)(b.as_bool(a.self), b.as_bool(a.other))


for _name in ("logical_and", "bitwise_and", "__and__"):
    RULES[_name] = _logical("logical_and")
for _name in ("logical_or", "bitwise_or", "__or__"):
    RULES[_name] = _logical("logical_or")


@rule("add", "__radd__")
def _add(b: Calls, a: Any, out: Any) -> Any:
    return scaled_sum(b, b.add, a)


@rule("sub", "subtract")
def _sub(b: Calls, a: Any, out: Any) -> Any:
    return scaled_sum(b, b.subtract, a)


def scaled_sum(b: Calls, op: Any, a: Any) -> Any:
    """A sum whose second operand has a factor."""
    other = a.other if a.alpha == 1 else b.multiply(a.other, a.alpha)
    return op(a.self, other)


@rule("rsub")
def _rsub(b: Calls, a: Any, out: Any) -> Any:
    return b.subtract(a.other, a.self if a.alpha == 1 else b.multiply(a.self, a.alpha))


@rule("div", "divide")
def _div(b: Calls, a: Any, out: Any) -> Any:
    y = b.divide(a.self, a.other)
    mode = getattr(a, "rounding_mode", None)
    return y if mode is None else b.floor(y) if mode == "floor" else b.trunc(y)


@rule("floor_divide")
def _floor_divide(b: Calls, a: Any, out: Any) -> Any:
    return b.floor(b.divide(a.self, a.other))


@rule("pow", "float_power")
def _pow(b: Calls, a: Any, out: Any) -> Any:
    base = a.self if hasattr(a, "self") else a.base
    return b.power(base, a.exponent)


@rule("round")
def _round(b: Calls, a: Any, out: Any) -> Any:
    return b.round(a.self, decimals=getattr(a, "decimals", 0) or 0)


@rule("clamp", "clip", "clamp_min", "clamp_max")
def _clamp(b: Calls, a: Any, out: Any) -> Any:
    return b.clip(a.self, getattr(a, "min", None), getattr(a, "max", None))


@rule("hardtanh")
def _hardtanh(b: Calls, a: Any, out: Any) -> Any:
    """Unlike that of `clamp`, its slope at the bounds is 0."""
    return b.hardtanh(a.self, min_val=a.min_val, max_val=a.max_val)


@rule("where")
def _where(b: Calls, a: Any, out: Any) -> Any:
    return b.where(b.as_bool(a.condition), a.self, a.other)


@rule("masked_fill")
def _masked_fill(b: Calls, a: Any, out: Any) -> Any:
    return b.where(b.as_bool(a.mask), a.value, a.self)


@rule("lerp")
def _lerp(b: Calls, a: Any, out: Any) -> Any:
    return b.lerp(a.self, a.end, a.weight)


def _addc(op: str) -> Rule:
    def made(b: Calls, a: Any, out: Any) -> Any:
        both = getattr(b, op)(a.tensor1, a.tensor2)
        return b.add(a.self, both if a.value == 1 else b.multiply(both, a.value))

    return made


RULES["addcmul"], RULES["addcdiv"] = _addc("multiply"), _addc("divide")


@rule("leaky_relu")
def _leaky_relu(b: Calls, a: Any, out: Any) -> Any:
    return b.leaky_relu(a.self, negative_slope=float(a.negative_slope))


@rule("elu")
def _elu(b: Calls, a: Any, out: Any) -> Any:
    if a.scale != 1 or a.input_scale != 1:
        raise NoRule
    return b.elu(a.self, alpha=float(a.alpha))


@rule("celu")
def _celu(b: Calls, a: Any, out: Any) -> Any:
    return b.celu(a.self, alpha=float(a.alpha))


@rule("gelu")
def _gelu(b: Calls, a: Any, out: Any) -> Any:
    return b.gelu(a.self, approximate=a.approximate)


@rule("softplus")
def _softplus(b: Calls, a: Any, out: Any) -> Any:
    return b.softplus(a.self, beta=float(a.beta), threshold=float(a.threshold))


@rule("softshrink")
def _shrink(b: Calls, a: Any, out: Any) -> Any:
    return b.softshrink(a.self, lambd=float(a.lambd))


RULES["hardshrink"] = lambda b, a, out: b.hardshrink(a.self, lambd=float(a.lambd))


@rule("threshold")
def _threshold(b: Calls, a: Any, out: Any) -> Any:
    return b.threshold(a.self, threshold=float(a.threshold), value=float(a.value))


@rule("prelu")
def _prelu(b: Calls, a: Any, out: Any) -> Any:
    return b.prelu(a.self, a.weight)


@rule("glu")
def _glu(b: Calls, a: Any, out: Any) -> Any:
    return b.glu(a.self, axis=a.dim)


@rule("nan_to_num")
def _nan_to_num(b: Calls, a: Any, out: Any) -> Any:
    return b.nan_to_num(a.self, nan=float(a.nan or 0.0), posinf=a.posinf, neginf=a.neginf)


@rule("logit", "special_logit")
def _logit(b: Calls, a: Any, out: Any) -> Any:
    return b.logit(a.self, eps=a.eps)


# Types and copies


@rule("to", "_to_copy", "type_as", "to_copy", "_autocast_to_full_precision", "double", "float", "long", "int", "bool")
def _to(b: Calls, a: Any, out: Any) -> Any:
    x = a.self
    kind = str(out.dtype).removeprefix("torch.")
    if kind == "bool":
        return b.as_bool(x)
    if kind.startswith(("int", "uint", "long")):
        return b.trunc(x) if x.kind == "float" and not b.made_of_integers(x) else x
    return b.as_float(x)


@rule(
    "clone", "contiguous", "alias", "lift", "lift_fresh", "lift_fresh_copy", "_to_dense", "positive", "real", "conj",
    "conj_physical", "_conj", "resolve_conj", "resolve_neg",
)  # fmt: skip
def _same(b: Calls, a: Any, out: Any) -> Any:
    return a.self


@rule("copy", "copy_")
def _copy(b: Calls, a: Any, out: Any) -> Any:
    return b.stretched(a.src, a.self.shape)


@rule("dropout")
def _dropout(b: Calls, a: Any, out: Any) -> Any:
    if not a.train or not a.p:
        return a.input
    return b.dropout(a.input, p=float(a.p), training=True, seed=len(b.builder.lines))


RULES["native_dropout"] = lambda b, a, out: (_dropout(b, a, out), None)


def _fill(value: Any) -> Rule:
    def made(b: Calls, a: Any, out: Any) -> Any:
        found = number(getattr(a, "fill_value", value) if value is None else value)
        shape = tuple(out.shape)
        if str(out.dtype) == "torch.bool":
            return b.builder.constant(np.full(shape, bool(found)))
        return b.broadcast_to(found, shape=shape) if shape else b.builder.constant(np.array(found))

    return made


for _name, _value in (
    ("zeros_like", 0.0), ("new_zeros", 0.0), ("empty_like", 0.0), ("new_empty", 0.0), ("ones_like", 1.0),
    ("new_ones", 1.0), ("full_like", None), ("new_full", None), ("zero", 0.0), ("fill", None),
):  # fmt: skip
    RULES[_name] = _fill(_value)


RULES["fill"] = lambda b, a, out: b.stretched(a.value, a.self.shape)


# Shapes


@rule(
    "view", "reshape", "_unsafe_view", "flatten", "squeeze", "unsqueeze", "unflatten", "view_as", "reshape_as",
    "squeeze_", "unsqueeze_", "ravel", "_reshape_alias",
)  # fmt: skip
def _view(b: Calls, a: Any, out: Any) -> Any:
    return b.shaped(a.self, out.shape)


@rule("expand", "expand_as", "broadcast_to")
def _expand(b: Calls, a: Any, out: Any) -> Any:
    return b.stretched(a.self, out.shape)


@rule("permute")
def _permute(b: Calls, a: Any, out: Any) -> Any:
    return b.transpose(a.self, axes=tuple(n % a.self.ndim for n in a.dims))


@rule("transpose", "swapaxes", "swapdims")
def _transpose(b: Calls, a: Any, out: Any) -> Any:
    first = getattr(a, "dim0", getattr(a, "axis0", None))
    second = getattr(a, "dim1", getattr(a, "axis1", None))
    return b.swapaxes(a.self, axis1=first, axis2=second)


@rule("t", "numpy_T", "mT", "matrix_H", "adjoint")
def _t(b: Calls, a: Any, out: Any) -> Any:
    return b.transpose(a.self) if a.self.ndim <= 2 else b.swapaxes(a.self, axis1=-1, axis2=-2)


@rule("movedim", "moveaxis")
def _movedim(b: Calls, a: Any, out: Any) -> Any:
    return b.moveaxis(a.self, source=ints(a.source), destination=ints(a.destination))


@rule("select", "select_copy")
def _select(b: Calls, a: Any, out: Any) -> Any:
    if not isinstance(a.index, int):
        raise NoRule
    return b.at(a.self, a.dim, a.index)


@rule("slice", "slice_copy")
def _slice(b: Calls, a: Any, out: Any) -> Any:
    size = a.self.shape[a.dim]
    start, stop = a.start or 0, size if a.end is None or a.end > size else a.end
    if start == 0 and stop == size and a.step == 1:
        return a.self
    part = slice(start or None, None if stop == size else stop, None if a.step == 1 else a.step)
    return b.at(a.self, a.dim, part)


@rule("narrow", "narrow_copy")
def _narrow(b: Calls, a: Any, out: Any) -> Any:
    return b.at(a.self, a.dim, slice(a.start, a.start + a.length))


@rule("chunk", "split", "split_with_sizes", "unsafe_split", "unsafe_chunk", "tensor_split")
def _split(b: Calls, a: Any, out: Any) -> Any:
    return b.divided(a.self, [o.shape[a.dim] for o in out], a.dim)


def _split_along(axis: int) -> Rule:
    def made(b: Calls, a: Any, out: Any) -> Any:
        place = min(axis, a.self.ndim - 1)
        return b.divided(a.self, [o.shape[place] for o in out], place)

    return made


RULES["vsplit"], RULES["hsplit"], RULES["dsplit"] = _split_along(0), _split_along(1), _split_along(2)


@rule("unbind")
def _unbind(b: Calls, a: Any, out: Any) -> Any:
    return tuple(b.at(a.self, a.dim, n) for n in range(len(out)))


@rule("cat", "concat", "concatenate")
def _cat(b: Calls, a: Any, out: Any) -> Any:
    parts = [t for t in a.tensors if t.shape != (0,)]
    return b.concatenate(*parts, axis=a.dim)


@rule("stack")
def _stack(b: Calls, a: Any, out: Any) -> Any:
    return b.stack(*a.tensors, axis=a.dim)


@rule("hstack", "vstack", "row_stack")
def _vstack(b: Calls, a: Any, out: Any) -> Any:
    return b.concatenate(*[x if x.ndim > 1 else b.shaped(x, (1, x.size)) for x in a.tensors], axis=0)


@rule("hstack")
def _hstack(b: Calls, a: Any, out: Any) -> Any:
    return b.concatenate(*a.tensors, axis=min(1, a.tensors[0].ndim - 1))


@rule("column_stack")
def _column_stack(b: Calls, a: Any, out: Any) -> Any:
    return b.concatenate(*[x if x.ndim > 1 else b.shaped(x, (x.size, 1)) for x in a.tensors], axis=1)


@rule("broadcast_tensors")
def _broadcast_tensors(b: Calls, a: Any, out: Any) -> Any:
    return tuple(b.stretched(x, o.shape) for x, o in zip(a.tensors, out, strict=True))


@rule("repeat", "tile")
def _repeat(b: Calls, a: Any, out: Any) -> Any:
    times = tuple(a.repeats if hasattr(a, "repeats") else a.dims)
    return b.tile(a.self, reps=times) if times else a.self


@rule("repeat_interleave")
def _repeat_interleave(b: Calls, a: Any, out: Any) -> Any:
    if not isinstance(a.repeats, int):
        raise NoRule
    return b.repeat(a.self, repeats=a.repeats, axis=a.dim)


@rule("flip")
def _flip(b: Calls, a: Any, out: Any) -> Any:
    return b.flip(a.self, axis=ints(a.dims)) if a.dims else a.self


@rule("roll")
def _roll(b: Calls, a: Any, out: Any) -> Any:
    return b.roll(a.self, shift=ints(a.shifts), axis=ints(a.dims))


@rule("diagonal", "linalg_diagonal")
def _diagonal(b: Calls, a: Any, out: Any) -> Any:
    return b.diagonal(getattr(a, "A", None) or a.self, offset=a.offset, axis1=a.dim1, axis2=a.dim2)


@rule("diag")
def _diag(b: Calls, a: Any, out: Any) -> Any:
    return b.diag(a.self, k=a.diagonal)


@rule("tril")
def _tril(b: Calls, a: Any, out: Any) -> Any:
    return b.tril(a.self, k=a.diagonal)


RULES["triu"] = lambda b, a, out: b.triu(a.self, k=a.diagonal)
RULES["trace"] = lambda b, a, out: b.trace(a.self)


@rule("pad", "constant_pad_nd")
def _pad(b: Calls, a: Any, out: Any) -> Any:
    widths = list(getattr(a, "pad", None) or a.padding)
    mode = getattr(a, "mode", "constant")
    value = getattr(a, "value", 0.0) or 0.0
    return padded(b, a.self, widths, mode, float(value))


def padded(b: Calls, x: Variable, widths: Sequence[int], mode: str, value: float) -> Any:
    """Padding as PyTorch counts it: pairs of widths, the last axis first; a negative width cuts off."""
    pairs = [(0, 0)] * x.ndim
    for n in range(len(widths) // 2):
        pairs[x.ndim - 1 - n] = (int(widths[2 * n]), int(widths[2 * n + 1]))
    if any(n < 0 for pair in pairs for n in pair):
        key = tuple(
            slice(-min(low, 0) or None, size + high if high < 0 else None)
            for (low, high), size in zip(pairs, x.shape, strict=True)
        )
        x = b.getitem(x, key=key)
        pairs = [(max(low, 0), max(high, 0)) for low, high in pairs]
    if not any(map(any, pairs)):
        return x
    name = {"replicate": "edge", "circular": "wrap"}.get(mode, mode)
    if name == "constant":
        return b.pad(x, pad_width=tuple(pairs), mode="constant", constant_values=value)
    return b.pad(x, pad_width=tuple(pairs), mode=name)


for _name in ("reflection_pad1d", "reflection_pad2d", "reflection_pad3d"):
    RULES[_name] = lambda b, a, out: padded(b, a.self, a.padding, "reflect", 0.0)
for _name in ("replication_pad1d", "replication_pad2d", "replication_pad3d"):
    RULES[_name] = lambda b, a, out: padded(b, a.self, a.padding, "edge", 0.0)


@rule("unfold")
def _unfold(b: Calls, a: Any, out: Any) -> Any:
    axis = a.dimension % max(a.self.ndim, 1)
    if not a.self.shape:
        return b.shaped(a.self, out.shape)
    starts = range(0, a.self.shape[axis] - a.size + 1, a.step)
    places = np.array([range(s, s + a.size) for s in starts])
    taken = b.take(a.self, b.builder.constant(places), axis=axis)
    return b.moveaxis(taken, source=axis + 1, destination=-1)


@rule("im2col")
def _im2col(b: Calls, a: Any, out: Any) -> Any:
    how = {k: ints(getattr(a, k)) for k in ("kernel_size", "dilation", "padding", "stride")}
    return b.unfold(a.self, **how)


@rule("pixel_shuffle")
def _pixel_shuffle(b: Calls, a: Any, out: Any) -> Any:
    return b.pixel_shuffle(a.self, upscale_factor=a.upscale_factor)


# Indexing


@rule("index_select")
def _index_select(b: Calls, a: Any, out: Any) -> Any:
    return b.take(a.self, a.index, axis=a.dim)


@rule("gather")
def _gather(b: Calls, a: Any, out: Any) -> Any:
    return b.gather(a.self, a.index, axis=a.dim)


@rule("scatter_add")
def _scatter_add(b: Calls, a: Any, out: Any) -> Any:
    return b.scatter_add(a.self, a.index, a.src, axis=a.dim)


@rule("index_add")
def _index_add(b: Calls, a: Any, out: Any) -> Any:
    source = a.source if a.alpha == 1 else b.multiply(a.source, a.alpha)
    return b.index_add(a.self, a.index, source, axis=a.dim)


@rule("one_hot")
def _one_hot(b: Calls, a: Any, out: Any) -> Any:
    return b.one_hot(a.self, num_classes=int(out.shape[-1]))


@rule("take")
def _take(b: Calls, a: Any, out: Any) -> Any:
    return b.take(a.self, a.index)


@rule("index")
def _index(b: Calls, a: Any, out: Any) -> Any:
    return indexed(b, a.self, list(a.indices))


def indexed(b: Calls, x: Variable, indices: list[Any]) -> Any:
    """Elements at indices along several axes, None for an axis that is taken whole."""
    while indices and indices[-1] is None:
        indices.pop()
    found = [(axis, i) for axis, i in enumerate(indices) if i is not None]
    if any(isinstance(i, Variable) and i.kind == "bool" for _, i in found):
        raise NoRule
    if len(found) == 1:
        axis, index = found[0]
        return b.take(x, index, axis=axis)
    places = tuple(axis for axis, _ in found)
    return b.take_each(x, *[i for _, i in found], axes=places)


@rule("select_scatter", "slice_scatter")
def _slice_scatter(b: Calls, a: Any, out: Any) -> Any:
    axis = a.dim % a.self.ndim
    size = a.self.shape[axis]
    if hasattr(a, "index"):
        places = range(size)[a.index : a.index + 1 or None]
        source = b.shaped(a.src, [1 if n == axis else s for n, s in enumerate(a.self.shape)])
    else:
        places = range(size)[a.start : a.end : a.step]
        source = a.src
    if len(places) == size:
        return source
    if places == range(places[0], places[-1] + 1):
        before, after = slice(None, places[0]), slice(places[-1] + 1, None)
        parts = [b.at(a.self, axis, before)] if places[0] else []
        parts += [source, *([b.at(a.self, axis, after)] if places[-1] + 1 < size else [])]
        return b.concatenate(*parts, axis=axis)
    order = np.arange(size)
    order[list(places)] = size + np.arange(len(places))
    return b.take(b.concatenate(a.self, source, axis=axis), b.builder.constant(order), axis=axis)


# Reductions


def reduction(op: str) -> Rule:
    """The rule of a reduction over one axis, several or all."""

    def made(b: Calls, a: Any, out: Any) -> Any:
        x = b.as_float(a.self) if op in ("sum", "mean", "prod") and a.self.kind == "bool" else a.self
        return getattr(b, op)(x, axis=axes(getattr(a, "dim", None)), keepdims=bool(getattr(a, "keepdim", False)))

    return made


for _name in ("sum", "mean", "prod", "amax", "amin", "argmax", "argmin", "logsumexp", "any", "all"):
    RULES[_name] = reduction(_name)


def largest(op: str) -> Rule:
    """The rule of max or min: of two arrays, of all elements, or with indices along an axis."""

    def made(b: Calls, a: Any, out: Any) -> Any:
        if getattr(a, "other", None) is not None:
            return b.maximum(a.self, a.other) if op == "max" else b.minimum(a.self, a.other)
        if getattr(a, "dim", None) is None:
            return getattr(b, f"a{op}")(a.self)
        how = {"axis": a.dim, "keepdims": bool(a.keepdim)}
        return getattr(b, op)(a.self, **how), getattr(b, f"arg{op}")(a.self, **how)

    return made


RULES["max"], RULES["min"] = largest("max"), largest("min")


@rule("var")
def _var(b: Calls, a: Any, out: Any) -> Any:
    return spread(b, "var", a)


def spread(b: Calls, op: str, a: Any) -> Any:
    """Variance or deviation with PyTorch's correction."""
    correction = getattr(a, "correction", None)
    if correction is None:
        correction = 1 if getattr(a, "unbiased", True) else 0
    how = {"axis": axes(getattr(a, "dim", None)), "keepdims": bool(getattr(a, "keepdim", False))}
    if correction == int(correction):
        return getattr(b, op)(a.self, ddof=int(correction), **how)
    made = getattr(b, op)(a.self, ddof=0, **how)
    count = a.self.size / made.size
    factor = count / (count - correction)
    return b.multiply(made, factor if op == "var" else math.sqrt(factor))


RULES["std"] = lambda b, a, out: spread(b, "std", a)
RULES["var_mean"] = lambda b, a, out: (spread(b, "var", a), reduction("mean")(b, a, out))
RULES["std_mean"] = lambda b, a, out: (spread(b, "std", a), reduction("mean")(b, a, out))


@rule("cumsum")
def _cumsum(b: Calls, a: Any, out: Any) -> Any:
    return b.cumsum(a.self, axis=a.dim)


RULES["cumprod"] = lambda b, a, out: b.cumprod(a.self, axis=a.dim)
RULES["logcumsumexp"] = lambda b, a, out: b.logcumsumexp(a.self, axis=a.dim)


@rule("softmax", "_softmax", "special_softmax", "_safe_softmax")
def _softmax(b: Calls, a: Any, out: Any) -> Any:
    return b.softmax(a.self, axis=a.dim)


@rule("log_softmax", "_log_softmax", "special_log_softmax")
def _log_softmax(b: Calls, a: Any, out: Any) -> Any:
    return b.log_softmax(a.self, axis=a.dim)


@rule("norm", "linalg_vector_norm", "frobenius_norm")
def _norm(b: Calls, a: Any, out: Any) -> Any:
    order = getattr(a, "p", getattr(a, "ord", 2))
    order = 2 if order is None else order
    return b.vector_norm(
        a.self, ord=order, axis=axes(getattr(a, "dim", None)), keepdims=bool(getattr(a, "keepdim", False))
    )


@rule("sort")
def _sort(b: Calls, a: Any, out: Any) -> Any:
    return b.sort(a.self, axis=a.dim, descending=bool(a.descending)), b.argsort(
        a.self, axis=a.dim, descending=bool(a.descending)
    )


RULES["argsort"] = lambda b, a, out: b.argsort(a.self, axis=a.dim, descending=bool(a.descending))


@rule("topk")
def _topk(b: Calls, a: Any, out: Any) -> Any:
    order = b.argsort(a.self, axis=a.dim, descending=bool(a.largest))
    places = b.at(order, a.dim, slice(0, a.k))
    return b.take_along_axis(a.self, places, axis=a.dim), places


# Products


@rule("matmul", "mm", "bmm", "mv", "dot", "vdot", "inner")
def _matmul(b: Calls, a: Any, out: Any) -> Any:
    x = a.self
    y = next(getattr(a, n) for n in ("mat2", "other", "vec", "tensor") if hasattr(a, n))
    return b.matmul(b.as_float(x), b.as_float(y))


@rule("outer", "ger")
def _outer(b: Calls, a: Any, out: Any) -> Any:
    return b.outer(a.self, getattr(a, "vec2", None))


@rule("addmm", "baddbmm", "addmv")
def _addmm(b: Calls, a: Any, out: Any) -> Any:
    if hasattr(a, "batch1"):
        product = b.matmul(a.batch1, a.batch2)
    elif hasattr(a, "vec"):
        product = b.matmul(a.mat, a.vec)
    else:
        product = b.matmul(a.mat1, a.mat2)
    product = product if a.alpha == 1 else b.multiply(product, a.alpha)
    if a.beta == 0:
        return product
    return b.add(product, a.self if a.beta == 1 else b.multiply(a.self, a.beta))


@rule("linear")
def _linear(b: Calls, a: Any, out: Any) -> Any:
    return b.linear(a.input, a.weight, a.bias)


@rule("bilinear")
def _bilinear(b: Calls, a: Any, out: Any) -> Any:
    return b.bilinear(a.input1, a.input2, a.weight, a.bias)


@rule("einsum")
def _einsum(b: Calls, a: Any, out: Any) -> Any:
    return b.einsum(*a.tensors, subscripts=a.equation.replace(" ", ""))


@rule("cosine_similarity")
def _cosine_similarity(b: Calls, a: Any, out: Any) -> Any:
    return b.cosine_similarity(a.x1, a.x2, axis=a.dim, eps=float(a.eps))


@rule("cross", "linalg_cross")
def _cross(b: Calls, a: Any, out: Any) -> Any:
    return b.cross(a.self, a.other, axis=-1 if a.dim is None else a.dim)


for _name, _op in (("linalg_inv", "inv"), ("inverse", "inv"), ("linalg_det", "det")):
    RULES[_name] = lambda b, a, out, op=_op: getattr(b, op)(getattr(a, "self", None) or a.A)  # type: ignore[misc]


@rule("scaled_dot_product_attention", "_scaled_dot_product_flash_attention_for_cpu")
def _attention(b: Calls, a: Any, out: Any) -> Any:
    if getattr(a, "enable_gqa", False):
        heads, fewer = a.query.shape[-3], a.key.shape[-3]
        a.key = b.repeat(a.key, repeats=heads // fewer, axis=-3)
        a.value = b.repeat(a.value, repeats=heads // fewer, axis=-3)
    how: dict[str, Any] = {"is_causal": bool(a.is_causal)}
    if a.scale is not None:
        how["scale"] = float(a.scale)
    if a.dropout_p:
        b.builder.note("dropout in training mode draws its own mask, not PyTorch's")
        how |= {"dropout_p": float(a.dropout_p), "seed": len(b.builder.lines)}
    made = b.scaled_dot_product_attention(a.query, a.key, a.value, a.attn_mask, **how)
    return (made, b.builder.constant(np.array(0.0))) if isinstance(out, (tuple, list)) else made


# Convolution, pooling, resampling


@rule("conv1d", "conv2d", "conv3d")
def _conv(b: Calls, a: Any, out: Any) -> Any:
    return convolved(b, a.input, a.weight, a.bias, a)


def convolved(b: Calls, x: Variable, weight: Variable, bias: Variable | None, a: Any) -> Any:
    """A convolution over as many axes as the kernel has."""
    padding = a.padding if isinstance(a.padding, str) else ints(a.padding)
    how = {"stride": ints(a.stride) or 1, "padding": padding, "dilation": ints(a.dilation) or 1, "groups": a.groups}
    defaults = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
    how = {k: v for k, v in how.items() if v != defaults[k]}
    return getattr(b, f"conv{weight.ndim - 2}d")(x, weight, bias, **how)


@rule("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def _conv_transpose(b: Calls, a: Any, out: Any) -> Any:
    how = {k: ints(getattr(a, k)) or 0 for k in ("stride", "padding", "output_padding", "dilation")}
    op = getattr(b, f"conv_transpose{a.weight.ndim - 2}d")
    return op(a.input, a.weight, a.bias, groups=a.groups, **how)


@rule("convolution")
def _convolution(b: Calls, a: Any, out: Any) -> Any:
    return _conv_transpose(b, a, out) if a.transposed else convolved(b, a.input, a.weight, a.bias, a)


def pool_attributes(a: Any) -> dict[str, Any]:
    """What every pooling has."""
    how: dict[str, Any] = {"kernel_size": ints(a.kernel_size)}
    if ints(a.stride) not in (None, how["kernel_size"]):
        how["stride"] = ints(a.stride)
    if ints(a.padding) not in (0, None):
        how["padding"] = ints(a.padding)
    if a.ceil_mode:
        how["ceil_mode"] = True
    return how


@rule("max_pool1d", "max_pool2d", "max_pool3d")
def _max_pool(b: Calls, a: Any, out: Any) -> Any:
    how = pool_attributes(a)
    if ints(a.dilation) not in (1, None):
        how["dilation"] = ints(a.dilation)
    return getattr(b, f"max_pool{len(a.kernel_size)}d")(a.self, **how)


def _max_pool_indices(ndim: int) -> Rule:
    def made(b: Calls, a: Any, out: Any) -> Any:
        how = pool_attributes(a)
        if ints(a.dilation) not in (1, None):
            how["dilation"] = ints(a.dilation)
        size = tuple(a.kernel_size) * (ndim if len(a.kernel_size) == 1 else 1)
        index = b.max_pool_index(a.self, **{**how, "kernel_size": size})
        return getattr(b, f"max_pool{ndim}d")(a.self, **how), index

    return made


for _axes in (1, 2, 3):
    RULES[f"max_pool{_axes}d_with_indices"] = _max_pool_indices(_axes)


@rule("avg_pool1d", "avg_pool2d", "avg_pool3d")
def _avg_pool(b: Calls, a: Any, out: Any) -> Any:
    how = pool_attributes(a)
    if getattr(a, "divisor_override", None):
        how["divisor_override"] = int(a.divisor_override)
    if not a.count_include_pad:
        how["count_include_pad"] = False
    return getattr(b, f"avg_pool{len(a.kernel_size)}d")(a.self, **how)


@rule(
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "_adaptive_avg_pool2d", "_adaptive_avg_pool3d"
)
def _adaptive_avg_pool(b: Calls, a: Any, out: Any) -> Any:
    ndim = len(a.output_size)
    size = tuple(out.shape[-ndim:])
    if set(size) == {1}:
        return b.mean(a.self, axis=tuple(range(-ndim, 0)) if ndim > 1 else -1, keepdims=True)
    return getattr(b, f"adaptive_avg_pool{ndim}d")(a.self, output_size=ints(size))


def upsampled(mode: str) -> Rule:
    """The rule of one way to bring images to another size."""

    def made(b: Calls, a: Any, out: Any) -> Any:
        x = a.input if hasattr(a, "input") else a.self
        how: dict[str, Any] = {"align_corners": bool(a.align_corners)} if hasattr(a, "align_corners") else {}
        size, factors = tuple(out.shape[2:]), factors_of(a)
        if factors and not all(n * f == m for n, f, m in zip(x.shape[2:], factors, size, strict=True)):
            return b.interpolate(x, scale_factor=tuple(map(float, factors)), mode=mode, **how)
        return b.interpolate(x, size=ints(size), mode=mode, **how)

    return made


def factors_of(a: Any) -> list[float] | None:
    """The factors with which an image grows, where they were given."""
    if getattr(a, "scale_factors", None):
        return list(a.scale_factors)
    found = [getattr(a, name) for name in ("scales", "scales_d", "scales_h", "scales_w") if hasattr(a, name)]
    return found if found and None not in found else None


def shares(old: int, new: int, step: float, mode: str) -> np.ndarray:
    """The shares of so many old pixels in each of the new ones, by a filter that is as wide as a new pixel.

    The filters are a triangle and the cubic one of Keys (1981) with a = -1/2, as in Pillow and PyTorch.
    """
    width = max(step, 1.0)
    reach = (1.0 if mode == "bilinear" else 2.0) * width
    matrix = np.zeros((new, old))
    for row in range(new):
        center = step * (row + 0.5)
        first = max(int(center - reach + 0.5), 0)
        last = min(int(center + reach + 0.5), old)
        far = np.abs((np.arange(first, last) - center + 0.5) / width)
        if mode == "bilinear":
            weights = np.maximum(1.0 - far, 0.0)
        else:
            near, rest = (1.5 * far - 2.5) * far * far + 1.0, ((-0.5 * far + 2.5) * far - 4.0) * far + 2.0
            weights = np.where(far < 1.0, near, np.where(far < 2.0, rest, 0.0))
        matrix[row, first:last] = weights / weights.sum()
    return matrix


def antialiased(mode: str) -> Rule:
    """The rule of a change of size with a filter: rows and columns times known matrices."""

    def made(b: Calls, a: Any, out: Any) -> Any:
        x = a.input if hasattr(a, "input") else a.self
        factors: list[float | None] = [*(factors_of(a) or (None, None))]
        for axis, factor in zip((-2, -1), factors, strict=True):
            old, new = x.shape[axis], int(out.shape[axis])
            if a.align_corners:
                step = (old - 1) / (new - 1) if new > 1 else 0.0
            else:
                step = 1.0 / factor if factor else old / new
            matrix = shares(old, new, step, mode)
            if str(out.dtype) == "torch.float32":
                matrix = matrix.astype(np.float32)
            weights = b.builder.constant(matrix)
            x = b.matmul(weights, x) if axis == -2 else b.matmul(x, b.transpose(weights))
        return x

    return made


for _name, _mode in {
    **dict.fromkeys(("upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d"), "nearest"),
    **{f"_upsample_nearest_exact{n}d": "nearest-exact" for n in (1, 2, 3)},
    "upsample_linear1d": "linear", "upsample_bilinear2d": "bilinear", "upsample_bicubic2d": "bicubic",
    "upsample_trilinear3d": "trilinear",
}.items():  # fmt: skip
    RULES[_name] = upsampled(_mode)
for _name in ("bilinear", "bicubic"):
    RULES[f"_upsample_{_name}2d_aa"] = antialiased(_name)


# Normalisation


@rule("batch_norm", "native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_functional")
def _batch_norm(b: Calls, a: Any, out: Any) -> Any:
    made = normalized(b, a, bool(a.training))
    return (made, *(None,) * (len(out) - 1)) if isinstance(out, (tuple, list)) else made


def normalized(b: Calls, a: Any, training: bool) -> Any:
    """Batch norm; its own averages are read in evaluation only."""
    batch = training or a.running_mean is None
    mean, var = (None, None) if batch else (a.running_mean, a.running_var)
    return b.batch_norm(a.input, mean, var, a.weight, a.bias, training=batch, eps=float(a.eps))


@rule("_native_batch_norm_legit_no_training")
def _batch_norm_eval(b: Calls, a: Any, out: Any) -> Any:
    return (normalized(b, a, False), None, None)


@rule("layer_norm", "native_layer_norm")
def _layer_norm(b: Calls, a: Any, out: Any) -> Any:
    made = b.layer_norm(a.input, a.weight, a.bias, normalized_shape=tuple(a.normalized_shape), eps=float(a.eps))
    return (made, None, None) if isinstance(out, (tuple, list)) else made


@rule("rms_norm")
def _rms_norm(b: Calls, a: Any, out: Any) -> Any:
    eps = float(np.finfo(str(out.dtype).removeprefix("torch.")).eps) if a.eps is None else float(a.eps)
    return b.rms_norm(a.input, a.weight, normalized_shape=tuple(a.normalized_shape), eps=eps)


@rule("group_norm", "native_group_norm")
def _group_norm(b: Calls, a: Any, out: Any) -> Any:
    groups = getattr(a, "num_groups", None) or a.group
    made = b.group_norm(a.input, a.weight, a.bias, num_groups=groups, eps=float(a.eps))
    return (made, None, None) if isinstance(out, (tuple, list)) else made


@rule("instance_norm")
def _instance_norm(b: Calls, a: Any, out: Any) -> Any:
    mean, var = (None, None) if a.use_input_stats else (a.running_mean, a.running_var)
    return b.instance_norm(
        a.input, mean, var, a.weight, a.bias, use_input_stats=bool(a.use_input_stats), eps=float(a.eps)
    )


# Losses


def loss_of(op: str, *more: str) -> Rule:
    """The rule of a loss with an input, a target, a reduction and further numbers."""

    def made(b: Calls, a: Any, out: Any) -> Any:
        how = {name: float(getattr(a, name)) for name in more}
        return getattr(b, op)(a.self, a.target, reduction=REDUCTIONS[a.reduction], **how)

    return made


for _name, _more in {
    "mse_loss": (), "l1_loss": (), "smooth_l1_loss": ("beta",), "huber_loss": ("delta",), "soft_margin_loss": (),
}.items():  # fmt: skip
    RULES[_name] = loss_of(_name, *_more)


@rule("cross_entropy_loss")
def _cross_entropy(b: Calls, a: Any, out: Any) -> Any:
    how: dict[str, Any] = {"reduction": REDUCTIONS[a.reduction]}
    if a.ignore_index != -100:
        how["ignore_index"] = a.ignore_index
    if a.label_smoothing:
        how["label_smoothing"] = float(a.label_smoothing)
    return b.cross_entropy(a.self, a.target, a.weight, **how)


@rule("nll_loss", "nll_loss_nd", "nll_loss_forward", "nll_loss2d")
def _nll_loss(b: Calls, a: Any, out: Any) -> Any:
    how: dict[str, Any] = {"reduction": REDUCTIONS[a.reduction]}
    if a.ignore_index != -100:
        how["ignore_index"] = a.ignore_index
    made = b.nll_loss(a.self, a.target, a.weight, **how)
    return (made, None) if isinstance(out, (tuple, list)) else made


@rule("binary_cross_entropy")
def _bce(b: Calls, a: Any, out: Any) -> Any:
    return b.binary_cross_entropy(a.self, a.target, a.weight, reduction=REDUCTIONS[a.reduction])


@rule("binary_cross_entropy_with_logits")
def _bce_logits(b: Calls, a: Any, out: Any) -> Any:
    return b.binary_cross_entropy_with_logits(
        a.self, a.target, a.weight, a.pos_weight, reduction=REDUCTIONS[a.reduction]
    )


@rule("kl_div")
def _kl_div(b: Calls, a: Any, out: Any) -> Any:
    if a.reduction not in (0, 1, 2):
        raise NoRule
    return b.kl_div(a.self, a.target, reduction=REDUCTIONS[a.reduction], log_target=bool(a.log_target))


@rule("poisson_nll_loss")
def _poisson(b: Calls, a: Any, out: Any) -> Any:
    return b.poisson_nll_loss(
        a.input, a.target, log_input=bool(a.log_input), full=bool(a.full), eps=float(a.eps),
        reduction=REDUCTIONS[a.reduction],
    )  # fmt: skip


@rule("margin_ranking_loss")
def _margin_ranking(b: Calls, a: Any, out: Any) -> Any:
    return b.margin_ranking_loss(
        a.input1, a.input2, a.target, margin=float(a.margin), reduction=REDUCTIONS[a.reduction]
    )


@rule("triplet_margin_loss")
def _triplet(b: Calls, a: Any, out: Any) -> Any:
    return b.triplet_margin_loss(
        a.anchor, a.positive, a.negative, margin=float(a.margin), p=float(a.p), eps=float(a.eps), swap=bool(a.swap),
        reduction=REDUCTIONS[a.reduction],
    )  # fmt: skip


@rule("cosine_embedding_loss")
def _cosine_embedding(b: Calls, a: Any, out: Any) -> Any:
    return b.cosine_embedding_loss(
        a.input1, a.input2, a.target, margin=float(a.margin), reduction=REDUCTIONS[a.reduction]
    )


@rule("hinge_embedding_loss")
def _hinge_embedding(b: Calls, a: Any, out: Any) -> Any:
    return b.hinge_embedding_loss(a.self, a.target, margin=float(a.margin), reduction=REDUCTIONS[a.reduction])


@rule("multi_margin_loss")
def _multi_margin(b: Calls, a: Any, out: Any) -> Any:
    one = a.self.ndim < 2
    scores = b.shaped(a.self, (1, a.self.size)) if one else a.self
    target = b.shaped(a.target, (1,)) if one else a.target
    made = b.multi_margin_loss(
        scores, target, a.weight, p=int(a.p), margin=float(a.margin), reduction=REDUCTIONS[a.reduction]
    )
    return b.shaped(made, out.shape)


@rule("multilabel_margin_loss")
def _multilabel_margin(b: Calls, a: Any, out: Any) -> Any:
    """Every label of a row, up to the first -1, against every class that is none of its labels."""
    classes = a.self.shape[-1] if a.self.ndim else 1
    rows = a.self.size // classes
    scores, labels = b.shaped(a.self, (rows, classes)), b.shaped(a.target, (rows, classes))
    valid = b.cumprod(b.as_float(b.greater_equal(labels, 0)), axis=1)
    places = b.maximum(labels, 0)
    named = b.greater(b.scatter_add(b.broadcast_to(0.0, shape=(rows, classes)), places, valid, axis=1), 0)
    chosen = b.shaped(b.gather(scores, places, axis=1), (rows, classes, 1))
    gaps = b.relu(b.add(b.subtract(1.0, chosen), b.shaped(scores, (rows, 1, classes))))
    counted = b.multiply(b.shaped(valid, (rows, classes, 1)), b.shaped(b.where(named, 0.0, 1.0), (rows, 1, classes)))
    losses = b.divide(b.sum(b.multiply(gaps, counted), axis=(1, 2)), float(classes))
    how = REDUCTIONS[a.reduction]
    return b.shaped(losses if how == "none" else getattr(b, how)(losses), out.shape)


@rule("ctc_loss")
def _ctc(b: Calls, a: Any, out: Any) -> Any:
    """The lengths are known here: those of the example where they are inputs."""
    lengths = []
    for given in (a.input_lengths, a.target_lengths):
        entry = b.builder.leaves.get(given) if isinstance(given, Variable) else None
        if entry is not None and entry.role == "input" and entry.value is not None:
            b.builder.note("the lengths of sequences in ctc_loss are those of the example")
            given = entry.value
        found = b.numbers(given) if isinstance(given, Variable) else np.asarray(given)
        lengths.append(tuple(int(n) for n in found.reshape(-1)))
    return b.ctc_loss(
        a.log_probs, a.targets, input_lengths=lengths[0], target_lengths=lengths[1], blank=int(a.blank),
        reduction=REDUCTIONS[a.reduction], zero_infinity=bool(a.zero_infinity),
    )  # fmt: skip


@rule("pairwise_distance")
def _pairwise_distance(b: Calls, a: Any, out: Any) -> Any:
    gap = b.add(b.subtract(a.x1, a.x2), float(a.eps))
    return b.vector_norm(gap, ord=a.p, axis=-1, keepdims=bool(a.keepdim))


@rule("cdist")
def _cdist(b: Calls, a: Any, out: Any) -> Any:
    left = b.shaped(a.x1, (*a.x1.shape[:-1], 1, a.x1.shape[-1]))
    right = b.shaped(a.x2, (*a.x2.shape[:-2], 1, *a.x2.shape[-2:]))
    return b.vector_norm(b.subtract(left, right), ord=a.p, axis=-1)


# Recurrent layers


def layers_of(cell: str) -> Rule:
    """A stack of recurrent layers as PyTorch passes it: all weights in one list."""

    def made(b: Calls, a: Any, out: Any) -> Any:
        if not hasattr(a, "batch_first"):
            raise NoRule
        if a.dropout and a.train and a.num_layers > 1:
            b.builder.note("dropout between recurrent layers draws its own mask, not PyTorch's")
        x = b.swapaxes(a.input, axis1=0, axis2=1) if a.batch_first else a.input
        states = a.hx if isinstance(a.hx, (list, tuple)) else [a.hx]
        each = len(a.params) // (a.num_layers * (2 if a.bidirectional else 1))
        projected = cell == "lstm" and states[0].shape[-1] != states[1].shape[-1]
        finals: list[list[Variable]] = []
        place = 0
        for layer in range(a.num_layers):
            if layer and a.dropout and a.train:
                x = b.dropout(x, p=float(a.dropout), training=True, seed=len(b.builder.lines))
            ends = []
            for reverse in (False, True)[: 2 if a.bidirectional else 1]:
                weights = list(a.params[each * place : each * (place + 1)])
                projection = weights.pop() if projected else None
                first = [b.at(s, 0, place) for s in states]
                several = a.num_layers > 1 or a.bidirectional
                with b.builder.scope(f"layer{layer}{'_reverse' * reverse}") if several else nullcontext():
                    ys, final = recurrent(b, Cell(cell, *weights, w_hr=projection), x, first, reverse)
                ends.append(ys)
                finals.append(final)
                place += 1
            x = ends[0] if len(ends) == 1 else b.concatenate(*ends, axis=-1)
        y = b.swapaxes(x, axis1=0, axis2=1) if a.batch_first else x
        return (y, *(b.stack(*parts, axis=0) for parts in zip(*finals, strict=True)))

    return made


for _name in ("lstm", "gru", "rnn_tanh", "rnn_relu"):
    RULES[_name] = layers_of(_name)


@rule("lstm_cell")
def _lstm_cell(b: Calls, a: Any, out: Any) -> Any:
    return b.lstm_cell(a.input, a.hx[0], a.hx[1], a.w_ih, a.w_hh, a.b_ih, a.b_hh)


@rule("gru_cell")
def _gru_cell(b: Calls, a: Any, out: Any) -> Any:
    return b.gru_cell(a.input, a.hx, a.w_ih, a.w_hh, a.b_ih, a.b_hh)


def _rnn_cell(how: str) -> Rule:
    return lambda b, a, out: b.rnn_cell(a.input, a.hx, a.w_ih, a.w_hh, a.b_ih, a.b_hh, nonlinearity=how)


RULES["rnn_tanh_cell"], RULES["rnn_relu_cell"] = _rnn_cell("tanh"), _rnn_cell("relu")
