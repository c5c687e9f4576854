"""Functions without a prefix and NumPy's: the meaning is NumPy's, with a warning where PyTorch gives another result."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidegraph.engine.graph import Variable
from tidegraph.engine.language import creation, signs, torch_functions
from tidegraph.engine.language.expressions import ExpressionEvaluator
from tidegraph.engine.language.objects import Known, Meaning, Namespace, OperatorReference, Results, is_number
from tidegraph.engine.language.torch_functions import elementwise, reductions, shapes


def wants(keywords: dict[str, Any], words: Sequence[str]) -> bool:
    """Whether a keyword is of one library's."""
    return any(word in keywords for word in words)


TORCH_WORDS = ("dim", "unbiased", "correction", "keepdim")
NUMPY_WORDS = ("axis", "ddof", "keepdims")


def plain(ev: ExpressionEvaluator, node: ast.expr, name: str, values: Sequence[Any], keywords: dict[str, Any]) -> Any:
    """The operator of the registry itself."""
    texts = list(node.args) if isinstance(node, ast.Call) else []
    if is_method(node, values):
        texts = [node.func.value, *texts]  # type: ignore[attr-defined]
    return ev.calls.operate(ev, node, OperatorReference(name, "numpy", name), list(values), keywords, texts)


def torch_meaning(
    ev: ExpressionEvaluator, node: ast.expr, name: str, values: Sequence[Any], keywords: dict[str, Any]
) -> Any:
    """PyTorch's function of a name."""
    texts = list(node.args) if isinstance(node, ast.Call) else []
    if is_method(node, values):
        texts = [node.func.value, *texts]  # type: ignore[attr-defined]
    function = torch_functions.METHODS.get(name) or torch_functions.FUNCTIONAL[name]
    return ev.calls.mean(ev, node, Meaning(name, function), values, keywords, texts)


def spread_of(name: str) -> Callable[..., Any]:
    """`std` and `var`: NumPy's, with a warning, unless a keyword is PyTorch's."""

    def spread(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
        if wants(keywords, TORCH_WORDS):
            return torch_meaning(ev, node, name, values, keywords)
        if not wants(keywords, NUMPY_WORDS) and ev.dialect != "numpy":
            ev.warn(node, "spread-divides-by-n", name=name)
        return plain(ev, node, name, values, keywords)

    return spread


def bare_median(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """The median: NumPy's, with a warning for an even count, unless a keyword is PyTorch's."""
    if wants(keywords, ("dim", "keepdim")):
        return torch_meaning(ev, node, "median", values, keywords)
    result = plain(ev, node, "median", values, keywords)
    x = ev.operand(values[0], node)
    axis = ev.plain(keywords.get("axis", values[1] if len(values) > 1 else None))
    if isinstance(x, Variable) and ev.dialect != "numpy" and "axis" not in keywords:
        try:
            even = reductions.counted(x, axis) % 2 == 0
        except Exception:
            even = False
        if even:
            ev.warn(node, "median-of-even", count=reductions.counted(x, axis))
    return result


def is_method(node: Any, values: Sequence[Any]) -> bool:
    """Whether a call is written as a method of its first operand."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) < len(values)


def extreme_of(name: str) -> Callable[..., Any]:
    """`max` and `min`: over all elements, along a named axis, or elementwise of several operands."""
    elementwise = "maximum" if name == "max" else "minimum"

    def extreme(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
        if not values and keywords:
            return plain(ev, node, name, values, keywords)
        if wants(keywords, ("dim", "keepdim")):
            return torch_meaning(ev, node, name, values, keywords)
        keywords.pop("default", None)
        if wants(keywords, ("axis", "keepdims")):
            return plain(ev, node, name, values, keywords)
        if keywords:
            raise ev.error(
                node, "no-argument", f"{name}(x, axis=0), {name}(a, b)", name=name, argument=next(iter(keywords))
            )
        if len(values) == 1:
            return of_one(ev, node, values[0])
        if any(isinstance(v, (tuple, list)) for v in values[1:]):
            raise ev.error(node, "axis-must-be-named", name=name, axis=str(ev.plain(values[1])))
        if is_method(node, values):
            return of_method(ev, node, values)
        return folded(ev, node, values)

    def of_one(ev: ExpressionEvaluator, node: Any, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            if not value:
                raise ev.error(node, "nothing-to-compare", name=name)
            return folded(ev, node, value) if len(value) > 1 else value[0]
        if isinstance(value, Known) and isinstance(value.value, list) and all(is_number(v) for v in value.value):
            compute = max if name == "max" else min
            return ev.known_result(node, lambda x: compute(x), lambda x: plain(ev, node, name, [x], {}), value)
        return plain(ev, node, name, [value], {})

    def of_method(ev: ExpressionEvaluator, node: Any, values: Sequence[Any]) -> Any:
        second = ev.plain(values[1])
        if isinstance(second, int) and not isinstance(second, bool) and len(values) == 2:
            if ev.reads_results(node, values[0], second):
                return torch_meaning(ev, node, name, values, keywords={})
            if ev.dialect == "numpy":
                return plain(ev, node, name, values[:1], {"axis": second})
            x = ast.unparse(node.func.value)[:40]
            raise ev.error(node, "method-axis-ambiguous", x=x, name=name, axis=str(second), elementwise=elementwise)
        return folded(ev, node, values)

    def folded(ev: ExpressionEvaluator, node: Any, values: Sequence[Any]) -> Any:
        result = values[0]
        texts = (
            list(node.args) if isinstance(node, ast.Call) and len(node.args) == len(values) else [node] * len(values)
        )
        text = texts[0]
        for value, other in zip(values[1:], texts[1:], strict=False):
            result = ev.calls.operate(ev, node, OperatorReference(elementwise), [result, value], {}, [text, other])
            text = node
        return result

    return extreme


def bare_sum(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """The sum of an array's elements, or of a list of variables as in Python."""
    if values and isinstance(values[0], (list, tuple)) and not isinstance(values[0], Results):
        parts = list(values[0])
        start = values[1] if len(values) > 1 else keywords.get("start")
        if not keywords and len(values) == 1 and parts and all(is_number(v) for v in parts):
            return sum(parts)
        if start is not None:
            parts.insert(0, start)
        if not parts:
            return 0
        if not any(isinstance(p, (list, tuple)) for p in parts):
            total = parts[0]
            for part in parts[1:]:
                total = signs.binary(ev, node, ast.Add(), total, part)
            return total
    return plain(ev, node, "sum", values, keywords)


def bare_repeat(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """`repeat`: a function repeats elements, as NumPy's; a method with the same arguments is ambiguous."""
    if not is_method(node, values) or wants(keywords, ("axis", "repeats")):
        return plain(ev, node, "repeat", values, keywords)
    x = ev.operand(values[0], node)
    counts = [ev.plain(v) for v in values[1:]]
    if len(counts) == 1 and isinstance(counts[0], (tuple, list)):
        counts = list(counts[0])
    if (
        len(counts) >= 2
        and isinstance(x, Variable)
        and (len(counts) > 2 or not isinstance(counts[1], int) or counts[1] >= x.ndim)
    ):
        return torch_meaning(ev, node, "repeat", values, keywords)
    if ev.dialect == "numpy":
        return plain(ev, node, "repeat", values, keywords)
    name = ast.unparse(node.func.value)[:40]
    inside = ", ".join(ast.unparse(a) for a in node.args)
    one = inside if len(node.args) == 1 else f"({inside})"
    raise ev.error(
        node,
        "repeat-ambiguous",
        x=name,
        count=inside[:40],
        tiled=f"tile({name}, {one})",
        each=f"repeat_interleave({name}, {inside})" if len(node.args) == 1 else f"np.repeat({name}, {inside})",
    )


def bare_split(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """`split`: NumPy gives the number of parts or where to cut, PyTorch their size; ambiguous without a keyword."""
    if wants(keywords, ("dim", "split_size_or_sections", "split_size")):
        return torch_meaning(ev, node, "split", values, keywords)
    if wants(keywords, ("axis", "indices_or_sections")) or ev.dialect == "numpy":
        return plain(ev, node, "split", values, keywords)
    x = ev.operand(values[0], node) if values else None
    parts = ev.plain(values[1]) if len(values) > 1 else None
    axis = ev.plain(values[2]) if len(values) > 2 else 0
    if isinstance(x, Variable) and isinstance(axis, int) and -x.ndim <= axis < x.ndim:
        n = x.shape[axis]
        if isinstance(parts, int) and parts and parts * parts == n:
            return plain(ev, node, "split", values, keywords)
        if isinstance(parts, (list, tuple)) and sum(p for p in parts if isinstance(p, int)) != n:
            return plain(ev, node, "split", values, keywords)
    name = ast.unparse(node.func.value if is_method(node, values) else node.args[0])[:40]
    amount = ast.unparse(node.args[0 if is_method(node, values) else 1])[:40]
    raise ev.error(node, "split-ambiguous", x=name, parts=amount)


def bare_pad(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """`pad`: NumPy's pairs begin at the first axis, PyTorch's at the last; ambiguous where that matters."""
    if wants(keywords, ("pad", "value")):
        return torch_meaning(ev, node, "pad", values, keywords)
    x = ev.operand(values[0], node) if values else None
    width = ev.plain(values[1]) if len(values) > 1 else None
    flat = isinstance(width, (tuple, list)) and all(isinstance(n, int) for n in width)
    if wants(keywords, ("pad_width", "constant_values")) or not flat or ev.dialect == "numpy":
        return plain(ev, node, "pad", values, keywords)
    assert isinstance(width, (tuple, list))
    if len(width) > 2 and len(width) % 2 == 0:
        return torch_meaning(ev, node, "pad", values, keywords)
    if isinstance(x, Variable) and x.ndim > 1 and len(width) == 2:
        name = ast.unparse(node.args[0])[:40]
        raise ev.error(node, "pad-ambiguous", x=name, width=str(tuple(width)))
    return plain(ev, node, "pad", values, keywords)


def bare_norm(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """`norm`: of a matrix with an order, NumPy's is that of the matrix, `torch.norm`'s that of its elements."""
    if wants(keywords, ("dim", "p", "keepdim")) or is_method(node, values):
        if wants(keywords, ("axis", "ord", "keepdims")):
            return plain(ev, node, "norm", values, keywords)
        return torch_meaning(ev, node, "norm", values, keywords)
    x = ev.operand(values[0], node) if values else None
    order = ev.plain(values[1]) if len(values) > 1 else None
    if (
        isinstance(x, Variable)
        and x.ndim > 1
        and order not in (None, "fro", "nuc")
        and len(values) == 2
        and not wants(keywords, ("axis",))
        and ev.dialect != "numpy"
    ):
        raise ev.error(node, "norm-ambiguous", x=ast.unparse(node.args[0])[:40], order=str(order))
    return plain(ev, node, "norm", values, keywords)


def bare_transpose(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """`transpose`: two axes exchanged, or all in another order."""
    if len(values) == 3 or wants(keywords, ("dim0", "dim1")):
        return torch_meaning(ev, node, "transpose", values, keywords)
    if len(values) > 3:
        values = (values[0], tuple(values[1:]))
    return plain(ev, node, "transpose", values, keywords)


def bare_dot(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
    """`dot` of vectors; of matrices NumPy's is the matrix product."""
    operands = [ev.operand(v, node) for v in values]
    name = "dot"
    if len(operands) == 2 and not keywords:
        dims = [v.ndim if isinstance(v, Variable) else np.ndim(v) for v in operands]
        name = "multiply" if 0 in dims else "matmul" if max(dims) > 1 else "dot"
    texts = list(node.args) if isinstance(node, ast.Call) else []
    if is_method(node, values):
        texts = [node.func.value, *texts]
    return ev.calls.operate(ev, node, OperatorReference(name), operands, keywords, texts)


def numpy_reduction(name: str) -> Callable[..., Any]:
    """A reduction of NumPy's, whose second argument is an axis."""

    def reduce(ev: ExpressionEvaluator, node: Any, *values: Any, **keywords: Any) -> Any:
        if values and isinstance(values[0], (list, tuple)):
            values = (creation.joined_array(ev, list(values[0])), *values[1:])
        return plain(ev, node, name, values, keywords)

    return reduce


def shape_of(ev: ExpressionEvaluator, node: Any, a: Any) -> tuple[int, ...]:
    """The sizes of an array, of a number, or of nested lists of numbers."""
    array = ev.operand(a, node)
    return array.shape if isinstance(array, Variable) else np.shape(array)


def ndim_of(ev: ExpressionEvaluator, node: Any, a: Any) -> int:
    """How many axes an array has."""
    return len(shape_of(ev, node, a))


def size_of(ev: ExpressionEvaluator, node: Any, a: Any) -> int:
    """How many elements an array has."""
    return math.prod(shape_of(ev, node, a))


def default_rng(seed: Any = None) -> Namespace:
    """NumPy's generator of random numbers: its methods draw from the seed of the request."""
    return Namespace("numpy.random", "rng")


def percentile(ev: ExpressionEvaluator, node: Any, a: Any, q: Any, *values: Any, **keywords: Any) -> Any:
    """The quantile at q percent."""
    share = signs.binary(ev, node, ast.Div(), q, 100)
    return plain(ev, node, "quantile", [a, share, *values], keywords)


def numpy_order(name: str) -> Callable[..., Any]:
    """`sort` and `argsort` of NumPy, which flatten where the axis is None."""

    def order(ev: ExpressionEvaluator, node: Any, a: Any, axis: Any = -1, kind: Any = None, stable: Any = None) -> Any:
        x = ev.operand(a, node)
        if ev.static(axis) is None and isinstance(x, Variable):
            x, axis = ev.call(node, "reshape", [x], {"shape": (x.size,)}), 0
        return plain(ev, node, name, [x], {"axis": axis})

    return order


BARE: dict[str, Any] = {
    "dot": bare_dot,
    "max": extreme_of("max"),
    "median": bare_median,
    "min": extreme_of("min"),
    "norm": bare_norm,
    "pad": bare_pad,
    "repeat": bare_repeat,
    "split": bare_split,
    "std": spread_of("std"),
    "sum": bare_sum,
    "transpose": bare_transpose,
    "var": spread_of("var"),
}
METHODS: dict[str, Any] = {"dot": bare_dot, "transpose": bare_transpose, "norm": bare_norm}

NUMPY: dict[str, Any] = {
    "ndim": ndim_of,
    "shape": shape_of,
    "size": size_of,
    "average": numpy_reduction("mean"),
    "column_stack": shapes.column_stack,
    "dot": bare_dot,
    "dstack": shapes.dstack,
    "floor_divide": elementwise.floor_divide,
    "hstack": shapes.hstack,
    "vstack": shapes.vstack,
    "percentile": percentile,
    "sort": numpy_order("sort"),
    "argsort": numpy_order("argsort"),
    **{
        name: numpy_reduction(name)
        for name in ("max", "min", "sum", "mean", "std", "var", "median", "prod", "amax", "amin")
    },
}
