"""What each primitive of JAX is here: a table of rules by name.

A rule gets the calls of operators, the operands as variables, the primitive's parameters and what JAX knows of the
first result. It answers a variable, or a tuple of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from tidegraph.engine.graph import Variable
from tidegraph.engine.models.aten import Calls, NoRule
from tidegraph.engine.models.builder import registrar

Rule = Callable[[Calls, list[Any], SimpleNamespace, Any], Any]

RULES: dict[str, Rule] = {}
rule = registrar(RULES)


def plain(op: str) -> Rule:
    """An operator with the same operands and no attributes."""
    return lambda b, v, p, out: getattr(b, op)(*v)


for _name, _op in {
    "add": "add", "add_any": "add", "sub": "subtract", "mul": "multiply", "max": "maximum", "min": "minimum",
    "pow": "power", "rem": "fmod", "atan2": "arctan2", "neg": "neg", "exp": "exp", "exp2": "exp2",
    "log": "log", "log1p": "log1p", "expm1": "expm1", "sin": "sin", "cos": "cos", "tan": "tan", "asin": "arcsin",
    "acos": "arccos", "atan": "arctan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "asinh": "arcsinh",
    "acosh": "arccosh", "atanh": "arctanh", "sqrt": "sqrt", "rsqrt": "rsqrt", "cbrt": "cbrt", "logistic": "sigmoid",
    "erf": "erf", "erfc": "erfc", "erf_inv": "erfinv",
    "lgamma": "lgamma", "digamma": "digamma", "abs": "abs", "sign": "sign",
    "floor": "floor", "ceil": "ceil", "is_finite": "isfinite", "square": "square", "stop_gradient": "detach",
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal", "ne": "not_equal",
    "and": "logical_and", "or": "logical_or", "xor": "logical_xor", "not": "logical_not",
}.items():  # fmt: skip
    RULES[_name] = plain(_op)


@rule("div")
def _div(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    y = b.divide(*v)
    return b.trunc(y) if np.issubdtype(out.dtype, np.integer) else y


@rule("round")
def _round(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    return b.round(v[0])


@rule("integer_pow")
def _integer_pow(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    return b.power(v[0], p.y)


@rule("select_n")
def _select(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    """The case whose number stands at each place; of two cases a truth value chooses."""
    which, first, *more = v
    if len(more) == 1:
        return b.where(b.as_bool(which), more[0], first)
    found = first
    for number, case in enumerate(more, 1):
        found = b.where(b.greater_equal(which, number), case, found)
    return found


@rule("clamp")
def _clamp(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    low, high = v[0].literal, v[2].literal
    if v[1].kind == "float" and low is not None and high is not None:
        return b.hardtanh(v[1], min_val=float(low), max_val=float(high))
    return b.minimum(b.maximum(v[1], v[0]), v[2])


@rule("convert_element_type")
def _convert(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    if np.issubdtype(out.dtype, np.bool_):
        return b.as_bool(v[0])
    if np.issubdtype(out.dtype, np.integer):
        return b.trunc(v[0]) if v[0].kind == "float" and v[0].leaf is None else v[0]
    return b.as_float(v[0])


@rule("copy", "copy_p", "reduce_precision", "optimization_barrier", "sharding_constraint", "pvary")
def _copy(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    return v[0] if len(v) == 1 else tuple(v)


@rule("broadcast_in_dim")
def _broadcast(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    shape = [1] * len(p.shape)
    for place, axis in enumerate(p.broadcast_dimensions):
        shape[axis] = v[0].shape[place]
    return b.stretched(b.shaped(v[0], shape), p.shape)


@rule("reshape", "squeeze", "expand_dims")
def _reshape(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    return b.shaped(v[0], out.shape)


@rule("transpose")
def _transpose(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    return b.transpose(v[0], axes=tuple(p.permutation))


@rule("rev")
def _rev(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    return b.flip(v[0], axis=tuple(p.dimensions))


@rule("concatenate")
def _concatenate(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    return b.concatenate(*v, axis=p.dimension)


@rule("split")
def _split(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    return b.divided(v[0], p.sizes, p.axis)


@rule("slice")
def _slice(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    steps = p.strides or (1,) * len(p.start_indices)
    key = tuple(
        slice(start or None, None if stop == size else stop, None if step == 1 else step)
        for start, stop, step, size in zip(p.start_indices, p.limit_indices, steps, v[0].shape, strict=True)
    )
    return v[0] if all(k == slice(None) for k in key) else b.getitem(v[0], key=key)


@rule("pad")
def _pad(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    if v[1].literal is None:
        raise NoRule
    return padded(b, v[0], p.padding_config, float(v[1].literal))


def padded(b: Calls, x: Variable, config: Sequence[tuple[int, int, int]], value: float) -> Any:
    """Elements before, after and between those of an array; a negative number takes elements away."""
    for axis, (_, _, inside) in enumerate(config):
        if inside:
            size = x.shape[axis]
            apart = b.shaped(x, (*x.shape[: axis + 1], 1, *x.shape[axis + 1 :]))
            widths = tuple((0, inside if n == axis + 1 else 0) for n in range(apart.ndim))
            apart = b.pad(apart, pad_width=widths, mode="constant", constant_values=value)
            x = b.shaped(apart, (*x.shape[:axis], size * (inside + 1), *x.shape[axis + 1 :]))
            x = b.at(x, axis, slice(0, size * (inside + 1) - inside))
    widths = tuple((max(low, 0), max(high, 0)) for low, high, _ in config)
    if any(map(any, widths)):
        x = b.pad(x, pad_width=widths, mode="constant", constant_values=value)
    key = tuple(slice(-min(low, 0), size + min(high, 0)) for (low, high, _), size in zip(config, x.shape, strict=True))
    return b.getitem(x, key=key) if any(low < 0 or high < 0 for low, high, _ in config) else x


def _reduction(op: str) -> Rule:
    def made(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
        axes = tuple(p.axes)
        axis = None if len(axes) == v[0].ndim else axes[0] if len(axes) == 1 else axes
        x = b.as_float(v[0]) if op in ("sum", "prod") else v[0]
        return getattr(b, op)(x, axis=axis) if axes else x

    return made


for _name, _op in {
    "reduce_sum": "sum", "reduce_max": "amax", "reduce_min": "amin", "reduce_prod": "prod", "reduce_and": "all",
    "reduce_or": "any",
}.items():  # fmt: skip
    RULES[_name] = _reduction(_op)


@rule("argmax", "argmin")
def _argmax(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    return b.argmax(v[0], axis=p.axes[0])


RULES["argmin"] = lambda b, v, p, out: b.argmin(v[0], axis=p.axes[0])


def _cumulative(op: str) -> Rule:
    def made(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
        x = b.flip(v[0], axis=p.axis) if p.reverse else v[0]
        y = getattr(b, op)(x, axis=p.axis)
        y = y[0] if isinstance(y, tuple) else y
        return b.flip(y, axis=p.axis) if p.reverse else y

    return made


for _name in ("cumsum", "cumprod", "cumlogsumexp", "cummax", "cummin"):
    RULES[_name] = _cumulative(_name.replace("cumlog", "logcum"))


@rule("dot_general")
def _dot_general(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    (left, right), (batch, other) = p.dimension_numbers
    x, y = b.as_float(v[0]), b.as_float(v[1])
    if not batch and x.ndim <= 2 and y.ndim <= 2 and len(left) == 1:
        if left[0] == x.ndim - 1 and right[0] == 0:
            return b.matmul(x, y)
        if left[0] == x.ndim - 1 and right[0] == 1 and y.ndim == 2:
            return b.matmul(x, b.transpose(y))
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    one = [next(letters) for _ in range(x.ndim)]
    two = [next(letters) for _ in range(y.ndim)]
    for i, j in (*zip(left, right, strict=True), *zip(batch, other, strict=True)):
        two[j] = one[i]
    free = [one[i] for i in range(x.ndim) if i not in (*left, *batch)]
    free += [two[j] for j in range(y.ndim) if j not in (*right, *other)]
    result = "".join([one[i] for i in batch] + free)
    return b.einsum(x, y, subscripts=f"{''.join(one)},{''.join(two)}->{result}")


@rule("gather")
def _gather(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    """Rows along one axis, as indexing by an array of whole numbers makes them; else slices at computed places."""
    x, index = v
    numbers, sizes = p.dimension_numbers, p.slice_sizes
    gathered = (*numbers.collapsed_slice_dims, *numbers.operand_batching_dims)
    offsets = [k for k in range(x.ndim) if k not in gathered]
    axis = numbers.start_index_map[0] if len(numbers.start_index_map) == 1 else -1
    whole = all(s == n for k, (s, n) in enumerate(zip(sizes, x.shape, strict=True)) if k != axis)
    rows = index.ndim - 1
    if gathered == (axis,) and whole and "CLIP" not in str(p.mode):
        taken = b.take(x, b.shaped(index, index.shape[:-1]), axis=axis)
        first = axis
    else:
        places = positions(
            b, x.shape, index, numbers.start_index_map, offsets, sizes, "CLIP" in str(p.mode),
            zip(numbers.operand_batching_dims, numbers.start_indices_batching_dims, strict=True),
        )  # fmt: skip
        taken, first = b.take(b.shaped(x, (x.size,)), places, axis=0), 0
    here = list(range(first, first + rows))
    there = [k for k in range(len(out.shape)) if k not in numbers.offset_dims]
    return taken if here == there else b.moveaxis(taken, source=tuple(here), destination=tuple(there))


def positions(
    b: Calls, shape: Sequence[int], index: Variable, starts: Sequence[int], offsets: Sequence[int],
    sizes: Sequence[int], clipped: bool, batching: Any,
) -> Any:  # fmt: skip
    """The places in a flat array of slices that start at given indices: batch axes first, then those of a slice."""
    strides = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
    batch = index.shape[:-1]
    inner = (1,) * len(offsets)
    known: Any = np.zeros((*(1,) * len(batch), *inner), int)
    for n, k in enumerate(offsets):
        row = [1] * known.ndim
        row[len(batch) + n] = sizes[k]
        known = known + (np.arange(sizes[k]) * strides[k]).reshape(row)
    for k, place in batching:
        row = [1] * known.ndim
        row[place] = batch[place]
        known = known + (np.arange(batch[place]) * strides[k]).reshape(row)
    found: Any = None
    try:
        numbers = b.numbers(index)
    except NoRule:
        for n, k in enumerate(starts):
            part = b.at(index, -1, n)
            part = b.clip(part, 0, shape[k] - sizes[k]) if clipped else part
            part = b.multiply(b.shaped(part, (*batch, *inner)), strides[k])
            found = part if found is None else b.add(found, part)
        whole = np.broadcast_shapes(known.shape, (*batch, *inner))
        found = b.stretched(found, whole)
        return b.add(found, b.builder.constant(np.broadcast_to(known, whole))) if known.any() else found
    for n, k in enumerate(starts):
        row_starts: np.ndarray = numbers[..., n].astype(int)
        if clipped:
            row_starts = np.clip(row_starts, 0, shape[k] - sizes[k])
        elif row_starts.size and (row_starts.min() < 0 or row_starts.max() > shape[k] - sizes[k]):
            raise NoRule
        known = known + row_starts.reshape((*batch, *inner)) * strides[k]
    return b.builder.constant(np.broadcast_to(known, np.broadcast_shapes(known.shape, (*batch, *inner))))


def _scatter(how: str) -> Rule:
    def made(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
        x, index, updates = v
        numbers = p.dimension_numbers
        outer = (*numbers.inserted_window_dims, *numbers.operand_batching_dims)
        offsets = [k for k in range(x.ndim) if k not in outer]
        batch = [k for k in range(updates.ndim) if k not in numbers.update_window_dims]
        sizes = [1] * x.ndim
        for k, place in zip(offsets, numbers.update_window_dims, strict=True):
            sizes[k] = updates.shape[place]
        places = positions(
            b, x.shape, index, numbers.scatter_dims_to_operand_dims, offsets, sizes, "CLIP" in str(p.mode),
            zip(numbers.operand_batching_dims, numbers.scatter_indices_batching_dims, strict=True),
        )  # fmt: skip
        order = (*batch, *numbers.update_window_dims)
        updates = updates if order == tuple(range(updates.ndim)) else b.transpose(updates, axes=order)
        flat, count = b.shaped(x, (x.size,)), updates.size
        places, updates = b.shaped(b.stretched(places, updates.shape), (count,)), b.shaped(updates, (count,))
        if how == "add":
            made = b.scatter_add(flat, places, updates, axis=0)
        elif how == "last":
            made = b.scatter(flat, places, updates, axis=0)
        elif count <= MOST_UPDATES:
            made = b.scatter_reduce(flat, places, updates, axis=0, reduce=how)
        else:
            raise NoRule
        return b.shaped(made, x.shape)

    return made


MOST_UPDATES = 256
"""Elements that are multiplied or compared one after the other at their places."""

for _name, _how in {
    "scatter": "last", "scatter-add": "add", "scatter_add": "add", "scatter-mul": "prod", "scatter_mul": "prod",
    "scatter-max": "amax", "scatter_max": "amax", "scatter-min": "amin", "scatter_min": "amin",
}.items():  # fmt: skip
    RULES[_name] = _scatter(_how)


def window(b: Calls, shape: Sequence[int], sizes: Sequence[int], starts: list[Variable]) -> Any:
    """The places of one slice whose start is moved inside where it is outside."""
    index = b.stack(*starts, axis=0) if all(s.literal is None for s in starts) else None
    if index is None:
        index = b.concatenate(*(b.stretched(s, (1,)) for s in starts), axis=0)
    every = range(len(shape))
    return positions(b, shape, index, every, every, sizes, True, ())


@rule("dynamic_slice")
def _dynamic_slice(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    x, starts = v[0], v[1:]
    if any(s.literal is None for s in starts):
        return b.take(b.shaped(x, (x.size,)), window(b, x.shape, p.slice_sizes, starts), axis=0)
    key = []
    for start, size, whole in zip(starts, p.slice_sizes, x.shape, strict=True):
        first = min(max(int(start.literal), 0), whole - size)
        key.append(slice(first, first + size))
    return b.getitem(x, key=tuple(key))


@rule("dynamic_update_slice")
def _dynamic_update_slice(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    x, part, starts = v[0], v[1], v[2:]
    if all(s.literal is not None for s in starts):
        firsts = [min(max(int(s.literal), 0), n - m) for s, n, m in zip(starts, x.shape, part.shape, strict=True)]
        ranges = np.ix_(*(range(f, f + m) for f, m in zip(firsts, part.shape, strict=True)))
        places = b.builder.constant(np.arange(x.size).reshape(x.shape)[ranges].reshape(-1))
    else:
        places = b.shaped(window(b, x.shape, part.shape, starts), (part.size,))
    made = b.scatter(b.shaped(x, (x.size,)), places, b.shaped(part, (part.size,)), axis=0)
    return b.shaped(made, x.shape)


@rule("sort")
def _sort(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    if len(v) == 1:
        return b.sort(v[0], axis=p.dimension)
    if p.num_keys != 1:
        raise NoRule
    order = b.argsort(v[0], axis=p.dimension)
    return tuple(b.take_along_axis(x, order, axis=p.dimension) for x in v)


@rule("top_k")
def _top_k(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    axis = getattr(p, "axis", -1)
    places = b.at(b.argsort(v[0], axis=axis, descending=True), axis, slice(0, p.k))
    return b.take_along_axis(v[0], places, axis=axis), places


@rule("stack")
def _stack(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    return b.stack(*v, axis=p.axis) if len(v) > 1 else b.shaped(v[0], out.shape)


@rule("tile")
def _tile(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    return b.tile(v[0], reps=tuple(p.reps))


def _windows(how: str) -> Rule:
    """The largest, the smallest or the sum of each window, over at most three axes."""

    def made(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
        x = v[0]
        sizes, strides = p.window_dimensions, p.window_strides
        moving = [k for k in range(x.ndim) if sizes[k] != 1 or strides[k] != 1 or any(p.padding[k])]
        if not 1 <= len(moving) <= 3 or set(p.base_dilation) != {1}:
            raise NoRule
        if how == "sum" and set(p.window_dilation) != {1}:
            raise NoRule
        rest = [k for k in range(x.ndim) if k not in moving]
        order = (*rest, *moving)
        x = b.transpose(x, axes=order)
        lead = x.shape[: len(rest)]
        x = b.shaped(x, (math.prod(lead), 1, *x.shape[len(rest) :]))
        x = b.neg(x) if how == "min" else x
        widths = ((0, 0), (0, 0), *(tuple(p.padding[k]) for k in moving))
        if any(map(any, widths)):
            x = b.pad(x, pad_width=widths, mode="constant", constant_values=0.0 if how == "sum" else -np.inf)
        pool = {
            "kernel_size": tuple(sizes[k] for k in moving), "stride": tuple(strides[k] for k in moving),
        }  # fmt: skip
        if how == "sum":
            y = getattr(b, f"avg_pool{len(moving)}d")(x, **pool, divisor_override=1)
        else:
            pool["dilation"] = tuple(p.window_dilation[k] for k in moving)
            y = getattr(b, f"max_pool{len(moving)}d")(x, **pool)
        y = b.neg(y) if how == "min" else y
        y = b.shaped(y, (*lead, *y.shape[2:]))
        return b.transpose(y, axes=tuple(int(n) for n in np.argsort(order)))

    return made


RULES["reduce_window_max"], RULES["reduce_window_min"] = _windows("max"), _windows("min")
RULES["reduce_window_sum"] = _windows("sum")


# Linear algebra


def flipped(b: Calls, x: Variable) -> Any:
    """The transpose of matrices in the last two axes."""
    return b.swapaxes(x, axis1=-1, axis2=-2)


RULES["cholesky"] = lambda b, v, p, out: b.cholesky(v[0])


@rule("triangular_solve")
def _triangular_solve(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    matrix = flipped(b, v[0]) if p.transpose_a else v[0]
    upper = bool(p.lower) == bool(p.transpose_a)
    return b.solve_triangular(matrix, v[1], upper=upper, left=bool(p.left_side), unitriangular=bool(p.unit_diagonal))


@rule("eigh")
def _eigh(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    values, vectors = b.eigh(v[0])
    return vectors, values


@rule("svd")
def _svd(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    if not p.compute_uv:
        return b.svdvals(v[0])
    if p.full_matrices and v[0].shape[-2] != v[0].shape[-1]:
        raise NoRule
    left, values, right = b.svd(v[0])
    return values, left, right


@rule("qr")
def _qr(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    if p.pivoting or (p.full_matrices and v[0].shape[-2] != v[0].shape[-1]):
        raise NoRule
    return b.qr(v[0])


@rule("conv_general_dilated")
def _convolution(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    x, w = v
    numbers = p.dimension_numbers
    if p.batch_group_count != 1:
        raise NoRule
    x = b.transpose(x, axes=tuple(numbers.lhs_spec))
    w = b.transpose(w, axes=tuple(numbers.rhs_spec))
    pads = list(p.padding)
    if set(p.lhs_dilation) != {1}:
        x = padded(b, x, [(0, 0, 0), (0, 0, 0), *((0, 0, n - 1) for n in p.lhs_dilation)], 0.0)
    if any(n < 0 for pair in pads for n in pair):
        x = padded(b, x, [(0, 0, 0), (0, 0, 0), *((low, high, 0) for low, high in pads)], 0.0)
        pads = [(0, 0)] * len(pads)
    if any(low != high for low, high in pads):
        x = b.pad(x, pad_width=((0, 0), (0, 0), *map(tuple, pads)), mode="constant", constant_values=0.0)
        pads = [(0, 0)] * len(pads)
    how = {"stride": tuple(p.window_strides), "padding": tuple(low for low, _ in pads)}
    how["dilation"] = tuple(p.rhs_dilation)
    y = getattr(b, f"conv{w.ndim - 2}d")(x, w, groups=p.feature_group_count, **how)
    back = [0] * y.ndim
    for place, axis in enumerate(numbers.out_spec):
        back[axis] = place
    return b.transpose(y, axes=tuple(back))
