"""What Python itself has: its functions, the methods of lists and dicts, `math`, and parts of its standard library.

They compute with what is known at parse time; of a variable of the graph `int`, `float` and `math` give an operator.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tidegraph.engine.graph import ShapeError, Variable
from tidegraph.engine.language import layers, signs
from tidegraph.engine.language.expressions import ExpressionEvaluator
from tidegraph.engine.language.objects import MAX_LIST, BoundCall, Known, NotStatic, Tensor, is_number
from tidegraph.engine.language.unprefixed import plain


def whole(ev: ExpressionEvaluator, node: ast.expr, value: Variable) -> Variable:
    """An array as whole numbers: leaves and comparisons hold such already."""
    if value.kind != "float" or value.leaf is not None:
        return value
    return ev.call(node, "trunc", [value], {})


def of_list(ev: ExpressionEvaluator, node: ast.expr, base: list[Any], name: str, given: list[Any]) -> Any:
    """A method of a list."""
    try:
        match name:
            case "append":
                return base.append(*given)
            case "extend":
                return base.extend(ev.iterable(node, *given))
            case "insert":
                return base.insert(ev.static(given[0]), given[1])
            case "index" | "count":
                return getattr([ev.plain(v) for v in base], name)(ev.static(given[0]))
            case _:
                return getattr(base, name)(*[ev.static(v) for v in given])
    except (TypeError, IndexError, ValueError, NotStatic):
        raise ev.error(node, "not-used-like-this", name=name) from None


def of_dict(
    ev: ExpressionEvaluator, node: ast.expr, base: dict[Any, Any], name: str, given: list[Any], more: dict[str, Any]
) -> Any:
    """A method of a dict."""
    try:
        match name:
            case "items":
                return list(base.items())
            case "keys" | "values":
                return list(getattr(base, name)())
            case "update":
                for part in given:
                    base.update(part)
                base.update(more)
                return None
            case _:
                return getattr(base, name)(*[ev.static(given[0]), *given[1:]] if given else [])
    except (TypeError, KeyError, ValueError, NotStatic):
        raise ev.error(node, "not-used-like-this", name=name) from None


def python_range(*ends: int) -> range:
    """Whole numbers up to an end."""
    if (
        not 1 <= len(ends) <= 3
        or not all(isinstance(n, (int, np.integer)) for n in ends)
        or (len(ends) == 3 and not ends[2])
    ):
        raise ShapeError("range-of-whole-numbers")
    return range(*(int(n) for n in ends))


def python_len(ev: ExpressionEvaluator, node: Any, x: Any) -> Any:
    """The length of a list, or of an array's first axis."""
    value = x.value if isinstance(x, Known) else x
    if isinstance(value, (list, tuple, dict, str, range)):
        if isinstance(x, Known):
            x.use()
        return len(value)
    if hasattr(x, "elements"):
        return len(x.elements())
    array = ev.operand(x, node)
    if not isinstance(array, Variable) or not array.ndim:
        raise ev.error(node, "no-length", thing=ev.described(x))
    return array.shape[0]


def python_number(kind: type) -> Callable[..., Any]:
    """`int`, `float`, `bool` of what is known; of a variable the variable itself."""

    def convert(ev: ExpressionEvaluator, node: Any, x: Any = 0) -> Any:
        if isinstance(x, Variable):
            return x if kind is float else whole(ev, node, x)
        if isinstance(x, Known) and kind is float and is_number(x.value):
            return x
        try:
            return ev.checked(node, kind(ev.static(x, node)))
        except (ValueError, TypeError, OverflowError, NotStatic):
            raise ev.error(node, "not-number", thing=ev.described(x)) from None

    return convert


def python_enumerate(ev: ExpressionEvaluator, node: Any, xs: Any, start: int = 0) -> Any:
    """Elements with their numbers."""
    return [(start + i, x) for i, x in enumerate(ev.iterable(node, xs))]


def python_zip(ev: ExpressionEvaluator, node: Any, *sequences: Any, **options: Any) -> Any:
    """Elements side by side, as many as the shortest has."""
    return list(zip(*(ev.iterable(node, s) for s in sequences), strict=False))


def python_list(ev: ExpressionEvaluator, node: Any, xs: Any = ()) -> Any:
    """A list of the elements."""
    return list(ev.iterable(node, xs)) if not isinstance(xs, tuple) or xs else []


def python_tuple(ev: ExpressionEvaluator, node: Any, xs: Any = ()) -> Any:
    """A tuple of the elements."""
    return tuple(python_list(ev, node, xs))


def python_dict(ev: ExpressionEvaluator, node: Any, pairs: Any = (), **more: Any) -> Any:
    """A dict."""
    return {**dict(pairs if isinstance(pairs, dict) else ev.iterable(node, pairs) if pairs else ()), **more}


def python_reversed(ev: ExpressionEvaluator, node: Any, xs: Any) -> Any:
    """The elements from the last to the first."""
    return ev.iterable(node, xs)[::-1]


def python_sorted(ev: ExpressionEvaluator, node: Any, xs: Any, key: Any = None, reverse: Any = False) -> Any:
    """The elements in order."""
    return sorted((ev.static(x, node) for x in ev.iterable(node, xs)), reverse=bool(reverse))


def python_map(ev: ExpressionEvaluator, node: Any, function: Any, *sequences: Any) -> Any:
    """A function of each element."""
    columns = [ev.iterable(node, s) for s in sequences]
    return [ev.calls.apply(ev, node, function, list(xs), {}, [node] * len(xs)) for xs in zip(*columns, strict=False)]


def python_round(ev: ExpressionEvaluator, node: Any, x: Any, digits: Any = None, **more: Any) -> Any:
    """A number rounded, known where the number is."""
    if ev.numeric(x):
        return round(ev.static(x), digits)
    keywords = {**more, **({"decimals": digits} if digits is not None else {})}
    return plain(ev, node, "round", [x], keywords)


def python_any(name: str) -> Callable[..., Any]:
    """`any` and `all` of a list known at parse time, or of an array."""

    def decide(ev: ExpressionEvaluator, node: Any, x: Any, *more: Any, **keywords: Any) -> Any:
        if isinstance(x, list) and not any(isinstance(v, Variable) for v in x):
            return (any if name == "any" else all)(signs.truth(ev, v, node) for v in x)
        return plain(ev, node, name, [x, *more], keywords)

    return decide


def python_isinstance(ev: ExpressionEvaluator, node: Any, x: Any, kinds: Any) -> bool:
    """Whether a value is of a type, by the type's name."""
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    wanted = {getattr(k, "name", "").rpartition(".")[2] for k in kinds}
    value = x.value if isinstance(x, Known) else x
    if isinstance(x, (Variable, Tensor)):
        return bool(wanted & {"Tensor", "tensor", "ndarray", "array"})
    if isinstance(x, layers.Module):
        return bool(wanted & {k.name for k in x.kinds()})
    return type(value).__name__ in wanted


def python_getattr(ev: ExpressionEvaluator, node: Any, x: Any, name: str, default: Any = None) -> Any:
    """An attribute by its name."""
    found = ast.copy_location(ast.Attribute(ast.Constant(0), str(name), ast.Load()), node)
    if hasattr(x, "attribute_of"):
        return x.attribute_of(ev, found, name)
    return ev.dialects.attribute(ev, found, ast.Constant(0), ev.operand(x), name)


def python_partial(ev: ExpressionEvaluator, node: Any, function: Any, *first: Any, **fixed: Any) -> Any:
    """A function some of whose arguments are given."""

    def call(*values: Any, **keywords: Any) -> Any:
        arguments = [*first, *values]
        return ev.calls.apply(ev, node, function, arguments, {**fixed, **keywords}, [node] * len(arguments))

    return BoundCall(call)


def python_reduce(ev: ExpressionEvaluator, node: Any, function: Any, xs: Any, *start: Any) -> Any:
    """A function of two arguments applied to elements from the left."""
    values = [*start, *ev.iterable(node, xs)]
    if not values:
        raise ev.error(node, "nothing-to-compare", name="reduce")
    result = values[0]
    for value in values[1:]:
        result = ev.calls.apply(ev, node, function, [result, value], {}, [node, node])
    return result


def python_combined(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of `itertools` on sequences; numbers are taken as they are known."""

    def combine(ev: ExpressionEvaluator, node: Any, *sequences: Any, repeat: Any = None, **named: Any) -> Any:
        given = [ev.static(s) if ev.numeric(s) else ev.iterable(node, s) for s in sequences]
        more = {} if repeat is None else {"repeat": ev.static(repeat)}
        found = list(itertools.islice(function(*given, **more), MAX_LIST + 1))
        if len(found) > MAX_LIST:
            raise ev.error(node, "list-too-long", limit=MAX_LIST)
        return found

    return combine


STANDARD: dict[str, dict[str, Any]] = {
    "functools": {"partial": python_partial, "reduce": python_reduce},
    "itertools": {
        name: python_combined(getattr(itertools, name))
        for name in ("chain", "combinations", "pairwise", "permutations", "product")
    },
    "collections": {"OrderedDict": python_dict},
}
"""Functions of Python's standard library that arrange what is known at parse time."""

PYTHON: dict[str, Any] = {
    "all": python_any("all"),
    "any": python_any("any"),
    "bool": python_number(bool),
    "dict": python_dict,
    "enumerate": python_enumerate,
    "float": python_number(float),
    "getattr": python_getattr,
    "int": python_number(int),
    "isinstance": python_isinstance,
    "len": python_len,
    "list": python_list,
    "map": python_map,
    "range": python_range,
    "reversed": python_reversed,
    "round": python_round,
    "set": python_list,
    "sorted": python_sorted,
    "str": lambda x="": str(x),
    "tuple": python_tuple,
    "zip": python_zip,
}


def of_numbers(name: str, compute: Callable[..., Any], operator: str) -> Callable[..., Any]:
    """A function of `math`: known where its arguments are, and an operator of the graph."""

    def apply(ev: ExpressionEvaluator, node: Any, *values: Any) -> Any:
        def build(*operands: Any) -> Any:
            if name == "log" and len(operands) == 2:
                parts = [ev.call(node, "log", [ev.operand(v, node)], {}) for v in operands]
                return ev.call(node, "divide", parts, {})
            return ev.call(node, operator, [ev.operand(v, node) for v in operands], {})

        if all(ev.numeric(v) for v in values):
            if all(is_number(v) for v in values):
                try:
                    return ev.checked(node, compute(*values))
                except (ValueError, OverflowError, TypeError, ZeroDivisionError):
                    raise ev.error(node, "outside-domain", name=f"math.{name}") from None
            return ev.known_result(node, compute, build, *values)
        return build(*values)

    return apply


MATH: dict[str, Any] = {
    name: of_numbers(name, getattr(math, name), operator)
    for name, operator in {
        "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan",
        "atan2": "arctan2",
        "atanh": "arctanh", "ceil": "ceil", "cos": "cos", "cosh": "cosh", "erf": "erf", "erfc": "erfc", "exp": "exp",
        "exp2": "exp2", "expm1": "expm1", "fabs": "abs", "floor": "floor", "fmod": "fmod", "hypot": "hypot",
        "lgamma": "lgamma", "log": "log", "log10": "log10", "log1p": "log1p", "log2": "log2", "pow": "power",
        "sin": "sin", "sinh": "sinh", "sqrt": "sqrt", "tan": "tan", "tanh": "tanh", "trunc": "trunc",
    }.items()
    if hasattr(math, name)
}  # fmt: skip
MATH["prod"] = lambda ev, node, xs: math.prod(ev.static(x, node) for x in ev.iterable(node, xs))
MATH["isqrt"] = lambda n: math.isqrt(n)
MATH["gcd"] = lambda *ns: math.gcd(*ns)
MATH["factorial"] = lambda n: math.factorial(n) if isinstance(n, int) and 0 <= n <= 20 else math.inf
MATH["comb"] = lambda n, k: math.comb(n, k) if n <= 60 else math.inf
