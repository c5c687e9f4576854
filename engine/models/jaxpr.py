"""JAX functions to programs: `jax.make_jaxpr` records the primitives, and each becomes an operator.

Calls of functions that JAX keeps apart (`jit`) become scopes; loops (`scan`) are unrolled. What is known is worked out
by JAX itself.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np

from tidegraph.engine.graph import InputError, TidegraphError, Variable
from tidegraph.engine.messages.catalogue import listed
from tidegraph.engine.models.aten import Calls, NoRule
from tidegraph.engine.models.builder import Builder
from tidegraph.engine.models.model import Model, plain_array

Rule = Callable[[Calls, list[Any], SimpleNamespace, Any], Any]

LONGEST = 10_000
"""Steps of a loop that is unrolled."""


def capture(function: Callable[..., Any], *args: Any) -> Model:
    """A JAX function, called with `args`, as a program with its values.

    Floats inside dicts, lists and other trees are parameters, arrays given by themselves are inputs. Raises InputError
    with the names of all primitives that have no counterpart. Needs JAX in the caller's own environment.
    """
    try:
        jax: Any = import_module("jax")
    except ImportError:
        raise InputError("framework-missing", framework="JAX", package="jax") from None
    try:
        closed, shapes = jax.make_jaxpr(function, return_shape=True)(*args)
    except Exception as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError("framework-cannot-trace", framework="JAX", reason=lines[0][:300]) from None
    return Capture(jax, function, args).model(closed, shapes)


class Known:
    """An array whose numbers are known."""

    def __init__(self, array: Any) -> None:
        self.array = np.asarray(array)
        self.variable: Variable | None = None


class Capture:
    """One function on its way to a program."""

    def __init__(self, jax: Any, function: Callable[..., Any], args: Sequence[Any]) -> None:
        self.jax = jax
        self.function = function
        self.args = args
        self.builder = Builder()
        self.calls = Calls(self.builder, self.variable)
        self.missing: dict[str, None] = {}

    def model(self, closed: Any, shapes: Any) -> Model:
        inputs, given = self.arguments()
        results = self.run(closed.jaxpr, [Known(c) for c in closed.consts], given)
        if self.missing:
            raise InputError("jax-primitives", names=listed(self.missing))
        variables = [self.variable(r) for r in results]
        scalar = next((v for v in variables if not v.shape and v.kind == "float"), None)
        if scalar is None:
            self.builder.note("the function returns no scalar, so there are no gradients")
        stems = ["loss" if v is scalar else "output" for v in variables]
        return self.builder.model(inputs, list(zip(stems, variables, strict=True)), scalar)

    def arguments(self) -> tuple[list[Variable], list[Any]]:
        """The arguments as leaves, named by their paths."""
        tree = self.jax.tree_util
        try:
            labels = list(inspect.signature(self.function).parameters)
        except (TypeError, ValueError):
            labels = []
        inputs, found = [], []
        for number, argument in enumerate(self.args):
            name = labels[number] if number < len(labels) else f"x{number + 1}"
            for path, value in tree.tree_flatten_with_path(argument)[0]:
                array = plain_array(np.asarray(value))
                inside = tree.keystr(path)
                words = [w for w in re.split(r"\W+", inside) if w]
                role = "parameter" if words and array.dtype.kind == "f" else "input"
                source = ".".join([name, *words])
                variable = self.builder.leaf(source, array.shape, role, array, stem=".".join(words) or name)
                sources = [source, name + inside, ".".join(words)] if words else [source]
                self.builder.leaves[variable].sources[:] = sources
                if role == "input":
                    inputs.append(variable)
                found.append(self.builder.truth(variable) if array.dtype == np.bool_ else variable)
        return inputs, found

    def variable(self, value: Any) -> Any:
        """A known array as a variable; anything else as it is."""
        if not isinstance(value, Known):
            return value
        if value.variable is None:
            value.variable = self.builder.constant(plain_array(value.array))
        return value.variable

    def run(self, jaxpr: Any, consts: Sequence[Any], given: Sequence[Any]) -> list[Any]:
        """The results of a recorded function."""
        env: dict[Any, Any] = {}

        def read(atom: Any) -> Any:
            return Known(atom.val) if hasattr(atom, "val") else env[atom]

        env.update(zip(jaxpr.constvars, consts, strict=True))
        env.update(zip(jaxpr.invars, given, strict=True))
        for equation in jaxpr.eqns:
            results = self.equation(equation, [read(a) for a in equation.invars])
            env.update(zip(equation.outvars, results, strict=False))
        return [read(a) for a in jaxpr.outvars]

    def equation(self, equation: Any, values: list[Any]) -> list[Any]:
        name, params = equation.primitive.name, equation.params
        inner = next((params[k] for k in ("jaxpr", "call_jaxpr", "fun_jaxpr") if k in params), None)
        if name in ("scan",):
            return self.scan(params, values)
        if name in ("while", "cond"):
            return self.absent(f"{name}, whose course depends on numbers,", equation)
        if inner is not None:
            kinked = KINKED.get(steps(inner)) if name == "custom_jvp_call" and len(values) == 1 else None
            if kinked is not None and not isinstance(values[0], Known):
                return [self.builder.call(kinked, self.variable(values[0]))]
            jaxpr, consts = (inner.jaxpr, inner.consts) if hasattr(inner, "consts") else (inner, [])
            label = re.sub(r"\W+", "_", str(params.get("name", ""))).strip("_")
            known = [Known(c) for c in consts]
            if name in ("jit", "pjit") and label and not label.startswith("_") and len(jaxpr.eqns) > 1:
                with self.builder.scope(label, label):
                    return self.run(jaxpr, known, values)
            return self.run(jaxpr, known, values)
        if all(isinstance(v, Known) for v in values):
            made = equation.primitive.bind(*[v.array for v in values], **params)
            return [Known(m) for m in (made if equation.primitive.multiple_results else [made])]
        rule = RULES.get(name)
        outs = [v.aval for v in equation.outvars]
        if rule is None:
            return self.absent(name, equation)
        try:
            operands = [self.variable(v) for v in values]
            made = rule(self.calls, operands, SimpleNamespace(**params), outs[0])
        except (NoRule, TidegraphError, AttributeError, IndexError, ValueError, TypeError):
            return self.absent(name, equation)
        found = list(made) if isinstance(made, tuple) else [made]
        for value, out in zip(found, outs, strict=True):
            if isinstance(value, Variable) and value.shape != tuple(out.shape):
                return self.absent(name, equation)
        return found

    def absent(self, name: str, equation: Any) -> list[Any]:
        """What has no counterpart is noted, and stood in for by zeros."""
        self.missing[name] = None
        return [Known(np.zeros(v.aval.shape)) for v in equation.outvars]

    def scan(self, params: dict[str, Any], values: list[Any]) -> list[Any]:
        length, consts, carries = params["length"], params["num_consts"], params["num_carry"]
        if length > LONGEST:
            raise InputError("loop-too-long", count=length, most=LONGEST)
        body = params["jaxpr"]
        fixed, state = values[:consts], values[consts : consts + carries]
        rows = [self.variable(v) for v in values[consts + carries :]]
        columns: list[dict[int, Any]] = [{} for _ in range(len(body.jaxpr.outvars) - carries)]
        order = range(length)[:: -1 if params["reverse"] else 1]
        for step in order:
            parts = [self.calls.at(r, 0, step) for r in rows]
            found = self.run(body.jaxpr, [Known(c) for c in body.consts], [*fixed, *state, *parts])
            state = found[:carries]
            for column, value in zip(columns, found[carries:], strict=True):
                column[step] = self.variable(value)
        return [*state, *(self.calls.stack(*[c[n] for n in sorted(c)], axis=0) for c in columns)]


KINKED = {(("max", 0.0),): "relu", (("max", 0.0), ("min", 6.0)): "relu6"}
"""Functions for which JAX states the slope where two pieces meet, by their steps; `max` and `min` alone share it."""


def steps(jaxpr: Any) -> tuple[tuple[str, float], ...]:
    """The primitives of a function of one array and numbers, each with its number; none for any other function."""
    inner = getattr(jaxpr, "jaxpr", jaxpr)
    if len(inner.eqns) == 1 and "jaxpr" in inner.eqns[0].params:
        return steps(inner.eqns[0].params["jaxpr"])
    found = []
    for equation in inner.eqns:
        numbers = [a.val for a in equation.invars if hasattr(a, "val")]
        if len(numbers) != 1 or np.ndim(numbers[0]) or len(equation.invars) != 2:
            return ()
        found.append((equation.primitive.name, float(numbers[0])))
    return tuple(found)


RULES: dict[str, Rule] = {}


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Enter a rule under its names."""

    def enter(made: Rule) -> Rule:
        RULES.update(dict.fromkeys(names, made))
        return made

    return enter


def plain(op: str) -> Rule:
    """An operator with the same operands and no attributes."""
    return lambda b, v, p, out: getattr(b, op)(*v)


for _name, _op in {
    "add": "add", "add_any": "add", "sub": "subtract", "mul": "multiply", "max": "maximum", "min": "minimum",
    "pow": "power", "rem": "fmod", "atan2": "arctan2", "neg": "neg", "exp": "exp", "exp2": "exp2",
    "log": "log", "log1p": "log1p", "expm1": "expm1", "sin": "sin", "cos": "cos", "tan": "tan", "asin": "arcsin",
    "acos": "arccos", "atan": "arctan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "asinh": "arcsinh",
    "acosh": "arccosh", "atanh": "arctanh", "sqrt": "sqrt", "rsqrt": "rsqrt", "cbrt": "cbrt", "logistic": "sigmoid",
    "erf": "erf", "erfc": "erfc", "lgamma": "lgamma", "digamma": "digamma", "abs": "abs", "sign": "sign",
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
    if len(v) != 3:
        raise NoRule
    return b.where(b.as_bool(v[0]), v[2], v[1])


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
    if any(inside or low < 0 or high < 0 for low, high, inside in p.padding_config) or v[1].literal is None:
        raise NoRule
    widths = tuple((low, high) for low, high, _ in p.padding_config)
    return b.pad(v[0], pad_width=widths, mode="constant", constant_values=float(v[1].literal))


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
        return b.flip(y, axis=p.axis) if p.reverse else y

    return made


for _name in ("cumsum", "cumprod", "cumlogsumexp"):
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
    """Rows along one axis, as indexing by an array of whole numbers makes them."""
    x, index = v
    numbers = p.dimension_numbers
    if numbers.operand_batching_dims or len(numbers.start_index_map) != 1:
        raise NoRule
    axis = numbers.start_index_map[0]
    whole = all(s == n for k, (s, n) in enumerate(zip(p.slice_sizes, x.shape, strict=True)) if k != axis)
    if not whole or p.slice_sizes[axis] != 1 or tuple(numbers.collapsed_slice_dims) != (axis,):
        raise NoRule
    taken = b.take(x, b.shaped(index, index.shape[:-1]), axis=axis)
    rows = index.ndim - 1
    places = [k for k in range(len(out.shape)) if k not in numbers.offset_dims]
    if places != list(range(axis, axis + rows)):
        taken = b.moveaxis(taken, source=tuple(range(axis, axis + rows)), destination=tuple(places))
    return taken


@rule("dynamic_slice")
def _dynamic_slice(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    starts = v[1:]
    if any(s.literal is None for s in starts):
        raise NoRule
    key = []
    for start, size, whole in zip(starts, p.slice_sizes, v[0].shape, strict=True):
        first = min(max(int(start.literal), 0), whole - size)
        key.append(slice(first, first + size))
    return b.getitem(v[0], key=tuple(key))


@rule("sort")
def _sort(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    if len(v) > 1:
        raise NoRule
    return b.sort(v[0], axis=p.dimension)


@rule("conv_general_dilated")
def _convolution(b: Calls, v: list[Any], p: Any, out: Any) -> Any:
    x, w = v
    numbers = p.dimension_numbers
    if set(p.lhs_dilation) != {1} or p.batch_group_count != 1:
        raise NoRule
    x = b.transpose(x, axes=tuple(numbers.lhs_spec))
    w = b.transpose(w, axes=tuple(numbers.rhs_spec))
    pads = list(p.padding)
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
