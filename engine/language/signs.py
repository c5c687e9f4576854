"""What the signs of an expression do: `+ - * / ** @ %`, comparisons, `not`, `and`, `or`, and conditions.

Numbers known at parse time are combined at once; with a variable among the operands a sign is an operator of the graph.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from tidegraph.engine.graph import Fix, ProgramError, Variable
from tidegraph.engine.language.corrections import powers
from tidegraph.engine.language.evaluator import Evaluator
from tidegraph.engine.language.objects import MAX_LIST, Known, NotStatic, Tensor, is_number

BINARY = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.MatMult: "matmul",
    ast.Mod: "remainder",
    ast.BitAnd: "logical_and",
    ast.BitOr: "logical_or",
}
COMPARE: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Lt: ("less", lambda a, b: a < b),
    ast.LtE: ("less_equal", lambda a, b: a <= b),
    ast.Gt: ("greater", lambda a, b: a > b),
    ast.GtE: ("greater_equal", lambda a, b: a >= b),
    ast.Eq: ("equal", lambda a, b: a == b),
    ast.NotEq: ("not_equal", lambda a, b: a != b),
}
STATIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b,
    ast.BitAnd: lambda a, b: a & b,
    ast.BitOr: lambda a, b: a | b,
}


def binary(ev: Evaluator, node: ast.expr, op: ast.operator, a: Any, b: Any) -> Any:
    """The value of `a op b`."""
    kind = type(op)
    if is_number(a) and is_number(b):
        return arithmetic(ev, node, kind, a, b)
    together = joined(ev, node, kind, a, b)
    if together is not None:
        return together
    name = BINARY.get(kind)
    if name is None and kind is not ast.FloorDiv:
        if kind is ast.BitXor:
            assert isinstance(node, (ast.BinOp, ast.AugAssign))
            raise caret(ev, node)
        raise ev.error(node, "unknown-sign")
    if ev.numeric(a) and ev.numeric(b):
        return ev.known_result(node, lambda x, y: arithmetic(ev, node, kind, x, y), applier(ev, node, op), a, b)
    return applier(ev, node, op)(a, b)


def mentions_variable(ev: Evaluator, node: ast.expr) -> bool:
    """Whether an expression uses variables, so that it builds operators."""
    return any(isinstance(n, ast.Name) and isinstance(ev.find(n.id), Variable) for n in ast.walk(node))


def applier(ev: Evaluator, node: ast.expr, op: ast.operator) -> Callable[..., Any]:
    """The operator of a sign, on operands of the graph."""
    texts = [node.left, node.right] if isinstance(node, ast.BinOp) else None

    def apply(a: Any, b: Any) -> Any:
        a, b = ev.operand(a, node), ev.operand(b, node)
        if isinstance(op, ast.FloorDiv):
            return ev.call(node, "floor", [ev.call(node, "divide", [a, b], {}, texts)], {})
        watch_broadcast(ev, node, op, a, b)
        return ev.call(node, BINARY[type(op)], [a, b], {}, texts)

    return apply


def caret(ev: Evaluator, node: ast.AST) -> ProgramError:
    """The error of `x^2`, with the line as it would be right."""
    line, _ = ev.place(node)
    end, _ = ev.place(node, end=True)
    text = ev.lines[line - 1]
    corrected = powers(text)
    fix = Fix(line, 1, line, len(text) + 1, corrected) if line == end else None
    return ev.error(node, "caret-is-no-power", fix=fix, corrected=corrected.strip()[:200])


def joined(ev: Evaluator, node: ast.expr, kind: type[ast.operator], a: Any, b: Any) -> Any:
    """Lists, tuples and texts put together as in Python; None if the operands are no such."""
    if kind is ast.Add:
        for sort in (list, tuple, str):
            if isinstance(a, sort) and isinstance(b, sort):
                return tuple(a + b) if sort is tuple else a + b  # type: ignore[operator]
        sides = [v.value if isinstance(v, Known) else v for v in (a, b)]
        flat = all(isinstance(s, list) and not any(isinstance(x, (list, float)) for x in s) for s in sides)
        if flat and (isinstance(a, list) or isinstance(b, list)):
            return [x for v in (a, b) for x in (v.use() if isinstance(v, Known) else v)]
    if kind is ast.Mult:
        for part, times in ((a, b), (b, a)):
            count = times.use() if isinstance(times, Known) and isinstance(part, (list, tuple, str)) else times
            if isinstance(part, (list, tuple, str)) and isinstance(count, int):
                if len(part) * max(count, 0) > MAX_LIST:
                    raise ev.error(node, "list-too-long", limit=MAX_LIST)
                return part * count
    if kind is ast.Mod and isinstance(a, str):
        return a
    return None


def unary(ev: Evaluator, node: ast.UnaryOp, op: ast.unaryop, operand: ast.expr) -> Any:
    """The value of `+x`, `-x`, `~x` or `not x`."""
    if isinstance(op, ast.Not):
        value = ev.expression(operand)
        if isinstance(value, Variable):
            raise ev.error(node, "not-on-variable", text=ast.unparse(operand)[:40])
        return not truth(ev, value, operand)
    value = ev.expression(operand)
    if isinstance(op, ast.UAdd):
        return value
    if isinstance(op, ast.USub):
        if is_number(value):
            return -value
        if ev.numeric(value):
            return ev.known_result(
                node, lambda x: -x, lambda x: ev.call(node, "neg", [ev.operand(x)], {}, [operand]), value
            )
        return ev.call(node, "neg", [ev.operand(value, operand)], {}, [operand])
    if isinstance(value, bool):
        return not value
    return ev.call(node, "logical_not", [ev.operand(value, operand)], {}, [operand])


def comparison(ev: Evaluator, node: ast.Compare) -> Any:
    """One comparison, or a chain of them, all of which hold."""
    texts = [node.left, *node.comparators]
    values = [ev.expression(text) for text in texts]
    parts = []
    for n, op in enumerate(node.ops):
        parts.append(compared(ev, node, op, values[n], values[n + 1], texts[n : n + 2]))
    result = parts[0]
    for part in parts[1:]:
        if isinstance(result, Variable) or isinstance(part, Variable):
            result = ev.call(node, "logical_and", [ev.operand(result), ev.operand(part)], {})
        else:
            result = truth(ev, result, node) and truth(ev, part, node)
    return result


def compared(ev: Evaluator, node: ast.Compare, op: ast.cmpop, a: Any, b: Any, texts: list[ast.expr]) -> Any:
    """One comparison of two values; `texts` are their expressions."""
    if isinstance(op, (ast.In, ast.NotIn)):
        inside = ev.static(a, texts[0]) in (b if isinstance(b, dict) else ev.static(b, texts[1]))
        return inside is isinstance(op, ast.In)
    if isinstance(op, (ast.Is, ast.IsNot)):
        left, right = (v.value if isinstance(v, Known) else v for v in (a, b))
        return (left is right) is isinstance(op, ast.Is)
    name, compute = COMPARE[type(op)]

    def apply(x: Any, y: Any) -> Any:
        return ev.call(node, name, [ev.operand(x, node), ev.operand(y, node)], {}, texts)

    if is_number(a) and is_number(b):
        return compute(a, b)
    if ev.numeric(a) and ev.numeric(b):
        return ev.known_result(node, compute, apply, a, b)
    arrays = (Variable, Tensor, np.ndarray, Known)
    if isinstance(a, arrays) and not isinstance(b, (str, type(None))):
        return apply(a, b)
    if isinstance(b, arrays) and not isinstance(a, (str, type(None))):
        return apply(a, b)
    try:
        return bool(compute(ev.static(a, texts[0]), ev.static(b, texts[1])))
    except (TypeError, ValueError, NotStatic):
        raise ev.error(node, "not-comparable", a=ast.unparse(texts[0])[:40], b=ast.unparse(texts[1])[:40]) from None


def logic(ev: Evaluator, node: ast.BoolOp) -> Any:
    """`and` and `or` of what is known at parse time."""
    both = isinstance(node.op, ast.And)
    value: Any = both
    for part in node.values:
        value = ev.expression(part)
        if isinstance(value, Variable) or hasattr(value, "declare"):
            sign = "&" if both else "|"
            name = "logical_and" if both else "logical_or"
            corrected = f" {sign} ".join(f"({ast.unparse(v)})" for v in node.values)
            raise ev.error(
                node,
                "and-on-variables",
                fix=ev.replace(node, corrected),
                corrected=corrected[:200],
                operator=name,
            )
        if truth(ev, value, part) is not both:
            return value
    return value


def condition(ev: Evaluator, test: ast.expr, node: ast.AST, what: str = "if") -> bool:
    """Whether a condition holds, which must be known at parse time."""
    value = ev.expression(test)
    if isinstance(value, (Variable, Tensor)) or hasattr(value, "declare"):
        raise undecided(ev, test, node, what)
    return truth(ev, value, test)


def undecided(ev: Evaluator, test: ast.expr, node: ast.AST, what: str) -> ProgramError:
    """The error of a condition on a variable's value, which is known only when the graph runs."""
    text = ast.unparse(test)[:60]
    names = [n.id for n in ast.walk(test) if isinstance(n, ast.Name)]
    variables = [n for n in names if isinstance(ev.find(n), (Variable, Tensor))]
    name = variables[0] if variables else text
    if isinstance(node, ast.While):
        return ev.error(node, "while-on-variable", name=name, test=text)
    if isinstance(node, ast.IfExp):
        a, b = ast.unparse(node.body)[:80], ast.unparse(node.orelse)[:80]
        fixed = f"where({ast.unparse(test)}, {ast.unparse(node.body)}, {ast.unparse(node.orelse)})"
        return ev.error(node, "if-on-variable", fix=ev.replace(node, fixed), name=name, test=text, a=a, b=b)
    a = b = "..."
    fix = None
    if isinstance(node, ast.If) and len(node.body) == 1 and len(node.orelse) == 1:
        match node.body[0], node.orelse[0]:
            case ast.Assign(targets=[t], value=v), ast.Assign(targets=[u], value=w) if ast.unparse(t) == ast.unparse(u):
                a, b = ast.unparse(v)[:80], ast.unparse(w)[:80]
                fix = ev.replace(
                    node, f"{ast.unparse(t)} = where({ast.unparse(test)}, {ast.unparse(v)}, {ast.unparse(w)})"
                )
    return ev.error(node, "if-on-variable", fix=fix, name=name, test=text, a=a, b=b)


def truth(ev: Evaluator, value: Any, node: ast.AST) -> bool:
    """The truth value of an object known at parse time."""
    if isinstance(value, Known):
        value = value.use()
    if isinstance(value, np.ndarray):
        if value.size != 1:
            raise ev.error(node, "truth-of-array")
        return bool(value.item())
    if isinstance(value, Variable):
        raise ev.error(node, "truth-of-array")
    return bool(value)


def arithmetic(ev: Evaluator, node: ast.AST, kind: type[ast.operator], a: Any, b: Any) -> Any:
    """Numbers combined at parse time, within the bounds of the graph's numbers."""
    if kind is ast.BitXor:
        raise caret(ev, node)
    if kind not in STATIC:
        raise ev.error(node, "unknown-sign")
    if kind is ast.Pow and isinstance(a, int) and isinstance(b, int):
        if b > 0 and abs(a) > 1 and (abs(a).bit_length() - 1) * b > 63:
            raise ev.error(node, "number-too-large")
        if a == 0 and b < 0:
            raise ev.error(node, "division-by-zero")
    try:
        value = STATIC[kind](a, b)
    except ZeroDivisionError:
        raise ev.error(node, "division-by-zero") from None
    except OverflowError:
        raise ev.error(node, "number-too-large") from None
    except TypeError:
        raise ev.error(node, "unknown-sign") from None
    return ev.checked(node, value)


def watch_broadcast(ev: Evaluator, node: ast.AST, op: ast.operator, a: Any, b: Any) -> None:
    """Warn of a column and a vector that together make a matrix."""
    if not isinstance(a, Variable) or not isinstance(b, Variable) or isinstance(op, ast.MatMult):
        return
    for column, vector in ((a, b), (b, a)):
        if column.ndim == 2 and column.shape[1] == 1 and vector.ndim == 1 and column.shape[0] == vector.shape[0] > 1:
            n = vector.shape[0]
            ev.warn(node, "column-beside-vector", column=(n, 1), vector=(n,), result=(n, n), size=str(n))
            return
