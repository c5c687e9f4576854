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
from tidegraph.engine.models.jaxpr_rules import RULES
from tidegraph.engine.models.model import Model, plain_array

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
        self.array = array if hasattr(array, "dtype") else np.asarray(array)
        self.variable: Variable | None = None


class Absent:
    """A result that cannot be had: what is computed from it is not reported."""


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
            value.variable = self.builder.constant(plain_array(np.asarray(value.array)))
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
        if any(isinstance(v, Absent) for v in values):
            return [Absent() for _ in equation.outvars]
        inner = next((params[k] for k in ("jaxpr", "call_jaxpr", "fun_jaxpr") if k in params), None)
        if all(isinstance(v, Known) for v in values):
            return self.folded(equation, values)
        if name == "scan":
            return self.scan(params, values)
        if name == "cond":
            return self.cond(params, values)
        if name == "while":
            return self.absent("while, whose course depends on numbers,", equation)
        if inner is not None:
            return self.called(equation, values, inner)
        rule = RULES.get(name)
        outs = [v.aval for v in equation.outvars]
        if rule is None:
            return self.absent(name, equation)
        try:
            operands = [self.variable(v) for v in values]
            made = rule(self.calls, operands, SimpleNamespace(**params), outs[0])
        except (NoRule, TidegraphError, AttributeError, IndexError, KeyError, ValueError, TypeError):
            return self.absent(name, equation)
        found = list(made) if isinstance(made, tuple) else [made]
        for value, out in zip(found, outs, strict=True):
            if isinstance(value, Variable) and value.shape != tuple(out.shape):
                return self.absent(name, equation)
        return found

    def folded(self, equation: Any, values: list[Any]) -> list[Any]:
        """The results of a call on known arrays, worked out by JAX."""
        try:
            return [Known(m) for m in carried_out(equation, [v.array for v in values])]
        except Exception:  # JAX itself fails on what it does not carry out
            return self.absent(equation.primitive.name, equation)

    def called(self, equation: Any, values: list[Any], inner: Any) -> list[Any]:
        """The results of a function that JAX keeps apart."""
        name, params = equation.primitive.name, equation.params
        if name.startswith("custom_"):
            kinked = KINKED.get(steps(inner)) if name == "custom_jvp_call" and len(values) == 1 else None
            if kinked is not None and not isinstance(values[0], Known):
                return [self.builder.call(kinked, self.variable(values[0]))]
            if not self.has_its_own_slope(equation, inner):
                return self.absent(f"{name}, whose gradient is not that of its function,", equation)
        whole = LINEAR_ALGEBRA.get(str(params.get("name", "")))
        if whole is not None and name in ("jit", "pjit") and decomposes(inner):
            made = self.builder.call(whole, *(self.variable(v) for v in values))
            return list(made) if isinstance(made, tuple) else [made]
        jaxpr, consts = (inner.jaxpr, inner.consts) if hasattr(inner, "consts") else (inner, [])
        label = re.sub(r"\W+", "_", str(params.get("name", ""))).strip("_")
        known = [Known(c) for c in consts]
        if name in ("jit", "pjit") and label and not label.startswith("_") and len(jaxpr.eqns) > 1:
            with self.builder.scope(label, label):
                return self.run(jaxpr, known, values)
        return self.run(jaxpr, known, values)

    def has_its_own_slope(self, equation: Any, inner: Any) -> bool:
        """Whether the gradient that a function states is that of its steps: compared at points drawn once."""
        jax, core = self.jax, import_module("jax.extend.core")
        run = core.jaxpr_as_fun(inner if hasattr(inner, "consts") else core.ClosedJaxpr(inner, []))

        def stated(*given: Any) -> list[Any]:
            return carried_out(equation, given)

        random = np.random.default_rng(0)
        points, places = [], []
        for place, operand in enumerate(equation.invars):
            shape, kind = operand.aval.shape, operand.aval.dtype
            if np.issubdtype(kind, np.floating):
                places.append(place)
                points.append(random.uniform(0.1, 2.0, shape).astype(kind))
            else:
                points.append(np.zeros(shape, kind))

        def slopes(function: Any) -> list[Any]:
            def total(*given: Any) -> Any:
                found = list(points)
                for place, value in zip(places, given, strict=True):
                    found[place] = value
                parts = [y for y in function(*found) if np.issubdtype(y.dtype, np.floating)]
                return sum((y * np.linspace(0.5, 1.5, y.size).astype(y.dtype).reshape(y.shape)).sum() for y in parts)

            found = [points[place] for place in places]
            return list(jax.grad(total, argnums=tuple(range(len(found))))(*found)) if found else []

        try:
            pairs = zip(slopes(stated), slopes(run), strict=True)
            return all(np.allclose(one, two, rtol=1e-3, atol=1e-5, equal_nan=True) for one, two in pairs)
        except Exception:  # a function that only one of the two ways can differentiate
            return False

    def cond(self, params: dict[str, Any], values: list[Any]) -> list[Any]:
        """The chosen branch where the choice is known; else all of them, and a choice among their results."""
        choice, operands = values[0], values[1:]
        branches = params["branches"]
        if isinstance(choice, Known):
            chosen = branches[int(np.clip(choice.array, 0, len(branches) - 1))]
            return self.run(chosen.jaxpr, [Known(c) for c in chosen.consts], operands)
        found = [self.run(part.jaxpr, [Known(c) for c in part.consts], operands) for part in branches]
        if any(isinstance(v, Absent) for row in found for v in row):
            return [Absent() for _ in found[0]]
        self.builder.note("all branches of cond and switch are computed")
        index = self.variable(choice)
        results = [self.variable(v) for v in found[0]]
        for number, row in enumerate(found[1:], 1):
            here = self.calls.as_bool(index) if len(found) == 2 else self.calls.greater_equal(index, number)
            results = [self.calls.where(here, self.variable(v), r) for v, r in zip(row, results, strict=True)]
        return list(results)

    def absent(self, name: str, equation: Any) -> list[Any]:
        """What has no counterpart is noted."""
        self.missing[name] = None
        return [Absent() for _ in equation.outvars]

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
            if any(isinstance(v, Absent) for v in found):
                return [Absent() for _ in (*found[:carries], *columns)]
            for column, value in zip(columns, found[carries:], strict=True):
                column[step] = self.variable(value)
        return [*state, *(self.calls.stack(*[c[n] for n in sorted(c)], axis=0) for c in columns)]


KINKED = {(("max", 0.0),): "relu", (("max", 0.0), ("min", 6.0)): "relu6"}
"""Functions for which JAX states the slope where two pieces meet, by their steps; `max` and `min` alone share it."""


def carried_out(equation: Any, operands: Sequence[Any]) -> list[Any]:
    """The results of a primitive on arrays; older versions of JAX keep functions apart from other parameters."""
    primitive = equation.primitive
    found = primitive.get_bind_params(equation.params)
    functions, params = found if isinstance(found, tuple) else ((), found)
    made = primitive.bind(*functions, *operands, **params)
    return list(made) if primitive.multiple_results else [made]


LINEAR_ALGEBRA = {"solve": "solve", "inv": "inv", "det": "det", "slogdet": "slogdet"}
"""Functions of `jax.numpy.linalg` that JAX writes out by its own factors."""


def decomposes(jaxpr: Any) -> bool:
    """Whether a function uses the factors of a matrix."""
    text = str(jaxpr)
    return " lu[" in text or "= lu " in text or ("custom_jvp_call[" in text and "_det" in text)


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
