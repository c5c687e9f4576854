"""Every operator as nodes of ONNX (opset 20), by name. What ONNX has no operator for is built from those it has."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from tidegraph.engine.graph import Operator, Shape, Variable
from tidegraph.engine.ops.source.numpy import pooling, window_of
from tidegraph.engine.ops.source.text import Unknown
from tidegraph.engine.ops.windows import Window, numbers


class Builder(Protocol):
    """What nodes are added to."""

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """Add a node; the name of its output, or the names of several."""

    def constant(self, value: Any) -> str:
        """The name of a constant array: float64, int64 or bool."""

    def cast(self, name: str, kind: str) -> str:
        """An array as `float`, `int` or `bool`."""


Nodes = Callable[[Builder, Operator, Sequence[str]], Any]
"""Adds the nodes of one application; the name of the output, or a tuple of names."""


def plain(kind: str, **attributes: Any) -> Nodes:
    """One node."""
    return lambda b, operator, x: b.node(kind, *x, **attributes)


def integers(*values: int) -> Any:
    """A vector of whole numbers."""
    return np.array(values, dtype=np.int64)


def axes_of(operator: Operator) -> list[int]:
    """The axes of a reduction, from 0."""
    axis, ndim = operator.attributes["axis"], operator.inputs[0].ndim
    if axis is None:
        return list(range(ndim))
    return [a % ndim for a in (axis if isinstance(axis, (tuple, list)) else (axis,))]


def reduced(kind: str) -> Nodes:
    """A reduction over axes; of a scalar it is the scalar itself."""

    def add(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
        axes = axes_of(operator)
        if not axes:
            return b.node("Identity", x[0])
        keep = int(operator.attributes["keepdims"])
        return b.node(kind, x[0], b.constant(integers(*axes)), keepdims=keep)

    return add


def extreme_place(kind: str) -> Nodes:
    """The place of the largest or smallest element."""

    def add(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
        axis, keep = operator.attributes["axis"], int(operator.attributes["keepdims"])
        if axis is None:
            flat = b.node("Reshape", x[0], b.constant(integers(-1)))
            found = b.node(kind, flat, axis=0, keepdims=0)
            return b.node("Reshape", found, b.constant(integers(*operator.outputs[0].shape)))
        return b.node(kind, x[0], axis=axis, keepdims=keep)

    return add


def truth(kind: str) -> Nodes:
    """Whether any or all elements are not zero, as a reduction of numbers."""

    def add(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
        return b.cast(reduced(kind)(b, operator, [b.cast(b.cast(x[0], "bool"), "int")]), "bool")

    return add


def reshaped(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Another shape."""
    return b.node("Reshape", x[0], b.constant(integers(*operator.outputs[0].shape)), allowzero=1)


def transposed(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Axes in another order."""
    axes, ndim = operator.attributes["axes"], operator.inputs[0].ndim
    return b.node("Transpose", x[0], perm=list(reversed(range(ndim))) if axes is None else [a % ndim for a in axes])


def repeated(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Broadcasting."""
    return b.node("Expand", x[0], b.constant(integers(*operator.outputs[0].shape)))


def summed(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """What undoes broadcasting."""
    (a,), (y,) = operator.inputs, operator.outputs
    lead = a.ndim - y.ndim
    axes = [*range(lead), *(lead + i for i, n in enumerate(y.shape) if n == 1 and a.shape[lead + i] != 1)]
    if not axes:
        return b.node("Identity", x[0])
    total = b.node("ReduceSum", x[0], b.constant(integers(*axes)), keepdims=0)
    return b.node("Reshape", total, b.constant(integers(*y.shape)))


def stacked(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Arrays joined along a new axis."""
    axis = operator.attributes["axis"] % operator.outputs[0].ndim
    return b.node("Concat", *(b.node("Unsqueeze", a, b.constant(integers(axis))) for a in x), axis=axis)


def joined(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Arrays joined along an axis."""
    axis = operator.attributes["axis"]
    if axis is None:
        return b.node("Concat", *(b.node("Reshape", a, b.constant(integers(-1))) for a in x), axis=0)
    return b.node("Concat", *x, axis=axis)


def places(key: Any, shape: Shape) -> np.ndarray:
    """For each element of the indexed array, its place in the flattened one."""
    found: np.ndarray = np.arange(math.prod(shape), dtype=np.int64).reshape(shape)[key]
    return found


def indexed(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Indexing: slices where a slice says it, else elements of the flattened array."""
    key, shape = operator.attributes["key"], operator.inputs[0].shape
    parts = key if isinstance(key, tuple) else (key,)
    whole = all(type(p) in (slice, int) for p in parts)
    out = operator.outputs[0].shape
    if not whole:
        flat = b.node("Reshape", x[0], b.constant(integers(-1)))
        return b.node("Gather", flat, b.constant(places(key, shape)), axis=0)
    starts, ends, steps = [], [], []
    for part, n in zip(parts, shape, strict=False):
        start, stop, step = part.indices(n) if isinstance(part, slice) else (part % n, part % n + 1, 1)
        starts.append(start)
        ends.append(stop if stop >= 0 else -n - 1)
        steps.append(step)
    axes = list(range(len(parts)))
    if not parts:
        return b.node("Identity", x[0])
    cut = b.node("Slice", x[0], *(b.constant(integers(*v)) for v in (starts, ends, axes, steps)))
    return (
        b.node("Reshape", cut, b.constant(integers(*out)), allowzero=1) if any(type(p) is int for p in parts) else cut
    )


def placed(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Zeros with the input added at an index."""
    shape = operator.outputs[0].shape
    where = places(operator.attributes["key"], shape).reshape(-1)
    flat = b.node("Reshape", x[0], b.constant(integers(-1)))
    zeros = b.constant(np.zeros(math.prod(shape)))
    added = b.node("ScatterElements", zeros, b.constant(where), flat, axis=0, reduction="add")
    return b.node("Reshape", added, b.constant(integers(*shape)))


def running(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """A running sum."""
    axis = operator.attributes["axis"]
    if axis is None:
        return b.node("CumSum", b.node("Reshape", x[0], b.constant(integers(-1))), b.constant(np.int64(0)))
    return b.node("CumSum", x[0], b.constant(np.int64(axis % operator.inputs[0].ndim)))


def along(kind: str) -> Nodes:
    """A node with the operator's axis."""
    return lambda b, operator, x: b.node(kind, x[0], axis=operator.attributes["axis"])


def triangle(upper: int) -> Nodes:
    """The upper or lower triangle."""
    return lambda b, operator, x: b.node("Trilu", x[0], b.constant(np.int64(operator.attributes["k"])), upper=upper)


def outer(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """An outer product."""
    left = b.node("Reshape", x[0], b.constant(integers(-1, 1)))
    right = b.node("Reshape", x[1], b.constant(integers(1, -1)))
    return b.node("Mul", left, right)


def norm(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """A vector norm."""
    ord = operator.attributes["ord"]
    size = b.node("Abs", x[0])
    if ord == math.inf:
        return reduced("ReduceMax")(b, operator, [size])
    if ord == -math.inf:
        return reduced("ReduceMin")(b, operator, [size])
    if ord == 0:
        some = b.node("Not", b.node("Equal", x[0], b.constant(0.0)))
        return reduced("ReduceSum")(b, operator, [b.cast(some, "float")])
    if ord == 1:
        return reduced("ReduceSum")(b, operator, [size])
    power = b.node("Mul", x[0], x[0]) if ord == 2 else b.node("Pow", size, b.constant(float(ord)))
    total = reduced("ReduceSum")(b, operator, [power])
    return b.node("Sqrt", total) if ord == 2 else b.node("Pow", total, b.constant(1 / ord))


def softplus(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """A smooth relu."""
    beta, threshold = operator.attributes["beta"], operator.attributes["threshold"]
    scaled = b.node("Mul", x[0], b.constant(float(beta)))
    smooth = b.node("Div", log_one_plus_exp(b, scaled), b.constant(float(beta)))
    return b.node("Where", b.node("Greater", scaled, b.constant(float(threshold))), x[0], smooth)


def elu(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """An exponential linear unit. ONNX's own has its factor in single precision."""
    below = b.node("Sub", b.node("Exp", b.node("Min", x[0], b.constant(0.0))), b.constant(1.0))
    scaled = b.node("Mul", b.constant(float(operator.attributes["alpha"])), below)
    return b.node("Where", b.node("Greater", x[0], b.constant(0.0)), x[0], scaled)


def log_one_plus_exp(b: Builder, x: str) -> str:
    """log(1 + exp(x)) without overflow: max(x, 0) + log(1 + exp(-|x|))."""
    decay = b.node("Exp", b.node("Neg", b.node("Abs", x)))
    tail = b.node("Log", b.node("Add", b.constant(1.0), decay))
    found: str = b.node("Add", b.node("Relu", x), tail)
    return found


def log_add_exp(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """log(exp(a) + exp(b)), from the larger: nothing cancels far apart, and equal infinities have distance 0."""
    distance = b.node("Abs", b.node("Sub", x[0], x[1]))
    distance = b.node("Where", b.node("Equal", x[0], x[1]), b.constant(0.0), distance)
    return b.node("Add", b.node("Max", x[0], x[1]), log_one_plus_exp(b, b.node("Neg", distance)))


def dropped(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Dropout with the mask of its seed, which is a constant."""
    how, shape = operator.attributes, operator.inputs[0].shape
    if not how["training"]:
        return b.node("Identity", x[0])
    kept = np.random.default_rng(how["seed"]).random(shape, np.float32) >= how["p"]
    scale = kept / (1 - how["p"]) if how["p"] < 1 else np.zeros(shape)
    return b.node("Mul", x[0], b.constant(np.asarray(scale, float)))


def causal(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Scores of later keys hidden."""
    rows, columns = operator.inputs[0].shape[-2:]
    return b.node("Where", b.constant(np.tri(rows, columns, dtype=bool)), x[0], b.constant(-1e30))


def picked(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """For each label the element that it names along an axis."""
    axis = operator.attributes["axis"] % operator.inputs[0].ndim
    label, ignored = labels(b, operator, x[1])
    index = b.node("Unsqueeze", label, b.constant(integers(axis)))
    found = b.node("Squeeze", b.node("GatherElements", x[0], index, axis=axis), b.constant(integers(axis)))
    return found if ignored is None else b.node("Where", ignored, b.constant(0.0), found)


def unpicked(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Zeros with an element for each label at the class that it names."""
    shape = tuple(operator.attributes["shape"])
    axis = operator.attributes["axis"] % len(shape)
    label, ignored = labels(b, operator, x[1])
    index = b.node("Unsqueeze", label, b.constant(integers(axis)))
    part = x[0] if ignored is None else b.node("Where", ignored, b.constant(0.0), x[0])
    part = b.node("Expand", part, b.constant(integers(*operator.inputs[1].shape)))
    part = b.node("Unsqueeze", part, b.constant(integers(axis)))
    return b.node("ScatterElements", b.constant(np.zeros(shape)), index, part, axis=axis, reduction="add")


def labels(b: Builder, operator: Operator, y: str) -> tuple[str, str | None]:
    """Labels as whole numbers, and which of them are ignored."""
    ignore = operator.attributes["ignore_index"]
    whole = b.cast(y, "int")
    if ignore is None:
        return whole, None
    ignored = b.node("Equal", whole, b.constant(np.int64(ignore)))
    return b.node("Where", ignored, b.constant(np.int64(0)), whole), ignored


def window(operator: Operator, n: int) -> dict[str, Any]:
    """The attributes of a convolution."""
    how = operator.attributes
    pads = list(numbers("padding", how["padding"], n, 0))
    return {
        "strides": list(numbers("stride", how["stride"], n, 1)),
        "dilations": list(numbers("dilation", how["dilation"], n, 1)),
        "pads": [*pads, *pads],
        "group": how["groups"],
    }


def batched(b: Builder, x: Variable, name: str, n: int) -> str:
    """The array with one axis for the batch."""
    if x.ndim == n + 2:
        return name
    shape = (math.prod(x.shape[: -n - 1]), *x.shape[-n - 1 :])
    found: str = b.node("Reshape", name, b.constant(integers(*shape)))
    return found


def convolved(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """A convolution."""
    n = operator.inputs[1].ndim - 2
    y = b.node("Conv", batched(b, operator.inputs[0], x[0], n), x[1], **window(operator, n))
    return b.node("Reshape", y, b.constant(integers(*operator.outputs[0].shape)))


def convolved_back(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """What flows back to the input of a convolution: a transposed one to the sizes that are wanted."""
    n, sizes = operator.inputs[1].ndim - 2, operator.attributes["sizes"]
    how = window(operator, n)
    counts, kernel = operator.inputs[0].shape[-n:], operator.inputs[1].shape[2:]
    how["output_padding"] = [
        m - ((c - 1) * s - 2 * p + d * (k - 1) + 1)
        for m, c, s, p, d, k in zip(sizes, counts, how["strides"], how["pads"], how["dilations"], kernel, strict=False)
    ]
    y = b.node("ConvTranspose", batched(b, operator.inputs[0], x[0], n), x[1], **how)
    return b.node("Reshape", y, b.constant(integers(*operator.outputs[0].shape)))


def convolved_kernel(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """What flows back to the kernel: windows of the input against the gradient of the output."""
    first, second = operator.inputs
    how, n = operator.attributes, len(operator.attributes["kernel"])
    groups, w = how["groups"], operator.outputs[0].shape
    batch, channels = math.prod(first.shape[: -n - 1]), first.shape[-n - 1]
    columns = windows(b, x[0], first.shape, how["kernel"], how)
    counts = math.prod(second.shape[-n:])
    inside = channels // groups * math.prod(how["kernel"])
    columns = b.node("Reshape", columns, b.constant(integers(batch, groups, inside, counts)))
    part = b.node("Reshape", x[1], b.constant(integers(batch, groups, w[0] // groups, counts)))
    product = b.node("MatMul", part, b.node("Transpose", columns, perm=[0, 1, 3, 2]))
    total = b.node("ReduceSum", product, b.constant(integers(0)), keepdims=0)
    return b.node("Reshape", total, b.constant(integers(*w)))


def windows(b: Builder, x: str, shape: Shape, kernel: Sequence[int], how: Any, fill: float = 0.0) -> str:
    """Every window as a column, lead x (window * windows): elements of the padded and flattened array."""
    n = len(kernel)
    geometry = Window.over(shape[-n:], tuple(kernel), how["dilation"], how["padding"], how["stride"])
    return columns_of(b, x, shape, geometry, fill)


def columns_of(b: Builder, x: str, shape: Shape, w: Window, fill: float = 0.0) -> str:
    """The same for a window whose last position may reach over the end."""
    n, lead = len(w.kernel), math.prod(shape[: -len(w.kernel)])
    spans = [d * (k - 1) + 1 for d, k in zip(w.dilation, w.kernel, strict=True)]
    ends = [
        max(p, (c - 1) * s + span - m - p)
        for m, c, s, span, p in zip(w.sizes, w.counts, w.stride, spans, w.padding, strict=True)
    ]
    flat = b.node("Reshape", x, b.constant(integers(lead, *shape[-n:])))
    if any(w.padding) or any(ends):
        flat = b.node("Pad", flat, b.constant(integers(0, *w.padding, 0, *ends)), b.constant(fill))
    sizes = [m + p + e for m, p, e in zip(shape[-n:], w.padding, ends, strict=True)]
    index = grid_of(np.arange(math.prod(sizes), dtype=np.int64).reshape(sizes), w)
    flat = b.node("Reshape", flat, b.constant(integers(lead, -1)))
    found: str = b.node("Gather", flat, b.constant(index.reshape(-1)), axis=1)
    return found


def grid_of(grid: np.ndarray, w: Window) -> np.ndarray:
    """Elements of a padded grid, (kernel, counts)."""
    n = len(w.kernel)
    spans = [d * (k - 1) + 1 for d, k in zip(w.dilation, w.kernel, strict=True)]
    view = np.lib.stride_tricks.sliding_window_view(grid, spans)
    view = view[tuple(slice(None, None, s) for s in (*w.stride, *w.dilation))]
    view = view[tuple(slice(c) for c in w.counts)]
    return view.transpose((*range(n, 2 * n), *range(n)))


def unfolded(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Windows as columns."""
    kernel, _ = window_of(operator)
    columns = windows(b, x[0], operator.inputs[0].shape, kernel, operator.attributes)
    return b.node("Reshape", columns, b.constant(integers(*operator.outputs[0].shape)))


def pool_index(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Where in the flattened axes each window has its largest element."""
    shape, n = operator.inputs[0].shape, len(operator.attributes["kernel_size"])
    w = pooling(operator, shape[-n:])
    lead, inside, counts = math.prod(shape[:-n]), math.prod(w.kernel), math.prod(w.counts)
    columns = columns_of(b, x[0], shape, w, -math.inf)
    columns = b.node("Reshape", columns, b.constant(integers(lead, inside, counts)))
    best = b.node("ArgMax", columns, axis=1, keepdims=1)
    spans = [d * (k - 1) + 1 for d, k in zip(w.dilation, w.kernel, strict=True)]
    width = [
        (p, max(p, (c - 1) * s + span - m - p))
        for m, c, s, span, p in zip(w.sizes, w.counts, w.stride, spans, w.padding, strict=True)
    ]
    places = np.pad(np.arange(math.prod(shape[-n:]), dtype=np.int64).reshape(shape[-n:]), width)
    flat = b.constant(grid_of(places, w).reshape(-1))
    index = b.node("Add", b.node("Mul", best, b.constant(np.int64(counts))), b.constant(np.arange(counts)))
    return b.node("Reshape", b.node("Gather", flat, index, axis=0), b.constant(integers(*operator.outputs[0].shape)))


def averaged(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Average pooling."""
    shape, n = operator.inputs[0].shape, len(operator.attributes["kernel_size"])
    w = pooling(operator, shape[-n:])
    flat = b.node("Reshape", x[0], b.constant(integers(math.prod(shape[:-n]), 1, *shape[-n:])))
    how: dict[str, Any] = {"kernel_shape": list(w.kernel), "strides": list(w.stride)}
    divisor = operator.attributes["divisor_override"]
    if divisor is not None:  # sums: averages over whole windows of an array with zeros around it, times their size
        after = [
            max(p, (c - 1) * s + k - m - p)
            for m, c, s, k, p in zip(w.sizes, w.counts, w.stride, w.kernel, w.padding, strict=True)
        ]
        flat = b.node("Pad", flat, b.constant(integers(0, 0, *w.padding, 0, 0, *after)))
        y = b.node("AveragePool", flat, **how)
        y = b.node("Mul", y, b.constant(math.prod(w.kernel) / divisor if divisor else math.nan))
        return b.node("Reshape", y, b.constant(integers(*operator.outputs[0].shape)))
    how["pads"] = [*w.padding, *w.padding]
    counted = int(operator.attributes["count_include_pad"])
    ceil = int(operator.attributes["ceil_mode"])
    y = b.node("AveragePool", flat, count_include_pad=counted, ceil_mode=ceil, **how)
    return b.node("Reshape", y, b.constant(integers(*operator.outputs[0].shape)))


def taken(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Elements at indices."""
    axis = operator.attributes["axis"]
    index = b.cast(x[1], "int")
    if axis is None:
        return b.node("Gather", b.node("Reshape", x[0], b.constant(integers(-1))), index, axis=0)
    return b.node("Gather", x[0], index, axis=axis)


def gathered(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """One element an index, as a place in the flattened array: the indices may cover less than the other axes."""
    (array, i), axis = operator.inputs, operator.attributes["axis"] % operator.inputs[0].ndim
    index, size = b.cast(x[1], "int"), b.constant(np.int64(array.shape[axis]))
    steps = [math.prod(array.shape[k + 1 :]) for k in range(array.ndim)]
    grid = np.indices(i.shape)
    base = sum((grid[k] * steps[k] for k in range(array.ndim) if k != axis), np.zeros(i.shape, np.int64))
    index = b.node("Mod", b.node("Add", index, size), size)
    place = b.node("Add", b.node("Mul", index, b.constant(np.int64(steps[axis]))), b.constant(base))
    return b.node("Gather", b.node("Reshape", x[0], b.constant(integers(-1))), place, axis=0)


def scattered(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Elements added at indices."""
    axis = operator.attributes["axis"]
    return b.node("ScatterElements", x[0], b.cast(x[1], "int"), x[2], axis=axis, reduction="add")


def index_added(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Slices added at the indices of a vector."""
    axis, source = operator.attributes["axis"] % operator.inputs[0].ndim, operator.inputs[2]
    around = [1] * source.ndim
    around[axis] = -1
    index = b.node("Reshape", b.cast(x[1], "int"), b.constant(integers(*around)))
    index = b.node("Expand", index, b.constant(integers(*source.shape)))
    return b.node("ScatterElements", x[0], index, x[2], axis=axis, reduction="add")


def hot(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """One-hot vectors."""
    count = b.constant(np.int64(operator.attributes["num_classes"]))
    return b.cast(
        b.node("OneHot", b.cast(x[0], "int"), count, b.constant(np.array([0.0, 1.0]))), operator.outputs[0].kind
    )


def rounded(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Rounding to even."""
    scale = 10.0 ** operator.attributes["decimals"]
    if scale == 1:
        return b.node("Round", x[0])
    return b.node("Div", b.node("Round", b.node("Mul", x[0], b.constant(scale))), b.constant(scale))


def both(kind: str) -> Nodes:
    """A logical operation."""
    return lambda b, operator, x: b.node(kind, *(b.cast(name, "bool") for name in x))


def chosen(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """A choice by condition."""
    return b.node("Where", b.cast(x[0], "bool"), x[1], x[2])


def logarithm(base: float) -> Nodes:
    """A logarithm to another base."""
    return lambda b, operator, x: b.node("Div", b.node("Log", x[0]), b.constant(math.log(base)))


def determinant(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """A determinant."""
    return b.node("Det", x[0])


def unlike(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Where two arrays differ."""
    return b.node("Not", b.node("Equal", *x))


def two_sided(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """a log b, and 0 where a is 0."""
    zero = b.node("Equal", x[0], b.constant(0.0))
    safe = b.node("Where", zero, b.constant(1.0), x[1])
    return b.node("Where", zero, b.constant(0.0), b.node("Mul", x[0], b.node("Log", safe)))


def finite(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """Where a number is neither infinite nor NaN."""
    return b.node("Not", b.node("Or", b.node("IsNaN", x[0]), b.node("IsInf", x[0])))


def unknown(b: Builder, operator: Operator, x: Sequence[str]) -> Any:
    """What ONNX cannot say."""
    raise Unknown(operator.op.name)


def less_than_zero(kind: str, bound: float) -> Nodes:
    """A maximum or minimum with a number."""
    return lambda b, operator, x: b.node(kind, x[0], b.constant(bound))


NAMED = {
    "add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "power": "Pow", "neg": "Neg",
    "identity": "Identity", "detach": "Identity", "less": "Less", "less_equal": "LessOrEqual", "greater": "Greater",
    "greater_equal": "GreaterOrEqual", "equal": "Equal", "isnan": "IsNaN", "isinf": "IsInf", "maximum": "Max",
    "minimum": "Min", "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "sign": "Sign", "abs": "Abs", "erf": "Erf",
    "relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "matmul": "MatMul", "reciprocal": "Reciprocal", "sin": "Sin",
    "cos": "Cos", "tan": "Tan", "arcsin": "Asin", "arccos": "Acos", "arctan": "Atan", "sinh": "Sinh", "cosh": "Cosh",
    "arcsinh": "Asinh", "arccosh": "Acosh", "arctanh": "Atanh", "floor": "Floor", "ceil": "Ceil",
}  # fmt: skip

NODES: dict[str, Nodes] = {
    **{name: plain(kind) for name, kind in NAMED.items()},
    "after": lambda b, operator, x: b.node("Identity", x[0]),
    "not_equal": unlike,
    "logical_and": both("And"),
    "logical_or": both("Or"),
    "logical_xor": both("Xor"),
    "logical_not": both("Not"),
    "isfinite": finite,
    "where": chosen,
    "hypot": lambda b, operator, x: b.node("Sqrt", b.node("Add", b.node("Mul", x[0], x[0]), b.node("Mul", x[1], x[1]))),
    "logaddexp": log_add_exp,
    "xlogy": two_sided,
    "reshape": reshaped,
    "transpose": transposed,
    "broadcast_to": repeated,
    "sum_to": summed,
    "stack": stacked,
    "concatenate": joined,
    "getitem": indexed,
    "put": placed,
    "erfc": lambda b, operator, x: b.node("Sub", b.constant(1.0), b.node("Erf", x[0])),
    "softplus": softplus,
    "logsigmoid": lambda b, operator, x: b.node("Neg", log_one_plus_exp(b, b.node("Neg", x[0]))),
    "elu": elu,
    "cumsum": running,
    "sum": reduced("ReduceSum"),
    "mean": reduced("ReduceMean"),
    "prod": reduced("ReduceProd"),
    "logsumexp": reduced("ReduceLogSumExp"),
    "amax": reduced("ReduceMax"),
    "amin": reduced("ReduceMin"),
    "max": reduced("ReduceMax"),
    "min": reduced("ReduceMin"),
    "any": truth("ReduceMax"),
    "all": truth("ReduceMin"),
    "argmax": extreme_place("ArgMax"),
    "argmin": extreme_place("ArgMin"),
    "softmax": along("Softmax"),
    "log_softmax": along("LogSoftmax"),
    "outer": outer,
    "tril": triangle(0),
    "triu": triangle(1),
    "det": determinant,
    "vector_norm": norm,
    "dropout": dropped,
    "causal_mask": causal,
    "pick": picked,
    "unpick": unpicked,
    "bounded_log": lambda b, operator, x: b.node("Max", b.node("Log", x[0]), b.constant(-100.0)),
    "unfold": unfolded,
    "convolution": convolved,
    "convolution_input": convolved_back,
    "convolution_kernel": convolved_kernel,
    "expm1": lambda b, operator, x: b.node("Sub", b.node("Exp", x[0]), b.constant(1.0)),
    "exp2": lambda b, operator, x: b.node("Pow", b.constant(2.0), x[0]),
    "log1p": lambda b, operator, x: b.node("Log", b.node("Add", b.constant(1.0), x[0])),
    "log2": logarithm(2),
    "log10": logarithm(10),
    "rsqrt": lambda b, operator, x: b.node("Reciprocal", b.node("Sqrt", x[0])),
    "square": lambda b, operator, x: b.node("Mul", x[0], x[0]),
    "cbrt": lambda b, operator, x: b.node(
        "Mul", b.node("Sign", x[0]), b.node("Pow", b.node("Abs", x[0]), b.constant(1 / 3))
    ),
    "trunc": lambda b, operator, x: b.node("Mul", b.node("Sign", x[0]), b.node("Floor", b.node("Abs", x[0]))),
    "round": rounded,
    "fmod": plain("Mod", fmod=1),
    "take": taken,
    "gather": gathered,
    "scatter_add": scattered,
    "index_add": index_added,
    "one_hot": hot,
    "max_pool_index": pool_index,
    "avg_pool": averaged,
}
