"""Initial values of declared variables: those of the program, or a draw that depends on seed and name alone."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from zlib import crc32

import numpy as np

from tidegraph.engine.graph import Declaration, Graph, InputError, Operator, Shape, Variable, size_of

READABLE = 1024
"""Draws of at most this many numbers are rounded to two decimals, so that a reader can check them by hand."""


def initial_value(name: str, variable: Variable, seed: int = 0, suits: str = "") -> np.ndarray:
    """The initial value of one leaf, float64.

    The draw depends on the seed and the variable's name, so an edit elsewhere in the program does not change it.
    `suits` is what an operator expects there: `index:10` whole numbers below 10, `distribution` rows that sum to
    one, `positive`, `binary` or `sign`.
    """
    assert variable.leaf is not None
    initial, shape = variable.leaf.initial, variable.shape
    if isinstance(initial, np.ndarray):
        return initial
    random = np.random.default_rng([seed, crc32(name.encode())])
    if initial is not None:
        return drawn(initial, shape, random)
    if suits.startswith("index:"):
        return random.integers(0, max(int(suits[6:]), 1), shape).astype(np.float64)
    if suits == "distribution":
        return random.dirichlet(np.ones(shape[-1]), shape[:-1]) if shape and shape[-1] else np.ones(shape)
    if suits == "binary":
        return random.integers(0, 2, shape).astype(np.float64)
    if suits == "sign":
        return random.choice([-1.0, 1.0], shape)
    if variable.leaf.role == "parameter" and len(shape) >= 2:
        return readable(drawn(("xavier", ()), shape, random))
    value = readable(random.normal(0.0, 1.0, shape))
    return np.abs(value) + 0.1 if suits == "positive" else value


def drawn(initial: tuple[str, tuple[float, ...]], shape: Shape, random: np.random.Generator) -> np.ndarray:
    """A named draw: normal(mean, std), uniform(low, high), zeros, ones, xavier (Glorot 2010), he (He 2015),
    orthogonal(gain) (Saxe 2013)."""
    name, numbers = initial
    inside = size_of(shape[1:]) if len(shape) > 1 else size_of(shape)
    outside = size_of(shape[:1]) * size_of(shape[2:]) if len(shape) > 1 else 1
    match name:
        case "normal":
            return readable(random.normal(numbers[0], abs(numbers[1]), shape))
        case "uniform":
            low, high = sorted(numbers)
            if not math.isfinite(low) or not math.isfinite(high):
                raise InputError("uniform-not-finite", low=low, high=high)
            return readable(2 * random.uniform(low / 2, high / 2, shape))  # the whole range may not be finite
        case "zeros":
            return np.zeros(shape)
        case "ones":
            return np.ones(shape)
        case "xavier":
            return readable(random.normal(0.0, math.sqrt(2.0 / max(inside + outside, 1)), shape))
        case "orthogonal":
            if len(shape) < 2 or not size_of(shape):
                return np.full(shape, numbers[0])
            rows, columns = shape[0], inside
            q, r = np.linalg.qr(random.normal(size=(max(rows, columns), min(rows, columns))))
            q = q * np.sign(np.diagonal(r))
            return numbers[0] * (q.T if rows < columns else q).reshape(shape)
        case _:
            return readable(random.normal(0.0, math.sqrt(2.0 / max(inside, 1)), shape))


def readable(value: Any) -> np.ndarray:
    """Small arrays rounded to two decimals, where that keeps two digits."""
    value = np.asarray(value)
    if 0 < value.size <= READABLE and np.abs(value).max() >= 0.1:
        return value.round(2) + 0.0
    return value


def initial_values(graph: Graph, seed: int = 0, given: Collection[str] = ()) -> dict[str, np.ndarray]:
    """The initial values by name of all leaves but the `given` ones."""
    missing = {name: v for name, v in graph.leaves().items() if name not in given}
    suits = suited(graph.operators) if missing else {}
    return {name: initial_value(name, v, seed, suits.get(v, "")) for name, v in missing.items()}


def suited(operators: Iterable[Operator]) -> dict[Variable, str]:
    """Constraints that operators put on the values of the leaves that they read.

    An index into several axes is bounded by the shortest.
    """
    found: dict[Variable, str] = {}

    def note(hints: Mapping[Variable, str]) -> None:
        for variable, hint in hints.items():
            both = (found.get(variable, ""), hint)
            found[variable] = min(both, key=lambda w: int(w[6:])) if all(w[:6] == "index:" for w in both) else hint

    for operator in operators:
        scope = operator.origin.scope
        while scope is not None:
            if scope.op is not None:
                note(expected(scope.op, scope.operands, scope.attributes))
            scope = scope.parent
        if operator.op.suits:
            note(expected(operator.op, operator.inputs, operator.attributes))
    return found


def expected(
    op: Declaration, operands: Sequence[Variable | None], attributes: Mapping[str, Any]
) -> dict[Variable, str]:
    """The constraints of one operator on the leaves among its operands."""
    names = op.inputs or range(len(operands))
    pairs = zip(names, operands, strict=False)
    sources = [(n, source(v)) for n, v in pairs if n in op.suits and v is not None]
    hints = {v: op.suits[n] for n, v in sources if v.leaf is not None}
    return {v: hint(operands, attributes) if callable(hint) else hint for v, hint in hints.items()}


def indices_of(operator: Operator) -> list[Variable]:
    """The operands of an operator that hold indices or labels."""
    found = []
    for name, variable in zip(operator.op.inputs or range(len(operator.inputs)), operator.inputs, strict=False):
        hint = operator.op.suits.get(name, "")
        if (hint(operator.inputs, operator.attributes) if callable(hint) else hint).startswith("index:"):
            found.append(variable)
    return found


def source(variable: Variable) -> Variable:
    """The variable whose elements a view shows: what `X[t]`, `X.T` and `X.reshape(6)` take them from."""
    while variable.operator is not None and variable.operator.op.view:
        variable = variable.operator.inputs[0]
    return variable


def checked_value(name: str, variable: Variable, value: Any, dtype: np.dtype[Any]) -> np.ndarray:
    """A caller's value as an array of the variable's shape; InputError if it does not fit."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise InputError("value-rows-differ", name=name, shape=variable.shape) from None
    if array.dtype.kind not in "biuf" and array.size:
        raise InputError("value-not-all-numbers", name=name, shape=variable.shape)
    if array.shape != variable.shape:
        raise InputError("value-shape", name=name, shape=variable.shape, given=array.shape)
    return np.ascontiguousarray(array, dtype).reshape(array.shape)


def check_names(graph: Graph, values: Mapping[str, Any]) -> None:
    """Only declared variables accept values; a size accepts its own value."""
    for name, value in values.items():
        variable = graph.variables.get(name)
        if name in graph.sizes:
            if variable is not None and np.array_equal(value, graph.sizes[name]):
                continue
            raise InputError("size-is-fixed", name=name)
        if variable is None:
            graph.find(name)
        elif variable.leaf is None:
            raise InputError("computed-not-set", name=name, names=list(graph.leaves()))


def check_values(graph: Graph, values: Mapping[str, Any]) -> None:
    """Raises what a run with these values would raise, without running."""
    check_names(graph, values)
    for name, value in values.items():
        if name in graph.variables and name not in graph.sizes:
            checked_value(name, graph.variables[name], value, np.dtype(np.float64))
